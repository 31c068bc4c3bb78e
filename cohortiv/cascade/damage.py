"""What a move closes: notional and positions by tier and venue, pullbacks, and who pays beyond bankruptcy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohortiv.cascade.lines import ForcedLines
from cohortiv.cascade.moves import SIGNS, log_moves
from cohortiv.cascade.venues import VenueRules, bankruptcy_distance
from cohortiv.profile.bins import FloatArray


@dataclass(frozen=True)
class Closed:
    """What is closed of one group.

    Attributes
    ----------
    group : str
        Tier, venue, or "all".
    notional_usd : float
        Leveraged notional closed, both sides [USD].
    share : float
        Of the group's leveraged notional [1]; NaN where it has none.
    share_of_closed : float
        Of all that is closed [1]; NaN where nothing is.
    positions : float
        Expected number of positions closed; a position closed in steps counts in parts.
    position_share : float
        Of the group's leveraged positions [1]; NaN where it has none.
    """

    group: str
    notional_usd: float
    share: float
    share_of_closed: float
    positions: float
    position_share: float


@dataclass(frozen=True)
class Damage:
    """What a move of the price closes.

    Attributes
    ----------
    move : float
        Move of the price as a simple fraction [1].
    total : Closed
    tiers : tuple of Closed
        By tier, lowest first; a tier is named by its lower edge.
    venues : tuple of Closed
        By venue, in alphabetical order.
    """

    move: float
    total: Closed
    tiers: tuple[Closed, ...]
    venues: tuple[Closed, ...]


@dataclass(frozen=True)
class Backstop:
    """Who pays at one venue for losses beyond bankruptcy.

    Attributes
    ----------
    venue : str
    shortfall_usd : float
        Losses of closed positions beyond what was behind them [USD].
    insurance_used_usd : float
        What the venue's fund pays [USD].
    auto_deleveraged_usd : float
        What is left over and taken from winning accounts [USD].
    """

    venue: str
    shortfall_usd: float
    insurance_used_usd: float
    auto_deleveraged_usd: float


def closed_shares(lines: ForcedLines, move: float) -> FloatArray:
    """Share of each row of the lines that a move reaches.

    Parameters
    ----------
    lines : ForcedLines
    move : float
        Move of the price in the lines' direction as a simple fraction [1].

    Returns
    -------
    numpy.ndarray
        From 0 to 1, one number a row of `lines.frame`: bins are spread evenly, one place counts when it is reached.
    """
    size = float(log_moves(move, lines.direction))
    inner, outer = lines.frame["inner"].to_numpy(), lines.frame["outer"].to_numpy()
    width = outer - inner
    part = np.divide(size - inner, width, out=np.where(inner <= size, 1.0, 0.0), where=width > 0.0)
    clipped: FloatArray = np.clip(part, 0.0, 1.0)
    return clipped


def damage(lines: ForcedLines, move: float) -> Damage:
    """Notional and positions that a move closes, by tier and venue.

    Parameters
    ----------
    lines : ForcedLines
    move : float
        Move of the price as a simple fraction [1]: a total move, or a shock alone.

    Returns
    -------
    Damage
        Both sides count: a short in a net long unit is closed with it.

    Raises
    ------
    ValueError
        If the move is negative, NaN, infinite, or a fall of 1 or more.
    """
    share = closed_shares(lines, move)
    measures = ["notional_usd", "positions"]
    closed = lines.frame[["tier", "venue"]].assign(**{name: share * lines.frame[name] for name in measures})
    everything = float(closed["notional_usd"].sum())
    by_group = [
        _closed(closed.groupby(key)[measures].sum(), lines.leveraged.groupby(key)[measures].sum(), everything)
        for key in ("tier", "venue")
    ]
    whole = pd.Index(["all"])
    total = _closed(
        closed[measures].sum().to_frame().T.set_index(whole),
        lines.leveraged[measures].sum().to_frame().T.set_index(whole),
        everything,
    )
    return Damage(float(move), total[0], *by_group)


def pullbacks(lines: ForcedLines, shocks: Sequence[float]) -> dict[float, float]:
    """Share of leveraged notional that each shock closes by itself, without feedback.

    Parameters
    ----------
    lines : ForcedLines
    shocks : sequence of float
        Moves as simple fractions [1].

    Returns
    -------
    dict of float to float
        Shock to share [1]; NaN where nothing is leveraged.
    """
    total = lines.leveraged_notional_usd
    notional = lines.frame["notional_usd"].to_numpy()
    return {
        float(shock): float(closed_shares(lines, shock) @ notional) / total if total > 0.0 else float("nan")
        for shock in shocks
    }


def backstops(lines: ForcedLines, move: float, rules: Mapping[str, VenueRules]) -> tuple[Backstop, ...]:
    """What funds and winning accounts pay at each venue when the price ends at a move.

    Parameters
    ----------
    lines : ForcedLines
        Made with the same rules.
    move : float
        Total move of the price as a simple fraction [1].
    rules : mapping of str to VenueRules
        Venues to account for.

    Returns
    -------
    tuple of Backstop
        One a venue of the rules, in alphabetical order.

    Notes
    -----
    Every forced order is taken to be filled where the cascade ends, at x: the worst that it can do. A position of
    notional w with its line at d is bankrupt at d + b (:func:`cohortiv.cascade.venues.bankruptcy_distance`) and loses
    w |exp(-+x) - exp(-+(d + b))| beyond that. The venue's fund pays first; the rest is taken from winning accounts.
    Positions whose closing goes against the move gain, and are left out; parts of a position closed in steps count as
    positions of their own.
    """
    return tuple(
        _backstop(lines, venue, float(log_moves(move, lines.direction)), rules=rules[venue]) for venue in sorted(rules)
    )


def _backstop(lines: ForcedLines, venue: str, size: float, *, rules: VenueRules) -> Backstop:
    rows = lines.frame[(lines.frame["venue"] == venue) & (lines.frame["forced_usd"] > 0.0)]
    sign = SIGNS[lines.direction]
    beyond = bankruptcy_distance(rules, lines.direction)
    inner, outer = rows["inner"].to_numpy() + beyond, rows["outer"].to_numpy() + beyond
    reached = np.clip(size, inner, outer)
    ending = np.exp(sign * size)
    spread = (reached - inner) * ending - sign * (np.exp(sign * reached) - np.exp(sign * inner))
    width = outer - inner
    lump = np.where(inner <= size, ending - np.exp(sign * inner), 0.0)
    loss = sign * np.divide(spread, width, out=lump, where=width > 0.0)
    shortfall = float(rows["forced_usd"].to_numpy() @ loss)
    used = min(shortfall, rules.insurance_fund_usd)
    return Backstop(venue, shortfall, used, shortfall - used)


def _closed(closed: pd.DataFrame, leveraged: pd.DataFrame, everything: float) -> tuple[Closed, ...]:
    """One record for each group with leveraged notional, in order."""
    return tuple(
        Closed(
            group=str(group),
            notional_usd=float(gone["notional_usd"]),
            share=_ratio(gone["notional_usd"], held["notional_usd"]),
            share_of_closed=_ratio(gone["notional_usd"], everything),
            positions=float(gone["positions"]),
            position_share=_ratio(gone["positions"], held["positions"]),
        )
        for (group, held), (_, gone) in zip(
            leveraged.iterrows(), closed.reindex(leveraged.index, fill_value=0.0).iterrows(), strict=True
        )
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0.0 else float("nan")
