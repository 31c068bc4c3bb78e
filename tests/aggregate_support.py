"""Small files of aggregates that tests of readings and commands share."""

from pathlib import Path

import numpy as np
import pandas as pd

TIMES = ("2026-02-17T12:00:00Z", "2026-02-18T06:00:00Z", "2026-02-18T12:00:00Z")


def tier_file(folder: Path, *, line: float = 54_000.0, cohorts: tuple[str, ...] = ("",)) -> Path:
    """Tier table of BTC longs with one line, at each of `TIMES` and in each cohort, and some ETH without one."""
    rows = [
        {"as_of": time, "cohort": cohort, "symbol": symbol, "side": "long", "tier": "10x", "mark_price": mark,
         "notional_usd": 1e6, "liquidation_price": place}
        for time in TIMES
        for cohort in cohorts
        for symbol, mark, place in (("BTC", 60_000.0, line), ("ETH", 3000.0, None))
    ]  # fmt: skip
    path = folder / "tiers.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def market_files(folder: Path, *, hours: int = 60) -> tuple[Path, Path]:
    """Bars of BTC from 17 February 2026 on, and open interest of two venues at their ends."""
    rng = np.random.default_rng(5)
    close = 60_000 * np.exp(np.cumsum(rng.normal(0, 0.004, hours)))
    start = pd.date_range("2026-02-17", periods=hours, freq="h", tz="UTC")
    bars = pd.DataFrame({"timestamp": start, "open": close, "high": close * 1.003, "low": close * 0.997,
                         "close": close})  # fmt: skip
    interest = pd.concat(
        [
            pd.DataFrame({"time": start + pd.Timedelta(hours=1), "venue": venue, "symbol": "BTC",
                          "oi_usd": close * size * (1 + np.arange(hours) / hours)})
            for venue, size in (("binance", 1000.0), ("nowhere", 10.0))
        ]
    )  # fmt: skip
    bars.to_csv(folder / "bars.csv", index=False)
    interest.to_parquet(folder / "interest.parquet")
    return folder / "bars.csv", folder / "interest.parquet"
