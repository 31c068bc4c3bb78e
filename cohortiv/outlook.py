"""An outlook on a cohort: tier mix and index at a coming date, what drives the change, and how the projection tests."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.nodes import nodes_of
from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, dated
from cohortiv.display import Displayed
from cohortiv.distribution.attribution import Attribution, attribute
from cohortiv.distribution.backtest import Backtest, backtest
from cohortiv.distribution.cases import CaseDraws, case_draws, cases_of
from cohortiv.distribution.composition import composition_history
from cohortiv.distribution.distances import DistanceMoves, distance_factors, fit_distances
from cohortiv.distribution.forecasts import projected_walk
from cohortiv.distribution.hit_table import HitTable, hit_table
from cohortiv.distribution.index_backtest import index_backtest
from cohortiv.distribution.index_draws import IndexDraws, index_draws
from cohortiv.distribution.index_history import IndexHistory, index_history
from cohortiv.distribution.projection import Outcome, Projection, project
from cohortiv.distribution.tornado import tornado
from cohortiv.distribution.walk import DAYS_A_YEAR
from cohortiv.errors import DataError
from cohortiv.profile.bins import FloatArray

#: Periods ahead that the projection is tested at.
BACKTEST_STEPS: Final = (1, 4)


@dataclass(frozen=True, eq=False)
class Outlook(Displayed):
    """What is expected of a cohort at a coming date, as draws.

    Attributes
    ----------
    assessment : Assessment
        Of the snapshot.
    assumptions : OutlookAssumptions
    history : DataFrame
        One row a period (the time of its last snapshot), one column a tier edge [x]: shares of leveraged notional [1].
    projection : Projection
        All strands that the assumptions switch on.
    table : HitTable
        Distance given tier, of the snapshot.
    index : IndexDraws
        IV Index of every draw at every date [%], shape (n_dates, n_draws), moved by the distances where they act.
    mix_index : IndexDraws
        The same from the mix alone, at today's distances.
    distances : DistanceMoves or None
        What else moves the index; None where the assumptions switch it off.
    cases : tuple of CaseDraws
        At the target date, all moved by the same distances as the index: the strands one by one, each product's
        adoption alone, each regulatory scenario for certain.
    attribution : Attribution or None
        Of the change of the median index from the mix alone [%]; None where the index isn't finite for some of the
        strands.
    swings : DataFrame
        From `tornado`, of the median index [%].
    backtests : tuple of Backtest
        Of the mix, one for each of `BACKTEST_STEPS` that the history is long enough for.
    index_backtests : tuple of Backtest
        Of the index, likewise.
    notes : tuple of str
        What a reader must know of fallbacks, as sentences.
    """

    assessment: Assessment
    assumptions: OutlookAssumptions
    history: pd.DataFrame
    projection: Projection
    table: HitTable
    index: IndexDraws
    mix_index: IndexDraws
    distances: DistanceMoves | None
    cases: tuple[CaseDraws, ...]
    attribution: Attribution | None
    swings: pd.DataFrame
    backtests: tuple[Backtest, ...]
    index_backtests: tuple[Backtest, ...]
    notes: tuple[str, ...]

    @property
    def distances_act(self) -> bool:
        """Whether anything but the mix moves the draws: distances that were measured, or stated."""
        return self.distances is not None and (len(self.distances.years) > 0 or self.distances.stated is not None)

    @property
    def to(self) -> dt.date:
        """The coming date."""
        last: dt.date = self.projection.dates[-1].date()
        return last


def look_ahead(
    assessment: Assessment,
    assumptions: OutlookAssumptions,
    *,
    to: dt.date | None = None,
    say: Callable[[str], None] | None = None,
) -> Outlook:
    """Project a cohort's tier mix to a coming date, and solve the index of every draw.

    Parameters
    ----------
    assessment : Assessment
        Of a reading with its past snapshots.
    assumptions : OutlookAssumptions
    to : date, optional
        The coming date, in place of the assumptions' own.
    say : callable, optional
        Takes one line of progress at a time.

    Returns
    -------
    Outlook

    Raises
    ------
    DataError
        If nothing is leveraged.
    UsageError
        If the date is not after the snapshot, or a cap or a product lies under the lowest tier.
    """
    tell = say or _silent
    edges = _leveraged_edges(assessment)
    history = composition_history(assessment.reading.past, assumptions.history.step, edges)
    assumptions = dated(assumptions, pd.Timestamp(history.index[-1]).date())
    projection = project(history, assumptions, to=to)
    tell(f"Projected the tier mix to {projection.dates[-1]:%Y-%m-%d} in {assumptions.draws:,} draws")
    table = hit_table(assessment.nodes, edges)
    tell("Testing the projection on held-out periods")
    past = past_index(assessment, history)
    tests = _backtests(past, assumptions, withheld=_withheld(assessment, history))
    distances = _distances(past, assumptions)
    mix_index, mix = solve_index(assessment, table, projection.path), mix_outcome(assessment, table)
    tell("Splitting the change among the strands, and trying each case and each assumption at its ends")
    moved = partial(_moved_outcome, mix=mix, distances=distances, dates=projection.dates)
    return Outlook(
        assessment=assessment,
        assumptions=assumptions,
        history=history,
        projection=projection,
        table=table,
        index=replace(mix_index, index=mix_index.index * _factors(distances, projection.dates, assumptions)),
        mix_index=mix_index,
        distances=distances,
        cases=case_draws(history, cases_of(assumptions), lambda case: moved(case.assumptions), to=to),
        attribution=_attribution(history, assumptions, mix, to=to),
        swings=tornado(history, assumptions, moved, to=to, measured=distances is not None and len(distances.years) > 0),
        backtests=tests.mix,
        index_backtests=tests.index,
        notes=(*projection.notes, *(distances.notes if distances else ()), *_borrowed(table), *tests.notes),
    )


def _leveraged_edges(assessment: Assessment) -> tuple[float, ...]:
    """Tier edges of the cohort [x]; without 1x where no snapshot holds leverage between 1 and the next edge."""
    edges = tuple(float(edge) for edge in assessment.reading.cohort.tier_edges)
    held = assessment.reading.past.leveraged["tier"]
    return edges if (held == edges[0]).any() or len(edges) == 1 else edges[1:]


def past_index(assessment: Assessment, history: pd.DataFrame) -> IndexHistory:
    """The index of past periods, each solved again with the mixes that came after it.

    Parameters
    ----------
    assessment : Assessment
        Of a reading with its past snapshots.
    history : DataFrame
        From `composition_history` of the same.

    Notes
    -----
    A snapshot that is withheld takes no part: scores over few dates would tell its index.
    """
    reading, edges = assessment.reading, [float(edge) for edge in history.columns]
    moments = [moment.to_pydatetime() for moment in pd.DatetimeIndex(history.index)]
    nodes = (nodes_of(reading.past.at(moment), assessment.settings.symbol) for moment in moments)
    return index_history(
        history,
        [hit_table(each, edges) for each in nodes],
        lambda table, mixes: solve_index(assessment, table, mixes).index,
        left_out=_withheld(assessment, history),
    )


def _withheld(assessment: Assessment, history: pd.DataFrame) -> list[bool]:
    """Which periods are withheld."""
    hidden = assessment.reading.withheld.snapshots
    return [moment.to_pydatetime() in hidden for moment in pd.DatetimeIndex(history.index)]


def solve_index(assessment: Assessment, table: HitTable, draws: FloatArray) -> IndexDraws:
    """The index of draws of the tier mix, by the parameters of an assessment.

    Parameters
    ----------
    assessment : Assessment
    table : HitTable
    draws : ndarray, shape (..., n_draws, n_tiers)
        Shares of leveraged notional [1].
    """
    return index_draws(
        table,
        draws,
        critical_mass=assessment.settings.critical_mass,
        horizon_days=assessment.settings.horizon_days,
        reference_volatility=assessment.reference_volatility,
    )


def mix_outcome(assessment: Assessment, table: HitTable) -> Outcome:
    """What strands are judged by: the index of draws of the mix, at today's distances [%].

    Parameters
    ----------
    assessment : Assessment
    table : HitTable
    """

    def index(draws: FloatArray) -> FloatArray:
        return solve_index(assessment, table, draws).index

    return index


def _silent(_message: str) -> None:
    pass


def _attribution(
    history: pd.DataFrame, assumptions: OutlookAssumptions, outcome: Outcome, *, to: dt.date | None
) -> Attribution | None:
    try:
        return attribute(history, assumptions, outcome, to=to)
    except ValueError:
        return None


def _distances(past: IndexHistory, assumptions: OutlookAssumptions) -> DistanceMoves | None:
    stated = assumptions.distances
    return fit_distances(past, stated=stated.fallback_volatility) if stated.enabled else None


def _factors(distances: DistanceMoves | None, dates: pd.DatetimeIndex, assumptions: OutlookAssumptions) -> FloatArray:
    """What distances multiply the index by, shape (n_dates, n_draws), from random numbers beside the strands'."""
    if distances is None:
        return np.ones((len(dates), assumptions.draws))
    stream = np.random.default_rng(assumptions.seed).spawn(len(STRANDS) + 1)[-1]
    ahead = (dates - dates[0]) / pd.Timedelta(days=DAYS_A_YEAR)
    return distance_factors(distances, ahead.tolist(), n_draws=assumptions.draws, rng=stream)


def _moved_outcome(
    stated: OutlookAssumptions, *, mix: Outcome, distances: DistanceMoves | None, dates: pd.DatetimeIndex
) -> Outcome:
    """The index at the last date, moved by distances as some assumptions have them where they aren't measured."""
    moves = distances
    if distances is not None and distances.stated is not None:
        moves = replace(distances, stated=stated.distances.fallback_volatility)
    factors = _factors(moves, dates, stated)[-1]

    def index(draws: FloatArray) -> FloatArray:
        moved: FloatArray = mix(draws) * factors
        return moved

    return index


@dataclass(frozen=True, eq=False)
class _Tests:
    """Backtests of the mix and of the index, and why some are missing."""

    mix: tuple[Backtest, ...]
    index: tuple[Backtest, ...]
    notes: tuple[str, ...]


def _backtests(past: IndexHistory, assumptions: OutlookAssumptions, *, withheld: list[bool]) -> _Tests:
    """Tests of the history strand and of the index that follows, and notes on those that the history is short for."""
    stated, history = assumptions.history, past.mixes
    forecast = projected_walk(
        drift_prior_years=stated.drift_prior_years.mode,
        pseudo_share=stated.pseudo_share.mode,
        fallback_volatility=stated.fallback_volatility.mode,
    )
    mix: list[Backtest] = []
    index: list[Backtest] = []
    notes: list[str] = []
    for steps in BACKTEST_STEPS:
        ahead = f"{steps} {'period' if steps == 1 else 'periods'} ahead"
        seeded = partial(np.random.default_rng, assumptions.seed)
        try:
            mix.append(backtest(history, forecast, rng=seeded(), steps=steps, left_out=withheld))
            index.append(index_backtest(past, forecast, assumptions.distances, rng=seeded(), steps=steps))
        except DataError as error:
            what = "The index is not tested" if len(mix) > len(index) else "Not tested"
            notes.append(f"{what} {ahead}: {error}")
    return _Tests(tuple(mix), tuple(index), tuple(notes))


def _borrowed(table: HitTable) -> tuple[str, ...]:
    """What tiers without positions take their distances from."""
    if not table.borrowed:
        return ()
    said = ", ".join(f"{one.tier:g}x from {one.lender:g}x" for one in table.borrowed)
    return (f"Tiers without positions take the distances of the nearest that has some, scaled by leverage: {said}.",)
