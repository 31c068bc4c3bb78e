"""What is fixed before anything is scored: resamples, level, floor on events, and how alarms are raised."""

from dataclasses import dataclass

from cohortiv.validation.alarms import WINDOW_DAYS
from cohortiv.validation.bootstrap import DRAWS, LEVEL
from cohortiv.validation.sample import FEWEST_EVENTS
from cohortiv.validation.thresholds import FALSE_SHARE


@dataclass(frozen=True)
class ScoringRules:
    """Choices that every score and every comparison of one run shares.

    Attributes
    ----------
    draws : int
        Resamples of the bootstrap.
    level : float
        Nominal level of intervals [1].
    fewest_events : int
        Independent events below which a metric is not given.
    preference : float
        Weight of a missed event against a false alarm, for usefulness [1].
    false_share : float
        Share of past calm rows on which alarms stand, for lead times and false alarms [1].
    window_days : float
        Longest lead that counts [days].
    """

    draws: int = DRAWS
    level: float = LEVEL
    fewest_events: int = FEWEST_EVENTS
    preference: float = 0.5
    false_share: float = FALSE_SHARE
    window_days: float = WINDOW_DAYS

    def __post_init__(self) -> None:
        """Refuse a run without draws, or a floor of no events."""
        if self.draws < 1 or self.fewest_events < 1:
            raise ValueError(
                f"got {self.draws} draws and a floor of {self.fewest_events} events; allowed is 1 or more of both"
            )


DEFAULT_RULES = ScoringRules()
"""The rules unless others are given."""
