"""The institution's face on every page: name, logo, colours, fonts, classification, disclaimer and contact."""

import base64
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cohortiv import palette
from cohortiv.assets import asset
from cohortiv.config.yaml_file import COLOUR, FONTS, read_fields, validated
from cohortiv.errors import UsageError

Colour = Annotated[str, StringConstraints(pattern=COLOUR)]
FontList = Annotated[str, StringConstraints(pattern=FONTS)]

_KIND: Final = "brand file"
_EXAMPLE: Final = "name: My house"
_LOGO_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png"}


class Colours(BaseModel):
    """Colours of the page; those of codes and sides belong to the palette and mean the same everywhere.

    Attributes
    ----------
    ink, muted : str
        Text, and text of less weight, "#RRGGBB".
    rule, paper, surface : str
        Lines, background, and background of panels.
    accent : str
        Bar at the top, links and section numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ink: Colour = palette.INK
    muted: Colour = palette.MUTED
    rule: Colour = palette.RULE
    paper: Colour = palette.PAPER
    surface: Colour = "#F5F7F9"
    accent: Colour = palette.ACCENT


class Brand(BaseModel):
    """What one YAML file says about the institution that publishes.

    Attributes
    ----------
    name, tagline : str
        Stand at the top of each page.
    logo : str
        Picture as a data: link; in the file, the path of an SVG or PNG file beside it. Empty for none.
    colours : Colours
        Colours of the page.
    serif, sans : str
        Lists of installed fonts for titles and for text; nothing is downloaded.
    classification : str
        Who may read a report, unless its notebook says so itself.
    disclaimer : str
        Stands at the end of each report.
    contact : str
        Whom to ask.
    stale_after_days : float
        Age from which the latest issue of a series is called stale in the catalogue [days].
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    tagline: str = ""
    logo: str = ""
    colours: Colours = Colours()
    serif: FontList = "Charter, Cambria, Georgia, serif"
    sans: FontList = "Helvetica Neue, Arial, sans-serif"
    classification: str = ""
    disclaimer: str = ""
    contact: str = ""
    stale_after_days: Annotated[float, Field(gt=0.0, strict=False)] = 3.0


def load_brand(path: Path | None = None) -> Brand:
    """Read the brand file.

    Parameters
    ----------
    path : Path, optional
        YAML file; by default the one that comes with the templates.

    Returns
    -------
    Brand
        The brand, its logo read.

    Raises
    ------
    UsageError
        If the file cannot be read, has an unknown key or an unusable value.
    """
    file = path or asset("templates") / "brand.yaml"
    fields = read_fields(file, kind=_KIND, example=_EXAMPLE)
    brand = validated(Brand, fields, where=f"{_KIND} {file}")
    return brand.model_copy(update={"logo": _embedded_logo(file.parent / brand.logo)}) if brand.logo else brand


def _embedded_logo(file: Path) -> str:
    if file.suffix.lower() not in _LOGO_TYPES:
        raise UsageError(f"The logo {file.name} is no picture that can be used. Allowed are .svg and .png files.")
    try:
        content = base64.b64encode(file.read_bytes()).decode()
    except OSError as error:
        raise UsageError(f"Cannot read the logo {file}: {error}. Give its path beside the brand file.") from error
    return f"data:{_LOGO_TYPES[file.suffix.lower()]};base64,{content}"
