"""The verdict: supported, not supported, or undecided, with its numbers."""

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, world

from cohortiv.config.verdict import VerdictRules, load_verdict_rules
from cohortiv.validation.verdict import (
    NOT_SUPPORTED,
    SUPPORTED,
    UNDECIDED,
    Answer,
    Condition,
    Verdict,
    answer_of,
    judge,
)

RULES = load_verdict_rules().model_copy(update={"draws": 200, "comparators": ("realised_7d", "garch")})


def judged(signal: float, *, rows: int = 1500, rules: VerdictRules = RULES, drop: tuple[str, ...] = ()) -> Verdict:
    """Verdict on the index `signal` parts risk, against a comparator that is noise and one that is half risk."""
    risk, event = world(0, rows=rows, pull=2.5)
    rng = np.random.default_rng(4)
    scores = pd.DataFrame(
        {
            "iv_index": signal * risk + (1.0 - signal) * rng.normal(size=rows),
            "realised_7d": rng.normal(size=rows),
            "garch": 0.2 * risk + rng.normal(size=rows),
        },
        index=event.index,
    )
    titles = {"iv_index": "the index", "garch": "GARCH"}
    rng = np.random.default_rng(0)
    return judge(scores.drop(columns=list(drop)), event, horizon_days=HORIZON, rules=rules, rng=rng, titles=titles)


def condition(*, met: bool | None) -> Condition:
    """A condition that holds, fails, or is undecided."""
    return Condition("something", 0.1, 0.0, 0.2, bound=0.0, events=12, met=met)


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ((True, True), SUPPORTED),
        ((True, False), NOT_SUPPORTED),
        ((True, None), UNDECIDED),
        ((None, False), NOT_SUPPORTED),
        ((None, None), UNDECIDED),
    ],
)
def test_answers_add_up(met: tuple[bool | None, ...], expected: Answer) -> None:
    """All must hold; one that fails decides; else what is undecided stays so."""
    assert answer_of(tuple(condition(met=each) for each in met)) == expected


def test_a_signal_that_drives_the_outcome_is_supported() -> None:
    """It beats both comparators, now and a horizon ahead."""
    found = judged(1.0)
    assert found.answer == SUPPORTED
    assert all(each.met for each in found.conditions)
    assert all(each.low > each.bound for each in found.conditions)


def test_noise_is_not_supported() -> None:
    """An index without information fails, and the conditions that failed are told."""
    found = judged(0.0)
    assert found.answer == NOT_SUPPORTED
    assert any("one horizon ahead" in each.statement and not each.met for each in found.conditions)


def test_few_events_are_undecided() -> None:
    """Under ten events on common rows nothing is decided, however good the signal."""
    found = judged(1.0, rows=250)
    assert found.answer == UNDECIDED
    assert all(each.events < 10 and each.met is None for each in found.conditions)


def test_a_comparator_that_is_missing_is_undecided() -> None:
    """What was to be beaten and is not there stays open, with no events."""
    found = judged(1.0, drop=("garch",))
    assert found.answer == UNDECIDED
    assert [each.events for each in found.conditions[3:]] == [0, 0]


def test_the_sentence_has_the_numbers() -> None:
    """Answer, version, AUROC and its interval, and independent events."""
    found = judged(1.0)
    own = found.conditions[0]
    assert found.sentence.startswith("Supported (rules verdict-1, intervals of 95 %): AUROC of the index is ")
    assert f"{own.value:.2f} ({own.low:.2f} to {own.high:.2f}) on {own.events} independent events" in found.sentence
    assert "AUROC of the index less that of GARCH, one horizon ahead is " in found.sentence


def test_what_is_not_given_is_said() -> None:
    """A condition without a number says on how many events."""
    assert "less that of GARCH is not given on 0 independent events" in judged(1.0, drop=("garch",)).sentence


def test_the_table_shows_every_condition() -> None:
    """One row each; undecided is missing, not false."""
    table = judged(1.0, drop=("garch",)).table
    assert len(table) == 1 + 2 * 2
    assert table["met"].isna().tolist() == [False, False, False, True, True]


def test_the_signal_must_be_there() -> None:
    """Without the index there is nothing to judge."""
    with pytest.raises(ValueError, match="iv_index must be among them"):
        judged(1.0, drop=("iv_index",))
