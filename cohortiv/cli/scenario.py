"""A scenario for people at a terminal and for programs: the list, the text before and after, the JSON."""

from collections.abc import Callable
from dataclasses import dataclass

from cohortiv.assessment import Settings, read_cohort
from cohortiv.cascade import DEPTH_SHARES, Branching, Closed, Damage
from cohortiv.config.scenario import load_scenario, sets_depth, shipped_scenarios
from cohortiv.quantities import percent, points, price, usd
from cohortiv.scenario import ScenarioResult, ScenarioState, run_scenario

UNCHANGED = (
    "This scenario changes nothing, so the positions are told as they stand: only direction and size of its shocks, "
    "and how its venues liquidate, are taken from it. Its own cohort plays no part; leave --positions out to see that."
)
_BASES = "Shares closed are of the notional that is open in each column; after the changes that is what is left."


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
        In place of the scenario's depth [USD for 1 %]. On positions the scenario's counts only where the user set it.
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
    own_depth = sets_depth(request.scenario)
    return run_scenario(config, settings, base=base, depth_usd=request.depth_usd, own_depth=own_depth, say=say)


def scenario_text(result: ScenarioResult) -> str:
    """The figures of a scenario, one a line, before and after where something changes."""
    config, states = result.config, [result.before, *([result.after] if result.is_changed else [])]
    reading = result.before.assessment.reading
    made = " (SYNTHETIC)" if reading.synthetic else ""
    heads = [("", ("before", "after"))] if result.is_changed else []
    rows = [*heads, *((name, tuple(tell(state) for state in states)) for name, tell in _rows(result))]
    width = max(40, *(len(cell) + 2 for _, cells in rows for cell in cells))
    lines = [f"{name + ':' * bool(name):<30}" + "".join(f"{cell:<{width}}" for cell in cells) for name, cells in rows]
    told = [f"{config.title}, on {reading.cohort.name}{made}", *_story(result), "", *lines]
    if result.change.liquidated_notional_usd > 0:
        told += ["", f"{_closed_on_the_way(result)} {_BASES}"]
    elif result.is_changed:
        told += ["", _BASES]
    return "\n".join(line.rstrip() for line in told)


def _story(result: ScenarioResult) -> list[str]:
    """The scenario's description; on positions that it leaves as they are, what of it counts."""
    if result.on_positions and not result.is_changed:
        return [UNCHANGED]
    return [result.config.description.strip()] if result.config.description else []


def _rows(result: ScenarioResult) -> list[tuple[str, Callable[[ScenarioState], str]]]:
    way = _way(result)
    closed = [(f"Closed by a {way} of {percent(move, 0)}", _pullback(move)) for move in result.before.pullbacks]
    return [
        ("Code", lambda state: str(state.assessment.code).capitalize()),
        ("IV Index", lambda state: points(state.assessment.iv_index, 2)),
        ("Critical volatility", lambda state: percent(state.assessment.critical.value, 2)),
        ("Critical drawdown", lambda state: percent(state.assessment.moves.drawdown, 2)),
        ("Critical rally", lambda state: percent(state.assessment.moves.rally, 2)),
        ("Leveraged notional", lambda state: usd(state.assessment.reading.profile.leveraged_notional_usd)),
        *closed,
        *(_cascade_rows(result) if result.before.is_depth_known else _range_rows(result)),
    ]


def _way(result: ScenarioResult) -> str:
    return "fall" if result.config.direction == "down" else "rise"


def _cascade_rows(result: ScenarioResult) -> list[tuple[str, Callable[[ScenarioState], str]]]:
    """The cascade at the depth that is known."""
    return [
        ("Depth for 1 %", lambda state: usd(state.runs[0].depth_usd)),
        (_becomes(result), lambda state: percent(state.runs[0].damage.move, 2)),
        ("It closes", lambda state: _closes(state.runs[0].damage)),
        (f"{_counted(result).capitalize()} closed", lambda state: _counts(state.runs[0].damage.total)),
        *((f"  of tier {tier}x", _of_tier(tier)) for tier in _tiers(result)),
        ("Cliff", _cliff),
        ("Branching ratio on the way", lambda state: f"{state.runs[0].headline_branching:.2f}"),
        ("  at most", lambda state: _most_branching(state.runs[0].branching)),
        (f"A first {_way(result)} of 1 % forces", lambda state: usd(float(state.runs[0].branching.gamma_usd[0]))),
        *((f"Who pays at {paid.venue}", _who_pays(paid.venue)) for paid in result.before.runs[0].backstops),
    ]


def _range_rows(result: ScenarioResult) -> list[tuple[str, Callable[[ScenarioState], str]]]:
    """The cascade at each depth of the range that stands in."""
    by_depth = [
        (f"  at {percent(share, 0)} of notional", _at_depth(number)) for number, share in enumerate(DEPTH_SHARES)
    ]
    told = by_depth if result.before.runs else []
    return [("Depth for 1 %", lambda _: "not known"), (_becomes(result), lambda _: "by depth for 1 %"), *told]


def _becomes(result: ScenarioResult) -> str:
    return f"A {_way(result)} of {percent(result.config.headline_shock, 0)} becomes"


def _at_depth(number: int) -> Callable[[ScenarioState], str]:
    def tell(state: ScenarioState) -> str:
        run = state.runs[number]
        cliff = run.cascade.cliff
        place = "none" if cliff is None else percent(cliff.shock)
        return f"{percent(run.damage.move, 2)} at {usd(run.depth_usd)}; cliff {place}"

    return tell


def _closes(damage: Damage) -> str:
    return f"{usd(damage.total.notional_usd)}, {percent(damage.total.share)}"


def _counted(result: ScenarioResult) -> str:
    """What is counted: positions are accounts where each account holds one."""
    return "accounts" if result.one_position_each else "positions"


def _counts(closed: Closed) -> str:
    return f"{closed.positions:,.0f}, {percent(closed.position_share)}"


def _tiers(result: ScenarioResult) -> list[str]:
    """Lower edges of all tiers before and after, lowest first."""
    found = {closed.group for state in (result.before, result.after) for closed in state.runs[0].damage.tiers}
    return sorted(found, key=float)


def _of_tier(tier: str) -> Callable[[ScenarioState], str]:
    def tell(state: ScenarioState) -> str:
        found = [closed for closed in state.runs[0].damage.tiers if closed.group == tier]
        return _counts(found[0]) if found else "none held"

    return tell


def _most_branching(branching: Branching) -> str:
    place = int(branching.branching_ratio.argmax())
    most = float(branching.branching_ratio[place])
    return f"{most:.2f}, in the 1 % from {percent(float(branching.moves[place]))} on" if most else "none"


def _who_pays(venue: str) -> Callable[[ScenarioState], str]:
    def tell(state: ScenarioState) -> str:
        (paid,) = (found for found in state.runs[0].backstops if found.venue == venue)
        return f"fund {usd(paid.insurance_used_usd)}, winners {usd(paid.auto_deleveraged_usd)}"

    return tell


def _pullback(move: float) -> Callable[[ScenarioState], str]:
    return lambda state: percent(state.pullbacks[move], 2)


def _cliff(state: ScenarioState) -> str:
    cliff = state.runs[0].cascade.cliff
    if cliff is None:
        return "none"
    of = f"{state.priced_in} at " if state.priced_in else ""
    place = "" if cliff.price is None else f" ({of}{price(cliff.price)})"
    return f"{percent(cliff.shock)}{place} becomes {percent(cliff.total_move)}"


def _closed_on_the_way(result: ScenarioResult) -> str:
    change = result.change
    return (
        f"The move of {percent(result.config.changes.price_move)} itself closed {usd(change.liquidated_notional_usd)}, "
        f"{percent(change.liquidated_share)} of the leveraged notional."
    )
