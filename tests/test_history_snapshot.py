"""One snapshot of a history: its record, its digest, its name."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from history_support import TIMES, profile_at, snapshots_at

from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.history.snapshot import (
    SeriesKey,
    SourceFile,
    content_digest,
    differences,
    snapshots_of,
)
from cohortiv.summary import METHODOLOGY_VERSION


def test_a_profile_is_taken_apart_by_time() -> None:
    """One snapshot a time, with the cells of that time and nothing of the others."""
    parts = snapshots_at()
    assert [part.record.as_of.isoformat() for part in parts] == list(TIMES)
    pd.testing.assert_frame_equal(parts[1].profile.cells, profile_at(TIMES[1]).cells)


def test_the_record_says_what_it_is_of() -> None:
    """Series, method, units, figures; the units are taken out of the origin."""
    record = snapshots_at(TIMES[0])[0].record
    assert record.series == SeriesKey("all-accounts", "BTC", "positions")
    assert (record.method, record.margin_units, record.cells) == (METHODOLOGY_VERSION, 40, 120)
    assert "margin_units" not in record.origin


def test_a_cohort_as_a_whole_has_a_symbol_of_that_name() -> None:
    """Without a symbol it is all of them, and aggregates say on what they stand."""
    whole = replace(profile_at(TIMES[0]), origin={"cohort": "desk", "symbol": None, "basis": "open interest"})
    record = snapshots_of(whole)[0].record
    assert record.series == SeriesKey("desk", "all", "open interest")
    assert (str(record.series), record.margin_units) == ("desk, all (open interest)", None)


def test_the_name_has_time_cohort_symbol_and_number() -> None:
    """Whatever a symbol is written with, the name is one of a file."""
    record = snapshots_at(TIMES[0], symbol="xyz:A/B")[0].record
    assert record.file_name == f"2026-02-01T120000Z_all-accounts_xyz-A-B_{record.number[:12]}.parquet"


def test_equal_profiles_have_equal_digests() -> None:
    """Whatever the order in which they were handed in."""
    assert snapshots_at(TIMES[0])[0].record.content == snapshots_at(*TIMES)[0].record.content


def test_the_digest_sees_a_cent() -> None:
    """One cent, another movement or another first number of the method is another content."""
    profile = profile_at(TIMES[0])
    cells = profile.cells.assign(notional_cents=profile.cells["notional_cents"] + np.eye(1, 120)[0])
    others = [
        content_digest(replace(profile, cells=cells), METHODOLOGY_VERSION),
        content_digest(replace(profile, comovement=Comovement(betas={"BTC": 2.0})), METHODOLOGY_VERSION),
        content_digest(profile, "99.0"),
    ]
    assert len({content_digest(profile, METHODOLOGY_VERSION), *others}) == 4


def test_the_second_number_of_the_method_is_no_difference() -> None:
    """It changes what is told, not the figures."""
    profile = profile_at(TIMES[0])
    assert content_digest(profile, "7.1") == content_digest(profile, "7.2")


def test_what_nothing_dates_is_refused() -> None:
    """A history is by time."""
    profile = profile_at(TIMES[0])
    with pytest.raises(DataError, match=r"Nothing dates the positions.*--as-of TIME"):
        snapshots_of(replace(profile, cells=profile.cells.assign(as_of=pd.Timestamp("NaT"))))


def test_differences_are_said() -> None:
    """Notional, movement, files and settings, each in a clause."""
    old = snapshots_of(profile_at(TIMES[0]), inputs=[SourceFile("a.csv", "1")])[0].record
    new = snapshots_of(
        profile_at(TIMES[0], scale=2.0, movement=Comovement(betas={})),
        inputs=[SourceFile("a.csv", "2")],
        settings={"venue": "x"},
    )[0].record
    told = "; ".join(differences(old, new))
    assert "other betas or kappas; leveraged notional" in told
    assert told.endswith("other content of a.csv; other settings")


def test_a_difference_in_the_cells_alone_is_said_too() -> None:
    """Nothing differs in the record but the digest."""
    record = snapshots_at(TIMES[0])[0].record
    assert differences(record, replace(record, content="0")) == ("other figures in the cells",)
