"""The page of a run that failed: what it tells, whom it is for, and when it goes."""

import re
import stat
from pathlib import Path

import pytest
from filelock import Timeout
from report_support import publish_small

from cohortiv.config.brand import load_brand
from cohortiv.errors import DataError, RunError, UsageError
from cohortiv.report.editions import RestatementRefusedError
from cohortiv.report.entries import failures
from cohortiv.report.failure import Attempt, failed_page, failed_step, failure_told
from cohortiv.report.shelf import Place, place_of


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where the small report goes."""
    return place_of(tmp_path / "reports", as_of="2026-02-12", name="small-all")


def attempt(**parameters: object) -> Attempt:
    """Run of the small notebook."""
    return Attempt("small.ipynb", parameters, load_brand())


def fail(place: Place, error: Exception, **parameters: object) -> str:
    """Page that an error leaves; empty where it leaves none."""
    with pytest.raises(type(error)), failure_told(place, attempt(**parameters)):
        raise error
    page = failed_page(place)
    return page.read_text(encoding="utf-8") if page.exists() else ""


def test_failed_cell_leaves_its_traceback(place: Place) -> None:
    """The page names the cell, the error, the parameters and the software, and the catalogue finds it."""
    with pytest.raises(RunError), failure_told(place, attempt(horizon_days=5)):
        publish_small(place.root, parameters={"fail": "error", "label": "<b>Bold</b>"})
    page = failed_page(place).read_text(encoding="utf-8")
    assert re.search(r"Cell \d of the notebook failed, with exit code 4", page)
    for piece in ("ValueError", "raise", "horizon_days", "papermill"):
        assert piece in page
    assert "<b>Bold" not in page
    assert "\x1b" not in page
    assert "script-src 'none'" in page
    assert [item.link for item in failures(place.root)] == ["2026-02-12/small-all.failed.html"]


def test_success_removes_the_page(place: Place) -> None:
    """A run that succeeds leaves none, also where there was one."""
    assert "Got 3 rows" in fail(place, DataError("Got 3 rows."))
    with failure_told(place, attempt()):
        pass
    assert not failed_page(place).exists()


def test_page_is_for_its_owner(place: Place) -> None:
    """A traceback may show data: nobody else may read it, and it says that it is no report."""
    assert "not for readers of reports" in fail(place, DataError("Got 3 rows."))
    assert stat.S_IMODE(failed_page(place).stat().st_mode) == 0o600


def test_secrets_are_scrubbed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of a secret variable stands neither in the error nor in a parameter."""
    monkeypatch.setenv("VENDOR_API_KEY", "k-2f7c91d0a4")
    page = fail(place, RunError("Refused with k-2f7c91d0a4."), positions="folder-k-2f7c91d0a4")
    assert "k-2f7c91d0a4" not in page
    assert "Refused with [secret]" in page


def test_old_report_is_said_to_be_unchanged(place: Place) -> None:
    """Whether an earlier report stands is the first question."""
    assert "No report of this name and date is published.\nThe next run" in fail(place, RunError("Broken."))
    place.folder.mkdir(parents=True)
    assert "The report that was there before is unchanged" in fail(place, RunError("Broken."))


def test_no_page_where_nothing_has_run(place: Place) -> None:
    """Bad usage, a refused restatement and another run's lock leave none."""
    locked = RunError("Another run is making it.")
    locked.__cause__ = Timeout("lock")
    assert fail(place, UsageError("No such parameter.")) == ""
    assert fail(place, RestatementRefusedError("It is published.")) == ""
    assert fail(place, locked) == ""


def test_folder_that_cannot_be_written_keeps_the_error(place: Place) -> None:
    """Where no page can be left the error itself comes through."""
    place.root.write_text("a file in the way", encoding="utf-8")
    assert fail(place, RunError("Broken.")) == ""


def test_step_is_named_by_what_stopped() -> None:
    """An error outside the room of reports came before the run."""
    assert failed_step(RunError("x")) == "Before the notebook ran"
    with pytest.raises(UsageError) as caught:
        place_of(Path(), as_of="x", name="y")
    assert failed_step(caught.value) == "Publishing"
