"""Adoption of products: curves, weights, and what they do to the tier mix."""

import numpy as np
import pytest
from outlook_support import EDGES, FIELDS, between, product, sure

from cohortiv.config.outlook_strands import AdoptionStrand, ProductAdoption, Uncertain
from cohortiv.distribution.adoption import AdoptionDraws, adoption_draws, product_mix, tier_factors, triangular
from cohortiv.errors import UsageError

STRAND = AdoptionStrand.model_validate(FIELDS["adoption"])


def drawn(strand: AdoptionStrand, *years: float, n_draws: int = 2_000) -> AdoptionDraws:
    """Draws of a strand."""
    return adoption_draws(strand, years, n_draws=n_draws, rng=np.random.default_rng(1))


def known(first: float, second: float = 1.0) -> AdoptionStrand:
    """Two products of equal share now, with ceilings that are not in doubt."""
    ceilings = {"option": sure(first), "margin": sure(second)}
    return AdoptionStrand.model_validate(
        {"products": [product(name, 0.5, ceiling=ceiling, tiers={5: 1}) for name, ceiling in ceilings.items()]}
    )


def test_triangular_quantiles_by_hand() -> None:
    """Ends, and the mode at the chance that it has."""
    limits = Uncertain.model_validate(between(1.0, 2.0, 5.0))
    assert triangular([0.0, 0.25, 1.0], limits) == pytest.approx([1.0, 2.0, 5.0])


def test_triangular_agrees_with_another_library() -> None:
    """Quantile by quantile."""
    from scipy.stats import triang

    chances = np.linspace(0, 1, 21)
    limits = Uncertain.model_validate(between(0.2, 0.9, 1.0))
    assert triangular(chances, limits) == pytest.approx(triang.ppf(chances, 0.875, loc=0.2, scale=0.8))


@pytest.mark.parametrize("limits", [(0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.5, 0.5, 0.5)])
def test_triangular_limits_may_meet_the_mode(limits: tuple[float, float, float]) -> None:
    """Every quantile lies within the limits."""
    values = triangular(np.linspace(0, 1, 11), Uncertain.model_validate(between(*limits)))
    assert values.min() == pytest.approx(limits[0])
    assert values.max() == pytest.approx(limits[2])


def test_weights_now_are_the_shares_now() -> None:
    """In every draw."""
    assert drawn(STRAND, 0.0).weights[0] == pytest.approx(np.tile([0.6, 0.4], (2_000, 1)))


def test_a_curve_by_hand() -> None:
    """Ceiling of twice the share, speed 1, after ln 2 years: 0.5 * 2 / (1 + 1/2), against an unchanged half."""
    grown = 1 / 1.5
    assert drawn(known(2.0), np.log(2)).weights[0, 0] == pytest.approx([grown / (grown + 0.5), 0.5 / (grown + 0.5)])


@pytest.mark.parametrize("ceiling", [0.4, 3.0])
def test_a_curve_ends_at_its_ceiling(ceiling: float) -> None:
    """Grown or receded, in the long run."""
    assert drawn(known(ceiling), 50.0).weights[0, 0, 0] == pytest.approx(ceiling / (ceiling + 1))


def test_weights_sum_to_one() -> None:
    """At every date."""
    assert drawn(STRAND, 0.0, 0.5, 2.0).weights.sum(axis=-1) == pytest.approx(np.ones((3, 2_000)))


def test_a_mix_takes_the_tier_that_a_leverage_lies_in() -> None:
    """The largest edge that is not above it."""
    stated = ProductAdoption.model_validate(product("option", 1.0, ceiling=sure(1), tiers={6: 0.25, 9: 0.25, 125: 0.5}))
    assert product_mix(stated, EDGES) == pytest.approx([0, 0.5, 0, 0, 0.5])


def test_a_leverage_below_the_lowest_tier_is_refused() -> None:
    """Product, leverage and what is allowed."""
    stated = ProductAdoption.model_validate(product("option", 1.0, ceiling=sure(1), tiers={1.5: 1.0}))
    with pytest.raises(UsageError, match=r"option has a tier of 1\.5x, allowed is 2x"):
        product_mix(stated, EDGES)


def test_weights_of_now_change_nothing() -> None:
    """All factors are 1."""
    assert tier_factors(STRAND, [0.6, 0.4], EDGES) == pytest.approx(np.ones(5))


def test_factors_by_hand() -> None:
    """Tiers of the product that grew by a third gain a third; a tier that no product holds is left alone."""
    assert tier_factors(STRAND, [0.8, 0.2], EDGES) == pytest.approx([0.5, 0.5, 4 / 3, 1.0, 4 / 3])
