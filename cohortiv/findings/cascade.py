"""Titles and readings of the cascade's figures."""

import math

import pandas as pd

from cohortiv.cascade import Cascade
from cohortiv.findings.context import Findings, Words
from cohortiv.published_cascade import DEPTH_SHARES, PublishedCascade
from cohortiv.quantities import exact_percent, percent, price, usd

#: Shocks of the map [1], each one of the curves'.
MAP_SHOCKS = (0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20)
#: Shock that the sentences quote [1].
QUOTED = 0.05
NOTHING = "Nothing is leveraged, so nothing is forced"
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
        return f.words("cascade", NOTHING, measure)
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
        return f.words("cascade-map", NOTHING, measure)
    least, most = (found.run("down", depth) for depth in (found.depths_usd[0], found.depths_usd[-1]))
    title = f"Depth decides: {percent(QUOTED, 0)} becomes {_between(_total(most, QUOTED), _total(least, QUOTED))}"
    return f.words("cascade-map", title, measure, note=_note(found), reading=_farthest(found))


def _between(low: float, high: float) -> str:
    near, far = percent(low), percent(high)
    return near if near == far else f"{near} to {far}"


def _headline_depth(found: PublishedCascade) -> float:
    """The depth given; without one the middle of those shown."""
    return found.depth_usd or found.depths_usd[len(found.depths_usd) // 2]


def _total(run: Cascade, shock: float) -> float:
    return float(run.total_moves[[math.isclose(shock, at) for at in run.shocks.tolist()].index(True)])


def _reading(found: PublishedCascade) -> str:
    depth = _headline_depth(found)
    said = [_of_direction(found.run("down", depth), "fall"), _of_direction(found.run("up", depth), "rise")]
    at = f"At a depth of {depth_words(found, depth)} for 1 %"
    unknown = (
        "" if found.depth_usd else " No depth was given: it is one of the depths shown, not an estimate of today's."
    )
    return f"{at}, {said[0]}; {said[1]}.{unknown}"


def _of_direction(run: Cascade, name: str) -> str:
    total = _total(run, QUOTED)
    told = f"a {name} of {percent(QUOTED, 0)} ends at {percent(total)}"
    cliff = run.cliff
    if cliff is None:
        return f"{told} and there is no cliff up to a shock of 50 %"
    where = f" (to {price(cliff.price)})" if cliff.price is not None else ""
    return (
        f"{told} and the cliff is at a {name} of {percent(cliff.shock)}{where}, where the total move jumps from "
        f"{percent(cliff.settled_move)} to {percent(cliff.total_move)}"
    )


def _farthest(found: PublishedCascade) -> str:
    cliffs = [(depth, found.run("down", depth).cliff) for depth in found.depths_usd]
    steep = [(depth, cliff) for depth, cliff in cliffs if cliff is not None]
    if not steep:
        return "At none of these depths is there a cliff below the mark."
    if len(steep) == len(cliffs):
        return f"There is a cliff below the mark at every depth shown, up to {usd(steep[-1][0])} for 1 %."
    return f"Below the mark a cliff exists up to a depth of {usd(steep[-1][0])} for 1 %, and none beyond that."


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
    return f"{given}Impact is linear in forced orders. {ladder}"
