"""What the tools get wrong when a run fails or somebody means harm: each of their faults has a test that we have not.

| what happens | shown by |
| --- | --- |
| misspelt parameter | test_report_parameters: unknown names; test_report_publish: nothing runs |
| kernel killed, interrupted, cell too long | here; test_report_gate and test_report_run for each by itself |
| written in place, disk full | here; test_report_shelf and test_report_editions for each step |
| kill -9 while publishing | here at random moments; test_report_shelf at the moment of publishing |
| two runs with other bytes | here: five ways to run; test_report_pdf for the PDF |
| hostile text in data | test_report_hostile for every place and payload; test_report_privacy for a whole report |
| parameter types | test_report_parameters |
| notebook in the runner's own process | here |
| parameter names as code | test_report_parameters |
| names that lead out of the folder | test_report_shelf; here |
| secrets given as parameters | test_report_secrets |
| kernel over open TCP | here; test_report_run |
| account names, cells of one account | test_report_privacy; test_disclosure |
"""

import ast
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import pytest
from command_support import Shell
from faults_support import (
    SMALL_REPORT,
    as_mere_user,
    contents,
    finished,
    kill_at_random,
    publishing,
    with_little_disk,
)
from report_support import SMALL, publish_small

from cohortiv.config.yaml_file import read_fields
from cohortiv.errors import CohortivError, RunError, UsageError
from cohortiv.report import kernel
from cohortiv.report.kernel import private_kernel
from cohortiv.report.run import run_notebook
from cohortiv.report.shelf import place_of, workroom
from cohortiv.sources.files import open_positions

PACKAGE = Path(kernel.__file__).resolve().parent.parent
WAYS: tuple[dict[str, str], ...] = (
    {},
    {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"},
    {"TZ": "America/New_York", "PYTHONHASHSEED": "99", "LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"},
    {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "random", "LANG": "tr_TR.UTF-8", "COLUMNS": "40"},
    {"TZ": "UTC-14", "LC_ALL": "POSIX", "OMP_NUM_THREADS": "7"},
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of reports with the small one in it."""
    return publish_small(tmp_path_factory.mktemp("yesterday")).folder.parents[1]


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        ("kill", "kernel died"),
        ("interrupt", r"interrupted|KeyboardInterrupt"),
        ("hang", "took longer than allowed"),
        ("error", "failed with ValueError"),
    ],
)
def test_failed_run_leaves_yesterdays_report(published: Path, fail: str, told: str) -> None:
    """However the kernel ends, the report is the same, nothing half-made stands by it, and the message says why."""
    before = contents(published / SMALL_REPORT)
    with pytest.raises(RunError, match=told):
        publish_small(published, parameters={"fail": fail}, timeout_seconds=3 if fail == "hang" else None)
    assert contents(published / SMALL_REPORT) == before
    others = [path for path in published.iterdir() if path.name not in {".work", "2026-02-12"}]
    assert others == []
    assert [path for path in (published / ".work").iterdir() if path.is_dir() or path.suffix == ".lock"] == []


def test_killed_runs_leave_whole_reports(tmp_path: Path) -> None:
    """Killed at random moments, a run leaves the old report or the new one, and the next run clears what it left."""
    found = kill_at_random(tmp_path, times=4, seed=20260212)
    assert set(found.states) <= {"old", "new"}
    assert found.left_over == ()


def test_full_disk_leaves_yesterdays_report(published: Path) -> None:
    """Where the page does not fit, nothing of it stays, and the message and the exit code say so."""
    before = contents(published)
    code, out, said = finished(publishing(published, '{"label": "new"}', before=with_little_disk(300_000)))
    assert (code, out) == (4, "")
    assert "File too large. Allowed is a disk with room" in said
    assert "what was there before is unchanged" in said
    assert contents(published) == before


def test_read_only_folder_is_told(tmp_path: Path) -> None:
    """A folder of reports that may not be written is named, before a kernel starts."""
    (tmp_path / "reports").mkdir(mode=0o555)
    command = [*as_mere_user(), sys.executable, "-m", "cohortiv", "report", str(SMALL), "--as-of", "2026-02-12"]
    code, out, said = finished([*command, "--positions", str(SMALL)], folder=tmp_path)
    assert (code, out) == (4, "")
    assert "reports/.work may not be used by this user; allowed is a path it may read or write." in said
    assert contents(tmp_path) == {}


def test_second_writer_is_refused(shell: Shell, published: Path) -> None:
    """While a run makes a report, another of the same report ends with the code of a failed run, and says to wait."""
    name = "small-all-accounts-all"
    with workroom(place_of(published, as_of="2026-02-12", name=name)):
        done = shell.run("report", SMALL, "--positions", SMALL, "--as-of", "2026-02-12", "--out", published)
    assert (done.code, done.out) == (4, "")
    assert f"Another run is making 2026-02-12/{name}. Wait for it to end." in done.err


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def test_five_ways_to_run_give_the_same_bytes(tmp_path: Path) -> None:
    """Folder, time zone, language and hash seed do not show in any file."""
    digests = set()
    for number, environment in enumerate(WAYS):
        folder = tmp_path / ("a folder " * number + f"é{number}")
        (folder / "in").mkdir(parents=True)
        (folder / "in" / "data.csv").write_text("a\n1\n", encoding="utf-8")
        data = folder / "in" / "data.csv"
        given = json.dumps({"positions": str(data), "label": "Ordinary é"})
        code, out, said = finished(publishing(folder / "out", given, data), environment=environment, folder=folder)
        assert (code, out) == (0, "published"), said
        files = contents(folder / "out" / SMALL_REPORT)
        digests.add(hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest())
    assert len(digests) == 1


def test_notebook_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The runner's own modules are what they were, and a notebook that ends its process ends no other."""
    main = sys.modules["__main__"]
    with pytest.raises(RunError, match="kernel died"):
        run_notebook(SMALL, parameters={"fail": "kill"}, keep_failed=tmp_path / "failed.ipynb")
    assert sys.modules["__main__"] is main


def test_sockets_are_in_a_folder_that_nobody_else_enters() -> None:
    """The folder of the kernel's sockets lets in its owner alone."""
    with private_kernel() as manager:
        assert manager.room.stat().st_mode & 0o077 == 0


def test_rooms_of_killed_kernels_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed run left in the temporary folder is cleared by the next, and the room of a live one is not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("cohortiv-dead", "cohortiv-other", "else"):
        (tmp_path / name).mkdir()
    (tmp_path / "cohortiv-dead" / "alive.lock").touch()
    with private_kernel() as first, private_kernel():
        assert first.room.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohortiv-other", "else"]


def test_kernel_without_sockets_in_files_is_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the path of a socket would be too long, the kernel speaks TCP that no other user can listen to."""
    monkeypatch.setattr(kernel, "_SOCKET_PATH_LIMIT", 0)
    shows = tmp_path / "shows.ipynb"
    notebook = json.loads(SMALL.read_text(encoding="utf-8"))
    lines = (
        "from ipykernel.kernelapp import IPKernelApp",
        "app = IPKernelApp.instance()",
        "(app.transport, bool(app.curve_publickey))",
    )
    notebook["cells"] = [notebook["cells"][1], {**notebook["cells"][2], "source": "\n".join(lines)}]
    shows.write_text(json.dumps(notebook), encoding="utf-8")
    ran = run_notebook(shows, parameters={"run_id": "x"}, keep_failed=tmp_path / "failed.ipynb")
    assert ran.cells[-1].outputs[0].data["text/plain"] == "('tcp', True)"


def test_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A date that is a link to another folder would put the report there."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2026-02-12").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link that leads out of"):
        place_of(tmp_path / "reports", as_of="2026-02-12", name="small-all")


LOADERS = frozenset(
    {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "zipfile", "tarfile", "pickletools"}
)
#: Reads the word list of a package that the lock file pins, with an unpickler that refuses all but lists and texts.
PLAIN = ("validation/lexicon.py",)
CALLS = frozenset({"read_pickle", "to_pickle", "unpack_archive", "eval", "exec", "full_load", "unsafe_load"})


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_that_runs_is_loaded(path: Path) -> None:
    """No module imports what unpacks pickles or archives, nor calls what runs a text; YAML is read by a safe loader."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = {module.partition(".")[0], *(alias.name.partition(".")[0] for alias in node.names)}
            assert not names & LOADERS or path.relative_to(PACKAGE).as_posix() in PLAIN
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in CALLS


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!map [[1, 2]]"]
)
def test_yaml_makes_no_objects(tmp_path: Path, tag: str) -> None:
    """A tag that would run or name code is an error of the file."""
    file = tmp_path / "cohort.yaml"
    file.write_text(f"name: {tag}\n", encoding="utf-8")
    with pytest.raises(CohortivError):
        read_fields(file, kind="cohort", example="name: mine")


@pytest.mark.parametrize("name", ["a.pkl", "a.pickle", "a.zip", "a.tar.gz", "a.joblib", "a.npy", "a.csv.zip", "a.py"])
def test_files_that_could_run_are_no_positions(tmp_path: Path, name: str) -> None:
    """Pickles and archives are refused by name, whatever is in them."""
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(CohortivError, match="allowed"):
        open_positions(str(tmp_path / name))
