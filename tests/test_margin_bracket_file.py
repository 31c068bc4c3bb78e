"""Bracket tables read from CSV: each rule with a file that breaks it."""

from datetime import date
from pathlib import Path

import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.margin.bracket_file import bracket_paths, read_bracket_file

HEADER = "venue,symbol,contract,effective_from,floor_notional,mmr,maintenance_amount,max_leverage"
GOOD = (
    "binance,BTC,linear,2021-03-18,0,0.004,0,125",
    "binance,BTC,linear,2021-03-18,50000,0.005,50,100",
    "binance,BTC,linear,2021-03-18,250000,0.01,1300,",
)


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A bracket table on disk."""
    path = folder / "own.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_good_table_becomes_one_schedule(tmp_path: Path) -> None:
    """Three rows of one contract and date are one schedule of three brackets."""
    (schedule,) = read_bracket_file(written(tmp_path, *GOOD))
    assert schedule.key == ("binance", "BTC", "linear")
    assert schedule.effective_from == date(2021, 3, 18)
    assert schedule.floors == (0.0, 50_000.0, 250_000.0)
    assert schedule.rates == (0.004, 0.005, 0.01)
    assert schedule.amounts == (0.0, 50.0, 1_300.0)
    assert schedule.max_leverage == (125.0, 100.0, None)


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    """Rows upside down give the same schedule."""
    upright = read_bracket_file(written(tmp_path, *GOOD))
    assert read_bracket_file(written(tmp_path, *reversed(GOOD))) == upright


def test_without_a_source_column_the_file_is_the_source(tmp_path: Path) -> None:
    """A user's table need not name its source."""
    (schedule,) = read_bracket_file(written(tmp_path, *GOOD))
    assert schedule.source == "bracket table own.csv"


def test_a_source_column_is_kept(tmp_path: Path) -> None:
    """A cited source comes along with the schedule, once."""
    rows = [f"{row},exchange notice" for row in GOOD]
    (schedule,) = read_bracket_file(written(tmp_path, *rows, header=f"{HEADER},source"))
    assert schedule.source == "exchange notice"


def test_extra_columns_blanks_and_a_byte_order_mark_are_ignored(tmp_path: Path) -> None:
    """What spreadsheets add to a CSV file does no harm."""
    path = tmp_path / "own.csv"
    rows = "\r\n".join(f"{row.replace(',', ' , ')},note" for row in GOOD)
    path.write_text(f"\ufeff{HEADER},remark\r\n{rows}\r\n", encoding="utf-8", newline="")
    assert read_bracket_file(path)[0].floors == (0.0, 50_000.0, 250_000.0)


def test_dates_and_contracts_are_schedules_of_their_own(tmp_path: Path) -> None:
    """The same floor may appear once for each date and contract."""
    rows = (
        "binance,BTC,linear,2021-03-18,0,0.004,0,",
        "binance,BTC,linear,2026-09-29,0,0.005,0,",
        "binance,BTC,inverse,2021-03-18,0,0.004,0,",
    )
    assert len(read_bracket_file(written(tmp_path, *rows))) == 3


@pytest.mark.parametrize(
    ("rows", "words"),
    (
        pytest.param(("binance,,linear,2021-03-18,0,0.004,0,",), "without a symbol", id="no symbol"),
        pytest.param(("binance,BTC,coin,2021-03-18,0,0.004,0,",), "linear and inverse", id="contract"),
        pytest.param(("binance,BTC,linear,18/03/2021,0,0.004,0,",), "YYYY-MM-DD", id="date"),
        pytest.param(("binance,BTC,linear,,0,0.004,0,",), "YYYY-MM-DD", id="no date"),
        pytest.param(("binance,BTC,linear,2021-03-18,none,0.004,0,",), "floor is not numeric", id="floor"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.4%,0,",), "rate is not numeric", id="percent"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,nan,0,",), "rate is not numeric", id="nan"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0,0,",), "above 0 and at most 1", id="rate 0"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,1.5,0,",), "above 0 and at most 1", id="rate over 1"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.004,,",), "amount is not numeric", id="no amount"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.004,inf,",), "amount is not numeric", id="infinite amount"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.004,0,125x",), "largest leverage", id="leverage"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.004,0,0.5",), "largest leverage", id="leverage under 1"),
        pytest.param(GOOD[1:], "gap below the first bracket", id="gap"),
        pytest.param(("binance,BTC,linear,2021-03-18,-5,0.004,0,",), "lowest floor", id="negative floor"),
        pytest.param((*GOOD, GOOD[1]), "duplicated floor", id="duplicate"),
        pytest.param((*GOOD, "binance,BTC,linear,2021-03-18,1e6,0.005,50,"), "rate falls", id="falling rate"),
        pytest.param((*GOOD[:2], "binance,BTC,linear,2021-03-18,250000,0.01,0,"), "expected 1300", id="step"),
        pytest.param(("binance,BTC,linear,2021-03-18,0,0.004,50,",), "expected 0", id="first amount"),
    ),
)
def test_a_broken_rule_is_named(tmp_path: Path, rows: tuple[str, ...], words: str) -> None:
    """Each rule refuses the file that breaks it, and says which row and what is allowed."""
    with pytest.raises(DataError, match=words) as caught:
        read_bracket_file(written(tmp_path, *rows))
    assert "line " in str(caught.value)
    assert "1 row " in str(caught.value)


def test_missing_columns_are_listed(tmp_path: Path) -> None:
    """A table without its columns is told which ones are missing."""
    path = written(tmp_path, "binance,BTC", header="venue,symbol")
    with pytest.raises(DataError, match="missing columns contract, effective_from, floor_notional, mmr"):
        read_bracket_file(path)


def test_an_empty_file_misses_all_columns(tmp_path: Path) -> None:
    """A file without a header is bad data, not a crash."""
    path = tmp_path / "own.csv"
    path.touch()
    with pytest.raises(DataError, match="missing columns venue"):
        read_bracket_file(path)


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    """A table without rows would silently add nothing."""
    with pytest.raises(DataError, match="no rows"):
        read_bracket_file(written(tmp_path))


def test_a_short_row_is_refused(tmp_path: Path) -> None:
    """A row that ends early has empty cells, which are not numbers."""
    with pytest.raises(DataError, match="line 2: mmr ''"):
        read_bracket_file(written(tmp_path, "binance,BTC,linear,2021-03-18,0"))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    """A file that is not text is bad data, not a crash."""
    path = tmp_path / "own.csv"
    path.write_bytes(b"PAR1\xff\xfe\x00\x80")
    with pytest.raises(DataError, match="not a CSV file"):
        read_bracket_file(path)


def test_a_missing_file_is_bad_usage(tmp_path: Path) -> None:
    """A path that leads nowhere is the command's fault, not the data's."""
    with pytest.raises(UsageError, match="no such file"):
        read_bracket_file(tmp_path / "own.csv")


def test_many_bad_rows_are_counted_and_five_are_shown(tmp_path: Path) -> None:
    """Seven bad rates are one error that counts seven and shows lines 2 to 6."""
    rows = [f"binance,C{number},linear,2021-03-18,0,2,0," for number in range(7)]
    with pytest.raises(DataError, match="7 rows") as caught:
        read_bracket_file(written(tmp_path, *rows))
    assert [f"line {line}:" in str(caught.value) for line in range(2, 9)] == [True] * 5 + [False] * 2


def test_printed_rounding_is_no_step(tmp_path: Path) -> None:
    """An amount that is printed in whole cents passes where the exact one has more digits."""
    rows = (
        "hyperliquid,ETH,linear,2026-02-03,0,0.02,0,25",
        "hyperliquid,ETH,linear,2026-02-03,100000000,0.033333333,1333333.3,15",
    )
    assert len(read_bracket_file(written(tmp_path, *rows))) == 1


def test_a_hundredth_of_a_coin_is_a_step(tmp_path: Path) -> None:
    """Inverse amounts are coins, where a cent's tolerance would hide a step of hundreds of dollars."""
    rows = ("binance,BTC,inverse,2021-07-27,0,0.004,0,", "binance,BTC,inverse,2021-07-27,5,0.005,0.014,")
    with pytest.raises(DataError, match=r"expected 0\.005"):
        read_bracket_file(written(tmp_path, *rows))


def test_a_folder_is_all_its_tables(tmp_path: Path) -> None:
    """Of two with one contract and date the last by name counts, and other files are left alone."""
    for name, rate in (("a-brackets-1.csv", "0.004"), ("b/b-brackets-2.csv", "0.005")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{HEADER}\nokx,BTC,linear,2026-02-18,0,{rate},0,100\n", encoding="utf-8")
    (tmp_path / "notes.csv").write_text("nothing\n", encoding="utf-8")
    assert [path.name for path in bracket_paths(tmp_path)] == ["a-brackets-1.csv", "b-brackets-2.csv"]
    (schedule,) = read_bracket_file(tmp_path)
    assert schedule.rates == (0.005,)


def test_a_folder_without_tables_is_bad_usage(tmp_path: Path) -> None:
    """The message says what they are called."""
    with pytest.raises(UsageError, match="without a bracket table"):
        bracket_paths(tmp_path)
