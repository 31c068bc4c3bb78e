"""The lines that a move in one direction reaches: bins of distance, with the orders that they force."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohortiv.cascade.moves import SIGNS, Direction, market_distance
from cohortiv.cascade.venues import VenueRules, closing_distances
from cohortiv.comovement import Comovement
from cohortiv.liquidation import LINE, MARKET, PAST
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import FloatArray, edges_of

_KEPT = ["venue", "symbol", "side", "tier"]


@dataclass(frozen=True, eq=False)
class ForcedLines:
    """Lines of one snapshot on one side of the mark.

    Attributes
    ----------
    direction : {"down", "up"}
    frame : DataFrame
        One row a cell and closing step: venue, symbol, side, tier, inner and outer (edges of the bin as sizes of the
        move [log]; equal where all is at one place), notional_usd, forced_usd (negative where closing goes against
        the move: a short closed as the price falls), positions, family (bins of one family do not overlap).
    leveraged : DataFrame
        All leveraged cells, with or without a line here: venue, tier, notional_usd, positions.
    """

    direction: Direction
    frame: pd.DataFrame
    leveraged: pd.DataFrame

    @property
    def leveraged_notional_usd(self) -> float:
        """Leveraged notional that every share is of [USD]."""
        return float(self.leveraged["notional_usd"].sum())


def forced_lines(
    profile: LiquidationProfile,
    *,
    direction: Direction,
    symbol: str | None = None,
    rules: Mapping[str, VenueRules] | None = None,
) -> ForcedLines:
    """Lines that a move in one direction reaches, as sizes of that move.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot. Venues' profiles are added before: one price, orders added up.
    direction : {"down", "up"}
    symbol : str, optional
        The move is this symbol's own, and only its cells count. Default: the move is the market's, and a symbol's own
        line is reached when the market has moved that far (:func:`cohortiv.cascade.moves.market_distance`).
    rules : mapping of str to VenueRules, optional
        By venue; a venue without closes at once.

    Returns
    -------
    ForcedLines
        No rows where nothing is leveraged or no line lies on that side.

    Raises
    ------
    ValueError
        If the profile holds several snapshots, or a symbol is named whose cross units were read by the market's move.

    Notes
    -----
    A unit with two lines counts at the one that the direction reaches, once. A position past its line is at distance
    0 in both directions. Bins that no move of the market reaches to their end are left out.
    """
    cells = _cells(profile, symbol=symbol)
    size = {"notional_usd": cells["notional_cents"] / 100, "positions": cells["positions"]}
    leveraged = cells[["venue", "tier"]].assign(**size)
    placed = _placed(cells[[*_KEPT, "reading"]].assign(**size), cells, direction)
    stepped = _stepped(placed, rules or {}, direction)
    moved = stepped if symbol is not None else _by_market(stepped, profile.comovement, direction)
    pushes = "long" if direction == "down" else "short"
    forced = moved["notional_usd"].where(moved["side"] == pushes, -moved["notional_usd"])
    frame = moved.assign(forced_usd=forced, family=moved.groupby(["beta", "shift"]).ngroup())
    names = [*_KEPT, "inner", "outer", "notional_usd", "forced_usd", "positions", "family"]
    return ForcedLines(direction, frame[names].reset_index(drop=True), leveraged.reset_index(drop=True))


def _cells(profile: LiquidationProfile, *, symbol: str | None) -> pd.DataFrame:
    """Leveraged cells of one snapshot, of one symbol where it is named."""
    times = profile.snapshots
    if len(times) > 1:
        raise ValueError(f"got a profile of {len(times)} snapshots; a cascade runs in one: take profile.at(time)")
    cells = profile.leveraged
    if symbol is None:
        return cells
    cells = cells[cells["symbol"] == symbol]
    together = int((cells["reading"] == MARKET).sum())
    if together:
        raise ValueError(
            f"got {symbol!r} and {together} cells with lines by the market's move; build the profile for that symbol "
            "alone, or leave the symbol out"
        )
    return cells


def _placed(frame: pd.DataFrame, cells: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Edges of each cell's bin on the direction's side; cells without a line there are dropped."""
    sign = SIGNS[direction]
    codes = cells[["bin", "second_bin"]].to_numpy(dtype=float) * sign
    codes = np.where((codes > 0) & (cells["state"] == LINE).to_numpy()[:, np.newaxis], codes, np.inf).min(
        axis=1, initial=np.inf
    )
    inner, outer = edges_of(np.where(np.isfinite(codes), codes, np.nan))
    past = (cells["state"] == PAST).to_numpy()
    placed = frame.assign(inner=np.where(past, 0.0, inner), outer=np.where(past, 0.0, outer))
    reached: pd.DataFrame = placed[np.isfinite(placed["outer"])]
    return reached


def _stepped(frame: pd.DataFrame, rules: Mapping[str, VenueRules], direction: Direction) -> pd.DataFrame:
    """One row for each closing step of each cell, further steps further away."""
    shifts: dict[str, FloatArray] = {
        venue: closing_distances(rules[venue], direction) if venue in rules else np.zeros(1)
        for venue in frame["venue"].unique()
    }
    counts = frame["venue"].map({venue: len(shift) for venue, shift in shifts.items()}).to_numpy(dtype=int)
    rows = frame.loc[frame.index.repeat(counts)]
    shift = np.concatenate([np.zeros(0), *(shifts[venue] for venue in frame["venue"])])
    parts = np.repeat(counts, counts)
    return rows.assign(
        inner=rows["inner"] + shift,
        outer=rows["outer"] + shift,
        notional_usd=rows["notional_usd"] / parts,
        positions=rows["positions"] / parts,
        shift=shift,
        beta=1.0,
    )


def _by_market(frame: pd.DataFrame, movement: Comovement, direction: Direction) -> pd.DataFrame:
    """Own lines at the market's move that reaches them; lines by the market's move stay."""
    betas = frame["symbol"].map({name: movement.beta(name) for name in frame["symbol"].unique()}).astype(float)
    beta = betas.where(frame["reading"] != MARKET, 1.0)
    inner, outer = (market_distance(frame[name], beta, direction) for name in ("inner", "outer"))
    moved = frame.assign(inner=inner, outer=outer, beta=beta)
    reached: pd.DataFrame = moved[np.isfinite(moved["outer"])]
    return reached
