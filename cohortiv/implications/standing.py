"""Where a profile stands: its index and code under the terms of a result, for profiles that something was done to."""

from dataclasses import dataclass
from typing import Final

from cohortiv.assessment import Assessment
from cohortiv.early_warning import Code, Thresholds, code_of
from cohortiv.iv_index import iv_index
from cohortiv.profile import LiquidationProfile
from cohortiv.volatility import LineBook, critical_volatility_of, expected_share, line_book, root_horizon

PERCENT: Final = 100.0


@dataclass(frozen=True)
class IndexTerms:
    """What an index is measured by besides the profile.

    Attributes
    ----------
    symbol : str or None
        Symbol read alone, which moves with its own volatility; None for the cohort as a whole.
    critical_mass : float
        Share of leveraged notional [1].
    horizon_days : float
        Period over which touching a line counts [days].
    reference_volatility : float
        Annualised anchor of the index [1/sqrt(year)].
    thresholds : Thresholds
        Where codes begin [%].
    """

    symbol: str | None
    critical_mass: float
    horizon_days: float
    reference_volatility: float
    thresholds: Thresholds


@dataclass(frozen=True)
class Standing:
    """Index and code of one profile.

    Attributes
    ----------
    iv_index : float
        [%]; 0 unreachable, infinite past its lines, NaN nothing leveraged.
    critical_volatility : float
        Annualised [1/sqrt(year)]; infinite, 0 and NaN in the same cases.
    code : Code
        By the index alone: Grey only where nothing is leveraged.
    """

    iv_index: float
    critical_volatility: float
    code: Code


def terms_of(assessment: Assessment) -> IndexTerms:
    """The terms that a result was measured by."""
    limits = assessment.reading.cohort.thresholds
    return IndexTerms(
        symbol=assessment.settings.symbol,
        critical_mass=assessment.settings.critical_mass,
        horizon_days=assessment.settings.horizon_days,
        reference_volatility=assessment.reference_volatility,
        thresholds=Thresholds(limits.yellow, limits.red),
    )


def book_of(profile: LiquidationProfile, terms: IndexTerms) -> LineBook:
    """The profile's leveraged notional as a line book; one symbol alone has the kappa 1."""
    nodes = profile.nodes().frame
    return line_book(
        nodes["weight"],
        nodes["distance"],
        second_distances=nodes["second_distance"],
        kappas=1.0 if terms.symbol else nodes["kappa"],
    )


def standing(profile: LiquidationProfile, terms: IndexTerms) -> Standing:
    """Index and code of a profile.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    terms : IndexTerms
    """
    return standing_of(book_of(profile, terms), terms)


def standing_of(book: LineBook, terms: IndexTerms) -> Standing:
    """Index and code of a line book.

    Parameters
    ----------
    book : LineBook
        One profile.
    terms : IndexTerms
    """
    critical = critical_volatility_of(book, critical_mass=terms.critical_mass, horizon_days=terms.horizon_days)
    index = float(iv_index(critical.value, terms.reference_volatility))
    return Standing(index, critical.value, code_of(index, terms.thresholds))


def mass_beyond(book: LineBook, terms: IndexTerms, index: float) -> float:
    """How far a book is above an index, in terms of mass: 0 or more where its index is that or more.

    Parameters
    ----------
    book : LineBook
        One profile.
    terms : IndexTerms
    index : float
        Index to compare with, more than 0 [%].

    Returns
    -------
    float
        Expected share touched at the volatility that belongs to the index, less the critical mass [1]; NaN where
        nothing is leveraged. It is finite and continuous where the index itself leaps to infinity or 0.
    """
    volatility = PERCENT * terms.reference_volatility / index
    return float(expected_share(book, volatility * root_horizon(terms.horizon_days))) - terms.critical_mass
