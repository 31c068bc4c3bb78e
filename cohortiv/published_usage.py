"""A leverage usage as it may be shown: sums over safe cells, and concentration without single accounts in it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.disclosed import BOTH
from cohortiv.assessment.disclosed_usage import UsageCells
from cohortiv.assessment.overlap import AccountOverlap
from cohortiv.disclosure import DisclosureRule
from cohortiv.display import Displayed
from cohortiv.distribution.concentration import STATISTICS, TOPS, Concentration
from cohortiv.distribution.density import LeverageDensity, leverage_density
from cohortiv.distribution.effective import BELOW_EDGES, KNOWN, EffectiveLeverage
from cohortiv.distribution.usage import DIMENSIONS, MEASURES, SHARE_COLUMNS, LeverageUsage
from cohortiv.publication import OTHER, tier_label

#: Decimals of a published Gini coefficient; significant digits of HHI, effective accounts and medians.
GINI_DECIMALS, DIGITS = 2, 2
#: The k largest say nothing of concentration where they are more than this part of the accounts [1].
MOST_OF_ACCOUNTS: Final = 0.5
EFFECTIVE_COLUMNS: Final = (
    "tier", "tier_floor", "state", "effective", "effective_floor", "notional_usd", "share", "positions",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PublishedUsage(Displayed):
    """Frames of a leverage usage that may be shown; missing is what may not.

    Attributes
    ----------
    shares : DataFrame
        `usage.SHARE_COLUMNS`: of tiers the ranges of the report's tables; products and venues with too few accounts
        are "other", and so are symbols whose whole would give a withheld cell away. collateral_usd and its
        share are NaN where one account holds too much of it; the share is of what is shown in the dimension.
    concentration : DataFrame
        statistic (`concentration.STATISTICS`), value, low, high.
    accounts : int
        With leveraged notional.
    history : DataFrame
        as_of, accounts, `concentration.STATISTICS`: earlier snapshots and this one, each by the rule for figures and
        without the share of high leverage, whose tiers are cleared for this one only. NaN throughout for snapshots
        that are withheld.
    effective : DataFrame
        `EFFECTIVE_COLUMNS`: range of declared tiers, state (`effective.STATES`, or "other" for a rest), range of
        effective tiers ("" unless known), notional, its share in the whole [1], positions.
    medians : DataFrame
        `EffectiveLeverage.medians`.
    known_share : float
        Share of notional whose effective leverage is known [1].
    by_capital, by_count : LeverageDensity
        Fitted to the ranges of tiers that are shown.
    overlap : AccountOverlap or None
        How many of the accounts the first snapshot had too; None with one snapshot, or where it may not be told.
    """

    shares: pd.DataFrame
    concentration: pd.DataFrame
    accounts: int
    history: pd.DataFrame
    effective: pd.DataFrame
    medians: pd.DataFrame
    known_share: float
    by_capital: LeverageDensity
    by_count: LeverageDensity
    overlap: AccountOverlap | None = None


def publish_usage(assessment: Assessment) -> PublishedUsage | None:
    """What may be shown of a leverage usage.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    PublishedUsage or None
        None where the reading carries no usage. Where it stays with the analyst (`Disclosed` is None), everything as it
        is. Cohorts that were made up are shown by the same rule.
    """
    usage, cells = assessment.reading.usage, assessment.reading.usage_cells
    if usage is None:
        return None
    if cells is None:
        return _as_it_is(usage)
    shares = _shares(usage, cells)
    figures = published_concentration(usage.concentration, cells.rule, high_told=not _straddled(usage, cells))
    worth = float(figures.set_index("statistic")["value"]["effective_accounts"])
    tiers = shares[shares["dimension"] == "tier"]
    n_count = float(tiers["positions"].sum())
    return PublishedUsage(
        shares=shares,
        concentration=figures,
        accounts=usage.concentration.accounts,
        history=_history(assessment, usage, cells),
        effective=_effective(usage, cells),
        medians=_medians(usage.effective, told=cells.medians_told),
        known_share=_known_share(usage, cells),
        by_capital=_density(tiers, "notional_usd", worth if worth > 0 else float(cells.rule.min_accounts)),
        by_count=_density(tiers, "positions", max(n_count, 1.0)),
        overlap=cells.overlap,
    )


def published_concentration(found: Concentration, rule: DisclosureRule, *, high_told: bool = True) -> pd.DataFrame:
    """Concentration figures that give no single account away.

    Parameters
    ----------
    found : Concentration
    rule : DisclosureRule
    high_told : bool
        Whether `high_leverage_share` is a sum of tiers that are shown.

    Returns
    -------
    DataFrame
        `Concentration.figures`; NaN is withheld.

    Notes
    -----
    The largest account's share is never told. The k largest together are where they are at most half of the
    accounts, k accounts are enough for a cell, nobody dominates them, and the same holds for the accounts beside
    and between those told; their share is rounded to whole percent outward. HHI is a sum of squares in which one
    large account can be nearly all: it is withheld where one dominates it, and rounded to two digits, as is its
    inverse, since who knows all accounts but one could solve for that one. Gini depends on all accounts and their
    order; its two decimals do the same. Bands are rounded like their figures, those of shares outward.
    """
    value = found.figures.set_index("statistic")["value"]
    told = _told(value, accounts=found.accounts, rule=rule) | ({"high_leverage_share"} if high_told else set())
    rows = [
        (name, *(_rounded(str(name), figures) if name in told else (math.nan,) * 3))
        for name, *figures in found.figures.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["statistic", "value", "low", "high"])


def _told(value: "pd.Series[float]", *, accounts: int, rule: DisclosureRule) -> set[str]:
    """Which statistics of some accounts may be told."""
    told = {"gini", *_told_tops(value, accounts=accounts, rule=rule)}
    if value["top_1"] ** 2 <= rule.max_account_share * value["hhi"]:
        told |= {"hhi", "effective_accounts"}
    return told


def _history(assessment: Assessment, usage: LeverageUsage, cells: UsageCells) -> pd.DataFrame:
    """Concentration of every snapshot, as far as it may be told."""
    rows = []
    for row in usage.history.to_dict("records"):
        value = pd.Series({name: float(row[name]) for name in STATISTICS})
        hidden = pd.Timestamp(row["as_of"]).to_pydatetime() in assessment.reading.withheld.snapshots
        told = set() if hidden else _told(value, accounts=int(row["accounts"]), rule=cells.rule)
        shown = {name: _rounded(name, [value[name]] * 3)[0] if name in told else math.nan for name in STATISTICS}
        rows.append({"as_of": row["as_of"], "accounts": math.nan if hidden else row["accounts"]} | shown)
    return pd.DataFrame(rows, columns=usage.history.columns)


def _told_tops(value: "pd.Series[float]", *, accounts: int, rule: DisclosureRule) -> list[str]:
    """Which `top_k` may be told: neither they, nor what lies between or beside them, is a cell that may not be."""
    told: list[str] = []
    rest_share, rest_accounts = 1.0, accounts
    for k in sorted((k for k in TOPS if k > 1), reverse=True):
        share = float(value[f"top_{k}"])
        if k > MOST_OF_ACCOUNTS * accounts:
            continue
        inside = k >= rule.min_accounts and value["top_1"] <= rule.max_account_share * share
        beside = rest_accounts - k >= rule.min_accounts and share / k <= rule.max_account_share * (rest_share - share)
        if inside and beside:
            told.append(f"top_{k}")
            rest_share, rest_accounts = share, k
    return told


def _rounded(statistic: str, figures: Sequence[float]) -> tuple[float, ...]:
    """A figure and the ends of its band, coarse enough to be shown; shares outward to whole percent."""
    if statistic in {"hhi", "effective_accounts"}:
        return tuple(_digits(number) for number in figures)
    if statistic == "gini":
        return tuple(round(number, GINI_DECIMALS) for number in figures)
    value: Callable[[float], int] = round if statistic == "high_leverage_share" else math.ceil
    ends = (value, math.floor, math.ceil)
    return tuple(_percent(share, end) for share, end in zip(figures, ends, strict=True))


def _percent(share: float, end: Callable[[float], int]) -> float:
    """A share to whole percent, up or down; rounding errors of the share don't move it."""
    return min(end(round(share * 100, 9)) / 100, 1.0) if math.isfinite(share) else math.nan


def _digits(number: float) -> float:
    """A number to `DIGITS` significant digits."""
    return float(f"{number:.{DIGITS}g}")


def _straddled(usage: LeverageUsage, cells: UsageCells) -> bool:
    """Whether a range of tiers that is shown lies on both sides of the edge of high leverage."""
    edge = usage.concentration.high_from
    floors = usage.shares.loc[usage.shares["dimension"] == "tier", ["value", "tier_floor"]]
    placed = cells.plan[cells.plan["dimension"] == "tier"].merge(floors, on="value")
    spans = placed.groupby("cell")["tier_floor"].agg(["min", "max"])
    return not math.isfinite(edge) or bool(((spans["min"] < edge) & (spans["max"] >= edge)).any())


def _shares(usage: LeverageUsage, cells: UsageCells) -> pd.DataFrame:
    """`SHARE_COLUMNS` over the cells that may be told."""
    wholes = usage.shares[usage.shares["dimension"] == "product"][["notional_usd", "positions"]].sum()
    table = pd.concat([_by_cell(usage.shares, cells, name) for name in DIMENSIONS], ignore_index=True)
    whole = {**wholes.to_dict(), "accounts": float(usage.concentration.accounts)}
    shares = {share: table[name] / (whole[name] or math.nan) for name, share in MEASURES.items() if name in whole}
    posted = table.groupby("dimension")["collateral_usd"].transform("sum")
    shares["collateral_share"] = table["collateral_usd"] / posted.where(posted > 0)
    return table.assign(**shares)[list(SHARE_COLUMNS)]


def _by_cell(shares: pd.DataFrame, cells: UsageCells, dimension: str) -> pd.DataFrame:
    """Values of one dimension added up to cells; what is in a rest is "other", and the last."""
    plan, counts = (frame[frame["dimension"] == dimension] for frame in (cells.plan, cells.counts))
    placed = shares[shares["dimension"] == dimension].merge(plan, on=["dimension", "value"])
    grouped = placed.groupby("cell", sort=False)
    money = grouped[["notional_usd", "collateral_usd", "positions"]].sum()
    if dimension == "tier":
        low, high = grouped["tier_floor"].min(), grouped["tier_floor"].max()
        names = [tier_label(float(low[cell]), float(high[cell])) for cell in money.index]
    else:
        low = pd.Series(math.nan, index=money.index)
        names = [_cell_name(int(str(cell)), held.tolist()) for cell, held in grouped["value"]]
    table = money.assign(value=pd.array(names, dtype="str"), tier_floor=low, dimension=dimension)
    table = table.join(counts.set_index("cell")[["accounts", "collateral_told"]])
    table["collateral_usd"] = table["collateral_usd"].where(table["collateral_told"].astype(bool))
    return table.assign(last=table.index < 0).sort_values("last", kind="stable")


def _cell_name(cell: int, values: Sequence[str]) -> str:
    """A cell's value; that of longs and shorts together is `BOTH`."""
    if cell < 0:
        return OTHER
    return values[0] if len(values) == 1 else BOTH


def _effective(usage: LeverageUsage, cells: UsageCells) -> pd.DataFrame:
    """`EFFECTIVE_COLUMNS` over the cells that may be told."""
    plan = cells.effective.plan
    if plan.empty:
        return pd.DataFrame(columns=list(EFFECTIVE_COLUMNS))
    counts = cells.effective.counts.merge(cells.effective_positions, on="cell")
    tiers = cells.plan[cells.plan["dimension"] == "tier"]
    declared = tiers.assign(floor=tiers["value"].str.removesuffix("x").astype(float)).groupby("cell")["floor"]
    spans = plan.groupby("cell").agg(
        tier_range=("tier_range", "first"), state=("state", "first"),
        low=("effective_tier", "min"), high=("effective_tier", "max"),
    ).reset_index()  # fmt: skip
    table = spans.merge(counts, on="cell").join(declared.agg(["min", "max"]), on="tier_range")
    told = table["cell"] >= 0
    known = told & (table["state"] == KNOWN)
    labels = [_effective_label(low, high, usage) for low, high in table[["low", "high"]].itertuples(index=False)]
    whole = float(table["notional_cents"].sum())
    table = table.assign(
        tier=[tier_label(low, high) for low, high in table[["min", "max"]].itertuples(index=False)],
        tier_floor=table["min"],
        state=table["state"].where(told, OTHER),
        effective=pd.Series(labels, index=table.index, dtype="str").where(known, ""),
        effective_floor=table["low"].astype(float).where(known),
        notional_usd=table["notional_cents"] / 100,
        share=table["notional_cents"] / (whole or math.nan),
    )
    return table.sort_values(["tier_floor", "state", "effective_floor"], ignore_index=True)[list(EFFECTIVE_COLUMNS)]


def _effective_label(low: int, high: int, usage: LeverageUsage) -> str:
    """Range of effective tiers as text, such as "2-5x" or, from the lowest, "below 3x"."""
    if low != BELOW_EDGES:
        return tier_label(low, high)
    above = [edge for edge in usage.tier_edges if edge > high]
    return f"below {above[0]:g}x" if above else "any"


def _medians(found: EffectiveLeverage, *, told: bool) -> pd.DataFrame:
    """Medians to two digits; those of effective leverage only where accounts enough have one."""
    names = ["declared", "declared_where_known", "effective"]
    rounded = found.medians.assign(**{name: found.medians[name].map(_digits) for name in names})
    return rounded if told else rounded.assign(declared_where_known=math.nan, effective=math.nan)


def _known_share(usage: LeverageUsage, cells: UsageCells) -> float:
    """Share of notional with a known effective leverage; NaN where a rest would be its difference to the whole."""
    return math.nan if (cells.effective.plan["cell"] < 0).any() else usage.effective.known_share


def _density(tiers: pd.DataFrame, column: str, n_effective: float) -> LeverageDensity:
    return leverage_density(tiers["tier_floor"].tolist(), tiers[column].tolist(), n_effective=n_effective)


def _as_it_is(usage: LeverageUsage) -> PublishedUsage:
    """Everything, for the analyst who holds the positions."""
    joint = usage.effective.joint
    known = joint["state"] == KNOWN
    whole = float(joint["notional_usd"].sum())
    labels = [_effective_label(tier, tier, usage) for tier in joint["effective_tier"]]
    effective = joint.assign(
        tier_floor=joint["tier"].astype(float),
        tier=[tier_label(tier, tier) for tier in joint["tier"]],
        effective=pd.Series(labels, index=joint.index, dtype="str").where(known, ""),
        effective_floor=joint["effective_tier"].astype(float).where(known),
        share=joint["notional_usd"] / (whole or math.nan),
    )
    return PublishedUsage(
        shares=usage.shares,
        concentration=usage.concentration.figures,
        accounts=usage.concentration.accounts,
        history=usage.history,
        effective=effective[list(EFFECTIVE_COLUMNS)],
        medians=usage.effective.medians,
        known_share=usage.effective.known_share,
        by_capital=usage.by_capital,
        by_count=usage.by_count,
    )
