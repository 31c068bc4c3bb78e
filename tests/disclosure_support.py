"""What the attacks on published cells share: made-up books, what may not be told of them, and what a solver finds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import DisclosureRule
from cohortiv.liquidation import LINE, NO_LINE, PAST

RULE = DisclosureRule(min_accounts=3, max_account_share=0.5)
#: How `linprog` says that it found an end, or that there is none.
OPTIMAL, UNBOUNDED = 0, 3
PRIVACY = Privacy(min_accounts=3, max_account_share=0.5)


def steps(counts: Sequence[int]) -> pd.DataFrame:
    """As many equal positions of different accounts on each step as the counts say."""
    step = np.repeat(np.arange(len(counts)), counts)
    names = [f"a{n}" for n in range(len(step))]
    return pd.DataFrame({"account_id": names, "notional_cents": 100, "collateral_cents": 10, "step": step})


def book(seed: int, *, accounts: int = 60, positions: int = 90) -> pd.DataFrame:
    """Positions of a few large and many small accounts, with thin corners: rare symbols, tiers, sides and states."""
    rng = np.random.default_rng(seed)
    state = rng.choice([LINE, PAST, NO_LINE], positions, p=[0.85, 0.08, 0.07])
    side = rng.choice(["long", "short"], positions, p=[0.75, 0.25])
    step = np.where(state == LINE, np.where(side == "long", -1, 1) * rng.integers(1, 12, positions), 0)
    return pd.DataFrame(
        {
            "account_id": [f"a{n}" for n in rng.integers(0, accounts, positions)],
            "symbol": rng.choice(["BTC", "ETH", "SOL", "XRP"], positions, p=[0.6, 0.25, 0.1, 0.05]),
            "side": side,
            "tier": rng.choice([2, 5, 10, 20, 50], positions, p=[0.3, 0.3, 0.2, 0.15, 0.05]),
            "notional_cents": np.round(np.exp(rng.normal(8, 1.2, positions))).astype(int) + 1,
            "collateral_cents": np.round(np.exp(rng.normal(7, 1.5, positions))).astype(int) + 1,
            "state": state,
            "bin": np.sign(step) * 950,
            "step": step - (step < 0),
        }
    )


def unsafe_groups(
    frame: pd.DataFrame, keys: Sequence[str], *, money: str = "notional_cents", share: float = RULE.max_account_share
) -> "list[pd.Series[bool]]":
    """Rows of each group by keys that may not be told: of few accounts, or one of which holds more than a share."""
    found = []
    for _, rows in frame.groupby(list(keys)):
        own = rows.groupby("account_id")[money].sum()
        if len(own) < RULE.min_accounts or own.max() > share * own.sum():
            found.append(pd.Series(frame.index.isin(rows.index), index=frame.index))
    return found


def bounds(
    equations: npt.NDArray[np.float64], totals: npt.NDArray[np.float64], target: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Least and most that a target can be where no cell is negative and the published sums hold."""
    ends = [linprog(sign * target, A_eq=equations, b_eq=totals, method="highs") for sign in (1.0, -1.0)]
    assert ends[0].success
    assert ends[1].status in {OPTIMAL, UNBOUNDED}
    most = float(target @ np.asarray(ends[1].x)) if ends[1].success else float("inf")
    return float(target @ np.asarray(ends[0].x)), most
