"""Dates and numbers in words."""

import pytest

from cohortiv.report.wording import css_text, font_list, in_bytes, long_date, points, stale_from


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-08", "8 February 2026"),
        ("2026-02-18T0802Z", "18 February 2026, 08:02 UTC"),
        ("2026-02-18T08:02:00+00:00", "18 February 2026, 08:02 UTC"),
        ("soon", "soon"),
    ],
)
def test_dates_are_written_out(moment: str, expected: str) -> None:
    """Days have their month in words, times their zone; other text stays."""
    assert long_date(moment) == expected


@pytest.mark.parametrize(
    ("index", "expected"),
    [(50.7827, "50.8"), ("inf", "∞"), (None, "–"), (0, "0.0"), (998.76, "998.8"), ("4e8", "over 1,000")],
)
def test_index_has_one_digit(index: float | str | None, expected: str) -> None:
    """Index values are rounded for readers only, and not told in full from 1,000 on; infinity and none have signs."""
    assert points(index) == expected


@pytest.mark.parametrize("content", ['a"; } body { display: none', "a\\", "</style><script>", "line\nbreak"])
def test_text_cannot_leave_its_string(content: str) -> None:
    """Whatever could end a string of a style sheet is escaped."""
    written = css_text(content)
    assert written[0] == written[-1] == '"'
    assert not set('"<>;{}\n') & set(written[1:-1])


def test_fonts_are_quoted() -> None:
    """Names may hold digits, which only a quoted name may."""
    assert font_list("Source Sans 3, 'Arial', sans-serif") == '"Source Sans 3", "Arial", sans-serif'


@pytest.mark.parametrize(("size", "expected"), [(0, "0 bytes"), (999, "999 bytes"), (1_250_000, "1.2 MB")])
def test_sizes_have_units(size: int, expected: str) -> None:
    """Sizes are given in the unit that keeps them short."""
    assert in_bytes(size) == expected


@pytest.mark.parametrize(
    ("as_of", "days", "said"),
    [
        ("2026-02-12", 3.0, "2026-02-16T00:00Z"),
        ("2026-02-12T08:30Z", 0.5, "2026-02-12T20:30Z"),
        ("2026-02-12T0830Z", 3.0, "2026-02-15T08:30Z"),
        ("soon", 3.0, ""),
    ],
)
def test_data_are_stale_so_long_after_their_end(as_of: str, days: float, said: str) -> None:
    """A day counts to its end, a time is its own."""
    assert stale_from(as_of, days) == said
