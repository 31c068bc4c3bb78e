"""What a reader must know first of a result without positions: that it is a model, and how far off it was measured."""

from typing import Final

from cohortiv.assessment.reading import CohortReading
from cohortiv.assessment.settings import Basis
from cohortiv.distribution.entry_profile import DEFAULT_MIX

#: What the errors below were measured for.
_MEASURED: Final = "BTC on Hyperliquid"
#: Measured by tests/benchmarks/compare_routes.py on Hyperliquid positions of BTC, February 2026; METHODOLOGY.md 22.
_TIER_TABLE: Final = (
    "its index was 1.01 to 1.02 times that of the positions the table holds (median of 51 snapshots of a tier map of "
    "BTC on Hyperliquid, February 2026), and 1.50 to 1.57 times that of all positions, those without a line included"
)
_DEFAULT_MIX: Final = (
    "its index was 1.19 times that of real positions (median of 98 snapshots of BTC on Hyperliquid, February 2026; "
    "0.76 to 1.57 times in nine of ten), and their movements from day to day had little in common (rank correlation "
    "0.30)"
)
_OTHER_MIX: Final = (
    "not measured for a tier mix of one's own; with the multipliers that positions declare, its index was 3.66 times "
    "that of real positions (median of 98 snapshots of BTC on Hyperliquid, February 2026), with the mix shipped 1.19 "
    "times"
)


def model_note(reading: CohortReading) -> str:
    """That a result is a model, what it is made from and the known error of that way.

    Parameters
    ----------
    reading : CohortReading

    Returns
    -------
    str
        A few sentences; empty where positions were read.
    """
    if reading.has_accounts:
        return ""
    if reading.basis is Basis.TIER_TABLE:
        made, error = "notional by leverage tier and liquidation price, from a table", _TIER_TABLE
    else:
        made = "reconstructed from price bars and open interest"
        error = _DEFAULT_MIX if reading.profile.origin["tier_mix"] == DEFAULT_MIX.source else _OTHER_MIX
    days = len(reading.past.snapshots) - 1
    past = f" The {days} days before are reconstructed alike." if days and reading.basis is Basis.OPEN_INTEREST else ""
    notes = "; ".join(reading.profile.origin.get("notes", ()))
    data = f" Of the data: {notes}." if notes else ""
    return f"Model, not positions: {made}. Known error of this route: {error}.{_elsewhere(reading)}{past}{data}"


def _elsewhere(reading: CohortReading) -> str:
    """That the error was not measured for what is reconstructed here; empty for what it was measured for."""
    cells = reading.profile.cells
    here = sorted({f"{symbol} on {venue}" for symbol, venue in zip(cells["symbol"], cells["venue"], strict=True)})
    others = [name for name in here if name.lower() != _MEASURED.lower()]
    return f" For {' and '.join(others)} it was not measured." if others else ""
