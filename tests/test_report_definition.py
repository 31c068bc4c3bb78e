"""What an index is measured by: which reports are one series, and which may not replace which."""

from pathlib import Path

import pytest

from cohortiv.errors import UsageError
from cohortiv.report.definition import definition_of, refuse_other_definition
from cohortiv.report.manifest import json_text
from cohortiv.report.shelf import Place, place_of

USUAL = {"critical_mass": 0.15, "horizon_days": 7.0, "reference_volatility": 0.4, "methodology_version": "1.0"}
OTHER = [{"critical_mass": 0.1}, {"horizon_days": 14}, {"reference_volatility": 0.5}, {"methodology_version": "2.0"}]


def published(root: Path, text: str) -> Place:
    """Place at which a summary is published."""
    place = place_of(root, as_of="2026-02-12", name="risk-all")
    place.folder.mkdir(parents=True)
    (place.folder / "summary.json").write_text(text, encoding="utf-8")
    return place


def test_definition_is_said_in_words() -> None:
    """All four parts, as a person writes them."""
    expected = "critical mass 15 %, horizon 7 days, reference volatility 53.2 %, method 1.x"
    assert str(definition_of(USUAL | {"reference_volatility": 1.33 * 0.4})) == expected


def test_summary_of_another_notebook_states_no_definition() -> None:
    """What a summary doesn't say is not made up."""
    assert str(definition_of({"iv_index": 3})) == "not stated"


def test_minor_version_is_the_same_method() -> None:
    """Only a major version gives another number."""
    assert definition_of(USUAL) == definition_of(USUAL | {"methodology_version": "1.7", "iv_index": 5})


@pytest.mark.parametrize("changed", OTHER)
def test_other_definition_does_not_replace(tmp_path: Path, changed: dict[str, object]) -> None:
    """The message names both, and what to do."""
    place = published(tmp_path, json_text(USUAL))
    with pytest.raises(UsageError, match=r"critical mass 15 %.*than this report's.*Give --out another folder"):
        refuse_other_definition(place, USUAL | changed)


def test_same_definition_replaces(tmp_path: Path) -> None:
    """New data by the same definition take the old report's place."""
    refuse_other_definition(published(tmp_path, json_text(USUAL | {"iv_index": 20.0})), USUAL | {"iv_index": 30.0})


@pytest.mark.parametrize("text", ["", "[]"])
def test_damaged_report_is_replaced(tmp_path: Path, text: str) -> None:
    """What cannot be read protects nothing."""
    refuse_other_definition(published(tmp_path, text), USUAL)


def test_first_report_replaces_nothing(tmp_path: Path) -> None:
    """An empty place takes any definition."""
    refuse_other_definition(place_of(tmp_path, as_of="2026-02-12", name="risk-all"), USUAL)
