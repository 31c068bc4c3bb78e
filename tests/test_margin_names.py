"""What a misspelt venue or symbol was meant to be."""

import pytest

from cohortiv.margin.brackets import load_brackets
from cohortiv.margin.names import brackets_meant, nearest_symbol, nearest_venue
from cohortiv.margin.schedule import ScheduleKey

VENUES = ("", "binance", "hyperliquid")
SYMBOLS = ("BTC", "ETH", "SOL", "DOGE", "kPEPE", "BTCDOM")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Binance", "binance"), ("binance-futures", "binance"), ("BINANCE_USDM", "binance"), ("binnance", "binance"),
        (" hyperliquid ", "hyperliquid"), ("Hyper Liquid", "hyperliquid"), ("okx", None), ("unknown", None), ("", None),
    ],
)  # fmt: skip
def test_nearest_venue(name: str, expected: str | None) -> None:
    """Another case, a tail and a slip of the finger are seen through; another venue is not taken for a known one."""
    assert nearest_venue(name, VENUES) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("btc", "BTC"), ("XBT", "BTC"), ("XBTUSD", "BTC"), ("BTCUSDT", "BTC"), ("BTC-PERP", "BTC"),
        ("BTC/USDT:USDT", "BTC"), ("btcusd_perp", "BTC"), ("KPEPE", "kPEPE"), ("BTCDOMUSDT", "BTCDOM"),
        ("DOGEE", "DOGE"), ("NOSUCH", None), ("ADA", None), ("BTCX5Q", None), ("", None),
    ],
)  # fmt: skip
def test_nearest_symbol(name: str, expected: str | None) -> None:
    """Pairs, contract names, aliases and case lead to the base asset; another asset leads nowhere."""
    assert nearest_symbol(name, SYMBOLS) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("Binance", "BTC", "linear"), "did you mean the venue binance?"),
        (("binance", "BTCUSDT", "linear"), "did you mean the symbol BTC?"),
        (("Binance", "XBT", "linear"), "did you mean the venue binance and the symbol BTC?"),
        (("binance", "ETH", "inverse"), "there are brackets of its linear contract only"),
        (("okx", "BTC", "linear"), ""),
        (("binance", "NOSUCH", "linear"), ""),
    ],
)
def test_what_was_meant_by_a_contract_without_brackets(wanted: ScheduleKey, expected: str) -> None:
    """Only what differs from the name given is suggested."""
    assert brackets_meant(wanted, load_brackets()) == expected
