"""Keeps the house in order: environment and lock agree, notebooks are clean, files are small, prose keeps its rules."""

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from conftest import FORBID_SKIPS, REAL_DATA, refuse_skip
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-lab.lock")
SPARK_LOCK = "requirements-spark.lock"
CONDA_NAMES = {
    "arch-py": "arch",
    "ibis-duckdb": "ibis-framework",
    "python-duckdb": "duckdb",
    "quantlib-python": "quantlib",
}
PYTHON = frozenset({".py"})
CODE = PYTHON | {".j2", ".html", ".css", ".js"}
TEXT = CODE | {".md", ".ipynb", ".yml", ".yaml", ".toml", ".json", ""}
MAX_LINES = 400
MAX_CELL_LINES = 12

FORBIDDEN_TEXT = {
    "a path of one machine": re.compile(r"(?<![\w.~<>}])/(?:work|root|home|opt|tmp|mnt|Users)/"),
    "a registry's address": re.compile(
        r"https?://[\w.-]*(?:pypi|registry|pythonhosted|anaconda)|https?://\S*/simple\b"
    ),
    "an issue number": re.compile(r"\bissues? #?\d|(?<![\w&#/(])#\d{1,4}\b(?!\.)"),
    "a note to do something later": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b"),
}
AMERICAN = re.compile(
    r"\b(?:behaviors?|colors?|colored|favor\w*|neighbor\w*|labeled|labeling|model(?:ed|ing)|canceled|centered|center|"
    r"gray|analyz\w+|catalogs?|defense|fulfill|totaled|judgment)\b",
    re.IGNORECASE,
)
HTML_TAG = re.compile(r"</?(?:div|span|table|t[rdh]|p|h[1-6]|section|ul|ol|li|a|svg|figure|br)\b[^>]*>")


def files(suffixes: frozenset[str]) -> list[Path]:
    """Files of the repository with one of the suffixes; no environment, cache or report among them."""
    found: list[Path] = []
    for folder, names, entries in os.walk(REPOSITORY):
        names[:] = [
            name
            for name in names
            if (not name.startswith(".") or name == ".ci") and name not in {"reports", "__pycache__", "build", "dist"}
        ]
        found += [Path(folder, entry) for entry in entries if Path(entry).suffix in suffixes]
    return sorted(found)


def read(path: Path) -> str:
    """Text of a file."""
    return path.read_text(encoding="utf-8")


def relative(path: Path) -> str:
    """Name of a file as a test shows it."""
    return path.relative_to(REPOSITORY).as_posix()


def requirements(texts: list[str]) -> dict[str, SpecifierSet]:
    """Version range of each requirement by its normalised name."""
    parsed = [Requirement(text) for text in texts]
    return {canonicalize_name(item.name): item.specifier for item in parsed}


def locked(name: str) -> dict[str, str]:
    """Version of each package in a lock file by its normalised name."""
    text = read(REPOSITORY / name)
    pins: list[tuple[str, str]] = re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


def conda() -> dict[str, SpecifierSet]:
    """Version range of each package in environment.yml, by the name the package has on the Python index."""
    listed = yaml.safe_load(read(REPOSITORY / "environment.yml"))["dependencies"]
    by_pip = [entry for section in listed if isinstance(section, dict) for entry in section["pip"]]
    named = [entry for entry in [*listed, *by_pip] if isinstance(entry, str) and not entry.startswith("--")]
    split = [entry.partition(" ")[::2] for entry in named]
    return {canonicalize_name(CONDA_NAMES.get(name, name)): SpecifierSet(versions) for name, versions in split}


RUNTIME = requirements(PROJECT["project"]["dependencies"])
LAB = requirements(PROJECT["project"]["optional-dependencies"]["lab"])
DEV = requirements([item for group in PROJECT["dependency-groups"].values() for item in group if isinstance(item, str)])


def test_environment_lists_what_the_project_needs() -> None:
    """The conda environment holds Python, pip and every runtime and JupyterLab dependency, with the same ranges."""
    expected = {**RUNTIME, **LAB, "python": SpecifierSet(PROJECT["project"]["requires-python"]), "pip": SpecifierSet()}
    assert conda() == expected


@pytest.mark.parametrize(("name", "needed"), [(LOCKS[0], {**RUNTIME, **DEV}), (LOCKS[1], {**RUNTIME, **LAB})])
def test_lock_meets_the_project(name: str, needed: dict[str, SpecifierSet]) -> None:
    """Each lock pins every dependency that it is for, within the range of pyproject.toml and so of environment.yml."""
    pins = locked(name)
    assert needed.keys() - pins.keys() == set()
    assert {package: pins[package] for package, versions in needed.items() if pins[package] not in versions} == {}


def test_locks_agree() -> None:
    """A package that both locks hold has the same version in both."""
    first, second = (locked(name) for name in LOCKS)
    shared = first.keys() & second.keys()
    assert {name: first[name] for name in shared} == {name: second[name] for name in shared}


def test_the_lock_of_spark_meets_its_extra() -> None:
    """Spark's own lock pins what the extra `spark` asks for, within its range."""
    wanted = requirements(PROJECT["project"]["optional-dependencies"]["spark"])
    pins = locked(SPARK_LOCK)
    assert {name: pins.get(name) for name, versions in wanted.items() if pins.get(name, "0") not in versions} == {}


def test_running_needs_no_jupyterlab() -> None:
    """The lock of the runtime holds neither JupyterLab nor the grammar that slows every start beside it."""
    assert locked(LOCKS[0]).keys().isdisjoint({"jupyterlab", "jupyter-server", "rfc3987-syntax"})


@pytest.mark.parametrize("name", [*LOCKS, SPARK_LOCK])
def test_lock_is_hashed_and_names_no_address(name: str) -> None:
    """Every pin of a lock carries hashes, and no line says where to fetch it from."""
    text = read(REPOSITORY / name)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert re.findall(r"://|--(?:index-url|extra-index-url|find-links)|file:", text) == []


def notebooks() -> list[Path]:
    """Notebooks that ship; those that the tests keep may break rules on purpose."""
    return [path for path in files(frozenset({".ipynb"})) if "tests" not in path.parts]


@pytest.fixture(params=notebooks(), ids=relative)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    """One notebook that ships."""
    loaded: nbformat.NotebookNode = nbformat.reads(read(request.param), as_version=4)
    return loaded


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_a_notebook() -> None:
    """The rules for notebooks have something to rule."""
    assert notebooks() != []


def test_notebook_is_committed_clean(notebook: nbformat.NotebookNode) -> None:
    """A committed notebook has no outputs, no execution counts and no leftovers of a run in its metadata."""
    nbformat.validate(notebook)
    assert [cell.source for cell in code_cells(notebook) if cell.outputs or cell.execution_count is not None] == []
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert [cell.metadata for cell in notebook.cells if set(cell.metadata) - {"tags"}] == []


def test_notebook_opens_with_its_promise(notebook: nbformat.NotebookNode) -> None:
    """The first cell is Markdown and says under a heading what the notebook is for."""
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")


def test_notebook_parameters_are_typed_and_explained(notebook: nbformat.NotebookNode) -> None:
    """One cell is tagged ``parameters``: one typed assignment a line with unit and meaning behind it."""
    tagged = [cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = [line for line in tagged[0].source.splitlines() if line.strip()]
    assert [line for line in lines if not re.match(r"[a-z]\w*: .+ = .+  # \w", line)] == []


def test_notebook_tells_and_does_not_compute(notebook: nbformat.NotebookNode) -> None:
    """No cell defines a function or a class, loops, or is longer than a dozen lines; only parameters may be."""
    forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)
    for cell in code_cells(notebook):
        assert [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, forbidden)] == [], cell.source
        if "parameters" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= MAX_CELL_LINES, cell.source


def test_modules_open_with_a_caption() -> None:
    """Every module says in its first line what it is."""
    assert [relative(path) for path in files(PYTHON) if not ast.get_docstring(ast.parse(read(path)))] == []


def test_files_are_short() -> None:
    """No module, template or style sheet is longer than 400 lines."""
    lengths = {relative(path): len(read(path).splitlines()) for path in files(CODE)}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize("what", FORBIDDEN_TEXT)
def test_files_name_nothing_of_the_workshop(what: str) -> None:
    """No file holds a path of one machine, a registry's address, an issue number or a note to do something later."""
    found = {relative(path): FORBIDDEN_TEXT[what].findall(read(path)) for path in files(TEXT)}
    assert {name: pieces for name, pieces in found.items() if pieces} == {}


def prose(path: Path) -> Iterator[str]:
    """What a person reads in a file: docstrings and Markdown, without code spans, addresses and quotations."""
    text = read(path)
    parts = [text]
    if path.suffix == ".py":
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        parts = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
    if path.suffix == ".ipynb":
        parts = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    for part in parts:
        yield re.sub(r'```.*?```|`+[^`]*`+|https?://\S+|"[^"]*"', "", part, flags=re.DOTALL)


def test_prose_is_british() -> None:
    """Docstrings, Markdown files and Markdown cells are spelt the British way."""
    found = {relative(path): AMERICAN.findall("\n".join(prose(path))) for path in files(PYTHON | {".md", ".ipynb"})}
    assert {name: words for name, words in found.items() if words} == {}


def test_package_holds_no_html() -> None:
    """Layout lives in the templates: no string of the package is a piece of HTML."""
    modules = [path for path in files(PYTHON) if "tests" not in path.parts]
    nodes = ((path, node) for path in modules for node in ast.walk(ast.parse(read(path))))
    texts = [(relative(path), str(node.value)) for path, node in nodes if isinstance(node, ast.Constant)]
    assert [(name, text) for name, text in texts if HTML_TAG.search(text)] == []


def test_ci_script_is_executable() -> None:
    """The continuous integration's script can be started by its name."""
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize(
    ("reason", "real_data", "outcome"),
    [
        ("chromium is not installed", "", "failed"),
        (f"{REAL_DATA} is not set", "", "skipped"),
        (f"{REAL_DATA} is not set", "somewhere", "failed"),
    ],
)
def test_forbidden_skip_fails(reason: str, real_data: str, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where skips are forbidden a skipped test fails; only missing real data excuse one, where they are missing."""
    monkeypatch.setenv(FORBID_SKIPS, "1")
    monkeypatch.setenv(REAL_DATA, real_data)
    report = pytest.CollectReport("tests/test_x.py", "skipped", ("tests/test_x.py", 1, f"Skipped: {reason}"), None)
    refuse_skip(report)
    assert report.outcome == outcome


def test_skip_is_free_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where skips are not forbidden a skipped test stays skipped."""
    monkeypatch.delenv(FORBID_SKIPS, raising=False)
    report = pytest.CollectReport("tests/test_x.py", "skipped", ("tests/test_x.py", 1, "Skipped: no browser"), None)
    refuse_skip(report)
    assert report.outcome == "skipped"


def test_lab_starts_for_root_too() -> None:
    """In a container JupyterLab refuses to start unless it is told that root is meant; elsewhere it isn't told so."""
    command = ["make", "--dry-run", "lab"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert ("--allow-root" in done.stdout) == (os.getuid() == 0)
