"""What a run may be asked: values out of range are refused before anything is read."""

import math

import pytest

from cohortiv.assessment import Settings
from cohortiv.errors import UsageError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("critical_mass", 0.0), ("critical_mass", 1.0), ("critical_mass", math.nan),
        ("horizon_days", 0.0), ("horizon_days", math.inf), ("horizon_days", -7.0),
        ("reference_volatility", 0.0), ("reference_volatility", 40_000.0), ("reference_volatility", math.nan),
        ("max_excluded", -0.01), ("max_excluded", 1.5), ("max_excluded", math.nan),
    ],
)  # fmt: skip
def test_value_out_of_range_is_refused(name: str, value: float) -> None:
    """The message says which parameter, what was got and what is allowed."""
    with pytest.raises(UsageError, match=rf"^{name} got .*; allowed is .*such as"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_defaults_are_those_of_the_model() -> None:
    """15 % critical mass, 7 days, the cohort's reference volatility, 1 % excluded."""
    settings = Settings()
    assert (settings.critical_mass, settings.horizon_days, settings.max_excluded) == (0.15, 7.0, 0.01)
    assert settings.reference_volatility is None


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_edges_of_max_excluded_are_allowed(share: float) -> None:
    """Nothing, or everything, may be excluded."""
    assert Settings(max_excluded=share).max_excluded == share


@pytest.mark.parametrize(
    "given",
    [
        {"positions": "a.csv", "tier_table": "b.csv"},
        {"positions": "a.csv", "market": "b.csv"},
        {"tier_table": "a.csv", "market": "b.csv"},
    ],
)
def test_only_one_input_is_allowed(given: dict[str, str]) -> None:
    """The message names those given and those that there are."""
    with pytest.raises(UsageError, match=r"given together; allowed is one of --positions, --tier-table, --market"):
        Settings(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "owner"), [("tier_cohort", "tier-table"), ("open_interest", "market"), ("tier_mix", "market"),
                         ("venue", "market")],
)  # fmt: skip
def test_what_belongs_to_an_input_needs_it(given: str, owner: str) -> None:
    """An option that would change nothing is refused."""
    with pytest.raises(UsageError, match=f"was given without --{owner}, to which it belongs"):
        Settings(**{given: "x"})  # type: ignore[arg-type]
