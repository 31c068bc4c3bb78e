"""Fields of a study file: what is read, and what is refused in words."""

import copy

import pytest
from study_support import FIELDS

from cohortiv.config.study import OWN_LINES, StudyFile
from cohortiv.config.yaml_file import validated
from cohortiv.errors import UsageError


def fields(**changes: object) -> dict[object, object]:
    """Fields of a sound study with some changed."""
    made: dict[object, object] = {}
    for each in (copy.deepcopy(FIELDS), changes):
        made.update(each.items())
    return made


def test_a_sound_study_is_read() -> None:
    """What is not given has its default: a day between two snapshots, all outcomes of the newest file."""
    study = validated(StudyFile, fields(scored=[]), where="study")
    assert (study.index[0].every_hours, study.outcomes, study.scored) == (24, "", ())


def test_the_feed_of_a_primary_pair_may_be_the_profile() -> None:
    """Without a feed the profile's own lines are meant."""
    study = validated(StudyFile, fields(primary={"series": "model", "outcome": "touched-7d"}), where="study")
    assert study.primary.feed == OWN_LINES


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"primary": {"series": "other", "outcome": "touched-7d"}}, "primary.series: got 'other', allowed are model"),
        ({"primary": {"series": "model", "feed": "x", "outcome": "touched-7d"}}, "allowed are feed, own-lines"),
        ({"primary": {"series": "model", "feed": "feed", "outcome": "liquidated-1d"}}, "primary.outcome: got"),
        ({"index": []}, "index: got"),
        ({"index": [*FIELDS["index"], *FIELDS["index"]]}, "model more than once"),  # type: ignore[misc]
        ({"prises": {}}, "prises: unknown field; allowed are .*did you mean prices"),
        ({"index": [{"name": "a", "title": "A", "from": "market", "file": "x"}]}, "market without open_interest"),
        (
            {"index": [{"name": "model", "title": "A", "from": "history", "file": "x", "every_hours": 6}]},
            "every_hours: got one with from: history",
        ),
    ],
)
def test_wrong_fields_are_refused(changes: dict[str, object], message: str) -> None:
    """The message names the field, what was got and what is allowed."""
    with pytest.raises(UsageError, match=message):
        validated(StudyFile, fields(**changes), where="study")
