"""Assumptions of an outlook: what ships, what a file may say, and the date that it is for."""

import datetime as dt
from pathlib import Path

import pytest
from outlook_support import FIELDS, assumptions_file, cap, small

from cohortiv.config.assumptions import (
    assumptions_files,
    dated,
    default_assumptions,
    load_assumptions,
    located_assumptions,
    parse_date,
    quarter_end,
    refuse_bad_target,
    shipped_assumptions,
    target_date,
)
from cohortiv.errors import UsageError

SHIPPED = shipped_assumptions()


def test_three_sets_are_shipped() -> None:
    """Any cohort, and the published model's for two quarters."""
    assert list(SHIPPED) == ["generic-quarter", "published-cohort-2026", "published-cohort-2026q4"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_assumptions_can_be_read(name: str) -> None:
    """Each is valid and named like its file."""
    assert load_assumptions(name).name == name


def test_the_published_cohort_is_projected_to_the_third_quarter() -> None:
    """All strands act, and the date is the quarter's end."""
    assumptions = load_assumptions("published-cohort-2026")
    assert assumptions.to == dt.date(2026, 9, 30)
    assert assumptions.enabled == {"history", "adoption", "regulation"}


@pytest.mark.parametrize(
    ("day", "sample", "name"),
    [
        (dt.datetime.fromisoformat("2026-09-30"), True, "published-cohort-2026q4"),
        (dt.datetime.fromisoformat("2026-06-24"), True, "published-cohort-2026"),
        (dt.datetime.fromisoformat("2027-01-31"), True, "generic-quarter"),
        (dt.datetime.fromisoformat("2026-06-24"), False, "generic-quarter"),
        (None, True, "generic-quarter"),
    ],
)
def test_the_sample_has_assumptions_of_its_own(day: dt.datetime | None, sample: bool, name: str) -> None:  # noqa: FBT001
    """The next quarter that its cohort is described for; any other cohort is carried on from its history."""
    assert default_assumptions(day, sample=sample).name == name


def test_the_quarters_of_the_published_cohort_differ_by_dates_alone() -> None:
    """What is assumed of products and rules is the same, a quarter later."""
    first, second = (load_assumptions(name) for name in SHIPPED if name.startswith("published"))
    assert second.adoption == first.adoption
    assert [rule.probability for rule in second.regulation.scenarios] == [
        rule.probability for rule in first.regulation.scenarios
    ]
    assert second.to == dt.date(2026, 12, 31)


def test_the_generic_quarter_dates_its_cap_by_the_snapshot() -> None:
    """All strands act, and the cap begins so many days after the day that is looked ahead from."""
    generic = load_assumptions("generic-quarter")
    assert generic.enabled == {"history", "adoption", "regulation"}
    free, capped = dated(generic, dt.date(2026, 2, 22)).regulation.scenarios
    assert (free.starts, capped.starts, capped.starts_after_days) == (None, dt.date(2026, 4, 8), None)
    published = load_assumptions("published-cohort-2026")
    assert dated(published, dt.date(2026, 2, 22)) == published


@pytest.mark.parametrize(
    ("edges", "strands"),
    [
        ((1, 2, 5, 10), {"history", "adoption", "regulation"}),
        ((5, 10, 20), {"history", "regulation"}),
        ((25, 50), {"history"}),
    ],
)
def test_a_cohort_of_high_tiers_keeps_the_strands_that_fit_it(edges: tuple[int, ...], strands: set[str]) -> None:
    """A product or a cap below its lowest tier would be refused, and nobody asked for it."""
    assert default_assumptions(None, sample=False, tier_edges=edges).enabled == strands


def test_a_cap_has_one_beginning(tmp_path: Path) -> None:
    """A day or days from the snapshot."""
    fields = FIELDS | {"regulation": {"scenarios": [cap("twice", 1.0) | {"starts_after_days": 3}]}}
    with pytest.raises(UsageError, match=r"'twice': got starts and starts_after_days, allowed is one of them"):
        load_assumptions(assumptions_file(tmp_path, fields))


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    """By its path."""
    assert load_assumptions(assumptions_file(tmp_path)) == small()


def test_an_unknown_name_lists_those_there_are() -> None:
    """The shipped names are in the message."""
    with pytest.raises(UsageError, match=r"got 'none'.*allowed are generic-quarter, published-cohort-2026"):
        load_assumptions("none")


def test_a_wrong_field_is_named_with_its_file(tmp_path: Path) -> None:
    """File, key, value and what is allowed."""
    path = assumptions_file(tmp_path, FIELDS | {"seed": -1})
    with pytest.raises(UsageError) as caught:
        load_assumptions(path)
    assert str(caught.value).startswith(f"assumptions file {path}: seed: got -1, allowed: greater than or equal to 0")


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    """With what was probably meant."""
    with pytest.raises(UsageError, match=r"regulations: unknown field; .*did you mean regulation\?"):
        load_assumptions(assumptions_file(tmp_path, FIELDS | {"regulations": {}}))


def test_a_cap_of_one_is_refused(tmp_path: Path) -> None:
    """The lowest leveraged tier lies above it."""
    fields = FIELDS | {"regulation": {"scenarios": [cap("none left", 1.0, cap=1)]}}
    with pytest.raises(UsageError, match=r"regulation\.scenarios\.0\.cap: got 1, allowed: greater than 1"):
        load_assumptions(assumptions_file(tmp_path, fields))


def test_probabilities_sum_to_one(tmp_path: Path) -> None:
    """The sum is in the message."""
    fields = FIELDS | {"regulation": {"scenarios": [cap("one", 0.4)]}}
    with pytest.raises(UsageError, match=r"regulation: scenarios: got probabilities that sum to 0\.4"):
        load_assumptions(assumptions_file(tmp_path, fields))


@pytest.mark.parametrize("fields", [{"to": None}, {"quarters_ahead": 1}], ids=["neither", "both"])
def test_there_is_one_target(tmp_path: Path, fields: dict[str, object]) -> None:
    """A day, or a number of quarters."""
    with pytest.raises(UsageError, match=r"allowed is either to, such as 2026-09-30, or quarters_ahead"):
        load_assumptions(assumptions_file(tmp_path, FIELDS | fields))


@pytest.mark.parametrize(
    ("day", "quarters", "expected"),
    [
        ("2026-02-18", 0, "2026-03-31"),
        ("2026-02-18", 1, "2026-06-30"),
        ("2026-09-30", 1, "2026-12-31"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-11-22", 5, "2028-03-31"),
    ],
)
def test_quarters_end(day: str, quarters: int, expected: str) -> None:
    """By the calendar."""
    assert quarter_end(dt.date.fromisoformat(day), quarters_ahead=quarters) == dt.date.fromisoformat(expected)


def test_the_caller_may_name_another_day() -> None:
    """It wins over the file's."""
    assert target_date(small(), dt.date(2026, 7, 1), to=dt.date(2026, 12, 1)) == dt.date(2026, 12, 1)


def test_a_target_before_the_snapshot_is_refused() -> None:
    """Both days are in the message."""
    with pytest.raises(UsageError, match=r"got 2026-09-30, allowed is a day after the snapshot of 2026-10-01"):
        target_date(small(), dt.date(2026, 10, 1))


def test_a_file_is_named_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook runs in a folder of its own; a shipped name stays."""
    file = assumptions_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert located_assumptions(file.name) == str(file.resolve())
    assert located_assumptions("generic-quarter") == "generic-quarter"


def test_only_the_users_own_file_is_an_input(tmp_path: Path) -> None:
    """What ships belongs to the version."""
    file = assumptions_file(tmp_path)
    assert assumptions_files(str(file)) == (file,)
    assert assumptions_files("generic-quarter") == ()


def test_a_misspelt_name_is_refused_before_anything_runs() -> None:
    """With the names that ship."""
    with pytest.raises(UsageError, match=r"got 'generic-quater', .* allowed are generic-quarter, published"):
        assumptions_files("generic-quater")


@pytest.mark.parametrize(("text", "day"), [(None, None), ("", None), ("2026-12-31", dt.date(2026, 12, 31))])
def test_days_are_read_as_written(text: str | None, day: dt.date | None) -> None:
    """Nothing is no day."""
    assert parse_date(text) == day


def test_what_is_no_day_is_refused() -> None:
    """With what was got."""
    with pytest.raises(UsageError, match="to: got 'soon', allowed is a day such as 2026-12-31"):
        parse_date("soon")


def test_a_target_is_refused_before_anything_runs() -> None:
    """In the past, by the assumptions' own day, and ill-formed; a later one passes."""
    snapshot = dt.date(2026, 10, 31)
    refuse_bad_target(None, "2026-11-01", as_of=snapshot)
    with pytest.raises(UsageError, match="got 2026-10-31, allowed is a day after"):
        refuse_bad_target(None, "2026-10-31", as_of=snapshot)
    with pytest.raises(UsageError, match="got 2026-09-30, allowed is a day after"):
        refuse_bad_target("published-cohort-2026", None, as_of=snapshot)
    with pytest.raises(UsageError, match="got 'soon', allowed is a day such as"):
        refuse_bad_target(None, "soon", as_of=snapshot)


def test_distances_act_unless_they_are_switched_off() -> None:
    """Also in a file that does not name them, which then states no volatility."""
    assert small().distances.enabled
    assert small().distances.fallback_volatility is None
    assert not small(distances={"enabled": False}).distances.enabled
