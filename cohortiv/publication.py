"""What leaves the house: tables and series made of cells that satisfy the privacy rule, as plain frames for charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment, CohortReading, exclusions
from cohortiv.assessment.disclosed import AT_MARK, BOTH, FARTHEST_AVERAGED, NOWHERE
from cohortiv.display import Displayed
from cohortiv.ladder import hides_much, shown_ladder
from cohortiv.liquidation import MARKET, NO_LINE, PAST
from cohortiv.volatility import hit_curve, root_horizon

OTHER = "other"
#: Shares of a report's hit-share curve are rounded to this many decimals: finer ones would tell single lines.
CURVE_DECIMALS = 2
#: A report's contributions are rounded to this many decimals: smaller ones would tell the farthest line of a cell.
CONTRIBUTION_DECIMALS = 9
#: Points of the hit-share curve.
CURVE_POINTS = 41
#: What the sensitivity to the critical mass is called: it follows the lines as the curve does.
_FOLLOWS_LINES = "Critical mass"

TIER_ROW_COLUMNS = (
    "symbol", "side", "tier", "tier_floor", "notional_usd", "share", "collateral_usd", "accounts",
    "weighted_liquidation_price", "swing", "withstand_volatility", "contribution",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Publication(Displayed):
    """Frames that may be shown; every one is a sum over safe cells.

    Attributes
    ----------
    tier_rows : DataFrame
        `TIER_ROW_COLUMNS`: symbol, side and range of tiers. Money in USD; share of leveraged notional; the line and its
        swing are NaN where no position of the cell has a line, or too few accounts have one; collateral and
        contribution are NaN where they are withheld.
    tiers : DataFrame
        The same over all symbols: tier, tier_floor, side, notional_usd, collateral_usd, share, collateral_share (of
        the collateral shown), accounts, contribution (NaN where it is withheld).
    ladder : DataFrame
        move_low, move_high (simple fractions), price_low, price_high (USD, NaN for several symbols), side,
        notional_usd.
    ladder_hidden_usd : float
        Notional that is in no step shown; positions without a line may be in it [USD].
    share_without_line, share_past_line : float or None
        Of leveraged notional [1]; None where nothing is leveraged, or it may not be told from the rest of the ladder.
    mark_price : float or None
        Mark of the single symbol [USD].
    hit_curve : DataFrame
        volatility, share; in a report shares are rounded to `CURVE_DECIMALS`, with one row for each; share is NaN where
        too much of the ladder is withheld.
    sensitivity : DataFrame
        parameter, label, value, iv_index, is_default; iv_index is NaN for the same reason, and where there is none.
    history : DataFrame
        as_of, iv_index, code, code_held; iv_index is NaN where a snapshot has too few accounts.
    index : DataFrame
        iv_index, low, high: one row.
    exclusions : DataFrame
        rule, rows, notional_usd; both missing where the rows are of fewer accounts than a cell needs, notional_usd also
        where one account holds too much of it.
    """

    tier_rows: pd.DataFrame
    tiers: pd.DataFrame
    ladder: pd.DataFrame
    ladder_hidden_usd: float
    share_without_line: float | None
    share_past_line: float | None
    mark_price: float | None
    hit_curve: pd.DataFrame
    sensitivity: pd.DataFrame
    history: pd.DataFrame
    index: pd.DataFrame
    exclusions: pd.DataFrame


def publish(assessment: Assessment) -> Publication:
    """Frames of a result that may be shown.

    Parameters
    ----------
    assessment : Assessment
        With disclosed cells; without (a result that stays with the analyst) the finest cells are used.
    """
    rows = tier_rows(assessment)
    mark = _mark(assessment)
    ladder = shown_ladder(assessment, mark)
    return Publication(
        tier_rows=rows,
        tiers=_over_symbols(assessment, rows),
        ladder=ladder.steps,
        ladder_hidden_usd=ladder.hidden_usd,
        share_without_line=state_share(assessment, NO_LINE),
        share_past_line=state_share(assessment, PAST),
        mark_price=mark,
        hit_curve=_hit_curve(assessment),
        sensitivity=_sensitivity(assessment),
        history=_history(assessment),
        index=_index(assessment),
        exclusions=published_exclusions(assessment.reading)[["rule", "rows", "notional_usd"]],
    )


def state_share(assessment: Assessment, state: int) -> float | None:
    """Share of leveraged notional without a line, or past it, as far as it may be published.

    Parameters
    ----------
    assessment : Assessment
    state : int
        `liquidation.NO_LINE` or `liquidation.PAST`.

    Returns
    -------
    float or None
        [1]; None where nothing is leveraged, or where it would tell too small a cell.
    """
    profile, disclosed = assessment.reading.profile, assessment.reading.disclosed
    cells = profile.leveraged
    whole = float(cells["notional_cents"].sum())
    if not whole:
        return None
    if disclosed is None:
        return float(cells.loc[cells["state"] == state, "notional_cents"].sum()) / whole
    cents = disclosed.direction_cents(NOWHERE if state == NO_LINE else AT_MARK)
    return None if cents is None else cents / whole


def published_exclusions(reading: CohortReading) -> pd.DataFrame:
    """Excluded rows by rule, as `assessment.exclusions`; what too few accounts are behind is missing."""
    table = exclusions(reading.profile)
    hidden = reading.withheld
    return table.assign(
        rows=table["rows"].astype("Int64").mask(table["code"].isin(hidden.rare_rules)),
        notional_usd=table["notional_usd"].mask(table["code"].isin(hidden.rules)),
    )


def _index(assessment: Assessment) -> pd.DataFrame:
    interval = assessment.uncertainty.interval if assessment.uncertainty else None
    low, high = (interval.low, interval.high) if interval else (math.nan, math.nan)
    return pd.DataFrame([{"iv_index": assessment.iv_index, "low": low, "high": high}])


def _history(assessment: Assessment) -> pd.DataFrame:
    table = assessment.history[["as_of", "iv_index", "code", "code_held"]]
    weak = table["as_of"].isin(assessment.reading.withheld.snapshots)
    return table.assign(iv_index=table["iv_index"].mask(weak))


def tier_rows(assessment: Assessment) -> pd.DataFrame:
    """Notional, collateral, line, swing and contribution by symbol, side and tier; `TIER_ROW_COLUMNS`."""
    reading = assessment.reading
    cells = reading.profile.leveraged
    cell_names, counts = _tier_cells(assessment)
    money = _named(cells, cell_names).groupby("cell")[["notional_cents", "collateral_cents"]].sum() / 100
    lines = _lines_by_cell(assessment, cell_names)
    labels = cell_names.groupby("cell").agg(
        symbol=("symbol", _one_or_other), side=("shown_side", "first"), low=("low", "min"), high=("high", "max")
    )
    table = labels.join(money).join(lines).join(counts)
    factor = (table["lined_factor"] / table["lined"]).where(table["lined_factor"] > 0)
    marks = table["symbol"].map({symbol: _symbol_mark(assessment, symbol) for symbol in set(table["symbol"])})
    swing = pd.Series(np.abs(np.log(factor)), index=table.index)
    whole = reading.profile.leveraged_notional_usd
    disclosed = reading.disclosed
    told = table.index if disclosed is None else list(disclosed.collateral.cells)
    contribution = table["contribution"]
    if disclosed is not None:
        contribution = _told_contribution(contribution, list(disclosed.contributions.cells))
    return (
        pd.DataFrame(
            {
                "symbol": table["symbol"],
                "side": table["side"],
                "tier": [tier_label(low, high) for low, high in zip(table["low"], table["high"], strict=True)],
                "tier_floor": table["low"].astype(float),
                "notional_usd": table["notional_cents"],
                "share": table["notional_cents"] / whole,
                "collateral_usd": table["collateral_cents"].where(table.index.isin(told)),
                "accounts": table["accounts"].astype(int),
                "weighted_liquidation_price": marks.astype(float) * factor,
                "swing": swing,
                "withstand_volatility": swing / root_horizon(assessment.settings.horizon_days),
                "contribution": contribution,
            }
        )
        .sort_values(["symbol", "side", "tier_floor"], ignore_index=True)
        .pipe(_largest_symbols_first, reading.symbols)
    )


def _tier_cells(assessment: Assessment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cell of every symbol, side and tier, and the accounts of each cell."""
    disclosed = assessment.reading.disclosed
    groups = assessment.reading.figures.groups
    if disclosed is None:
        named = groups[["symbol", "side", "tier"]].assign(
            cell=np.arange(len(groups)), shown_side=groups["side"], low=groups["tier"], high=groups["tier"]
        )
        return named, pd.DataFrame({"accounts": groups["accounts"].to_numpy()}, index=named["cell"])
    ranges = disclosed.tiers.plan.rename(columns={"cell": "tier_range"})
    named = groups[["symbol", "side", "tier"]].merge(ranges, on="tier")
    named = named.assign(shown_side=named["side"] if disclosed.sides_apart else BOTH)
    cells = disclosed.symbols.plan.rename(columns={"side": "shown_side"})
    named = named.merge(cells, on=["tier_range", "shown_side", "symbol"])
    low = named.groupby("tier_range")["tier"].transform("min")
    high = named.groupby("tier_range")["tier"].transform("max")
    named = named.assign(low=low, high=high).drop(columns="tier_range")
    return named, disclosed.symbols.counts.set_index("cell")[["accounts"]]


def _named(frame: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    return frame.merge(names, on=["symbol", "side", "tier"])


def _lines_by_cell(assessment: Assessment, cell_names: pd.DataFrame) -> pd.DataFrame:
    """Sums for the average line and the contribution of each cell; no average of lines of too few accounts."""
    named = _named(_with_factors(assessment), cell_names)
    lines = named.groupby("cell")[["lined", "lined_factor", "contribution"]].sum(min_count=1)
    disclosed = assessment.reading.disclosed
    if disclosed is None:
        return lines
    return lines.assign(lined=lines["lined"].where(lines.index.isin(list(disclosed.averaged))))


def _with_factors(assessment: Assessment) -> pd.DataFrame:
    """Nodes with the price factor of their line: own lines as they are, market lines through the symbol's beta.

    A tier's average line is over lines on the side where its positions lose, and not farther than `FARTHEST_AVERAGED`:
    one leg of a hedge has its line on the other side or at a thousand times the mark, and an average with it says
    nothing.
    """
    nodes = assessment.nodes
    comovement = assessment.reading.profile.comovement
    betas = nodes["symbol"].map({symbol: comovement.beta(symbol) for symbol in nodes["symbol"].unique()}).astype(float)
    move = np.expm1(nodes["distance"])
    factor = np.exp(nodes["distance"]).where(nodes["reading"] != MARKET, (1 + betas * move).clip(lower=0.0))
    sign = np.where(nodes["side"] == "long", -1.0, 1.0)
    adverse = (sign * nodes["distance"] > 0) & (nodes["distance"].abs() <= FARTHEST_AVERAGED)
    lined = nodes["weight"].where(adverse)
    return nodes.assign(lined=lined, lined_factor=lined * factor)


def _one_or_other(names: "pd.Series[str]") -> str:
    found = sorted(set(names))
    return found[0] if len(found) == 1 else OTHER


def tier_label(low: float, high: float) -> str:
    """Range of tiers as text: "10x", or "10-20x" from its lowest to its highest."""
    return f"{low:g}x" if low == high else f"{low:g}-{high:g}x"


def _largest_symbols_first(rows: pd.DataFrame, symbols: tuple[str, ...]) -> pd.DataFrame:
    order = {symbol: place for place, symbol in enumerate(symbols)}
    placed = rows.assign(place=rows["symbol"].map(order).fillna(len(order)))
    return placed.sort_values(["place", "side", "tier_floor"], kind="stable", ignore_index=True).drop(columns="place")


def _over_symbols(assessment: Assessment, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows added up over symbols; accounts with several symbols count once in a published cell."""
    keys = ["tier", "tier_floor", "side"]
    summed = rows.groupby(keys, as_index=False)[["notional_usd", "share", "accounts"]].sum(min_count=1)
    for amounts in (_range_collateral(assessment), _range_contribution(assessment)):
        summed = summed.merge(amounts, on=["tier_floor", "side"], how="left")
    disclosed = assessment.reading.disclosed
    if disclosed is not None:
        floors = disclosed.tiers.plan.groupby("cell")["tier"].min().astype(float)
        counted = disclosed.tier_accounts.assign(tier_floor=disclosed.tier_accounts["tier_range"].map(floors))
        distinct = summed.drop(columns="accounts").merge(counted.drop(columns="tier_range"), on=["tier_floor", "side"])
        summed = distinct[summed.columns]
    return summed.sort_values(["tier_floor", "side"], ignore_index=True)


def _range_collateral(assessment: Assessment) -> pd.DataFrame:
    """Collateral that may be shown by range of tiers and side, and its share of all that is shown.

    A share of the whole would tell the whole, and by difference what is withheld.
    """
    reading = assessment.reading
    names, _ = _tier_cells(assessment)
    keys = ["low", "shown_side"]
    posted = _named(reading.profile.leveraged, names).groupby(keys)["collateral_cents"].sum() / 100
    if reading.disclosed is not None:
        floors = reading.disclosed.tiers.plan.groupby("cell")["tier"].min()
        told = [(floors[number], side) for number, side in reading.disclosed.collateral.ranges]
        posted = posted.where(posted.index.isin(told))
    whole = float(posted.sum())
    shares = posted / whole if whole else posted * math.nan
    table = pd.DataFrame({"collateral_usd": posted, "collateral_share": shares}).reset_index()
    return table.rename(columns={"low": "tier_floor", "shown_side": "side"})


def _range_contribution(assessment: Assessment) -> pd.DataFrame:
    """Contribution that may be shown by range of tiers and side."""
    names, _ = _tier_cells(assessment)
    parts = _named(assessment.nodes, names).groupby(["low", "shown_side"])["contribution"].sum(min_count=1)
    disclosed = assessment.reading.disclosed
    if disclosed is not None:
        floors = disclosed.tiers.plan.groupby("cell")["tier"].min()
        told = [(floors[number], side) for number, side in disclosed.contributions.ranges]
        parts = _told_contribution(parts, told)
    return parts.rename_axis(["tier_floor", "side"]).reset_index()


def _told_contribution(parts: "pd.Series[float]", told: Sequence[object]) -> "pd.Series[float]":
    """Contributions as a report tells them: NaN where withheld, and 0 where what is added is too little to tell."""
    rounded = parts.round(CONTRIBUTION_DECIMALS)
    return rounded.where(rounded.index.isin(told) | (rounded == 0))


def _symbol_mark(assessment: Assessment, symbol: str) -> float:
    """Mark of a symbol, the middle of its range over positions [USD]; NaN for a rest of several symbols."""
    found = assessment.reading.profile.mark_range(symbol)
    return math.nan if found is None else (found[0] + found[1]) / 2


def _mark(assessment: Assessment) -> float | None:
    symbols = assessment.reading.symbols
    return _symbol_mark(assessment, symbols[0]) if len(symbols) == 1 else None


def _hit_curve(assessment: Assessment) -> pd.DataFrame:
    """Expected share touched over volatilities from 0 to twice the larger of the critical and reference volatility."""
    critical = assessment.critical.value
    widest = max(assessment.reference_volatility, critical if math.isfinite(critical) else 0.0) * 2
    volatilities = np.linspace(0.0, widest, CURVE_POINTS)[1:]
    if assessment.nodes.empty or hides_much(assessment):
        return pd.DataFrame({"volatility": volatilities, "share": np.nan})
    shares = hit_curve(assessment.book, volatilities, horizon_days=assessment.settings.horizon_days)
    curve = pd.DataFrame({"volatility": volatilities, "share": shares})
    return curve if assessment.reading.disclosed is None else _at_steps(curve)


def _at_steps(curve: pd.DataFrame) -> pd.DataFrame:
    """One point for each rounded share, in the middle of the volatilities that round to it, and the last point.

    The share there is within a rounding step of the exact one, as at each of these volatilities, and no stairs are
    drawn where there are none.
    """
    rounded = curve.assign(share=curve["share"].round(CURVE_DECIMALS))
    middles = rounded.groupby("share", as_index=False)["volatility"].mean()
    steps = pd.concat([middles, rounded.tail(1)]).drop_duplicates(ignore_index=True)
    return steps[["volatility", "share"]]


def _sensitivity(assessment: Assessment) -> pd.DataFrame:
    """The index under other parameters, to a tenth of a point."""
    table = pd.DataFrame([vars(point) for point in assessment.sensitivity]).round({"iv_index": 1})
    if not hides_much(assessment):
        return table
    return table.assign(iv_index=table["iv_index"].mask((table["parameter"] == _FOLLOWS_LINES) & ~table["is_default"]))
