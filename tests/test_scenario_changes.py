"""Changes to a profile: their formulas by hand, what leaves everything as it is, and the way the index goes."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from book_support import Desk, Row, position, schedule
from test_profile_build import from_profile, random_book

from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.margin.brackets import Brackets
from cohortiv.profile import LiquidationProfile, points_of
from cohortiv.scenario.changes import (
    add_inflow,
    add_maintenance,
    cap_leverage,
    price_move,
    shock_collateral,
    top_up,
)

#: Lines of 1 BTC at 60,000 and 10x over the mark, long and short, as the model prints them.
LONG, SHORT = 54_221.1055 / 60_000, 65_721.3930 / 60_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path_factory.mktemp("desk"), connect(threads=2))


@pytest.fixture(scope="module")
def profile(desk: Desk) -> LiquidationProfile:
    """Isolated positions in three symbols, some unleveraged."""
    return desk.solve(random_book(5, 3_000)).profile().profile


def made(desk: Desk, *rows: Row, symbol: str | None = None) -> LiquidationProfile:
    """Profile of a few positions."""
    return desk.solve(list(rows), symbol=symbol).profile().profile


def ratios(profile: LiquidationProfile) -> list[float]:
    """Lines over the mark, lowest first; 1 past the line, NaN none."""
    return sorted(np.exp(points_of(profile)["distance"]).tolist())


UNCHANGED: dict[str, Callable[[LiquidationProfile], LiquidationProfile]] = {
    "price": lambda profile: price_move(profile, 0.0).profile,
    "maintenance": lambda profile: add_maintenance(profile, 0.0),
    "cap above all": lambda profile: cap_leverage(profile, 200.0),
    "nobody complies": lambda profile: cap_leverage(profile, 2.0, compliance=0.0),
    "no loss": lambda profile: shock_collateral(profile, 0.0, volatile_share=1.0),
    "no volatile collateral": lambda profile: shock_collateral(profile, 0.5, volatile_share=0.0),
    "top-up": lambda profile: top_up(profile, 0.0),
    "inflow": lambda profile: add_inflow(profile, profile, 0.0),
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_no_change_leaves_the_profile_alone(
    profile: LiquidationProfile, change: Callable[[LiquidationProfile], LiquidationProfile]
) -> None:
    """To the last bit."""
    pd.testing.assert_frame_equal(change(profile).cells, profile.cells, check_exact=True)


def test_a_fall_moves_lines_and_prices(desk: Desk) -> None:
    """After -5 % a long's line stands at 54,221 of 57,000, a short's at 65,721, and notional is 5 % less."""
    changed = price_move(made(desk, position(), position(account_id="b", side="short")), -0.05)
    assert ratios(changed.profile) == pytest.approx([LONG / 0.95, SHORT / 0.95], rel=1e-6)
    assert changed.profile.leveraged_notional_usd == pytest.approx(2 * 57_000.0)
    assert changed.profile.mark_range("BTC") == pytest.approx((57_000.0, 57_000.0))
    assert changed.liquidated_notional_usd == 0.0


def test_a_crossed_line_is_liquidated(desk: Desk) -> None:
    """A fall of 10 % takes the long, whose line is 9.6 % away, and leaves the short."""
    changed = price_move(made(desk, position(), position(account_id="b", side="short")), -0.10)
    assert ratios(changed.profile) == pytest.approx([SHORT / 0.9], rel=1e-6)
    assert changed.liquidated_notional_usd == pytest.approx(60_000.0)
    assert changed.liquidated_share == pytest.approx(0.5)
    assert changed.liquidated_positions == 1.0


def test_positions_past_their_line_go_with_any_move(desk: Desk) -> None:
    """Their liquidation is due already."""
    changed = price_move(made(desk, position(entry_price=90_000.0)), 0.01)
    assert changed.liquidated_share == 1.0
    assert changed.profile.leveraged_notional_usd == 0.0


def test_symbols_follow_the_market_by_their_beta(desk: Desk) -> None:
    """ETH moves by 1.08 times the market's move in a whole cohort, and by the move itself when read alone."""
    eth = position(symbol="ETH", mark_price=3_000.0, entry_price=3_000.0)
    whole, alone = made(desk, eth), made(desk, eth, symbol="ETH")
    start = ratios(whole)[0]
    assert ratios(price_move(whole, -0.05).profile) == pytest.approx([start / (1 - 0.054)], rel=1e-6)
    assert ratios(price_move(alone, -0.05, symbol="ETH").profile) == pytest.approx([start / 0.95], rel=1e-6)


def test_unleveraged_positions_are_repriced(desk: Desk) -> None:
    """They keep their place and lose value with the market, so that a symbol has one mark."""
    changed = price_move(made(desk, position(), position(account_id="b", leverage=1.0)), -0.05).profile
    assert changed.used["notional_cents"].sum() == pytest.approx(2 * 5_700_000)
    assert changed.mark_range("BTC") == pytest.approx((57_000.0, 57_000.0))


def test_more_maintenance_by_hand(desk: Desk) -> None:
    """One point more on 0.5 %: the long's line rises by 0.995 / 0.985, the short's falls by 1.005 / 1.015."""
    profile = made(desk, position(), position(account_id="b", side="short"))
    changed = add_maintenance(profile, 0.01, current=0.005)
    assert ratios(changed) == pytest.approx([LONG * 0.995 / 0.985, SHORT * 1.005 / 1.015], rel=1e-6)


def test_maintenance_can_carry_a_line_over_the_mark(desk: Desk) -> None:
    """A 10x long asked for 12 % is past its line and still in the profile."""
    changed = add_maintenance(made(desk, position()), 0.12)
    assert ratios(changed) == [1.0]
    assert changed.leveraged_notional_usd == 60_000.0


def test_a_cap_met_by_margin(desk: Desk) -> None:
    """From 20x to 10x: the line moves by 0.90 / 0.95, collateral doubles, notional stays."""
    profile = made(desk, position(leverage=20.0))
    changed = cap_leverage(profile, 10.0)
    assert ratios(changed) == pytest.approx([ratios(profile)[0] * 0.90 / 0.95], rel=1e-6)
    assert changed.leveraged_notional_usd == 60_000.0
    assert changed.leveraged["collateral_cents"].sum() == 600_000
    assert set(changed.leveraged["tier"]) == {10}


def test_a_cap_met_by_reduction(desk: Desk) -> None:
    """From 20x to 10x: half of the notional goes, collateral stays."""
    changed = cap_leverage(made(desk, position(leverage=20.0)), 10.0, response="reduce")
    assert changed.leveraged_notional_usd == 30_000.0
    assert changed.leveraged["collateral_cents"].sum() == 300_000


def test_only_some_comply(desk: Desk) -> None:
    """With compliance of 40 %, that share of the notional moves to the cap's tier."""
    changed = cap_leverage(made(desk, position(leverage=20.0)), 10.0, compliance=0.4)
    by_tier = changed.leveraged.groupby("tier")["notional_cents"].sum()
    assert by_tier.to_dict() == {10: 2_400_000.0, 20: 3_600_000.0}


def test_a_cap_of_one_ends_leverage(desk: Desk) -> None:
    """What complies is not leveraged any more and out of every share."""
    changed = cap_leverage(made(desk, position(leverage=20.0)), 1.0)
    assert changed.leveraged_notional_usd == 0.0
    assert changed.used["notional_cents"].sum() == 6_000_000


def test_a_collateral_shock_by_hand(desk: Desk) -> None:
    """30 % off half of 6,000 USD behind 60,000: the line comes nearer by 0.015 of the mark."""
    profile = made(desk, position(), position(account_id="b", side="short"))
    changed = shock_collateral(profile, 0.3, volatile_share=0.5)
    assert ratios(changed) == pytest.approx([LONG + 0.015, SHORT - 0.015], rel=1e-6)
    assert changed.leveraged["collateral_cents"].sum() == 2 * 510_000


def test_a_top_up_by_hand(desk: Desk) -> None:
    """2 % of the notional moves both lines 0.02 of the mark away."""
    profile = made(desk, position(), position(account_id="b", side="short"))
    changed = top_up(profile, 0.02)
    assert ratios(changed) == pytest.approx([LONG - 0.02, SHORT + 0.02], rel=1e-6)
    assert changed.leveraged["collateral_cents"].sum() == 2 * 720_000


def test_a_full_top_up_leaves_no_line(desk: Desk) -> None:
    """A long with its whole notional in collateral cannot be liquidated."""
    changed = top_up(made(desk, position()), 1.0)
    assert ratios(changed) == pytest.approx([math.nan], nan_ok=True)
    assert changed.leveraged_notional_usd == 60_000.0


def fresh_book(seed: int) -> pd.DataFrame:
    """Isolated BTC positions at tiers' own multipliers, entered near the mark; none is past its line."""
    book = random_book(seed, 2_000, width=1.0)
    book = book[book["leverage"] > 1].assign(symbol="BTC", mark_price=60_000.0)
    rng = np.random.default_rng(seed)
    return book.assign(entry_price=60_000 * np.exp(rng.normal(0, 0.002, len(book))), quantity=book["quantity"] / 400)


def test_a_price_move_is_that_of_the_positions(desk: Desk) -> None:
    """Positions solved again at the new mark, those whose line was crossed left out, have the profile's index."""
    book = fresh_book(1)
    before = desk.solve(book).profile().profile
    later = desk.solve(book.assign(mark_price=57_000.0))
    lines = later.frame()
    open_still = (lines["state"] != 1).to_numpy()
    gone = lines.loc[~open_still, "notional_cents"].sum() / 0.95
    changed = price_move(before, -0.05)
    assert changed.liquidated_notional_usd == pytest.approx(gone / 100, rel=5e-3)
    past_free = later.profile().profile
    kept = LiquidationProfile(past_free.cells[past_free.cells["state"] != 1].reset_index(drop=True), before.comovement)
    assert from_profile(changed.profile, 0.15) == pytest.approx(from_profile(kept, 0.15), rel=1e-5)


def test_a_cap_is_that_of_the_positions(desk: Desk) -> None:
    """Positions solved again with the margin of 10x have the profile's index and collateral."""
    book = fresh_book(2)
    capped = desk.solve(book.assign(leverage=book["leverage"].clip(upper=10.0))).profile().profile
    changed = cap_leverage(desk.solve(book).profile().profile, 10.0)
    assert from_profile(changed, 0.15) == pytest.approx(from_profile(capped, 0.15), rel=1e-6)
    held = [float(profile.leveraged["collateral_cents"].sum()) for profile in (changed, capped)]
    assert held[0] == pytest.approx(held[1], rel=2e-3)


def test_more_maintenance_is_that_of_the_positions(desk: Desk) -> None:
    """Positions solved again under rates that are one point higher have the profile's index."""
    book = fresh_book(3)
    book = book[book["leverage"] < 50]
    flat, higher = (Brackets((schedule("BTC", (0,), (rate,)),)) for rate in (0.005, 0.015))
    changed = add_maintenance(desk.solve(book, brackets=flat).profile().profile, 0.01, current=0.005)
    exact = from_profile(desk.solve(book, brackets=higher).profile().profile, 0.15)
    assert from_profile(changed, 0.15) == pytest.approx(exact, rel=1e-6)


def test_an_inflow_is_scaled(desk: Desk, profile: LiquidationProfile) -> None:
    """An inflow of 25 % adds a quarter of the notional, with the other profile's lines."""
    changed = add_inflow(profile, made(desk, position(leverage=2.0)), 0.25)
    assert changed.leveraged_notional_usd == pytest.approx(1.25 * profile.leveraged_notional_usd, rel=1e-9)
    assert changed.snapshots == profile.snapshots
    assert from_profile(changed, 0.15) > from_profile(profile, 0.15)


def test_an_inflow_of_nothing_is_refused(desk: Desk, profile: LiquidationProfile) -> None:
    """What isn't leveraged cannot be scaled to a share of leveraged notional."""
    with pytest.raises(DataError, match="no leveraged notional"):
        add_inflow(profile, made(desk, position(leverage=1.0)), 0.1)


NEARER: dict[str, Callable[[LiquidationProfile], LiquidationProfile]] = {
    "maintenance": lambda profile: add_maintenance(profile, 0.01),
    "collateral": lambda profile: shock_collateral(profile, 0.3, volatile_share=0.5),
}
AWAY: dict[str, Callable[[LiquidationProfile], LiquidationProfile]] = {
    "cap": lambda profile: cap_leverage(profile, 10.0),
    "top-up": lambda profile: top_up(profile, 0.02),
}


@pytest.mark.parametrize("change", NEARER.values(), ids=NEARER.keys())
def test_what_brings_lines_nearer_raises_the_index(
    profile: LiquidationProfile, change: Callable[[LiquidationProfile], LiquidationProfile]
) -> None:
    """The critical volatility falls."""
    assert from_profile(change(profile), 0.15) < from_profile(profile, 0.15)


@pytest.mark.parametrize("change", AWAY.values(), ids=AWAY.keys())
def test_what_moves_lines_away_lowers_the_index(
    profile: LiquidationProfile, change: Callable[[LiquidationProfile], LiquidationProfile]
) -> None:
    """The critical volatility rises."""
    assert from_profile(change(profile), 0.15) > from_profile(profile, 0.15)


def test_a_lower_cap_never_raises_the_index(profile: LiquidationProfile) -> None:
    """From 100x down, every lower cap needs more volatility for the critical mass."""
    solved = [from_profile(cap_leverage(profile, cap), 0.15) for cap in (100.0, 50.0, 20.0, 10.0, 5.0, 3.0)]
    assert solved == sorted(solved)


REFUSED: dict[str, tuple[Callable[[LiquidationProfile], object], str]] = {
    "move": (lambda profile: price_move(profile, -1.0), "got a price move of -1.0"),
    "maintenance": (lambda profile: add_maintenance(profile, -0.1), "got -0.1 added to a maintenance rate of 0.0"),
    "cap": (lambda profile: cap_leverage(profile, 0.5), "got a leverage cap of 0.5"),
    "compliance": (lambda profile: cap_leverage(profile, 10.0, compliance=2.0), "got a compliance of 2.0"),
    "loss": (lambda profile: shock_collateral(profile, 2.0, volatile_share=1.0), "got a collateral loss of 2.0"),
    "top-up": (lambda profile: top_up(profile, -0.1), "got a top-up of -0.1"),
    "rate": (lambda profile: top_up(profile, 0.1, current=1.0), "got a maintenance rate of 1.0"),
    "inflow": (lambda profile: add_inflow(profile, profile, -0.1), "got an inflow of -0.1"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_numbers_are_refused(
    profile: LiquidationProfile, change: Callable[[LiquidationProfile], object], message: str
) -> None:
    """What was got, and what is allowed."""
    with pytest.raises(ValueError, match=message):
        change(profile)
