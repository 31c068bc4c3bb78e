"""Engines: which there are, what the embedded one may keep, folders of partitions, and the same profile on Spark."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import MagicMock

import ibis.expr.types as ir
import pandas as pd
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from spark_servers import SHORT_LIVED, cluster, connect_server

from cohortiv import engine as engine_module
from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.assessment.profiles import write_profile
from cohortiv.engine import check_engine, connect, failures, opened_engine
from cohortiv.errors import DataError, UsageError
from cohortiv.sources.files import open_positions
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS

#: What pyspark 4.0 does with pandas 3 and leaves to the garbage collector.
SPARK_WARNINGS = (
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
)


def on_spark(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs on Spark with the warnings that Spark gives."""
    for mark in SPARK_WARNINGS:
        test = mark(test)
    return test


def silent(_: str) -> None:
    """Take a line of progress and show it to nobody."""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder of two days and two venues, whose names are those of the folders only."""
    root = tmp_path / "lake"
    for number, (day, venue) in enumerate((day, venue) for day in (17, 18) for venue in ("east", "west")):
        folder = root / f"as_of=2026-02-{day}" / f"venue={venue}"
        folder.mkdir(parents=True)
        frame = book(30 + number).drop(columns=["as_of", "venue"], errors="ignore")
        frame.to_parquet(folder / "part.parquet")
    return root


def plan_of(table: ir.Table) -> str:
    """What DuckDB says it is about to read."""
    engine = table.get_backend()
    return str(engine.raw_sql(f"EXPLAIN {engine.compile(table)}").fetchall()[0][1])


@pytest.mark.parametrize("name", ["duckdb", "spark://local[2]", "spark://host:7077", "sc://host:15002"])
def test_known_engines_are_taken(name: str) -> None:
    """The name comes back as it was given."""
    assert check_engine(name) == name


@pytest.mark.parametrize("name", ["", "dask", "spark", "spark://", "sc://", "DUCKDB"])
def test_other_engines_are_refused(name: str) -> None:
    """The message has the name and all that are allowed."""
    with pytest.raises(UsageError, match=r"--engine got .*allowed are duckdb, spark://local\[N\]"):
        Settings(engine=name)


@pytest.mark.parametrize("name", ["polars", "datafusion"])
def test_an_engine_that_was_tried_says_what_is_missing(name: str) -> None:
    """Ibis has it, and the same expressions do not run there."""
    with pytest.raises(UsageError, match="was tried, and through Ibis it"):
        check_engine(name)


def test_an_engine_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark is not part of the installation."""
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match="pyspark is not installed"), opened_engine("spark://local[1]"):
        pass


def test_the_memory_limit_reaches_the_engine() -> None:
    """DuckDB tells it in its own unit."""
    kept = connect(memory_limit="1GiB").raw_sql("SELECT current_setting('memory_limit')").fetchall()
    assert kept == [("1.0 GiB",)]


@pytest.mark.parametrize("text", ["plenty", "-1GB", "50%", "", "2", "GB"])
def test_a_memory_limit_that_is_no_size_is_refused(text: str) -> None:
    """The message has the text and an example; a negative one would be none."""
    with pytest.raises(UsageError, match=rf"--memory-limit got '{text}'; allowed is a size such as 2GB"):
        connect(memory_limit=text)


@pytest.mark.parametrize(
    ("name", "master"),
    [
        ("spark://local", "local"), ("spark://local[2]", "local[2]"), ("spark://localhost:7077", "spark://localhost:7077"),
        ("spark://local-7:7077", "spark://local-7:7077"),
    ],
)  # fmt: skip
def test_a_cluster_on_a_host_called_local_is_no_session_in_the_process(name: str, master: str) -> None:
    """What Spark is told of its address."""
    builder = MagicMock()
    engine_module._session(builder, name)
    builder.master.assert_called_once_with(master)


#: A sort of 40 million bytes.
LARGE_SORT = "SELECT max(x) FROM (SELECT x FROM range(5000000) t(x) ORDER BY hash(x) LIMIT 4999999)"


def test_what_does_not_fit_in_memory_is_spilled() -> None:
    """A sort of 40 million bytes under a limit of 30 gives the right end."""
    largest = connect(memory_limit="30MB", threads=1).raw_sql(LARGE_SORT)
    assert largest.fetchall()[0][0] >= 4_999_998


def test_what_does_not_fit_in_memory_needs_its_disk() -> None:
    """The same sort ends where nothing may be spilled, so it is the disk that carries it."""
    engine = connect(memory_limit="30MB", threads=1)
    engine.raw_sql("SET max_temp_directory_size = '1MB'")
    with pytest.raises(failures(engine), match="max_temp_directory_size"):
        engine.raw_sql(LARGE_SORT).fetchall()


def test_keys_of_folders_are_columns(lake: Path) -> None:
    """Day and venue stand in no file, and each row has its own."""
    table = open_positions(str(lake), connection=connect(threads=1)).table
    counted = table.group_by(["as_of", "venue"]).aggregate(rows=table.count()).to_pyarrow().to_pandas()
    days = [pd.Timestamp(f"2026-02-{day}") for day in (17, 17, 18, 18)]
    found = counted.sort_values(["as_of", "venue"])
    assert list(found["as_of"]) == days
    assert list(found["venue"]) == ["east", "west"] * 2
    assert list(found["rows"]) == [30, 31, 32, 33]


def test_only_the_files_of_a_venue_are_read(lake: Path) -> None:
    """The plan leaves out the other venue's folders."""
    table = open_positions(str(lake), connection=connect(threads=1)).table
    assert "Scanning Files: 2/4" in plan_of(table.filter(table.venue == "east").select("quantity"))


@pytest.mark.parametrize("key", ["as_of=2026-02-18", "as_of=2026-02-18 00%3A00%3A00"])
def test_only_the_files_of_a_snapshot_are_read(lake: Path, key: str) -> None:
    """The plan leaves out the other day's folders, whether the key is a day or a time."""
    (lake / "as_of=2026-02-18").rename(lake / key)
    table = open_positions(str(lake), connection=connect(threads=1)).table
    moment = pd.Timestamp("2026-02-18").to_pydatetime()
    assert "Scanning Files: 2/4" in plan_of(table.filter(table.as_of == moment).select("quantity"))


def test_a_bad_partition_is_named(lake: Path) -> None:
    """Of many files the message has the one that is broken, and why."""
    (lake / "as_of=2026-02-18" / "venue=west" / "late.parquet").write_bytes(b"no table at all")
    with pytest.raises(DataError, match=r"^as_of=2026-02-18/venue=west/late\.parquet is not a table that can"):
        open_positions(str(lake), connection=connect(threads=1))


def test_failures_of_the_embedded_engine_are_its_own() -> None:
    """A broken statement is among them."""
    engine = connect(threads=1)
    with pytest.raises(failures(engine)):
        engine.raw_sql("SELEC 1")


@pytest.fixture(scope="session")
def java() -> None:
    """Skip where there is nothing that Spark could run on."""
    pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("no Java, on which Spark runs")


@pytest.fixture(scope="session")
def spark(java: None) -> Iterator[str]:  # noqa: ARG001 - asked for what it finds
    """Address of Spark in this process; its Java machine is shared by all tests and stopped after the last."""
    sql = pytest.importorskip("pyspark.sql")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in SHORT_LIVED.items():
            patched.setenv(name, value)
        yield "spark://local[2]"
    context = sql.SparkSession.builder.getOrCreate().sparkContext
    gateway = context._gateway
    context.stop()
    gateway.shutdown()


@pytest.fixture(scope="session")
def both(spark: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, Assessment]:
    """Results of one book on the embedded engine and on Spark."""
    path = write(tmp_path_factory.mktemp("both"), book(300))
    asked = [Settings(positions=path, engine=name) for name in ("duckdb", spark)]
    here, there = (assess(settings, read_cohort(settings, for_report=False, say=silent)) for settings in asked)
    return here, there


@on_spark
def test_spark_gives_the_same_profile(both: tuple[Assessment, Assessment]) -> None:
    """Every cell is equal: keys, counts, cents and moments."""
    here, there = (result.reading.profile.cells for result in both)
    pd.testing.assert_frame_equal(here, there, rtol=1e-12, atol=0)


@on_spark
def test_spark_gives_the_same_index(both: tuple[Assessment, Assessment]) -> None:
    """So is every figure of the summary, those from the pass by account among them."""
    here, there = map(summarise, both)
    assert here == there


@on_spark
def test_spark_reads_folders_of_partitions(spark: str, lake: Path) -> None:
    """Keys of folders are columns there too."""
    with opened_engine(spark) as engine:
        table = open_positions(str(lake), connection=engine).table
        counted = table.group_by("venue").aggregate(rows=table.count()).to_pyarrow().to_pylist()
    assert sorted((row["venue"], row["rows"]) for row in counted) == [("east", 62), ("west", 64)]


def profiled(engine: str, folder: Path) -> bytes:
    """What the command writes of one book on an engine, in a process of its own."""
    out = folder / "there.parquet"
    command = [sys.executable, "-m", "cohortiv", "profile", "--positions", write(folder, book(200))]
    done = subprocess.run(
        [*command, "--engine", engine, "--out", str(out)],
        env=os.environ | SHORT_LIVED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out.read_bytes()


def embedded(folder: Path) -> bytes:
    """The same, on the embedded engine."""
    out = folder / "here.parquet"
    return write_profile(Settings(positions=write(folder, book(200))), out, say=silent).read_bytes()


@pytest.mark.usefixtures("java")
def test_a_server_of_spark_connect_gives_the_same_file(tmp_path: Path) -> None:
    """Byte for byte, from a server in a process of its own."""
    pytest.importorskip("grpc_status")
    with connect_server() as address:
        assert profiled(address, tmp_path) == embedded(tmp_path)


@pytest.mark.usefixtures("java")
def test_a_standalone_cluster_gives_the_same_file(tmp_path: Path) -> None:
    """Byte for byte, from a worker's process under a master."""
    with cluster(tmp_path / "work") as address:
        assert profiled(address, tmp_path) == embedded(tmp_path)


@pytest.mark.usefixtures("java")
def test_a_report_is_the_same_on_spark(tmp_path: Path) -> None:
    """Byte for byte, with the engine named by the environment or an option: no page says on what it was computed."""
    positions = write(tmp_path, book(200))
    here, there = (
        reported(positions, tmp_path / name, options=options, environment=environment)
        for name, options, environment in (
            ("here", ["--engine", "duckdb"], {}),
            ("there", [], {"COHORTIV_ENGINE": "spark://local[2]"}),
        )
    )
    assert here == there
    assert set(here) == {"report.html", "summary.json", "notebook.ipynb", "manifest.json"}


def reported(positions: str, out: Path, *, options: list[str], environment: dict[str, str]) -> dict[str, bytes]:
    """What the command publishes of one book, in a process of its own."""
    command = [sys.executable, "-m", "cohortiv", "report", "--positions", positions, "--as-of", AS_OF]
    done = subprocess.run(
        [*command, *options, "--out", str(out)],
        env=os.environ | SHORT_LIVED | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {file.name: file.read_bytes() for file in Path(done.stdout.strip()).parent.iterdir()}


def test_an_unknown_engine_is_refused_before_a_report_runs(tmp_path: Path) -> None:
    """By the option or by the environment, in the same words."""
    command = [sys.executable, "-m", "cohortiv", "report", "--as-of", AS_OF, "--out", str(tmp_path / "out")]
    for options, environment in ((["--engine", "hive"], {}), ([], {"COHORTIV_ENGINE": "hive"})):
        done = subprocess.run(
            [*command, *options], env=os.environ | environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "--engine got 'hive'; allowed are duckdb" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_settings_take_the_engine_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a notebook's kernel finds it; what is given wins, and an empty variable is none."""
    monkeypatch.setenv("COHORTIV_ENGINE", "spark://local[2]")
    monkeypatch.setenv("COHORTIV_MEMORY_LIMIT", "2GB")
    assert (Settings().engine, Settings().memory_limit) == ("spark://local[2]", "2GB")
    assert Settings(engine="duckdb").engine == "duckdb"
    monkeypatch.setenv("COHORTIV_ENGINE", " ")
    assert Settings().engine == "duckdb"
