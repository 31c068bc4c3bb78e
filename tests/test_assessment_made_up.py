"""Made-up positions read like any others."""

import math
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS, book

from cohortiv.assessment import Settings
from cohortiv.assessment.made_up import read_made_up
from cohortiv.errors import DataError

pytestmark = ENGINE_WARNINGS


def test_made_up_positions_are_labelled_and_named() -> None:
    """The reading says that they are synthetic, and bears the cohort's name."""
    reading = read_made_up(book(40), Settings(), name="tale", title="A tale", say=lambda _: None)
    assert reading.synthetic
    assert (reading.cohort.name, reading.cohort.title, reading.sources) == ("tale", "A tale", ("tale.parquet",))
    assert reading.profile.used["positions"].sum() == 40


def test_a_reading_for_publication_finds_what_may_be_disclosed() -> None:
    """As for positions from a file."""
    reading = read_made_up(book(120), Settings(), name="tale", title="A tale", for_report=True, say=lambda _: None)
    assert reading.disclosed is not None


def test_a_venue_without_brackets_follows_its_rate() -> None:
    """A long at 10x, isolated, of any size, at 1 % of maintenance: its line is 9 % / 0.99 below the entry."""
    said: list[str] = []
    positions = book(40).assign(venue="nowhere", side="long", leverage=10.0, margin_mode="isolated", entry_price=6e4)
    positions = positions.assign(symbol="BTC", mark_price=6e4, quantity=1.0, contract="linear")
    reading = read_made_up(
        positions, Settings(), name="tale", title="A tale", maintenance_rates={"nowhere": 0.01}, say=said.append
    )
    assert reading.profile.used["positions"].sum() == 40
    assert (reading.drawdown_distance or 0.0) == pytest.approx(-math.log(1 - (0.1 - 0.01) / 0.99), abs=1e-3)
    assert any("Venue 'nowhere' has no brackets for BTC linear" in line for line in said)


def test_tables_win_over_a_rate(tmp_path: Path) -> None:
    """Shipped ones and the user's own, whose other rows still count."""
    own = tmp_path / "own.csv"
    head = "venue,symbol,contract,effective_from,floor_notional,mmr,maintenance_amount,max_leverage\n"
    own.write_text(f"{head}mine,BTC,linear,2020-01-01,0,0.02,0,20\n", encoding="utf-8")
    positions = book(90).assign(contract="linear")
    positions["venue"] = ["binance", "mine", "nowhere"] * 30
    said: list[str] = []
    rates = dict.fromkeys(("binance", "mine", "nowhere"), 0.01)
    reading = read_made_up(
        positions, Settings(brackets=own), name="tale", title="A tale", maintenance_rates=rates, say=said.append
    )
    named = [line for line in said if "has no brackets" in line]
    assert reading.profile.used["positions"].sum() == 90
    assert [line.split("'")[1] for line in named] == ["mine", "nowhere"]
    assert "ETH linear" in named[0]
    assert "BTC" not in named[0]


def test_without_rates_such_positions_are_excluded() -> None:
    """As read ones are."""
    with pytest.raises(DataError, match="no brackets"):
        read_made_up(book(40).assign(venue="nowhere"), Settings(), name="tale", title="A tale", say=lambda _: None)
