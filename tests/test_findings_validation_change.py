"""What would change the verdict, in numbers."""

import math
from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_change as change
from cohortiv.findings.validation import find
from cohortiv.validation.verdict import Condition

pytestmark = ENGINE_WARNINGS


def condition(value: float, low: float, *, bound: float = 0.5, events: int = 10) -> Condition:
    """One condition that does not hold."""
    return Condition("AUROC of X: the lower end lies above 0.5", value, low, value + 0.1, bound, events, met=False)


def test_events_needed_by_hand() -> None:
    """A lower end 0.2 below the value, 0.1 above the bound: four times as many events."""
    assert change.events_needed(condition(0.6, 0.4)) == pytest.approx(40.0)


def test_more_events_do_not_help_below_the_bound() -> None:
    """At the present value the interval never rises above it."""
    assert change.events_needed(condition(0.5, 0.3)) == math.inf
    assert math.isnan(change.events_needed(condition(math.nan, math.nan)))


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
def test_every_condition_has_a_row(kind: str) -> None:
    """Chance, then better and earlier for each comparator."""
    rows = change.condition_rows(findings(kind))
    assert len(rows) == 9
    assert list(rows["what"][:3]) == [
        "better than chance",
        "better than: Realised volatility, 7 days",
        "earlier than: Realised volatility, 7 days",
    ]
    assert list(rows.columns) == [name for name, *_ in change.CONDITION_COLUMNS]


def test_a_supported_verdict_names_its_weakest_condition() -> None:
    """With the distance from its bound."""
    assert change.change(findings("leads")).startswith("All conditions hold. The nearest to failing is")


def test_a_refused_verdict_says_what_does_not_help() -> None:
    """And what lacks data."""
    said = change.change(findings("blind"))
    assert "would not help" in said
    assert "Without data: Implied volatility of options (DVOL)" in said
    assert "DVOL" in said


def test_few_events_are_counted_in_years() -> None:
    """How many more, and how long they take at the present rate."""
    said = change.change(findings("few"))
    assert "8 more decide all of them, some 15 years at the present 0.5 a year" in said


@pytest.mark.parametrize(
    ("value", "low", "told"),
    [(0.52, 0.37, "about 600"), (0.6, 0.48, "about 20"), (0.51, 0.3, "over 1,000"), (0.7, 0.4, "about 30")],
)
def test_events_needed_have_one_digit(value: float, low: float, told: str) -> None:
    """The width of an interval bears no more."""
    found = findings("blind")
    verdict = replace(found.pair.verdict, conditions=(condition(value, low),) * 9)
    pair = replace(found.pair, verdict=verdict)
    f = find(replace(found.study, pairs=(pair,)))
    assert change.condition_rows(f)["needed"].iloc[0] == told
    assert f"with {told} in all" in change.change(f)


def test_the_table_is_titled_by_what_holds() -> None:
    """Of all nine."""
    assert change.conditions(findings("leads")).title == "9 of 9 conditions hold"


@pytest.mark.parametrize(("share", "unit"), [(2.0, "years"), (0.2, "months"), (0.001, "month")])
def test_time_to_come_is_told_in_years_or_months(share: float, unit: str) -> None:
    """At the rate of the judged pair's own events; under a year in whole months, rounded up."""
    f = findings("blind")
    rate = f.pair.events / f.years
    years = share * f.pair.events / rate
    words = change._years(f, share * f.pair.events)
    told = f"{float(f'{years:.2g}'):,g} {unit}" if years >= 1 else f"{math.ceil(12 * years)} {unit}"
    assert f", some {told} at the present {rate:.1f} a year" == words
