"""Markdown becomes HTML in which nothing runs and nothing is loaded."""

import pytest

from cohortiv.report.markdown import safe_markdown

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload='window.pwned = 1'></svg>",
    "[x](javascript:window.pwned=1)",
    "<a href='javascript:window.pwned=1'>x</a>",
    "![x](https://example.org/x.png)",
    "<iframe src='https://example.org'></iframe>",
    "<style>body { display: none }</style>",
    "$\\text{<script>window.pwned = 1</script>}$",
    "$\\href{javascript:window.pwned=1}{x}$",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "```<script>\nx\n```",
]


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("formulas", [True, False])
def test_hostile_markdown_is_harmless(source: str, formulas: bool) -> None:  # noqa: FBT001 - a parametrised flag
    """No scripts, handlers, frames, styles, pictures or script links are left."""
    html = safe_markdown(source, formulas=formulas).lower()
    for trace in (
        "<script",
        "onerror=",
        "onload=",
        "<iframe",
        "<style",
        "<img",
        "<svg",
        'href="javascript',
        "example.org",
    ):
        assert trace not in html or (trace == "onerror=" and "&lt;" in html)


def test_formulas_become_mathml() -> None:
    """A formula in a Markdown cell is MathML, which browsers draw without a script."""
    html = safe_markdown("$x$ and\n\n$$\\frac{a}{b}$$", formulas=True)
    assert html.count("<math") == 2
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in html


def test_dollars_of_sentences_stay() -> None:
    """In computed sentences dollars are money."""
    assert safe_markdown("\\$4 bn and \\$3 bn", formulas=False) == "<p>$4 bn and $3 bn</p>\n"


def test_tables_and_emphasis_stay() -> None:
    """What Markdown is for is kept."""
    html = safe_markdown("**a** *b* `c`\n\n| d |\n|---|\n| e |\n\n- f\n\n[g](https://example.org/)", formulas=False)
    for piece in ("<strong>a</strong>", "<em>b</em>", "<code>c</code>", "<td>e</td>", "<li>f</li>", "example.org/"):
        assert piece in html


def test_page_keeps_its_one_title() -> None:
    """A heading of the first level goes one down, the others stay."""
    assert "<h2>a</h2>" in safe_markdown("# a", formulas=False)
    assert "<h3>a</h3>" in safe_markdown("### a", formulas=False)
