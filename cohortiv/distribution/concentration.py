"""How unequally the leveraged notional is spread over accounts: Gini, Herfindahl, the largest accounts' shares.

Accounts are reduced in the engine: the largest by themselves, all others in size classes 1 % wide. Every figure and its
band come from that small table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import UNLEVERAGED
from cohortiv.materialise import materialise
from cohortiv.profile.accounts import SIZE_STEP
from cohortiv.schema import USED

FloatArray = npt.NDArray[np.float64]

#: Accounts that are kept by themselves.
LARGEST_ACCOUNTS: Final = 1_000
#: Leverage from which a position counts as highly leveraged [x].
HIGH_LEVERAGE: Final = 10
#: The largest accounts whose share is told, by their number.
TOPS: Final = (1, 10, 100)
#: Statistics of a concentration, in the order of its frame.
STATISTICS: Final = ("gini", "hhi", "effective_accounts", "top_1", "top_10", "top_100", "high_leverage_share")
DRAWS, LEVEL = 1_000, 0.90
_CHUNK: Final = 100
_LORENZ_POINTS: Final = 101


@dataclass(frozen=True, eq=False)
class Concentration:
    """How unequally leveraged notional is spread over accounts.

    Attributes
    ----------
    figures : DataFrame
        statistic (`STATISTICS`), value, low, high: `gini` 0 (all equal) to below 1; `hhi`, the sum of squared shares
        [1]; `effective_accounts` = 1 / hhi; `top_k`, the share of the k largest accounts [1]; `high_leverage_share`,
        of notional in tiers from `high_from` [1]. All NaN without accounts.
    lorenz : DataFrame
        accounts_share, notional_share [1]: the smallest accounts first.
    accounts : int
        With leveraged notional.
    high_from : float
        Lowest tier edge that counts as highly leveraged: the first at or above `HIGH_LEVERAGE` [x]; NaN if none is.
    level : float
        Of the bands [1].
    draws : int
        Bootstrap draws behind the bands.
    """

    figures: pd.DataFrame
    lorenz: pd.DataFrame
    accounts: int
    high_from: float
    level: float
    draws: int

    def value(self, statistic: str) -> float:
        """One figure by its name."""
        return float(self.figures.set_index("statistic")["value"][statistic])


def account_sizes(held: ir.Table, *, high_from: float, one_each: bool = False) -> pd.DataFrame:
    """Reduce accounts to size classes in the engine.

    Parameters
    ----------
    held : ibis Table
        account_id, tier, notional_cents; one row a leveraged position.
    high_from : float
        Lowest tier that counts as highly leveraged [x]; NaN for none.
    one_each : bool
        Whether it is known that every account has one position: then nothing is grouped.

    Returns
    -------
    DataFrame
        accounts, notional_cents, high_cents (of it in tiers from `high_from`), smallest size first; the largest
        `LARGEST_ACCOUNTS` have a row each. Classes are `SIZE_STEP` wide in ln(notional), apart by whether none, some or
        all of an account is highly leveraged. Sums are exact in whole cents. No rows without positions.
    """
    own = materialise(_by_account(held, high_from=high_from, one_each=one_each))
    keys = ["size", "mix"]
    classes = own.group_by(keys).aggregate(
        accounts=own.count(), notional_cents=own.own.sum().cast("float64"), high_cents=own.high.sum().cast("float64")
    )
    largest = own.order_by(own.own.desc(), own.high.desc()).limit(LARGEST_ACCOUNTS)
    top = largest.to_pyarrow().to_pandas().rename(columns={"own": "notional_cents", "high": "high_cents"})
    top = top.astype({"notional_cents": "float64", "high_cents": "float64"}).assign(accounts=1)
    rest = classes.to_pyarrow().to_pandas().set_index(keys)
    rest = rest.sub(top.groupby(keys)[list(rest.columns)].sum(), fill_value=0.0)
    columns = ["accounts", "notional_cents", "high_cents"]
    table = pd.concat([rest.loc[rest["accounts"] > 0].reset_index()[columns], top[columns]])
    table = table.astype({"accounts": "int64"})
    mean = table["notional_cents"] / table["accounts"]
    ordered: pd.DataFrame = table.assign(mean=mean).sort_values(["mean", *columns], ignore_index=True)
    return ordered[columns]


def sizes_by_snapshot(lines: ir.Table, *, high_from: float) -> pd.DataFrame:
    """`account_sizes` of many snapshots, in classes only.

    Parameters
    ----------
    lines : ibis Table
        as_of, reason, account_id, tier, notional_cents; rows that are not in use or have no leverage are left out.
    high_from : float
        Lowest tier that counts as highly leveraged [x]; NaN for none.

    Returns
    -------
    DataFrame
        as_of, accounts, notional_cents, high_cents; by time, then smallest size first.
    """
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED))
    own = _by_account(held, high_from=high_from, one_each=False, keys=["as_of"])
    grouped = own.group_by(["as_of", "size", "mix"]).aggregate(
        accounts=own.count(), notional_cents=own.own.sum().cast("float64"), high_cents=own.high.sum().cast("float64")
    )
    table: pd.DataFrame = grouped.to_pyarrow().to_pandas()
    ordered = table.assign(mean=table["notional_cents"] / table["accounts"]).sort_values(["as_of", "mean", "mix"])
    return ordered[["as_of", "accounts", "notional_cents", "high_cents"]].reset_index(drop=True)


def concentration_history(sizes: pd.DataFrame, *, high_from: float) -> pd.DataFrame:
    """Concentration of every snapshot, without bands.

    Parameters
    ----------
    sizes : DataFrame
        From `sizes_by_snapshot`.
    high_from : float
        As there.

    Returns
    -------
    DataFrame
        as_of, accounts, `STATISTICS`; oldest first. Without the largest accounts one by one the shares of the largest
        are off by at most 1 % of themselves.
    """
    rows = []
    for moment, held in sizes[sizes["notional_cents"] > 0].groupby("as_of"):
        counts = held["accounts"].to_numpy(dtype=np.int64)
        values = _statistics(counts[None, :], *_means(held, high_from))
        rows.append(
            {"as_of": moment, "accounts": int(counts.sum())} | {name: float(values[name][0]) for name in values}
        )
    return pd.DataFrame(rows, columns=["as_of", "accounts", *STATISTICS])


def _by_account(held: ir.Table, *, high_from: float, one_each: bool, keys: Sequence[str] = ()) -> ir.Table:
    """One row an account: own and high [cents], its size class, and `mix`: 0, 1, 2 for none, some, all of it high."""
    cents = held.notional_cents
    high = ibis.ifelse(held.tier >= high_from, cents, 0) if np.isfinite(high_from) else cents * 0
    if one_each:
        own = held.select(own=cents, high=high)
    else:
        own = held.group_by([*keys, "account_id"]).aggregate(
            own=cents.sum().cast("int64"), high=high.sum().cast("int64")
        )
    mix = ibis.cases((own.high == 0, 0), (own.high == own.own, 2), else_=1)
    size = (ibis.greatest(own.own, 1).ln() / SIZE_STEP).floor().cast("int32")
    return own.select(*keys, "own", "high", size=size, mix=mix.cast("int8"))


def high_edge(tier_edges: tuple[int, ...]) -> float:
    """The first tier edge at or above `HIGH_LEVERAGE` [x]; NaN where none is."""
    return float(min((edge for edge in tier_edges if edge >= HIGH_LEVERAGE), default=np.nan))


def concentration(
    sizes: pd.DataFrame, rng: np.random.Generator, *, high_from: float, draws: int = DRAWS, level: float = LEVEL
) -> Concentration:
    """Concentration figures with bands by a bootstrap over accounts.

    Parameters
    ----------
    sizes : DataFrame
        From `account_sizes`.
    rng : Generator
        Source of the draws.
    high_from : float
        As for `account_sizes`; only told on.
    draws : int
        Bootstrap draws, at least 1.
    level : float
        Share of the draws within a band, above 0 and below 1 [1].

    Returns
    -------
    Concentration
        One account: Gini 0, HHI 1. All equal: Gini 0, HHI 1 / n. No accounts: NaN.

    Notes
    -----
    With shares s_i rising, Gini = 1 - (1/n) sum_i (2 cum_i - s_i), cum_i = s_1 + ... + s_i; HHI = sum_i s_i**2.
    Accounts of a class count with its mean; that makes a relative error of HHI of at most 2.5e-5. A draw takes as many
    accounts as there are, with replacement (multinomial over rows); a band is the middle `level` of the draws. The
    bootstrap is not consistent for an extreme, so the band of `top_1` is rough: it says how much hangs on few accounts.

    References
    ----------
    B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 13.
    """
    counts = sizes["accounts"].to_numpy(dtype=np.int64)
    accounts, total = int(counts.sum()), float(sizes["notional_cents"].sum())
    if not accounts or total <= 0:
        return _nothing(high_from=high_from, level=level, draws=draws)
    size, high = _means(sizes, high_from)
    point = _statistics(counts[None, :], size, high)
    chunks = [min(_CHUNK, draws - start) for start in range(0, draws, _CHUNK)]
    drawn = [_statistics(rng.multinomial(accounts, counts / accounts, size=n), size, high) for n in chunks]
    tails = ((1 - level) / 2, (1 + level) / 2)
    bands = {name: np.quantile(np.concatenate([part[name] for part in drawn]), tails) for name in STATISTICS}
    rows = [(name, float(point[name][0]), float(bands[name][0]), float(bands[name][1])) for name in STATISTICS]
    return Concentration(
        figures=pd.DataFrame(rows, columns=["statistic", "value", "low", "high"]),
        lorenz=_lorenz(counts, size),
        accounts=accounts,
        high_from=high_from,
        level=level,
        draws=draws,
    )


def _means(sizes: pd.DataFrame, high_from: float) -> tuple[FloatArray, FloatArray]:
    """Notional of an account of each class, and what of it is highly leveraged (NaN where no tier is) [cents]."""
    counts = sizes["accounts"].to_numpy(dtype=float)
    size = sizes["notional_cents"].to_numpy(dtype=float) / counts
    high = sizes["high_cents"].to_numpy(dtype=float) / counts
    return size, high if np.isfinite(high_from) else np.full_like(high, np.nan)


def _statistics(counts: npt.NDArray[np.int64], size: FloatArray, high: FloatArray) -> dict[str, FloatArray]:
    """`STATISTICS` of each row of counts (draws x classes); sizes rise along the classes [cents]."""
    held = counts * size
    running = held.cumsum(axis=1)
    total, n = np.maximum(running[:, -1], 1e-300), counts.sum(axis=1)
    larger = n[:, None] - counts.cumsum(axis=1)
    hhi = (counts @ (size * size)) / (total * total)
    tops = {f"top_{k}": (np.clip(k - larger, 0, counts) @ size) / total for k in TOPS}
    gini = 1 - (counts * (2 * running - held)).sum(axis=1) / (n * total)
    return {
        "gini": np.maximum(gini, 0.0),
        "hhi": hhi,
        "effective_accounts": 1 / np.maximum(hhi, 1e-300),
        **tops,
        "high_leverage_share": (counts @ high) / total,
    }


def _lorenz(counts: npt.NDArray[np.int64], size: FloatArray) -> pd.DataFrame:
    """Share of notional that the smallest accounts hold, at even steps of their number."""
    accounts = np.append(0.0, counts.cumsum() / counts.sum())
    notional = np.append(0.0, (counts * size).cumsum() / (counts @ size))
    steps = np.linspace(0.0, 1.0, _LORENZ_POINTS)
    return pd.DataFrame({"accounts_share": steps, "notional_share": np.interp(steps, accounts, notional)})


def _nothing(*, high_from: float, level: float, draws: int) -> Concentration:
    figures = pd.DataFrame({"statistic": list(STATISTICS)}).assign(value=np.nan, low=np.nan, high=np.nan)
    lorenz = pd.DataFrame({"accounts_share": [], "notional_share": []}, dtype=float)
    return Concentration(figures, lorenz, 0, high_from, level, draws)
