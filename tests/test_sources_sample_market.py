"""The made-up market of the sample."""

import numpy as np

from cohortiv.sources.sample_market import STEPS_PER_DAY, momentum, price_paths


def test_btc_passes_its_last_turning_point() -> None:
    """Whatever the noise, the last price of BTC is the one that is written down."""
    for seed in range(3):
        assert price_paths(np.random.default_rng(seed), steps=700)[-1, 0] == 112_000.0


def test_there_is_a_drawdown() -> None:
    """In the last half year the price falls by more than a tenth from a high, for every seed."""
    for seed in range(3):
        btc = price_paths(np.random.default_rng(seed), steps=26 * 14)[:, 0]
        assert (1.0 - btc / np.maximum.accumulate(btc)).max() > 0.1


def test_others_move_more_than_btc() -> None:
    """ETH and SOL are livelier than BTC, in the order of their published volatilities."""
    paths = price_paths(np.random.default_rng(5), steps=4000)
    volatilities = np.diff(np.log(paths), axis=0).std(axis=0)
    ratios = volatilities / volatilities[0]
    assert 1.2 < ratios[1] < 1.5
    assert 1.7 < ratios[2] < 2.1


def test_a_path_of_one_step_is_the_last_snapshot() -> None:
    """The shortest path is one row of prices."""
    assert price_paths(np.random.default_rng(1), steps=1).shape == (1, 3)


def test_momentum_is_the_return_over_the_window() -> None:
    """One day after a rise of a tenth the momentum of one day is a tenth, and 0 at the start."""
    prices = np.array([[100.0]] * STEPS_PER_DAY + [[110.0]])
    np.testing.assert_allclose(momentum(prices, days=1), [0.0] * STEPS_PER_DAY + [0.1], atol=1e-15)
