"""Outcomes: what was liquidated in the horizon after each time, and whether it was enough to be an event."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.config.validation import EventRule, OutcomeDefinition
from cohortiv.validation.horizons import COVERED, NO_BASE, UNDEFINED, counted, summed
from cohortiv.validation.known import known_at

DAY: Final = pd.Timedelta(days=1)
#: A base older than this counts as not known.
OLDEST_BASE: Final = 2 * DAY
_COLUMN: Final = {"both": "amount_usd", "long": "long_usd", "short": "short_usd"}


@dataclass(frozen=True, eq=False)
class Liquidations:
    """A feed of forced closures.

    Attributes
    ----------
    frame : DataFrame
        By the time at which they were known, rising: amount_usd, optional long_usd and short_usd [USD].
    step : Timedelta or None
        Length of the bars that they are summed over; None: single events, and no event is no liquidation.
    span : pair of Timestamp
        From when to when the feed is complete, gaps between its bars apart.
    """

    frame: pd.DataFrame
    step: pd.Timedelta | None
    span: tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What followed each time.

    Attributes
    ----------
    definition : OutcomeDefinition
    version : str
        Of the file that fixed it.
    frame : DataFrame
        By time t: value, of (t, end] [USD, or 1]; end; threshold, in the same unit; event, boolean, <NA> where value or
        threshold is missing; why, the reason why event is missing, else empty.
    unit : {"USD", "1"}
    base : str
        What the value is a share of; empty for USD.
    """

    definition: OutcomeDefinition
    version: str
    frame: pd.DataFrame
    unit: str
    base: str = ""

    @property
    def value(self) -> "pd.Series[float]":
        """Value by time; NaN where it is not covered."""
        return self.frame["value"]

    @property
    def event(self) -> "pd.Series[bool]":
        """Whether an event follows, by time; <NA> where that is not known."""
        return self.frame["event"]

    @property
    def not_covered(self) -> "pd.Series[int]":
        """Number of times without an event or its absence, by reason."""
        return self.frame.loc[self.frame["why"] != COVERED, "why"].value_counts()


def liquidation_outcome(
    feed: Liquidations,
    times: pd.DatetimeIndex,
    definition: OutcomeDefinition,
    *,
    version: str,
    base: "pd.Series[float] | None" = None,
    base_label: str = "",
) -> Outcome:
    """Liquidations in the horizon after each time.

    Parameters
    ----------
    feed : Liquidations
    times : DatetimeIndex
        When a score is read, rising.
    definition : OutcomeDefinition
        Of the source "liquidations".
    version : str
        Name of the file that it is from.
    base : Series, optional
        Open interest or cohort notional by the time it was known [USD]; needed unless the definition is over nothing.
        That known at t divides what follows t.
    base_label : str, optional
        What the base is, above all where it is a stand-in: it stands in the result.

    Returns
    -------
    Outcome
        Empty where there are no times.

    Raises
    ------
    ValueError
        If the definition is not of liquidations, its side is not in the feed, or the base is missing.

    Notes
    -----
    A quantile threshold is taken of outcomes at each midnight of the feed, not at `times`, so that it doesn't hang on
    when a score was read; at t only those whose horizon was over by t count.
    """
    column = _COLUMN[definition.side]
    if definition.source != "liquidations" or column not in feed.frame:
        raise ValueError(
            f"got the outcome {definition.name} of {definition.source}, side {definition.side}, and a feed with "
            f"{', '.join(feed.frame.columns)}; allowed is one of liquidations whose side the feed has"
        )
    if (base is None) != (definition.over == "nothing"):
        got = "no base" if base is None else "a base"
        raise ValueError(
            f"got {got} for an outcome over {definition.over}; a base is given where there is something to divide by"
        )
    values = _forward(feed, times, definition, base=base)
    daily = _forward(feed, _midnights(feed, times), definition, base=base)
    threshold = past_threshold(daily, times, rule=definition.event)
    unit = "USD" if base is None else "1"
    return labelled(values, threshold, definition, version=version, unit=unit, base=base_label or definition.over)


def labelled(
    values: pd.DataFrame,
    threshold: "pd.Series[float]",
    definition: OutcomeDefinition,
    *,
    version: str,
    unit: str,
    base: str,
) -> Outcome:
    """Put values and thresholds together to an outcome.

    Parameters
    ----------
    values : DataFrame
        By time: value, end, why.
    threshold : Series
        By the same times; NaN where it is not defined.
    definition : OutcomeDefinition
    version, unit, base : str
        As in `Outcome`.
    """
    known = values["value"].notna() & threshold.notna()
    event = (values["value"] > threshold).astype("boolean").where(known)
    why = values["why"].where((values["why"] != COVERED) | threshold.notna(), UNDEFINED)
    frame = values.assign(threshold=threshold, event=event, why=why)[["value", "end", "threshold", "event", "why"]]
    return Outcome(definition, version, frame, unit, "" if unit == "USD" else base)


def past_threshold(daily: pd.DataFrame, times: pd.DatetimeIndex, *, rule: EventRule) -> "pd.Series[float]":
    """Threshold of an event at each time, from outcomes whose horizon was over by then.

    Parameters
    ----------
    daily : DataFrame
        Outcomes at regular times: value and end.
    times : DatetimeIndex
    rule : EventRule
        A fixed share needs no past.

    Returns
    -------
    Series
        By time; NaN before there are `least_days` outcomes.
    """
    if rule.share is not None or rule.quantile is None:
        return pd.Series(rule.share, index=times, dtype="float64")
    ended = pd.Series(daily["value"].to_numpy(), index=pd.DatetimeIndex(daily["end"]))
    ended = ended[~ended.index.duplicated(keep="last")]  # bars longer than a day
    past = ended.rolling(f"{rule.past_days}D", min_periods=rule.least_days).quantile(rule.quantile)
    return known_at(past, times, oldest=2 * DAY)["value"]


def _forward(
    feed: Liquidations, times: pd.DatetimeIndex, definition: OutcomeDefinition, *, base: "pd.Series[float] | None"
) -> pd.DataFrame:
    """Value, end and why of each horizon."""
    amounts = feed.frame[_COLUMN[definition.side]]
    horizon = pd.Timedelta(days=definition.horizon_days)
    found = (
        counted(amounts, times, horizon=horizon, span=feed.span) if feed.step is None
        else summed(amounts, times, horizon=horizon, step=feed.step)
    )  # fmt: skip
    if base is None:
        return found
    held = known_at(base.where(base > 0), times, oldest=OLDEST_BASE)["value"]
    lacks = (found["why"] == COVERED) & held.isna()
    return found.assign(value=found["value"] / held, why=found["why"].mask(lacks, NO_BASE))


def _midnights(feed: Liquidations, times: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Midnights from the feed's beginning until the last time that is asked for."""
    until = times[-1] if len(times) else feed.span[0]
    return pd.date_range(feed.span[0].ceil("D"), max(until, feed.span[0]).floor("D"), freq="D", unit="us")
