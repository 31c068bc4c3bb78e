"""Notebook parameters from a file."""

from pathlib import Path

import pytest

from cohortiv.cli.params_file import read_parameters
from cohortiv.errors import UsageError


def written(folder: Path, name: str, text: str) -> Path:
    """File with a text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.yaml", "horizon_days: 14\nto: 2026-12-31\nvenues: [okx, bybit]\nsymbol: null\n"),
        ("p.json", '{\n\t"horizon_days": 14, "to": "2026-12-31", "venues": ["okx", "bybit"], "symbol": null}'),
    ],
)
def test_both_kinds_of_file_are_read(tmp_path: Path, name: str, text: str) -> None:
    """YAML and JSON give the same values; a date of YAML is its text."""
    assert read_parameters(written(tmp_path, name, text)) == {
        "horizon_days": 14, "to": "2026-12-31", "venues": ["okx", "bybit"], "symbol": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.yaml", "a: 1\na: 2\n", "'a' is written twice"),
        ("p.json", '{"a": 1, "a": 2}', "'a' is written twice"),
        ("p.yaml", "- a\n", "got a list"),
        ("p.json", "[1]", "got a list"),
        ("p.json", "{", "not JSON"),
        ("p.yaml", "a: !!python/object/apply:os.getcwd []\n", "not YAML"),
        ("p.yaml", "1: a\n", "the name 1, allowed is text"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    """Repetition, another kind of value, objects and names that are no text are bad usage."""
    with pytest.raises(UsageError, match=message):
        read_parameters(written(tmp_path, name, text))


@pytest.mark.parametrize("name", ["p.yaml", "p.json"])
def test_missing_file_is_bad_usage(tmp_path: Path, name: str) -> None:
    """The message says what to check."""
    with pytest.raises(UsageError, match="check the path"):
        read_parameters(tmp_path / name)
