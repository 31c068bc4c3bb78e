"""What each reader should consider, as text: where the code stands, and the playbook's sentences by audience."""

from collections.abc import Mapping, Sequence

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


def standing(values: Mapping[str, str]) -> str:
    """Since when the code has stood, and what separates the index from its neighbours.

    Parameters
    ----------
    values : mapping of str to str
        From `implications.placeholder_values`.

    Returns
    -------
    str
        One sentence for each that is known; why there is no code under Grey.
    """
    if "grey_reasons" in values:
        return f"There is no code, so nothing is said of actions that depend on one: {values['grey_reasons']}."
    return " ".join(
        [*_series(values), *(_neighbour(values, way) for way in ("higher", "lower") if f"{way}_code" in values)]
    )


def _series(values: Mapping[str, str]) -> list[str]:
    """Since when the code of the series has stood; that it is another than the snapshot's where it is."""
    since = f" since {values['code_since']}" if "code_since" in values else ""
    if "code_alone" in values:
        return [
            (
                f"The code of the series is {values['code']}{since}, and what follows is for {values['code']}: this "
                f"snapshot alone is {values['code_alone']}, and a code falls only when two snapshots are 2 points "
                "clear of its threshold."
            )
        ]
    return [f"The code of the series has stood at {values['code']}{since}."] if since else []


def _neighbour(values: Mapping[str, str], way: str) -> str:
    """How far the code above or below is, in points and in price; in price alone from an infinite index."""
    name, move = values[f"{way}_code"], values.get(f"move_to_{way}")
    points = values.get(f"points_to_{way}")
    brings = f"{move or 'no move of the price up to a half'} brings it{'' if move else ' by itself'}"
    if move and way == "lower":
        brings += ", with the lines on its way liquidated by then: a lower index that is no relief"
    if points is None:
        apart = f"{name} is out of reach in points"
    else:
        apart = f"{name} is {points} points {'up' if way == 'higher' else 'down'}"
    return f"{apart}; {brings}."


def terms(found: Consequences) -> str:
    """What the prices and factors in the sentences rest on."""
    source = "the reference volatility of the index" if found.view.volatility is None else "the volatility given"
    return (
        f"{_cascade_terms(found)}Options are priced by Black's formula over {found.view.days:g} days at "
        f"{percent(found.volatility, 0)}, {source}, one volatility for all strikes. Margin changes are computed on the "
        "liquidation profile. The sentences come from the playbook, which an institution can replace; they follow from "
        "the positions read, and are no advice to any reader."
    )


def _cascade_terms(found: Consequences) -> str:
    """What figures of the cascade rest on, or why there are none."""
    if found.view.impact is None:
        return (
            "No depth was given, so nothing is said of spreads and of what a shock becomes, nor of where the cliff is "
            "beyond the range told above. "
        )
    if found.falls is None:
        return (
            "What a shock becomes at the depth given is withheld, and with it cliffs and spreads: too few accounts are "
            "behind the lines. "
        )
    evenly = "Moves, forced orders and spreads are those of the published ladder, each step's notional spread evenly. "
    return evenly if found.from_ladder else ""
