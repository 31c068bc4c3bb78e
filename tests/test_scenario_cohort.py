"""A cohort from nothing: what was asked for adds up, the path closes what it touched, the seed decides."""

import math

import numpy as np
import pandas as pd
import pytest
from scenario_support import small

from cohortiv.config.scenario import ScenarioConfig
from cohortiv.config.scenario_cohort import Wave
from cohortiv.errors import DataError
from cohortiv.scenario.cohort import draw_positions
from cohortiv.schema import REQUIRED


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    """Positions of the small scenario with a tenth of them coin-margined."""
    return draw_positions(with_inverse())


def notional(positions: pd.DataFrame) -> "pd.Series[float]":
    """Notional at the mark [USD]."""
    linear = positions["quantity"] * positions["mark_price"]
    return linear.where(positions["contract"] == "linear", positions["quantity"])


def with_inverse(seed: int = 3) -> ScenarioConfig:
    """The small scenario with inverse contracts too."""
    plan = small().cohort.model_dump() | {"contracts": {"linear": 0.9, "inverse": 0.1}}
    return small(cohort=plan, seed=seed)


def with_waves(*waves: dict[str, object]) -> ScenarioConfig:
    """The small scenario with other waves."""
    return small(cohort=small().cohort.model_dump() | {"waves": list(waves)})


def test_the_contract_is_met(drawn: pd.DataFrame) -> None:
    """Required columns are there, and every account holds one position."""
    assert set(REQUIRED) <= set(drawn.columns)
    assert drawn["account_id"].is_unique


def test_notional_is_what_was_asked(drawn: pd.DataFrame) -> None:
    """What is open at the mark adds up to 50 million USD."""
    assert notional(drawn).sum() == pytest.approx(50e6, rel=1e-12)


@pytest.mark.parametrize(
    ("column", "name", "share"), [("symbol", "BTC", 0.7), ("contract", "inverse", 0.1), ("margin_mode", "cross", 0.2)]
)
def test_names_are_shared_out(drawn: pd.DataFrame, column: str, name: str, share: float) -> None:
    """By number in proportion; the path takes a few of the symbols away."""
    assert (drawn[column] == name).mean() == pytest.approx(share, abs=0.02)


def test_shares_of_what_was_opened_hold_exactly() -> None:
    """Without a path to close anything, tiers and sides of a wave at the mark have their shares of the notional."""
    wave = {"name": "w", "share": 1, "long_share": 0.8, "near_mark": 0, "tiers": {5: 0.75, 10: 0.25}}
    drawn = draw_positions(with_waves(wave))
    held = notional(drawn) / notional(drawn).sum()
    assert held[drawn["leverage"] == 5].sum() == pytest.approx(0.75)
    assert held[drawn["side"] == "short"].sum() == pytest.approx(0.2)
    assert np.allclose(drawn["entry_price"], drawn["mark_price"])


def test_entries_near_the_mark_have_their_spread() -> None:
    """The logarithm of entry over mark has mean 0 and the given standard deviation."""
    wave = {"name": "w", "share": 1, "long_share": 1, "near_mark": 0.02, "tiers": {2: 1}}
    drawn = draw_positions(with_waves(wave))
    logs = np.log(drawn["entry_price"] / drawn["mark_price"])
    assert logs.mean() == pytest.approx(0.0, abs=1e-9)
    assert logs.std() == pytest.approx(0.02, rel=0.02)


def test_the_path_closes_shorts_of_a_rally() -> None:
    """In an even rise of 50 %, a 5x short opened when the price was under 1.195 / 1.2 of a later one is gone."""
    wave = {"name": "w", "share": 1, "long_share": 0.5, "entered": [0, 1], "tiers": {5: 1}}
    config = with_waves(wave)
    even = config.model_copy(update={"market": config.market.model_copy(update={"volatility": 1e-9})})
    drawn = draw_positions(even)
    bitcoin = drawn[drawn["symbol"] == "BTC"]
    shorts, longs = (bitcoin.loc[bitcoin["side"] == side, "entry_price"] for side in ("short", "long"))
    assert shorts.min() > 60_000 * (1 + 0.005) / 1.2
    assert longs.min() < 60_000 / 1.4


def test_margin_is_the_initial_margin(drawn: pd.DataFrame) -> None:
    """Isolated: notional at entry over leverage; cross wallets: a tenth more, after haircut, in their asset."""
    linear = drawn[drawn["contract"] == "linear"]
    initial = linear["quantity"] * linear["entry_price"] / linear["leverage"]
    held = linear["margin"] * linear["collateral_price"] * (1 - linear["haircut"]) / initial
    cross = linear["margin_mode"] == "cross"
    assert held[~cross].to_numpy() == pytest.approx(1.0)
    assert held[cross].to_numpy() == pytest.approx(1.1)
    assert set(linear.loc[cross, "collateral_asset"]) == {"USDT", "BTC"}
    assert set(linear.loc[~cross, "collateral_asset"]) == {"USDT"}


def test_inverse_positions_hold_their_coin(drawn: pd.DataFrame) -> None:
    """Their collateral is the symbol, and their margin in coin."""
    inverse = drawn[(drawn["contract"] == "inverse") & (drawn["margin_mode"] == "isolated")]
    assert (inverse["collateral_asset"] == inverse["symbol"]).all()
    coins = inverse["quantity"] / inverse["entry_price"] / inverse["leverage"]
    assert inverse["margin"].to_numpy() == pytest.approx(coins.to_numpy())


def test_the_seed_decides(drawn: pd.DataFrame) -> None:
    """The same seed gives the same positions, another others."""
    pd.testing.assert_frame_equal(draw_positions(with_inverse()), drawn)
    assert not draw_positions(with_inverse(seed=4)).equals(drawn)


def test_other_waves_can_be_drawn() -> None:
    """Those of an inflow, in place of the cohort's own."""
    wave = Wave(name="in", share=1.0, long_share=1.0, near_mark=0.0, tiers={25.0: 1.0})
    drawn = draw_positions(small(), [wave])
    assert set(drawn["leverage"]) == {25.0}
    assert notional(drawn).sum() == pytest.approx(50e6)


def test_a_path_that_closes_all_is_refused() -> None:
    """Nothing is left to assess."""
    wave = {"name": "w", "share": 1, "long_share": 0, "entered": [0, 0.1], "tiers": {50: 1}}
    with pytest.raises(DataError, match=r"Scenario small: the path closed all \d+ positions"):
        draw_positions(with_waves(wave))


def test_no_share_draws_nobody() -> None:
    """A tier with share 0 has no positions, and no size is undefined."""
    wave = {"name": "w", "share": 1, "long_share": 1, "near_mark": 0, "tiers": {5: 1, 10: 0}}
    drawn = draw_positions(with_waves(wave))
    assert set(drawn["leverage"]) == {5.0}
    assert math.isfinite(drawn["quantity"].sum())
