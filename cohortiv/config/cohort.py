"""A cohort: whose positions are read, how its symbols move, and where its codes and limits lie."""

import csv
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cohortiv.config.yaml_file import SLUG, Name, Names, Positive, Share, StrictSettings, read_fields, validated
from cohortiv.errors import DataError, UsageError
from cohortiv.schema import TIER_EDGES

Product = Literal["perpetual", "future", "option", "margin"]
Edges = Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(strict=False, min_length=1)]

ACCOUNT_HEADERS = frozenset({"account", "account_id"})


class Filters(StrictSettings):
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


class Thresholds(StrictSettings):
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


class Limits(StrictSettings):
    """What the data need for a code; short of the first three the code is Grey, of the others the issue is degraded.

    Attributes
    ----------
    min_margin_units : int
        Fewest margin units.
    min_usable_share : float
        Smallest share of notional whose line could be computed [fraction].
    max_age_hours : float
        Greatest age of the snapshot at the end of the day asked for [hours]; a snapshot of that day is never older than
        24. It counts for positions, a tier table and market data alike.
    max_coverage_drop : float
        Largest fall of usable notional, accounts or symbols since the previous issue [fraction].
    max_early_brackets_share : float
        Largest share of rows served by brackets that came into force only later [fraction].
    """

    min_margin_units: Annotated[int, Field(ge=1)] = 30
    min_usable_share: Share = 0.5
    max_age_hours: Positive = 24.0
    max_coverage_drop: Share = 0.2
    max_early_brackets_share: Share = 0.1


class Privacy(StrictSettings):
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


class CohortConfig(StrictSettings):
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
    kappas: dict[Name, Positive] = Field(default_factory=dict)
    betas: dict[Name, Positive] = Field(default_factory=dict)
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
    fields = read_fields(path, kind="cohort file", example="name: my-cohort")
    cohort = validated(CohortConfig, fields, where=f"cohort file {path}")
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
