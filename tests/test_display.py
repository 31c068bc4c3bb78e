"""Results as a notebook shows them: a table of what their docstring documents."""

import ast
import dataclasses
import importlib
import inspect
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, Results
from pydantic import BaseModel

from cohortiv.assets import asset
from cohortiv.display import Displayed, documented_fields, rendered, value_text

pytestmark = ENGINE_WARNINGS
NOTEBOOKS = sorted([*asset("notebooks").glob("*.ipynb"), *(asset("templates") / "scaffold").glob("*.ipynb")])


@dataclass(frozen=True)
class Sample(Displayed):
    """A record for this test.

    It has two sections.

    Attributes
    ----------
    low, high : float
        Ends of a range
        [USD].
    note : str or None
        Text.

    Notes
    -----
    other : nothing
        No field.
    """

    low: float
    high: float
    note: str | None = None


def shown_types(notebook: Path) -> Iterator[type]:
    """Records that calls of a notebook make: what it constructs, and what functions of ours say they return."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
    known: dict[str, object] = {}
    for line in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        if (line.module or "").startswith("cohortiv"):
            known |= {alias.asname or alias.name: imported(line.module or "", alias.name) for alias in line.names}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        made = called(call.func, known)
        kind = made if inspect.isclass(made) else getattr(made, "__annotations__", {}).get("return")
        if inspect.isclass(kind) and (dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)):
            yield kind


def imported(module: str, name: str) -> object:
    """What `from module import name` gives."""
    loaded = importlib.import_module(module)
    return getattr(loaded, name) if hasattr(loaded, name) else importlib.import_module(f"{module}.{name}")


def called(function: ast.expr, known: dict[str, object]) -> object:
    """The function or class that a call names; None for a method of something."""
    if isinstance(function, ast.Name):
        return known.get(function.id)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        room = known.get(function.value.id)
        return getattr(room, function.attr, None) if isinstance(room, ModuleType) else None
    return None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_record_of_a_notebook_has_a_display(notebook: Path) -> None:
    """Whatever a notebook makes can stand at the end of a cell; each has fields that are told."""
    kinds = set(shown_types(notebook))
    assert len(kinds) >= 3
    assert {kind.__name__ for kind in kinds if not issubclass(kind, Displayed)} == set()
    assert {kind.__name__ for kind in kinds if not documented_fields(kind)} == set()


def test_documented_fields_are_there() -> None:
    """Each field that a docstring names can be read from the record, in every notebook."""
    kinds = {kind for notebook in NOTEBOOKS for kind in shown_types(notebook) if dataclasses.is_dataclass(kind)}
    missing = {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, _ in documented_fields(kind)
        if not hasattr(kind, name) and name not in {field.name for field in dataclasses.fields(kind)}
    }
    assert missing == set()


def test_fields_come_from_the_docstring() -> None:
    """Several names share a meaning, lines are joined, and other sections are left out."""
    assert documented_fields(Sample) == [
        ("low", "Ends of a range [USD]."),
        ("high", "Ends of a range [USD]."),
        ("note", "Text."),
    ]


def test_record_is_a_table() -> None:
    """Name, promise, values and meaning stand in it, and markup in a value is text."""
    html = Sample(1234.5, math.inf, "<script>x</script>")._repr_html_()
    assert "<strong>Sample</strong> A record for this test." in html
    assert "<th>low</th><td>1,234.5</td>" in html
    assert "<td>inf</td>" in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "True"),
        (1234567, "1,234,567"),
        (0.123456789, "0.123457"),
        ("x" * 200, "x" * 159 + "…"),
        (tuple(range(8)), "0, 1, 2, 3, 4, 5, 2 more"),
        ((), "none"),
        ({"a": 1}, "1 entries: a"),
        (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), "2 rows: a, b"),
        (Sample(1, 2), "Sample"),
        (object(), "object"),
    ],
)
def test_value_in_a_few_words(value: object, text: str) -> None:
    """Each kind of value is one short line, and a table never shows its rows."""
    assert value_text(value) == text


def test_result_of_a_cohort_is_shown(results: Results) -> None:
    """The result of an assessment shows its index and the tables behind it by their size."""
    html = results["solved"]._repr_html_()
    assert "<th>iv_index</th>" in html
    assert " rows: " in html


def test_templates_escape() -> None:
    """Whatever is filled in is text."""
    assert "&lt;b&gt;" in rendered("record", {"kind": "<b>", "promise": "", "rows": []})
