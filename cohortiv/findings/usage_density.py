"""The smooth density of declared leverage: its curves, and in words how well it fits and how clearly it was chosen."""

import math
from typing import Final

import pandas as pd

from cohortiv.distribution.density import LeverageDensity
from cohortiv.findings.context import Findings, Words
from cohortiv.findings.usage import unknown
from cohortiv.published_usage import PublishedUsage
from cohortiv.quantities import NONE, percent

_CURVE_REACH: Final = 1.2
#: Largest Kolmogorov-Smirnov distance of a fit that its humps are told by [1].
POOR_FIT: Final = 0.10
#: How near a fit is, and how much a difference of BIC says, each up to a limit.
_FITS: Final = ((0.02, "close"), (0.05, "fair"), (POOR_FIT, "rough"), (1.0, "poor"))
_EVIDENCE: Final = ((2.0, "weak"), (6.0, "positive"), (10.0, "strong"), (math.inf, "very strong"))


def density_rows(shown: PublishedUsage | None) -> pd.DataFrame:
    """Curves that `charts.leverage_density` draws: name, leverage, density; none without a fit."""
    if shown is None:
        return pd.DataFrame(columns=["name", "leverage", "density"])
    parts = [
        fit.curve.assign(name=name)[["name", "leverage", "density"]] for name, fit in _fits(shown) if not fit.reason
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["name", "leverage", "density"])


def density_steps(shown: PublishedUsage | None) -> pd.DataFrame:
    """Tiers that it draws beside them: name, leverage_low, leverage_high, density; the last tier has no upper edge."""
    if shown is None:
        return pd.DataFrame(columns=["name", "leverage_low", "leverage_high", "density"])
    parts = []
    for name, fit in _fits(shown):
        if not fit.reason:
            top = max(float(fit.curve["leverage"].max()), _CURVE_REACH * float(fit.tiers["tier_floor"].max()))
            high = fit.tiers["tier_top"].clip(upper=top)
            width = (high / fit.tiers["tier_floor"]).map(math.log)
            steps = fit.tiers.assign(leverage_low=fit.tiers["tier_floor"], leverage_high=high)
            parts.append(steps.assign(name=name, density=fit.tiers["observed"] / width))
    columns = ["name", "leverage_low", "leverage_high", "density"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _fits(shown: PublishedUsage) -> list[tuple[str, LeverageDensity]]:
    return [("By notional", shown.by_capital), ("By positions", shown.by_count)]


def density(f: Findings, shown: PublishedUsage | None) -> Words:
    """The fitted density and how well it fits."""
    if shown is None:
        return unknown(f, "leverage-density")
    measure = "Fitted density of declared leverage per unit of its logarithm; dashed: the tiers' own"
    fit = shown.by_capital
    if fit.reason:
        return f.words("leverage-density", f"No density: {fit.reason}", measure, reading=f"No fit: {fit.reason}.")
    humps = [f"{median:.3g}x ({percent(weight, 0)})" for weight, median in _humps(fit)]
    title = f"By notional leverage gathers around {' and '.join(one.split(' (')[0] for one in humps)}"
    if fit.ks_distance > POOR_FIT:
        title = f"No smooth density fits well: {percent(fit.ks_distance, 0)} off the tiers' own"
    reading = (
        f"By notional the fit has {len(humps)} normal{'s' if len(humps) > 1 else ''} in ln leverage, around "
        f"{', '.join(humps)}. {_fit_said(fit)} By positions the distance is "
        f"{percent(shown.by_count.ks_distance) if not shown.by_count.reason else NONE}. {_choice_said(fit)}"
    )
    return f.words("leverage-density", title, measure, reading=reading)


def _fit_said(fit: LeverageDensity) -> str:
    """How near the fit is to the tiers' own distribution, in words and numbers."""
    word = next(word for limit, word in _FITS if fit.ks_distance <= limit)
    return (
        f"The fit is {word}: at the worst tier edge the share below differs from the tiers' own by "
        f"{percent(fit.ks_distance)} of the whole (Kolmogorov-Smirnov distance), and {percent(fit.share_outside)} of "
        "it lies below the lowest tier."
    )


def _choice_said(fit: LeverageDensity) -> str:
    """How clearly the number of normals is preferred."""
    count = len(fit.components)
    others = {number: value - fit.bic[count] for number, value in fit.bic.items() if number != count}
    if not others:
        return "One normal alone was tried: there are too few tiers for more."
    second = min(others, key=lambda number: (others[number], number))
    word = next(word for limit, word in _EVIDENCE if others[second] <= limit)
    return (
        f"{count} rather than {second} {'is' if count == 1 else 'are'} preferred by a BIC difference of "
        f"{others[second]:.1f}, which is {word} (to 2 weak, to 6 positive, to 10 strong, above very strong evidence; "
        "Kass and Raftery 1995)."
    )


def _humps(fit: LeverageDensity) -> list[tuple[float, float]]:
    columns = fit.components[["weight", "median_leverage"]].astype(float)
    return [(float(weight), float(median)) for weight, median in columns.to_numpy().tolist()]
