"""Reads every module: rooms import only from rooms above them, and venue field names stay in the sources."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cohortiv"

ROOMS = (
    "errors",
    "file_names",
    "whole_file",
    "assets",
    "display",
    "palette",
    "schema",
    "config",
    "materialise",
    "engine",
    "positions",
    "duplicates",
    "sources",
    "margin",
    "comovement",
    "liquidation",
    "profile",
    "volatility",
    "iv_index",
    "early_warning",
    "code_series",
    "distribution",
    "cascade",
    "plain",
    "disclosure",
    "assessment",
    "scenario",
    "ladder",
    "publication",
    "published_usage",
    "outlook",
    "published_outlook",
    "published_cascade",
    "shown_state",
    "summary",
    "published_scenario",
    "quantities",
    "implications",
    "history",
    "validation",
    "study",
    "findings",
    "specification",
    "charts",
    "outputs",
    "page",
    "live_panel",
    "report",
    "delivery",
    "cli",
)
"""The rooms in order, as in the picture of README.md; none imports a later one."""

MODEL = ROOMS[: ROOMS.index("charts")]
BEFORE_PROFILE = ROOMS[: ROOMS.index("profile")]
SOURCES_READERS = frozenset({"sources", "assessment", "cli"})
REPORT_MAY_IMPORT = frozenset(
    {"errors", "file_names", "whole_file", "assets", "plain", "palette", "specification", "config", "outputs", "report"}
)

FORBIDDEN: dict[str, frozenset[str]] = {
    **{room: frozenset({"altair", "vl_convert", "papermill", "nbconvert", "IPython", "playwright"}) for room in MODEL},
    "charts": frozenset({"scipy", "papermill", "nbconvert", "ibis", "duckdb"}),
    "outputs": frozenset({"scipy", "papermill", "nbconvert", "ibis", "duckdb"}),
    "page": frozenset({"scipy", "papermill", "nbconvert", "ibis", "duckdb"}),
    "report": frozenset({"pandas", "numpy", "scipy", "ibis", "duckdb"}),
}
"""Libraries that a room may not import."""

NO_PANDAS = frozenset(BEFORE_PROFILE) - {"sources"}

VENUE_FIELDS = re.compile(
    r"\b(?:szi|entryPx|liquidationPx|marginUsed|positionValue|unrealizedPnl|cumFunding|leverage_type|"
    r"entry_px|mark_px|liquidation_px|position_value_usd|unrealized_pnl_usd|trader_id|snapshot_utc|full_account|"
    r"positionAmt|entryPrice|markPrice|liquidationPrice|isolatedMargin|isolatedWallet|unRealizedProfit|"
    r"positionSide|marginType|maintMarginRatio|notionalFloor|notionalCap|initialLeverage)\b"
)
"""Field names of venues; outside the sources each has a house word."""


TEXT = frozenset({".ipynb", ".j2", ".css", ".js", ".yaml", ".yml", ".html", ".md"})


def room_of(path: Path, package: Path = PACKAGE) -> str:
    """First part of the module's name within the package; the package's own ``__init__`` belongs to no room."""
    first = path.relative_to(package).parts[0].removesuffix(".py")
    return "" if first.startswith("__") else first


def imports(source: str, *, module: str) -> Iterator[str]:
    """Full names of everything that the source of ``module`` imports, relative imports resolved."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own_room(imported: str) -> str | None:
    """Room that an imported name belongs to; None for names from elsewhere and for the package itself."""
    parts = imported.split(".")
    return parts[1] if parts[0] == "cohortiv" and len(parts) > 1 and not parts[1].startswith("__") else None


def offence(room: str, imported: str) -> str | None:
    """Say what is wrong with one import of a room, or None when it is allowed."""
    library = imported.partition(".")[0]
    target = own_room(imported)
    if target is None:
        forbidden = library in FORBIDDEN.get(room, ()) or (library == "pandas" and room in NO_PANDAS)
        return f"{room} imports {library}" if forbidden else None
    if not {room, target} <= set(ROOMS):
        return f"{room} imports {target}, and one of them is not in the list of rooms"
    if ROOMS.index(target) > ROOMS.index(room):
        return f"{room} imports {target}, a later room"
    if target == "sources" and room not in SOURCES_READERS:
        return f"{room} imports sources; only {', '.join(sorted(SOURCES_READERS))} may"
    if room == "report" and target not in REPORT_MAY_IMPORT:
        return f"report imports {target}; it knows no finance"
    return None


def offences(source: str, *, module: str) -> list[str]:
    """Everything that is wrong with one module, by its source and its full name."""
    room = module.split(".")[1]
    found = [message for name in imports(source, module=module) if (message := offence(room, name))]
    if room != "sources":
        found += [f"{room} speaks of {field}, a venue's field" for field in VENUE_FIELDS.findall(source)]
    return found


def module_name(path: Path) -> str:
    """Full name of the module in a file of the package, with ``__init__`` kept so that relative imports resolve."""
    return ".".join(["cohortiv", *path.relative_to(PACKAGE).with_suffix("").parts])


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if room_of(path))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_rooms_import_only_what_they_may(path: Path) -> None:
    """Each module imports from rooms above its own, and from the libraries its room may use."""
    assert offences(path.read_text(encoding="utf-8"), module=module_name(path)) == []


@pytest.mark.parametrize("folder", ["notebooks", "templates"])
def test_notebooks_and_templates_know_no_venue(folder: str) -> None:
    """Venue field names appear neither in a notebook nor in a template."""
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in (PACKAGE.parent / folder).rglob("*")
        if path.suffix in TEXT
    }
    assert {name for name, text in texts.items() if VENUE_FIELDS.search(text)} == set()


def test_every_room_is_in_the_list() -> None:
    """A new room takes its place in the list before it is used."""
    assert {room_of(path) for path in MODULES} <= set(ROOMS)


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("cohortiv.volatility", "from cohortiv.iv_index import solve", "volatility imports iv_index, a later room"),
        ("cohortiv.margin.tables", "from ..cli import main", "margin imports cli, a later room"),
        ("cohortiv.margin.__init__", "from ..profile import Profile", "margin imports profile, a later room"),
        ("cohortiv.iv_index", "def f():\n    import altair as alt", "iv_index imports altair"),
        ("cohortiv.liquidation", "from pandas import DataFrame", "liquidation imports pandas"),
        ("cohortiv.findings", "import papermill.execute", "findings imports papermill"),
        ("cohortiv.profile", "from cohortiv.sources import files", "profile imports sources; only"),
        ("cohortiv.report.export", "from cohortiv import iv_index", "report imports iv_index; it knows no finance"),
        ("cohortiv.charts.ladder", "from scipy import stats", "charts imports scipy"),
        ("cohortiv.liquidation", "line = table.liquidation_px", "liquidation speaks of liquidation_px"),
        (
            "cohortiv.page",
            "from cohortiv.garden import rose",
            "page imports garden, and one of them is not in the list",
        ),
    ],
)
def test_the_reader_of_imports_catches_offences(module: str, source: str, expected: str) -> None:
    """A made-up module that breaks a rule is named with the rule it breaks."""
    found = offences(source, module=module)
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("cohortiv.iv_index", "import numpy as np\nfrom cohortiv import __version__\nfrom .profile import Profile"),
        ("cohortiv.sources.hyperliquid", "NAMES = {'liquidation_px': 'liquidation_price'}"),
        ("cohortiv.report.export", "from cohortiv.outputs import HEADLINE\nfrom . import gate\nimport nbconvert"),
        ("cohortiv.charts.ladder", "import altair as alt\nimport pandas as pd\nfrom cohortiv.palette import CODES"),
    ],
)
def test_the_reader_of_imports_lets_good_modules_pass(module: str, source: str) -> None:
    """A made-up module that keeps to the rules is not complained about."""
    assert offences(source, module=module) == []


@pytest.mark.parametrize(
    "start",
    ["import cohortiv", "import sys; sys.argv[1:] = ['--help']; from cohortiv.cli import main; main()"],
    ids=("import", "help"),
)
def test_start_is_light(start: str) -> None:
    """Neither importing the package nor asking the command for help loads a heavy library."""
    heavy = ["pandas", "altair", "papermill", "ibis", "scipy", "nbconvert"]
    code = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print([name for name in {heavy} if name in sys.modules], file=sys.stderr))\n" + start
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.splitlines()[-1:]) == (0, ["[]"])
