"""Sentences: what is said of every kind of result, with numbers that are computed and nothing that is hidden."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results, assessed, book

from cohortiv.findings import Findings, Words, about, figures, headline, read_previous
from cohortiv.publication import publish
from cohortiv.quantities import points
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS
FIGURES: dict[str, Callable[[Findings], Words]] = {
    each.__name__: each
    for each in (
        figures.gauge, figures.history, figures.hits, figures.distribution, figures.ladder, figures.makeup,
        figures.tiers, figures.withstand, figures.sensitivity,
    )
}  # fmt: skip
NB = "\u00a0"


def all_text(findings: Findings) -> str:
    """Everything that is said."""
    said = [about.method(findings), about.limits(findings), about.about(findings), about.quality(findings)]
    for words in (figure(findings) for figure in FIGURES.values()):
        said += [words.title, words.subtitle, words.note, words.reading]
    said += [json.dumps(headline(findings), default=str), json.dumps(about.quality_rows(findings))]
    return "\n".join(said)


@pytest.mark.parametrize("case", CASES)
def test_every_result_can_be_told(results: Results, case: str) -> None:
    """No sentence of any result holds a NaN, a None, an account or a doubled mark."""
    text = all_text(results.findings(case))
    found = re.findall(r"\bnan\b|\bNone\b|account-0\d*|\.\.|boths|\binf\b|Timestamp|1970|none to|[{]\w+[}]", text)
    assert found == []


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("case", CASES)
def test_words_of_a_figure(results: Results, case: str, name: str) -> None:
    """Title of about ten words, a subtitle with measure, cohort and time, a reading that ends."""
    words = FIGURES[name](results.findings(case))
    assert 0 < len(words.title.split()) <= 13
    assert "All accounts" in words.subtitle
    assert words.reading.endswith(".")
    assert set(words.caption) == {"name", "title", "subtitle", "source", "note"}


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("past", "The IV Index is infinite: "),
        ("unreachable", "The IV Index is 0: no volatility brings 90\u00a0% of the leveraged notional"),
        ("nothing leveraged", "No code can be given: Nothing is leveraged."),
        ("few units", "No code can be given: "),
    ],
)
def test_sentences_of_degenerate_results(results: Results, case: str, sentence: str) -> None:
    """Each says plainly why there is no ordinary number."""
    assert str(headline(results.findings(case))["sentence"]).startswith(sentence)


def test_sentence_of_a_solved_result(results: Results) -> None:
    """Number, code, change since the snapshot before, what it means, and where it stands among those before."""
    findings = results.findings("solved")
    said = str(headline(findings)["sentence"])
    assert said.startswith(f"The IV Index stands at {points(findings.result.iv_index)} (")
    assert "since 11 February 2026: within 7 days an annualised volatility of" in said
    assert "of the 2 snapshots before." in said


def test_change_is_against_the_previous_issue(results: Results) -> None:
    """The issue before comes first, the snapshot before only where there is none."""
    now = results["solved"]
    before: dict[str, Any] = summarise(now) | {"iv_index": now.iv_index - 2.5, "as_of": "2026-02-11T12:00:00Z"}
    said = headline(results.findings("solved", previous=before))["sentence"]
    assert ", +2.5 since the issue of 2026-02-11" in said


@pytest.mark.parametrize("changed", [{"critical_mass": 0.1}, {"horizon_days": 3.0}, {"iv_index": "inf"}])
def test_issue_that_cannot_be_compared_is_not(results: Results, changed: dict[str, object]) -> None:
    """An index by other parameters, or an infinite one, has no difference from this one."""
    before = summarise(results["solved"]) | {"as_of": "2026-02-11T12:00:00Z"} | changed
    said = headline(results.findings("solved", previous=before))["sentence"]
    assert "since the issue" not in said


def test_about_tells_what_changed_since_the_previous_issue(results: Results) -> None:
    """Code, notional, accounts, parameters and method are compared."""
    now = summarise(results["solved"])
    before = now | {"code": "green", "accounts": 99, "critical_mass": 0.1, "as_of": "2026-02-11T12:00:00Z"}
    said = about.about(results.findings("solved", previous=before))
    assert "against 2026-02-11: code from green to" in said
    assert "accounts from 99 to 120" in said
    assert f"critical mass from 10.0{NB}% to 15.0{NB}%" in said


def test_about_says_when_nothing_changed(results: Results) -> None:
    """No change is a statement too, and so is a first issue."""
    now = summarise(results["solved"])
    same = about.about(results.findings("solved", previous=now))
    assert "code, notional, accounts, parameters and method are the same." in same
    assert "this is the first issue in its folder." in about.about(results.findings("solved"))


def test_key_figures_are_five(results: Results) -> None:
    """Index, volatility, fall, rise and notional, each with its context."""
    found = headline(results.findings("one symbol"))["key_figures"]
    assert [figure["label"] for figure in found] == [
        "IV Index", "Critical volatility", "Critical drawdown", "Critical rally", "Leveraged notional",
    ]  # fmt: skip
    assert f"mark 60,000{NB}USD" in found[2]["context"]


def test_high_leverage_is_of_published_tiers_only(results: Results) -> None:
    """The share at high leverage is a sum of published tiers, and names the edge from which it counts."""
    findings = results.findings("solved")
    tiers = findings.shown.tiers
    edge = tiers.loc[tiers["tier_floor"] >= 10, "tier_floor"].min()
    share = tiers.loc[tiers["tier_floor"] >= edge, "share"].sum()
    assert (
        figures.distribution(findings).title
        == f"{100 * share:.0f}{NB}% of leveraged notional stands at {edge:g}x or more"
    )


def test_sides_that_are_not_told_apart_are_not_spoken_of(tmp_path: Path) -> None:
    """With three shorts no sentence gives the longs' or the shorts' share."""
    frame = book(60).assign(side="long")
    frame.loc[:2, "side"] = "short"
    result = assessed(tmp_path, frame)
    findings = Findings(result, publish(result))
    for name in ("distribution", "makeup", "tiers"):
        words = FIGURES[name](findings)
        assert "Longs give" not in words.reading
        assert "Long positions are" not in words.reading
        assert "Shorts hold" not in words.reading
        assert "boths" not in words.title


def test_tier_table_adds_up_small_symbols(results: Results) -> None:
    """The shown table has the totals of all rows."""
    findings = results.findings("solved")
    shown, rows = about.tier_table(findings), findings.shown.tier_rows
    assert shown["notional_usd"].sum() == pytest.approx(rows["notional_usd"].sum())
    assert {column for column, *_ in about.TIER_COLUMNS} <= set(shown.columns)


def test_quality_names_the_privacy_rule(results: Results) -> None:
    """The reader learns what a published cell needs."""
    assert "at least 10 accounts, none with more than 50\u00a0% of it" in about.quality(results.findings("solved"))


def test_no_previous_issue_is_none(tmp_path: Path) -> None:
    """An empty path stands for none; a file is read."""
    assert read_previous("") is None
    (tmp_path / "summary.json").write_text('{"code": "red"}', encoding="utf-8")
    assert read_previous(str(tmp_path / "summary.json")) == {"code": "red"}


def test_infinite_index_is_kept_for_the_page(results: Results) -> None:
    """The headline takes infinity as it is, and no index as None."""
    assert math.isinf(headline(results.findings("past"))["iv_index"])
    assert headline(results.findings("nothing leveraged"))["iv_index"] is None
