"""Rows, titles and readings of a scenario report's figures."""

import pandas as pd

from cohortiv.findings.cascade import beyond_drawing
from cohortiv.findings.context import Words, sentence_case
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.findings.scenario_words import (
    becomes_words,
    between_words,
    cliff_words,
    index_words,
    move_words,
    titled,
    way,
)
from cohortiv.published_scenario import PublishedScenario
from cohortiv.quantities import exact_percent, percent, usd
from cohortiv.shown_state import ShownRun, ShownState

#: Shocks this near to each other are the same column of the map [1].
HALF_PERCENT = 0.005
UNKNOWN_DEPTH = "No depth was given: those shown are shares of the notional, not estimates of today's."
CURVE_COLUMNS = ["direction", "name", "shock", "total_move"]
LAW_NOTES = {
    "linear": "Impact is linear in forced orders.",
    "square_root": "Impact grows with the square root of forced orders; depth moves the price by the first 1 %.",
}
LADDER_COLUMNS = ["state", "move_low", "move_high", "side", "notional_usd"]


def figures(f: ScenarioFindings) -> Words:
    """The table of figures before and after."""
    ends = " to ".join(dict.fromkeys(index_words(state) for state in f.worst.states))
    named = titled(f.worst) if f.worst.leaves_as_read else f"“{f.worst.config.title}”"
    title = f"{named}: index {ends}"
    changed = any(len(one.states) > 1 for one in f.shown) and not f.is_exact
    note = "After the changes no amount is told, and moves are rounded up to whole percent." if changed else ""
    return f.words("scenario-figures", title, "Figures of each state", note=note)


def ladder_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.ladders_compared` draws: state, move_low, move_high, side, notional_usd."""
    if not f.is_exact or len(f.shown) == 1:
        return f.shown[0].ladders[LADDER_COLUMNS]
    parts = [
        one.ladders[one.ladders["state"] == one.after.name].assign(state=one.config.title)[LADDER_COLUMNS]
        for one in f.shown
    ]
    return pd.concat(parts, ignore_index=True)


def ladders(f: ScenarioFindings) -> Words:
    """Where the lines lie before and after."""
    rows = ladder_rows(f)
    measure = "Leveraged notional by the move that takes each symbol's price from its mark to the line"
    if rows.empty:
        none = "No position has a line, or no step of the ladder has accounts enough to be shown."
        return f.words("scenario-ladders", "No step of the ladder can be shown", measure, reading=none)
    held = {str(state): _by_side(part) for state, part in rows.groupby("state", sort=False)}
    (last, (below, above)) = list(held.items())[-1]
    title = f"{last}: {usd(below)} of lines below the mark, {usd(above)} above"
    note = "" if f.is_exact else "The published ladder of the positions as they stand: nothing else is cleared for one."
    told = [
        f"{state}, lines below the mark hold {usd(low)} and lines above it {usd(high)}"
        for state, (low, high) in held.items()
    ]
    reading = f"{'; '.join(told)}."
    return f.words("scenario-ladders", title, measure, note=note, reading=reading)


def _by_side(rows: pd.DataFrame) -> tuple[float, float]:
    """Notional with its line below the mark, and above it [USD]."""
    below = float(rows.loc[rows["move_low"] < 0, "notional_usd"].sum())
    return below, float(rows.loc[rows["move_high"] > 0, "notional_usd"].sum())


def curve_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.cascade_curves` draws: direction, name, shock, total_move."""
    parts = [run.curve.assign(direction=one.config.direction, name=name)[CURVE_COLUMNS] for name, one, run in _drawn(f)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CURVE_COLUMNS)


def _drawn(f: ScenarioFindings) -> list[tuple[str, PublishedScenario, ShownRun]]:
    """Runs to draw: at the depth that is known, else a range of the last state, or its middle for each of several."""
    if len(f.shown) == 1 and not f.worst.after.is_depth_known:
        return [(f"{usd(run.depth_usd)} for 1 %", f.worst, run) for run in f.worst.after.runs]
    named = [(name, one, state.run or _middle(state)) for name, one, state in f.named_states]
    return [(name, one, run) for name, one, run in named if run is not None]


def _middle(state: ShownState) -> ShownRun | None:
    """The run in the middle of a range; None where it is withheld."""
    return state.runs[len(state.runs) // 2] if state.runs else None


def cliff_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.cascade_curves` marks: direction, name, shock, settled_move, total_move of each cliff."""
    rows = [
        {
            "direction": one.config.direction,
            "name": name,
            "shock": run.cliff.shock,
            "settled_move": run.cliff.settled_move,
            "total_move": run.cliff.total_move,
        }
        for name, one, run in _drawn(f)
        if run.cliff is not None
    ]
    return pd.DataFrame(rows, columns=["direction", "name", "shock", "settled_move", "total_move"])


def curves(f: ScenarioFindings) -> Words:
    """What shocks become, with the cliffs."""
    worst, shock = f.worst, exact_percent(f.worst.config.headline_shock)
    title = f"A {way(worst)} of {shock} becomes {becomes_words(worst.after, 0)}"
    said = [
        f"{name}: a {way(one)} of {exact_percent(one.config.headline_shock)} ends at "
        f"{becomes_words(state)}, {_cliff_sentence(one, state)}"
        for name, one, state in f.named_states
    ]
    measure = "Total move after an outside shock, forced orders fed back; dashed: the shock alone"
    note = "" if f.is_exact else "On the published ladder; after changes rounded up to whole percent."
    note = f"{note}{beyond_drawing(curve_rows(f))}".strip()
    unknown = "" if all(one.after.is_depth_known for one in f.shown) else f" {UNKNOWN_DEPTH}"
    return f.words("scenario-cascade", title, measure, note=note, reading=f"{'; '.join(said)}.{unknown}")


def _cliff_sentence(one: PublishedScenario, state: ShownState) -> str:
    if state.run is None:
        return f"with a cliff {cliff_words(state)}"
    cliff = state.run.cliff
    if cliff is None:
        return "without a cliff up to a shock of 50 %"
    return (
        f"with the cliff at a {way(one)} of {cliff_words(state)}, where {move_words(cliff.settled_move)} "
        f"jumps to {move_words(cliff.total_move)}"
    )


def map_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.total_move_map` draws, of the worst scenario: depth, shock, total_move."""
    grid = f.worst.grid
    return grid.assign(depth=grid["depth_usd"].map(usd))[["depth", "shock", "total_move"]]


def heat_map(f: ScenarioFindings) -> Words:
    """How much depth matters in the worst scenario."""
    grid, shock = f.worst.grid, f.worst.config.headline_shock
    nearest = grid.loc[(grid["shock"] - shock).abs() < HALF_PERCENT, "total_move"]
    measure = f"Total {way(f.worst)} in %, by outside shock and by the orders that move the price by 1 %"
    if grid.empty:
        title = "How much depth matters is withheld"
        return f.words("scenario-map", title, measure, note=LAW_NOTES[f.worst.law], reading=f"{title}.")
    chosen = nearest if len(nearest) else grid["total_move"]
    ends = list(dict.fromkeys(percent(float(move), 0) for move in (chosen.min(), chosen.max())))
    told = f"a {way(f.worst)} of {exact_percent(shock)}" if len(nearest) else "a shock of those shown"
    state = _mapped(f)
    by = "by depth" if len(ends) > 1 else "at every depth shown"
    title = sentence_case(f"{state}: {told}" if state else told) + f" becomes {' to '.join(ends)} {by}"
    span = ", from a quarter of this state's to twice as much" if f.worst.after.is_depth_known else ""
    over = sentence_case(f"{state}, over" if state else "over")
    reading = f"{over} the depths shown{span}, {told} ends at {' to '.join(ends)}."
    of = "" if f.worst.leaves_as_read else f"; “{f.worst.config.title}”{f', {state.lower()} it' if state else ''}"
    return f.words("scenario-map", title, f"{measure}{of}", note=LAW_NOTES[f.worst.law], reading=reading)


def _mapped(f: ScenarioFindings) -> str:
    """Name of the state on the map, where there are two: the last whose lines may be shown."""
    if len(f.worst.states) == 1:
        return ""
    return f.worst.states[-1 if f.is_exact else 0].name


def pullback_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Move, and one column a state: share of leveraged notional closed without feedback, in words."""
    columns = {
        name: {percent(move, 0): between_words(share) for move, share in state.pullbacks.items()}
        for name, _, state in f.named_states
        if state.pullbacks
    }
    return pd.DataFrame(columns).rename_axis("Move").reset_index()


def pullbacks(f: ScenarioFindings) -> Words:
    """What a move closes by itself."""
    told = [(name, one, state) for name, one, state in f.named_states if state.pullbacks]
    measure = "Share of leveraged notional whose line lies within the move, no order fed back"
    if not told:
        return f.words("pullbacks", "What a move closes by itself is withheld", measure)
    name, one, state = told[-1]
    title = f"{name}: a {way(one)} of 10 % closes {between_words(state.pullbacks[0.10], 0)}"
    return f.words("pullbacks", title, measure, note="" if f.is_exact else _bounds_note(one))


def _bounds_note(one: PublishedScenario) -> str:
    """What the bounds are, and what is in neither."""
    hidden = (
        f" {percent(one.hidden_share)} of the notional is in no step shown, and in neither." if one.hidden_share else ""
    )
    return (
        "Of the positions as they stand. The step of the published ladder in which a move ends counts for nothing in "
        f"the low bound, whole in the high one.{hidden}"
    )
