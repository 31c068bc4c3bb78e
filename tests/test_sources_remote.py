"""Files of an object store, from a local server that speaks S3."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import boto3
import pandas as pd
import pytest
import s3fs.core
from moto.server import ThreadedMotoServer

from cohortiv.engine import connect
from cohortiv.errors import DataError, UsageError
from cohortiv.report.manifest import described_inputs
from cohortiv.sources.files import absolute_spec, find_positions, open_positions
from cohortiv.sources.remote import is_remote
from cohortiv.sources.sample import write_sample

SAMPLE = "lake/desk/positions.parquet"
VENUES = ("binance", "tideway")
DAYS = ("2026-02-17", "2026-02-18")


@pytest.fixture(scope="module")
def positions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded sample as a file."""
    return write_sample(tmp_path_factory.mktemp("sample")).positions


@pytest.fixture(scope="module")
def store(positions: Path) -> Iterator[str]:
    """Address of a store whose bucket `lake` holds the sample, and folders of it by venue."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=address, **keys)
    client.create_bucket(Bucket="lake")
    client.put_object(Bucket="lake", Key="desk/positions.parquet", Body=positions.read_bytes())
    part = pd.concat([pd.read_parquet(positions).drop(columns="venue")] * 4).to_parquet(row_group_size=50_000)
    for venue in VENUES:
        client.put_object(Bucket="lake", Key=f"parts/venue={venue}/part.parquet", Body=part)
    dated = pd.read_parquet(positions).drop(columns="as_of").to_parquet()
    for day in DAYS:
        client.put_object(Bucket="lake", Key=f"days/as_of={day}/part.parquet", Body=dated)
    client.put_object(Bucket="lake", Key="other/readme.txt", Body=b"none")
    yield address
    server.stop()


@pytest.fixture(autouse=True)
def keys(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has the keys and the address."""
    named = {
        "ACCESS_KEY_ID": "key",
        "SECRET_ACCESS_KEY": "secret",
        "DEFAULT_REGION": "us-east-1",
        "ENDPOINT_URL": store,
    }
    for name, value in named.items():
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of what is read of files [bytes], as it is read."""
    sizes: list[int] = []
    fetch = s3fs.core.S3File._fetch_range

    def counted(file: s3fs.core.S3File, start: int, end: int) -> bytes:
        got: bytes = fetch(file, start, end)
        sizes.append(len(got))
        return got

    monkeypatch.setattr(s3fs.core.S3File, "_fetch_range", counted)
    return sizes


@pytest.mark.parametrize("spec", [f"s3://{SAMPLE}", "s3://lake/desk", "s3://lake/desk/*.parquet"])
def test_a_file_a_folder_and_a_glob_are_the_table_that_they_are_here(spec: str, positions: Path) -> None:
    """Row by row, under the same name, as made-up as the file says."""
    engine = connect()
    here, there = (open_positions(source, connection=engine) for source in (str(positions), spec))
    assert there.paths[0].name == "positions.parquet"
    assert (there.given, there.synthetic) == (here.given, True)
    assert engine.to_pyarrow(there.table.order_by(list(there.table.columns))).equals(
        engine.to_pyarrow(here.table.order_by(list(here.table.columns)))
    )


def test_columns_that_are_not_asked_for_are_not_read(asked: list[int], positions: Path) -> None:
    """The column of a few different values costs a fraction of the file's bytes."""
    engine = connect()
    table = open_positions(f"s3://{SAMPLE}", connection=engine).table
    asked.clear()
    assert engine.to_pyarrow(table.aggregate(most=table.leverage.max())).to_pylist()[0]["most"] > 1
    assert 0 < sum(asked) < positions.stat().st_size / 5


def test_folders_that_are_not_asked_for_are_not_read(asked: list[int]) -> None:
    """The key of a folder is a column, and a filter on it leaves the other folders alone."""
    costs = []
    for wanted in (VENUES[:1], VENUES):
        engine = connect()  # a fresh one, as an engine remembers what it has read
        table = open_positions("s3://lake/parts", connection=engine).table
        asked.clear()
        kept = table.filter(table.venue.isin(wanted))
        engine.to_pyarrow(kept.aggregate(total=kept.quantity.sum()))
        costs.append(sum(asked))
    assert 0 < costs[0] < 0.6 * costs[1]


def test_days_that_are_not_asked_for_are_not_read() -> None:
    """The plan of one snapshot leaves out the folders that are named by other days."""
    engine = connect()
    table = open_positions("s3://lake/days", connection=engine).table
    wanted = engine.compile(table.filter(table.as_of == datetime.fromisoformat(DAYS[0])).select("quantity"))
    assert "Scanning Files: 1/2" in engine.raw_sql(f"EXPLAIN {wanted}").fetchall()[0][1]


def test_opening_reads_the_ends_of_files(asked: list[int], positions: Path) -> None:
    """Schema and origin stand there; what a file holds is left alone."""
    open_positions(f"s3://{SAMPLE}")
    assert 0 < sum(asked) < positions.stat().st_size / 5


def test_a_digest_is_that_of_the_same_bytes_here(positions: Path) -> None:
    """A manifest names a file below what the files share, wherever they are."""
    assert described_inputs(find_positions(f"s3://{SAMPLE}").paths) == described_inputs((positions,))


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        ("s3://lake/nothing/", UsageError, "No position file at s3://lake/nothing/"),
        ("s3://lake/other/", UsageError, "No position file at"),
        ("s3://nolake/x.parquet", DataError, "bucket does not exist.*keys in the environment"),
        ("gs://lake/x.parquet", UsageError, "what reads gs:// is not installed"),
        ("nosuch://lake/x.parquet", UsageError, "Allowed are paths and URLs that fsspec reads"),
    ],
)
def test_what_cannot_be_had_is_said(spec: str, error: type[Exception], said: str) -> None:
    """With what to do."""
    with pytest.raises(error, match=said):
        find_positions(spec)


@pytest.mark.parametrize("spec", ["s3://key:pass1@lake/x.parquet", "https://lake.example/x.parquet?Signature=pass1"])
def test_a_url_with_a_key_is_refused_without_it(spec: str) -> None:
    """It would stand in messages, parameters and manifests."""
    with pytest.raises(UsageError, match="Put keys in the environment") as told:
        find_positions(spec)
    assert "pass1" not in str(told.value)


@pytest.mark.parametrize(
    ("spec", "found"), [("s3://a/b", True), ("C:/a/b", False), ("a/b", False), ("hyperliquid:a", False)]
)
def test_urls_are_told_from_paths(spec: str, *, found: bool) -> None:
    """By their protocol."""
    assert is_remote(spec) is found


def test_a_url_is_absolute_already() -> None:
    """Also behind a source's name."""
    assert absolute_spec("hyperliquid:s3://lake/x.parquet") == "hyperliquid:s3://lake/x.parquet"
