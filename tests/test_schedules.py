"""The ready examples for schedulers: each is read as its scheduler reads it, and the commands in it are run."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest
import yaml
from delivery_support import web_desk

from cohortiv.assets import asset

SCHEDULES = asset("templates") / "schedules"
SMALL = Path(__file__).resolve().parent / "fixtures" / "notebooks" / "small.ipynb"
#: Takes the command's place: it reads its arguments as the command does, notes them, and says where the page would be.
STAND_IN = """#!{python}
import sys
from pathlib import Path
from cohortiv.cli.app import cli
context = cli.make_context("cohortiv", sys.argv[1:])
name, command, rest = cli.resolve_command(context, context._protected_args + context.args)
with command.make_context(name, rest, parent=context) as made:
    with Path("calls.txt").open("a") as calls:
        print(name, {{key: str(value) for key, value in made.params.items() if value}}, file=calls)
print("reports/2026-02-12/risk-all/report.html")
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> dict[str, str]:
    """Environment in which `cohortiv` checks its arguments and runs nothing."""
    program = tmp_path / "bin" / "cohortiv"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def ran(command: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command line as a scheduler does."""
    return subprocess.run(
        ["bash", "-c", command],  # noqa: S607 - a scheduler's shell
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def calls(folder: Path) -> list[str]:
    """What the stand-in noted, one call a line."""
    return (folder / "calls.txt").read_text(encoding="utf-8").splitlines()


def test_daily_script_publishes_and_delivers(chromium: str, tmp_path: Path) -> None:
    """With the real command: a report with its PDF and static edition, and the chat is told of it."""
    positions = tmp_path / "positions.csv"
    positions.write_text("a\n", encoding="utf-8")
    with web_desk() as desk:
        (tmp_path / "delivery.yaml").write_text(
            f"targets: [{{name: chat, kind: chat, url: 'json://127.0.0.1:{desk.port}', attach: [static]}}]\n",
            encoding="utf-8",
        )
        path = f"{Path(sys.executable).parent}:{Path(chromium).parent}:{os.environ['PATH']}"
        own = {"POSITIONS": str(positions), "DELIVERY": "delivery.yaml", "REPORTS": "out", "AS_OF": "2026-02-12"}
        done = ran(str(SCHEDULES / "daily.sh"), tmp_path, {**os.environ, "PATH": path, "NOTEBOOK": str(SMALL), **own})
    assert done.returncode == 0, done.stderr
    (page,) = (tmp_path / "out").glob("2026-02-12/*/report.html")
    assert {"report.pdf", "report-static.html"} < {file.name for file in page.parent.iterdir()}
    assert [attached["filename"] for attached in desk.received[0]["attachments"]] == [
        f"{page.parent.name}-2026-02-12.html"
    ]


def test_daily_script_tells_readers_of_a_day_without_positions(chromium: str, tmp_path: Path) -> None:
    """Those who had the report of the day before hear that there is none, and the code is the command's."""
    (tmp_path / "p.csv").write_text("a\n", encoding="utf-8")
    with web_desk() as desk:
        (tmp_path / "delivery.yaml").write_text(
            f"targets: [{{name: chat, kind: chat, url: 'json://127.0.0.1:{desk.port}'}}]\n", encoding="utf-8"
        )
        path = f"{Path(sys.executable).parent}:{Path(chromium).parent}:{os.environ['PATH']}"
        own = {
            "PATH": path,
            "NOTEBOOK": str(SMALL),
            "DELIVERY": "delivery.yaml",
            "REPORTS": "out",
            "POSITIONS": "p.csv",
        }
        first = ran(str(SCHEDULES / "daily.sh"), tmp_path, {**os.environ, **own, "AS_OF": "2026-02-12"})
        (tmp_path / "p.csv").unlink()
        second = ran(str(SCHEDULES / "daily.sh"), tmp_path, {**os.environ, **own, "AS_OF": "2026-02-13"})
    assert (first.returncode, second.returncode) == (0, 2), second.stderr
    assert "Not published: there is no report of 13 February 2026" in desk.received[1]["message"]


def test_daily_script_stops_at_a_failure(tmp_path: Path) -> None:
    """The exit code of a report that failed is the script's."""
    program = tmp_path / "cohortiv"
    program.write_text('#!/bin/sh\necho "$1" >> calls.txt\nexit 3\n', encoding="utf-8")
    program.chmod(0o755)
    own = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "POSITIONS": "p", "DELIVERY": "d", "REPORTS": "out"}
    done = ran(str(SCHEDULES / "daily.sh"), tmp_path, own)
    assert (done.returncode, calls(tmp_path)) == (3, ["report"])


def test_daily_script_takes_yesterday(tmp_path: Path, stand_in: dict[str, str]) -> None:
    """Without a day it asks for one, and all its flags are the command's."""
    done = ran(str(SCHEDULES / "daily.sh"), tmp_path, {**stand_in, "POSITIONS": "p", "DELIVERY": "d", "REPORTS": "out"})
    assert done.returncode == 0, done.stderr
    (call,) = calls(tmp_path)
    assert re.search(r"^report .*'as_of': .*\d{4}-\d\d-\d\d", call)
    assert re.search(r"'published': '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'", call)
    assert "'delivery': 'd'" in call


def test_cron_line_runs_the_script(tmp_path: Path, stand_in: dict[str, str]) -> None:
    """Five fields of time, a user, and a command that exports the environment file and starts the script."""
    (line,) = [text for text in read("cohortiv.cron").splitlines() if re.match(r"[\d*]", text)]
    *when, user, command = line.split(maxsplit=6)
    assert (len(when), user) == (5, "cohortiv")
    assert all(re.fullmatch(r"\*|\d+", part) for part in when)
    shutil.copy(SCHEDULES / "daily.sh", tmp_path / "bin" / "cohortiv-daily")
    (tmp_path / "environment").write_text("POSITIONS=p\nREPORTS=out\nDELIVERY=d\n", encoding="utf-8")
    here = command.replace("/etc/cohortiv/", f"{tmp_path}/").replace("/var/lib/cohortiv/", f"{tmp_path}/")
    done = ran(here, tmp_path, stand_in)
    assert done.returncode == 0, done.stderr
    assert [call.split()[0] for call in calls(tmp_path)] == ["report"]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Systemd finds nothing wrong where it is installed; elsewhere the units have the entries that it needs."""
    for name in ("cohortiv.service", "cohortiv.timer"):
        text = read(name).replace("/usr/local/bin/cohortiv-daily", shutil.which("true") or "")
        (tmp_path / name).write_text(text, encoding="utf-8")
    analyse = shutil.which("systemd-analyze")
    if analyse:
        units = [str(tmp_path / "cohortiv.service"), str(tmp_path / "cohortiv.timer")]
        done = subprocess.run([analyse, "verify", *units], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^ExecStart=/\S+$", read("cohortiv.service"), re.MULTILINE)
    assert re.search(r"^OnCalendar=.* UTC$", read("cohortiv.timer"), re.MULTILINE)


def test_environment_example_names_every_variable() -> None:
    """Whatever the script and the delivery file that ships ask for stands in it, in the form that both readers know."""
    lines = [line for line in read("environment.example").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z_]+=\S+", line) for line in lines)
    given = {line.partition("=")[0] for line in lines}
    delivery = re.sub(
        r"^#.*$", "", (asset("templates") / "delivery.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert {"POSITIONS", "REPORTS", "DELIVERY", *re.findall(r"\$\{(\w+)\}", delivery)} == given


def test_github_workflow_runs_its_steps(tmp_path: Path, stand_in: dict[str, str]) -> None:
    """The file is a workflow, and its step of ours runs between finding the reports of before and handing them out."""
    workflow: dict[Any, Any] = yaml.safe_load(read("github-actions.yaml"))
    assert {"name", True, "permissions", "jobs"} <= workflow.keys()  # YAML 1.1 reads the key `on` as true
    steps = {step.get("name"): step for step in workflow["jobs"]["report"]["steps"]}
    names = list(steps)
    own = "Publish and deliver"
    assert names.index("Keep the reports") < names.index(own) < names.index("Hand out")
    assert steps["Keep the reports"]["with"]["path"] == steps["Hand out"]["with"]["path"] == "reports"
    done = ran(f"set -e\n{steps[own]['run']}", tmp_path, {**stand_in, **steps[own]["env"]})
    assert done.returncode == 0, done.stderr
    assert re.search(r"^report .*'delivery': 'delivery.yaml'", calls(tmp_path)[0])


def test_airflow_commands_run(tmp_path: Path, stand_in: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file runs beside a stand-in for Airflow, and its command, filled as Airflow does, is ours."""
    commands = dag_commands(monkeypatch)
    fill = {
        "{{ var.value.positions }}": "p",
        "{{ var.value.reports }}": "out",
        "{{ var.value.delivery }}": "d",
        "{{ macros.ds_add(ds, -1) }}": "2026-02-12",
    }
    for command in commands:
        for mark, value in fill.items():
            command = command.replace(mark, value)  # noqa: PLW2901 - filled mark by mark
        assert "{{" not in command
        assert ran(command, tmp_path, stand_in).returncode == 0
    assert [call.split()[0] for call in calls(tmp_path)] == ["report"]


def dag_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands of the tasks, in their order."""
    commands: list[str] = []

    class Task:
        def __init__(self, **options: str) -> None:
            commands.append(options["bash_command"])

    class Dag:
        def __init__(self, name: str, **options: object) -> None:
            assert (name, options["catchup"]) == ("cohortiv_report", False)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Close it."""

    for name, attribute, value in (
        ("airflow.sdk", "DAG", Dag),
        ("airflow.providers.standard.operators.bash", "BashOperator", Task),
    ):
        module = ModuleType(name)
        setattr(module, attribute, value)
        parts = name.split(".")
        for end in range(1, len(parts)):
            monkeypatch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(".".join(parts[:end])))
        monkeypatch.setitem(sys.modules, name, module)
    runpy.run_path(str(SCHEDULES / "airflow_dag.py"))
    return commands


def read(name: str) -> str:
    """Text of an example."""
    return (SCHEDULES / name).read_text(encoding="utf-8")
