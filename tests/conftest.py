"""What all tests share: where real data and a browser are, and a switch that turns skipped tests into failures."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from cohort_support import Results

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_DATA = "COHORTIV_REAL_DATA"
FORBID_SKIPS = "COHORTIV_FORBID_SKIPS"
ALLOWED_SKIPS: frozenset[str] = frozenset()
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytest.register_assert_rewrite("market_cases")
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where ``COHORTIV_FORBID_SKIPS=1``; only the lack of real data stays an excuse.

    Parameters
    ----------
    report : pytest.TestReport or pytest.CollectReport
        Changed in place when it says "skipped". An expected failure is no skip.
    """
    if os.environ.get(FORBID_SKIPS) != "1" or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    no_real_data = REAL_DATA in reason and not os.environ.get(REAL_DATA)
    if no_real_data or report.nodeid in ALLOWED_SKIPS:
        return
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid} was skipped, and {FORBID_SKIPS}=1 allows no skip: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Refuse the skip of a test."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse the skip of a whole module."""
    report = yield
    refuse_skip(report)
    return report


@pytest.fixture(scope="session", autouse=True)
def _own_jupyter_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep kernels that tests start away from the settings and the history of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("jupyter-config")))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """Top folder of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data; the test is skipped where ``COHORTIV_REAL_DATA`` does not name one."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        pytest.skip(f"{REAL_DATA} is not set: this test reads real positions")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium executable; the test is skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: this test opens pages in it")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless Chromium, one for each test module, since Playwright keeps the thread's event loop running."""
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Empty page of a fresh browser context."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> "Results":
    """Results of made-up books by name, each made when it is first asked for."""
    from cohort_support import Results

    return Results(tmp_path_factory.mktemp("results"))
