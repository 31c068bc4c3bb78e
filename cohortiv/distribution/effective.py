"""Effective leverage, notional over equity, beside the declared multiplier, which of a cross account is a setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cohortiv.materialise import materialise
from cohortiv.schema import DUPLICATE, USED, notional_usd

#: What is known of a position's effective leverage.
KNOWN, UNDER_WATER, UNKNOWN = "known", "no equity left", "collateral unknown"
STATES: Final = (KNOWN, UNDER_WATER, UNKNOWN)
#: Effective tier of a leverage below the lowest edge, and of one that is not known.
BELOW_EDGES, NO_TIER = 0, -1
#: Classes of leverage for the medians are this wide in ln(leverage).
CLASS_STEP: Final = 0.01

_UNIT: Final = ("account_id", "venue")
_POSITION: Final = (*_UNIT, "symbol", "side", "product", "margin_mode")


@dataclass(frozen=True, eq=False)
class EffectiveLeverage:
    """Declared against effective leverage of the leveraged positions of one snapshot.

    Attributes
    ----------
    joint : DataFrame
        tier (declared), state (`STATES`), effective_tier (a tier edge; `BELOW_EDGES`, or `NO_TIER` unless the state is
        `KNOWN`), notional_usd, positions.
    medians : DataFrame
        weighting ("capital", "count"), declared [x]: over all; declared_where_known, effective [x]: over positions
        whose effective leverage is known. NaN over none.
    states : DataFrame
        state, notional_usd, positions, notional_share, position_share [1].
    """

    joint: pd.DataFrame
    medians: pd.DataFrame
    states: pd.DataFrame

    @property
    def known_share(self) -> float:
        """Share of leveraged notional whose effective leverage is known [1]; NaN where nothing is leveraged."""
        return float(self.states.set_index("state")["notional_share"][KNOWN])


def effective_positions(held: ir.Table, rows: ir.Table, *, tier_edges: Sequence[int]) -> ir.Table:
    """Leveraged positions in use with declared and effective tier, kept in the engine.

    Parameters
    ----------
    held : ibis Table
        From `profile.leveraged_positions`, one snapshot: which positions count.
    rows : ibis Table
        Contract columns and `reason` of the same snapshot, all of it: a cross account's equity stands behind all of its
        positions on a venue, also behind those of other symbols.
    tier_edges : sequence of int
        Lowest leverage of each tier, rising from 1 [x].

    Returns
    -------
    ibis Table
        account_id, notional_cents, tier, state, effective_tier, declared, effective [x; null unless known].

    Notes
    -----
    equity = collateral after haircut + unrealised profit; effective leverage = notional / equity of the margin unit,
    notional without regard to the side. Isolated positions without a margin have the contract's: notional at entry over
    declared leverage. A cross unit without wallet balance, or with a row that could not be read, is `UNKNOWN`; one
    whose equity is not above 0 is `UNDER_WATER`.
    """
    money = _money(rows.filter(rows.reason != DUPLICATE))
    units = _units(money)
    chosen = money.filter((money.reason == USED) & (money.leverage > 1)).semi_join(held, list(_POSITION))
    joined = chosen.left_join(units, list(_UNIT), rname="unit_{name}")
    cross = joined.margin_mode == "cross"
    equity = ibis.ifelse(cross, joined.unit_equity, joined.equity)
    size = ibis.ifelse(cross, joined.unit_size, joined["size"])
    state = ibis.cases((cross & ~joined.unit_known, UNKNOWN), (equity > 0, KNOWN), else_=UNDER_WATER)
    effective = ibis.ifelse(state == KNOWN, size / equity, ibis.null("float64"))
    return materialise(
        joined.select(
            "account_id",
            notional_cents=(joined["size"] * 100).round().cast("int64"),
            tier=_tier(joined.leverage, tier_edges),
            state=state,
            effective_tier=ibis.coalesce(_tier(effective, tier_edges), NO_TIER),
            declared=joined.leverage,
            effective=effective,
        )
    )


def _money(rows: ir.Table) -> ir.Table:
    """Notional and equity of each row by itself [USD]; a cross row's equity is what it adds to its unit's."""
    inverse, used = rows.contract == "inverse", rows.reason == USED
    sign = ibis.ifelse(rows.side == "long", 1.0, -1.0)
    entry = ibis.ifelse(inverse, rows.quantity, rows.quantity * rows.entry_price)
    gain = ibis.ifelse(inverse, rows.mark_price / rows.entry_price - 1, 1 - rows.entry_price / rows.mark_price)
    own = rows.margin * rows.collateral_price * (1 - rows.haircut)
    assumed = ibis.ifelse(rows.margin_mode == "cross", 0.0, entry / rows.leverage * (1 - rows.haircut))
    size = notional_usd(rows)
    return rows.select(
        *_POSITION,
        "reason",
        "leverage",
        size=ibis.ifelse(used, size, 0.0),
        equity=ibis.ifelse(used, ibis.coalesce(own, assumed) + sign * size * gain, 0.0),
        posted=ibis.coalesce(used & (rows.margin >= 0), False),
    )


def _units(money: ir.Table) -> ir.Table:
    """Notional and equity of each cross unit, summed in whole millionths of a cent, and whether they are known."""
    cross = money.filter(money.margin_mode == "cross")
    return cross.group_by(list(_UNIT)).aggregate(
        unit_size=_exact_sum(cross["size"]),
        unit_equity=_exact_sum(cross.equity),
        unit_known=cross.posted.any() & (cross.reason == USED).all(),
    )


def _exact_sum(usd: ir.Value) -> ir.Value:
    """Sum of money that doesn't depend on the order of rows [USD]."""
    return (usd * 1e8).round().cast("decimal(38, 0)").sum().cast("float64") / 1e8


def _tier(leverage: ir.Value, tier_edges: Sequence[int]) -> ir.Value:
    """Largest tier edge <= leverage, `BELOW_EDGES` where none is; null stays null."""
    reached = [(leverage >= edge, edge) for edge in reversed(tier_edges)]
    return ibis.ifelse(leverage >= 0, ibis.cases(*reached, else_=BELOW_EDGES), ibis.null("int16")).cast("int16")


def effective_leverage(positions: ir.Table) -> EffectiveLeverage:
    """Reduce `effective_positions` to tables of tiers and medians.

    Parameters
    ----------
    positions : ibis Table
        From `effective_positions`.

    Returns
    -------
    EffectiveLeverage
        Without rows in `joint`, and NaN in the rest, where nothing is leveraged.

    Notes
    -----
    A median is the mean leverage of the class, `CLASS_STEP` wide, in which half of the notional or of the positions is
    reached: off by at most 1 %, and exact where a class holds one multiplier only.
    """
    sums: dict[str, Any] = {
        "notional_usd": positions.notional_cents.sum().cast("float64") / 100, "positions": positions.count()
    }  # fmt: skip
    keys = ["tier", "state", "effective_tier"]
    joint = positions.group_by(keys).aggregate(**sums).to_pyarrow().to_pandas().sort_values(keys, ignore_index=True)
    states = joint.groupby("state")[["notional_usd", "positions"]].sum().reindex(list(STATES), fill_value=0)
    whole = states.sum()
    states = states.assign(
        notional_share=states["notional_usd"] / (whole["notional_usd"] or np.nan),
        position_share=states["positions"] / (whole["positions"] or np.nan),
    )
    known = positions.filter(positions.state == KNOWN)
    by_class = {
        "declared": _by_class(positions, "declared"),
        "declared_where_known": _by_class(known, "declared"),
        "effective": _by_class(known, "effective"),
    }
    medians = [
        {"weighting": weighting} | {name: _median(table, weight) for name, table in by_class.items()}
        for weighting, weight in (("capital", "notional_cents"), ("count", "positions"))
    ]
    return EffectiveLeverage(joint, pd.DataFrame(medians), states.reset_index())


def _by_class(known: ir.Table, name: str) -> pd.DataFrame:
    """Mean leverage, notional and number of positions of each class of declared or effective leverage, rising."""
    leverage = known[name]
    placed = known.mutate(place=(leverage.ln() / CLASS_STEP).floor().cast("int64"), part=(leverage * 1e9).round())
    grouped = placed.group_by("place").aggregate(
        total=placed.part.cast("decimal(38, 0)").sum().cast("float64") / 1e9,
        notional_cents=placed.notional_cents.sum().cast("float64"),
        positions=placed.count(),
    )
    frame: pd.DataFrame = grouped.to_pyarrow().to_pandas()
    return frame.assign(leverage=frame["total"] / frame["positions"]).sort_values("place", ignore_index=True)


def _median(classes: pd.DataFrame, weight: str) -> float:
    """Leverage of the class in which half of the weight is reached; NaN without classes."""
    running = classes[weight].cumsum()
    reached = classes.loc[running >= running.iloc[-1] / 2, "leverage"] if len(classes) else classes["leverage"]
    return float(reached.iloc[0]) if len(reached) else float("nan")
