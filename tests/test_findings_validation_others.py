"""Index series beside the judged one, each against what followed it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.config.study import OWN_LINES
from cohortiv.findings import validation_figures as figures
from cohortiv.findings.validation import ValidationFindings
from cohortiv.findings.validation_others import other_over_time, others
from cohortiv.study.result import Pair

pytestmark = ENGINE_WARNINGS
ROWS = 40


def with_other(*pairs: Pair) -> ValidationFindings:
    """The judged study with a second series and pairs of it."""
    f = findings("leads")
    second = replace(f.series, name="second", title="Second index", frame=f.series.frame.tail(ROWS))
    study = replace(f.study, series=(f.series, second), pairs=(f.pair, *pairs))
    return ValidationFindings(study)


def pair(*, feed: str = "feed", known: int = ROWS, outcome: str = "liquidated-1d") -> Pair:
    """A pair of the second series whose outcome is known at so many of its first times."""
    judged = findings("leads").pair
    frame = judged.result.frame.tail(ROWS)
    result = replace(judged.result, frame=frame.assign(value=frame["value"].where(np.arange(ROWS) < known)))
    return replace(judged, series="second", feed=feed, outcome=outcome, primary=False, result=result)


def test_the_judged_series_is_no_other() -> None:
    """Nor is one without an outcome that a feed makes."""
    assert others(findings("leads")) == []
    assert others(with_other()) == []
    assert others(with_other(pair(feed=OWN_LINES))) == []
    assert others(with_other(pair(known=0))) == []


def test_a_series_without_an_index_is_left_out() -> None:
    """There is nothing to draw."""
    f = with_other(pair())
    first, second = f.study.series
    bare = replace(second, frame=second.frame.assign(iv_index=np.nan))
    assert others(ValidationFindings(replace(f.study, series=(first, bare)))) == []


def test_the_outcome_known_most_often_is_taken() -> None:
    """Of two that are known as often, the one of another feed than the judged pair's."""
    judged = findings("leads").pair.feed
    (seen,) = others(with_other(pair(feed="short", known=5), pair(feed="long", known=30)))
    assert (seen.pair.feed, seen.series.name) == ("long", "second")
    (seen,) = others(with_other(pair(feed=judged), pair(feed="another")))
    assert seen.pair.feed == "another"


def test_words_are_those_of_the_other_series() -> None:
    """Its name, its period and its snapshots; each figure has a name of its own."""
    f = with_other(pair())
    (seen,) = others(f)
    told, own = other_over_time(seen), figures.over_time(f)
    assert told.name == f"{own.name}-second"
    assert "Second index" in told.subtitle
    assert f"{ROWS} snapshots" in told.reading
    assert 0 < len(told.title.split()) <= 10
    assert len(figures.over_time_data(seen)) == ROWS


@pytest.mark.parametrize(("status", "said"), [("too few events", "No score: too few events"), ("scored", "AUROC 0.")])
def test_a_score_or_the_reason_for_none_is_told(status: str, said: str) -> None:
    """With its independent events."""
    made = pair()
    table = made.scores.table
    if status != "scored":
        table = table.assign(value=np.nan, low=np.nan, high=np.nan, status=status)
    (seen,) = others(with_other(replace(made, scores=replace(made.scores, table=table))))
    told = other_over_time(seen).reading
    assert said in told
    assert "independent event" in told


def test_dated_events_that_it_covers_are_told_with_the_index_before() -> None:
    """With the code that was held then, and when; those that it does not cover are not."""
    f = with_other(pair())
    first, second = f.study.series
    day = pd.Timestamp("2024-03-01")
    spanned = replace(second, frame=first.frame.loc[: day + pd.Timedelta(days=3)].tail(ROWS))
    (seen,) = others(ValidationFindings(replace(f.study, series=(first, spanned))))
    told = other_over_time(seen).reading
    last = spanned.frame.loc[:day].iloc[-1]
    assert "efore dated event 2, 1 March 2024 (A <day> of 2024), the index was" in told
    assert f"{last['iv_index']:.1f}, held code {str(last['code_held']).capitalize()}, at 00:00 UTC" in told
    assert "dated event 1" not in told
