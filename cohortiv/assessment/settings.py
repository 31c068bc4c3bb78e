"""What a run is asked: source, snapshot, symbol, cohort, brackets and the parameters of the index."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cohortiv.display import Displayed
from cohortiv.engine import check_engine, usual_engine, usual_limit
from cohortiv.errors import UsageError

CRITICAL_MASS = 0.15
HORIZON_DAYS = 7.0
MAX_EXCLUDED = 0.01
#: Where the notional comes from; at most one is given, none stands for the embedded sample.
_INPUTS = ("positions", "tier_table", "market")
#: What only makes sense beside another setting.
_BELONGS = {"tier_cohort": "tier_table", "open_interest": "market", "tier_mix": "market", "venue": "market"}
#: Values beyond these are taken for a unit error [days; 1/sqrt(year)].
LONGEST_HORIZON_DAYS, LARGEST_VOLATILITY = 10_000, 10


class Basis(StrEnum):
    """What a result stands on, as a reader is told."""

    POSITIONS = "positions"
    TIER_TABLE = "from a tier table"
    OPEN_INTEREST = "reconstructed from open interest: a model, not positions"


@dataclass(frozen=True)
class Settings(Displayed):
    """One run.

    Attributes
    ----------
    positions : str
        File, folder, glob or NAME:FILE; empty for the embedded synthetic sample.
    as_of : str or None
        Date or timestamp (UTC).
    symbol : str or None
        Base asset; None reads the cohort as a whole.
    cohort : Path or None
        Cohort file (YAML); None takes all accounts.
    brackets : Path or None
        The user's own bracket tables.
    critical_mass : float
        Share of leveraged notional [1].
    horizon_days : float
        Period over which touching a line counts [days].
    reference_volatility : float or None
        Annualised anchor of the index [1/sqrt(year)]; None: the cohort's, times the symbol's kappa.
    max_excluded : float
        Largest share of notional that may be excluded [1].
    history_days : float or None
        How far before the snapshot the source is read for the index over time [days]; None reads all of it.
    tier_table : str
        In place of positions: table of leverage tiers, a file or NAME:FILE.
    tier_cohort : str or None
        Which of its cohorts.
    market : str
        In place of positions: file of price bars, from which positions are reconstructed.
    open_interest : str
        File of open interest; empty where the bars have it.
    tier_mix : Path or None
        File of shares by multiplier for the reconstruction; None takes the default mix.
    venue : str
        Venue of market data that do not name it, or name several.
    engine : str
        What positions are read and aggregated on, one of `engine.ALLOWED`; the result is the same. By default that of
        the environment (COHORTIV_ENGINE), else DuckDB.
    memory_limit : str
        What the embedded engine may keep in memory before it spills to disk; by default that of the environment
        (COHORTIV_MEMORY_LIMIT), else 8GB.
    """

    positions: str = ""
    as_of: str | None = None
    symbol: str | None = None
    cohort: Path | None = None
    brackets: Path | None = None
    critical_mass: float = CRITICAL_MASS
    horizon_days: float = HORIZON_DAYS
    reference_volatility: float | None = None
    max_excluded: float = MAX_EXCLUDED
    history_days: float | None = None
    tier_table: str = ""
    tier_cohort: str | None = None
    market: str = ""
    open_interest: str = ""
    tier_mix: Path | None = None
    venue: str = ""
    engine: str = field(default_factory=usual_engine)
    memory_limit: str = field(default_factory=usual_limit)

    @property
    def is_aggregate(self) -> bool:
        """Whether the run is on data without accounts."""
        return bool(self.tier_table or self.market)

    def __post_init__(self) -> None:
        """Refuse values outside their range: what was got, what is allowed."""
        checks = (
            ("critical_mass", 0 < self.critical_mass < 1, "a share above 0 and below 1, such as 0.15"),
            ("horizon_days", 0 < self.horizon_days < LONGEST_HORIZON_DAYS, "days above 0 and below 10,000, such as 7"),
            (
                "reference_volatility",
                self.reference_volatility is None or 0 < self.reference_volatility < LARGEST_VOLATILITY,
                "an annualised fraction above 0 and below 10, such as 0.40 for 40 %",
            ),
            (
                "history_days",
                self.history_days is None or 0 <= self.history_days < LONGEST_HORIZON_DAYS,
                "days from 0 to below 10,000, such as 90, or none for all",
            ),
            ("max_excluded", 0 <= self.max_excluded <= 1, "a share from 0 to 1, such as 0.01"),
        )
        for name, holds, allowed in checks:
            if not holds:
                raise UsageError(f"{name} got {getattr(self, name)}; allowed is {allowed}. Correct the value.")
        check_engine(self.engine)
        self._refuse_mixed_inputs()

    def _refuse_mixed_inputs(self) -> None:
        """Refuse more than one input, and what belongs to an input that is not given."""
        given = [name for name in _INPUTS if getattr(self, name)]
        if len(given) > 1:
            raise UsageError(
                f"{' and '.join(map(_flag, given))} were given together; allowed is one of "
                f"{', '.join(map(_flag, _INPUTS))}. Leave the others out."
            )
        for name, owner in _BELONGS.items():
            if getattr(self, name) and not getattr(self, owner):
                raise UsageError(f"{_flag(name)} was given without {_flag(owner)}, to which it belongs. Add it.")


def _flag(name: str) -> str:
    """Option of a setting."""
    return f"--{name.replace('_', '-')}"
