"""A cohort assessed: critical volatility, IV Index, interval, code, and what they are made of."""

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from cohortiv.assessment.exclusions import share_lost
from cohortiv.assessment.largest import largest_book
from cohortiv.assessment.nodes import book_of, books_by_snapshot, has_root, keyed_book, nodes_of
from cohortiv.assessment.reading import CohortReading
from cohortiv.assessment.settings import Settings
from cohortiv.display import Displayed
from cohortiv.early_warning import Code, GreyRules, Thresholds, code_of, grey_reasons, held_codes
from cohortiv.iv_index import (
    CriticalMoves,
    IndexUncertainty,
    Reading,
    SensitivityPoint,
    account_gram,
    contributions,
    index_uncertainty,
    iv_index,
    largest_positions_reading,
    quantile_reading,
    sensitivity,
)
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.positions import parse_as_of
from cohortiv.profile import LiquidationProfile
from cohortiv.volatility import CriticalVolatility, LineBook, critical_volatility_of, hit_chances

#: Code of the rule on leverage.
LEVERAGE_INVALID = 7
#: Accounts under which an interval that takes them as a sample is not told: a chosen number.
FEWEST_ACCOUNTS: Final = 10


@dataclass(frozen=True, eq=False)
class Assessment(Displayed):
    """What is known of a cohort at one snapshot.

    Attributes
    ----------
    settings : Settings
    reading : CohortReading
    nodes : DataFrame
        `profile.Nodes.frame` with `chance` (p at sigma_c; NaN without a root) and `contribution` (shares of the
        expected liquidated notional, summing to 1; NaN without a root).
    critical : CriticalVolatility
    iv_index : float
        [%]; 0 unreachable, infinite past its lines, NaN nothing leveraged.
    reference_volatility : float
        Annualised [1/sqrt(year)].
    moves : CriticalMoves
    uncertainty : IndexUncertainty or None
        None without accounts or with fewer than `FEWEST_ACCOUNTS`, and without a critical volatility.
        None without a root, and without accounts.
    code : Code
    grey : tuple of str
        Why the code is Grey; empty otherwise.
    code_held : Code or None
        The series' code, None with fewer than two snapshots.
    history : DataFrame
        as_of, iv_index, critical_volatility, leveraged_notional_usd, code, code_held: one row a snapshot of the source,
        this one last.
    quantile, largest : Reading
        The two other readings of critical mass; the second is NaN without accounts.
    sensitivity : tuple of SensitivityPoint
    """

    settings: Settings
    reading: CohortReading
    nodes: pd.DataFrame
    critical: CriticalVolatility
    iv_index: float
    reference_volatility: float
    moves: CriticalMoves
    uncertainty: IndexUncertainty | None
    code: Code
    grey: tuple[str, ...]
    code_held: Code | None
    history: pd.DataFrame
    quantile: Reading
    largest: Reading
    sensitivity: tuple[SensitivityPoint, ...]

    @property
    def acting_code(self) -> Code:
        """What is acted on: the code of the series, which falls late; the snapshot's where there is no series."""
        return self.code_held or self.code

    @property
    def book(self) -> LineBook:
        """The nodes as a line book, for curves."""
        return book_of(self.nodes)


def assess(settings: Settings, reading: CohortReading) -> Assessment:
    """Solve a cohort's index and give it a code.

    Parameters
    ----------
    settings : Settings
    reading : CohortReading

    Returns
    -------
    Assessment
    """
    reference = reference_volatility(settings, reading)
    nodes = nodes_of(reading.profile, settings.symbol)
    book = book_of(nodes)
    critical = critical_volatility_of(
        book, critical_mass=settings.critical_mass, horizon_days=settings.horizon_days
    )  # fmt: skip
    index = float(iv_index(critical.value, reference))
    grey = grey_reasons(
        leveraged_notional_usd=reading.profile.leveraged_notional_usd,
        margin_units=reading.figures.margin_units if reading.has_accounts else None,
        usable_share=_usable_share(reading.profile),
        age_days=_age_days(reading),
        rules=_grey_rules(reading),
    )
    code = code_of(index, _thresholds(reading), grey_reasons=grey)
    history = _history(settings, reading, reference=reference, now=code)
    moves = _moves(reading)
    keyed = keyed_book(nodes, reading.figures, settings.symbol)
    largest = largest_book(keyed, reading.figures, critical_mass=settings.critical_mass)
    return Assessment(
        settings=settings,
        reading=reading,
        nodes=_with_contributions(nodes, book, critical),
        critical=critical,
        iv_index=index,
        reference_volatility=reference,
        moves=moves,
        uncertainty=_uncertainty(reading, keyed, critical, reference=reference),
        code=code,
        grey=grey,
        code_held=Code(history["code_held"].iloc[-1]) if len(history) > 1 else None,
        history=history,
        quantile=quantile_reading(
            None if math.isnan(index) else moves,
            horizon_days=settings.horizon_days,
            reference_volatility=reference,
        ),
        largest=largest_positions_reading(largest, horizon_days=settings.horizon_days, reference_volatility=reference),
        sensitivity=sensitivity(
            book,
            critical_mass=settings.critical_mass,
            horizon_days=settings.horizon_days,
            reference_volatility=reference,
        ),
    )


def reference_volatility(settings: Settings, reading: CohortReading) -> float:
    """The anchor of the index [1/sqrt(year)]: as given, else the cohort's, times kappa for one symbol alone."""
    if settings.reference_volatility is not None:
        return settings.reference_volatility
    kappa = reading.profile.comovement.kappa(settings.symbol) if settings.symbol else 1.0
    return kappa * reading.cohort.reference_volatility


def _with_contributions(nodes: pd.DataFrame, book: LineBook, critical: CriticalVolatility) -> pd.DataFrame:
    if not has_root(critical.single_v):
        return nodes.assign(chance=np.nan, contribution=np.nan)
    return nodes.assign(chance=hit_chances(book, critical.single_v), contribution=contributions(book, critical))


def _moves(reading: CohortReading) -> CriticalMoves:
    fall, rise = reading.drawdown_distance, reading.rally_distance
    moves = CriticalMoves(
        drawdown=None if fall is None else -math.expm1(-fall), rally=None if rise is None else math.expm1(rise)
    )
    if reading.disclosed is None:
        return moves
    return CriticalMoves(drawdown=outward(moves.drawdown), rally=outward(moves.rally))


def outward(move: float | None) -> float | None:
    """A move as it may be published, rounded away from 0 to whole percent: the exact one is a position's own line.

    Parameters
    ----------
    move : float or None
        The move, or its size, as a simple fraction [1]; None and 0 stay, the smallest of all others is 1 %.
    """
    if not move:
        return move
    return math.copysign(max(1, math.ceil(round(100 * abs(move), 9))) / 100, move)


def _usable_share(profile: LiquidationProfile) -> float:
    """Share of the leveraged notional in scope that could be used [1]; what has no leverage counts as leveraged."""
    lost = profile.excluded
    leveraged = (lost["tier"] != UNLEVERAGED) | (lost["reason"] == LEVERAGE_INVALID)
    return 1 - share_lost(lost[leveraged], profile.leveraged)


def _age_days(reading: CohortReading) -> float | None:
    """Age of the snapshot at the moment asked for, the end of the day for a date [days]; None where it isn't known."""
    if not reading.timed or reading.asked is None or reading.as_of is None:
        return None
    wanted = parse_as_of(reading.asked)
    end = wanted if isinstance(wanted, datetime) else datetime.combine(wanted, time()) + timedelta(days=1)
    return (end - reading.as_of) / timedelta(days=1)


def _thresholds(reading: CohortReading) -> Thresholds:
    return Thresholds(reading.cohort.thresholds.yellow, reading.cohort.thresholds.red)


def _grey_rules(reading: CohortReading) -> GreyRules:
    limits = reading.cohort.limits
    return GreyRules(limits.min_margin_units, limits.min_usable_share, limits.max_age_hours / 24)


def _history(settings: Settings, reading: CohortReading, *, reference: float, now: Code) -> pd.DataFrame:
    """Index of every snapshot of the source, and the codes a reader of the series would hold."""
    rows: list[dict[str, Any]] = []
    thresholds = _thresholds(reading)
    books = books_by_snapshot(reading.past, settings.symbol)
    for moment in reading.past.snapshots:
        profile = reading.past.at(moment)
        solved = critical_volatility_of(
            books[moment], critical_mass=settings.critical_mass, horizon_days=settings.horizon_days
        )
        index = float(iv_index(solved.value, reference))
        rows.append(
            {
                "as_of": moment,
                "iv_index": index,
                "critical_volatility": solved.value,
                "leveraged_notional_usd": profile.leveraged_notional_usd,
                "code": code_of(index, thresholds, grey_reasons=_past_grey(profile, reading, moment)),
            }
        )
    rows[-1]["code"] = now
    codes: list[Code] = [row["code"] for row in rows]
    held = held_codes([row["iv_index"] for row in rows], codes, thresholds=thresholds)
    return pd.DataFrame(rows).assign(code=[str(code) for code in codes], code_held=[str(code) for code in held])


def _past_grey(profile: LiquidationProfile, reading: CohortReading, moment: datetime) -> tuple[str, ...]:
    """Grey reasons of a snapshot of the series; its age is not asked."""
    return grey_reasons(
        leveraged_notional_usd=profile.leveraged_notional_usd,
        margin_units=reading.past_units.get(moment, 0) if reading.has_accounts else None,
        usable_share=_usable_share(profile),
        rules=_grey_rules(reading),
    )


def _uncertainty(
    reading: CohortReading, keyed: LineBook, critical: CriticalVolatility, *, reference: float
) -> IndexUncertainty | None:
    if not reading.has_accounts or reading.figures.accounts < FEWEST_ACCOUNTS:
        return None
    gram = reading.figures.gram
    limits = reading.cohort.thresholds
    triplets = account_gram(gram["first"].astype(int), gram["second"].astype(int), gram["value"] / 1e4)
    return index_uncertainty(
        keyed, triplets, critical, reference_volatility=reference, yellow=limits.yellow, red=limits.red
    )
