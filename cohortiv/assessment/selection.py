"""Which rows a run is about: the snapshot asked for, the snapshots up to it, and the cohort's scope."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import ibis.expr.types as ir

from cohortiv.assessment.settings import Settings
from cohortiv.config.cohort import CohortConfig, read_accounts
from cohortiv.errors import UsageError
from cohortiv.positions import Holding, Positions, parse_as_of
from cohortiv.profile import Scope

#: Time of rows that neither the source nor the caller dates.
UNDATED = datetime(2200, 1, 1)  # noqa: DTZ001 - house times are UTC without zone


def dated(settings: Settings) -> Settings:
    """The embedded sample is read at its last snapshot unless another one is asked for."""
    if settings.positions or settings.is_aggregate or settings.as_of:
        return settings
    from cohortiv.sources.sample import LAST_SNAPSHOT  # noqa: PLC0415 - no use where there are positions

    return replace(settings, as_of=f"{LAST_SNAPSHOT:%Y-%m-%d}")


def label_of(as_of: str | None) -> datetime:
    """Time given to rows without snapshot times: the one asked for, or a late one, so the latest brackets count."""
    if as_of is None:
        return UNDATED
    wanted = parse_as_of(as_of)
    return wanted if isinstance(wanted, datetime) else datetime.combine(wanted, time())


def period(
    inventory: Sequence[Holding], moment: datetime | None, *, past: bool, history_days: float | None = None
) -> tuple[Holding, ...]:
    """What a table holds of one snapshot, or of all up to it; everything where the source names no times.

    Parameters
    ----------
    inventory : sequence of Holding
    moment : datetime or None
        Snapshot time (UTC).
    past : bool
        Whether earlier snapshots count too.
    history_days : float, optional
        How much earlier [days]; without a limit if None.
    """
    if moment is None:
        return tuple(inventory)
    longest = timedelta.max if history_days is None else timedelta(days=history_days)
    back = longest if past else timedelta(0)
    return tuple(h for h in inventory if h.as_of is not None and timedelta(0) <= moment - h.as_of <= back)


def only(positions: Positions, kept: Sequence[Holding], times: Sequence[datetime]) -> Positions:
    """Rows of the wanted snapshots only.

    Parameters
    ----------
    positions : Positions
    kept : sequence of Holding
        From `period`.
    times : sequence of datetime
        Snapshots in the source; empty where it names none.
    """
    if not times:
        return positions
    moments = sorted({h.as_of for h in kept if h.as_of is not None})
    column = positions.table.as_of
    condition = column == moments[0] if len(moments) == 1 else column.between(moments[0], moments[-1])
    return replace(positions, table=positions.table.filter(condition))


def at(table: ir.Table, moment: datetime | None) -> ir.Table:
    """Rows of one snapshot; all where the source names no times."""
    return table if moment is None else table.filter(table.as_of == moment)


def scope_of(cohort: CohortConfig, symbol: str | None) -> Scope:
    """What a run is about, by its cohort's filters and its symbol.

    Raises
    ------
    UsageError
        If the filters leave the symbol out.
    """
    filters = cohort.filters
    symbols = (symbol,) if symbol else filters.symbols or None
    if symbol and filters.symbols and symbol not in filters.symbols:
        raise UsageError(
            f"--symbol got {symbol!r}, but the cohort {cohort.name!r} is filtered to {', '.join(filters.symbols)}. "
            "Name one of those, or change the cohort file."
        )
    return Scope(
        symbols=symbols,
        venues=filters.venues or None,
        products=filters.products or None,
        accounts=read_accounts(filters.accounts_file) if filters.accounts_file else None,
    )
