"""Several scenarios for one report: each on a cohort of its own, or all on the same positions."""

from collections.abc import Callable

from cohortiv.assessment import Settings, read_cohort
from cohortiv.config.scenario import load_scenario, split_names
from cohortiv.errors import UsageError
from cohortiv.scenario.run import ScenarioResult, run_scenario

#: Most scenarios side by side: as many as lines are told from each other.
MOST_SCENARIOS = 5


def run_scenarios(
    names: str, settings: Settings, *, depth_usd: float | None = None, say: Callable[[str], None] | None = None
) -> tuple[ScenarioResult, ...]:
    """Run the scenarios of a report.

    Parameters
    ----------
    names : str
        Names of shipped scenarios or files, with commas between them.
    settings : Settings
        Without `positions` each scenario draws its own cohort; with, all run on the cohort that is read from them for
        a report.
    depth_usd : float, optional
        Orders that move the price by 1 %, in place of each scenario's [USD].
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
    listed = split_names(names)
    if not 1 <= len(listed) <= MOST_SCENARIOS:
        raise UsageError(
            f"scenario got {names!r}, {len(listed)} names; allowed are 1 to {MOST_SCENARIOS}. Put commas between them."
        )
    configs = [load_scenario(name) for name in listed]
    if len({config.name for config in configs}) < len(configs):
        raise UsageError(f"scenario got {names!r}, in which one comes twice; allowed is each once. Take it out.")
    base = read_cohort(settings, say=say) if settings.positions else None
    return tuple(run_scenario(config, settings, base=base, depth_usd=depth_usd, say=say) for config in configs)
