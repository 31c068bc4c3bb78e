"""Profiles on disk: their names, and what dates them."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, book, write

from cohortiv.assessment import Settings
from cohortiv.assessment.profiles import write_profiles
from cohortiv.errors import UsageError
from cohortiv.profile import load_profile

pytestmark = ENGINE_WARNINGS
UNDATED = book(30).drop(columns="as_of")


def written(folder: Path, frame: pd.DataFrame, out: str, *, as_of: str | None = None, every: bool = False) -> Path:
    """The one file that a book gives."""
    settings = Settings(positions=write(folder, frame), as_of=as_of)
    (path,) = write_profiles(settings, folder / out, all_snapshots=every, say=lambda _: None)
    return path


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


def test_every_snapshot_of_an_undated_table_is_one_undated_file(tmp_path: Path) -> None:
    """Its name says so, and no date is made up."""
    assert written(tmp_path, UNDATED, "all", every=True) == tmp_path / "all" / "profile-undated.parquet"


@pytest.mark.parametrize("name", ["p.csv", "p.json", "p"])
def test_a_name_of_another_format_is_refused(tmp_path: Path, name: str) -> None:
    """A profile is Parquet; nothing is written."""
    with pytest.raises(UsageError, match=r"a profile is Parquet, so allowed is a name that ends in \.parquet or \.pq"):
        written(tmp_path, UNDATED, name)
    assert not (tmp_path / name).exists()
