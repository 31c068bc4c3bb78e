"""What a notebook declares, and which values it may be run with."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from report_support import SMALL

from cohortiv.errors import UsageError
from cohortiv.report.parameters import (
    Parameter,
    ParameterType,
    bound_values,
    changes_slug,
    declared_parameters,
    load_notebook,
    parse_assignments,
)


def declared(source: str) -> tuple[Parameter, ...]:
    """Parameters that a cell declares."""
    return declared_parameters(
        {"cells": [{"source": source.splitlines(keepends=True), "metadata": {"tags": ["parameters"]}}]}
    )


def bound(source: str, **given: object) -> Mapping[str, object]:
    """Values given to the parameters of a cell."""
    return bound_values(declared(source), given)


def test_small_notebook_declares_its_parameters() -> None:
    """Names, defaults, types and meanings are read without running anything."""
    found = {parameter.name: parameter for parameter in declared_parameters(load_notebook(SMALL))}
    assert found["horizon_days"] == Parameter("horizon_days", ParameterType("int"), 7, "days")
    assert found["side"].type == ParameterType(choices=("long", "short"))
    assert found["symbol"].type == ParameterType("str", optional=True)
    assert found["symbols"].type == ParameterType("str", is_list=True)


def test_notebook_without_parameters_declares_none() -> None:
    """A notebook need not have the cell."""
    assert declared_parameters({"cells": [{"source": "x = 1", "metadata": {}}]}) == ()


def test_two_parameter_cells_are_refused() -> None:
    """Which of two cells counts is nobody's guess."""
    cell = {"source": "", "metadata": {"tags": ["parameters"]}}
    with pytest.raises(UsageError, match="2 cells tagged"):
        declared_parameters({"cells": [cell, cell]})


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "x: int",
        "import os",
        "print('x')",
        "x: int = y",
        "x: int = 1 + (",
        "x: dict = {}",
        "x: list[list[int]] = []",
        "x: int = 'seven'",
        "x: float = 1e999",
        "x: int = True",
        "x: int | None = 1.5",
    ],
)
def test_other_lines_are_refused(source: str) -> None:
    """Only typed assignments of literals of that type may stand in the cell."""
    with pytest.raises(UsageError):
        declared(source)


@pytest.mark.parametrize("name", ["api_key", "password", "access_token", "client_secret"])
def test_secrets_are_refused(name: str) -> None:
    """Parameters are published, so none may look like a secret."""
    with pytest.raises(UsageError, match="looks like a secret"):
        declared(f'{name}: str = ""')


def test_unknown_name_is_refused_with_the_nearest() -> None:
    """A misspelt name is an error that says which was probably meant."""
    with pytest.raises(UsageError, match="Did you mean 'horizon_days'"):
        bound("horizon_days: int = 7", horizon_day=3)


@pytest.mark.parametrize(
    ("annotation", "text", "expected"),
    [
        ("str = ''", "007", "007"),
        ("str = ''", "a=b", "a=b"),
        ("int = 1", "007", 7),
        ("int = 1", "-3", -3),
        ("float = 1.0", "1e-3", 0.001),
        ("float = 1.0", "7", 7.0),
        ("bool = True", "false", False),
        ("bool = False", "True", True),
        ("int | None = None", "none", None),
        ("int | None = None", "4", 4),
        ("str | None = None", "None", None),
        ("list[str] = []", "BTC, ETH", ["BTC", "ETH"]),
        ("list[int] = []", "", []),
        ("Literal['a', 'b'] = 'a'", "b", "b"),
        ("Literal[1, 2] = 1", "2", 2),
        ("'Literal[1, 2] | None' = None", "2", 2),
    ],
)
def test_text_is_read_by_the_declared_type(annotation: str, text: str, expected: object) -> None:
    """What a command line gives becomes a value of the parameter's type."""
    value = bound(f"x: {annotation}", x=text)["x"]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("int = 1", "1_000"),
        ("int = 1", "1.0"),
        ("int = 1", "none"),
        ("float = 1.0", "nan"),
        ("float = 1.0", "inf"),
        ("float = 1.0", "1e999"),
        ("float = 1.0", float("nan")),
        ("float = 1.0", True),
        ("bool = True", "yes"),
        ("bool = True", 1),
        ("Literal['a', 'b'] = 'a'", "c"),
        ("list[int] = []", "1,x"),
        ("list[int] = []", 1),
        ("str = ''", 7),
        ("str = ''", None),
    ],
)
def test_ill_typed_values_are_refused(annotation: str, value: object) -> None:
    """A value of another type is an error that names the parameter and what is allowed."""
    with pytest.raises(UsageError, match=r"The parameter 'x' .*Allowed: "):
        bound(f"x: {annotation}", x=value)


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [("float = 1.0", 7, 7.0), ("list[int] = []", (1, 2), [1, 2]), ("int | None = 1", None, None)],
)
def test_python_values_pass_where_they_fit(annotation: str, value: object, expected: object) -> None:
    """A whole number serves as a float and a tuple as a list."""
    assert bound(f"x: {annotation}", x=value)["x"] == expected


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("int = 7", "0"), ("int = 7", 400), ("float = 7.0", "365.5"), ("float | None = None", -1.0),
        ("list[int] = []", "1, 400"), ("float = 7.0", float("nan")),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(annotation: str, value: object) -> None:
    """The error names what was got, the type and the range; of a list, each item counts."""
    with pytest.raises(UsageError, match=r"The parameter 'x' \(days\) got .*Allowed: .*, 0 < x <= 365\."):
        bound(f"x: {annotation}  # days; 0 < x <= 365", x=value)


def test_values_in_range_pass() -> None:
    """The end of the range that belongs to it is allowed, and so is none where the type has it."""
    line = "x: int | None = 7  # days; 0 < x <= 365"
    assert (bound(line, x="365")["x"], bound(line, x="none")["x"]) == (365, None)


@pytest.mark.parametrize("line", ["x: int = 0  # days; x > 0", "x: str = ''  # name; x > 0"])
def test_declarations_that_break_their_range_are_refused(line: str) -> None:
    """A default outside its range, or a range of a text, is refused before anything runs."""
    with pytest.raises(UsageError, match="x > 0"):
        declared(line)


def test_values_come_in_the_order_of_the_declaration() -> None:
    """The order in which values are given does not show."""
    assert list(bound("a: int = 1\nb: int = 2", b=1, a=2)) == ["a", "b"]


def test_assignments_are_split_at_the_first_sign() -> None:
    """A value may hold further equals signs."""
    assert parse_assignments(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a b=1"], ["x;import os=1"], ["a=1", "a=2"]])
def test_other_assignments_are_refused(pairs: list[str]) -> None:
    """A pair without a name, with code for a name, or given twice is bad usage."""
    with pytest.raises(UsageError):
        parse_assignments(pairs)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": 1}'])
def test_other_files_are_no_notebooks(tmp_path: Path, content: str) -> None:
    """A file that is no notebook is bad usage."""
    file = tmp_path / "x.ipynb"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError):
        load_notebook(file)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({}, ""),
        ({"share": "0.15"}, ""),
        ({"share": "0.1"}, "share-0-1"),
        ({"days": "14", "share": "0.1"}, "share-0-1-days-14"),
        ({"share": "-0.1"}, "share-minus-0-1"),
        ({"share": "2"}, "share-2"),
        ({"venues": "Binance,okx"}, "venues-binance-okx"),
    ],
)
def test_changed_values_have_a_name(given: dict[str, str], slug: str) -> None:
    """Only what differs from the notebook's own value is named, in the notebook's order, as a folder can be called."""
    lines = "share: float = 0.15\ndays: float = 7.0\nvenues: list[str] = []"
    assert changes_slug(declared(lines), bound_values(declared(lines), given)) == slug
