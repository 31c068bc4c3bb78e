"""A scenario for people at a terminal and for programs: the list, the text before and after, the JSON."""

from collections.abc import Callable
from dataclasses import dataclass

from cohortiv.assessment import Settings, read_cohort
from cohortiv.cascade import Cascade
from cohortiv.config.scenario import load_scenario, shipped_scenarios
from cohortiv.quantities import percent, points, price, usd
from cohortiv.scenario import ScenarioResult, ScenarioState, run_scenario


@dataclass(frozen=True)
class ScenarioRequest:
    """What `cohortiv scenario` was asked.

    Attributes
    ----------
    scenario : str
        Name of a shipped scenario, or path of a file.
    settings : Settings
        With `positions` set where the scenario is to be applied to them.
    depth_usd : float or None
        In place of the scenario's depth [USD for 1 %].
    """

    scenario: str
    settings: Settings
    depth_usd: float | None = None


def list_scenarios() -> str:
    """Shipped scenarios, one a line: name, title, first sentence."""
    found = [load_scenario(path) for path in shipped_scenarios().values()]
    width = max((len(config.name) for config in found), default=0)
    return "\n".join(
        f"{config.name:<{width}}  {config.title}. {config.description.partition('. ')[0].rstrip('.')}."
        for config in found
    )


def run_request(request: ScenarioRequest, *, say: Callable[[str], None]) -> ScenarioResult:
    """Run a scenario, on positions where the request brings some.

    Parameters
    ----------
    request : ScenarioRequest
    say : callable
        Takes one line of progress or warning at a time.
    """
    config, settings = load_scenario(request.scenario), request.settings
    base = read_cohort(settings, for_report=False, say=say) if settings.positions else None
    if base is None:
        say(f"No --positions: drawing the SYNTHETIC cohort of {config.name}")
    return run_scenario(config, settings, base=base, depth_usd=request.depth_usd, say=say)


def scenario_text(result: ScenarioResult) -> str:
    """The figures of a scenario, one a line, before and after where something changes."""
    config, states = result.config, [result.before, *([result.after] if result.is_changed else [])]
    reading = result.before.assessment.reading
    made = " (SYNTHETIC)" if reading.synthetic else ""
    heads = [("", ("before", "after"))] if result.is_changed else []
    rows = [*heads, *((name, tuple(tell(state) for state in states)) for name, tell in _rows(result))]
    lines = [f"{name + ':' * bool(name):<30}" + "".join(f"{cell:<40}" for cell in cells) for name, cells in rows]
    story = [config.description.strip()] if config.description else []
    told = [f"{config.title}, on {reading.cohort.name}{made}", *story, "", *lines]
    if result.change.liquidated_notional_usd > 0:
        told += ["", _closed_on_the_way(result)]
    return "\n".join(line.rstrip() for line in told)


def _rows(result: ScenarioResult) -> list[tuple[str, Callable[[ScenarioState], str]]]:
    headline, way = result.config.headline_shock, "fall" if result.config.direction == "down" else "rise"
    closed = [(f"Closed by a {way} of {percent(move, 0)}", _pullback(move)) for move in result.before.pullbacks]
    return [
        ("Code", lambda state: str(state.assessment.code).capitalize()),
        ("IV Index", lambda state: points(state.assessment.iv_index, 2)),
        ("Critical volatility", lambda state: percent(state.assessment.critical.value, 2)),
        ("Critical drawdown", lambda state: percent(state.assessment.moves.drawdown, 2)),
        ("Critical rally", lambda state: percent(state.assessment.moves.rally, 2)),
        ("Leveraged notional", lambda state: usd(state.assessment.reading.profile.leveraged_notional_usd)),
        ("Depth for 1 %", lambda state: usd(state.depth_usd)),
        *closed,
        (f"A {way} of {percent(headline, 0)} becomes", lambda state: percent(state.damage.move, 2)),
        ("It closes", lambda state: f"{usd(state.damage.total.notional_usd)}, {percent(state.damage.total.share)}"),
        ("Cliff", lambda state: _cliff(state.cascade)),
    ]


def _pullback(move: float) -> Callable[[ScenarioState], str]:
    return lambda state: percent(state.pullbacks[move], 2)


def _cliff(cascade: Cascade) -> str:
    cliff = cascade.cliff
    if cliff is None:
        return "none"
    place = "" if cliff.price is None else f" ({price(cliff.price)})"
    return f"{percent(cliff.shock)}{place} becomes {percent(cliff.total_move)}"


def _closed_on_the_way(result: ScenarioResult) -> str:
    change = result.change
    return (
        f"The move of {percent(result.config.changes.price_move)} itself closed {usd(change.liquidated_notional_usd)}, "
        f"{percent(change.liquidated_share)} of the leveraged notional."
    )
