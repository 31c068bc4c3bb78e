"""A profile's nodes as a line book, and under the keys of the pass by account."""

import math
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.settings import Settings
from cohortiv.liquidation import LINE, MARKET, PAST
from cohortiv.profile import AccountFigures, LiquidationProfile
from cohortiv.profile.accounts import NODE
from cohortiv.volatility import LineBook, critical_volatility_of, hit_chances, line_book

#: Expected liquidations of a whole book are this many parts, so that sums of parts are exact in 64 bits.
PARTS: Final = 2**50


def nodes_of(profile: LiquidationProfile, symbol: str | None) -> pd.DataFrame:
    """Nodes of a profile; one symbol alone moves with its own volatility, so its kappa is 1."""
    frame = profile.nodes().frame
    return frame.assign(kappa=1.0) if symbol else frame


def book_of(nodes: pd.DataFrame) -> LineBook:
    """Nodes as a line book."""
    return line_book(
        nodes["weight"], nodes["distance"], second_distances=nodes["second_distance"], kappas=nodes["kappa"]
    )


def books_by_snapshot(profile: LiquidationProfile, symbol: str | None) -> dict[datetime, LineBook]:
    """The line book of every snapshot of a profile, as from its nodes by itself; the nodes are made in one go.

    Parameters
    ----------
    profile : LiquidationProfile
    symbol : str or None
        The one symbol that it is read for.
    """
    nodes = nodes_of(profile, symbol)
    times = profile.cells["as_of"].loc[nodes["cell_row"]].to_numpy()
    numbers = nodes[["weight", "distance", "second_distance", "kappa"]]
    return {moment: book_of(numbers[times == np.datetime64(moment)]) for moment in profile.snapshots}


def keyed_book(nodes: pd.DataFrame, figures: AccountFigures, symbol: str | None) -> LineBook:
    """The nodes merged to the keys of the pass by account: one mean distance each."""
    named = _under_keys(nodes, figures)
    merged = named.assign(size=np.log(nodes["distance"].abs().where(nodes["distance"] != 0, 1.0)))
    weighted = merged.assign(
        log_mass=merged["weight"] * merged["size"], second_mass=merged["weight"] * merged["second_distance"].fillna(0.0)
    )
    summed = weighted.groupby(list(NODE), as_index=False).agg(
        weight=("weight", "sum"),
        log_mass=("log_mass", "sum"),
        second_mass=("second_mass", "sum"),
        kappa=("kappa", "first"),
    )
    table = figures.nodes.merge(summed, on=list(NODE), how="left").fillna({"weight": 0.0, "kappa": 1.0})
    weight = table["weight"].where(table["weight"] > 0)
    distance = np.sign(table["bin"]) * np.exp(table["log_mass"] / weight)
    distance = distance.where(table["state"] == LINE).where(table["state"] != PAST, 0.0)
    second = (table["second_mass"] / weight).where(table["second_bin"] != 0)
    return line_book(
        table["weight"], distance, second_distances=second, kappas=1.0 if symbol else table["kappa"]
    )  # fmt: skip


def expected_parts(profile: LiquidationProfile, figures: AccountFigures, settings: Settings) -> pd.DataFrame | None:
    """What a cent in each node adds to the critical mass, to find who is behind a cell's contribution.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    figures : AccountFigures
        Of the same.
    settings : Settings

    Returns
    -------
    DataFrame or None
        node (number in the engine), per_cent: parts that a cent of notional adds to the critical mass, of `PARTS` in
        all. None without a root: then nothing contributes.

    Notes
    -----
    Each position counts with the mean chance of its node at the critical volatility. A node's lines lie within 5 % of
    one another, so a position at its near edge counts with somewhat less than it adds, one at its far edge with more.
    """
    nodes = nodes_of(profile, settings.symbol)
    book = book_of(nodes)
    solved = critical_volatility_of(book, critical_mass=settings.critical_mass, horizon_days=settings.horizon_days)
    if not has_root(solved.single_v):
        return None
    named = _under_keys(nodes, figures).assign(expected=nodes["weight"] * hit_chances(book, solved.single_v))
    summed = named.groupby(list(NODE), as_index=False)[["weight", "expected"]].sum()
    table = figures.nodes.merge(summed, on=list(NODE))
    chance = (table["expected"] / table["weight"].where(table["weight"] > 0)).fillna(0.0)
    whole = 100 * float(table["expected"].sum())
    return pd.DataFrame({"node": table["number"], "per_cent": chance * (PARTS / whole)})


def has_root(v: float) -> bool:
    """Whether a critical volatility over the horizon is one at which lines are touched by chance."""
    return math.isfinite(v) and v > 0


def _under_keys(nodes: pd.DataFrame, figures: AccountFigures) -> pd.DataFrame:
    """Nodes under the name the pass by account keeps them: the first symbol with their kappa, none for market lines."""
    named = nodes["symbol"].map(figures.kappa_names).fillna("")
    return nodes.assign(kappa_symbol=named.where(nodes["reading"] != MARKET, ""))
