"""Turns `--positions VENUE:` into files that were kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fault_server import FaultServer, fault_server
from fetch_support import QUICK, GateRoutes, environment_of, routes

from cohortiv.cli.completion import ACCOUNTS
from cohortiv.cli.positions_source import VENUES, located_positions
from cohortiv.errors import DataError, FetchError, UsageError
from cohortiv.sources.fetch import addresses
from cohortiv.sources.fetch.answers import account_name
from cohortiv.sources.fetch.kept import keep
from cohortiv.sources.fetch.origins import Origin
from cohortiv.sources.fetch.own_account import VENUES as READ


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fetch waits."""
    monkeypatch.setattr(addresses, "PACE", QUICK)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """Binance on a local server, with a key."""
    with fault_server(routes("binance")) as running:
        for name, value in environment_of(running.url).items():
            monkeypatch.setenv(name, value)
        yield running


def located(folder: Path, *positions: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - options
    """Options of `index`."""
    options = {"positions": positions, "as_of": None, "data": folder, "offline": False, **changed}
    return located_positions(options, say=lambda _: None)


def test_the_venues_are_those_that_are_read() -> None:
    """The list that is quick to load is that of the module that is not."""
    assert set(VENUES) == set(READ) == {*ACCOUNTS, "hyperliquid"}


@pytest.mark.parametrize(("given", "text"), [((), None), (("",), ""), (("a", " "), "")])
def test_left_out_and_empty_are_told_apart(given: tuple[str, ...], text: str | None, tmp_path: Path) -> None:
    """An unset variable is not the embedded sample."""
    assert located(tmp_path, *given)["positions"] == text


def test_several_files_are_one_text(tmp_path: Path) -> None:
    """Semicolons stand between them."""
    assert located(tmp_path, "a.csv", "hyperliquid:b.csv")["positions"] == "a.csv;hyperliquid:b.csv"


@pytest.mark.parametrize("spec", ["binance:", "binance"])
def test_an_account_is_fetched_and_kept(spec: str, server: FaultServer, tmp_path: Path) -> None:
    """The run is on the file, at its time."""
    found = located(tmp_path, spec)
    assert Path(found["positions"]).is_file()
    assert found["as_of"] == "2024-07-27T06:45:00"
    assert "/fapi/v3/positionRisk" in server.paths()


def test_a_venue_of_ccxt_is_fetched_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same way, under the name that ccxt has for it."""
    with fault_server(GateRoutes()) as running:
        for name, value in {"KEY": "public-text", "SECRET": "secret-text", "URL": running.url}.items():
            monkeypatch.setenv(f"COHORTIV_GATE_{name}", value)
        found = located(tmp_path, "ccxt:gate")
    assert Path(found["positions"]).parts[-4:-1] == ("gate", "positions", "own")


def test_a_further_account_of_ccxt_is_kept_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of the other venues."""
    with fault_server(GateRoutes()) as running:
        for name, value in {"KEY": "public-text", "SECRET": "secret-text", "URL": running.url}.items():
            monkeypatch.setenv(f"COHORTIV_GATE_{name}", value)
        found = located(tmp_path, "ccxt:gate", "ccxt:gate:second")["positions"].split(";")
    assert [Path(part).parts[-2] for part in found] == ["own", "second"]


def test_a_report_has_its_time_as_one_of_several(server: FaultServer, tmp_path: Path) -> None:
    """Commands that take several dates get one."""
    assert located(tmp_path, "binance:", as_of=())["as_of"] == ("2024-07-27T06:45:00",)
    assert server.asked


def test_the_same_time_runs_on_what_was_kept(server: FaultServer, tmp_path: Path) -> None:
    """With a date, or offline, nobody is asked again."""
    first = located(tmp_path, "binance:")["positions"]
    asked = len(server.asked)
    assert located(tmp_path, "binance:", as_of="2024-07-27")["positions"] == first
    assert located(tmp_path, "binance:", offline=True)["positions"] == first
    assert len(server.asked) == asked


def test_a_time_that_is_not_kept_is_told(tmp_path: Path) -> None:
    """An account cannot be fetched as it was."""
    with pytest.raises(DataError, match="holds no positions on binance of 2024-07-26; it has nothing"):
        located(tmp_path, "binance:", as_of="2024-07-26")


def test_one_of_several_may_be_missing(server: FaultServer, tmp_path: Path) -> None:
    """It stands where it would be, so that it is named; alone it is an error."""
    found = located(tmp_path, "binance:", "bybit:")["positions"].split(";")
    assert server.asked
    assert [Path(part).is_file() for part in found] == [True, False]
    assert Path(found[1]).parts[-4] == "bybit"
    with pytest.raises(FetchError):
        located(tmp_path, "bybit:")


def test_where_none_can_be_had_nothing_runs(server: FaultServer, tmp_path: Path) -> None:
    """The first reason is told; what is kept later is not of the time asked for."""
    with pytest.raises(FetchError, match="bybit"):
        located(tmp_path, "bybit:", "okx:")
    assert server.asked
    with pytest.raises(DataError, match="holds no positions on binance, bybit:desk up to 2024-07-26"):
        located(tmp_path, "binance:", "bybit:desk", as_of="2024-07-26")
    kept_at(tmp_path, "binance", datetime(2024, 7, 27, 12))  # noqa: DTZ001 - house times are UTC without zone
    with pytest.raises(DataError, match="holds no positions on binance, bybit up to 2024-07-26"):
        located(tmp_path, "binance:", "bybit:", as_of="2024-07-26")
    assert located(tmp_path, "bybit:", "a.csv", offline=True)["positions"].endswith("absent.parquet;a.csv")


def test_a_further_account_is_kept_under_its_name(server: FaultServer, tmp_path: Path) -> None:
    """Two accounts on a venue are two sources."""
    found = located(tmp_path, "binance:", "binance:desk", "binance:Desk-2")["positions"].split(";")
    assert [Path(part).parts[-2] for part in found] == ["own", "desk", "Desk-2"]
    assert server.asked


def kept_at(folder: Path, venue: str, *moments: datetime) -> list[Path]:
    """Files of an account at some times."""
    rows = pd.DataFrame({"account_id": ["own"]})
    return [
        keep(rows, Origin(venue, "positions", "own", (), ()), folder=folder, at=moment.replace(tzinfo=UTC))
        for moment in moments
    ]


def test_a_common_time_finds_every_venue_at_its_own(tmp_path: Path) -> None:
    """Venues are read one after the other; the time of the last is that of all, and nothing later is taken."""
    noon = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone
    early = kept_at(
        tmp_path, "binance", noon - timedelta(days=1), noon - timedelta(seconds=40), noon + timedelta(hours=1)
    )
    late = kept_at(tmp_path, "okx", noon)
    found = located(tmp_path, "binance:", "okx:", as_of="2026-02-18T12:00:00")["positions"].split(";")
    assert found == [str(early[1]), str(late[0])]
    of_day = located(tmp_path, "binance:", "okx:", as_of="2026-02-18")["positions"].split(";")
    assert of_day == [str(early[2]), str(late[0])]


def test_a_venue_that_cannot_be_had_stands_with_its_last_file(server: FaultServer, tmp_path: Path) -> None:
    """So that the coverage table can say when it was last seen."""
    noon = datetime(2024, 7, 20, 12)  # noqa: DTZ001 - house times are UTC without zone
    (last,) = kept_at(tmp_path, "bybit", noon)
    found = located(tmp_path, "binance:", "bybit:")["positions"].split(";")
    assert server.asked
    assert found[1] == str(last)


def test_several_dates_take_all_that_was_kept(tmp_path: Path) -> None:
    """Each report finds its own snapshot in the folder."""
    noon = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone
    first, second = kept_at(tmp_path, "binance", noon, noon + timedelta(days=1))
    found = located(tmp_path, "binance:", as_of=("2026-02-18", "2026-02-19"))["positions"]
    assert found == str(first.parent) == str(second.parent)


def test_a_key_with_rights_is_no_missing_venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, however many other venues there are."""
    answer = {"enableReading": True, "enableFutures": True}
    with fault_server(routes("binance", sapi__v1__account__apiRestrictions=answer)) as running:
        for name, value in environment_of(running.url).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(UsageError, match="enableFutures"):
            located(tmp_path, "binance:", "a.csv")


def test_an_address_runs_on_its_own_file(tmp_path: Path) -> None:
    """What was kept of another address is none of it."""
    one, other = f"0x{'a' * 40}", f"0x{'b' * 40}"
    rows = pd.DataFrame({"account_id": [one]})
    at = datetime(2026, 2, 18, 12, tzinfo=UTC)
    keep(rows, Origin("hyperliquid", "positions", account_name([one]), (), ()), folder=tmp_path, at=at)
    assert located(tmp_path, f"hyperliquid:{one.replace('a', 'A')}", offline=True)["positions"].endswith(".parquet")
    with pytest.raises(DataError, match="holds no positions on hyperliquid"):
        located(tmp_path, f"hyperliquid:{other}", offline=True)


def test_hyperliquid_is_read_by_address(tmp_path: Path) -> None:
    """Without one it is told what stands there; a file of that name is still a file."""
    with pytest.raises(UsageError, match="hyperliquid:ADDRESS"):
        located(tmp_path, "hyperliquid:")
    assert located(tmp_path, "hyperliquid:book.csv")["positions"] == "hyperliquid:book.csv"
