"""What a run asks for by name is looked for before anything else runs."""

from pathlib import Path

import pytest
from aggregate_support import market_files, tier_file
from cohort_support import ENGINE_WARNINGS, book, write

from cohortiv.assessment.asked import refuse_unknown_names
from cohortiv.assessment.settings import Settings
from cohortiv.errors import CohortivError, DataError

pytestmark = ENGINE_WARNINGS


def test_a_symbol_that_positions_do_not_hold_is_refused(tmp_path: Path) -> None:
    """With what they hold."""
    source = write(tmp_path, book(30, symbols=("BTC", "ETH")))
    with pytest.raises(DataError, match=r"--symbol got 'BCT'; the table holds BTC, ETH"):
        refuse_unknown_names(Settings(positions=source, symbol="BCT"))


def test_a_symbol_that_is_there_passes(tmp_path: Path) -> None:
    """And so does a run on all symbols, for which nothing is read."""
    refuse_unknown_names(Settings(positions=write(tmp_path, book(30, symbols=("BTC", "ETH"))), symbol="ETH"))
    refuse_unknown_names(Settings(positions="nowhere.csv"))


def test_positions_that_cannot_be_read_are_for_the_run_to_tell(tmp_path: Path) -> None:
    """A run that fails leaves a page that says why."""
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    refuse_unknown_names(Settings(positions=str(tmp_path / "bad.csv"), symbol="BTC"))


def test_a_snapshot_that_positions_do_not_hold_is_refused(tmp_path: Path) -> None:
    """With the nearest one; one that is there passes, and a run on the newest reads nothing."""
    source = write(tmp_path, book(30))
    with pytest.raises(DataError, match="2025-01-01"):
        refuse_unknown_names(Settings(positions=source, as_of="2025-01-01"))
    refuse_unknown_names(Settings(positions=source, as_of=str(book(30)["as_of"].iloc[0])[:10]))


@pytest.mark.parametrize(("cohort", "symbol"), [(None, None), ("hedgers", None), ("whales", "SOL")])
def test_a_tier_cohort_or_symbol_that_is_not_there_is_refused(
    tmp_path: Path, cohort: str | None, symbol: str | None
) -> None:
    """No cohort named where there are several, an unknown one, and an unknown symbol."""
    path = tier_file(tmp_path, cohorts=("whales", "minnows"))
    with pytest.raises(CohortivError, match=r"whales|BTC, ETH"):
        refuse_unknown_names(Settings(tier_table=str(path), tier_cohort=cohort, symbol=symbol))


def test_a_symbol_without_open_interest_is_refused(tmp_path: Path) -> None:
    """The file names those that it holds."""
    bars, interest = market_files(tmp_path)
    with pytest.raises(CohortivError, match="BTC"):
        refuse_unknown_names(Settings(market=str(bars), open_interest=str(interest), symbol="ETH", venue="binance"))
