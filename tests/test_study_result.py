"""The record of a study."""

import dataclasses

import pytest

from cohortiv.study.result import IndexHistory, LearnedWeights, Pair, Study


@pytest.mark.parametrize("record", [IndexHistory, LearnedWeights, Pair, Study])
def test_every_field_is_documented(record: type) -> None:
    """Each field stands under Attributes."""
    told = record.__doc__ or ""
    missing = [each.name for each in dataclasses.fields(record) if f"{each.name} :" not in told.replace(",", " :")]
    assert missing == []
