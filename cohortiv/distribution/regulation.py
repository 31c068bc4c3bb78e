"""The regulation strand: each draw picks a scenario, whose cap moves or removes what lies above it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.config.outlook_strands import RegulationStrand, RegulatoryScenario, Uncertain
from cohortiv.distribution.adoption import triangular
from cohortiv.distribution.composition import closed
from cohortiv.errors import UsageError
from cohortiv.profile.bins import FloatArray


@dataclass(frozen=True, eq=False)
class RegulationDraws:
    """What the rules are in each draw, before any exposure is looked at.

    Attributes
    ----------
    scenario : ndarray of int, shape (n_draws,)
        Index into the strand's scenarios.
    chances : ndarray, shape (3, n_draws)
        Uniform numbers behind compliance, share that leaves, share that is exempt [1].
    """

    scenario: npt.NDArray[np.int64]
    chances: FloatArray


@dataclass(frozen=True, eq=False)
class RegulatedShares:
    """Tier shares after the rules.

    Attributes
    ----------
    shares : ndarray, shape (n_dates, n_draws, n_tiers)
        Of what remains, summing to 1 along the last axis; where nothing remains, the mix before the rules [1].
    left : ndarray, shape (n_dates, n_draws)
        Share of the leveraged notional that has left the cohort [1].
    """

    shares: FloatArray
    left: FloatArray


def regulation_draws(strand: RegulationStrand, *, n_draws: int, rng: np.random.Generator) -> RegulationDraws:
    """Draw a scenario and its uncertain numbers.

    Parameters
    ----------
    strand : RegulationStrand
    n_draws : int
        Number of draws.
    rng : Generator
    """
    edges = np.cumsum([scenario.probability.mode for scenario in strand.scenarios])[:-1]
    scenario = np.searchsorted(edges, rng.random(n_draws), side="right")
    return RegulationDraws(scenario.astype(np.int64), rng.random((3, n_draws)))


def regulated(
    shares: FloatArray,
    draws: RegulationDraws,
    *,
    strand: RegulationStrand,
    edges: Sequence[float],
    dates: pd.DatetimeIndex,
) -> RegulatedShares:
    """Apply each draw's scenario to its tier shares.

    Parameters
    ----------
    shares : ndarray, shape (n_dates, n_draws, n_tiers)
        Before the rules [1].
    draws : RegulationDraws
    strand : RegulationStrand
    edges : sequence of float
        Tier edges, rising [x].
    dates : DatetimeIndex
        The first is the snapshot's: a cap that starts by then is in the data already and changes nothing more.

    Returns
    -------
    RegulatedShares

    Raises
    ------
    UsageError
        If a cap lies under the lowest tier.

    Notes
    -----
    From its start, of the share x in tiers whose lower edge exceeds the cap,

        x (1 - exempt) compliance              complies: `leaving` of it is gone, the rest goes to the cap's tier
        x (1 - (1 - exempt) compliance)        stays as it is

    with exempt = 0 once grandfathering has ended. The cap's tier, the last whose edge is not above the cap, counts as
    allowed as a whole. What moves to the cap keeps its notional: its owners add margin.
    """
    allowed = np.array(shares, float)
    left = np.zeros(shares.shape[:2])
    for number, scenario in enumerate(strand.scenarios):
        mine = draws.scenario == number
        if scenario.cap is None or scenario.starts is None:
            continue
        place = cap_tier(scenario, edges)
        start = pd.Timestamp(scenario.starts)
        if start > dates[0] and mine.any():
            moved = _moved_shares(scenario, draws.chances[:, mine], start=start, dates=dates)
            left[:, mine] = allowed[:, mine, place + 1 :].sum(axis=-1) * moved.leaving
            allowed[:, mine] = _capped(allowed[:, mine], moved, place)
    remaining = allowed.sum(axis=-1, keepdims=True)
    return RegulatedShares(closed(np.where(remaining > 0, allowed, shares)), left)


def cap_tier(scenario: RegulatoryScenario, edges: Sequence[float]) -> int:
    """Place of the tier that a scenario's cap leads to: the last whose edge is not above it.

    Parameters
    ----------
    scenario : RegulatoryScenario
        With a cap.
    edges : sequence of float
        Tier edges, rising [x].

    Raises
    ------
    UsageError
        If the cap lies under the lowest tier.
    """
    cap = scenario.cap or 0.0
    if cap < edges[0]:
        raise UsageError(
            f"regulation.scenarios: {scenario.name!r} has a cap of {cap:g}x, allowed is {edges[0]:g}x, the cohort's "
            "lowest leveraged tier, or more. Correct the assumptions."
        )
    return int(np.searchsorted(np.asarray(edges, float), cap, side="right")) - 1


@dataclass(frozen=True, eq=False)
class _Moved:
    """Shares of the exposure above the cap that leave, and that move to it, shape (n_dates, n_draws)."""

    leaving: FloatArray
    moving: FloatArray


def _moved_shares(
    scenario: RegulatoryScenario, chances: FloatArray, *, start: pd.Timestamp, dates: pd.DatetimeIndex
) -> _Moved:
    begun = (dates >= start).astype(float)[:, None]
    rule = scenario.grandfathering
    exempt = np.zeros((len(dates), chances.shape[1]))
    if rule is not None:
        end = start + pd.Timedelta(days=rule.days) if rule.days is not None else pd.Timestamp.max
        exempt = (dates < end).astype(float)[:, None] * triangular(chances[2], rule.share)
    complying = begun * (1 - exempt) * _quantile(chances[0], scenario.compliance)
    gone = _quantile(chances[1], scenario.leaving)
    return _Moved(complying * gone, complying * (1 - gone))


def _quantile(chances: FloatArray, between: Uncertain | None) -> FloatArray:
    return np.zeros_like(chances) if between is None else triangular(chances, between)


def _capped(shares: FloatArray, moved: _Moved, place: int) -> FloatArray:
    """Shares after what complies has moved or left; they sum to what remains."""
    above = shares[..., place + 1 :].sum(axis=-1)
    after = shares.copy()
    after[..., place + 1 :] *= (1 - moved.leaving - moved.moving)[..., None]
    after[..., place] += above * moved.moving
    return after
