"""What several sentences of an outlook share: periods, the parts of the change, and what distances do."""

from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_context as context
from cohortiv.quantities import percent, points, points_range

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize(("days", "words"), [(0.999, "1\u00a0day"), (0.29, "0.3\u00a0days"), (28.0, "28\u00a0days")])
def test_days_are_told_to_a_tenth(days: float, words: str) -> None:
    """With their noun."""
    assert context.days_said(days) == words


def test_the_parts_lead_from_today_to_the_headline() -> None:
    """Both ends stand in the sentence, and the parts sum to their difference."""
    f = findings()
    said = context.parts_said(f)
    assert f"from {points(f.base.result.iv_index)} today to {points(float(f.shown.index_then['median']))}" in said
    change = float(f.shown.index_then["median"]) - float(f.shown.steps["end"].iloc[0])
    assert context.change_parts(f)["change"].sum() == pytest.approx(change)


def test_what_is_within_its_error_is_said_to_be() -> None:
    """All of it, where every part is."""
    f = findings("history")
    vague = replace(f, shown=replace(f.shown, steps=f.shown.steps.assign(error=1e6)))
    assert context.visible_parts(vague) == []
    assert "every part is too small to tell from none: history, distances" in context.parts_said(vague)


def test_distances_widen_the_band_where_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the part of the width that is theirs; nothing visible is said to be so, and without them nothing."""
    f = findings("history")
    alone = points_range(f.shown.mix_then["low"], f.shown.mix_then["high"])
    monkeypatch.setattr(type(f.shown), "distance_share", 0.4)
    assert "widen the band" in context.band_said(f)
    assert alone in context.band_said(f)
    assert percent(0.4, 0) in context.band_said(f)
    monkeypatch.setattr(type(f.shown), "distance_share", 0.0)
    assert context.band_said(f) == "Distances within tiers have no visible effect on the band."
    assert context.band_said(findings("history", distances=False)) == ""


def test_distances_that_move_the_median_are_not_said_to_leave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their bar in the waterfall and its error."""
    f = findings("history")
    monkeypatch.setattr(type(f.shown), "distance_share", 0.4)
    last = f.shown.steps["name"] == "Distances"
    sure = f.shown.steps.assign(error=0.0).assign(end=f.shown.steps["end"] + 5.0 * last)
    assert "move the median" in context.band_said(replace(f, shown=replace(f.shown, steps=sure)))
