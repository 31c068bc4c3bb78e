"""A cohort: whose positions are read, how its symbols move, and where its codes and limits lie."""

import csv
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from cohortiv.errors import DataError, UsageError
from cohortiv.schema import TIER_EDGES

Product = Literal["perpetual", "future", "option", "margin"]
Name = Annotated[str, Field(min_length=1)]
Positive = Annotated[FiniteFloat, Field(gt=0.0)]
Share = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Edges = Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(strict=False, min_length=1)]
Names = Annotated[tuple[Name, ...], Field(strict=False)]

SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"
ACCOUNT_HEADERS = frozenset({"account", "account_id"})


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Filters(_Settings):
    """Which positions belong to the cohort, applied after liquidation lines are solved; empty lets all pass.

    Attributes
    ----------
    venues, products, symbols : tuple of str
        Names as in the position table.
    accounts_file : Path or None
        Text or CSV file with one account a line, relative to the cohort file; None lets all accounts pass.
    """

    venues: Names = ()
    products: Annotated[tuple[Product, ...], Field(strict=False)] = ()
    symbols: Names = ()
    accounts_file: Annotated[Path, Field(strict=False)] | None = None


class Thresholds(_Settings):
    """Values of the IV Index at which the code changes.

    Attributes
    ----------
    yellow : float
        Lowest index that is Yellow [%].
    red : float
        Largest index that is still Yellow, above `yellow` [%].
    """

    yellow: Positive = 30.0
    red: Positive = 60.0

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.red <= self.yellow:
            raise ValueError(f"allowed is red above yellow, got yellow {self.yellow:g} and red {self.red:g}")
        return self


class Limits(_Settings):
    """What the data need for a code; short of it the code is Grey.

    Attributes
    ----------
    min_margin_units : int
        Fewest margin units.
    min_usable_share : float
        Smallest share of notional whose line could be computed [fraction].
    max_age_hours : float
        Greatest age of the snapshot against the date of the report [hours].
    """

    min_margin_units: Annotated[int, Field(ge=1)] = 30
    min_usable_share: Share = 0.5
    max_age_hours: Positive = 24.0


class Privacy(_Settings):
    """What a published cell needs.

    Attributes
    ----------
    min_accounts : int
        Fewest distinct accounts in a cell.
    max_account_share : float
        Largest share of a cell that one account may hold [fraction].
    """

    min_accounts: Annotated[int, Field(ge=1)] = 10
    max_account_share: Annotated[Share, Field(gt=0.0)] = 0.5


class CohortConfig(_Settings):
    """Everything that a report needs to know about a cohort besides its positions.

    Attributes
    ----------
    name : str
        Slug that names the report's folder: lower case letters, digits and hyphens, at most 64.
    title : str
        Name as readers see it.
    description : str
        Who the cohort is and where the positions come from.
    filters : Filters
        Which positions belong to it.
    kappas : dict of str to float
        By symbol, volatility relative to the market's, in place of the default [1].
    betas : dict of str to float
        By symbol or collateral asset, sensitivity to the market's return, in place of the default [1].
    reference_volatility : float
        Annualised volatility of the market that the IV Index is anchored to; one symbol's is its kappa times it [1].
    thresholds : Thresholds
        Where codes change.
    limits : Limits
        What the data need for a code.
    privacy : Privacy
        What may be published.
    tier_edges : tuple of int
        Lowest leverage of each tier, rising from 1 [x].
    """

    name: Annotated[str, Field(pattern=SLUG)]
    title: Name
    description: str = ""
    filters: Filters = Filters()
    kappas: dict[Name, Positive] = {}
    betas: dict[Name, Positive] = {}
    reference_volatility: Positive = 0.40
    thresholds: Thresholds = Thresholds()
    limits: Limits = Limits()
    privacy: Privacy = Privacy()
    tier_edges: Edges = TIER_EDGES

    @field_validator("tier_edges")
    @classmethod
    def _rising_from_one(cls, edges: tuple[int, ...]) -> tuple[int, ...]:
        if edges[0] != 1 or list(edges) != sorted(set(edges)):
            raise ValueError("allowed are edges that begin with 1 and rise")
        return edges


ALL_ACCOUNTS = CohortConfig(
    name="all-accounts", title="All accounts", description="Every account in the position table."
)


def load_cohort(path: Path) -> CohortConfig:
    """Cohort from a YAML file.

    Parameters
    ----------
    path : Path
        YAML in UTF-8 with the fields of `CohortConfig`; only ``name`` and ``title`` are required.

    Returns
    -------
    CohortConfig
        With ``filters.accounts_file`` resolved against the folder of `path`.

    Raises
    ------
    UsageError
        If the file or its accounts file is not there, is not YAML, or holds a field that is unknown or not allowed;
        the message names each field, what was got and what is allowed.
    """
    settings = _read_yaml(path)
    try:
        cohort = CohortConfig.model_validate(settings)
    except ValidationError as error:
        wrong = "; ".join(_worded(detail) for detail in error.errors(include_url=False))
        raise UsageError(f"cohort file {path}: {wrong}. Correct the file.") from error
    if cohort.filters.accounts_file is None:
        return cohort
    accounts_file = path.parent / cohort.filters.accounts_file
    if not accounts_file.is_file():
        raise UsageError(
            f"cohort file {path}: filters.accounts_file: got {str(cohort.filters.accounts_file)!r}, which is no file; "
            "allowed is a text or CSV file with one account a line. Its path is relative to the cohort file."
        )
    filters = cohort.filters.model_copy(update={"accounts_file": accounts_file})
    return cohort.model_copy(update={"filters": filters})


def read_accounts(path: Path) -> tuple[str, ...]:
    """Accounts of a list: the first cell of each line.

    Parameters
    ----------
    path : Path
        Text or CSV in UTF-8. Empty lines, lines that begin with ``#`` and a header ``account`` or ``account_id``
        are passed over.

    Returns
    -------
    tuple of str
        Each account once, in the order of the file.

    Raises
    ------
    DataError
        If the file is not text or names no account.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [row[0].strip() for row in csv.reader(file) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"accounts file {path}: not text in UTF-8 ({error}). Write one account a line.") from error
    if cells and cells[0].lower() in ACCOUNT_HEADERS:
        cells = cells[1:]
    accounts = tuple(dict.fromkeys(cell for cell in cells if cell and not cell.startswith("#")))
    if not accounts:
        raise DataError(f"accounts file {path}: got no account. Write one a line, or leave the filter out.")
    return accounts


def _read_yaml(path: Path) -> dict[object, object]:
    if not path.is_file():
        raise UsageError(f"cohort file {path}: no such file. Allowed is a YAML file; check the path given to --cohort.")
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        first = " ".join(str(error).split())
        raise UsageError(f"cohort file {path}: not YAML in UTF-8 ({first}). Correct the file.") from error
    if not isinstance(settings, dict):
        kind = type(settings).__name__
        raise UsageError(f"cohort file {path}: got {kind}, allowed are fields such as 'name: my-cohort'. Write them.")
    return settings


def _worded(detail: ErrorDetails) -> str:
    field = ".".join(str(part) for part in detail["loc"] if part != "[key]") or "the file"
    if detail["type"] == "extra_forbidden":
        return f"{field}: unknown field; allowed are {', '.join(_allowed_beside(detail['loc'][:-1]))}"
    if detail["type"] == "missing":
        return f"{field}: missing; it is required"
    if detail["type"] == "value_error":
        return f"{field}: {detail['ctx']['error']}"
    return f"{field}: got {detail['input']!r}, allowed: {_rule(detail)}"


def _rule(detail: ErrorDetails) -> str:
    if detail["type"] == "string_pattern_mismatch":
        return "lower case letters, digits and hyphens, at most 64, not beginning with a hyphen"
    return detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")


def _allowed_beside(location: tuple[int | str, ...]) -> list[str]:
    settings: type[BaseModel] = CohortConfig
    for part in location:
        settings = _SECTIONS.get(str(part), settings)
    return list(settings.model_fields)


_SECTIONS: dict[str, type[BaseModel]] = {
    "filters": Filters,
    "thresholds": Thresholds,
    "limits": Limits,
    "privacy": Privacy,
}
