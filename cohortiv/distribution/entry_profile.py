"""A liquidation profile from a tier mix and an entry profile: which leverage is used, and where it was opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.distribution.line_points import line_points
from cohortiv.errors import DataError
from cohortiv.liquidation.single import plain_lines
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile, profile_of_points
from cohortiv.schema import TIER_EDGES

FloatArray = npt.NDArray[np.float64]
SIGNS: Final[Mapping[str, float]] = {"long": 1.0, "short": -1.0}
#: Size of one position, which decides its bracket where sizes are not known: an assumption [USD].
POSITION_USD: Final = 10_000.0
#: Shares that miss 1 by no more than this add up to it [1].
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class TierMix:
    """Which multipliers the leveraged notional is held at.

    Attributes
    ----------
    leverages : tuple of float
        Multipliers, above 1 [x].
    shares : tuple of float
        Share of leveraged notional at each, adding up to 1 [1].
    source : str
        Where the shares come from, in words.
    """

    leverages: tuple[float, ...]
    shares: tuple[float, ...]
    source: str

    def __post_init__(self) -> None:
        """Refuse a mix that is none."""
        alike = len(self.leverages) == len(self.shares) == len(set(self.leverages))
        sound = all(1 < x < np.inf for x in self.leverages) and all(0 <= share <= 1 for share in self.shares)
        if not (alike and sound and abs(sum(self.shares) - 1) <= _TOLERANCE):
            raise DataError(
                f"The tier mix ({self.source}) has multipliers {', '.join(f'{x:g}' for x in self.leverages)} with "
                f"shares that add up to {sum(self.shares):g}; allowed are different multipliers above 1, and shares "
                ">= 0 that add up to 1. Correct the shares."
            )


DEFAULT_MIX: Final = TierMix(
    (2.0, 5.0, 15.0),
    (0.363, 0.485, 0.152),
    "assumption: open interest of Hyperliquid by leverage, December 2025 (PANews), up to 3x, 3x to 7x and above, put "
    "at 2x, 5x and 15x",
)
"""Mix in use where none is given."""


@dataclass(frozen=True, eq=False)
class EntryProfile:
    """How entries of one side lie relative to the mark.

    Attributes
    ----------
    ratios : ndarray, shape (n,)
        Entry / mark, above 0 [1].
    weights : ndarray, shape (n,)
        Share of the side's notional, adding up to 1 [1].
    """

    ratios: FloatArray
    weights: FloatArray

    def __post_init__(self) -> None:
        """Refuse nodes that are none."""
        sound = np.all((self.ratios > 0) & np.isfinite(self.ratios)) and np.all(self.weights >= 0)
        if not (self.ratios.shape == self.weights.shape and sound and abs(self.weights.sum() - 1) <= _TOLERANCE):
            raise ValueError(
                f"got {self.ratios.size} ratios and {self.weights.size} weights that add up to "
                f"{self.weights.sum():g}; allowed are ratios > 0 with weights >= 0 that add up to 1"
            )


def entries_at_quantiles(quantiles: Mapping[float, float], *, nodes: int = 40) -> EntryProfile:
    """Entries between known quantiles of entry / mark.

    Parameters
    ----------
    quantiles : mapping of float to float
        Probability from 0 to 1, both included -> entry / mark [1], not falling.
    nodes : int
        Number of entries; each stands for the same notional.

    Returns
    -------
    EntryProfile
        Straight between the quantiles, at the middle of `nodes` equal shares.
    """
    places = sorted(quantiles)
    values = [quantiles[place] for place in places]
    if not places or (places[0], places[-1]) != (0.0, 1.0) or values != sorted(values):
        raise ValueError(f"got quantiles at {places} of {values}; allowed are 0 to 1, both included, and none falling")
    middle = (np.arange(nodes) + 0.5) / nodes
    return EntryProfile(np.interp(middle, places, values), np.full(nodes, 1 / nodes))


def entries_around_mark(spread: float, *, centre: float = 0.0, nodes: int = 21) -> EntryProfile:
    """Entries whose logarithm is normal round the mark.

    Parameters
    ----------
    spread : float
        Standard deviation of ln(entry / mark), >= 0 [log].
    centre : float
        Its mean [log].
    nodes : int
        Number of entries.

    Returns
    -------
    EntryProfile
        Nodes and weights of the Gauss-Hermite rule, exact for polynomials in ln(entry / mark) to degree 2 nodes - 1.

    References
    ----------
    Golub and Welsch (1969), Calculation of Gauss quadrature rules.
    """
    places, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return EntryProfile(np.exp(centre + spread * places), weights / weights.sum())


def line_factors(
    leverages: Sequence[float], schedule: BracketSchedule, *, position_usd: float = POSITION_USD
) -> dict[str, FloatArray]:
    """Line over entry price of isolated linear positions of one size, by side.

    Parameters
    ----------
    leverages : sequence of float
        Multipliers [x]; those above the largest that the brackets allow are taken at that.
    schedule : BracketSchedule
        Linear.
    position_usd : float
        Notional of each position at entry [USD], which decides its bracket.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Side -> line / entry [1]; 0 or less where there is no line. It doesn't depend on the entry price, because the
        position's size in USD is fixed.

    Raises
    ------
    DataError
        If a multiplier leaves no room between its margin and its maintenance margin.
    """
    allowed = capped(leverages, schedule)
    table = pd.DataFrame(
        {
            "quantity": position_usd,
            "entry_price": 1.0,
            "margin_usd": np.tile(position_usd / allowed, 2),
            "sign": np.repeat(list(SIGNS.values()), len(allowed)),
            "number": np.arange(2 * len(allowed)),
        }
    )
    lined = plain_lines(ibis.memtable(table).mutate(schedule=ibis.literal(0, "int16")), [schedule])
    engine = ibis.duckdb.connect()
    try:
        found = engine.to_pyarrow(lined.select("number", "line")).to_pandas().sort_values("number")
    finally:
        engine.disconnect()
    factors = dict(zip(SIGNS, found["line"].to_numpy(dtype=float).reshape(2, -1), strict=True))
    closed = (factors["long"] >= 1) | (factors["short"] <= 1)
    if closed.any():
        raise DataError(
            f"{allowed[closed].max():g}x leaves no room above the maintenance margin of {schedule.symbol} on "
            f"{schedule.venue or 'any venue'} at {position_usd:,.0f} USD. Lower the multipliers of the tier mix."
        )
    return factors


def capped(leverages: Sequence[float], schedule: BracketSchedule) -> FloatArray:
    """Multipliers as the venue allows them: those above its largest are put at it [x]."""
    most = [limit for limit in schedule.max_leverage if limit is not None]
    allowed: FloatArray = np.minimum(np.asarray(leverages, dtype=float), max(most, default=np.inf))
    return allowed


def profile_of_entries(
    mix: TierMix,
    entries: Mapping[str, EntryProfile],
    *,
    schedule: BracketSchedule,
    mark_price: float,
    as_of: datetime,
    comovement: Comovement,
    notional_usd: float = 1e9,
    long_share: float = 0.5,
    position_usd: float = POSITION_USD,
    tier_edges: tuple[int, ...] = TIER_EDGES,
) -> LiquidationProfile:
    """The liquidation profile of positions that are open, by their leverage and their entries.

    Parameters
    ----------
    mix : TierMix
        Of the notional that is open.
    entries : mapping of str to EntryProfile
        long and short.
    schedule : BracketSchedule
        Brackets of the venue and symbol, linear.
    mark_price : float
        [USD].
    as_of : datetime
        Time of the profile (UTC, without zone).
    comovement : Comovement
        Kept with the profile.
    notional_usd : float
        Leveraged notional at the mark [USD].
    long_share : float
        Share of it that is long [1].
    position_usd : float
        Notional of one position at entry, which decides its bracket [USD].
    tier_edges : tuple of int
        Lowest leverage of each tier [x].

    Returns
    -------
    LiquidationProfile
        An entry whose line the mark has already passed cannot be open; the other entries of its side and multiplier
        share its notional.

    Raises
    ------
    DataError
        If no entry of a side and multiplier can be open.
    """
    factors = line_factors(mix.leverages, schedule, position_usd=position_usd)
    shares = {"long": long_share, "short": 1.0 - long_share}
    parts = [
        _open(entries[side], factor, where=f"{leverage:g}x {side}").assign(
            side=side, leverage=leverage, share=part * shares[side]
        )
        for side in SIGNS
        for leverage, part, factor in zip(capped(mix.leverages, schedule), mix.shares, factors[side], strict=True)
        if part * shares[side] > 0
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.assign(
        as_of=pd.Timestamp(as_of),
        venue=schedule.venue,
        symbol=schedule.symbol,
        mark_price=mark_price,
        line=table["line_ratio"] * mark_price,
        notional_usd=table["weight"] * table["share"] * notional_usd,
    )
    table["collateral_usd"] = table["notional_usd"] * table["ratio"] / table["leverage"]
    origin = {"basis": "entry profile", "tier_mix": mix.source, "symbol": schedule.symbol}
    return profile_of_points(line_points(table, tier_edges=tier_edges), comovement=comovement, origin=origin)


def _open(entries: EntryProfile, factor: float, *, where: str) -> pd.DataFrame:
    """Entries whose line is still ahead: ratio, line_ratio and the weight that they share."""
    lines = entries.ratios * factor
    alive = (lines < 1) if factor < 1 else (lines > 1)
    weights = np.where(alive, entries.weights, 0.0)
    if not weights.sum() > 0:
        raise DataError(
            f"No entry of {where} can be open: the mark has passed the line of each. Allowed are entry profiles with "
            "an entry on the right side of its line. Move the entries, or lower the multiplier."
        )
    kept = weights > 0
    return pd.DataFrame(
        {"ratio": entries.ratios[kept], "line_ratio": lines[kept], "weight": weights[kept] / weights.sum()}
    )
