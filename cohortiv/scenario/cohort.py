"""A cohort from nothing: positions opened along a market path and partly closed by it, adding up to what was asked."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from cohortiv.comovement import comovement
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.config.scenario_cohort import CohortPlan, Wave
from cohortiv.errors import DataError
from cohortiv.scenario.path import market_path
from cohortiv.scenario.shifts import FloatArray
from cohortiv.schema import STABLECOINS

Word = TypeVar("Word", bound=str)


def draw_positions(config: ScenarioConfig, waves: Sequence[Wave] = ()) -> pd.DataFrame:
    """Positions of a scenario's cohort.

    Parameters
    ----------
    config : ScenarioConfig
    waves : sequence of Wave, optional
        How they were opened; the cohort's own waves by default.

    Returns
    -------
    DataFrame
        Columns of the position contract without time, one position an account. What is open at the mark has
        `cohort.notional_usd`, to rounding.

    Raises
    ------
    DataError
        If the path closed every position.

    Notes
    -----
    Shares by wave, tier and side hold exactly for the notional that was opened; the path then closes each position
    whose line, entry * (1 -+ 1/leverage) / (1 -+ m) with the plan's maintenance rate m, it touched since. What is left
    is scaled, so tier shares are those of the survivors. Draws are stratified: entries are spread evenly over their
    window, or over the quantiles of their distribution, and names are shared out in proportion; the seed decides the
    path, the sizes and who gets what.
    """
    rng = np.random.default_rng(config.seed)
    plan, movement = config.cohort, comovement()
    path = market_path(config.market, rng)
    opened = pd.concat([_opened(rng, plan, wave, path=path) for wave in waves or plan.waves], ignore_index=True)
    opened["symbol"] = _shared_out(rng, plan.symbols, len(opened))
    beta = opened["symbol"].map(movement.beta).to_numpy(dtype=float)
    opened["entry"] = np.exp(beta * np.interp(opened["hour"], np.arange(len(path)), path) + opened["own"])
    held = opened[~_is_closed(opened, beta, path=path, rate=plan.maintenance_rate)].reset_index(drop=True)
    if held.empty:
        raise DataError(
            f"Scenario {config.name}: the path closed all {len(opened):,} positions; allowed is a path that leaves "
            "some. Lower the leverage of the waves or the volatility of the market."
        )
    return _table(rng, config, held)


def _opened(rng: np.random.Generator, plan: CohortPlan, wave: Wave, *, path: FloatArray) -> pd.DataFrame:
    """Positions of one wave: side (1 or -1), leverage, size (parts of all notional), hour, own (entry's log offset)."""
    sides = ((1.0, wave.long_share), (-1.0, 1.0 - wave.long_share))
    cells = [
        _cell(rng, plan, key=(tier, side), share=wave.share * part * held)
        for (tier, part), (side, held) in product(wave.tiers.items(), sides)
    ]
    frame = pd.concat(cells, ignore_index=True)
    last = len(path) - 1
    if wave.near_mark is not None:
        return frame.assign(hour=float(last), own=wave.near_mark * ndtri(frame["place"]))
    first, final = wave.entered or (0.0, 1.0)
    return frame.assign(hour=last * (first + (final - first) * frame["place"]), own=0.0)


def _cell(rng: np.random.Generator, plan: CohortPlan, *, key: tuple[float, float], share: float) -> pd.DataFrame:
    """Positions of one leverage and side that hold a share of all notional opened; place: 0 to 1, evenly spread."""
    count = max(1, round(plan.accounts * share)) if share > 0 else 0
    size = np.exp(plan.size.log_spread * rng.standard_normal(count))
    leverage, side = key
    place = rng.permutation((np.arange(count) + 0.5) / max(1, count))
    return pd.DataFrame({"side": side, "leverage": leverage, "size": share * size / size.sum(), "place": place})


def _is_closed(opened: pd.DataFrame, beta: FloatArray, *, path: FloatArray, rate: float) -> npt.NDArray[np.bool_]:
    """Whether the path touched a position's line since it was opened."""
    side, leverage = opened["side"].to_numpy(dtype=float), opened["leverage"].to_numpy(dtype=float)
    since = np.ceil(opened["hour"].to_numpy(dtype=float)).astype(int)
    lowest, highest = (np.flip(f.accumulate(np.flip(path)))[since] for f in (np.minimum, np.maximum))
    line = opened["entry"].to_numpy(dtype=float) * (1 - side / leverage) / (1 - side * rate)
    closed: npt.NDArray[np.bool_] = np.where(side > 0, np.exp(beta * lowest) <= line, np.exp(beta * highest) >= line)
    return closed


def _table(rng: np.random.Generator, config: ScenarioConfig, held: pd.DataFrame) -> pd.DataFrame:
    """Positions in the contract's columns."""
    plan, count = config.cohort, len(held)
    entry = held["entry"].to_numpy(dtype=float)
    mark = held["symbol"].map(dict(config.market.mark_prices)).to_numpy(dtype=float)
    contract = _shared_out(rng, plan.contracts, count)
    mode = _shared_out(rng, plan.margin_modes, count)
    inverse, cross = contract == "inverse", mode == "cross"
    now = held["size"].to_numpy() * np.where(inverse, 1.0, 1.0 / entry)
    size = held["size"].to_numpy() * plan.notional_usd / now.sum()
    asset = np.where(inverse, held["symbol"], np.where(cross, _shared_out(rng, plan.collateral, count), "USDT"))
    price = np.array([1.0 if name in STABLECOINS else config.market.mark_prices[name] for name in asset])
    haircut = np.where(cross & ~np.isin(asset, STABLECOINS), plan.collateral_haircut, 0.0)
    initial = size / held["leverage"].to_numpy() * np.where(inverse, 1.0 / entry, 1.0)
    return pd.DataFrame(
        {
            "account_id": [f"synthetic-{number:07d}" for number in range(count)],
            "symbol": held["symbol"],
            "side": np.where(held["side"] > 0, "long", "short"),
            "quantity": np.where(inverse, size, size / (entry * mark)),
            "entry_price": entry * mark,
            "mark_price": mark,
            "leverage": held["leverage"],
            "venue": _shared_out(rng, plan.venues, count),
            "product": _shared_out(rng, plan.products, count),
            "contract": contract,
            "margin_mode": mode,
            "margin": initial * np.where(cross, 1.0 + plan.spare_margin, 1.0) / (price * (1.0 - haircut)),
            "collateral_asset": asset,
            "collateral_price": price,
            "haircut": haircut,
        }
    )


def _shared_out(rng: np.random.Generator, shares: Mapping[Word, float], count: int) -> npt.NDArray[np.str_]:
    """Names in proportion to their shares, in random order."""
    edges = np.cumsum(list(shares.values()))
    place = rng.permutation((np.arange(count) + 0.5) / max(1, count))
    chosen = np.minimum(np.searchsorted(edges, place), len(edges) - 1)
    return np.array(list(shares))[chosen]
