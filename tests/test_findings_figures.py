"""Readings of figures where something is rounded, averaged or withheld, and the glossary."""

import math
import re
from dataclasses import replace

from cohort_support import ENGINE_WARNINGS, Results

from cohortiv.findings import about, figures, sensitivity

pytestmark = ENGINE_WARNINGS
NB = "\u00a0"


def test_figure_of_withstand_says_what_averages_hide(results: Results) -> None:
    """Lines nearer than the average are told from the published steps, as the share of the side."""
    words = figures.withstand(results.findings("solved"))
    assert "lines nearer than it go first" in words.note
    assert re.search(
        rf"By the steps of the ladder \d+{NB}%( to \d+{NB}%)? of what all (long|short)s hold", words.reading
    )


def test_curve_of_a_report_is_said_to_be_rounded(results: Results) -> None:
    """The share at the reference has no decimal that the curve does not have; an analyst's curve is exact."""
    rounded, exact = figures.hits(results.findings("one symbol")), figures.hits(results.findings("analyst"))
    assert "rounded to whole percent" in rounded.note
    assert re.search(rf"is about \d+{NB}%;", rounded.reading)
    assert exact.note == ""
    assert re.search(rf"is \d+\.\d{NB}%;", exact.reading)


def test_most_collateral_is_of_what_is_shown(results: Results) -> None:
    """A tier with one side withheld competes with its other side."""
    findings = results.findings("solved")
    told = findings.shown.tiers.assign(collateral_share=0.1)
    told.loc[told.index[0], "collateral_share"] = math.nan
    told.loc[told.index[1], "collateral_share"] = 0.3
    shown = replace(findings.shown, tiers=told)
    row = told.iloc[1]
    said = figures.distribution(replace(findings, shown=shown)).reading
    assert f"the largest part of the collateral shown lies behind {row['tier']} {row['side']}s (30.0{NB}%)" in said


def test_one_range_of_tiers_is_no_finding(results: Results) -> None:
    """Where all tiers are told together the title says so, and not that they hold everything."""
    findings = results.findings("solved")
    one = findings.shown.tiers.head(1).assign(tier="2-20x", share=1.0)
    words = figures.distribution(replace(findings, shown=replace(findings.shown, tiers=one)))
    assert words.title == "All leverage shown is one range of tiers: 2-20x"
    assert "Tiers from 2 to 20x are told together" in words.reading


def test_withheld_sensitivity_is_no_range(results: Results) -> None:
    """A parameter whose other values are withheld is named as withheld, not by its one value."""
    findings = results.findings("solved")
    table = findings.shown.sensitivity
    kept = table["is_default"] | (table["parameter"] != "Critical mass")
    hidden = table.assign(iv_index=table["iv_index"].where(kept))
    words = sensitivity.parameters(replace(findings, shown=replace(findings.shown, sensitivity=hidden)))
    assert "critical mass: withheld" in words.reading
    assert "Critical mass" not in words.title


def test_glossary_has_this_runs_critical_mass(results: Results) -> None:
    """Words that the report uses have a line each, with the numbers of this run."""
    told = about.glossary(results.findings("solved"))
    assert {"Margin unit", "Beta", "Kappa", "Cliff", "Depth"} <= set(re.findall(r"\*\*(.*?)\*\*", told))
    assert f"here 15{NB}%" in told
