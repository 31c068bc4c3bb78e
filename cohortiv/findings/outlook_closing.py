"""What closes an outlook: its fallbacks and limits, and its method."""

import math
from typing import Final

from cohortiv.distribution.outlook_tables import STRANDS
from cohortiv.findings.outlook_context import OutlookFindings, stated_distances

#: What an outlook leaves out, as lines of a list.
_MIX_LIMIT: Final = """\
- Draws move the mix of tiers alone: within a tier lines lie as far from the price as in the snapshot, and neither the
  price nor the size of the cohort is forecast. The index moves by these too, so its band is too narrow for the index
  itself."""
_DISTANCE_LIMIT: Final = """\
- Draws move the mix of tiers, and the index at a given mix by as much as it moved in the past, without a trend; neither
  the price nor the size of the cohort is forecast. Farther ahead than a third of the history the spread of the second
  is carried on at the rate at which it grew within it; no held-out period tests that."""
_STATED_LIMIT: Final = """\
- Draws move the mix of tiers, and the index at a given mix by a stated volatility, since the history is too short to
  measure one; neither the price nor the size of the cohort is forecast."""
_LIMITS: Final = """\
- The walk of the mix has no memory: shares that swing about a level are given bands too wide some periods ahead.
- Probabilities of rules, adoption and compliance are assumptions, named with their sources above; the band is only as
  wide as they are uncertain.
- Product weights and rules act on tiers in proportion: who moves to which product is not modelled."""


def notes(f: OutlookFindings) -> str:
    """Fallbacks and thin bases, and what an outlook leaves out.

    Parameters
    ----------
    f : OutlookFindings
    """
    first = _DISTANCE_LIMIT if f.outlook.distances_act else _MIX_LIMIT
    first = first if stated_distances(f) is None else _STATED_LIMIT
    return "\n".join([*(f"- {note}" for note in f.outlook.notes), first, *_together(f), _LIMITS])


def _together(f: OutlookFindings) -> list[str]:
    """How mix and distances hung together in the past, as a line of the list; none where it isn't known."""
    moves = f.outlook.distances
    if moves is None or math.isnan(moves.correlation):
        return []
    told, spread = f"{moves.correlation:+.2f}".replace("-", "−"), "more" if moves.correlation > 0 else "less"
    said = "- Mix and distances are drawn as independent; in the past their correlation over one period was"
    return [
        f"{said} {told} ({moves.degrees:.0f} changes). Were it to last, the index would spread {spread} than drawn."
    ]


def method(f: OutlookFindings) -> str:
    """The method with this run's assumptions.

    Parameters
    ----------
    f : OutlookFindings
    """
    stated = f.outlook.assumptions
    strands = ", ".join(STRANDS[strand].lower() for strand in STRANDS if strand in f.outlook.projection.strands)
    return (
        f"Tier shares of the leveraged notional are a composition. {f.periods} It is carried on in isometric log-ratio "
        "coordinates by a random walk with a drift that is shrunk towards zero; product weights follow logistic "
        "adoption curves; a draw picks one regulatory scenario, whose cap moves or drives out what lies above it. "
        f"Strands that act: {strands or 'none'}. The {stated.draws:,} draws take each tier's distances "
        f"to its lines from the snapshot, and every draw's index is solved. {_distance_method(f)}Bands are the 5 and "
        "95 % points of the draws. "
        f"Assumptions: “{stated.title}” ({stated.name}). {stated.description}"
    )


def _distance_method(f: OutlookFindings) -> str:
    """How distances move the index, where they act."""
    if not f.outlook.distances_act:
        return ""
    stated = stated_distances(f)
    if stated is not None:
        return (
            "It is then multiplied by a walk of a stated volatility, "
            f"{stated.low:g} to {stated.high:g} a year: too few past changes of the index are known to measure one. "
        )
    return (
        "It is then multiplied by what past changes of the index were at a given mix: each snapshot is solved again "
        "with a later mix, and what is left of the change is the residual, whose spread grows with the time ahead. "
    )
