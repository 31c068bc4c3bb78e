"""How results look in a notebook: each documented record is a table of its fields, their values and their meaning."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from cohortiv.assets import asset

if TYPE_CHECKING:
    from jinja2 import Environment

#: Items of a sequence or names of a table that are told.
_TOLD: Final = 6
_LONGEST: Final = 160  # characters of one value
_FIELD: Final = re.compile(r"^(?P<names>\w+(?:, \w+)*) : .*(?P<text>(?:\n(?:    .*|\s*))*)", re.MULTILINE)


class Displayed:
    """A record that JupyterLab shows as a table; its fields are those that its docstring documents."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Show it as HTML."""
        rows = [(name, value_text(getattr(self, name)), meaning) for name, meaning in documented_fields(type(self))]
        return rendered("record", {"kind": type(self).__name__, "promise": _promise(type(self)), "rows": rows})


def rendered(name: str, content: Mapping[str, object]) -> str:
    """Fill one of the templates for notebooks.

    Parameters
    ----------
    name : str
        Name of the template without its ending.
    content : mapping
        What it asks for; all of it is escaped.

    Returns
    -------
    str
        HTML.
    """
    return _environment().get_template(f"{name}.html.j2").render(**content)


def documented_fields(kind: type) -> list[tuple[str, str]]:
    """Read the fields of a record from its docstring.

    Parameters
    ----------
    kind : type
        A class with a section "Attributes" as numpydoc has it.

    Returns
    -------
    list of tuple
        Name and meaning, in the order of the docstring; empty where it documents none.
    """
    section = inspect.getdoc(kind) or ""
    listed = section.partition("Attributes\n----------\n")[2]
    return [
        (name, " ".join(found["text"].split()))
        for found in _FIELD.finditer(re.split(r"\n\n\w[\w ]*\n---", listed)[0])
        for name in found["names"].split(", ")
    ]


def value_text(value: object) -> str:
    """Write a value in a few words.

    Parameters
    ----------
    value : object
        Of a field.

    Returns
    -------
    str
        A number with its digits, a table by its size and columns, a record by its kind; never longer than a line.
    """
    text = "".join(_worded(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _worded(value: object) -> Iterator[str]:
    columns = getattr(value, "columns", None)
    if value is None:
        yield "–"
    elif isinstance(value, bool | str):
        yield str(value)
    elif isinstance(value, int):
        yield f"{value:,}"
    elif isinstance(value, float):
        yield f"{value:,.6g}"
    elif isinstance(value, Displayed):
        yield type(value).__name__
    elif columns is not None and hasattr(value, "__len__"):
        yield f"{len(value):,} rows: {_few([str(column) for column in columns])}"
    elif isinstance(value, Mapping):
        yield f"{len(value):,} entries: {_few([str(key) for key in value])}"
    elif isinstance(value, Sequence | frozenset | set):
        yield _few([value_text(item) for item in value]) or "none"
    else:
        yield str(value) if type(value).__str__ is not object.__str__ else type(value).__name__


def _few(texts: list[str]) -> str:
    more = len(texts) - _TOLD
    return ", ".join([*texts[:_TOLD], *([f"{more:,} more"] if more > 0 else [])])


def _promise(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - only a notebook needs it

    loader = FileSystemLoader(asset("templates") / "display")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
