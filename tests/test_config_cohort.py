"""Cohort files: what they may say, and what is said when they do not."""

from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from cohortiv.assets import asset
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, Product, load_cohort, read_accounts
from cohortiv.errors import DataError, UsageError
from cohortiv.schema import PRODUCTS, TIER_EDGES

HEAD = "name: desk\ntitle: Our desk\n"


def written(folder: Path, text: str) -> Path:
    """A cohort file on disk."""
    path = folder / "desk.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_those_of_the_methodology(tmp_path: Path) -> None:
    """Name and title suffice; all else has the published default."""
    cohort = load_cohort(written(tmp_path, HEAD))
    assert (cohort.name, cohort.title, cohort.description) == ("desk", "Our desk", "")
    assert (cohort.thresholds.yellow, cohort.thresholds.red) == (30.0, 60.0)
    assert (cohort.limits.min_margin_units, cohort.limits.min_usable_share, cohort.limits.max_age_hours) == (
        30,
        0.5,
        24,
    )
    assert (cohort.privacy.min_accounts, cohort.privacy.max_account_share) == (10, 0.5)
    assert cohort.reference_volatility == 0.40
    assert cohort.tier_edges == TIER_EDGES


def test_fields_are_read(tmp_path: Path) -> None:
    """Whole numbers serve for fractions and lists for tuples."""
    filters = "filters: {venues: [okx], products: [future], symbols: [BTC]}"
    text = f"{HEAD}{filters}\nkappas: {{PEPE: 3}}\nbetas: {{PEPE: 1.9}}"
    cohort = load_cohort(written(tmp_path, text))
    assert (cohort.filters.venues, cohort.filters.products, cohort.filters.symbols) == (("okx",), ("future",), ("BTC",))
    assert (cohort.kappas, cohort.betas) == ({"PEPE": 3.0}, {"PEPE": 1.9})


def test_a_cohort_cannot_be_changed() -> None:
    """A cohort is a record, so a run cannot alter it on the way."""
    with pytest.raises(ValidationError, match="frozen"):
        ALL_ACCOUNTS.name = "other"  # type: ignore[misc]


def test_the_default_cohort_lets_all_pass() -> None:
    """Without a cohort file nobody is filtered out."""
    filters = ALL_ACCOUNTS.filters
    assert (filters.venues, filters.products, filters.symbols, filters.accounts_file) == ((), (), (), None)


def test_products_are_those_of_the_position_contract() -> None:
    """A filter can name each product that a position may have."""
    assert get_args(Product) == PRODUCTS


@pytest.mark.parametrize(
    ("text", "words"),
    (
        pytest.param(f"{HEAD}colour: red", "colour: unknown field; allowed are name, title", id="unknown"),
        pytest.param(
            f"{HEAD}limits: {{min_units: 3}}", "limits.min_units: unknown field; allowed are min_mar", id="deep"
        ),
        pytest.param("name: desk", "title: missing", id="missing"),
        pytest.param("name: Our desk\ntitle: x", "name: got 'Our desk', allowed: lower case", id="slug"),
        pytest.param(f"name: {'a' * 65}\ntitle: x", "at most 64", id="long"),
        pytest.param("name: ../x\ntitle: x", "allowed: lower case", id="path"),
        pytest.param("name: 2026\ntitle: x", "name: got 2026, allowed: string", id="number for text"),
        pytest.param(
            f"{HEAD}filters: {{venues: binance}}", "filters.venues: got 'binance', allowed: tuple", id="no list"
        ),
        pytest.param(f"{HEAD}filters: {{symbols: [NO]}}", "filters.symbols.0: got False", id="yaml's no"),
        pytest.param(f"{HEAD}filters: {{products: [swap]}}", "allowed: 'perpetual', 'future'", id="product"),
        pytest.param(f"{HEAD}kappas: {{BTC: 0}}", "kappas.BTC: got 0, allowed: greater than 0", id="kappa"),
        pytest.param(f"{HEAD}betas: {{BTC: -1}}", "betas.BTC: got -1, allowed: greater than 0", id="beta"),
        pytest.param(f"{HEAD}reference_volatility: '0.4'", "reference_volatility: got '0.4'", id="text for number"),
        pytest.param(f"{HEAD}reference_volatility: .nan", "reference_volatility: got nan", id="nan"),
        pytest.param(
            f"{HEAD}thresholds: {{yellow: 70}}", "red above yellow, got yellow 70 and red 60", id="thresholds"
        ),
        pytest.param(f"{HEAD}limits: {{min_usable_share: 50}}", "min_usable_share: got 50", id="percent"),
        pytest.param(f"{HEAD}privacy: {{min_accounts: 0}}", "privacy.min_accounts: got 0", id="no privacy"),
        pytest.param(
            f"{HEAD}tier_edges: [2, 5]", "tier_edges: allowed are edges that begin with 1 and rise", id="edges"
        ),
        pytest.param(f"{HEAD}tier_edges: [1, 5, 3]", "begin with 1 and rise", id="falling edges"),
        pytest.param("- name: desk", "got a list, allowed are fields", id="list"),
        pytest.param("", "got nothing", id="empty"),
        pytest.param("name: [", "not YAML", id="not yaml"),
        pytest.param("!!python/object/apply:os.getcwd []", "not YAML", id="code"),
    ),
)
def test_what_is_not_allowed_is_named(tmp_path: Path, text: str, words: str) -> None:
    """Each refused file is named with its field, what was got and what is allowed."""
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load_cohort(path)
    assert str(caught.value).startswith(f"cohort file {path}: ")
    assert words in str(caught.value)


def test_all_wrong_fields_are_named_at_once(tmp_path: Path) -> None:
    """Two mistakes are one message."""
    with pytest.raises(UsageError, match=r"title: missing.*privacy\.min_accounts: got 0"):
        load_cohort(written(tmp_path, "name: desk\nprivacy: {min_accounts: 0}"))


def test_a_missing_file_is_bad_usage(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(UsageError, match="no such file"):
        load_cohort(tmp_path / "desk.yaml")


def test_the_accounts_file_lies_beside_the_cohort(tmp_path: Path) -> None:
    """Its path is relative to the cohort file, wherever the command runs."""
    (tmp_path / "members.txt").write_text("a\n", encoding="utf-8")
    cohort = load_cohort(written(tmp_path, f"{HEAD}filters: {{accounts_file: members.txt}}"))
    assert cohort.filters.accounts_file == tmp_path / "members.txt"


def test_a_missing_accounts_file_is_named(tmp_path: Path) -> None:
    """A list of accounts that is not there stops the run before positions are read."""
    path = written(tmp_path, f"{HEAD}filters: {{accounts_file: members.txt}}")
    with pytest.raises(UsageError, match=r"filters\.accounts_file: got 'members\.txt', which is no file"):
        load_cohort(path)


def test_accounts_are_the_first_cells(tmp_path: Path) -> None:
    """Header, remarks, blanks and repetitions are passed over."""
    path = tmp_path / "members.csv"
    path.write_text("account_id,desk\n# ours\na, x\n\n b ,y\na,z\n", encoding="utf-8")
    assert read_accounts(path) == ("a", "b")


@pytest.mark.parametrize("content", (b"", b"account_id\n", b"# none\n", b"\xff\xfe\x00"))
def test_a_list_without_accounts_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty list would silently be an empty cohort."""
    path = tmp_path / "members.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="accounts file"):
        read_accounts(path)


SHIPPED = sorted((asset("templates") / "cohorts").glob("*.yaml"))


def test_cohorts_are_shipped() -> None:
    """The cohort of the published model and one of another venue come with the package."""
    assert {path.stem for path in SHIPPED} >= {"binance-verified-mainland-2026", "hyperliquid-large-accounts"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_cohorts_can_be_read(path: Path) -> None:
    """Each shipped cohort is valid and named like its file."""
    assert load_cohort(path).name == path.stem


def test_the_example_with_every_field_has_them_all() -> None:
    """The longer example mentions each field, with its default where the venue does not ask for another."""
    cohort = load_cohort(asset("templates") / "cohorts" / "hyperliquid-large-accounts.yaml")
    assert cohort.model_fields_set == set(CohortConfig.model_fields)
    assert (cohort.thresholds, cohort.limits, cohort.privacy) == (
        ALL_ACCOUNTS.thresholds,
        ALL_ACCOUNTS.limits,
        ALL_ACCOUNTS.privacy,
    )
