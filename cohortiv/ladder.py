"""The liquidation ladder: notional by the move that takes prices to its lines, in steps that may be shown."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.disclosed import ABOVE, AT_MARK, BELOW
from cohortiv.disclosure import DisclosedCells
from cohortiv.liquidation import LINE, PAST
from cohortiv.profile import LADDER_STEP
from cohortiv.profile.accounts import LADDER_REACH

#: Share of leveraged notional in no step shown, beyond which a report tells nothing that follows from the lines [1].
MOST_HIDDEN = 0.05

COLUMNS = ("move_low", "move_high", "price_low", "price_high", "side", "notional_usd")


@dataclass(frozen=True, eq=False)
class Ladder:
    """Steps of a ladder.

    Attributes
    ----------
    steps : DataFrame
        `COLUMNS`: move_low and move_high are simple fractions from the mark, equal (0) for what is past its line;
        price_low and price_high are USD, NaN for several symbols.
    hidden_usd : float
        Notional in no step shown [USD]: what is in rests where cells are disclosed, else what has no line.
    """

    steps: pd.DataFrame
    hidden_usd: float


def hides_much(assessment: Assessment) -> bool:
    """Whether so much of a report's ladder is withheld that curves over its lines would tell of single accounts.

    Parameters
    ----------
    assessment : Assessment
        Without disclosed steps nothing is hidden.
    """
    disclosed = assessment.reading.disclosed
    if disclosed is None:
        return False
    hidden = max(disclosed.ladder.hidden_cents, disclosed.market_ladder.hidden_cents)
    return hidden / 100 > MOST_HIDDEN * assessment.reading.profile.leveraged_notional_usd


def shown_ladder(assessment: Assessment, mark: float | None) -> Ladder:
    """The ladder of a result: its disclosed steps in a report, steps of 2 % elsewhere.

    Parameters
    ----------
    assessment : Assessment
    mark : float or None
        Mark of the single symbol [USD].
    """
    disclosed = assessment.reading.disclosed
    if disclosed is None:
        return _finest(assessment.nodes, mark)
    return _of_cells(disclosed.ladder, mark)


def market_ladder(assessment: Assessment) -> Ladder:
    """The ladder by the market's move, for cascades; only of a result with disclosed steps.

    Parameters
    ----------
    assessment : Assessment

    Raises
    ------
    ValueError
        If the result discloses nothing: then its profile serves, which is finer.
    """
    disclosed = assessment.reading.disclosed
    if disclosed is None:
        raise ValueError("got a result without disclosed steps; use the lines of its profile")
    return _of_cells(disclosed.market_ladder, None)


def _of_cells(cells: DisclosedCells, mark: float | None) -> Ladder:
    if cells.plan.empty:
        return Ladder(pd.DataFrame(columns=list(COLUMNS)), 0.0)
    spans = cells.plan.groupby("cell").agg(
        side=("side", "first"), direction=("direction", "first"), low=("step", "min"), high=("step", "max")
    )
    table = spans.join(cells.counts.set_index("cell")["notional_cents"]).reset_index()
    shown = table[(table["cell"] >= 0) & table["direction"].isin([BELOW, AT_MARK, ABOVE])]
    steps = shown.assign(past=shown["direction"] == AT_MARK, notional_usd=shown["notional_cents"] / 100)
    return Ladder(_priced(steps, mark), cells.hidden_cents / 100)


def _finest(nodes: pd.DataFrame, mark: float | None) -> Ladder:
    """Every step by itself; what has no line is in none."""
    held = nodes[nodes["state"].isin([LINE, PAST])]
    step = np.floor(np.expm1(held["distance"].astype(float)) / LADDER_STEP).clip(-LADDER_REACH, LADDER_REACH)
    placed = held.assign(past=held["state"] == PAST, step=step.astype(int))
    summed = placed.groupby(["side", "past", "step"], as_index=False)["weight"].sum()
    steps = summed.assign(low=summed["step"], high=summed["step"], notional_usd=summed["weight"])
    without = float(nodes["weight"].sum() - held["weight"].sum())
    return Ladder(_priced(steps, mark), max(0.0, without))


def _priced(steps: pd.DataFrame, mark: float | None) -> pd.DataFrame:
    """Steps with their edges as moves and prices."""
    low = (steps["low"] * LADDER_STEP).mask(steps["past"], 0.0).clip(lower=-1.0)
    high = ((steps["high"] + 1) * LADDER_STEP).mask(steps["past"], 0.0)
    high = high.where(steps["high"] < LADDER_REACH, 1 + LADDER_STEP)
    price = math.nan if mark is None else mark
    frame = steps[["side", "notional_usd"]].assign(
        move_low=low, move_high=high, price_low=price * (1 + low), price_high=price * (1 + high)
    )
    return frame.sort_values(["move_low", "side"], ignore_index=True)[list(COLUMNS)]
