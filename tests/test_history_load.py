"""A stored series read back as one profile."""

from pathlib import Path

import pandas as pd
import pytest
from history_support import TIMES, moments, profile_at, snapshots_at

from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.history.compact import compact
from cohortiv.history.files import write_snapshot
from cohortiv.history.load import SERIES_COLUMNS, load_series
from cohortiv.history.store import add_snapshots


def test_a_series_is_the_profile_of_all_its_times(tmp_path: Path) -> None:
    """Whatever the order in which its snapshots were added."""
    for time in reversed(TIMES):
        add_snapshots(tmp_path, snapshots_at(time))
    loaded = load_series(tmp_path, None)
    pd.testing.assert_frame_equal(loaded.profile.cells, profile_at().cells)
    assert loaded.margin_units == dict.fromkeys(moments(), 40)
    assert loaded.symbol == "BTC"


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    """By default those of an index series."""
    add_snapshots(tmp_path, snapshots_at())
    assert tuple(load_series(tmp_path).profile.cells.columns) == SERIES_COLUMNS


@pytest.mark.parametrize("compacted", [False, True])
def test_a_correction_is_in_force(tmp_path: Path, *, compacted: bool) -> None:
    """The later one is read, or the first where what was known at the time is asked for."""
    add_snapshots(tmp_path, snapshots_at())
    add_snapshots(tmp_path, snapshots_at(TIMES[1], seed=2), reason="late fills")
    if compacted:
        compact(tmp_path)
    corrected = load_series(tmp_path, None).profile.at(moments()[1])
    pd.testing.assert_frame_equal(corrected.cells, profile_at(TIMES[1], seed=2).cells)
    first = load_series(tmp_path, None, as_first_stored=True).profile
    pd.testing.assert_frame_equal(first.cells, profile_at().cells)


def test_months_and_loose_files_are_read_together(tmp_path: Path) -> None:
    """In the order of time, also where a loose one falls between two of a month."""
    add_snapshots(tmp_path, (*snapshots_at(TIMES[0]), *snapshots_at(TIMES[2])))
    compact(tmp_path)
    add_snapshots(tmp_path, snapshots_at(TIMES[1]))
    pd.testing.assert_frame_equal(load_series(tmp_path, None).profile.cells, profile_at().cells)


def test_other_betas_are_refused(tmp_path: Path) -> None:
    """The file is named, and nothing is mixed."""
    other = add_snapshots(tmp_path, snapshots_at(TIMES[0], movement=Comovement(kappas={"BTC": 2.0})))[0].path
    add_snapshots(tmp_path, snapshots_at(TIMES[1]))
    with pytest.raises(DataError, match=rf"(?s)no single series:\n  {other.name}.*with other betas or kappas"):
        load_series(tmp_path)


def test_a_repeated_time_is_refused(tmp_path: Path) -> None:
    """Neither of the two is taken silently."""
    add_snapshots(tmp_path, snapshots_at(TIMES[0]))
    write_snapshot(snapshots_at(TIMES[0], scale=2.0)[0], tmp_path)
    with pytest.raises(DataError, match=r"Times are in force twice, in 2026-02-01T120000Z"):
        load_series(tmp_path)


def test_one_of_several_series_is_named(tmp_path: Path) -> None:
    """By its symbol here."""
    add_snapshots(tmp_path, (*snapshots_at(), *snapshots_at(symbol="ETH")))
    with pytest.raises(DataError, match="Name one of them"):
        load_series(tmp_path)
    assert set(load_series(tmp_path, symbol="ETH").profile.cells["symbol"]) == {"ETH"}
