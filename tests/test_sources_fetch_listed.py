"""Names of instruments against what a venue lists."""

import pytest

from cohortiv.errors import DataError
from cohortiv.sources.fetch.listed import notes_of, refuse_unlisted
from cohortiv.sources.instruments import Instrument

NAMES = ("BTCUSDT", "BTCUSDC", "ETHUSDT", "1000PEPEUSDT")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BTC", "of BTC there are BTCUSDC, BTCUSDT"),
        ("XBTUSD", "of BTC there are BTCUSDC, BTCUSDT"),
        ("PEPEUSDT", "of PEPE there are 1000PEPEUSDT"),
        ("XYZ", "nothing of XYZ is listed"),
    ],
)
def test_an_asset_under_other_names_is_told(name: str, said: str) -> None:
    """Which of them is meant is the user's choice."""
    with pytest.raises(DataError, match=said):
        refuse_unlisted(name, NAMES, venue="a venue", example="BTCUSDT")


def test_a_listed_name_passes() -> None:
    """Without a word."""
    refuse_unlisted("BTCUSDT", NAMES, venue="a venue", example="BTCUSDT")


def test_what_is_unusual_is_noted() -> None:
    """State, thousands and settlement each have their sentence; an ordinary instrument has none."""
    odd = Instrument("PEPE", 1000.0, "inverse")
    notes = notes_of("kPEPE", odd, venue="a venue", state="halted", trading="live")
    assert notes == (
        "kPEPE is halted on a venue, not trading",
        "kPEPE counts in 1,000 PEPE: mapped to one coin",
        "kPEPE is settled in PEPE; a reconstruction takes its lines as if in USD",
    )
    assert notes_of("BTC", Instrument("BTC"), venue="a venue", state="live", trading="live") == ()
