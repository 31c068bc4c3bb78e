"""Libraries are loaded before the engine, once, and stay out of garbage collections."""

import gc
import subprocess
import sys

import duckdb  # noqa: F401 - the host process of these tests has an engine

from cohortiv.cli.loading import COLLECT_AFTER, load_libraries


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that loads the libraries and then does more."""
    start = "import gc, sys\nfrom cohortiv.cli.loading import load_libraries\nload_libraries()\n"
    return subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=False)


def test_libraries_are_kept_out_of_collections() -> None:
    """Their objects are frozen, and the collector is at work again."""
    assert run("print(gc.get_freeze_count() > 100_000, gc.isenabled())").stdout.split() == ["True", "True"]


def test_the_engine_is_left_to_later() -> None:
    """It reports on standard error what of it is never collected."""
    assert run("print('duckdb' in sys.modules)").stdout.strip() == "False"


def test_reports_load_the_engine_and_freeze_nothing() -> None:
    """What is frozen is never collected, and the engine would say so; collections are rare all the same."""
    told = "print(load_libraries(REPORTING, holds_engine=True), gc.get_freeze_count(), gc.get_threshold()[0])"
    start = "import gc\nfrom cohortiv.cli.loading import REPORTING, load_libraries\n"
    done = subprocess.run([sys.executable, "-c", start + told], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", "0", str(COLLECT_AFTER)], "")


def test_the_process_ends_without_a_word() -> None:
    """Also when the engine was used."""
    done = run("from cohortiv.sources.files import connect\nconnect().raw_sql('SELECT 1').fetchall()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_process_with_an_engine_is_left_alone() -> None:
    """Its collector is the host's business."""
    before = gc.get_freeze_count(), gc.isenabled()
    load_libraries()
    assert (gc.get_freeze_count(), gc.isenabled()) == before
    assert "duckdb" in sys.modules


def test_the_index_loads_no_optimiser() -> None:
    """Only the fit of a density needs it."""
    rooms = "import cohortiv.assessment, cohortiv.cli.text, cohortiv.summary\n"
    assert run(f"{rooms}print('scipy.optimize' in sys.modules)").stdout.strip() == "False"


def test_the_commands_own_process_is_told_apart() -> None:
    """Only that one may be ended at once."""
    assert run("print(load_libraries())\nimport duckdb\nprint(load_libraries())").stdout.split() == ["True", "False"]
    assert load_libraries() is False


def test_leaving_at_once_writes_what_was_printed() -> None:
    """And the exit code is the one that was asked for, without a word of the engine."""
    use = "from cohortiv.sources.files import connect\nconnect().raw_sql('SELECT 1').fetchall()\n"
    done = run(f"{use}from cohortiv.cli.loading import leave_at_once\nprint('done', end='')\nleave_at_once(11)")
    assert (done.returncode, done.stdout, done.stderr) == (11, "done", "")
