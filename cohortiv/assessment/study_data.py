"""Everything that a study reads, as it became known, and nothing after the moment that it is about."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from cohortiv.assessment.reading import build_past
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, load_cohort
from cohortiv.config.study import DataFile, FeedFile, FundingFile, IndexSource, InterestFile, StudyFile
from cohortiv.distribution.entry_profile import DEFAULT_MIX, TierMix
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.sources.texts import read_texts
from cohortiv.sources.tier_map import read_tier_mix
from cohortiv.sources.validation_data import Kind, ValidationSeries, read_validation_series

Say = Callable[[str], None]
#: Comparators with a file of their own, and the kind of each; open interest says its own.
_KINDS: Mapping[str, Kind] = {"implied": "implied-volatility", "funding": "funding", "fear_greed": "fear-greed"}


@dataclass(frozen=True, eq=False)
class IndexInput:
    """What an index series is made of.

    Attributes
    ----------
    source : IndexSource
    cohort : CohortConfig
        Thresholds and limits of its codes.
    basis : str
        What it stands on, in words.
    profile : LiquidationProfile or None
        All snapshots, where it is of positions.
    market : tuple of two ValidationSeries, or None
        Bars and open interest, where it is reconstructed.
    mix : TierMix
        For a reconstruction.
    files : tuple of str
        Bare names.
    """

    source: IndexSource
    cohort: CohortConfig
    basis: str
    profile: LiquidationProfile | None
    market: tuple[ValidationSeries, ValidationSeries] | None
    mix: TierMix
    files: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StudyData:
    """A study's data.

    Attributes
    ----------
    study : StudyFile
    index : tuple of IndexInput
    prices : ValidationSeries
    feeds : tuple of pairs of FeedFile and ValidationSeries
    comparators : mapping of str to pair of DataFile and ValidationSeries
        By field of `ComparatorFiles`; what is not given is absent.
    texts : DataFrame or None
        Columns of `sources.texts.Texts`.
    until : Timestamp or None
        Nothing that became known after it is in the data; None: no such moment.
    synthetic : bool
        Whether it is the made-up sample.
    """

    study: StudyFile
    index: tuple[IndexInput, ...]
    prices: ValidationSeries
    feeds: tuple[tuple[FeedFile, ValidationSeries], ...]
    comparators: Mapping[str, tuple[DataFile, ValidationSeries]]
    texts: pd.DataFrame | None
    until: pd.Timestamp | None
    synthetic: bool = False


def read_study_data(study: StudyFile, *, until: pd.Timestamp | None = None, say: Say | None = None) -> StudyData:
    """Read all files of a study.

    Parameters
    ----------
    study : StudyFile
        Its files by absolute path.
    until : Timestamp, optional
        Nothing that became known after it is kept (UTC, without zone).
    say : callable, optional
        Takes one line of progress at a time; standard error if None.

    Returns
    -------
    StudyData

    Raises
    ------
    UsageError, DataError
        If a file cannot be read; the message names it.
    """
    tell = say or partial(print, file=sys.stderr)
    given = {
        name: (file, _series(file, kind=_kind(name, file), until=until))
        for name in type(study.comparators).model_fields
        if (file := getattr(study.comparators, name)) is not None
    }
    return StudyData(
        study=study,
        index=tuple(_index_input(source, until=until, tell=tell) for source in study.index),
        prices=_series(study.prices, kind="prices", until=until),
        feeds=tuple((feed, _series(feed, kind=feed.kind, until=until)) for feed in study.liquidations),
        comparators=given,
        texts=_texts(study.texts, until=until),
        until=until,
    )


def cut(series: ValidationSeries, until: pd.Timestamp | None) -> ValidationSeries:
    """A series without what became known after a moment; DataError if nothing is left."""
    if until is None:
        return series
    kept = series.frame[series.frame.index <= until]
    if kept.empty:
        raise DataError(
            f"{series.path.name} begins at {series.span[0]:%Y-%m-%d %H:%M}, after {until:%Y-%m-%d %H:%M} UTC, the "
            "moment that the report is about. Leave the file out, or give a later --as-of."
        )
    return replace(series, frame=kept, span=(series.span[0], min(series.span[1], until)))


def _series(file: DataFile, *, kind: Kind, until: pd.Timestamp | None) -> ValidationSeries:
    hours = file.hours if isinstance(file, FundingFile) else None
    read = read_validation_series(file.file, kind=kind, symbol=file.symbol, venue=file.venue, funding_hours=hours)
    return cut(read, until)


def _kind(name: str, file: DataFile) -> Kind:
    return file.kind if isinstance(file, InterestFile) else _KINDS[name]


def _texts(names: tuple[str, ...], *, until: pd.Timestamp | None) -> pd.DataFrame | None:
    """All texts in the order of their times; those of a file that are known only later are left out."""
    if not names:
        return None
    frame = pd.concat([read_texts(Path(name)).frame for name in names]).sort_values("time", ignore_index=True)
    return frame if until is None else frame[frame["time"] < until]


def _index_input(source: IndexSource, *, until: pd.Timestamp | None, tell: Say) -> IndexInput:
    cohort = load_cohort(Path(source.cohort)) if source.cohort else ALL_ACCOUNTS
    files = (Path(source.file.rpartition(":")[2]).name,)
    if source.source == "history":
        return IndexInput(source, cohort, "a stored history of profiles", None, None, DEFAULT_MIX, files)
    if source.source == "positions":
        profile = _of_positions(source, source.file, until=until, tell=tell)
        return IndexInput(source, cohort, str(Basis.POSITIONS), profile, None, DEFAULT_MIX, files)
    interest = source.open_interest or InterestFile(file=source.file)
    tell(f"Reading {files[0]} and {Path(interest.file).name}")
    bars = DataFile(file=source.file, symbol=source.symbol or "")
    market = (
        _series(bars, kind="prices", until=until),
        _series(interest, kind=interest.kind, until=until),
    )
    mix = DEFAULT_MIX
    if source.tier_mix:
        table = read_tier_mix(Path(source.tier_mix))
        mix = TierMix(tuple(table["tier"]), tuple(table["share"]), Path(source.tier_mix).name)
    named = (*files, Path(interest.file).name)
    return IndexInput(source, cohort, str(Basis.OPEN_INTEREST), None, market, mix, named)


def _of_positions(source: IndexSource, file: str, *, until: pd.Timestamp | None, tell: Say) -> LiquidationProfile:
    """Profiles of all snapshots until a moment."""
    settings = Settings(
        positions=file,
        symbol=source.symbol,
        cohort=Path(source.cohort) if source.cohort else None,
        brackets=Path(source.brackets) if source.brackets else None,
    )
    profile = build_past(settings, every=True, units=True, say=tell)
    if until is None:
        return profile
    kept = profile.cells[profile.cells["as_of"] <= until]
    if kept.empty:
        raise DataError(
            f"{Path(file).name or 'The sample'} has no snapshot until {until:%Y-%m-%d %H:%M} UTC. Give a later --as-of."
        )
    return replace(profile, cells=kept.reset_index(drop=True))
