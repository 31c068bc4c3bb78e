"""What a validation study leaves: the index series, the data, and one scored pair for each series and outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cohortiv.display import Displayed
from cohortiv.early_warning import Thresholds
from cohortiv.validation.comparison import Comparison
from cohortiv.validation.events import EventOverlay
from cohortiv.validation.outcomes import Outcome
from cohortiv.validation.rules import ScoringRules
from cohortiv.validation.scores import ScoreTable
from cohortiv.validation.verdict import Verdict
from cohortiv.validation.weights import TierWeights


@dataclass(frozen=True, eq=False)
class IndexHistory:
    """One index series; aggregates only.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    basis : str
        What it stands on: positions, a stored history, or a reconstruction, in words.
    stand_in : str
        What stands in for open interest; empty where nothing does.
    symbol : str or None
        Base asset; None for a cohort as a whole.
    frame : DataFrame
        By time, rising, each once (UTC, without zone): iv_index [%], infinite where no volatility is enough, NaN where
        it is not given, which it is not at a Grey snapshot; critical_volatility [1/sqrt(year)];
        leveraged_notional_usd; usable_share [1]; code, code_held ("green", "yellow", "red", "grey").
    timeline : DataFrame
        Unbroken runs of code_held: code, first, last, snapshots, days (from first to last).
    flips_a_year : float
        Changes of code_held a year, gaps left out; NaN for fewer than two snapshots.
    overlay : EventOverlay
        The dated events over the series.
    gaps : int
        Steps longer than 1.5 times the median step.
    longest_gap_days : float
        The longest step [days].
    step_hours : float
        Median step [hours]; NaN for fewer than two snapshots.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    notes : tuple of str
        What a reader must know of it, one sentence each.
    """

    name: str
    title: str
    basis: str
    stand_in: str
    symbol: str | None
    frame: pd.DataFrame
    timeline: pd.DataFrame
    flips_a_year: float
    overlay: EventOverlay
    gaps: int
    longest_gap_days: float
    step_hours: float
    thresholds: Thresholds
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LearnedWeights:
    """Tier weights learned on a pair, beside equal ones.

    Attributes
    ----------
    learned : mapping of str to TierWeights
        By learner, "logistic" and "boosting", on all rows of the pair: a description, not a forecast.
    known : DataFrame
        By the time at which weights were learned anew, one row each, from what was known then: status, events,
        strength, p_value. It is what the signal weighted_index was made with (logistic).
    """

    learned: Mapping[str, TierWeights]
    known: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Pair:
    """One index series against one outcome.

    Attributes
    ----------
    series, feed, outcome : str
        Names: of the index series, of the liquidation feed ("own-lines" where the profile's own lines are the outcome),
        and of the definition in the outcomes file.
    title : str
        As readers see it.
    primary : bool
        Whether the verdict of the report is about it; fixed in the study file.
    horizon_days : float
        Of the outcome [days].
    result : Outcome
        What followed each time: `result.frame` by time with value [`result.unit`], end, threshold, event, why;
        `result.not_covered` counts the times without an outcome by reason.
    signals : DataFrame
        By the same times, one column a signal, higher more dangerous, NaN where it was not known: iv_index,
        weighted_index (tier weights as they could have been learned by then), then the comparators.
    missing : mapping of str to str
        Signals without any value, and why.
    status : str
        "scored", or why the pair has no score: nothing covered, one class only, too few events, too few calm spells.
    events, calm_spells : int
        Independent events and calm spells on the rows of the index.
    scores : ScoreTable
        Every metric of every signal with its interval, its independent events and its status.
    comparisons : tuple of Comparison
        The index against the comparators of the verdict, and on the primary pair against every other signal that has
        values, on common rows.
    verdict : Verdict
        By the rules of the verdict file.
    roc : DataFrame
        signal, false_rate, true_rate; empty below the floor.
    reliability : DataFrame
        signal and the columns of `calibration.reliability`; of all signals on the primary pair, of the index on the
        others; empty below the floor.
    usefulness : DataFrame
        signal and the columns of `thresholds.usefulness_table`, of the primary pair; empty below the floor.
    leads : DataFrame
        signal, event (onset), status ("warned", "missed", "not covered"), lead_days: each independent event, of the
        primary pair; empty below the floor.
    dated : DataFrame
        signal, date, status ("hit", "miss", "not covered"), by_chance (`dated_hits.DatedHits.by_chance`): each dated
        event, of the primary pair.
    weights : LearnedWeights or None
        Of the primary pair only; None for the others.
    """

    series: str
    feed: str
    outcome: str
    title: str
    primary: bool
    horizon_days: float
    result: Outcome
    signals: pd.DataFrame
    missing: Mapping[str, str]
    status: str
    events: int
    calm_spells: int
    scores: ScoreTable
    comparisons: tuple[Comparison, ...]
    verdict: Verdict
    roc: pd.DataFrame
    reliability: pd.DataFrame
    usefulness: pd.DataFrame
    leads: pd.DataFrame
    dated: pd.DataFrame
    weights: LearnedWeights | None

    @property
    def name(self) -> str:
        """Slug of the pair."""
        return f"{self.series}--{self.feed}--{self.outcome}"


@dataclass(frozen=True, eq=False)
class Study(Displayed):
    """A study, done.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    hypothesis : str
        The sentence that is judged, from the verdict file.
    synthetic : bool
        Whether the positions are the made-up sample.
    series : tuple of IndexHistory
        In the order of the study file.
    pairs : tuple of Pair
        The primary one first, then in the order of the study file.
    data : DataFrame
        One row a source: role ("index", "prices", "liquidations", "comparator", "texts"), name, title, kind, files
        (bare names), first, last, rows, step_hours (NaN for single events), gaps, repeated, blank, note.
    titles : mapping of str to str
        Names of signals as readers see them.
    units : mapping of str to str
        Units of signals.
    directions : mapping of str to str
        Why a higher value is taken to be more dangerous, by signal.
    outcomes_version, events_version, verdict_version : str
        Names of the files that fixed them.
    rules : ScoringRules
        Resamples, level, floor on events and how alarms are raised, for the tables of scores.
    sentiment : DataFrame
        By the midnight that ends the day: mean, share_negative, texts, not_scored, repeated; empty without texts.
    sentiment_by_language : DataFrame
        language (a code, empty where none was told), scorer (empty without one), scored, not_scored: texts; most first.
    sentiment_left_out : mapping of str to int
        Texts that were not scored, by reason.
    not_paired : DataFrame
        series, feed, outcome, why: pairs that could not be made at all.
    critical_mass, index_horizon_days, reference_volatility : float
        Of the index of the primary pair [1; days; 1/sqrt(year)].
    primary_why : str
        Why the primary pair is the judged one, in the words of the study file; empty where it says nothing.
    until : Timestamp or None
        Nothing that became known after it is in the study (UTC, without zone); None: no such moment was asked for.
    notes : tuple of str
        What a reader must know of the whole, one sentence each.
    """

    name: str
    title: str
    hypothesis: str
    synthetic: bool
    series: tuple[IndexHistory, ...]
    pairs: tuple[Pair, ...]
    data: pd.DataFrame
    titles: Mapping[str, str]
    units: Mapping[str, str]
    directions: Mapping[str, str]
    outcomes_version: str
    events_version: str
    verdict_version: str
    rules: ScoringRules
    sentiment: pd.DataFrame
    sentiment_by_language: pd.DataFrame
    sentiment_left_out: Mapping[str, int]
    not_paired: pd.DataFrame
    critical_mass: float
    index_horizon_days: float
    reference_volatility: float
    primary_why: str = ""
    until: pd.Timestamp | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def primary(self) -> Pair:
        """The pair that the verdict of the report is about."""
        return self.pairs[0]

    def history(self, name: str) -> IndexHistory:
        """The index series of a name; KeyError if there is none."""
        return {each.name: each for each in self.series}[name]
