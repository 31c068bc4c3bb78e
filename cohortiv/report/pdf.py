"""The PDF of a report: printed by the Chromium that is installed, tagged, on A4, the same bytes for the same page."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cohortiv.errors import RunError, UsageError

PDF = "report.pdf"
TIMEOUT_SECONDS = 60.0
BROWSERS: Final = (
    "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge", "msedge",
)  # fmt: skip
"""Programs that print a page in the same way, in the order in which they are looked for."""

_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_MADE_AT = re.compile(rb"(?<=\(D:)\d{14}(?=\+00'00'\))")
_NODE = re.compile(rb"(?<=\(node)\d{8}(?=\))")


def find_browser() -> Path:
    """Find a browser that can print.

    Returns
    -------
    Path
        The first of `BROWSERS` on the search path.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError(
            f"A PDF needs a browser, and none is on the PATH. Allowed are {', '.join(BROWSERS)}. Install Chromium, or "
            "publish without --pdf."
        )
    return Path(found)


def print_pdf(page: Path, target: Path, *, browser: Path, as_of: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
    """Print a page.

    Parameters
    ----------
    page : Path
        HTML file; its static edition prints the same and is drawn sooner.
    target : Path
        The PDF to write.
    browser : Path
        From `find_browser`.
    as_of : str
        "YYYY-MM-DD" or "YYYY-MM-DDTHHMMZ"; the file is dated by it, as the clock's time would differ from run to run.
    timeout_seconds : float
        Longest time that it may take [s].

    Raises
    ------
    RunError
        If the browser failed or took too long; there is no file then.
    """
    with TemporaryDirectory(prefix="cohortiv-pdf-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, "made.pdf")
        said = _printed([str(browser), *_flags(Path(folder), made), page.resolve().as_uri()], timeout_seconds)
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            last = " ".join(said.split())[-300:] or "nothing"
            raise RunError(
                f"{browser.name} made no PDF of {page.name} and said: {last}. Try again, or publish without --pdf."
            )
        target.write_bytes(_steady(made.read_bytes(), as_of))


def _flags(folder: Path, made: Path) -> list[str]:
    """Flags of one run in a profile of its own; root, as in a container, can't have the sandbox."""
    is_root = os.name == "posix" and os.geteuid() == 0
    own = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={made}"]
    return [*_FLAGS, *own, *(["--no-sandbox"] if is_root else [])]


def _printed(command: list[str], timeout_seconds: float) -> str:
    """Run the browser, and give what it said; at the limit it ends with all its processes."""
    with subprocess.Popen(  # noqa: S603 - a browser from the search path, and flags of ours
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            return process.communicate(timeout=timeout_seconds)[1]
        except subprocess.TimeoutExpired as error:
            raise RunError(
                f"Printing the PDF took longer than {timeout_seconds:g} s and was ended. Try again when the machine is "
                "less busy, or publish without --pdf."
            ) from error
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def _steady(pdf: bytes, as_of: str) -> bytes:
    """Replace what differs from run to run: times, and the nodes of the page, which the browser counts from anywhere.

    All lengths and the order of the nodes stay, as the file's tables hold positions and sorted names.
    """
    digits = re.sub(r"\D", "", as_of).ljust(14, "0")
    first = min(map(int, _NODE.findall(pdf)), default=0)
    renumbered = _NODE.sub(lambda found: b"%08d" % (int(found[0]) - first), pdf)
    return _MADE_AT.sub(digits.encode(), renumbered)
