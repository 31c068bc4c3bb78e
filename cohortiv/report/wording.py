"""Dates and numbers of a page in words, used by the templates."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from markupsafe import Markup

from cohortiv.plain import HIGHEST_INDEX_TOLD, shown


def long_date(moment: str) -> str:
    """Write an ISO 8601 date or time (UTC) for readers.

    Parameters
    ----------
    moment : str
        Such as "2026-02-18", "2026-02-18T0802Z" or "2026-02-18T08:02:00+00:00".

    Returns
    -------
    str
        "18 February 2026", with ", 08:02 UTC" where it has a time; anything else is given back as it is.
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    day = f"{parsed.day} {parsed:%B %Y}"
    return day if len(moment) == len("2026-02-18") else f"{day}, {parsed:%H:%M} UTC"


def points(index: float | str | None) -> str:
    """Write an index value for readers.

    Parameters
    ----------
    index : float, str or None
        Points; "inf" for infinity.

    Returns
    -------
    str
        One digit after the point; "over 1,000" above that, "∞" for infinity, a dash where there is none.
    """
    value = None if index is None else float(index)
    is_told = value is None or not HIGHEST_INDEX_TOLD < value < math.inf
    return shown(value, "{:,.1f}") if is_told else f"over {HIGHEST_INDEX_TOLD:,}"


def end_of(as_of: str) -> datetime:
    """Moment up to which data go, UTC; a day counts to its end.

    Parameters
    ----------
    as_of : str
        ISO 8601.
    """
    moment = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    return moment if "T" in as_of else moment + timedelta(days=1)


def stale_from(as_of: str, days: float) -> str:
    """Write the moment from which data are stale.

    Parameters
    ----------
    as_of : str
        Moment up to which they go, ISO 8601.
    days : float
        Age from which they are stale [days].

    Returns
    -------
    str
        ISO 8601 with Z; nothing where the moment is none.
    """
    try:
        return f"{end_of(as_of) + timedelta(days=days):%Y-%m-%dT%H:%MZ}"
    except ValueError:
        return ""


def css_text(content: str) -> Markup:
    """Write text as a string of a style sheet.

    Parameters
    ----------
    content : str
        Any text.

    Returns
    -------
    Markup
        The text in quotes; whatever is not a letter, digit, space or simple punctuation is escaped.
    """
    safe = "".join(mark if mark.isalnum() or mark in " .,-()" else f"\\{ord(mark):x} " for mark in content)
    return Markup(f'"{safe}"')  # noqa: S704 - everything that could end the string is escaped


def font_list(names: str) -> Markup:
    """Write a list of fonts for a style sheet.

    Parameters
    ----------
    names : str
        Names separated by commas, as the brand gives them; the last one is the generic family.

    Returns
    -------
    Markup
        Each name in quotes but the generic one.
    """
    *fonts, generic = [name.strip(" '") for name in names.split(",")]
    return Markup(", ").join([*map(css_text, fonts), Markup("serif") if generic == "serif" else Markup("sans-serif")])


def in_bytes(size: int) -> str:
    """Write a size for readers.

    Parameters
    ----------
    size : int
        Bytes.

    Returns
    -------
    str
        Such as "1.2 MB".
    """
    value, units = float(size), ["bytes", "kB", "MB", "GB"]
    while value >= 1000 and len(units) > 1:  # noqa: PLR2004 - a kilo
        value, units = value / 1000, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "bytes" else f"{value:.1f} {units[0]}"


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "long_date": long_date,
        "points": points,
        "css_text": css_text,
        "font_list": font_list,
        "in_bytes": in_bytes,
        "stale_from": stale_from,
    }
)
