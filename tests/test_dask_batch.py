"""The ready example for a cluster: many reports on two worker processes, one of which is killed in the middle."""

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from distributed import Client, LocalCluster
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from report_support import SMALL

from cohortiv.assets import asset
from cohortiv.cli.app import report
from cohortiv.errors import UsageError
from cohortiv.report.verification import verify_report

BATCH = asset("templates") / "schedules" / "dask_batch.py"
DAYS = ("2026-02-12", "2026-02-13")
DATES = ("--as-of", DAYS[0], "--as-of", DAYS[1])
GOOD = "first-all-accounts-all"
#: Waits at its first run until it is killed or let go; at the second it goes on.
WAIT = """
from pathlib import Path
from socket import create_connection
if not Path({begun!r}).exists():
    Path({begun!r}).touch()
    create_connection(("127.0.0.1", {port})).recv(1)
"""


@dataclass(frozen=True)
class Batch:
    """What a batch told, and where its reports are."""

    folder: Path
    code: int
    lines: list[dict[str, object]]
    errors: str


def small() -> NotebookNode:
    """The small notebook without positions."""
    notebook: NotebookNode = nbformat.read(SMALL, as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace('positions: str = ""  # path of a file to read\n', "")
    return notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook that needs no positions, and one that fails."""
    folder = tmp_path_factory.mktemp("cluster")
    nbformat.write(small(), folder / "first.ipynb")
    parameters = new_code_cell('run_id: str = ""  # identity of the run', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters, new_code_cell("1 / 0")]), folder / "bad.ipynb")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    """A cluster of two worker processes."""
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(folder / "dask"),
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield client


def begin(client: Client, folder: Path, *options: str) -> "subprocess.Popen[str]":
    """Start the example as a user does."""
    address = client.scheduler_info()["address"]
    command = [sys.executable, str(BATCH), "--scheduler", address, *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]", out: Path) -> Batch:
    """Wait for it."""
    told, errors = process.communicate()
    return Batch(out, process.returncode, [json.loads(line) for line in told.splitlines()], errors)


@pytest.fixture(scope="module")
def batch(client: Client, folder: Path) -> Batch:
    """A good report and a failing one for two days."""
    return end(begin(client, folder, "first.ipynb", "bad.ipynb", *DATES, "--out", "many"), folder / "many")


def test_one_that_fails_stops_no_other(batch: Batch) -> None:
    """Each report has its line of JSON, those after a failed one are made, and the exit code is the highest."""
    assert batch.code == 4, batch.errors
    told = sorted((str(line["as_of"]), str(line["report"]), line["status"], line["exit_code"]) for line in batch.lines)
    assert told == [
        (day, name, *ended)
        for day in DAYS
        for name, ended in (("bad-all-accounts-all", ("failed", 4)), (GOOD, ("published", 0)))
    ]
    assert "ZeroDivisionError" in next(str(line["error"]) for line in batch.lines if line["exit_code"])
    assert all(day in (batch.folder / "index.html").read_text(encoding="utf-8") for day in DAYS)


def test_bytes_are_those_of_one_machine(batch: Batch, folder: Path) -> None:
    """Reports of the cluster, the issue before included, are the same files as those of one call of the command."""
    command = [sys.executable, "-m", "cohortiv", "report", "first.ipynb", *DATES, "--out", "one"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for day in DAYS:
        alone, many = folder / "one" / day / GOOD, batch.folder / day / GOOD
        assert {file.name: file.read_bytes() for file in alone.iterdir()} == {
            file.name: file.read_bytes() for file in many.iterdir()
        }


def test_killed_worker_costs_no_report(client: Client, folder: Path) -> None:
    """A report whose worker is killed in the middle is made whole on another one, and nothing half-made is left."""
    pids = client.run(os.getpid)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        notebook = small()
        wait = WAIT.format(begun=str(folder / "begun"), port=server.getsockname()[1])
        notebook.cells.insert(2, new_code_cell(wait))
        nbformat.write(notebook, folder / "waits.ipynb")
        process = begin(client, folder, "waits.ipynb", "--as-of", DAYS[0], "--out", "killed")
        with server.accept()[0]:
            processing = client.processing()  # type: ignore[no-untyped-call]
            (busy,) = [worker for worker, tasks in processing.items() if tasks]
            os.kill(pids[busy], signal.SIGKILL)
            done = end(process, folder / "killed")
    assert done.code == 0, done.errors
    assert [(line["status"], line["error"]) for line in done.lines] == [("published", None)]
    assert verify_report(done.folder / DAYS[0] / "waits-all-accounts-all").passed
    assert list((done.folder / ".work").iterdir()) == []


def test_nothing_runs_where_a_request_is_wrong(client: Client, folder: Path) -> None:
    """Bad usage is told with exit code 2 before anything is sent to the cluster."""
    done = end(begin(client, folder, "first.ipynb", "--as-of", "tomorrow", "--out", "wrong"), folder / "wrong")
    assert (done.code, done.lines, done.folder.exists()) == (2, [], False)
    assert "tomorrow" in done.errors


def test_each_desk_has_its_reports() -> None:
    """Every cohort file meets every date and symbol, oldest first; with --cohort beside it, it is refused."""
    asked = runpy.run_path(str(BATCH))["asked"]
    chosen, all_of_them = (
        report.make_context("report", [*DATES, *more]).params
        for more in (("--symbol", "BTC"), ("--cohort", "all.yaml"))
    )
    desks = [Path("asia.yaml"), Path("europe.yaml")]
    found = [(item.as_of, item.symbol, item.cohort) for item in asked(chosen, desks=desks)]
    assert found == [(day, "BTC", desk) for day in DAYS for desk in desks]
    with pytest.raises(UsageError, match="--desk and --cohort exclude each other"):
        asked(all_of_them, desks=desks)
