"""Which reports a call is about: dates, notebooks, symbols, and the days that a source has."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cohort_support import ENGINE_WARNINGS

from cohortiv.cli import batch
from cohortiv.cli.app import cli
from cohortiv.cli.backfill import asked_requests, snapshot_days
from cohortiv.cli.request import ReportRequest
from cohortiv.errors import DataError, UsageError

pytestmark = ENGINE_WARNINGS
HEAD = "account_id,symbol,side,quantity,entry_price,mark_price,leverage,as_of\n"


@pytest.fixture
def positions(tmp_path: Path) -> str:
    """Source with snapshots on three days, two of them on one."""
    times = ("2026-02-01T00:00:00Z", "2026-02-01T12:00:00Z", "2026-02-03T00:00:00Z", "2026-02-08T00:00:00Z")
    file = tmp_path / "positions.csv"
    file.write_text(HEAD + "".join(f"a,BTC,long,1,100,100,2,{time}\n" for time in times), encoding="utf-8")
    return str(file)


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[ReportRequest]:
    """Requests that a command line makes."""
    kept: list[Mapping[str, Any]] = []

    def keep(options: Mapping[str, Any]) -> list[ReportRequest]:
        kept.append(options)
        return []

    monkeypatch.setattr("cohortiv.cli.backfill.asked_requests", keep)
    monkeypatch.setattr(batch, "make_reports", lambda *_, **__: 0)
    done = CliRunner().invoke(cli, ["report", *arguments])
    assert done.exit_code == 0, done.output
    return asked_requests(kept[0])


def test_one_report_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anything it is the risk report on the whole cohort."""
    found = asked(monkeypatch)
    assert [(item.notebook, item.as_of, item.symbol) for item in found] == [("risk-report", None, None)]


def test_dates_notebooks_and_symbols_are_crossed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every combination once, by date, so that an issue finds the one before."""
    days = ["--as-of", "2026-02-03", "--as-of", "2026-02-01", "--as-of", "2026-02-03"]
    words = ["a.ipynb", "b.ipynb", *days, "--symbol", "BTC", "--symbol", "ETH"]
    found = [(item.as_of, item.notebook, item.symbol) for item in asked(monkeypatch, *words)]
    assert found == [
        (day, notebook, symbol)
        for day in ("2026-02-01", "2026-02-03")
        for notebook in ("a.ipynb", "b.ipynb")
        for symbol in ("BTC", "ETH")
    ]


def test_backfill_takes_the_days_of_the_source(monkeypatch: pytest.MonkeyPatch, positions: str) -> None:
    """A day counts once, the two ends belong to it, and days without a snapshot are no reports."""
    words = ("--positions", positions, "--since", "2026-02-01", "--until", "2026-02-03")
    assert [item.as_of for item in asked(monkeypatch, *words)] == ["2026-02-01", "2026-02-03"]


def test_backfill_may_be_open_at_one_end(positions: str) -> None:
    """Without an end it goes to the last snapshot."""
    assert snapshot_days(positions, since=date(2026, 2, 2), until=None) == (date(2026, 2, 3), date(2026, 2, 8))


def test_backfill_without_a_snapshot_is_told(positions: str) -> None:
    """The message names the days that there are."""
    with pytest.raises(DataError, match="snapshots from 2026-02-01 to 2026-02-08"):
        snapshot_days(positions, since=date(2026, 3, 1), until=None)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--since", "2026-02-01"], "Add it, or give --as-of"),
        (["--since", "2026-02-01", "--as-of", "2026-02-01"], "exclude each other"),
        (["--since", "February"], "--since got 'February'"),
        (["--positions", "x", "--since", "2026-02-03", "--until", "2026-02-01"], "Exchange them"),
    ],
)
def test_other_dates_are_refused(monkeypatch: pytest.MonkeyPatch, words: list[str], message: str) -> None:
    """What does not go together is bad usage before any file is read."""
    with pytest.raises(UsageError, match=message):
        asked(monkeypatch, *words)
