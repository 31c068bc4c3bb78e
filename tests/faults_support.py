"""Reports made in processes of their own, so that they can be killed, starved of disk or run side by side."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cohortiv.errors import DataError
from cohortiv.report.verification import verify_report

TESTS = Path(__file__).resolve().parent
PUBLISH = """
import json, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from report_support import publish_small

from cohortiv.errors import CohortivError

given = json.loads(sys.argv[3])
try:
    made = publish_small(Path(sys.argv[2]), parameters=given, inputs=[Path(path) for path in sys.argv[4:]])
except CohortivError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
print(made.status)
"""
FILES = ("manifest.json", "notebook.ipynb", "report.html", "summary.json")
#: Folder of the small report under that of all reports.
SMALL_REPORT = Path("2026-02-12") / "small-all"


@dataclass(frozen=True)
class Kills:
    """What killing a publishing process again and again came to.

    Attributes
    ----------
    moments : tuple of float
        Share of a whole run after which each was killed [1].
    states : tuple of str
        What stood in the report's place after each: "old", "new", or what was wrong.
    left_over : tuple of str
        Files in the folder of reports, its catalogue apart, that belong to no report once the next run is done.
    """

    moments: tuple[float, ...]
    states: tuple[str, ...]
    left_over: tuple[str, ...]


def publishing(out: Path, parameters: str, *inputs: Path, before: Sequence[str] = ()) -> list[str]:
    """Command that publishes the small report; `before` are programs to run it under."""
    return [*before, sys.executable, "-c", PUBLISH, str(TESTS), str(out), parameters, *map(str, inputs)]


def finished(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[int, str, str]:
    """Run a command to its end: exit code, and what it wrote."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def kill_at_random(out: Path, *, times: int, seed: int) -> Kills:
    """Publish, then replace the report again and again, killing each process at a random moment of its run.

    Parameters
    ----------
    out : Path
        Folder of reports.
    times : int
        How many processes are killed.
    seed : int
        Of the moments.
    """
    clock = time.monotonic()
    code, _, said = finished(publishing(out, '{"label": "0"}'))
    assert code == 0, said
    whole_run_seconds = time.monotonic() - clock
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    moments = tuple(chance.uniform(0.2, 1.1) for _ in range(times))
    states = tuple(
        _state_after_kill(out, str(number), share * whole_run_seconds) for number, share in enumerate(moments, 1)
    )
    code, _, said = finished(publishing(out, '{"label": "last"}'))
    assert code == 0, said
    known = {f"{SMALL_REPORT}/{name}" for name in FILES}
    return Kills(moments, states, tuple(sorted(contents(out).keys() - known)))


def _state_after_kill(out: Path, label: str, seconds: float) -> str:
    folder = out / SMALL_REPORT
    before = contents(folder)
    process = subprocess.Popen(
        publishing(out, f'{{"label": "{label}"}}'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        problems = verify_report(folder).problems
    except DataError as error:
        return str(error)
    if problems:
        return " ".join(problems)
    return "old" if contents(folder) == before else "new"


def as_mere_user() -> list[str]:
    """Program to run a command under, so that it may write only what its user may; none is needed but for root."""
    if os.getuid() != 0:
        return []
    program = shutil.which("setpriv") or "setpriv"
    return [program, "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


def with_little_disk(largest_file_bytes: int) -> list[str]:
    """Program to run a command under whose files may not grow beyond a size, as on a full disk."""
    return [shutil.which("prlimit") or "prlimit", f"--fsize={largest_file_bytes}"]
