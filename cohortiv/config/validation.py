"""What validation fixes before it scores: definitions of outcomes, and the list of dated events."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from cohortiv.assets import asset
from cohortiv.config.yaml_file import SLUG, Name, Positive, Share, StrictSettings, read_fields, validated
from cohortiv.errors import UsageError

OUTCOMES, EVENTS = "outcomes file", "events file"
#: Names of the files that ship, and of the newest.
NEWEST_OUTCOMES, NEWEST_EVENTS = "outcomes-1", "events"

Over = Literal["nothing", "open_interest", "cohort_notional"]
Side = Literal["long", "short", "both"]


class EventRule(StrictSettings):
    """How large an outcome must be to count as an event: more than a share, or more than a quantile of the past.

    Attributes
    ----------
    share : float or None
        Fixed threshold [1].
    quantile : float or None
        In its place: quantile of the daily outcomes whose horizon was over by then [1].
    past_days : int
        How far back the quantile looks [days].
    least_days : int
        Fewest outcomes that it is taken of.
    """

    share: Share | None = None
    quantile: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    past_days: PositiveInt = 730
    least_days: PositiveInt = 30

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        if (self.share is None) == (self.quantile is None):
            raise ValueError("allowed is either share, such as 0.15, or quantile, such as 0.9")
        if self.least_days > self.past_days:
            raise ValueError(f"got least_days {self.least_days}, allowed is at most past_days, {self.past_days}")
        return self


class OutcomeDefinition(StrictSettings):
    """One outcome.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    source : {"liquidations", "profile"}
        A feed of forced closures, or the lines of a profile that the price touches.
    over : {"nothing", "open_interest", "cohort_notional"}
        What liquidated USD are divided by; "nothing" leaves USD. A profile's own notional divides its outcome.
    side : {"long", "short", "both"}
        Whose closures count.
    horizon_days : float
        Length of (t, t + horizon] [days].
    least_covered : float
        Share of a profile's leveraged notional that must have prices over the whole horizon [1].
    event : EventRule
    """

    name: Annotated[str, Field(pattern=SLUG)]
    title: Name
    source: Literal["liquidations", "profile"]
    over: Over = "nothing"
    side: Side = "both"
    horizon_days: Positive
    least_covered: Share = 0.5
    event: EventRule

    @model_validator(mode="after")
    def _scales_fit(self) -> Self:
        if self.source == "profile" and self.over != "nothing":
            raise ValueError(
                f"over: got {self.over!r}; a profile's outcome is a share of its own notional: leave it out"
            )
        if self.source == "profile" and self.event.share is None:
            raise ValueError("event: got a quantile; allowed for a profile is a share, such as 0.15")
        if self.source == "liquidations" and self.over == "nothing" and self.event.share is not None:
            raise ValueError("event: got a share of nothing; allowed for USD is a quantile, such as 0.9")
        return self


class OutcomesFile(StrictSettings):
    """Definitions of one version.

    Attributes
    ----------
    name : str
        The version, such as outcomes-1; it stands in every result.
    outcomes : tuple of OutcomeDefinition
    """

    name: Annotated[str, Field(pattern=SLUG)]
    outcomes: Annotated[tuple[OutcomeDefinition, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [definition.name for definition in self.outcomes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"outcomes: got {', '.join(twice)} more than once; allowed is each name once")
        return self

    def definition(self, name: str) -> OutcomeDefinition:
        """The definition of a name; UsageError that lists the names if there is none."""
        found = {definition.name: definition for definition in self.outcomes}
        if name not in found:
            raise UsageError(f"outcome: got {name!r}, allowed by {self.name} are {', '.join(found)}. Name one of them.")
        return found[name]


class DatedEvent(StrictSettings):
    """A day on which positions were closed by force in large numbers.

    Attributes
    ----------
    date : date
        The day, midnight to midnight UTC.
    name, description : str
    source : str
        Who says so.
    """

    date: dt.date
    name: Name
    description: Name
    source: Name


class EventsFile(StrictSettings):
    """A list of events and the span in which it is complete.

    Attributes
    ----------
    name : str
        The version; it stands in every result.
    complete_from, complete_to : date
        First and last day that the list speaks of.
    events : tuple of DatedEvent
        Oldest first.
    """

    name: Annotated[str, Field(pattern=SLUG)]
    complete_from: dt.date
    complete_to: dt.date
    events: Annotated[tuple[DatedEvent, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _dates_rise(self) -> Self:
        days = [event.date for event in self.events]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("events: got dates that do not rise; allowed is each day once, the oldest first")
        if not self.complete_from <= days[0] <= days[-1] <= self.complete_to:
            raise ValueError("events: got a date outside complete_from and complete_to; allowed are dates within")
        return self


def load_outcomes(name_or_path: str | Path = NEWEST_OUTCOMES) -> OutcomesFile:
    """Definitions of outcomes from their file.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped version, or a YAML file with the fields of `OutcomesFile`.

    Raises
    ------
    UsageError
        If the file is not there or a field is unknown or not allowed; the message names it.
    """
    path = _found(name_or_path, shipped=_shipped("outcomes-*"), kind=OUTCOMES)
    fields = read_fields(path, kind=OUTCOMES, example="name: outcomes-1")
    return validated(OutcomesFile, fields, where=f"{OUTCOMES} {path}")


def load_events(name_or_path: str | Path = NEWEST_EVENTS) -> EventsFile:
    """Dated events from their file; parameters and errors as for `load_outcomes`."""
    path = _found(name_or_path, shipped=_shipped("events*"), kind=EVENTS)
    fields = read_fields(path, kind=EVENTS, example="name: events-1")
    return validated(EventsFile, fields, where=f"{EVENTS} {path}")


def _shipped(pattern: str) -> dict[str, Path]:
    """Files of one kind that come with this version, by name."""
    return {path.stem: path for path in sorted((asset("templates") / "validation").glob(f"{pattern}.yaml"))}


def _found(name_or_path: str | Path, *, shipped: Mapping[str, Path], kind: str) -> Path:
    """The file itself, or that of a shipped name."""
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    raise UsageError(
        f"{kind}: got {str(name_or_path)!r}, which is no file and no shipped name; allowed are {', '.join(shipped)} or "
        "the path of a YAML file. Check the spelling."
    )
