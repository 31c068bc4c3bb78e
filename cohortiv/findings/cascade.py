"""Titles and readings of the cascade's figures."""

import math

import pandas as pd

from cohortiv.cascade import DEPTH_SHARES, Cascade
from cohortiv.findings.context import Findings, Words
from cohortiv.ladder import hides_much
from cohortiv.published_cascade import DIRECTIONS, MAP_SHOCKS, PublishedCascade
from cohortiv.quantities import exact_percent, percent, price, usd

#: Shock that the sentences quote [1].
QUOTED = 0.05
NOTHING = "Nothing is leveraged, so nothing is forced"
WITHHELD = "Withheld: too few accounts are behind the lines"
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
    """What `charts.total_move_map` draws of falls: depth, shock, total_move."""
    falls = found.curves[(found.curves["direction"] == "down") & found.curves["shock"].isin(MAP_SHOCKS)]
    return falls.assign(depth=falls["depth_usd"].map(usd))[["depth", "shock", "total_move"]].reset_index(drop=True)


def curves(f: Findings, found: PublishedCascade) -> Words:
    """What shocks become, with the cliffs."""
    measure = "Total move after an outside shock, forced orders fed back, by depth for 1 % of move"
    if not found.runs:
        return f.words("cascade", _nothing(f), measure)
    run = found.run("down", _headline_depth(found))
    reached = _total(run, QUOTED)
    title = f"A fall of {percent(QUOTED, 0)} stays near {percent(QUOTED, 0)}"
    if reached > NOTABLE * QUOTED:
        title = f"A fall of {percent(QUOTED, 0)} becomes {percent(reached)}"
    return f.words("cascade", title, measure, note=_note(found), reading=_reading(found))


def heat_map(f: Findings, found: PublishedCascade) -> Words:
    """How much depth matters."""
    measure = "Total fall in %, by outside shock and by the orders that move the price by 1 %"
    if not found.runs:
        return f.words("cascade-map", _nothing(f), measure)
    least, most = (found.run("down", depth) for depth in (found.depths_usd[0], found.depths_usd[-1]))
    deep, thin = percent(_total(most, QUOTED)), percent(_total(least, QUOTED))
    title = f"Depth decides: a fall of {percent(QUOTED, 0)} becomes {deep} to {thin}"
    if deep == thin:
        title = f"At these depths a fall of {percent(QUOTED, 0)} becomes {deep}"
    return f.words("cascade-map", title, measure, note=_note(found), reading=_farthest(found))


def _nothing(f: Findings) -> str:
    return WITHHELD if hides_much(f.result) else NOTHING


def _headline_depth(found: PublishedCascade) -> float:
    """The depth given; without one the middle of those shown."""
    return found.depth_usd or found.depths_usd[len(found.depths_usd) // 2]


def _total(run: Cascade, shock: float) -> float:
    return float(run.total_moves[[math.isclose(shock, at) for at in run.shocks.tolist()].index(True)])


def _reading(found: PublishedCascade) -> str:
    depth = _headline_depth(found)
    said = [_of_direction(found.run(direction, depth), found) for direction in DIRECTIONS]
    at = f"At a depth of {depth_words(found, depth)} for 1 %"
    unknown = (
        "" if found.depth_usd else " No depth was given: it is one of the depths shown, not an estimate of today's."
    )
    return f"{at}, {said[0]}; {said[1]}. {_first_percent(found, depth)}{_cautious(found, depth)}{unknown}"


def _first_percent(found: PublishedCascade, depth: float) -> str:
    """Liquidation gamma at the mark, both ways."""
    down, up = (usd(float(found.run(direction, depth).gamma_usd[0])) for direction in DIRECTIONS)
    return f"A first fall of 1 % forces net orders of {down}, a first rise {up}."


def _cautious(found: PublishedCascade, depth: float) -> str:
    """What could be at most, where the ladder's steps smooth the orders."""
    runs = [found.cautious_run(direction, depth) for direction in DIRECTIONS]
    told = [_of_direction(run, found) for run in runs if run is not None]
    if not told:
        return ""
    return f" With every step's notional at the edge where it does most, {told[0]}; {told[1]}."


def _of_direction(run: Cascade, found: PublishedCascade) -> str:
    name = "fall" if run.direction == "down" else "rise"
    told = f"a {name} of {percent(QUOTED, 0)} ends at {percent(_total(run, QUOTED))}"
    cliff = run.cliff
    if cliff is None:
        shows = "no cliff shows" if found.from_ladder else "there is no cliff"
        return f"{told} and {shows} up to a shock of 50 %"
    where = f" (to {price(cliff.price)})" if cliff.price is not None else ""
    return (
        f"{told} and the cliff is at a {name} of {percent(cliff.shock)}{where}, where the total move jumps from "
        f"{percent(cliff.settled_move)} to {percent(cliff.total_move)}"
    )


def _farthest(found: PublishedCascade) -> str:
    cliffs = [(depth, found.run("down", depth).cliff) for depth in found.depths_usd]
    steep = [depth for depth, cliff in cliffs if cliff is not None]
    is_there = "shows" if found.from_ladder else "exists"
    if not steep:
        return f"At none of these depths a cliff {is_there} below the mark."
    if len(steep) == len(cliffs):
        return f"A cliff {is_there} below the mark at every depth tried, up to {usd(steep[-1])} for 1 %."
    return f"Below the mark a cliff {is_there} up to a depth of {usd(steep[-1])} for 1 %, and none beyond that."


def _note(found: PublishedCascade) -> str:
    given = (
        "" if found.depth_usd else "Depth is not known for these positions: a range of shares of notional stands in. "
    )
    ladder = (
        "Run on the published ladder by the market's move, each step's notional spread evenly over it: what is in no "
        "step shown takes no part, and a cliff within a step does not show in the curves."
        if found.from_ladder
        else "Run on the liquidation profile."
    )
    return f"{given}Impact is linear in forced orders. {ladder}"
