"""An outlook on a cohort: tier mix and index at a coming date, what drives the change, and how the projection tests."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, Strand
from cohortiv.distribution.attribution import Attribution, attribute
from cohortiv.distribution.backtest import Backtest, backtest
from cohortiv.distribution.composition import composition_history
from cohortiv.distribution.forecasts import projected_walk
from cohortiv.distribution.hit_table import HitTable, hit_table
from cohortiv.distribution.index_draws import IndexDraws, index_band, index_draws
from cohortiv.distribution.projection import Projection, Statistic, project
from cohortiv.distribution.tornado import tornado
from cohortiv.errors import DataError
from cohortiv.profile.bins import FloatArray

#: Periods ahead that the projection is tested at.
BACKTEST_STEPS: Final = (1, 4)


@dataclass(frozen=True, eq=False)
class Outlook:
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
        IV Index of every draw at every date [%], shape (n_dates, n_draws).
    strands_added : mapping of str to IndexDraws
        The index at the target date with the strands up to that one: "history", then with "adoption", then all.
    attribution : Attribution or None
        Of the change of the median index [%]; None where the index isn't finite for some of the strands.
    swings : DataFrame
        From `tornado`, of the median index [%].
    backtests : tuple of Backtest
        One for each of `BACKTEST_STEPS` that the history is long enough for.
    notes : tuple of str
        What a reader must know of fallbacks, as sentences.
    """

    assessment: Assessment
    assumptions: OutlookAssumptions
    history: pd.DataFrame
    projection: Projection
    table: HitTable
    index: IndexDraws
    strands_added: Mapping[Strand, IndexDraws]
    attribution: Attribution | None
    swings: pd.DataFrame
    backtests: tuple[Backtest, ...]
    notes: tuple[str, ...]

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
    projection = project(history, assumptions, to=to)
    tell(f"Projected the tier mix to {projection.dates[-1]:%Y-%m-%d} in {assumptions.draws:,} draws")
    table = hit_table(assessment.nodes, edges)
    median = median_index(assessment, table)
    tell("Splitting the change among the strands, and trying each assumption at its ends")
    swings = tornado(history, assumptions, median, to=to)
    tell("Testing the projection on held-out periods")
    backtests, notes = _backtests(history, assumptions)
    return Outlook(
        assessment=assessment,
        assumptions=assumptions,
        history=history,
        projection=projection,
        table=table,
        index=solve_index(assessment, table, projection.path),
        strands_added={
            strand: solve_index(assessment, table, project(history, assumptions, to=to, strands=acting).draws)
            for strand, acting in _growing(assumptions)
        },
        attribution=_attribution(history, assumptions, median, to=to),
        swings=swings,
        backtests=backtests,
        notes=(*projection.notes, *_borrowed(table), *notes),
    )


def _leveraged_edges(assessment: Assessment) -> tuple[float, ...]:
    """Tier edges of the cohort [x]; without 1x where no snapshot holds leverage between 1 and the next edge."""
    edges = tuple(float(edge) for edge in assessment.reading.cohort.tier_edges)
    held = assessment.reading.past.leveraged["tier"]
    return edges if (held == edges[0]).any() or len(edges) == 1 else edges[1:]


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


def median_index(assessment: Assessment, table: HitTable) -> Statistic:
    """The statistic that strands and assumptions are judged by: the median index of draws [%]."""

    def median(draws: FloatArray) -> float:
        return float(index_band(solve_index(assessment, table, draws)).median)

    return median


def _silent(_message: str) -> None:
    pass


def _growing(assumptions: OutlookAssumptions) -> list[tuple[Strand, frozenset[Strand]]]:
    """Each strand that is switched on, and it with those before it."""
    active = [strand for strand in STRANDS if strand in assumptions.enabled]
    return [(strand, frozenset(active[: number + 1])) for number, strand in enumerate(active)]


def _attribution(
    history: pd.DataFrame, assumptions: OutlookAssumptions, statistic: Statistic, *, to: dt.date | None
) -> Attribution | None:
    try:
        return attribute(history, assumptions, statistic, to=to)
    except ValueError:
        return None


def _backtests(history: pd.DataFrame, assumptions: OutlookAssumptions) -> tuple[tuple[Backtest, ...], tuple[str, ...]]:
    """Tests of the history strand, and a note on those that the history is too short for."""
    stated = assumptions.history
    forecast = projected_walk(
        drift_prior_years=stated.drift_prior_years.mode,
        pseudo_share=stated.pseudo_share.mode,
        fallback_volatility=stated.fallback_volatility.mode,
    )
    tests: list[Backtest] = []
    notes: list[str] = []
    for steps in BACKTEST_STEPS:
        try:
            tests.append(backtest(history, forecast, rng=np.random.default_rng(assumptions.seed), steps=steps))
        except DataError as error:
            notes.append(f"Not tested {steps} {'period' if steps == 1 else 'periods'} ahead: {error}")
    return tuple(tests), tuple(notes)


def _borrowed(table: HitTable) -> tuple[str, ...]:
    """What tiers without positions take their distances from."""
    if not table.borrowed:
        return ()
    said = ", ".join(f"{one.tier:g}x from {one.lender:g}x" for one in table.borrowed)
    return (f"Tiers without positions take the distances of the nearest that has some, scaled by leverage: {said}.",)
