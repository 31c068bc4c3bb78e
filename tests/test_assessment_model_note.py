"""What is said first of a result without positions."""

from pathlib import Path

from aggregate_support import market_files, tier_file
from cohort_support import ENGINE_WARNINGS, book, write

from cohortiv.assessment import Assessment, CohortReading, Settings, assess, read_cohort
from cohortiv.assessment.model_note import model_note
from cohortiv.cli.text import text_summary
from cohortiv.findings import Findings
from cohortiv.findings.headline import headline
from cohortiv.publication import publish
from cohortiv.summary import data_quality, summarise

pytestmark = ENGINE_WARNINGS


def reading(settings: Settings, *, usage: bool = False) -> CohortReading:
    """What is read of some settings."""
    return read_cohort(settings, usage=usage, say=lambda _: None)


def market(folder: Path, *, hours: int = 60, mix: Path | None = None) -> Settings:
    """A run on bars and open interest."""
    bars, interest = market_files(folder, hours=hours)
    return Settings(market=str(bars), open_interest=str(interest), symbol="BTC", venue="binance", tier_mix=mix)


def reconstructed(folder: Path) -> Assessment:
    """Its result."""
    settings = market(folder)
    return assess(settings, reading(settings))


def test_positions_need_no_note(tmp_path: Path) -> None:
    """They are no model."""
    assert model_note(reading(Settings(positions=write(tmp_path, book(30))))) == ""


def test_a_tier_table_says_what_it_leaves_out(tmp_path: Path) -> None:
    """The measured factor, with and without what has no line."""
    said = model_note(reading(Settings(tier_table=str(tier_file(tmp_path)), as_of="2026-02-18")))
    assert said.startswith("Model, not positions: notional by leverage tier")
    assert "1.50 to 1.57 times" in said


def test_a_reconstruction_says_how_far_off_it_is(tmp_path: Path) -> None:
    """The measured factor of the mix shipped."""
    said = model_note(reading(market(tmp_path)))
    assert "reconstructed from price bars and open interest" in said
    assert "1.19 times that of real positions" in said
    assert "For BTC on binance it was not measured." in said


def test_a_mix_of_ones_own_is_not_measured(tmp_path: Path) -> None:
    """The error of the shipped mix is not claimed for it."""
    mix = tmp_path / "mix.csv"
    mix.write_text("tier,share\n5x,0.5\n10x,0.5\n", encoding="utf-8")
    assert "not measured for a tier mix of one's own" in model_note(reading(market(tmp_path, mix=mix)))


def test_reconstructed_days_are_told(tmp_path: Path) -> None:
    """An outlook's past is a model too: of ten days of bars the first seven settle."""
    said = model_note(reading(market(tmp_path, hours=240), usage=True))
    assert said.endswith("The 3 days before are reconstructed alike.")


def test_the_summary_holds_the_note(tmp_path: Path) -> None:
    """For programs, as a list."""
    result = reconstructed(tmp_path)
    assert data_quality(result).notices == (model_note(result.reading),)


def test_the_note_is_on_the_first_screen(tmp_path: Path) -> None:
    """The risk report's headline has it, and the outlook's is made from that."""
    result = reconstructed(tmp_path)
    assert headline(Findings(result, publish(result)))["notice"] == model_note(result.reading)


def test_the_note_comes_first_at_a_terminal(tmp_path: Path) -> None:
    """Before the code and the index."""
    result = reconstructed(tmp_path)
    first = text_summary(summarise(result)).splitlines()[0]
    assert first.startswith("Notice:")
    assert first.endswith(model_note(result.reading))
