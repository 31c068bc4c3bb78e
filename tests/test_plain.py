"""Values as text and as JSON."""

import math
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from cohortiv.plain import csv_text, plain_values, shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\nx", "＝1+1"])
def test_csv_defuses_formulas(text: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe before it."""
    assert f"'{text}" in csv_text(pd.DataFrame({"a": [text]}))


def test_line_ends_stay_inside_their_cell() -> None:
    """A carriage return, which spreadsheets take for the end of a row, is quoted as a line feed."""
    assert csv_text(pd.DataFrame({"a": ["x\r=1+1\r\n=2"]})) == 'a\n"x\n=1+1\n=2"\n'


def test_csv_defuses_heads() -> None:
    """A column's name is text as well."""
    assert csv_text(pd.DataFrame({"=a": [1]})) == "'=a\n1\n"


def test_csv_keeps_negative_numbers() -> None:
    """A number is no formula."""
    assert csv_text(pd.DataFrame({"a": [-1.5], "b": [-2]})) == "a,b\n-1.5,-2\n"


def test_csv_keeps_all_digits() -> None:
    """Floats come back as they were."""
    assert csv_text(pd.DataFrame({"a": [0.1 + 0.2]})) == "a\n0.30000000000000004\n"


def test_csv_leaves_missing_values_empty() -> None:
    """None, NaN and NaT are empty cells."""
    frame = pd.DataFrame({"a": ["x", None], "b": [1.0, math.nan], "c": [pd.Timestamp("2026-02-01"), pd.NaT]})
    assert csv_text(frame) == "a,b,c\nx,1.0,2026-02-01\n,,\n"


def test_csv_writes_times_in_utc() -> None:
    """A column with a time of day is written in full."""
    frame = pd.DataFrame({"a": [pd.Timestamp("2026-02-01 00:00"), pd.Timestamp("2026-02-01 08:02")]})
    assert csv_text(frame) == "a\n2026-02-01T00:00:00Z\n2026-02-01T08:02:00Z\n"


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        (None, "{}", "–"),
        (math.nan, "{:.1f}", "–"),
        (math.inf, "{:.1f}", "∞"),
        (-math.inf, "{:.1f}", "−∞"),
        (-1234.5, "{:,.0f}", "−1,234"),
        (0.256, "{:.1%}", "25.6\u00a0%"),
        ("-5 %", "{:.1f}", "-5 %"),
    ],
)
def test_cells_are_written_for_readers(value: object, pattern: str, expected: str) -> None:
    """Missing and infinite values have their signs, numbers their pattern, text stays."""
    assert shown(value, pattern) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, None),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (pd.NaT, None),
        (date(2026, 2, 12), "2026-02-12"),
        (datetime(2026, 2, 12, 8, 2), "2026-02-12T08:02:00"),  # noqa: DTZ001 - naive times are UTC here
        ((1, {"a": math.inf}), [1, {"a": "inf"}]),
    ],
)
def test_summaries_hold_plain_values(value: object, expected: object) -> None:
    """Whatever a notebook computes becomes what JSON knows."""
    assert plain_values(value) == expected


def test_summaries_hold_nothing_else() -> None:
    """A value that JSON does not know is refused."""
    with pytest.raises(TypeError, match="cannot hold set"):
        plain_values({"a": {1, 2}})
