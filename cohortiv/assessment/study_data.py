"""Everything that a study reads, as it became known, and nothing after the moment that it is about."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import pandas as pd

from cohortiv.assessment.building import build_past
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, load_cohort
from cohortiv.config.study import DataFile, FeedFile, FundingFile, IndexSource, InterestFile, StudyFile
from cohortiv.config.validation import EventsFile
from cohortiv.distribution.entry_profile import DEFAULT_MIX, TierMix
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.sources.texts import read_texts
from cohortiv.sources.tier_map import read_tier_mix
from cohortiv.sources.validation_data import Kind, ValidationSeries, gaps_of, read_validation_series

Say = Callable[[str], None]
_Read = TypeVar("_Read")
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


@dataclass(frozen=True)
class Absent:
    """A source that says nothing yet at the moment that a study is about.

    Attributes
    ----------
    role : {"index", "liquidations", "comparator"}
    name, title : str
        As in the study file.
    files : str
        Bare names.
    why : str
        When it begins.
    """

    role: Literal["index", "liquidations", "comparator"]
    name: str
    title: str
    files: str
    why: str


class BeginsLaterError(DataError):
    """A series begins after the moment that a study is about."""


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
    last_snapshot : Timestamp or None
        No index is given after it. Where a study is about a day, the midnight that ends it is no snapshot of that day,
        while what became known of the day by then is data.
    absent : tuple of Absent
        Sources that begin after `until`.
    events : EventsFile or None
        Dated events of made-up prices; None: those that the study file names, or the shipped ones.
    """

    study: StudyFile
    index: tuple[IndexInput, ...]
    prices: ValidationSeries
    feeds: tuple[tuple[FeedFile, ValidationSeries], ...]
    comparators: Mapping[str, tuple[DataFile, ValidationSeries]]
    texts: pd.DataFrame | None
    until: pd.Timestamp | None
    synthetic: bool = False
    last_snapshot: pd.Timestamp | None = None
    absent: tuple[Absent, ...] = ()
    events: EventsFile | None = None


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
        If a file cannot be read, or prices begin after `until`; the message names it.
    """
    tell = say or partial(print, file=sys.stderr)
    absent: list[Absent] = []
    index = [
        _unless_later(partial(_index_input, source, until=until, tell=tell), absent_index(source), absent)
        for source in study.index
    ]
    feeds = [
        (feed, _unless_later(partial(_series, feed, kind=feed.kind, until=until), _absent(feed, feed.name), absent))
        for feed in study.liquidations
    ]
    given = {
        name: (
            file,
            _unless_later(partial(_series, file, kind=_kind(name, file), until=until), _absent(file, name), absent),
        )
        for name in type(study.comparators).model_fields
        if (file := getattr(study.comparators, name)) is not None
    }
    return StudyData(
        study=study,
        index=tuple(each for each in index if each is not None),
        prices=_series(study.prices, kind="prices", until=until),
        feeds=tuple((feed, read) for feed, read in feeds if read is not None),
        comparators={name: (file, read) for name, (file, read) in given.items() if read is not None},
        texts=_texts(study.texts, until=until),
        until=until,
        absent=tuple(absent),
    )


def _unless_later(read: Callable[[], _Read], source: Absent, absent: list[Absent]) -> _Read | None:
    """What is read; None for a source that begins later, which is then listed as absent."""
    try:
        return read()
    except BeginsLaterError as error:
        absent.append(replace(source, why=str(error).partition(". ")[0]))
        return None


def _absent(file: DataFile, name: str) -> Absent:
    role: Literal["liquidations", "comparator"] = "liquidations" if isinstance(file, FeedFile) else "comparator"
    return Absent(role, name, file.title or Path(file.file).name, Path(file.file).name, "")


def absent_index(source: IndexSource, why: BeginsLaterError | None = None) -> Absent:
    """An index series that has no snapshot yet.

    Parameters
    ----------
    source : IndexSource
    why : BeginsLaterError, optional
        Whose first sentence is told.
    """
    told = str(why).partition(". ")[0] if why is not None else ""
    return Absent("index", source.name, source.title, Path(source.file.rpartition(":")[2]).name, told)


def cut(series: ValidationSeries, until: pd.Timestamp | None) -> ValidationSeries:
    """A series without what became known after a moment, its gaps counted anew; BeginsLaterError if nothing is left."""
    if until is None:
        return series
    kept = series.frame[series.frame.index <= until]
    if kept.empty:
        raise BeginsLaterError(
            f"{series.path.name} begins at {series.span[0]:%Y-%m-%d %H:%M}, after {until:%Y-%m-%d %H:%M} UTC, the "
            "moment that the report is about. Leave the file out, or give a later --as-of."
        )
    gaps = 0 if series.step is None else gaps_of(kept.index.to_series(), series.step)
    return replace(series, frame=kept, span=(series.span[0], min(series.span[1], until)), gaps=gaps)


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
        raise BeginsLaterError(
            f"{Path(file).name or 'The sample'} has no snapshot until {until:%Y-%m-%d %H:%M} UTC. Give a later --as-of."
        )
    return replace(profile, cells=kept.reset_index(drop=True))
