"""Two signals on the rows that both have: is the first better, and is it better a horizon earlier too."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from cohortiv.validation.alarms import event_record, onsets
from cohortiv.validation.bootstrap import Interval, intervals, sample_block
from cohortiv.validation.delong import DeLong, delong_difference, has_variance
from cohortiv.validation.ranking import Ranking, auroc, rank
from cohortiv.validation.rules import DEFAULT_RULES, ScoringRules
from cohortiv.validation.sample import DAY, Sample, read_sample
from cohortiv.validation.thresholds import matched_alarms
from cohortiv.volatility import FloatArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """The first signal against the second on their common rows.

    Attributes
    ----------
    first, second : str
        Names of the signals.
    rows, events : int
        Common rows, and independent events among them.
    status : str
        "scored", or why there is no comparison; everything below is then None.
    first_auroc, second_auroc : Interval or None
        AUROC of each [1].
    better : Interval or None
        AUROC of the first less that of the second, resamples paired [1].
    better_delong : DeLong or None
        The same by DeLong, which takes rows for independent: secondary.
    earlier_events : int
        Independent events among the rows that have an outcome a horizon later.
    earlier : Interval or None
        The same difference of AUROCs for that outcome, over (t + horizon, t + 2 horizons] [1]; None below the floor.
    lead_events : int
        Independent events before which both could have raised alarms.
    lead_gain : Interval or None
        Mean lead of the first less that of the second over those events, a missed event counted as a lead of 0 [days],
        alarms standing equally often on calm rows; events are resampled. A description: slow signals have longer leads
        by chance too. None below the floor.
    """

    first: str
    second: str
    rows: int
    events: int
    status: str
    first_auroc: Interval | None
    second_auroc: Interval | None
    better: Interval | None
    better_delong: DeLong | None
    earlier_events: int
    earlier: Interval | None
    lead_events: int
    lead_gain: Interval | None


def compare(
    first: pd.Series,
    second: pd.Series,
    event: pd.Series,
    *,
    horizon_days: float,
    rng: np.random.Generator,
    rules: ScoringRules = DEFAULT_RULES,
) -> Comparison:
    """Compare two signals on the rows that have both scores and an outcome.

    Parameters
    ----------
    first, second : Series
        Scores, higher more dangerous, NaN for none; their names name them.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. All three share
        one index of rising times.
    horizon_days : float
        Horizon of the outcome [days].
    rng : numpy.random.Generator
    rules : ScoringRules, optional
        Resamples, level, floor on events and how alarms are raised.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError, ValueError
        As for `scores.score_table`.
    """
    samples = _common(first, second, event, horizon_days=horizon_days)
    later = _common(first, second, later_event(event, horizon_days=horizon_days), horizon_days=horizon_days)
    status = samples[0].status(fewest_events=rules.fewest_events)
    scored = status == "scored"
    found = _auroc_intervals(samples, rules, rng=rng) if scored else {}
    enough = scored and later[0].status(fewest_events=rules.fewest_events) == "scored"
    gains = _lead_gains(samples, rules) if scored else np.empty(0)
    one, two = samples
    tested = scored and has_variance(one.event)
    return Comparison(
        first=str(first.name),
        second=str(second.name),
        rows=len(one.times),
        events=one.events,
        status=status,
        first_auroc=found.get("first"),
        second_auroc=found.get("second"),
        better=found.get("better"),
        better_delong=delong_difference(one.score, two.score, one.event, level=rules.level) if tested else None,
        earlier_events=later[0].events,
        earlier=_auroc_intervals(later, rules, rng=rng)["better"] if enough else None,
        lead_events=gains.size,
        lead_gain=_mean_gain(gains, rules, rng=rng) if gains.size >= rules.fewest_events else None,
    )


def later_event(event: pd.Series, *, horizon_days: float) -> pd.Series:
    """The outcome one horizon later, under the time at which a score would have had to warn of it.

    Parameters
    ----------
    event : Series
        Indexed by rising times; times that repeat have no outcome here.
    horizon_days : float
        Horizon of the outcome [days].

    Returns
    -------
    Series
        Same index: the event of the row a horizon later, or nearest to that within half a median step; else missing.
    """
    once = event[~event.index.duplicated(keep=False)].astype("boolean")
    if len(once) < 2:  # noqa: PLR2004 - a step takes two rows
        return pd.Series(pd.NA, index=event.index, dtype="boolean")
    half = pd.Timedelta(np.median(np.diff(once.index.to_numpy()))) / 2
    places = once.index.get_indexer(event.index + horizon_days * DAY, method="nearest", tolerance=half)
    return pd.Series(once.array.take(places, allow_fill=True), index=event.index)


def _common(first: pd.Series, second: pd.Series, event: pd.Series, *, horizon_days: float) -> tuple[Sample, Sample]:
    """Both signals as samples of the same rows."""
    if not (first.index.equals(second.index) and first.index.equals(event.index)):
        raise ValueError("got signals and events with different indices; reindex all to the same times")
    both = event.astype("boolean").where(first.notna() & second.notna())
    unique = ~first.index.duplicated(keep=False)
    parts = (pd.DataFrame({"score": scores, "event": both})[unique] for scores in (first, second))
    one, two = (read_sample(part, horizon_days=horizon_days) for part in parts)
    return one, two


def _auroc_intervals(
    samples: tuple[Sample, Sample], rules: ScoringRules, *, rng: np.random.Generator
) -> dict[str, Interval]:
    """AUROC of both and their difference, from the same resamples."""
    rankings = tuple(rank(sample.score, sample.event) for sample in samples)
    return intervals(
        {
            "first": partial(auroc, rankings[0]),
            "second": partial(auroc, rankings[1]),
            "better": partial(_gap, rankings),
        },
        len(samples[0].times),
        block_rows=max(sample_block(sample) for sample in samples),
        rng=rng,
        draws=rules.draws,
        level=rules.level,
    )


def _gap(rankings: tuple[Ranking, ...], weights: FloatArray) -> FloatArray:
    return auroc(rankings[0], weights) - auroc(rankings[1], weights)


def _lead_gains(samples: tuple[Sample, Sample], rules: ScoringRules) -> FloatArray:
    """Lead of the first less that of the second for each event that both cover [days]."""
    records = [
        event_record(
            matched_alarms(sample, false_share=rules.false_share).series,
            onsets(sample),
            known_until=sample.times[-1] + sample.horizon,
            horizon_days=sample.horizon_days,
            window_days=rules.window_days,
        )
        for sample in samples
    ]
    leads = [record.leads["lead_days"].to_numpy(dtype=np.float64) for record in records]
    gains: FloatArray = leads[0] - leads[1]
    return gains[~np.isnan(gains)]


def _mean_gain(gains: FloatArray, rules: ScoringRules, *, rng: np.random.Generator) -> Interval:
    """Mean over independent events with its percentile interval."""
    drawn = gains[rng.integers(gains.size, size=(rules.draws, gains.size))].mean(axis=1)
    low, high = np.quantile(drawn, [0.5 - 0.5 * rules.level, 0.5 + 0.5 * rules.level]).tolist()
    return Interval(
        value=float(gains.mean()),
        low=low,
        high=high,
        level=rules.level,
        draws=rules.draws,
        void=0,
        block_rows=1.0,
        status="given",
    )
