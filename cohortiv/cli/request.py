"""What `cohortiv report` is asked: one notebook, one date, one symbol."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ReportRequest:
    """What `cohortiv report` was asked.

    Attributes
    ----------
    notebook : str
        Name of a shipped notebook, or path of one.
    out : Path
        Folder of all reports.
    published : str or None
        Time of publication to print.
    brand : Path or None
        Brand file; None takes the shipped one.
    positions, as_of, symbol : str or None
        As for `assessment.Settings`; no positions stand for the embedded sample.
    cohort, brackets : Path or None
    max_excluded : float
    depth_usd : float or None
        Orders that move the price by 1 % [USD].
    option_volatility : float or None
        Annualised volatility that options are priced at [1/sqrt(year)].
    playbook : Path or None
        The user's own playbook.
    tier_table, tier_cohort, market, open_interest, venue : str or None
        As for `assessment.Settings`.
    tier_mix : Path or None
    parameters : tuple of str
        More notebook parameters, each NAME=VALUE.
    params_file : Path or None
        File of such parameters; those given one by one win.
    pdf, static : bool
        Whether a PDF and an edition without scripts are published beside the page.
    supersede : str or None
        Why a published report is restated.
    sign : Path or None
        SSH key that signs the manifest.
    force : bool
        Whether a report is made again that is published and unchanged.
    cell_timeout : int or None
        Longest time that one cell of the notebook may take [s].
    """

    notebook: str
    out: Path
    published: str | None
    brand: Path | None
    positions: str | None
    as_of: str | None
    symbol: str | None
    cohort: Path | None
    brackets: Path | None
    max_excluded: float
    depth_usd: float | None = None
    option_volatility: float | None = None
    playbook: Path | None = None
    tier_table: str | None = None
    tier_cohort: str | None = None
    market: str | None = None
    open_interest: str | None = None
    venue: str | None = None
    tier_mix: Path | None = None
    parameters: tuple[str, ...] = ()
    params_file: Path | None = None
    pdf: bool = False
    static: bool = False
    supersede: str | None = None
    sign: Path | None = None
    force: bool = False
    cell_timeout: int | None = None
