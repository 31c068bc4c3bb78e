"""Whether a report is what was published: each file, the editions before it, the issue before it."""

import json
import shutil
from pathlib import Path

import pytest

from cohortiv.errors import DataError
from cohortiv.report.manifest import manifest_text, sha256_of
from cohortiv.report.verification import verify_report

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
FILES = ("notebook.ipynb", "report.html", "summary.json")


def shelved(root: Path, *, as_of: str, previous: dict[str, str] | None = None) -> Path:
    """Folder of a report that verifies."""
    folder = root / as_of / "small-all"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text(f"{name} of {as_of}", encoding="utf-8")
    content = {
        "outputs": {name: sha256_of(folder / name) for name in FILES},
        "inputs": [{"name": "a", "sha256": ABC}],
        "previous": previous,
    }
    (folder / "manifest.json").write_text(manifest_text(content), encoding="utf-8")
    return folder


def test_report_as_published_passes(tmp_path: Path) -> None:
    """A folder that nobody touched has no problems."""
    verification = verify_report(shelved(tmp_path, as_of="2026-02-12"))
    assert (verification.passed, verification.problems) == (True, ())


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_found(tmp_path: Path, name: str) -> None:
    """A byte flipped in any file is found and the file named."""
    folder = shelved(tmp_path, as_of="2026-02-12")
    content = bytearray((folder / name).read_bytes())
    content[3] ^= 1
    (folder / name).write_bytes(content)
    assert verify_report(folder).problems == (f"{name} is not the file that was published.",)


def test_missing_and_foreign_files_are_found(tmp_path: Path) -> None:
    """The folder holds what was published and nothing else."""
    folder = shelved(tmp_path, as_of="2026-02-12")
    (folder / "report.html").rename(folder / "other.html")
    assert verify_report(folder).problems == ("report.html is missing.", "other.html does not belong to the report.")


def test_manifest_has_to_list_every_file(tmp_path: Path) -> None:
    """An entry taken out of the manifest is found, with a digest that fits too."""
    folder = shelved(tmp_path, as_of="2026-02-12")
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del content["outputs"]["summary.json"], content["self_sha256"]
    (folder / "manifest.json").write_text(manifest_text(content), encoding="utf-8")
    assert "The manifest does not list summary.json." in verify_report(folder).problems


def test_inputs_are_compared(tmp_path: Path) -> None:
    """The file that went in passes under any name; another is found."""
    folder = shelved(tmp_path / "reports", as_of="2026-02-12")
    (tmp_path / "same").write_bytes(b"abc")
    (tmp_path / "other").write_bytes(b"abd")
    assert verify_report(folder, inputs=[tmp_path / "same"]).passed
    assert verify_report(folder, inputs=[tmp_path / "other"]).problems == (
        "The input a is not among the files given.",
        "other is not an input of this report.",
    )


def test_issues_form_a_chain(tmp_path: Path) -> None:
    """A previous issue that was made again differently is found; one that is gone is not."""
    before = shelved(tmp_path, as_of="2026-02-11")
    link = {"as_of": "2026-02-11", "name": "small-all", "manifest_sha256": sha256_of(before / "manifest.json")}
    after = shelved(tmp_path, as_of="2026-02-12", previous=link)
    assert verify_report(after).passed
    (before / "manifest.json").write_text("{}", encoding="utf-8")
    assert "previous issue, 2026-02-11," in verify_report(after).problems[0]
    before.parent.rename(tmp_path / "gone")
    assert verify_report(after).passed


def test_restated_issue_is_no_damage_of_the_next(tmp_path: Path) -> None:
    """The issue after one that was restated still verifies, and says so."""
    before = shelved(tmp_path, as_of="2026-02-11")
    link = {"as_of": "2026-02-11", "name": "small-all", "manifest_sha256": sha256_of(before / "manifest.json")}
    after = shelved(tmp_path, as_of="2026-02-12", previous=link)
    shutil.copytree(before, tmp_path / "old")
    shutil.copytree(tmp_path / "old", before / "editions" / "1")
    (before / "manifest.json").write_text(manifest_text({"edition": 2}), encoding="utf-8")
    found = verify_report(after)
    assert found.passed
    assert found.notes == ("The previous issue, 2026-02-11, was restated after this report was compared with it.",)


def test_other_form_of_a_manifest_is_told(tmp_path: Path) -> None:
    """A manifest that fits its own digest and is none of ours is bad data, not a defect."""
    folder = shelved(tmp_path, as_of="2026-02-12")
    (folder / "manifest.json").write_text(manifest_text({"outputs": {}, "editions": ["one"]}), encoding="utf-8")
    with pytest.raises(DataError, match="has not the form of a manifest"):
        verify_report(folder)


@pytest.mark.parametrize("content", [None, "", "[]"])
def test_folder_without_manifest_is_no_report(tmp_path: Path, content: str | None) -> None:
    """Without a readable manifest there is nothing to verify."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="Give the folder of a published report"):
        verify_report(tmp_path)


def test_missing_manifest_is_told_without_a_number_of_the_system(tmp_path: Path) -> None:
    """The folder above that of a report is the usual mistake."""
    with pytest.raises(DataError, match=r"holds no manifest\.json; allowed is a folder that a report was published in"):
        verify_report(tmp_path)
