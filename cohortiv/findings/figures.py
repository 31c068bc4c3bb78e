"""Titles and readings of the figures and of the tier table."""

import math
from typing import Any

import numpy as np
import pandas as pd

from cohortiv.assessment.disclosed import BOTH
from cohortiv.assessment.nodes import has_root
from cohortiv.assessment.result import FEWEST_ACCOUNTS
from cohortiv.assessment.settings import Basis
from cohortiv.findings.context import Findings, Words, sentence_case
from cohortiv.findings.headline import reasons, sentence
from cohortiv.findings.tables import SYMBOLS_SHOWN, tier_table
from cohortiv.iv_index import CriticalMoves
from cohortiv.palette import CODES
from cohortiv.publication import OTHER
from cohortiv.quantities import NONE, chance, exact_percent, many, percent, points, points_range, usd
from cohortiv.summary import data_quality

HIGH_LEVERAGE = 10


def gauge(f: Findings) -> Words:
    """The index on its scale, with its interval and the probability of each code; without both under Grey."""
    index, word = f.result.iv_index, CODES[str(f.result.code)].word
    title = f"The index {'is' if math.isinf(index) else 'stands at'} {points(index)}"
    title = "There is no index" if math.isnan(index) else title
    title = "The critical mass cannot be reached" if index == 0 else title
    has_interval = f.result.uncertainty is not None and not f.result.grey
    measure = f"IV Index {'with its 90 % interval ' if has_interval else ''}on the code bands"
    return f.words("iv-index", f"{title}: code {word}", measure, reading=_probability(f))


def _probability(f: Findings) -> str:
    uncertainty = f.result.uncertainty
    if f.result.grey:
        return f"The data allow no code, and so neither an interval nor the probability of one: {reasons(f)}."
    if not f.result.reading.has_accounts:
        return f"The interval needs accounts, which are not known: the result is {f.result.reading.basis}."
    accounts = f.result.reading.figures.accounts
    if accounts < FEWEST_ACCOUNTS:
        return (
            f"An interval takes the accounts as a sample, which {many(accounts, 'account')} cannot be: it is told from "
            f"{FEWEST_ACCOUNTS} on."
        )
    if uncertainty is None:
        return "Without a critical volatility there is no interval and no probability of a code."
    chances, interval = uncertainty.code_probability, uncertainty.interval
    return (
        f"With the accounts taken as a sample, the index is {points_range(interval.low, interval.high)} with "
        f"{percent(interval.level, 0)} probability. The probability of Green is "
        f"{chance(chances.green)}, of Yellow {chance(chances.yellow)} and of Red {chance(chances.red)}. This leaves "
        "out errors in the data, the hit law and the parameters."
    )


def history(f: Findings) -> Words:
    """The index over the snapshots of the source."""
    table = f.shown.history
    measure = "IV Index at each snapshot of the source"
    if len(table) == 1:
        none = "The source holds no earlier snapshot. A history, and a code of the series, need two."
        return f.words("index-history", "One snapshot, no history yet", measure, reading=none)
    known = table["iv_index"].dropna()
    title = "No snapshot has an index"
    if len(known):
        title = f"At the snapshots the index was {points_range(float(known.min()), float(known.max()))}"
    changes = int((table["code"] != table["code"].shift()).iloc[1:].sum())
    first = table["as_of"].iloc[0]
    times = "did not change" if not changes else "changed once" if changes == 1 else f"changed {changes} times"
    reading = (
        f"Over {len(table)} snapshots since {first.day} {first:%B %Y} the code of the snapshot {times}. The "
        "code of the series, which rises at once and falls only when two snapshots are 2 points clear of the "
        f"threshold, is {CODES[str(f.result.code_held)].word}."
    )
    return f.words("index-history", title, measure, reading=reading)


def hits(f: Findings) -> Words:
    """The expected share touched, by volatility."""
    result = f.result
    mass = exact_percent(result.settings.critical_mass)
    measure = f"Expected share of leveraged notional that touches its line within {result.settings.horizon_days:g} days"
    critical = result.critical.value
    if not (math.isfinite(critical) and critical > 0):
        title = _past(mass) if critical == 0 else f"No volatility at which just {mass} is touched"
        return f.words("hit-share-curve", title, measure, reading=sentence(f))
    rounded = result.reading.disclosed is not None
    note = "Shares are rounded to whole percent, since finer ones would tell single lines." if rounded else ""
    reading = (
        f"At the reference volatility of {exact_percent(result.reference_volatility)} the expected share is "
        f"{_share_at(f.shown.hit_curve, result.reference_volatility, rounded=rounded)}; the critical mass needs "
        f"{critical / result.reference_volatility:.2f} times that volatility."
    )
    title = f"{mass} is touched at a volatility of {percent(critical)}"
    return f.words("hit-share-curve", title, measure, note=note, reading=reading)


def _share_at(curve: pd.DataFrame, volatility: float, *, rounded: bool) -> str:
    """Share of the curve at a volatility, no finer than the curve is; in words where it is withheld."""
    if curve["share"].isna().any():
        return "withheld"
    share = float(np.interp(volatility, curve["volatility"], curve["share"]))
    return f"about {percent(share, 0)}" if rounded else percent(share)


def distribution(f: Findings) -> Words:
    """How TVL and notional are spread over leverage."""
    tiers = f.shown.tiers
    measure = "Shares of leveraged notional, and of collateral after haircuts (value locked, TVL), by tier"
    if tiers.empty:
        return f.words("leverage-distribution", "Nothing is leveraged", measure, reading="No position is leveraged.")
    summed = tiers.groupby(["tier", "tier_floor"], as_index=False)[["share"]].sum()
    top = _row_with_most(summed, "share")
    edge = _high_edge(tiers)
    title = f"{top['tier']} holds {percent(top['share'], 0)} of leveraged notional"
    if len(summed) == 1:
        title = f"All leverage shown is one range of tiers: {top['tier']}"
    if edge is not None:
        title = f"{percent(_high(tiers, 'share', edge=edge), 0)} of leveraged notional stands at {edge:g}x or more"
    reading = f"The tier with most notional is {top['tier']} ({percent(top['share'])}){_most_collateral(tiers)}."
    if len(summed) == 1:
        reading = f"Tiers from {top['tier'].replace('-', ' to ')} are told together: alone they have too few accounts."
    if _sides_apart(tiers):
        reading += f" Long positions are {percent(_of_side(tiers, 'long', 'share'))} of the notional."
    return f.words("leverage-distribution", title, measure, note=_collateral_note(f), reading=reading)


def _most_collateral(tiers: pd.DataFrame) -> str:
    """The tier with most of the collateral, where all of it is told, else the side of one; nothing where none is."""
    known = tiers.dropna(subset="collateral_share")
    if known.empty:
        return ""
    if len(known) < len(tiers):
        held = _row_with_most(known, "collateral_share")
        where = f"{held['tier']} {_named_side(held['side'])}"
        return f"; the largest part of the collateral shown lies behind {where} ({percent(held['collateral_share'])})"
    held = _row_with_most(known.groupby("tier", as_index=False)[["collateral_share"]].sum(), "collateral_share")
    return f"; the largest part of the collateral lies behind {held['tier']} ({percent(held['collateral_share'])})"


def _row_with_most(table: pd.DataFrame, column: str) -> "pd.Series[Any]":
    """Row with the largest value of a column; the first row where all are NaN."""
    return table.iloc[int(table[column].fillna(-math.inf).to_numpy().argmax())]


def _high_edge(tiers: pd.DataFrame) -> float | None:
    """Lowest edge of a published tier at `HIGH_LEVERAGE` or more; merged tiers may begin only above it."""
    edges = tiers.loc[tiers["tier_floor"] >= HIGH_LEVERAGE, "tier_floor"]
    return None if edges.empty else float(edges.min())


def _high(tiers: pd.DataFrame, column: str, *, edge: float) -> float:
    """Share that tiers from an edge on have of a column that sums to 1; NaN if that of one is withheld."""
    return float(tiers.loc[tiers["tier_floor"] >= edge, column].sum(skipna=False))


def _sides_apart(tiers: pd.DataFrame) -> bool:
    return BOTH not in set(tiers["side"])


def _of_side(tiers: pd.DataFrame, side: str, column: str) -> float:
    return float(tiers.loc[tiers["side"] == side, column].sum(skipna=False))


def _named_side(side: str) -> str:
    """Positions of a side in a sentence: longs, shorts, or positions where the sides aren't told apart."""
    return "positions" if side == BOTH else f"{side}s"


def _collateral_note(f: Findings) -> str:
    estimated = data_quality(f.result).estimated_collateral_share
    is_mix = f.result.reading.basis is Basis.OPEN_INTEREST
    said = ["Tiers are those of the assumed mix." if is_mix else "Tiers are by declared leverage."]
    if estimated:
        said.append(
            f"For {percent(estimated)} of the collateral the wallet balance is not known; notional / declared leverage "
            "stands in for it."
        )
    if f.shown.tiers["collateral_share"].isna().any():
        said.append(
            "Collateral is left out where one account holds too much of it, or would be told by a difference; its "
            "shares are of what is shown."
        )
    return " ".join(said)


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
    moves, mass = f.result.moves, exact_percent(f.result.settings.critical_mass)
    if moves.drawdown is None and moves.rally is None:
        title = f"Lines on neither side alone hold the critical {mass}"
    elif 0 in (moves.drawdown, moves.rally):
        title = _past(mass)
    else:
        title = f"{mass} of notional has lines within {_smaller(moves)}"
    parts = [
        f"the steps shown below the mark hold {_part(f, below, below=True)} of the leveraged notional",
        f"those above it {_part(f, above, below=False)}",
    ]
    past, without = f.shown.share_past_line, f.shown.share_without_line
    parts += [f"{percent(past)} is past its line"] if past else []
    parts += [] if without is None else [f"{percent(without)} has no line"]
    reading = f"{sentence_case('; '.join(parts))}. {_within(f)}"
    return f.words("liquidation-ladder", title, measure, note=_ladder_note(f), reading=reading)


def _smaller(moves: CriticalMoves) -> str:
    """The smaller of the critical moves, as prices are compared: by its logarithm."""
    falls, rises = moves.drawdown, moves.rally
    if falls is None or (rises is not None and math.log1p(rises) < -math.log1p(-falls)):
        return f"a rise of {percent(rises, 0)}"
    return f"a fall of {percent(falls, 0)}"


def _past(mass: str) -> str:
    return f"{mass} of notional is already past its lines"


def _part(f: Findings, shown: float, *, below: bool) -> str:
    """Share of leveraged notional in the steps shown on a side; what is withheld there is not nothing."""
    if shown:
        return percent(shown / f.result.reading.profile.leveraged_notional_usd)
    distances = f.result.nodes["distance"]
    has_lines = bool(((distances < 0) if below else (distances > 0)).any())
    return "a part that may not be shown" if has_lines else NONE


def _within(f: Findings) -> str:
    """How far the lines that hold the critical mass reach, in each direction."""
    moves = f.result.moves
    if 0 in (moves.drawdown, moves.rally):
        return "The critical mass is already past its lines."
    sides = (("a fall", "below", moves.drawdown), ("a rise", "above", moves.rally))
    held = [f"within {word} of {percent(move, 0)}" for word, _, move in sides if move is not None]
    never = [f"lines {word} the mark never hold it" for _, word, move in sides if move is None]
    said = [f"the critical mass lies {' and '.join(held)}"] if held else []
    return f"{sentence_case('; '.join(said + never))}."


def _ladder_note(f: Findings) -> str:
    hidden = f.shown.ladder_hidden_usd
    note = "Steps are 2 % wide, those with too few accounts merged; lines beyond +100 % are drawn there."
    return f"{note} {usd(hidden)} is in no step that may be shown." if hidden else note


def makeup(f: Findings) -> Words:
    """What the expected liquidations at the critical volatility consist of."""
    parts = f.shown.tiers
    tiers = parts.dropna(subset="contribution")
    measure = "Share of the expected liquidations at the critical volatility, by tier and side"
    if tiers.empty and has_root(f.result.critical.single_v):
        kept = "One account adds more of the critical mass than may be told, or too few accounts do."
        return f.words("critical-mass", "What makes up the critical mass is withheld", measure, reading=kept)
    if tiers.empty:
        none = "Without a critical volatility there is nothing to attribute."
        return f.words("critical-mass", "There is no critical mass to make up", measure, reading=none)
    top = _row_with_most(tiers, "contribution")
    title = f"{top['tier']} {_named_side(top['side'])} give {percent(top['contribution'], 0)} of the critical mass"
    hidden = percent(1 - float(tiers["contribution"].sum()))
    note = (
        ""
        if len(tiers) == len(parts)
        else f"{hidden} is not drawn: too few accounts are behind it, alone or by difference."
    )
    return f.words("critical-mass", title, measure, note=note, reading=_made_up_of(parts) or _others(tiers, parts))


def _others(tiers: pd.DataFrame, parts: pd.DataFrame) -> str:
    """What is to be said of the tiers that the title does not name, where sums over them are not told."""
    if len(tiers) < len(parts):
        return "What is not drawn is withheld."
    return "There is no other part." if len(parts) == 1 else "All parts are drawn."


def _made_up_of(parts: pd.DataFrame) -> str:
    """What longs and high tiers add to the critical mass, as far as the parts of all of them are told."""
    edge, longs = _high_edge(parts), _of_side(parts, "long", "contribution")
    high = math.nan if edge is None else _high(parts, "contribution", edge=edge)
    said = []
    if _sides_apart(parts) and not math.isnan(longs):
        said.append(f"Longs give {percent(longs)} of the expected liquidations.")
    if edge is not None and not math.isnan(high):
        said.append(
            f"Tiers of {edge:g}x and more give {percent(high)} of the expected "
            f"liquidations, with {percent(_high(parts, 'share', edge=edge))} of the notional."
        )
    return " ".join(said)


def tiers(f: Findings) -> Words:
    """The tier table."""
    note = (
        "Average line: weighted by notional over lines on the losing side within ten times the mark, left out where "
        "too few accounts have one. Swing: |ln(average line / mark)|. Withstand volatility: the annualised volatility "
        "whose one-standard-deviation move over the horizon is the swing. A dash stands for a line that is not there, "
        "or is withheld"
    )
    table = tier_table(f)
    if OTHER in set(table["symbol"]):
        note += f", or what a sum over several symbols does not have; symbols beyond the {SYMBOLS_SHOWN} largest, and "
        note += "cells of too few accounts, are added up as other"
    title = "Tiers, their average line and what they withstand"
    reading = "Longs and shorts are not told apart: too few accounts are on one side."
    if table.empty:
        reading = "No position is leveraged."
    elif _sides_apart(table):
        cells = int((table["side"] == "short").sum())
        short = percent(_of_side(table, "short", "share"))
        rows = f"{cells} row{'' if cells == 1 else 's'}"
        reading = f"Shorts hold {short} of the leveraged notional, in {rows} of the table."
        reading = reading if cells else "Shorts hold none of the leveraged notional."
    measure = "Leveraged positions by symbol, side and tier"
    return f.words("tiers", title, measure, note=f"{note}.", reading=reading)


def withstand(f: Findings) -> Words:
    """What each tier of the table withstands, and the tier that withstands least."""
    rows = tier_table(f).dropna(subset="withstand_volatility")
    measure = "Annualised volatility whose one-standard-deviation move reaches the tier's average line, as in the table"
    if rows.empty:
        return f.words("withstand-volatility", "No tier has an average line", measure, reading="No cell has a line.")
    least = rows.iloc[int(rows["withstand_volatility"].to_numpy().argmin())]
    below = float(rows.loc[rows["withstand_volatility"] < f.result.reference_volatility, "share"].sum())
    tier = f"{least['symbol']} {_named_side(least['side'])} at {least['tier']}"
    title = f"On average {tier} withstand least: {percent(least['withstand_volatility'], 0)}"
    reference = exact_percent(f.result.reference_volatility)
    weak = f"No tier's average line is within the reference volatility of {reference}."
    if below:
        weak = (
            f"Tiers whose average line is within the reference volatility of {reference} hold {percent(below)} of it."
        )
    drawn = percent(float(rows["share"].sum()))
    rest = f" The tiers drawn hold {drawn} of it; the others have no average line to show."
    reading = f"That tier holds {percent(least['share'])} of the leveraged notional. {weak}"
    reading += "" if drawn == percent(1) else rest
    note = "An average is over lines up to ten times, or a tenth of, the mark; lines nearer than it go first."
    return f.words("withstand-volatility", title, measure, note=note, reading=f"{reading}{_nearer(f, least)}")


def _nearer(f: Findings, least: "pd.Series[Any]") -> str:
    """How much of a side's notional is nearer than a tier's average line, as far as the published steps tell."""
    steps, side = f.shown.ladder[f.shown.ladder["side"] == least["side"]], str(least["side"])
    edges = np.log1p(steps[["move_low", "move_high"]].astype(float).clip(lower=-0.99)).abs()
    whole = float(f.shown.tiers.loc[f.shown.tiers["side"] == side, "notional_usd"].sum())
    low, high = (
        float(steps.loc[reach <= least["swing"], "notional_usd"].sum()) / whole
        for reach in (edges.max(axis=1), edges.min(axis=1))
    )
    share = " to ".join(dict.fromkeys((percent(low, 0), percent(high, 0))))
    held = f" By the steps of the ladder {share} of what all {_named_side(side)} hold has its line nearer than that."
    critical = f.result.critical.value
    if not 0.0 < critical < float(least["withstand_volatility"]):
        return held
    return f"{held} The critical mass is reached at {percent(critical)} because of lines nearer than the averages."
