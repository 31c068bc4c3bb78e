"""What a scenario report says in words and tables: the first screen, the story, what changes, and the limits."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cohortiv.cascade import DEPTH_SHARES
from cohortiv.config.scenario import Changes, ScenarioConfig
from cohortiv.display import Displayed
from cohortiv.findings.context import Findings, Words, read_previous
from cohortiv.findings.issue import NOT_PUBLISHED, PUBLISHED
from cohortiv.findings.scenario_words import (
    WITHHELD,
    becomes_brief,
    becomes_words,
    cliff_brief,
    cliff_words,
    depth_words,
    index_words,
    move_words,
    no_relief,
    titled,
    way,
)
from cohortiv.palette import CODES
from cohortiv.publication import publish
from cohortiv.published_scenario import PublishedScenario, publish_scenario
from cohortiv.quantities import exact_percent, percent, points, usd
from cohortiv.scenario import ScenarioResult
from cohortiv.shown_state import ShownState
from cohortiv.summary import METHODOLOGY_VERSION, as_of_text

SERIES = "Scenario report"
HIDES_MUCH = "too few accounts behind the lines"
UNCHANGED = (
    "changes nothing, so the positions are told as they stand: only direction and size of the shocks are taken from "
    "it. The cohort that it makes, and its story, play no part."
)

CHANGE_COLUMNS = (("scenario", "Scenario"), ("what", "What changes"), ("value", "By how much"))


@dataclass(frozen=True, eq=False)
class ScenarioFindings(Displayed):
    """Scenarios with what their sentences need.

    Attributes
    ----------
    shown : tuple of PublishedScenario
        One or several, side by side.
    base : Findings
        Of the first one's cohort as it stands, with the previous issue.
    """

    shown: tuple[PublishedScenario, ...]
    base: Findings

    @property
    def worst(self) -> PublishedScenario:
        """The scenario with the highest index after it."""
        return max(self.shown, key=lambda one: -1.0 if math.isnan(one.after.iv_index) else one.after.iv_index)

    @property
    def is_exact(self) -> bool:
        """Whether the cohorts come from nothing, so that nothing is withheld."""
        return self.base.result.reading.disclosed is None

    @property
    def named_states(self) -> list[tuple[str, PublishedScenario, ShownState]]:
        """States to draw: both of a single scenario, the last of each of several."""
        if len(self.shown) == 1:
            return [(state.name, self.shown[0], state) for state in self.shown[0].states]
        return [(one.config.title, one, one.after) for one in self.shown]

    def words(self, name: str, title: str, measure: str, **more: str) -> Words:
        """Words of a figure with coverage and source."""
        if len(self.shown) == 1 or not self.is_exact:
            return self.base.words(name, title, measure, **more)
        return Words(name, title, f"{measure}; each scenario on its own cohort", "SYNTHETIC; cohortiv", **more)


def find(results: Sequence[ScenarioResult], *, previous: str = "") -> ScenarioFindings:
    """What may be said of scenarios.

    Parameters
    ----------
    results : sequence of ScenarioResult
        One or more.
    previous : str, optional
        `summary.json` of the previous issue.
    """
    base = results[0].before.assessment
    findings = Findings(base, publish(base), read_previous(previous))
    return ScenarioFindings(tuple(publish_scenario(one) for one in results), findings)


def headline(f: ScenarioFindings) -> dict[str, Any]:
    """Arguments of `page.headline`: code and index are those after the worst scenario."""
    reading, after = f.base.result.reading, f.worst.after
    several = len(f.shown) > 1
    symbol = f.base.result.settings.symbol
    return {
        "series": SERIES,
        "title": f"{len(f.shown)} scenarios side by side" if several else titled(f.worst),
        "cohort": "Each scenario's own cohort" if several and f.is_exact else reading.cohort.title,
        "symbols": [symbol] if symbol else list(reading.told_symbols[:6]),
        "as_of": as_of_text(reading) or "",
        "sentence": sentence(f),
        "key_figures": _side_by_side(f) if several else _key_figures(f.worst),
        "code": after.code,
        "iv_index": None if after.code == "grey" or math.isnan(after.iv_index) else after.iv_index,
        "before": _before(f.worst),
        "synthetic": reading.synthetic,
    }


def _before(one: PublishedScenario) -> dict[str, object] | None:
    """Code and index before the changes, and why lower ones after them are no relief; None where nothing changes."""
    if len(one.states) == 1:
        return None
    state, reason = one.states[0], no_relief(one)
    known = state.code != "grey" and not math.isnan(state.iv_index)
    return {
        "code": state.code,
        "iv_index": state.iv_index if known else None,
        "remark": reason.partition(",")[0].capitalize(),
    }


def sentence(f: ScenarioFindings) -> str:
    """Where the worst scenario ends: index, code, what a shock becomes, and the cliff."""
    worst = f.worst
    after = worst.after
    several = f"Of {len(f.shown)} scenarios “{worst.config.title}” ends with the highest index: there the"
    of = several if len(f.shown) > 1 else "The"
    stands = f"{of} IV Index stands at {index_words(after)}"
    if len(worst.states) > 1:
        stands = f"{of} IV Index goes from {index_words(worst.states[0])} to {index_words(after)}"
    reason = no_relief(worst)
    return f"{stands}{f', {reason}' if reason else ''}; {_shock_clause(worst, after)}."


def _shock_clause(shown: PublishedScenario, state: ShownState) -> str:
    """What the headline shock becomes, and the cliff: at the depth that is known, else over those shown."""
    shock = f"an outside {way(shown)} of {exact_percent(shown.config.headline_shock)}"
    if not state.runs:
        return f"what {shock} becomes is {becomes_words(state)}"
    if state.run is None:
        return f"{shock} becomes {becomes_words(state)}, by depth: none was given"
    cliff = state.run.cliff
    cliff_clause = "there is no cliff" if cliff is None else f"the cliff is at a {way(shown)} of {cliff_words(state)}"
    return f"{shock} becomes {becomes_words(state)}, and {cliff_clause}"


def _key_figures(one: PublishedScenario) -> list[dict[str, str]]:
    critical = "drawdown" if one.config.direction == "down" else "rally"
    shock = exact_percent(one.config.headline_shock)
    rows: tuple[tuple[str, Callable[[ShownState], str], str], ...] = (
        ("IV Index", lambda state: points(state.iv_index), _arrow(one, lambda state: CODES[state.code].word)),
        (
            f"Critical {critical}",
            lambda state: percent(getattr(state, critical), 0),
            "lines that hold the critical mass",
        ),
        (
            f"A {way(one)} of {shock} becomes",
            lambda state: becomes_brief(state if one.after.run else one.after),
            _becomes_context(one),
        ),
        ("Cliff", cliff_brief, _cliff_context(one)),
    )
    told = [{"label": label, "value": _arrow(one, tell), "context": context} for label, tell, context in rows]
    before, after = one.states[0].run, one.after.run
    if before is None or after is None:
        context = f"{_shares()} of notional shown" if one.after.runs else HIDES_MUCH
        value = "not known" if one.after.runs else WITHHELD
        return [*told, {"label": "Depth", "value": value, "context": context}]
    thinned = "" if before.depth_usd == after.depth_usd else f"; before {usd(before.depth_usd)}"
    return [*told, {"label": "Depth", "value": usd(after.depth_usd), "context": f"for 1 % of move{thinned}"}]


def _shares() -> str:
    """The range of depths that stands in for one: "1 % to 20 %"."""
    return f"{exact_percent(DEPTH_SHARES[0])} to {exact_percent(DEPTH_SHARES[-1])}"


def _becomes_context(one: PublishedScenario) -> str:
    """A range has no room for two states: the one before is told below it."""
    before = becomes_brief(one.states[0])
    is_range = one.after.run is None and len(one.states) > 1
    return f"before {before}; by depth" if is_range else "forced orders fed back"


def _arrow(one: PublishedScenario, tell: Callable[[ShownState], str]) -> str:
    """A figure before and after; once where it stays the same."""
    return " → ".join(dict.fromkeys(tell(state) for state in one.states))


def _cliff_context(one: PublishedScenario) -> str:
    if one.after.run is None:
        return "of the depths shown" if one.after.runs else HIDES_MUCH
    cliff = one.after.run.cliff
    return "no shock up to 50 % jumps" if cliff is None else f"becomes {move_words(cliff.total_move)}"


def _side_by_side(f: ScenarioFindings) -> list[dict[str, str]]:
    return [
        {
            "label": one.config.title,
            "value": _arrow(one, lambda state: points(state.iv_index)),
            "context": "; ".join(
                [
                    _arrow(one, lambda state: CODES[state.code].word),
                    *(["no relief"] if no_relief(one) else []),
                    f"cliff {cliff_words(one.after)}",
                ]
            ),
        }
        for one in f.shown
    ]


def story(f: ScenarioFindings) -> str:
    """Description and source of each scenario; of one that changes nothing on positions, what of it counts."""
    return "\n\n".join(
        f"**{one.config.title}** {UNCHANGED}"
        if one.leaves_as_read
        else f"**{one.config.title}.** {one.config.description.strip()} *Source*: {one.config.source.strip()}"
        for one in f.shown
    )


def change_rows(f: ScenarioFindings) -> list[dict[str, str]]:
    """What each scenario changes, with units; what is left out stays as it is."""
    return [
        {"scenario": one.config.title, "what": what, "value": value}
        for one in f.shown
        for what, value in _changes(one.config) or [("Nothing", "the cohort is read as it stands")]
    ]


def _changes(config: ScenarioConfig) -> list[tuple[str, str]]:
    changes = config.changes
    inflow = () if changes.inflow is None else [("New positions", f"+{percent(changes.inflow.share)} of notional")]
    cap = () if changes.leverage_cap is None else [("Leverage", _cap_words(changes))]
    told = (
        ("Maintenance margin", changes.maintenance_add, f"+{100 * changes.maintenance_add:g} percentage points"),
        ("Price of volatile collateral", changes.collateral_shock, _collateral_words(changes)),
        ("Collateral added", changes.top_up, f"{exact_percent(changes.top_up)} of notional"),
        ("Price", changes.price_move, exact_percent(changes.price_move)),
        ("Depth", changes.depth_withdrawn, f"{exact_percent(-changes.depth_withdrawn)} from the start"),
    )
    return [*inflow, *cap, *((what, words) for what, amount, words in told if amount)]


def _cap_words(changes: Changes) -> str:
    how = "add margin" if changes.response == "top_up" else "give up notional"
    return f"at most {changes.leverage_cap:g}x; {exact_percent(changes.compliance)} of those above {how}"


def _collateral_words(changes: Changes) -> str:
    share = exact_percent(changes.collateral_volatile_share)
    return f"{exact_percent(-changes.collateral_shock)}, on {share} of the collateral"


def figure_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Figures as rows, states as columns: figure, then one column a state."""
    columns = {name: _state_figures(one, state) for name, one, state in _all_states(f)}
    table = pd.DataFrame(columns)
    return table.rename_axis("Figure").reset_index()


def _all_states(f: ScenarioFindings) -> list[tuple[str, PublishedScenario, ShownState]]:
    if len(f.shown) == 1:
        return f.named_states
    return [
        (one.config.title if len(one.states) == 1 else f"{one.config.title}, {state.name.lower()}", one, state)
        for one in f.shown
        for state in one.states
    ]


def _state_figures(one: PublishedScenario, state: ShownState) -> Mapping[str, str]:
    shock = exact_percent(one.config.headline_shock)
    return {
        "Code": CODES[state.code].word,
        "IV Index": points(state.iv_index),
        "Critical volatility": percent(state.critical_volatility),
        "Critical drawdown": move_words(state.drawdown),
        "Critical rally": move_words(state.rally),
        "Leveraged notional": WITHHELD if state.notional_usd is None else usd(state.notional_usd),
        "Depth for 1 %": depth_words(state),
        "Direction of the shocks": one.config.direction,
        f"A move of {shock} becomes": becomes_words(state),
        "Cliff": cliff_words(state),
    }


def closed(f: ScenarioFindings) -> str:
    """What the price move itself closed, scenario by scenario; a sentence where none did."""
    said = [
        f"In “{one.config.title}” the move of {exact_percent(one.config.changes.price_move)} itself closed "
        f"{usd(one.closed_on_the_way[0])}, {percent(one.closed_on_the_way[1])} of the leveraged notional."
        for one in f.shown
        if one.closed_on_the_way is not None
    ]
    moved = any(one.config.changes.price_move for one in f.shown)
    if moved and not f.is_exact:
        return "What the price move itself closed is withheld: it would tell single lines."
    return " ".join(said) or "No price move of a scenario closed anything on its way."


def limits(f: ScenarioFindings) -> str:
    """What the result does not say."""
    made = "**The positions are SYNTHETIC**: they say nothing about real accounts.\n\n"
    held = (
        "- The positions are cleared for publication as they stand, not as a scenario leaves them: before the changes "
        "cascade and pullbacks run on the published ladder; after them moves are rounded up to whole percent, and "
        "ladder, tiers, venues and amounts are withheld.\n"
    )
    return (
        (made if f.base.result.reading.synthetic else "")
        + ("" if f.is_exact else held)
        + (
            "- A scenario is an assumption, not a forecast: it has no probability.\n"
            f"- {_depth_limit(f)}\n"
            "- Changes apply to the liquidation profile: a price move, a cap or a top-up treats the positions of a "
            "cell alike, and nobody else trades meanwhile.\n"
            "- Forced orders are taken to come at once; what a venue does to slow them is in no number here unless the "
            "scenario describes it."
        )
    )


def _depth_limit(f: ScenarioFindings) -> str:
    """Where the depth comes from."""
    if all(one.after.is_depth_known for one in f.shown):
        return "Depth is the scenario's or the one given; order books were not read."
    return (
        f"No depth was given for these positions, so those of {_shares()} of the leveraged notional for 1 % of move "
        "are shown: none of them is an estimate of today's, and changes of depth act on each."
    )


def about(f: ScenarioFindings) -> str:
    """Readers, cohort, data and method."""
    reading = f.base.result.reading
    drawn = ", ".join(f"{one.config.name} with the seed {one.config.seed}" for one in f.shown)
    data = f"drawn by {drawn}" if f.is_exact else f"{f.base.source}; snapshot {f.base.as_of}"
    cohort = "made from nothing by each scenario." if f.is_exact else f"{reading.cohort.title}."
    return (
        "**Intended readers**: risk desks, market makers and exchanges that ask what would happen if. Not investment "
        f"advice.\n\n**Cohort**: {cohort}\n\n**Data and cut-off**: {data}.\n\n**Method**: version "
        f"{METHODOLOGY_VERSION}, see METHODOLOGY.md of the package.\n\n**Since the previous issue**: {_since(f)}"
    )


def _since(f: ScenarioFindings) -> str:
    """Index and code of the previous issue against this one's."""
    before = f.base.previous
    if before is None:
        return "this is the first issue in its folder."
    index = before["iv_index"]
    told = points(float(index) if isinstance(index, int | float | str) else None)
    day = str(before["as_of"])[:10]
    return f"{day} had {told} ({CODES[str(before['code'])].word}); now {index_words(f.worst.after)}."


def summary(f: ScenarioFindings) -> dict[str, object]:
    """What `summary.json` holds: the worst scenario, the names of all, and where the issue stands in its series."""
    return {
        **f.worst.summary,
        "scenarios": [one.summary for one in f.shown] if len(f.shown) > 1 else None,
        "issue": _issue(f),
    }


def _issue(f: ScenarioFindings) -> dict[str, object]:
    """State of the issue and what changed since the previous one, as `issue.issue` has them of a cohort."""
    before, after = f.base.previous, f.worst.after
    now = (str(after.code), points(after.iv_index))
    index = None if before is None else before["iv_index"]
    then = before and (str(before["code"]), points(None if index is None else float(index)))
    return {
        "state": NOT_PUBLISHED if after.code == "grey" else PUBLISHED,
        "reasons": ["No code can be given after the scenario"] if after.code == "grey" else [],
        "since": None if before is None else str(before["as_of"]),
        "changes": [f"IV Index from {then[1]} ({then[0].capitalize()}) to {index_words(after)}"]
        if then and then != now
        else [],
    }
