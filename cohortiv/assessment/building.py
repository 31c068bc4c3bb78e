"""From a source to the profile of the wanted snapshots, with nothing lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import ibis.expr.types as ir

from cohortiv.assessment.exclusions import judge_exclusions
from cohortiv.assessment.notices import known_symbol, notices
from cohortiv.assessment.opening import opened
from cohortiv.assessment.selection import at, label_of, only, period, scope_of
from cohortiv.assessment.settings import Settings
from cohortiv.assessment.suspicions import suspicions
from cohortiv.comovement import Comovement, comovement
from cohortiv.config.cohort import CohortConfig
from cohortiv.duplicates import without_duplicates
from cohortiv.liquidation import liquidation_lines
from cohortiv.liquidation.lines import LineTable
from cohortiv.margin.brackets import load_brackets
from cohortiv.positions import (
    ControlTotals,
    Holding,
    Positions,
    choose_snapshot,
    control_totals,
    snapshots,
    take_inventory,
)
from cohortiv.profile import (
    BuiltProfile,
    LiquidationProfile,
    build_profile,
    margin_units_by_snapshot,
    reconcile,
    used_totals,
)
from cohortiv.sources.several import one_name_each

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Built:
    """Positions of the wanted snapshots with their lines and profile.

    Attributes
    ----------
    positions : Positions
        Rows of the wanted snapshots, each once.
    cohort : CohortConfig
    inventory : tuple of Holding
        What the whole source holds.
    kept : tuple of Holding
        What of it is in the wanted snapshots.
    lines : LineTable
    built : BuiltProfile
    comovement : Comovement
    moment : datetime or None
        Time of the snapshot that the run is about (UTC), None where the source names none.
    label : datetime
        The same, or what stands for it.
    totals : ControlTotals
        Of the rows as read.
    mapped : tuple of str
        Which names were read as one symbol, one sentence each without a period.
    """

    positions: Positions
    cohort: CohortConfig
    inventory: tuple[Holding, ...]
    kept: tuple[Holding, ...]
    lines: LineTable
    built: BuiltProfile
    comovement: Comovement
    moment: datetime | None
    label: datetime
    totals: ControlTotals
    mapped: tuple[str, ...]

    @property
    def one_each(self) -> bool:
        """Whether every account has one row only in all that was read."""
        return self.totals.accounts == sum(h.rows for h in self.kept)


def build(
    settings: Settings, positions: Positions, cohort: CohortConfig, *, past: bool, every: bool, keep: bool, tell: Say
) -> Built:
    """Select snapshots, solve lines, aggregate; `keep` stores the lines of a single snapshot."""
    positions, mapped, inventory = _one_name_each(positions, take_inventory(positions))
    for told in mapped:
        tell(f"Note: {told}")
    times = snapshots(inventory)
    moment = times[-1] if every and times else choose_snapshot(times, settings.as_of)
    label = moment or label_of(settings.as_of)
    symbol = known_symbol(settings.symbol, inventory)
    kept = period(inventory, moment, past=past or every, history_days=None if every else settings.history_days)
    chosen = only(positions, kept, times)
    totals = control_totals(chosen.table if every else at(chosen.table, moment))
    if totals.accounts < sum(h.rows for h in kept):
        chosen = without_duplicates(chosen, kept)
    movement = comovement(cohort.betas, cohort.kappas)
    tell(f"Solving the liquidation lines of {sum(h.rows for h in kept):,} position(s)")
    brackets = load_brackets(settings.brackets)
    found = notices(
        settings, cohort.filters, chosen, inventory=kept, brackets=brackets, moment=moment, as_of=label
    )  # fmt: skip
    for notice in found:
        tell(notice)
    lines = liquidation_lines(
        chosen,
        kept,
        brackets=brackets,
        comovement=movement,
        as_of=label,
        symbol=symbol,
        tier_edges=cohort.tier_edges,
    )
    origin = {
        "sources": list(positions.sources), "symbol": symbol, "cohort": cohort.name,
        "synthetic": positions.synthetic,
    }  # fmt: skip
    scope = scope_of(cohort, symbol)
    built = build_profile(
        lines,
        kept,
        positions.given,
        scope=scope,
        comovement=movement,
        origin=origin,
        keep=keep and len(snapshots(kept)) <= 1,
    )
    return Built(chosen, cohort, inventory, kept, lines, built, movement, moment, label, totals, mapped)


def _one_name_each(
    positions: Positions, inventory: tuple[Holding, ...]
) -> tuple[Positions, tuple[str, ...], tuple[Holding, ...]]:
    """Positions with one name for each symbol, what was mapped, and what they hold then."""
    found, mapped = one_name_each(positions, {holding.symbol for holding in inventory})
    return found, mapped, take_inventory(found) if mapped else inventory


def build_past(settings: Settings, *, every: bool, units: bool = False, say: Say) -> LiquidationProfile:
    """The profile of one snapshot, or of every snapshot of a source, without the passes by account.

    Parameters
    ----------
    settings : Settings
    every : bool
        All snapshots of the source; the settings' `as_of` is then not asked.
    units : bool
        Whether the origin is to hold `margin_units` too, by time in ISO 8601; one pass by account more.
    say : callable
        Takes one line of progress or warning at a time.

    Raises
    ------
    UsageError, DataError
        As for `read_cohort`.
    """
    if settings.is_aggregate:
        from cohortiv.assessment.aggregate import read_aggregate  # noqa: PLC0415 - no use where there are positions

        return read_aggregate(settings, label_of(settings.as_of), every=every, tell=say).profile
    with opened(settings, say, as_of=None if every else settings.as_of) as (positions, cohort):
        made = build(settings, positions, cohort, past=False, every=every, keep=False, tell=say)
        reconciled(made, made.built.lines, made.built.profile)
        judge(settings, made, made.built.profile, lines=made.built.lines, tell=say)
        profile = made.built.profile
        counted = margin_units_by_snapshot(made.built.lines) if units else {}
        known = {"margin_units": {moment.isoformat(): count for moment, count in counted.items()}} if units else {}
        return replace(profile, origin={**profile.origin, **known})


def judge(settings: Settings, made: Built, profile: LiquidationProfile, *, lines: ir.Table, tell: Say) -> None:
    """Stop where too much is excluded, and tell what looks wrong."""
    scope = scope_of(made.cohort, settings.symbol)
    judge_exclusions(settings, profile, positions=made.positions, lines=lines, scope=scope, tell=tell)
    for suspicion in suspicions(profile):
        tell(f"Warning: {suspicion.told}")


def reconciled(made: Built, lines: ir.Table, profile: LiquidationProfile) -> None:
    """Hold the control totals of what was read against the lines, and these against the profile."""
    alone = made.totals.accounts == made.totals.rows
    out = used_totals(lines, one_each=alone)
    reconcile(made.totals, out, where="the lines")
    cells = profile.cells
    counted = ControlTotals(int(cells["positions"].sum()), out.accounts, int(cells["notional_cents"].sum()))
    reconcile(out, counted, where="the profile")
