"""Index series of a study: profiles at many moments, solved together, with their codes and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from cohortiv.assessment.study_data import BeginsLaterError, IndexInput, StudyData
from cohortiv.config.study import InterestFile
from cohortiv.early_warning import Code, GreyRules, Thresholds
from cohortiv.history.load import load_series
from cohortiv.history.series import index_series
from cohortiv.profile import LiquidationProfile
from cohortiv.study.market_series import market_series
from cohortiv.volatility import CRITICAL_MASS, HORIZON_DAYS


@dataclass(frozen=True, eq=False)
class SolvedSeries:
    """An index series with the profiles behind it.

    Attributes
    ----------
    given : IndexInput
    profile : LiquidationProfile
        All snapshots.
    frame : DataFrame
        As in `IndexHistory`.
    stand_in : str
        What stands in for open interest; empty where nothing does.
    notes : tuple of str
        What a reader must know of it.
    """

    given: IndexInput
    profile: LiquidationProfile
    frame: pd.DataFrame
    stand_in: str
    notes: tuple[str, ...]


def solve_series(given: IndexInput, data: StudyData) -> SolvedSeries:
    """Build and solve one index series.

    Parameters
    ----------
    given : IndexInput
    data : StudyData
        For the parameters of the index, and the moment that the study is about.

    Returns
    -------
    SolvedSeries

    Raises
    ------
    DataError
        If there is nothing to solve.
    """
    profile, units, said = _profile(given, data)
    frame = solve_index(given, profile, data, margin_units=units)
    if data.last_snapshot is not None:
        frame = frame[frame.index <= data.last_snapshot]
    if frame.empty:
        raise BeginsLaterError(f"{given.source.title} has no snapshot until {data.until}. Give a later --as-of.")
    grey = frame["code"] == str(Code.GREY)
    notes = [given.source.note] if given.source.note else []
    if grey.any():
        notes.append(f"{int(grey.sum()):,} of {len(frame):,} snapshots are Grey: their data allow no index")
    notes += said
    return SolvedSeries(given, profile, frame, _stand_in(given), tuple(notes))


def solve_index(
    given: IndexInput,
    profile: LiquidationProfile,
    data: StudyData,
    *,
    margin_units: Mapping[datetime, int] | None = None,
) -> pd.DataFrame:
    """The index at every snapshot of a profile, with the cohort's own thresholds; NaN where the code is Grey."""
    study, limits = data.study, given.cohort.limits
    frame = index_series(
        profile,
        symbol=given.source.symbol,
        critical_mass=study.critical_mass or CRITICAL_MASS,
        horizon_days=study.horizon_days or HORIZON_DAYS,
        reference_volatility=study.reference_volatility,
        thresholds=Thresholds(given.cohort.thresholds.yellow, given.cohort.thresholds.red),
        rules=GreyRules(limits.min_margin_units, limits.min_usable_share, limits.max_age_hours / 24),
        margin_units=margin_units,
    )
    grey = frame["code"] == str(Code.GREY)
    index = frame.index.rename("time")
    return frame.assign(iv_index=frame["iv_index"].mask(grey)).set_index(index)


def _profile(
    given: IndexInput, data: StudyData
) -> tuple[LiquidationProfile, Mapping[datetime, int] | None, tuple[str, ...]]:
    """Profiles of all snapshots, leveraged margin units by time where accounts are behind them, and notes."""
    if given.source.source == "history":
        stored = load_series(Path(given.source.file), columns=None)
        profile = stored.profile
        if data.until is not None:
            kept = profile.cells["as_of"] <= data.until
            profile = replace(profile, cells=profile.cells[kept].reset_index(drop=True))
        if profile.cells.empty:
            raise BeginsLaterError(f"{given.files[0]} has no snapshot until {data.until}. Give a later --as-of.")
        return profile, stored.margin_units, ()
    if given.profile is not None:
        counted = given.profile.origin.get("margin_units", {})
        units = {datetime.fromisoformat(moment): int(count) for moment, count in counted.items()}
        return given.profile, units or None, ()
    made = market_series(given, last=data.last_snapshot)
    return made.profile, None, made.notes


def _stand_in(given: IndexInput) -> str:
    """What stands in for open interest, in words."""
    interest = given.source.open_interest
    if not isinstance(interest, InterestFile) or interest.kind != "margin":
        return ""
    return interest.title or "margin longs and shorts"


def tier_shares(profile: LiquidationProfile) -> pd.DataFrame:
    """Share of leveraged notional by tier edge, at each snapshot [1]; 0 for a tier that is not held."""
    held = profile.leveraged
    sums = held.pivot_table(index="as_of", columns="tier", values="notional_cents", aggfunc="sum", fill_value=0.0)
    return sums.div(sums.sum(axis=1).where(lambda total: total > 0, np.nan), axis=0)
