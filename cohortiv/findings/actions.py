"""What each reader should consider, as text: the playbook's sentences under their audiences."""

from collections.abc import Sequence

from cohortiv.implications import Consequences, Guidance
from cohortiv.quantities import percent


def what_to_do(found: Sequence[Guidance]) -> str:
    """Markdown of all audiences, one list each.

    Parameters
    ----------
    found : sequence of Guidance
    """
    parts = [f"### {item.title}\n\n" + "\n".join(f"- {sentence}" for sentence in item.sentences) for item in found]
    return "\n\n".join(parts)


def terms(found: Consequences) -> str:
    """What the prices and factors in the sentences rest on."""
    source = "the reference volatility of the index" if found.view.volatility is None else "the volatility given"
    depth = (
        "No depth was given, so nothing is said of cliffs, of spreads and of what a shock becomes. "
        if found.view.impact is None
        else ""
    )
    return (
        f"{depth}Options are priced by Black's formula over {found.view.days:g} days at "
        f"{percent(found.volatility, 0)}, {source}, one volatility for all strikes. Margin changes are computed on the liquidation profile. The "
        "sentences come from the playbook, which an institution can replace; they follow from the positions read, and "
        "are no advice to any reader."
    )
