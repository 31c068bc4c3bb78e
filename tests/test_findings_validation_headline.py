"""The first screen of a validation report: its time, and that every number has its events beside it."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_curves as curves
from cohortiv.findings import validation_figures as figures
from cohortiv.findings import validation_headline as first
from cohortiv.findings import validation_scores as scores
from cohortiv.findings import validation_tables as tables
from cohortiv.findings.validation import NO_COMPARATORS, ValidationFindings, as_of_text, last_snapshot_text
from cohortiv.validation.scores import AUROC, BRIER_SKILL

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (pd.Timestamp("2026-11-02"), "2026-11-01"),
        (pd.Timestamp("2026-11-01 08:30"), "2026-11-01T08:30:00Z"),
    ],
)
def test_a_report_is_as_of_what_it_was_asked_for(until: pd.Timestamp, said: str) -> None:
    """A day counts to its end; the last snapshot, which is earlier, is told apart."""
    given = findings("leads")
    f = replace(given, study=replace(given.study, until=until))
    assert as_of_text(f) == first.headline(f)["as_of"] == said
    assert last_snapshot_text(f).startswith("2026-10-31")
    assert "31 October 2026" in first.key_figures(f)[-1]["context"]


def test_without_a_moment_it_is_as_of_its_data() -> None:
    """The end of the newest source, which is never before the last snapshot."""
    f = findings("leads")
    newest = max(f.series.frame.index[-1], f.study.data["last"].max())
    assert as_of_text(f) == f"{newest:%Y-%m-%dT%H:%M:%S}Z"


def _texts(f: ValidationFindings) -> list[str]:
    """What is said around figures and tables of scores."""
    words = (figures.aurocs(f), curves.roc(f), curves.reliability(f), curves.usefulness(f))
    return [*(each.reading for each in words), scores.past(f).title, first.sentence(f)]


def test_no_score_is_told_without_its_events() -> None:
    """A sentence that has an interval says on how many independent events it stands."""
    for text in _texts(findings("leads")):
        assert re.search(r"\d+ independent events?", text), text
    for row in tables.pair_rows(findings("leads")).to_dict("records"):
        assert re.search(r"; \d+$", row["index"]) or row["answer"] == "not made"
        assert re.search(r"; \d+$|none is scored", row["best"]) or row["answer"] == "not made"


def test_events_are_the_second_column_of_every_table_of_scores() -> None:
    """Where a phone shows them too."""
    for columns in (scores.RANKING_COLUMNS, scores.PAST_COLUMNS, scores.ALARM_COLUMNS, scores.SHORT_COLUMNS):
        assert columns[1][1] == "Independent events"
    keys = [key for key, *_ in scores.SHORT_COLUMNS]
    assert keys.index("events_past") == keys.index(BRIER_SKILL) - 1


@pytest.mark.parametrize("places", [(), (0,), (0, 2)])
def test_those_that_rank_higher_by_more_than_chance_are_counted(places: tuple[int, ...]) -> None:
    """By the differences on the rows that both have; one that ranks lower, and chance itself, are none of them."""
    f = findings("blind")
    own = float(f.score(f.signal, AUROC)["value"])
    given = [each for each in f.pair.comparisons if each.better is not None and each.second not in NO_COMPARATORS]
    above = [each.second for each in given if float(f.score(each.second, AUROC)["value"]) > own]
    assert 0 < len(above) < len(given)
    beyond = {above[place] for place in places if place < len(above)} | {
        each.second for each in given if each.second not in above
    }
    found = tuple(
        replace(each, better=each.better and replace(each.better, high=-0.01 if each.second in beyond else 0.01))
        for each in given
    )
    pair = replace(f.pair, comparisons=found)
    told = scores.ranking(replace(f, study=replace(f.study, pairs=(pair, *f.study.pairs[1:])))).title
    expected = len(beyond & set(above))
    assert re.fullmatch(rf"{len(above)} of \d+ comparators rank higher, {expected} of them beyond chance", told)


def test_points_whose_interval_misses_the_forecast_are_named() -> None:
    """All of them, from the lowest forecast on."""
    own = pd.DataFrame(
        {
            "forecast": [0.2, 0.1, 0.3],
            "observed": [0.2, 0.5, 0.1],
            "observed_low": [0.1, 0.3, 0.05],
            "observed_high": [0.3, 0.7, 0.2],
        }
    )
    assert curves._missed(own) == (
        "2 of 3 points miss it: at 10\u00a0% forecast 50\u00a0% followed (30\u00a0% to 70\u00a0%); at 30\u00a0% "
        "forecast 10\u00a0% followed (5\u00a0% to 20\u00a0%)."
    )
    assert curves._missed(own.head(1)) == "No point's interval misses what was forecast."


def test_a_file_that_serves_twice_counts_once() -> None:
    """Its gaps too."""
    f = findings("leads")
    once = f.study.data.assign(gaps=0)
    once.loc[once.index[0], "gaps"] = 7
    twice = pd.concat([once, once.head(1).assign(role="comparator")], ignore_index=True)
    given = replace(f, study=replace(f.study, data=twice))
    assert tables.sources(given).title == f"{len(twice)} sources, with 7 gaps in their files"
