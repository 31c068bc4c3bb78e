"""Codes, what makes them Grey, and how a series holds its code."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortiv.early_warning import Code, GreyRules, Thresholds, code_of, grey_reasons, held_codes

G, Y, R, X = Code
NONE = math.nan


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0.0, G),
        (math.nextafter(30.0, 0.0), G),
        (30.0, Y),
        (45.0, Y),
        (60.0, Y),
        (math.nextafter(60.0, 61.0), R),
        (1e9, R),
        (math.inf, R),
        (NONE, X),
    ],
)
def test_edges_of_the_codes(index: float, expected: Code) -> None:
    """Green below 30, Yellow from 30 to 60 with both ends, Red above and at infinity, Grey without an index."""
    assert code_of(index) is expected


def test_thresholds_move_the_edges() -> None:
    """Other thresholds are used with the same edges."""
    codes = [code_of(index, Thresholds(20.0, 40.0)) for index in (19.9, 20.0, 40.0, 40.1)]
    assert codes == [G, Y, Y, R]


@pytest.mark.parametrize("index", [10.0, 70.0, math.inf, NONE])
def test_one_reason_makes_it_grey(index: float) -> None:
    """Data that allow no code make it Grey whatever the index, Red included."""
    assert code_of(index, grey_reasons=("Only 3 margin units; a code needs 30",)) is X


def test_a_negative_index_is_refused() -> None:
    """There is no negative index."""
    with pytest.raises(ValueError, match=r"got an index of -1\.0"):
        code_of(-1.0)


@pytest.mark.parametrize(
    ("yellow", "red"), [(60.0, 30.0), (30.0, 30.0), (0.0, 60.0), (30.0, math.inf), (math.nan, 60.0)]
)
def test_thresholds_out_of_order_are_refused(yellow: float, red: float) -> None:
    """Thresholds are finite, positive and rising."""
    with pytest.raises(ValueError, match="0 < yellow < red"):
        Thresholds(yellow, red)


def test_codes_are_the_words_of_the_summary() -> None:
    """Codes are plain lower-case words."""
    assert [str(code) for code in Code] == ["green", "yellow", "red", "grey"]


def test_good_data_have_no_reason() -> None:
    """Thirty units, half of the notional and a day's age are just enough."""
    assert grey_reasons(leveraged_notional_usd=1.0, margin_units=30, usable_share=0.5, age_days=1.0) == ()
    assert grey_reasons(leveraged_notional_usd=1.0, margin_units=30, usable_share=0.5) == ()


def test_units_that_are_not_known_are_no_reason() -> None:
    """Aggregates do not tell how many there are."""
    assert grey_reasons(leveraged_notional_usd=1.0, margin_units=None, usable_share=1.0) == ()


@pytest.mark.parametrize("notional", [0.0, NONE])
def test_nothing_leveraged_stands_alone(notional: float) -> None:
    """Without leverage the number of units and the usable share say nothing more."""
    found = grey_reasons(leveraged_notional_usd=notional, margin_units=0, usable_share=NONE)
    assert found == ("Nothing is leveraged",)


def test_each_rule_gives_its_reason() -> None:
    """Too few units, too little usable and too old are three sentences with their numbers."""
    assert grey_reasons(leveraged_notional_usd=1e6, margin_units=29, usable_share=0.499, age_days=1.25) == (
        "Only 29 margin units; a code needs 30",
        "Only 49.9 % of the notional is usable; a code needs 50 %",
        "The snapshot is 1.25 days old; a code needs one of at most 1 day",
    )


def test_unknown_is_not_good_enough() -> None:
    """A usable share or an age that is NaN is a reason."""
    found = grey_reasons(leveraged_notional_usd=1.0, margin_units=30, usable_share=NONE, age_days=NONE)
    assert [reason.split(";")[0] for reason in found] == [
        "Only an unknown share of the notional is usable",
        "The snapshot is nan days old",
    ]


def test_rules_can_be_set() -> None:
    """An institution's own rules are the ones that count."""
    rules = GreyRules(margin_units=5, usable_share=0.9, age_days=7.0)
    found = grey_reasons(leveraged_notional_usd=1.0, margin_units=5, usable_share=0.89, age_days=6.0, rules=rules)
    assert found == ("Only 89 % of the notional is usable; a code needs 90 %",)


def held(indices: list[float], thresholds: Thresholds | None = None) -> list[Code]:
    """Held codes of a series whose codes follow from the indices alone."""
    return list(held_codes(indices, [code_of(index, thresholds) for index in indices], thresholds=thresholds))


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ([10.0, 70.0], [G, R]),
        ([10.0, 30.0, 60.1], [G, Y, R]),
        ([70.0, 59.0, 59.0, 59.0], [R, R, R, R]),
        ([70.0, 58.0, 58.0], [R, R, Y]),
        ([61.0, 58.1, 58.0, 58.0], [R, R, R, Y]),
        ([70.0, 50.0, 59.0, 50.0, 50.0], [R, R, R, R, Y]),
        ([70.0, 10.0, 10.0], [R, R, G]),
        ([70.0, 10.0, 29.0, 10.0, 10.0], [R, R, Y, Y, G]),
        ([30.0, 28.0, 28.0], [Y, Y, G]),
        ([30.0, 28.1, 28.1, 28.1], [Y, Y, Y, Y]),
        ([29.0, 29.0], [G, G]),
        ([59.0, 25.0, 25.0], [Y, Y, G]),
        ([59.0, 59.0], [Y, Y]),
        ([math.inf, 0.0, 0.0], [R, R, G]),
        ([70.0, 10.0, 10.0, 70.0], [R, R, G, R]),
    ],
)
def test_rises_at_once_and_falls_late(indices: list[float], expected: list[Code]) -> None:
    """A code is given up after two snapshots at or below its threshold less 2, to what they still support."""
    assert held(indices) == expected


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ([70.0, NONE, 10.0], [R, X, G]),
        ([70.0, NONE, 59.0, 59.0], [R, X, Y, Y]),
        ([NONE, NONE], [X, X]),
        ([NONE, 70.0, 50.0, 50.0], [X, R, R, Y]),
        ([70.0, 50.0, NONE, 50.0, 10.0, 10.0], [R, R, X, Y, Y, G]),
    ],
)
def test_grey_resets(indices: list[float], expected: list[Code]) -> None:
    """Grey is held as Grey, and the code after it stands by itself."""
    assert held(indices) == expected


def test_grey_for_want_of_data_resets_too() -> None:
    """A Grey snapshot that has an index is as Grey as one that has none."""
    assert held_codes([70.0, 65.0, 20.0], [R, X, G]) == (R, X, G)


def test_other_thresholds_hold_in_the_same_way() -> None:
    """The margin of 2 is taken off whatever thresholds are in use."""
    assert held([45.0, 38.0, 38.0, 18.5, 18.0, 18.0], Thresholds(20.0, 40.0)) == [R, R, Y, Y, Y, G]


def test_an_empty_series_holds_nothing() -> None:
    """No snapshots have no codes."""
    assert held_codes([], []) == ()


def test_series_must_match() -> None:
    """Lengths that differ, and codes that are not the index's, are refused."""
    with pytest.raises(ValueError, match="got 2 indices and 1 codes"):
        held_codes([10.0, 20.0], [G])
    with pytest.raises(ValueError, match=r"got code red for an index of 10\.0"):
        held_codes([10.0], [R])


SERIES = st.lists(st.one_of(st.floats(min_value=0.0, max_value=100.0), st.just(math.inf), st.just(NONE)), max_size=30)
RANKS = {G: 0, Y: 1, R: 2}


@given(SERIES)
def test_held_is_never_under_the_snapshots_own(indices: list[float]) -> None:
    """The held code is at least the snapshot's, Grey exactly where it is, and rises only to the snapshot's own."""
    codes = [code_of(index) for index in indices]
    kept = held_codes(indices, codes)
    for position, (own, code) in enumerate(zip(codes, kept, strict=True)):
        assert (own is X) == (code is X)
        if own is X:
            continue
        assert RANKS[code] >= RANKS[own]
        before = kept[position - 1] if position else X
        assert RANKS[code] <= max(RANKS[own], RANKS.get(before, 0))


@given(SERIES, st.integers(min_value=0, max_value=30))
def test_the_future_does_not_change_the_past(indices: list[float], cut: int) -> None:
    """Held codes of the beginning of a series are the beginning of its held codes."""
    assert held(indices)[:cut] == held(indices[:cut])


@given(SERIES)
def test_two_quiet_snapshots_clear_everything(indices: list[float]) -> None:
    """After two snapshots at 28 or below the held code is Green."""
    assert held([*indices, 28.0, 0.0])[-1] is G


def test_one_margin_unit_is_one() -> None:
    """The noun agrees with its number."""
    found = grey_reasons(leveraged_notional_usd=1.0, margin_units=1, usable_share=1.0)
    assert found == ("Only 1 margin unit; a code needs 30",)
