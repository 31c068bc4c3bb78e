"""An outlook with what its sentences need, and what several of them say."""

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.display import Displayed
from cohortiv.distribution.tier_statistics import HIGH_LEVERAGE
from cohortiv.early_warning import Thresholds
from cohortiv.findings.context import Findings, Words
from cohortiv.outlook import Outlook
from cohortiv.published_outlook import PublishedOutlook
from cohortiv.quantities import percent, points, points_range, signed

#: Change of a share that whole percents show [1].
SHOWN_CHANGE: Final = 0.005
#: The least change of an index that one decimal shows [%].
SHOWN_POINTS: Final = 0.05


@dataclass(frozen=True, eq=False)
class OutlookFindings(Displayed):
    """An outlook with what its sentences need.

    Attributes
    ----------
    base : Findings
        Of the snapshot.
    shown : PublishedOutlook
    """

    base: Findings
    shown: PublishedOutlook

    @property
    def outlook(self) -> Outlook:
        """What is looked at."""
        return self.shown.outlook

    @property
    def to(self) -> str:
        """The coming date as a reader sees it."""
        day = self.outlook.to
        return f"{day.day} {day:%B %Y}"

    @property
    def thresholds(self) -> Thresholds:
        """Of the codes [%]."""
        return self.base.thresholds

    @property
    def periods(self) -> str:
        """How many periods the history has and how long one is, as a sentence."""
        times = pd.DatetimeIndex(self.outlook.history.index)
        if len(times) == 1:
            return "The history is a single snapshot."
        gap = (times[1:] - times[:-1]).to_series().median() / pd.Timedelta(days=1)
        first, last = (f"{time.day} {time:%B %Y}" for time in (times[0], times[-1]))
        return f"The history has {len(times)} periods of {days_said(gap)}, {first} to {last}."

    def words(self, name: str, title: str, measure: str, **more: str) -> Words:
        """Words of a figure with this run's coverage and source."""
        return self.base.words(name, title, f"{measure}; to {self.to}", **more)


def find(base: Findings, shown: PublishedOutlook) -> OutlookFindings:
    """An outlook with what its sentences need.

    Parameters
    ----------
    base : Findings
        Of the snapshot.
    shown : PublishedOutlook
    """
    return OutlookFindings(base, shown)


def high_mean(f: OutlookFindings) -> float:
    """Share of leveraged notional at 10x or more in the mean of the draws; NaN where it may not be told [1].

    Parameters
    ----------
    f : OutlookFindings
    """
    if f.shown.share_fan.empty:
        return math.nan
    rows = f.shown.tiers
    return float(rows.loc[rows["tier_floor"] >= HIGH_LEVERAGE, "mean"].sum())


def days_said(days: float) -> str:
    """A time in days to a tenth: "1 day", "0.3 days", "28 days".

    Parameters
    ----------
    days : float
    """
    words = f"{days:.1f}".removesuffix(".0")
    return f"{words}\u00a0day{'' if words == '1' else 's'}"


def parts_said(f: OutlookFindings) -> str:
    """How the median gets from today's index to that of the draws, in steps that add up.

    Parameters
    ----------
    f : OutlookFindings

    Returns
    -------
    str
        Nothing where the change cannot be split.
    """
    if f.shown.steps.empty:
        return ""
    start, end = (float(f.shown.steps["end"].iloc[place]) for place in (0, -1))
    parts = change_parts(f)
    seen = ", ".join(f"{name} {signed(change)}" for name, change in visible_parts(f))
    rest = parts[~_is_seen(parts)]
    names = ", ".join(str(name).lower() for name in rest["name"])
    moved = f"The median index goes from {points(start)} today to {points(end)}"
    if not seen:
        return f"{moved}; every part is too small to tell from none: {names} ({signed(rest['change'].sum())})."
    within = f"; too small to tell from none: {names} ({signed(rest['change'].sum())})" if names else ""
    return f"{moved}: {seen} points{within}. The parts add up (Shapley values of the strands, then distances)."


def change_parts(f: OutlookFindings) -> pd.DataFrame:
    """What the change of the median is made of: name, change and its error [%]; no rows where it cannot be split.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.steps[~f.shown.steps["is_level"].astype(bool)]
    return rows.assign(change=rows["end"] - rows["start"])[["name", "change", "error"]].reset_index(drop=True)


def visible_parts(f: OutlookFindings) -> list[tuple[str, float]]:
    """Strands, and distances, that change the median by more than the draws' error and by what one decimal shows [%].

    Parameters
    ----------
    f : OutlookFindings
    """
    parts = change_parts(f)
    rows = parts[_is_seen(parts)].itertuples(index=False)
    return [(str(name).lower(), float(change)) for name, change, _ in rows]


def _is_seen(parts: pd.DataFrame) -> "pd.Series[bool]":
    sizes = parts["change"].abs()
    return (sizes > parts["error"]) & (sizes >= SHOWN_POINTS)


def band_said(f: OutlookFindings) -> str:
    """What distances do to the band; nothing where they don't act or it cannot be told.

    Parameters
    ----------
    f : OutlookFindings
    """
    share, alone = f.shown.distance_share, f.shown.mix_then
    if not f.outlook.distances_act or math.isnan(share):
        return ""
    if share < SHOWN_CHANGE:
        return "Distances within tiers have no visible effect on the band."
    moved = "distances" in dict(visible_parts(f))
    return (
        f"Distances within tiers widen the band: from the mix alone it is {points_range(alone['low'], alone['high'])}, "
        f"and {percent(share, 0)} of its squared width in logarithms is theirs; "
        + ("they have no trend, and move the median since draws of the mix are skewed." if moved else
           "the median they do not visibly move.")
        + ("" if stated_distances(f) is None else " Their spread is stated, not measured.")
    )  # fmt: skip


def stated_distances(f: OutlookFindings) -> UncertainPositive | None:
    """The stated volatility that stands in where no spread of the distances could be measured; None elsewhere.

    Parameters
    ----------
    f : OutlookFindings
    """
    return None if f.outlook.distances is None else f.outlook.distances.stated
