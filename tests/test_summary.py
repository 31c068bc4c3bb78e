"""The summary: it follows its schema whatever the result, and withholds what it must."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pandas as pd
import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results, assessed, book, cohort_file

from cohortiv.published_cascade import publish_cascade
from cohortiv.schema import MARGIN_MODES, POSITION_COLUMNS, PRODUCTS, REQUIRED, SIDES
from cohortiv.summary import data_quality, summarise

pytestmark = ENGINE_WARNINGS
CONTRACT = """
    schema_version, as_of, cohort, symbols, synthetic, code, code_held, iv_index, critical_volatility,
    reference_volatility, horizon_days, critical_mass, interval, code_probability, critical_drawdown, critical_rally,
    readings, leveraged_notional_usd, tvl_usd, positions, accounts, share_without_line, share_past_line, tiers, cascade,
    data_quality, methodology_version, package_version
"""


def schema(name: str) -> Any:  # noqa: ANN401 - JSON
    """A schema that ships with the package."""
    return json.loads(files("cohortiv").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8"))


def follows(name: str, content: object) -> None:
    """Hold content against a schema."""
    validator = jsonschema.Draft202012Validator(schema(name))
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(content)] == []


@pytest.mark.parametrize("name", ["summary", "positions"])
def test_schema_is_one(name: str) -> None:
    """Each schema is itself valid."""
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_summary_schema_has_the_keys_of_the_contract() -> None:
    """No key more or less than programs rely on, all of them required; reports add what only they have."""
    keys = {key.strip() for key in CONTRACT.replace("\n", " ").split(",")}
    found = schema("summary")
    assert set(found["properties"]) - {"outlook", "validation", "issue"} == set(found["required"]) == keys


@pytest.mark.parametrize("case", CASES)
def test_summary_follows_its_schema(results: Results, case: str) -> None:
    """Every kind of result gives valid JSON, without NaN or infinity."""
    summary = summarise(results[case])
    json.dumps(summary, allow_nan=False)
    follows("summary", summary)


def test_positions_schema_is_the_contract() -> None:
    """Columns, their order, types, meaning and which are required are those that the engine asks for."""
    found = schema("positions")
    types = {"text": "string", "number": "number", "flag": "boolean", "time": "string"}
    assert list(found["properties"]) == [column.name for column in POSITION_COLUMNS]
    assert found["required"] == list(REQUIRED)
    for column in POSITION_COLUMNS:
        stated = found["properties"][column.name]
        assert stated["description"] == column.meaning
        assert stated["type"] == (types[column.kind] if column.required else [types[column.kind], "null"])


@pytest.mark.parametrize(("name", "words"), [("side", SIDES), ("product", PRODUCTS), ("margin_mode", MARGIN_MODES)])
def test_positions_schema_lists_the_words(name: str, words: tuple[str, ...]) -> None:
    """Closed choices are spelt out."""
    allowed = schema("positions")["properties"][name]["enum"]
    assert [word for word in allowed if word is not None] == list(words)


def test_sound_row_follows_the_positions_schema() -> None:
    """A row that the engine takes is a row that the schema takes, and a bad one is not."""
    row = book(1).drop(columns="as_of").to_dict("records")[0]
    follows("positions", row)
    bad = jsonschema.Draft202012Validator(schema("positions"))
    assert not bad.is_valid(row | {"quantity": -1.0})
    assert not bad.is_valid(row | {"side": "LONG"})
    assert not bad.is_valid({name: value for name, value in row.items() if name != "leverage"})


@pytest.mark.parametrize(
    ("case", "index", "volatility"),
    [("past", "inf", 0.0), ("unreachable", 0.0, "inf"), ("nothing leveraged", None, None)],
)
def test_degenerate_numbers_as_json(results: Results, case: str, index: object, volatility: object) -> None:
    """Infinity is the text "inf", and what doesn't exist is null."""
    summary = summarise(results[case])
    assert (summary["iv_index"], summary["critical_volatility"]) == (index, volatility)
    assert summary["interval"] is summary["code_probability"] is None


@pytest.mark.parametrize("case", ["solved", "analyst", "one symbol"])
def test_tiers_add_up(results: Results, case: str) -> None:
    """Cells are a partition: notional and shares sum to the whole, suppressed or not."""
    summary: dict[str, Any] = summarise(results[case])
    tiers = pd.DataFrame(summary["tiers"])
    assert tiers["notional_usd"].sum() == pytest.approx(summary["leveraged_notional_usd"], abs=0.005)
    assert tiers["share"].sum() == pytest.approx(1.0)
    assert tiers["collateral_usd"].sum() == pytest.approx(summary["tvl_usd"], abs=0.005)


@pytest.mark.parametrize("case", ["solved", "analyst", "one symbol"])
def test_no_contribution_is_withheld_alone(results: Results, case: str) -> None:
    """Contributions sum to 1, so one that is null would be 1 less the others; an analyst has all of them."""
    summary: dict[str, Any] = summarise(results[case])
    parts = pd.DataFrame(summary["tiers"])["contribution"]
    hidden = int(parts.isna().sum())
    assert hidden != 1
    assert hidden == 0 or case != "analyst"
    assert bool(parts.sum() == pytest.approx(1.0)) is (hidden == 0)


def test_numbers_are_unrounded(results: Results) -> None:
    """The index is the result's own double."""
    assert summarise(results["solved"])["iv_index"] == results["solved"].iv_index


def test_rows_of_the_source_add_up(results: Results) -> None:
    """Used, excluded, out of scope and of other snapshots are all there were."""
    quality = data_quality(results["solved"])
    parts = (quality.rows_used, quality.rows_excluded, quality.rows_out_of_scope, quality.rows_of_other_snapshots)
    assert quality.rows_read == sum(part for part in parts if part is not None) == 360
    assert quality.reconciled


def with_odd_ones(count: int) -> pd.DataFrame:
    """A book in which as many accounts as wanted are unleveraged, and as many rows have no brackets, of one account."""
    frame = book(80)
    frame.loc[: count - 1, "leverage"] = 1.0
    odd = frame.iloc[:12].assign(account_id="one-account", symbol=[f"NONE{n}" for n in range(12)])
    return pd.concat([frame, odd], ignore_index=True)


def test_figures_of_few_accounts_are_withheld_from_a_report(tmp_path: Path) -> None:
    """Three unleveraged accounts and twelve excluded rows of a single account are not told by totals or shares."""
    quiet: dict[str, Any] = summarise(assessed(tmp_path, with_odd_ones(3), max_excluded=1.0))
    assert quiet["tvl_usd"] is None
    quality = quiet["data_quality"]
    assert [rule["notional_usd"] for rule in quality["exclusions"]] == [None]
    assert quality["excluded_share"] is quality["notional_read_usd"] is None
    follows("summary", quiet)


def exclusions_of(folder: Path, accounts: int, *, for_report: bool = True) -> dict[str, Any]:
    """Data quality of a book with three excluded rows, or one of each of more accounts."""
    odd = book(max(accounts, 3), seed=3).assign(symbol="NONE")
    odd["account_id"] = [f"odd-{number % accounts}" for number in range(len(odd))]
    odd["venue"] = [f"venue-{number}" for number in range(len(odd))]
    frame = pd.concat([book(80), odd], ignore_index=True)
    summary: dict[str, Any] = summarise(assessed(folder, frame, max_excluded=1.0, for_report=for_report))
    follows("summary", summary)
    quality: dict[str, Any] = summary["data_quality"]
    return quality


def test_rows_of_one_account_are_not_counted(tmp_path: Path) -> None:
    """Three excluded rows of one account are told neither by their rule, nor in all, nor as a difference."""
    quality = exclusions_of(tmp_path, 1)
    assert [rule["rows"] for rule in quality["exclusions"]] == [None]
    assert quality["rows_excluded"] is quality["rows_read"] is None
    assert (quality["rows_used"], quality["reconciled"]) == (80, True)


def test_excluded_rows_of_many_are_counted(tmp_path: Path) -> None:
    """Ten accounts are enough, and the analyst sees any number."""
    quality = exclusions_of(tmp_path, 10)
    assert (quality["exclusions"][0]["rows"], quality["rows_excluded"], quality["rows_read"]) == (10, 10, 90)
    assert exclusions_of(tmp_path, 1, for_report=False)["exclusions"][0]["rows"] == 3


def test_rows_out_of_scope_of_few_are_not_counted(tmp_path: Path) -> None:
    """Two accounts that hold another symbol aren't told by the number of their rows."""
    frame = book(80, symbols=("BTC",))
    frame.loc[:1, "symbol"] = "ETH"
    summary: dict[str, Any] = summarise(assessed(tmp_path, frame, symbol="BTC"))
    quality = summary["data_quality"]
    assert quality["rows_out_of_scope"] is quality["rows_read"] is None
    assert (quality["rows_excluded"], quality["rows_used"]) == (0, 78)


def test_analyst_sees_everything(tmp_path: Path) -> None:
    """Without publication nothing is withheld."""
    open_: dict[str, Any] = summarise(assessed(tmp_path, with_odd_ones(3), max_excluded=1.0, for_report=False))
    assert open_["tvl_usd"] > 0
    assert open_["data_quality"]["exclusions"][0]["notional_usd"] > 0
    assert open_["data_quality"]["notional_read_usd"] > open_["leveraged_notional_usd"]


def test_line_share_of_few_accounts_is_withheld(tmp_path: Path) -> None:
    """Two supplied lines would be told by their share of the notional; forty would not."""
    kept = {}
    for count in (2, 40):
        frame = book(80)
        frame["liquidation_price"] = (frame["mark_price"] * frame["side"].map({"long": 0.7, "short": 1.4})).where(
            frame.index < count
        )
        summary: dict[str, Any] = summarise(assessed(tmp_path, frame))
        kept[count] = summary["data_quality"]["supplied_line_share"]
    assert kept[2] is None
    assert 0 < kept[40] < 1


@pytest.mark.parametrize(("as_of", "expected"), [("2026-02-18", "2026-02-18"), ("20260218", "2026-02-18")])
def test_date_of_a_table_without_times(tmp_path: Path, as_of: str, expected: str) -> None:
    """Only a date was given, so only a date is told."""
    result = assessed(tmp_path, book(40).drop(columns="as_of"), as_of=as_of, for_report=False)
    assert summarise(result)["as_of"] == expected


def test_time_of_a_snapshot(results: Results) -> None:
    """The snapshot's own time, in UTC."""
    assert summarise(results["solved"])["as_of"] == "2026-02-18T12:00:00Z"


def test_privacy_of_the_cohort_file_counts(tmp_path: Path) -> None:
    """A cohort that wants twenty accounts a cell gets cells of twenty."""
    cohort = cohort_file(tmp_path, "privacy: {min_accounts: 20}\n")
    tiers: Any = summarise(assessed(tmp_path, book(), cohort=cohort))["tiers"]
    assert min(tier["accounts"] for tier in tiers) >= 20


@pytest.mark.parametrize(
    ("case", "depth_usd", "basis"),
    [
        ("analyst", 1e3, "profile"),
        ("one symbol", 1e3, "ladder"),
        ("nothing leveraged", 1e3, "none"),
        ("solved", None, None),
    ],
)
def test_cascade_says_what_it_rests_on(results: Results, case: str, depth_usd: float | None, basis: str | None) -> None:
    """Null only where no depth is given; a range of the cliff only from the ladder."""
    found = publish_cascade(results[case], mark_price=None, depth_usd=depth_usd)
    told = summarise(results[case], cascade=found)["cascade"]
    assert (told["basis"] if isinstance(told, dict) else told) == basis
    assert (isinstance(told, dict) and told["cliff_from"] is not None) == (basis == "ladder")
