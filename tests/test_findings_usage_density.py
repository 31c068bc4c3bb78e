"""The density of declared leverage in rows and words: how well it fits, and how clearly it was chosen."""

import math
from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import snapshot

from cohortiv.findings import Findings, usage_density
from cohortiv.publication import publish
from cohortiv.published_usage import PublishedUsage, publish_usage

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def base() -> Findings:
    """Of the snapshot."""
    return Findings(snapshot(), publish(snapshot()), None)


@pytest.fixture(scope="module")
def shown(base: Findings) -> PublishedUsage:
    """What may be shown of its usage."""
    found = publish_usage(base.result)
    assert found is not None
    return found


def test_steps_of_the_density_have_the_mass_of_their_tier(shown: PublishedUsage) -> None:
    """Density times width in logarithms; the last tier is cut where the curve ends."""
    steps = usage_density.density_steps(shown)
    by_capital = steps[steps["name"] == "By notional"]
    widths = (by_capital["leverage_high"] / by_capital["leverage_low"]).map(math.log)
    assert (by_capital["density"] * widths).sum() == pytest.approx(1.0)


def test_a_poor_fit_is_not_told_by_its_humps(base: Findings, shown: PublishedUsage) -> None:
    """The title says how far off it is."""
    poor = replace(shown, by_capital=replace(shown.by_capital, ks_distance=0.31, reason=""))
    assert usage_density.density(base, poor).title == "No smooth density fits well: 31\u00a0% off the tiers' own"


def test_the_fit_is_judged_in_words(base: Findings, shown: PublishedUsage) -> None:
    """By its distance to the tiers' own distribution."""
    near = replace(shown, by_capital=replace(shown.by_capital, ks_distance=0.01, reason=""))
    far = replace(shown, by_capital=replace(shown.by_capital, ks_distance=0.2, reason=""))
    assert "The fit is close" in usage_density.density(base, near).reading
    assert "The fit is poor" in usage_density.density(base, far).reading


@pytest.mark.parametrize(("apart", "word"), [(1.0, "weak"), (5.0, "positive"), (8.0, "strong"), (50.0, "very strong")])
def test_the_choice_is_told_with_its_evidence(base: Findings, shown: PublishedUsage, apart: float, word: str) -> None:
    """The difference of BIC to the second best, on the scale of Kass and Raftery."""
    count = len(shown.by_capital.components)
    fit = replace(shown.by_capital, bic={count: 100.0, count + 1: 100.0 + apart, count + 2: 300.0}, reason="")
    reading = usage_density.density(base, replace(shown, by_capital=fit)).reading
    assert f"{count} rather than {count + 1}" in reading
    assert f"by a BIC difference of {apart:.1f}, which is {word} (" in reading


def test_without_another_to_try_there_is_no_choice(base: Findings, shown: PublishedUsage) -> None:
    """One normal alone, as with few tiers."""
    fit = replace(shown.by_capital, bic={len(shown.by_capital.components): 100.0}, reason="")
    assert "One normal alone was tried" in usage_density.density(base, replace(shown, by_capital=fit)).reading


def test_without_positions_there_is_no_density(base: Findings) -> None:
    """Neither rows nor a title of their own."""
    assert usage_density.density_rows(None).empty
    assert usage_density.density_steps(None).empty
    assert usage_density.density(base, None).title == "Accounts are not known"
