"""Position files in: Parquet and CSV, one, a folder or a glob, through Ibis on DuckDB."""

import os
import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from glob import has_magic, iglob
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from cohortiv.engine import connect, failures, read_tables
from cohortiv.errors import DataError, UsageError
from cohortiv.materialise import named
from cohortiv.positions import Positions, checked
from cohortiv.schema import POSITION_COLUMNS, contract_table
from cohortiv.sources import hyperliquid
from cohortiv.sources.remote import file_system, is_remote, remote_files

FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".csv.gz": "csv", ".csv.zst": "csv"}
#: Sources with field names of their own, written NAME:FILE.
SCHEMES: dict[str, Callable[[ir.Table], ir.Table]] = {"hyperliquid": hyperliquid.rename}
#: What stands before a colon names a source if it looks like this; `C:` and `2026-02-18T10:` are parts of paths.
SCHEME_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]+")
SYNTHETIC_KEY = b"cohortiv.synthetic"


def open_positions(spec: str, *, connection: BaseBackend | None = None) -> Positions:
    """Open position files and give them the contract's columns; nothing is read but headers.

    Parameters
    ----------
    spec : str
        A file, a folder, a glob, each a path or a URL, or `NAME:FILE` for a source that knows its own field names.
    connection : BaseBackend, optional
        Engine to use; a new embedded DuckDB if None.

    Returns
    -------
    Positions
        With `reason` from the rules that need one row only.

    Raises
    ------
    UsageError
        If `spec` is empty, names an unknown source, or there is nothing at its path.
    DataError
        If a folder holds no position file, a file is not a table, or a required column is missing.
    """
    if not spec.strip():
        raise UsageError(
            "--positions got an empty text; allowed are a file, a folder, a glob or NAME:FILE. "
            "Leave the option out to run on the embedded synthetic sample."
        )
    scheme, target = split_spec(spec)
    paths = _find(target)
    raw = _read(connection or connect(), paths)
    renamed = SCHEMES[scheme](raw) if scheme else raw
    contract = {column.name for column in POSITION_COLUMNS}
    given = frozenset(contract & set(renamed.columns))
    return Positions(
        table=named(checked(contract_table(renamed), sorted(given))),
        given=given,
        paths=paths,
        synthetic=is_synthetic(paths),
        number=partial(_numbered, renamed, sorted(given)),
        ignored=tuple(name for name in renamed.columns if name not in contract),
    )


def _numbered(table: ir.Table, given: Sequence[str]) -> ir.Table:
    """Checked rows with their number in the files and the text of what should be numbers and flags."""
    texts = {
        f"{column.name}_text": table[column.name]
        for column in POSITION_COLUMNS
        if column.kind in ("number", "flag") and column.name in given and table[column.name].type().is_string()
    }
    table = table.mutate(**texts, row=ibis.row_number() + 1)
    return checked(contract_table(table, keep=[*texts, "row"]), given)


def position_files(spec: str) -> tuple[Path, ...]:
    """Files that a source stands for; raises as `open_positions` does."""
    return _find(split_spec(spec)[1])


def absolute_spec(spec: str) -> str:
    """The same source with an absolute path, for a process that runs in another folder."""
    scheme, target = split_spec(spec)
    path = target if is_remote(target) else str(Path(target).expanduser().absolute())
    return f"{scheme}:{path}" if scheme else path


def split_spec(spec: str, *, option: str = "--positions", known: Collection[str] = tuple(SCHEMES)) -> tuple[str, str]:
    """Source name and path of a spec; a spec that exists as a path has no source name, only a path.

    Parameters
    ----------
    spec : str
        A path, or `NAME:FILE`.
    option : str
        Option that the spec was given with, for messages.
    known : collection of str
        Names that may stand before the colon.

    Raises
    ------
    UsageError
        If the name is not known, or no file follows it.
    """
    name, colon, rest = spec.partition(":")
    if not colon or not SCHEME_NAME.fullmatch(name) or is_remote(spec) or Path(spec).exists():
        return "", spec
    if name not in known:
        names = f"are {', '.join(sorted(known))}, or" if known else "is"
        raise UsageError(
            f"{option} got the source {name!r}; allowed {names} a plain path. Check the spelling before the colon."
        )
    if not rest.strip():
        raise UsageError(f"{option} got {spec!r}; allowed is {name}:FILE. Name the file after the colon.")
    return name, rest


def _find(target: str) -> tuple[Path, ...]:
    """Files that a path, folder or glob stands for, sorted by name."""
    path = Path(target).expanduser()
    if path.exists() and not path.is_dir():
        return (path,)
    if is_remote(target):
        found = list(remote_files(target, wanted=lambda p: bool(_format(p)) and not _is_hidden(p)))
    elif path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and _format(p) and not _is_hidden(p.relative_to(path)))
    else:
        names = iglob(str(path), recursive=True) if has_magic(target) else ()  # noqa: PTH207 - absolute patterns too
        found = sorted(p for p in map(Path, names) if p.is_file())
    if not found:
        error, place = (DataError, "in the folder") if path.is_dir() else (UsageError, "at")
        raise error(
            f"No position file {place} {target}; allowed are files that end in {', '.join(FORMATS)}, "
            "a folder of them or a glob. Check the path."
        )
    return tuple(found)


def _is_hidden(path: Path) -> bool:
    """Whether a name on the way starts with a dot or an underscore: half-written files and engines' own notes."""
    return any(part.startswith((".", "_")) for part in path.parts)


def _format(path: Path) -> str | None:
    """Format by the file's ending, None for one that is not known."""
    return next((kind for ending, kind in FORMATS.items() if path.name.lower().endswith(ending)), None)


def _read(connection: BaseBackend, paths: Sequence[Path]) -> ir.Table:
    """All files as one table, columns by name; CSV as text, so that a bad number is a broken rule and not a crash."""
    kinds = {_format(path) for path in paths}
    if None in kinds or len(kinds) > 1:
        names = ", ".join(path.name for path in paths[:5])
        raise DataError(
            f"Cannot read {names} as one position table; allowed are files of one kind that end in "
            f"{', '.join(FORMATS)}. Convert them, or name the right files."
        )
    for path in paths:
        if isinstance(path, Path) and not os.access(path, os.R_OK):
            raise DataError(
                f"{path.name} cannot be read: this user has no permission. Allowed are files that it may read. Change "
                "the file's permissions, or copy it."
            )
        if path.stat().st_size == 0:
            raise DataError(f"{path.name} is empty (0 bytes); a position table has a header and rows. Export it again.")
    try:
        system = None if isinstance(paths[0], Path) else file_system(paths[0])
        return read_tables(connection, paths, kind="parquet" if kinds == {"parquet"} else "csv", system=system)
    except (*failures(connection), pa.ArrowException, OSError, UnicodeDecodeError) as error:
        unread = _first_unread(paths) or paths[:5]
        first = str(error).strip().splitlines()[0]
        raise DataError(
            f"{', '.join(path.name for path in unread)} is not a table that can be read: {first} "
            "Allowed are Parquet and CSV with a header. Check that the download is complete."
        ) from error


def _first_unread(paths: Sequence[Path]) -> Sequence[Path]:
    """The first Parquet file whose footer cannot be read; nothing where all can."""
    for path in paths:
        try:
            if _format(path) == "parquet":
                _schema(path)
        except (pa.ArrowException, OSError):
            return (path,)
    return ()


def is_synthetic(paths: Sequence[Path]) -> bool:
    """Whether a Parquet file says in its metadata that it was generated."""
    return any(
        (_schema(path).metadata or {}).get(SYNTHETIC_KEY) == b"true" for path in paths if _format(path) == "parquet"
    )


def _schema(path: Path) -> pa.Schema:
    """Schema of a Parquet file, from its footer."""
    with path.open("rb") as stream:
        return pq.read_schema(stream)
