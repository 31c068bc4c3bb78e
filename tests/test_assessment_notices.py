"""What is said of the input: names that match nothing, balances given twice, bracket tables that serve nothing."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, book, cohort_file, write

from cohortiv.assessment import Settings, read_cohort
from cohortiv.errors import DataError
from cohortiv.sources.sample import write_sample

pytestmark = ENGINE_WARNINGS
SMALL = book(40, symbols=("BTC",))
HEADER = "venue,symbol,contract,effective_from,floor_notional,mmr,maintenance_amount,max_leverage"


def told(folder: Path, frame: pd.DataFrame, **changes: object) -> str:
    """Everything that is said while a book is read."""
    lines: list[str] = []
    settings = Settings(positions=write(folder, frame), **changes)  # type: ignore[arg-type]
    read_cohort(settings, for_report=False, say=lines.append)
    return "\n".join(lines)


def members(folder: Path, names: list[str]) -> Path:
    """Cohort file of some accounts."""
    (folder / "clients.txt").write_text("\n".join(names), encoding="utf-8")
    return cohort_file(folder, "filters: {accounts_file: clients.txt}\n")


def brackets(folder: Path, *rows: str) -> Path:
    """A user's bracket file."""
    path = folder / "own.csv"
    path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("margn", "margin"),
        ("Margin_Mode", "margin_mode"),
        ("liquidationPrice", "liquidation_price"),
        ("haircut_", "haircut"),
    ],
)
def test_a_column_with_nearly_a_known_name_is_told(tmp_path: Path, column: str, meant: str) -> None:
    """It would be left out without a word."""
    frame = SMALL.assign(**{column: None})
    assert f"Note: the column {column!r} is not read; did you mean {meant}?" in told(tmp_path, frame)


def test_other_columns_are_ignored_in_silence(tmp_path: Path) -> None:
    """Names of their own, and names near a column that is there."""
    assert "not read" not in told(tmp_path, SMALL.assign(desk="a", quantities=1.0, margin_ratio=0.1))


@pytest.mark.parametrize(
    ("strangers", "expected"),
    [
        (0, "\n40 of 40 name(s) in the accounts file clients.txt are in the snapshot"),
        (40, "\n40 of 80 name(s) in the accounts file clients.txt are in the snapshot"),
        (41, "\nWarning: 40 of 81 name(s) in the accounts file clients.txt are in the snapshot"),
    ],
)
def test_matched_accounts_are_counted(tmp_path: Path, strangers: int, expected: str) -> None:
    """It is a warning where most names match nothing."""
    names = [*SMALL["account_id"], *(f"stranger-{n}" for n in range(strangers))]
    assert expected in told(tmp_path, SMALL, cohort=members(tmp_path, names))


def test_accounts_of_which_none_matches_are_bad_data(tmp_path: Path) -> None:
    """The file is named, its accounts are not."""
    names = [name.upper() for name in SMALL["account_id"]]
    with pytest.raises(DataError, match=r"accounts file clients.txt: none of its 40 name\(s\) is") as caught:
        told(tmp_path, SMALL, cohort=members(tmp_path, names))
    assert "ACCOUNT-" not in str(caught.value)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("venues: [Binance, binance]", "filter venues names 'Binance', which no row has; did you mean binance?"),
        ("symbols: [BTCUSDT, BTC]", "filter symbols names 'BTCUSDT', which no row has; did you mean BTC?"),
        ("symbols: [BTC, DOGE]", "filter symbols names 'DOGE', which no row has; the table holds BTC."),
    ],
)
def test_filters_that_match_nothing_are_named(tmp_path: Path, filters: str, expected: str) -> None:
    """With what was probably meant."""
    assert expected in told(tmp_path, SMALL, cohort=cohort_file(tmp_path, f"filters: {{{filters}}}\n"))


def crossed(*, first: float, second: float) -> pd.DataFrame:
    """Two cross positions of each account, with a balance in both rows."""
    other = book(40, seed=8, symbols=("ETH",)).assign(margin=second)
    return pd.concat([SMALL.assign(margin=first), other]).assign(margin_mode="cross")


def test_a_balance_on_every_row_is_told(tmp_path: Path) -> None:
    """How many accounts, their first five rows, and no name."""
    text = told(tmp_path, crossed(first=5e4, second=5e4))
    assert "Warning: 40 account(s) repeat the same wallet balance on every cross row" in text
    assert "(first: row 1, row 2, row 3, row 4, row 5)" in text
    assert "account-" not in text


def test_only_accounts_that_repeat_it_are_counted(tmp_path: Path) -> None:
    """The others state it once, or in parts."""
    frame = crossed(first=5e4, second=5e4)
    margin = frame["margin"].to_numpy().copy()
    margin[40:], margin[67] = 0.0, 5e4
    assert "Warning: 1 account(s) repeat" in (text := told(tmp_path, frame.assign(margin=margin)))
    assert "(first: row 28, row 68)" in text


@pytest.mark.parametrize("second", [0.0, 1e4, None])
def test_a_balance_in_parts_is_not_told(tmp_path: Path, second: float | None) -> None:
    """Parts that differ, zero and empty cells are how a balance may be written."""
    assert "repeat the same wallet balance" not in told(tmp_path, crossed(first=5e4, second=second))  # type: ignore[arg-type]


def test_isolated_margins_may_be_equal(tmp_path: Path) -> None:
    """They are no wallet."""
    assert "repeat" not in told(tmp_path, crossed(first=5e3, second=5e3).assign(margin_mode="isolated"))


def test_the_sample_gives_no_warning(tmp_path: Path) -> None:
    """It states each balance once."""
    made = write_sample(tmp_path, accounts=200)
    lines: list[str] = []
    settings = Settings(positions=str(made.positions), as_of="2026-09-30")
    read_cohort(settings, for_report=False, say=lines.append)
    assert [line for line in lines if line.startswith("Warning")] == []


def test_own_tables_that_served_nothing_are_told(tmp_path: Path) -> None:
    """The shipped table of a venue wins over an empty venue, and that is said."""
    own = brackets(tmp_path, ",BTC,linear,2020-01-01,0,0.03,0,", "okx,ETH,linear,2020-01-01,0,0.03,0,")
    text = told(tmp_path, SMALL, brackets=own)
    assert "Warning: 2 of 2 bracket table(s) in own.csv served no position:\n" in text
    assert "\n    empty venue BTC linear from 2020-01-01: binance has a table of its own" in text
    assert "\n    okx ETH linear from 2020-01-01: no position in ETH linear" in text


def test_own_tables_that_serve_are_not_told(tmp_path: Path) -> None:
    """Nothing is said of them."""
    own = brackets(tmp_path, "binance,BTC,linear,2020-01-01,0,0.03,0,")
    assert "served no position" not in told(tmp_path, SMALL, brackets=own)
