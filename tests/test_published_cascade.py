"""The cascade of a report: values by hand, limits, and that it knows no more than the published ladder."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, Results, assessed, cohort_file
from test_ladder import lined

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.cascade import DEPTH_SHARES, Direction, cascade, find_cliff, forced_flow, forced_lines, linear_impact
from cohortiv.errors import UsageError
from cohortiv.published_cascade import (
    DEPTH_MULTIPLES,
    DIRECTIONS,
    PublishedCascade,
    nearest_cliff,
    publish_cascade,
    shown_lines,
)

pytestmark = ENGINE_WARNINGS
CASES = ("solved", "analyst", "one symbol", "past", "unreachable", "few units", "undated")


def total(found: PublishedCascade, shock: float, *, depth: float, direction: Direction = "down") -> float:
    """Total move of one shock at one depth."""
    run = found.run(direction, depth)
    return float(run.total_moves[np.isclose(run.shocks, shock)][0])


def two_billion(folder: Path, *, line: float = 0.905, for_report: bool = True) -> Assessment:
    """Two billion long in BTC, all lines in the step from -10 % to -8 %."""
    frame = lined(line)
    return assessed(folder, frame.assign(quantity=100 * frame["quantity"]), symbol="BTC", for_report=for_report)


def test_values_by_hand(tmp_path: Path) -> None:
    """Lines from 8 to 10 % below: 5 % stays 5 %; 10 % forces 2 bn USD, which 400 m USD for 1 % turn into 0.05 more."""
    found = publish_cascade(two_billion(tmp_path), mark_price=60_000.0, depth_usd=400e6)
    assert total(found, 0.05, depth=400e6) == pytest.approx(0.05, abs=1e-12)
    assert total(found, 0.10, depth=400e6) == pytest.approx(1 - 0.9 * math.exp(-0.05))
    assert total(found, 0.10, depth=400e6, direction="up") == pytest.approx(0.10, abs=1e-12)


def test_curves_are_the_runs_rounded(results: Results) -> None:
    """What is drawn are the total moves of the runs, to a hundredth of a percent, depth by depth, down before up."""
    found = publish_cascade(results["solved"], mark_price=None)
    moves = np.concatenate([run.total_moves for run in found.runs])
    np.testing.assert_allclose(found.curves["total_move"], moves, atol=5.1e-5)
    assert found.curves["direction"].drop_duplicates().tolist() == ["down", "up"]


def test_cliff_by_hand(tmp_path: Path) -> None:
    """In a step ln(0.92/0.90) wide, orders of 0.05 outrun the price: the cliff is where the step begins."""
    cliff = publish_cascade(two_billion(tmp_path), mark_price=60_000.0, depth_usd=400e6).run("down", 400e6).cliff
    assert cliff is not None
    assert cliff.shock == pytest.approx(0.08)
    assert cliff.total_move == pytest.approx(1 - 0.92 * math.exp(-0.05))
    assert cliff.price == pytest.approx(0.92 * 60_000.0)


def test_cautious_cascade_never_understates(tmp_path: Path) -> None:
    """Lines at 8.1 %, spread by the ladder to 10 %, are reached too late by its even reading, never by the cautious."""
    result = two_billion(tmp_path, line=0.919)
    found = publish_cascade(result, mark_price=None, depth_usd=400e6)
    exact = forced_flow(forced_lines(result.reading.profile, direction="down", symbol="BTC"))
    cautious, even = found.cautious_run("down", 400e6), found.run("down", 400e6)
    truth = cascade(exact, linear_impact(400e6), even.shocks).total_moves
    assert cautious is not None
    most = np.interp(even.shocks, cautious.shocks, cautious.total_moves)
    assert (most >= truth - 1e-9).all()
    assert (most >= even.total_moves - 1e-9).all()
    assert (even.total_moves < truth).any()


@pytest.mark.parametrize("line", [0.915, 0.91, 0.905])
def test_no_cliff_is_nearer_than_the_range_says(tmp_path: Path, line: float) -> None:
    """Wherever in its step the notional is, the exact cliff is at or beyond the near end of the step, 8 %."""
    result = two_billion(tmp_path, line=line)
    cautious = publish_cascade(result, mark_price=None, depth_usd=400e6).cautious_run("down", 400e6)
    exact = find_cliff(
        forced_flow(forced_lines(result.reading.profile, direction="down", symbol="BTC")), linear_impact(400e6)
    )
    assert cautious is not None
    assert exact is not None
    assert nearest_cliff(cautious) == pytest.approx(0.08)
    assert exact.shock >= 0.08


def test_depth_without_end_leaves_no_room_for_a_cliff(tmp_path: Path) -> None:
    """Where 2 bn move the price by less than a tenth of a percent there is none."""
    cautious = publish_cascade(two_billion(tmp_path), mark_price=None, depth_usd=1e13).cautious_run("down", 1e13)
    assert cautious is not None
    assert nearest_cliff(cautious) is None


def test_beta_of_two_halves_the_way(tmp_path: Path) -> None:
    """Lines 9.5 % below the mark of a symbol of beta 2 are reached by a market that falls 6 %, not by one at 4 %."""
    result = assessed(tmp_path, lined(0.905, symbol="SOL"), cohort=cohort_file(tmp_path, "betas: {SOL: 2.0}\n"))
    found = publish_cascade(result, mark_price=None, depth_usd=1e7)
    assert total(found, 0.04, depth=1e7) == pytest.approx(0.04, abs=1e-12)
    assert total(found, 0.06, depth=1e7) == pytest.approx(1 - 0.94 * math.exp(-0.02))


@pytest.mark.parametrize("case", CASES)
def test_endless_depth_adds_nothing(results: Results, case: str) -> None:
    """Where orders move no price, the total move is the shock."""
    curves = publish_cascade(results[case], mark_price=None, depth_usd=1e30).curves
    np.testing.assert_allclose(curves["total_move"], curves["shock"], atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_less_depth_goes_farther(results: Results, case: str) -> None:
    """No shock ends nearer in a thinner market, and none nearer than itself."""
    found = publish_cascade(results[case], mark_price=None)
    table = found.curves.pivot_table(index=["direction", "shock"], columns="depth_usd", values="total_move")
    assert (np.diff(table.to_numpy(), axis=1) <= 1e-12).all()
    assert (found.curves["total_move"] >= found.curves["shock"] - 1e-12).all()


@pytest.mark.parametrize("case", ["solved", "analyst"])
def test_depths_without_one_given(results: Results, case: str) -> None:
    """Depth is not invented: shares of the notional are shown, the least depth first, and none is called the depth."""
    found = publish_cascade(results[case], mark_price=None)
    notional = results[case].reading.profile.leveraged_notional_usd
    assert found.depth_usd is None
    assert found.depth_shares == DEPTH_SHARES
    assert found.depths_usd == pytest.approx([share * notional for share in DEPTH_SHARES])
    assert len(found.runs) == 2 * len(DEPTH_SHARES)


def test_depths_about_the_given_one(results: Results) -> None:
    """A depth that is given stands among its multiples."""
    found = publish_cascade(results["solved"], mark_price=None, depth_usd=2e6)
    assert found.depths_usd == pytest.approx([multiple * 2e6 for multiple in DEPTH_MULTIPLES])
    assert found.run("up", 2e6).direction == "up"


@pytest.mark.parametrize("depth", [0.0, -1.0, math.inf, math.nan])
def test_depth_that_is_none_is_refused(results: Results, depth: float) -> None:
    """The message says what was got and what is allowed."""
    with pytest.raises(UsageError, match=r"depth_usd got .*; allowed is more than 0 USD"):
        publish_cascade(results["solved"], mark_price=None, depth_usd=depth)


@pytest.mark.parametrize("depth", [None, 1e6])
def test_nothing_leveraged_has_no_runs(results: Results, depth: float | None) -> None:
    """Empty, with the columns of the curves."""
    found = publish_cascade(results["nothing leveraged"], mark_price=None, depth_usd=depth)
    assert (found.depths_usd, found.depth_shares, found.runs) == ((), (), ())
    assert list(found.curves.columns) == ["direction", "depth_usd", "shock", "total_move"]


def test_books_that_differ_within_a_step_have_one_cascade(tmp_path: Path) -> None:
    """A report's cascade is the published ladder's: where in its step a line lies doesn't show, though it matters."""
    folders = [tmp_path / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
    near, far = (
        publish_cascade(two_billion(folder, line=line), mark_price=6e4)
        for folder, line in zip(folders, (0.918, 0.902), strict=False)
    )
    pd.testing.assert_frame_equal(near.curves, far.curves, check_exact=True)
    assert [run.cliff for run in near.runs] == [run.cliff for run in far.runs]
    exact = [
        publish_cascade(two_billion(folder, line=line, for_report=False), mark_price=6e4).curves["total_move"]
        for folder, line in zip(folders[2:], (0.918, 0.902), strict=True)
    ]
    assert not np.allclose(exact[0], exact[1])


def test_lines_of_a_report_are_steps_and_no_more(results: Results) -> None:
    """No venue, symbol, tier or count of positions goes with a step, and every edge is a whole step's."""
    frame = shown_lines(results["solved"], "down").frame
    assert frame[["venue", "symbol", "tier", "positions"]].drop_duplicates().values.tolist() == [["", "", 0, 0.0]]
    moves = -np.expm1(-frame[["inner", "outer"]].to_numpy().ravel())
    near = moves[moves < 0.98]
    np.testing.assert_allclose(near / 0.02, np.round(near / 0.02), atol=1e-9)


def test_shorts_net_against_longs(results: Results) -> None:
    """A short that is closed as the price falls is a purchase."""
    frame = shown_lines(results["solved"], "down").frame
    assert (np.sign(frame["forced_usd"]) == np.where(frame["side"] == "long", 1.0, -1.0)).all()


def test_sides_that_may_not_be_told_apart_still_push(tmp_path: Path) -> None:
    """Three shorts among longs are not told apart, and the steps that hold both are taken to push the price on."""
    frame = pd.concat([lined(0.905), lined(0.805, prefix="b")], ignore_index=True)
    frame.loc[:2, "side"] = "short"
    frame.loc[:2, "liquidation_price"] = 1.095 * frame["mark_price"]
    result = assessed(tmp_path, frame, symbol="BTC")
    assert result.reading.disclosed is not None
    assert not result.reading.disclosed.sides_apart
    forced = shown_lines(result, "down").frame["forced_usd"]
    assert forced.tolist() == [2e7]


def test_past_lines_are_forced_at_once(results: Results) -> None:
    """What is past its line is forced by any move, so the smallest shock runs on."""
    found = publish_cascade(results["past"], mark_price=None)
    assert total(found, 0.005, depth=found.depths_usd[0]) > 0.01


#: Median and largest difference of the total moves on the ladder and on the profile at `DEPTH_SHARES` [points].
REAL: dict[tuple[str | None, Direction], tuple[tuple[float, float], ...]] = {
    ("BTC", "down"): ((1.33, 3.1), (0.45, 1.2), (0.14, 0.5), (0.06, 0.2), (0.03, 0.1)),
    ("BTC", "up"): ((1.66, 28.5), (1.36, 7.3), (0.44, 1.2), (0.25, 0.6), (0.14, 0.3)),
    (None, "down"): ((0.47, 3.8), (0.16, 1.7), (0.05, 0.3), (0.02, 0.1), (0.01, 0.1)),
    (None, "up"): ((0.40, 5.1), (0.13, 0.9), (0.05, 0.2), (0.02, 0.1), (0.01, 0.0)),
}


#: How many of the ten runs have a cliff, on the profile and on the ladder.
REAL_CLIFFS = {"BTC": [5, 1], None: [4, 1]}


@pytest.mark.parametrize("symbol", ["BTC", None])
def test_real_ladder_against_profile(real_data: Path, symbol: str | None) -> None:
    """How far a report's cascade is from the analyst's on real positions, as METHODOLOGY prints it."""
    settings = Settings(
        positions=f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}", as_of="2026-02-18", symbol=symbol
    )
    report, analyst = (
        publish_cascade(assess(settings, read_cohort(settings, for_report=shown, say=lambda _: None)), mark_price=None)
        for shown in (True, False)
    )
    for direction in DIRECTIONS:
        told = []
        for shown, exact in zip(report.depths_usd, analyst.depths_usd, strict=True):
            apart = 100 * np.abs(report.run(direction, shown).total_moves - analyst.run(direction, exact).total_moves)
            told.append((round(float(np.median(apart)), 2), round(float(apart.max()), 1)))
        assert tuple(told) == REAL[symbol, direction]
    cliffs = [sum(run.cliff is not None for run in found.runs) for found in (analyst, report)]
    assert cliffs == REAL_CLIFFS[symbol]
