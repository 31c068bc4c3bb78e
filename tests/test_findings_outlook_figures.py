"""Titles and readings of an outlook's figures."""

from collections.abc import Callable

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_figures as figures
from cohortiv.findings.context import Words
from cohortiv.findings.outlook import OutlookFindings

pytestmark = ENGINE_WARNINGS
ALL = (
    figures.tiers, figures.fan, figures.concentration, figures.concentration_table, figures.cases, figures.case_table,
    figures.products, figures.waterfall, figures.tornado, figures.swings, figures.backtests,
)  # fmt: skip


@pytest.mark.parametrize("strands", [(), ("history",)], ids=["all strands", "history alone"])
@pytest.mark.parametrize("words", ALL, ids=lambda words: words.__name__)
def test_every_figure_has_a_title_and_its_date(
    words: Callable[[OutlookFindings], Words], strands: tuple[str, ...]
) -> None:
    """Also where strands are switched off."""
    found = words(findings(*strands))
    assert found.title
    assert "to 30 September 2026" in found.subtitle
    assert "nan" not in f"{found.title} {found.reading} {found.note}"


def test_rules_stand_with_their_probability() -> None:
    """Strands have none."""
    names = list(figures.case_rows(findings())["case"])
    assert names[0] == "History alone"
    assert [name for name in names if name.startswith("Rule: 10x (")] != []


def test_the_past_is_a_line_of_values() -> None:
    """One a snapshot, today's last."""
    f = findings()
    past = figures.index_history(f)
    assert list(past.columns) == ["as_of", "value"]
    assert past["value"].iloc[-1] == pytest.approx(f.base.result.iv_index)


def test_concentration_is_written_in_its_units() -> None:
    """Shares in percent, indices with two decimals."""
    rows = figures.concentration_rows(findings())
    assert len(rows) >= 2
    assert all(len(row) == len(figures.CONCENTRATION_COLUMNS) for row in rows)
