"""What all files of a user share: reading, checking, wording."""

from pathlib import Path

import pytest
from pydantic import Field

from cohortiv.config.yaml_file import Positive, StrictSettings, read_fields, validated
from cohortiv.errors import UsageError


class Room(StrictSettings):
    """A section."""

    width: Positive = 1.0


class House(StrictSettings):
    """A file with sections: one, a list, and some by name."""

    name: str
    hall: Room = Room()
    rooms: tuple[Room, ...] = Field(default=(), strict=False)
    named: dict[str, Room] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nam": "x"}, "nam: unknown field; allowed are name, hall, rooms, named; did you mean name?"),
        ({"name": "x", "hall": {"wide": 1}}, "hall.wide: unknown field; allowed are width; did you mean width?"),
        ({"name": "x", "hall": {"q": 1}}, "hall.q: unknown field; allowed are width. Correct"),
        ({"name": "x", "rooms": [{"height": 1}]}, "rooms.0.height: unknown field; allowed are width"),
        ({"name": "x", "named": {"a": {"height": 1}}}, "named.a.height: unknown field; allowed are width"),
        ({}, "name: missing; it is required"),
        ({"name": "x", "hall": {"width": 0}}, "hall.width: got 0, allowed: greater than 0"),
        ({"name": 3}, "name: got 3, allowed: string"),
    ],
)
def test_wrong_fields_are_named_with_what_is_allowed(fields: dict[object, object], words: str) -> None:
    """At any depth: the field, what was got, what is allowed, and what may have been meant."""
    with pytest.raises(UsageError) as caught:
        validated(House, fields, where="house file h.yaml")
    assert str(caught.value).startswith("house file h.yaml: ")
    assert words in str(caught.value)


def test_good_fields_make_the_model() -> None:
    """Whole numbers serve for fractions, lists for tuples."""
    house = validated(House, {"name": "x", "rooms": [{"width": 2}]}, where="house file h.yaml")
    assert house.rooms == (Room(width=2.0),)


def test_fields_are_read_from_yaml(tmp_path: Path) -> None:
    """A mapping at the top."""
    path = tmp_path / "h.yaml"
    path.write_text("name: x\n", encoding="utf-8")
    assert read_fields(path, kind="house file", example="name: x") == {"name": "x"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5e8", 5e8), ("5E8", 5e8), ("-2.5e-3", -0.0025), ("5.0e+8", 5e8), ("1.e3", 1000.0), (".5e1", 5.0),
        ("5e8x", "5e8x"), ("e8", "e8"), ("'5e8'", "5e8"),
    ],
)  # fmt: skip
def test_numbers_with_an_exponent_are_numbers(tmp_path: Path, text: str, value: object) -> None:
    """As YAML 1.2 has them, with or without point and sign; what is in quotation marks stays text."""
    path = tmp_path / "h.yaml"
    path.write_text(f"width: {text}\n", encoding="utf-8")
    found = read_fields(path, kind="house file", example="name: x")["width"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file"), (b"\xff\xfe", "not YAML"), (b"- x", "got a list, allowed are fields such as 'name: x'")],
)
def test_what_is_no_file_of_fields_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    """Missing, unreadable, or of another shape."""
    path = tmp_path / "h.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read_fields(path, kind="house file", example="name: x")


@pytest.mark.parametrize("text", ["name: a\nname: b\n", "name: a\nsection:\n  x: 1\n  x: 2\n"])
def test_a_field_written_twice_is_refused(tmp_path: Path, text: str) -> None:
    """The library would take the last one in silence."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is written twice in one section"):
        read_fields(path, kind="some file", example="name: a")


def test_a_date_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """In the words of what was got, with the file."""
    path = tmp_path / "house.yaml"
    path.write_text("name: x\nbuilt: 2026-02-31\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"house\.yaml: holds a value that cannot be .day is out of range for month"):
        read_fields(path, kind="house file", example="name: x")
