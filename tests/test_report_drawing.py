"""Stills, specifications and the one script."""

import json
import re
from pathlib import Path

import altair as alt
import pandas as pd
import pytest
import vl_convert
from report_support import chart

from cohortiv.errors import RunError, UsageError
from cohortiv.report import drawing


def test_still_does_not_depend_on_what_was_drawn_before() -> None:
    """Drawn twice in one process, a chart with a clip gives the same bytes."""
    drawn = drawing.drawn_specification(chart().to_dict(), name="x", alt="A line.")
    first, second = (drawing.still_picture(drawn, name="x") for _ in range(2))
    assert first == second
    assert 'id="part-1"' in first
    assert "url(#part-1)" in first


def test_still_has_a_size() -> None:
    """The size of a picture is known without drawing it, and is the page's width."""
    drawn = drawing.drawn_specification(chart().to_dict(), name="x", alt="A line.")
    assert drawing.picture_size(drawing.still_picture(drawn, name="x")) == (720, 300)


def test_specification_says_what_it_shows() -> None:
    """The live chart carries the alt text as its description, and the page's width."""
    drawn = drawing.drawn_specification(chart().to_dict(), name="x", alt="A line.")
    assert (drawn["description"], drawn["width"]) == ("A line.", 720)


def test_specification_that_loads_is_refused() -> None:
    """The exporter checks again, since a notebook may display what it likes."""
    with pytest.raises(UsageError, match="from a URL"):
        drawing.drawn_specification({"data": {"url": "a.csv"}, "mark": "bar"}, name="x", alt="A")


def test_broken_chart_is_named() -> None:
    """A specification that Vega-Lite cannot draw stops the run with the figure's name."""
    with pytest.raises(RunError, match="Figure 'x' cannot be drawn"):
        drawing.still_picture({"mark": "no such mark"}, name="x")


def test_still_is_lean() -> None:
    """Words for screen readers, handles and repeated fonts are left out; text stays as it is."""
    words = alt.Chart(pd.DataFrame({"say": ['role="x" 1.23456']})).mark_text().encode(text="say:N")
    svg = drawing.still_picture(drawing.drawn_specification(words.to_dict(), name="x", alt="A"), name="x")
    assert "aria-" not in svg
    assert "class=" not in svg
    assert svg.count("font-family") == 1
    assert re.search(r'>role=(?:"|&quot;)x(?:"|&quot;) 1\.23456<', svg)


def test_rows_of_two_renditions_are_there_once() -> None:
    """Both specifications ask for their rows by name, and the page holds them once."""
    rows = {"a": [{"x": 1}]}
    both = drawing.both_specifications({"mark": "bar", "datasets": rows}, {"mark": "line", "datasets": rows})
    assert both == {"wide": {"mark": "bar"}, "narrow": {"mark": "line"}, "shared": {"datasets": rows}}


def test_what_two_renditions_share_is_there_once() -> None:
    """Either of them is what is shared with what it has for itself, and rows that only one has are kept."""
    wide = {"mark": "bar", "width": 720, "title": "A", "datasets": {"a": [1]}}
    narrow = {"mark": "bar", "width": 340, "datasets": {"b": [2]}}
    both = drawing.both_specifications(wide, narrow)
    assert both["shared"] == {"mark": "bar", "datasets": {"a": [1], "b": [2]}}
    assert (both["wide"], both["narrow"]) == ({"width": 720, "title": "A"}, {"width": 340})


def test_json_cannot_leave_its_script() -> None:
    """Specifications hold no character that means something in HTML, and read back the same."""
    value = {"a": "</script><!--<script>&\u2028\u2029é"}
    written = drawing.script_json(value)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == value


def test_script_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the script comes from the cache."""
    made = iter(["x</script>y"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda _: next(made))
    assert [drawing.vega_script(), drawing.vega_script()] == ["x<\\/script>y"] * 2


def test_unwritable_cache_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept the script is made each time."""
    (tmp_path / "cohortiv").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda _: "x")
    assert drawing.vega_script() == "x"


def test_script_gives_no_handle_on_vega() -> None:
    """Only vega-embed is put on the window, and nothing in the script ends its element."""
    script = drawing.vega_script()
    assert "window.vegaEmbed" in script
    assert "window.vega=" not in script.replace(" ", "")
    assert "</script" not in script.lower()
