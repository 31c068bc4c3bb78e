"""The pass grouped by account: what the index's interval, the privacy rules and the largest positions need.

Only small results leave the engine, and no account id does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from cohortiv.liquidation import LINE, MARKET, UNLEVERAGED
from cohortiv.materialise import materialise
from cohortiv.positions import ControlTotals
from cohortiv.schema import USED

#: Width of the ladder's steps: simple move from the mark to the line [1].
LADDER_STEP = 0.02
#: Ladder steps beyond this many, on either side, are drawn together: -100 % and +100 %.
LADDER_REACH = 50
#: Size classes for the largest positions are this wide in ln(notional).
SIZE_STEP = 0.01
#: Weights of the Gram matrix are whole multiples of (total / 2**26), so that its sums are exact in 64 bits.
GRAM_BITS = 26

NODE = ("kappa_symbol", "state", "bin", "second_bin")


@dataclass(frozen=True, eq=False)
class AccountFigures:
    """What one pass by account tells about the leveraged positions of one snapshot.

    Attributes
    ----------
    accounts, margin_units : int
        Distinct accounts, and margin units (isolated positions, and accounts with cross positions on a venue).
    groups : DataFrame
        symbol, side, tier, accounts, largest_cents: the largest account's notional in the group.
    sizes : DataFrame
        `NODE`, size (number of `SIZE_STEP`), notional_cents.
    gram : DataFrame
        first, second (row numbers of `nodes`), value [cents**2]: sums over accounts of products of notional; each
        unordered pair once.
    nodes : DataFrame
        `NODE`: what the Gram matrix's rows stand for.
    kappa_names : mapping of str to str
        The symbol under whose name a symbol's nodes are kept: the first with the same kappa.
    """

    accounts: int
    margin_units: int
    groups: pd.DataFrame
    sizes: pd.DataFrame
    gram: pd.DataFrame
    nodes: pd.DataFrame
    kappa_names: Mapping[str, str]


def leveraged_positions(lines: ir.Table, kappas: Mapping[str, float]) -> ir.Table:
    """Leveraged positions in use, with what is grouped by, kept in the engine for the passes by account.

    Parameters
    ----------
    lines : ibis Table
        From `cells.binned`, one snapshot; rows not in use or out of scope have a reason.
    kappas : mapping of str to float
        Relative volatility of every symbol in the table; symbols with the same share a node.

    Returns
    -------
    ibis Table
        account_id, venue, symbol, side, tier, margin_mode, notional_cents, reason, ratio, second_ratio, `NODE`, and
        `step`: number of `LADDER_STEP` from the mark to the line.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    *others, last = _by_kappa(kappas)
    named = [(held.symbol.isin(names), names[0]) for names in others]
    kappa_symbol = ibis.cases((held.reading == MARKET, ""), *named, else_=last[0])
    steps = ibis.ifelse(held.state == LINE, ((held.ratio - 1) / LADDER_STEP).floor(), 0)
    held = held.mutate(
        kappa_symbol=kappa_symbol,
        bin=ibis.coalesce(held.bin, 0),
        second_bin=ibis.coalesce(held.second_bin, 0),
        step=ibis.greatest(ibis.least(steps, LADDER_REACH), -LADDER_REACH).cast("int16"),
    )
    return materialise(
        held.select(
            "account_id", "venue", "symbol", "side", "tier", "margin_mode", "notional_cents",
            "collateral_cents", "step", *NODE, "reason", "ratio", "second_ratio",
        )
    )  # fmt: skip


def _by_kappa(kappas: Mapping[str, float]) -> list[list[str]]:
    """Symbols with the same relative volatility, together."""
    by_kappa: dict[float, list[str]] = {}
    for symbol, kappa in kappas.items():
        by_kappa.setdefault(kappa, []).append(symbol)
    return list(by_kappa.values())


def account_figures(held: ir.Table, kappas: Mapping[str, float]) -> AccountFigures:
    """Group the leveraged positions in use by account and more.

    Parameters
    ----------
    held : ibis Table
        From `leveraged_positions`.
    kappas : mapping of str to float
        The same as there.
    """
    totals = held.aggregate(
        accounts=held.account_id.nunique(),
        isolated=(held.margin_mode == "isolated").sum(),
        notional=held.notional_cents.sum().cast("float64"),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    cross = held.filter(held.margin_mode == "cross").select("account_id", "venue").distinct().count().to_pyarrow()
    nodes, gram = _gram(held, float(totals["notional"] or 0.0))
    return AccountFigures(
        accounts=int(totals["accounts"]),
        margin_units=int(totals["isolated"] or 0) + int(cross.as_py()),
        groups=_largest(held, ["symbol", "side", "tier"]),
        sizes=_sizes(held),
        gram=gram,
        nodes=nodes,
        kappa_names={symbol: names[0] for names in _by_kappa(kappas) for symbol in names},
    )


def margin_units_by_snapshot(lines: ir.Table) -> dict[datetime, int]:
    """Leveraged margin units of every snapshot: isolated positions, and accounts with cross positions on a venue.

    Parameters
    ----------
    lines : ibis Table
        From `cells.binned`, any number of snapshots.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    alone = held.filter(held.margin_mode != "cross")
    crossed = held.filter(held.margin_mode == "cross").select("as_of", "account_id", "venue").distinct()
    counts = [table.group_by("as_of").aggregate(units=table.count()) for table in (alone, crossed)]
    units: dict[datetime, int] = {}
    for row in [row for table in counts for row in table.to_pyarrow().to_pylist()]:
        units[row["as_of"]] = units.get(row["as_of"], 0) + int(row["units"])
    return units


def _largest(held: ir.Table, keys: list[str]) -> pd.DataFrame:
    """Notional, distinct accounts and the largest account's notional of every group."""
    by_account = held.group_by([*keys, "account_id"]).aggregate(own=held.notional_cents.sum())
    grouped = by_account.group_by(keys).aggregate(
        notional_cents=by_account.own.sum(), accounts=by_account.count(), largest_cents=by_account.own.max()
    )
    return _whole(grouped.to_pyarrow().to_pandas()).sort_values(keys, ignore_index=True)


def _sizes(held: ir.Table) -> pd.DataFrame:
    sized = held.mutate(size=(ibis.greatest(held.notional_cents, 1).ln() / SIZE_STEP).floor().cast("int32"))
    grouped = sized.group_by([*NODE, "size"]).aggregate(notional_cents=sized.notional_cents.sum())
    return _whole(grouped.to_pyarrow().to_pandas()).sort_values(["size", *NODE], ignore_index=True)


def _gram(held: ir.Table, total_cents: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Products of notional of the nodes that share accounts, in whole multiples of a quantum, so exact."""
    nodes = held.select(*NODE).distinct().to_pyarrow().to_pandas().sort_values(list(NODE), ignore_index=True)
    empty = pd.DataFrame({"first": [], "second": [], "value": []})
    if nodes.empty or total_cents <= 0:
        return nodes, empty
    quantum = total_cents / 2**GRAM_BITS
    keys = ibis.memtable(pa.Table.from_pandas(nodes.assign(node=np.arange(len(nodes))), preserve_index=False))
    numbered = held.inner_join(keys, list(NODE))
    by_account = numbered.group_by(["account_id", "node"]).aggregate(cents=numbered.notional_cents.sum())
    share = (by_account.cents / quantum).round().cast("int64")
    by_account = materialise(by_account.select("account_id", "node", w=share))
    own = by_account.group_by(first=by_account.node, second=by_account.node)
    parts = [own.aggregate(value=(by_account.w * by_account.w).sum()), _shared(by_account)]
    summed = pd.concat([part.to_pyarrow().to_pandas() for part in parts])
    gram = summed.sort_values(["first", "second"], ignore_index=True)
    return nodes, gram.assign(value=gram["value"].astype("float64") * quantum**2)


def _shared(by_account: ir.Table) -> ir.Table:
    """Products of pairs of different nodes; accounts on one node only, most of them as a rule, stay out of the join."""
    spread = by_account.group_by("account_id").aggregate(low=by_account.node.min(), high=by_account.node.max())
    several = by_account.semi_join(spread.filter(spread.low < spread.high), "account_id")
    other = several.view()
    paired = several.inner_join(
        other, [several.account_id == other.account_id, several.node < other.node], rname="{name}_2"
    )
    return paired.group_by(first=paired.node, second=paired.node_2).aggregate(value=(paired.w * paired.w_2).sum())


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers as float64 (exact for whole cents), text as text."""
    numbers = [name for name in frame.columns if name.endswith("_cents")]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def used_totals(lines: ir.Table) -> ControlTotals:
    """Rows, accounts and notional that come out of the lines, to be held against what was read.

    Parameters
    ----------
    lines : ibis Table
        A line table, excluded and out-of-scope rows included.
    """
    values: dict[str, Any] = (
        lines.aggregate(
            rows=lines.count(),
            accounts=lines.account_id.nullif("").nunique(),
            notional=lines.notional_cents.sum().cast("float64"),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    return ControlTotals(values["rows"], values["accounts"], int(values["notional"] or 0))
