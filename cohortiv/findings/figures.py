"""Titles and readings of the figures and of the tier table."""

import math

import pandas as pd

from cohortiv.findings.context import Findings, Words
from cohortiv.findings.headline import sentence
from cohortiv.liquidation import NO_LINE
from cohortiv.palette import CODES
from cohortiv.quantities import percent, points, usd
from cohortiv.summary import data_quality, state_share

HIGH_LEVERAGE = 10


def gauge(f: Findings) -> Words:
    """The index on its scale, with its interval and the probability of each code."""
    word = CODES[str(f.result.code)].word
    title = f"The index stands at {points(f.result.iv_index)}: code {word}"
    return f.words("iv-index", title, "IV Index with its 90 % interval on the code bands", reading=_probability(f))


def _probability(f: Findings) -> str:
    uncertainty = f.result.uncertainty
    if uncertainty is None:
        return "Without a critical volatility there is no interval and no probability of a code."
    chances, interval = uncertainty.code_probability, uncertainty.interval
    return (
        f"With the accounts taken as a sample, the index lies between {points(interval.low)} and {points(interval.high)} "
        f"with 90 % probability; Green has {percent(chances.green, 0)}, Yellow {percent(chances.yellow, 0)} and Red "
        f"{percent(chances.red, 0)}. This leaves out errors in the data, the hit law and the parameters."
    )


def history(f: Findings) -> Words:
    """The index over the snapshots of the source."""
    table = f.shown.history
    changes = int((table["code"] != table["code"].shift()).iloc[1:].sum())
    low, high = points(table["iv_index"].min()), points(table["iv_index"].max())
    title = f"The index ranged from {low} to {high}" if len(table) > 1 else "One snapshot, no history yet"
    held = f.result.code_held
    word = f"held against flicker it is {CODES[str(held)].word} now" if held else "a held code needs two snapshots"
    reading = f"Over {len(table)} snapshot(s) since {table['as_of'].iloc[0]:%-d %B %Y} the code changed {changes} time(s); {word}."
    return f.words("index-history", title, "IV Index at each snapshot of the source", reading=reading)


def hits(f: Findings) -> Words:
    """The expected share touched, by volatility."""
    result = f.result
    mass = percent(result.settings.critical_mass, 0)
    measure = f"Expected share of leveraged notional that touches its line within {result.settings.horizon_days:g} days"
    critical = result.critical.value
    if not (math.isfinite(critical) and critical > 0):
        return f.words("hit-share-curve", f"No volatility at which just {mass} is touched", measure, reading=sentence(f))
    curve = f.shown.hit_curve
    at = float(curve["share"].loc[(curve["volatility"] - result.reference_volatility).abs().idxmin()])
    reading = (
        f"Near the reference volatility of {percent(result.reference_volatility, 0)} the expected share is {percent(at)}; "
        f"the critical mass needs {critical / result.reference_volatility:.2f} times that volatility."
    )
    return f.words("hit-share-curve", f"{mass} is touched at a volatility of {percent(critical)}", measure, reading=reading)


def distribution(f: Findings) -> Words:
    """How TVL and notional are spread over leverage."""
    tiers = f.shown.tiers
    measure = "Shares of TVL (collateral after haircuts) and of leveraged notional by tier"
    if tiers.empty:
        return f.words("leverage-distribution", "Nothing is leveraged", measure, reading="No position is leveraged.")
    summed = tiers.groupby(["tier", "tier_floor"], as_index=False)[["share", "collateral_share"]].sum()
    top, held = summed.loc[summed["share"].idxmax()], summed.loc[summed["collateral_share"].idxmax()]
    title = f"{percent(_high(tiers, 'share'), 0)} of leveraged notional stands at {HIGH_LEVERAGE}x or more"
    reading = (
        f"The tier with most notional is {top['tier']} ({percent(top['share'])}); most collateral lies behind "
        f"{held['tier']} ({percent(held['collateral_share'])}). Long positions are "
        f"{percent(float(tiers.loc[tiers['side'] == 'long', 'share'].sum()))} of the notional."
    )
    return f.words("leverage-distribution", title, measure, note=_collateral_note(f), reading=reading)


def _high(tiers: pd.DataFrame, column: str) -> float:
    """Share that tiers of high leverage have of a column that sums to 1."""
    return float(tiers.loc[tiers["tier_floor"] >= HIGH_LEVERAGE, column].sum())


def _collateral_note(f: Findings) -> str:
    estimated = data_quality(f.result)["estimated_collateral_share"]
    if not estimated:
        return "Tiers are by declared leverage."
    return (
        f"Tiers are by declared leverage. For {percent(estimated)} of the collateral the wallet balance is not known; "
        "notional / declared leverage stands in for it."
    )


def ladder(f: Findings) -> Words:
    """Notional by the level of its line."""
    table = f.shown.ladder
    whole = f.result.reading.profile.leveraged_notional_usd
    measure = "Leveraged notional by the level of its liquidation line"
    if table.empty or not whole:
        none = "No position has a line, or no step of the ladder has accounts enough to be shown."
        return f.words("liquidation-ladder", "No step of the ladder can be shown", measure, reading=none)
    below = float(table.loc[table["move_low"] < 0, "notional_usd"].sum())
    above = float(table.loc[table["move_high"] > 0, "notional_usd"].sum())
    moves, mass = f.result.moves, percent(f.result.settings.critical_mass, 0)
    if moves.drawdown is None:
        title = "Lines below the mark never hold the critical mass"
    else:
        title = f"{mass} of notional has lines within a {percent(moves.drawdown)} fall"
    reading = (
        f"Lines below the mark hold {percent(below / whole)} of the leveraged notional, lines above "
        f"{percent(above / whole)}; {percent(state_share(f.result.reading.profile, NO_LINE))} has no line. The critical "
        f"mass lies within a fall of {percent(moves.drawdown)} and within a rise of {percent(moves.rally)}."
    )
    return f.words("liquidation-ladder", title, measure, note=_ladder_note(f), reading=reading)


def _ladder_note(f: Findings) -> str:
    hidden = f.shown.ladder_hidden_usd
    note = "Steps are 2 % wide, those with too few accounts merged; lines beyond +100 % are drawn there."
    return f"{note} {usd(hidden)} is in no step that may be shown." if hidden else note


def makeup(f: Findings) -> Words:
    """What the expected liquidations at the critical volatility consist of."""
    tiers = f.shown.tiers.dropna(subset="contribution")
    measure = "Share of the expected liquidations at the critical volatility, by tier and side"
    if tiers.empty:
        none = "Without a critical volatility there is nothing to attribute."
        return f.words("critical-mass", "There is no critical mass to make up", measure, reading=none)
    top = tiers.loc[tiers["contribution"].idxmax()]
    longs = float(tiers.loc[tiers["side"] == "long", "contribution"].sum())
    title = f"{top['tier']} {top['side']}s give {percent(top['contribution'], 0)} of the critical mass"
    reading = (
        f"Longs give {percent(longs)} of the expected liquidations. Tiers of {HIGH_LEVERAGE}x and more give "
        f"{percent(_high(tiers, 'contribution'))} of them, with {percent(_high(tiers, 'share'))} of the notional."
    )
    return f.words("critical-mass", title, measure, reading=reading)


def tiers(f: Findings) -> Words:
    """The tier table."""
    note = (
        "Average line: weighted by notional over lines on the losing side within ten times the mark. Swing: |ln(average line / "
        "mark)|. Withstand volatility: the annualised volatility whose one-standard-deviation move over the horizon is the swing."
    )
    title = "Tiers, their average line and what they withstand"
    rows = f.shown.tier_rows
    short = float(rows.loc[rows["side"] == "short", "share"].sum())
    reading = f"Shorts hold {percent(short)} of the leveraged notional, in {int((rows['side'] == 'short').sum())} published cells."
    return f.words("tiers", title, "Leveraged positions by symbol, side and tier", note=note, reading=reading)


def withstand(f: Findings) -> Words:
    """What each tier withstands, and the tier that withstands least."""
    rows = f.shown.tier_rows.dropna(subset="withstand_volatility")
    measure = "Annualised volatility whose one-standard-deviation move reaches the tier's average line"
    if rows.empty:
        return f.words("withstand-volatility", "No tier has an average line", measure, reading="No cell has a line.")
    least = rows.loc[rows["withstand_volatility"].idxmin()]
    below = float(rows.loc[rows["withstand_volatility"] < f.result.reference_volatility, "share"].sum())
    title = f"{least['symbol']} {least['side']}s at {least['tier']} withstand {percent(least['withstand_volatility'], 0)}, the least"
    reading = (
        f"That tier holds {percent(least['share'])} of the leveraged notional. Tiers that withstand less than the reference "
        f"volatility of {percent(f.result.reference_volatility, 0)} hold {percent(below)} of it."
    )
    return f.words("withstand-volatility", title, measure, reading=reading)


def sensitivity(f: Findings) -> Words:
    """How far the index moves with its parameters, and the other readings of critical mass."""
    table = f.shown.sensitivity
    finite = table[table["iv_index"].map(math.isfinite)]
    measure = "IV Index when one parameter changes and the others stay"
    if finite.empty:
        return f.words("index-sensitivity", "No parameter gives a finite index", measure, reading=_readings(f))
    spans = finite.groupby("parameter")["iv_index"].agg(["min", "max"])
    widest = str((spans["max"] - spans["min"]).idxmax())
    said = [f"{name.lower()} {points(low)} to {points(high)}" for name, low, high in spans.itertuples()]
    title = f"{widest} matters most: {points(spans.loc[widest, 'min'])} to {points(spans.loc[widest, 'max'])}"
    reading = f"Over the values tried the index runs over: {'; '.join(said)}. {_readings(f)}"
    return f.words("index-sensitivity", title, measure, reading=reading)


def _readings(f: Findings) -> str:
    result = f.result
    said = (
        f"Two other readings of the critical mass: the volatility whose one-standard-deviation move reaches the nearer "
        f"critical move is {percent(result.quantile.volatility)} (index {points(result.quantile.iv_index)})"
    )
    if result.largest_accounts < result.reading.cohort.privacy.min_accounts:
        return f"{said}; the reading on the largest positions is withheld, too few accounts are behind it."
    return (
        f"{said}; half of the largest positions' notional is expected to be touched at "
        f"{percent(result.largest.volatility)} (index {points(result.largest.iv_index)})."
    )
