"""Position files in: Parquet and CSV, one, a folder or a glob, through Ibis on DuckDB."""

import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from glob import has_magic, iglob
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from cohortiv.config.source import SourceFile, is_source_file, load_source
from cohortiv.engine import DUCKDB, broken_off, connect, failures, out_of_memory, read_tables
from cohortiv.errors import DataError, UsageError
from cohortiv.file_names import listed, names_of
from cohortiv.materialise import named
from cohortiv.positions import Positions, checked
from cohortiv.schema import POSITION_COLUMNS, contract_table
from cohortiv.sources import hyperliquid
from cohortiv.sources.described import in_house_words
from cohortiv.sources.footers import place_of, read_footers, uneven_columns, within
from cohortiv.sources.remote import file_system, is_remote, remote_files

FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".csv.gz": "csv", ".csv.zst": "csv"}
#: Sources with field names of their own, written NAME:FILE.
SCHEMES: dict[str, Callable[[ir.Table], ir.Table]] = {"hyperliquid": hyperliquid.rename}
#: Field names of theirs that are read.
FIELDS: dict[str, tuple[str, ...]] = {"hyperliquid": hyperliquid.READ}
#: What stands before a colon names a source if it looks like this; `C:` and `2026-02-18T10:` are parts of paths.
SCHEME_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]+")


def open_positions(
    spec: str,
    *,
    connection: BaseBackend | None = None,
    as_of: str | None = None,
    history_days: float | None = None,
) -> Positions:
    """Open position files and give them the contract's columns; nothing is read but headers.

    Parameters
    ----------
    spec : str
        A file, a folder, a glob, each a path or a URL; a source file (YAML) that names them and their columns; or
        `NAME:FILE` for a source that knows its own field names.
    connection : BaseBackend, optional
        Engine to use; a new embedded DuckDB if None.
    as_of : str, optional
        Date or timestamp after which nothing counts: files that hold later rows only are left alone.
    history_days : float, optional
        How far before it rows count [days]: files that hold earlier ones only are left alone; None takes all.

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
    files = find_positions(spec).within(as_of, history_days)
    _refuse_mixed(files.paths)
    engine = connection or connect()
    footers = read_footers(files.paths)
    raw = _read(engine, files.paths)
    renamed = files.in_house_words(raw)
    contract = {column.name for column in POSITION_COLUMNS}
    given = frozenset(contract & set(renamed.columns))
    return Positions(
        table=named(checked(contract_table(renamed), sorted(given))),
        given=given,
        paths=files.all_paths,
        synthetic=any(one is not None and one.synthetic for one in footers),
        number=partial(_numbered, renamed, sorted(given)),
        ignored=tuple(name for name in renamed.columns if name not in contract),
        uneven=tuple(uneven_columns(files.paths, footers, files.columns)),
        place=partial(place_of, paths=files.paths, footers=footers if engine.name == DUCKDB else ()),
    )


@dataclass(frozen=True)
class PositionFiles:
    """The tables that a source stands for, and how their columns are called.

    Attributes
    ----------
    paths : tuple of Path
        The tables.
    scheme : str
        Source that knows its own field names; empty where there is none.
    described : tuple of Path and SourceFile, or None
        The source file and what it says, where there is one.
    """

    paths: tuple[Path, ...]
    scheme: str
    described: tuple[Path, SourceFile] | None

    @property
    def all_paths(self) -> tuple[Path, ...]:
        """All that decides the rows: the source file too."""
        return self.paths if self.described is None else (self.described[0], *self.paths)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the tables that are read."""
        if self.scheme:
            return FIELDS[self.scheme]
        mapped = {} if self.described is None else self.described[1].columns
        return tuple(mapped.get(column.name, column.name) for column in POSITION_COLUMNS)

    def in_house_words(self, table: ir.Table) -> ir.Table:
        """The tables by the names of the contract."""
        if self.described is not None:
            return in_house_words(table, self.described[1])
        return SCHEMES[self.scheme](table) if self.scheme else table

    def within(self, as_of: str | None, history_days: float | None) -> "PositionFiles":
        """Those that may hold rows up to a time, see `footers.within`; none empty or locked."""
        _refuse_unreadable(self.paths)
        time_column = hyperliquid.TIME if self.scheme else "as_of"
        if self.described is not None:
            time_column = self.described[1].columns.get("as_of", "as_of")
        return replace(self, paths=within(self.paths, as_of, time_column=time_column, history_days=history_days))


def _numbered(table: ir.Table, given: Sequence[str]) -> ir.Table:
    """Checked rows with their number in the files and the text of what should be numbers and flags."""
    texts = {
        f"{column.name}_text": table[column.name]
        for column in POSITION_COLUMNS
        if column.kind in ("number", "flag") and column.name in given and table[column.name].type().is_string()
    }
    table = table.mutate(**texts, row=ibis.row_number() + 1)
    return checked(contract_table(table, keep=[*texts, "row"]), given)


def find_positions(spec: str) -> PositionFiles:
    """Tables that a source stands for.

    Raises
    ------
    UsageError, DataError
        If there are none; see `open_positions`.
    """
    scheme, target = split_spec(spec)
    described = _described(scheme, target)
    return PositionFiles(_find(target if described is None else described[1].positions), scheme, described)


def _described(scheme: str, target: str) -> tuple[Path, SourceFile] | None:
    """A source file and what it says; None for tables that need none."""
    if not is_source_file(target):
        return None
    if scheme:
        raise UsageError(
            f"--positions got the source file {target} after {scheme}:, whose columns are known; allowed is one of "
            "them. Leave one out."
        )
    path = Path(target).expanduser()
    return path, load_source(path)


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


def _refuse_mixed(paths: Sequence[Path]) -> None:
    """Refuse files of several kinds, and of a kind that is no table."""
    kinds = {_format(path) for path in paths}
    if None in kinds or len(kinds) > 1:
        raise DataError(
            f"Cannot read {listed(names_of(paths))} as one position table; allowed are files of one kind that end in "
            f"{', '.join(FORMATS)}. Convert them, or name the right files."
        )


def _refuse_unreadable(paths: Sequence[Path]) -> None:
    """Refuse tables that are locked or empty."""
    for path, name in zip(paths, names_of(paths), strict=True):
        if _format(path) is None:
            continue
        if isinstance(path, Path) and not os.access(path, os.R_OK):
            raise DataError(
                f"{name} cannot be read: this user has no permission. Allowed are files that it may read. Change "
                "the file's permissions, or copy it."
            )
        if path.stat().st_size == 0:
            raise DataError(f"{name} is empty (0 bytes); a position table has a header and rows. Export it again.")


def _read(connection: BaseBackend, paths: Sequence[Path]) -> ir.Table:
    """All files as one table, columns by name; CSV as text, so that a bad number is a broken rule and not a crash."""
    names, is_csv = names_of(paths), _format(paths[0]) == "csv"
    try:
        system = None if isinstance(paths[0], Path) else file_system(paths[0])
        return read_tables(connection, paths, kind="csv" if is_csv else "parquet", system=system)
    except (*failures(connection), pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if out_of_memory(error):
            raise broken_off(error, files=listed(names)) from error
        first = str(error).strip().splitlines()[0]
        raise DataError(
            f"{listed(names)} is not a table that can be read: {first} "
            "Allowed are Parquet and CSV with a header. Check that the download is complete."
        ) from error
