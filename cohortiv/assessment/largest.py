"""The positions that make up the critical mass by size: which size classes, and who is behind them."""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cohortiv.disclosure import DisclosureRule, counted, is_safe
from cohortiv.profile import AccountFigures
from cohortiv.profile.accounts import SIZE_STEP
from cohortiv.volatility import LineBook


def largest_book(keyed: LineBook, figures: AccountFigures, *, critical_mass: float) -> LineBook:
    """The part of a line book that the largest positions hold.

    Parameters
    ----------
    keyed : LineBook
        One node for each row of `figures.nodes`.
    figures : AccountFigures
    critical_mass : float
        Share of leveraged notional that counts as largest [1].

    Returns
    -------
    LineBook
        The same nodes with what of their notional is in the largest positions [USD]; all 0 where nothing is leveraged.

    Notes
    -----
    Size classes are 1 % wide; of the class in which the mass is reached, the share that is needed counts.
    """
    shares = _class_shares(figures.sizes, critical_mass)
    counted_sizes = figures.sizes.assign(weight=figures.sizes["notional_cents"] * figures.sizes["size"].map(shares))
    placed = counted_sizes[counted_sizes["weight"] > 0].groupby("node")["weight"].sum()
    weights = np.zeros(len(figures.nodes))
    weights[placed.index.to_numpy(dtype=int)] = placed.to_numpy() / 100
    return replace(keyed, weights=weights)


def largest_are_safe(held: ir.Table, sizes: pd.DataFrame, *, critical_mass: float, rule: DisclosureRule) -> bool:
    """Whether a figure of the largest positions may be published: enough accounts behind them, none dominant.

    Parameters
    ----------
    held : ibis Table
        From `profile.leveraged_positions`.
    sizes : DataFrame
        `AccountFigures.sizes` of the same.
    critical_mass : float
        Share of leveraged notional that counts as largest [1].
    rule : DisclosureRule
    """
    shares = _class_shares(sizes, critical_mass)
    classes = shares.index[shares > 0]
    if classes.empty:
        return True
    size = (ibis.greatest(held.notional_cents, 1).ln() / SIZE_STEP).floor()
    largest = held.filter(size >= int(classes.min())).mutate(everything=0)
    return bool(is_safe(counted(largest, ["everything"]), rule).all())


def _class_shares(sizes: pd.DataFrame, critical_mass: float) -> "pd.Series[float]":
    """Share of each size class that belongs to the largest positions, largest class first."""
    by_class = sizes.groupby("size")["notional_cents"].sum().sort_index(ascending=False)
    before = by_class.cumsum() - by_class
    missing = critical_mass * float(by_class.sum()) - before
    return (missing / by_class.where(by_class > 0)).clip(0.0, 1.0).fillna(0.0)
