"""Dated events of a validation report, held against every signal's alarms."""

import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_dated as dated

pytestmark = ENGINE_WARNINGS


def test_every_event_is_hit_missed_or_not_covered() -> None:
    """Once for each signal with values; the event before the series is not covered."""
    rows = dated.hit_rows(findings("leads"))
    assert len(rows) == 9
    told = [sorted("".join(row).replace("–", "")) for row in rows[["hit", "missed", "not_covered"]].to_numpy()]
    assert told == [["1", "2"]] * 9
    assert rows["not_covered"].str.startswith("1").all()


def test_hits_stand_beside_what_chance_hits() -> None:
    """A count of covered events, no rate below the floor."""
    f = findings("leads")
    own = dated.hit_rows(f).iloc[0]
    assert own["count"] in {"0 of 1", "1 of 1"}
    assert 0.0 < own["by_chance"] < 1.0
    assert "counts, and no rate" in dated.hits(f).note


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
def test_the_table_has_a_title(kind: str) -> None:
    """Also where no threshold could be fitted."""
    words = dated.hits(findings(kind))
    assert words.title.endswith("dated events") or words.title.startswith("No dated event")
