"""Titles and readings of the cascade's figures."""

import math
from collections.abc import Sequence

import pandas as pd

from cohortiv.cascade import DEPTH_SHARES, Cascade, Direction
from cohortiv.findings.context import Findings, Words
from cohortiv.implications.cliff_range import MOVES, cliff_range
from cohortiv.ladder import hides_much
from cohortiv.published_cascade import (
    CURVE_DECIMALS,
    DIRECTIONS,
    FARTHEST_DRAWN,
    MAP_SHOCKS,
    PublishedCascade,
    nearest_cliff,
)
from cohortiv.quantities import exact_percent, percent, price, usd

#: Shock that the sentences quote [1].
QUOTED = 0.05
NOTHING = "Nothing is leveraged, so nothing is forced"
WITHHELD = "is withheld: too few accounts are behind the lines"
#: Amplification from which a title speaks of it [1].
NOTABLE = 1.05


def depth_words(found: PublishedCascade, depth_usd: float) -> str:
    """A depth as a reader sees it: "120.0 m USD (5 % of notional)"."""
    share = found.depth_shares[found.depths_usd.index(depth_usd)]
    return f"{usd(depth_usd)} ({_share_words(share)} of notional)"


def _share_words(share: float) -> str:
    return exact_percent(share) if share in DEPTH_SHARES else percent(share)


def curve_rows(found: PublishedCascade) -> pd.DataFrame:
    """What `charts.cascade_curves` draws: direction, name, shock, total_move."""
    names = {depth: depth_words(found, depth) for depth in found.depths_usd}
    return found.curves.assign(name=found.curves["depth_usd"].map(names))[["direction", "name", "shock", "total_move"]]


def map_rows(found: PublishedCascade) -> pd.DataFrame:
    """What `charts.total_move_map` draws, in the direction that goes farther: depth, shock, total_move."""
    if not found.runs:
        return pd.DataFrame(columns=["depth", "shock", "total_move"])
    told = found.curves[(found.curves["direction"] == _farther(found)) & found.curves["shock"].isin(MAP_SHOCKS)]
    return told.assign(depth=told["depth_usd"].map(usd))[["depth", "shock", "total_move"]].reset_index(drop=True)


def _farther(found: PublishedCascade) -> Direction:
    """The direction in which the quoted shock goes farther; falls where it goes as far both ways."""
    depth = _headline_depth(found)
    down, up = (max(_reached(found, way, depth)) for way in DIRECTIONS)
    return "up" if round(up, CURVE_DECIMALS) > round(down, CURVE_DECIMALS) else "down"


def lead(f: Findings, found: PublishedCascade) -> str:
    """What the ladder can and cannot tell of cliffs, before the figures.

    Parameters
    ----------
    f : Findings
    found : PublishedCascade
    """
    if not found.runs:
        missing = (
            "Where a cascade begins follows from lines of too few accounts, so it is told for no depth, given or not."
        )
        return missing if hides_much(f.result) else f"{NOTHING}."
    what = "A cliff is a shock from which forced orders carry the price on by themselves, by more than 1 %."
    if not found.from_ladder:
        return f"{what} The cascade runs on every line of the profile, so that at each depth the cliff has its place."
    depths = found.depths_usd if found.depth_usd is None else (found.depth_usd,)
    told = [cliff_range(way, _nearest(found, way, depths), mark_price=f.shown.mark_price) for way in DIRECTIONS]
    at, where = "No depth was given; over the depths shown", "from cohortiv index --depth-usd"
    if found.depth_usd:
        at, where = f"At {usd(found.depth_usd)} for 1 %", "from cohortiv index with the same --depth-usd"
    return (
        f"{what} The published ladder tells in which step lines lie, not where in it, and so no place of the cliff. "
        f"{at} the cliff below the mark is {told[0]}; above the mark it is {told[1]}. The number itself follows from "
        f"the positions, and those who hold them get it {where}."
    )


def _nearest(found: PublishedCascade, direction: Direction, depths: Sequence[float]) -> float | None:
    """Nearest shock at which the ladder leaves room for a cliff at one of some depths."""
    runs = [found.cautious_run(direction, depth) for depth in depths]
    rooms = [nearest_cliff(run) for run in runs if run is not None]
    return min((room for room in rooms if room is not None), default=None)


def curves(f: Findings, found: PublishedCascade) -> Words:
    """What shocks become, with the cliffs."""
    measure = "Total move after an outside shock, forced orders fed back, by depth for 1 % of move"
    if not found.runs:
        return f.words("cascade", _nothing(f, "What a shock becomes"), measure)
    depth = _headline_depth(found)
    way = _farther(found)
    reached, most = _reached(found, way, depth)
    title = f"A {MOVES[way]} of {percent(QUOTED, 0)} stays near {percent(QUOTED, 0)}"
    if most > NOTABLE * QUOTED:
        ends = ", at most ".join(dict.fromkeys(map(percent, (reached, most))))
        title = f"A {MOVES[way]} of {percent(QUOTED, 0)} becomes {ends} at {usd(depth)} for {exact_percent(0.01)}"
    return f.words("cascade", title, measure, note=_note(found), reading=_reading(found))


def heat_map(f: Findings, found: PublishedCascade) -> Words:
    """How much depth matters."""
    measure = "Total {} in %, by outside shock and by the orders that move the price by 1 %"
    if not found.runs:
        return f.words("cascade-map", _nothing(f, "How much depth matters"), measure.format("move"))
    way = _farther(found)
    least, most = (found.run(way, depth) for depth in (found.depths_usd[0], found.depths_usd[-1]))
    ends = list(dict.fromkeys(percent(_total(run, QUOTED)) for run in (most, least)))
    by = "by depth" if len(ends) > 1 else "at every depth shown"
    title = f"A {MOVES[way]} of {percent(QUOTED, 0)} becomes {' to '.join(ends)} {by}"
    measure = measure.format(MOVES[way])
    return f.words("cascade-map", title, measure, note=_note(found), reading=_farthest(f, found))


def _nothing(f: Findings, what: str) -> str:
    return f"{what} {WITHHELD}" if hides_much(f.result) else NOTHING


def _headline_depth(found: PublishedCascade) -> float:
    """The depth given; without one the middle of those shown."""
    return found.depth_usd or found.depths_usd[len(found.depths_usd) // 2]


def _total(run: Cascade, shock: float) -> float:
    return float(run.total_moves[[math.isclose(shock, at) for at in run.shocks.tolist()].index(True)])


def _reached(found: PublishedCascade, direction: Direction, depth: float) -> tuple[float, float]:
    """Total move after the quoted shock, and the most it can be where the ladder leaves that open."""
    cautious, reached = found.cautious_run(direction, depth), _total(found.run(direction, depth), QUOTED)
    return reached, reached if cautious is None else max(reached, _total(cautious, QUOTED))


def _reading(found: PublishedCascade) -> str:
    depth = _headline_depth(found)
    said = [_of_direction(found, direction, depth) for direction in DIRECTIONS]
    at = f"At a depth of {depth_words(found, depth)} for 1 %"
    unknown = (
        "" if found.depth_usd else " No depth was given: it is one of the depths shown, not an estimate of today's."
    )
    return f"{at}, {said[0]}; {said[1]}. {_first_percent(found, depth)}{unknown}"


def _first_percent(found: PublishedCascade, depth: float) -> str:
    """Liquidation gamma at the mark, both ways."""
    down, up = (usd(float(found.run(direction, depth).gamma_usd[0])) for direction in DIRECTIONS)
    return f"A first fall of 1 % forces net orders of {down}, a first rise {up}."


def _of_direction(found: PublishedCascade, direction: Direction, depth: float) -> str:
    """What the quoted shock becomes, and the cliff where the lines themselves place it."""
    name, run = MOVES[direction], found.run(direction, depth)
    reached, most = (percent(move) for move in _reached(found, direction, depth))
    told = f"a {name} of {percent(QUOTED, 0)} ends at {reached}"
    if found.from_ladder:
        at_most = f", at most at {most} by where in its steps the notional is" if most != reached else ""
        return f"{told} with each step's notional spread evenly{at_most}"
    cliff = run.cliff
    if cliff is None:
        return f"{told} and there is no cliff up to a shock of 50 %"
    where = f" (to {price(cliff.price)})" if cliff.price is not None else ""
    return (
        f"{told} and the cliff is at a {name} of {percent(cliff.shock)}{where}, where the total move jumps from "
        f"{percent(cliff.settled_move)} to {percent(cliff.total_move)}"
    )


def _farthest(f: Findings, found: PublishedCascade) -> str:
    """How cliffs below the mark depend on depth."""
    if found.from_ladder:
        thin, deep = found.depths_usd[0], found.depths_usd[-1]
        told = [cliff_range("down", _nearest(found, "down", [d]), mark_price=f.shown.mark_price) for d in (thin, deep)]
        if told[0] == told[1]:
            return f"At every depth shown the cliff below the mark is {told[0]}."
        return f"The cliff below the mark is {told[0]} at {usd(thin)} for 1 %, and {told[1]} at {usd(deep)}."
    cliffs = [(depth, found.run("down", depth).cliff) for depth in found.depths_usd]
    steep = [depth for depth, cliff in cliffs if cliff is not None]
    if not steep:
        return "At none of these depths a cliff exists below the mark."
    if len(steep) == len(cliffs):
        return f"A cliff exists below the mark at every depth tried, up to {usd(steep[-1])} for 1 %."
    return f"Below the mark a cliff exists up to a depth of {usd(steep[-1])} for 1 %, and none beyond that."


def _note(found: PublishedCascade) -> str:
    given = (
        "" if found.depth_usd else "Depth is not known for these positions: a range of shares of notional stands in. "
    )
    ladder = (
        "Run on the published ladder by the market's move, each step's notional spread evenly over it: what is in no "
        "step shown takes no part, and a cliff within a step does not show."
        if found.from_ladder
        else "Run on the liquidation profile."
    )
    return f"{given}Impact is linear in forced orders. {ladder}{beyond_drawing(found.curves)}"


def beyond_drawing(curves: pd.DataFrame) -> str:
    """What `charts.cascade_curves` does with the largest moves, after a note; empty where there are none such."""
    beyond = bool((curves["total_move"] > FARTHEST_DRAWN).any())
    return f" Total moves beyond {exact_percent(FARTHEST_DRAWN)} are drawn there." if beyond else ""
