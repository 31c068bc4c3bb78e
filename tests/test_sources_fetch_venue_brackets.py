"""Makes bracket tables of frozen answers, and holds them against the reader of bracket files."""

from datetime import date
from pathlib import Path

import pytest
from fetch_support import specimen

from cohortiv.margin.bracket_file import read_bracket_file
from cohortiv.sources.fetch.okx_account import contract_values
from cohortiv.sources.fetch.venue_brackets import (
    Ladder,
    Tier,
    binance_ladders,
    bracket_frame,
    bybit_ladders,
    hyperliquid_ladders,
    okx_ladders,
)

DAY = date(2026, 2, 18)
BINANCE, BYBIT, OKX = (specimen(name) for name in ("binance", "bybit", "okx"))
VALUES = contract_values(OKX["/api/v5/public/instruments?instType=SWAP"]["data"])
MARKS = {"BTC-USDT-SWAP": 50_000.0, "BTC-USD-SWAP": 50_000.0}


def okx() -> list[Ladder]:
    """Both families of the specimen."""
    rows = [row for name, answer in OKX.items() if "position-tiers" in name for row in answer["data"]]
    return okx_ladders(rows, values=VALUES, marks=MARKS)


def every() -> list[Ladder]:
    """Ladders of all venues."""
    return [
        *binance_ladders(BINANCE["/fapi/v1/leverageBracket"], inverse=False),
        *binance_ladders(BINANCE["/dapi/v2/leverageBracket"], inverse=True),
        *bybit_ladders(BYBIT["/v5/market/risk-limit?category=linear"]["result"]["list"], inverse=False),
        *bybit_ladders(BYBIT["/v5/market/risk-limit?category=inverse"]["result"]["list"], inverse=True),
        *okx(),
        *hyperliquid_ladders(specimen("hyperliquid")["meta"]),
    ]


def test_the_table_is_one_that_the_toolkit_reads(tmp_path: Path) -> None:
    """Gaps, overlaps, falling rates and broken amounts are refused there, so none is in it."""
    frame, _ = bracket_frame(every(), effective_from=DAY, source="specimen")
    frame.to_csv(tmp_path / "brackets.csv", index=False)
    read = {schedule.key for schedule in read_bracket_file(tmp_path / "brackets.csv")}
    assert read == {
        ("binance", "WLD", "linear"), ("binance", "BTC", "linear"), ("binance", "BTC", "inverse"),
        ("bybit", "XRP", "linear"), ("bybit", "BTC", "inverse"), ("okx", "BTC", "linear"), ("okx", "BTC", "inverse"),
        ("hyperliquid", "BTC", "linear"), ("hyperliquid", "PEPE", "linear"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("symbol", "contract", "amounts"), [("BTC", "linear", [0, 50, 1300]), ("BTC", "inverse", [0, 0.005])]
)
def test_amounts_are_those_that_binance_states(symbol: str, contract: str, amounts: list[float]) -> None:
    """Continuity gives the venue's own `cum`."""
    frame, _ = bracket_frame(every(), effective_from=DAY, source="specimen")
    rows = frame[(frame["venue"] == "binance") & (frame["symbol"] == symbol) & (frame["contract"] == contract)]
    assert list(rows["maintenance_amount"]) == pytest.approx(amounts)


def test_amounts_are_those_that_bybit_states() -> None:
    """Its deduction of the second tier is 1,000 USD."""
    frame, _ = bracket_frame(every(), effective_from=DAY, source="specimen")
    rows = frame[(frame["venue"] == "bybit") & (frame["symbol"] == "XRP")]
    assert list(rows["maintenance_amount"]) == pytest.approx([0, 1000])


def test_percent_becomes_a_fraction() -> None:
    """A first rate of 0.5 is half a percent."""
    ladder = bybit_ladders(BYBIT["/v5/market/risk-limit?category=inverse"]["result"]["list"], inverse=True)[0]
    assert ladder.tiers[0].rate == 0.005


def test_tiers_of_contracts_become_notional() -> None:
    """500 contracts of 0.01 BTC at 50,000 USD end the first tier of OKX at 250,000 USD."""
    assert [tier.floor for tier in okx()[0].tiers] == [0.0, 250_000.0]


def test_rates_follow_from_the_largest_leverage() -> None:
    """Hyperliquid asks for half of the initial margin: 1/80 and, from 150 million on, 1/40."""
    ladder = hyperliquid_ladders(specimen("hyperliquid")["meta"])[0]
    assert ladder.tiers == (Tier(0.0, 0.0125, 40.0), Tier(150e6, 0.025, 20.0))


def test_one_ladder_serves_a_symbol() -> None:
    """The contract in tether serves bitcoin, and the other one, which has brackets of its own, is named."""
    _, notes = bracket_frame(every(), effective_from=DAY, source="specimen")
    assert notes == ("binance BTCUSDC: has brackets of its own; those of BTCUSDT serve",)


def test_a_ladder_with_a_hole_is_left_out_and_named() -> None:
    """Without a mark OKX's sizes are no notional."""
    unmarked = okx_ladders(OKX["/api/v5/public/position-tiers?instFamily=BTC-USDT"]["data"], values=VALUES, marks={})
    frame, notes = bracket_frame(unmarked, effective_from=DAY, source="specimen")
    assert (len(frame), notes) == (0, ("okx BTC-USDT-SWAP: its brackets have a hole and are left out",))
