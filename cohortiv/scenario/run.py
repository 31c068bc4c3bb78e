"""One scenario run: a cohort before and after, its index and code, its cascade, and what a move closes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cohortiv.assessment import Assessment, CohortReading, Settings, assess
from cohortiv.assessment.made_up import read_made_up
from cohortiv.cascade import (
    Backstop,
    Cascade,
    Damage,
    ForcedLines,
    PriceImpact,
    VenueRules,
    Withdrawal,
    backstops,
    cascade,
    damage,
    forced_flow,
    forced_lines,
    linear_impact,
    pullbacks,
    square_root_impact,
    total_moves,
)
from cohortiv.config.scenario import Depth, ScenarioConfig
from cohortiv.errors import UsageError
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario.apply import apply_changes, reading_after
from cohortiv.scenario.changes import ChangedProfile
from cohortiv.scenario.cohort import draw_positions

PULLBACKS: Final = (0.05, 0.07, 0.10, 0.15, 0.20)
"""Moves in the scenario's direction whose share of liquidated notional is told [1]."""

ONE_PERCENT: Final = 0.01
#: Symbol whose price stands for the market's, with the beta 1.
MARKET_SYMBOL: Final = "BTC"


@dataclass(frozen=True, eq=False)
class ScenarioState:
    """A cohort in one state of a scenario.

    Attributes
    ----------
    assessment : Assessment
        Profile, critical volatility, index, code and critical moves.
    lines : ForcedLines
        Lines in the scenario's direction.
    impact : PriceImpact
    depth_usd : float
        Orders that move the price by 1 %, from the start [USD].
    mark : float or None
        Price of the symbol read alone, else of the market's leader [USD]; None where none of it is held.
    cascade : Cascade
        Total moves of the scenario's shocks.
    pullbacks : mapping of float to float
        Move in the scenario's direction -> share of leveraged notional that it liquidates without feedback [1].
    damage : Damage
        What the total move after the headline shock closes, by tier and venue.
    backstops : tuple of Backstop
        Who pays beyond bankruptcy after it, for the venues whose liquidation the scenario describes.
    """

    assessment: Assessment
    lines: ForcedLines
    impact: PriceImpact
    depth_usd: float
    mark: float | None
    cascade: Cascade
    pullbacks: Mapping[float, float]
    damage: Damage
    backstops: tuple[Backstop, ...]


@dataclass(frozen=True, eq=False)
class ScenarioResult:
    """One scenario, before and after its changes.

    Attributes
    ----------
    config : ScenarioConfig
    before, after : ScenarioState
        The same where the scenario changes nothing.
    change : ChangedProfile
        The profile after, and what the price move liquidated on its way.
    """

    config: ScenarioConfig
    before: ScenarioState
    after: ScenarioState
    change: ChangedProfile

    @property
    def is_changed(self) -> bool:
        """Whether the scenario changes anything."""
        return self.before is not self.after


def run_scenario(
    config: ScenarioConfig,
    settings: Settings,
    *,
    base: CohortReading | None = None,
    depth_usd: float | None = None,
    for_report: bool = False,
    say: Callable[[str], None] | None = None,
) -> ScenarioResult:
    """Run a scenario on a cohort from nothing, or on one that was read.

    Parameters
    ----------
    config : ScenarioConfig
    settings : Settings
        Symbol and parameters of the index; `positions` is not asked.
    base : CohortReading, optional
        A cohort to apply the scenario's changes to; without, the scenario's own is drawn.
    depth_usd : float, optional
        Orders that move the price by 1 %, in place of the scenario's; linear impact [USD].
    for_report : bool
        Whether a drawn cohort is to be published, as for `read_cohort`.
    say : callable, optional
        Takes one line of progress or warning at a time.

    Returns
    -------
    ScenarioResult

    Raises
    ------
    UsageError
        If `depth_usd` is not more than 0.
    DataError
        If the path of the scenario closes all positions, or the data are bad.
    """
    if depth_usd is not None and not depth_usd > 0:
        raise UsageError(f"--depth-usd got {depth_usd}; allowed is more than 0 USD, such as 400e6. Correct the value.")
    depth = (
        config.depth if depth_usd is None else Depth(usd_per_percent=depth_usd, liquidation=config.depth.liquidation)
    )
    reading = base or read_made_up(
        draw_positions(config), settings, name=config.name, title=config.title, for_report=for_report, say=say
    )
    before = _state(config, settings, reading, depth=depth, withdrawn=0.0)
    change = apply_changes(
        reading.profile,
        config.changes,
        symbol=settings.symbol,
        fresh=_fresh(config, settings, say),
        tier_edges=reading.cohort.tier_edges,
    )
    withdrawn = config.changes.depth_withdrawn
    if change.profile is reading.profile and not withdrawn:
        return ScenarioResult(config, before, before, change)
    changed = reading_after(reading, change.profile, critical_mass=settings.critical_mass)
    return ScenarioResult(
        config, before, _state(config, settings, changed, depth=depth, withdrawn=withdrawn), change
    )  # fmt: skip


def impact_of(depth: Depth, *, withdrawn: float = 0.0) -> PriceImpact:
    """Price impact in a scenario's depth.

    Parameters
    ----------
    depth : Depth
    withdrawn : float, optional
        Share of depth, or of the daily volume, that is gone from the start [1].
    """
    going = depth.withdrawal
    withdrawal = None if going is None else Withdrawal(going.ceiling, going.half_usd)
    if depth.total_usd_per_percent is not None:
        return linear_impact(depth.total_usd_per_percent * (1 - withdrawn), withdrawal=withdrawal)
    return square_root_impact(
        (depth.daily_volume_usd or 0.0) * (1 - withdrawn),
        depth.daily_volatility or 0.0,
        coefficient=depth.coefficient,
        withdrawal=withdrawal,
    )


def _fresh(config: ScenarioConfig, settings: Settings, say: Callable[[str], None] | None) -> LiquidationProfile | None:
    """Profile of what comes in, where something does."""
    inflow = config.changes.inflow
    if inflow is None:
        return None
    drawn = draw_positions(config, inflow.waves)
    return read_made_up(drawn, settings, name=config.name, title=config.title, say=say).profile


def _state(
    config: ScenarioConfig, settings: Settings, reading: CohortReading, *, depth: Depth, withdrawn: float
) -> ScenarioState:
    rules = {name: VenueRules(**vars(rule)) for name, rule in depth.liquidation.items()}
    lines = forced_lines(reading.profile, direction=config.direction, symbol=settings.symbol, rules=rules)
    impact, flow = impact_of(depth, withdrawn=withdrawn), forced_flow(lines)
    end = float(total_moves(flow, impact, [config.headline_shock])[0])
    mark = _mark(reading.profile, settings.symbol)
    return ScenarioState(
        assessment=assess(settings, reading),
        lines=lines,
        impact=impact,
        depth_usd=_one_percent_usd(impact),
        mark=mark,
        cascade=cascade(flow, impact, config.shocks, mark=mark),
        pullbacks=pullbacks(lines, PULLBACKS),
        damage=damage(lines, end),
        backstops=backstops(lines, end, rules),
    )


def _one_percent_usd(impact: PriceImpact) -> float:
    """Orders that move the price by 1 % before any depth withdraws [USD]."""
    reach = ONE_PERCENT / float(impact.scale)
    return reach if impact.law == "linear" else reach**2


def _mark(profile: LiquidationProfile, symbol: str | None) -> float | None:
    """Price of the symbol, or of the market's leader in a whole cohort [USD]; None where none of it is held."""
    marks = profile.mark_range(symbol or MARKET_SYMBOL)
    return None if marks is None or math.isnan(marks[0]) else (marks[0] + marks[1]) / 2
