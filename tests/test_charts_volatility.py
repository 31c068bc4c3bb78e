"""Checks the figure of volatility beside the index."""

import pandas as pd
import pytest
from chart_reading import marks, rows_of

from cohortiv import charts


def volatility() -> pd.DataFrame:
    """Two measures of two snapshots, and one column that no chart may embed."""
    return pd.DataFrame(
        {
            "as_of": pd.to_datetime(["2026-01-01", "2026-01-02"] * 2), "name": ["Critical"] * 2 + ["Realised"] * 2,
            "volatility": [1.0, 0.9, None, 0.4], "account": "0xfeed",
        }
    )  # fmt: skip


def test_each_measure_has_a_line_of_its_own() -> None:
    """In shade and pattern; a missing value leaves a gap."""
    chart = charts.volatility_history(volatility())
    encoding = marks(chart, "line")[0]["encoding"]
    assert encoding["color"]["scale"]["domain"] == ["Critical", "Realised"]
    assert encoding["strokeDash"]["scale"]["domain"] == ["Critical", "Realised"]
    assert [row["volatility"] for row in rows_of(chart, "line")] == [1.0, 0.9, None, 0.4]
    assert "account" not in rows_of(chart, "line")[0]


def test_the_axis_has_its_unit() -> None:
    """Percent, annualised."""
    title = marks(charts.volatility_history(volatility()), "line")[0]["encoding"]["y"]["axis"]["title"]
    assert title == "Annualised volatility (%)"


def test_nothing_draws_nothing() -> None:
    """And a missing column is refused."""
    assert rows_of(charts.volatility_history(volatility().head(0)), "line") == []
    with pytest.raises(ValueError, match="volatility"):
        charts.volatility_history(volatility().drop(columns="volatility"))
