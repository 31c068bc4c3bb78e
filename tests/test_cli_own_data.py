"""Runs `cohortiv fetch` for accounts and through ccxt, on local servers."""

from pathlib import Path

import pandas as pd
import pytest
from fault_server import fault_server
from fetch_support import QUICK, GateRoutes, environment_of, routes

from cohortiv.cli.own_data import OwnFetch, fetch_own, is_own
from cohortiv.errors import UsageError
from cohortiv.sources.fetch import addresses


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fetch waits."""
    monkeypatch.setattr(addresses, "PACE", QUICK)


@pytest.mark.parametrize(
    ("source", "kinds", "own"),
    [
        ("binance:BTCUSDT", (), False),
        ("binance", ("positions",), True),
        ("binance:desk", ("positions", "brackets"), True),
        ("ccxt:gate:BTC/USDT:USDT", ("funding",), True),
    ],
)
def test_what_is_asked_for_is_told_apart(source: str, kinds: tuple[str, ...], own: bool) -> None:  # noqa: FBT001 - a case
    """Accounts and ccxt are fetched here, public data of the venues elsewhere."""
    assert is_own(source, kinds) is own


def test_an_account_is_kept_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two accounts on a venue don't mix, and positions come before the brackets."""
    with fault_server(routes("binance")) as server:
        for name, value in environment_of(server.url).items():
            monkeypatch.setenv(name, value)
        asked = OwnFetch("binance:desk", ("brackets", "positions"), tmp_path, 30)
        positions, brackets = fetch_own(asked, say=lambda _: None)
    assert set(pd.read_parquet(positions)["account_id"]) == {"desk"}
    assert (positions.parent.name, brackets.suffix) == ("desk", ".csv")


def test_a_history_comes_through_ccxt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is asked for; the days before now are."""
    with fault_server(GateRoutes()) as server:
        monkeypatch.setenv("COHORTIV_GATE_URL", server.url)
        asked = OwnFetch("ccxt:gate:BTC/USDT:USDT", ("funding",), tmp_path, 3650)
        (kept,) = fetch_own(asked, say=lambda _: None)
    assert list(pd.read_parquet(kept)["funding_rate"]) == [0.00063521, 0.0001]


def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    """Hyperliquid would refuse it in words of its own."""
    with pytest.raises(UsageError, match="40 hexadecimal digits"):
        list(fetch_own(OwnFetch("hyperliquid", ("positions",), tmp_path, 30, ("0xabc",)), say=lambda _: None))


@pytest.mark.parametrize(
    ("source", "kinds", "told"),
    [
        ("ccxt:", ("positions",), "Name the venue"),
        ("ccxt:gate", ("funding",), "without an instrument"),
        ("binance", ("positions", "bars"), "not both at once"),
        ("krakken", ("positions",), "ccxt:krakken"),
    ],
)
def test_what_does_not_go_together_is_told(source: str, kinds: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """Nothing is asked of anybody."""
    with pytest.raises(UsageError, match=told):
        list(fetch_own(OwnFetch(source, kinds, tmp_path, 30), say=lambda _: None))
