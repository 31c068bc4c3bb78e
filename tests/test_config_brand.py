"""The brand file: what it may say, and what is refused."""

from pathlib import Path

import pytest

from cohortiv.config.brand import Brand, load_brand
from cohortiv.errors import UsageError


def brand_file(folder: Path, text: str) -> Path:
    """Brand file with the text."""
    file = folder / "brand.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_default_brand_is_finished() -> None:
    """The brand that comes along fills every field that a reader looks for."""
    brand = load_brand()
    assert all((brand.name, brand.tagline, brand.classification, brand.disclaimer, brand.contact))


def test_default_brand_agrees_with_the_palette() -> None:
    """The file spells out the colours that charts use as well."""
    assert load_brand().colours == Brand(name="x").colours


def test_name_is_enough(tmp_path: Path) -> None:
    """An institution may give its name alone."""
    assert load_brand(brand_file(tmp_path, "name: Bank")) == Brand(name="Bank")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name: A\ncolour: red", "colour"),
        ("name: A\ncolours: {accent: red}", "colours.accent: got 'red', allowed: a colour by its six digits"),
        ("name: A\ncolours: {accent: '#123456; } body { display: none'}", "colours.accent"),
        ("name: A\nserif: 'x; } body { display: none'", "serif"),
        ("tagline: A", "name"),
        ("[]", "got a list"),
    ],
)
def test_unusable_brand_is_refused(tmp_path: Path, text: str, where: str) -> None:
    """Unknown keys, missing names and values that could break the style sheet are named."""
    with pytest.raises(UsageError, match=where):
        load_brand(brand_file(tmp_path, text))


@pytest.mark.parametrize("text", ["name: [", "name: !!python/object:os.system {}"])
def test_broken_yaml_is_refused(tmp_path: Path, text: str) -> None:
    """What is not plain YAML is not read."""
    with pytest.raises(UsageError, match=r"not YAML in UTF-8 \(line 1, column \d+: "):
        load_brand(brand_file(tmp_path, text))


def test_missing_brand_is_refused(tmp_path: Path) -> None:
    """A path that leads nowhere is bad usage."""
    with pytest.raises(UsageError, match="no such file"):
        load_brand(tmp_path / "none.yaml")


def test_logo_is_embedded(tmp_path: Path) -> None:
    """The logo beside the file becomes part of the page."""
    (tmp_path / "logo.svg").write_bytes(b"abc")
    brand = load_brand(brand_file(tmp_path, "name: A\nlogo: logo.svg"))
    assert brand.logo == "data:image/svg+xml;base64,YWJj"


@pytest.mark.parametrize(("logo", "message"), [("logo.gif", "Allowed are .svg and .png"), ("no.png", "Cannot read")])
def test_unusable_logo_is_refused(tmp_path: Path, logo: str, message: str) -> None:
    """A logo of another type or at no place is bad usage."""
    with pytest.raises(UsageError, match=message):
        load_brand(brand_file(tmp_path, f"name: A\nlogo: {logo}"))
