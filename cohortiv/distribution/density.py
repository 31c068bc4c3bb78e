"""A smooth density of log leverage, fitted to what lies in each tier: one to three normals in ln leverage.

Only the tier of a position is known, not its leverage, so the fit is to the probability of each interval of leverage
(interval-censored maximum likelihood), not to midpoints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

FloatArray = npt.NDArray[np.float64]

#: Most normals that are tried.
MOST_COMPONENTS: Final = 3
#: Standard deviations of a normal that are allowed [ln leverage]; a narrower one would be a spike within one tier.
NARROWEST, WIDEST = 0.1, 2.0
#: Points of the curve, and how far it reaches beyond the last tier edge [ln leverage].
CURVE_POINTS, MARGIN_LOG = 121, 0.5
#: Why there is no fit.
ONE_TIER: Final = "all leverage is in one tier, which says nothing of the shape within it"
NOTHING: Final = "nothing is leveraged"
#: Shares of the mass at which the normals of a first guess stand.
_GUESSES: Final = {1: ((0.5,),), 2: ((0.25, 0.75), (0.1, 0.6)), 3: ((0.15, 0.5, 0.85), (0.05, 0.35, 0.8))}
_SMALLEST: Final = 1e-300


@dataclass(frozen=True, eq=False)
class LeverageDensity:
    """A fitted density of log leverage, and how well it fits.

    Attributes
    ----------
    components : DataFrame
        weight [1], median_leverage [x], log_sd [ln leverage]: the normals, lowest first; no rows without a fit.
    curve : DataFrame
        leverage [x], density [per unit of ln leverage]; no rows without a fit.
    tiers : DataFrame
        tier_floor, tier_top [x; infinite for the last], observed, fitted [1]; fitted is NaN without a fit.
    ks_distance : float
        Largest difference between the observed and the fitted share below a tier edge [1].
    share_outside : float
        Fitted probability of a leverage below the lowest tier edge [1].
    n_effective : float
        Observations that the masses are worth: their number, or (sum of sizes)**2 / (sum of sizes**2).
    bic : mapping of int to float
        Bayesian information criterion by number of normals tried; the smallest is used.
    reason : str or None
        Why there is no fit; None where there is one.
    """

    components: pd.DataFrame
    curve: pd.DataFrame
    tiers: pd.DataFrame
    ks_distance: float
    share_outside: float
    n_effective: float
    bic: dict[int, float]
    reason: str | None


def leverage_density(floors: Sequence[float], masses: Sequence[float], *, n_effective: float) -> LeverageDensity:
    """Fit a mixture of normals in ln leverage to the mass of each tier.

    Parameters
    ----------
    floors : sequence of float, length n
        Lower edges of adjoining tiers, rising, >= 1 [x]; the last tier has no upper edge.
    masses : sequence of float, length n
        Notional, or number, of positions in each tier; >= 0, any unit.
    n_effective : float
        Observations that the masses are worth, > 0.

    Returns
    -------
    LeverageDensity
        Without a fit where fewer than two tiers hold anything: one interval says nothing of the shape within it.

    Raises
    ------
    ValueError
        If the edges do not rise from 1 or more, lengths differ, or a mass is negative or not finite.

    Notes
    -----
    Maximises n_effective * sum_i q_i ln p_i, q_i the share and p_i the fitted probability of tier i; what the normals
    put below the lowest edge is lost to them. m normals have 3 m - 1 parameters and are tried where more than 3 m tiers
    hold something, one normal from two on. The number is chosen by BIC = -2 ln L + (3 m - 1) ln(n_effective).
    """
    edges = _checked(floors, masses)
    mass = np.asarray(masses, dtype=float)
    total = float(mass.sum())
    filled = int(np.count_nonzero(mass))
    if filled < 2:  # noqa: PLR2004 - one point has no spread
        return _unfitted(edges, mass, filled=filled, n_effective=n_effective)
    shares = mass / total
    tried = [1] + [m for m in range(2, MOST_COMPONENTS + 1) if filled > 3 * m]
    fits = {m: _fit(np.log(edges), shares, m) for m in tried}
    bic = {m: _bic(np.log(edges), shares, fit, n=n_effective) for m, fit in fits.items()}
    best = min(bic, key=lambda m: (bic[m], m))
    return _fitted(edges, shares, fits[best], n_effective=n_effective, bic=bic)


@dataclass(frozen=True, eq=False)
class _Mixture:
    """Weights [1], means and standard deviations [ln leverage] of normals, lowest mean first."""

    weights: FloatArray
    means: FloatArray
    deviations: FloatArray

    def below(self, logs: FloatArray) -> FloatArray:
        """Probability below each of some logarithms of leverage [1]."""
        share: FloatArray = ndtr((logs[:, None] - self.means) / self.deviations) @ self.weights
        return share

    def density(self, logs: FloatArray) -> FloatArray:
        """Density at each of some logarithms of leverage [per unit of ln leverage]."""
        z = (logs[:, None] - self.means) / self.deviations
        height: FloatArray = (np.exp(-z * z / 2) / (self.deviations * np.sqrt(2 * np.pi))) @ self.weights
        return height

    def of_tiers(self, logs: FloatArray) -> FloatArray:
        """Probability of each tier by the logarithms of the tiers' lower edges [1]."""
        return np.diff(np.append(self.below(logs), 1.0))


def _checked(floors: Sequence[float], masses: Sequence[float]) -> FloatArray:
    edges, mass = np.asarray(floors, dtype=float), np.asarray(masses, dtype=float)
    if edges.ndim != 1 or edges.shape != mass.shape:
        raise ValueError(f"got {edges.size} tier edges and {mass.size} masses; allowed is one mass a tier")
    if edges.size and not (np.isfinite(edges).all() and edges[0] >= 1 and (np.diff(edges) > 0).all()):
        raise ValueError(f"got tier edges {edges.tolist()}; allowed are edges that rise from 1 or more")
    bad = int(np.count_nonzero(~(np.isfinite(mass) & (mass >= 0))))
    if bad:
        raise ValueError(f"got {bad} of {mass.size} masses that are not finite and >= 0; mend the masses")
    return edges


def _fit(logs: FloatArray, shares: FloatArray, count: int) -> _Mixture:
    """Most likely mixture of a number of normals, the best of a few starts."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to load, and the index needs no fit

    def cost(parameters: FloatArray) -> float:
        return _loss(logs, shares, _mixture(parameters, count))

    bounds = [(-8.0, 8.0)] * (count - 1) + [(logs[0] - 1, logs[-1] + 1)] * count
    bounds += [(float(np.log(NARROWEST)), float(np.log(WIDEST)))] * count
    found = [minimize(cost, start, method="L-BFGS-B", bounds=bounds) for start in _starts(logs, shares, count)]
    return _mixture(min(found, key=lambda result: float(result.fun)).x, count)


def _loss(logs: FloatArray, shares: FloatArray, mixture: _Mixture) -> float:
    """Minus the log likelihood of one observation; tiers without mass do not enter."""
    held = shares > 0
    return -float(shares[held] @ np.log(np.maximum(mixture.of_tiers(logs)[held], _SMALLEST)))


def _mixture(parameters: FloatArray, count: int) -> _Mixture:
    odds = np.exp(np.append(parameters[: count - 1], 0.0))
    means = parameters[count - 1 : 2 * count - 1]
    order = np.argsort(means)
    return _Mixture((odds / odds.sum())[order], means[order], np.exp(parameters[2 * count - 1 :])[order])


def _starts(logs: FloatArray, shares: FloatArray, count: int) -> list[FloatArray]:
    """First guesses: equal normals at shares of the mass, as wide as their part of the whole."""
    middles = logs + np.append(np.diff(logs), 0.3) / 2
    mean = float(shares @ middles)
    spread = float(np.clip(np.sqrt(shares @ (middles - mean) ** 2) / count, 2 * NARROWEST, WIDEST / 2))
    places = [np.interp(guess, np.cumsum(shares), middles) for guess in _GUESSES[count]]
    return [np.concatenate([np.zeros(count - 1), place, np.full(count, np.log(spread))]) for place in places]


def _bic(logs: FloatArray, shares: FloatArray, mixture: _Mixture, *, n: float) -> float:
    parameters = 3 * len(mixture.weights) - 1
    return 2 * n * _loss(logs, shares, mixture) + parameters * float(np.log(n))


def _fitted(
    edges: FloatArray, shares: FloatArray, mixture: _Mixture, *, n_effective: float, bic: dict[int, float]
) -> LeverageDensity:
    logs = np.log(edges)
    below = mixture.below(logs)
    observed_below = np.cumsum(shares) - shares
    grid = np.linspace(logs[0], logs[-1] + MARGIN_LOG, CURVE_POINTS)
    return LeverageDensity(
        components=pd.DataFrame(
            {
                "weight": mixture.weights,
                "median_leverage": np.exp(mixture.means),
                "log_sd": mixture.deviations,
            }
        ),
        curve=pd.DataFrame({"leverage": np.exp(grid), "density": mixture.density(grid)}),
        tiers=_tiers(edges, shares, mixture.of_tiers(logs)),
        ks_distance=float(np.abs(observed_below - below).max()),
        share_outside=float(below[0]),
        n_effective=n_effective,
        bic=bic,
        reason=None,
    )


def _unfitted(edges: FloatArray, mass: FloatArray, *, filled: int, n_effective: float) -> LeverageDensity:
    """The masses as they are, without a curve."""
    shares = mass / mass.sum() if filled else np.full_like(mass, np.nan)
    return LeverageDensity(
        components=pd.DataFrame({"weight": [], "median_leverage": [], "log_sd": []}, dtype=float),
        curve=pd.DataFrame({"leverage": [], "density": []}, dtype=float),
        tiers=_tiers(edges, shares, np.full_like(mass, np.nan)),
        ks_distance=float("nan"),
        share_outside=float("nan"),
        n_effective=n_effective,
        bic={},
        reason=ONE_TIER if filled else NOTHING,
    )


def _tiers(edges: FloatArray, observed: FloatArray, fitted: FloatArray) -> pd.DataFrame:
    tops = np.append(edges[1:], np.inf)[: len(edges)]
    return pd.DataFrame({"tier_floor": edges, "tier_top": tops, "observed": observed, "fitted": fitted})
