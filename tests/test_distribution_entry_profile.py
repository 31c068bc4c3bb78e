"""A profile from a tier mix and an entry profile: lines by the brackets, quadrature, entries that cannot be."""

from datetime import date, datetime

import numpy as np
import pytest
from cohort_support import ENGINE_WARNINGS
from reference_isolated import isolated_linear_line

from cohortiv.comovement import comovement
from cohortiv.distribution.entry_profile import (
    DEFAULT_MIX,
    EntryProfile,
    TierMix,
    capped,
    entries_around_mark,
    entries_at_quantiles,
    line_factors,
    profile_of_entries,
)
from cohortiv.errors import DataError
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile

pytestmark = ENGINE_WARNINGS
AS_OF = datetime(2026, 2, 18)  # noqa: DTZ001 - house times are UTC without zone
BRACKETS = BracketSchedule("venue", "BTC", "linear", date(2020, 1, 1), (0.0, 50_000.0, 250_000.0), (0.004, 0.005, 0.01),
                           (0.0, 50.0, 1300.0), (125.0, 100.0, 50.0), "model.md")  # fmt: skip
AT_MARK = EntryProfile(np.array([1.0]), np.array([1.0]))


def made(
    mix: TierMix, entries: EntryProfile = AT_MARK, *, long_share: float = 1.0, notional_usd: float = 1000.0
) -> LiquidationProfile:
    """Profile with the same entries on both sides, all long unless told otherwise."""
    return profile_of_entries(mix, {"long": entries, "short": entries}, schedule=BRACKETS, mark_price=60_000.0,
                              as_of=AS_OF, comovement=comovement(), notional_usd=notional_usd,
                              long_share=long_share)  # fmt: skip


@pytest.mark.parametrize(("side", "line"), [("long", 54_221.1055), ("short", 65_721.3930)])
def test_factors_give_the_published_lines(side: str, line: float) -> None:
    """1 BTC entered at 60,000 at 10x has the line that the model's page prints."""
    factor = line_factors([10.0], BRACKETS, position_usd=60_000.0)[side][0]
    assert 60_000.0 * factor == pytest.approx(line, abs=5e-5)


@pytest.mark.parametrize(("leverage", "position_usd"), [(2.0, 1e4), (20.0, 6e5), (50.0, 2e6)])
@pytest.mark.parametrize("side", ["long", "short"])
def test_factors_agree_with_the_reference(side: str, leverage: float, position_usd: float) -> None:
    """Whatever the entry price: a position's size in USD decides its bracket."""
    factor = line_factors([leverage], BRACKETS, position_usd=position_usd)[side][0]
    line = isolated_linear_line(
        1.0 if side == "long" else -1.0,
        position_usd / 123.0,
        123.0,
        margin=position_usd / leverage,
        rates=BRACKETS.rates,
        amounts=BRACKETS.amounts,
    )
    assert 123.0 * factor == pytest.approx(float(line), rel=1e-12)


def test_multipliers_above_the_largest_are_put_at_it() -> None:
    """The venue allows no more."""
    assert capped([5.0, 200.0], BRACKETS).tolist() == [5.0, 125.0]


def test_a_multiplier_without_room_is_refused() -> None:
    """Its margin would not cover the maintenance margin when it is opened."""
    strict = BracketSchedule("venue", "BTC", "linear", date(2020, 1, 1), (0.0,), (0.05,), (0.0,), (None,), "made up")
    with pytest.raises(DataError, match="20x leaves no room above the maintenance margin of BTC on venue"):
        line_factors([10.0, 20.0], strict)


@pytest.mark.parametrize(
    ("leverages", "shares"),
    [
        ((2.0, 5.0), (0.5, 0.4)),
        ((2.0,), (0.5, 0.5)),
        ((1.0,), (1.0,)),
        ((5.0, 5.0), (0.5, 0.5)),
        ((5.0,), (-1.0,)),
        ((), ()),
    ],
)
def test_a_mix_that_is_none_is_refused(leverages: tuple[float, ...], shares: tuple[float, ...]) -> None:
    """Shares add up to 1, multipliers are different and above 1."""
    with pytest.raises(DataError, match="Correct the shares"):
        TierMix(leverages, shares, "test")


def test_the_default_mix_says_that_it_is_assumed() -> None:
    """With where it comes from."""
    assert DEFAULT_MIX.source.startswith("assumption: ")


def test_normal_entries_have_their_moments() -> None:
    """Mean and standard deviation of ln(entry / mark) are those asked for."""
    entries = entries_around_mark(0.1, centre=-0.02)
    logs = np.log(entries.ratios)
    mean = float(entries.weights @ logs)
    assert mean == pytest.approx(-0.02)
    assert float(entries.weights @ (logs - mean) ** 2) == pytest.approx(0.01)


def test_entries_at_quantiles_lie_between_them() -> None:
    """Half of the notional below the median."""
    entries = entries_at_quantiles({0.0: 0.8, 0.5: 0.9, 1.0: 1.2}, nodes=10)
    assert float(entries.weights[entries.ratios < 0.9].sum()) == pytest.approx(0.5)
    assert (entries.ratios.min(), entries.ratios.max()) == pytest.approx((0.81, 1.17))


@pytest.mark.parametrize("quantiles", [{}, {0.1: 1.0, 1.0: 1.1}, {0.0: 1.1, 1.0: 1.0}])
def test_quantiles_that_are_none_are_refused(quantiles: dict[float, float]) -> None:
    """They run from 0 to 1 and do not fall."""
    with pytest.raises(ValueError, match="0 to 1, both included"):
        entries_at_quantiles(quantiles)


@pytest.mark.parametrize(("ratios", "weights"), [([1.0], [0.5]), ([-1.0], [1.0]), ([1.0, 1.1], [1.0])])
def test_entries_that_are_none_are_refused(ratios: list[float], weights: list[float]) -> None:
    """Ratios above 0, weights that add up to 1."""
    with pytest.raises(ValueError, match="ratios > 0 with weights"):
        EntryProfile(np.array(ratios), np.array(weights))


def test_shares_of_tiers_and_sides_hold() -> None:
    """The mix is of what is open, whatever the entries."""
    profile = made(TierMix((5.0, 20.0), (0.25, 0.75), "test"), entries_around_mark(0.05), long_share=0.6)
    held = profile.leveraged.groupby(["tier", "side"])["notional_cents"].sum() / 1e5
    assert held.to_dict() == pytest.approx(
        {(5, "long"): 0.15, (5, "short"): 0.10, (20, "long"): 0.45, (20, "short"): 0.30}, abs=1e-4
    )


def test_an_entry_at_the_mark_has_the_line_of_its_position() -> None:
    """All notional at the distance of one isolated position."""
    nodes = made(TierMix((10.0,), (1.0,), "test")).nodes().frame
    expected = np.log(line_factors([10.0], BRACKETS)["long"][0])
    assert float(np.average(nodes["distance"], weights=nodes["weight"])) == pytest.approx(expected, rel=1e-4)


def test_entries_whose_line_is_passed_are_not_open() -> None:
    """At 20x a long entered a tenth above the mark is gone, and the other one holds all."""
    profile = made(TierMix((20.0,), (1.0,), "test"), EntryProfile(np.array([1.0, 1.1]), np.array([0.5, 0.5])))
    assert profile.leveraged_notional_usd == 1000.0
    assert set(np.sign(profile.nodes().frame["distance"])) == {-1.0}


def test_a_tier_with_no_open_entry_is_refused() -> None:
    """Its notional could be nowhere."""
    with pytest.raises(DataError, match="No entry of 20x long can be open"):
        made(TierMix((20.0,), (1.0,), "test"), EntryProfile(np.array([1.1]), np.array([1.0])))
