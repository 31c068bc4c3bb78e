"""Which rows a run is about: snapshots and scope."""

from datetime import datetime
from pathlib import Path

import pytest
from book_support import AS_OF, Desk, position

from cohortiv.assessment import Settings
from cohortiv.assessment.selection import UNDATED, at, dated, label_of, only, period, scope_of
from cohortiv.config.cohort import CohortConfig, Filters
from cohortiv.engine import connect
from cohortiv.errors import UsageError
from cohortiv.positions import Holding

TIMES = tuple(AS_OF.replace(hour=hour) for hour in (10, 11, 12))
INVENTORY = tuple(Holding(moment, "binance", "BTC", "linear", "isolated", "USDT", 1) for moment in TIMES)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


@pytest.mark.parametrize(
    ("settings", "as_of"),
    [
        (Settings(), "2026-09-30"),
        (Settings(as_of="2026-09-16"), "2026-09-16"),
        (Settings(positions="book.csv"), None),
    ],
    ids=("sample", "dated sample", "positions"),
)
def test_only_the_undated_sample_gets_a_date(settings: Settings, as_of: str | None) -> None:
    """Its last snapshot; what was asked for stays."""
    assert dated(settings).as_of == as_of


@pytest.mark.parametrize(
    ("as_of", "label"),
    [
        (None, UNDATED),
        ("2026-02-18", AS_OF.replace(hour=0)),
        ("2026-02-18T12:00:00Z", AS_OF),
    ],
)
def test_rows_without_times_are_labelled(as_of: str | None, label: datetime) -> None:
    """By the time asked for, or by one that is later than every bracket table."""
    assert label_of(as_of) == label


@pytest.mark.parametrize(("past", "kept"), [(False, INVENTORY[1:2]), (True, INVENTORY[:2])])
def test_later_snapshots_are_never_kept(*, past: bool, kept: tuple[Holding, ...]) -> None:
    """One snapshot, or it and those before it."""
    assert period(INVENTORY, TIMES[1], past=past) == kept


def test_a_source_without_times_is_kept_whole() -> None:
    """There is nothing to choose by."""
    assert period(INVENTORY[:1], None, past=False) == INVENTORY[:1]


@pytest.mark.parametrize(("kept", "rows"), [(INVENTORY[1:2], 1), (INVENTORY[:2], 2)])
def test_only_rows_of_kept_snapshots_are_read(desk: Desk, kept: tuple[Holding, ...], rows: int) -> None:
    """The table is filtered to the snapshots' times."""
    opened = desk.open([position(as_of=moment) for moment in TIMES])
    assert only(opened, kept, TIMES).table.count().to_pyarrow().as_py() == rows


def test_positions_without_times_stay_as_they_are(desk: Desk) -> None:
    """The same record comes back."""
    opened = desk.open([position()])
    assert only(opened, (), ()) is opened


@pytest.mark.parametrize(("moment", "rows"), [(TIMES[2], 1), (None, 3)])
def test_one_snapshot_is_filtered_by_its_time(desk: Desk, moment: datetime | None, rows: int) -> None:
    """All rows where no time is named."""
    table = desk.open([position(as_of=time) for time in TIMES]).table
    assert at(table, moment).count().to_pyarrow().as_py() == rows


def test_a_symbol_narrows_the_scope() -> None:
    """To it alone, whatever else the filters let pass; what isn't filtered is None."""
    cohort = CohortConfig(name="desk", title="Desk", filters=Filters(symbols=("BTC", "ETH"), venues=("binance",)))
    scope = scope_of(cohort, "ETH")
    assert (scope.symbols, scope.venues, scope.products, scope.accounts) == (("ETH",), ("binance",), None, None)


def test_a_symbol_outside_the_filters_is_refused() -> None:
    """The message names what the cohort is filtered to."""
    cohort = CohortConfig(name="desk", title="Desk", filters=Filters(symbols=("BTC", "ETH")))
    with pytest.raises(UsageError, match=r"--symbol got 'SOL', but the cohort 'desk' is filtered to BTC, ETH"):
        scope_of(cohort, "SOL")
