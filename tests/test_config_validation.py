"""What validation fixes beforehand: the files that ship, and what a file may say."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohortiv.config.validation import load_events, load_outcomes
from cohortiv.errors import UsageError

OUTCOME: dict[str, Any] = {
    "name": "a", "title": "A", "source": "liquidations", "horizon_days": 1, "event": {"quantile": 0.9},
}  # fmt: skip
EVENT: dict[str, Any] = {"date": dt.date(2021, 5, 19), "name": "A", "description": "B", "source": "C"}
LIST: dict[str, Any] = {
    "name": "mine", "complete_from": dt.date(2021, 1, 1), "complete_to": dt.date(2021, 12, 31), "events": [EVENT],
}  # fmt: skip


def written(folder: Path, fields: dict[str, Any]) -> Path:
    """A YAML file of the fields."""
    path = folder / "file.yaml"
    path.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return path


def outcomes(folder: Path, **changes: object) -> Path:
    """An outcomes file with one definition."""
    return written(folder, {"name": "mine-1", "outcomes": [OUTCOME | changes]})


def test_the_shipped_outcomes_state_horizon_and_threshold() -> None:
    """Three of liquidations by a quantile of the past, one of the profile by the published critical mass."""
    found = load_outcomes()
    assert found.name == "outcomes-1"
    assert [(one.name, one.horizon_days, one.event.quantile or one.event.share) for one in found.outcomes] == [
        ("liquidated-1d", 1, 0.9), ("liquidated-7d", 7, 0.9), ("liquidated-share-7d", 7, 0.9), ("touched-7d", 7, 0.15),
    ]  # fmt: skip


def test_a_definition_is_found_by_its_name() -> None:
    """An unknown one lists those there are."""
    assert load_outcomes().definition("touched-7d").source == "profile"
    with pytest.raises(UsageError, match=r"got 'x', allowed by outcomes-1 are liquidated-1d, liquidated-7d"):
        load_outcomes().definition("x")


def test_the_shipped_events_are_the_known_ones() -> None:
    """Eight days from March 2020 to February 2026."""
    assert [str(event.date) for event in load_events().events] == [
        "2020-03-12", "2021-05-19", "2021-09-07", "2022-06-13", "2022-11-08", "2024-08-05", "2025-10-10", "2026-02-05",
    ]  # fmt: skip


def test_every_event_cites_a_source() -> None:
    """A name and an address."""
    assert [event.name for event in load_events().events if "https://" not in event.source] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"event": {}}, "allowed is either share, such as 0.15, or quantile"),
        ({"event": {"share": 0.1, "quantile": 0.9}}, "allowed is either share"),
        ({"event": {"quantile": 1.0}}, "event.quantile: got 1.0"),
        ({"event": {"quantile": 0.9, "past_days": 10, "least_days": 30}}, "got least_days 30, allowed is at most past"),
        ({"event": {"share": 0.1}}, "got a share of nothing; allowed for USD is a quantile"),
        ({"source": "profile"}, "allowed for a profile is a share"),
        ({"source": "profile", "event": {"share": 0.1}, "over": "open_interest"}, "share of its own notional"),
        ({"horizon_days": 0}, "horizon_days: got 0"),
        ({"horizon": 1}, "did you mean horizon_days?"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Naming the field, what was got and what is allowed."""
    with pytest.raises(UsageError) as caught:
        load_outcomes(outcomes(tmp_path, **changes))
    assert said in str(caught.value)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    """Two definitions of one name are refused."""
    with pytest.raises(UsageError, match="got a more than once"):
        load_outcomes(written(tmp_path, {"name": "mine-1", "outcomes": [OUTCOME, OUTCOME]}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"events": [EVENT, EVENT]}, "dates that do not rise"),
        ({"complete_to": dt.date(2021, 3, 1)}, "outside complete_from and complete_to"),
        ({"events": []}, "events"),
    ],
)
def test_a_list_out_of_order_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Days rise and lie in the span that the list speaks of."""
    with pytest.raises(UsageError, match=said):
        load_events(written(tmp_path, LIST | changes))


def test_an_unknown_version_lists_those_there_are() -> None:
    """By name."""
    with pytest.raises(UsageError, match=r"got 'outcomes-0'.*allowed are outcomes-1"):
        load_outcomes("outcomes-0")
