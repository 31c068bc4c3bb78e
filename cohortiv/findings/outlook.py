"""Sentences and rows of an outlook report; every number in them is computed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.display import Displayed
from cohortiv.distribution.backtest import PROJECTION, Backtest
from cohortiv.distribution.index_backtest import MIX_ALONE
from cohortiv.early_warning import Thresholds, code_of
from cohortiv.findings.context import Findings, Words
from cohortiv.findings.headline import headline as headline_today
from cohortiv.outlook import Outlook
from cohortiv.palette import CODES
from cohortiv.published_outlook import STRANDS, PublishedOutlook, outlook_values
from cohortiv.quantities import chance, percent, points, points_range, signed

SERIES: Final = "Distribution outlook"
#: Change of a share that whole percents show [1].
_SHOWN_CHANGE: Final = 0.005
#: Points of the index from which a change is called one [%].
_NOTICEABLE: Final = 0.05


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


def headline(f: OutlookFindings) -> dict[str, Any]:
    """Arguments of `page.headline`: today's code and index, the coming date's in sentence and figures."""
    symbol = f.base.result.settings.symbol
    exploratory = ", exploratory" if is_exploratory(f) else ""
    return headline_today(f.base) | {
        "series": f"{SERIES}{exploratory}",
        "title": f"{symbol or 'All symbols'}: leverage and index by {f.to}",
        "sentence": sentence(f),
        "key_figures": key_figures(f),
    }


def is_exploratory(f: OutlookFindings) -> bool:
    """Whether the base is too thin to judge the projection by."""
    return any(note.startswith("Exploratory") for note in f.outlook.notes) or not f.outlook.backtests


def sentence(f: OutlookFindings) -> str:
    """Index today and then, its band, and the likeliest code."""
    then, now = f.shown.index_then, f.base.result.iv_index
    return (
        f"From changes of {_moved_by(f)}, the IV Index by {f.to} is {points(then['median'])} in the median of "
        f"{f.outlook.assumptions.draws:,} draws "
        f"({_change(then['median'], now, error=f.shown.error)}), and "
        f"{points_range(then['low'], then['high'])} in 90 % of them. {_code_said(f)}"
    )


def _code_said(f: OutlookFindings) -> str:
    """The code that most draws have, the worse of two alike; or why none is told."""
    if f.shown.code_probability is None:
        return f"No code is told: {f.shown.uncoded}."
    chances = vars(f.shown.code_probability)
    likeliest = max(chances, key=lambda code: (chances[code], list(chances).index(code)))
    word, most = CODES[likeliest].word, float(chances[likeliest])
    return f"The likeliest code is {word} ({chance(most)}); Red has {chance(chances['red'])}."


def _moved_by(f: OutlookFindings) -> str:
    """What the draws of the index hold."""
    return "the tier mix and of the distances within tiers" if f.outlook.distances_act else "the tier mix alone"


def _change(then: float, now: float, *, error: float) -> str:
    if not (math.isfinite(then) and math.isfinite(now)):
        return f"{points(now)} today"
    if abs(then - now) < max(_NOTICEABLE, error):
        return f"no visible change from today's {points(now)}"
    return f"{signed(then - now)} from today's {points(now)}"


def key_figures(f: OutlookFindings) -> list[dict[str, str]]:
    """Five numbers with their context."""
    then, now = f.shown.index_then, f.base.result.iv_index
    figures = [
        _figure("IV Index today", points(now), f"code {CODES[str(f.base.result.code)].word}"),
        _figure("Median then", points(then["median"]), _code_word(f, float(then["median"]))),
        _figure("90 % of the draws", points_range(then["low"], then["high"]), _mix_words(f)),
        _red_figure(f),
    ]
    if len(f.shown.share_fan):
        share = f.shown.share_fan.iloc[-1]
        band = f"{percent(share['low'], 0)} to {percent(share['high'], 0)} in 90 % of the draws"
        figures.append(_figure("At 10x or more then", percent(float(share["median"]), 0), band))
    return figures


def _red_figure(f: OutlookFindings) -> dict[str, str]:
    """The chances of the codes, or why none is told."""
    chances = f.shown.code_probability
    if chances is None:
        return _figure("Chance of Red", "not told", f.shown.uncoded)
    context = f"Yellow {chance(chances.yellow)}, Green {chance(chances.green)}"
    return _figure("Chance of Red", chance(chances.red), context)


def _mix_words(f: OutlookFindings) -> str:
    """The band from the mix alone, where there is more in the draws."""
    alone = f.shown.mix_then
    return f"{points_range(alone['low'], alone['high'])} from the mix alone" if f.outlook.distances_act else "mix alone"


def _figure(label: str, value: str, context: str) -> dict[str, str]:
    return {"label": label, "value": value, "context": context}


def _code_word(f: OutlookFindings, index: float) -> str:
    return "no code" if f.shown.uncoded else f"code {CODES[str(code_of(index, f.thresholds))].word}"


def summary_text(f: OutlookFindings) -> str:
    """The outlook in plain language, for readers who look at no figure."""
    lines = (*_what_changes(f), *_what_decides(f), verdict(f), index_verdict(f))
    return "\n".join(f"- {line}" for line in lines if line)


def _what_changes(f: OutlookFindings) -> list[str]:
    """Which tiers gain and lose most, by the mean of the draws; medians of skewed draws nearly all lie below today."""
    moved = f.shown.tiers.assign(change=f.shown.tiers["mean"] - f.shown.tiers["now"])
    ends = (
        [moved.iloc[int(place)] for place in (moved["change"].argmax(), moved["change"].argmin())] if len(moved) else []
    )
    said = [
        f"{row['tier']} {verb} most: {percent(row['now'], 0)} of the notional today, {percent(row['mean'], 0)} in the "
        f"mean of the draws, {percent(row['low'], 0)} to {percent(row['high'], 0)} in 90 % of them"
        for row, verb, sign in zip(ends, ("gains", "loses"), (1, -1), strict=False)
        if sign * row["change"] >= _SHOWN_CHANGE
    ]
    return [f"{'; '.join(said)}."] if said else ["No tier's mean share moves by half a percent of the notional."]


def _what_decides(f: OutlookFindings) -> list[str]:
    said = []
    if f.outlook.attribution is not None:
        said.append(f"{strands_said(f)} {band_said(f)}".strip())
    if len(f.shown.swings):
        widest = f.shown.swings.iloc[0]
        said.append(
            f"The assumption that matters most is “{widest['assumption']}”: from {widest['low_value']} to "
            f"{widest['high_value']} it takes the median index from {points(widest['low'])} to "
            f"{points(widest['high'])}."
            if widest["visible"]
            else "No assumption has a visible effect on the median index: all stay within the error of the draws, "
            f"{points(f.shown.swing_error, 2)} points."
        )
    return said


def strands_said(f: OutlookFindings) -> str:
    """What each strand adds to the median index; that it is nothing visible where it is within the draws' own error.

    Parameters
    ----------
    f : OutlookFindings
    """
    error = f.shown.mix_error
    parts = [(name, change) for name, change in active_parts(f) if abs(change) > error]
    if not parts:
        return (
            f"No strand has a visible effect on the median index (the draws' own error is {points(error, 2)} points)."
        )
    said = ", ".join(f"{name} {signed(change)}" for name, change in parts)
    rest = [name for name, change in active_parts(f) if abs(change) <= error]
    none = f"; no visible effect: {', '.join(rest)}" if rest else ""
    return f"The change of the median index comes from {said} points (Shapley values, which add up){none}."


def band_said(f: OutlookFindings) -> str:
    """How much of the band is due to distances; nothing where they don't act or it cannot be told.

    Parameters
    ----------
    f : OutlookFindings
    """
    share, alone = f.shown.distance_share, f.shown.mix_then
    if not f.outlook.distances_act or math.isnan(share):
        return ""
    if share < _SHOWN_CHANGE:
        return "Distances within tiers have no visible effect on the band."
    return (
        f"Distances within tiers have no trend and widen the band: from the mix alone it is "
        f"{points_range(alone['low'], alone['high'])}, and {percent(share, 0)} of its squared width in logarithms is "
        "theirs." + ("" if stated_distances(f) is None else " Their spread is stated, not measured.")
    )


def stated_distances(f: OutlookFindings) -> UncertainPositive | None:
    """The stated volatility that stands in where no spread of the distances could be measured; None elsewhere.

    Parameters
    ----------
    f : OutlookFindings
    """
    return None if f.outlook.distances is None else f.outlook.distances.stated


def active_parts(f: OutlookFindings) -> list[tuple[str, float]]:
    """What each strand that acts adds to the median index [%]; nothing where the change cannot be split.

    Parameters
    ----------
    f : OutlookFindings
    """
    split = f.outlook.attribution
    parts: Mapping[Any, float] = {} if split is None else split.parts
    return [(str(strand), change) for strand, change in parts.items() if strand in f.outlook.assumptions.enabled]


def verdict(f: OutlookFindings) -> str:
    """How the projection did on held-out periods, also where it lost."""
    tests = f.outlook.backtests
    if not tests:
        return "The history is too short to test the projection on; nothing is known of how good it is."
    losses = [
        f"{' and '.join(test.loses_to)} ({test.steps} {'period' if test.steps == 1 else 'periods'} ahead)"
        for test in tests
        if test.loses_to
    ]
    dates = max(int(test.scores["as_of"].nunique()) for test in tests)
    exploratory = f" On {dates} held-out dates this is exploratory." if any(test.exploratory for test in tests) else ""
    if not losses:
        return f"On held-out periods the projection scored better than every simple forecast (CRPS).{exploratory}"
    return f"On held-out periods the projection scored worse (CRPS) than {'; '.join(losses)}.{exploratory}"


def index_verdict(f: OutlookFindings) -> str:
    """How often bands of the index held on held-out periods, with and without distances; nothing without a test."""
    said = []
    for test in f.outlook.index_backtests:
        held, ratio = (figures_by_model(test, name) for name in ("coverage", "crps_ratio"))
        alone = f" ({percent(held[MIX_ALONE], 0)} from the mix alone)" if MIX_ALONE in held else ""
        ahead = f"{test.steps} {'period' if test.steps == 1 else 'periods'} ahead"
        dates = test.scores["as_of"].nunique()
        said.append(
            f"{ahead}, its 90 % band held {percent(held[PROJECTION], 0)} of {dates} dates{alone}; its CRPS is "
            f"{ratio['persistence']:.2f} times persistence's and {ratio['drift-free walk']:.2f} times the drift-free "
            "walk's"
        )
    return f"Of the index itself: {'; '.join(said)}." if said else ""


def figures_by_model(test: Backtest, column: str) -> dict[str, float]:
    """One column of a backtest of a single quantity, by model.

    Parameters
    ----------
    test : Backtest
    column : str
        Of `Backtest.summary`.
    """
    return dict(zip(test.summary["model"].tolist(), test.summary[column].astype(float).tolist(), strict=True))


#: What an outlook leaves out, as lines of a list.
_MIX_LIMIT: Final = """\
- Draws move the mix of tiers alone: within a tier lines lie as far from the price as in the snapshot, and neither the
  price nor the size of the cohort is forecast. The index moves by these too, so its band is too narrow for the index
  itself."""
_DISTANCE_LIMIT: Final = """\
- Draws move the mix of tiers, and the index at a given mix by as much as it moved in the past, without a trend; neither
  the price nor the size of the cohort is forecast. The two are drawn apart, though they may move together. Farther
  ahead than a third of the history the spread of the second is carried on at the rate at which it grew within it; no
  held-out period tests that."""
_STATED_LIMIT: Final = """\
- Draws move the mix of tiers, and the index at a given mix by a stated volatility, since the history is too short to
  measure one; neither the price nor the size of the cohort is forecast."""
_LIMITS: Final = """\
- The walk of the mix has no memory: shares that swing about a level are given bands too wide some periods ahead.
- Probabilities of rules, adoption and compliance are assumptions, named with their sources above; the band is only as
  wide as they are uncertain.
- Product weights and rules act on tiers in proportion: who moves to which product is not modelled."""


def notes(f: OutlookFindings) -> str:
    """Fallbacks and thin bases, and what an outlook leaves out."""
    first = _DISTANCE_LIMIT if f.outlook.distances_act else _MIX_LIMIT
    first = first if stated_distances(f) is None else _STATED_LIMIT
    return "\n".join([*(f"- {note}" for note in f.outlook.notes), first, _LIMITS])


def method(f: OutlookFindings) -> str:
    """The method with this run's assumptions."""
    stated = f.outlook.assumptions
    strands = ", ".join(STRANDS[strand].lower() for strand in STRANDS if strand in f.outlook.projection.strands)
    periods = len(f.outlook.history)
    return (
        f"Tier shares of the leveraged notional are a composition. Its history of {periods} "
        f"period{'' if periods == 1 else 's'} is carried on in isometric log-ratio coordinates by a random walk with a "
        "drift that is shrunk towards zero; product weights follow logistic adoption curves; a draw picks one "
        "regulatory scenario, whose cap moves or drives out what lies above it. "
        f"Strands that act: {strands or 'none'}. The {stated.draws:,} draws take each tier's distances "
        f"to its lines from the snapshot, and every draw's index is solved. {_distance_method(f)}Bands are the 5 and "
        "95 % points of the draws. "
        f"Assumptions: “{stated.title}” ({stated.name}). {stated.description}"
    )


def _distance_method(f: OutlookFindings) -> str:
    """How distances move the index, where they act."""
    if not f.outlook.distances_act:
        return ""
    stated = stated_distances(f)
    if stated is not None:
        return (
            "It is then multiplied by a walk of a stated volatility, "
            f"{stated.low:g} to {stated.high:g} a year: too few past changes of the index are known to measure one. "
        )
    return (
        "It is then multiplied by what past changes of the index were at a given mix: each snapshot is solved again "
        "with a later mix, and what is left of the change is the residual, whose spread grows with the time ahead. "
    )


def summary(f: OutlookFindings, today: Mapping[str, object]) -> dict[str, object]:
    """What `summary.json` holds: today's figures, and the outlook's own.

    Parameters
    ----------
    f : OutlookFindings
    today : mapping
        From `summarise`.
    """
    return {**today, "outlook": outlook_values(f.shown)}
