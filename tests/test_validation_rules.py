"""Rules of one run."""

import pytest

from cohortiv.validation.rules import DEFAULT_RULES, ScoringRules


def test_defaults_are_those_of_the_methodology() -> None:
    """A thousand resamples at 95 %, ten events, even weights, alarms on a tenth of calm rows, four weeks."""
    assert ScoringRules(1000, 0.95, 10, preference=0.5, false_share=0.1, window_days=28.0) == DEFAULT_RULES


@pytest.mark.parametrize(("draws", "fewest"), [(0, 5), (10, 0)])
def test_empty_rules_are_refused(draws: int, fewest: int) -> None:
    """There is one draw and one event at least."""
    with pytest.raises(ValueError, match="allowed is 1 or more of both"):
        ScoringRules(draws=draws, fewest_events=fewest)
