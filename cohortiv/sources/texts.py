"""Dated texts in: CSV, Parquet, lines of JSON, or an exported RSS or Atom feed."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.feeds import read_feed
from cohortiv.sources.small_table import Field, read_small_table, typed_table

OPTION: Final = "--texts"
FIELDS: Final = (
    Field("time", "time", "a timestamp such as 2026-02-18T23:17:05Z"),
    Field("text", "text", "any text, or none", required=False),
    Field("language", "text", "a code such as en or zh-CN, or none", required=False),
    Field("source", "text", "a name, or none", required=False),
    Field("weight", "number", "a finite number > 0, or none", required=False),
)
_ALIASES: Final = {"timestamp": "time", "lang": "language"}
_KNOWN: Final = (*(field.name for field in FIELDS), *_ALIASES)
_LINES: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_FEEDS: Final = (".xml", ".rss", ".atom")
_TABLES: Final = (".csv", ".csv.gz", ".parquet", ".pq")
#: Bad lines that an error shows.
_SHOWN: Final = 5


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts in the order of their times.

    Attributes
    ----------
    frame : DataFrame
        time (UTC, without zone), text (may be empty), language (a code in lower case, empty where the file does not
        say), source (empty where it does not say), weight (> 0, 1 where it does not say).
    path : Path
        The file.
    """

    frame: pd.DataFrame
    path: Path


def read_texts(path: Path) -> Texts:
    """Read dated texts.

    Parameters
    ----------
    path : Path
        Columns or fields time (or timestamp), text, optional language (or lang), source and weight, in .csv, .csv.gz,
        .parquet, .jsonl or .ndjson (compressed or not); or a feed in .xml, .rss or .atom, whose markup is taken off.

    Returns
    -------
    Texts
        A row with empty text stays: what is not scored is counted later.

    Raises
    ------
    UsageError
        If there is no file, or its ending is another.
    DataError
        If it cannot be read, has no rows, lacks time or text, or holds a value that is not allowed.
    """
    raw = _reader(path)(path)
    if "text" not in raw.columns:
        raise DataError(
            f"{path.name} lacks text; it has {', '.join(map(str, raw.columns))}. Needed are time and text: rename "
            "its columns."
        )
    typed = typed_table(raw, FIELDS, where=path.name, aliases=_ALIASES)
    typed = typed.reindex(columns=[field.name for field in FIELDS])
    filled = typed.assign(
        text=_text(typed["text"]),
        language=_text(typed["language"]).str.lower(),
        source=_text(typed["source"]),
        weight=typed["weight"].astype("float64").fillna(1.0),
    )
    return Texts(filled.sort_values("time", ignore_index=True, kind="stable"), path)


def _text(values: "pd.Series[str]") -> "pd.Series[str]":
    """Words of a column; empty where the file has none."""
    return values.astype("object").fillna("").astype("str")


def _reader(path: Path) -> Callable[[Path], pd.DataFrame]:
    """What reads a file of this ending."""
    if not path.is_file():
        raise UsageError(f"{OPTION} got {str(path)!r}, which is no file; allowed is a file of dated texts. Check it.")
    name = path.name.lower()
    for endings, reader in ((_LINES, _read_lines), (_FEEDS, _read_entries), (_TABLES, _read_table)):
        if name.endswith(endings):
            return reader
    allowed = ", ".join((*_TABLES, *_LINES, *_FEEDS))
    raise UsageError(f"{OPTION} got {path.name}; allowed are files that end in {allowed}. Convert it.")


def _read_table(path: Path) -> pd.DataFrame:
    return read_small_table(path, option=OPTION)


def _read_entries(path: Path) -> pd.DataFrame:
    return pd.DataFrame(read_feed(path))


def _read_lines(path: Path) -> pd.DataFrame:
    """Objects of a file that holds one on each line; blank lines are passed over."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(
            f"{path.name} is not text that can be read: {error}. Allowed are lines of JSON in UTF-8. Check that the "
            "download is complete."
        ) from error
    parsed = {number: _object(line) for number, line in enumerate(lines, start=1) if line.strip()}
    rows = [row for row in parsed.values() if row is not None]
    bad = [number for number, row in parsed.items() if row is None]
    if bad:
        raise DataError(
            f"{path.name}: {len(bad):,} of {len(parsed):,} line(s) are no JSON objects, or hold a list or an object "
            f"where a plain value belongs (line {', '.join(map(str, bad[:_SHOWN]))}); allowed is one object on each "
            f"line, plain in {', '.join(field.name for field in FIELDS)}. Mend them."
        )
    if not rows:
        raise DataError(f"No rows in {path.name}. Check the export that wrote it.")
    return pd.DataFrame(rows, dtype="object")


def _object(line: str) -> Mapping[str, object] | None:
    """The object on one line; None where it is none, or a known field holds no plain value."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or any(isinstance(found.get(name), (dict, list)) for name in _KNOWN):
        return None
    return {_whole(name): _whole(value) if isinstance(value, str) else value for name, value in found.items()}


def _whole(text: str) -> str:
    """Text with a question mark where an emoji was cut in half."""
    return text.encode("utf-8", "replace").decode("utf-8")
