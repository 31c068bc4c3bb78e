"""A scenario as it may be shown: all of a cohort from nothing, and of positions that were read only what is safe.

Positions that were read are cleared for publication as they stand, not as a scenario leaves them. Before the changes
index and moves are those of the risk report, and the published ladder is all that pullbacks and cascades run on. After
them index and code are told, with moves rounded up to whole percent; no ladder, no tier, no venue and no amount.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.cascade import Damage, ForcedLines, ImpactLaw, depth_grid, forced_flow, linear_impact
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.ladder import hides_much, shown_ladder
from cohortiv.plain import plain_values
from cohortiv.published_cascade import CURVE_DECIMALS, DEPTH_MULTIPLES, MAP_SHOCKS, shown_lines
from cohortiv.scenario import ScenarioResult, ScenarioState
from cohortiv.shown_state import ShownState, coarse_state, exact_state, hidden_share, is_cleared, state_on_ladder
from cohortiv.summary import summarise

#: Keys of a summary that are told of the cohort before the changes too.
BEFORE: Final = (
    "code", "iv_index", "critical_volatility", "critical_drawdown", "critical_rally", "leveraged_notional_usd",
    "positions", "cascade", "cascade_by_depth", "branching", "closed", "pullbacks", "pullback_bounds",
)  # fmt: skip
#: Name of all tiers together.
ALL_TIERS: Final = "all"
#: What a move closes of a group, as attributes of `cascade.Closed`.
CLOSED: Final = ("notional_usd", "share", "positions", "position_share")
#: Keys of a summary that tell of single cells; nothing of a changed cohort is cleared for them.
_CELLS: Final = {
    "interval": None, "code_probability": None, "code_held": None, "share_without_line": None, "share_past_line": None,
    "tiers": (), "readings": {"quantile": {"volatility": None, "iv_index": None}, "largest_positions": None},
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PublishedScenario:
    """What may be shown of a scenario.

    Attributes
    ----------
    config : ScenarioConfig
    is_exact : bool
        Whether the cohort comes from nothing, so that nothing is withheld.
    hidden_share : float
        Leveraged notional in no step of the published ladder [1]; 0 where nothing is withheld.
    states : tuple of ShownState
        Before and after; one where the scenario changes nothing.
    ladders : DataFrame
        state, move_low, move_high [fraction from the state's mark], side, notional_usd [USD].
    grid : DataFrame
        depth_usd, shock, total_move: of the last state whose lines may be shown; no rows where withheld.
    law : {"linear", "square_root"}
        Law of impact of the grid.
    damage : DataFrame
        state, tier ("all" for all together), tier_floor [x], what the headline total move closes: notional_usd [USD],
        share [1], positions, position_share [1]; no rows where withheld.
    one_position_each : bool
        Whether every account holds one position, so that positions closed are accounts closed.
    backstops : DataFrame
        state, venue, shortfall_usd, insurance_used_usd, auto_deleveraged_usd [USD]; no rows where withheld.
    closed_on_the_way : tuple of float or None
        Notional [USD] and share of it [1] that the price move itself closed; None where nothing, or withheld.
    summary : dict
        What `summary.json` holds.
    """

    config: ScenarioConfig
    is_exact: bool
    hidden_share: float
    states: tuple[ShownState, ...]
    ladders: pd.DataFrame
    grid: pd.DataFrame
    law: ImpactLaw
    damage: pd.DataFrame
    one_position_each: bool
    backstops: pd.DataFrame
    closed_on_the_way: tuple[float, float] | None
    summary: dict[str, object]

    @property
    def leaves_as_read(self) -> bool:
        """Whether it was applied to positions that were read, and changes nothing."""
        return not self.is_exact and len(self.states) == 1

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
    cleared = [(name, state) for name, state in named if is_exact or is_cleared(state)]
    states = tuple(_shown(result, name, state) for name, state in named)
    return PublishedScenario(
        config=result.config,
        is_exact=is_exact,
        hidden_share=0.0 if is_exact else hidden_share(result.before.assessment),
        states=states,
        ladders=pd.concat([_ladder(name, state) for name, state in cleared], ignore_index=True),
        grid=_grid(result.config, cleared[-1][1]),
        law=next((run.impact.law for run in cleared[-1][1].runs), "linear"),
        damage=pd.DataFrame(
            [row for name, state in named if is_exact for row in _damage(name, state)],
            columns=["state", "tier", "tier_floor", *CLOSED],
        ),
        one_position_each=result.one_position_each,
        backstops=pd.DataFrame(
            [
                {"state": name} | vars(found)
                for name, state in named
                if is_exact
                for run in state.runs
                for found in run.backstops
            ],
            columns=["state", "venue", "shortfall_usd", "insurance_used_usd", "auto_deleveraged_usd"],
        ),
        closed_on_the_way=_closed(result) if is_exact else None,
        summary=scenario_summary(result) if is_exact else _safe_summary(result, states),
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
        liquidates without feedback), `cascade_by_depth` (the cascade at each depth of a range, where none is known; a
        list), `branching` (branching ratio and liquidation gamma on the price's way), `closed` (by the total move after
        the headline shock, by tier and venue), `liquidated_by_price_move` and `before`; numbers unrounded.
    """
    before, after = (_state_summary(state, result) for state in (result.before, result.after))
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


def _shown(result: ScenarioResult, name: str, state: ScenarioState) -> ShownState:
    base = result.before
    if not is_cleared(base):
        return exact_state(name, state)
    if is_cleared(state):
        return state_on_ladder(name, state, config=result.config)
    return coarse_state(name, state, is_withheld=hides_much(base.assessment))


def _shown_lines(config: ScenarioConfig, state: ScenarioState) -> ForcedLines:
    return shown_lines(state.assessment, config.direction) if is_cleared(state) else state.lines


def _ladder(name: str, state: ScenarioState) -> pd.DataFrame:
    steps = shown_ladder(state.assessment, None).steps
    return steps[["move_low", "move_high", "side", "notional_usd"]].assign(state=name)


def _grid(config: ScenarioConfig, state: ScenarioState) -> pd.DataFrame:
    depths = [] if hides_much(state.assessment) else [run.depth_usd for run in state.runs]
    multiples = DEPTH_MULTIPLES if state.is_depth_known else (1.0,)
    spread, flow = np.outer(depths, multiples).ravel(), forced_flow(_shown_lines(config, state))
    impacts = [run.impact for run in state.runs] or [linear_impact(1.0)]
    law, withdrawal = impacts[0].law, impacts[0].withdrawal
    found = depth_grid(flow, spread, MAP_SHOCKS, law=law, withdrawal=withdrawal).frame()
    return found.round({"total_move": CURVE_DECIMALS})


def _damage(name: str, state: ScenarioState) -> list[dict[str, object]]:
    """What is closed of each tier, and of all."""
    return [
        {"state": name, "tier": tier, "tier_floor": floor} | {column: getattr(closed, column) for column in CLOSED}
        for run in state.runs
        for tier, floor, closed in (
            *((f"{closed.group}x", float(closed.group), closed) for closed in run.damage.tiers),
            (ALL_TIERS, math.nan, run.damage.total),
        )
    ]


def _closed(result: ScenarioResult) -> tuple[float, float] | None:
    amount = result.change.liquidated_notional_usd
    return (amount, result.change.liquidated_share) if amount > 0 else None


def _state_summary(state: ScenarioState, result: ScenarioResult) -> dict[str, object]:
    closed = state.run and _closed_summary(state.run.damage, one_position_each=result.one_position_each)
    return summarise(state.assessment) | exact_state("", state).values() | {"closed": plain_values(closed)}


def _closed_summary(damage: Damage, *, one_position_each: bool) -> dict[str, object]:
    """What a move closes in all, by tier and by venue; accounts are null where one may hold several positions."""
    whole, *groups = (
        [
            {"group": one.group, **{name: getattr(one, name) for name in CLOSED}}
            | {"accounts": one.positions if one_position_each else None}
            for one in found
        ]
        for found in ((damage.total,), damage.tiers, damage.venues)
    )
    return {"move": damage.move, **whole[0], "tiers": groups[0], "venues": groups[1]}


def _safe_summary(result: ScenarioResult, states: tuple[ShownState, ...]) -> dict[str, object]:
    """The keys after the changes as far as they may be told; money, counts and data quality of what was read."""
    read = summarise(result.before.assessment)
    cells = {} if is_cleared(result.after) else {name: plain_values(value) for name, value in _CELLS.items()}
    before = read | states[0].values()
    return read | cells | states[-1].values() | {
        "scenario": result.config.name, "direction": result.config.direction, "liquidated_by_price_move": None,
        "closed": None, "before": {name: before.get(name) for name in BEFORE},
    }  # fmt: skip
