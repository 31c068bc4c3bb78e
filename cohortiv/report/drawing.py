"""Figures as the page needs them: a still picture, the specification beside it, and the script that draws it live."""

import base64
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import vl_convert
from platformdirs import user_cache_path

from cohortiv.errors import RunError
from cohortiv.specification import check_specification, with_width
from cohortiv.whole_file import write_whole

FIGURE_WIDTH = 720
#: Width of the rendition for phones [px].
PHONE_WIDTH = 340
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_TAG = re.compile(r'<[a-z]+(?: [\w:-]+="[^"]*")*/?>')
#: What a picture does not need: words for screen readers (the alt text stands for them), handles for styles and mouse.
_IDLE = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"| opacity="1"')
_EMPTY = re.compile(r'<path(?: d="(?:M0,0h0v0h0Z)?"| display="none")+/>')
_LONG_FRACTION = re.compile(r"(\.\d\d)\d+")
_FONT = re.compile(r' font-family="[^"]*"')
_COUNTED = re.compile(r'(?<=id=")((?:clip|gradient_)\d+)(?=")')


def drawn_specification(
    specification: Mapping[str, object], *, name: str, alt: str, width: int = FIGURE_WIDTH
) -> dict[str, object]:
    """Make a specification ready for the page: checked, of the given width, described.

    Parameters
    ----------
    specification : mapping
        Vega-Lite specification from the notebook.
    name : str
        Name of the figure, for messages.
    alt : str
        The chart in words.
    width : int
        Width of the picture [px].

    Returns
    -------
    dict
        The specification to draw.

    Raises
    ------
    UsageError
        If it would load anything.
    """
    check_specification(specification, name=name)
    return with_width(specification, width) | {"description": alt}


def still_picture(specification: Mapping[str, object], *, name: str) -> str:
    """Draw a specification as SVG, the same bytes whatever was drawn before.

    Parameters
    ----------
    specification : mapping
        From `drawn_specification`.
    name : str
        Name of the figure, for messages.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    RunError
        If Vega-Lite cannot draw it.
    """
    try:
        svg = vl_convert.vegalite_to_svg(dict(specification), allowed_base_urls=[])
    except ValueError as error:
        raise RunError(f"Figure {name!r} cannot be drawn: {error}. Correct the chart in the notebook.") from error
    return _lean(_renumbered(svg))


def picture_size(svg: str) -> tuple[int, int]:
    """Read the size of a picture.

    Parameters
    ----------
    svg : str
        From `still_picture`.

    Returns
    -------
    tuple of int
        Width and height [px]; browsers keep the room free while they decode it.
    """
    head = svg[: svg.index(">")]
    width, height = (re.search(rf'\b{side}="([\d.]+)', head) for side in ("width", "height"))
    return (round(float(width[1])), round(float(height[1]))) if width and height else (FIGURE_WIDTH, FIGURE_WIDTH)


def both_specifications(wide: Mapping[str, object], narrow: Mapping[str, object]) -> dict[str, object]:
    """Put the two renditions of a figure together, with what they share once.

    Parameters
    ----------
    wide, narrow : mapping
        From `drawn_specification`.

    Returns
    -------
    dict
        wide and narrow, each with what it has for itself, and shared: what is the same in both, and under datasets the
        rows of both, by the names under which they ask for them.
    """
    rows = {name: data for each in (wide, narrow) for name, data in _datasets(each).items()}
    shared = {key: item for key, item in wide.items() if key in narrow and narrow[key] == item}
    wide, narrow = (
        {key: item for key, item in each.items() if key not in shared and key != "datasets"} for each in (wide, narrow)
    )
    return {"wide": wide, "narrow": narrow, "shared": {**shared, "datasets": rows}}


def _datasets(specification: Mapping[str, object]) -> Mapping[str, object]:
    """The rows of a specification by name."""
    found = specification.get("datasets")
    return found if isinstance(found, Mapping) else {}


def script_json(value: object) -> str:
    """Write JSON that can stand inside a script element whatever it holds.

    Parameters
    ----------
    value : object
        Plain values.

    Returns
    -------
    str
        JSON without "<", ">" and "&", keys sorted.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def data_link(content: str, *, media_type: str) -> str:
    """Write content as a data: link.

    Parameters
    ----------
    content : str
        Text of a file.
    media_type : str
        Its media type, such as "text/csv".

    Returns
    -------
    str
        The link.
    """
    encoded = base64.b64encode(content.encode()).decode()
    return f"data:{media_type};charset=utf-8;base64,{encoded}"


def vega_script() -> str:
    """Give the JavaScript that draws all figures of a page, from a file in the user's cache after the first time.

    Returns
    -------
    str
        Vega, Vega-Lite and vega-embed in one script that does not end its element.
    """
    file = user_cache_path("cohortiv", appauthor=False) / f"vega-{version('vl-convert-python')}.js"
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        script = vl_convert.javascript_bundle(_SNIPPET).replace("</script", "<\\/script")
        _save(file, script)
        return script


def _save(file: Path, content: str) -> None:
    """Keep a file for the next time; where that is not possible, the next time takes as long."""
    with suppress(OSError):
        write_whole(file, content.encode())


def _renumbered(svg: str) -> str:
    """Count clips and gradients from one again, which vl-convert counts through a whole process."""
    for number, name in enumerate(dict.fromkeys(_COUNTED.findall(svg)), start=1):
        svg = re.sub(rf'(?<=id="){name}(?=")|(?<=url\(#){name}(?=\))', f"part-{number}", svg)
    return svg


def _lean(svg: str) -> str:
    """Leave out of a picture what nobody sees, and name its font once where it has only one."""
    svg = _TAG.sub(lambda tag: _LONG_FRACTION.sub(r"\1", _IDLE.sub("", tag[0])), svg)
    svg = _EMPTY.sub("", svg)
    fonts = {found for tag in _TAG.findall(svg) for found in _FONT.findall(tag)}
    if len(fonts) != 1:
        return svg
    bare = _TAG.sub(lambda tag: _FONT.sub("", tag[0]), svg)
    return bare.replace("<svg", f"<svg{fonts.pop()}", 1)
