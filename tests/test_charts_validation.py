"""Checks the figures of a test of the warning: AUROC, ROC, reliability, usefulness and weights."""

from collections.abc import Callable

import altair as alt
import pandas as pd
import pytest
from chart_reading import dashed_at, layers, marks, rows_of

from cohortiv import charts
from cohortiv.charts.theme import NARROW, WIDTH
from cohortiv.palette import INK, PAPER


def scores() -> pd.DataFrame:
    """Two signals, the judged one first, and one column that no chart may embed."""
    return pd.DataFrame(
        {
            "name": ["IV Index", "DVOL"], "value": [0.6, 0.5], "low": [0.4, float("nan")], "high": [0.8, float("nan")],
            "events": [12, 9], "is_signal": [True, False], "account": ["0xfeed", "0xfeed"],
        }
    )  # fmt: skip


def curves() -> pd.DataFrame:
    """ROC of two signals."""
    rows = [
        ("IV Index", 0.0, 0.0),
        ("IV Index", 0.1, 0.5),
        ("IV Index", 1.0, 1.0),
        ("DVOL", 0.0, 0.0),
        ("DVOL", 1.0, 1.0),
    ]
    return pd.DataFrame(rows, columns=["name", "false_rate", "true_rate"])


def bins() -> pd.DataFrame:
    """Two bins of one signal."""
    rows = [("IV Index", 0.1, 0.05, 0.0, 0.3, 100, 2), ("IV Index", 0.4, 0.5, 0.2, 0.73, 90, 5)]
    columns = ["name", "forecast", "observed", "observed_low", "observed_high", "rows", "events"]
    return pd.DataFrame(rows, columns=columns)


def worth() -> pd.DataFrame:
    """Three preferences of one signal."""
    rows = [("IV Index", 0.3, -0.1), ("IV Index", 0.5, 0.2), ("IV Index", 0.7, 0.0), ("DVOL", 0.5, 0.1)]
    table = pd.DataFrame(rows, columns=["name", "preference", "relative_usefulness"])
    worth_ = table["relative_usefulness"]
    return table.assign(low=worth_ - 0.2, high=worth_ + 0.2, is_signal=table["name"] == "IV Index")


def weights() -> pd.DataFrame:
    """Two tiers of one learner."""
    return pd.DataFrame({"name": "Gradient boosting", "tier": ["5x", "20x"], "weight": [0.8, 1.4]})


def test_the_judged_signal_is_filled() -> None:
    """Dark, the others hollow; nothing else is embedded."""
    rows = rows_of(charts.auroc_intervals(scores()), "point")
    assert [row["fill"] for row in rows] == [INK, PAPER]
    assert all("account" not in row for row in rows)


def test_chance_is_a_dashed_rule() -> None:
    """At 0.5 in the AUROC, at 0 in usefulness, at 1 in weights."""
    assert dashed_at(charts.auroc_intervals(scores()), "x", "value") == [0.5]
    assert dashed_at(charts.usefulness_picture(worth()), "y", "relative_usefulness") == [0.0]
    assert dashed_at(charts.tier_weights(weights()), "x", "weight") == [1.0]


@pytest.mark.parametrize(
    ("chart", "corner"),
    [
        (charts.roc_picture(curves()), ("false_rate", "true_rate", 1.0)),
        (charts.reliability_picture(bins()), ("forecast", "observed", 0.4)),
    ],
    ids=["roc", "reliability"],
)
def test_squares_have_their_diagonal(chart: alt.LayerChart, corner: tuple[str, str, float]) -> None:
    """From corner to corner, dashed; that of reliability ends where forecasts do."""
    *keys, top = corner
    (diagonal,) = [line for line in marks(chart, "line") if "color" not in line["encoding"]]
    assert [tuple(row[key] for key in keys) for row in diagonal["rows"]] == [(0.0, 0.0), (top, top)]
    assert "strokeDash" in diagonal["mark"]


def test_points_have_their_events_and_intervals() -> None:
    """Beside the AUROC in brackets, beside a bin of reliability as a number, and bars around each bin."""
    labels = [row["label"] for row in rows_of(charts.auroc_intervals(scores()), "point")]
    assert labels == ["IV Index (12)", "DVOL (9)"]
    drawn = charts.reliability_picture(bins())
    assert [row["events"] for row in rows_of(drawn, "text")][:2] == [2, 5]
    assert [row["observed_high"] for row in rows_of(drawn, "rule")] == [0.3, 0.73]


def test_only_the_judged_signal_has_bars_of_usefulness() -> None:
    """Six intervals at one place could not be read."""
    bars = [rule for rule in marks(charts.usefulness_picture(worth()), "rule") if "y2" in rule["encoding"]]
    assert [len(rule["rows"]) for rule in bars] == [3]


def test_names_stand_above_their_intervals_on_a_phone() -> None:
    """In full, and not at the axis, where they would be cut."""
    narrow = charts.auroc_intervals(scores(), width=NARROW)
    assert {row["label"] for row in rows_of(narrow, "text")} == {"IV Index (12)", "DVOL (9)"}
    assert not marks(narrow, "point")[0]["encoding"]["y"]["axis"]["labels"]


def test_lines_differ_in_shade_and_pattern() -> None:
    """So that neither tells them apart alone."""
    lines = [line for line in marks(charts.roc_picture(curves()), "line") if "color" in line["encoding"]]
    scales = [lines[0]["encoding"][channel]["scale"] for channel in ("color", "strokeDash")]
    assert all(len(set(map(str, scale["range"][:2]))) == 2 for scale in scales)


def test_narrow_charts_are_narrow() -> None:
    """All of them take a width."""
    drawn = (
        (charts.auroc_intervals, scores()), (charts.roc_picture, curves()), (charts.reliability_picture, bins()),
        (charts.usefulness_picture, worth()), (charts.tier_weights, weights()),
    )  # fmt: skip
    for draw, frame in drawn:
        pair = charts.renditions(draw, frame)
        assert (pair.wide.to_dict()["width"], pair.narrow.to_dict()["width"]) == (WIDTH, NARROW)


@pytest.mark.parametrize(
    ("draw", "frame"),
    [(charts.roc_picture, curves()), (charts.reliability_picture, bins()), (charts.usefulness_picture, worth()),
     (charts.tier_weights, weights()), (charts.auroc_intervals, scores())],
    ids=["roc", "reliability", "usefulness", "weights", "auroc"],
)  # fmt: skip
def test_nothing_draws_nothing(draw: Callable[..., alt.LayerChart], frame: pd.DataFrame) -> None:
    """A frame without rows is no error."""
    assert layers(draw(frame.head(0))) != []


def test_a_missing_column_is_refused() -> None:
    """Named."""
    with pytest.raises(ValueError, match="false_rate"):
        charts.roc_picture(curves().drop(columns="false_rate"))
