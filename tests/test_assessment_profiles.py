"""Profiles on disk: their names, and what dates them."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, TIMES, book, write

from cohortiv.assessment import Settings
from cohortiv.assessment.profiles import built_profile, write_profile
from cohortiv.errors import UsageError
from cohortiv.profile import load_profile

pytestmark = ENGINE_WARNINGS
UNDATED = book(30).drop(columns="as_of")


def written(folder: Path, frame: pd.DataFrame, out: str, *, as_of: str | None = None) -> Path:
    """The file that a book gives."""
    settings = Settings(positions=write(folder, frame), as_of=as_of)
    return write_profile(settings, folder / out, say=lambda _: None)


def test_what_nothing_dates_has_no_time(tmp_path: Path) -> None:
    """The column is empty, and the profile serves all the same."""
    path = written(tmp_path, UNDATED, "p.parquet")
    assert pd.read_parquet(path)["as_of"].isna().all()
    profile = load_profile(path)
    assert (profile.snapshots, profile.leveraged_notional_usd > 0) == ((), True)


def test_the_caller_may_date_it(tmp_path: Path) -> None:
    """By --as-of."""
    path = written(tmp_path, UNDATED, "p.pq", as_of="2026-02-18")
    assert load_profile(path).snapshots == (pd.Timestamp("2026-02-18"),)


def test_a_history_gets_the_margin_units(tmp_path: Path) -> None:
    """Of every snapshot, by its time; isolated positions are a unit each."""
    settings = Settings(positions=write(tmp_path, book(30, times=TIMES)))
    profile = built_profile(settings, every=True, say=lambda _: None)
    assert profile.origin["margin_units"] == dict.fromkeys(TIMES, 30)
    assert [moment.isoformat() for moment in profile.snapshots] == list(TIMES)


def test_what_nothing_dates_is_built_without_a_time(tmp_path: Path) -> None:
    """No date is made up."""
    settings = Settings(positions=write(tmp_path, UNDATED))
    assert built_profile(settings, every=True, say=lambda _: None).snapshots == ()


@pytest.mark.parametrize("name", ["p.csv", "p.json", "p"])
def test_a_name_of_another_format_is_refused(tmp_path: Path, name: str) -> None:
    """A profile is Parquet; nothing is written."""
    with pytest.raises(UsageError, match=r"a profile is Parquet, so allowed is a name that ends in \.parquet or \.pq"):
        written(tmp_path, UNDATED, name)
    assert not (tmp_path / name).exists()
