"""Exact critical moves against a sort of all lines."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import Desk, Row, position
from test_profile_build import random_book

from cohortiv.engine import connect
from cohortiv.liquidation import LINE, PAST, UNLEVERAGED
from cohortiv.profile import BuiltProfile, critical_distances


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def brute(built: BuiltProfile, mass: float, *, below: bool) -> float | None:
    """Sort the lines of one side by distance and add up."""
    frame = built.lines.to_pyarrow().to_pandas()
    held = frame[(frame["reason"] == 0) & (frame["tier"] != UNLEVERAGED)]
    past, lined = held[held["state"] == PAST], held[held["state"] == LINE]
    points = [np.zeros((len(past), 2))]
    points[0][:, 1] = past["notional_cents"]
    for name in ("ratio", "second_ratio"):
        near = lined[(lined[name] < 1) == below].dropna(subset=[name])
        points.append(np.column_stack([np.abs(np.log(near[name].astype(float))), near["notional_cents"]]))
    ordered = np.concatenate(points)
    ordered = ordered[np.argsort(ordered[:, 0])]
    reached = np.cumsum(ordered[:, 1]) >= mass * float(held["notional_cents"].sum()) * (1 - 1e-12)
    return float(ordered[reached.argmax(), 0]) if reached.any() else None


def distances(built: BuiltProfile, mass: float) -> list[float | None]:
    """Critical distances below the mark and above it."""
    found = critical_distances(built.profile, built.lines, critical_mass=mass)
    return [found.below, found.above]


@pytest.mark.parametrize("cross", [False, True], ids=["isolated", "with cross"])
def test_distances_meet_the_sort(desk: Desk, *, cross: bool) -> None:
    """Both sides, small and large masses, positions past their line and with two lines among them."""
    built = desk.solve(random_book(31, 1_500, cross=cross)).profile()
    for mass in (0.0001, 0.15, 0.3, 0.9):
        found = distances(built, mass)
        expected = [brute(built, mass, below=below) for below in (True, False)]
        assert found == [None if value is None else pytest.approx(value, rel=1e-13) for value in expected]


def lined(name: str, ratio: float | None, quantity: float = 1.0) -> Row:
    """A position whose line is given."""
    price = None if ratio is None else 6e4 * ratio
    side = "long" if ratio is None or ratio < 1 else "short"
    return position(
        account_id=name, side=side, quantity=quantity, liquidation_price=price, liquidation_price_known=True
    )


@pytest.mark.parametrize(
    ("ratios", "mass", "below", "above"),
    [
        ([0.9, 0.9, 0.9, 0.8], 0.75, -math.log(0.9), None),
        ([0.9, 0.9, 0.9, 0.8], 0.7500001, -math.log(0.8), None),
        ([0.9, None, None, None], 0.25, -math.log(0.9), None),
        ([0.9, None, None, None], 0.26, None, None),
        ([0.9, 1.1, 1.2, 1.3], 0.5, None, math.log(1.2)),
        ([0.9, 0.9000001, 0.5, 1.2], 0.5, -math.log(0.9), math.inf),
        ([None, None], 0.1, None, None),
    ],
)
def test_ties_gaps_and_the_unreachable(
    desk: Desk, ratios: list[float | None], mass: float, below: float | None, above: float | None
) -> None:
    """Equal lines count together, the mass is met exactly, and a side that never holds it has no move."""
    built = desk.solve([lined(str(n), ratio) for n, ratio in enumerate(ratios)]).profile()
    found = distances(built, mass)
    expected = [below, None if above == math.inf else above]
    assert found == [None if value is None else pytest.approx(value, rel=1e-12) for value in expected]


@pytest.mark.parametrize("below", [True, False])
def test_positions_past_their_line_count_at_once(desk: Desk, *, below: bool) -> None:
    """On both sides."""
    rows = [position(liquidation_price=7e4), lined("b", 0.9), lined("c", 1.1)]
    built = desk.solve(rows).profile()
    side = 0 if below else 1
    assert distances(built, 0.33)[side] == 0.0
    further = distances(built, 0.6)[side]
    assert further == pytest.approx(-math.log(0.9) if below else math.log(1.1))


def test_without_leverage_there_is_no_move(desk: Desk) -> None:
    """Nothing to hold a share of."""
    built = desk.solve([position(leverage=1.0)]).profile()
    assert distances(built, 0.15) == [None, None]


def test_real_positions_meet_the_sort(desk: Desk, real_data: Path) -> None:
    """The printed moves of 18 February 2026: 25.08 % down, 11.28 % up, in BTC."""
    from datetime import datetime

    from cohortiv.comovement import comovement
    from cohortiv.liquidation import liquidation_lines
    from cohortiv.margin.brackets import load_brackets
    from cohortiv.positions import choose_snapshot, snapshots, take_inventory
    from cohortiv.profile import Scope, build_profile
    from cohortiv.sources.files import open_positions

    positions = open_positions(f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}", connection=desk.connection)
    moment = choose_snapshot(snapshots(take_inventory(positions)), "2026-02-18")
    assert isinstance(moment, datetime)
    one = replace(positions, table=positions.table.filter(positions.table.as_of == moment))
    inventory = tuple(held for held in take_inventory(one))
    lines = liquidation_lines(
        one, inventory, brackets=load_brackets(), comovement=comovement(), as_of=moment, symbol="BTC"
    )  # fmt: skip
    built = build_profile(
        lines, inventory, one.given, scope=Scope(symbols=("BTC",)), comovement=comovement(), origin={}
    )  # fmt: skip
    found = distances(built, 0.15)
    assert found[0] is not None
    assert found[1] is not None
    assert -math.expm1(-found[0]) == pytest.approx(0.2508, abs=5e-5)
    assert math.expm1(found[1]) == pytest.approx(0.1128, abs=5e-5)
    assert found == [pytest.approx(brute(built, 0.15, below=side), rel=1e-13) for side in (True, False)]


def test_the_frame_of_lines_is_sorted_for_no_one(desk: Desk) -> None:
    """The order of rows doesn't matter."""
    book = random_book(32, 500)
    found = []
    for frame in (book, book.sample(frac=1, random_state=2)):
        built = desk.solve(pd.DataFrame(frame)).profile()
        found.append(distances(built, 0.1))
    assert found[0] == found[1]
    assert np.isfinite(found[0]).all()  # type: ignore[arg-type]
