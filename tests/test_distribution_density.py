"""A density fitted to tiers: what it finds again, how it says that it fits, and where there is nothing to fit."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm

from cohortiv.distribution.density import NARROWEST, NOTHING, ONE_TIER, WIDEST, leverage_density
from cohortiv.schema import TIER_EDGES

EDGES = np.array(TIER_EDGES, dtype=float)


def masses(*normals: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    """Exact tier masses of lognormal leverage: weight, median and standard deviation of ln; all of it above 1x."""
    below = sum(weight * lognorm.cdf(EDGES, sd, scale=median) for weight, median, sd in normals)
    return np.diff(np.append(np.asarray(below), 1.0))


def test_one_lognormal_is_found_again() -> None:
    """Median and width come back from the tier masses alone, and one normal is enough."""
    found = leverage_density(TIER_EDGES, masses((1.0, 12.0, 0.5)).tolist(), n_effective=5_000)
    assert len(found.components) == 1
    assert found.components["median_leverage"][0] == pytest.approx(12.0, rel=1e-3)
    assert found.components["log_sd"][0] == pytest.approx(0.5, rel=1e-3)
    assert found.ks_distance < 1e-3


def test_two_humps_are_found_again() -> None:
    """Two groups that lie apart are told apart, with their weights."""
    found = leverage_density(TIER_EDGES, masses((0.4, 4.0, 0.3), (0.6, 30.0, 0.35)).tolist(), n_effective=5_000)
    assert len(found.components) == 2
    assert found.components["median_leverage"].tolist() == pytest.approx([4.0, 30.0], rel=0.02)
    assert found.components["weight"].tolist() == pytest.approx([0.4, 0.6], abs=0.01)


def test_few_observations_get_the_simpler_shape() -> None:
    """The criterion pays for parameters only where there is evidence enough for them."""
    two = masses((0.5, 4.0, 0.3), (0.5, 30.0, 0.35)).tolist()
    many, few = (leverage_density(TIER_EDGES, two, n_effective=n) for n in (5_000, 6))
    assert (len(many.components), len(few.components)) == (2, 1)


def test_curve_holds_the_fitted_mass() -> None:
    """The density adds up to what the fit puts between the ends of the curve."""
    found = leverage_density(TIER_EDGES, masses((1.0, 12.0, 0.5)).tolist(), n_effective=5_000)
    logs = np.log(found.curve["leverage"].to_numpy())
    assert np.trapezoid(found.curve["density"], logs) == pytest.approx(1.0, abs=1e-4)


def test_mass_below_the_lowest_edge_is_told() -> None:
    """A fit that reaches below 1x says by how much, and its tiers lack just that."""
    found = leverage_density((1, 2, 3, 5), (0.6, 0.2, 0.15, 0.05), n_effective=200)
    assert found.share_outside > 0.02
    assert found.tiers["fitted"].sum() == pytest.approx(1 - found.share_outside)


def test_ks_distance_is_that_of_the_tiers() -> None:
    """The largest difference of the cumulated shares at an edge, counted by hand from the tiers."""
    found = leverage_density(TIER_EDGES, masses((0.5, 4.0, 0.2), (0.5, 30.0, 0.2)).tolist(), n_effective=8)
    observed = found.tiers["observed"].cumsum() - found.tiers["observed"]
    fitted = found.share_outside + found.tiers["fitted"].cumsum() - found.tiers["fitted"]
    assert found.ks_distance == pytest.approx((observed - fitted).abs().max())


@pytest.mark.parametrize(("held", "reason"), [([0.0, 7.0, 0.0], ONE_TIER), ([0.0, 0.0, 0.0], NOTHING)])
def test_one_tier_or_none_has_no_fit(held: list[float], reason: str) -> None:
    """It says why, keeps what was observed and draws no curve."""
    found = leverage_density((1, 5, 10), held, n_effective=math.nan)
    assert found.reason == reason
    assert found.curve.empty
    assert math.isnan(found.ks_distance)
    assert found.tiers["observed"].sum() == (1.0 if sum(held) else 0.0)


@settings(max_examples=12)
@given(st.lists(st.floats(0, 1e6), min_size=13, max_size=13).filter(lambda held: sum(m > 0 for m in held) > 1))
def test_any_masses_get_a_proper_density(held: list[float]) -> None:
    """Weights add up to 1, widths are in their range, and what is fitted is a share."""
    found = leverage_density(TIER_EDGES, held, n_effective=300)
    assert found.components["weight"].sum() == pytest.approx(1.0)
    assert found.components["log_sd"].between(NARROWEST * (1 - 1e-9), WIDEST * (1 + 1e-9)).all()
    assert 0 <= found.ks_distance <= 1
    assert found.tiers["fitted"].sum() + found.share_outside == pytest.approx(1.0)


def test_scale_of_the_masses_does_not_matter() -> None:
    """Cents or dollars, the fit is the same."""
    held = masses((0.5, 4.0, 0.3), (0.5, 30.0, 0.35))
    small, large = (leverage_density(TIER_EDGES, (held * factor).tolist(), n_effective=900) for factor in (1.0, 1e9))
    assert large.components.to_numpy() == pytest.approx(small.components.to_numpy(), rel=1e-4)


@pytest.mark.parametrize(
    ("floors", "held", "message"),
    [
        ((1, 5), (1.0,), r"got 2 tier edges and 1 masses; allowed is one mass a tier"),
        ((5, 1), (1.0, 1.0), r"allowed are edges that rise from 1 or more"),
        ((0.5, 1), (1.0, 1.0), r"allowed are edges that rise from 1 or more"),
        ((1, 5), (1.0, -1.0), r"got 1 of 2 masses that are not finite and >= 0"),
        ((1, 5), (1.0, math.nan), r"got 1 of 2 masses that are not finite and >= 0"),
    ],
)
def test_bad_masses_are_refused(floors: tuple[float, ...], held: tuple[float, ...], message: str) -> None:
    """What was got, what is allowed."""
    with pytest.raises(ValueError, match=message):
        leverage_density(floors, held, n_effective=10)
