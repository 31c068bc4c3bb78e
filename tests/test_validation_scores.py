"""The score table: a leading signal scores so, a random one does not, and nothing is silently missing."""

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, ahead, days, lasting, sampled, world
from sklearn.metrics import roc_auc_score

from cohortiv.errors import DataError
from cohortiv.validation.bootstrap import interval, sample_block
from cohortiv.validation.ranking import auroc, rank
from cohortiv.validation.rules import ScoringRules
from cohortiv.validation.scores import (
    AUROC,
    AUROC_DELONG,
    AVERAGE_PRECISION,
    CALM_ALARMED,
    EVENT_SHARE,
    FALSE_ALARMS,
    LEAD_DAYS,
    METRICS,
    SCORED,
    ScoreTable,
    score_table,
)
from cohortiv.validation.thresholds import matched_alarms

FAST = ScoringRules(draws=200)


def table_of(scores: pd.DataFrame, event: pd.Series, *, rules: ScoringRules = FAST) -> ScoreTable:
    """Score table from a fixed seed."""
    return score_table(scores, event, horizon_days=HORIZON, rng=np.random.default_rng(0), rules=rules)


def row_of(found: ScoreTable, signal: str, metric: str) -> pd.Series:
    """One row of the table."""
    table = found.table
    return table[(table["signal"] == signal) & (table["metric"] == metric)].iloc[0]


def is_honest(found: ScoreTable) -> bool:
    """Whether a value is missing exactly where the status says why."""
    scored = found.table["status"].str.startswith(SCORED)
    return bool((scored == found.table["value"].notna()).all() and (found.table["status"] != "").all())


@pytest.fixture(scope="module")
def two() -> tuple[pd.DataFrame, pd.Series, ScoreTable]:
    """A risk that drives the outcome beside noise."""
    risk, event = world(0, rows=3000, pull=2.5)
    scores = pd.DataFrame({"risk": risk, "noise": np.random.default_rng(7).normal(size=3000)}, index=event.index)
    return scores, event, table_of(scores, event)


def test_a_leading_signal_scores_so(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """The interval of its AUROC lies well over 0.5, and it warns days ahead."""
    area, lead = (row_of(two[2], "risk", metric) for metric in (AUROC, LEAD_DAYS))
    assert area["low"] > 0.6
    assert lead["value"] >= 1.0


def test_noise_is_no_signal(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """Its interval holds 0.5."""
    area = row_of(two[2], "noise", AUROC)
    assert area["low"] <= 0.5 <= area["high"]


def test_values_are_those_of_the_rows(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """AUROC and share of event rows agree with scikit-learn and a plain mean."""
    scores, event, found = two
    covered = event.notna()
    came = event[covered].astype(bool)
    assert row_of(found, "risk", AUROC)["value"] == pytest.approx(roc_auc_score(came, scores["risk"][covered]))
    assert row_of(found, "risk", EVENT_SHARE)["value"] == pytest.approx(came.mean())


def test_every_metric_has_its_row(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """All metrics of both signals, in order, each with its events and a status."""
    found = two[2]
    assert found.table["metric"].tolist() == [*METRICS, *METRICS]
    assert (found.table["events"] >= 10).all()
    assert is_honest(found)


def test_delong_is_narrower(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """Taking rows for independent makes the interval too narrow by far."""
    block, secondary = (row_of(two[2], "risk", metric) for metric in (AUROC, AUROC_DELONG))
    assert block["high"] - block["low"] > 1.3 * (secondary["high"] - secondary["low"])


def test_average_precision_is_over_the_share(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """A leading signal is more precise than the share of event rows."""
    precision, share = (row_of(two[2], "risk", metric) for metric in (AVERAGE_PRECISION, EVENT_SHARE))
    assert precision["value"] > 1.5 * share["value"]


def test_a_signal_stands_by_itself(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """Scored alone, the first signal has the numbers that it has beside others."""
    scores, event, found = two
    alone = table_of(scores[["risk"]], event)
    together = found.table[found.table["signal"] == "risk"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.table, together)


def test_a_random_score_covers_one_half() -> None:
    """Over 100 seeds the 95 % interval holds 0.5 about as often as stated: blocks cover a little less."""
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        shocks = (rng.random(500) < 0.02 * np.exp(lasting(rng, 500) - 0.5)).astype(np.float64)
        sample = sampled(rng.normal(size=500), ahead(shocks))
        ranking = rank(sample.score, sample.event)
        found = interval(
            partial(auroc, ranking),
            len(sample.times),
            block_rows=sample_block(sample),
            rng=rng,
            draws=100,
        )
        held += found.low <= 0.5 <= found.high
    assert 0.87 <= held / 100 <= 1.0


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([False] * 100, "one class only"),
        ([True] * 100, "one class only"),
        ([None] * 100, "nothing covered"),
        (([True] + [False] * 32) * 3 + [False], "too few events"),
    ],
)
def test_bad_outcomes_are_stated(came: list[bool | None], expected: str) -> None:
    """One class, nothing covered, three events: every metric says so and has no value."""
    event = pd.Series(pd.array(came, dtype="boolean"), index=days(100))
    scores = pd.DataFrame({"risk": np.random.default_rng(0).normal(size=100)}, index=days(100))
    found = table_of(scores, event)
    assert found.table["value"].isna().all()
    assert expected in found.table["status"].tolist()
    assert is_honest(found)


@pytest.mark.parametrize("seed", range(30))
def test_small_and_broken_inputs_are_honest(seed: int) -> None:
    """Few rows, gaps, repeats, missing and infinite scores: a value is missing exactly where the status says so."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(0, 50))
    times = days(1)[0] + pd.to_timedelta(np.sort(rng.integers(0, 90, rows)), unit="D")
    score = rng.choice([math.nan, math.inf, 0.0, 1.0, 2.0, 3.0], rows)
    came = pd.array(rng.random(rows) < rng.random(), dtype="boolean")
    came[rng.random(rows) < 0.2] = pd.NA
    rules = ScoringRules(draws=10, fewest_events=1)
    found = table_of(pd.DataFrame({"risk": score}, index=times), pd.Series(came, index=times), rules=rules)
    assert is_honest(found)


def test_a_silent_score_is_stated() -> None:
    """A constant score has an AUROC of one half and says that it raised no alarm."""
    event = world(0, rows=1500)[1]
    found = table_of(pd.DataFrame({"flat": 0.0}, index=event.index), event)
    assert row_of(found, "flat", AUROC)["value"] == 0.5
    assert row_of(found, "flat", LEAD_DAYS)["status"] == "no event was warned"
    assert is_honest(found)


def test_calm_rows_with_an_alarm_are_counted_after_the_fit(two: tuple[pd.DataFrame, pd.Series, ScoreTable]) -> None:
    """On how many matched alarms stood, with an interval; of a signal that always rises far more than a tenth."""
    scores, event, found = two
    alarms = matched_alarms(sampled(scores["risk"].to_numpy(), event))
    stood = alarms.alarm[alarms.judged & ~alarms.event].mean()
    row = row_of(found, "risk", CALM_ALARMED)
    assert row["value"] == pytest.approx(stood)
    assert row["low"] < row["value"] < row["high"]
    rising = table_of(pd.DataFrame({"rising": np.arange(float(len(event)))}, index=event.index), event)
    assert row_of(rising, "rising", CALM_ALARMED)["value"] == 1.0
    assert row_of(rising, "rising", FALSE_ALARMS)["value"] > 1.0


def test_coverage_counts_what_is_left_out() -> None:
    """Missing scores, uncovered outcomes and gaps stand beside the scores."""
    risk, event = world(0, rows=900)
    risk[100:110] = math.nan
    found = table_of(pd.DataFrame({"risk": risk}, index=event.index), event)
    (row,) = found.coverage.to_dict("records")
    assert (row["rows"], row["without_score"], row["not_covered"], row["gaps"]) == (900, 10, HORIZON, 1)
    assert row["longest_gap_days"] == 11.0


def test_the_floor_is_an_argument() -> None:
    """With a floor of one hundred events nothing is scored."""
    risk, event = world(0, rows=900)
    found = table_of(
        pd.DataFrame({"risk": risk}, index=event.index), event, rules=ScoringRules(draws=20, fewest_events=100)
    )
    assert set(found.table["status"]) == {"too few events"}
    assert found.coverage["block_rows"].isna().all()


def test_no_signals_give_an_empty_table() -> None:
    """Without columns there is no row."""
    event = world(0, rows=60)[1]
    assert table_of(pd.DataFrame(index=event.index), event).table.empty


def test_indices_must_agree() -> None:
    """An outcome of other times is refused."""
    risk, event = world(0, rows=60)
    with pytest.raises(ValueError, match="different indices"):
        table_of(pd.DataFrame({"risk": risk[1:]}, index=event.index[1:]), event)


def test_times_must_rise() -> None:
    """Times that fall are refused with the first of them."""
    risk, event = world(0, rows=60)
    with pytest.raises(DataError, match="times that fall"):
        table_of(pd.DataFrame({"risk": risk}, index=event.index[::-1]), event[::-1])
