"""How points move: lines over the mark by factor and offset, and what becomes of them."""

import math

import numpy as np
import pandas as pd
import pytest

from cohortiv.scenario.shifts import part_of, relined


def points(*lines: tuple[float, float]) -> pd.DataFrame:
    """Points with first and second lines over the mark; NaN none, 1 past the line."""
    distances = np.log(np.array(lines, dtype=float).reshape(-1, 2))
    return pd.DataFrame({"distance": distances[:, 0], "second_distance": distances[:, 1]})


@pytest.mark.parametrize(
    ("line", "factors", "offsets", "expected"),
    [
        ((0.8, math.nan), (1.1, 1.0), (0.0, 0.0), (0.88, math.nan)),
        ((1.2, math.nan), (1.0, 1.1), (0.0, 0.1), (1.42, math.nan)),
        ((0.8, 1.2), (1.1, 1.1), (0.0, 0.0), (0.88, 1.32)),
        ((0.8, math.nan), (1.3, 1.0), (0.0, 0.0), (1.0, math.nan)),
        ((1.2, math.nan), (1.0, 0.8), (0.0, 0.0), (1.0, math.nan)),
        ((0.8, 1.2), (1.0, 0.8), (0.0, 0.0), (1.0, math.nan)),
        ((0.2, math.nan), (1.0, 1.0), (-0.3, 0.0), (math.nan, math.nan)),
        ((0.2, 1.2), (1.0, 1.0), (-0.3, 0.0), (1.2, math.nan)),
        ((1.0, math.nan), (0.5, 2.0), (0.0, 0.0), (1.0, math.nan)),
        ((math.nan, math.nan), (2.0, 2.0), (0.5, 0.5), (math.nan, math.nan)),
    ],
    ids=["below", "above", "both", "over the mark", "under the mark", "one of both", "gone", "second takes place",
         "past stays past", "none stays none"],
)  # fmt: skip
def test_a_line_moves(
    line: tuple[float, float], factors: tuple[float, float], offsets: tuple[float, float], expected: tuple[float, float]
) -> None:
    """By its side: moved, past its line, or gone."""
    moved = relined(points(line), factors=factors, offsets=offsets)
    found = np.exp(moved[["distance", "second_distance"]].to_numpy(dtype=float))[0]
    assert found.tolist() == pytest.approx(list(expected), nan_ok=True)


def test_no_points_stay_none() -> None:
    """An empty table is moved to an empty table."""
    assert relined(points(), factors=(2.0, 2.0)).empty


def test_a_part_has_its_share_of_money_and_positions() -> None:
    """Lines stay where they are."""
    whole = points((0.8, 1.2)).assign(weight=10.0, collateral=4.0, positions=2.0)
    part = part_of(whole, 0.25)
    assert part[["weight", "collateral", "positions"]].iloc[0].tolist() == [2.5, 1.0, 0.5]
    assert part["distance"].equals(whole["distance"])
