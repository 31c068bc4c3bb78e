"""What the figures of a test of the warning say, in words."""

from collections.abc import Callable, Iterable

import pandas as pd

from cohortiv.charts.alt_text import Point, describe
from cohortiv.palette import CODES
from cohortiv.quantities import percent, points


def auroc_intervals_alt(scores: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `auroc_intervals`: AUROC [1] by signal, the interval of the judged one."""
    own = scores[scores["is_signal"]]
    said = [
        f"{row.name_}, {row.low:.2f} to {row.high:.2f}" for row in own.rename(columns={"name": "name_"}).itertuples()
    ]
    judged = f"; interval of the judged signal: {'; '.join(said)}" if said else ""
    shows = f"AUROC by signal with its interval, against 0.5, which is chance{judged}"
    return describe("Dot chart", shows, _points(scores["name"], scores["value"]), written=_two, message=message)


def roc_picture_alt(curves: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `roc_picture`: share of event rows caught with at most 10 % false alarms."""
    low = curves[curves["false_rate"] <= _FALSE]
    caught = low.groupby("name", sort=False)["true_rate"].max()
    shows = (
        "Share of event rows with an alarm by share of calm rows with one, a line a signal, against the diagonal of "
        "chance. Caught with at most 10 % of calm rows alarmed"
    )
    return describe("Line chart", shows, _points(caught.index, caught), written=_whole, message=message)


def reliability_picture_alt(curves: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `reliability_picture`: observed share of events [1] by forecast and signal."""
    names = [f"{row[0]} at a forecast of {_whole(row[1])}" for row in curves[["name", "forecast"]].to_numpy().tolist()]
    shows = "Share of rows with an event by forecast chance, a line a signal, against the diagonal where they agree"
    return describe("Line chart", shows, _points(names, curves["observed"]), written=_whole, message=message)


def usefulness_picture_alt(usefulness: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `usefulness_picture`: relative usefulness [1] by signal and preference."""
    pairs = zip(usefulness["name"], usefulness["preference"].astype(float), strict=True)
    names = [f"{name} at a weight of {preference:.1f}" for name, preference in pairs]
    shows = "Relative usefulness of alarms by the weight of a missed event, a line a signal; 0 is no use"
    values = _points(names, usefulness["relative_usefulness"])
    return describe("Line chart", shows, values, written=_whole, message=message)


def tier_weights_alt(weights: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `tier_weights`: weight [1] by tier and learner."""
    names = [f"{tier}, {name}" for tier, name in zip(weights["tier"], weights["name"], strict=True)]
    shows = "Learned weight of each leverage tier's notional, by learner, against 1, the equal weight"
    return describe("Dot chart", shows, _points(names, weights["weight"]), written=_two, message=message)


def index_and_outcome_alt(
    history: pd.DataFrame,
    outcome: pd.DataFrame,
    events: pd.DataFrame,
    *,
    written: Callable[[float], str],
    message: str = "",
) -> str:
    """Alternative text of `index_and_outcome`: index [%] by time, then the outcome in its unit; events by number."""
    index = describe("", "IV Index in %", _dated(history, "iv_index"), written=points, series=True)
    followed = describe("", "What followed each time", _dated(outcome, "value"), written=written, series=True)
    said = ", ".join(events["label"].astype(str))
    rules = f"Rules at the dated events {said}" if said else "No dated event lies in the span"
    parts = ["Two line charts on one time axis", index.rstrip("."), followed.rstrip("."), rules, message]
    return " ".join(f"{part.strip().rstrip('.')}." for part in parts if part.strip())


def code_timeline_alt(runs: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `code_timeline`: days in each code, by series; the last code of each."""
    names = [f"{CODES[code].word}, {series}" for series, code in zip(runs["series"], runs["code"], strict=True)]
    days = (pd.to_datetime(runs["last"]) - pd.to_datetime(runs["first"])).dt.total_seconds() / 86_400.0
    total = pd.Series(days.to_numpy(), index=pd.Index(names), dtype="float64").groupby(level=0, sort=False).sum()
    last = runs.groupby("series", sort=False)["code"].last()
    stands = ", ".join(f"{series} {CODES[code].word}" for series, code in last.items())
    shows = f"Runs of each code over time, a row a code. Last code: {stands}. Days in each code"
    return describe("Timeline", shows, _points(total.index, total), written="{:.0f} days".format, message=message)


def sentiment_by_day_alt(daily: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `sentiment_by_day`: mean sentiment from -1 to 1, by day."""
    shows = "Mean sentiment of texts by day, from −1 (bad) to 1 (good)"
    return describe("Line chart", shows, _dated(daily, "mean"), written=_two, series=True, message=message)


def volatility_history_alt(volatility: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `volatility_history`: annualised volatility by measure and snapshot."""
    days = [f"{moment:%d %b %Y}".lstrip("0") for moment in pd.to_datetime(volatility["as_of"])]
    names = [f"{name}, {day}" for name, day in zip(volatility["name"], days, strict=True)]
    measures = ", ".join(dict.fromkeys(volatility["name"]))
    shows = f"Annualised volatility by snapshot, a line each for {measures}" if measures else "Annualised volatility"
    return describe("Line chart", shows, _points(names, volatility["volatility"]), written=_whole, message=message)


_FALSE = 0.1


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _whole(value: float) -> str:
    return percent(value, 0)


def _points(names: Iterable[str], values: pd.Series) -> list[Point]:
    return list(zip(map(str, names), values.astype(float).tolist(), strict=True))


def _dated(frame: pd.DataFrame, column: str) -> list[Point]:
    days = [f"{moment:%d %b %Y}".lstrip("0") for moment in pd.to_datetime(frame["time"])]
    return _points(days, frame[column])
