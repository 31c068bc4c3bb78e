"""Where on the price's way forced orders feed themselves: rows, title and reading of the figure."""

from dataclasses import dataclass

import pandas as pd

from cohortiv.findings.context import Words, sentence_case
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.findings.scenario_words import WITHHELD, way
from cohortiv.published_scenario import PublishedScenario
from cohortiv.quantities import exact_percent, usd
from cohortiv.shown_state import ShownRun, ShownState

#: Ratio from which forced orders feed themselves [1].
SUSTAINED = 1.0
BRANCHING_COLUMNS = ["name", "move", "branching_ratio", "gamma_usd"]


@dataclass(frozen=True, eq=False)
class _Line:
    """One line of the figure: its name, its scenario, its places, and the average on the headline shock's way."""

    name: str
    one: PublishedScenario
    frame: pd.DataFrame
    headline: float

    @property
    def top(self) -> dict[str, float]:
        """Move and ratio where the ratio is highest."""
        row = self.frame.iloc[int(self.frame["branching_ratio"].to_numpy().argmax())]
        return {"move": float(row["move"]), "ratio": float(row["branching_ratio"])}


def branching_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.branching_path` draws: name, move, branching_ratio, gamma_usd; no rows where withheld."""
    parts = [line.frame.assign(name=line.name)[BRANCHING_COLUMNS] for line in _lines(f)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=BRANCHING_COLUMNS, dtype=float)


def branching(f: ScenarioFindings) -> Words:
    """Whether, and where, each forced dollar forces another."""
    measure = "Dollars that each forced dollar forces over the next 1 % of the price's way; a dot: the most"
    lines = _lines(f)
    if not lines:
        title = "Nothing is leveraged, so nothing is forced"
        if any(state.notional_usd != 0 for _, _, state in f.named_states):
            title = "Where orders feed themselves is withheld"
        return f.words("branching", title, measure, reading=f"{title}.")
    worst = next((line for line in reversed(lines) if line.one is f.worst), lines[-1])
    notes = [] if f.is_exact else [f"On the published ladder; after the changes {WITHHELD}."]
    if any(state.run is None for _, _, state in f.named_states):
        notes.append("At the depth in the middle of those shown.")
    reading = "\n\n".join(_reading(line) for line in lines)
    before = f"{worst.name}: " if len(f.worst.states) > 1 and not f.is_exact else ""
    title = sentence_case(f"{before}{_title(worst)}")
    return f.words("branching", title, measure, note=" ".join(notes), reading=reading)


def _lines(f: ScenarioFindings) -> list[_Line]:
    """One line a state, at the depth that is known or in the middle of a range; none where the path is withheld."""
    named = [(name, one, _run(state)) for name, one, state in _states(f)]
    return [
        _Line(name, one, run.branching.frame(), run.headline_branching)
        for name, one, run in named
        if run is not None and run.branching is not None and run.headline_branching is not None
    ]


def _states(f: ScenarioFindings) -> list[tuple[str, PublishedScenario, ShownState]]:
    """The states that other figures draw; of several scenarios on the same positions, these as they stand."""
    if f.is_exact or len(f.shown) == 1:
        return f.named_states
    return [(f.shown[0].states[0].name, f.shown[0], f.shown[0].states[0])]


def _run(state: ShownState) -> ShownRun | None:
    return state.runs[len(state.runs) // 2] if state.runs else None


def _title(line: _Line) -> str:
    top = line.top
    if top["ratio"] < SUSTAINED:
        return f"each forced dollar forces less than one more, at most {top['ratio']:.2f}"
    return f"a {way(line.one)} of {exact_percent(top['move'])}: each dollar forces {top['ratio']:.1f} more"


def _reading(line: _Line) -> str:
    """Where orders feed themselves, the ratio on the way of the headline shock, and liquidation gamma."""
    frame, word = line.frame, way(line.one)
    steepest = frame.iloc[int(frame["gamma_usd"].to_numpy().argmax())]
    return (
        f"{line.name}: {_fed(line)}. On the way of an outside {word} of "
        f"{exact_percent(line.one.config.headline_shock)} each forced dollar forces {line.headline:.2f} in turn. A "
        f"first {word} of 1 % forces {usd(float(frame['gamma_usd'].iloc[0]))}; a further 1 % forces most, "
        f"{usd(float(steepest['gamma_usd']))}, from a {word} of {exact_percent(float(steepest['move']))} on."
    )


def _fed(line: _Line) -> str:
    """Between which moves the ratio is 1 or more."""
    frame, top, word = line.frame, line.top, way(line.one)
    most = f"{top['ratio']:.2f} at a {word} of {exact_percent(top['move'])}"
    fed = frame.loc[frame["branching_ratio"] >= SUSTAINED, "move"]
    if fed.empty:
        return f"no forced dollar forces a whole one in turn, the most is {most}"
    first, last = float(fed.min()), float(fed.max())
    gaps = "" if len(fed) == int(frame["move"].between(first, last).sum()) else "in places "
    places = f"{gaps}between {word}s of {exact_percent(first)} and {exact_percent(last)}"
    places = places if first < last else f"at a {word} of {exact_percent(first)}"
    return f"forced orders feed themselves {places}, most with {most}"
