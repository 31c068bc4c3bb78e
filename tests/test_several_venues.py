"""Runs on accounts of several venues, from the command to the published page."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS, Results
from command_support import Shell

from cohortiv.assessment.coverage import IN_TIME, MISSING, CoveredVenue
from cohortiv.findings import Findings, tables
from cohortiv.findings.issue import issue
from cohortiv.sources.fetch.answers import VenuePosition, position_frame
from cohortiv.sources.fetch.kept import Origin, keep

pytestmark = ENGINE_WARNINGS
NOON = datetime(2026, 10, 1, 12)  # noqa: DTZ001 - house times are UTC without zone


def write(folder: Path, venue: str, *, seconds: int, names: tuple[str, ...]) -> None:
    """Forty accounts of a venue, long and short, at 10x."""
    at = NOON + timedelta(seconds=seconds)
    held = [
        VenuePosition(
            account_id=f"{venue}-{number}", venue=venue, symbol="BTC", instrument=names[number % len(names)],
            side="long" if number % 3 else "short", quantity=1.0 + number % 5, entry_price=60_000.0 + 100 * number,
            mark_price=62_000.0, leverage=10.0, margin_mode="isolated", as_of=at,
        )
        for number in range(40)
    ]  # fmt: skip
    keep(position_frame(held), Origin(venue, "positions", "own", ()), folder=folder, at=at)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in a folder with two venues, a minute and a half apart."""
    write(tmp_path / "data", "binance", seconds=0, names=("BTCUSDT", "BTCUSDC"))
    write(tmp_path / "data", "hyperliquid", seconds=90, names=("BTC",))
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_folder_of_venues_is_one_cohort(shell: Shell) -> None:
    """Both are in it, at one time, and the older marks are told."""
    done = shell.run("index", "--positions", "data", "--json")
    summary = json.loads(done.out)
    assert (done.code, summary["accounts"], summary["as_of"]) == (0, 80, "2026-10-01T12:01:30Z")
    assert summary["data_quality"]["notices"] == [
        "binance was read at 12:00:00 UTC, over a minute before the others, whose marks its positions carry"
    ]


def test_a_missing_venue_degrades_the_report(shell: Shell, tmp_path: Path) -> None:
    """The page is published on the others, and says who is missing."""
    done = shell.run(
        "report", "--positions", "data/hyperliquid/positions/own", "--positions", "data/okx/positions/own", "--as-of",
        "2026-10-01",
    )  # fmt: skip
    assert done.code == 0, done.err
    summary = json.loads(next(tmp_path.glob("reports/*/*/summary.json")).read_text(encoding="utf-8"))
    assert (summary["issue"]["state"], summary["issue"]["reasons"]) == (
        "degraded",
        ["okx is missing: nothing of it was read"],
    )


def covering(results: Results, *venues: CoveredVenue) -> Findings:
    """Findings on a snapshot of several venues."""
    f = results.findings("solved")
    return replace(f, result=replace(f.result, reading=replace(f.result.reading, venues=venues)))


def test_the_quality_table_has_a_row_for_each_venue(results: Results) -> None:
    """Notional, status, time and positions; a missing one has no notional, a withheld one is said to be."""
    rows = tables.quality_rows(
        covering(
            results,
            CoveredVenue("binance", IN_TIME, NOON, 1234, 5e6),
            CoveredVenue("bybit", IN_TIME, NOON),
            CoveredVenue("okx", MISSING, NOON),
        )
    )
    found = {str(row["figure"]): (getattr(row["value"], "words", ""), row["meaning"]) for row in rows}
    assert found["Venue binance"][1] == "in time, read 2026-10-01 12:00:00 UTC, 1,234 position(s)"
    assert (found["Venue bybit"][0], found["Venue okx"][0]) == ("withheld", "none")
    assert found["Venue okx"][1] == "missing, last seen 2026-10-01 12:00:00 UTC"


def test_an_issue_without_a_venue_is_degraded(results: Results) -> None:
    """It says which one."""
    found = issue(covering(results, CoveredVenue("okx", MISSING, None)))["issue"]
    assert isinstance(found, dict)
    assert (found["state"], found["reasons"]) == ("degraded", ["okx is missing: nothing of it was read"])
