"""Files that are written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from cohortiv.whole_file import PRIVATE, write_whole


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """In a folder that is made for it, with nothing else left there."""
    target = tmp_path / "new" / "page.html"
    for content in (b"one", b"two"):
        write_whole(target, content)
    assert target.read_bytes() == b"two"
    assert list(target.parent.iterdir()) == [target]


def test_a_private_file_is_its_owners(tmp_path: Path) -> None:
    """Nobody else may read it, whatever the mask allows; others get what the mask allows."""
    write_whole(tmp_path / "secret", b"", rights=PRIVATE)
    write_whole(tmp_path / "page", b"")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o666 & ~mask


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the disk is full while it is flushed."""
    target = tmp_path / "page.html"
    write_whole(target, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
