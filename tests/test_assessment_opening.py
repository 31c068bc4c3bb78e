"""Where positions come from: files as named, or the sample."""

from pathlib import Path

import duckdb
import pytest
from cohort_support import ENGINE_WARNINGS, book, cohort_file, write

from cohortiv.assessment import Settings
from cohortiv.assessment.opening import opened

pytestmark = ENGINE_WARNINGS


def test_named_files_are_opened_for_all_accounts(tmp_path: Path) -> None:
    """Without a cohort file nothing is filtered, and the progress line names the file."""
    said: list[str] = []
    path = write(tmp_path, book(40))
    with opened(Settings(positions=path), said.append) as (positions, cohort):
        assert not positions.synthetic
        assert cohort.filters.accounts_file is None
    assert said == [f"Reading {path}"]


def test_a_cohort_file_comes_with_its_filters(tmp_path: Path) -> None:
    """The file that is named is the cohort, also beside named positions."""
    settings = Settings(
        positions=write(tmp_path, book(40)), cohort=cohort_file(tmp_path, "filters: {symbols: [BTC]}\n")
    )
    with opened(settings, lambda _: None) as (_, cohort):
        assert (cohort.name, cohort.filters.symbols) == ("test-cohort", ("BTC",))


def test_without_positions_the_sample_is_made_and_removed() -> None:
    """It says that it is synthetic, and leaves no file behind."""
    said: list[str] = []
    with opened(Settings(), said.append) as (positions, _):
        assert positions.synthetic
        assert positions.paths[0].exists()
    assert not positions.paths[0].exists()
    assert "SYNTHETIC" in said[0]


def test_the_engine_is_closed_after_the_run(tmp_path: Path) -> None:
    """What it stored or spilled does not outlive the run."""
    path = write(tmp_path, book(40))
    with opened(Settings(positions=path), lambda _: None) as (positions, _):
        engine = positions.table.get_backend()
    with pytest.raises(duckdb.ConnectionException):
        engine.raw_sql("SELECT 1")
