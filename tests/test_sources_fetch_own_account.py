"""Fetches and keeps an account from a local server, and reads what was kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fault_server import Fault, FaultServer, fault_server
from fetch_support import QUICK, environment_of, routes

from cohortiv.errors import UsageError
from cohortiv.margin.bracket_file import read_bracket_file
from cohortiv.schema import USED
from cohortiv.sources.fetch.kept import read_origin
from cohortiv.sources.fetch.own_account import VENUES, OwnAccount, Surroundings, fetch_brackets, fetch_positions
from cohortiv.sources.files import open_positions


@dataclass(frozen=True)
class Played:
    """A venue that is played, what a fetch needs, and the lines that it said."""

    server: FaultServer
    around: Surroundings
    said: list[str]


@contextmanager
def played(venue: str, **changed: object) -> Iterator[Played]:
    """A venue's specimen on a local server."""
    said: list[str] = []
    with fault_server(routes(venue, **changed)) as server:
        yield Played(server, Surroundings(environment_of(server.url), QUICK, said.append), said)


def asked(venue: str, folder: Path) -> OwnAccount:
    """The account of the specimens."""
    return OwnAccount(venue, folder, addresses=("0xabc",) if venue == "hyperliquid" else ())


@pytest.mark.parametrize("venue", VENUES)
def test_kept_positions_are_positions(venue: str, tmp_path: Path) -> None:
    """What was kept is a sound position table, of one snapshot."""
    with played(venue) as play:
        path = fetch_positions(asked(venue, tmp_path), play.around)
    rows = open_positions(str(path)).table.to_pyarrow().to_pylist()
    assert {row["reason"] for row in rows} == {USED}
    assert {row["venue"] for row in rows} == {venue}
    assert len({row["as_of"] for row in rows}) == 1
    assert path.parts[-4:-1] == (venue, "positions", "own")


@pytest.mark.parametrize("venue", ["binance", "bybit", "okx"])
def test_no_secret_is_kept_or_said(venue: str, tmp_path: Path) -> None:
    """Neither in the file's bytes nor in a line of progress."""
    with played(venue) as play:
        path = fetch_positions(asked(venue, tmp_path), play.around)
    secrets = [value for name, value in play.around.environment.items() if not name.endswith("_URL")]
    told = path.read_bytes().decode("latin-1") + "\n".join(play.said)
    assert not any(secret in told for secret in secrets)


def test_the_origin_tells_what_the_key_may(tmp_path: Path) -> None:
    """Requests with their digests are kept, and what is known of the key."""
    with played("binance") as play:
        origin = read_origin(fetch_positions(asked("binance", tmp_path), play.around))
    assert origin["notes"][0] == "binance: the key only reads, as the venue says"  # type: ignore[index]
    assert {len(request["sha256"]) for request in origin["requests"]} == {64}  # type: ignore[attr-defined]


def test_a_clock_that_is_off_is_kept_with_the_data(tmp_path: Path) -> None:
    """A venue five minutes ahead of this machine is named once in the origin, and the positions have its time."""
    with fault_server(routes("hyperliquid"), always=Fault(skew=300.0)) as server:
        around = Surroundings(environment_of(server.url), QUICK)
        origin = read_origin(fetch_positions(asked("hyperliquid", tmp_path), around))
    assert ["ahead of" in note for note in origin["notes"]].count(True) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("venue", VENUES)
def test_kept_brackets_are_brackets(venue: str, tmp_path: Path) -> None:
    """The table beside them is one that --brackets takes."""
    marks = {"code": "0", "data": [{"instId": name, "markPx": "34140"} for name in ("BTC-USDT-SWAP", "BTC-USD-SWAP")]}
    with played(venue, **{"api__v5__public__mark-price": marks}) as play:
        fetch_positions(asked(venue, tmp_path), play.around)
        table = fetch_brackets(asked(venue, tmp_path), play.around)
    assert {schedule.venue for schedule in read_bracket_file(table)} == {venue}


def test_brackets_of_okx_need_positions(tmp_path: Path) -> None:
    """It is asked by instrument, so those held have to be known."""
    with played("okx") as play, pytest.raises(UsageError, match="Fetch the positions first"):
        fetch_brackets(asked("okx", tmp_path), play.around)


def test_without_a_key_nothing_is_asked(tmp_path: Path) -> None:
    """The variables are named, and the venue hears nothing."""
    with played("okx") as play:
        around = Surroundings({"COHORTIV_OKX_URL": play.server.url}, QUICK)
        with pytest.raises(UsageError, match="COHORTIV_OKX_PASSPHRASE"):
            fetch_positions(asked("okx", tmp_path), around)
    assert play.server.asked == []


def test_an_unknown_venue_is_told(tmp_path: Path) -> None:
    """Those that are read are named, and the way to the others."""
    with pytest.raises(UsageError, match="ccxt:krakken"):
        fetch_positions(OwnAccount("krakken", tmp_path), Surroundings())


def test_one_account_under_two_names_is_told(tmp_path: Path) -> None:
    """Its positions would count twice in a cohort of both; under its own name it may come again."""
    with played("binance") as play:
        fetch_positions(asked("binance", tmp_path), play.around)
        fetch_positions(asked("binance", tmp_path), play.around)
        assert not any("same positions" in line for line in play.said)
        path = fetch_positions(replace(asked("binance", tmp_path), account="desk"), play.around)
    (told,) = (line for line in play.said if "same positions" in line)
    assert "binance desk: the same positions as those kept under 'own'" in told
    assert any("same positions" in str(note) for note in read_origin(path)["notes"])  # type: ignore[attr-defined]
