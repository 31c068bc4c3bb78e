"""Index series of a study: reconstructed, from positions, and from a stored history."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from history_support import TIMES, profile_at
from study_support import solved, without_feed

from cohortiv.assessment.study_data import IndexInput
from cohortiv.config.study import IndexSource
from cohortiv.errors import DataError
from cohortiv.study.index_series import solve_series, tier_shares

pytestmark = ENGINE_WARNINGS


def of_profile(*, margin_units: int) -> IndexInput:
    """A series of three snapshots with so many margin units each."""
    given = without_feed().index[0]
    source = IndexSource.model_validate({"name": "p", "title": "P", "from": "positions", "file": "x", "symbol": "BTC"})
    made = profile_at(*TIMES)
    profile = replace(made, origin={**made.origin, "margin_units": dict.fromkeys(TIMES, margin_units)})
    return replace(given, source=source, market=None, profile=profile)


def test_a_reconstruction_has_a_snapshot_a_day() -> None:
    """Every midnight with bars and open interest has an index."""
    frame = solved().frame
    assert set(np.diff(frame.index.to_numpy())) == {np.timedelta64(1, "D")}
    assert frame["iv_index"].notna().all()


def test_a_reconstruction_is_called_a_model() -> None:
    """The note of the study file and the tier mix stand with the series."""
    assert solved().notes[0] == "All of it is made up"
    assert solved().notes[1].startswith("A model, not positions; tier mix: assumption")


def test_a_grey_snapshot_has_no_index() -> None:
    """Ten margin units where thirty are needed: no index is given, and the note says of how many."""
    made = solve_series(of_profile(margin_units=10), without_feed())
    assert made.frame["iv_index"].isna().all()
    assert made.notes == ("3 of 3 snapshots are Grey: their data allow no index",)


def test_enough_margin_units_give_an_index() -> None:
    """Thirty are enough."""
    assert solve_series(of_profile(margin_units=30), without_feed()).frame["iv_index"].notna().all()


def test_shares_of_tiers_add_up() -> None:
    """At each snapshot the tiers' shares are the whole."""
    shares = tier_shares(solved().profile)
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(shares)))
    assert shares.shape[1] == 3


def test_bars_without_high_and_low_are_refused() -> None:
    """Closing prices alone say nothing of lines that were touched."""
    data = without_feed()
    market = data.index[0].market
    assert market is not None
    closes = replace(market[0], frame=market[0].frame[["close"]])
    with pytest.raises(DataError, match="has no high and low"):
        solve_series(replace(data.index[0], market=(closes, market[1])), data)


def test_a_venue_without_brackets_is_refused() -> None:
    """The message names the venue and what to do."""
    data = without_feed()
    source = data.index[0].source.model_copy(update={"venue": "nowhere"})
    with pytest.raises(DataError, match="no brackets for BTC on nowhere"):
        solve_series(replace(data.index[0], source=source), data)


def test_an_index_at_a_time_rests_on_bars_until_then() -> None:
    """A study that ends earlier has the same index at each time."""
    data = without_feed()
    market = data.index[0].market
    assert market is not None
    until = pd.Timestamp("2024-06-01")
    cut = tuple(replace(each, frame=each.frame[each.frame.index <= until]) for each in market)
    early = solve_series(replace(data.index[0], market=(cut[0], cut[1])), data).frame
    whole = solved().frame.loc[:until]
    assert early["iv_index"].to_numpy() == pytest.approx(whole["iv_index"].to_numpy(), rel=1e-9)


def test_a_history_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    """An empty folder holds no series."""
    given = of_profile(margin_units=30)
    source = IndexSource.model_validate({"name": "p", "title": "P", "from": "history", "file": str(tmp_path)})
    with pytest.raises(DataError):
        solve_series(replace(given, source=source, profile=None), without_feed())
