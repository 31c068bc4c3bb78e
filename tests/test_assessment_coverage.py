"""Says which venues a snapshot covers, and keeps the sizes of small ones to itself."""

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from cohortiv.assessment.coverage import EMPTY, IN_TIME, MISSING, REMARKED, covered, shortcomings
from cohortiv.disclosure import DisclosureRule
from cohortiv.positions import Coverage, VenueTime

NOON = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone
EARLIER = NOON - timedelta(minutes=3)
COVERAGE = Coverage(
    (
        VenueTime("bybit", NOON - timedelta(days=1), NOON - timedelta(days=1)),
        VenueTime("okx", EARLIER, NOON, remarked=True),
        VenueTime("binance", NOON, NOON),
    ),
    missing=("gate",),
    empty=("kraken",),
)
RULE = DisclosureRule(min_accounts=2, max_account_share=0.9)


@pytest.fixture(scope="module")
def lines() -> ir.Table:
    """Three accounts on one venue, one on the other, and an excluded row."""
    rows = [("binance", f"a{n}", 0, 123_456_00) for n in range(3)] + [("okx", "b", 0, 100_00), ("okx", "c", 6, 999_00)]
    names = ("venue", "account_id", "reason", "notional_cents")
    return ibis.memtable(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]))


def test_one_source_has_no_coverage(lines: ir.Table) -> None:
    """Nothing is told of venues that were not put together."""
    assert covered(lines, None, NOON, rule=None) == ()


def test_every_venue_has_its_status(lines: ir.Table) -> None:
    """In time, with other venues' marks, without positions, missing since yesterday and missing altogether."""
    found = {one.venue: (one.status, one.taken) for one in covered(lines, COVERAGE, NOON, rule=None)}
    assert found == {
        "binance": (IN_TIME, NOON),
        "okx": (REMARKED, EARLIER),
        "kraken": (EMPTY, None),
        "bybit": (MISSING, NOON - timedelta(days=1)),
        "gate": (MISSING, None),
    }


def test_the_analyst_sees_sizes(lines: ir.Table) -> None:
    """Rows in use and their notional; what is excluded is not in them."""
    found = {one.venue: (one.positions, one.notional_usd) for one in covered(lines, COVERAGE, NOON, rule=None)}
    assert (found["binance"], found["okx"]) == ((3, 370_368.0), (1, 100.0))


def test_one_small_venue_withholds_the_sizes_of_all(lines: ir.Table) -> None:
    """With the total known, those of the others would tell it."""
    found = {one.venue: one.notional_usd for one in covered(lines, COVERAGE, NOON, rule=RULE)}
    assert (found["binance"], found["okx"]) == (None, None)


def test_published_sizes_are_rounded(lines: ir.Table) -> None:
    """Two digits are told, so that no smaller cell comes of a subtraction."""
    large = lines.filter(lines.venue == "binance")
    found = {one.venue: one.notional_usd for one in covered(large, COVERAGE, NOON, rule=RULE)}
    assert found["binance"] == 370_000.0


def test_what_is_lacking_is_said(lines: ir.Table) -> None:
    """Missing venues and old marks are sentences; what is in time, or empty, is none."""
    assert list(shortcomings(covered(lines, COVERAGE, NOON, rule=None))) == [
        "okx was read at 11:57:00 UTC, over a minute before the others, whose marks its positions carry",
        "bybit is missing: it was last seen at 2026-02-17 12:00:00 UTC",
        "gate is missing: nothing of it was read",
    ]
