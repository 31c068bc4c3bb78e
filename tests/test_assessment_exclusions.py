"""What is excluded: examples by row of the file, what was probably meant, and what share it is."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, assessed, book, cohort_file, write

from cohortiv.assessment import Settings, excluded_share, read_cohort
from cohortiv.assessment.exclusions import share_lost
from cohortiv.early_warning import Code
from cohortiv.errors import DataError
from cohortiv.liquidation import units

pytestmark = ENGINE_WARNINGS
SMALL = book(40, symbols=("BTC",))


def said(folder: Path, frame: pd.DataFrame, *, name: str = "positions.parquet", **changes: object) -> str:
    """The warning about what is excluded from a book, however much it is."""
    told: list[str] = []
    path = folder / name
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        write(folder, frame, name)
    settings = Settings(positions=str(path), max_excluded=1.0, **changes)  # type: ignore[arg-type]
    read_cohort(settings, for_report=False, say=told.append)
    assert "are excluded" in told[-1], told
    return told[-1]


def rows_shown(text: str) -> list[int]:
    """Row numbers of all examples."""
    return [int(line.split()[1].rstrip(":")) for line in text.splitlines() if line.startswith("    row ")]


def crossed(margin: float | None = 1e6) -> pd.DataFrame:
    """The book in cross margin, each account with a balance."""
    return SMALL.assign(margin_mode="cross", margin=margin)


def test_rows_without_brackets_have_their_numbers(tmp_path: Path) -> None:
    """The first five of them, in the order of the file."""
    frame = SMALL.copy()
    frame.loc[range(3, 40, 5), "venue"] = "nowhere"
    assert rows_shown(said(tmp_path, frame)) == [4, 9, 14, 19, 24]


def test_cross_rows_without_balance_have_their_numbers(tmp_path: Path) -> None:
    """Rule 14, with the margin that is missing."""
    frame = crossed()
    frame.loc[[5, 7], "margin"] = None
    text = said(tmp_path, frame)
    assert rows_shown(text) == [6, 8]
    assert text.count("margin None") == 2


def test_rows_of_an_incomplete_unit_have_their_numbers(tmp_path: Path) -> None:
    """Rule 15 shows the sound partner, the rule that was broken the bad row."""
    frame = crossed()
    partner = frame.iloc[[2]].assign(symbol="ETH", quantity=-1.0)
    text = said(tmp_path, pd.concat([frame, partner]))
    assert "margin unit incomplete: 1 row(s)" in text
    assert sorted(rows_shown(text)) == [3, 41]


def test_rows_whose_line_does_not_settle_have_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 16: with so large a balance only shorts have a line to search for."""
    monkeypatch.setattr(units, "MAX_STEPS", 0)
    shorts = [number for number, side in enumerate(SMALL["side"], start=1) if side == "short"]
    text = said(tmp_path, crossed())
    assert f"line not settled: {len(shorts)} row(s)" in text
    assert rows_shown(text) == shorts[:5]


def test_repeated_rows_have_their_numbers(tmp_path: Path) -> None:
    """The first of equal rows was kept, the later ones are shown."""
    assert rows_shown(said(tmp_path, pd.concat([SMALL, SMALL.iloc[[1, 0]]]))) == [41, 42]


def test_numbers_are_those_of_the_file_with_several_snapshots(tmp_path: Path) -> None:
    """Rows of other snapshots are counted too."""
    frame = book(40, symbols=("BTC",), times=("2026-02-11T12:00:00", "2026-02-18T12:00:00"))
    frame.loc[[1, 43], "quantity"] = -1.0
    frame.loc[[2, 45], "symbol"] = "NOSUCH"
    assert rows_shown(said(tmp_path, frame, as_of="2026-02-18")) == [44, 46]


def test_linear_and_inverse_positions_are_told_apart(tmp_path: Path) -> None:
    """An account with both contracts of a symbol is shown with the one that has no brackets."""
    symbol = "ETH"
    frame = pd.concat([SMALL.iloc[[0]]] * 2).assign(symbol=symbol, contract=["linear", "inverse"], quantity=[1.0, 1e3])
    text = said(tmp_path, pd.concat([SMALL.iloc[1:].assign(contract="linear"), frame]))
    assert rows_shown(text) == [41]
    assert "there are brackets of its linear contract only" in text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"venue": "Binance"}, "did you mean the venue binance?"),
        ({"venue": "binance-futures"}, "did you mean the venue binance?"),
        ({"symbol": "btc"}, "did you mean the symbol BTC?"),
        ({"symbol": "ETHUSDT"}, "did you mean the symbol ETH?"),
        ({"symbol": "ETH-PERP"}, "did you mean the symbol ETH?"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else None,
)
def test_an_unknown_spelling_is_told_with_what_was_meant(tmp_path: Path, change: dict[str, str], told: str) -> None:
    """How many rows have it, the name that is probably meant, and where there are brackets at all."""
    frame = SMALL.copy()
    for column, name in change.items():
        frame.loc[:2, column] = name
    text = said(tmp_path, frame)
    assert f"{next(iter(change.values()))!r}" in text
    assert f": 3 row(s); {told}" in text
    assert "Venues with brackets: binance, hyperliquid." in text


def test_an_unknown_venue_has_no_suggestion(tmp_path: Path) -> None:
    """Nothing is made up where nothing is near."""
    text = said(tmp_path, SMALL.assign(venue=["okx"] * 2 + ["binance"] * 38))
    assert "did you mean" not in text
    assert "venue 'okx', symbol 'BTC', linear: 2 row(s)" in text


def test_text_in_a_number_column_is_shown(tmp_path: Path) -> None:
    """What was got is not lost."""
    frame = SMALL.astype({"quantity": "str"})
    frame.loc[0, "quantity"] = "1,000"
    assert "row 1: symbol 'BTC', venue 'binance', side 'long', quantity '1,000'" in said(
        tmp_path, frame.assign(side="long"), name="positions.csv"
    )


def without_prices(rows: int) -> pd.DataFrame:
    """A book some of whose rows have no mark."""
    frame = book(60)
    frame.loc[: rows - 1, "mark_price"] = None
    return frame


def test_rows_without_a_price_count_by_their_number(tmp_path: Path) -> None:
    """Nine tenths of the rows are nine tenths of the notional, and the run stops."""
    with pytest.raises(DataError, match=r"54 of 60 row\(s\), 90.00% of the notional \(54 of them have no notional"):
        assessed(tmp_path, without_prices(54))


def test_rows_without_a_price_make_it_grey(tmp_path: Path) -> None:
    """However much may be excluded, less than half of the notional is usable."""
    result = assessed(tmp_path, without_prices(40), max_excluded=1.0, for_report=False)
    assert result.code == Code.GREY
    assert any(reason.startswith("Only 33.3 % of the notional is usable") for reason in result.grey)
    assert excluded_share(result.reading.profile) == pytest.approx(40 / 60)


@pytest.mark.parametrize(
    ("lost", "used", "expected"),
    [
        ((0, 0, 0), (0, 0, 0), 0.0),
        ((0, 0, 0), (5, 100, 0), 0.0),
        ((2, 25, 0), (3, 75, 0), 0.25),
        ((9, 0, 9), (1, 1_000, 0), 0.9),
        ((9, 0, 9), (0, 0, 0), 1.0),
        ((3, 100, 1), (2, 300, 0), 0.4),
    ],
)
def test_share_lost(lost: tuple[int, int, int], used: tuple[int, int, int], expected: float) -> None:
    """Rows of unknown notional count with the average of the others."""
    names = ["positions", "notional_cents", "unsized"]
    assert share_lost(pd.DataFrame([lost], columns=names), pd.DataFrame([used], columns=names)) == pytest.approx(
        expected
    )


def test_rows_out_of_scope_are_no_examples_of_rules_on_lines(tmp_path: Path) -> None:
    """A cohort filtered to some accounts is told of their rows only."""
    frame = SMALL.copy()
    frame.loc[[1, 20], "symbol"] = "NOSUCH"
    (tmp_path / "members.txt").write_text("\n".join(frame["account_id"].iloc[10:]), encoding="utf-8")
    cohort = cohort_file(tmp_path, "filters: {accounts_file: members.txt}\n")
    assert rows_shown(said(tmp_path, frame, cohort=cohort)) == [21]
