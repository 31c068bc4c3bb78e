"""Records as the metadata of a file hold them."""

import json
from dataclasses import replace

import pytest
from history_support import snapshots_at

from cohortiv.history.packing import packed, unpacked
from cohortiv.history.snapshot import SnapshotRecord, SourceFile

RECORDS = [part.record for part in snapshots_at()]


def there_and_back(records: list[SnapshotRecord]) -> list[tuple[SnapshotRecord, str]]:
    """Records packed, written as JSON, read and unpacked."""
    return list(unpacked(json.loads(json.dumps(packed(records)))))


def test_records_survive_as_plain_values() -> None:
    """To plain values and back, with their numbers."""
    given = [replace(record, inputs=(SourceFile("a.csv", "ff"),), settings={"venue": "x"}) for record in RECORDS]
    assert there_and_back(given) == [(record, record.number) for record in given]


def test_one_record_survives_alone() -> None:
    """Then nothing varies."""
    assert packed(RECORDS[:1])["varying"] == {}
    assert there_and_back(RECORDS[:1]) == [(RECORDS[0], RECORDS[0].number)]


def test_what_is_the_same_is_kept_once() -> None:
    """Time and content differ; series, movement and settings do not, and are one object when read."""
    plain = packed(RECORDS)
    assert {"as_of", "content"} <= set(plain["varying"])
    assert {"series", "comovement", "inputs", "settings"} <= set(plain["shared"])
    first, second, _ = there_and_back(RECORDS)
    assert first[0].comovement is second[0].comovement


def test_equal_numbers_of_other_kinds_stay_apart() -> None:
    """1, 1.0 and true give other record numbers, and each comes back as it was."""
    given = [
        replace(record, settings={"venue": value}) for record, value in zip(RECORDS, (1, 1.0, True), strict=True)
    ]  # fmt: skip
    assert [record.number for record, _ in there_and_back(given)] == [record.number for record in given]


def test_a_list_that_is_too_short_is_refused() -> None:
    """A record without its time is none."""
    plain = packed(RECORDS)
    plain["varying"]["as_of"].pop()
    with pytest.raises(ValueError, match="shorter"):
        list(unpacked(plain))
