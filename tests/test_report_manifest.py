"""The manifest: digests that any change breaks, and names that no machine shows in."""

import re
import sys
from pathlib import Path

import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.report.manifest import (
    Input,
    code_digest,
    described_inputs,
    is_intact,
    json_text,
    lock_digest,
    manifest_text,
    run_identity,
    sha256_of,
)

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1


def test_digest_is_the_published_one(tmp_path: Path) -> None:
    """The digest of "abc" is the one in the standard."""
    (tmp_path / "a").write_bytes(b"abc")
    assert described_inputs([tmp_path / "a"]) == (Input("a", 3, ABC),)


def test_inputs_are_named_below_what_they_share(tmp_path: Path) -> None:
    """Two files of one name are told apart, in the order of their names, and given twice they count once."""
    for name in ("one/a", "two/a"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"abc")
    paths = [tmp_path / "two" / "a", tmp_path / "one" / "a", tmp_path / "one" / "a"]
    assert [item.name for item in described_inputs(paths)] == ["one/a", "two/a"]


def test_inputs_that_share_no_folder_have_their_names_alone(tmp_path: Path) -> None:
    """Nothing of where they are on this machine."""
    (tmp_path / "a").write_bytes(b"abc")
    names = [item.name for item in described_inputs([tmp_path / "a", Path(sys.executable)])]
    assert sorted(names) == sorted(["a", Path(sys.executable).resolve().name])


def test_no_inputs_are_no_inputs() -> None:
    """A report on the embedded sample reads no file."""
    assert described_inputs([]) == ()


def test_missing_input_is_bad_usage(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(UsageError, match="Cannot read the input"):
        described_inputs([tmp_path / "none"])


def test_identity_is_that_of_the_run() -> None:
    """The same run has the same identity, another one another; when it was published says nothing of it."""
    inputs = [{"name": "a", "bytes": 3, "sha256": ABC}]
    same = ({"inputs": inputs, "versions": {"a": "1", "b": "2"}}, {"versions": {"b": "2", "a": "1"}, "inputs": inputs})
    assert run_identity(same[0]) == run_identity({**same[1], "published": "2026-02-13"})
    others: tuple[dict[str, object], ...] = (
        {"inputs": []},
        {"code_sha256": ABC},
        {"brand_sha256": ABC},
        {"previous": {"as_of": "2026-02-11"}},
    )
    assert len({run_identity({**same[0], **other}) for other in ({}, *others)}) == 5


def test_code_and_lock_have_digests(repository: Path) -> None:
    """The code's digest is one and the same, and the lock file's is that of the file in the checkout."""
    assert re.fullmatch("[0-9a-f]{64}", code_digest())
    assert lock_digest() == sha256_of(repository / "requirements.lock")


@pytest.mark.parametrize("place", [0, 10, 30, -2])
def test_changed_byte_of_a_manifest_shows(tmp_path: Path, place: int) -> None:
    """The manifest holds a digest of itself, so that a byte of it cannot change unseen."""
    file = tmp_path / "manifest.json"
    file.write_text(manifest_text({"edition": 1, "name": "small-all"}), encoding="utf-8")
    assert is_intact(file)
    file.write_bytes(flipped(file.read_bytes(), place))
    try:
        assert not is_intact(file)
    except DataError as error:
        assert "manifest.json" in str(error)  # noqa: PT017 - either tells


def flipped(content: bytes, place: int) -> bytes:
    """The content with one bit of one byte changed."""
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def test_json_refuses_what_json_has_not() -> None:
    """NaN does not slip into a file."""
    with pytest.raises(ValueError, match="Out of range"):
        json_text({"a": float("nan")})
