"""Rows, titles and readings of how leverage is used today."""

import math
from typing import Final

import pandas as pd

from cohortiv.assessment.overlap import STEP
from cohortiv.distribution.effective import KNOWN, UNDER_WATER
from cohortiv.distribution.tier_statistics import HIGH_LEVERAGE
from cohortiv.findings.context import Findings, Words, sentence_case
from cohortiv.findings.headline import MOSTLY
from cohortiv.plain import Written
from cohortiv.publication import OTHER
from cohortiv.published_usage import PublishedUsage
from cohortiv.quantities import percent
from cohortiv.summary import data_quality

#: Key, label, pattern and alignment of the columns of the tables, as `page.Column` takes them.
CONCENTRATION_COLUMNS: Final = (
    ("figure", "Figure", "{}", "left"),
    ("value", "Value", "{}", "right"),
    ("low", "90 % band from", "{}", "right"),
    ("high", "to", "{}", "right"),
    ("meaning", "Meaning", "{}", "left"),
)
#: Figures of the concentration: their name, and what they mean.
_FIGURES: Final = {
    "gini": ("Gini coefficient", "0: all accounts alike; near 1: one account has nearly all"),
    "hhi": ("Herfindahl index", "sum of squared shares of the accounts"),
    "effective_accounts": ("Effective accounts", "as many equal accounts would be as concentrated"),
    "top_1": ("Largest account", "share of leveraged notional; told where it isn't one account's own figure"),
    "top_10": ("10 largest accounts", "share of leveraged notional"),
    "top_100": ("100 largest accounts", "share of leveraged notional"),
    "high_leverage_share": ("At 10x or more", "share of leveraged notional"),
}
#: Figures that are drawn over time, the order of their lines.
_OVER_TIME: Final = ("gini", "top_100", "top_10", "hhi")
#: What a share of collateral is of, and what stands in where most of it is not known.
_COLLATERAL, _STAND_IN = "Collateral (TVL)", "Notional / leverage, for collateral"
_MEASURES: Final = {
    "notional_share": "Notional", "collateral_share": _COLLATERAL, "position_share": "Positions",
    "account_share": "Accounts",
}  # fmt: skip
LOWER, SAME, NO_EQUITY, OTHERS = "Less than declared", "As declared or more", "No equity left", "Not told apart"
#: Values of a dimension that its table shows, besides what is added up as "other".
VALUES_SHOWN: Final = 8
#: Most accounts of a snapshot over fewest from which changes over time are called degraded [1].
COUNT_RATIO: Final = 1.5


def unknown(f: Findings, name: str) -> Words:
    """Words where no positions are behind the result.

    Parameters
    ----------
    f : Findings
    name : str
        Of the figure.
    """
    none = f"Positions and accounts are not known: the result is {f.result.reading.basis}."
    return f.words(name, "Accounts are not known", "Leverage usage", reading=none)


def tier_rows(shown: PublishedUsage | None, *, estimated: bool = False) -> pd.DataFrame:
    """What `charts.capital_and_count` draws: tier, tier_floor, measure, share; collateral by what stands in for it."""
    if shown is None:
        return pd.DataFrame(columns=["tier", "tier_floor", "measure", "share"])
    tiers = shown.shares[shown.shares["dimension"] == "tier"].rename(columns={"value": "tier"})
    measures = _MEASURES | ({"collateral_share": _STAND_IN} if estimated else {})
    parts = [
        tiers[["tier", "tier_floor"]].assign(measure=words, share=tiers[column]) for column, words in measures.items()
    ]
    return pd.concat(parts, ignore_index=True)


def tiers(f: Findings, shown: PublishedUsage | None) -> Words:
    """By capital and by count."""
    if shown is None:
        return unknown(f, "usage-by-tier")
    measure = "Shares of leveraged notional, collateral, positions and accounts by tier"
    note = "Shares of accounts add up to more than 100 %: an account may have positions in several tiers."
    note += _estimated(f)
    rows = shown.shares[shown.shares["dimension"] == "tier"]
    start = _high_start(rows)
    high = rows[rows["tier_floor"] >= start]
    by_capital, by_count = float(high["notional_share"].sum()), float(high["position_share"].sum())
    title = f"{start:g}x or more: {percent(by_capital, 0)} of notional, {percent(by_count, 0)} of positions"
    reading = (
        f"Tiers from {start:g}x hold {percent(by_capital)} of the leveraged notional and {percent(by_count)} of the "
        "positions. Capital says what moves the price, count how many are near their line: "
        f"{_larger(by_capital, by_count)}."
    )
    return f.words("usage-by-tier", title, measure, note=note, reading=reading)


def _high_start(rows: pd.DataFrame) -> float:
    """Where high leverage starts among the ranges that are told [x]: at 10x, or where the range that holds 10x does."""
    floors = rows["tier_floor"].dropna()
    if (floors == HIGH_LEVERAGE).any() or not (floors < HIGH_LEVERAGE).any():
        return HIGH_LEVERAGE
    return float(floors[floors < HIGH_LEVERAGE].max())


def is_estimated(f: Findings) -> bool:
    """Whether most of the collateral is not known.

    Parameters
    ----------
    f : Findings
    """
    return (data_quality(f.result).estimated_collateral_share or 0.0) > MOSTLY


def _estimated(f: Findings) -> str:
    """How much of the collateral is an estimate; nothing where none is, or where it is withheld."""
    share = data_quality(f.result).estimated_collateral_share
    return f" {percent(share, 0)} of the collateral is not known: notional over leverage stands in." if share else ""


def _larger(by_capital: float, by_count: float) -> str:
    """What it says of large positions that the two shares differ."""
    if by_capital < by_count:
        return "here large positions take less leverage than small ones"
    return "here large positions take more leverage than small ones"


def dimension_columns(f: Findings) -> tuple[tuple[str, str, str, str], ...]:
    """Columns of the table by side, product, symbol and venue: key, label, pattern and alignment.

    Parameters
    ----------
    f : Findings
        Where most of its collateral is not known, the column's head says what stands in.
    """
    return (
        ("dimension", "By", "{}", "left"),
        ("value", "Value", "{}", "left"),
        ("notional_share", "Notional", "{:.1%}", "right"),
        ("collateral_share", _STAND_IN if is_estimated(f) else _COLLATERAL, "{:.1%}", "right"),
        ("position_share", "Positions", "{:.1%}", "right"),
        ("account_share", "Accounts", "{:.1%}", "right"),
    )


def dimension_rows(shown: PublishedUsage | None) -> pd.DataFrame:
    """Rows of the table by side, product, symbol and venue, the largest of each."""
    if shown is None:
        return pd.DataFrame(columns=["dimension", "value", *_MEASURES])
    rows = shown.shares[shown.shares["dimension"] != "tier"]
    place = rows[rows["value"] != OTHER].groupby("dimension").cumcount().reindex(rows.index, fill_value=-1)
    further = [_further(part) for _, part in rows[place >= VALUES_SHOWN].groupby("dimension", sort=False)]
    table = pd.concat([rows[place < VALUES_SHOWN], *further]).assign(last=lambda all_rows: all_rows["value"] == OTHER)
    names = list(dict.fromkeys(rows["dimension"]))
    ordered: pd.DataFrame = table.sort_values(
        ["dimension", "last"], key=lambda column: column.map(names.index) if column.name == "dimension" else column,
        kind="stable", ignore_index=True,
    ).drop(columns="last")  # fmt: skip
    return ordered


def _further(part: pd.DataFrame) -> pd.DataFrame:
    """What is not shown of a dimension as one row; accounts, who may hold several of them, are not added up."""
    summed = part.select_dtypes("number").sum(skipna=False).to_frame().T
    name = part["dimension"].iloc[0]
    return summed.assign(
        dimension=name, value=f"further {name}s", accounts=math.nan, account_share=math.nan, tier_floor=math.nan
    )


def dimensions(f: Findings, shown: PublishedUsage | None) -> Words:
    """By side, product, symbol and venue."""
    if shown is None:
        return unknown(f, "usage")
    sides = shown.shares[shown.shares["dimension"] == "side"].set_index("value")
    title = "By side, product, symbol and venue"
    if {"long", "short"} <= set(sides.index):
        title = f"Longs hold {percent(float(sides['notional_share']['long']), 0)} of the leveraged notional"
    measure = "Shares of leveraged positions in use"
    note = (
        f"The {VALUES_SHOWN} largest of each, “further” adds up the rest; “other” is what may not be told apart. A "
        "dash: withheld, too few accounts or one holds too much of it; accounts of a sum are not told, since one may "
        f"hold several. Shares of collateral are of what may be told of it.{_untold_symbols(shown)}"
    ) + _estimated(f)
    return f.words("usage", title, measure, note=note)


def _untold_symbols(shown: PublishedUsage) -> str:
    """How much of the notional is in symbols that are not told by name; nothing where all are."""
    symbols = shown.shares[(shown.shares["dimension"] == "symbol") & (shown.shares["value"] == OTHER)]
    if symbols.empty:
        return ""
    share = percent(float(symbols["notional_share"].iloc[0]))
    return (
        " Symbols are told as a whole; those whose whole would give a withheld tier away are in “other”, "
        f"{share} of the notional: one of them may be larger than one named."
    )


def concentration_rows(shown: PublishedUsage | None) -> list[dict[str, object]]:
    """Rows of the concentration's table."""
    if shown is None:
        return []
    rows: list[dict[str, object]] = []
    for name, *values in shown.concentration.itertuples(index=False):
        words, meaning = _FIGURES[str(name)]
        told = not math.isnan(values[0])
        cells = (Written(value, _written(str(name), value)) if told else None for value in values)
        rows.append(dict(zip(("figure", "value", "low", "high", "meaning"), (words, *cells, meaning), strict=True)))
    return rows


def _written(statistic: str, value: float) -> str:
    if statistic in {"gini", "hhi"}:
        return f"{value:#.2g}"
    return f"{value:,.0f}" if statistic == "effective_accounts" else percent(value, 0)


def concentration(f: Findings, shown: PublishedUsage | None) -> Words:
    """How few accounts hold how much."""
    if shown is None:
        return unknown(f, "concentration")
    value = shown.concentration.set_index("statistic")["value"]
    title = "How unequal the accounts are"
    if not math.isnan(value["top_100"]):
        title = f"The 100 largest accounts hold {percent(float(value['top_100']), 0)} of the notional"
    worth = float(value["effective_accounts"])
    reading = "" if math.isnan(worth) else (
        f"The {shown.accounts:,} accounts are as concentrated as {worth:,.0f} equal ones would be."
    )  # fmt: skip
    measure = "Concentration of leveraged notional over accounts, bands by a bootstrap over accounts"
    note = (
        "A dash: withheld, since it would be one account's own figure or the k largest are most of the accounts. "
        "Shares are rounded to whole percent, outward."
    )
    return f.words("concentration", title, measure, note=note, reading=reading)


def history_rows(shown: PublishedUsage | None) -> pd.DataFrame:
    """What `charts.concentration_history` draws: as_of, figure, value [1]; none where a single snapshot is told."""
    columns = ["as_of", "figure", "value"]
    if shown is None:
        return pd.DataFrame(columns=columns)
    parts = [
        shown.history[["as_of"]].assign(figure=_FIGURES[name][0], value=shown.history[name].astype(float))
        for name in _OVER_TIME
        if shown.history[name].notna().sum() > 1
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def concentration_history(f: Findings, shown: PublishedUsage | None) -> Words:
    """How concentration moved from snapshot to snapshot."""
    if shown is None:
        return unknown(f, "concentration-history")
    measure = "Concentration of leveraged notional over accounts at each snapshot, without bands"
    rows = history_rows(shown).dropna()
    if rows.empty:
        none = "Concentration over time is not shown: fewer than two snapshots have figures that may be told."
        return f.words("concentration-history", "Concentration over time is not shown", measure, reading=none)
    said = {str(name): part["value"] for name, part in rows.groupby("figure", sort=False)}
    name, values = next((each, said[each]) for each in (_FIGURES["top_100"][0], *said) if each in said)
    low, high = (_in_words(name, float(end)) for end in (values.min(), values.max()))
    title = f"{name}: {low} to {high} over {len(values)} snapshots" if low != high else f"{name}: {low} throughout"
    accounts = shown.history["accounts"].dropna().astype(int)
    hidden = len(shown.history) - len(accounts)
    reading = f"{_changes_said(said)} Accounts: {accounts.iloc[0]:,} at first, {accounts.iloc[-1]:,} at last."
    gaps = len(accounts) - len(values)
    note = "Shares are rounded up to whole percent; gaps are withheld." + (
        f" At {gaps} of {len(accounts)} snapshots this share is: one account holds too much of it." if gaps else ""
    )
    note += f" {hidden} of {len(shown.history)} snapshots are withheld as a whole." if hidden else ""
    reading += accounts_change(shown)
    return f.words("concentration-history", title, measure, note=note, reading=reading)


def _changes_said(said: "dict[str, pd.Series[float]]") -> str:
    """Each figure at first and at last; those that are the same at both are told once."""
    ends = {each: [_in_words(each, float(part.iloc[place])) for place in (0, -1)] for each, part in said.items()}
    changes = [f"{each}: {first} at first, {last} at last" for each, (first, last) in ends.items() if first != last]
    still = [f"{each} ({first})" for each, (first, last) in ends.items() if first == last]
    moved = [*changes, *([f"the same at first and at last: {', '.join(still)}"] if still else [])]
    return f"{sentence_case('; '.join(moved))}."


def accounts_change(shown: PublishedUsage | None) -> str:
    """That the number of accounts changes too much for snapshots to be compared; nothing where it doesn't.

    Parameters
    ----------
    shown : PublishedUsage or None
    """
    counts = pd.Series(dtype=float) if shown is None else shown.history["accounts"].dropna()
    if len(counts) < 2 or counts.max() <= COUNT_RATIO * counts.min():  # noqa: PLR2004 - a change takes two
        return ""
    return (
        f" Degraded: the snapshots hold {counts.min():,.0f} to {counts.max():,.0f} accounts, so part of every change "
        "over time is a change of who is seen and not of how leverage is used."
    )


def overlap_note(shown: PublishedUsage | None) -> str:
    """How far the last snapshot is about the accounts of the first, as a line of a list; nothing where not known.

    Parameters
    ----------
    shown : PublishedUsage or None
    """
    found = None if shown is None else shown.overlap
    if found is None:
        return ""
    seen = f"about {percent(found.accounts, 0)} of the accounts and {percent(found.notional, 0)} of the notional"
    if found.accounts == found.notional == 1.0:
        return "\n- The accounts of the last snapshot are nearly all in the first one too."
    return (
        f"\n- Of the last snapshot {seen} are of accounts that the first one holds too (to the nearest "
        f"{percent(STEP, 0)}): the mix moved partly since the set of accounts changed."
    )


def _in_words(figure: str, value: float) -> str:
    """A figure over time, by its name in words."""
    return _written(next(name for name in _OVER_TIME if _FIGURES[name][0] == figure), value)


def standing_rows(shown: PublishedUsage | None) -> pd.DataFrame:
    """What `charts.effective_leverage` draws: tier, tier_floor, standing, share of the declared tier's notional.

    No rows where no effective leverage is known.
    """
    if shown is None:
        return pd.DataFrame(columns=["tier", "tier_floor", "standing", "share"])
    table = shown.effective
    lower = (table["state"] == KNOWN) & (table["effective_floor"] < table["tier_floor"])
    standing = pd.Series(OTHERS, index=table.index, dtype="str").mask(table["state"] == KNOWN, SAME)
    standing = standing.mask(lower, LOWER).mask(table["state"] == UNDER_WATER, NO_EQUITY)
    order = {name: number for number, name in enumerate((LOWER, SAME, NO_EQUITY, OTHERS))}
    keyed = table.assign(standing=standing).groupby(["tier", "tier_floor", "standing"], as_index=False)["share"].sum()
    whole = keyed.groupby("tier_floor")["share"].transform("sum")
    keyed = keyed.assign(share=keyed["share"] / whole.where(whole > 0), place=keyed["standing"].map(order))
    told = keyed if set(keyed["standing"]) != {OTHERS} else keyed.head(0)
    ordered: pd.DataFrame = told.sort_values(["place", "tier_floor"], ignore_index=True)
    return ordered[["tier", "tier_floor", "standing", "share"]]


def effective(f: Findings, shown: PublishedUsage | None) -> Words:
    """Effective beside declared leverage."""
    if shown is None:
        return unknown(f, "effective-leverage")
    measure = "Effective leverage, notional over equity of the margin unit, beside the declared one"
    medians = shown.medians.set_index("weighting")
    capital, count = (medians.T[name].astype(float) for name in ("capital", "count"))
    if math.isnan(float(capital["effective"])):
        none = (
            "The source tells no balance behind cross positions, so their effective leverage is not known: the "
            "declared one is a setting of the account, not its risk."
        )
        return f.words("effective-leverage", "Effective leverage is not known", measure, reading=none)
    title = f"Effective leverage {capital['effective']:g}x, declared {capital['declared_where_known']:g}x (medians)"
    known = "" if math.isnan(shown.known_share) else f" It is known for {percent(shown.known_share)} of the notional."
    reading = (
        f"Half of the notional stands at an effective leverage below {capital['effective']:g}x, declared "
        f"{capital['declared_where_known']:g}x; half of the positions below {count['effective']:g}x, declared "
        f"{count['declared_where_known']:g}x.{known} The declared leverage of a cross account is a setting."
    )
    note = "A range of effective leverage that begins below the declared tier counts as less than declared."
    return f.words("effective-leverage", title, measure, note=note, reading=reading)
