"""Early-warning codes: Green, Yellow, Red from the index, Grey where the data allow none, and how a series holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HOLD_MARGIN: Final = 2.0
"""Index points below a code's entry threshold that must be left behind before the code is given up [%]."""

HOLD_SNAPSHOTS: Final = 2
"""Snapshots, the present one included, of which any one above that mark keeps the code."""


class Code(StrEnum):
    """What a snapshot says about the cohort."""

    GREEN = "green"
    """Index below the yellow threshold."""
    YELLOW = "yellow"
    """Index between the thresholds, both included."""
    RED = "red"
    """Index above the red threshold, or infinite."""
    GREY = "grey"
    """No code: the data do not allow one."""


@dataclass(frozen=True)
class Thresholds:
    """Where codes begin: Yellow from ``yellow`` on, Red above ``red``.

    Attributes
    ----------
    yellow : float
        Lowest index that is Yellow [%], more than 0.
    red : float
        Highest index that is still Yellow [%], finite and more than ``yellow``.
    """

    yellow: float = 30.0
    red: float = 60.0

    def __post_init__(self) -> None:
        """Refuse thresholds that are out of order."""
        if not (0.0 < self.yellow < self.red and math.isfinite(self.red)):
            raise ValueError(
                f"got thresholds {self.yellow} and {self.red}; allowed is 0 < yellow < red, for instance 30 and 60"
            )

    @property
    def edges(self) -> tuple[float, float]:
        """Both thresholds, rising [%]."""
        return self.yellow, self.red


@dataclass(frozen=True)
class GreyRules:
    """What the data must offer for a code to be given.

    Attributes
    ----------
    margin_units : int
        Fewest leveraged margin units; fewer is Grey.
    usable_share : float
        Smallest usable share of notional [1]; less is Grey.
    age_days : float
        Greatest age of the snapshot at the end of the day asked for, or at the moment asked for [days]; more is Grey.
    """

    margin_units: int = 30
    usable_share: float = 0.5
    age_days: float = 1.0


def code_of(index: float, thresholds: Thresholds | None = None, *, grey_reasons: Sequence[str] = ()) -> Code:
    """Code of one snapshot.

    Parameters
    ----------
    index : float
        IV Index [%], >= 0; infinite is Red, NaN (no index) Grey.
    thresholds : Thresholds, optional
        Default 30 and 60.
    grey_reasons : sequence of str, optional
        Reasons against any code, from :func:`grey_reasons`; one is enough for Grey, whatever the index.

    Returns
    -------
    Code

    Raises
    ------
    ValueError
        If the index is negative.
    """
    limits = thresholds or Thresholds()
    if index < 0.0:
        raise ValueError(f"got an index of {index}; it is 0 or more, infinite, or NaN for none")
    if grey_reasons or math.isnan(index):
        return Code.GREY
    if index > limits.red:
        return Code.RED
    return Code.YELLOW if index >= limits.yellow else Code.GREEN


def grey_reasons(
    *,
    leveraged_notional_usd: float,
    margin_units: int | None,
    usable_share: float,
    age_days: float | None = None,
    rules: GreyRules | None = None,
) -> tuple[str, ...]:
    """Reasons why the data allow no code.

    Parameters
    ----------
    leveraged_notional_usd : float
        Leveraged notional that the index is of [USD]; 0 or NaN is a reason.
    margin_units : int or None
        Leveraged margin units behind it; None where the data are aggregates, which don't tell: then it is not asked.
    usable_share : float
        Share of the leveraged notional handed in whose line is known, none included [1]; NaN is a reason.
    age_days : float, optional
        Age of the snapshot at the date it is asked for [days]; None where that is not known to matter.
    rules : GreyRules, optional
        Default 30 units, half of the notional, one day.

    Returns
    -------
    tuple of str
        Sentences without a full stop, empty where a code may be given. "Nothing is leveraged" stands for what
        follows from it.
    """
    limits = rules or GreyRules()
    reasons = []
    if not leveraged_notional_usd > 0.0:
        reasons.append("Nothing is leveraged")
    else:
        if margin_units is not None and margin_units < limits.margin_units:
            units = "unit" if margin_units == 1 else "units"
            reasons.append(f"Only {margin_units} margin {units}; a code needs {limits.margin_units}")
        if not usable_share >= limits.usable_share:
            reasons.append(
                f"Only {_percent(usable_share)} of the notional is usable; a code needs {_percent(limits.usable_share)}"
            )
    if age_days is not None and not age_days <= limits.age_days:
        reasons.append(f"The snapshot is {_age(age_days)} old; a code needs one of at most {_age(limits.age_days)}")
    return tuple(reasons)


def _age(days: float) -> str:
    """A time in the largest unit that it has one of, to three figures."""
    units = (("day", 1.0), ("hour", 24.0), ("minute", 1440.0))
    name, per_day = next((unit for unit in units if not days * unit[1] < 1.0), units[-1])
    told = f"{days * per_day:.3g}"
    return f"{told} {name}{'' if told == '1' else 's'}"


def held_codes(
    indices: Sequence[float],
    codes: Sequence[Code],
    *,
    thresholds: Thresholds | None = None,
) -> tuple[Code, ...]:
    """Codes of a series, which rise at once and fall late.

    Parameters
    ----------
    indices : sequence of float
        IV Index of each snapshot, oldest first [%]; NaN where there is none.
    codes : sequence of Code
        Each snapshot's own code, from :func:`code_of` under the same thresholds.
    thresholds : Thresholds, optional
        Default 30 and 60.

    Returns
    -------
    tuple of Code
        The held code at each snapshot; empty in, empty out.

    Raises
    ------
    ValueError
        If the two differ in length, or a code that is not Grey is not the index's own.

    Notes
    -----
    A code is supported while the index exceeded its entry threshold minus 2 in the present snapshot or the one
    before: Red above 58, Yellow above 28, Green always. The held code is

        max(own code, min(held code before, highest supported code))

    so it rises at once to the snapshot's own code, never rises otherwise, and falls, by one step or two, only
    to what neither of the two snapshots supports any more. Grey is held as Grey and forgets what came before:
    the first code after it stands by itself.
    """
    limits = thresholds or Thresholds()
    if len(indices) != len(codes):
        raise ValueError(f"got {len(indices)} indices and {len(codes)} codes; each snapshot has one of both")
    held: list[Code] = []
    recent: list[float] = []
    for index, code in zip(indices, codes, strict=True):
        if code is Code.GREY:
            recent = []
            held.append(code)
            continue
        if code is not code_of(index, limits):
            raise ValueError(f"got code {code} for an index of {index}; code it under the same {limits}")
        recent = [*recent, index][-HOLD_SNAPSHOTS:]
        before = held[-1] if len(recent) > 1 else code
        held.append(_higher(code, _lower(before, _supported(recent, limits))))
    return tuple(held)


_RANKED: Final = (Code.GREEN, Code.YELLOW, Code.RED)


def _higher(one: Code, other: Code) -> Code:
    return max(one, other, key=_RANKED.index)


def _lower(one: Code, other: Code) -> Code:
    return min(one, other, key=_RANKED.index)


def _supported(recent: Sequence[float], thresholds: Thresholds) -> Code:
    """Highest code whose entry threshold less the margin any of the recent indices exceeded."""
    highest = max(recent)
    if highest > thresholds.red - HOLD_MARGIN:
        return Code.RED
    return Code.YELLOW if highest > thresholds.yellow - HOLD_MARGIN else Code.GREEN


def _percent(share: float) -> str:
    return "an unknown share" if math.isnan(share) else f"{100.0 * share:.3g} %"
