"""Where an issue stands in its series: what changed, and what its data lack."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from cohort_support import ENGINE_WARNINGS, Results

from cohortiv.config.cohort import Limits
from cohortiv.findings import Findings, issue
from cohortiv.findings.issue import shortfalls
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS


def before(results: Results, **changes: object) -> dict[str, Any]:
    """Summary of an issue a day earlier that differs by the given entries."""
    return summarise(results["solved"]) | {"as_of": "2026-02-11T12:00:00Z"} | changes


def told(findings: Findings) -> dict[str, Any]:
    """What the summary says of the issue."""
    said = issue(findings)["issue"]
    assert isinstance(said, dict)
    return said


def test_first_issue_is_published(results: Results) -> None:
    """There is nothing to compare with."""
    assert told(results.findings("solved")) == {"state": "published", "reasons": [], "since": None, "changes": []}


def test_changes_are_told_with_both_values(results: Results) -> None:
    """Code, index and coverage, each from and to; what stayed is not named."""
    said = told(results.findings("solved", previous=before(results, code="green", iv_index=12.34, accounts=119)))
    assert said["since"] == "2026-02-11T12:00:00Z"
    assert said["changes"][0].startswith("code from Green to ")
    assert said["changes"][1].startswith("IV Index from 12.3 to ")
    assert said["changes"][2:] == ["accounts from 119 to 120"]


@pytest.mark.parametrize("index", [None, "inf"])
def test_any_index_can_be_compared(results: Results, index: object) -> None:
    """An issue without an index, or with an infinite one, is compared like any other."""
    said = told(results.findings("solved", previous=before(results, iv_index=index)))
    assert said["changes"][0].startswith("IV Index from ")


@pytest.mark.parametrize(
    ("entry", "value", "reason"),
    [
        ("accounts", 240, "Accounts fell by 50\u00a0% since the previous issue"),
        ("symbols", ["BTC", "ETH", "SOL", "XRP"], "Symbols fell by "),
        ("leveraged_notional_usd", 1e12, "Usable notional fell by 100\u00a0% since the previous issue"),
    ],
)
def test_drop_of_coverage_degrades(results: Results, entry: str, value: object, reason: str) -> None:
    """Notional, accounts and symbols that shrank by more than the limit are named."""
    said = told(results.findings("solved", previous=before(results, **{entry: value})))
    assert said["state"] == "degraded"
    assert said["reasons"][0].startswith(reason)


def test_small_drop_and_rise_do_not_degrade(results: Results) -> None:
    """A fall of exactly the limit is allowed, and growth is none."""
    assert told(results.findings("solved", previous=before(results, accounts=150)))["state"] == "published"
    assert told(results.findings("solved", previous=before(results, accounts=1)))["state"] == "published"


def test_limit_is_the_cohorts(results: Results) -> None:
    """The cohort's file says how large a fall may be."""
    findings = results.findings("solved", previous=before(results, accounts=240))
    cohort = findings.result.reading.cohort.model_copy(update={"limits": Limits(max_coverage_drop=0.6)})
    reading = replace(findings.result.reading, cohort=cohort)
    patient = replace(findings, result=replace(findings.result, reading=reading))
    assert list(shortfalls(patient)) == []


def test_brackets_of_a_later_time_degrade(results: Results) -> None:
    """Rows served by brackets that came into force only later are told above the limit."""
    findings = results.findings("solved")
    for share, expected in ((0.1, 0), (0.25, 1)):
        reading = replace(findings.result.reading, early_share=share)
        late = replace(findings, result=replace(findings.result, reading=reading))
        assert len(list(shortfalls(late))) == expected


def test_issue_without_code_is_not_published(results: Results) -> None:
    """The reasons are those for which there is no code."""
    said = told(results.findings("few units"))
    assert said["state"] == "not published"
    assert said["reasons"] == list(results["few units"].grey)


def test_issue_follows_the_schema(results: Results) -> None:
    """What is said has the entries that the schema of a summary lists."""
    schema = json.loads(files("cohortiv").joinpath("schemas/summary.schema.json").read_text(encoding="utf-8"))
    listed = schema["properties"]["issue"]
    said = told(results.findings("solved"))
    assert said.keys() == listed["properties"].keys()
    assert said["state"] in listed["properties"]["state"]["enum"]
