"""Builds the wheel, installs it into an empty environment and makes a report there, away from the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKED = ("cohortiv", "notebooks", "templates", "pyproject.toml", "README.md", "LICENSE", "requirements.lock")
LEFTOVERS = frozenset({"__pycache__", ".ipynb_checkpoints"})


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, without a Python path; its output is shown where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COHORTIV"))}
    done = subprocess.run(command, cwd=cwd, env=kept | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel of the package, built from a copy of the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in PACKED:
        origin = REPOSITORY / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns(*LEFTOVERS))
        else:
            shutil.copy(origin, source / name)
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", out, source, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Virtual environment that holds the wheel alone and borrows the third-party packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    Path(packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [("notebooks", "resources/notebooks/"), ("templates", "resources/templates/"), ("cohortiv", "")],
    ids=["notebooks", "templates", "package"],
)
def test_wheel_holds_every_file(wheel: Path, folder: str, pattern: str) -> None:
    """Notebooks, templates, modules and bracket tables are in the wheel, each file of them."""
    present = zipfile.ZipFile(wheel).namelist()
    root = REPOSITORY / folder
    files = [path for path in root.rglob("*") if path.is_file() and not LEFTOVERS & set(path.parts)]
    expected = {f"cohortiv/{pattern}{path.relative_to(root).as_posix()}" for path in files}
    assert expected
    assert expected - set(present) == set()


def test_wheel_holds_bracket_tables(wheel: Path) -> None:
    """The dated bracket tables travel with the code that reads them."""
    present = zipfile.ZipFile(wheel).namelist()
    assert [name for name in present if name.startswith("cohortiv/margin/tables/") and name.endswith(".csv")]


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    """The wheel is the package and its metadata: no tests, no reports."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top.partition("-")[0] for top in tops} == {"cohortiv"}


def test_installed_package_is_not_the_checkout(environment: Path, tmp_path: Path) -> None:
    """In the empty environment the package comes from the wheel."""
    where = run(environment / "bin" / "python", "-c", "import cohortiv; print(cohortiv.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(environment)


def test_installed_command_makes_a_report(environment: Path, tmp_path: Path) -> None:
    """The installed command reports on its embedded sample from a folder that has nothing to do with the checkout."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    borrowed = str(Path(sys.prefix, "share", "jupyter"))
    command = environment / "bin" / "cohortiv"
    run(command, "report", "--as-of", "2026-09-30", "--out", out, cwd=elsewhere, JUPYTER_PATH=borrowed)
    assert [path.parent.parent.name for path in out.glob("*/*/report.html")] == ["2026-09-30"]
    assert list(elsewhere.iterdir()) == []
