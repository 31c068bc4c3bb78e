"""The what-if panel: what one movement of a control displays."""

from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS, Results
from report_support import shown_by

from cohortiv.live_panel import LivePanel, live_panel

pytestmark = ENGINE_WARNINGS
MARKDOWN = "text/markdown"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> LivePanel:
    """A panel on a book of one symbol."""
    return live_panel(Results(Path(tmp_path_factory.mktemp("panel")))["one symbol"])


def asked(panel: LivePanel, cap: float | None = None) -> tuple[str, str]:
    """Sentence and title of one answer."""
    depth = panel.depths[1][1]
    said, figure = shown_by(
        lambda: panel.show(shock=0.05, depth_usd=depth, critical_mass=0.15, leverage_cap=cap)
    )  # fmt: skip
    return str(said.data[MARKDOWN]), str(figure.metadata["cohortiv"])


def test_an_answer_is_a_sentence_and_a_figure(panel: LivePanel) -> None:
    """Index and code, where the shock ends both ways, and the cliffs; the figure has title, alt text and data."""
    said, figure = asked(panel)
    assert said.startswith("**IV Index ")
    assert "A fall of 5\u00a0% becomes " in said
    assert "Cliffs: " in said
    assert "'alt': 'Line chart. Total move in %" in figure
    assert "direction,name,shock,total_move" in figure


def test_a_cap_is_said_and_changes_the_answer(panel: LivePanel) -> None:
    """At most 5x is another cohort."""
    assert "leverage capped at 5x" in asked(panel, 5.0)[0]
    assert asked(panel, 5.0)[0].split(")")[0] != asked(panel)[0].split(")")[0]


def test_choices_have_words(panel: LivePanel) -> None:
    """Caps and depths to offer, the first cap being none."""
    assert panel.caps[0] == ("none", None)
    assert panel.caps[-1] == ("5x", 5.0)
    assert [depth for _, depth in panel.depths] == sorted(depth for _, depth in panel.depths)
    assert not any(words.endswith("USD") for words, _ in panel.depths)
