"""How the core hypothesis is judged, fixed in a versioned file before anything is scored."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, PositiveInt

from cohortiv.assets import asset
from cohortiv.config.yaml_file import SLUG, Name, Positive, StrictSettings, read_fields, validated

NEWEST_VERDICT: Final = "verdict-1"
"""Name of the newest file that ships."""

Fraction = Annotated[float, Field(gt=0.0, lt=1.0)]
SignalNames = Annotated[tuple[Name, ...], Field(strict=False, min_length=1)]


class VerdictRules(StrictSettings):
    """Rules of one version.

    Attributes
    ----------
    name : str
        The version, such as verdict-1; it stands in every verdict.
    hypothesis : str
        The sentence that is judged.
    signal : str
        Name of the signal that is to be better.
    comparators : tuple of str
        Signals that it has to beat, every one of them.
    level : float
        Nominal level of the intervals [1].
    draws : int
        Resamples.
    fewest_events : int
        Independent events on common rows below which a comparison decides nothing.
    least_auroc : float
        What the lower end of the signal's own AUROC must exceed [1].
    preference : float
        Weight of a missed event in usefulness [1].
    false_share : float
        Share of past calm rows on which alarms stand [1].
    window_days : float
        Longest lead that counts [days].
    """

    name: Annotated[str, Field(pattern=SLUG)]
    hypothesis: Name
    signal: Name
    comparators: SignalNames
    level: Fraction
    draws: PositiveInt
    fewest_events: PositiveInt
    least_auroc: Fraction
    preference: Fraction
    false_share: Fraction
    window_days: Positive


def load_verdict_rules(path: Path | None = None) -> VerdictRules:
    """Read the rules of a verdict.

    Parameters
    ----------
    path : Path, optional
        YAML in UTF-8 with the fields of `VerdictRules`; by default the newest that comes with the templates.

    Returns
    -------
    VerdictRules

    Raises
    ------
    UsageError
        If there is no such file, it is not YAML, lacks a field or holds an unknown one; the message names each.
    """
    file = path or asset("templates") / "validation" / f"{NEWEST_VERDICT}.yaml"
    fields = read_fields(file, kind="verdict file", example="name: verdict-1")
    return validated(VerdictRules, fields, where=f"verdict file {file}")
