"""What in sound rows looks like wrong data: marks, notional past its line, supplied lines on a wrong side."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, assessed, book, write

from cohortiv.assessment import Settings
from cohortiv.assessment.building import build_past
from cohortiv.assessment.suspicions import Suspicion, suspicions
from cohortiv.profile import LiquidationProfile
from cohortiv.summary import data_quality

pytestmark = ENGINE_WARNINGS
SOUND = book(60, symbols=("BTC",))
LONGS = SOUND.index[SOUND["side"] == "long"]


def profile_of(folder: Path, frame: pd.DataFrame, *, every: bool = False) -> LiquidationProfile:
    """Profile of a book."""
    return build_past(Settings(positions=write(folder, frame)), every=every, say=lambda _: None)


def found(folder: Path, frame: pd.DataFrame, *, every: bool = False) -> dict[str, Suspicion]:
    """What looks wrong, by kind."""
    return {suspicion.kind: suspicion for suspicion in suspicions(profile_of(folder, frame, every=every))}


def with_marks(rows: int, mark: float) -> pd.DataFrame:
    """The book with another mark in its first rows."""
    return SOUND.assign(mark_price=SOUND["mark_price"].where(SOUND.index >= rows, mark))


def test_sound_data_look_sound(tmp_path: Path) -> None:
    """Marks within 1 % are those of several venues."""
    assert found(tmp_path, with_marks(20, 60_500.0)) == {}


@pytest.mark.parametrize(("rows", "mark"), [(1, 40_000.0), (20, 90_000.0), (1, 59_300.0)])
def test_rows_with_another_mark_are_counted(tmp_path: Path, rows: int, mark: float) -> None:
    """Those that differ from most rows of the symbol; the marks are named."""
    told = found(tmp_path, with_marks(rows, mark))["mark_spread"].told
    assert told.startswith(f"{rows} row(s) have a mark more than 1\u00a0% off that of most rows of their symbol")
    assert f"(BTC {min(mark, 60_000):,.6g} to {max(mark, 60_000):,.6g} USD)" in told


def test_right_and_wrong_marks_in_one_cell_give_a_range(tmp_path: Path) -> None:
    """Unleveraged rows without a line share a cell, which knows only its lowest and highest mark."""
    rows = with_marks(3, 50_000.0).assign(leverage=1.0, side="long", quantity=1e-3, entry_price=1e-3)
    assert found(tmp_path, rows)["mark_spread"].told.startswith("1 to 59 row(s) have a mark")


def test_marks_of_several_snapshots_may_differ(tmp_path: Path) -> None:
    """A symbol has one mark at a time."""
    frame = book(30, symbols=("BTC",), times=("2026-02-11T12:00:00", "2026-02-18T12:00:00"))
    frame = frame.assign(mark_price=frame["mark_price"].where(frame.index < 30, 61_000.0))
    assert found(tmp_path, frame, every=True) == {}


def test_futures_have_prices_of_their_own(tmp_path: Path) -> None:
    """A dated contract may stand far from the perpetual."""
    frame = with_marks(10, 63_000.0).assign(product=["future"] * 10 + ["perpetual"] * 50)
    assert "mark_spread" not in found(tmp_path, frame)


def test_much_notional_past_its_line_is_told(tmp_path: Path) -> None:
    """Quantities in USD make lines nonsense."""
    told = found(tmp_path, SOUND.assign(quantity=SOUND["quantity"] * SOUND["mark_price"]))["share_past_line"].told
    assert "of the leveraged notional, are past their liquidation line at the mark." in told
    assert "Check quantity (base units, not USD)" in told


def test_a_little_notional_past_its_line_is_not(tmp_path: Path) -> None:
    """Up to 5 % may be about to be closed."""
    entry = SOUND["entry_price"].where(SOUND.index != LONGS[0], 90_000.0)
    small = SOUND["quantity"].where(SOUND.index != LONGS[0], 1e-4)
    assert found(tmp_path, SOUND.assign(entry_price=entry, quantity=small)) == {}


def test_lines_on_the_wrong_side_are_counted(tmp_path: Path) -> None:
    """A long's line above the mark is past it."""
    lines = pd.Series(float("nan"), SOUND.index)
    lines[LONGS[:4]] = 61_000.0
    told = found(tmp_path, SOUND.assign(liquidation_price=lines))["past_supplied_line_share"].told
    assert told.startswith("4 row(s) have a liquidation_price on the wrong side of the mark, and count as past it.")


def test_nothing_in_use_is_nothing_to_suspect(tmp_path: Path) -> None:
    """An empty profile has no marks."""
    profile = profile_of(tmp_path, SOUND)
    empty = LiquidationProfile(profile.cells.head(0), profile.comovement)
    assert suspicions(empty) == ()


def test_the_analyst_reads_the_rows_and_a_report_does_not(tmp_path: Path) -> None:
    """One row would be one account."""
    frame = with_marks(1, 40_000.0)
    (told,) = data_quality(assessed(tmp_path, frame, for_report=False)).warnings
    (published,) = data_quality(assessed(tmp_path, frame)).warnings
    assert told.startswith("1 row(s) have a mark")
    assert published == "Marks of one symbol differ by more than 1\u00a0% within the snapshot"


def test_a_report_says_nothing_of_a_figure_that_it_withholds(tmp_path: Path) -> None:
    """Three accounts with a line on the wrong side are too few to be told."""
    lines = pd.Series(float("nan"), SOUND.index)
    lines[LONGS[:3]] = 61_000.0
    frame = SOUND.assign(liquidation_price=lines)
    assert data_quality(assessed(tmp_path, frame, for_report=False)).warnings
    assert data_quality(assessed(tmp_path, frame)).warnings == ()
