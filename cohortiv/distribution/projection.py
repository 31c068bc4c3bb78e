"""The tier mix at a coming date, as draws: history, adoption and regulation, one after the other."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, Strand, target_date
from cohortiv.config.outlook_strands import RegulationStrand
from cohortiv.distribution.adoption import AdoptionDraws, adoption_draws, tier_factors
from cohortiv.distribution.composition import ENOUGH_PERIODS, closed
from cohortiv.distribution.regulation import RegulationDraws, regulated, regulation_draws
from cohortiv.distribution.walk import DAYS_A_YEAR, Walk, fit_walk, walk_draws
from cohortiv.profile.bins import FloatArray

#: Dates of a projection, the snapshot's and the last included.
DATES = 9
FEWEST_DATES = 2

Outcome = Callable[[FloatArray], FloatArray]
"""One number a draw from draws of the tier mix, shape (n_draws, n_tiers) to (n_draws,)."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Draws of the tier mix from the snapshot to a coming date.

    Attributes
    ----------
    edges : tuple of float
        Tier edges [x].
    dates : DatetimeIndex
        From the snapshot to the target, both included, evenly spaced.
    path : ndarray, shape (n_dates, n_draws, n_tiers)
        Shares of leveraged notional, summing to 1 along the last axis [1]; draw i is one path.
    start : ndarray, shape (n_tiers,)
        Shares at the snapshot [1].
    strands : frozenset of {"history", "adoption", "regulation"}
        Strands that act.
    scenarios : tuple of str
        Names of the regulatory scenarios; empty where that strand doesn't act.
    scenario : ndarray of int, shape (n_draws,)
        Index of each draw's scenario; 0 throughout where that strand doesn't act.
    left : ndarray, shape (n_dates, n_draws)
        Share of the leveraged notional that regulation has made leave [1].
    products : tuple of str
        Names of the products; empty where adoption doesn't act.
    product_weights : ndarray, shape (n_dates, n_draws, n_products)
        Their weights [1].
    walk : Walk
        The fitted history, whether it acts or not.
    notes : tuple of str
        What a reader must know of fallbacks and of a thin base, as sentences.
    """

    edges: tuple[float, ...]
    dates: pd.DatetimeIndex
    path: FloatArray
    start: FloatArray
    strands: frozenset[Strand]
    scenarios: tuple[str, ...]
    scenario: npt.NDArray[np.int64]
    left: FloatArray
    products: tuple[str, ...]
    product_weights: FloatArray
    walk: Walk
    notes: tuple[str, ...]

    @property
    def draws(self) -> FloatArray:
        """Draws at the target date, shape (n_draws, n_tiers) [1]."""
        last: FloatArray = self.path[-1]
        return last


def project(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    *,
    to: dt.date | None = None,
    strands: frozenset[Strand] | None = None,
    n_dates: int = DATES,
    rng: np.random.Generator | None = None,
) -> Projection:
    """Project the tier mix to a coming date.

    Parameters
    ----------
    history : DataFrame
        From `composition_history`: indexed by period, rising, the last one the snapshot; one column a tier edge [x];
        shares of leveraged notional that sum to 1 [1].
    assumptions : OutlookAssumptions
    to : date, optional
        Day to project to, in place of the file's.
    strands : frozenset of str, optional
        Strands that act; default: those that the file enables. One that isn't enabled there can't act.
    n_dates : int, optional
        Dates from the snapshot to the target, 2 or more.
    rng : Generator, optional
        Default: seeded with the file's seed. Each strand has its own stream, so that
        projections with other strands, from the same seed, differ by the strands alone.

    Returns
    -------
    Projection

    Raises
    ------
    UsageError
        If the target is not after the snapshot, or a cap or a product's leverage lies under the lowest tier.
    DataError
        If the history is empty, not in order, or not of shares that sum to 1.
    ValueError
        If there are fewer than two dates.
    """
    if n_dates < FEWEST_DATES:
        raise ValueError(f"got {n_dates} dates; allowed are {FEWEST_DATES} or more: the snapshot's and the target's")
    run = _prepared(history, assumptions, to=to, strands=strands, n_dates=n_dates, rng=rng)
    carried = _carried(run)
    adopted = _adopted(run)
    rules = _rules(run)
    weighted = _weighted(run, carried, adopted)
    ruled = regulated(weighted, rules, strand=run.regulation, edges=run.walk.edges, dates=run.dates)
    return Projection(
        edges=run.walk.edges,
        dates=run.dates,
        path=ruled.shares,
        start=run.walk.start,
        strands=run.acting,
        scenarios=tuple(scenario.name for scenario in run.regulation.scenarios),
        scenario=rules.scenario,
        left=ruled.left,
        products=adopted.products,
        product_weights=adopted.weights,
        walk=run.walk,
        notes=(*run.walk.notes, *_thin_base(history, run), *_idle_caps(run)),
    )


@dataclass(frozen=True, eq=False)
class _Run:
    """What all strands of one projection share."""

    assumptions: OutlookAssumptions
    walk: Walk
    dates: pd.DatetimeIndex
    acting: frozenset[Strand]
    streams: Mapping[Strand, np.random.Generator]

    @property
    def years(self) -> list[float]:
        ahead = (self.dates - self.dates[0]) / pd.Timedelta(days=DAYS_A_YEAR)
        return [float(years) for years in ahead]

    @property
    def regulation(self) -> RegulationStrand:
        """The regulation strand, without scenarios where it doesn't act."""
        return self.assumptions.regulation if "regulation" in self.acting else RegulationStrand(enabled=False)


def _prepared(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    *,
    to: dt.date | None,
    strands: frozenset[Strand] | None,
    n_dates: int,
    rng: np.random.Generator | None,
) -> _Run:
    stated = assumptions.history
    walk = fit_walk(
        history,
        drift_prior_years=stated.drift_prior_years.mode,
        pseudo_share=stated.pseudo_share.mode,
        fallback_volatility=stated.fallback_volatility.mode,
    )
    as_of = pd.Timestamp(history.index[-1])
    target = pd.Timestamp(target_date(assumptions, as_of.date(), to=to))
    spawned = (rng or np.random.default_rng(assumptions.seed)).spawn(len(STRANDS))
    return _Run(
        assumptions=assumptions,
        walk=walk,
        dates=pd.date_range(as_of, target, periods=n_dates),
        acting=assumptions.enabled if strands is None else strands & assumptions.enabled,
        streams=dict(zip(STRANDS, spawned, strict=True)),
    )


def _carried(run: _Run) -> FloatArray:
    """Shares carried on by the history, or the start where that strand doesn't act."""
    n_draws = run.assumptions.draws
    if "history" in run.acting:
        return walk_draws(run.walk, run.years, n_draws=n_draws, rng=run.streams["history"])
    return np.tile(run.walk.start, (len(run.dates), n_draws, 1))


def _adopted(run: _Run) -> AdoptionDraws:
    n_draws = run.assumptions.draws
    if "adoption" in run.acting:
        return adoption_draws(run.assumptions.adoption, run.years, n_draws=n_draws, rng=run.streams["adoption"])
    return AdoptionDraws((), np.empty((len(run.dates), n_draws, 0)))


def _weighted(run: _Run, shares: FloatArray, adopted: AdoptionDraws) -> FloatArray:
    """Shares after the change of product weights."""
    if not adopted.products:
        return shares
    return closed(shares * tier_factors(run.assumptions.adoption, adopted.weights, run.walk.edges))


def _rules(run: _Run) -> RegulationDraws:
    n_draws = run.assumptions.draws
    if "regulation" in run.acting:
        return regulation_draws(run.regulation, n_draws=n_draws, rng=run.streams["regulation"])
    return RegulationDraws(np.zeros(n_draws, dtype=np.int64), np.zeros((3, n_draws)))


def _thin_base(history: pd.DataFrame, run: _Run) -> tuple[str, ...]:
    span, ahead = (history.index[-1] - history.index[0]).days, (run.dates[-1] - run.dates[0]).days
    if len(history) >= ENOUGH_PERIODS and span >= ahead:
        return ()
    base = f"the history has {len(history)} periods over {span} days, the outlook looks {ahead} days ahead"
    thin = f"fewer than {ENOUGH_PERIODS} periods, or less time than the outlook looks ahead, is a thin base"
    return (f"Exploratory: {base}; {thin}.",)


def _idle_caps(run: _Run) -> tuple[str, ...]:
    """Caps that change nothing in the draws, and why."""
    said = []
    for scenario in run.regulation.scenarios:
        begins = None if scenario.starts is None else pd.Timestamp(scenario.starts)
        if begins is not None and begins <= run.dates[0]:
            said.append(
                f"The cap of scenario {scenario.name!r} began on {scenario.starts}, by the snapshot: the data show it "
                "already, and its draws change nothing more."
            )
        elif begins is not None and begins > run.dates[-1]:
            said.append(
                f"The cap of scenario {scenario.name!r} does not yet apply at {run.dates[-1]:%Y-%m-%d}: it begins on "
                f"{scenario.starts}, and its draws change nothing before."
            )
    return tuple(said)
