"""Faults at length, by hand: fifty kills, a full disk, two writers, and five ways to run the default report."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults_support import FILES, SMALL_REPORT, contents, finished, kill_at_random, publishing, with_little_disk
from test_report_failures import WAYS

KILLS, SEED = 50, 20260930
TMPFS_BYTES = 1_200_000


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - it is what the script is for


def fifty_kills(folder: Path) -> bool:
    """Kill runs at random moments, and count what is left."""
    found = kill_at_random(folder, times=KILLS, seed=SEED)
    say(f"kill -9 at {KILLS} random moments: {dict(Counter(found.states))}; left over: {found.left_over or 'nothing'}")
    return set(found.states) <= {"old", "new"} and not found.left_over


@contextmanager
def small_disk(folder: Path) -> Iterator[list[str]]:
    """A disk for one report and not for two, at a folder; where none can be mounted, a limit on the size of files."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    say(f"disk: {'a tmpfs' if is_mounted else 'a limit on the size of files'}")
    try:
        yield [] if is_mounted else with_little_disk(300_000)
    finally:
        if is_mounted:
            subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


def full_disk(folder: Path) -> bool:
    """Publish where the second report does not fit beside the first."""
    folder.mkdir()
    with small_disk(folder) as before:
        first = finished(publishing(folder, "{}"))
        old = contents(folder / SMALL_REPORT)
        code, _, said = finished(publishing(folder, '{"label": "new"}', before=before))
        is_old = contents(folder / SMALL_REPORT) == old
        others = contents(folder).keys() - {f"{SMALL_REPORT}/{name}" for name in old}
    say(f"full disk: exit {first[0]}, then {code}; old report intact {is_old}; left over {others or None}: {said}")
    return (first[0], code) == (0, 4) and is_old and not others


def two_writers(folder: Path) -> bool:
    """Start two runs of the same report at once."""
    writers = [subprocess.Popen(publishing(folder, f'{{"label": "{name}"}}')) for name in ("one", "two")]
    codes = sorted(writer.wait() for writer in writers)
    say(f"two writers: exit codes {codes}")
    return codes in ([0, 0], [0, 4]) and sorted(contents(folder / SMALL_REPORT)) == sorted(FILES)


def five_ways(folder: Path) -> bool:
    """Run the default report in five folders, time zones, languages and hash seeds."""
    digests = set()
    for number, environment in enumerate(WAYS):
        place = folder / f"a folder {number}"
        place.mkdir(parents=True)
        command = [sys.executable, "-m", "cohortiv", "report", "--as-of", "2026-09-30", "--out", "out"]
        clock = time.monotonic()
        code, page, said = finished(command, environment=environment, folder=place)
        if code:
            say(said)
            return False
        files = contents((place / page.splitlines()[-1]).parent)
        digests.add(hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest())
        say(f"  {environment or 'as it is'}: {time.monotonic() - clock:.1f} s")
    say(f"bytes of the default report in {len(WAYS)} ways: {len(digests)} hash(es)")
    return len(digests) == 1


def main() -> None:
    """Run all of it; exit 1 if anything was lost."""
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parent))
    with tempfile.TemporaryDirectory(prefix="cohortiv-faults-") as name:
        folder = Path(name)
        trials = (full_disk, two_writers, five_ways, fifty_kills)
        passed = [trial(folder / trial.__name__) for trial in trials]
    say(
        ", ".join(
            f"{trial.__name__} {'passed' if good else 'FAILED'}" for trial, good in zip(trials, passed, strict=True)
        )
    )
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
