"""Figures as the page needs them: a still picture, the specification beside it, and the script that draws it live."""

import base64
import json
import os
import re
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import vl_convert
from platformdirs import user_cache_path

from cohortiv.errors import RunError
from cohortiv.specification import check_specification, with_width

FIGURE_WIDTH = 720
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_COUNTED = re.compile(r'(?<=id=")((?:clip|gradient_)\d+)(?=")')


def drawn_specification(specification: Mapping[str, object], *, name: str, alt: str) -> dict[str, object]:
    """Make a specification ready for the page: checked, of the page's width, described.

    Parameters
    ----------
    specification : mapping
        Vega-Lite specification from the notebook.
    name : str
        Name of the figure, for messages.
    alt : str
        The chart in words.

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
    return with_width(specification, FIGURE_WIDTH) | {"description": alt}


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
    return _renumbered(svg)


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
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        Path(unfinished).replace(file)
    except OSError:
        return


def _renumbered(svg: str) -> str:
    """Count clips and gradients from one again, which vl-convert counts through a whole process."""
    for number, name in enumerate(dict.fromkeys(_COUNTED.findall(svg)), start=1):
        svg = re.sub(rf'(?<=id="){name}(?=")|(?<=url\(#){name}(?=\))', f"part-{number}", svg)
    return svg
