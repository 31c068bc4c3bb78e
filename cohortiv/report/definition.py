"""What an index is measured by: only reports that share it are one series, and may take each other's place."""

from collections.abc import Mapping
from dataclasses import dataclass

from cohortiv.errors import DataError, UsageError
from cohortiv.report.manifest import SUMMARY, read_json
from cohortiv.report.shelf import Place

UNSTATED = "not stated"
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Definition:
    """What decides the number beside the data; None where a summary doesn't say.

    Attributes
    ----------
    critical_mass : float or None
        Share of leveraged notional [1].
    horizon_days : float or None
        Period over which touching a line counts [days].
    reference_volatility : float or None
        Annualised anchor of the index [1/sqrt(year)].
    method : str or None
        Major version of the method.
    """

    critical_mass: float | None
    horizon_days: float | None
    reference_volatility: float | None
    method: str | None

    def __str__(self) -> str:
        said = (
            self.critical_mass is not None and f"critical mass {_percent(self.critical_mass)}",
            self.horizon_days is not None and f"horizon {self.horizon_days:g} days",
            self.reference_volatility is not None and f"reference volatility {_percent(self.reference_volatility)}",
            self.method is not None and f"method {self.method}.x",
        )
        return ", ".join(part for part in said if part) or UNSTATED


def definition_of(summary: Mapping[str, object]) -> Definition:
    """Read what a report's index is measured by.

    Parameters
    ----------
    summary : mapping
        Content of its `summary.json`.
    """
    version = summary.get("methodology_version")
    return Definition(
        critical_mass=_number(summary.get("critical_mass")),
        horizon_days=_number(summary.get("horizon_days")),
        reference_volatility=_number(summary.get("reference_volatility")),
        method=version.partition(".")[0] if isinstance(version, str) else None,
    )


def refuse_other_definition(place: Place, summary: Mapping[str, object]) -> None:
    """Stop before a report replaces one that measures something else.

    Parameters
    ----------
    place : Place
        Where the new report is to go; what cannot be read there may be replaced.
    summary : mapping
        Of the new report.

    Raises
    ------
    UsageError
        If the report that is there has another definition.
    """
    try:
        there = definition_of(read_json(place.folder / SUMMARY))
    except DataError:
        return
    new = definition_of(summary)
    if there != new:
        raise UsageError(
            f"{place.as_of}/{place.name} is published with another definition ({there}) than this report's ({new}). "
            "It is unchanged. Give --out another folder, name the cohort otherwise, or remove the old report first."
        )


def _number(value: object) -> float | None:
    return round(float(value), _DECIMALS) if isinstance(value, int | float) else None


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
