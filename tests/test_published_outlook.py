"""What may be shown of an outlook: ranges of tiers, fans, cases, and nothing of small cells."""

import json
import math
from dataclasses import replace
from importlib.resources import files

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings, outlook

from cohortiv.distribution.outlook_tables import QUANTILES
from cohortiv.early_warning import Thresholds
from cohortiv.plain import plain_values
from cohortiv.published_outlook import PublishedOutlook, outlook_values, publish_outlook, tier_ranges

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def shown() -> PublishedOutlook:
    """All strands."""
    return findings().shown


def test_ranges_are_those_of_the_tables(shown: PublishedOutlook) -> None:
    """And every tier that holds something is in one of them."""
    ranges = tier_ranges(shown.outlook)
    assert [edge for group in ranges for edge in group] == sorted({edge for group in ranges for edge in group})
    disclosed = shown.outlook.assessment.reading.disclosed
    assert disclosed is not None
    cells = disclosed.tiers.plan.groupby("cell")["tier"].apply(lambda tiers: tuple(map(float, tiers)))
    assert all(any(set(cell) <= set(group) for group in ranges) for cell in cells)


def test_an_analyst_sees_every_tier() -> None:
    """Where nothing is withheld, each tier is its own range."""
    assert all(len(group) == 1 for group in tier_ranges(outlook("history", for_report=False)))


def test_means_of_the_ranges_sum_to_one(shown: PublishedOutlook) -> None:
    """Today's shares too."""
    assert shown.tiers["mean"].sum() == pytest.approx(1.0)
    assert shown.tiers["now"].sum() == pytest.approx(1.0)


def test_fans_begin_at_the_snapshot(shown: PublishedOutlook) -> None:
    """Without a spread, and rise from low to high at the end."""
    first, last = shown.index_fan.iloc[0][list(QUANTILES)], shown.index_then
    assert first.min() == first.max()
    assert list(last) == sorted(last)


def test_chances_of_the_codes_sum_to_one(shown: PublishedOutlook) -> None:
    """By the thresholds that were given."""
    assert sum(vars(shown.code_probability).values()) == pytest.approx(1.0)
    certain = publish_outlook(outlook("history"), thresholds=Thresholds(1e-6, 2e-6))
    assert certain.code_probability is not None
    assert certain.code_probability.red == 1


def test_a_grey_snapshot_tells_no_code_of_the_draws() -> None:
    """Its reason stands in their place, also in the summary."""
    ahead = outlook("history")
    grey = replace(ahead, assessment=replace(ahead.assessment, grey=("too few accounts",)))
    shown = publish_outlook(grey, thresholds=Thresholds())
    assert shown.code_probability is None
    assert shown.uncoded == "the snapshot is Grey (too few accounts)"
    assert outlook_values(shown)["code_probability"] is None


def test_a_band_too_wide_to_be_of_use_tells_no_code() -> None:
    """Draws from 1 to 100 % span more than ten times."""
    ahead = outlook("history")
    wide = np.broadcast_to(np.linspace(1.0, 100.0, ahead.index.index.shape[1]), ahead.index.index.shape)
    shown = publish_outlook(replace(ahead, index=replace(ahead.index, index=wide)), thresholds=Thresholds())
    assert shown.code_probability is None
    assert "not known to a useful precision" in shown.uncoded


def test_scores_are_rounded() -> None:
    """To two digits, so that no date's outcome follows from them."""
    crps = findings().shown.backtests["crps"]
    assert [float(f"{score:.2g}") for score in crps] == crps.tolist()


def test_cases_hold_strands_and_rules(shown: PublishedOutlook) -> None:
    """A rule that drives notional out leaves less at high leverage."""
    rules = shown.cases[shown.cases["kind"] == "regulation"].set_index("case")
    assert shown.cases["case"].iloc[0] == "History alone"
    assert rules["probability"].sum() == pytest.approx(1.0)
    assert rules["left"]["10x"] > rules["left"]["none"] == 0
    assert rules["median"]["10x"] < rules["median"]["none"]


def test_the_waterfall_ends_at_the_median(shown: PublishedOutlook) -> None:
    """Each step begins where the one before it ended."""
    steps = shown.steps
    assert steps["start"].iloc[2] == pytest.approx(steps["end"].iloc[1])
    assert steps["end"].iloc[-2] == pytest.approx(steps["end"].iloc[-1])
    assert steps["end"].iloc[-1] == pytest.approx(shown.index_then["median"])
    assert steps["is_level"].tolist() == [True, False, False, False, False, True]


def test_earlier_shares_are_told_where_both_parts_are_cells(shown: PublishedOutlook) -> None:
    """None of them is of a day that is not told."""
    cells = shown.outlook.assessment.reading.usage_cells
    assert cells is not None
    assert set(shown.share_history["as_of"]) <= set(cells.days)
    assert len(shown.share_history) > 0


def test_the_summary_is_plain(shown: PublishedOutlook) -> None:
    """It goes through JSON, and its index is the fan's."""
    values = json.loads(json.dumps(plain_values(outlook_values(shown)), allow_nan=False))
    assert values["iv_index"]["median"] == pytest.approx(float(shown.index_then["median"]))
    assert values["to"] == "2026-09-30"
    assert len(values["tiers"]) == len(shown.tiers)


def test_the_summary_is_as_its_schema_says(shown: PublishedOutlook) -> None:
    """Also where no code is told."""
    schema = json.loads(files("cohortiv").joinpath("schemas", "summary.schema.json").read_text(encoding="utf-8"))
    section = {**schema["properties"]["outlook"], "$defs": schema["$defs"]}
    for each in (shown, replace(shown, code_probability=None, uncoded="the snapshot is Grey")):
        jsonschema.validate(json.loads(json.dumps(plain_values(outlook_values(each)))), section)


def test_distances_are_a_part_of_the_band() -> None:
    """Of the squared width in logarithms."""
    alone = publish_outlook(outlook("history"), thresholds=Thresholds())
    widths = [math.log(band["high"] / band["low"]) for band in (alone.mix_then, alone.index_then)]
    assert alone.distance_share == pytest.approx(max(0.0, 1 - (widths[0] / widths[1]) ** 2))


def test_without_distances_the_band_is_the_mixes() -> None:
    """And none of it is theirs."""
    alone = publish_outlook(outlook("history", distances=False), thresholds=Thresholds())
    assert alone.index_then.equals(alone.mix_then)
    assert alone.distance_share == 0


def test_swings_within_their_own_error_are_not_visible(shown: PublishedOutlook) -> None:
    """The error is that of the difference on the same draws; what doesn't act is not visible either."""
    assert (shown.swings["visible"] == (shown.swings["range"] > shown.swings["error"])).all()
    assert not shown.swings.loc[shown.swings["idle"] != "", "visible"].any()


def test_the_summary_splits_the_change_to_the_last_point(shown: PublishedOutlook) -> None:
    """Strands and distances add up from today's index to the headline's median."""
    split = outlook_values(shown)["attribution"]
    assert isinstance(split, dict)
    assert list(split["parts"]) == ["history", "adoption", "regulation", "distances"]
    assert sum(split["parts"].values()) == pytest.approx(split["end"] - split["start"], abs=1e-9)
    assert split["end"] == shown.index_then["median"]


def test_a_point_forecast_has_no_coverage(shown: PublishedOutlook) -> None:
    """Persistence has no band; every row says how many days it looks ahead."""
    points = shown.index_backtests[shown.index_backtests["model"] == "persistence"]
    assert points[["coverage", "sound_low", "sound_high"]].isna().to_numpy().all()
    assert shown.index_backtests["days"].tolist()[0] == 7.0


def test_without_adoption_and_rules_there_is_one_case() -> None:
    """And no product."""
    alone = publish_outlook(outlook("history", distances=False), thresholds=Thresholds())
    assert list(alone.cases["case"]) == ["History alone"]
    assert alone.products.empty
    assert math.isnan(alone.cases["left"].iloc[0])


def test_swings_are_written_in_the_files_unit(shown: PublishedOutlook) -> None:
    """The widest first, each with its source."""
    ranges = shown.swings["range"].dropna().to_numpy()
    assert np.array_equal(ranges, np.sort(ranges)[::-1])
    assert isinstance(shown.swings, pd.DataFrame)
    assert shown.swings["source"].str.startswith("assumption").all()
