"""Earlier snapshots of which a report may tell how much stands at high leverage."""

from datetime import datetime

import ibis.expr.types as ir

from cohortiv.disclosure import DisclosureRule, counted, is_safe
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.schema import USED


def told_days(lines: ir.Table, *, high_from: float, rule: DisclosureRule) -> tuple[datetime, ...]:
    """Snapshots whose leveraged notional, parted at a leverage, makes cells that may be published.

    Parameters
    ----------
    lines : ibis Table
        From `cells.binned`, any number of snapshots: as_of, account_id, reason, tier, notional_cents.
    high_from : float
        Lowest tier of the upper part [x].
    rule : DisclosureRule

    Returns
    -------
    tuple of datetime
        Oldest first; a snapshot with one part only is told, since the part is the whole.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    counts = counted(held.mutate(high=held.tier >= high_from), ["as_of", "high"])
    safe = is_safe(counts, rule).groupby(counts["as_of"]).all()
    return tuple(moment.to_pydatetime() for moment in safe.index[safe].sort_values())
