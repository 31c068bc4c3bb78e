"""A scenario as it may be shown: all of a cohort from nothing, and of positions that were read only what is safe.

Positions that were read are cleared for publication as they stand, not as a scenario leaves them. Before the changes
the published ladder is all that pullbacks and cascades run on. After them index and code are told, with moves rounded
up to whole percent; no ladder, no tier, no venue and no amount.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.result import outward
from cohortiv.cascade import Cliff, ForcedLines, cascade, depth_grid, forced_flow, pullbacks, total_moves
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.ladder import shown_ladder
from cohortiv.plain import plain_values
from cohortiv.published_cascade import DEPTH_MULTIPLES, MAP_SHOCKS, shown_lines
from cohortiv.scenario import PULLBACKS, ScenarioResult, ScenarioState
from cohortiv.summary import cascade_values, summarise

#: Keys of a summary that are told of the cohort before the changes too.
BEFORE: Final = (
    "code", "iv_index", "critical_volatility", "critical_drawdown", "critical_rally", "leveraged_notional_usd",
    "positions", "cascade", "pullbacks",
)  # fmt: skip
#: Keys of a summary that tell of single cells; nothing of a changed cohort is cleared for them.
_CELLS: Final = {
    "interval": None, "code_probability": None, "code_held": None, "share_without_line": None, "share_past_line": None,
    "tiers": (), "readings": {"quantile": {"volatility": None, "iv_index": None}, "largest_positions": None},
}  # fmt: skip
_INDEX_DECIMALS: Final = 1


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
        [%]; rounded to one decimal where positions were read.
    critical_volatility : float
        Annualised, of that index [1/sqrt(year)].
    drawdown, rally : float or None
        Critical moves [1]; None where lines on that side never hold the critical mass.
    notional_usd : float or None
        Leveraged notional [USD]; None where withheld.
    depth_usd : float
        Orders that move the price by 1 % [USD].
    curve : DataFrame
        shock, total_move [positive fractions].
    cliff : Cliff or None
    headline_move : float
        Total move after the headline shock [1].
    pullbacks : mapping of float to float
        Move -> share of leveraged notional that it closes without feedback [1]; empty where withheld.
    """

    name: str
    code: str
    iv_index: float
    critical_volatility: float
    drawdown: float | None
    rally: float | None
    notional_usd: float | None
    depth_usd: float
    curve: pd.DataFrame
    cliff: Cliff | None
    headline_move: float
    pullbacks: Mapping[float, float]


@dataclass(frozen=True, eq=False)
class PublishedScenario:
    """What may be shown of a scenario.

    Attributes
    ----------
    config : ScenarioConfig
    is_exact : bool
        Whether the cohort comes from nothing, so that nothing is withheld.
    states : tuple of ShownState
        Before and after; one where the scenario changes nothing.
    ladders : DataFrame
        state, move_low, move_high [fraction from the state's mark], side, notional_usd [USD].
    grid : DataFrame
        depth_usd, shock, total_move: of the last state whose lines may be shown, impact linear.
    damage : DataFrame
        state, tier, tier_floor [x], share [1] that the headline total move closes; no rows where withheld.
    backstops : DataFrame
        state, venue, shortfall_usd, insurance_used_usd, auto_deleveraged_usd [USD]; no rows where withheld.
    closed_on_the_way : tuple of float or None
        Notional [USD] and share of it [1] that the price move itself closed; None where nothing, or withheld.
    summary : dict
        What `summary.json` holds.
    """

    config: ScenarioConfig
    is_exact: bool
    states: tuple[ShownState, ...]
    ladders: pd.DataFrame
    grid: pd.DataFrame
    damage: pd.DataFrame
    backstops: pd.DataFrame
    closed_on_the_way: tuple[float, float] | None
    summary: dict[str, object]

    @property
    def after(self) -> ShownState:
        """The last state."""
        return self.states[-1]


def publish_scenario(result: ScenarioResult) -> PublishedScenario:
    """What may be shown of a scenario.

    Parameters
    ----------
    result : ScenarioResult
        On a cohort from nothing, or on one read for a report.

    Raises
    ------
    ValueError
        If it is on real positions that were not read for a report: then it is not known what may be told.
    """
    reading = result.before.assessment.reading
    is_exact = reading.disclosed is None
    if is_exact and not reading.synthetic:
        raise ValueError("got a scenario on positions that were not read for a report; read them with for_report=True")
    named = _named(result)
    cleared = [(name, state) for name, state in named if is_exact or _is_cleared(state)]
    return PublishedScenario(
        config=result.config,
        is_exact=is_exact,
        states=tuple(_shown(result.config, name, state, is_exact=is_exact) for name, state in named),
        ladders=pd.concat([_ladder(name, state) for name, state in cleared], ignore_index=True),
        grid=_grid(result.config, cleared[-1][1]),
        damage=pd.DataFrame(
            [row for name, state in named if is_exact for row in _damage(name, state)],
            columns=["state", "tier", "tier_floor", "share"],
        ),
        backstops=pd.DataFrame(
            [{"state": name} | vars(found) for name, state in named if is_exact for found in state.backstops],
            columns=["state", "venue", "shortfall_usd", "insurance_used_usd", "auto_deleveraged_usd"],
        ),
        closed_on_the_way=_closed(result) if is_exact else None,
        summary=scenario_summary(result) if is_exact else _safe_summary(result, named),
    )


def scenario_summary(result: ScenarioResult) -> dict[str, object]:
    """The keys of `summary.json` after the changes, and what only a scenario knows; unsuppressed.

    Parameters
    ----------
    result : ScenarioResult

    Returns
    -------
    dict
        Also `scenario`, `direction`, `pullbacks` (move in that direction -> share of leveraged notional that it
        liquidates without feedback), `liquidated_by_price_move` and `before`; numbers unrounded.
    """
    before, after = _state_summary(result.before), _state_summary(result.after)
    change = {
        "notional_usd": result.change.liquidated_notional_usd,
        "share": result.change.liquidated_share,
        "positions": result.change.liquidated_positions,
    }
    return after | {
        "scenario": result.config.name,
        "direction": result.config.direction,
        "liquidated_by_price_move": plain_values(change),
        "before": {name: before[name] for name in BEFORE},
    }


def _named(result: ScenarioResult) -> list[tuple[str, ScenarioState]]:
    if not result.is_changed:
        return [("As it stands", result.before)]
    return [("Before", result.before), ("After", result.after)]


def _is_cleared(state: ScenarioState) -> bool:
    return state.assessment.reading.disclosed is not None


def _shown(config: ScenarioConfig, name: str, state: ScenarioState, *, is_exact: bool) -> ShownState:
    if is_exact:
        return _exact(name, state)
    return _on_ladder(config, name, state) if _is_cleared(state) else _coarse(name, state)


def _exact(name: str, state: ScenarioState) -> ShownState:
    """Everything as it is."""
    found, run = state.assessment, state.cascade
    return ShownState(
        name=name,
        code=str(found.code),
        iv_index=found.iv_index,
        critical_volatility=found.critical.value,
        drawdown=found.moves.drawdown,
        rally=found.moves.rally,
        notional_usd=found.reading.profile.leveraged_notional_usd,
        depth_usd=state.depth_usd,
        curve=pd.DataFrame({"shock": run.shocks, "total_move": run.total_moves}),
        cliff=run.cliff,
        headline_move=state.damage.move,
        pullbacks=state.pullbacks,
    )


def _on_ladder(config: ScenarioConfig, name: str, state: ScenarioState) -> ShownState:
    """What is cleared: cascade and pullbacks from the published ladder."""
    lines = _shown_lines(config, state)
    flow = forced_flow(lines)
    run = cascade(flow, state.impact, config.shocks, mark=state.mark)
    return replace(
        _rounded(_exact(name, state)),
        curve=pd.DataFrame({"shock": run.shocks, "total_move": run.total_moves}),
        cliff=run.cliff,
        headline_move=float(total_moves(flow, state.impact, [config.headline_shock])[0]),
        pullbacks=pullbacks(lines, PULLBACKS),
    )


def _coarse(name: str, state: ScenarioState) -> ShownState:
    """What is not cleared: moves in whole percent, rounded up, and no amount."""
    exact = _rounded(_exact(name, state))
    cliff = exact.cliff
    if cliff is not None:
        shock, settled, total = (_up(move) for move in (cliff.shock, cliff.settled_move, cliff.total_move))
        cliff = Cliff(shock, settled, total, total - settled, None)
    return replace(
        exact,
        drawdown=outward(exact.drawdown),
        rally=outward(exact.rally),
        notional_usd=None,
        curve=exact.curve.assign(total_move=[_up(move) for move in exact.curve["total_move"].tolist()]),
        cliff=cliff,
        headline_move=_up(exact.headline_move),
        pullbacks={},
    )


def _up(move: float) -> float:
    """A size of a move, rounded up to whole percent."""
    return outward(move) or 0.0


def _rounded(state: ShownState) -> ShownState:
    """The index with one decimal, and the critical volatility that belongs to it."""
    exact, index = state.iv_index, round(state.iv_index, _INDEX_DECIMALS)
    told = index > 0 and math.isfinite(index)
    volatility = exact * state.critical_volatility / index if told else state.critical_volatility
    return replace(state, iv_index=index, critical_volatility=volatility)


def _shown_lines(config: ScenarioConfig, state: ScenarioState) -> ForcedLines:
    return shown_lines(state.assessment, config.direction) if _is_cleared(state) else state.lines


def _ladder(name: str, state: ScenarioState) -> pd.DataFrame:
    steps = shown_ladder(state.assessment, None).steps
    return steps[["move_low", "move_high", "side", "notional_usd"]].assign(state=name)


def _grid(config: ScenarioConfig, state: ScenarioState) -> pd.DataFrame:
    depths = state.depth_usd * np.array(DEPTH_MULTIPLES)
    flow = forced_flow(_shown_lines(config, state))
    return depth_grid(flow, depths, MAP_SHOCKS, withdrawal=state.impact.withdrawal).frame()


def _damage(name: str, state: ScenarioState) -> list[dict[str, object]]:
    return [
        {"state": name, "tier": f"{closed.group}x", "tier_floor": float(closed.group), "share": closed.share}
        for closed in state.damage.tiers
    ]


def _closed(result: ScenarioResult) -> tuple[float, float] | None:
    amount = result.change.liquidated_notional_usd
    return (amount, result.change.liquidated_share) if amount > 0 else None


def _state_summary(state: ScenarioState) -> dict[str, object]:
    filled = cascade_values(state.cascade, depth_usd=state.depth_usd)
    return summarise(state.assessment) | {
        "cascade": plain_values(filled),
        "pullbacks": plain_values(_by_move(state.pullbacks)),
    }


def _by_move(shares: Mapping[float, float]) -> dict[str, float]:
    return {f"{move:.2f}": share for move, share in shares.items()}


def _safe_summary(result: ScenarioResult, named: list[tuple[str, ScenarioState]]) -> dict[str, object]:
    """The keys after the changes as far as they may be told; money, counts and data quality of what was read."""
    read = summarise(result.before.assessment)
    told = [_told(_shown(result.config, name, state, is_exact=False)) for name, state in named]
    cells = _CELLS if result.is_changed else {}
    before = read | told[0]
    return read | _plain(cells) | told[-1] | {
        "scenario": result.config.name, "direction": result.config.direction, "liquidated_by_price_move": None,
        "before": {name: before[name] for name in BEFORE},
    }  # fmt: skip


def _told(state: ShownState) -> dict[str, object]:
    """The figures of one state as a summary holds them."""
    cliff = state.cliff
    values: dict[str, object] = {
        "code": state.code,
        "iv_index": state.iv_index,
        "critical_volatility": state.critical_volatility,
        "critical_drawdown": state.drawdown,
        "critical_rally": state.rally,
        "cascade": {
            "depth_usd": state.depth_usd,
            "shocks": state.curve["shock"].tolist(),
            "total_moves": state.curve["total_move"].tolist(),
            "cliff": cliff and {"shock": cliff.shock, "total_move": cliff.total_move},
        },
        "pullbacks": _by_move(state.pullbacks),
    }
    return _plain(values)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: plain_values(value) for name, value in values.items()}
