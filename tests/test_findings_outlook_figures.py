"""Titles and readings of an outlook's figures."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_drivers as drivers
from cohortiv.findings import outlook_figures as figures
from cohortiv.findings import outlook_scores as scores
from cohortiv.findings.context import Words
from cohortiv.findings.outlook import key_figures
from cohortiv.findings.outlook_context import OutlookFindings
from cohortiv.plain import Written
from cohortiv.quantities import percent

pytestmark = ENGINE_WARNINGS
ALL = (
    figures.tiers, figures.fan, figures.concentration, figures.concentration_table, drivers.cases, drivers.case_table,
    drivers.products, drivers.waterfall, drivers.tornado, drivers.swings, drivers.sources, scores.backtests,
    scores.index_backtests,
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
    assert all(isinstance(row["median"], Written) for row in rows)


def test_measures_that_cannot_move_are_left_out() -> None:
    """And counted in the note."""
    f = findings()
    still = f.shown.concentration.assign(now=0.5, low=0.5, median=0.5, high=0.5)
    f = replace(f, shown=replace(f.shown, concentration=still))
    assert figures.concentration_rows(f) == []
    assert f"{len(still)} measure(s)" in figures.concentration_table(f).note


def test_an_axis_that_ends_below_the_band_says_so() -> None:
    """With the band's own end; else nothing."""
    f = findings()
    assert figures.fan(f).note == ""
    wide = replace(f, shown=replace(f.shown, index_fan=f.shown.index_fan.assign(high=450.0)))
    assert figures.fan(wide).note == "The axis ends at 300: the band or the past reaches 450.0."


def test_the_share_at_10x_is_a_mean_throughout() -> None:
    """In title, reading and key figure: means of tiers add up to it, so that no sentence points another way."""
    f = findings()
    ahead = f.outlook.projection
    mean = ahead.draws[:, np.asarray(ahead.edges) >= 10].sum(axis=1).mean()
    then = percent(float(mean), 0)
    assert f"{then} in the mean of draws" in figures.tiers(f).title
    assert f"In the mean of the draws it is {then} " in figures.concentration(f).reading
    assert key_figures(f)[-1]["value"] == then


def test_a_fan_is_taken_away_with_its_past() -> None:
    """The past first, then the draws, each date once in its part."""
    f = findings()
    past, fan = figures.index_history(f), f.shown.index_fan
    rows = figures.fan_rows(past, fan)
    assert list(rows["part"]) == ["past"] * len(past) + ["draws"] * len(fan)
    assert rows["value"].head(len(past)).tolist() == past["value"].tolist()
    assert rows["median"].tail(len(fan)).tolist() == fan["median"].tolist()
