"""Whether what a run asks for by name is in its data at all, found before anything else runs."""

from collections.abc import Mapping
from typing import Any

from cohortiv.assessment.aggregate import refuse_unknown_symbol
from cohortiv.assessment.notices import refuse_symbol
from cohortiv.assessment.opening import opened
from cohortiv.assessment.settings import Settings
from cohortiv.distribution.tier_table import cohort_rows
from cohortiv.errors import CohortivError
from cohortiv.positions import choose_snapshot
from cohortiv.sources.instruments import several_names
from cohortiv.sources.market_history import read_market_history
from cohortiv.sources.tier_map import read_tier_table


def refuse_unknown_names(settings: Settings) -> None:
    """Raise where the symbol, the snapshot or the tier cohort of a run is not in its data.

    Parameters
    ----------
    settings : Settings
        Without positions or what stands in for them nothing is looked for.

    Raises
    ------
    UsageError, DataError
        As the run would, in the same words. What else is wrong with positions is for the run to tell.
    """
    if settings.tier_table:
        refuse_unknown_symbol(cohort_rows(read_tier_table(settings.tier_table).frame, settings.tier_cohort), settings)
    elif settings.market and settings.symbol:
        read_market_history(
            settings.market, open_interest=settings.open_interest, symbol=settings.symbol, venue=settings.venue
        )
    elif settings.positions and (settings.symbol or settings.as_of):
        held = _held(settings)
        names = sorted({*held["symbol"], *(one.symbol for one in several_names(held["symbol"]).values())})
        if settings.symbol and names:
            refuse_symbol(settings.symbol, names)
        if settings.as_of:
            choose_snapshot(sorted({moment for moment in held["as_of"] if moment is not None}), settings.as_of)


def _held(settings: Settings) -> Mapping[str, list[Any]]:
    """Symbols and snapshots of the positions, each pair once; none where they cannot be read."""
    try:
        with opened(settings, lambda _line: None) as (positions, _cohort):
            found: dict[str, list[Any]] = positions.table.select("symbol", "as_of").distinct().to_pyarrow().to_pydict()
    except CohortivError:
        return {"symbol": [], "as_of": []}
    return found
