"""A scenario: a market path, the cohort that traded along it, depth, and what happens to it, in one file."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, field_validator, model_validator

from cohortiv.assets import asset
from cohortiv.config.scenario_cohort import CohortPlan, Waves
from cohortiv.config.scenario_depth import BelowOne, Depth
from cohortiv.config.yaml_file import (
    SLUG,
    Name,
    NotNegative,
    Positive,
    Share,
    StrictSettings,
    read_fields,
    validated,
)
from cohortiv.errors import UsageError

KIND = "scenario file"
EXAMPLE = "name: my-scenario"
Shock = Annotated[FiniteFloat, Field(gt=0.0, lt=1.0)]
#: Fields of `depth` that say how much the market takes.
DEPTH_FIGURES = frozenset({"usd_per_percent", "usd_per_percent_by_venue", "daily_volume_usd"})
#: Tables of a file that are taken over or replaced whole: shares that sum to one, and depths that add up.
WHOLE_TABLES = frozenset(
    {"symbols", "venues", "products", "contracts", "margin_modes", "collateral", "usd_per_percent_by_venue"}
)
#: Fields that take the place of each other: one in a file drops the other from what the file extends.
IN_PLACE_OF = {
    "usd_per_percent": "usd_per_percent_by_venue",
    "usd_per_percent_by_venue": "usd_per_percent",
}
#: Outside shocks that a scenario looks at unless it says otherwise [1].
SHOCKS = tuple(round(0.01 * step, 2) for step in range(1, 31))


class Market(StrictSettings):
    """The path that prices took to where they are.

    Attributes
    ----------
    mark_prices : dict of str to float
        Price of each symbol of the cohort now [USD].
    rally : float
        Simple rise of the market from the start of the path to its top, more than -1: 0.8 for 80 % [1].
    pullback : float
        Simple fall from the top to now, 0 to below 1 [1].
    volatility : float
        Annualised volatility of the hourly steps about that path [1/sqrt(year)].
    days : float
        Length of the path [days].
    pullback_days : float
        Its last part, in which the pullback happens, shorter than the whole [days].
    """

    mark_prices: Annotated[dict[Name, Positive], Field(min_length=1)]
    rally: Annotated[FiniteFloat, Field(gt=-1.0)] = 0.0
    pullback: BelowOne = 0.0
    volatility: Positive
    days: Annotated[FiniteFloat, Field(ge=1.0, le=3650.0)]
    pullback_days: NotNegative = 0.0

    @model_validator(mode="after")
    def _room_for_the_pullback(self) -> Self:
        if self.pullback_days >= self.days or (self.pullback > 0) != (self.pullback_days > 0):
            raise ValueError(
                f"got a pullback of {self.pullback:g} in {self.pullback_days:g} of {self.days:g} days; allowed is none "
                "in 0 days, or one in more than 0 and fewer than all days"
            )
        return self


class Inflow(StrictSettings):
    """New positions that come in.

    Attributes
    ----------
    share : float
        Leveraged notional that comes in over what is there [1].
    waves : list of Wave
        How it enters; the scenario's own waves where none are given.
    """

    share: Positive
    waves: Waves = ()


class Changes(StrictSettings):
    """What happens to the cohort, in this order: inflow, cap, maintenance, collateral and top-up, price, depth.

    Attributes
    ----------
    inflow : Inflow or None
    leverage_cap : float or None
        Highest leverage allowed, 1 or more [x].
    compliance : float
        Share of the notional above the cap that complies [1].
    response : {"top_up", "reduce"}
        Whether those who comply add margin or give up notional.
    maintenance_add : float
        Added to maintenance rates, 0 to below 1 [1].
    collateral_shock : float
        Fall of the price of volatile collateral [1].
    collateral_volatile_share : float
        Share of the collateral that is volatile [1].
    top_up : float
        Collateral added by all, as a share of notional [1].
    price_move : float
        Simple move of the market, more than -1 [1].
    depth_withdrawn : float
        Share of depth that is gone from the start, 0 to below 1 [1].
    """

    inflow: Inflow | None = None
    leverage_cap: Annotated[FiniteFloat, Field(ge=1.0)] | None = None
    compliance: Share = 1.0
    response: Literal["top_up", "reduce"] = "top_up"
    maintenance_add: BelowOne = 0.0
    collateral_shock: Share = 0.0
    collateral_volatile_share: Share = 0.0
    top_up: NotNegative = 0.0
    price_move: Annotated[FiniteFloat, Field(gt=-1.0)] = 0.0
    depth_withdrawn: BelowOne = 0.0


class ScenarioConfig(StrictSettings):
    """One scenario.

    Attributes
    ----------
    name : str
        Slug: lower case letters, digits and hyphens, at most 64.
    title, description : str
        As readers see it, and the story.
    source : str
        Where the numbers come from.
    seed : int
        Seed of the market path and of the draws.
    market : Market
    cohort : CohortPlan
    depth : Depth
    changes : Changes
    direction : {"down", "up"}
        Where the shocks go.
    shocks : tuple of float
        Outside shocks as simple fractions, rising [1].
    headline_shock : float
        The shock whose total move and damage are told [1].
    """

    name: Annotated[str, Field(pattern=SLUG)]
    title: Name
    description: str = ""
    source: Name
    seed: Annotated[int, Field(ge=0)]
    market: Market
    cohort: CohortPlan
    depth: Depth
    changes: Changes = Changes()
    direction: Literal["down", "up"] = "down"
    shocks: Annotated[tuple[Shock, ...], Field(strict=False, min_length=1)] = SHOCKS
    headline_shock: Shock = 0.05

    @property
    def maintenance_rates(self) -> dict[str, float]:
        """By venue of the cohort: the rate of positions that no bracket table serves [1]."""
        described = self.depth.liquidation
        return {
            venue: described[venue].maintenance_rate if venue in described else self.cohort.maintenance_rate
            for venue in self.cohort.venues
        }

    @field_validator("shocks")
    @classmethod
    def _rising(cls, shocks: tuple[float, ...]) -> tuple[float, ...]:
        if list(shocks) != sorted(set(shocks)):
            raise ValueError("allowed are shocks that rise, such as [0.05, 0.10]")
        return shocks

    @model_validator(mode="after")
    def _prices_of_all_symbols(self) -> Self:
        missing = sorted(set(self.cohort.symbols) - set(self.market.mark_prices))
        if missing:
            raise ValueError(
                f"cohort.symbols holds {', '.join(missing)} without a price; allowed are the symbols of "
                f"market.mark_prices: {', '.join(self.market.mark_prices)}"
            )
        return self


def shipped_scenarios() -> dict[str, Path]:
    """Files of the scenarios that come with this version, by name."""
    return {path.stem: path for path in sorted((asset("templates") / "scenarios").glob("*.yaml"))}


def load_scenario(name_or_path: str | Path) -> ScenarioConfig:
    """A scenario from its file, with what it extends.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped scenario, or a YAML file with the fields of `ScenarioConfig` and, optionally, `extends`: the
        name of a shipped scenario or a file beside this one, whole in itself. What this file says wins; sections are
        merged field by field, lists and the tables of `WHOLE_TABLES` are replaced; the description, a story of its own
        cohort, is not taken over.

    Raises
    ------
    UsageError
        If a file is not there, extends itself, or holds a field that is unknown or not allowed; the message names the
        file, each field, what was got and what is allowed.
    """
    path = _found(str(name_or_path), beside=None)
    return validated(ScenarioConfig, _merged(path, ()), where=f"{KIND} {path}")


def sets_depth(name_or_path: str | Path) -> bool:
    """Whether the user says what the market takes: in a file of their own, or in one of theirs that it extends.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped scenario, whose depth belongs to the cohort that it makes, or a file.

    Raises
    ------
    UsageError
        If the scenario is not there, or extends itself.
    """
    told = (read_fields(path, kind=KIND, example=EXAMPLE).get("depth") for path in scenario_files(str(name_or_path)))
    return any(isinstance(depth, dict) and not DEPTH_FIGURES.isdisjoint(depth) for depth in told)


def split_names(names: str) -> list[str]:
    """Names of several scenarios, written with commas between them."""
    return [name.strip() for name in names.split(",") if name.strip()]


def located_scenarios(names: str) -> str:
    """The same names, files by their absolute path.

    Parameters
    ----------
    names : str
        Names of shipped scenarios or files, with commas between them.
    """
    return ",".join(str(Path(name).resolve()) if Path(name).is_file() else name for name in split_names(names))


def scenario_files(names: str) -> tuple[Path, ...]:
    """The user's own files behind some scenarios, with what they extend; those that ship belong to the version.

    Parameters
    ----------
    names : str
        Names of shipped scenarios or files, with commas between them.

    Raises
    ------
    UsageError
        If a scenario is not there, or extends itself.
    """
    shipped = set(shipped_scenarios().values())
    chains = [_chain(_found(name, beside=None), ()) for name in split_names(names)]
    return tuple(dict.fromkeys(path for chain in chains for path in chain if path not in shipped))


def _chain(path: Path, below: tuple[Path, ...]) -> tuple[Path, ...]:
    """A file and what it extends, in turn."""
    parent = read_fields(path, kind=KIND, example=EXAMPLE).get("extends")
    if not isinstance(parent, str) or path in below:
        return (*below, path)
    return _chain(_found(parent, beside=path), (*below, path))


def _found(name: str, *, beside: Path | None) -> Path:
    """File of a shipped scenario's name, or the file itself, relative to the one that mentions it."""
    shipped = shipped_scenarios()
    path = (beside.parent / name if beside else Path(name)).expanduser()
    if path.is_file():
        return path
    if name in shipped:
        return shipped[name]
    where = f"{KIND} {beside}: extends" if beside else "scenario"
    raise UsageError(
        f"{where}: got {name!r}, which is no file and no shipped scenario; allowed are {', '.join(shipped)} or the "
        "path of a YAML file. Check the spelling."
    )


def _merged(path: Path, below: tuple[Path, ...]) -> dict[object, object]:
    """Fields of a file on top of those that it extends."""
    chain = (*below, path.resolve())
    if path.resolve() in below:
        told = " -> ".join(file.name for file in chain)
        raise UsageError(
            f"{KIND} {path}: extends leads back to itself ({told}); allowed is a chain that ends. "
            "Take extends out of one."
        )
    fields = read_fields(path, kind=KIND, example=EXAMPLE)
    parent = fields.pop("extends", None)
    if parent is None:
        return fields
    if not isinstance(parent, str):
        raise UsageError(f"{KIND} {path}: extends: got {parent!r}, allowed is the name of a scenario or of a file.")
    source = _found(parent, beside=path)
    lower = _merged(source, chain)
    validated(ScenarioConfig, lower, where=f"{KIND} {source}")
    return _laid_over({key: value for key, value in lower.items() if key != "description"}, fields)


def _laid_over(lower: dict[object, object], upper: dict[object, object]) -> dict[object, object]:
    """Fields of both, the upper ones winning, sections merged."""
    replaced = {IN_PLACE_OF[str(key)] for key in upper if key in IN_PLACE_OF}
    merged = {key: value for key, value in lower.items() if key not in replaced}
    for key, value in upper.items():
        under = lower.get(key)
        both = isinstance(value, dict) and isinstance(under, dict) and key not in WHOLE_TABLES
        merged[key] = _laid_over(under, value) if both else value  # type: ignore[arg-type]
    return merged
