"""JupyterLab in a real browser, by hand (`make lab-check`): open, run all, change a parameter, run again, export.

It takes some minutes, most of them for the environment with JupyterLab. Give the folder of that environment.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import click
from conftest import CHROMIUM_FLAGS
from playwright.sync_api import Page, expect, sync_playwright

from cohortiv.assets import asset

TOKEN = "lab-check"  # noqa: S105 - of a server on this machine that lives for minutes
NOTEBOOK = "risk-report.ipynb"
CELLS = (asset("notebooks") / NOTEBOOK).read_text(encoding="utf-8").count('"cell_type": "code"')
CHARTS = ".jp-OutputArea-output .vega-embed svg.marks, .jp-OutputArea-output .vega-embed canvas.marks"
SETTLED = 3000  # milliseconds after which menus, files and charts are as they will stay
LONGEST = 240_000  # milliseconds that a run may take
#: All cells in the page, also those that are out of sight; otherwise nothing could be counted.
SETTINGS = {"@jupyterlab/notebook-extension/tracker.jupyterlab-settings": '{"windowingMode": "none"}'}


@contextmanager
def lab(environment: Path, room: Path) -> Iterator[str]:
    """JupyterLab of an environment on a copy of the notebook; gives its address, and ends it afterwards."""
    shutil.copy(asset("notebooks") / NOTEBOOK, room)
    for name, text in SETTINGS.items():
        file = room / "settings" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(environment / "bin" / "jupyter"),
        "lab",
        "--no-browser",
        f"--port={port}",
        f"--ServerApp.root_dir={room}",
    ]
    command += [f"--IdentityProvider.token={TOKEN}", f"--LabApp.user_settings_dir={room / 'settings'}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    own = {f"JUPYTER_{kind}_DIR": str(room / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        command, env={**os.environ, **own, "IPYTHONDIR": str(room / "ipython")}, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(120):
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - this machine
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("JupyterLab did not start within a minute.")


def run_all(page: Page, *, run: int) -> int:
    """Run all cells by the menu for the given time, wait until the last one has run, and count the charts drawn."""
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_visible(timeout=LONGEST)
    page.wait_for_timeout(SETTLED)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.wait_for_timeout(SETTLED)
    page.get_by_text("Run All Cells", exact=True).click()
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(f"[{run * CELLS}]:", timeout=LONGEST)
    page.wait_for_timeout(SETTLED)
    return page.locator(CHARTS).count()


def change_critical_mass(page: Page) -> None:
    """Set the parameter to 10 % in its cell, as a person does."""
    line = page.locator(".cm-line", has_text="critical_mass: float").first
    line.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type("critical_mass: float = 0.1")
    page.keyboard.press("Control+s")


def export(page: Page, address: str) -> str:
    """See that the menu offers the page, and take it where the menu takes it from."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.wait_for_timeout(SETTLED)
    page.get_by_text("Save and Export Notebook As", exact=True).hover()
    expect(page.get_by_role("menuitem", name="Cohortiv_report", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    answer = page.request.get(f"{address}/nbconvert/cohortiv_report/{NOTEBOOK}?token={TOKEN}", timeout=LONGEST)
    assert answer.ok, answer.status_text
    return answer.text()


def by_command(room: Path) -> str:
    """The page of the saved notebook by nbconvert's command, in the environment of this check."""
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "cohortiv_report",
        "--output",
        "by-command",
        str(room / NOTEBOOK),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return (room / "by-command.html").read_text(encoding="utf-8")


def check(environment: Path) -> None:
    """Do all of it, and say what was seen."""
    chromium = shutil.which("chromium")
    with TemporaryDirectory() as folder, lab(environment, Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport={"width": 1300, "height": 1400})
        page.goto(f"{address}/lab/tree/{NOTEBOOK}?token={TOKEN}&reset")
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=LONGEST)
        click.echo(f"charts drawn: {run_all(page, run=1)}")
        assert page.get_by_text("official Jupyter news").count() == 0
        assert page.get_by_text("would bring 15").count() > 0
        change_critical_mass(page)
        click.echo(f"charts drawn after the change: {run_all(page, run=2)}")
        assert page.get_by_text("would bring 10").count() > 0
        page.keyboard.press("Control+s")
        page.wait_for_timeout(SETTLED)
        html = export(page, address)
        assert html == by_command(Path(folder))
        click.echo(f"exported page: {len(html.encode()):,} bytes, the same as by the command")
        browser.close()


if __name__ == "__main__":
    check(Path(sys.argv[1]).resolve())
