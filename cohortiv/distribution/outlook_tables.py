"""Projections as tables, ready to plot: bands by tier and date, concentration, scenarios and products side by side."""

import numpy as np
import pandas as pd

from cohortiv.distribution.projection import Projection
from cohortiv.distribution.tier_statistics import high_leverage_share, tier_gini, tier_hhi
from cohortiv.profile.bins import FloatArray

#: Probabilities of the band's ends and of its middle.
BAND = (0.05, 0.5, 0.95)
BAND_NAMES = ("low", "median", "high")


def tier_bands(projection: Projection) -> pd.DataFrame:
    """Median and 5-95 % band of each tier's share at each date.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    DataFrame
        date, tier [x], low, median, high, mean [1]. Bands hold for one tier at a time. Means sum to 1; medians need
        not, and lie below the means where a few draws have much.
    """
    low, median, high = np.quantile(projection.path, BAND, axis=1)
    dates, tiers = len(projection.dates), len(projection.edges)
    return pd.DataFrame(
        {
            "date": projection.dates.repeat(tiers),
            "tier": np.tile(projection.edges, dates),
            "low": low.ravel(),
            "median": median.ravel(),
            "high": high.ravel(),
            "mean": projection.path.mean(axis=1).ravel(),
        }
    )


def concentration_bands(projection: Projection) -> pd.DataFrame:
    """Median and 5-95 % band of the concentration over tiers at each date.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    DataFrame
        date, measure ("share_at_10x_or_more", "hhi", "gini"), low, median, high [1].
    """
    measures = {
        "share_at_10x_or_more": high_leverage_share(projection.path, projection.edges),
        "hhi": tier_hhi(projection.path),
        "gini": tier_gini(projection.path),
    }
    return _banded(measures, projection.dates, column="measure")


def product_bands(projection: Projection) -> pd.DataFrame:
    """Median and 5-95 % band of each product's weight at each date.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    DataFrame
        date, product, low, median, high [1]; empty where adoption doesn't act.
    """
    weights = {product: projection.product_weights[..., i] for i, product in enumerate(projection.products)}
    return _banded(weights, projection.dates, column="product")


def scenario_bands(projection: Projection) -> pd.DataFrame:
    """The target date under each regulatory scenario.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    DataFrame
        scenario, draw_share (share of draws that picked it), left (median share of the notional that has left), tier
        [x], low, median, high [1]; scenarios without a draw are left out, and it is empty where regulation doesn't act.
    """
    parts = []
    for number, name in enumerate(projection.scenarios):
        mine = projection.scenario == number
        if mine.any():
            low, median, high = np.quantile(projection.draws[mine], BAND, axis=0)
            part = pd.DataFrame({"tier": projection.edges, "low": low, "median": median, "high": high})
            left = float(np.median(projection.left[-1, mine]))
            parts.append(part.assign(scenario=name, draw_share=float(mine.mean()), left=left))
    columns = ["scenario", "draw_share", "left", "tier", *BAND_NAMES]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _banded(values: dict[str, FloatArray], dates: pd.DatetimeIndex, *, column: str) -> pd.DataFrame:
    """Bands of named draws, each of shape (n_dates, n_draws)."""
    columns = ["date", column, *BAND_NAMES]
    parts = []
    for name, draws in values.items():
        low, median, high = np.quantile(draws, BAND, axis=1)
        parts.append(pd.DataFrame({"date": dates, column: name, "low": low, "median": median, "high": high}))
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
