"""The depths that a scenario's cascade runs at: one that is known, or a range where nobody has said."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohortiv.cascade import (
    DEPTH_SHARES,
    Backstop,
    Branching,
    Cascade,
    Damage,
    ForcedLines,
    PriceImpact,
    VenueRules,
    Withdrawal,
    backstops,
    branching_along,
    cascade,
    damage,
    forced_flow,
    linear_impact,
    log_moves,
    mean_branching,
    square_root_impact,
    total_moves,
)
from cohortiv.cascade.impact import DEPTH_MOVE
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.config.scenario_depth import Depth


@dataclass(frozen=True, eq=False)
class DepthRun:
    """What becomes of a scenario's shocks at one depth.

    Attributes
    ----------
    depth_usd : float
        Orders that move the price by 1 %, from the start [USD].
    impact : PriceImpact
    cascade : Cascade
        Total moves of the scenario's shocks.
    branching : Branching
        What a further 1 % does from each place on the path.
    headline_branching : float
        Dollars that a forced dollar forces in turn, averaged from the headline shock to its total move [1].
    damage : Damage
        What the total move after the headline shock closes, by tier and venue.
    backstops : tuple of Backstop
        Who pays beyond bankruptcy after it, for the venues whose liquidation the scenario describes.
    """

    depth_usd: float
    impact: PriceImpact
    cascade: Cascade
    branching: Branching
    headline_branching: float
    damage: Damage
    backstops: tuple[Backstop, ...]


def depth_range(depth: Depth, notional_usd: float) -> tuple[Depth, ...]:
    """Depths that stand in for one that nobody has given: shares of the notional, the impact linear.

    Parameters
    ----------
    depth : Depth
        A scenario's, of which only the rules of its venues are taken: its USD were set for another market.
    notional_usd : float
        Leveraged notional as it stands [USD].

    Returns
    -------
    tuple of Depth
        One for each of `DEPTH_SHARES`, the least first; none where nothing is leveraged.
    """
    if not notional_usd > 0.0:
        return ()
    return tuple(
        Depth(usd_per_percent=share * notional_usd, liquidation=depth.liquidation) for share in DEPTH_SHARES
    )  # fmt: skip


def depth_runs(
    lines: ForcedLines, config: ScenarioConfig, depths: Sequence[Depth], *, withdrawn: float, mark: float | None
) -> tuple[DepthRun, ...]:
    """Run a scenario's shocks at each depth.

    Parameters
    ----------
    lines : ForcedLines
        Made with the rules of the scenario's venues.
    config : ScenarioConfig
        Shocks, headline shock and rules.
    depths : sequence of Depth
    withdrawn : float
        Share of each depth that is gone from the start [1].
    mark : float or None
        Price today, for the cliff's price [USD].
    """
    flow, rules = forced_flow(lines), venue_rules(config)
    runs = []
    for depth in depths:
        impact = impact_of(depth, withdrawn=withdrawn)
        end = float(total_moves(flow, impact, [config.headline_shock])[0])
        start, reached = (log_moves([move], flow.direction) for move in (config.headline_shock, end))
        runs.append(
            DepthRun(
                depth_usd=_one_percent_usd(impact),
                impact=impact,
                cascade=cascade(flow, impact, config.shocks, mark=mark),
                branching=branching_along(flow, impact),
                headline_branching=float(mean_branching(flow, impact, starts=start, ends=reached)[0]),
                damage=damage(lines, end),
                backstops=backstops(lines, end, rules),
            )
        )
    return tuple(runs)


def venue_rules(config: ScenarioConfig) -> dict[str, VenueRules]:
    """How the venues that a scenario describes liquidate, by venue."""
    return {name: VenueRules(**vars(rule)) for name, rule in config.depth.liquidation.items()}


def impact_of(depth: Depth, *, withdrawn: float = 0.0) -> PriceImpact:
    """Price impact in a scenario's depth.

    Parameters
    ----------
    depth : Depth
    withdrawn : float, optional
        Share of depth, or of the daily volume, that is gone from the start [1].
    """
    going = depth.withdrawal
    withdrawal = None if going is None else Withdrawal(going.ceiling, going.half_usd)
    if depth.total_usd_per_percent is not None:
        return linear_impact(depth.total_usd_per_percent * (1 - withdrawn), withdrawal=withdrawal)
    return square_root_impact(
        (depth.daily_volume_usd or 0.0) * (1 - withdrawn),
        depth.daily_volatility or 0.0,
        coefficient=depth.coefficient,
        withdrawal=withdrawal,
    )


def _one_percent_usd(impact: PriceImpact) -> float:
    """Orders that move the price by 1 % before any depth withdraws [USD]."""
    reach = DEPTH_MOVE / float(impact.scale)
    return reach if impact.law == "linear" else reach**2
