"""The pass grouped by account: what the index's interval, the privacy rules and the largest positions need.

Only small results leave the engine, and no account id does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import LINE, MARKET, UNLEVERAGED
from cohortiv.materialise import materialise
from cohortiv.positions import ControlTotals
from cohortiv.profile.liquidation_profile import LiquidationProfile
from cohortiv.schema import USED

#: Width of the ladder's steps: simple move from the mark to the line [1].
LADDER_STEP = 0.02
#: Ladder steps beyond this many, on either side, are drawn together: -100 % and +100 %.
LADDER_REACH = 50
#: Size classes for the largest positions are this wide in ln(notional).
SIZE_STEP = 0.01
#: Weights of the Gram matrix are whole multiples of (total / 2**26), so that its sums are exact in 64 bits.
GRAM_BITS = 26

#: Accounts with this many positions at most are paired without a join.
FEW = 2

#: Whose accounts are counted.
GROUP = ("symbol", "side", "tier")
NODE = ("kappa_symbol", "state", "bin", "second_bin")
#: A node's number in the engine holds its kappa, state and bins one after the other: 3 states and 16 bits a bin.
STATES, BINS = 4, 1 << 16


@dataclass(frozen=True, eq=False)
class AccountFigures:
    """What one pass by account tells about the leveraged positions of one snapshot.

    Attributes
    ----------
    accounts, margin_units : int
        Distinct accounts, and margin units (isolated positions, and accounts with cross positions on a venue).
    groups : DataFrame
        symbol, side, tier, notional_cents, accounts.
    sizes : DataFrame
        node (row number of `nodes`), size (number of `SIZE_STEP`), notional_cents.
    gram : DataFrame
        first, second (row numbers of `nodes`), value [cents**2]: sums over accounts of products of notional; each
        unordered pair once.
    nodes : DataFrame
        `NODE`: groups of positions whose lines lie together; `number` stands for each in the engine.
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


def leveraged_positions(
    lines: ir.Table, kappas: Mapping[str, float], *, betas: Mapping[str, float] | None = None
) -> ir.Table:
    """Leveraged positions in use, with what is grouped by, for the passes by account.

    Parameters
    ----------
    lines : ibis Table
        From `cells.binned`, one snapshot; rows not in use or out of scope have a reason. Best kept in the engine
        (`cells.kept`): each pass computes again what is not.
    kappas : mapping of str to float
        Relative volatility of every symbol in the table; symbols with the same share a node.
    betas : mapping of str to float, optional
        Sensitivity of every symbol in the table, where it is read as a whole; without, a symbol's move is the market's.

    Returns
    -------
    ibis Table
        account_id, venue, symbol, product, side, tier, margin_mode, notional_cents, collateral_cents, reason, state,
        bin, second_bin, ratio, second_ratio, `node`: number that stands for `NODE`, `step`: number of `LADDER_STEP`
        from the mark to the line, and `market_step`: the same for the move of the market that takes the price there.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    move = held.ratio - 1
    held = held.mutate(
        kappa=_kappa_number(held, _alike(kappas)),
        bin=ibis.coalesce(held.bin, 0),
        second_bin=ibis.coalesce(held.second_bin, 0),
        step=_step(held, move),
        market_step=_step(held, move if betas is None else move / _beta(held, betas)),
    )
    of_line = (held.kappa * STATES + held.state) * BINS + (held.bin + BINS // 2)
    return held.select(
        "account_id", "venue", "symbol", "product", "side", "tier", "margin_mode", "notional_cents", "collateral_cents",
        "step", "market_step", "state", "bin", "second_bin", "reason", "ratio", "second_ratio",
        node=of_line * BINS + (held.second_bin + BINS // 2),
    )  # fmt: skip


def _step(held: ir.Table, move: ir.Value) -> ir.Value:
    """Ladder step of a simple move, 0 without a line; moves that have no number are beyond the last."""
    beyond = ibis.ifelse(held.ratio < 1, -LADDER_REACH, LADDER_REACH)
    steps = ibis.coalesce((move / LADDER_STEP).floor(), beyond)
    near = ibis.greatest(ibis.least(steps, LADDER_REACH), -LADDER_REACH)
    return ibis.ifelse(held.state == LINE, near, 0).cast("int16")


def _beta(held: ir.Table, betas: Mapping[str, float]) -> ir.Value:
    """What a simple return of the symbol is divided by for the market's; null where the market doesn't move it."""
    *others, last = _alike(betas)
    named = [(held.symbol.isin(names), betas[names[0]]) for names in others]
    beta = ibis.cases((held.reading == MARKET, 1.0), *named, else_=betas[last[0]])
    return beta.cast("float64").nullif(0.0)


def _kappa_number(held: ir.Table, by_kappa: Sequence[Sequence[str]]) -> ir.Value:
    """Number of a position's kappa, from 1; 0 for market lines, whose kappa is 1 whatever the symbol."""
    numbered = [(held.symbol.isin(names), number) for number, names in enumerate(by_kappa, 1)]
    numbers = ibis.cases((held.reading == MARKET, 0), *numbered[:-1], else_=len(by_kappa))
    return numbers.cast("int64")


def _alike(values: Mapping[str, float]) -> list[list[str]]:
    """Symbols with the same value, together."""
    alike: dict[float, list[str]] = {}
    for symbol, value in values.items():
        alike.setdefault(value, []).append(symbol)
    return list(alike.values())


def account_figures(
    held: ir.Table, kappas: Mapping[str, float], *, profile: LiquidationProfile | None = None, one_each: bool = False
) -> AccountFigures:
    """Group the leveraged positions in use by account and more.

    Parameters
    ----------
    held : ibis Table
        From `leveraged_positions`.
    kappas : mapping of str to float
        The same as there.
    profile : LiquidationProfile, optional
        Of the same positions, where it is known that no account has two of one symbol, side and tier: its cells then
        count the accounts of each group.
    one_each : bool
        Whether it is known that every account has one position: then nothing is grouped by account.
    """
    by_kappa = _alike(kappas)
    groups = _counted(held) if profile is None else _groups_of(profile)
    quantum = max(float(groups["notional_cents"].sum()), 1.0) / 2**GRAM_BITS
    sizes = _sizes(held, quantum if one_each else None)
    shared = _own_squares(sizes) if one_each else _shared(held, quantum)
    nodes = _nodes(sizes["node"].to_numpy(dtype=np.int64), ["", *(symbols[0] for symbols in by_kappa)])
    gram = _placed(shared.gram, nodes, ["first", "second"]).sort_values(["first", "second"], ignore_index=True)
    return AccountFigures(
        accounts=shared.accounts,
        margin_units=shared.accounts if one_each else _margin_units(held),
        groups=groups,
        sizes=_placed(sizes, nodes, ["node"])[["node", "size", "notional_cents"]]
        .sort_values(["size", "node"], ignore_index=True),
        gram=gram.assign(value=gram["value"].astype("float64") * quantum**2),
        nodes=nodes.reset_index(names="number"),
        kappa_names={symbol: symbols[0] for symbols in by_kappa for symbol in symbols},
    )  # fmt: skip


def _margin_units(held: ir.Table) -> int:
    """Isolated positions, and accounts with cross positions on a venue."""
    counted = held.aggregate(crossed=(held.margin_mode == "cross").sum(), positions=held.count())
    crossed, positions = (int(value or 0) for value in counted.to_pyarrow().to_pylist()[0].values())
    if not crossed:
        return positions
    units = held.filter(held.margin_mode == "cross").select("account_id", "venue").distinct().count()
    return positions - crossed + int(units.to_pyarrow().as_py())


def margin_units_by_snapshot(lines: ir.Table) -> dict[datetime, int]:
    """Leveraged margin units of every snapshot: isolated positions, and accounts with cross positions on a venue.

    Parameters
    ----------
    lines : ibis Table
        From `cells.binned`, any number of snapshots.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    alone = held.filter(held.margin_mode != "cross").select("as_of")
    crossed = held.filter(held.margin_mode == "cross").select("as_of", "account_id", "venue").distinct()
    units = ibis.union(alone, crossed.select("as_of"), distinct=False)
    counts = units.group_by("as_of").aggregate(units=units.count()).to_pyarrow().to_pylist()
    return {row["as_of"]: int(row["units"]) for row in counts}


def _counted(held: ir.Table) -> pd.DataFrame:
    """Notional and distinct accounts of every group."""
    counted = held.group_by(list(GROUP)).aggregate(
        notional_cents=held.notional_cents.sum().cast("float64"), accounts=held.account_id.nunique()
    )
    frame: pd.DataFrame = counted.to_pyarrow().to_pandas().astype({"tier": "int64"})
    return frame.sort_values(list(GROUP), ignore_index=True)


def _groups_of(profile: LiquidationProfile) -> pd.DataFrame:
    """The same from cells in which every position is of another account."""
    counted = profile.leveraged.groupby(list(GROUP), as_index=False)[["notional_cents", "positions"]].sum()
    return counted.astype({"positions": "int64"}).rename(columns={"positions": "accounts"})


def _sizes(held: ir.Table, quantum: float | None) -> pd.DataFrame:
    """Positions, notional and, with a quantum, its squares by size class and node, under the engine's numbers."""
    cents = held.notional_cents
    sums = {"positions": held.count(), "notional_cents": cents.sum().cast("float64")}
    if quantum is not None:
        whole = _whole(cents, quantum)
        sums["square"] = (whole * whole).sum().cast("int64")
    size = (ibis.greatest(cents, 1).ln() / SIZE_STEP).floor().cast("int32")
    frame: pd.DataFrame = held.group_by(node=held.node, size=size).aggregate(**sums).to_pyarrow().to_pandas()
    return frame


def _whole(cents: ir.Value, quantum: float) -> ir.Value:
    """Notional in whole multiples of a quantum, so that sums of products are exact."""
    return (cents.cast("float64") / quantum).round().cast("int64")


def _nodes(numbers: npt.NDArray[np.int64], names: Sequence[str]) -> pd.DataFrame:
    """`NODE` of the engine's numbers, which are the index; each once, sorted."""
    index = pd.Index(np.unique(numbers))
    rest, second = np.divmod(index.to_numpy(), BINS)
    rest, first = np.divmod(rest, BINS)
    kappa, state = np.divmod(rest, STATES)
    columns = {"state": state, "bin": first - BINS // 2, "second_bin": second - BINS // 2}
    symbols = pd.array([names[number] for number in kappa], dtype="str")
    frame = pd.DataFrame({"kappa_symbol": symbols, **columns}, index=index)
    return frame.sort_values(list(NODE))


def _placed(frame: pd.DataFrame, nodes: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A frame with row numbers of `nodes` in place of the engine's; the lower of two comes first."""
    place = pd.Series(np.arange(len(nodes)), index=nodes.index, dtype="int64")
    numbers = np.sort(np.column_stack([place.loc[frame[name]] for name in columns]), axis=1)
    return frame.assign(**{name: numbers[:, i] for i, name in enumerate(columns)})


@dataclass(frozen=True, eq=False)
class _Shared:
    """What is shared between nodes: accounts in all, and first, second, value by the engine's numbers of nodes."""

    accounts: int
    gram: pd.DataFrame


def _own_squares(sizes: pd.DataFrame) -> _Shared:
    """Where every account has one position, it is on one node only."""
    squares = sizes.groupby("node", as_index=False)["square"].sum()
    gram = pd.DataFrame({"first": squares["node"], "second": squares["node"], "value": squares["square"]})
    return _Shared(int(sizes["positions"].sum()), gram)


def _shared(held: ir.Table, quantum: float) -> _Shared:
    """Products of notional of the nodes that share accounts, in whole multiples of a quantum squared.

    One grouping settles accounts with up to two positions, most of them as a rule; only the others are paired by a
    join.
    """
    pairs = _pairs(held, quantum).to_pyarrow().to_pandas()
    low, high = pairs["low"], pairs["high"]
    parts = [
        pd.DataFrame({"first": first, "second": second, "value": pairs[name]})[pairs["few"] & wanted]
        for first, second, name, wanted in (
            (low, low, "low_square", True), (high, high, "high_square", low < high), (low, high, "product", low < high)
        )
    ]  # fmt: skip
    parts += [] if pairs["few"].all() else _joined(held, quantum)
    gram = pd.concat(parts).groupby(["first", "second"], as_index=False)["value"].sum()
    return _Shared(int(pairs["accounts"].sum()), gram)


def _pairs(held: ir.Table, quantum: float) -> ir.Table:
    """Accounts, and sums of products, by the lowest and highest node of an account; with few or many positions."""
    grouped = held.group_by("account_id").aggregate(
        few=held.count() <= FEW,
        low=held.node.min(),
        high=held.node.max(),
        total=held.notional_cents.sum().cast("int64"),
        at_low=held.notional_cents.argmin(held.node),
    )
    alone = grouped.low == grouped.high
    whole = grouped.select(
        "few", "low", "high",
        w=_whole(ibis.ifelse(alone, grouped.total, grouped.at_low), quantum),
        v=ibis.ifelse(alone, 0, _whole(grouped.total - grouped.at_low, quantum)),
    )  # fmt: skip
    return whole.group_by(["few", "low", "high"]).aggregate(
        accounts=whole.count(),
        low_square=(whole.w * whole.w).sum().cast("int64"),
        high_square=(whole.v * whole.v).sum().cast("int64"),
        product=(whole.w * whole.v).sum().cast("int64"),
    )


def _joined(held: ir.Table, quantum: float) -> list[pd.DataFrame]:
    """The same for accounts with many positions: squares by node, and products of pairs of different nodes."""
    counts = held.group_by("account_id").aggregate(number=held.count())
    several = held.semi_join(counts.filter(counts.number > FEW), "account_id")
    grouped = several.group_by(["account_id", "node"]).aggregate(own=several.notional_cents.sum())
    own = materialise(grouped.select("account_id", "node", w=_whole(grouped.own, quantum)))
    other = own.view()
    paired = own.inner_join(other, [own.account_id == other.account_id, own.node < other.node], rname="{name}_2")
    products = [
        own.group_by(first=own.node, second=own.node).aggregate(value=(own.w * own.w).sum().cast("int64")),
        paired.group_by(first=paired.node, second=paired.node_2).aggregate(
            value=(paired.w * paired.w_2).sum().cast("int64")
        ),
    ]
    return [product.to_pyarrow().to_pandas() for product in products]


def used_totals(lines: ir.Table, *, one_each: bool = False) -> ControlTotals:
    """Rows, accounts and notional that come out of the lines, to be held against what was read.

    Parameters
    ----------
    lines : ibis Table
        A line table, excluded and out-of-scope rows included.
    one_each : bool
        Whether every account had one row when it was read: then the rows that still have an account are counted.
    """
    named = lines.account_id.nullif("")
    values: dict[str, Any] = (
        lines.aggregate(
            rows=lines.count(),
            accounts=named.count() if one_each else named.nunique(),
            notional=lines.notional_cents.sum().cast("float64"),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    return ControlTotals(values["rows"], values["accounts"], int(values["notional"] or 0))
