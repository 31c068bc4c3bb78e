"""RSS and Atom feeds in: entries with their time and their words, markup taken off, entity tricks refused."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import nh3
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from cohortiv.errors import DataError

#: Where the time of an entry stands, best first: a text that was edited was known in its present form only then.
_TIMES: Final = ("updated", "pubDate", "published", "date")
_WORDS: Final = (("title",), ("description", "summary", "encoded", "content"))
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_feed(path: Path) -> list[dict[str, str]]:
    """Read the entries of a feed.

    Parameters
    ----------
    path : Path
        RSS 0.9 to 2.0 or Atom 1.0, as exported.

    Returns
    -------
    list of dict
        An entry: time (ISO 8601, or as written where it is no date, empty where there is none), text (title and body,
        without markup), language (the feed's), source (the feed's title).

    Raises
    ------
    DataError
        If the file is no XML, defines entities of its own or names external ones, or has no entries.
    """
    try:
        root = parse(path).getroot()
    except DefusedXmlException as error:
        raise DataError(
            f"{path.name} defines entities of its own or names external ones, which can fill a machine or read its "
            "files; allowed is plain RSS or Atom. Export the feed again, without a document type."
        ) from error
    except (ParseError, OSError, ValueError, LookupError) as error:
        raise DataError(
            f"{path.name} is not XML that can be read: {error}. Allowed are RSS and Atom. Check that the download is "
            "complete."
        ) from error
    entries = [element for element in root.iter() if _name(element) in {"item", "entry"}]
    if not entries:
        raise DataError(
            f"No entries in {path.name}, whose first element is {_name(root)!r}; allowed are RSS (item) and Atom "
            "(entry). Check the export that wrote it."
        )
    feed = next((child for child in root if _name(child) == "channel"), root)
    told = {"language": _word(feed, ("language",)) or root.get(_LANGUAGE, ""), "source": _word(feed, ("title",))}
    return [{"time": _time(entry), "text": _text(entry)} | told for entry in entries]


def _name(element: Element) -> str:
    """Name of an element without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _said(element: Element, names: tuple[str, ...]) -> Iterator[str]:
    """Words of the direct children of these names, in the order of the names."""
    for name in names:
        yield from (
            words
            for child in element
            if _name(child) == name and (words := " ".join("".join(child.itertext()).split()))
        )


def _word(element: Element, names: tuple[str, ...]) -> str:
    return next(_said(element, names), "")


def _text(entry: Element) -> str:
    """Title and body of an entry without markup; a body that repeats the title counts once."""
    parts = [_plain(_word(entry, names)) for names in _WORDS]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _plain(markup: str) -> str:
    """Words of a piece of markup; two paragraphs don't run into one word."""
    return " ".join(html.unescape(nh3.clean(markup.replace("<", " <"), tags=set())).split())


def _time(entry: Element) -> str:
    """Time of an entry; a date in the manner of mail is rewritten, without a zone it is UTC."""
    written = _word(entry, _TIMES)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            moment = parsedate_to_datetime(written)
        except ValueError:
            return written
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
