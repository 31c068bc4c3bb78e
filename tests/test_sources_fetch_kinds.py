"""Kinds of public market data."""

from cohortiv.sources.fetch.kinds import KINDS, TITLES


def test_each_kind_has_a_title() -> None:
    """For messages, in the order of the kinds."""
    assert tuple(TITLES) == KINDS


def test_bars_come_first() -> None:
    """They check what comes after them."""
    assert KINDS[0] == "bars"
