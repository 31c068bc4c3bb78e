"""Pairs of a study: every index series with every outcome, or the reason why the two cannot be held together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.config.study import OWN_LINES
from cohortiv.config.validation import OutcomeDefinition, OutcomesFile
from cohortiv.study.index_series import SolvedSeries
from cohortiv.validation.comparators import stand_in_interest
from cohortiv.validation.outcomes import Liquidations, Outcome, liquidation_outcome
from cohortiv.validation.sample import DAY
from cohortiv.validation.touched import touched_outcome

_BARS: Final = ("open", "high", "low")
_SIDES: Final = {"long": "long_usd", "short": "short_usd"}


@dataclass(frozen=True, eq=False)
class Candidate:
    """A series and an outcome that might be held together.

    Attributes
    ----------
    solved : SolvedSeries
    feed, feed_title : str
        Name of the feed, "own-lines" for an outcome of the profile; and as readers see it.
    definition : OutcomeDefinition
    primary : bool
    """

    solved: SolvedSeries
    feed: str
    feed_title: str
    definition: OutcomeDefinition
    primary: bool

    @property
    def title(self) -> str:
        """The pair as readers see it."""
        series, outcome = self.solved.given.source.title, self.definition.title
        return f"{series}: {outcome}" if self.feed == OWN_LINES else f"{series}: {outcome} ({self.feed_title})"


def candidates(solved: Sequence[SolvedSeries], data: StudyData, listed: OutcomesFile) -> tuple[Candidate, ...]:
    """Every series with every outcome of every feed, the primary pair first.

    Parameters
    ----------
    solved : sequence of SolvedSeries
    data : StudyData
    listed : OutcomesFile

    Returns
    -------
    tuple of Candidate
    """
    study = data.study
    scored = [item for item in listed.outcomes if not study.scored or item.name in study.scored]
    made = [
        Candidate(
            series,
            feed,
            title,
            item,
            primary=(study.primary.series, study.primary.feed, study.primary.outcome)
            == (series.given.source.name, feed, item.name),
        )
        for series in solved
        for feed, title in _feeds(data)
        for item in scored
        if (item.source == "profile") == (feed == OWN_LINES)
    ]
    return tuple(sorted(made, key=lambda each: not each.primary))


def why_not(candidate: Candidate, data: StudyData) -> str:
    """Why a pair cannot be made; empty where it can."""
    item = candidate.definition
    if candidate.feed == OWN_LINES:
        lacks = [name for name in _BARS if name not in data.prices.frame]
        if lacks:
            return f"the prices have no {', '.join(lacks)}, so what they touched is not known"
        return _uneven(item, data.prices.step)
    feed, read = next((feed, read) for feed, read in data.feeds if feed.name == candidate.feed)
    if item.side != "both" and _SIDES[item.side] not in read.frame:
        return f"the feed has no {_SIDES[item.side]}"
    if item.over == "open_interest" and "open_interest" not in data.comparators:
        return "no open interest is given to divide by"
    return _uneven(item, read.step) if feed.kind == "liquidations" else ""


def outcome_of(candidate: Candidate, data: StudyData, *, version: str) -> Outcome:
    """What followed each time of the series.

    Parameters
    ----------
    candidate : Candidate
        One that can be made.
    data : StudyData
    version : str
        Name of the outcomes file.

    Returns
    -------
    Outcome
    """
    solved, item = candidate.solved, candidate.definition
    if candidate.feed == OWN_LINES:
        symbol = data.study.prices.symbol or solved.given.source.symbol or "BTC"
        step = data.prices.step or DAY
        made = touched_outcome(solved.profile, {symbol: data.prices.frame}, item, version=version, step=step)
        frame = made.frame.reindex(solved.frame.index)
        return Outcome(made.definition, made.version, frame, made.unit, made.base)
    read = next(read for feed, read in data.feeds if feed.name == candidate.feed)
    base, label = _base(candidate, data)
    times = pd.DatetimeIndex(solved.frame.index)
    feed = Liquidations(read.frame, read.step, read.span)
    return liquidation_outcome(feed, times, item, version=version, base=base, base_label=label)


def interest_of(data: StudyData) -> tuple["pd.Series[float] | None", str]:
    """Open interest [USD] or what stands in for it, with its label; None where there is none."""
    if "open_interest" not in data.comparators:
        return None, ""
    file, read = data.comparators["open_interest"]
    if read.kind == "open-interest":
        return read.frame["oi_usd"], file.title or f"open interest of {file.venue or read.path.name}"
    longs, shorts = read.frame["longs_coin"], read.frame["shorts_coin"]
    stand_in = stand_in_interest(longs, shorts, data.prices.frame["close"])
    return stand_in, f"{file.title or read.path.name}, a stand-in for open interest"


def _base(candidate: Candidate, data: StudyData) -> tuple["pd.Series[float] | None", str]:
    over = candidate.definition.over
    if over == "cohort_notional":
        return candidate.solved.frame["leveraged_notional_usd"], "leveraged notional of the series"
    return interest_of(data) if over == "open_interest" else (None, "")


def _feeds(data: StudyData) -> Iterator[tuple[str, str]]:
    yield from ((feed.name, feed.title) for feed, _ in data.feeds)
    yield OWN_LINES, "the profile's own lines"


def _uneven(item: OutcomeDefinition, step: pd.Timedelta | None) -> str:
    """Why bars of this length don't make up the horizon; empty where they do."""
    if step is None or not (item.horizon_days * DAY) % step:
        return ""
    return f"bars of {step} don't make up a horizon of {item.horizon_days:g} days"
