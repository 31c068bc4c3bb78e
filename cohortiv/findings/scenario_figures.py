"""Rows, titles and readings of a scenario report's figures."""

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.scenario import ScenarioFindings, cliff_words, index_words, move_words, way
from cohortiv.published_scenario import PublishedScenario, ShownState
from cohortiv.quantities import exact_percent, percent, usd

BACKSTOP_NOTE = "Every forced order is taken to be filled where the cascade ends: the worst that it can do."
#: Shocks this near to each other are the same column of the map [1].
HALF_PERCENT = 0.005
#: Share of a tier from which it is named [1].
HALF = 0.5
LADDER_COLUMNS = ["state", "move_low", "move_high", "side", "notional_usd"]


def figures(f: ScenarioFindings) -> Words:
    """The table of figures before and after."""
    ends = " to ".join(dict.fromkeys(index_words(state) for state in f.worst.states))
    title = f"“{f.worst.config.title}”: index {ends}"
    note = "" if f.is_exact else "After the changes no amount is told, and moves are rounded up to whole percent."
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
    note = (
        "" if f.is_exact else "The published ladder before the changes; what a scenario leaves is not cleared for one."
    )
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
    parts = [
        state.curve.assign(direction=one.config.direction, name=name)[["direction", "name", "shock", "total_move"]]
        for name, one, state in f.named_states
    ]
    return pd.concat(parts, ignore_index=True)


def cliff_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.cascade_curves` marks: direction, name, shock, settled_move, total_move of each cliff."""
    rows = [
        {
            "direction": one.config.direction,
            "name": name,
            "shock": state.cliff.shock,
            "settled_move": state.cliff.settled_move,
            "total_move": state.cliff.total_move,
        }
        for name, one, state in f.named_states
        if state.cliff is not None
    ]
    return pd.DataFrame(rows, columns=["direction", "name", "shock", "settled_move", "total_move"])


def curves(f: ScenarioFindings) -> Words:
    """What shocks become, with the cliffs."""
    worst, shock = f.worst, exact_percent(f.worst.config.headline_shock)
    title = f"A {way(worst)} of {shock} becomes {percent(worst.after.headline_move, 0)}"
    said = [
        f"{name}: a {way(one)} of {exact_percent(one.config.headline_shock)} ends at "
        f"{move_words(state.headline_move)}, {_cliff_sentence(one, state)}"
        for name, one, state in f.named_states
    ]
    measure = "Total move after an outside shock, forced orders fed back; dashed: the shock alone"
    note = "" if f.is_exact else "Before the changes on the published ladder; after them rounded up to whole percent."
    return f.words("scenario-cascade", title, measure, note=note, reading=f"{'; '.join(said)}.")


def _cliff_sentence(one: PublishedScenario, state: ShownState) -> str:
    if state.cliff is None:
        return "without a cliff up to a shock of 50 %"
    return (
        f"with the cliff at a {way(one)} of {cliff_words(state)}, where {move_words(state.cliff.settled_move)} "
        f"jumps to {move_words(state.cliff.total_move)}"
    )


def map_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.total_move_map` draws, of the worst scenario: depth, shock, total_move."""
    grid = f.worst.grid
    return grid.assign(depth=grid["depth_usd"].map(usd))[["depth", "shock", "total_move"]]


def heat_map(f: ScenarioFindings) -> Words:
    """How much depth matters in the worst scenario."""
    grid, shock = f.worst.grid, f.worst.config.headline_shock
    nearest = grid.loc[(grid["shock"] - shock).abs() < HALF_PERCENT, "total_move"]
    chosen = nearest if len(nearest) else grid["total_move"]
    low, high = percent(float(chosen.min()), 0), percent(float(chosen.max()), 0)
    title = f"Depth decides: {low if low == high else f'{low} to {high}'}"
    state = "as it stands" if not f.is_exact or len(f.worst.states) == 1 else "after the changes"
    of = f"“{f.worst.config.title}” {state}"
    measure = f"Total {way(f.worst)} in %, by outside shock and by the orders that move the price by 1 %; {of}"
    told = f"an outside {way(f.worst)} of {exact_percent(shock)}" if len(nearest) else "the shocks shown"
    reading = f"Over the depths shown, from a quarter of this state's to twice as much, {told} ends at {low} to {high}."
    return f.words("scenario-map", title, measure, note="Impact is linear in forced orders.", reading=reading)


def damage_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.tier_damage` draws: tier, tier_floor, state, share."""
    parts = [
        one.damage[one.damage["state"] == state.name].assign(state=name)[["tier", "tier_floor", "state", "share"]]
        for name, one, state in f.named_states
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="share")


def damage(f: ScenarioFindings) -> Words:
    """What the total move after the headline shock closes, by tier."""
    rows = damage_rows(f)
    measure = "Share of each tier's leveraged notional that the total move after the headline shock closes"
    if rows.empty:
        none = "What a move closes by tier is withheld: the tiers of these positions are not cleared line by line."
        title = "What each tier loses is withheld" if not f.is_exact else "Nothing is leveraged"
        return f.words("tier-damage", title, measure, reading=none if not f.is_exact else "No position is leveraged.")
    worst = rows.iloc[int(rows["share"].to_numpy().argmax())]
    title = f"The move closes {percent(worst['share'], 0)} of tier {worst['tier']}"
    said = [f"{name}: {_hit_words(rows[rows['state'] == name])}" for name in dict.fromkeys(rows["state"])]
    return f.words("tier-damage", title, measure, reading=f"{'; '.join(said)}.")


def _hit_words(rows: pd.DataFrame) -> str:
    hit = rows[rows["share"] >= HALF].sort_values("tier_floor")
    if hit.empty:
        return "no tier loses half of its notional"
    return f"half or more is closed of {', '.join(hit['tier'])}"


def pullback_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Move, and one column a state: share of leveraged notional closed without feedback, in words."""
    columns = {
        name: {percent(move, 0): percent(share) for move, share in state.pullbacks.items()}
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
    title = f"{name}: a {way(one)} of 10 % closes {percent(state.pullbacks[0.10], 0)}"
    note = "" if f.is_exact else "Before the changes, on the published ladder."
    return f.words("pullbacks", title, measure, note=note)


def backstop_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Who pays beyond bankruptcy, by state and venue; only of venues whose liquidation a scenario describes."""
    parts = [
        one.backstops[one.backstops["state"] == state.name].assign(state=name) for name, one, state in f.named_states
    ]
    return pd.concat(parts, ignore_index=True)


def backstops(f: ScenarioFindings) -> Words:
    """Who pays beyond bankruptcy."""
    rows = backstop_rows(f)
    measure = "Losses beyond bankruptcy at the end of the cascade, and who bears them"
    if rows.empty:
        return f.words("backstops", "No venue's fund is described by these scenarios", measure)
    taken = float(rows["auto_deleveraged_usd"].sum())
    title = f"{usd(taken)} is taken from winning accounts" if taken else "The funds pay all losses beyond bankruptcy"
    return f.words("backstops", title, measure, note=BACKSTOP_NOTE)
