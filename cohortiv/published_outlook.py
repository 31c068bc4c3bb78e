"""An outlook as it may be shown: tiers in the ranges of the report's tables, and no single snapshot's small cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.display import Displayed
from cohortiv.distribution.backtest import ALL_TIERS, HIGH_LEVERAGE_SHARE, Backtest
from cohortiv.distribution.index_draws import code_shares
from cohortiv.distribution.median_errors import difference_error, median_error
from cohortiv.distribution.outlook_tables import (
    HIGH_SHARE,
    QUANTILES,
    STEP_COLUMNS,
    case_bands,
    change_steps,
    concentration_bands,
    product_bands,
    quantiles,
)
from cohortiv.distribution.tier_statistics import HIGH_LEVERAGE, high_leverage_share
from cohortiv.early_warning import Thresholds
from cohortiv.iv_index import CodeProbability
from cohortiv.outlook import Outlook
from cohortiv.profile.bins import FloatArray
from cohortiv.publication import tier_label

#: Significant digits of published scores, and decimals of their ratios.
SCORE_DIGITS: Final = 2
#: Upper over lower end of the 90 % band from which no code is told of the draws [1].
WIDEST_RATIO: Final = 10.0
#: The forecast that is a point, without a band.
POINT_FORECAST: Final = "persistence"
TIER_COLUMNS: Final = ("tier", "tier_floor", "now", "low", "median", "high", "mean")


@dataclass(frozen=True, eq=False)
class PublishedOutlook(Displayed):
    """Frames of an outlook that may be shown.

    Attributes
    ----------
    outlook : Outlook
    tiers : DataFrame
        `TIER_COLUMNS`: range of tiers, its lowest [x], share of leveraged notional today and in the draws at the coming
        date [1]; means add up to 1, medians need not.
    concentration : DataFrame
        measure, now, low, median, high [1]: Herfindahl index and Gini coefficient over the ranges of `tiers`, and the
        share at 10x or more where it may be told.
    index_fan, share_fan : DataFrame
        as_of and `QUANTILES` of the index [%] and of the share at 10x or more [1]; the latter without rows where a
        range of tiers lies on both sides of 10x.
    share_history : DataFrame
        as_of, value: share at 10x or more at the snapshots where it may be told [1].
    code_probability : CodeProbability or None
        Share of the draws with each code, at the coming date [1]; None where `uncoded`.
    uncoded : str
        Why no code is told of the draws, as the end of a sentence: the snapshot is Grey, or the band is too wide to be
        of use. "" where codes are told.
    cases : DataFrame
        From `case_bands`; high_share is NaN where it may not be told.
    products : DataFrame
        product, now, low, median, high: weights [1]; no rows where adoption doesn't act.
    steps : DataFrame
        From `change_steps`: today's index, what each strand and the distances add, the median then; no rows where the
        change cannot be split.
    swings : DataFrame
        From `tornado`, with visible (whether the range is above its error).
    backtests, index_backtests : DataFrame
        Of the mix and of the index: steps, days (ahead, in the median), model, quantity, dates, coverage, sound_low,
        sound_high [1] (NaN of forecasts without a band), crps (of shares [1], of the index [%]), crps_ratio.
    """

    outlook: Outlook
    tiers: pd.DataFrame
    concentration: pd.DataFrame
    index_fan: pd.DataFrame
    share_fan: pd.DataFrame
    share_history: pd.DataFrame
    code_probability: CodeProbability | None
    uncoded: str
    cases: pd.DataFrame
    products: pd.DataFrame
    steps: pd.DataFrame
    swings: pd.DataFrame
    backtests: pd.DataFrame
    index_backtests: pd.DataFrame

    @property
    def mix_then(self) -> "pd.Series[float]":
        """`QUANTILES` of the index at the coming date from the mix alone [%]."""
        found = quantiles(self.outlook.mix_index.index[-1])
        return pd.Series({name: float(value) for name, value in found.items()})

    @property
    def error(self) -> float:
        """Monte Carlo error of the median index at the coming date, at 90 % [%]."""
        return median_error(self.outlook.index.index[-1])

    @property
    def spread_error(self) -> float:
        """Monte Carlo error of the difference between the lowest and the highest case, at 90 % [%]; 0 without cases."""
        draws = [case.index for case in self.outlook.cases]
        if not draws:
            return 0.0
        low, high = (draws[int(place)] for place in (self.cases["median"].argmin(), self.cases["median"].argmax()))
        return difference_error(low, high)

    @property
    def distance_share(self) -> float:
        """Part of the squared width of the 90 % band of the log index that is due to distances [1].

        0 where they don't act, NaN where an end of a band is 0 or infinite.
        """
        if not self.outlook.distances_act:
            return 0.0
        alone, whole = (
            math.log(band["high"] / band["low"]) if band["low"] > 0 and math.isfinite(band["high"]) else math.nan
            for band in (self.mix_then, self.index_then)
        )
        return max(0.0, 1 - (alone / whole) ** 2) if whole else math.nan

    @property
    def index_then(self) -> "pd.Series[float]":
        """`QUANTILES` of the index at the coming date [%]."""
        last: pd.Series[float] = self.index_fan.iloc[-1][list(QUANTILES)].astype(float)
        return last


def publish_outlook(outlook: Outlook, *, thresholds: Thresholds) -> PublishedOutlook:
    """What may be shown of an outlook.

    Parameters
    ----------
    outlook : Outlook
    thresholds : Thresholds
        Of the codes [%].

    Notes
    -----
    Draws are told in the ranges of tiers that today's tables have. Tiers that nobody holds today, and that draws give
    something to, are told with the nearest range. The share at 10x or more is a sum of ranges, or not told; of earlier
    snapshots it is told where both of its parts were cells that may be published then.
    """
    projection = outlook.projection
    ranges = tier_ranges(outlook)
    told, known = _high_is_told(ranges, outlook), _share_history(outlook)
    shares = high_leverage_share(projection.path, projection.edges)
    fan, uncoded = _fan(shares, projection.dates), _uncoded(outlook)
    return PublishedOutlook(
        outlook=outlook,
        tiers=_tiers(outlook, ranges),
        concentration=_concentration(outlook, ranges, told=told),
        index_fan=_fan(outlook.index.index, projection.dates),
        share_fan=fan if told else fan.head(0),
        share_history=known if told else known.head(0),
        code_probability=None if uncoded else code_shares(outlook.index, thresholds)[-1],
        uncoded=uncoded,
        cases=_cases(outlook, told=told),
        products=product_bands(projection),
        steps=_steps(outlook),
        swings=outlook.swings.assign(visible=outlook.swings["range"] > outlook.swings["error"]),
        backtests=_scores([_told_scores(test, outlook, told=told) for test in outlook.backtests]),
        index_backtests=_scores([_timed(test.summary, test) for test in outlook.index_backtests]),
    )


def tier_ranges(outlook: Outlook) -> tuple[tuple[float, ...], ...]:
    """Tier edges [x] that are told together, rising.

    Parameters
    ----------
    outlook : Outlook

    Returns
    -------
    tuple of tuple of float
        Every edge once that holds something today or in a draw. Each by itself where the reading withholds nothing.
    """
    projection = outlook.projection
    filled = (projection.start > 0) | (projection.draws > 0).any(axis=0)
    edges = [edge for edge, some in zip(projection.edges, filled.tolist(), strict=True) if some]
    disclosed = outlook.assessment.reading.disclosed
    if disclosed is None or disclosed.tiers.plan.empty:
        return tuple((edge,) for edge in edges)
    cells = disclosed.tiers.plan.set_index("tier")["cell"]
    held = [float(tier) for tier in cells.index]
    nearest = {edge: min(held, key=lambda tier: (abs(math.log(tier / edge)), tier)) for edge in edges}
    groups: dict[int, list[float]] = {}
    for edge in edges:
        groups.setdefault(int(cells[nearest[edge]]), []).append(edge)
    return tuple(tuple(group) for group in sorted(groups.values()))


def _high_is_told(ranges: Sequence[Sequence[float]], outlook: Outlook) -> bool:
    """Whether the share at 10x or more is a sum of ranges that are told."""
    straddles = any(group[0] < HIGH_LEVERAGE <= group[-1] for group in ranges)
    return not straddles and any(edge >= HIGH_LEVERAGE for edge in outlook.projection.edges)


def _fan(draws: FloatArray, dates: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame({"as_of": dates, **quantiles(draws)})


def _tiers(outlook: Outlook, ranges: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Ranges of tiers today and then."""
    projection = outlook.projection
    rows = []
    for group in ranges:
        mine = np.isin(projection.edges, group)
        now, draws = float(projection.start[mine].sum()), projection.draws[:, mine].sum(axis=1)
        low, _, median, _, high = quantiles(draws).values()
        label = tier_label(group[0], group[-1])
        rows.append((label, group[0], now, float(low), float(median), float(high), float(draws.mean())))
    return pd.DataFrame(rows, columns=list(TIER_COLUMNS))


def _concentration(outlook: Outlook, ranges: Sequence[Sequence[float]], *, told: bool) -> pd.DataFrame:
    """Concentration over the ranges that are told."""
    table = concentration_bands(outlook.projection, ranges)
    return table if told else table[table["measure"] != HIGH_SHARE].reset_index(drop=True)


def _share_history(outlook: Outlook) -> pd.DataFrame:
    """The share at 10x or more at each period that may be told; the snapshot's own is always among them."""
    history = outlook.history
    shares = high_leverage_share(history.to_numpy(float), outlook.projection.edges)
    frame = pd.DataFrame({"as_of": history.index, "value": shares})
    cells = outlook.assessment.reading.usage_cells
    safe = None if cells is None else set(cells.days)
    return frame if safe is None else frame[frame["as_of"].isin(safe)].reset_index(drop=True)


def _cases(outlook: Outlook, *, told: bool) -> pd.DataFrame:
    """Cases side by side, without the share at 10x or more where it may not be told."""
    as_of = outlook.projection.dates[0].date()
    rows = case_bands(outlook.cases, outlook.index.index[-1], as_of=as_of, to=outlook.to)
    return rows if told else rows.assign(high_share=math.nan)


def _steps(outlook: Outlook) -> pd.DataFrame:
    """Bars of a waterfall from today's index to the median of the draws."""
    ends = (outlook.mix_index.index[-1], outlook.index.index[-1])
    split = outlook.attribution
    if split is None or not math.isfinite(float(quantiles(ends[1])["median"])):
        return pd.DataFrame(columns=list(STEP_COLUMNS))
    acting = [*outlook.assumptions.enabled, *(["distances"] if outlook.distances_act else [])]
    return change_steps(split, acting=acting, mix=ends[0], whole=ends[1])


def _uncoded(outlook: Outlook) -> str:
    """Why no code is told of the draws; nothing where one is."""
    grey = outlook.assessment.grey
    if grey:
        return f"the snapshot is Grey ({'; '.join(grey)})"
    ends = quantiles(outlook.index.index[-1])
    if ends["high"] > WIDEST_RATIO * ends["low"]:
        return f"the index is not known to a useful precision: its 90 % band spans more than {WIDEST_RATIO:g} times"
    return ""


def _told_scores(test: Backtest, outlook: Outlook, *, told: bool) -> pd.DataFrame:
    """Scores of all tiers, and of the share at 10x or more where it is told at every date they rest on."""
    cells = outlook.assessment.reading.usage_cells
    dates = pd.concat([test.scores["origin"], test.scores["as_of"]])
    safe = told and (cells is None or bool(dates.isin(set(cells.days)).all()))
    quantities = (ALL_TIERS, HIGH_LEVERAGE_SHARE) if safe else (ALL_TIERS,)
    return _timed(test.summary[test.summary["quantity"].isin(quantities)], test)


def _timed(summary: pd.DataFrame, test: Backtest) -> pd.DataFrame:
    """With how far ahead it is; a point has no band to hold anything."""
    bands = ["coverage", "sound_low", "sound_high"]
    held = summary[bands].where(summary["model"] != POINT_FORECAST)
    return summary.assign(steps=test.steps, days=test.days, **held)


def _scores(summaries: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Scores, one row a model and quantity, rounded; ratios to a score of 0 are NaN."""
    found = ["dates", "coverage", "sound_low", "sound_high", "crps", "crps_ratio"]
    columns = ["steps", "days", "model", "quantity", *found]
    if not summaries:
        return pd.DataFrame(columns=columns)
    table = pd.concat(summaries, ignore_index=True)[columns]
    ratios = table["crps_ratio"].where(np.isfinite(table["crps_ratio"].astype(float))).round(SCORE_DIGITS)
    crps = [float(f"{score:.{SCORE_DIGITS}g}") for score in table["crps"]]
    return table.assign(crps=crps, crps_ratio=ratios)


def outlook_values(published: PublishedOutlook) -> dict[str, object]:
    """The outlook's own part of `summary.json`.

    Parameters
    ----------
    published : PublishedOutlook

    Returns
    -------
    dict
        to, assumptions, draws, strands, distances (whether they act), iv_index {low, median, high} [%],
        iv_index_from_mix_alone (the same), code_probability (None where uncoded says why), uncoded, tiers,
        concentration, products, attribution (start, what strands and distances add, end, errors), cases,
        backtests (of mix and index) and notes.
    """
    outlook, then, alone = published.outlook, published.index_then, published.mix_then
    return {
        "to": outlook.to.isoformat(),
        "assumptions": outlook.assumptions.name,
        "draws": outlook.assumptions.draws,
        "strands": sorted(outlook.projection.strands),
        "distances": outlook.distances_act,
        "iv_index": {name: float(then[name]) for name in ("low", "median", "high")},
        "iv_index_from_mix_alone": {name: float(alone[name]) for name in ("low", "median", "high")},
        "code_probability": None if published.code_probability is None else vars(published.code_probability),
        "uncoded": published.uncoded,
        "tiers": published.tiers.to_dict("records"),
        "concentration": published.concentration.to_dict("records"),
        "products": published.products.to_dict("records"),
        "attribution": _split(published.steps),
        "cases": published.cases.to_dict("records"),
        "backtests": [*published.backtests.to_dict("records"), *published.index_backtests.to_dict("records")],
        "notes": list(outlook.notes),
    }


def _split(steps: pd.DataFrame) -> dict[str, object] | None:
    """What the change of the median is made of; start and the parts sum to end."""
    if steps.empty:
        return None
    parts = steps[~steps["is_level"]]
    names = [str(name).split(" ")[0].lower() for name in parts["name"]]
    return {
        "start": float(steps["end"].iloc[0]),
        "parts": dict(zip(names, (parts["end"] - parts["start"]).tolist(), strict=True)),
        "errors": dict(zip(names, parts["error"].tolist(), strict=True)),
        "end": float(steps["end"].iloc[-1]),
    }
