"""Rows of venues in house words, and those that cannot be used."""

import math

import pandas as pd
import pytest

from cohortiv.errors import DataError
from cohortiv.sources.fetch.market_rows import ReadRows, read_rows

BARS = {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4}
START = 1_771_369_200_000


def bar(count: int = 0, **changes: object) -> list[object]:
    """A bar of an hour, with values replaced by the name of their column."""
    values = {"time": START + count * 3_600_000, "open": "100.0", "high": "101.0", "low": "99.0", "close": "100.5"}
    return list((values | changes).values())


def read(*odd: list[object], sound: int = 4) -> ReadRows:
    """Rows among some that are sound."""
    return read_rows([*(bar(count) for count in range(sound)), *odd], BARS, what="bars")


def test_text_is_read_as_numbers() -> None:
    """Prices that come as text are numbers, times are UTC."""
    found = read_rows([bar()], BARS, what="bars")
    assert found.frame.iloc[0].to_dict() == {
        "time": pd.Timestamp("2026-02-17 23:00"), "open": 100.0, "high": 101.0, "low": 99.0, "close": 100.5,
    }  # fmt: skip
    assert found.notes == ()


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (bar(9, close=None), "close is no number"),
        (bar(9, close="n/a"), "close is no number"),
        (bar(9, close=math.inf), "close is no number"),
        (bar(9, close={"price": 1}), "close is no number"),
        (bar(9, low="-5"), "low is not above 0"),
        (bar(9, open=0), "open is not above 0"),
        (bar(time="yesterday"), "time is no time"),
        (bar(time=12), "time is no time"),
        (bar()[:3], "low is no number"),
        (["all", "other"], "time is no time"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_counted(odd: list[object], reason: str) -> None:
    """The rest stays, and the note says how many and why."""
    found = read(odd)
    assert len(found.frame) == 4
    assert f"1 row(s) of bars left out: {reason}" in found.notes


def test_negative_sizes_are_counted_and_negative_rates_are_not() -> None:
    """Open interest below 0 is wrong; funding below 0 is usual."""
    sizes = read_rows([{"t": START, "x": "1"}, {"t": START, "x": "2"}, {"t": START, "x": "-1"}],
                      {"time": "t", "oi_usd": "x"}, what="interest")  # fmt: skip
    rates = read_rows([{"t": START, "x": "-0.0001"}], {"time": "t", "funding_rate": "x"}, what="funding")
    assert sizes.notes == ("1 row(s) of interest left out: oi_usd is negative",)
    assert rates.frame["funding_rate"].tolist() == [-0.0001]


@pytest.mark.parametrize(("divisor", "unit"), [(1000, "seconds"), (0.001, "microseconds")])
def test_times_in_another_unit_are_mapped_and_named(divisor: float, unit: str) -> None:
    """A venue that goes over to seconds or microseconds is read all the same."""
    found = read_rows([bar(time=round(START / divisor))], BARS, what="bars")
    assert found.frame["time"].tolist() == [pd.Timestamp("2026-02-17 23:00")]
    assert found.notes == (f"1 time(s) of bars came in {unit} and were mapped",)


def test_a_field_that_changes_its_type_is_named() -> None:
    """Numbers among text are read, and said."""
    found = read(bar(5, close=100.5))
    assert len(found.frame) == 5
    assert found.notes == ("close of bars came as numbers in 1 and as text in 4 row(s); both are read",)


def test_an_answer_of_another_shape_is_refused() -> None:
    """Half of the rows without a known field is a changed answer: the fields and a row are shown."""
    with pytest.raises(DataError, match=r"2 of 2 row\(s\) of bars cannot be used .*known are the fields 0, 1, 2, 3, 4"):
        read_rows([{"open": 1}, {"open": 2}], BARS, what="bars")


def test_rows_come_in_the_order_of_their_times() -> None:
    """Venues that answer the newest first are turned round."""
    found = read_rows([bar(2), bar(1)], BARS, what="bars")
    assert found.frame["time"].is_monotonic_increasing


def test_no_rows_are_an_empty_table() -> None:
    """With its columns."""
    assert list(read_rows([], BARS, what="bars").frame.columns) == list(BARS)
