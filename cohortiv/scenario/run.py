"""One scenario run: a cohort before and after, its index and code, its cascade, and what a move closes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohortiv.assessment import Assessment, CohortReading, Settings, assess
from cohortiv.assessment.made_up import read_made_up
from cohortiv.cascade import ForcedLines, forced_lines, pullbacks
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.config.scenario_depth import Depth
from cohortiv.display import Displayed
from cohortiv.errors import UsageError
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario.apply import apply_changes, reading_after
from cohortiv.scenario.changes import ChangedProfile
from cohortiv.scenario.cohort import draw_positions
from cohortiv.scenario.depths import DepthRun, depth_range, depth_runs, venue_rules

PULLBACKS: Final = (0.05, 0.07, 0.10, 0.15, 0.20)
"""Moves in the scenario's direction whose share of liquidated notional is told [1]."""

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
    mark : float or None
        Price of the symbol read alone, else of the market's leader [USD]; None where none of it is held.
    runs : tuple of DepthRun
        What the shocks become: at the depth that is known, else over a range of depths, the least first; none of
        these where nothing is leveraged.
    is_depth_known : bool
        Whether there is one depth, the scenario's own or one given.
    pullbacks : mapping of float to float
        Move in the scenario's direction -> share of leveraged notional that it liquidates without feedback [1].
    """

    assessment: Assessment
    lines: ForcedLines
    mark: float | None
    runs: tuple[DepthRun, ...]
    is_depth_known: bool
    pullbacks: Mapping[float, float]

    @property
    def priced_in(self) -> str:
        """Symbol that `mark` is the price of, where several are held; empty for one alone."""
        alone = self.assessment.settings.symbol or len(self.assessment.reading.symbols) < 2  # noqa: PLR2004 - several
        return "" if alone else MARKET_SYMBOL

    @property
    def run(self) -> DepthRun | None:
        """The run at the depth that is known; None where a range stands in."""
        return self.runs[0] if self.is_depth_known else None


@dataclass(frozen=True, eq=False)
class ScenarioResult(Displayed):
    """One scenario, before and after its changes.

    Attributes
    ----------
    config : ScenarioConfig
    before, after : ScenarioState
        The same where the scenario changes nothing.
    change : ChangedProfile
        The profile after, and what the price move liquidated on its way.
    on_positions : bool
        Whether it was applied to a cohort that was read: then the scenario's own plays no part.
    """

    config: ScenarioConfig
    before: ScenarioState
    after: ScenarioState
    change: ChangedProfile
    on_positions: bool

    @property
    def one_position_each(self) -> bool:
        """Whether every leveraged account held one position as it was read, so that positions stand for accounts."""
        reading = self.before.assessment.reading
        return reading.figures.accounts == int(reading.profile.leveraged["positions"].sum())

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
    own_depth: bool = False,
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
    own_depth : bool, optional
        Whether the scenario's depth was set by the user (`cohortiv.config.scenario.sets_depth`), so that it counts on
        `base` too. Else a range of depths stands in there: what ships knows nothing of anyone's market.
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
        If `depth_usd` is not more than 0, or a cohort from nothing has no venue by a name that the depth has.
    DataError
        If the path of the scenario closes all positions, or the data are bad.
    """
    if depth_usd is not None and not depth_usd > 0:
        raise UsageError(f"--depth-usd got {depth_usd}; allowed is more than 0 USD, such as 400e6. Correct the value.")
    if base is None:
        _refuse_unknown_venues(config)
    depths = _depths(config, base, depth_usd=depth_usd, own_depth=own_depth)
    is_known = depth_usd is not None or base is None or own_depth
    reading = base or read_made_up(
        draw_positions(config),
        settings,
        name=config.name,
        title=config.title,
        maintenance_rates=config.maintenance_rates,
        for_report=for_report,
        say=say,
    )
    before = _state(config, settings, reading, depths=depths, is_known=is_known, withdrawn=0.0)
    change = apply_changes(
        reading.profile,
        config.changes,
        symbol=settings.symbol,
        fresh=_fresh(config, settings, say),
        tier_edges=reading.cohort.tier_edges,
    )
    withdrawn = config.changes.depth_withdrawn
    if change.profile is reading.profile and not withdrawn:
        return ScenarioResult(config, before, before, change, base is not None)
    changed = reading_after(reading, change.profile, critical_mass=settings.critical_mass)
    after = _state(config, settings, changed, depths=depths, is_known=is_known, withdrawn=withdrawn)
    return ScenarioResult(config, before, after, change, base is not None)


def _fresh(config: ScenarioConfig, settings: Settings, say: Callable[[str], None] | None) -> LiquidationProfile | None:
    """Profile of what comes in, where something does."""
    inflow = config.changes.inflow
    if inflow is None:
        return None
    drawn = draw_positions(config, inflow.waves)
    reading = read_made_up(
        drawn, settings, name=config.name, title=config.title, maintenance_rates=config.maintenance_rates, say=say
    )
    return reading.profile


def _refuse_unknown_venues(config: ScenarioConfig) -> None:
    """A misspelt venue would lose its depth, or its rules, in silence."""
    known = config.cohort.venues
    sections = {
        "usd_per_percent_by_venue": set(config.depth.usd_per_percent_by_venue),
        "liquidation": set(config.depth.liquidation),
    }
    for section, named in sections.items():
        unknown = sorted(named - set(known))
        if unknown:
            raise UsageError(
                f"scenario {config.name}: depth.{section}: got {', '.join(unknown)}; allowed are the venues of its "
                f"cohort: {', '.join(known)}. Correct the name, or add the venue to cohort.venues."
            )


def _depths(
    config: ScenarioConfig, base: CohortReading | None, *, depth_usd: float | None, own_depth: bool
) -> tuple[Depth, ...]:
    """The depth given, else the scenario's where it belongs to the cohort, else a range."""
    if depth_usd is not None:
        return (Depth(usd_per_percent=depth_usd, liquidation=config.depth.liquidation),)
    if base is None or own_depth:
        return (config.depth,)
    return depth_range(config.depth, base.profile.leveraged_notional_usd)


def _state(
    config: ScenarioConfig,
    settings: Settings,
    reading: CohortReading,
    *,
    depths: Sequence[Depth],
    is_known: bool,
    withdrawn: float,
) -> ScenarioState:
    rules = venue_rules(config)
    lines = forced_lines(reading.profile, direction=config.direction, symbol=settings.symbol, rules=rules)
    mark = _mark(reading.profile, settings.symbol)
    return ScenarioState(
        assessment=assess(settings, reading),
        lines=lines,
        mark=mark,
        runs=depth_runs(lines, config, depths, withdrawn=withdrawn, mark=mark),
        is_depth_known=is_known,
        pullbacks=pullbacks(lines, PULLBACKS),
    )


def _mark(profile: LiquidationProfile, symbol: str | None) -> float | None:
    """Price of the symbol, or of the market's leader in a whole cohort [USD]; None where none of it is held."""
    marks = profile.mark_range(symbol or MARKET_SYMBOL)
    return None if marks is None or math.isnan(marks[0]) else (marks[0] + marks[1]) / 2
