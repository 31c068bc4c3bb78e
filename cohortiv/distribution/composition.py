"""Tier shares as compositions: their history from a profile, zeros dealt with, and log-ratio coordinates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import helmert

from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import FloatArray
from cohortiv.schema import TIER_EDGES

Step = Literal["day", "week", "month"]

#: Shares may miss 1 by this much.
TOLERANCE = 1e-6
#: With this many periods a longer step is preferred over a shorter one.
ENOUGH_PERIODS = 24
_CODES: dict[Step, str] = {"month": "M", "week": "W", "day": "D"}


def composition_history(
    profile: LiquidationProfile,
    step: Literal["auto", "day", "week", "month"] = "auto",
    edges: Sequence[float] = TIER_EDGES,
) -> pd.DataFrame:
    """Shares of leveraged notional by tier at the last snapshot of each period.

    Parameters
    ----------
    profile : LiquidationProfile
        Of one snapshot or more.
    step : {"auto", "day", "week", "month"}, optional
        Period (UTC; weeks end on Sunday). "auto": the longest that leaves 24 periods; where none does, the longest of
        those that leave most.
    edges : sequence of float, optional
        Lower edges of the leveraged tiers, rising [x]; default: the house's.

    Returns
    -------
    DataFrame
        One row a period, indexed by the snapshot's time, rising; one column a tier edge (float); rows sum to 1 [1].
        Snapshots without leveraged notional are passed over.

    Raises
    ------
    DataError
        If no snapshot has leveraged notional.
    ValueError
        If the profile has a leveraged tier that is not among the edges.
    """
    cells = profile.leveraged
    tiers = sorted({int(tier) for tier in cells["tier"].unique()} - {int(edge) for edge in edges})
    if tiers:
        raise ValueError(f"got tiers {tiers} in the profile; allowed are the edges {list(edges)}: pass the cohort's")
    notional = cells.pivot_table(index="as_of", columns="tier", values="notional_cents", aggfunc="sum", fill_value=0)
    notional = notional.reindex(columns=[int(edge) for edge in edges], fill_value=0).sort_index().astype(float)
    notional = notional[notional.sum(axis=1) > 0]
    if notional.empty:
        raise DataError("Got no snapshot with leveraged notional; a history of tier shares needs at least one.")
    times = pd.DatetimeIndex(notional.index)
    periods = times.to_period(_CODES[history_step(times) if step == "auto" else step])
    last = notional.set_axis(times)[~periods.duplicated(keep="last")]
    shares = last.div(last.sum(axis=1), axis=0).set_axis([float(edge) for edge in edges], axis=1)
    return shares.rename_axis(index=None, columns=None)


def history_step(times: pd.DatetimeIndex) -> Step:
    """Longest step that leaves 24 periods; where none does, the longest of those that leave most.

    Parameters
    ----------
    times : DatetimeIndex
        Snapshot times.
    """
    counts = {step: times.to_period(code).nunique() for step, code in _CODES.items()}
    wanted = min(ENOUGH_PERIODS, max(counts.values()))
    return next(step for step, count in counts.items() if count >= wanted)


def checked_history(history: pd.DataFrame) -> pd.DataFrame:
    """The history itself, if it is one.

    Parameters
    ----------
    history : DataFrame
        Indexed by time; one column a tier edge [x]; shares [1].

    Raises
    ------
    DataError
        If it is empty, its dates or edges do not rise, or a row is not of shares that sum to 1.
    """
    if history.empty:
        raise DataError("Got a history without a period; allowed is one or more. Read earlier snapshots.")
    for name, labels in (("dates", history.index), ("tier edges", history.columns)):
        if not labels.is_monotonic_increasing or labels.has_duplicates:
            raise DataError(f"Got {name} that are not in order in the history; allowed are ones that rise. Sort them.")
    values = history.to_numpy(float)
    wrong = ~(np.isfinite(values).all(axis=1) & (values >= 0).all(axis=1))
    wrong |= ~(np.abs(values.sum(axis=1) - 1) <= TOLERANCE)
    if wrong.any():
        first = history.index[int(wrong.argmax())]
        raise DataError(
            f"Got {int(wrong.sum())} periods whose shares are negative, missing or do not sum to 1, the first {first}; "
            "allowed are shares of 0 or more that sum to 1. Divide by their sum."
        )
    return history


def closed(parts: npt.ArrayLike) -> FloatArray:
    """Parts divided by their sum.

    Parameters
    ----------
    parts : array_like, shape (..., k)
        0 or more, not all 0 along the last axis.
    """
    values = np.asarray(parts, float)
    shares: FloatArray = values / values.sum(axis=-1, keepdims=True)
    return shares


def damped(shares: npt.ArrayLike, pseudo_share: float) -> FloatArray:
    """Shares with the same pseudo-share added to each, ready for the logarithm.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        Sum to 1 along the last axis [1].
    pseudo_share : float
        Above 0 [1].

    Returns
    -------
    ndarray, shape (..., k)
        (s + pseudo) / (1 + k pseudo), all above 0, summing to 1 [1].

    Notes
    -----
    It replaces zeros, and damps tiers too small to be told from noise: in a tier far below the pseudo-share a doubling
    is a small step. Multiplicative replacement [1]_ of zeros alone leaves such a tier its full log-ratio, and a walk of
    some months then hands it the whole cohort in some draws.

    References
    ----------
    .. [1] Martin-Fernandez, Barcelo-Vidal and Pawlowsky-Glahn, "Dealing with zeros and missing values in compositional
       data sets using nonparametric imputation", Mathematical Geology 35 (2003),
       https://doi.org/10.1023/A:1023866030544
    """
    values = np.asarray(shares, float)
    raised: FloatArray = (values + pseudo_share) / (1 + values.shape[-1] * pseudo_share)
    return raised


def undamped(shares: npt.ArrayLike, pseudo_share: float) -> FloatArray:
    """Shares with the pseudo-share taken off again, the inverse of `damped`.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        Sum to 1 along the last axis [1].
    pseudo_share : float
        As in `damped` [1].

    Returns
    -------
    ndarray, shape (..., k)
        Sum to 1; a share that would be negative is 0, an empty tier [1].
    """
    values = np.asarray(shares, float)
    return closed(np.maximum(values * (1 + values.shape[-1] * pseudo_share) - pseudo_share, 0.0))


def log_ratio_coordinates(shares: npt.ArrayLike) -> FloatArray:
    """Isometric log-ratio coordinates.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        All above 0.

    Returns
    -------
    ndarray, shape (..., k - 1)
        log(shares) in the orthonormal Helmert basis of the plane whose parts sum to 0.

    References
    ----------
    Egozcue, Pawlowsky-Glahn, Mateu-Figueras and Barcelo-Vidal, "Isometric logratio transformations for compositional
    data analysis", Mathematical Geology 35 (2003), https://doi.org/10.1023/A:1023818214614
    """
    values = np.asarray(shares, float)
    logs: FloatArray = np.log(values) @ basis(values.shape[-1]).T
    return logs


def shares_at(coordinates: npt.ArrayLike) -> FloatArray:
    """Shares that have the given coordinates, the inverse of `log_ratio_coordinates`.

    Parameters
    ----------
    coordinates : array_like, shape (..., k - 1)
        Finite.

    Returns
    -------
    ndarray, shape (..., k)
        Sum to 1 [1].
    """
    values = np.asarray(coordinates, float)
    logs = values @ basis(values.shape[-1] + 1)
    return closed(np.exp(logs - logs.max(axis=-1, keepdims=True)))


def basis(parts: int) -> FloatArray:
    """Orthonormal basis of the log-ratio plane, shape (parts - 1, parts).

    Parameters
    ----------
    parts : int
        1 or more.
    """
    if parts == 1:
        return np.empty((0, 1))
    return np.asarray(helmert(parts), float)
