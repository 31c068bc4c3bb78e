"""Ranges of a notebook's parameters, as its comments declare them: `; 0 < horizon_days <= 365` at the end."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cohortiv.errors import UsageError

_SIGNS: Mapping[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt), ast.LtE: ("<=", operator.le), ast.Gt: (">", operator.gt), ast.GtE: (">=", operator.ge),
}  # fmt: skip
_RULE = "Allowed are <, <=, > and >= between the parameter and numbers, such as `0 < horizon_days <= 365`."


@dataclass(frozen=True, slots=True)
class Range:
    """Which numbers a parameter may be.

    Attributes
    ----------
    text : str
        As the comment has it.
    bounds : tuple of (str, float)
        Each a sign and a number that the parameter stands before: ("<=", 365.0).
    """

    text: str
    bounds: tuple[tuple[str, float], ...]

    def holds(self, value: float) -> bool:
        """Whether a number is in the range.

        Parameters
        ----------
        value : float
            In the parameter's unit.
        """
        return all(_COMPARED[sign](value, bound) for sign, bound in self.bounds)


_COMPARED = dict(_SIGNS.values())
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def split_range(comment: str, name: str) -> tuple[str, Range | None]:
    """Part the comment behind a parameter into its meaning and its range.

    Parameters
    ----------
    comment : str
        Such as "period [days]; 0 < horizon_days <= 365".
    name : str
        The parameter's.

    Returns
    -------
    tuple of str and Range or None
        None where what follows the last semicolon is no comparison.

    Raises
    ------
    UsageError
        If it is one, and not of the parameter with numbers.
    """
    meaning, separator, end = comment.rpartition(";")
    try:
        compared = ast.parse(end.strip(), mode="eval").body if separator else None
    except SyntaxError:
        compared = None
    if not isinstance(compared, ast.Compare):
        return comment, None
    return meaning.strip(), Range(end.strip(), _bounds(compared, name))


def _bounds(compared: ast.Compare, name: str) -> tuple[tuple[str, float], ...]:
    """Each comparison of the chain, turned so that the parameter stands first."""
    terms = [compared.left, *compared.comparators]
    found = []
    for left, sign, right in zip(terms, compared.ops, terms[1:], strict=False):
        known = _SIGNS.get(type(sign))
        first, second = _number(left), _number(right)
        if known is None or (first is None) == (second is None) or name not in {_name(left), _name(right)}:
            raise UsageError(f"The range of the parameter {name!r} is `{ast.unparse(compared)}`. {_RULE}")
        found.append((known[0], second) if second is not None else (_MIRRORED[known[0]], first or 0.0))
    return tuple(found)


def _name(term: ast.expr) -> str | None:
    return term.id if isinstance(term, ast.Name) else None


def _number(term: ast.expr) -> float | None:
    try:
        value = ast.literal_eval(term)
    except ValueError:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
