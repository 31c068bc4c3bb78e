"""Which reports a call of `cohortiv report` is about: each date, of each notebook, for each symbol."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cohortiv.cli.request import ReportRequest
from cohortiv.errors import DataError, UsageError
from cohortiv.positions import snapshots, take_inventory
from cohortiv.sources.several import open_cohort


def asked_requests(options: Mapping[str, Any]) -> list[ReportRequest]:
    """Reports that the options of the command ask for.

    Parameters
    ----------
    options : mapping
        As the command has them; `notebooks`, `as_of` and `symbol` may hold several each, and `since` and `until` stand
        for the snapshot days between them.

    Returns
    -------
    list of ReportRequest
        By date, each once, so that an issue finds the one before it.

    Raises
    ------
    UsageError
        If the options don't go together, or a date is none.
    DataError
        If there is no snapshot between the dates.
    """
    single = {
        name: value for name, value in options.items() if name not in {"notebooks", "as_of", "symbol", "since", "until"}
    }
    base = ReportRequest(notebook="", as_of=None, symbol=None, **single)
    dates = _dates(base, options)
    notebooks, symbols = options["notebooks"] or ("risk-report",), options["symbol"] or (None,)
    wanted = [(as_of, notebook, symbol) for as_of in dates for notebook in notebooks for symbol in symbols]
    return [
        replace(base, notebook=notebook, as_of=as_of, symbol=symbol)
        for as_of, notebook, symbol in dict.fromkeys(wanted)
    ]


def snapshot_days(positions: str, *, since: date | None, until: date | None) -> tuple[date, ...]:
    """Days of a position source that have a snapshot.

    Parameters
    ----------
    positions : str
        File, folder, glob or NAME:FILE.
    since, until : date or None
        First and last day that counts (UTC).

    Returns
    -------
    tuple of date
        Oldest first.

    Raises
    ------
    DataError
        If there is none; the days that there are are named.
    """
    days = sorted({moment.date() for moment in snapshots(take_inventory(open_cohort(positions)))})
    found = tuple(day for day in days if (since is None or day >= since) and (until is None or day <= until))
    if not found:
        held = f"snapshots from {days[0]} to {days[-1]}" if days else "no snapshot times"
        raise DataError(
            f"--since and --until got {since or 'any day'} to {until or 'any day'}, and {positions} has {held}. "
            "Give days that have a snapshot."
        )
    return found


def _dates(base: ReportRequest, options: Mapping[str, Any]) -> Sequence[str | None]:
    since, until = _day(options["since"], "--since"), _day(options["until"], "--until")
    if since is None and until is None:
        return sorted(options["as_of"]) or (None,)
    if options["as_of"]:
        raise UsageError("--as-of and --since or --until exclude each other. Give one or the other.")
    if not base.positions:
        raise UsageError("--since and --until name days of --positions, and it is not given. Add it, or give --as-of.")
    if since and until and since > until:
        raise UsageError(f"--since got {since}, after --until {until}. Exchange them.")
    return [day.isoformat() for day in snapshot_days(base.positions, since=since, until=until)]


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} got {text!r}; allowed is a date such as 2026-02-18. Correct it.") from error
