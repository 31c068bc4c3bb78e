"""Reads a chart's specification the way a viewer would: its marks, its data and its words."""

from collections.abc import Iterator, Mapping
from typing import Any

import altair as alt

Layer = Mapping[str, Any]


def layers(chart: alt.TopLevelMixin) -> list[Layer]:
    """All single marks of a chart, panels and layers opened, each with its data rows under "rows"."""
    specification = chart.to_dict()
    return list(_opened(specification, specification["datasets"], ()))


def _opened(node: Layer, datasets: Layer, inherited: object) -> Iterator[Layer]:
    rows = datasets[node["data"]["name"]] if "name" in node.get("data", {}) else inherited
    if "mark" in node:
        yield {**node, "rows": rows}
    for key in ("layer", "vconcat", "concat"):
        for child in node.get(key, ()):
            yield from _opened(child, datasets, rows)
    if "spec" in node:
        yield from _opened(node["spec"], datasets, rows)


def marks(chart: alt.TopLevelMixin, kind: str) -> list[Layer]:
    """The layers with one kind of mark."""
    return [layer for layer in layers(chart) if layer["mark"]["type"] == kind]


def words(chart: alt.TopLevelMixin) -> list[str]:
    """Everything that text marks write, once each, in their order."""
    said: list[str] = []
    for layer in marks(chart, "text"):
        field = layer["encoding"].get("text", {}).get("field")
        said += [row[field] for row in layer["rows"] if row.get(field)] if field else [layer["mark"].get("text", "")]
    return list(dict.fromkeys(map(str, said)))


def dashed_at(chart: alt.TopLevelMixin, channel: str, field: str) -> list[float]:
    """Where dashed rules stand on one axis."""
    rules = [rule for rule in marks(chart, "rule") if "strokeDash" in rule["mark"] and channel in rule["encoding"]]
    return [row[field] for rule in rules if rule["encoding"][channel].get("field") == field for row in rule["rows"]]


def rows_of(chart: alt.TopLevelMixin, kind: str) -> list[dict[str, Any]]:
    """Data rows of the first layer with one kind of mark."""
    return list(marks(chart, kind)[0]["rows"])
