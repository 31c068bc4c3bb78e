"""What is said of reports that stand beside each other."""

import json
from pathlib import Path

import pytest

from cohortiv.cli.beside import told_beside
from cohortiv.report.shelf import place_of

DAY = "2026-02-12"


def shelve(root: Path, name: str, *, symbol: str | None, digest: str = "aa") -> None:
    """Put a manifest on the shelf, as far as it is looked at."""
    folder = root / DAY / name
    folder.mkdir(parents=True)
    parameters = [{"name": "symbol", "value": symbol}, {"name": "cohort", "value": None}]
    manifest = {"inputs": [{"name": "p.csv", "sha256": digest}], "parameters": parameters}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    ("symbol", "digest", "said"),
    [
        ("BTC", "aa", True),
        (None, "aa", False),  # another notebook on the same part
        ("BTC", "bb", False),  # other positions
    ],
)
def test_parts_of_the_same_positions_are_told(tmp_path: Path, symbol: str | None, digest: str, *, said: bool) -> None:
    """The difference of two parts may be of few accounts; METHODOLOGY says what follows."""
    shelve(tmp_path, "risk-all", symbol=None)
    shelve(tmp_path, "other", symbol=symbol, digest=digest)
    told = told_beside(place_of(tmp_path, as_of=DAY, name="risk-all"))
    assert bool(told) == said
    assert not said or told[0].startswith("Of the same snapshot other stands beside it. Whoever has several parts")
