"""Today's leverage distribution: shares of collateral, notional, positions and accounts, by capital and by count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cohortiv.distribution.concentration import (
    Concentration,
    account_sizes,
    concentration,
    concentration_history,
    high_edge,
    sizes_by_snapshot,
)
from cohortiv.distribution.density import LeverageDensity, leverage_density
from cohortiv.distribution.effective import EffectiveLeverage, effective_leverage
from cohortiv.profile import LiquidationProfile

#: What leverage usage is told by, in the order of the frame.
DIMENSIONS: Final = ("tier", "side", "product", "symbol", "venue")
#: What is counted, and the column of its share.
MEASURES: Final = {
    "notional_usd": "notional_share",
    "collateral_usd": "collateral_share",
    "positions": "position_share",
    "accounts": "account_share",
}
SHARE_COLUMNS: Final = ("dimension", "value", "tier_floor", *MEASURES, *MEASURES.values())
#: Seed of the bootstrap: the same positions give the same bands.
SEED: Final = 20260218


@dataclass(frozen=True, eq=False)
class LeverageUsage:
    """How one snapshot uses leverage; everything is of leveraged positions in use.

    Attributes
    ----------
    shares : DataFrame
        `SHARE_COLUMNS`: dimension (`DIMENSIONS`), value (text; of a tier "10x"), tier_floor [x; NaN besides tiers],
        notional_usd, collateral_usd, positions, accounts (distinct), and the share of each in the whole [1]. Shares of
        accounts add up to more than 1 where accounts have positions in several values. Tiers rise, other values
        fall by notional.
    concentration : Concentration
    history : DataFrame
        From `concentration.concentration_history`: this snapshot and the earlier ones of the source that were read.
    effective : EffectiveLeverage
    by_capital, by_count : LeverageDensity
        Density of log leverage, each tier counting by its notional or by its number of positions.
    tier_edges : tuple of int
        Lowest leverage of each tier [x].
    estimated_collateral_share : float
        Share of collateral that is not known: notional over declared leverage stands in [1]; NaN without collateral.
    """

    shares: pd.DataFrame
    concentration: Concentration
    history: pd.DataFrame
    effective: EffectiveLeverage
    by_capital: LeverageDensity
    by_count: LeverageDensity
    tier_edges: tuple[int, ...]
    estimated_collateral_share: float


def leverage_usage(
    profile: LiquidationProfile,
    held: ir.Table,
    positions: ir.Table,
    *,
    past: ir.Table,
    tier_edges: Sequence[int],
    one_each: bool = False,
) -> LeverageUsage:
    """Reduce one snapshot to its leverage usage.

    Parameters
    ----------
    profile : LiquidationProfile
        The snapshot.
    held : ibis Table
        From `profile.leveraged_positions`, the same snapshot.
    positions : ibis Table
        From `effective.effective_positions`, the same snapshot.
    past : ibis Table
        Binned lines of all snapshots that were read, this one among them.
    tier_edges : sequence of int
        Lowest leverage of each tier, rising from 1 [x].
    one_each : bool
        Whether it is known that every account has one position: then nothing is grouped by account but the history.

    Returns
    -------
    LeverageUsage
        Empty frames and NaN where nothing is leveraged.
    """
    edges = tuple(int(edge) for edge in tier_edges)
    start = high_edge(edges)
    sizes = account_sizes(held, high_from=start, one_each=one_each)
    found = concentration(sizes, np.random.default_rng(SEED), high_from=start)
    shares = usage_shares(profile, None if one_each else _accounts(held), accounts=found.accounts)
    tiers = shares[shares["dimension"] == "tier"].set_index("tier_floor")
    posted = profile.leveraged[["collateral_cents", "estimated_cents"]].sum()
    return LeverageUsage(
        shares=shares,
        concentration=found,
        history=concentration_history(sizes_by_snapshot(past, high_from=start), high_from=start),
        effective=effective_leverage(positions),
        by_capital=_density(tiers["notional_usd"], edges, n_effective=found.value("effective_accounts")),
        by_count=_density(tiers["positions"], edges, n_effective=float(tiers["positions"].sum())),
        tier_edges=edges,
        estimated_collateral_share=float(posted["estimated_cents"] / (posted["collateral_cents"] or np.nan)),
    )


def usage_shares(profile: LiquidationProfile, by_value: pd.DataFrame | None, *, accounts: int) -> pd.DataFrame:
    """Shares by tier, side, product, symbol and venue.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    by_value : DataFrame or None
        dimension, value, accounts: distinct accounts; None where every account has one position.
    accounts : int
        Distinct accounts altogether.

    Returns
    -------
    DataFrame
        `LeverageUsage.shares`.
    """
    cells = profile.leveraged
    parts = [_by_dimension(cells, dimension) for dimension in DIMENSIONS]
    table = pd.concat(parts, ignore_index=True)
    if by_value is None:
        table["accounts"] = table["positions"]
    else:
        table = table.merge(by_value, on=["dimension", "value"], how="left")
    wholes = {name: float(cells[_COLUMN[name]].sum()) / _UNIT[name] for name in _COLUMN} | {"accounts": accounts}
    shares = {share: table[name] / (wholes[name] or np.nan) for name, share in MEASURES.items()}
    whole_numbers = {"positions": "int64", "accounts": "int64"}
    return table.assign(**shares).astype(whole_numbers)[list(SHARE_COLUMNS)]


_COLUMN: Final = {"notional_usd": "notional_cents", "collateral_usd": "collateral_cents", "positions": "positions"}
_UNIT: Final = {"notional_usd": 100, "collateral_usd": 100, "positions": 1}


def _by_dimension(cells: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Money and positions by the values of one dimension; tiers rising, others falling by notional."""
    summed = cells.groupby(dimension)[list(_COLUMN.values())].sum().reset_index()
    is_tier = dimension == "tier"
    summed = summed.sort_values(dimension if is_tier else "notional_cents", ascending=is_tier, kind="stable")
    money = {name: summed[column] / _UNIT[name] for name, column in _COLUMN.items()}
    floor = summed[dimension].astype(float) if is_tier else np.nan
    return pd.DataFrame(
        {"dimension": dimension, "value": value_names(summed[dimension]), "tier_floor": floor, **money}
    ).astype({"dimension": "str", "tier_floor": "float64"})


def value_names(values: "pd.Series[int] | pd.Series[str]") -> "pd.Series[str]":
    """Values of a dimension as text: tiers, which are numbers, as "10x"."""
    return values.map(lambda value: value if isinstance(value, str) else f"{value:g}x").astype("str")


def _accounts(held: ir.Table) -> pd.DataFrame:
    """Distinct accounts by dimension and value."""
    parts = []
    for dimension in DIMENSIONS:
        grouped = held.group_by(value=held[dimension]).aggregate(accounts=held.account_id.nunique())
        frame: pd.DataFrame = grouped.to_pyarrow().to_pandas()
        parts.append(frame.assign(dimension=dimension, value=value_names(frame["value"])))
    return pd.concat(parts, ignore_index=True)


def _density(masses: "pd.Series[float]", edges: Sequence[int], *, n_effective: float) -> LeverageDensity:
    """Density over all tiers, also those that hold nothing."""
    return leverage_density(edges, masses.reindex(list(edges), fill_value=0.0).tolist(), n_effective=n_effective)
