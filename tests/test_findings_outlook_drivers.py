"""What an outlook depends on, in titles, readings and rows."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_drivers as drivers
from cohortiv.findings.outlook_context import find
from cohortiv.plain import Written

pytestmark = ENGINE_WARNINGS


def test_rules_stand_with_their_probability() -> None:
    """Strands have none."""
    names = list(drivers.case_rows(findings())["case"])
    assert names[0] == "History alone"
    assert "Rule: 10x (50\u00a0%)" in names
    assert "Products: only perpetuals move" in names


def test_one_strand_is_a_sentence() -> None:
    """Without adoption and rules there is nothing to compare, with distances or without."""
    assert drivers.has_one_case(findings("history"))
    assert not drivers.has_one_case(findings())
    assert drivers.cases(findings("history")).reading.startswith("History is the only strand that acts")


def test_without_any_strand_there_is_a_sentence() -> None:
    """All switched off: no case is lowest or highest."""
    some = findings()
    none = find(some.base, replace(some.shown, cases=some.shown.cases.head(0)))
    assert drivers.cases(none).reading == drivers.NO_STRAND


def test_cases_are_ranked_beyond_the_error_of_their_difference() -> None:
    """And not where they are alike."""
    some = findings()
    assert drivers.cases(some).reading.startswith("Lowest in “10x”")
    alike = find(some.base, replace(some.shown, cases=some.shown.cases.assign(median=40.0)))
    assert drivers.cases(alike).reading.startswith("No two medians differ by more than the error")


def test_a_case_says_its_difference_where_it_is_known() -> None:
    """The outlook itself is the same as stated; the CSV holds the number."""
    rows = drivers.case_table_rows(findings()).set_index("case")["effect"]
    assert rows["History + adoption + regulation"] == Written(0.0, "the same")
    assert rows["Rule: 10x"].words.startswith("−")
    assert isinstance(rows["Rule: 10x"].value, float)


def test_where_no_code_is_told_the_cases_say_so() -> None:
    """In the note, with the reason."""
    some = findings()
    grey = replace(some, shown=replace(some.shown, code_probability=None, uncoded="the snapshot is Grey"))
    assert drivers.cases(grey).note.endswith("No codes: the snapshot is Grey.")


def test_effects_are_told_beyond_their_error() -> None:
    """Small ones as such."""
    assert drivers._effect(0.4, error=0.5) == "no visible effect"
    assert drivers._effect(-0.4, error=0.1) == "−0.4"
    assert drivers._effect(0.02, error=0.01) == "under 0.1"
    assert drivers._effect(math.nan, error=math.nan) == "no number"


def test_products_of_the_data_stand_beside_the_assumed_ones() -> None:
    """Without positions they are not known; where no weight moves there is no row."""
    rows = drivers.product_rows(findings(), None)
    assert rows["data"].isna().all()
    some = findings()
    still = some.shown.products.assign(low=some.shown.products["now"], high=some.shown.products["now"])
    f = replace(some, shown=replace(some.shown, products=still))
    assert drivers.product_rows(f, None).empty
    assert drivers.products(f).reading.startswith("No product's weight moves")


def test_every_assumption_has_words_a_unit_and_numbers() -> None:
    """Idle ones say why they are not used."""
    rows = drivers.swing_rows(findings())
    assert {key for key, *_ in drivers.SWING_COLUMNS} <= set(rows)
    chance = rows.set_index("assumption").loc["Rule none: probability"]
    assert chance["low_end"] == Written(0.3, "30\u00a0%")
    idle = rows[rows["idle"] != ""]
    assert [each.words for each in idle["effect"]] == ["not used: the past is measured"] * len(idle)


def test_the_tornado_marks_what_is_within_its_error() -> None:
    """The widest first; nothing is drawn where nothing is visible."""
    f = findings()
    drawn = drivers.swings_drawn(f)
    assert drawn["visible"].iloc[0]
    assert drawn[["low", "high"]].notna().to_numpy().all()
    vague = replace(f, shown=replace(f.shown, swings=f.shown.swings.assign(visible=False)))
    assert drivers.swings_drawn(vague).empty
    assert "none moves it by more" in drivers.tornado(vague).reading


def test_the_waterfall_names_what_moves_most() -> None:
    """Or that nothing does; where it cannot be split it says so."""
    f = findings()
    assert drivers.waterfall(f).title.startswith("Regulation moves the median index most: −")
    vague = replace(f, shown=replace(f.shown, steps=f.shown.steps.assign(error=1e6)))
    assert drivers.waterfall(vague).title == "Nothing moves the median index visibly"
    none = replace(f, shown=replace(f.shown, steps=f.shown.steps.head(0)))
    assert drivers.waterfall(none).title == "The change cannot be split"


@pytest.mark.parametrize(
    "columns", [drivers.CASE_COLUMNS, drivers.PRODUCT_COLUMNS, drivers.SWING_COLUMNS, drivers.SOURCE_COLUMNS]
)
def test_columns_are_in_their_rows(columns: tuple[tuple[str, ...], ...]) -> None:
    """Every column that is shown is there."""
    f = findings()
    frames = (drivers.case_table_rows(f), drivers.product_rows(f, None), drivers.swing_rows(f))
    assert any({key for key, *_ in columns} <= set(pd.DataFrame(frame)) for frame in frames)
