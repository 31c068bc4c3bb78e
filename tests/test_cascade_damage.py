"""What a move closes, by tier and venue, and who pays beyond bankruptcy."""

import math

import pytest
from cascade_support import cell, profile_of
from scipy.integrate import quad

from cohortiv.cascade import VenueRules, backstops, damage, forced_lines, pullbacks
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import edges_of

INNER, OUTER = (abs(float(edge[0])) for edge in edges_of([-954]))
HALF = -math.expm1(-(INNER + OUTER) / 2)
BEYOND = 0.3


@pytest.fixture
def profile() -> LiquidationProfile:
    """100 USD at 10x and 300 at 20x on one venue, one of them a short; 100 past its line and 500 without on another."""
    return profile_of(
        cell(),
        cell(side="short", tier=20, notional_cents=30_000, positions=4),
        cell(venue="w", state=1, bin=0, positions=2),
        cell(venue="w", state=2, bin=0, notional_cents=50_000),
    )


def test_half_a_bin_is_closed(profile: LiquidationProfile) -> None:
    """Both sides count, half of a bin for half of its width, and what is past its line in full."""
    closed = damage(forced_lines(profile, direction="down"), HALF)
    assert closed.move == HALF
    assert closed.total.group == "all"
    assert [closed.total.notional_usd, closed.total.positions] == pytest.approx([300.0, 4.5])
    assert closed.total.share == pytest.approx(0.3)
    assert closed.total.position_share == pytest.approx(4.5 / 8)


def test_tiers_and_venues_add_up(profile: LiquidationProfile) -> None:
    """Each group's share is of its own notional; what they close is all that is closed."""
    closed = damage(forced_lines(profile, direction="down"), HALF)
    assert {tier.group: tier.share for tier in closed.tiers} == pytest.approx({"10": 150 / 700, "20": 0.5})
    shares = {venue.group: venue.share_of_closed for venue in closed.venues}
    assert shares == pytest.approx({"v": 2 / 3, "w": 1 / 3})
    assert sum(tier.notional_usd for tier in closed.tiers) == pytest.approx(closed.total.notional_usd)


def test_pullbacks_without_feedback(profile: LiquidationProfile) -> None:
    """A shock of 0 closes what is past its line, a small one no more, a large one all that has a line."""
    found = pullbacks(forced_lines(profile, direction="down"), [0.0, 0.01, HALF, BEYOND])
    assert found == pytest.approx({0.0: 0.1, 0.01: 0.1, HALF: 0.3, BEYOND: 0.5})


def test_nothing_leveraged() -> None:
    """No notional has no share, and nothing is closed."""
    lines = forced_lines(profile_of(), direction="down")
    closed = damage(lines, 0.1)
    assert (closed.total.notional_usd, closed.tiers, closed.venues) == (0.0, (), ())
    assert math.isnan(closed.total.share)
    assert math.isnan(pullbacks(lines, [0.1])[0.1])


def test_bankrupt_lump_by_hand() -> None:
    """100 USD past its line at 1 % maintenance, price down 5 %: 4 USD short, of which the fund has 3."""
    profile = profile_of(cell(state=1, bin=0))
    rules = {"v": VenueRules(0.01, insurance_fund_usd=3.0)}
    (paid,) = backstops(forced_lines(profile, direction="down", rules=rules), 0.05, rules)
    assert paid.venue == "v"
    assert [paid.shortfall_usd, paid.insurance_used_usd, paid.auto_deleveraged_usd] == pytest.approx([4.0, 3.0, 1.0])


@pytest.mark.parametrize(("direction", "sign"), [("down", -1.0), ("up", 1.0)])
@pytest.mark.parametrize("move", [0.02, HALF, 0.12, 0.3])
def test_bankrupt_bin_meets_the_integral(direction: str, sign: float, move: float) -> None:
    """Losses of a bin spread evenly are the integral of each line's loss beyond its bankruptcy."""
    code = int(sign * 954)
    profile = profile_of(cell(bin=code, side="long" if sign < 0 else "short"))
    rules = {"v": VenueRules(0.01, insurance_fund_usd=1e9), "w": VenueRules(0.01)}
    lines = forced_lines(profile, direction=direction, rules=rules)  # type: ignore[arg-type]
    size = abs(math.log1p(sign * move))
    beyond = abs(math.log1p(sign * 0.01))

    def loss(line: float) -> float:
        return max(0.0, sign * (math.exp(sign * size) - math.exp(sign * (line + beyond))))

    stop = min(OUTER, max(INNER, size - beyond))
    expected = 100.0 * quad(loss, INNER, stop)[0] / (OUTER - INNER)
    paid, other = backstops(lines, move, rules)
    assert paid.shortfall_usd == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert (paid.insurance_used_usd, paid.auto_deleveraged_usd) == (paid.shortfall_usd, 0.0)
    assert other.shortfall_usd == 0.0


def test_those_who_gain_owe_nothing() -> None:
    """A short closed in a fall has no loss beyond bankruptcy."""
    rules = {"v": VenueRules(0.01)}
    (paid,) = backstops(forced_lines(profile_of(cell(side="short")), direction="down"), 0.5, rules)
    assert paid.shortfall_usd == 0.0
