"""The strands of an outlook: what a file may state, and what is said when it does not hold."""

import datetime as dt
from typing import Any

import pytest
from outlook_support import FIELDS, WHY, between, cap, product, sure
from pydantic import ValidationError

from cohortiv.config.outlook_strands import (
    AdoptionStrand,
    Fact,
    HistoryStrand,
    RegulationStrand,
    RegulatoryScenario,
    Uncertain,
)


def refusal(model: type[AdoptionStrand | HistoryStrand | RegulationStrand | Uncertain], fields: object) -> str:
    """What is said about fields that are not allowed."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return str(caught.value)


@pytest.mark.parametrize("source", ["CoinDesk, 2021-07-26", "assumption: nobody publishes this number"])
def test_a_number_has_a_citation_or_a_reason(source: str) -> None:
    """A year makes a citation, a reason an assumption."""
    assert Fact(value=0.5, source=source).source == source


@pytest.mark.parametrize("source", ["", "a friend", "assumption", "assumption: sure"])
def test_a_number_without_a_source_is_refused(source: str) -> None:
    """Neither a bare word nor a bare claim will do."""
    with pytest.raises(ValidationError, match=r"source"):
        Fact(value=0.5, source=source)


def test_limits_are_in_order() -> None:
    """The most likely number lies between the ends."""
    assert "allowed is low <= mode <= high" in refusal(Uncertain, between(0.5, 0.4, 0.6))


def test_history_needs_each_number() -> None:
    """Nothing about the drift is taken for granted in silence."""
    assert "drift_prior_years" in refusal(HistoryStrand, {"pseudo_share": sure(0.005)})


def test_a_pseudo_share_is_small() -> None:
    """A tenth of the notional in each tier would be no correction but a forecast."""
    assert "pseudo_share" in refusal(HistoryStrand, FIELDS["history"] | {"pseudo_share": sure(0.1)})


@pytest.mark.parametrize(
    ("products", "words"),
    [
        ([], "got none, allowed is one or more"),
        ([product("option", 0.5, ceiling=sure(1), tiers={5: 1})], "share_now that sum to 0.5"),
        ([product("option", 0.5, ceiling=sure(1), tiers={5: 1})] * 2, "allowed is each product once"),
        ([product("option", 1.0, ceiling=sure(1), tiers={5: 0.4})], "got shares that sum to 0.4"),
        ([product("option", 0.0, ceiling=sure(1), tiers={5: 1})], "cannot start from nothing"),
        ([product("swap", 1.0, ceiling=sure(1), tiers={5: 1})], "perpetual"),
    ],
)
def test_products_that_do_not_add_up_are_refused(products: list[dict[str, Any]], words: str) -> None:
    """What was got and what is allowed is in the message."""
    assert words in refusal(AdoptionStrand, {"products": products})


@pytest.mark.parametrize(
    ("scenarios", "words"),
    [
        ([], "got none, allowed is one or more"),
        ([cap("a", 0.4), cap("b", 0.4)], "probabilities that sum to 0.8"),
        ([cap("a", 0.5), cap("a", 0.5)], "allowed is each name once"),
        ([cap("a", 1.0, cap=1)], "greater than 1"),
        ([{"name": "a", "probability": sure(1.0), "cap": 10}], "starts, cap_source, compliance, leaving missing"),
        (
            [{"name": "a", "probability": sure(1.0), "grandfathering": {"share": sure(1.0)}}],
            "no grandfathering for a scenario without a cap",
        ),
    ],
)
def test_scenarios_that_do_not_hold_are_refused(scenarios: list[dict[str, Any]], words: str) -> None:
    """What was got and what is allowed is in the message."""
    assert words in refusal(RegulationStrand, {"scenarios": scenarios})


def test_dates_of_scenarios_are_in_order() -> None:
    """A later cap does not stand before an earlier one."""
    late = cap("late", 0.5, starts=dt.date(2026, 9, 1))
    words = refusal(RegulationStrand, {"scenarios": [late, cap("early", 0.5)]})
    assert "got start dates 2026-09-01, 2026-08-01; allowed are dates in order" in words


def test_a_scenario_without_a_cap_needs_a_chance_alone() -> None:
    """Name and probability say it all."""
    chance = {"low": 1, "mode": 1, "high": 1, "source": WHY}
    assert RegulatoryScenario.model_validate({"name": "none", "probability": chance}).cap is None
