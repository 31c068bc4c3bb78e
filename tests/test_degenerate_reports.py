"""Reports on cohorts in which there is little or nothing to show: every cell of the notebook still has its output."""

import json
import re
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import vl_convert
from cohort_support import AS_OF, ENGINE_WARNINGS, TIMES, book, out_of_reach, past_lines, unleveraged, write
from conftest import REPOSITORY
from report_support import shown_by

from cohortiv import outputs
from cohortiv.assets import asset
from cohortiv.report.run import run_notebook

pytestmark = ENGINE_WARNINGS

NOTEBOOK = REPOSITORY / "notebooks" / "risk-report.ipynb"
ACCOUNTS = 80
FIGURES = 11
SAID = re.compile(r"\*\*[^*]+\.\*\*")


def without_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """The same positions, of which the venue says that they have no line."""
    return frame.assign(liquidation_price_known=True, liquidation_price=np.nan)


def all_past(frame: pd.DataFrame) -> pd.DataFrame:
    """The same positions, every one past the line that the venue supplies."""
    side = np.where(frame["side"] == "long", 1.2, 0.8)
    return frame.assign(liquidation_price_known=True, liquidation_price=side * frame["mark_price"])


def far_shorts(frame: pd.DataFrame) -> pd.DataFrame:
    """Shorts alone, with lines at fifty times the mark."""
    return out_of_reach(frame).assign(liquidation_price_known=True, liquidation_price=50 * frame["mark_price"])


BOOKS = {
    "nothing leveraged": unleveraged(book(ACCOUNTS)),
    "never leveraged": unleveraged(book(ACCOUNTS, times=TIMES)),
    "no lines": without_lines(book(ACCOUNTS)),
    "no lines, one symbol": without_lines(book(ACCOUNTS, symbols=("BTC",))),
    "past": past_lines(book(ACCOUNTS)),
    "all past": all_past(book(ACCOUNTS)),
    "all past, one symbol": all_past(book(ACCOUNTS, symbols=("BTC",))),
    "far shorts": far_shorts(book(ACCOUNTS)),
    "far shorts, one symbol": far_shorts(book(ACCOUNTS, symbols=("BTC",))),
    "one snapshot": book(ACCOUNTS),
}
"""Made-up positions by what is odd about them."""

SAID_IN_WORDS = {
    "nothing leveraged": 10,
    "never leveraged": 9,
    "no lines": 5,
    "no lines, one symbol": 5,
    "past": 6,
    "all past": 4,
    "all past, one symbol": 4,
    "far shorts": 4,
    "far shorts, one symbol": 4,
    "one snapshot": 2,
}
"""Figures of each report that have nothing to draw."""


def shown_of(positions: str) -> list[outputs.Bundle]:
    """Every output of the notebook on a file of positions, run in this process."""
    first, *others = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    names: dict[str, object] = {}
    exec(first, names)  # noqa: S102 - our own notebook, without the seconds that a kernel takes
    names |= {"positions": positions, "as_of": AS_OF, "run_id": "run"}
    return shown_by(partial(exec, "\n".join(others), names))


@pytest.fixture(scope="module", params=BOOKS)
def case(request: pytest.FixtureRequest) -> str:
    """Name of a book."""
    return str(request.param)


@pytest.fixture(scope="module")
def bundles(case: str, tmp_path_factory: pytest.TempPathFactory) -> list[outputs.Bundle]:
    """Outputs of the report on a book."""
    return shown_of(write(tmp_path_factory.mktemp("positions"), BOOKS[case]))


def drawn(bundles: list[outputs.Bundle]) -> list[outputs.Bundle]:
    """The outputs that are figures."""
    return [bundle for bundle in bundles if outputs.FIGURE_MIME in bundle.data]


def test_each_figure_is_drawn_or_said_in_words(case: str, bundles: list[outputs.Bundle]) -> None:
    """A figure without a value to draw is a sentence, every other is a chart."""
    said = [bundle for bundle in bundles if SAID.fullmatch(str(bundle.data["text/plain"]))]
    assert (len(said), len(drawn(bundles))) == (SAID_IN_WORDS[case], FIGURES - SAID_IN_WORDS[case])


def test_report_reaches_its_summary(bundles: list[outputs.Bundle]) -> None:
    """The last output is the summary, which proves that the notebook got there."""
    assert outputs.SUMMARY_MIME in bundles[-1].data


def test_no_text_says_nan(bundles: list[outputs.Bundle]) -> None:
    """Neither a sentence nor a title nor an alt text holds a missing number."""
    words = " ".join(f"{bundle.data['text/plain']} {bundle.metadata}" for bundle in bundles)
    assert not re.search(r"\bnan\b", words, re.IGNORECASE)


def test_every_chart_compiles(bundles: list[outputs.Bundle]) -> None:
    """Vega draws each figure, without a coordinate that is no number."""
    specifications = [json.dumps(bundle.data[outputs.FIGURE_MIME]) for bundle in drawn(bundles)]
    drawings = [str(vl_convert.vegalite_to_svg(specification)) for specification in specifications]
    assert not [drawing for drawing in drawings if "NaN" in drawing]


def test_report_on_nothing_leveraged_runs_in_a_kernel(tmp_path: Path) -> None:
    """Papermill runs the notebook to its end on a cohort without leverage."""
    positions = write(tmp_path, BOOKS["nothing leveraged"])
    ran = run_notebook(
        asset("notebooks") / "risk-report.ipynb",
        parameters={"positions": positions, "as_of": AS_OF, "run_id": "run"},
        keep_failed=tmp_path / "failed.ipynb",
    )
    assert outputs.SUMMARY_MIME in ran.cells[-1].outputs[-1].data
