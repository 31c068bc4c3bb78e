"""Several scenarios for one report: each on a cohort of its own, or all on the same positions."""

from collections.abc import Callable

from cohortiv.assessment import Settings, read_cohort
from cohortiv.config.scenario import load_scenario, sets_depth, split_names
from cohortiv.errors import UsageError
from cohortiv.scenario.run import ScenarioResult, run_scenario

#: Most scenarios side by side: as many as lines are told from each other.
MOST_SCENARIOS = 5
#: Run where none is named: one that makes a cohort, and on positions one that changes something.
DEFAULT_SCENARIO, DEFAULT_ON_POSITIONS = "b-late-stage-fomo", "c-october-2025-shock"


def run_scenarios(
    names: str | None, settings: Settings, *, depth_usd: float | None = None, say: Callable[[str], None] | None = None
) -> tuple[ScenarioResult, ...]:
    """Run the scenarios of a report.

    Parameters
    ----------
    names : str or None
        Names of shipped scenarios or files, with commas between them; None runs `DEFAULT_SCENARIO`, or on positions
        `DEFAULT_ON_POSITIONS`.
    settings : Settings
        Without `positions` each scenario draws its own cohort; with, all run on the cohort that is read from them for
        a report.
    depth_usd : float, optional
        Orders that move the price by 1 %, in place of each scenario's [USD]. On positions a scenario's own counts only
        where the user set it; without either a range of depths is run.
    say : callable, optional
        Takes one line of progress or warning at a time.

    Returns
    -------
    tuple of ScenarioResult
        In the order of the names.

    Raises
    ------
    UsageError
        If there are no names, more than `MOST_SCENARIOS` or one of them twice, or a scenario or the settings cannot be
        run.
    DataError
        If the data are bad.
    """
    default = DEFAULT_ON_POSITIONS if settings.positions else DEFAULT_SCENARIO
    listed = split_names(default if names is None else names)
    if not 1 <= len(listed) <= MOST_SCENARIOS:
        raise UsageError(
            f"scenario got {names!r}, {len(listed)} names; allowed are 1 to {MOST_SCENARIOS}. Put commas between them."
        )
    configs = [load_scenario(name) for name in listed]
    if len({config.name for config in configs}) < len(configs):
        raise UsageError(f"scenario got {names!r}, in which one comes twice; allowed is each once. Take it out.")
    base = read_cohort(settings, say=say) if settings.positions else None
    return tuple(
        run_scenario(config, settings, base=base, depth_usd=depth_usd, own_depth=sets_depth(name), say=say)
        for name, config in zip(listed, configs, strict=True)
    )
