"""Files of a study read: as they became known, and nothing later than asked."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import as_read, bars, written

from cohortiv.assessment.study_data import cut, read_study_data
from cohortiv.config.study_paths import load_study
from cohortiv.errors import DataError

pytestmark = ENGINE_WARNINGS


def quiet(_line: str) -> None:
    """Say nothing."""


def test_all_files_are_read(tmp_path: Path) -> None:
    """Bars by their end, the market of the series, and the feed."""
    data = read_study_data(load_study(written(tmp_path)), say=quiet)
    assert data.prices.frame.index.equals(bars().index)
    assert data.index[0].market is not None
    assert data.feeds[0][1].step is None
    assert data.texts is None


def test_nothing_later_is_kept(tmp_path: Path) -> None:
    """Every series ends with the moment asked for."""
    until = pd.Timestamp("2024-06-01")
    data = read_study_data(load_study(written(tmp_path)), until=until, say=quiet)
    assert data.prices.frame.index[-1] == until
    assert data.feeds[0][1].span[1] == until


def test_texts_are_in_the_order_of_time(tmp_path: Path) -> None:
    """Two files become one table, later texts left out."""
    for name, day in (("a.csv", "2024-03-02"), ("b.csv", "2024-03-01"), ("c.csv", "2024-09-01")):
        (tmp_path / name).write_text(f"time,text\n{day}T01:00:00Z,text of {name}\n", encoding="utf-8")
    study = load_study(written(tmp_path, texts=["a.csv", "b.csv", "c.csv"]))
    texts = read_study_data(study, until=pd.Timestamp("2024-06-01"), say=quiet).texts
    assert texts is not None
    assert texts["text"].tolist() == ["text of b.csv", "text of a.csv"]


def test_a_series_that_begins_later_is_refused() -> None:
    """The message says when it begins and what to do."""
    with pytest.raises(DataError, match="begins at 2024-01-01 00:00, after 2023-01-01"):
        cut(as_read("prices", bars()), pd.Timestamp("2023-01-01"))


def test_sources_that_begin_later_are_left_out_with_their_reason(tmp_path: Path) -> None:
    """A feed and a comparator of a later year stop nothing."""
    later = "time,fear_greed\n2031-01-01,20\n2031-01-02,30\n"
    (tmp_path / "later.csv").write_text(later, encoding="utf-8")
    study = load_study(written(tmp_path, comparators={"fear_greed": {"file": "later.csv"}}))
    data = read_study_data(study, until=pd.Timestamp("2024-06-01"), say=quiet)
    assert data.comparators == {}
    assert [(each.role, each.name) for each in data.absent] == [("comparator", "fear_greed")]
    assert data.absent[0].why.startswith("later.csv begins at 2031-01-01 01:00")


def test_gaps_are_counted_of_what_is_kept() -> None:
    """A hole after the moment is none before it."""
    whole = bars()
    holed = replace(as_read("prices", whole.drop(whole.index[1000:1010])), gaps=1)
    assert cut(holed, whole.index[500]).gaps == 0
    assert cut(holed, whole.index[1500]).gaps == 1


def test_without_a_moment_all_is_kept() -> None:
    """No cut is no change."""
    whole = as_read("prices", bars())
    assert cut(whole, None) is whole
