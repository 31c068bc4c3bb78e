"""Where an issue stands: what changed since the one before, and whether its data bear it as those did."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cohortiv.assessment.coverage import shortcomings
from cohortiv.findings.context import Findings
from cohortiv.quantities import exact_percent, percent, points, usd
from cohortiv.summary import summarise

PUBLISHED: Final = "published"
DEGRADED: Final = "degraded"
NOT_PUBLISHED: Final = "not published"


def issue(f: Findings) -> dict[str, object]:
    """What a summary says of the issue as one of a series.

    Parameters
    ----------
    f : Findings

    Returns
    -------
    dict
        Under "issue": state, reasons, since and changes. The state is "not published" where there is no code,
        "degraded" where the data behind it shrank or grew old by more than the cohort's limits, else "published".
    """
    reasons = list(f.result.grey) or list(shortfalls(f))
    state = NOT_PUBLISHED if f.result.grey else DEGRADED if reasons else PUBLISHED
    since = None if f.previous is None else str(f.previous["as_of"])
    return {"issue": {"state": state, "reasons": reasons, "since": since, "changes": changes(f)}}


def changes(f: Findings) -> list[str]:
    """What differs from the previous issue, parameters included; empty where nothing does or there is none."""
    if f.previous is None:
        return []
    now, before = _compared(summarise(f.result)), _compared(f.previous)
    return [f"{name} from {before[name]} to {now[name]}" for name in now if before[name] != now[name]]


def shortfalls(f: Findings) -> Iterator[str]:
    """What the data lack by more than the cohort's limits, one sentence each without a full stop.

    Parameters
    ----------
    f : Findings

    Yields
    ------
    str
        Usable notional, accounts and symbols that fell by more than `max_coverage_drop` since the previous issue; rows
        that are served by brackets of a later time, more than `max_early_brackets_share` of them; venues, of several,
        that are missing or were read over a minute before the others.
    """
    yield from shortcomings(f.result.reading.venues)
    limits = f.result.reading.cohort.limits
    now, before = _coverage(summarise(f.result)), _coverage(f.previous or {})
    for name, value in now.items():
        if before.get(name, 0.0) > 0 and value < (1 - limits.max_coverage_drop) * before[name]:
            yield f"{name} fell by {percent(1 - value / before[name], 0)} since the previous issue"
    early = f.result.reading.early_share
    if early > limits.max_early_brackets_share:
        yield f"Brackets that came into force only later serve {percent(early, 0)} of the rows"


def _coverage(summary: Mapping[str, Any]) -> dict[str, float]:
    """How much the data cover."""
    if not summary:
        return {}
    return {
        "Usable notional": float(summary["leveraged_notional_usd"]),
        "Accounts": float(summary["accounts"]),
        "Symbols": float(len(summary["symbols"])),
    }


def _compared(summary: Mapping[str, Any]) -> dict[str, str]:
    """The figures of a summary that one issue is compared with the next by, as text."""
    index = summary["iv_index"]
    return {
        "code": str(summary["code"]).capitalize(),
        "IV Index": points(None if index is None else float(index)),
        "leveraged notional": usd(summary["leveraged_notional_usd"]),
        "accounts": f"{summary['accounts']:,}",
        "symbols": f"{len(summary['symbols']):,}",
        "critical mass": exact_percent(summary["critical_mass"]),
        "horizon": f"{summary['horizon_days']:g} days",
        "reference volatility": exact_percent(summary["reference_volatility"]),
        "method": str(summary["methodology_version"]),
    }
