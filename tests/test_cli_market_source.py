"""`--market VENUE:NAME`: fetched, kept, run on what was kept; and without the network from then on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS
from command_support import Shell
from fault_server import TOO_MANY, TRUNCATED, Fault, fault_server
from market_server import altered, binance_routes, okx_routes

from cohortiv.sources.fetch import addresses
from cohortiv.sources.fetch.client import Pace

pytestmark = ENGINE_WARNINGS

SPEC = ("--market", "binance:BTCUSDT")


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder, whose fetches don't wait."""
    monkeypatch.setattr(addresses, "PACE", Pace(per_second=1e6, attempts=3, first_wait_seconds=0.0))
    monkeypatch.setenv("COHORTIV_BINANCE_URL", "http://127.0.0.1:9")
    return Shell(capsys, monkeypatch, tmp_path)


def today() -> str:
    """Day of the last hour that has ended."""
    return datetime.now(UTC).date().isoformat()


def test_reports_need_no_private_data(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Risk report and outlook from public data alone, through a limit and a broken answer; the page names its basis."""
    with fault_server(binance_routes(), faults=[Fault(), TOO_MANY, Fault(), TRUNCATED]) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        done = shell.run("report", "risk-report", "distribution-outlook", *SPEC, "--out", "out", "--json")
    assert done.code == 0, done.err
    made = [json.loads(line) for line in done.out.splitlines()]
    assert [report["status"] for report in made] == ["published", "published"]
    folder = next((tmp_path / "out").glob("*/risk-report-binance-btc-reconstructed"))
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["data_quality"]["basis"] == "open_interest"
    assert [name.partition("-BTCUSDT-")[2][:4] for name in summary["data_quality"]["sources"]] == ["bars", "inte"]
    assert "binance-BTCUSDT-bars" in (folder / "manifest.json").read_text(encoding="utf-8")


def test_what_was_kept_gives_the_same_index_without_the_network(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, with the same date, and as files: the same figures each time."""
    day = today()
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        first = shell.run("index", *SPEC, "--as-of", day, "--json")
        asked = len(server.asked)
        again = shell.run("index", *SPEC, "--as-of", day, "--json")
        assert len(server.asked) == asked
    assert first.code == 0, first.err
    assert "On what was kept: data/binance/bars/BTCUSDT/binance-BTCUSDT-bars-" in again.err
    offline = shell.run("index", *SPEC, "--as-of", day, "--offline", "--json")
    assert first.out == again.out == offline.out


def test_without_a_date_it_is_fetched_anew_and_offline_the_last(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without --as-of is on the last hour that has ended."""
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        shell.run("profile", *SPEC, "--out", "one.parquet")
        asked = len(server.asked)
        done = shell.run("profile", *SPEC, "--out", "two.parquet")
        assert len(server.asked) > asked
    assert done.code == 0, done.err
    assert shell.run("profile", *SPEC, "--offline", "--out", "three.parquet").code == 0


def test_a_history_grows_with_each_run(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What an earlier run kept stands in front of the month that the venue still has."""
    earlier = datetime.now(UTC) - timedelta(days=20)
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        shell.run("index", *SPEC, "--as-of", earlier.date())
        (first,) = (tmp_path / "data" / "binance" / "bars" / "BTCUSDT").iterdir()
        done = shell.run("index", *SPEC)
    assert done.code == 0, done.err
    assert "row(s) of price bars before" in done.err
    assert f"are from {first.name}" in done.err


def test_what_was_left_out_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows with a null are counted where the run is started."""
    routes = binance_routes()
    interest = routes["/futures/data/openInterestHist"]
    nulls = altered(lambda row: {**row, "sumOpenInterest": None}, every=10)
    routes["/futures/data/openInterestHist"] = lambda asked: nulls(interest(asked))
    with fault_server(routes) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        done = shell.run("index", *SPEC)
    assert done.code == 0, done.err
    assert "row(s) of interest of BTCUSDT left out: oi_coin is no number" in done.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((*SPEC, "--offline"), 3, "holds no bars and open interest of binance:BTCUSDT for any time; it has nothing"),
        ((*SPEC, "--open-interest", "x.csv"), 2, "--open-interest was given with --market binance:BTCUSDT"),
        ((*SPEC, "--venue", "okx"), 2, "--venue was given with --market binance:BTCUSDT"),
        ((*SPEC, "--positions", "x.csv"), 2, "--positions was given with --market"),
        ((*SPEC, "--as-of", "2026-02-18T14:30:00Z"), 2, "allowed is a date or a full hour"),
        ((*SPEC, "--as-of", "soon"), 2, "--as-of got 'soon'"),
        (("--market", "mtgox:BTC"), 2, "--market got the source 'mtgox'; allowed are binance, bybit"),
        (("--market", "bars.csv", "--offline"), 2, "--offline is for --market VENUE:NAME"),
        (("--offline",), 2, "--offline is for --market VENUE:NAME"),
        (("--market", "hyperliquid:BTC"), 2, "hyperliquid does not offer a history of open interest"),
        (("--market", "okx:BTC-USDT-SWAP"), 3, "There are no brackets for BTC on okx"),
        (("--market", "binance:1000PEPEUSDT"), 3, "Fetch them with cohortiv fetch binance --kind brackets"),
        (SPEC, 4, "binance did not answer /fapi/v1/exchangeInfo"),
    ],
)
def test_what_cannot_be_run_is_told(shell: Shell, options: tuple[str, ...], code: int, said: str) -> None:
    """By its exit code and a sentence."""
    done = shell.run("index", *options)
    assert (done.code, said in done.err) == (code, True), done.err


def test_another_venue_runs_on_brackets_of_ones_own(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Venues without a shipped table are read under a file of brackets."""
    head = "venue,symbol,contract,effective_from,floor_notional,mmr,maintenance_amount,max_leverage,source"
    (tmp_path / "own.csv").write_text(f"{head}\nokx,BTC,linear,2026-01-01,0,0.004,0,100,made up\n", encoding="utf-8")
    with fault_server(okx_routes()) as server:
        monkeypatch.setenv("COHORTIV_OKX_URL", server.url)
        done = shell.run("index", "--market", "okx:BTC-USDT-SWAP", "--brackets", "own.csv")
    assert done.code == 0, done.err
    assert "okx (reconstructed from open interest: a model, not positions), BTC" in done.out


def test_one_date_at_a_time(shell: Shell) -> None:
    """A market is fetched for one."""
    done = shell.run("report", *SPEC, "--as-of", "2026-02-17", "--as-of", "2026-02-18")
    assert (done.code, "--as-of was given 2 times" in done.err) == (2, True), done.err


def test_a_day_that_has_not_come_is_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it can be known, and nobody is asked."""
    day = (datetime.now(UTC) + timedelta(days=2)).date()
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        done = shell.run("index", *SPEC, "--as-of", day)
    assert done.code == 3, done.err
    assert f"--as-of got {day}, and no hour of it has ended" in done.err
    assert server.asked == []


def test_a_day_that_later_data_reach_back_over_is_run_on_them(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked, and the figures are those of the same files by name; a day before they begin is not theirs."""
    with fault_server(binance_routes()) as server:
        monkeypatch.setenv("COHORTIV_BINANCE_URL", server.url)
        shell.run("index", *SPEC)
        asked = len(server.asked)
        day = (datetime.now(UTC).date() - timedelta(days=5)).isoformat()
        done = shell.run("index", *SPEC, "--as-of", day, "--json")
        assert len(server.asked) == asked
    assert done.code == 0, done.err
    assert "On what was kept: data/binance/bars/BTCUSDT/" in done.err
    (bars,), (interest,) = (
        list(Path("data/binance").glob(f"{kind}/BTCUSDT/*.parquet")) for kind in ("bars", "interest")
    )
    files = ("--market", bars, "--open-interest", interest, "--venue", "binance", "--symbol", "BTC")
    assert shell.run("index", *files, "--as-of", day, "--json").out == done.out
    early = (datetime.now(UTC).date() - timedelta(days=60)).isoformat()
    refused = shell.run("index", *SPEC, "--as-of", early, "--offline")
    assert (refused.code, "holds no bars and open interest" in refused.err) == (3, True)
