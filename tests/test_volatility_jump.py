"""The jump hit law: its limit without jumps, simulated paths, and its ends."""

import math

import numpy as np
import pytest

from cohortiv.volatility import JumpLaw, gbm_hit_probability, jump_law, solve_critical_volatility

DISTANCES = np.concatenate([-np.geomspace(1e-3, 1.0, 25), np.geomspace(1e-3, 1.0, 25)])


@pytest.fixture(scope="module")
def law() -> JumpLaw:
    """Half of the variance from one jump over the horizon on average, rather falls than rises."""
    return jump_law(jumps=1.0, jump_share=0.5, lean=-0.4)


def simulated(distance: float, v: float, *, paths: int) -> float:
    """Share of seeded paths with those jumps that touch; between jumps the chance of a Brownian bridge."""
    rng = np.random.default_rng(6)
    root = v * math.sqrt(0.5)
    mean, deviation, variance = -0.4 * root, root * math.sqrt(1.0 - 0.16), 0.5 * v * v
    drift = -0.5 * variance - math.expm1(mean + 0.5 * deviation**2)
    side, size = math.copysign(1.0, distance), abs(distance)
    place, clock, untouched = np.zeros(paths), np.zeros(paths), np.ones(paths)
    while (clock < 1.0).any():
        until = np.minimum(clock + rng.exponential(1.0, paths), 1.0)
        span = until - clock
        arrived = place + drift * span + np.sqrt(variance * span) * rng.normal(size=paths)
        before, after = np.maximum(size - side * place, 0.0), np.maximum(size - side * arrived, 0.0)
        untouched *= -np.expm1(-2.0 * before * after / np.maximum(variance * span, 1e-30))
        jump = np.where(until < 1.0, rng.normal(mean, deviation, paths), 0.0)
        place, clock = arrived + jump, until
        untouched = np.where((clock < 1.0) & (side * place >= size), 0.0, untouched)
        place = np.where(clock < 1.0, place, 0.0)
    return float(1.0 - untouched.mean())


def test_without_jumps_it_is_the_default_law() -> None:
    """With next to no variance in jumps the chances are those of the default law, to 2e-4."""
    plain = jump_law(jumps=1.0, jump_share=1e-9)
    grid = np.geomspace(1e-3, 1.9, 30)[:, np.newaxis]
    np.testing.assert_allclose(plain(DISTANCES, grid), gbm_hit_probability(DISTANCES, grid), atol=2.5e-4)


@pytest.mark.parametrize(("distance", "v"), [(-0.1, 0.1), (0.1, 0.1), (-0.3, 0.1), (0.3, 0.6), (-0.5, 1.0)])
def test_simulated_paths_agree(law: JumpLaw, distance: float, v: float) -> None:
    """Forty thousand seeded paths touch as often, within four of their standard errors."""
    share, paths = simulated(distance, v, paths=40_000), 40_000
    error = math.sqrt(share * (1.0 - share) / paths)
    assert float(law(distance, v)) == pytest.approx(share, abs=4.0 * error + 2e-4)


def test_far_lines_are_touched_more_often_and_near_ones_less(law: JumpLaw) -> None:
    """At the same total volatility jumps put more into the tail."""
    assert float(law(-0.5, 0.1)) > 10.0 * float(gbm_hit_probability(-0.5, 0.1))
    assert float(law(-0.05, 0.1)) < float(gbm_hit_probability(-0.05, 0.1))


def test_falls_are_likelier_where_jumps_lean_down(law: JumpLaw) -> None:
    """A lean downwards makes a far fall likelier than a rise of that size."""
    assert float(law(-0.3, 0.1)) > 2.0 * float(law(0.3, 0.1))


def test_ends(law: JumpLaw) -> None:
    """At the line certain, without a line never, without volatility nothing; beyond the range it stays put."""
    assert law([0.0, np.nan, -np.inf, np.inf], 0.2).tolist() == [1.0, 0.0, 0.0, 0.0]
    assert law([0.0, -0.1, 0.1], 0.0).tolist() == [1.0, 0.0, 0.0]
    np.testing.assert_array_equal(law(DISTANCES, np.inf), law(DISTANCES, law.largest_v))


def test_chance_rises_with_v_and_falls_with_the_distance(law: JumpLaw) -> None:
    """Chances lie in [0, 1], rise with v, and fall with the distance on each side."""
    table = law(DISTANCES, np.linspace(0.0, 1.2, 200)[:, np.newaxis])
    assert ((table >= 0.0) & (table <= 1.0)).all()
    assert np.diff(table, axis=0).min() > -1e-6
    assert np.diff(table[:, :25], axis=1).max() < 1e-9


def test_a_book_is_solved_under_it(law: JumpLaw) -> None:
    """The critical volatility under the law is where its share is the mass, and is the same each time."""
    critical = solve_critical_volatility([3.0, 2.0, 5.0], [-0.1, -0.3, 0.2], law=law)
    share = np.array([0.3, 0.2, 0.5]) @ law([-0.1, -0.3, 0.2], critical.single_v)
    assert float(share) == pytest.approx(0.15, rel=1e-9)


@pytest.mark.parametrize(
    ("jumps", "share", "lean"),
    [(0.0, 0.5, 0.0), (math.inf, 0.5, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (1.0, 0.5, 1.0)],
)
def test_bad_numbers_are_refused(jumps: float, share: float, lean: float) -> None:
    """Jumps are more than 0, their share and lean inside their ranges."""
    with pytest.raises(ValueError, match="allowed are jumps > 0"):
        jump_law(jumps=jumps, jump_share=share, lean=lean)


def test_bad_v_is_refused(law: JumpLaw) -> None:
    """Negative and NaN v are counted."""
    with pytest.raises(ValueError, match="got 2 values of v"):
        law(-0.1, [-0.1, np.nan])
