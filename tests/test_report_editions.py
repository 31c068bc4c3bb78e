"""What happens to a report that is published already: nothing, a refusal, or a restatement that keeps the old one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command_support import Shell
from report_support import SMALL, publish_small
from test_report_signature import keys as keys  # noqa: PLC0414 - a fixture

from cohortiv.errors import DataError, RunError, UsageError
from cohortiv.report import publish
from cohortiv.report.editions import Edition, RestatementRefusedError, edition_of, keep_editions
from cohortiv.report.manifest import sha256_of
from cohortiv.report.publish import PublishedReport
from cohortiv.report.shelf import place_of
from cohortiv.report.verification import verify_report

REASON = "the venue sent <b>corrected</b> prices"
REAL = {"synthetic": False}


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def never_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No notebook is run."""
    monkeypatch.setattr(publish, "run_notebook", lambda *_, **__: pytest.fail("it ran"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> PublishedReport:
    """First edition of a report on data that are not made up."""
    return publish_small(tmp_path_factory.mktemp("editions"), parameters=REAL)


@pytest.fixture(scope="module")
def restated(first: PublishedReport, tmp_path_factory: pytest.TempPathFactory) -> PublishedReport:
    """The same with another label, in a folder of its own."""
    out = tmp_path_factory.mktemp("restated") / "reports"
    shutil.copytree(first.folder.parents[1], out)
    return publish_small(out, parameters=REAL | {"label": "Other"}, supersede=REASON)


@pytest.fixture
def copied(restated: PublishedReport, tmp_path: Path) -> Path:
    """Folder of a restated report that a test may change."""
    return shutil.copytree(restated.folder, tmp_path / "2026-02-12" / "small-all")


@pytest.mark.usefixtures("never_runs")
def test_unchanged_report_is_left_alone(first: PublishedReport) -> None:
    """The same inputs and parameters run nothing, whatever time of publication is given."""
    before = contents(first.folder)
    again = publish_small(first.folder.parents[1], parameters=REAL, published="2026-02-14T06:00Z")
    assert (first.status, again.status, again.summary) == ("published", "unchanged", first.summary)
    assert contents(first.folder) == before


@pytest.mark.usefixtures("never_runs")
def test_changed_report_needs_a_reason(first: PublishedReport) -> None:
    """Other parameters are refused before anything runs, and the report stays."""
    before = contents(first.folder)
    with pytest.raises(RestatementRefusedError, match=r"other parameters\. Nothing has run\..* --supersede REASON"):
        publish_small(first.folder.parents[1], parameters=REAL | {"label": "Other"})
    assert contents(first.folder) == before


@pytest.mark.usefixtures("never_runs")
@pytest.mark.parametrize("reason", ["", " "])
def test_reason_may_not_be_empty(tmp_path: Path, reason: str) -> None:
    """An unset variable is no reason."""
    with pytest.raises(UsageError, match="--supersede got an empty text"):
        publish_small(tmp_path, supersede=reason)


def test_old_edition_is_kept(first: PublishedReport, restated: PublishedReport) -> None:
    """The restated report stands in its place, and the old one, byte by byte, in its folder of editions."""
    assert restated.status == "restated"
    assert contents(restated.folder / "editions" / "1") == contents(first.folder)
    manifest = json.loads(restated.manifest.read_text(encoding="utf-8"))
    kept = {"edition": 1, "manifest_sha256": sha256_of(first.manifest), "reason": REASON}
    assert (manifest["edition"], manifest["editions"]) == (2, [kept])


def test_page_says_that_it_is_restated(first: PublishedReport, restated: PublishedReport) -> None:
    """Edition and reason stand at the top of the page, as text; a first edition has no such line."""
    html = restated.page.read_text(encoding="utf-8")
    assert "Edition 2 replaces edition 1: the venue sent &lt;b&gt;corrected&lt;/b&gt; prices" in html
    assert '<aside class="restated"' not in first.page.read_text(encoding="utf-8")


def test_both_editions_verify(restated: PublishedReport) -> None:
    """The report is as it was published, and so is the edition that it keeps."""
    assert verify_report(restated.folder).passed
    assert verify_report(restated.folder / "editions" / "1").passed


def every_file(folder: Path) -> list[str]:
    """Names of all files of a restated report."""
    return sorted(contents(folder))


def test_one_byte_of_any_file_is_found(copied: Path) -> None:
    """A byte flipped in any file of either edition is found, and the file is named."""
    for name in every_file(copied):
        content = (copied / name).read_bytes()
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        (copied / name).write_bytes(changed)
        told = problems(copied)
        assert len(told) == 1
        assert all(part in told[0] for part in name.removeprefix("editions/1/").split("/"))
        (copied / name).write_bytes(content)
    assert problems(copied) == ()
    assert len(every_file(copied)) == 8


def problems(folder: Path) -> tuple[str, ...]:
    """What is wrong with a report, also where its manifest can no longer be read."""
    try:
        return verify_report(folder).problems
    except DataError as error:
        return (str(error),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda folder: shutil.rmtree(folder / "editions"), "editions/1/manifest.json is missing."),
        (lambda folder: (folder / "editions" / "1" / "report.html").unlink(), "editions/1: report.html is missing."),
        (lambda folder: (folder / "editions" / "2").mkdir(), "editions/2 does not belong to the report."),
        (lambda folder: (folder / "editions" / "1" / "x").touch(), "editions/1: x does not belong to the report."),
        (lambda folder: (folder / "more" / "deep").mkdir(parents=True), "more/deep does not belong to the report."),
    ],
)
def test_missing_and_foreign_files_are_named(copied: Path, change: Callable[[Path], object], told: str) -> None:
    """Editions are part of the report, and nothing else is."""
    change(copied)
    assert verify_report(copied).problems == (told,)


def test_next_restatement_keeps_all(restated: PublishedReport, tmp_path: Path) -> None:
    """A third edition keeps the two before it, each of which verifies."""
    out = shutil.copytree(restated.folder.parents[1], tmp_path / "reports")
    third = publish_small(out, parameters=REAL | {"label": "Third"}, supersede="again")
    assert verify_report(third.folder).passed
    assert [verify_report(third.folder / "editions" / number).passed for number in "12"] == [True, True]
    assert third.page.read_text(encoding="utf-8").count("Edition 3 replaces edition 2: again") == 1


def next_edition(folder: Path, *, reason: str | None = None, force: bool = False, **changes: object) -> Edition:
    """What a run would be whose record differs from what is published by the changes alone."""
    place = place_of(folder.parents[1], as_of=folder.parent.name, name=folder.name)
    record = {**json.loads((folder / "manifest.json").read_text(encoding="utf-8")), **changes}
    return edition_of(place, record, reason=reason, force=force, wanted=frozenset({"report.html"}))


def test_same_run_is_unchanged(copied: Path) -> None:
    """Nothing to do, with a reason too; another issue to compare with does not change what is published."""
    assert next_edition(copied, reason="x", previous={"as_of": "2026-02-11"}).status == "unchanged"


def test_forced_report_is_made_again(copied: Path) -> None:
    """Made again, a report keeps its number and the editions before it."""
    found = next_edition(copied, force=True)
    assert (found.status, found.number, len(found.earlier)) == ("published", 2, 1)


def test_damaged_report_is_made_again(copied: Path) -> None:
    """What does not verify is not left as it is."""
    (copied / "report.html").write_text("", encoding="utf-8")
    assert next_edition(copied).status == "published"


def test_report_that_lacks_a_form_is_made_again(copied: Path) -> None:
    """A file that is wanted now and was not then is a reason to run."""
    place = place_of(copied.parents[1], as_of="2026-02-12", name="small-all")
    record = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    wanted = frozenset({"report.pdf"})
    assert edition_of(place, record, reason=None, force=False, wanted=wanted).status == "published"


def test_made_up_data_are_replaced_without_a_reason(copied: Path) -> None:
    """A synthetic report states nothing that anybody relied on; with a reason its edition is kept all the same."""
    summary = json.loads((copied / "summary.json").read_text(encoding="utf-8"))
    (copied / "summary.json").write_text(json.dumps({**summary, "synthetic": True}), encoding="utf-8")
    assert next_edition(copied, code_sha256="other").status == "published"


@pytest.mark.parametrize(
    ("key", "told"),
    [("inputs", "other inputs"), ("code_sha256", "another version of the code"), ("lock_sha256", "another lock file")],
)
def test_refusal_says_what_is_other(copied: Path, key: str, told: str) -> None:
    """Whoever is refused reads what differs from what is published."""
    place = place_of(copied.parents[1], as_of="2026-02-12", name="small-all")
    record = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    with pytest.raises(DataError, match=f"this run has {told}"):
        edition_of(place, record | {key: None}, reason=None, force=False, wanted=frozenset())


def test_free_place_takes_a_first_edition(tmp_path: Path) -> None:
    """Where nothing is published there is nothing to compare with."""
    place = place_of(tmp_path, as_of="2026-02-12", name="small-all")
    assert edition_of(place, {}, reason="x", force=False, wanted=frozenset()).number == 1


@pytest.mark.usefixtures("never_runs")
def test_damaged_report_is_not_superseded(copied: Path) -> None:
    """An edition is kept as it was published or not at all."""
    (copied / "report.html").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"report\.html is not the file that was published\. Nothing has run"):
        publish_small(copied.parents[1], parameters=REAL, supersede="x")


def test_command_restates_and_signs(
    tmp_path: Path, keys: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run again, the command says that nothing changed; with another brand it wants a reason, and signs on demand."""
    shell = Shell(capsys, monkeypatch, tmp_path)
    (tmp_path / "brand.yaml").write_text("name: Another house\n", encoding="utf-8")
    command = ["report", SMALL, "--positions", SMALL, "--as-of", "2026-02-12", "-p", "synthetic=false"]
    first, again = shell.run(*command), shell.run(*command)
    assert (first.code, again.code, again.out) == (0, 0, first.out)
    assert "Unchanged: it is published on the same inputs" in again.err
    refused = shell.run(*command, "--brand", "brand.yaml")
    assert (refused.code, "this run has another brand. Nothing has run." in refused.err) == (3, True)
    restated = shell.run(*command, "--brand", "brand.yaml", "--supersede", REASON, "--sign", keys / "ours")
    assert "Restated: the edition before is kept" in restated.err
    folder = Path(restated.out.strip()).parent
    checked = shell.run("verify", folder, "--allowed-signers", keys / "allowed")
    assert (checked.code, checked.err) == (0, "Signed by risk@example.org.\n")


@pytest.mark.usefixtures("never_runs")
def test_folder_of_others_is_not_replaced(tmp_path: Path) -> None:
    """Where the report would go there are somebody's files."""
    folder = tmp_path / "2026-02-12" / "small-all"
    folder.mkdir(parents=True)
    (folder / "mine.txt").touch()
    with pytest.raises(DataError, match="cannot be read as a report"):
        publish_small(tmp_path)
    assert sorted(contents(folder)) == ["mine.txt"]


@pytest.mark.usefixtures("never_runs")
def test_failure_to_keep_publishes_nothing(
    first: PublishedReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the old edition cannot be copied, on a full disk, it stays in its place."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out = shutil.copytree(first.folder.parents[1], tmp_path / "reports")
    monkeypatch.setattr(publish, "_make", lambda *_, **__: (first.summary, ()))
    monkeypatch.setattr(publish, keep_editions.__name__, full)
    with pytest.raises(RunError, match=r"No space left on device\..* what was there before is unchanged"):
        publish_small(out, parameters=REAL | {"label": "Other"}, supersede="x")
    assert contents(out / "2026-02-12" / "small-all") == contents(first.folder)
