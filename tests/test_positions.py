"""What a table holds, which snapshot is meant, and the totals that must come out again."""

from datetime import date, datetime
from pathlib import Path

import pytest
from book_support import Desk, position

from cohortiv.engine import connect
from cohortiv.errors import DataError, UsageError
from cohortiv.positions import (
    ControlTotals,
    choose_snapshot,
    control_totals,
    example_rows,
    parse_as_of,
    snapshots,
    take_inventory,
)


def moment(text: str) -> datetime:
    """A time, UTC without zone."""
    return datetime.fromisoformat(text)


TIMES = tuple(moment(t) for t in ("2026-02-17T23:59:00", "2026-02-18T01:00:00", "2026-02-18T23:17:05"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def test_a_date_means_the_last_snapshot_of_that_day() -> None:
    """Of several snapshots of the day, the last."""
    assert choose_snapshot(TIMES, "2026-02-18") == TIMES[2]


@pytest.mark.parametrize("text", ["2026-02-18T01:00:00Z", "2026-02-18T01:00:00", "2026-02-18 02:00:00+01:00"])
def test_a_timestamp_means_that_snapshot(text: str) -> None:
    """A zone is converted to UTC."""
    assert choose_snapshot(TIMES, text) == TIMES[1]


@pytest.mark.parametrize(
    ("as_of", "nearest"), [("2026-02-18T23:17:06Z", TIMES[2]), ("2026-02-10", TIMES[0]), ("2026-02-19", TIMES[2])]
)
def test_without_a_match_the_nearest_is_named(as_of: str, nearest: datetime) -> None:
    """The error says which snapshot could be asked for."""
    with pytest.raises(DataError, match=f"holds 3, the nearest is {nearest.isoformat()}Z"):
        choose_snapshot(TIMES, as_of)


def test_several_snapshots_need_a_choice() -> None:
    """Without --as-of they would be added up."""
    with pytest.raises(DataError, match=r"holds 3 snapshots, from 2026-02-17T23:59:00Z.*--as-of"):
        choose_snapshot(TIMES, None)


def test_one_snapshot_needs_no_choice() -> None:
    """It is the one that is meant."""
    assert choose_snapshot(TIMES[:1], None) == TIMES[0]


@pytest.mark.parametrize("as_of", [None, "2026-02-18"])
def test_a_table_without_times_has_no_snapshot_to_choose(as_of: str | None) -> None:
    """The date is then a label only."""
    assert choose_snapshot((), as_of) is None


@pytest.mark.parametrize("as_of", ["yesterday", "18.02.2026", "", "2026-02-30"])
def test_what_is_no_date_is_bad_usage(as_of: str) -> None:
    """Also where the table has no times."""
    with pytest.raises(UsageError, match="--as-of got"):
        choose_snapshot((), as_of)


def test_a_date_without_dashes_is_still_a_date() -> None:
    """Not midnight of that day."""
    assert parse_as_of("20260218") == date(2026, 2, 18)


def test_times_with_offset_in_text_are_converted(desk: Desk) -> None:
    """In a CSV, 23:00+02:00 is 21:00 UTC."""
    times = ["2026-02-18T23:00:00+02:00", "2026-02-18T21:00:00Z", "2026-02-18 21:00:00"]
    opened = desk.open([position(account_id=str(n), as_of=text) for n, text in enumerate(times)], "book.csv")
    assert snapshots(take_inventory(opened)) == (moment("2026-02-18T21:00:00"),)


@pytest.mark.parametrize("texts", [["2026-02-18T00:00:00", "soon"], ["18/02/2026 10h", "18/02/2026 11h"]])
def test_unreadable_times_stop_the_run(desk: Desk, texts: list[str]) -> None:
    """Rows without a snapshot would silently belong to none, or to all."""
    with pytest.raises(DataError, match=r"row\(s\) of book.csv have no as_of"):
        take_inventory(desk.open([position(account_id=text, as_of=text) for text in texts], "book.csv"))


def test_the_inventory_counts_by_what_lines_depend_on(desk: Desk) -> None:
    """Venue, symbol, contract, mode and collateral, sorted."""
    rows = [position(venue="x"), position(account_id="b", venue="x"), position(venue="w", symbol="ETH")]
    held = take_inventory(desk.open(rows))
    assert [(h.venue, h.symbol, h.rows) for h in held] == [("w", "ETH", 1), ("x", "BTC", 2)]


def test_a_table_without_rows_is_refused(desk: Desk) -> None:
    """Header only: the file is named."""
    (desk.folder / "head.csv").write_text(",".join(position()) + "\n")
    from cohortiv.sources.files import open_positions

    with pytest.raises(DataError, match=r"No rows in head.csv"):
        take_inventory(open_positions(str(desk.folder / "head.csv"), connection=desk.connection))


def test_control_totals_count_every_row_and_each_account_once(desk: Desk) -> None:
    """Unusable sizes add nothing, rows without account are rows."""
    rows = [position(), position(side="short"), position(account_id=None), position(account_id="b", quantity=-3.0)]
    assert control_totals(desk.open(rows).table) == ControlTotals(4, 2, 3 * 6_000_000)


def test_examples_are_the_first_rows_of_the_file(desk: Desk) -> None:
    """Row numbers lead the analyst to them; accounts are not shown."""
    rows = [position(account_id=f"name-{n}", quantity=-1.0 if n % 1000 == 999 else 1.0) for n in range(20_000)]
    shown = example_rows(desk.open(rows).numbered, 4).splitlines()
    assert [line.split(":")[0].strip() for line in shown] == [f"row {n}000" for n in range(1, 6)]
    assert "name-" not in "".join(shown)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("quantity", "1,000", 4), ("quantity", "abc", 4), ("entry_price", "n/a", 5), ("leverage", "10x", 7),
        ("margin", "5 USDT", 9), ("haircut", "5%", 10), ("liquidation_price", "none", 11),
        ("liquidation_price_known", "perhaps", 11),
    ],
)  # fmt: skip
def test_examples_show_the_text_that_was_got(desk: Desk, column: str, text: str, code: int) -> None:
    """Text where a number or a flag is wanted is not shown as a missing value."""
    rows = [position(account_id="name-1"), position(account_id="name-2", **{column: text})]
    shown = example_rows(desk.open(rows, "book.csv").numbered, code)
    assert shown.startswith("    row 2: ")
    assert f"{column} {text!r}" in shown


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "-1,500", "60000,0"])
def test_a_number_with_a_comma_is_explained(desk: Desk, text: str) -> None:
    """Whether it divides thousands or decimals; the first is quoted, once."""
    shown = example_rows(desk.open([position(quantity=text)] * 2, "book.csv").numbered, 4).splitlines()
    assert shown[2:] == [
        f"    {text!r} has a comma: write numbers with a decimal point and nothing between thousands, such as 1234.5."
    ]


def test_examples_cut_long_text(desk: Desk) -> None:
    """A cell of another column that slipped into a number's is not written out whole."""
    shown = example_rows(desk.open([position(quantity="9" * 20 + "x" * 20)], "book.csv").numbered, 4)
    assert f"quantity {'9' * 20 + 'xxxx'!r}" in shown
