"""How far a modelled index is off that of positions, as a validation report says it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_change as change
from cohortiv.findings import validation_closing as closing
from cohortiv.findings import validation_headline as first
from cohortiv.findings.validation import ValidationFindings
from cohortiv.findings.validation_overlap import overlap_of, overlap_words

pytestmark = ENGINE_WARNINGS


def with_positions(
    *, basis: str = "reconstructed from open interest", times: int = 20, late: int = 0
) -> ValidationFindings:
    """The blind study on a modelled index, with positions whose index is one and a half times it, in opposite order."""
    f = findings("blind")
    judged = f.series.frame["iv_index"].dropna().iloc[:times]
    shuffled = 1.5 * judged.iloc[::-1].to_numpy()
    frame = pd.DataFrame({"iv_index": shuffled}, index=pd.DatetimeIndex(judged.index) + pd.Timedelta(hours=late))
    own = replace(f.series, basis=basis)
    other = replace(f.series, name="held", title="Held positions", basis="positions", frame=frame)
    return replace(f, study=replace(f.study, series=(own, *(each for each in f.study.series[1:]), other)))


def test_ratio_and_ranks_are_those_of_common_times() -> None:
    """Against the same numbers by hand."""
    f = with_positions()
    judged = f.series.frame["iv_index"].dropna().iloc[:20].to_numpy()
    held = 1.5 * judged[::-1]
    found = overlap_of(f)
    assert found is not None
    assert (found.title, found.times) == ("Held positions", 20)
    assert found.median == pytest.approx(float(np.median(held / judged)))
    ranks = [each.argsort().argsort() for each in (held, judged)]
    assert found.correlation == pytest.approx(float(np.corrcoef(ranks[0], ranks[1])[0, 1]))


def test_it_stands_in_headline_limits_and_change() -> None:
    """A verdict on a model of positions is no verdict on positions."""
    f = with_positions()
    said = overlap_words(f)
    assert "what fails may be the model of positions and not the claim" in said
    assert said in first.headline(f)["sentence"]
    assert said.rstrip(".") in closing.limits(f)
    assert "Positions over as many years would test the claim itself" in change.change(f)


@pytest.mark.parametrize(
    "given",
    [{"basis": "positions"}, {"times": 9}, {"late": 24 * 4000}],
    ids=["positions themselves", "too few times", "no common time"],
)
def test_without_common_times_nothing_is_said(given: dict[str, object]) -> None:
    """Nor where the judged index is of positions itself."""
    f = with_positions(**given)  # type: ignore[arg-type]
    assert overlap_of(f) is None
    assert overlap_words(f) == ""
    assert "Positions over as many years" not in change.change(f)
