"""The rules of a verdict: the file that ships, and files that are refused."""

from pathlib import Path

import pytest
import yaml

from cohortiv.assets import asset
from cohortiv.config.verdict import NEWEST_VERDICT, load_verdict_rules
from cohortiv.errors import UsageError


def written(folder: Path, **changes: object) -> Path:
    """The file that ships with some fields changed; None takes one away."""
    text = (asset("templates") / "validation" / f"{NEWEST_VERDICT}.yaml").read_text(encoding="utf-8")
    fields = yaml.safe_load(text) | changes
    path = folder / "verdict.yaml"
    kept = {name: value for name, value in fields.items() if value is not None}
    path.write_text(yaml.safe_dump(kept), encoding="utf-8")
    return path


def test_the_shipped_rules() -> None:
    """Version one: broad volatility is four things, ten events, 95 %."""
    rules = load_verdict_rules()
    assert (rules.name, rules.signal, rules.level, rules.fewest_events) == (NEWEST_VERDICT, "iv_index", 0.95, 10)
    assert rules.comparators == ("realised_7d", "realised_30d", "garch", "implied")
    assert rules.hypothesis.startswith("The cohort's implied volatility warns of liquidations earlier and better")


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """Fields that are changed are taken."""
    assert load_verdict_rules(written(tmp_path, fewest_events=20)).fewest_events == 20


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("level", 1.0, "level: got 1.0"),
        ("fewest_events", 0, "fewest_events: got 0"),
        ("comparators", [], "comparators: got"),
        ("name", None, "name: missing"),
        ("prefrence", 0.5, "did you mean preference"),
    ],
)
def test_bad_fields_are_named(tmp_path: Path, field: str, value: object, message: str) -> None:
    """Each wrong field is named with what is allowed."""
    with pytest.raises(UsageError, match=message):
        load_verdict_rules(written(tmp_path, **{field: value}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    with pytest.raises(UsageError, match=r"verdict file .*none\.yaml: no such file"):
        load_verdict_rules(tmp_path / "none.yaml")
