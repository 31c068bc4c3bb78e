"""The synthetic sample: a seeded cohort in the columns of the position contract, with half a year of history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import UsageError
from cohortiv.sources.sample_market import STEPS_PER_DAY, STEPS_PER_WEEK, SYMBOLS, price_paths
from cohortiv.sources.sample_plan import HYPERLIQUID, PRODUCTS, VENUES, Plan, draw_plan
from cohortiv.sources.sample_trading import Book, collateral_price, haircut, trade

DEFAULT_ACCOUNTS = 4000
DEFAULT_SEED = 20260930
DEFAULT_SNAPSHOTS = 26
LAST_SNAPSHOT = datetime(2026, 9, 30, tzinfo=UTC)
WARM_UP_WEEKS = 26
SYNTHETIC = {b"cohortiv.synthetic": b"true"}

SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("symbol", pa.string()),
        ("side", pa.string()),
        ("quantity", pa.float64()),
        ("entry_price", pa.float64()),
        ("mark_price", pa.float64()),
        ("leverage", pa.float64()),
        ("venue", pa.string()),
        ("product", pa.string()),
        ("contract", pa.string()),
        ("margin_mode", pa.string()),
        ("margin", pa.float64()),
        ("collateral_asset", pa.string()),
        ("collateral_price", pa.float64()),
        ("haircut", pa.float64()),
        ("as_of", pa.timestamp("us", tz="UTC")),
    ],
    metadata=SYNTHETIC,
)

COHORT_YAML = """\
name: binance-verified-mainland-2026
title: Binance identity-verified mainland accounts, 2026 (SYNTHETIC)
description: >-
  SYNTHETIC. Made-up accounts that stand in for the cohort of the published model, identity-verified mainland accounts
  on Binance in 2026. Prices and positions are simulated; none of them is real.
filters:
  venues: [binance]
"""

README = """\
SYNTHETIC SAMPLE

positions.parquet  Made-up positions of {accounts} accounts, {snapshots} weekly snapshots up to {last}, seed {seed}.
                   BTC, ETH and SOL on two venues; isolated, cross and hedged accounts, a few inverse contracts,
                   some with BTC as collateral. Prices are simulated too. Nothing in it is real.
cohort.yaml        The cohort of the published model, which these positions stand in for.

A report:  cohortiv report --positions positions.parquet --as-of {last} --cohort cohort.yaml
"""


@dataclass(frozen=True)
class SampleFiles:
    """Where a sample was written.

    Attributes
    ----------
    positions : Path
        Parquet file of the positions.
    cohort : Path
        YAML file of the cohort.
    readme : Path
        What the files are.
    """

    positions: Path
    cohort: Path
    readme: Path


def make_sample(
    *, accounts: int = DEFAULT_ACCOUNTS, seed: int = DEFAULT_SEED, snapshots: int = DEFAULT_SNAPSHOTS
) -> pa.Table:
    """Positions of a made-up cohort.

    Parameters
    ----------
    accounts : int
        Number of accounts, at least 1; some four in five hold something at a time.
    seed : int
        Not negative; the same numbers give the same table.
    snapshots : int
        Weekly snapshots up to 2026-09-30T00:00Z, at least 1.

    Returns
    -------
    pyarrow.Table
        `SCHEMA`, with ``cohortiv.synthetic`` in its metadata; sorted by snapshot and account. No position is past its
        line under the shipped brackets.

    Raises
    ------
    UsageError
        If a number is too small.
    """
    return pa.concat_tables([SCHEMA.empty_table(), *_snapshots(accounts, seed, snapshots)])


def sample_prices(*, seed: int = DEFAULT_SEED, snapshots: int = DEFAULT_SNAPSHOTS) -> dict[str, pd.DataFrame]:
    """Made-up prices behind a sample, half a year before its first snapshot on.

    Parameters
    ----------
    seed, snapshots : int
        As in `make_sample`.

    Returns
    -------
    dict of str to DataFrame
        By symbol, by the end of each half day (UTC, without zone): open, high, low, close [USD]. Within a half day the
        price goes straight from one to the other.
    """
    steps = (WARM_UP_WEEKS + snapshots - 1) * STEPS_PER_WEEK + 1
    prices = price_paths(np.random.default_rng(seed), steps=steps)
    step = pd.Timedelta(days=1) / STEPS_PER_DAY
    ends = pd.date_range(end=LAST_SNAPSHOT.replace(tzinfo=None), periods=steps - 1, freq=step, unit="us", name="known")
    pairs = {symbol: np.stack([prices[:-1, place], prices[1:, place]]) for place, symbol in enumerate(SYMBOLS)}
    return {
        symbol: pd.DataFrame({"open": pair[0], "high": pair.max(0), "low": pair.min(0), "close": pair[1]}, index=ends)
        for symbol, pair in pairs.items()
    }


def sample_liquidations(
    *, accounts: int = DEFAULT_ACCOUNTS, seed: int = DEFAULT_SEED, snapshots: int = DEFAULT_SNAPSHOTS
) -> dict[str, pd.DataFrame]:
    """What the made-up accounts of a sample lost by force: positions closed at their lines as they traded.

    Parameters
    ----------
    accounts, seed, snapshots : int
        As in `make_sample`.

    Returns
    -------
    dict of str to DataFrame
        By symbol, by the end of each half day from the first snapshot on (UTC, without zone): amount_usd, long_usd,
        short_usd, notional that was closed [USD].
    """
    rng = np.random.default_rng(seed)
    prices = price_paths(rng, steps=(WARM_UP_WEEKS + snapshots - 1) * STEPS_PER_WEEK + 1)
    plan = draw_plan(rng, accounts=accounts)
    closed = np.array([(book.forced_long, book.forced_short) for book in trade(rng, plan, prices)])
    told = closed[WARM_UP_WEEKS * STEPS_PER_WEEK + 1 :]
    step = pd.Timedelta(days=1) / STEPS_PER_DAY
    end = LAST_SNAPSHOT.replace(tzinfo=None)
    ends = pd.date_range(end=end, periods=len(told), freq=step, unit="us", name="known")
    return {
        symbol: pd.DataFrame(
            {"amount_usd": told[:, :, place].sum(1), "long_usd": told[:, 0, place], "short_usd": told[:, 1, place]},
            index=ends,
        )
        for place, symbol in enumerate(SYMBOLS)
    }


def write_sample(
    folder: Path,
    *,
    accounts: int = DEFAULT_ACCOUNTS,
    seed: int = DEFAULT_SEED,
    snapshots: int = DEFAULT_SNAPSHOTS,
) -> SampleFiles:
    """Write a made-up cohort, one snapshot at a time, so that memory does not grow with history.

    Parameters
    ----------
    folder : Path
        Made if it is not there; files of an earlier sample are replaced.
    accounts, seed, snapshots : int
        As in `make_sample`.

    Returns
    -------
    SampleFiles
        ``positions.parquet``, ``cohort.yaml`` and ``README.txt``; the same numbers give the same bytes.

    Raises
    ------
    UsageError
        If a number is too small.
    """
    tables = _snapshots(accounts, seed, snapshots)
    folder.mkdir(parents=True, exist_ok=True)
    files = SampleFiles(folder / "positions.parquet", folder / "cohort.yaml", folder / "README.txt")
    with pq.ParquetWriter(files.positions, SCHEMA, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
    text = README.format(accounts=accounts, seed=seed, snapshots=snapshots, last=LAST_SNAPSHOT.date())
    files.cohort.write_text(COHORT_YAML, encoding="utf-8", newline="\n")
    files.readme.write_text(text, encoding="utf-8", newline="\n")
    return files


def _snapshots(accounts: int, seed: int, snapshots: int) -> Iterator[pa.Table]:
    for name, value, least in (("accounts", accounts, 1), ("seed", seed, 0), ("snapshots", snapshots, 1)):
        if value < least:
            raise UsageError(f"sample: got {name} {value}, allowed are whole numbers of at least {least}. Pass one.")
    return _simulated(accounts, seed, snapshots)


def _simulated(accounts: int, seed: int, snapshots: int) -> Iterator[pa.Table]:
    rng = np.random.default_rng(seed)
    steps = (WARM_UP_WEEKS + snapshots - 1) * STEPS_PER_WEEK + 1
    prices = price_paths(rng, steps=steps)
    plan = draw_plan(rng, accounts=accounts)
    names = pa.array([f"synthetic-{number:06d}" for number in range(accounts)])
    for step, book in enumerate(trade(rng, plan, prices)):
        weeks_left, between = divmod(steps - 1 - step, STEPS_PER_WEEK)
        if between == 0 and weeks_left < snapshots:
            as_of = LAST_SNAPSHOT - timedelta(weeks=weeks_left)
            yield _table(plan, book, names=names, prices=prices[step], as_of=as_of)


def _table(plan: Plan, book: Book, *, names: pa.Array, prices: npt.NDArray[np.float64], as_of: datetime) -> pa.Table:
    legs = np.flatnonzero(book.is_open[plan.unit])
    unit, symbol = plan.unit[legs], plan.symbol[legs]
    venue, coin = plan.venue[unit], plan.coin_margin[unit]
    first = np.diff(unit, prepend=-1) > 0
    columns = {
        "account_id": names.take(pa.array(plan.account[unit])),
        "symbol": _words(SYMBOLS, symbol),
        "side": _words(("short", "long"), book.side[legs] > 0.0),
        "quantity": book.quantity[legs],
        "entry_price": book.entry[legs],
        "mark_price": prices[symbol],
        "leverage": book.leverage[legs],
        "venue": _words(VENUES, venue),
        "product": _words(PRODUCTS, plan.product[legs]),
        "contract": _words(("linear", "inverse"), plan.inverse[legs]),
        "margin_mode": _words(("isolated", "cross"), plan.cross[unit]),
        "margin": np.where(first, book.wallet[unit], 0.0),
        "collateral_asset": _words(("USDT", "USDC", "BTC"), np.where(coin, 2, venue == HYPERLIQUID)),
        "collateral_price": collateral_price(plan, prices)[unit],
        "haircut": haircut(plan)[unit],
        "as_of": pa.array(np.full(len(legs), np.datetime64(as_of.replace(tzinfo=None), "us"))),
    }
    return pa.table({name: pa.array(values).cast(SCHEMA.field(name).type) for name, values in columns.items()}).cast(
        SCHEMA
    )


def _words(words: tuple[str, ...], index: npt.NDArray[np.generic]) -> pa.Array:
    return pa.array(words).take(pa.array(index.astype(np.int64)))
