"""Sentences: what is said of every kind of result, with numbers that are computed and nothing that is hidden."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results, assessed, book

from cohortiv.assessment.coverage import MISSING, CoveredVenue
from cohortiv.config.cohort import Privacy
from cohortiv.findings import Findings, Words, about, figures, headline, read_previous, sensitivity, tables
from cohortiv.plain import Written
from cohortiv.publication import publish
from cohortiv.quantities import points
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS
FIGURES: dict[str, Callable[[Findings], Words]] = {
    each.__name__: each
    for each in (
        figures.gauge, figures.history, figures.hits, figures.distribution, figures.ladder, figures.makeup,
        figures.tiers, figures.withstand, sensitivity.parameters,
    )
}  # fmt: skip
NB = "\u00a0"
TIERS_OF_OTHERS = (("2x", 5.0), ("3x", 5.0), ("3x", math.nan))


def all_text(findings: Findings) -> str:
    """Everything that is said."""
    said = [about.method(findings), about.limits(findings), about.about(findings), about.quality(findings)]
    for words in (figure(findings) for figure in FIGURES.values()):
        said += [words.title, words.subtitle, words.note, words.reading]
    said += [json.dumps(headline(findings), default=str), str(tables.quality_rows(findings))]
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
        (
            "unreachable",
            "The critical mass of 90\u00a0% cannot be reached, so the IV Index is 0: 100.0\u00a0% of the leveraged",
        ),
        ("nothing leveraged", "No code can be given: nothing is leveraged."),
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
    assert ", +2.5 since the issue of 11 February 2026" in said


def test_where_a_venue_is_missing_there_is_no_change(results: Results) -> None:
    """What a venue less makes of the index is none; which one it is stands in its place."""
    now = results["solved"]
    before: dict[str, Any] = summarise(now) | {"iv_index": now.iv_index - 2.5, "as_of": "2026-02-11T12:00:00Z"}
    found = results.findings("solved", previous=before)
    for names, told in ((("okx",), "okx, which is missing"), (("gate", "okx"), "gate and okx, which are missing")):
        venues = tuple(CoveredVenue(name, MISSING, None) for name in names)
        result = replace(found.result, reading=replace(found.result.reading, venues=venues))
        said = str(headline(replace(found, result=result))["sentence"])
        assert f", without {told}: " in said
        assert "since the issue" not in said


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
    assert "against 11 February 2026: code from Green to" in said
    assert "accounts from 99 to 120" in said
    assert f"critical mass from 10{NB}% to 15{NB}%" in said


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
    shown, rows = tables.tier_table(findings), findings.shown.tier_rows
    assert shown["notional_usd"].sum() == pytest.approx(rows["notional_usd"].sum())
    assert {column for column, *_ in tables.TIER_COLUMNS} <= set(shown.columns)


def test_quality_begins_with_what_looks_wrong(tmp_path: Path) -> None:
    """A reader learns it before the privacy rule, and without a number of rows."""
    frame = book(120, symbols=("BTC",))
    result = assessed(tmp_path, frame.assign(mark_price=frame["mark_price"].where(frame.index > 0, 50_000.0)))
    told = about.quality(Findings(result, publish(result)))
    assert told.startswith(
        f"**The data look wrong**: Marks of one symbol differ by more than 1{NB}% within the snapshot.\n\nNo row was"
    )


def test_quality_names_the_privacy_rule(results: Results) -> None:
    """The reader learns what a published cell needs."""
    found = results.findings("solved")
    assert "at least 10 accounts, none with more than 50\u00a0% of it" in about.quality(found)
    for privacy, told in {
        Privacy(min_accounts=2, max_account_share=1.0): "A published cell has at least 2 accounts; smaller cells",
        Privacy(min_accounts=1, max_account_share=1.0): "withholds nothing: a cell may be one account",
    }.items():
        cohort = found.result.reading.cohort.model_copy(update={"privacy": privacy})
        result = replace(found.result, reading=replace(found.result.reading, cohort=cohort))
        assert told in about.quality(replace(found, result=result))


def test_no_previous_issue_is_none(tmp_path: Path) -> None:
    """An empty path stands for none; a file is read."""
    assert read_previous("") is None
    (tmp_path / "summary.json").write_text('{"code": "red"}', encoding="utf-8")
    assert read_previous(str(tmp_path / "summary.json")) == {"code": "red"}


def test_infinite_index_is_kept_for_the_page(results: Results) -> None:
    """The headline takes infinity as it is, and no index as None."""
    assert math.isinf(headline(results.findings("past"))["iv_index"])
    assert headline(results.findings("nothing leveraged"))["iv_index"] is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "IV Index risk report"),
        ({"critical_mass": 0.1}, f"with critical mass 10.0{NB}% instead of 15.0{NB}%"),
        ({"horizon_days": 14.0}, "with horizon 14 days instead of 7"),
        ({"symbol": "ETH"}, "IV Index risk report"),
    ],
)
def test_unusual_definition_is_said_first(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """What differs from the usual definition follows the name of the series; ETH's own reference is usual for ETH."""
    result = assessed(tmp_path, book(60), **changes)
    assert str(headline(Findings(result, publish(result)))["series"]).endswith(said)


def test_sentence_counts_the_rows_of_the_table(tmp_path: Path) -> None:
    """With more symbols than the table names, its rows are fewer than the published cells."""
    symbols = ("BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "ADA", "LTC")
    frame = pd.concat(
        [book(60, symbols=("BTC",)).assign(symbol=name, mark_price=1.0, entry_price=1.0) for name in symbols]
    )
    frame["account_id"] = [f"a{number}" for number in range(len(frame))]
    frame = frame.assign(quantity=1_000.0, liquidation_price=lambda f: f["side"].map({"long": 0.8, "short": 1.2}))
    result = assessed(tmp_path, frame, max_excluded=1.0)
    findings = Findings(result, publish(result))
    table = tables.tier_table(findings)
    assert len(table) < len(findings.shown.tier_rows)
    assert f"in {(table['side'] == 'short').sum()} rows of the table" in figures.tiers(findings).reading


def test_excluded_rows_of_one_account_are_said_without_a_number(tmp_path: Path) -> None:
    """Sentence and table agree that the number is withheld."""
    odd = book(3).assign(account_id="one", symbol=["A", "B", "C"])
    result = assessed(tmp_path, pd.concat([book(80), odd]), max_excluded=1.0)
    findings = Findings(result, publish(result))
    assert about.quality(findings).startswith("Rows of fewer than 10 accounts were excluded; ")
    values = {row["figure"]: row["value"] for row in tables.quality_rows(findings)}
    assert values["Rows excluded"] == values["Rows read"] == Written(None, "withheld")


def test_a_grey_result_has_no_interval_and_no_probability(results: Results) -> None:
    """Under Grey neither the first screen nor the gauge shows how sure a code would be."""
    findings = results.findings("few units")
    first = headline(findings)
    assert findings.result.uncertainty is not None
    assert (first["iv_index"], first["interval"], first["key_figures"][0]["context"]) == (None, None, "no code")
    assert findings.index[["low", "high"]].isna().all(axis=None)
    assert "probability of Green" not in figures.gauge(findings).reading


def test_mass_out_of_reach_says_how_much_has_lines(results: Results) -> None:
    """Where too little has a line, the sentence says how much has one."""
    result = results["unreachable"]
    findings = Findings(result, replace(publish(result), share_without_line=0.9))
    assert "the IV Index is 0: at most 10.0\u00a0% of the leveraged notional has" in headline(findings)["sentence"]


def test_one_snapshot_is_no_history(results: Results) -> None:
    """A single snapshot draws nothing; several are drawn."""
    assert results.findings("one symbol").history.empty
    assert len(results.findings("solved").history) == 3


def test_single_rows_of_other_symbols_stay_whole(results: Results) -> None:
    """What is not added up keeps its line and its accounts; a sum has neither, nor collateral withheld in part."""
    findings = results.findings("solved")
    row = {"symbol": "other", "side": "long", "tier_floor": 2.0, "share": 0.1, "notional_usd": 1.0, "accounts": 20}
    row |= {"contribution": 0.1, "swing": 0.5, "withstand_volatility": 3.6, "weighted_liquidation_price": math.nan}
    rows = pd.DataFrame([row | {"tier": tier, "collateral_usd": usd} for tier, usd in TIERS_OF_OTHERS])
    table = tables.tier_table(replace(findings, shown=replace(findings.shown, tier_rows=rows)))
    shown = table.set_index("tier")[["withstand_volatility", "accounts", "collateral_usd", "share"]]
    assert list(shown.loc["2x"]) == [3.6, 20.0, 5.0, 0.1]
    assert shown.loc["3x", "share"] == pytest.approx(0.2)
    assert shown.loc[["3x"], ["withstand_volatility", "accounts", "collateral_usd"]].isna().all(axis=None)


def test_figure_of_withstand_agrees_with_the_table(results: Results) -> None:
    """The tier named as withstanding least is the least of the table."""
    findings = results.findings("solved")
    rows = tables.tier_table(findings).dropna(subset="withstand_volatility")
    least = rows.sort_values("withstand_volatility").iloc[0]
    named = f"On average {least['symbol']} {least['side']}s at {least['tier']} withstand least: "
    assert figures.withstand(findings).title.startswith(named)


@pytest.mark.parametrize(("withheld", "said"), [(True, "a part that may not be shown"), (False, "none")])
def test_a_side_without_lines_is_not_a_side_withheld(results: Results, *, withheld: bool, said: str) -> None:
    """Where no step above the mark is shown, the reading tells apart nothing held and nothing told."""
    findings = results.findings("one symbol")
    steps, nodes = findings.shown.ladder, findings.result.nodes
    shown = replace(findings.shown, ladder=steps[steps["move_high"] <= 0])
    result = findings.result if withheld else replace(findings.result, nodes=nodes[nodes["distance"] < 0])
    reading = figures.ladder(Findings(result, shown)).reading
    assert f"those above it {said}; " in reading


def test_a_mass_past_its_lines_has_no_volatility_and_no_move(results: Results) -> None:
    """Title, reading and key figures say that it is past its lines, where they had a volatility and moves of 0 %."""
    findings = results.findings("past")
    past = f"15{NB}% of notional is already past its lines"
    assert figures.hits(findings).title == figures.ladder(findings).title == past
    assert figures.ladder(findings).reading.endswith(". The critical mass is already past its lines.")
    contexts = [figure["context"] for figure in headline(findings)["key_figures"][1:4]]
    assert contexts == ["the critical mass is already past its lines"] * 3


@pytest.mark.parametrize(
    ("rows", "said"), [(0, "Shorts hold none of the leveraged notional."), (1, "in 1 row of the table.")]
)
def test_rows_of_shorts_are_counted_in_words(results: Results, rows: int, said: str) -> None:
    """One row is a row, and no row is none."""
    findings = results.findings("one symbol")
    held = findings.shown.tier_rows
    few = pd.concat([held[held["side"] == "long"], held[held["side"] == "short"].head(rows)])
    words = figures.tiers(replace(findings, shown=replace(findings.shown, tier_rows=few)))
    assert words.reading.endswith(said)


def test_an_index_of_many_digits_is_over_a_thousand(results: Results) -> None:
    """Neither the index nor its interval is told to digits that mean nothing."""
    findings = results.findings("one symbol")
    sure = findings.result.uncertainty
    assert sure is not None
    wide = replace(sure, interval=replace(sure.interval, low=3e8, high=5e8))
    told = replace(findings, result=replace(findings.result, iv_index=4e8, uncertainty=wide))
    assert headline(told)["key_figures"][0]["value"] == "over 1,000"
    assert headline(told)["key_figures"][0]["context"] == "90 % interval over 1,000"
    assert "the index is over 1,000 with 90" in figures.gauge(told).reading


@pytest.mark.parametrize(("before", "said"), [(0.0, "was lower"), (1e6, "was not lower")])
def test_one_snapshot_before_has_no_rank(results: Results, before: float, said: str) -> None:
    """Against a single earlier snapshot the index stands higher or not."""
    findings = results.findings("solved")
    two = findings.shown.history.tail(2).assign(iv_index=[before, findings.result.iv_index])
    sentence = str(headline(replace(findings, shown=replace(findings.shown, history=two)))["sentence"])
    assert sentence.endswith(f"; the index {said} in the snapshot before.")


def told_parts(findings: Findings, parts: Sequence[float]) -> Words:
    """Words on what makes up the critical mass, with other contributions of the first tiers, and NaN for the rest."""
    tiers = findings.shown.tiers
    column = pd.Series(parts, index=tiers.index[: len(parts)]).reindex(tiers.index)
    shown = replace(findings.shown, tiers=tiers.assign(contribution=column))
    return figures.makeup(replace(findings, shown=shown))


def test_makeup_says_what_is_not_drawn(results: Results) -> None:
    """A withheld part has its share in the note, and no sum over it is told."""
    words = told_parts(results.findings("solved"), (0.6, 0.1))
    assert "give 60\u00a0% of the critical mass" in words.title
    assert "30.0\u00a0% is not drawn" in words.note
    assert "Longs give" not in words.reading
    assert "Tiers of" not in words.reading


def test_makeup_that_may_not_be_told(results: Results) -> None:
    """Where every part is withheld the figure says so, and not that there is no critical mass."""
    words = told_parts(results.findings("solved"), ())
    assert words.title == "What makes up the critical mass is withheld"
