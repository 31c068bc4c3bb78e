"""Betas and kappas: dated defaults, a user's own on top."""

import math

import pytest

from cohortiv.comovement import BETAS, KAPPAS, OTHER_BETA, OTHER_KAPPA, comovement


def test_defaults_are_the_published_constants() -> None:
    """Hourly returns of 2023 to 2026: kappa ETH 1.33, SOL 1.91; beta 1.08, 1.37."""
    movement = comovement()
    assert [movement.kappa(s) for s in ("BTC", "ETH", "SOL")] == [1.0, 1.33, 1.91]
    assert [movement.beta(s) for s in ("BTC", "ETH", "SOL")] == [1.0, 1.08, 1.37]


def test_stablecoins_stand_still() -> None:
    """Whatever a user says of other assets."""
    assert comovement({"BTC": 2.0}).beta("USDC") == 0.0


def test_unknown_symbols_move_like_the_liveliest_known() -> None:
    """And are told apart from known ones."""
    movement = comovement()
    assert (movement.beta("PEPE"), movement.kappa("PEPE")) == (OTHER_BETA, OTHER_KAPPA)
    assert movement.is_known("BTC")
    assert not movement.is_known("PEPE")


def test_own_figures_win_and_leave_the_defaults_alone() -> None:
    """The module's constants are not changed."""
    assert comovement({"ETH": 2.0}, {"ETH": 3.0}).beta("ETH") == 2.0
    assert (BETAS["ETH"], KAPPAS["ETH"]) == (1.08, 1.33)


@pytest.mark.parametrize("beta", [-0.1, math.nan, math.inf])
def test_betas_are_finite_and_not_negative(beta: float) -> None:
    """A falling market lowers no price's fall."""
    with pytest.raises(ValueError, match="betas >= 0"):
        comovement({"ETH": beta})


@pytest.mark.parametrize("kappa", [0.0, -1.0, math.nan, math.inf])
def test_kappas_are_finite_and_positive(kappa: float) -> None:
    """A price that never moves has no volatility to be relative to."""
    with pytest.raises(ValueError, match="kappas > 0"):
        comovement(None, {"ETH": kappa})
