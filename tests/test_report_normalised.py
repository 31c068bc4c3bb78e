"""What is left of a notebook when it is published, and what its publisher is told."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cohortiv.report.normalised import warnings_of, without_folders


def test_warnings_reach_the_publisher() -> None:
    """Paragraphs of warning are kept whole, across outputs; progress and the software's own warnings are not."""
    said = [
        "Reading x\nWarning: 3 row(s) are excl",
        "uded:\n  quantity invalid\n    row 1\nGrouping\n",
        "Warning: end\n",
    ]
    outputs = [new_output("stream", name="stderr", text=text) for text in said]
    outputs.append(new_output("stream", name="stdout", text="Warning: not here\n"))
    cells = [new_markdown_cell("# T"), new_code_cell(outputs=outputs[:1]), new_code_cell(outputs=outputs[1:])]
    expected = ("Warning: 3 row(s) are excluded:\n  quantity invalid\n    row 1", "Warning: end")
    assert warnings_of(new_notebook(cells=cells)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{folder}/data/a.parquet", "a.parquet"),
        ("hyperliquid:{folder}/data/a.parquet", "hyperliquid:a.parquet"),
        ("{folder}/data", "data"),
        ("{folder}/data/*.parquet", "*.parquet"),
        ("BTC", "BTC"),
        (7, 7),
    ],
)
def test_paths_lose_their_folders(tmp_path: Path, value: str | int, expected: str | int) -> None:
    """Of a path to inputs only what comes after the machine's folders is published."""
    given = value.format(folder=tmp_path) if isinstance(value, str) else value
    assert without_folders(given, [tmp_path / "data" / "a.parquet"]) == expected
