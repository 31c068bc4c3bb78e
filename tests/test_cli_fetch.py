"""`cohortiv fetch`: what it keeps, and what it refuses."""

from pathlib import Path

import pytest
from command_support import Shell
from fault_server import Fault, fault_server
from market_server import binance_routes, hyperliquid_routes

from cohortiv.cli.completion import MARKETS as MARKET_VENUES
from cohortiv.cli.fetch import pages_shown
from cohortiv.sources.fetch import addresses
from cohortiv.sources.fetch.catalogue import MARKETS
from cohortiv.sources.fetch.client import Pace
from cohortiv.sources.fetch.kept import read_origin
from cohortiv.sources.fetch.paging import Window


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder, whose fetches don't wait."""
    monkeypatch.setattr(addresses, "PACE", Pace(per_second=1e6, attempts=2, first_wait_seconds=0.0))
    return Shell(capsys, monkeypatch, tmp_path)


def test_everything_that_a_venue_offers_is_kept(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file a kind below data/, whose paths are printed and whose origin says where it comes from."""
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        done = shell.run("fetch", "binance:BTCUSDT", "--days", 3)
    assert done.code == 0, done.err
    paths = [Path(line) for line in done.out.splitlines()]
    assert [path.parts[:3] for path in paths] == [
        ("data", "binance", kind) for kind in ("bars", "interest", "funding", "ratios")
    ]
    assert read_origin(tmp_path / paths[0])["name"] == "BTCUSDT"
    assert "binance: bars of BTCUSDT, 1 page(s)" in done.err


def test_kinds_and_folder_can_be_chosen(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what is asked for is fetched."""
    with fault_server(hyperliquid_routes()) as server:
        monkeypatch.setenv("COHORTIV_HYPERLIQUID_URL", server.url)
        done = shell.run("fetch", "hyperliquid:BTC", "--days", 1, "--kind", "funding", "--out", tmp_path / "kept")
    assert [path.parent.name for path in (tmp_path / "kept").rglob("*.parquet")] == ["BTC"]
    assert "funding" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("BTCUSDT",), "allowed is VENUE:NAME, such as binance:BTCUSDT"),
        (("binance:",), "allowed is VENUE:NAME, such as binance:BTCUSDT"),
        (("mtgox:BTC",), "market data are fetched from binance"),
        (("okx:BTC-USDT-SWAP", "--from", "."), "--from got the venue 'okx'; allowed is binance"),
        (("binance:BTCUSDT", "--from", ".", "--kind", "bars"), "--from got --kind"),
        (("hyperliquid:BTC", "--kind", "trades"), "Invalid value for '--kind'"),
    ],
)
def test_what_cannot_be_fetched_is_bad_usage(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, before anybody is asked."""
    done = shell.run("fetch", *arguments)
    assert (done.code, said in done.err) == (2, True), done.err


def test_bulk_files_are_kept_in_place_of_asking(shell: Shell, tmp_path: Path) -> None:
    """Unpacked files of the venue become files like those that are fetched."""
    rows = [f"{1_771_372_800_000 + hour * 3_600_000},9,9,9,9,1,0,0,0,0,0,0" for hour in range(24)]
    (tmp_path / "BTCUSDT-1h-2026-02-18.csv").write_text("\n".join(rows), encoding="utf-8")
    done = shell.run("fetch", "binance:BTCUSDT", "--from", tmp_path)
    assert done.out == "data/binance/bars/BTCUSDT/binance-BTCUSDT-bars-2026-02-19T000000Z.parquet\n", done.err


def test_a_venue_that_does_not_answer_is_exit_4(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With what it said, and nothing is kept."""
    with fault_server(binance_routes(), always=Fault(status=503, says="busy")) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        done = shell.run("fetch", "binance:BTCUSDT")
    assert done.code == 4
    assert "binance did not answer /fapi/v1/exchangeInfo in 2 attempts: status 503 busy" in done.err
    assert not (tmp_path / "data").exists()


def test_venues_that_are_completed_are_those_that_there_are() -> None:
    """The names before a colon."""
    assert sorted(MARKETS) == sorted(MARKET_VENUES)


def test_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """How many pages of how many are there."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with pages_shown([Window(0, 1), Window(2, 3)], "binance: bars") as pages:
        assert len(list(pages)) == 2
    assert "binance: bars" in capsys.readouterr().err
