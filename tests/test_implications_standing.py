"""Where a profile stands under the terms of a result."""

import math

import pytest
from cohort_support import ENGINE_WARNINGS, Results
from implication_support import TERMS, all_long, profile

from cohortiv.early_warning import Code
from cohortiv.implications.standing import book_of, mass_beyond, standing, terms_of
from cohortiv.profile import LiquidationProfile

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize(("line", "index", "code"), [(0.9, 77.131, Code.RED), (0.8, 37.161, Code.YELLOW)])
def test_standing_is_the_methodologys(line: float, index: float, code: Code) -> None:
    """All long at one line has the index of the printed checks."""
    found = standing(all_long(line), TERMS)
    assert found.iv_index == pytest.approx(index, abs=2e-3)
    assert found.code is code


@pytest.mark.parametrize(
    ("book", "index", "code"),
    [
        (profile([("long", 1.0, 1e9, 10)]), math.inf, Code.RED),
        (profile([("long", math.nan, 1e9, 10)]), 0.0, Code.GREEN),
        (profile([("long", 0.9, 1e9, 0)]), math.nan, Code.GREY),
    ],
)
def test_degenerate_profiles_stand_somewhere(book: LiquidationProfile, index: float, code: Code) -> None:
    """Past its lines is Red, without lines Green, without leverage Grey."""
    found = standing(book, TERMS)
    assert found.iv_index == pytest.approx(index, nan_ok=True)
    assert found.code is code


@pytest.mark.parametrize("case", ["solved", "one symbol"])
def test_standing_agrees_with_the_result(results: Results, case: str) -> None:
    """A profile to which nothing was done stands where its result says."""
    result = results[case]
    assert standing(result.reading.profile, terms_of(result)).iv_index == pytest.approx(result.iv_index, rel=1e-12)


def test_mass_beyond_is_nought_at_the_index() -> None:
    """At a profile's own index the expected mass is the critical one; under it more is touched, above it less."""
    book = book_of(all_long(), TERMS)
    own = standing(all_long(), TERMS).iv_index
    assert mass_beyond(book, TERMS, own) == pytest.approx(0.0, abs=1e-9)
    assert mass_beyond(book, TERMS, own - 1) > 0 > mass_beyond(book, TERMS, own + 1)
