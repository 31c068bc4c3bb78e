"""How an outlook did on held-out periods: sentences, titles and columns of its tests."""

from typing import Final

from cohortiv.distribution.backtest import ALL_TIERS, PROJECTION, Backtest
from cohortiv.distribution.index_backtest import MIX_ALONE
from cohortiv.findings.context import Words
from cohortiv.findings.outlook_context import OutlookFindings, days_said
from cohortiv.quantities import many, percent

BACKTEST_COLUMNS: Final = (
    ("steps", "Periods ahead", "{:.0f}", "right"),
    ("days", "Days ahead", "{:.1f}", "right", "days"),
    ("quantity", "Of", "{}", "left"),
    ("model", "Forecast", "{}", "left"),
    ("dates", "Dates", "{:.0f}", "right"),
    ("coverage", "Inside its 90 % band", "{:.0%}", "right"),
    ("sound_low", "Sound from", "{:.0%}", "right"),
    ("crps", "Mean CRPS", "{:.2g}", "right", "1"),
    ("crps_ratio", "Projection's CRPS over it", "{:.2f}", "right"),
)
#: As for the mix; the score is in points of the index.
INDEX_BACKTEST_COLUMNS: Final = (
    *BACKTEST_COLUMNS[:2],
    *BACKTEST_COLUMNS[3:7],
    ("crps", "Mean CRPS (points)", "{:.2g}", "right", "index points"),
    BACKTEST_COLUMNS[8],
)
_COLUMNS_NOTE: Final = (
    "Days ahead: in the median of the dates; a period that comes after less than half the usual time is not forecast. "
    "Sound from: the least that a sound band holds of so few dates, nine times in ten. A dash: persistence is a point "
    "and has no band."
)


def verdict(f: OutlookFindings) -> str:
    """How the projection did on held-out periods, also where it lost.

    Parameters
    ----------
    f : OutlookFindings
    """
    tests = f.outlook.backtests
    if not tests:
        return "The history is too short to test the projection on; nothing is known of how good it is."
    losses = [f"{_lost(test)}, {_ahead(test)}" for test in tests if test.loses_to]
    dates = max(int(test.scores["as_of"].nunique()) for test in tests)
    exploratory = f" On {dates} held-out dates this is exploratory." if any(test.exploratory for test in tests) else ""
    scored = f"worse (CRPS) than {'; '.join(losses)}" if losses else "better than every simple forecast (CRPS)"
    return f"On held-out periods the projection of the mix scored {scored}.{exploratory} {_reach(f)}"


def _lost(test: Backtest) -> str:
    """What scored better, each with the ratio of the scores over all tiers."""
    whole = test.summary[test.summary["quantity"] == ALL_TIERS]
    ratio = dict(zip(whole["model"], whole["crps_ratio"].astype(float), strict=True))
    return ", ".join(f"{name} ({ratio[name]:.2f} times its score)" for name in test.loses_to)


def tested_words(f: OutlookFindings) -> str:
    """How far ahead anything was tested, beside how far the outlook looks: "tested 4 of 127 days ahead".

    Parameters
    ----------
    f : OutlookFindings
    """
    tests, ahead = f.outlook.index_backtests or f.outlook.backtests, _days_ahead(f)
    return f"tested {max(test.days for test in tests):.0f} of {ahead} days ahead" if tests else "not tested"


def _days_ahead(f: OutlookFindings) -> int:
    dates = f.outlook.projection.dates
    return int((dates[-1] - dates[0]).days)


def _reach(f: OutlookFindings) -> str:
    """How far the tests reach beside the outlook."""
    farthest = max(test.days for test in f.outlook.backtests)
    return f"The tests reach {days_said(farthest)} ahead, the outlook {days_said(_days_ahead(f))}."


def _ahead(test: Backtest) -> str:
    """How far ahead a test looks: "4 periods (28 days) ahead"."""
    return f"{many(test.steps, 'period')} ({days_said(test.days)}) ahead"


def index_verdict(f: OutlookFindings) -> str:
    """How often bands of the index held on held-out periods, with and without distances; nothing without a test.

    Parameters
    ----------
    f : OutlookFindings
    """
    said = []
    for test in f.outlook.index_backtests:
        held, ratio = (figures_by_model(test, name) for name in ("coverage", "crps_ratio"))
        alone = f" ({percent(held[MIX_ALONE], 0)} from the mix alone)" if MIX_ALONE in held else ""
        dates = test.scores["as_of"].nunique()
        others = {name: value for name, value in ratio.items() if name not in (PROJECTION, "persistence")}
        better = ", ".join(f"{times:.2f} times that of {_named(name)}" for name, times in others.items() if times > 1)
        lost = f", but {better}, so it lost to what is simpler" if better else ", and it beat every simpler forecast"
        said.append(
            f"{_ahead(test)}, its 90 % band held {percent(held[PROJECTION], 0)} of {dates} dates{alone}; its CRPS is "
            f"{ratio['persistence']:.2f} times persistence's{lost}"
        )
    return f"Of the index itself: {'; '.join(said)}." if said else ""


def _named(model: str) -> str:
    return "the mix alone" if model == MIX_ALONE else f"the {model}" if model.endswith("walk") else model


def figures_by_model(test: Backtest, column: str) -> dict[str, float]:
    """One column of a backtest of a single quantity, by model.

    Parameters
    ----------
    test : Backtest
    column : str
        Of `Backtest.summary`.
    """
    return dict(zip(test.summary["model"].tolist(), test.summary[column].astype(float).tolist(), strict=True))


def backtests(f: OutlookFindings) -> Words:
    """The projection on held-out periods.

    Parameters
    ----------
    f : OutlookFindings
    """
    measure = "Forecasts of the tier mix at held-out periods from what was known before; the history strand alone"
    note = (
        f"{_COLUMNS_NOTE} CRPS: continuous ranked probability score, lower is better, told to two figures; a ratio, "
        "of unrounded scores, over 1 says that the projection lost."
    )
    title = "The tier mix against simple forecasts" if f.outlook.backtests else "The history is too short for a test"
    return f.words("backtest", title, measure, note=note, reading=f.periods if f.outlook.backtests else verdict(f))


def index_backtests(f: OutlookFindings) -> Words:
    """The index on held-out periods, with and without distances.

    Parameters
    ----------
    f : OutlookFindings
    """
    measure = "Forecasts of the IV Index at held-out periods from what was known before them"
    note = (
        "Every forecast stands on its origin's own distances. Projection, mix alone: without what moves the index at a "
        "given mix. Simple forecasts stand in the logarithm of the index. Columns as in the table above."
    )
    title = "The index is not tested"
    tests = f.outlook.index_backtests
    if tests:
        held, dates = (figures_by_model(tests[0], name)[PROJECTION] for name in ("coverage", "dates"))
        title = f"Bands of the index held {percent(held, 0)} of {dates:.0f} dates"
    reading = "" if tests else "No held-out period has an index to test the projection of the index on."
    return f.words("index-backtest", title, measure, note=note, reading=reading)
