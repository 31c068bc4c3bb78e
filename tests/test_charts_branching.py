"""Checks the figure of branching: lines, the rule at 1, and what is said where there is little room."""

import pandas as pd
import pytest
from chart_reading import marks, words

from cohortiv import charts
from cohortiv.charts import alt_text
from cohortiv.charts.theme import NARROW


def branching(names: tuple[str, ...] = ("Before", "After")) -> pd.DataFrame:
    """Three places a line, the highest in the middle, and one column that no chart may embed."""
    parts = [
        pd.DataFrame(
            {
                "name": name,
                "move": [0.0, 0.1, 0.2],
                "branching_ratio": [0.1, 2.4 + place, 0.3],
                "gamma_usd": [1e6, 9e6, 2e6],
                "account": "0xfeed",
            }
        )
        for place, name in enumerate(names)
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_rule_stands_at_one() -> None:
    """Over the whole way, dashed, with what it means."""
    chart = charts.branching_path(branching())
    dashed = [line for line in marks(chart, "line") if "strokeDash" in line["mark"]]
    assert [(row["move"], row["branching_ratio"]) for row in dashed[0]["rows"]] == [(0.0, 1.0), (0.2, 1.0)]
    assert words(chart) == ["1: each forced dollar forces another"]


def test_a_narrow_one_has_fewer_words() -> None:
    """The rule keeps its meaning."""
    assert words(charts.branching_path(branching(), width=NARROW)) == ["1: each forces another"]


def test_the_highest_of_each_line_has_a_dot() -> None:
    """One a line, where it is highest."""
    (dots,) = marks(charts.branching_path(branching()), "circle")
    assert [(row["name"], row["move"], row["branching_ratio"]) for row in dots["rows"]] == [
        ("Before", 0.1, 2.4), ("After", 0.1, 3.4),
    ]  # fmt: skip


def test_only_what_is_drawn_is_embedded() -> None:
    """No other column leaves."""
    assert "0xfeed" not in charts.branching_path(branching()).to_json()


def test_nothing_to_draw_draws_the_rule() -> None:
    """Where everything is withheld."""
    chart = charts.branching_path(branching().head(0))
    assert words(chart) == ["1: each forced dollar forces another"]


def test_a_missing_column_is_refused() -> None:
    """With the columns that the chart draws."""
    with pytest.raises(ValueError, match="branching_ratio"):
        charts.branching_path(branching().drop(columns="branching_ratio"))


def test_alternative_text_has_the_highest_and_the_lowest() -> None:
    """With the line and the move at which they are."""
    text = alt_text.branching_path_alt(branching(), message="It feeds itself")
    assert "Lowest 0.10 (Before at a move of 0.0\u00a0%), highest 3.40 (After at a move of 10.0\u00a0%)" in text
    assert text.endswith("It feeds itself.")
