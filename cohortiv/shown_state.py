"""One state of a scenario as it may be shown: exact, on the published ladder, or in whole percent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.result import outward
from cohortiv.cascade import Branching, Cliff, branching_along, cascade, forced_flow
from cohortiv.cascade.moves import SIGNS
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.ladder import hides_much, market_ladder
from cohortiv.plain import plain_values
from cohortiv.published_cascade import CURVE_DECIMALS, shown_lines
from cohortiv.scenario import PULLBACKS, ScenarioState

#: The index after changes to positions that were read has so many decimals.
INDEX_DECIMALS: Final = 1
#: Edges of steps this near to a move are at it [1].
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Between:
    """A share that is known between two bounds.

    Attributes
    ----------
    low, high : float
        [1]; the same where it is exact.
    """

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class ShownRun:
    """What shocks become at one depth.

    Attributes
    ----------
    depth_usd : float
        Orders that move the price by 1 %, from the start [USD].
    shocks, total_moves : tuple of float
        Simple fractions [1].
    cliff : Cliff or None
    headline_move : float
        Total move after the headline shock [1].
    headline_branching : float or None
        Dollars that a forced dollar forces in turn, averaged on the way there [1]; None where withheld.
    branching : Branching or None
        What a further 1 % does from each place on the path; None where withheld.
    """

    depth_usd: float
    shocks: tuple[float, ...]
    total_moves: tuple[float, ...]
    cliff: Cliff | None
    headline_move: float
    headline_branching: float | None
    branching: Branching | None

    @property
    def curve(self) -> pd.DataFrame:
        """shock, total_move [positive fractions, to 0.01 %]."""
        moves = np.round(self.total_moves, CURVE_DECIMALS)
        return pd.DataFrame({"shock": self.shocks, "total_move": moves})

    def values(self) -> dict[str, object]:
        """As `summary.json` holds a cascade: depth_usd, shocks, total_moves, cliff {shock, total_move} or None."""
        cliff = self.cliff and {"shock": self.cliff.shock, "total_move": self.cliff.total_move}
        found = {"shocks": list(self.shocks), "total_moves": list(self.total_moves)}
        return {"depth_usd": self.depth_usd, **found, "cliff": cliff}

    def path(self) -> dict[str, object] | None:
        """As `summary.json` holds the path: moves, branching_ratio, gamma_usd, headline; None where withheld."""
        if self.branching is None:
            return None
        found = {name: getattr(self.branching, name).tolist() for name in ("moves", "branching_ratio", "gamma_usd")}
        return {**found, "headline": self.headline_branching}


@dataclass(frozen=True, eq=False)
class ShownState:
    """What may be shown of one state of a scenario.

    Attributes
    ----------
    name : str
        "Before" or "After"; "As it stands" where nothing changes.
    code : str
        "green", "yellow", "red" or "grey".
    iv_index : float
        [%]; with one decimal after changes to positions that were read.
    critical_volatility : float
        Annualised, of that index [1/sqrt(year)].
    drawdown, rally : float or None
        Critical moves [1]; None where lines on that side never hold the critical mass.
    notional_usd : float or None
        Leveraged notional [USD]; None where withheld.
    runs : tuple of ShownRun
        At the depth that is known, else over a range, the least depth first; none where withheld, or where nothing
        is leveraged.
    is_depth_known : bool
        Whether there is one depth, the scenario's own or one given.
    pullbacks : mapping of float to Between
        Move -> share of leveraged notional that it closes without feedback [1]; empty where withheld.
    priced_in : str
        Symbol whose price a cliff's price is, where several are held; empty for one.
    """

    name: str
    code: str
    iv_index: float
    critical_volatility: float
    drawdown: float | None
    rally: float | None
    notional_usd: float | None
    runs: tuple[ShownRun, ...]
    is_depth_known: bool
    pullbacks: Mapping[float, Between]
    priced_in: str = ""

    @property
    def run(self) -> ShownRun | None:
        """The run at the depth that is known; None where a range stands in, or it is withheld."""
        return self.runs[0] if self.is_depth_known and self.runs else None

    @property
    def headline_moves(self) -> tuple[float, float] | None:
        """Least and largest total move after the headline shock over the depths shown [1]; None without any."""
        moves = [run.headline_move for run in self.runs]
        return (min(moves), max(moves)) if moves else None

    def values(self) -> dict[str, object]:
        """What `summary.json` holds of the state: exact pullbacks by move, or their bounds."""
        exact = all(share.low == share.high for share in self.pullbacks.values())
        told = {f"{move:.2f}": share for move, share in self.pullbacks.items()}
        single = self.run
        found: dict[str, object] = {
            "code": self.code,
            "iv_index": self.iv_index,
            "critical_volatility": self.critical_volatility,
            "critical_drawdown": self.drawdown,
            "critical_rally": self.rally,
            "cascade": single and single.values(),
            "cascade_by_depth": None if self.is_depth_known else [run.values() for run in self.runs],
            "branching": single and single.path(),
            "pullbacks": {move: share.low for move, share in told.items()} if told and exact else None,
            "pullback_bounds": {move: vars(share) for move, share in told.items()} or None,
        }
        return {name: plain_values(value) for name, value in found.items()}


def is_cleared(state: ScenarioState) -> bool:
    """Whether a state's ladder is cleared for publication: positions as they were read for a report."""
    return state.assessment.reading.disclosed is not None


def exact_state(name: str, state: ScenarioState) -> ShownState:
    """Everything as it is.

    Parameters
    ----------
    name : str
    state : ScenarioState
        Of a cohort from nothing, or for those who hold the positions.
    """
    found = state.assessment
    runs = (
        ShownRun(
            depth_usd=run.depth_usd,
            shocks=tuple(run.cascade.shocks.tolist()),
            total_moves=tuple(run.cascade.total_moves.tolist()),
            cliff=run.cascade.cliff,
            headline_move=run.damage.move,
            headline_branching=run.headline_branching,
            branching=run.branching,
        )
        for run in state.runs
    )
    return ShownState(
        name=name,
        code=str(found.code),
        iv_index=found.iv_index,
        critical_volatility=found.critical.value,
        drawdown=found.moves.drawdown,
        rally=found.moves.rally,
        notional_usd=found.reading.profile.leveraged_notional_usd,
        runs=tuple(runs),
        is_depth_known=state.is_depth_known,
        pullbacks={move: Between(share, share) for move, share in state.pullbacks.items()},
        priced_in=state.priced_in,
    )


def state_on_ladder(name: str, state: ScenarioState, *, config: ScenarioConfig) -> ShownState:
    """A cleared state: index and moves as the risk report tells them, cascade and pullbacks from the published ladder.

    Parameters
    ----------
    name : str
    state : ScenarioState
        With a cleared ladder; where that hides much, cascade and pullbacks are withheld.
    config : ScenarioConfig
    """
    exact = exact_state(name, state)
    if hides_much(state.assessment):
        return replace(exact, runs=(), pullbacks={})
    return replace(
        exact,
        runs=_ladder_runs(state, config),
        pullbacks={move: closed_between(state.assessment, config, move) for move in PULLBACKS},
    )


def _ladder_runs(state: ScenarioState, config: ScenarioConfig) -> tuple[ShownRun, ...]:
    """A state's runs again, on the published ladder."""
    flow = forced_flow(shown_lines(state.assessment, config.direction))
    headline = [config.headline_shock]
    found = [
        (run, cascade(flow, run.impact, config.shocks, mark=state.mark), cascade(flow, run.impact, headline))
        for run in state.runs
    ]
    return tuple(
        ShownRun(
            depth_usd=run.depth_usd,
            shocks=tuple(config.shocks),
            total_moves=tuple(again.total_moves.tolist()),
            cliff=again.cliff,
            headline_move=float(end.total_moves[0]),
            headline_branching=float(end.branching_ratio[0]),
            branching=branching_along(flow, run.impact),
        )
        for run, again, end in found
    )


def coarse_state(name: str, state: ScenarioState, *, is_withheld: bool) -> ShownState:
    """A state that is not cleared: the index with one decimal, moves in whole percent, rounded up, and no amount.

    Parameters
    ----------
    name : str
    state : ScenarioState
    is_withheld : bool
        Whether the positions as they were read hide so much of their ladder that no cascade may be told of them.
    """
    exact = exact_state(name, state)
    index = round(exact.iv_index, INDEX_DECIMALS)
    told = index > 0 and math.isfinite(index)
    volatility = exact.iv_index * exact.critical_volatility / index if told else exact.critical_volatility
    return replace(
        exact,
        iv_index=index,
        critical_volatility=volatility,
        drawdown=outward(exact.drawdown),
        rally=outward(exact.rally),
        notional_usd=None,
        runs=() if is_withheld else tuple(_coarse(run) for run in exact.runs),
        pullbacks={},
    )


def _coarse(run: ShownRun) -> ShownRun:
    cliff = run.cliff
    if cliff is not None:
        shock, settled, total = (_up(move) for move in (cliff.shock, cliff.settled_move, cliff.total_move))
        cliff = Cliff(shock, settled, total, total - settled, None)
    moves = tuple(_up(move) for move in run.total_moves)
    return replace(
        run,
        total_moves=moves,
        cliff=cliff,
        headline_move=_up(run.headline_move),
        headline_branching=None,
        branching=None,
    )


def _up(move: float) -> float:
    """A size of a move, rounded up to whole percent."""
    return outward(move) or 0.0


def closed_between(assessment: Assessment, config: ScenarioConfig, move: float) -> Between:
    """Bounds of the leveraged notional that a move closes, from the published ladder.

    Parameters
    ----------
    assessment : Assessment
        With disclosed steps.
    config : ScenarioConfig
        Its direction counts.
    move : float
        Size of the move [1].

    Returns
    -------
    Between
        Shares of the leveraged notional [1]. Of a step that the move ends in, nothing counts in the low bound and all
        in the high one. What is in no step shown is in neither, see :func:`hidden_share`; so is a second line.
    """
    steps, sign = market_ladder(assessment).steps, SIGNS[config.direction]
    here = steps[(sign * steps["move_low"] >= 0) & (sign * steps["move_high"] >= 0)]
    edges = np.sort(np.abs(here[["move_low", "move_high"]].to_numpy(dtype=float)), axis=1)
    notional = here["notional_usd"].to_numpy(dtype=float)
    whole = assessment.reading.profile.leveraged_notional_usd
    within, begun = edges[:, 1] <= move + _ROUNDING, (edges[:, 0] < move - _ROUNDING) | (edges[:, 1] == 0)
    low, high = (float(notional[reached].sum()) / whole if whole else math.nan for reached in (within, begun))
    return Between(low, high)


def hidden_share(assessment: Assessment) -> float:
    """Leveraged notional in no step of the published ladder by the market's move [1]; 0 where nothing is leveraged.

    Parameters
    ----------
    assessment : Assessment
        With disclosed steps.
    """
    whole = assessment.reading.profile.leveraged_notional_usd
    return market_ladder(assessment).hidden_usd / whole if whole else 0.0
