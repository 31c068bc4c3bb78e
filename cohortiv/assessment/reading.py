"""A cohort read: from the source to its profile, account figures and data quality, with nothing lost on the way."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from cohortiv.assessment.building import Built, build, judge, reconciled
from cohortiv.assessment.coverage import CoveredVenue, covered, shortcomings
from cohortiv.assessment.disclosed import Disclosed, disclose, rule_of
from cohortiv.assessment.largest import largest_are_safe
from cohortiv.assessment.nodes import expected_parts
from cohortiv.assessment.opening import opened
from cohortiv.assessment.selection import at, dated
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.assessment.withheld import Withheld, narrowed, withhold
from cohortiv.config.cohort import CohortConfig
from cohortiv.display import Displayed
from cohortiv.duplicates import one_a_side
from cohortiv.liquidation.lines import LineTable
from cohortiv.materialise import materialise, named
from cohortiv.positions import (
    ControlTotals,
    Holding,
    Positions,
)
from cohortiv.profile import (
    AccountFigures,
    LiquidationProfile,
    account_figures,
    critical_distances,
    leveraged_positions,
    margin_units_by_snapshot,
)

if TYPE_CHECKING:
    from cohortiv.assessment.disclosed_usage import UsageCells
    from cohortiv.distribution.usage import LeverageUsage

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class CohortReading(Displayed):
    """One cohort at one snapshot, read and aggregated; nothing here is position-sized.

    Attributes
    ----------
    profile : LiquidationProfile
        The snapshot.
    past : LiquidationProfile
        The snapshots of the same source up to and including this one.
    past_units : mapping of datetime to int
        Leveraged margin units of each snapshot; empty where there is only one.
    figures : AccountFigures
        From the pass by account.
    disclosed : Disclosed or None
        Cells that may be published; None where the result stays with the analyst.
    withheld : Withheld
        Figures that may not be published; none where the result stays with the analyst.
    drawdown_distance, rally_distance : float or None
        Exact critical distances [log].
    totals : ControlTotals
        Of the snapshot as read.
    cohort : CohortConfig
    symbols : tuple of str
        Symbols with leveraged notional, largest first.
    as_of : datetime or None
        Time of the snapshot, None where neither the source nor the caller names one.
    asked : str or None
        `--as-of` as given.
    timed : bool
        Whether the source itself names the snapshot's time.
    early_share : float
        Share of rows served by brackets that came into force only later [1].
    steps : int
        Newton steps of the slowest cross unit.
    sources : tuple of str
        File names.
    synthetic : bool
    other_rows : int
        Rows of other snapshots in the source.
    basis : Basis
        Positions, or what stands in for them.
    usage : LeverageUsage or None
        Leverage distribution; None where it was not asked for, or no positions are behind it.
    usage_cells : UsageCells or None
        What of it may be published; None where `disclosed` is.
    venues : tuple of CoveredVenue
        Venues of the snapshot, the missing among them; empty where the positions are of one source.
    uneven, mapped : tuple of str
        Columns that some files lack; names that were read as one symbol: one sentence each, without a period.
    """

    profile: LiquidationProfile
    past: LiquidationProfile
    past_units: Mapping[datetime, int]
    figures: AccountFigures
    disclosed: Disclosed | None
    withheld: Withheld
    drawdown_distance: float | None
    rally_distance: float | None
    totals: ControlTotals
    cohort: CohortConfig
    symbols: tuple[str, ...]
    as_of: datetime | None
    asked: str | None
    timed: bool
    early_share: float
    steps: int
    sources: tuple[str, ...]
    synthetic: bool
    other_rows: int
    basis: Basis = Basis.POSITIONS
    usage: "LeverageUsage | None" = None
    usage_cells: "UsageCells | None" = None
    venues: tuple[CoveredVenue, ...] = ()
    uneven: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()

    @property
    def told_symbols(self) -> tuple[str, ...]:
        """Symbols that may be named, largest first: what is held in the others is told together with more."""
        named = self.symbols if self.disclosed is None else self.disclosed.named_symbols
        return tuple(symbol for symbol in self.symbols if symbol in named)

    @property
    def has_accounts(self) -> bool:
        """Whether positions, and so accounts, are behind it; counts of them are 0 where not."""
        return self.basis is Basis.POSITIONS


def read_cohort(
    settings: Settings, *, for_report: bool = True, usage: bool = False, say: Say | None = None
) -> CohortReading:
    """Read a cohort's positions, or the aggregates that stand in for them, and reduce them to what the index needs.

    Parameters
    ----------
    settings : Settings
    for_report : bool
        Whether the result is to be published: then earlier snapshots of the source are read for the index's history,
        and what may be disclosed is found.
    usage : bool
        Whether the leverage distribution is wanted too; it takes further passes by account.
    say : callable, optional
        Takes one line of progress or warning at a time; standard error if None.

    Returns
    -------
    CohortReading

    Raises
    ------
    UsageError
        If the settings cannot be run.
    DataError
        If the data are bad, more than `max_excluded` of the notional is excluded, or totals do not reconcile.
    """
    tell = say or partial(print, file=sys.stderr)
    settings = dated(settings)
    if settings.is_aggregate:
        from cohortiv.assessment.aggregate import without_positions  # noqa: PLC0415 - no use where there are positions

        return without_positions(settings, past=for_report, tell=tell)
    with opened(settings, tell, as_of=settings.as_of) as (positions, cohort):
        return _read(settings, positions, cohort, for_report=for_report, usage=usage, tell=tell)


def _read(
    settings: Settings, positions: Positions, cohort: CohortConfig, *, for_report: bool, usage: bool, tell: Say
) -> CohortReading:
    made = build(settings, positions, cohort, past=for_report, every=False, keep=True, tell=tell)
    moment, past = made.moment, made.built.profile
    profile = past.at(made.label) if moment else past
    several = len(past.snapshots) > 1
    every = named(made.built.lines) if several else made.built.lines
    now = materialise(at(every, moment)) if several else every
    tell("Grouping by account")
    reconciled(made, now, profile)
    judge(settings, made, profile, lines=now, tell=tell)
    kappas = {h.symbol: made.comovement.kappa(h.symbol) for h in made.kept}
    betas = None if settings.symbol else {symbol: made.comovement.beta(symbol) for symbol in kappas}
    held = leveraged_positions(now, kappas, betas=betas)
    held = named(held) if for_report or usage or not made.one_each else held
    counting = profile if made.one_each or one_a_side(positions.given, made.kept) else None
    figures = account_figures(held, kappas, profile=counting, one_each=made.one_each)
    distances = critical_distances(profile, held, critical_mass=settings.critical_mass)
    venues = covered(now, positions.coverage, moment, rule=rule_of(cohort.privacy) if for_report else None)
    for shortcoming in shortcomings(venues):
        tell(f"Warning: {shortcoming}")
    reading = CohortReading(
        profile=profile,
        past=past,
        past_units=margin_units_by_snapshot(every) if several else {},
        figures=figures,
        disclosed=_disclosed(settings, cohort, profile, held=held, figures=figures) if for_report else None,
        withheld=_withheld(settings, made, now, past=every, held=held, sizes=figures.sizes)
        if for_report
        else Withheld(),
        drawdown_distance=distances.below,
        rally_distance=distances.above,
        totals=made.totals,
        cohort=cohort,
        symbols=symbols_by_size(profile),
        as_of=moment or (made.label if settings.as_of else None),
        asked=settings.as_of,
        timed=moment is not None,
        early_share=_early_share(made.lines, made.kept, moment),
        steps=made.lines.steps,
        sources=positions.sources,
        synthetic=positions.synthetic,
        other_rows=sum(h.rows for h in made.inventory if moment is not None and h.as_of != moment),
        venues=venues,
        uneven=positions.uneven,
        mapped=made.mapped,
    )
    return _with_usage(reading, made, every, held=held) if usage else reading


def _with_usage(reading: CohortReading, made: Built, past: ir.Table, *, held: ir.Table) -> CohortReading:
    """The reading with its leverage distribution, from further passes by account."""
    # The index does without them.
    from cohortiv.assessment.disclosed_usage import disclose_usage  # noqa: PLC0415
    from cohortiv.assessment.overlap import account_overlap  # noqa: PLC0415
    from cohortiv.assessment.told_days import told_days  # noqa: PLC0415
    from cohortiv.distribution.effective import effective_positions  # noqa: PLC0415
    from cohortiv.distribution.usage import leverage_usage  # noqa: PLC0415

    edges, disclosed = made.cohort.tier_edges, reading.disclosed
    effective = effective_positions(held, at(made.positions.table, made.moment), tier_edges=edges)
    found = leverage_usage(reading.profile, held, effective, past=past, tier_edges=edges, one_each=made.one_each)
    if disclosed is None:
        return replace(reading, usage=found)
    cells = disclose_usage(held, effective, disclosed, privacy=made.cohort.privacy)
    days = told_days(past, high_from=found.concentration.high_from, rule=cells.rule)
    overlap = account_overlap(past, cells.rule)
    return replace(reading, usage=found, usage_cells=replace(cells, days=days, overlap=overlap))


def _disclosed(
    settings: Settings, cohort: CohortConfig, profile: LiquidationProfile, *, held: ir.Table, figures: AccountFigures
) -> Disclosed:
    """Cells that may be published."""
    parts = expected_parts(profile, figures, settings)
    return disclose(held, cohort.privacy, by_market=settings.symbol is None, parts=parts)


def _withheld(
    settings: Settings, made: Built, now: ir.Table, *, past: ir.Table, held: ir.Table, sizes: pd.DataFrame
) -> Withheld:
    """Figures that may not be published."""
    rule = rule_of(made.cohort.privacy)
    unknown = sorted({h.symbol for h in made.kept if not made.comovement.is_known(h.symbol)})
    found = withhold(narrowed(now), past, rule=rule, unknown=unknown)
    if largest_are_safe(held, sizes, critical_mass=settings.critical_mass, rule=rule):
        return found
    return replace(found, figures=found.figures | {"largest_positions"})


def symbols_by_size(profile: LiquidationProfile) -> tuple[str, ...]:
    """Symbols with leveraged notional, largest first."""
    sizes = profile.leveraged.groupby("symbol")["notional_cents"].sum().sort_values(ascending=False, kind="stable")
    return tuple(str(symbol) for symbol in sizes.index)


def _early_share(lines: LineTable, kept: Sequence[Holding], moment: datetime | None) -> float:
    early = sum(h.rows for h in lines.book.early if moment is None or h.as_of == moment)
    return early / max(1, sum(h.rows for h in kept if moment is None or h.as_of == moment))
