"""The cohort of a scenario file: shares that sum to one, waves, names."""

from pathlib import Path

import pytest
from scenario_support import FIELDS, scenario_file

from cohortiv.config.scenario import load_scenario
from cohortiv.errors import UsageError


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{BTC: 0.7, ETH: 0.3}", "{BTC: 0.7, ETH: 0.2}", "cohort.symbols: got shares that sum to 0.9, allowed are sh"),
        ("{3: 0.5, 5: 0.5}", "{3: 0.5, 5: 0.6}", "cohort.waves.0.tiers: got shares that sum to 1.1, allowed are sh"),
        ("{3: 0.5, 5: 0.5}", "{0.5: 0.5, 5: 0.5}", "cohort.waves.0.tiers.0.5: got 0.5, allowed: greater than or equal"),
        ("share: 0.4", "share: 0.5", "cohort.waves: got waves whose shares sum to 1.1, allowed are shares that sum to"),
        ("share: 0.4", "share: -0.4", "cohort.waves.0.share: got -0.4, allowed: greater than or equal to 0"),
        ("long_share: 0.75", "longs: 0.75", "cohort.waves.0.longs: unknown field; allowed are name, share, long_share"),
        ("entered: [0.0, 0.9]", "entered: [0.9, 0.9]", "cohort.waves.0: entered: got [0.9, 0.9], allowed are two fr"),
        ("entered: [0.0, 0.9], ", "", "cohort.waves.0: allowed is either entered, such as [0.5, 1.0], or near_mark"),
        ("near_mark: 0.01", "near_mark: 0.01, entered: [0, 1]", "cohort.waves.1: allowed is either entered"),
        ("linear: 1", "quanto: 1", "cohort.contracts.quanto: got 'quanto', allowed: 'linear' or 'inverse'"),
        ("{USDT: 0.5, BTC: 0.5}", "{DOGE: 1}", "cohort: collateral: got DOGE, allowed are symbols of the cohort and"),
        ("accounts: 400", "accounts: 10", "cohort.accounts: got 10, allowed: greater than or equal to 100"),
        (
            "maintenance_rate: 0.005",
            "maintenance_rate: 0.5",
            "cohort.maintenance_rate: got 0.5, allowed: less than 0.5",
        ),
    ],
)
def test_what_is_not_allowed_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """File, key, value and what is allowed."""
    path = scenario_file(tmp_path, FIELDS.replace(old, new))
    with pytest.raises(UsageError) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"scenario file {path}: ")
    assert words in str(caught.value)


def test_thirds_sum_to_one(tmp_path: Path) -> None:
    """A share of 0.3333333 three times is near enough."""
    text = FIELDS.replace("{3: 0.5, 5: 0.5}", "{3: 0.3333333, 5: 0.3333333, 8: 0.3333334}")
    assert len(load_scenario(scenario_file(tmp_path, text)).cohort.waves[0].tiers) == 3
