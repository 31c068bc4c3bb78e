"""Figures of one state of a scenario in words: index, moves, cliff, depth, and ranges where no depth is known."""

from cohortiv.palette import CODES
from cohortiv.published_scenario import PublishedScenario
from cohortiv.quantities import NONE, exact_percent, percent, points, price, usd
from cohortiv.shown_state import Between, ShownState

WITHHELD = "withheld"
_UNIT_GAP = "\u00a0"


def index_words(state: ShownState) -> str:
    """Index and code: "70.1 (Red)"."""
    return f"{points(state.iv_index)} ({CODES[state.code].word})"


def no_relief(shown: PublishedScenario) -> str:
    """Why an index that a scenario brings down is no better news; empty where it goes up, or no shock goes further."""
    before, after = shown.states[0], shown.after
    if not after.iv_index < before.iv_index:
        return ""
    if shown.config.changes.price_move:
        return "a lower index that is no relief, since lines on the price's way are closed by then"
    if _farthest(after) > _farthest(before):
        return "a lower index that is no relief, since the same shock goes further"
    return ""


def _farthest(state: ShownState) -> float:
    return max(state.headline_moves or (0.0,))


def way(shown: PublishedScenario) -> str:
    """What the price does: "fall" or "rise"."""
    return "fall" if shown.config.direction == "down" else "rise"


def titled(shown: PublishedScenario) -> str:
    """The scenario's title; on positions that it leaves as they are, a title without its story."""
    return "Positions as they stand" if shown.leaves_as_read else shown.config.title


def becomes_words(state: ShownState, digits: int = 1) -> str:
    """Total move after the headline shock, or its range over the depths shown: "5.4 % to 17.2 %"."""
    moves = state.headline_moves
    if moves is None:
        return NONE if state.notional_usd == 0 else WITHHELD
    return " to ".join(dict.fromkeys(exact_percent(round(move, 2 + digits)) for move in moves))


def becomes_brief(state: ShownState) -> str:
    """The same in whole percent, as a key figure: "5–17 %"."""
    words = becomes_words(state, 0)
    return words.replace(f"{_UNIT_GAP}% to ", "–")


def depth_words(state: ShownState) -> str:
    """The depth that is known, else the range that stands in for it."""
    if state.run is not None:
        return usd(state.run.depth_usd)
    if not state.runs:
        return WITHHELD
    return f"not known; {usd(state.runs[0].depth_usd)} to {usd(state.runs[-1].depth_usd)} shown"


def cliff_words(state: ShownState) -> str:
    """Shock of the cliff, and its price where it is known; over a range, at how many of its depths there is one."""
    if state.run is None:
        return _steep_words(state)
    cliff = state.run.cliff
    if cliff is None:
        return NONE
    of = f"{state.priced_in} at " if state.priced_in else ""
    place = "" if cliff.price is None else f" ({of}{price(cliff.price)})"
    return f"{move_words(cliff.shock)}{place}"


def cliff_brief(state: ShownState) -> str:
    """The same without its price, as a key figure; over a range "2 of 5"."""
    if state.run is None and state.runs:
        return f"{sum(run.cliff is not None for run in state.runs)} of {len(state.runs)}"
    return cliff_words(state).partition(" (")[0]


def _steep_words(state: ShownState) -> str:
    if not state.runs:
        return NONE if state.notional_usd == 0 else WITHHELD
    steep = sum(run.cliff is not None for run in state.runs)
    return f"at {steep or 'none'} of {len(state.runs)} depths"


def move_words(move: float | None) -> str:
    """A move with one decimal, without it where it is whole percent."""
    return percent(move) if move is None else exact_percent(round(move, 3))


def between_words(share: Between, digits: int = 1) -> str:
    """A share, or its bounds where they read differently: "1.2 to 3.6 %"."""
    low, high = percent(share.low, digits), percent(share.high, digits)
    return high if low == high else f"{low.partition(_UNIT_GAP)[0]} to {high}"
