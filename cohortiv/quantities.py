"""Quantities as a reader sees them, in sentences and on charts: percentages, index points and dollars.

All have a true minus sign, a no-break space before their unit, and a word where there is no number.
"""

import math

from cohortiv.plain import HIGHEST_INDEX_TOLD

NONE = "none"
#: Prices from here on are written without cents [USD].
WHOLE_FROM = 1000
#: A larger percentage is told as over this: the number behind it says no more.
HIGHEST_PERCENT_TOLD = 1000
_THIN = "\u00a0"
#: What is this near to a thousand of the smaller unit is written as one of the larger.
_ROUNDS_UP = 0.99995
#: An estimate of a probability is not said to be nearer to 0 or 1 than this.
_NEAR_CERTAIN = 0.01
_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as a percentage: 0.1128 gives "11.3 %", 2688 "over 1,000 %", infinity "infinite", None "none"."""
    if fraction is None or math.isnan(fraction):
        return NONE
    if math.isinf(fraction):
        return "infinite"
    if 100 * fraction > HIGHEST_PERCENT_TOLD:
        return f"over {HIGHEST_PERCENT_TOLD:,}{_THIN}%"
    return f"{100 * fraction:z.{digits}f}".replace("-", "−") + f"{_THIN}%"


def exact_percent(fraction: float) -> str:
    """A fraction that somebody set, with the digits that it needs: 0.15 gives "15 %", 0.125 gives "12.5 %"."""
    return f"{100 * fraction:,.6g}{_THIN}%".replace("inf", "infinite").replace("-", "−")


def chance(probability: float) -> str:
    """An estimated probability in whole percent, which is never said to be 0 or 1: 0.0004 gives "under 1 %"."""
    if probability < _NEAR_CERTAIN:
        return f"under {percent(_NEAR_CERTAIN, 0)}"
    return f"over {percent(1 - _NEAR_CERTAIN, 0)}" if probability > 1 - _NEAR_CERTAIN else percent(probability, 0)


def points(index: float | None, digits: int = 1) -> str:
    """An index >= 0: 50.78 gives "50.8", 4e8 "over 1,000"; "infinite" for infinity, "none" for None and NaN."""
    if index is None or math.isnan(index):
        return NONE
    if math.isinf(index):
        return "infinite"
    return f"over {HIGHEST_INDEX_TOLD:,}" if index > HIGHEST_INDEX_TOLD else f"{index:z,.{digits}f}".replace("-", "−")


def points_range(low: float, high: float) -> str:
    """Two indices, the lower first: "45.1 to 56.9"; one word where both read the same, as "over 1,000" does."""
    ends = dict.fromkeys((points(low), points(high)))
    return " to ".join(ends)


def usd(amount: float | None) -> str:
    """Dollars in three or four digits: 771125459.82 gives "771.1 m USD"; "none" for None and NaN."""
    if amount is None or math.isnan(amount):
        return NONE
    for scale, word in _SCALES:
        if abs(amount) >= scale * _ROUNDS_UP:
            return f"{amount / scale:,.1f}{_THIN}{word}{_THIN}USD".replace("-", "−")
    return f"{amount:z,.0f}{_THIN}USD".replace("-", "−")


def level(amount: float | None) -> str:
    """A price >= 0 without its unit: whole dollars from 1,000 on, else five significant digits; "none" for None."""
    if amount is None or math.isnan(amount):
        return NONE
    digits = "0" if amount == 0 else f"{amount:.{max(0, 4 - math.floor(math.log10(amount)))}f}"
    shown = f"{amount:,.0f}" if float(digits) >= WHOLE_FROM else digits
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def price(amount: float | None) -> str:
    """A price >= 0 with its unit: 67012.6 gives "67,013 USD"; "none" for None and NaN."""
    shown = level(amount)
    return shown if shown == NONE else f"{shown}{_THIN}USD"


def many(number: int, noun: str) -> str:
    """A count with its noun, whose plural ends in s: "1 account", "1,200 accounts"."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def signed(change: float) -> str:
    """A change of an index with its sign: 2.13 gives "+2.1", 4e8 "over +1,000"."""
    if abs(change) > HIGHEST_INDEX_TOLD:
        return f"{'over' if change > 0 else 'under'} {math.copysign(HIGHEST_INDEX_TOLD, change):+,.0f}".replace(
            "-", "−"
        )
    return f"{change:+z,.1f}".replace("-", "−")
