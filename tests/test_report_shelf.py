"""The folder of reports: names that stay inside, one writer, and never half a report."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from cohortiv.errors import RunError, UsageError
from cohortiv.report import shelf
from cohortiv.report.manifest import manifest_text, sha256_of
from cohortiv.report.shelf import Place, place_of, previous_issue, published_places, put_in_place, workroom

FILES = ("notebook.ipynb", "report.html", "summary.json")

ENDLESS = """
import itertools, sys
from pathlib import Path
from cohortiv.report.shelf import place_of, put_in_place, workroom

place = place_of(Path(sys.argv[1]), as_of="2026-02-12", name="small-all")
print("started", flush=True)
for number in itertools.count():
    with workroom(place) as stage:
        for name in ("a", "b"):
            (stage / name).write_text(str(number) * 20_000)
        put_in_place(stage, place)
"""


def place(root: Path, *, as_of: str = "2026-02-12", name: str = "small-all") -> Place:
    """Place of a report."""
    return place_of(root, as_of=as_of, name=name)


def publish(where: Place, content: str) -> None:
    """Publish a report that verifies, by way of the workroom."""
    with workroom(where) as stage:
        for name in FILES:
            (stage / name).write_text(content, encoding="utf-8")
        outputs = {name: sha256_of(stage / name) for name in FILES}
        (stage / "manifest.json").write_text(manifest_text({"outputs": outputs}), encoding="utf-8")
        put_in_place(stage, where)


@pytest.mark.parametrize("as_of", ["", "today", "2026-02-30", "2026-2-1", "2026-02-12T08:02Z", "../2026-02-12"])
def test_as_of_has_to_be_a_time(tmp_path: Path, as_of: str) -> None:
    """The as-of becomes a folder, so only the two forms of a date may be it."""
    with pytest.raises(UsageError, match="Got the as-of"):
        place(tmp_path, as_of=as_of)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", "-a", "a b", ".work", "a" * 161, "a\n"])
def test_name_has_to_be_a_slug(tmp_path: Path, name: str) -> None:
    """The name becomes a folder, so nothing in it may lead elsewhere."""
    with pytest.raises(UsageError, match="Got the report name"):
        place(tmp_path, name=name)


def test_new_report_is_put_in_place(tmp_path: Path) -> None:
    """A first report makes its folders and leaves no workroom behind."""
    publish(place(tmp_path), "one")
    assert (tmp_path / "2026-02-12" / "small-all" / "report.html").read_text(encoding="utf-8") == "one"
    assert list((tmp_path / ".work").iterdir()) == []


def test_a_failed_run_leaves_no_lock(tmp_path: Path) -> None:
    """A report that never came to be, such as one of a misspelt symbol, leaves nothing behind."""
    with pytest.raises(RuntimeError), workroom(place(tmp_path)):
        raise RuntimeError
    assert list((tmp_path / ".work").iterdir()) == []


def test_a_lock_that_is_held_is_not_taken_away(tmp_path: Path) -> None:
    """A second writer is refused, and the first still keeps out a third."""
    with workroom(place(tmp_path)):
        for _ in range(2):
            with pytest.raises(RunError, match="Another run is making"), workroom(place(tmp_path)):
                pass


@pytest.mark.parametrize("can_exchange", [True, False])
def test_report_is_replaced(tmp_path: Path, can_exchange: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """A second report takes the place of the first, with the system's exchange of folders and without it."""
    publish(place(tmp_path), "one")
    if not can_exchange:
        monkeypatch.setattr(shelf, "_exchange", lambda *_: False)
    publish(place(tmp_path), "two")
    folder = tmp_path / "2026-02-12" / "small-all"
    assert {
        path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name in FILES
    } == dict.fromkeys(FILES, "two")


@pytest.mark.parametrize("fails", ["_flush", "_swap"])
def test_failure_leaves_the_old_report(tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at any step leaves what was published."""
    publish(place(tmp_path), "one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf, fails, full)
    with pytest.raises(RunError, match=r"small-all: No space left on device\. What .* unchanged"):
        publish(place(tmp_path), "two")
    assert (place(tmp_path).folder / "report.html").read_text(encoding="utf-8") == "one"


def test_report_moved_aside_goes_back(tmp_path: Path) -> None:
    """What a run was replacing when it was killed is in its place again when the next run of any report starts."""
    publish(place(tmp_path), "one")
    aside = place(tmp_path).workroom / "old"
    aside.parent.mkdir()
    place(tmp_path).folder.rename(aside)
    publish(place(tmp_path, name="other"), "two")
    assert (place(tmp_path).folder / "report.html").read_text(encoding="utf-8") == "one"
    assert not aside.parent.exists()


def test_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    """While one run makes a report, another of the same report is refused and one of another report is not."""
    with workroom(place(tmp_path)):
        with pytest.raises(RunError, match="Another run is making 2026-02-12/small-all"), workroom(place(tmp_path)):
            pass
        with workroom(place(tmp_path, name="other")) as stage:
            assert stage.is_dir()


def test_work_of_others_is_not_swept(tmp_path: Path) -> None:
    """A workroom whose run is alive stays when another run starts."""
    other = place(tmp_path, name="other")
    with workroom(other) as stage:
        publish(place(tmp_path), "one")
        assert stage.is_dir()


def test_killed_writers_leave_whole_reports(tmp_path: Path) -> None:
    """After each kill at any moment the published folder is one whole report."""
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        folder = place(tmp_path).folder
        while not folder.exists():
            pass
        writer.kill()
        writer.communicate()
        contents = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
        assert sorted(contents) == ["a", "b"]
        assert contents["a"] == contents["b"] != ""
    with FileLock(place(tmp_path).workroom.with_name("2026-02-12--small-all.lock"), timeout=0):
        pass


def test_previous_issue_is_the_newest_earlier_one(tmp_path: Path) -> None:
    """Of the reports of the same name before this one the newest counts; a day stands for its last snapshot."""
    for as_of in ("2026-02-10", "2026-02-11", "2026-02-11T0802Z", "2026-02-12", "2026-02-13"):
        publish(place(tmp_path, as_of=as_of), as_of)
    publish(place(tmp_path, as_of="2026-02-11", name="other"), "other")
    found = {
        as_of: previous_issue(place(tmp_path, as_of=as_of)) for as_of in ("2026-02-12", "2026-02-11", "2026-02-10")
    }
    assert {as_of: issue.as_of if issue else None for as_of, issue in found.items()} == {
        "2026-02-12": "2026-02-11",
        "2026-02-11": "2026-02-11T0802Z",
        "2026-02-10": None,
    }


def test_damaged_issue_is_passed_over(tmp_path: Path) -> None:
    """A report that does not verify is nothing to compare with."""
    for as_of in ("2026-02-10", "2026-02-11"):
        publish(place(tmp_path, as_of=as_of), as_of)
    (place(tmp_path, as_of="2026-02-11").folder / "summary.json").write_text("changed", encoding="utf-8")
    issue = previous_issue(place(tmp_path))
    assert issue is not None
    assert issue.as_of == "2026-02-10"


def test_only_reports_are_listed(tmp_path: Path) -> None:
    """Folders that are no reports are none, wherever they stand."""
    publish(place(tmp_path), "one")
    for other in ("2026-02-12/No", "notes/small-all", ".work/x"):
        (tmp_path / other).mkdir(parents=True)
        (tmp_path / other / "manifest.json").write_text("{}", encoding="utf-8")
    assert [(item.as_of, item.name) for item in published_places(tmp_path)] == [("2026-02-12", "small-all")]
