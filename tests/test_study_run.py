"""A whole study, from its files to the judged claim."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import written

from cohortiv.errors import DataError
from cohortiv.study import Study, run_study

pytestmark = ENGINE_WARNINGS


def quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The made-up study, of two years."""
    return run_study(written(tmp_path_factory.mktemp("study")), as_of="2025-03-31", say=quiet)


def test_the_primary_pair_comes_first(study: Study) -> None:
    """The verdict of the report is about the pair that the study file names."""
    assert study.primary.name == "model--feed--liquidated-7d"
    assert [pair.primary for pair in study.pairs] == [True, False]


def test_the_verdict_is_by_the_rules_named(study: Study) -> None:
    """The rules file's name and resamples stand in the result."""
    assert (study.verdict_version, study.rules.draws) == ("quick", 30)
    assert study.primary.verdict.rules.name == "quick"


def test_nothing_later_is_in_it(study: Study) -> None:
    """The day of the report ends the series, the data and the outcomes."""
    until = pd.Timestamp("2025-04-01")
    assert study.history("model").frame.index[-1] == pd.Timestamp("2025-03-31")
    assert study.data["last"].max() <= until
    frame = study.primary.result.frame
    assert (frame.loc[frame.index > until - pd.Timedelta(days=7), "why"] == "data end before the horizon").all()


def test_every_missing_score_says_why(study: Study) -> None:
    """No metric is missing in silence."""
    for pair in study.pairs:
        table = pair.scores.table
        assert (table["value"].isna() == ~table["status"].str.startswith("scored")).all()
        empty = pair.signals.columns[pair.signals.isna().all()]
        assert set(empty) <= set(pair.missing)


def test_a_dated_event_outside_is_not_covered(study: Study) -> None:
    """Of the listed days only that of August 2024 lies in the series."""
    events = study.history("model").overlay.events
    assert events.loc[events["coverage"] == "covered", "date"].astype("str").tolist() == ["2024-08-05"]


def test_what_begins_later_stops_nothing(tmp_path: Path) -> None:
    """A second feed of a later year is not covered; its pairs are listed with the reason."""
    later = "time,amount_usd\n2031-01-01T00:00:00Z,2\n2031-01-02T00:00:00Z,3\n"
    (tmp_path / "later.csv").write_text(later, encoding="utf-8")
    feed = {"name": "feed", "title": "Feed", "kind": "liquidation-events", "file": "feed.csv", "covers": "Made up"}
    feeds = [feed, {"name": "later", "title": "Later", "file": "later.csv", "covers": "Made up"}]
    made = run_study(written(tmp_path, liquidations=feeds), as_of="2024-05-31", say=quiet)
    assert made.not_paired[["series", "feed"]].to_numpy().tolist() == [["any series", "later"]]
    assert made.not_paired["why"].iloc[0].startswith("not covered: later.csv begins at 2031")
    assert made.data["kind"].iloc[-1] == "not covered"


def test_a_primary_feed_that_begins_later_is_refused(tmp_path: Path) -> None:
    """The message says that the primary pair cannot be made, and when its feed begins."""
    path = written(tmp_path)
    (tmp_path / "feed.csv").write_text(
        "time,amount_usd\n2031-01-01T00:00:00Z,2\n2031-01-02T00:00:00Z,2\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"cannot be made: feed\.csv begins at 2031-01-01"):
        run_study(path, as_of="2024-05-31", say=quiet)


def test_a_study_of_nothing_yet_is_refused(tmp_path: Path) -> None:
    """A report about a day before the data says so."""
    with pytest.raises(DataError, match="after 2020-01-02 00:00 UTC, the moment that the report is about"):
        run_study(written(tmp_path), as_of="2020-01-01", say=quiet)
