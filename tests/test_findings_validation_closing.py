"""Limits, method and summary of a validation report."""

import json
from importlib.resources import files

import jsonschema  # type: ignore[import-untyped]
import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_closing as closing

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
def test_the_summary_fits_its_schema(kind: str) -> None:
    """All keys of the contract, and the verdict."""
    schema = json.loads(files("cohortiv").joinpath("schemas", "summary.schema.json").read_text(encoding="utf-8"))
    summary = closing.summary(findings(kind))
    jsonschema.validate(summary, schema)
    assert summary["code"] == findings(kind).series.frame["code"].iloc[-1]


def test_the_summary_tells_the_verdict_and_its_conditions() -> None:
    """A number that is not given is null."""
    told = closing.validation_values(findings("few"))
    assert told["verdict"] == "too few events"
    assert isinstance(told["conditions"], list)
    assert told["conditions"][0]["value"] is None
    assert isinstance(told["pairs"], list)
    assert told["pairs"][0]["auroc"] == {"value": None, "low": None, "high": None}


def test_limits_name_stand_ins_and_notes() -> None:
    """One sentence a line."""
    lines = closing.limits(findings("leads")).splitlines()
    assert "- Positions are SYNTHETIC." in lines
    assert "- Made-up index: open interest is stood in for by margin longs and shorts." in lines
    assert all(line.startswith("- ") and line.endswith(".") for line in lines)


def test_the_method_states_floor_and_resamples() -> None:
    """As they were in this run; DeLong is secondary."""
    said = closing.method(findings("leads"))
    assert "Below 10 independent events no metric is given" in said
    assert "60 stationary block bootstrap resamples" in said
    assert "secondary" in said


def test_directions_are_told_with_their_unit() -> None:
    """Of every signal that has one."""
    assert closing.directions(findings("leads")) == "- **IV Index** (%): less volatility is enough."


def test_about_names_the_versions() -> None:
    """Rules, outcomes and events."""
    said = closing.about(findings("leads"))
    assert "Rules verdict-1, outcomes outcomes-1, dated events events-small." in said
    assert "A small study (small)" in said
    assert "positions.parquet, bars.csv (SYNTHETIC)" in said
