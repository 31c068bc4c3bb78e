"""The index over time, solved again from profiles for any parameters, with its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from cohortiv.assessment.exclusions import lost_shares
from cohortiv.assessment.result import LEVERAGE_INVALID
from cohortiv.early_warning import Code, GreyRules, Thresholds, code_of, grey_reasons, held_codes
from cohortiv.history.places import common_lines, leveraged_cells
from cohortiv.iv_index import REFERENCE_VOLATILITY, iv_index
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.profile import OUT_OF_SCOPE, LiquidationProfile
from cohortiv.schema import USED
from cohortiv.volatility import (
    CRITICAL_MASS,
    HORIZON_DAYS,
    CriticalVolatility,
    FloatArray,
    critical_volatility_of_mixtures,
)
from cohortiv.volatility.crossing import Chances

_VALUES_AT_ONCE: Final = 3_500_000
_TABLE_ROWS: Final = 32


def index_series(
    profile: LiquidationProfile,
    *,
    symbol: str | None = None,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float | None = None,
    thresholds: Thresholds | None = None,
    rules: GreyRules | None = None,
    margin_units: Mapping[datetime, int] | None = None,
) -> pd.DataFrame:
    """The IV Index and its codes at every snapshot of a profile.

    Parameters
    ----------
    profile : LiquidationProfile
        Any number of snapshots; its cells need the columns `load.SERIES_COLUMNS` only.
    symbol : str or None
        The one symbol that it is of; None for a cohort as a whole.
    critical_mass, horizon_days : float, optional
        As for one snapshot [1; days].
    reference_volatility : float, optional
        Annualised anchor [1/sqrt(year)]. Default 0.40, times the symbol's kappa.
    thresholds : Thresholds, optional
        Default 30 and 60.
    rules : GreyRules, optional
        Default 30 units, half of the notional; age is not asked.
    margin_units : mapping of datetime to int, optional
        Leveraged margin units by time; a time that is missing counts 0. None: nothing is known of accounts, and the
        rule is not asked.

    Returns
    -------
    DataFrame
        Indexed by `as_of`, rising (UTC, without zone): iv_index [%], critical_volatility [1/sqrt(year)] (0, infinite
        or NaN as for one snapshot), leveraged_notional_usd, usable_share [1], code, code_held. A snapshot that is
        missing is no row. Empty for a profile without snapshots.

    Notes
    -----
    A row stands on its own snapshot alone, except `code_held`, which stands on those up to it.
    """
    times = snapshot_times(profile)
    solved = critical_volatilities(profile, symbol=symbol, critical_mass=critical_mass, horizon_days=horizon_days)
    kappa = profile.comovement.kappa(symbol) if symbol else 1.0
    reference = kappa * REFERENCE_VOLATILITY if reference_volatility is None else reference_volatility
    frame = _totals(profile, times).assign(
        iv_index=iv_index(solved.volatility, reference), critical_volatility=solved.volatility
    )
    own = _codes(frame, thresholds, rules=rules, margin_units=margin_units)
    held = held_codes(frame["iv_index"].tolist(), own, thresholds=thresholds)
    frame = frame.assign(code=[str(code) for code in own], code_held=[str(code) for code in held])
    names = ["iv_index", "critical_volatility", "leveraged_notional_usd", "usable_share", "code", "code_held"]
    return frame[names]


def critical_volatilities(
    profile: LiquidationProfile,
    *,
    symbol: str | None = None,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
) -> CriticalVolatility:
    """Critical volatility of every snapshot of a profile, all in one pass.

    Parameters
    ----------
    profile, symbol, critical_mass, horizon_days
        As for `index_series`.

    Returns
    -------
    CriticalVolatility
        One a snapshot, oldest first.

    Notes
    -----
    All snapshots are put on common lines (:mod:`cohortiv.history.places`), which differ from a snapshot's own nodes by
    about 1e-6 of the result, and solved together (:mod:`cohortiv.volatility.crossing`).
    """
    times = snapshot_times(profile)
    lines = common_lines(leveraged_cells(profile, times, symbol=symbol))
    step = max(1, _VALUES_AT_ONCE // max(1, lines.parts))
    chances = _remembered(lines.chances, tables=1 + step // _TABLE_ROWS)

    def solved(first: int, last: int) -> CriticalVolatility:
        weights, notional = lines.mixtures(first, last)
        return critical_volatility_of_mixtures(
            weights, lines.book, totals=notional, chances=chances,
            critical_mass=critical_mass, horizon_days=horizon_days,
        )  # fmt: skip

    with threadpool_limits(limits=1, user_api="blas"):
        parts = [solved(start, min(start + step, len(times))) for start in range(0, max(1, len(times)), step)]
    return replace(
        parts[0],
        volatility=np.concatenate([part.volatility for part in parts]),
        v=np.concatenate([part.v for part in parts]),
        status=np.concatenate([part.status for part in parts]),
    )


def snapshot_times(profile: LiquidationProfile) -> pd.DatetimeIndex:
    """Times of a profile's snapshots, rising (UTC, without zone), named as_of; ValueError if nothing dates some."""
    moments = profile.cells["as_of"].to_numpy()
    changes = np.concatenate([moments[:1], moments[1:][moments[1:] != moments[:-1]]])
    times = pd.DatetimeIndex(changes, name="as_of").unique().sort_values()
    if times.hasnans:
        raise ValueError("got cells that nothing dates; a series is by time: build the profile with a time")
    return times


def _remembered(chances: Chances, tables: int) -> Chances:
    """The same chances, kept for the next snapshots: these are mostly read at the same volatilities."""

    @lru_cache(maxsize=tables)
    def at(v: bytes) -> FloatArray:
        return chances(np.frombuffer(v))

    return lambda v: at(v.tobytes())


def _totals(profile: LiquidationProfile, times: pd.DatetimeIndex) -> pd.DataFrame:
    """Leveraged notional and usable share of each snapshot; what has no leverage counts as leveraged."""
    cells, empty = profile.cells, pd.DataFrame(index=times)
    used = (cells["reason"] == USED) & (cells["tier"] != UNLEVERAGED)
    lost = ~cells["reason"].isin([USED, OUT_OF_SCOPE]) & (
        (cells["tier"] != UNLEVERAGED) | (cells["reason"] == LEVERAGE_INVALID)
    )
    names = ["notional_cents", "positions", "unsized"]
    held, gone = (
        empty.join(cells[mask].groupby("as_of")[names].sum()).fillna(0.0) for mask in (used, lost)
    )  # fmt: skip
    return empty.assign(
        leveraged_notional_usd=held["notional_cents"] / 100, usable_share=1.0 - lost_shares(gone, held)
    )  # fmt: skip


def _codes(
    frame: pd.DataFrame,
    thresholds: Thresholds | None,
    *,
    rules: GreyRules | None,
    margin_units: Mapping[datetime, int] | None,
) -> Sequence[Code]:
    rows = zip(
        pd.DatetimeIndex(frame.index).to_pydatetime(),
        *(frame[name].tolist() for name in ("iv_index", "leveraged_notional_usd", "usable_share")),
        strict=True,
    )
    return [
        code_of(
            index,
            thresholds,
            grey_reasons=grey_reasons(
                leveraged_notional_usd=notional,
                margin_units=None if margin_units is None else margin_units.get(moment, 0),
                usable_share=usable,
                rules=rules,
            ),
        )
        for moment, index, notional, usable in rows
    ]
