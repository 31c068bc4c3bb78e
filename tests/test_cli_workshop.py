"""What the reports of one call share."""

from pathlib import Path

import pytest
from report_support import SMALL

from cohortiv.cli import workshop
from cohortiv.cli.workshop import open_workshop
from cohortiv.report.nursery import CAN_FORK


def test_sample_is_made_once_and_only_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of one call share its files, which are gone afterwards; it is said that they are made up."""
    made: list[Path] = []
    said: list[str] = []
    monkeypatch.setattr(workshop, "write_sample", made.append)
    with open_workshop([SMALL], shows_cells=True, say=said.append) as opened:
        assert made == []
        opened.sample()
        opened.sample()
        assert len(made) == 1
        assert made[0].is_dir()
    assert not made[0].exists()
    assert ["SYNTHETIC" in line for line in said] == [True]


def test_kernels_are_forked_where_they_can_be() -> None:
    """Elsewhere each starts by itself."""
    with open_workshop([SMALL], shows_cells=False, say=print) as opened:
        assert (opened.nursery is not None) == CAN_FORK
