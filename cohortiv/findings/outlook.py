"""Sentences and rows of an outlook report; every number in them is computed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cohortiv.early_warning import Code, Thresholds, code_of
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
class OutlookFindings:
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
    def likeliest(self) -> Code:
        """The code that most draws have at the coming date."""
        chances = vars(self.shown.code_probability)
        return Code(max(chances, key=lambda code: (chances[code], list(chances).index(code))))

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
    then, chances = f.shown.index_then, f.shown.code_probability
    now = f.base.result.iv_index
    word = CODES[str(f.likeliest)].word
    most = float(vars(chances)[str(f.likeliest)])
    return (
        f"From changes of the tier mix alone, the IV Index by {f.to} is {points(then['median'])} in the median of "
        f"{f.outlook.assumptions.draws:,} draws "
        f"({_change(then['median'], now)}), and {points_range(then['low'], then['high'])} in 90 % of them. The "
        f"likeliest code is {word} ({chance(most)}); Red has {chance(chances.red)}."
    )


def _change(then: float, now: float) -> str:
    if not (math.isfinite(then) and math.isfinite(now)):
        return f"{points(now)} today"
    if abs(then - now) < _NOTICEABLE:
        return "as today"
    return f"{signed(then - now)} from today's {points(now)}"


def key_figures(f: OutlookFindings) -> list[dict[str, str]]:
    """Five numbers with their context."""
    then, chances = f.shown.index_then, f.shown.code_probability
    now = f.base.result.iv_index
    figures = [
        _figure("IV Index today", points(now), f"code {CODES[str(f.base.result.code)].word}"),
        _figure("Median then", points(then["median"]), f"code {_code_word(f, float(then['median']))}"),
        _figure("90 % of the draws", points_range(then["low"], then["high"]), f"by {f.to}, from the mix alone"),
        _figure(
            "Chance of Red", chance(chances.red), f"Yellow {chance(chances.yellow)}, Green {chance(chances.green)}"
        ),
    ]
    if len(f.shown.share_fan):
        share = f.shown.share_fan.iloc[-1]
        band = f"{percent(share['low'], 0)} to {percent(share['high'], 0)} in 90 % of the draws"
        figures.append(_figure("At 10x or more then", percent(float(share["median"]), 0), band))
    return figures


def _figure(label: str, value: str, context: str) -> dict[str, str]:
    return {"label": label, "value": value, "context": context}


def _code_word(f: OutlookFindings, index: float) -> str:
    return CODES[str(code_of(index, f.thresholds))].word


def summary_text(f: OutlookFindings) -> str:
    """The outlook in plain language, for readers who look at no figure."""
    return "\n".join(f"- {line}" for line in (*_what_changes(f), *_what_decides(f), verdict(f)))


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
    split = f.outlook.attribution
    if split is not None:
        parts = [f"{name} {signed(change)}" for name, change in active_parts(f)]
        said.append(
            f"The change of the median index comes from {', '.join(parts)} points (Shapley values, which add up)."
        )
    if len(f.shown.swings):
        widest = f.shown.swings.iloc[0]
        said.append(
            f"The assumption that matters most is “{widest['assumption']}”: from {widest['low_value']} to "
            f"{widest['high_value']} it takes the median index from {points(widest['low'])} to "
            f"{points(widest['high'])}."
        )
    return said


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


#: What an outlook leaves out, as lines of a list.
_LIMITS: Final = """\
- Draws move the mix of tiers alone: within a tier lines lie as far from the price as in the snapshot, and neither the
  price nor the size of the cohort is forecast. The index moves by these too, so its band is too narrow for the index
  itself, and only the mix is tested on held-out periods.
- The walk of the mix has no memory: shares that swing about a level are given bands too wide some periods ahead.
- Probabilities of rules, adoption and compliance are assumptions, named with their sources above; the band is only as
  wide as they are uncertain.
- Product weights and rules act on tiers in proportion: who moves to which product is not modelled."""


def notes(f: OutlookFindings) -> str:
    """Fallbacks and thin bases, and what an outlook leaves out."""
    return "\n".join([*(f"- {note}" for note in f.outlook.notes), _LIMITS])


def method(f: OutlookFindings) -> str:
    """The method with this run's assumptions."""
    stated = f.outlook.assumptions
    strands = ", ".join(STRANDS[strand].lower() for strand in STRANDS if strand in f.outlook.projection.strands)
    periods = len(f.outlook.history)
    return (
        f"Tier shares of the leveraged notional are a composition. Its {periods} past periods are carried on in "
        "isometric log-ratio coordinates by a random walk with a drift that is shrunk towards zero; product weights "
        "follow logistic adoption curves; a draw picks one regulatory scenario, whose cap moves or drives out what "
        f"lies above it. Strands that act: {strands or 'none'}. The {stated.draws:,} draws take each tier's distances "
        "to its lines from the snapshot, and every draw's index is solved. Bands are the 5 and 95 % points of the "
        "draws. "
        f"Assumptions: “{stated.title}” ({stated.name}). {stated.description}"
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
