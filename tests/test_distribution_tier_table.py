"""A profile from a table of tiers: buckets, entries, cohorts."""

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS

from cohortiv.comovement import comovement
from cohortiv.distribution.entry_profile import line_factors
from cohortiv.distribution.tier_table import cohort_rows, profile_of_tiers
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, NO_LINE, PAST
from cohortiv.margin.brackets import load_brackets
from cohortiv.profile import LiquidationProfile

pytestmark = ENGINE_WARNINGS
BRACKETS = load_brackets()


def row(**changes: object) -> dict[str, object]:
    """A long of 1,000 USD at 10x whose line is at 54,000, with changes."""
    return {
        "as_of": pd.Timestamp("2026-02-18"), "cohort": "", "venue": "binance", "symbol": "BTC", "side": "long",
        "tier": 10.0, "mark_price": 60_000.0, "notional_usd": 1000.0, "liquidation_price": 54_000.0,
        "bucket_width": 0.0, "entry_price": np.nan,
    } | changes  # fmt: skip


def made(*rows: dict[str, object]) -> LiquidationProfile:
    """Profile of these rows."""
    return profile_of_tiers(pd.DataFrame(rows), brackets=BRACKETS, comovement=comovement())


def prices(profile: LiquidationProfile) -> tuple[float, float, float]:
    """Smallest, mean and largest line of the profile's points [USD]."""
    nodes = profile.nodes().frame
    lines = 60_000.0 * np.exp(nodes["distance"])
    return float(lines.min()), float(np.average(lines, weights=nodes["weight"])), float(lines.max())


def test_a_price_without_width_is_one_line() -> None:
    """The three points of a bucket fall together."""
    assert prices(made(row())) == pytest.approx((54_000.0,) * 3, rel=1e-6)


def test_a_bucket_is_spread_evenly() -> None:
    """Mean in the middle, variance a twelfth of the squared width; nothing outside."""
    profile = made(row(bucket_width=6000.0))
    nodes = profile.nodes().frame
    lines, weights = 60_000.0 * np.exp(nodes["distance"]), nodes["weight"]
    mean = float(np.average(lines, weights=weights))
    assert mean == pytest.approx(54_000.0, rel=1e-5)
    assert float(np.average((lines - mean) ** 2, weights=weights)) == pytest.approx(6000.0**2 / 12, rel=1e-3)
    assert 51_000.0 < lines.min() < lines.max() < 57_000.0


@pytest.mark.parametrize(("side", "inside"), [("long", (59_000.0, 60_000.0)), ("short", (60_000.0, 61_000.0))])
def test_a_bucket_across_the_mark_keeps_to_its_side(side: str, inside: tuple[float, float]) -> None:
    """No open long has its line above the mark, no open short below it."""
    low, mean, high = prices(made(row(side=side, liquidation_price=60_000.0, bucket_width=2000.0)))
    assert inside[0] < low < high < inside[1]
    assert mean == pytest.approx(sum(inside) / 2, rel=1e-4)


def test_a_bucket_on_the_wrong_side_is_past() -> None:
    """A long above the mark is liquidated already."""
    cells = made(row(liquidation_price=66_000.0, bucket_width=1000.0)).leveraged
    assert set(cells["state"]) == {PAST}


@pytest.mark.parametrize("place", [np.nan, 0.0])
def test_notional_without_a_place_has_no_line(place: float) -> None:
    """It stays in the denominator."""
    profile = made(row(liquidation_price=place), row())
    held = profile.leveraged.groupby("state")["notional_cents"].sum()
    assert held.to_dict() == {LINE: 1e5, NO_LINE: 1e5}


def test_an_entry_price_gives_the_line_of_the_brackets() -> None:
    """The same formula as for isolated positions."""
    schedule = BRACKETS.schedule_for("binance", "BTC", "linear", as_of=pd.Timestamp("2026-02-18").date())
    assert schedule is not None
    expected = 58_000.0 * line_factors([10.0], schedule.schedule)["long"][0]
    _, mean, _ = prices(made(row(liquidation_price=np.nan, entry_price=58_000.0)))
    assert mean == pytest.approx(expected, rel=1e-4)


def test_a_supplied_line_wins_over_an_entry_price() -> None:
    """As for positions."""
    assert prices(made(row(entry_price=30_000.0)))[1] == pytest.approx(54_000.0, rel=1e-6)


def test_entry_prices_without_brackets_are_refused() -> None:
    """The venue is named, and what to do."""
    with pytest.raises(DataError, match="entry prices of BTC on nowhere, for which there are no"):
        made(row(venue="nowhere", liquidation_price=np.nan, entry_price=58_000.0))


def test_money_is_exact() -> None:
    """The profile has the notional of the table, and collateral of notional over multiplier."""
    profile = made(row(notional_usd=333.33, bucket_width=1000.0), row(tier=25.0, notional_usd=0.01))
    assert profile.leveraged_notional_usd == pytest.approx(333.34, abs=1e-9)
    assert float(profile.used["collateral_cents"].sum()) == pytest.approx(3333.0, abs=1.0)


def test_leverage_one_is_unleveraged() -> None:
    """Such rows are in use and in no share."""
    profile = made(row(tier=1.0), row())
    assert profile.leveraged_notional_usd == 1000.0
    assert float(profile.used["notional_cents"].sum()) == 2e5


def test_a_table_of_one_cohort_needs_no_name() -> None:
    """Named or not."""
    rows = pd.DataFrame([row(cohort="one")])
    assert len(cohort_rows(rows, None)) == len(cohort_rows(rows, "one")) == 1


def test_one_of_several_cohorts_must_be_named() -> None:
    """The choices are listed, also after a wrong name."""
    rows = pd.DataFrame([row(cohort="one"), row(cohort="two")])
    assert cohort_rows(rows, "two")["cohort"].tolist() == ["two"]
    for name, said in (
        (None, "The tier table holds"),
        ("three", "--tier-cohort got 'three', but the tier table holds"),
    ):
        with pytest.raises(DataError, match=f"{said} the cohorts one, two"):
            cohort_rows(rows, name)
