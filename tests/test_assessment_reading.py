"""A cohort read: filters, snapshots, exclusions, and totals that reconcile or stop the run."""

from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, cohort_file, write

from cohortiv.assessment import CohortReading, Settings, building, exclusions, read_cohort
from cohortiv.assessment.building import build_past
from cohortiv.errors import DataError, UsageError
from cohortiv.positions import ControlTotals
from cohortiv.profile import used_totals

pytestmark = ENGINE_WARNINGS
SMALL = book(40)


def read(folder: Path, frame: pd.DataFrame, *, said: list[str] | None = None, **changes: object) -> CohortReading:
    """Reading of a book that stays with the analyst."""
    settings = Settings(**{"positions": write(folder, frame), "as_of": AS_OF} | changes)  # type: ignore[arg-type]
    return read_cohort(settings, for_report=False, say=(said if said is not None else []).append)


def broken(rows: int) -> pd.DataFrame:
    """A book some of whose rows have a negative quantity."""
    frame = SMALL.copy()
    frame.loc[: rows - 1, "quantity"] = -1.0
    return frame


def test_everything_read_is_used_excluded_or_out_of_scope(tmp_path: Path) -> None:
    """Rows add up from the file to the profile."""
    found = read(tmp_path, broken(3), symbol="BTC", max_excluded=1.0)
    cells = found.profile.cells
    assert found.totals.rows == len(SMALL) == int(cells["positions"].sum())
    assert set(found.profile.used["symbol"]) == {"BTC"}


@pytest.mark.parametrize("field", ["rows", "notional_cents", "accounts"])
def test_totals_that_do_not_reconcile_stop_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """A row, an account or a cent too few is named with both figures."""
    true = used_totals

    def short(lines: ir.Table, *, one_each: bool = False) -> ControlTotals:
        totals = true(lines, one_each=one_each)
        return replace(totals, **{field: getattr(totals, field) - 1})

    monkeypatch.setattr(building, "used_totals", short)
    with pytest.raises(DataError, match=rf"{field} do not reconcile: .* were read, .* \(difference -1\)"):
        read(tmp_path, SMALL)


def test_a_position_given_twice_counts_once(tmp_path: Path) -> None:
    """Also where every other account has one position."""
    once = read(tmp_path, SMALL)
    twice = read(tmp_path, pd.concat([SMALL, SMALL.iloc[:1]]), max_excluded=1.0)
    assert twice.totals.rows == once.totals.rows + 1
    assert twice.profile.leveraged_notional_usd == once.profile.leveraged_notional_usd
    assert exclusions(twice.profile)["rule"].tolist() == ["duplicate"]


def test_few_excluded_rows_are_a_warning(tmp_path: Path) -> None:
    """The warning counts the rows, shows them without account ids and says what to do."""
    said: list[str] = []
    found = read(tmp_path, broken(1), said=said, max_excluded=0.1)
    warning = said[-1]
    assert "quantity invalid: 1 row(s)" in warning
    assert "row 1: " in warning
    assert "what to do: drop closed positions" in warning
    assert "account-" not in warning
    assert exclusions(found.profile)[["rule", "rows"]].values.tolist() == [["quantity invalid", 1]]


def test_too_many_excluded_rows_are_an_error(tmp_path: Path) -> None:
    """The error shows the first five rows of each rule, what is allowed, and the flag that accepts them."""
    frame = broken(9)
    frame.loc[20:22, "side"] = "up"
    with pytest.raises(DataError) as caught:
        read(tmp_path, frame)
    text = str(caught.value)
    assert "quantity invalid: 9 row(s)" in text
    assert "side unknown: 3 row(s)" in text
    assert text.count("    row ") == 5 + 3
    assert "Allowed is 1.00% of the notional" in text
    assert "--max-excluded" in text


def test_broken_rows_out_of_scope_are_neither_counted_nor_shown(tmp_path: Path) -> None:
    """A bad row of another symbol is no concern of this run."""
    frame = SMALL.assign(quantity=SMALL["quantity"].where(SMALL["symbol"] != "ETH", -1.0))
    frame.loc[frame.index[frame["symbol"] == "BTC"][0], "quantity"] = -2.5
    said: list[str] = []
    read(tmp_path, frame, said=said, symbol="BTC", max_excluded=1.0)
    assert "quantity invalid: 1 row(s)" in said[-1]
    assert said[-1].count("    row ") == 1
    assert "quantity -2.5" in said[-1]


def test_row_without_brackets_is_shown(tmp_path: Path) -> None:
    """A rule that only solving can break has its examples too."""
    frame = pd.concat([SMALL, SMALL.iloc[:1].assign(symbol="NOSUCH", account_id="other")])
    said: list[str] = []
    read(tmp_path, frame, said=said, max_excluded=1.0)
    assert "no brackets: 1 row(s)" in said[-1]
    assert "symbol 'NOSUCH'" in said[-1]


def test_unknown_symbol_names_what_there_is(tmp_path: Path) -> None:
    """The message lists the table's symbols."""
    with pytest.raises(DataError, match=r"--symbol got 'DOGE'; the table holds BTC, ETH"):
        read(tmp_path, SMALL, symbol="DOGE")


def test_symbol_outside_the_cohort_is_bad_usage(tmp_path: Path) -> None:
    """A symbol that the cohort's own filter excludes is a contradiction."""
    cohort = cohort_file(tmp_path, "filters: {symbols: [BTC]}\n")
    with pytest.raises(UsageError, match="filtered to BTC"):
        read(tmp_path, SMALL, cohort=cohort, symbol="ETH")


def test_cohort_filters_by_venue_product_and_accounts(tmp_path: Path) -> None:
    """What the filters leave out is counted as out of scope, and the rest is used."""
    frame = SMALL.assign(product="perpetual")
    frame.loc[:9, "venue"] = "hyperliquid"
    frame.loc[10:14, "product"] = "future"
    members = frame["account_id"].iloc[5:30]
    (tmp_path / "members.csv").write_text("account_id\n" + "\n".join(members), encoding="utf-8")
    cohort = cohort_file(tmp_path, "filters: {venues: [binance], products: [perpetual], accounts_file: members.csv}\n")
    found = read(tmp_path, frame, cohort=cohort)
    assert int(found.profile.used["positions"].sum()) == 15
    assert found.figures.accounts == 15
    assert found.cohort.name == "test-cohort"


def test_table_without_times_takes_the_asked_one(tmp_path: Path) -> None:
    """--as-of then labels the snapshot, and nothing is known of its age."""
    found = read(tmp_path, SMALL.drop(columns="as_of"))
    assert not found.timed
    assert f"{found.as_of:%Y-%m-%d}" == AS_OF


def test_other_snapshots_are_counted(tmp_path: Path) -> None:
    """Rows of other times are neither used nor lost."""
    frame = book(40, times=("2026-02-11T12:00:00", "2026-02-18T12:00:00", "2026-02-25T12:00:00"))
    found = read(tmp_path, frame)
    assert (found.totals.rows, found.other_rows) == (40, 80)


def test_cross_units_of_several_symbols_have_a_market_reading(tmp_path: Path) -> None:
    """Read as a whole, such a unit's lines are the market's; with one symbol, the symbol's own."""
    frame = pd.concat([book(40, symbols=("BTC",)), book(40, seed=8, symbols=("ETH",))]).assign(
        margin_mode="cross", margin=2_000.0
    )
    whole = read(tmp_path, frame).profile.leveraged
    single = read(tmp_path, frame, symbol="BTC").profile.leveraged
    assert set(whole["reading"]) == {1}
    assert set(single["reading"]) == {0}


@pytest.mark.parametrize("every", [False, True])
def test_profiles_reconcile_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, every: bool) -> None:
    """A profile that lost a row is not handed over."""
    true = used_totals

    def short(lines: ir.Table, *, one_each: bool = False) -> ControlTotals:
        totals = true(lines, one_each=one_each)
        return replace(totals, rows=totals.rows - 1)

    monkeypatch.setattr(building, "used_totals", short)
    frame = book(40, times=("2026-02-11T12:00:00", "2026-02-18T12:00:00"))
    settings = Settings(positions=write(tmp_path, frame), as_of=None if every else AS_OF)
    with pytest.raises(
        DataError, match=rf"rows do not reconcile: {80 if every else 40} were read, .* \(difference -1\)"
    ):
        build_past(settings, every=every, say=lambda _: None)


@pytest.mark.parametrize(("asked", "meant"), [("btc", "BTC"), ("ETHUSDT", "ETH"), ("XBT", "BTC")])
def test_a_misspelt_symbol_is_told_with_what_was_meant(tmp_path: Path, asked: str, meant: str) -> None:
    """Of the symbols that the table holds."""
    with pytest.raises(DataError, match=rf"--symbol got '{asked}'; the table holds BTC, ETH. Did you mean {meant}\?"):
        read(tmp_path, SMALL, symbol=asked)
