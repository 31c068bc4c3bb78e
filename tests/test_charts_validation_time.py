"""Checks the figures over time: index and outcome, the code's runs, and sentiment."""

import pandas as pd
import pytest
from chart_reading import marks, rows_of, words

from cohortiv import charts


def history() -> pd.DataFrame:
    """Three snapshots, the last beyond the axis."""
    return pd.DataFrame({"time": pd.date_range("2026-01-01", periods=3), "iv_index": [40.0, None, float("inf")]})


def outcome() -> pd.DataFrame:
    """What followed; the last is not covered."""
    values = {"value": [0.02, 0.2, None], "threshold": 0.15, "is_event": [False, True, False]}
    return pd.DataFrame({"time": pd.date_range("2026-01-01", periods=3), **values})


def events() -> pd.DataFrame:
    """One dated event."""
    return pd.DataFrame({"time": [pd.Timestamp("2026-01-02")], "label": ["7"]})


def runs() -> pd.DataFrame:
    """Two runs of one series."""
    return pd.DataFrame(
        {
            "series": "Margin", "code": ["green", "red"], "first": pd.to_datetime(["2026-01-01", "2026-01-05"]),
            "last": pd.to_datetime(["2026-01-04", "2026-01-09"]), "snapshots": [4, 5],
        }
    )  # fmt: skip


def test_index_and_outcome_share_their_time_axis() -> None:
    """Two panels, the same ends."""
    chart = charts.index_and_outcome(history(), outcome(), events(), unit_title="Touched (%)").to_dict()
    assert len(chart["vconcat"]) == 2
    domains = [
        layer["encoding"]["x"]["scale"]["domain"]
        for panel in chart["vconcat"]
        for layer in panel["layer"]
        if "scale" in layer.get("encoding", {}).get("x", {})
    ]
    assert domains
    assert all(domain == domains[0] for domain in domains)


def test_bands_have_shape_and_word() -> None:
    """Never colour alone; the event has its number."""
    said = words(charts.index_and_outcome(history(), outcome(), events(), unit_title="Touched (%)"))
    assert {"● Green below 30", "▲ Yellow 30 to 60", "■ Red above 60", "7"} <= set(said)


def test_only_events_are_dots() -> None:
    """Rows whose outcome was one."""
    chart = charts.index_and_outcome(history(), outcome(), events(), unit_title="Touched (%)")
    assert [row["value"] for row in rows_of(chart, "point")] == [0.2]


def test_an_infinite_index_stands_at_the_edge() -> None:
    """A missing one leaves a gap."""
    chart = charts.index_and_outcome(history(), outcome(), events(), unit_title="Touched (%)")
    assert [row["drawn"] for row in rows_of(chart, "line")] == [40.0, None, 100.0]


def test_a_history_without_snapshots_is_refused() -> None:
    """There is nothing to draw it by."""
    with pytest.raises(ValueError, match="without snapshots"):
        charts.index_and_outcome(history().head(0), outcome(), events(), unit_title="Touched (%)")


def test_runs_are_told_by_row_shape_and_word() -> None:
    """A row for each code that is held, red above green."""
    chart = charts.code_timeline(runs())
    assert [row["name"] for row in rows_of(chart, "bar")] == ["● Green", "■ Red"]
    assert marks(chart, "bar")[0]["encoding"]["y"]["sort"] == ["■ Red", "● Green"]


def test_each_series_has_a_panel() -> None:
    """With its name."""
    both = pd.concat([runs(), runs().assign(series="Positions")])
    panels = charts.code_timeline(both).to_dict()["vconcat"]
    assert [panel["title"]["text"] for panel in panels] == ["Margin", "Positions"]


def test_sentiment_is_a_line_around_nought() -> None:
    """A silent day leaves a gap; without days nothing is drawn."""
    daily = pd.DataFrame({"time": pd.date_range("2026-01-01", periods=3), "mean": [0.1, None, -0.2]})
    assert [row["mean"] for row in rows_of(charts.sentiment_by_day(daily), "line")] == [0.1, None, -0.2]
    assert rows_of(charts.sentiment_by_day(daily.head(0)), "line") == []
