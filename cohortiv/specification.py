"""Vega-Lite specifications on their way to a page: nothing is loaded from elsewhere, and the width is known."""

from collections.abc import Iterator, Mapping

from cohortiv.errors import UsageError

_COMPOSED = frozenset({"hconcat", "vconcat", "concat", "facet", "repeat"})


def check_specification(specification: Mapping[str, object], *, name: str) -> None:
    """Refuse a specification that would load something when it is drawn.

    Parameters
    ----------
    specification : mapping
        Vega-Lite specification.
    name : str
        Name of the figure, for the message.

    Raises
    ------
    UsageError
        If it takes data from a URL or has image marks.
    """
    for part in _parts(specification):
        source, mark = part.get("data"), part.get("mark")
        if isinstance(source, Mapping) and "url" in source:
            raise UsageError(f"Figure {name!r} takes its data from a URL. A report is one file: pass the frame itself.")
        if (mark.get("type") if isinstance(mark, Mapping) else mark) == "image":
            raise UsageError(f"Figure {name!r} has image marks. Allowed are marks that are drawn: use another mark.")


def with_width(specification: Mapping[str, object], width: int) -> dict[str, object]:
    """Copy a specification and give it a fixed width where it has one width for the whole chart.

    Parameters
    ----------
    specification : mapping
        Vega-Lite specification.
    width : int
        Width of the plot with its axes [px].

    Returns
    -------
    dict
        The copy; charts made of several charts and charts with a width per step stay as they are.
    """
    copy = dict(specification)
    if not _COMPOSED & copy.keys() and not isinstance(copy.get("width"), Mapping):
        copy["width"] = width
        copy["autosize"] = {"type": "fit", "contains": "padding"}
    return copy


def _parts(specification: object) -> Iterator[Mapping[str, object]]:
    """Go through all objects of a specification except its data rows."""
    if isinstance(specification, Mapping):
        yield specification
        for key, item in specification.items():
            if key not in {"datasets", "values"}:
                yield from _parts(item)
    elif isinstance(specification, list):
        for item in specification:
            yield from _parts(item)
