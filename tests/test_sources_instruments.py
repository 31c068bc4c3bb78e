"""Reads venues' names of instruments."""

import pytest

from cohortiv.sources.instruments import Instrument, instrument_of, linear


@pytest.mark.parametrize(
    "name",
    [
        "BTC", "BTCUSDT", "BTCUSDC", "BTC-USDT-SWAP", "BTC/USDT:USDT", "BTC_USDT", "BTC-USDT", "XBTUSD", "XBTUSDTM",
        "BTCUSD_PERP", "BTCPERP", "BTC-PERP", "BTC-PERPETUAL", "BTC_USDC-PERPETUAL", "PF_XBTUSD", "PI_XBTUSD",
    ],
)  # fmt: skip
def test_one_coin_has_one_name(name: str) -> None:
    """However a venue writes a bitcoin perpetual, its symbol is BTC and a unit is one."""
    found = instrument_of(name)
    assert (found.symbol, found.multiplier, found.product) == ("BTC", 1.0, "perpetual")


@pytest.mark.parametrize(
    ("name", "symbol", "multiplier"),
    [
        ("kPEPE", "PEPE", 1e3),
        ("1000PEPEUSDT", "PEPE", 1e3),
        ("1000PEPE/USDT:USDT", "PEPE", 1e3),
        ("SHIB1000USDT", "SHIB", 1e3),
        ("10000LADYSUSDT", "LADYS", 1e4),
        ("1000000MOGUSDT", "MOG", 1e6),
        ("1MBABYDOGEUSDT", "BABYDOGE", 1e6),
        ("1INCHUSDT", "1INCH", 1.0),
        ("KAVAUSDT", "KAVA", 1.0),
    ],
)
def test_multipliers_are_read_off_the_name(name: str, symbol: str, multiplier: float) -> None:
    """A thousand or a million coins in a unit are told; digits that belong to a name are not."""
    assert instrument_of(name) == Instrument(symbol, multiplier, settle="USDT" if "USDT" in name else "")


@pytest.mark.parametrize(
    ("name", "contract", "settle"),
    [
        ("BTCUSDT", "linear", "USDT"),
        ("BTC-USD-SWAP", "inverse", "BTC"),
        ("BTCUSD_PERP", "inverse", "BTC"),
        ("XBTUSD", "inverse", "BTC"),
        ("BTC/USD:BTC", "inverse", "BTC"),
        ("BTC/USD:USDC", "linear", "USDC"),
        ("PI_XBTUSD", "inverse", "BTC"),
        ("PF_XBTUSD", "linear", "USD"),
        ("BNBUSD_PERP", "inverse", "BNB"),
    ],
)
def test_what_is_settled_in_its_own_coin_is_inverse(name: str, contract: str, settle: str) -> None:
    """Quotes and settlement tell the kind of contract and its margin's asset."""
    found = instrument_of(name)
    assert (found.contract, found.settle) == (contract, settle)


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("BTCUSDT_240628", "future"),
        ("BTC-USD-240628", "future"),
        ("BTC-27DEC24", "future"),
        ("BTCUSDH24", "future"),
        ("BTC/USD:BTC-240628", "future"),
        ("BTC-27DEC24-90000-C", "option"),
        ("BTC/USD:BTC-240628-70000-C", "option"),
    ],
)
def test_a_day_makes_a_future_and_a_strike_an_option(name: str, product: str) -> None:
    """Contracts that end are told from perpetuals."""
    found = instrument_of(name)
    assert (found.symbol, found.product) == ("BTC", product)


def test_a_name_of_no_known_form_is_kept() -> None:
    """What cannot be read stays as it is, and finds no brackets under it."""
    assert instrument_of("xyz:TSLA") == Instrument("xyz:TSLA")


def test_a_venue_can_say_that_all_is_linear() -> None:
    """Where BTC-USD is settled in dollars, the venue's module says so."""
    assert linear(instrument_of("BTC-USD"), "USDC") == Instrument("BTC", settle="USDC")
