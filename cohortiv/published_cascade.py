"""The cascade as it may be shown: in a report it runs on the published ladder, so it tells no more than that does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.disclosed import BOTH
from cohortiv.cascade import (
    DEPTH_SHARES,
    Cascade,
    Direction,
    ForcedLines,
    cascade,
    forced_flow,
    forced_lines,
    linear_impact,
)
from cohortiv.cascade.cliff import LARGEST_SHOCK, SMALLEST_JUMP
from cohortiv.cascade.moves import SIGNS
from cohortiv.display import Displayed
from cohortiv.errors import UsageError
from cohortiv.ladder import hides_much, market_ladder

#: Multiples of a depth that is given, to show what depends on it [1].
DEPTH_MULTIPLES: Final = (0.25, 0.5, 1.0, 2.0)
#: Outside shocks of the curves [1].
SHOCKS: Final = tuple(np.round(np.linspace(0.0, 0.3, 61), 3).tolist())
#: Outside shocks at which it is asked whether a ladder leaves room for a cliff, with those just before a step [1].
CLIFF_SHOCKS: Final = tuple(
    np.union1d(
        np.round(np.arange(0.0, LARGEST_SHOCK + 0.0005, 0.001), 3), np.arange(0.02, LARGEST_SHOCK, 0.02) - 1e-9
    ).tolist()
)
#: Outside shocks of a map over depths [1], each one of the curves'.
MAP_SHOCKS: Final = (0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20)
#: Total moves of the curves are rounded to this many decimals.
CURVE_DECIMALS: Final = 4
DIRECTIONS: Final[tuple[Direction, Direction]] = ("down", "up")
#: Total moves beyond this are drawn there: a rise has no end, and would press all else to the ground [1].
FARTHEST_DRAWN: Final = 1.0
#: Lines farther than this below the mark stand at it: no fall reaches a price of 0 [1].
_FARTHEST_FALL: Final = 0.99


@dataclass(frozen=True, eq=False)
class PublishedCascade(Displayed):
    """Total moves over shocks and depths, for both directions.

    Attributes
    ----------
    depth_usd : float or None
        Orders that move the price by 1 %, as given [USD]; None: not known, and a range of depths stands in.
    depths_usd : tuple of float
        Depths shown, the least first [USD].
    depth_shares : tuple of float
        The same as shares of leveraged notional [1].
    runs : tuple of Cascade
        One for each depth and direction, in the order of `depths_usd`, down before up.
    curves : DataFrame
        direction, depth_usd, shock, total_move [1].
    from_ladder : bool
        Whether the published ladder was used, not the profile: positions in no step shown are then left out.
    cautious : tuple of Cascade
        From the ladder, the same over `CLIFF_SHOCKS` with each step's notional where it does most: no cliff is smoothed
        away. Empty where the profile was used.
    """

    depth_usd: float | None
    depths_usd: tuple[float, ...]
    depth_shares: tuple[float, ...]
    runs: tuple[Cascade, ...]
    curves: pd.DataFrame
    from_ladder: bool
    cautious: tuple[Cascade, ...] = ()

    def run(self, direction: Direction, depth_usd: float) -> Cascade:
        """The cascade in a direction at one of the depths shown."""
        return self.runs[self._place(direction, depth_usd)]

    def cautious_run(self, direction: Direction, depth_usd: float) -> Cascade | None:
        """The cautious cascade in a direction at one of the depths shown; None where the profile was used."""
        return self.cautious[self._place(direction, depth_usd)] if self.cautious else None

    def _place(self, direction: Direction, depth_usd: float) -> int:
        return len(DIRECTIONS) * self.depths_usd.index(depth_usd) + DIRECTIONS.index(direction)


def publish_cascade(
    result: Assessment, *, mark_price: float | None, depth_usd: float | None = None
) -> PublishedCascade:
    """Run the cascade of a result at the depth given, and around it.

    Parameters
    ----------
    result : Assessment
    mark_price : float or None
        Mark of the single symbol, for a cliff's price [USD].
    depth_usd : float, optional
        Orders that move the price by 1 % [USD]. Without, depths of `DEPTH_SHARES` of the leveraged notional are shown:
        depth is never invented.

    Returns
    -------
    PublishedCascade
        Without depths, runs and rows where nothing is leveraged, or too much of a report's ladder is withheld.

    Raises
    ------
    UsageError
        If the depth is not more than 0 and finite.
    """
    if depth_usd is not None and not 0.0 < depth_usd < np.inf:
        raise UsageError(f"depth_usd got {depth_usd}; allowed is more than 0 USD, such as 400e6. Correct the value.")
    notional = result.reading.profile.leveraged_notional_usd
    shares = {} if hides_much(result) else _depth_shares(notional, depth_usd)
    depths, from_ladder = list(shares), result.reading.disclosed is not None
    runs = _runs(result, depths, mark_price=mark_price)
    return PublishedCascade(
        depth_usd=depth_usd,
        depths_usd=tuple(depths),
        depth_shares=tuple(shares.values()),
        runs=runs,
        curves=_curves(depths, runs),
        from_ladder=from_ladder,
        cautious=_runs(result, depths, mark_price=mark_price, cautious=True) if from_ladder else (),
    )


def _runs(
    result: Assessment, depths: Sequence[float], *, mark_price: float | None, cautious: bool = False
) -> tuple[Cascade, ...]:
    """One cascade for each depth and direction."""
    flows = {direction: forced_flow(shown_lines(result, direction, cautious=cautious)) for direction in DIRECTIONS}
    return tuple(
        cascade(flows[direction], linear_impact(depth), CLIFF_SHOCKS if cautious else SHOCKS, mark=mark_price)
        for depth in depths
        for direction in DIRECTIONS
    )


def _depth_shares(notional: float, depth_usd: float | None) -> dict[float, float]:
    """Depths to be shown [USD], the least first, each as a share of notional [1]; none where nothing is leveraged."""
    if notional <= 0.0:
        return {}
    if depth_usd is None:
        return {share * notional: share for share in DEPTH_SHARES}
    return {multiple * depth_usd: multiple * depth_usd / notional for multiple in DEPTH_MULTIPLES}


def shown_lines(result: Assessment, direction: Direction, *, cautious: bool = False) -> ForcedLines:
    """Lines that a cascade may run on: the published ladder's steps in a report, the profile's bins elsewhere.

    Parameters
    ----------
    result : Assessment
    direction : {"down", "up"}
    cautious : bool
        Whether each step's notional stands at one of its edges, where it does most: what pushes the price on at the
        near one, what pushes back at the far one. No step's orders then come too late; second lines are still left out.

    Returns
    -------
    ForcedLines
        Steps of the ladder have no venue, symbol, tier and positions ("" and 0): they are published without.

    Notes
    -----
    A step's notional is spread evenly over it in log distance, so a jump of the forced orders that is narrower than
    its step is smoothed away, and with it a cliff. What is past its line jumps at the mark. Where sides may not be told
    apart, every step is taken to push the price on: the orders are then not netted, and are overstated at most by
    what goes against the move. A position with two lines is in the step of its first one only.
    """
    exact = forced_lines(result.reading.profile, direction=direction, symbol=result.settings.symbol)
    if result.reading.disclosed is None:
        return exact
    ladder = market_ladder(result).steps
    sign = SIGNS[direction]
    here = ladder[(sign * ladder["move_low"] >= 0) & (sign * ladder["move_high"] >= 0)]
    near, far = ("move_high", "move_low") if direction == "down" else ("move_low", "move_high")
    inner, outer = (sign * np.log1p(here[name].clip(lower=-_FARTHEST_FALL)) for name in (near, far))
    pushes = here["side"].isin([BOTH, "long" if direction == "down" else "short"])
    if cautious:
        inner = outer = inner.where(pushes, outer)
    notional = here["notional_usd"]
    frame = pd.DataFrame(
        {
            "venue": "",
            "symbol": "",
            "side": here["side"],
            "tier": 0,
            "inner": inner,
            "outer": outer,
            "notional_usd": notional,
            "forced_usd": notional.where(pushes, -notional),
            "positions": 0.0,
            "family": here["side"].astype("category").cat.codes,
        }
    )
    return ForcedLines(direction, frame.sort_values(["family", "inner"], ignore_index=True), exact.leveraged)


def nearest_cliff(cautious: Cascade) -> float | None:
    """Smallest outside shock at which a published ladder leaves room for a cliff.

    Parameters
    ----------
    cautious : Cascade
        On `shown_lines` with `cautious`, over `CLIFF_SHOCKS`.

    Returns
    -------
    float or None
        As a simple fraction [1]; None where there is room for none up to `LARGEST_SHOCK`.

    Notes
    -----
    At a cliff the total move exceeds the shock by more than `SMALLEST_JUMP`, and no place of the lines within their
    steps makes it larger than the cautious one. So there is none before the first shock at which that exceeds it so
    far. What is in no step shown, and second lines, are left out. Between two shocks the total move is at most that
    of the larger one.
    """
    shocks, moves = cautious.shocks, cautious.total_moves
    before = np.concatenate([[0.0], shocks[:-1]])
    beyond = np.flatnonzero(moves - before > SMALLEST_JUMP)
    if not len(beyond):
        return None
    start, end = float(before[beyond[0]]), float(shocks[beyond[0]])
    cliff = cautious.cliff
    if cliff is not None and start < cliff.shock <= end and cliff.settled_move - start <= SMALLEST_JUMP:
        return cliff.shock
    return start


def _curves(depths: Sequence[float], runs: Sequence[Cascade]) -> pd.DataFrame:
    kinds = {"direction": "str", "depth_usd": "float64", "shock": "float64", "total_move": "float64"}
    parts = [
        pd.DataFrame(
            {"direction": run.direction, "depth_usd": depth, "shock": run.shocks, "total_move": run.total_moves}
        )
        for depth, run in zip(np.repeat(depths, len(DIRECTIONS)).tolist(), runs, strict=True)
    ]
    if not parts:
        return pd.DataFrame(columns=list(kinds)).astype(kinds)
    return pd.concat(parts, ignore_index=True).round({"total_move": CURVE_DECIMALS})
