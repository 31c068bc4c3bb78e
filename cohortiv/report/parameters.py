"""The parameters that a notebook declares, and the values it is run with: typed, and refused before anything runs."""

import ast
import difflib
import json
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from cohortiv.errors import UsageError
from cohortiv.report.ranges import Range, split_range
from cohortiv.report.secrets import SECRET_NAME

Value = str | int | float | bool | list["str | int | float | bool"] | None

_SCALARS = {"str": str, "int": int, "float": float, "bool": bool}
_RULE = (
    "Allowed is one assignment a line: `name: type = literal  # unit and meaning; 0 < name <= 1`, the range left out."
)


@dataclass(frozen=True, slots=True)
class ParameterType:
    """What a parameter may hold.

    Attributes
    ----------
    scalar : str
        "str", "int", "float", "bool"; for choices, empty.
    choices : tuple
        The values allowed, where the type is a Literal.
    optional : bool
        Whether None is allowed.
    is_list : bool
        Whether it is a list of the scalar.
    """

    scalar: str = ""
    choices: tuple[str | int | float | bool, ...] = ()
    optional: bool = False
    is_list: bool = False

    def __str__(self) -> str:
        word = " or ".join(map(repr, self.choices)) if self.choices else self.scalar
        return (f"list of {word}" if self.is_list else word) + (" or none" if self.optional else "")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook.

    Attributes
    ----------
    name : str
        Its name in the notebook.
    type : ParameterType
        What it may hold.
    default : Value
        The value in the notebook.
    meaning : str
        Unit and meaning, from the comment behind it.
    range : Range or None
        Which numbers it may be, from the end of that comment; of a list, each of its items.
    """

    name: str
    type: ParameterType
    default: Value
    meaning: str
    range: Range | None = None

    @property
    def allowed(self) -> str:
        """What it may hold, in words."""
        return f"{self.type}, {self.range.text}" if self.range else str(self.type)


def declared_parameters(notebook: Mapping[str, object]) -> tuple[Parameter, ...]:
    """Read the parameters of a notebook from its cell tagged "parameters".

    Parameters
    ----------
    notebook : mapping
        The notebook as nbformat reads it.

    Returns
    -------
    tuple of Parameter
        In the notebook's order; empty where it has no such cell.

    Raises
    ------
    UsageError
        If there are several such cells, or a line is no typed assignment of a literal of that type.
    """
    cells = [cell for cell in _cells(notebook) if "parameters" in _tags(cell)]
    if len(cells) > 1:
        raise UsageError(f"The notebook has {len(cells)} cells tagged 'parameters'. Allowed is one: join them.")
    if not cells:
        return ()
    source = cells[0]["source"]
    text = source if isinstance(source, str) else "".join(map(str, source)) if isinstance(source, list) else ""
    try:
        lines = ast.parse(text).body
    except SyntaxError as error:
        raise UsageError(f"The parameters cell does not parse: {error.msg}, line {error.lineno}. {_RULE}") from error
    comments = _comments(text)
    return tuple(_declared(line, comments.get(line.end_lineno or line.lineno, "")) for line in lines)


def bound_values(declared: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    """Check the values given for a notebook's parameters, and read text by the type declared.

    Parameters
    ----------
    declared : sequence of Parameter
        From `declared_parameters`.
    given : mapping
        Values by name. Text for a parameter that is not text is read: "7" for an int, "true" or "false" for a bool,
        "none" where None is allowed, values separated by commas for a list. "007" stays text for a str.

    Returns
    -------
    dict
        The values given, each of its parameter's type, in the order of the declaration.

    Raises
    ------
    UsageError
        If a name is unknown or a value ill-typed, NaN or infinite.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name in given:
        if name not in known:
            raise UsageError(_unknown(name, sorted(known)))
    return {name: _bound(parameter, given[name]) for name, parameter in known.items() if name in given}


def changes_slug(declared: Sequence[Parameter], values: Mapping[str, Value]) -> str:
    """Name the values that differ from a notebook's own, so that the report can be told from the usual one.

    Parameters
    ----------
    declared : sequence of Parameter
        From `declared_parameters`.
    values : mapping
        From `bound_values`.

    Returns
    -------
    str
        Such as "critical-mass-0-1"; empty where nothing differs.
    """
    changed = [item for item in declared if item.name in values and values[item.name] != item.default]
    words = [f"{item.name}-{_worded(values[item.name])}" for item in changed]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")


def parse_assignments(pairs: Sequence[str]) -> dict[str, str]:
    """Split what a command line gives as NAME=VALUE.

    Parameters
    ----------
    pairs : sequence of str
        Such as "horizon_days=7"; a value may hold further "=" signs.

    Returns
    -------
    dict of str
        Value by name, as text.

    Raises
    ------
    UsageError
        If a pair has no "=", no name, or a name comes twice.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name.isidentifier():
            raise UsageError(f"Got the parameter {pair!r}. Allowed is NAME=VALUE, such as horizon_days=7.")
        if name in values:
            raise UsageError(f"The parameter {name!r} is given twice. Give it once.")
        values[name] = value
    return values


def load_notebook(path: Path) -> Mapping[str, object]:
    """Read a notebook file just far enough to look at its cells.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    mapping
        Its JSON.

    Raises
    ------
    UsageError
        If it is not there or is no notebook.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"Cannot read the notebook {path}: {error}. Give the path of an .ipynb file.") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise UsageError(f"{path} is not a notebook of format 4. Save it again from JupyterLab.")
    return content


def _cells(notebook: Mapping[str, object]) -> list[Mapping[str, object]]:
    cells = notebook.get("cells")
    return [cell for cell in cells if isinstance(cell, Mapping)] if isinstance(cells, list) else []


def _worded(value: Value) -> str:
    """A value in words that a name can hold."""
    if isinstance(value, list):
        return "-".join(map(_worded, value))
    if isinstance(value, float) and value.is_integer():
        return _worded(int(value))
    return str(value).replace("-", "minus-") if isinstance(value, int | float) else str(value)


def _tags(cell: Mapping[str, object]) -> Sequence[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return tags if isinstance(tags, list) else ()


def _comments(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _declared(line: ast.stmt, comment: str) -> Parameter:
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
        raise UsageError(f"Line {line.lineno} of the parameters cell is `{ast.unparse(line)}`. {_RULE}")
    name = line.target.id
    if SECRET_NAME.search(name):
        raise UsageError(
            f"The parameter {name!r} looks like a secret, and parameters are published. Use no secret here."
        )
    declared_type = _read_type(line.annotation, name)
    try:
        default = ast.literal_eval(line.value)
    except ValueError as error:
        raise UsageError(f"The default of {name!r} is `{ast.unparse(line.value)}`. {_RULE}") from error
    meaning, limits = split_range(comment, name)
    if limits and declared_type.scalar not in {"int", "float"}:
        raise UsageError(f"The parameter {name!r} has the range `{limits.text}` and is no number. {_RULE}")
    parameter = Parameter(name, declared_type, None, meaning, limits)
    return replace(parameter, default=_checked(parameter, default))


def _read_type(annotation: ast.expr, name: str) -> ParameterType:
    match annotation:
        case ast.Constant(value=str(quoted)):
            return _read_type(ast.parse(quoted, mode="eval").body, name)
        case ast.Name(id=scalar) if scalar in _SCALARS:
            return ParameterType(scalar)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            inner = _read_type(left, name)
            return ParameterType(inner.scalar, inner.choices, optional=True, is_list=inner.is_list)
        case ast.Subscript(value=ast.Name(id="list"), slice=ast.Name(id=scalar)) if scalar in _SCALARS:
            return ParameterType(scalar, is_list=True)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            values = ast.literal_eval(choices)
            return ParameterType(choices=values if isinstance(values, tuple) else (values,))
    allowed = "str, int, float, bool, list[...] of these, Literal[...], each with `| None` where it may be left out"
    raise UsageError(f"The parameter {name!r} has the type `{ast.unparse(annotation)}`. Allowed: {allowed}.")


def _bound(parameter: Parameter, given: object) -> Value:
    is_text = isinstance(given, str)
    return _parsed(parameter, str(given)) if is_text else _checked(parameter, given)


def _checked(parameter: Parameter, value: object) -> Value:
    """Check a Python value against the type; an int serves as a float."""
    kind = parameter.type
    if value is None and kind.optional:
        return None
    if kind.choices and any(value == choice and type(value) is type(choice) for choice in kind.choices):
        return value  # type: ignore[return-value]
    if kind.is_list and isinstance(value, list | tuple):
        return [_checked_scalar(parameter, item) for item in value]
    if kind.scalar and not kind.is_list:
        return _checked_scalar(parameter, value)
    raise _ill_typed(parameter, value)


def _checked_scalar(parameter: Parameter, value: object) -> str | int | float | bool:
    wanted = _SCALARS[parameter.type.scalar]
    if isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.range is not None and not parameter.range.holds(value):
            raise _ill_typed(parameter, value)
        if wanted is float and math.isfinite(value):
            return float(value)
    if type(value) is wanted and wanted is not float:
        return value  # type: ignore[return-value]
    raise _ill_typed(parameter, value)


def _parsed(parameter: Parameter, text: str) -> Value:
    kind = parameter.type
    if kind.optional and text.lower() in {"none", "null"}:
        return None
    if kind.is_list:
        return [_parsed_scalar(parameter, item.strip()) for item in text.split(",")] if text.strip() else []
    if not kind.choices:
        return _parsed_scalar(parameter, text)
    for choice in kind.choices:
        if text == str(choice):
            return choice
    raise _ill_typed(parameter, text)


def _parsed_scalar(parameter: Parameter, text: str) -> str | int | float | bool:
    scalar, word = parameter.type.scalar, text.strip()
    if scalar == "str":
        return text
    if scalar == "bool" and word.lower() in {"true", "false"}:
        return word.lower() == "true"
    if scalar == "int" and re.fullmatch(r"[+-]?[0-9]+", word):
        return _checked_scalar(parameter, int(word))
    if scalar == "float" and re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", word):
        return _checked_scalar(parameter, float(word))
    raise _ill_typed(parameter, text)


def _ill_typed(parameter: Parameter, value: object) -> UsageError:
    meaning = f" ({parameter.meaning})" if parameter.meaning else ""
    return UsageError(f"The parameter {parameter.name!r}{meaning} got {value!r}. Allowed: {parameter.allowed}.")


def _unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"The notebook has no parameter {name!r}. It has: {', '.join(known) or 'none'}.{hint}"
