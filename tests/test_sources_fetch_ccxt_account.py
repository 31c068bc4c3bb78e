"""Fetches and keeps through ccxt, and reads what was kept."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from fault_server import FaultServer, fault_server
from fetch_support import QUICK, GateRoutes

from cohortiv.errors import UsageError
from cohortiv.margin.bracket_file import read_bracket_file
from cohortiv.sources.fetch.ccxt_account import fetch_brackets, fetch_histories, fetch_positions
from cohortiv.sources.fetch.ccxt_history import Span
from cohortiv.sources.fetch.kept import read_origin
from cohortiv.sources.fetch.own_account import OwnAccount, Surroundings
from cohortiv.sources.files import open_positions

DAY = Span(datetime(2024, 1, 12, tzinfo=UTC), datetime(2024, 1, 13, tzinfo=UTC))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Gate on a local server."""
    with fault_server(GateRoutes()) as running:
        yield running


def around(server: FaultServer) -> Surroundings:
    """Keys and the address of the server."""
    keys = {"COHORTIV_GATE_KEY": "public-text", "COHORTIV_GATE_SECRET": "secret-text"}
    return Surroundings({**keys, "COHORTIV_GATE_URL": server.url}, QUICK)


def test_positions_and_brackets_are_kept(server: FaultServer, tmp_path: Path) -> None:
    """Both are files that the toolkit reads; brackets are those of what is held."""
    asked = OwnAccount("gate", tmp_path)
    path = fetch_positions(asked, around(server))
    rows = open_positions(str(path)).table.to_pyarrow().to_pylist()
    assert [row["reason"] for row in rows] == [0, 0]
    assert {schedule.symbol for schedule in read_bracket_file(fetch_brackets(asked, around(server)))} == {"BTC"}
    assert b"secret-text" not in path.read_bytes()


def test_histories_are_kept_with_their_origin(server: FaultServer, tmp_path: Path) -> None:
    """Each kind is a file of its own."""
    found = fetch_histories(
        OwnAccount("gate", tmp_path), around(server), instrument="BTC/USDT:USDT", kinds=("funding",), span=DAY
    )
    assert len(pd.read_parquet(found["funding"])) == 2
    assert read_origin(found["funding"])["name"] == "BTC/USDT:USDT"


@pytest.mark.parametrize("name", ["binance", "binanceusdm", "binancecoinm"])
def test_native_venues_are_not_read_through_ccxt(name: str, tmp_path: Path) -> None:
    """Their keys' rights are checked where they are read without it, whatever ccxt calls a part of them."""
    with pytest.raises(UsageError, match=f"Write binance in place of ccxt:{name}"):
        fetch_positions(OwnAccount(name, tmp_path), Surroundings({}))


def test_a_wallet_s_private_key_is_not_taken(tmp_path: Path) -> None:
    """Where ccxt signs with one, positions are to be exported by hand."""
    with pytest.raises(UsageError, match="privateKey"):
        fetch_positions(OwnAccount("lighter", tmp_path), Surroundings({}))


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """The variables of the venue are told."""
    with pytest.raises(UsageError, match="COHORTIV_GATE_KEY, COHORTIV_GATE_SECRET"):
        fetch_positions(OwnAccount("gate", tmp_path), Surroundings({}))
