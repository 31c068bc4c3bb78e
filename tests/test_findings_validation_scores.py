"""Tables of scores: every number with its interval and its independent events."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
import scipy
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_scores as scores
from cohortiv.findings.context import Words
from cohortiv.findings.validation import NO_COMPARATORS, ValidationFindings

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
@pytest.mark.parametrize(
    "words", [scores.ranking, scores.past, scores.alarms, scores.comparisons], ids=lambda words: words.__name__
)
def test_tables_have_titles_and_no_gaps(words: Callable[[ValidationFindings], Words], kind: str) -> None:
    """Also where nothing is scored."""
    found = words(findings(kind))
    assert found.title
    assert "nan" not in f"{found.title} {found.note}"


def test_a_cell_has_value_and_interval() -> None:
    """The interval in one piece."""
    row = {"metric": "AUROC", "value": 0.551, "low": 0.4, "high": 0.7, "events": 12, "status": "scored"}
    assert scores.score_cell(row) == "0.55 (0.40\u00a0to\u00a00.70)"


def test_a_cell_without_a_value_says_why() -> None:
    """Its events stand in a column of their own."""
    nothing = float("nan")
    row = {
        "metric": "AUROC",
        "value": nothing,
        "low": nothing,
        "high": nothing,
        "events": 2,
        "status": "too few events",
    }
    assert scores.score_cell(row) == "too few events"


@pytest.mark.parametrize(("metric", "said"), [("share of events warned", "50\u00a0%"), ("false alarms a year", "0.5")])
def test_a_cell_is_in_its_unit(metric: str, said: str) -> None:
    """Shares in percent, counts with a decimal."""
    nothing = float("nan")
    row = {"metric": metric, "value": 0.5, "low": nothing, "high": nothing, "events": 8, "status": "scored"}
    assert scores.score_cell(row) == said


def test_every_signal_with_data_has_a_row() -> None:
    """What lacks data is named in the note."""
    f = findings("blind")
    names = list(scores.score_rows(f)["signal"])
    assert names[0] == "IV Index"
    assert "Implied volatility of options (DVOL)" not in names
    assert "Implied volatility of options (DVOL) (no such data given)" in scores.ranking(f).note


@pytest.mark.parametrize(
    "columns", [scores.RANKING_COLUMNS, scores.PAST_COLUMNS, scores.ALARM_COLUMNS, scores.SHORT_COLUMNS]
)
def test_tables_have_the_columns_they_show(columns: scores.Columns) -> None:
    """Every key is in the rows."""
    assert {key for key, *_ in columns} <= set(scores.score_rows(findings("leads")))


def test_nothing_scored_is_no_row() -> None:
    """In place of a wall of the same reason."""
    assert scores.score_rows(findings("few")).empty
    assert scores.comparison_rows(findings("few")).empty


def test_every_other_signal_is_compared() -> None:
    """With the events that both have."""
    rows = scores.comparison_rows(findings("leads"))
    data = scores.comparison_data(findings("leads"))
    assert len(data) == len(rows)
    for shown, row in zip(rows["better"], data.to_dict("records"), strict=True):
        if not math.isnan(row["better"]):
            assert str(shown).startswith(f"{row['better']:.2f}".replace("-", "\u2212"))
            assert str(shown).endswith(f";\u00a0{row['better_events']}")
    assert len(rows) == 8
    assert rows["better"].str.endswith(";\u00a021").all()


def test_other_pairs_have_a_table_each() -> None:
    """The stand-in is named."""
    ((rows, caption),) = scores.other_pairs(findings("leads"))
    assert len(rows) == 9
    assert caption["title"].startswith("AUROC of the index 0.")
    assert "margin longs and shorts, a stand-in" in caption["note"]


def test_where_nothing_is_scored_one_table_counts_events() -> None:
    """In place of empty ones: a row a signal that has values."""
    f = findings("few")
    assert scores.score_rows(f).empty
    rows = scores.few_rows(f)
    assert list(rows.columns) == [key for key, *_ in scores.FEW_COLUMNS]
    assert len(rows) == len(f.pair.scores.coverage) - len(f.pair.missing)
    assert (rows["events"] < f.study.rules.fewest_events).all()
    assert scores.few(f).title == "No signal has 10 independent events"


def test_draws_of_a_random_number_lie_where_it_is_said() -> None:
    """Against a thousand draws, each scored by SciPy's rank sums."""
    f = findings("leads")
    said = re.search(r"95 in 100 lie between (\d\.\d+) and (\d\.\d+)", scores.ranking(f).note)
    assert said is not None
    event = f.pair.result.event.dropna().astype(bool).to_numpy()
    rng = np.random.default_rng(8)
    draws = [
        scipy.stats.mannwhitneyu((drawn := rng.random(event.size))[event], drawn[~event]).statistic for _ in range(1000)
    ]
    areas = np.array(draws) / (event.sum() * (~event).sum())
    assert np.quantile(areas, [0.025, 0.975]) == pytest.approx([float(end) for end in said.groups()], abs=0.012)


def test_own_forms_of_the_index_are_no_comparators_in_titles() -> None:
    """Nor is chance: the title counts what the index is up against."""
    f = findings("leads")
    own = [each for each in f.pair.comparisons if each.second not in NO_COMPARATORS]
    assert f" of {len(own)} comparators" in scores.comparisons(f).title
    assert len(own) < len(f.pair.comparisons)
