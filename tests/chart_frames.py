"""Made-up frames of the shape that publication hands to the charts; seeded, so that every run draws the same."""

import numpy as np
import pandas as pd

SEED = 20260218
MARK_PRICE = 67_812.0
TIERS = ("1x", "2x", "3x", "5x", "8x", "10x", "15x", "20x", "25-40x", "50x", "75-125x")
FLOORS = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0, 75.0)


def tiers() -> pd.DataFrame:
    """Eleven tiers by two sides, most notional at 10x to 20x and long."""
    rng = np.random.default_rng(SEED)
    floors = np.repeat(FLOORS[1:], 2)
    size = np.exp(-0.5 * (np.log(floors / 13.0) / 0.75) ** 2) * rng.uniform(0.7, 1.3, floors.size)
    notional = 4.2e9 * np.where(np.arange(floors.size) % 2 == 0, 0.68, 0.32) * size / size.sum()
    collateral = notional / floors * rng.uniform(0.9, 1.4, floors.size)
    weight = notional * np.exp(-9.0 / floors)
    return pd.DataFrame(
        {
            "tier": np.repeat(TIERS[1:], 2),
            "tier_floor": floors,
            "side": ["long", "short"] * (floors.size // 2),
            "notional_usd": notional,
            "collateral_usd": collateral,
            "share": notional / notional.sum(),
            "collateral_share": collateral / collateral.sum(),
            "accounts": rng.integers(12, 900, floors.size),
            "contribution": weight / weight.sum(),
        }
    )


def one_tier() -> pd.DataFrame:
    """A single tier with one side only."""
    frame = tiers()
    return frame[(frame["tier"] == "10x") & (frame["side"] == "long")].reset_index(drop=True)


def ladder(*, bins: int = 48, reach: float = 0.36, mark_price: float | None = MARK_PRICE) -> pd.DataFrame:
    """Notional by move: longs under the mark, shorts over it, a few of each on the other side."""
    rng = np.random.default_rng(SEED)
    edges = np.linspace(-reach, reach, bins + 1)
    low, high = edges[:-1], edges[1:]
    middle = (low + high) / 2
    long_size = np.where(middle < 0, 1.0, 0.04) * np.exp(-(((np.abs(middle) - 0.085) / 0.07) ** 2))
    short_size = np.where(middle > 0, 0.55, 0.03) * np.exp(-(((np.abs(middle) - 0.11) / 0.09) ** 2))
    parts = [
        pd.DataFrame(
            {
                "move_low": low,
                "move_high": high,
                "side": side,
                "notional_usd": 1.9e8 * (48 / bins) * size * rng.lognormal(0.0, 0.35, bins),
            }
        )
        for side, size in (("long", long_size), ("short", short_size))
    ]
    frame = pd.concat(parts, ignore_index=True)
    price = np.nan if mark_price is None else mark_price
    return frame.assign(price_low=price * (1 + frame["move_low"]), price_high=price * (1 + frame["move_high"]))


def hit_curve() -> pd.DataFrame:
    """A share that rises with volatility and passes 15 % at about 60 %."""
    volatility = np.linspace(0.01, 1.5, 120)
    return pd.DataFrame({"volatility": volatility, "share": 0.62 * np.exp(-((0.715 / volatility) ** 2))})


def sensitivity() -> pd.DataFrame:
    """Six parameters with three to five values each, one default each."""
    rows: dict[str, list[tuple[str, float, float]]] = {
        "Critical mass": [
            ("5 %", 0.05, 96.2),
            ("10 %", 0.10, 78.9),
            ("15 %", 0.15, 66.4),
            ("20 %", 0.2, 57.0),
            ("25 %", 0.25, 49.1),
        ],
        "Horizon": [("1 day", 1, 25.1), ("3 days", 3, 43.5), ("7 days", 7, 66.4), ("14 days", 14, 93.9)],
        "Reference volatility": [("30 %", 0.3, 49.8), ("40 %", 0.4, 66.4), ("50 %", 0.5, 83.0)],
        "Law of the path": [("gbm", 0, 66.4), ("empirical", 1, 71.8), ("jump", 2, 69.0)],
        "Beta of the other symbols": [("0.8", 0.8, 63.2), ("1.0", 1.0, 66.4), ("1.2", 1.2, 69.9)],
        "Collateral haircut": [("0 %", 0.0, 61.7), ("5 %", 0.05, 66.4), ("10 %", 0.1, 74.3)],
    }
    defaults = {"15 %", "7 days", "40 %", "gbm", "1.0", "5 %"}
    flat = [
        {
            "parameter": parameter,
            "label": label,
            "value": value,
            "iv_index": index,
            "is_default": label in defaults and index == 66.4,
        }
        for parameter, values in rows.items()
        for label, value, index in values
    ]
    return pd.DataFrame(flat)


def history(*, snapshots: int = 26) -> pd.DataFrame:
    """Weekly snapshots that climb from Green to Red, with one that has no code."""
    rng = np.random.default_rng(SEED)
    index = np.clip(np.linspace(21.0, 64.0, snapshots) + rng.normal(0.0, 5.0, snapshots), 3.0, None)
    code = np.select([index < 30, index <= 60], ["green", "yellow"], "red").astype(object)
    index[snapshots // 3], code[snapshots // 3] = np.nan, "grey"
    dates = pd.date_range("2025-08-27", periods=snapshots, freq="7D")
    return pd.DataFrame({"as_of": dates, "iv_index": index, "code": code})


def index(value: float = 66.4, low: float = 58.9, high: float = 74.9) -> pd.DataFrame:
    """One index with its interval."""
    return pd.DataFrame({"iv_index": [value], "low": [low], "high": [high]})


def tier_rows(symbols: tuple[str, ...] = ("BTC", "ETH", "SOL")) -> pd.DataFrame:
    """Rows of the tier table for some symbols."""
    rng = np.random.default_rng(SEED)
    base = tiers()
    parts = []
    for symbol in symbols:
        swing = 0.92 / base["tier_floor"] * rng.uniform(0.75, 1.25, len(base))
        part = base.assign(symbol=symbol, swing=swing, withstand_volatility=swing / np.sqrt(7 / 365))
        parts.append(part.assign(weighted_liquidation_price=MARK_PRICE * np.exp(-swing)))
    return pd.concat(parts, ignore_index=True)
