"""The engines that positions are read and aggregated on: DuckDB in this process, or Spark beyond one machine."""

import importlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final

import duckdb
import ibis
import ibis.expr.types as ir
import sqlglot
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend

from cohortiv.errors import DataError, RunError, UsageError
from cohortiv.materialise import fresh_name

DUCKDB: Final = "duckdb"
SPARK: Final = "spark://"
#: Spark Connect: a thin client of a server elsewhere.
CONNECT: Final = "sc://"
ALLOWED: Final = "duckdb, spark://local[N], spark://HOST:PORT and sc://HOST:PORT"
MEMORY_LIMIT: Final = "8GB"
#: Environment variables that name engine and limit where a run is not told: they are no part of a result, so a notebook
#: has no parameters for them.
ENGINE_VARIABLE: Final = "COHORTIV_ENGINE"
LIMIT_VARIABLE: Final = "COHORTIV_MEMORY_LIMIT"
#: What the same expressions need on Spark: DuckDB's answer to a text that is no number (null), UTC, and plans that keep
#: one step apart from the next, as merged steps repeat their expressions until no plan comes out.
_SPARK: Final = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
}
#: What a session whose driver is this process is told beside it; standard error is for the command's own lines.
_DRIVER: Final = {"spark.ui.showConsoleProgress": "false"}
#: What a session that runs in this process alone is told beside it.
_LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
}

#: DuckDB's errors that a file or the memory is the cause of; all others are those of a query.
_OF_FILES: Final = (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.InvalidInputException, duckdb.HTTPException)

#: Other engines of Ibis', by what keeps the same expressions from running on them.
_TRIED: Final = {
    "polars": "it has no window functions, which cross accounts need",
    "datafusion": "it stores no intermediate results and stops at texts of some Parquet files",
}
#: Spark in this process; `spark://localhost:7077` is a cluster.
_LOCAL_NAME: Final = re.compile(re.escape(SPARK) + r"local(\[.+\])?")
#: A size in bytes, as DuckDB takes it; of its other words a negative one would lift the limit.
_SIZE: Final = re.compile(r"\d+(\.\d+)?\s*[KMGT]i?B", re.IGNORECASE)
#: Time as a key of folders, such as `as_of=2026-02-18`, or as Spark writes one: `as_of=2026-02-18 23%3A17%3A05`.
_TIME_KEY: Final = re.compile(r"[/\\]as_of=\d{4}-\d\d-\d\d([T ]\d\d((:|%3A)\d\d){1,2}(\.\d+)?Z?)?[/\\]")


def connect(*, memory_limit: str = MEMORY_LIMIT, threads: int | None = None) -> Backend:
    """Open the embedded engine: DuckDB in this process, UTC, nothing written but spilled pages.

    Parameters
    ----------
    memory_limit : str
        What DuckDB may keep before it spills to its temporary folder, for example "2GB".
    threads : int, optional
        Worker threads; DuckDB's default (all cores) if None.

    Raises
    ------
    UsageError
        If the limit is no size.
    """
    if not _SIZE.fullmatch(memory_limit.strip()):
        raise _no_size(memory_limit)
    options = {"memory_limit": memory_limit.strip(), "temp_directory": str(Path(gettempdir()) / "cohortiv-spill")}
    try:
        backend = ibis.duckdb.connect(**options | ({} if threads is None else {"threads": threads}))
    except (duckdb.ParserException, duckdb.InvalidInputException) as error:
        raise _no_size(memory_limit) from error
    backend.raw_sql("SET TimeZone='UTC'")
    _one_select_a_step()
    return backend


def _no_size(memory_limit: str) -> UsageError:
    return UsageError(f"--memory-limit got {memory_limit!r}; allowed is a size such as 2GB or 500MB. Correct the text.")


def usual_engine() -> str:
    """Engine of a run that is not told of one: that of the environment, else DuckDB."""
    return os.environ.get(ENGINE_VARIABLE, "").strip() or DUCKDB


def usual_limit() -> str:
    """Memory of a run that is not told of a limit: that of the environment, else `MEMORY_LIMIT`."""
    return os.environ.get(LIMIT_VARIABLE, "").strip() or MEMORY_LIMIT


def use_engine(name: str, *, memory_limit: str) -> None:
    """Name the engine and the limit for this process and the kernels that it starts.

    Parameters
    ----------
    name : str
        One of `ALLOWED`.
    memory_limit : str
        Such as "8GB".

    Raises
    ------
    UsageError
        If there is no such engine, or the limit is no size.
    """
    if check_engine(name) == DUCKDB:
        connect(memory_limit=memory_limit).disconnect()
    os.environ.update({ENGINE_VARIABLE: name, LIMIT_VARIABLE: memory_limit})


def check_engine(name: str) -> str:
    """The same name, if there is such an engine.

    Raises
    ------
    UsageError
        If it is none of `ALLOWED`.
    """
    address = next((name.removeprefix(start) for start in (SPARK, CONNECT) if name.startswith(start)), "")
    if name != DUCKDB and not address:
        why = f" It was tried, and through Ibis {_TRIED[name]}." if name in _TRIED else ""
        raise UsageError(f"--engine got {name!r}; allowed are {ALLOWED}.{why} Leave the option out for duckdb.")
    return name


@contextmanager
def opened_engine(name: str = DUCKDB, *, memory_limit: str = MEMORY_LIMIT) -> Iterator[BaseBackend]:
    """An engine for one run; what it stored or spilled is gone afterwards.

    Parameters
    ----------
    name : str
        One of `ALLOWED`.
    memory_limit : str
        What DuckDB may keep in memory; Spark has settings of its own.

    Yields
    ------
    BaseBackend
        Ibis' connection.

    Raises
    ------
    UsageError
        If there is no such engine, it is not installed, or it cannot be reached.
    """
    engine = connect(memory_limit=memory_limit) if check_engine(name) == DUCKDB else _spark(name)
    try:
        yield engine
    finally:
        engine.disconnect()


def _spark(name: str) -> BaseBackend:
    """A session on Spark, by its own address."""
    try:
        sql = importlib.import_module("pyspark.sql")
    except ImportError as error:
        raise UsageError(
            f"--engine got {name!r}, and pyspark is not installed. Install pyspark 4.0 and Java 17, or leave the "
            "option out for duckdb."
        ) from error
    try:
        session = _session(sql.SparkSession.builder.appName("cohortiv"), name)
    except Exception as error:  # Java's, the network's and pyspark's own have nothing in common
        raise UsageError(
            f"--engine got {name!r}, and Spark does not start there: {_java_line(error)} Allowed are {ALLOWED}. "
            "Check that something listens at the address, and that Java 17 is installed."
        ) from error
    _one_select_a_step()
    return ibis.pyspark.connect(session)


def _session(builder: Any, name: str) -> Any:  # noqa: ANN401 - pyspark is no dependency, so its types are not known
    """Spark's session: in this process, on a cluster, or on a server of Spark Connect."""
    is_remote, is_local = name.startswith(CONNECT), _LOCAL_NAME.fullmatch(name) is not None
    builder = builder.remote(name) if is_remote else builder.master(name.removeprefix(SPARK) if is_local else name)
    for key, value in (_SPARK | ({} if is_remote else _DRIVER) | (_LOCAL if is_local else {})).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    if not is_remote:
        session.sparkContext.setLogLevel("ERROR")
    return session


def read_tables(engine: BaseBackend, paths: Sequence[Path], *, kind: str, system: object = None) -> ir.Table:
    """Files as one table, columns by name, with the keys of folders named KEY=VALUE; nothing is read but headers.

    Parameters
    ----------
    engine : BaseBackend
        From `opened_engine`.
    paths : sequence of Path
        Files of one kind; Spark's workers must see them under the same path.
    kind : str
        `parquet`, or `csv`, whose columns stay text.
    system : object, optional
        fsspec's file system of files that are elsewhere; DuckDB reads by it. Spark reads URLs by connectors of its own.
    """
    names = [str(path) for path in paths]
    if engine.name != DUCKDB:
        return _read_on_spark(engine, paths, kind=kind)
    options: dict[str, object] = {"union_by_name": True} if len(paths) > 1 else {}
    if all(map(_TIME_KEY.search, names)):  # a key that is a day, and is made a time later, would leave out no file
        options["hive_types"] = sqlglot.parse_one("{'as_of': 'TIMESTAMP'}", read=DUCKDB)
    if kind == "csv":
        options |= {"all_varchar": True, "header": True}
    if system is not None:
        return _read_elsewhere(engine, names, kind=kind, options=options, system=system)
    return engine.read_parquet(names, **options) if kind == "parquet" else engine.read_csv(names, **options)


def _read_elsewhere(
    engine: BaseBackend,
    names: Sequence[str],
    *,
    kind: str,
    options: dict[str, object],
    system: Any,  # noqa: ANN401 - fsspec has no types
) -> ir.Table:
    """The same of URLs; Ibis' own readers would fetch an extension of DuckDB's first."""
    if system.protocol[0] not in engine.con.list_filesystems():
        engine.con.register_filesystem(system)
    keyed = {"hive_partitioning": any("=" in name for name in names)}
    settings = [sqlglot.to_identifier(name).eq(sqlglot.exp.convert(value)) for name, value in (options | keyed).items()]
    call = sqlglot.func(f"read_{kind}", sqlglot.exp.convert(list(names)), *settings)
    rows = sqlglot.select("*").from_(call).sql(DUCKDB)
    engine.raw_sql(f"CREATE TEMP VIEW {(name := fresh_name('files'))} AS {rows}")
    return engine.table(name)


def _read_on_spark(engine: BaseBackend, paths: Sequence[Path], *, kind: str) -> ir.Table:
    """The same on Spark, which finds keys of folders only under a root that it is told."""
    reader = engine._session.read.option("mergeSchema", True).option("header", True)  # noqa: SLF001 - it has no other name
    keyed = next((parent for parent in reversed(paths[0].absolute().parents) if "=" in parent.name), None)
    if keyed is not None:
        reader = reader.option("basePath", _url(keyed.parent))
    read = reader.parquet if kind == "parquet" else reader.csv
    names = [_url(path.absolute()) for path in paths]
    frame = read(*names) if kind == "parquet" else read(names)
    frame.createOrReplaceTempView(name := fresh_name("files"))
    return engine.table(name)


def _url(path: Path) -> str:
    """URL of a file, as Spark takes it; one that is elsewhere is one already."""
    return path.as_uri().replace("%3D", "=") if isinstance(path, Path) else str(path)


def _one_select_a_step() -> None:
    """One SELECT a step: merged selects repeat their expressions, and writing them took most of a cross solve."""
    ibis.options.sql.fuse_selects = False


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _java_line(error: Exception) -> str:
    """What is said of an error of Java's: what caused it, where that is told, without the lines of its stack."""
    lines = [
        line.strip(" :") for line in str(error).splitlines() if line.strip() and not line.strip().startswith("at ")
    ]
    caused = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    return " ".join(caused[-1:] or lines[:2] or [type(error).__name__])


def failures(engine: BaseBackend) -> tuple[type[Exception], ...]:
    """What an engine raises where it cannot read or compute."""
    if engine.name == DUCKDB:
        return (duckdb.Error, OverflowError)
    return (importlib.import_module("pyspark.errors").PySparkException, OverflowError)


def out_of_memory(error: Exception) -> bool:
    """Whether DuckDB stopped at its limit."""
    return isinstance(error, duckdb.OutOfMemoryException)


def broken_off(error: Exception, *, files: str) -> DataError | RunError:
    """What is said of an engine that could not read to the end.

    Parameters
    ----------
    error : Exception
        Of `failures`, raised while files were read.
    files : str
        Their names.

    Returns
    -------
    DataError or RunError
        Without the line of a file that an engine quotes, as it holds an account id.
    """
    first, *rest = str(error).strip().splitlines() or [type(error).__name__]
    said = " ".join([first, *(line for line in rest if line.startswith(("Expected", "Invalid")))])
    if out_of_memory(error):
        return RunError(
            f"DuckDB may keep too little memory for {files}: {said} Allowed is a limit that the steps of a run fit in, "
            f"which spill what they can; {MEMORY_LIMIT} where none is given. Raise --memory-limit or {LIMIT_VARIABLE}."
        )
    return DataError(
        f"{files} cannot be read to the end: {said} Allowed are whole Parquet and CSV files. Mend the place named, or "
        "export the file again."
    )


@contextmanager
def read_to_the_end(engine: BaseBackend, *, files: str) -> Iterator[None]:
    """Steps of a run that read files: what breaks off for their sake, or the memory's, is told in words.

    Parameters
    ----------
    engine : BaseBackend
    files : str
        Names of the files, for messages.

    Raises
    ------
    DataError, RunError
        See `broken_off`. Any other error of an engine is a defect and stays what it is.
    """
    try:
        yield
    except failures(engine) as error:
        if type(error) is duckdb.Error or isinstance(error, _OF_FILES):
            raise broken_off(error, files=files) from error
        raise
