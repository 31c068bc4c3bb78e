"""Segments: where the price can stop between two knots, and where it does."""

import numpy as np
import pytest
from cascade_support import flow_of

from cohortiv.cascade import PriceImpact, Withdrawal, linear_impact, price_impact, square_root_impact
from cohortiv.cascade.segments import segments_of, settle_within

THIN = Withdrawal(0.9, 1e8)
LAWS = {
    "linear": linear_impact(4e8),
    "square root": square_root_impact(3e10, 0.03),
    "linear, withdrawing": linear_impact(4e8, withdrawal=THIN),
    "square root, withdrawing": square_root_impact(3e10, 0.03, withdrawal=THIN),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("forced", [1e7, 3e8, 2e9])
def test_peaks_are_the_highest_places(law: str, forced: float) -> None:
    """On a bin after a lump, the peak is the largest of a million values of x - impact(Q(x)), its place where it is."""
    flow = flow_of((0.05, 0.05, 4e7), (0.1, 0.2, forced))
    parts = segments_of(flow, LAWS[law])
    x = np.linspace(0.1, 0.2, 1_000_001)
    settles = x - price_impact(LAWS[law], 4e7 + forced * (x - 0.1) / 0.1)
    assert parts.peaks[2] == pytest.approx(settles.max(), abs=1e-11)
    assert parts.places[2] == pytest.approx(x[settles.argmax()], abs=2e-6)


def test_one_peak_is_inside() -> None:
    """Withdrawing depth lets the price stop early in a bin only: the peak is neither at its start nor at its end."""
    parts = segments_of(flow_of((0.1, 0.2, 2e9)), LAWS["linear, withdrawing"])
    assert 0.1 < parts.places[1] < 0.2
    assert parts.peaks[1] > parts.settled[1:].max()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("slope", [-1e9, 0.0, 1e-3, 2e8, 1.2e9])
def test_settles_where_orders_and_gap_meet(law: str, slope: float) -> None:
    """From a gap of nothing to the largest that the segment holds, to 1e-13."""
    impact, forced, width = LAWS[law], 1.2e8, 0.05

    def needed(ahead: np.ndarray) -> np.ndarray:
        return np.asarray(ahead - price_impact(impact, forced + slope * ahead) + price_impact(impact, [forced]))

    ahead = np.linspace(0.0, width, 400)
    first = needed(ahead) > np.maximum.accumulate(np.concatenate([[-1.0], needed(ahead)[:-1]]))
    first &= needed(ahead) >= 0.0
    shape = first.sum()
    found = settle_within(
        impact,
        needed(ahead)[first],
        forced=np.full(shape, forced),
        slopes=np.full(shape, slope),
        widths=np.full(shape, width),
    )
    assert found == pytest.approx(ahead[first], abs=1e-13)


def test_last_segment_is_endless() -> None:
    """Beyond all lines no more is forced, so whatever is asked is met."""
    impact = PriceImpact("linear", np.asarray(1e-10), THIN)
    found = settle_within(
        impact, np.array([0.3]), forced=np.array([1e8]), slopes=np.zeros(1), widths=np.array([np.inf])
    )
    assert found.tolist() == [0.3]
