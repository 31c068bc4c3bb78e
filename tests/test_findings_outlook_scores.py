"""Verdicts and tables of the tests on held-out periods."""

from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_scores as scores

pytestmark = ENGINE_WARNINGS


def test_a_history_too_short_for_a_test_says_so() -> None:
    """In place of a verdict."""
    assert scores.verdict(findings(weeks=4)).startswith("The history is too short to test the projection on")


def test_every_verdict_says_how_many_days_ahead_it_is() -> None:
    """Of the mix and of the index."""
    assert "4 periods (28\u00a0days) ahead" in scores.index_verdict(findings())
    assert "periods of 7\u00a0days" in scores.backtests(findings()).reading


def test_the_index_is_tested_with_and_without_distances() -> None:
    """A row for each, and the coverage in the title."""
    f = findings()
    assert {"projection", "projection, mix alone", "persistence"} <= set(f.shown.index_backtests["model"])
    assert scores.index_backtests(f).title.startswith("Bands of the index held ")
    assert scores.index_backtests(findings(weeks=4)).title == "The index is not tested"


def test_columns_are_in_the_tables() -> None:
    """Every column that is shown is there."""
    f = findings()
    assert {key for key, *_ in scores.BACKTEST_COLUMNS} <= set(f.shown.backtests)
    assert {key for key, *_ in scores.INDEX_BACKTEST_COLUMNS} <= set(f.shown.index_backtests)


def test_what_it_lost_to_is_named_with_its_ratio() -> None:
    """Of the mix and of the index: every simple forecast that scored better, and how far the tests reach."""
    f = findings()
    for test in f.outlook.backtests:
        for name in test.loses_to:
            rows = test.summary[(test.summary["quantity"] == "all tiers") & (test.summary["model"] == name)]
            assert f"{name} ({rows['crps_ratio'].iloc[0]:.2f} times its score)" in scores.verdict(f)
    assert "The tests reach 28\u00a0days ahead, the outlook 104\u00a0days." in scores.verdict(f)
    said = scores.index_verdict(f)
    for test in f.outlook.index_backtests:
        ratio = scores.figures_by_model(test, "crps_ratio")
        better = [value for name, value in ratio.items() if name != "persistence" and value > 1]
        assert all(f"{value:.2f} times that of " in said for value in better)
    assert scores.tested_words(f) == "tested 28 of 104 days ahead"
    assert scores.tested_words(findings(weeks=4)) == "not tested"
