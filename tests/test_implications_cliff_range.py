"""The range of a cliff in words: the nearest place that is possible, or none."""

import pytest

from cohortiv.cascade import Direction
from cohortiv.implications.cliff_range import cliff_range

NB = "\u00a0"


@pytest.mark.parametrize(
    ("direction", "nearest", "mark_price", "said"),
    [
        ("down", 0.02, 66_884.0, f"no nearer than a fall of 2{NB}% (to 65,546{NB}USD), if there is one"),
        ("up", 0.236, 66_884.0, f"no nearer than a rise of 23.6{NB}% (to 82,669{NB}USD), if there is one"),
        ("down", 0.02, None, f"no nearer than a fall of 2{NB}%, if there is one"),
        ("down", 0.0, 100.0, "anywhere from today's price on, if there is one"),
        ("up", None, 100.0, f"nowhere up to a rise of 50{NB}%"),
    ],
)
def test_range_names_the_nearest_place(
    direction: Direction, nearest: float | None, mark_price: float | None, said: str
) -> None:
    """Way, size and price of the nearest place, and that there may be none; worked by hand."""
    assert cliff_range(direction, nearest, mark_price=mark_price) == said
