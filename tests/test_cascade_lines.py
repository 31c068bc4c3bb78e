"""Forced lines: cells on one side of the mark, as bins of the move."""

import math
from pathlib import Path

import pytest
from book_support import Desk, position
from cascade_support import cell, profile_of

from cohortiv.cascade import Direction, VenueRules, forced_at, forced_flow, forced_lines
from cohortiv.cascade.venues import closing_distances
from cohortiv.engine import connect
from cohortiv.profile.bins import edges_of

INNER, OUTER = (abs(float(edge[0])) for edge in edges_of([-954]))


def test_cells_below_the_mark() -> None:
    """A fall reaches the line below, a rise does not; a long closed in a fall pushes."""
    profile = profile_of(cell())
    down, up = (forced_lines(profile, direction=way) for way in ("down", "up"))
    assert down.frame[["inner", "outer", "forced_usd"]].to_numpy().tolist() == [[INNER, OUTER, 100.0]]
    assert up.frame.empty
    assert up.leveraged_notional_usd == 100.0


def test_shorts_closed_in_a_fall_buy() -> None:
    """A short of a net long unit counts against the fall, and a long closed in a rise against the rise."""
    below, above = cell(side="short"), cell(bin=954)
    assert forced_lines(profile_of(below), direction="down").frame["forced_usd"].tolist() == [-100.0]
    assert forced_lines(profile_of(above), direction="up").frame["forced_usd"].tolist() == [-100.0]


def test_units_with_two_lines() -> None:
    """Each direction meets its own line, and each line once."""
    profile = profile_of(cell(second_bin=980))
    assert forced_lines(profile, direction="down").frame["inner"].tolist() == [INNER]
    assert forced_lines(profile, direction="up").frame["inner"].tolist() == pytest.approx([math.exp(-1.0)])


def test_past_no_line_unleveraged_and_excluded() -> None:
    """Past its line a position is at 0 both ways; without a line it only counts as leveraged; others not at all."""
    cells = [cell(state=1, bin=0), cell(state=2, bin=0), cell(tier=0), cell(reason=3)]
    for way in ("down", "up"):
        lines = forced_lines(profile_of(*cells), direction=way)
        assert lines.frame[["inner", "outer"]].to_numpy().tolist() == [[0.0, 0.0]]
        assert lines.leveraged_notional_usd == 200.0


def test_other_symbols_move_with_the_market() -> None:
    """A line of ETH is reached when the market has moved its simple distance over beta, unless ETH is what moves."""
    profile = profile_of(cell(symbol="ETH"))
    whole = forced_lines(profile, direction="down").frame["inner"][0]
    assert whole == pytest.approx(-math.log1p(math.expm1(-INNER) / 1.08), rel=1e-12)
    assert forced_lines(profile, direction="down", symbol="ETH").frame["inner"].tolist() == [INNER]
    assert forced_lines(profile, direction="down", symbol="BTC").leveraged_notional_usd == 0.0


def test_lines_by_the_market_stay() -> None:
    """Cross units that were read by the market's move need no beta, and cannot be read for one symbol."""
    profile = profile_of(cell(symbol="ETH", reading=1))
    assert forced_lines(profile, direction="down").frame["inner"].tolist() == [INNER]
    with pytest.raises(ValueError, match="got 'ETH' and 1 cells with lines by the market's move"):
        forced_lines(profile, direction="down", symbol="ETH")


def test_closing_in_steps() -> None:
    """A fifth at the line and further fifths further away, at that venue only."""
    rules = {"v": VenueRules(0.01, closing_steps=5)}
    frame = forced_lines(profile_of(cell(), cell(venue="w")), direction="down", rules=rules).frame
    stepped = frame[frame["venue"] == "v"]
    assert stepped["inner"].to_numpy() == pytest.approx(INNER + closing_distances(rules["v"], "down"))
    assert stepped["notional_usd"].tolist() == [20.0] * 5
    assert stepped["positions"].tolist() == [0.2] * 5
    assert frame.loc[frame["venue"] == "w", "notional_usd"].tolist() == [100.0]


def test_one_snapshot() -> None:
    """Lines of two times are not mixed; no cells at all are no lines."""
    with pytest.raises(ValueError, match="got a profile of 2 snapshots"):
        forced_lines(profile_of(cell(), cell(as_of="2026-02-19")), direction="down")
    assert forced_lines(profile_of(), direction="down").frame.empty


def test_from_positions_to_orders(tmp_path: Path) -> None:
    """The printed long and short of 60,000 USD: sold between 54,221 and the bin's end, bought from 65,721 on."""
    desk = Desk(tmp_path, connect(threads=2))
    profile = desk.solve([position(), position(account_id="b", side="short")]).profile().profile
    lines: tuple[tuple[Direction, float], ...] = (("down", 54_221.1055), ("up", 65_721.3930))
    for way, line in lines:
        flow = forced_flow(forced_lines(profile, direction=way))
        distance = abs(math.log(line / 60_000.0))
        assert forced_at(flow, [distance / 1.06, distance * 1.06]).tolist() == [0.0, 60_000.0]
