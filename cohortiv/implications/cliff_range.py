"""Where a cliff may be, as far as a published ladder can tell: a range in one form of words wherever it is told."""

from cohortiv.cascade import Direction
from cohortiv.cascade.cliff import LARGEST_SHOCK
from cohortiv.cascade.moves import SIGNS
from cohortiv.quantities import exact_percent, price

#: What the price does in each direction.
MOVES: dict[Direction, str] = {"down": "fall", "up": "rise"}


def cliff_range(direction: Direction, nearest: float | None, *, mark_price: float | None) -> str:
    """The range of a cliff in words.

    Parameters
    ----------
    direction : {"down", "up"}
    nearest : float or None
        Smallest outside shock at which the ladder leaves room for a cliff, from `published_cascade.nearest_cliff` [1];
        None where it leaves none.
    mark_price : float or None
        Mark of the single symbol [USD].

    Returns
    -------
    str
        "no nearer than a fall of 2 % (to 65,547 USD), if there is one", to follow "the cliff is".
    """
    name = MOVES[direction]
    if nearest is None:
        return f"nowhere up to a {name} of {exact_percent(LARGEST_SHOCK)}"
    if nearest == 0.0:
        return "anywhere from today's price on, if there is one"
    level = "" if mark_price is None else f" (to {price(mark_price * (1.0 + SIGNS[direction] * nearest))})"
    return f"no nearer than a {name} of {exact_percent(round(nearest, 3))}{level}, if there is one"
