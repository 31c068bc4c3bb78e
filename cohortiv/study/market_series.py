"""An index series of a model: positions reconstructed from bars and open interest, and what was carried or left out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.study_data import BeginsLaterError, IndexInput
from cohortiv.comovement import comovement
from cohortiv.distribution.reconstructed_series import LONGEST_HOLE, reconstructed_profile, unbroken_runs
from cohortiv.errors import DataError
from cohortiv.margin.brackets import load_brackets
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile
from cohortiv.quantities import many
from cohortiv.validation.known import known_at

#: Days after a start or a restart in which there is no index: all positions would have one entry price.
SETTLING: Final = pd.Timedelta(days=7)
_HOUR: Final = pd.Timedelta(hours=1)


@dataclass(frozen=True, eq=False)
class MarketSeries:
    """Reconstructed positions at the steps of a series.

    Attributes
    ----------
    profile : LiquidationProfile
    notes : tuple of str
        What a reader must know: what is assumed, how old open interest is, and where nothing could be reconstructed.
    """

    profile: LiquidationProfile
    notes: tuple[str, ...]


def market_series(given: IndexInput, *, last: pd.Timestamp | None = None) -> MarketSeries:
    """Positions as the model has them, at every step of a series, each from what was known then.

    Parameters
    ----------
    given : IndexInput
        With a market.
    last : Timestamp, optional
        No snapshot is made after it.

    Returns
    -------
    MarketSeries
        No snapshot stands in a hole of bars or open interest that is longer than `LONGEST_HOLE`, nor in the first week
        after it: positions of before are not known any more, and those after are opened anew.

    Raises
    ------
    DataError
        If there is nothing to reconstruct from.
    """
    if given.market is None:
        raise DataError(f"The series {given.source.name} has neither positions nor a market. Bring one of them.")
    bars, interest = (each.frame for each in given.market)
    held = _held(given, bars, interest)
    runs = unbroken_runs(held)
    times = _times(runs, step=pd.Timedelta(hours=given.source.every_hours))
    times = times if last is None else times[times <= last]
    if times.empty:
        raise BeginsLaterError(
            f"{given.source.title} has bars and open interest together for less than {SETTLING.days} days on end. "
            "Bring more of them, or give a later --as-of."
        )
    profile = reconstructed_profile(
        held[["high", "low", "close", "coins"]],
        times,
        mix=given.mix,
        schedule=_schedule(given, held.index[-1]),
        comovement=comovement(given.cohort.betas, given.cohort.kappas),
        tier_edges=given.cohort.tier_edges,
    )
    assumed = (
        f"A model, not positions; tier mix: {given.mix.source}",
        "Its tier mix, and the brackets of its last day, hold throughout: both may be from after a snapshot",
    )
    told = (*assumed, _carried(profile, held), *_holes(runs), *_left_out(len(bars) - len(held)))
    return MarketSeries(profile, tuple(told))


def _held(given: IndexInput, bars: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Bars with the open interest known at their ends [coins], and when it became known."""
    if not {"high", "low"} <= set(bars.columns):
        raise DataError(f"{given.files[0]} has no high and low; a reconstruction needs them. Bring such bars.")
    if "oi_usd" in read:
        close = known_at(bars["close"], pd.DatetimeIndex(read.index), oldest=LONGEST_HOLE)["value"]
        coins = read["oi_usd"] / close
    else:
        coins = read["longs_coin"] + read["shorts_coin"]
    known = known_at(coins, pd.DatetimeIndex(bars.index), oldest=LONGEST_HOLE)
    return bars.assign(coins=known["value"], known=known["known"]).dropna(subset=["high", "low"])


def _times(runs: list[pd.DataFrame], *, step: pd.Timedelta) -> pd.DatetimeIndex:
    """Every step from a week after the start of each run on."""
    if not runs:
        return pd.DatetimeIndex([])
    grid = pd.date_range(runs[0].index[0].ceil("D"), runs[-1].index[-1], freq=step)
    inside = [(grid >= run.index[0] + SETTLING) & (grid <= run.index[-1]) for run in runs]
    return pd.DatetimeIndex(grid[np.any(inside, axis=0)])


def _carried(profile: LiquidationProfile, held: pd.DataFrame) -> str:
    """How old the open interest of the snapshots is."""
    times = pd.DatetimeIndex(profile.snapshots)
    ages = ((times - pd.DatetimeIndex(held["known"].reindex(times))) / _HOUR).to_numpy()
    carried = ages[ages > 0]
    if not carried.size:
        return "Every snapshot has a reading of open interest of its own time"
    return (
        f"{carried.size:,} of {len(times):,} snapshots take open interest from a reading before, "
        f"{_hours(np.median(carried))} old in the median and {carried.max():.3g} at most; one older than "
        f"{LONGEST_HOLE.days} days is not taken"
    )


def _hours(count: float) -> str:
    """A number of hours to three figures: "1 hour", "4.5 hours"."""
    told = f"{count:.3g}"
    return f"{told} hour{'' if told == '1' else 's'}"


def _holes(runs: list[pd.DataFrame]) -> tuple[str, ...]:
    """Holes that are too long to be bridged, and bars that are missing in shorter ones."""
    told = []
    if len(runs) > 1:
        told.append(
            f"{many(len(runs) - 1, 'hole')} of more than {LONGEST_HOLE.days} days in bars or open interest: no index "
            f"stands in one or in the {SETTLING.days} days after it, and positions are then opened anew"
        )
    lost = sum(_missing(pd.DatetimeIndex(run.index)) for run in runs)
    if lost:
        told.append(
            f"{many(lost, 'bar')} missing in holes of {LONGEST_HOLE.days} days or less: a line touched there is seen "
            "at the next bar that reaches it, or not at all"
        )
    return tuple(told)


def _missing(times: pd.DatetimeIndex) -> int:
    """Bars that a run lacks between its first and its last."""
    steps = times[1:] - times[:-1]
    return round((times[-1] - times[0]) / steps.to_series().median()) - len(steps) if len(steps) else 0


def _left_out(lost: int) -> tuple[str, ...]:
    """Bars without a high or low."""
    return (f"Left out: {many(lost, 'bar')} without a high or low",) if lost else ()


def _schedule(given: IndexInput, last: pd.Timestamp) -> BracketSchedule:
    """Brackets of the venue at the end of the series, for all of it."""
    source = given.source
    brackets = load_brackets(Path(source.brackets) if source.brackets else None)
    found = brackets.schedule_for(source.venue, source.symbol or "", "linear", as_of=last.date())
    if found is None:
        raise DataError(
            f"There are no brackets for {source.symbol} on {source.venue}. Name a venue that has a shipped table "
            "(binance, hyperliquid) in the study file, or give brackets: FILE."
        )
    return replace(found.schedule, venue=source.venue)
