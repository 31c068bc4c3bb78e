"""Which venues a snapshot of several covers: when each was read, how much it holds, and who is missing."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis.expr.types as ir
import pandas as pd

from cohortiv.disclosure import DisclosureRule, is_safe
from cohortiv.positions import Coverage
from cohortiv.schema import USED

#: What a venue's row says of it.
IN_TIME, REMARKED, EMPTY, MISSING = "in time", "marks of the other venues", "no positions", "missing"
#: Significant digits of what a report tells of a venue: the rest of two cells cannot be had by subtraction.
PUBLISHED_DIGITS: Final = 2


@dataclass(frozen=True)
class CoveredVenue:
    """One venue of a snapshot.

    Attributes
    ----------
    venue : str
        Of a missing one with its account, where the venue has several.
    status : str
        `IN_TIME`; `REMARKED`: read over a minute before the snapshot's time, so with the marks of venues that were not;
        `EMPTY`; or `MISSING`.
    taken : datetime or None
        The venue's own time, of several accounts the first; of a missing one when it was last seen (UTC), None where
        it never was.
    positions : int or None
        Rows in use; None where withheld or missing.
    notional_usd : float or None
        Their notional [USD]; None where withheld or missing.
    """

    venue: str
    status: str
    taken: datetime | None
    positions: int | None = None
    notional_usd: float | None = None


def covered(
    lines: ir.Table, coverage: Coverage | None, moment: datetime | None, *, rule: DisclosureRule | None
) -> tuple[CoveredVenue, ...]:
    """Venues of a snapshot.

    Parameters
    ----------
    lines : ibis Table
        Line table of the snapshot.
    coverage : Coverage or None
        None where the positions are of one source: nothing is told of venues then.
    moment : datetime or None
        Time of the snapshot.
    rule : DisclosureRule or None
        With it, sizes are told only where every venue keeps it, and rounded to `PUBLISHED_DIGITS`; None tells all.

    Returns
    -------
    tuple of CoveredVenue
        Those that are there by name, then the missing.
    """
    if coverage is None:
        return ()
    sizes = _sizes(lines, rule)
    late = {time.venue for time in coverage.at(moment) if time.remarked}
    taken = {time.venue: time.taken for time in reversed(coverage.at(moment))}
    there = [
        CoveredVenue(venue, REMARKED if venue in late else IN_TIME, taken[venue], *sizes.get(venue, (None, None)))
        for venue in sorted(taken)
    ]
    empty = [CoveredVenue(venue, EMPTY, None, 0, 0.0) for venue in coverage.empty if venue not in taken]
    missing = [CoveredVenue(venue, MISSING, last) for venue, last in sorted(coverage.absent(moment).items())]
    return (*there, *empty, *missing)


def shortcomings(venues: tuple[CoveredVenue, ...]) -> Iterator[str]:
    """What a snapshot lacks of its venues, one sentence each without a full stop.

    Parameters
    ----------
    venues : tuple of CoveredVenue
    """
    for one in venues:
        if one.status == MISSING:
            seen = f"it was last seen at {one.taken:%Y-%m-%d %H:%M:%S} UTC" if one.taken else "nothing of it was read"
            yield f"{one.venue} is missing: {seen}"
        if one.status == REMARKED:
            yield (
                f"{one.venue} was read at {one.taken:%H:%M:%S} UTC, over a minute before the others, whose marks its "
                "positions carry"
            )


def _sizes(lines: ir.Table, rule: DisclosureRule | None) -> Mapping[str, tuple[int | None, float | None]]:
    """Rows in use and notional of each venue; nothing where one of them may not be told."""
    used = lines.filter(lines.reason == USED)
    by_account = used.group_by(["venue", "account_id"]).aggregate(rows=used.count(), cents=used.notional_cents.sum())
    grouped = by_account.group_by("venue").aggregate(
        accounts=by_account.count(), positions=by_account.rows.sum(), notional_cents=by_account.cents.sum(),
        largest_cents=by_account.cents.max(),
    )  # fmt: skip
    table = grouped.to_pyarrow().to_pandas()
    if rule is None:
        return {row.venue: (int(row.positions), float(row.notional_cents) / 100) for row in table.itertuples()}
    if not _all_safe(table, rule):
        return {}
    return {
        row.venue: (int(_rounded(row.positions)), _rounded(float(row.notional_cents) / 100))
        for row in table.itertuples()
    }


def _all_safe(table: pd.DataFrame, rule: DisclosureRule) -> bool:
    """Whether every venue keeps the rule; a total would give the one that doesn't away."""
    return bool(is_safe(table, rule).all())


def _rounded(number: float) -> float:
    """A number to `PUBLISHED_DIGITS` significant digits."""
    return round(number, PUBLISHED_DIGITS - 1 - math.floor(math.log10(number))) if number > 0 else 0.0
