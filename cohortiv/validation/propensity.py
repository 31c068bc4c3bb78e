"""How a tier's share of notional goes with cascades: two small models and one reading of both."""

from typing import Final, Literal, Protocol, get_args

import numpy as np

from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray

Learner = Literal["logistic", "boosting"]
LEARNERS: Final[tuple[Learner, ...]] = get_args(Learner)

TREES: Final = 50
_SEED: Final = 20261122
_CLIP: Final = 6.0


class Fitted(Protocol):
    """A model that was fitted: rows of shares to the log-odds of an event."""

    def __call__(self, shares: FloatArray, /) -> FloatArray:
        """Log-odds of each row."""


def fit(learner: Learner, shares: FloatArray, event: BoolArray) -> Fitted:
    """Fit one of the models.

    Parameters
    ----------
    learner : {"logistic", "boosting"}
        Logistic regression with a ridge penalty, or gradient boosting of 50 trees of depth 2.
    shares : ndarray, shape (n, k)
        Share of leveraged notional of each tier [1].
    event : ndarray of bool, shape (n,)
        Both classes are present.

    Returns
    -------
    Fitted
        Log-odds, cut to between -6 and 6.

    Raises
    ------
    ValueError
        On another learner.

    Notes
    -----
    Shares are standardised by the rows fitted on; a tier that never changes counts 0. The ridge penalty (C = 0.1)
    copes with shares that sum to 1.
    """
    from sklearn.ensemble import GradientBoostingClassifier  # noqa: PLC0415 - heavy, and only needed here
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    if learner not in LEARNERS:
        raise ValueError(f"got learner {learner!r}; allowed are {', '.join(LEARNERS)}")
    centre, spread = shares.mean(axis=0), _spread(shares)
    model = (
        LogisticRegression(C=0.1, solver="newton-cholesky")
        if learner == "logistic"
        else GradientBoostingClassifier(n_estimators=TREES, max_depth=2, subsample=0.7, random_state=_SEED)
    )
    model.fit((shares - centre) / spread, event)

    def log_odds(rows: FloatArray, /) -> FloatArray:
        return np.clip(np.asarray(model.decision_function((rows - centre) / spread), dtype=np.float64), -_CLIP, _CLIP)

    return log_odds


def propensities(fitted: Fitted, shares: FloatArray) -> FloatArray:
    """What a tier that grows by one standard deviation adds to the log-odds of an event.

    Parameters
    ----------
    fitted : Fitted
    shares : ndarray, shape (n, k)
        Rows over which it is averaged [1].

    Returns
    -------
    ndarray, shape (k,)
        Mean over the rows of half the difference between one deviation more and one less [log-odds]; 0 for a tier that
        never changes. For logistic regression it is the standardised coefficient.
    """
    spread = shares.std(axis=0)
    steps = np.diag(spread)
    found: FloatArray = np.array(
        [float((fitted(shares + step) - fitted(shares - step)).mean()) / 2.0 for step in steps], dtype=np.float64
    )
    return found


def _spread(shares: FloatArray) -> FloatArray:
    spread = shares.std(axis=0)
    return np.where(spread > 0.0, spread, 1.0)
