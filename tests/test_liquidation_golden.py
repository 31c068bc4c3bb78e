"""Lines that an exchange printed for real accounts, from the margin it had left: by class of how rows were matched."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import Desk

from cohortiv.engine import connect
from cohortiv.liquidation import LINE, NO_LINE
from cohortiv.margin.brackets import Brackets, BracketSchedule, load_brackets
from cohortiv.positions import parse_as_of

GOLDEN = "hl_liqprice_golden_2026-02-05T0802.csv.gz"
DAY = "2026-02-05"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


@pytest.fixture(scope="module")
def golden(real_data: Path) -> pd.DataFrame:
    """Rows with the sign of their side and the rate that their line implies if one bracket serves at any size."""
    frame = pd.read_csv(real_data / GOLDEN)
    sign = np.where(frame["side"] == "Long", 1, -1)
    reach = frame["size"] * (frame["exchange_liquidation_px"] - frame["mark_px"])
    return frame.assign(sign=sign, implied=sign + frame["account_available_margin_usd_inferred"] / reach)


def lines_of(desk: Desk, rows: pd.DataFrame, brackets: Brackets, maintenance: "pd.Series[float]") -> pd.DataFrame:
    """Each row as a unit of one position, opened at the mark, whose wallet leaves the margin that the account has."""
    book = pd.DataFrame(
        {
            "account_id": [f"{n:05d}" for n in range(len(rows))], "symbol": rows["book_symbol"], "venue": "hyperliquid",
            "side": rows["side"].str.lower(), "quantity": rows["size"], "entry_price": rows["mark_px"],
            "mark_price": rows["mark_px"], "leverage": rows["leverage"].clip(lower=1), "margin_mode": "cross",
            "margin": rows["account_available_margin_usd_inferred"] + maintenance, "collateral_asset": "USDC",
        }
    )  # fmt: skip
    as_of = pd.Timestamp(str(parse_as_of(DAY))).to_pydatetime()
    frame = desk.solve(book, brackets=brackets, as_of=as_of).frame().sort_values("account_id")
    return frame.assign(line=frame["ratio"] * frame["mark_price"]).set_index(rows.index)


def shipped_lines(desk: Desk, rows: pd.DataFrame) -> pd.DataFrame:
    """Lines by the shipped tables."""
    brackets = load_brackets()
    tables = brackets.effective(pd.Timestamp(DAY).date())
    maintenance = []
    for coin, size_usd in zip(rows["coin"], rows["size_usd"], strict=True):
        found = tables.schedule_for("hyperliquid", coin, "linear")
        assert found is not None, coin
        maintenance.append(found.schedule.maintenance(size_usd).item())
    return lines_of(desk, rows.assign(book_symbol=rows["coin"]), brackets, pd.Series(maintenance, rows.index))


def share_met(found: pd.DataFrame, rows: pd.DataFrame) -> float:
    """Share of rows whose line meets the exchange's to one in a million."""
    return float(((found["line"] / rows["exchange_liquidation_px"] - 1).abs() < 1e-6).mean())


def of_class(golden: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of a class, with their size at the mark."""
    rows = golden[golden["match_class"].str.startswith(name)]
    return rows.assign(size_usd=rows["size"] * rows["mark_px"])


def test_every_ordinary_cross_row_meets_the_exchange(desk: Desk, golden: pd.DataFrame) -> None:
    """974 of 974, 106 of them in the second bracket at their line and only three of those at the mark."""
    rows = of_class(golden, "cross_meta")
    assert share_met(shipped_lines(desk, rows), rows) == 1.0
    assert (rows["size"] * rows["exchange_liquidation_px"] > rows["tier2_lower_usd"]).sum() > 100
    assert (rows["size_usd"] > rows["tier2_lower_usd"]).sum() < 5


def test_every_row_without_a_line_has_none(desk: Desk, golden: pd.DataFrame) -> None:
    """563 of 563: longs whose account outlives a price of nothing."""
    rows = of_class(golden, "no_liquidation_price")
    assert len(rows) == 563
    assert (shipped_lines(desk, rows)["state"] == NO_LINE).all()


def test_grandfathered_rows_meet_with_one_bracket_of_an_older_maximum(desk: Desk, golden: pd.DataFrame) -> None:
    """130 of 130, with half of one over a whole number as rate, without a second bracket; by today's table, none."""
    rows = of_class(golden, "cross_grandfathered")
    maxima = 0.5 / rows["implied"]
    np.testing.assert_allclose(maxima, maxima.round(), atol=1e-6)
    assert set(maxima.round()) == {5.0, 10.0, 20.0}
    assert share_met(shipped_lines(desk, rows), rows) == 0.0
    tables = [older_table(int(maximum)) for maximum in (5, 10, 20)]
    named = rows.assign(book_symbol="max " + maxima.round().astype(int).astype(str))
    found = lines_of(desk, named, Brackets(tuple(tables)), rows["size_usd"] * 0.5 / maxima.round())
    assert share_met(found, rows) == 1.0


def older_table(maximum: int) -> BracketSchedule:
    """One bracket for all sizes, of an older maximum leverage."""
    sample = load_brackets().schedules[0]
    return replace(
        sample, venue="hyperliquid", symbol=f"max {maximum}", contract="linear", floors=(0.0,), rates=(0.5 / maximum,),
        amounts=(0.0,), max_leverage=(float(maximum),), effective_from=pd.Timestamp("2020-01-01").date(),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["isolated_linear", "other"])
def test_isolated_rows_are_not_met_by_the_cross_formula(desk: Desk, golden: pd.DataFrame, name: str) -> None:
    """The account's margin isn't theirs: nine near the isolated formula and 33 with a margin that was changed."""
    rows = of_class(golden, name)
    assert len(rows) == {"isolated_linear": 9, "other": 33}[name]
    found = shipped_lines(desk, rows)
    assert share_met(found, rows) == 0.0
    assert set(found["state"]) <= {LINE, NO_LINE}
