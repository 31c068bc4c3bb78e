"""Checks what holds for every chart: its data, words and width, and that both versions of Vega-Lite draw it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import altair as alt
import chart_frames as made
import numpy as np
import pandas as pd
import pytest
import vl_convert

from cohortiv import charts
from cohortiv.charts.theme import NARROW, WIDTH, select, styled, utc_naive
from cohortiv.palette import CODES, INK, MUTED, PAPER, RULE, SIDES

Specification = dict[str, Any]
Maker = Callable[..., alt.TopLevelMixin]
HOSTILE = "</script><img src=x onerror=alert(1)>'\"datum[0]{{7*7}}"
SECRETS = {"account": "0xfeed", "accounts": "12", "note": "kept inside"}
INFINITE, MISSING = float("inf"), float("nan")


def with_secrets(frame: pd.DataFrame) -> pd.DataFrame:
    """Add columns that no chart may embed."""
    return frame.assign(**SECRETS)


def hit_share(frame: pd.DataFrame, critical_volatility: float | None) -> alt.LayerChart:
    """The curve with the usual critical mass and reference."""
    return charts.hit_share_curve(
        frame, critical_mass=0.15, critical_volatility=critical_volatility, reference_volatility=0.4
    )


def btc_ladder(frame: pd.DataFrame) -> alt.LayerChart:
    """The ladder of one symbol with both critical moves."""
    return charts.liquidation_ladder(frame, mark_price=made.MARK_PRICE, critical_drawdown=0.084, critical_rally=0.19)


ORDINARY: dict[str, Maker] = {
    "gauge": lambda: charts.index_gauge(with_secrets(made.index()), code="red"),
    "history": lambda: charts.index_history(with_secrets(made.history())),
    "leverage": lambda: charts.leverage_distribution(with_secrets(made.tiers())),
    "makeup": lambda: charts.critical_mass_makeup(with_secrets(made.tiers())),
    "ladder": lambda: btc_ladder(with_secrets(made.ladder())),
    "cohort ladder": lambda: charts.liquidation_ladder(with_secrets(made.ladder(mark_price=None))),
    "hit share": lambda: hit_share(with_secrets(made.hit_curve()), 0.602),
    "sensitivity": lambda: charts.index_sensitivity(with_secrets(made.sensitivity())),
    "withstand": lambda: charts.withstand_volatility(with_secrets(made.tier_rows()), reference_volatility=0.4),
}

PHONE: dict[str, Maker] = {
    "gauge": partial(charts.index_gauge, made.index(), code="red"),
    "history": partial(charts.index_history, made.history()),
    "leverage": partial(charts.leverage_distribution, made.tiers()),
    "makeup": partial(charts.critical_mass_makeup, made.tiers()),
    "ladder": partial(charts.liquidation_ladder, made.ladder(), mark_price=made.MARK_PRICE, critical_drawdown=0.084),
    "cohort ladder": partial(charts.liquidation_ladder, made.ladder(mark_price=None), critical_rally=0.1),
    "hit share": partial(
        charts.hit_share_curve,
        made.hit_curve(),
        critical_mass=0.15,
        critical_volatility=0.602,
        reference_volatility=0.4,
    ),
    "sensitivity": partial(charts.index_sensitivity, made.sensitivity()),
    "withstand": partial(charts.withstand_volatility, made.tier_rows(), reference_volatility=0.4),
}

DEGENERATE: dict[str, Maker] = {
    "index zero": lambda: charts.index_gauge(made.index(0.0, MISSING, MISSING), code="green"),
    "index infinite": lambda: charts.index_gauge(made.index(INFINITE, MISSING, MISSING), code="red"),
    "index far beyond": lambda: charts.index_gauge(made.index(999.0, 400.0, INFINITE), code="red"),
    "index missing": lambda: charts.index_gauge(made.index(MISSING, MISSING, MISSING), code="grey"),
    "history of one": lambda: charts.index_history(made.history().tail(1)),
    "history infinite": lambda: charts.index_history(made.history().assign(iv_index=INFINITE)),
    "history missing": lambda: charts.index_history(made.history().assign(iv_index=MISSING, code="grey")),
    "leverage of one tier": lambda: charts.leverage_distribution(made.one_tier()),
    "leverage withheld": lambda: charts.leverage_distribution(made.tiers().assign(collateral_share=MISSING)),
    "leverage empty": lambda: charts.leverage_distribution(made.tiers().head(0)),
    "makeup of one side": lambda: charts.critical_mass_makeup(made.tiers().query("side == 'short'")),
    "makeup of one tier": lambda: charts.critical_mass_makeup(made.one_tier()),
    "ladder of one row": lambda: btc_ladder(made.ladder().head(1)),
    "ladder of one side": lambda: btc_ladder(made.ladder().query("side == 'long'")),
    "ladder of hundreds": lambda: btc_ladder(made.ladder(bins=400)),
    "ladder without notional": lambda: btc_ladder(made.ladder().assign(notional_usd=0.0)),
    "ladder empty": lambda: btc_ladder(made.ladder().head(0)),
    "ladder of unequal levels": lambda: charts.liquidation_ladder(
        made.ladder(bins=4, reach=1.0).assign(move_high=lambda rows: rows["move_high"].replace(1.0, 1.02))
    ),
    "ladder past its lines": lambda: charts.liquidation_ladder(made.ladder().assign(move_low=0.0, move_high=0.0)),
    "ladder of a mark alone": lambda: charts.liquidation_ladder(made.ladder().head(0), mark_price=1.0),
    "hit share none": lambda: hit_share(made.hit_curve(), None),
    "hit share infinite": lambda: hit_share(made.hit_curve(), INFINITE),
    "hit share at once": lambda: hit_share(made.hit_curve().assign(share=0.4), 0.0),
    "hit share empty": lambda: hit_share(made.hit_curve().head(0), 0.6),
    "sensitivity infinite": lambda: charts.index_sensitivity(made.sensitivity().assign(iv_index=INFINITE)),
    "sensitivity of one": lambda: charts.index_sensitivity(made.sensitivity().head(1)),
    "withstand of one symbol": lambda: charts.withstand_volatility(made.tier_rows(("BTC",)), reference_volatility=0.4),
    "withstand without lines": lambda: charts.withstand_volatility(
        made.tier_rows().assign(withstand_volatility=MISSING), reference_volatility=0.4
    ),
}


def hostile(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put hostile text into one column."""
    return frame.assign(**{column: HOSTILE})


HOSTILE_CHARTS: dict[str, Maker] = {
    "leverage": lambda: charts.leverage_distribution(hostile(made.one_tier(), "tier")),
    "makeup": lambda: charts.critical_mass_makeup(hostile(made.one_tier(), "tier")),
    "sensitivity": lambda: charts.index_sensitivity(hostile(made.sensitivity(), "label")),
    "withstand": lambda: charts.withstand_volatility(hostile(made.tier_rows(), "tier"), reference_volatility=0.4),
    "symbol": lambda: charts.withstand_volatility(hostile(made.tier_rows(), "symbol"), reference_volatility=0.4),
    "side": lambda: btc_ladder(hostile(made.ladder(), "side")),
}


@cache
def specified(name: str) -> Specification:
    """The specification of one ordinary chart."""
    return ORDINARY[name]().to_dict()


@pytest.fixture(params=ORDINARY)
def specification(request: pytest.FixtureRequest) -> Specification:
    """The specification of each chart from an ordinary frame with columns that it must not embed."""
    return specified(request.param)


def parts(node: object) -> Iterator[Mapping[str, Any]]:
    """All objects of a specification but its data."""
    if isinstance(node, Mapping):
        yield node
        for key, item in node.items():
            if key != "datasets":
                yield from parts(item)
    elif isinstance(node, list):
        for item in node:
            yield from parts(item)


def axis_titles(specification: Specification) -> list[str]:
    """Titles of all axes, wherever they are given."""
    channels = [part["encoding"].get(key, {}) for part in parts(specification) if "encoding" in part for key in "xy"]
    titles = [(channel.get("axis") or {}).get("title", channel.get("title")) for channel in channels]
    return [title for title in titles if title and title.strip()]


def drawn(chart: alt.TopLevelMixin, version: str) -> str:
    """The chart as SVG."""
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=version))


def test_only_used_columns_are_embedded(specification: Specification) -> None:
    """Every column in the data of a chart is named by an encoding or transform, and none of the others is there."""
    columns = {column for rows in specification["datasets"].values() for row in rows for column in row}
    named = json.dumps({key: value for key, value in specification.items() if key != "datasets"})
    assert columns.isdisjoint(SECRETS)
    assert {column for column in columns if not re.search(rf'"{column}"|datum\.{column}\b', named)} == set()


def test_axes_carry_units(specification: Specification) -> None:
    """Every quantitative axis says its unit; the others are named by tier, snapshot or value."""
    unnamed = [title for title in axis_titles(specification) if "%" not in title and "USD" not in title]
    assert axis_titles(specification) != []
    assert set(unnamed) <= {"Leverage tier", "Snapshot (UTC), 2025 to 2026"}


def test_colours_come_from_the_palette(specification: Specification) -> None:
    """No colour is drawn that the palette does not name."""
    text = json.dumps(specification)
    allowed = {INK, MUTED, PAPER, RULE, *SIDES.values()}
    for style in CODES.values():
        allowed |= {style.fill, style.ink, style.outline, style.tint}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", text)) <= allowed


def test_width_is_fixed(specification: Specification) -> None:
    """No width depends on a container, which hangs JupyterLab."""
    assert "container" not in json.dumps(specification)


def test_no_dual_axes(specification: Specification) -> None:
    """Layers of one plot share both their axes."""
    assert [part for part in parts(specification) if "layer" in part and "resolve" in part] == []


def test_style_is_in_the_chart(specification: Specification) -> None:
    """Font, grid and number format are in the chart's own configuration."""
    assert "sans-serif" in specification["config"]["font"]
    assert specification["config"]["locale"]["number"]["percent"] == "\u00a0%"


@pytest.mark.parametrize("name", [*ORDINARY, *DEGENERATE])
def test_chart_draws_alike_in_vega_lite_5_and_6(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A chart becomes the same SVG in the version of the report and in that of JupyterLab, without a warning."""
    chart = {**ORDINARY, **DEGENERATE}[name]()
    picture = drawn(chart, "6.1")
    assert picture == drawn(chart, "5.20")
    assert "NaN" not in picture
    assert "undefined" not in picture
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ORDINARY)
def test_chart_is_as_wide_as_the_page(name: str) -> None:
    """A chart of an ordinary frame is 720 px wide, give or take the digits of an axis."""
    width = re.search(r'width="([\d.]+)"', drawn(ORDINARY[name](), "6.1"))
    assert width is not None
    assert float(width.group(1)) == pytest.approx(WIDTH, abs=20)


@pytest.mark.parametrize("name", PHONE)
def test_narrow_chart_fits_a_phone(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The rendition for a phone is 340 px wide with letters of at least 11 px, and draws without a warning."""
    picture = drawn(PHONE[name](width=NARROW), "6.1")
    width = re.search(r'width="([\d.]+)"', picture)
    assert width is not None
    assert float(width.group(1)) == pytest.approx(NARROW, abs=20)
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)) >= 10
    assert capfd.readouterr() == ("", "")


def test_renditions_draw_the_same_rows() -> None:
    """Both widths of a figure are drawn from one frame."""
    both = charts.renditions(charts.critical_mass_makeup, made.tiers())
    wide, narrow = both.wide.to_dict(), both.narrow.to_dict()
    assert (wide["width"], narrow["width"]) == (WIDTH, NARROW)
    assert wide["datasets"] == narrow["datasets"]


@pytest.mark.parametrize("name", ORDINARY)
def test_chart_is_the_same_every_time(name: str) -> None:
    """Two runs give the same specification, byte by byte."""
    assert json.dumps(ORDINARY[name]().to_dict()) == json.dumps(specified(name))


@pytest.mark.parametrize("name", HOSTILE_CHARTS)
def test_hostile_text_stays_data(name: str) -> None:
    """Hostile text stands in data, sort orders and titles only, never in an expression, and the picture escapes it."""
    chart = HOSTILE_CHARTS[name]()
    expressions = [
        item
        for part in parts(chart.to_dict())
        for key, item in part.items()
        if key in {"labelExpr", "expr", "test", "calculate", "filter", "href", "url"}
    ]
    assert [item for item in expressions if "onerror" in json.dumps(item)] == []
    assert "<img" not in drawn(chart, "6.1")


def test_import_changes_no_global_state() -> None:
    """A chart that somebody else makes beside ours keeps Altair's own looks."""
    ORDINARY["gauge"]()
    other = alt.Chart(pd.DataFrame({"a": [1.0]})).mark_bar().to_dict()
    assert alt.theme.active == "default"
    assert set(other["config"]) == {"view"}


def test_styled_leaves_its_argument_alone() -> None:
    """Styling gives a copy."""
    plain = alt.Chart(pd.DataFrame({"a": [1.0]})).mark_bar()
    styled(plain)
    assert "font" not in plain.to_dict()["config"]


def test_frames_are_not_changed() -> None:
    """A chart leaves the frame that it draws as it was."""
    frame = made.history()
    before = frame.copy()
    charts.index_history(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_missing_column_is_named() -> None:
    """A frame that lacks a column is refused with the column's name and what to do."""
    with pytest.raises(ValueError, match=r"without \['contribution'\].*Pass the frame that publication makes"):
        charts.critical_mass_makeup(made.tiers().drop(columns="contribution"))


def test_select_keeps_order_and_rows() -> None:
    """Selecting gives the named columns in the named order with a fresh index."""
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": [5, 6]}, index=[7, 8])
    chosen = select(frame, ["c", "a"])
    assert list(chosen.columns) == ["c", "a"]
    assert list(chosen.index) == [0, 1]


@pytest.mark.parametrize(
    "times",
    [
        ["2026-02-18T01:00:00+01:00"],
        [pd.Timestamp("2026-02-18", tz="UTC")],
        [pd.Timestamp("2026-02-18")],
        [pd.Timestamp("2026-02-18").date()],
        [np.datetime64("2026-02-18")],
    ],
    ids=["text with zone", "zoned", "naive", "date", "numpy"],
)
def test_times_become_utc_without_a_zone(times: list[object]) -> None:
    """Whatever a date comes as, the chart gets midnight UTC as datetime64."""
    made_naive = utc_naive(pd.Series(times))
    assert str(made_naive.dtype).startswith("datetime64")
    assert made_naive.iloc[0] == pd.Timestamp("2026-02-18")
