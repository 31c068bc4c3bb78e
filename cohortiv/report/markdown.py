"""Markdown of a notebook as HTML that can do nothing: sanitised, formulas as MathML, no pictures from elsewhere."""

import nh3
from latex2mathml.converter import convert
from markupsafe import Markup
from mistune import HTMLRenderer, Markdown
from mistune.plugins import import_plugin
from nbconvert.filters.markdown_mistune import MathBlockParser, MathInlineParser

_MATHML = """
math menclose merror mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd
mtext mtr munder munderover
"""
_HTML = """
a abbr b blockquote br code dd del dl dt em h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr
ul
"""
_TAGS = {*_MATHML.split(), *_HTML.split()}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "movablelimits", "accent", "largeop", "maxsize", "minsize"},
    "mover": {"accent"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtd": {"columnalign"},
    "mtable": {"columnalign", "rowspacing"},
}


def safe_markdown(source: str, *, formulas: bool) -> Markup:
    """Turn Markdown into HTML in which nothing runs and nothing is loaded.

    Parameters
    ----------
    source : str
        Markdown of a cell or of a computed sentence.
    formulas : bool
        Whether a dollar sign starts a formula; in computed sentences it means dollars.

    Returns
    -------
    Markup
        Sanitised HTML. Headings go one level down, so that the page has one title.
    """
    html = (_WITH_FORMULAS if formulas else _WITHOUT_FORMULAS)(source)
    return Markup(  # noqa: S704 - nh3 has cleaned it
        nh3.clean(str(html), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "mailto"})
    )


class _Renderer(HTMLRenderer):
    def block_math(self, body: str) -> str:
        return _mathml(body, display="block")

    def inline_math(self, body: str) -> str:
        return _mathml(body, display="inline")

    def latex_environment(self, name: str, body: str) -> str:
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display="block")

    def heading(self, text: str, level: int, **attrs: object) -> str:
        return super().heading(text, min(level + 1, 6) if level == 1 else level, **attrs)

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - mistune's signature
        return self.text(text)


def _mathml(latex: str, *, display: str) -> str:
    return str(convert(latex.strip(), display=display))


def _parser(*, formulas: bool) -> Markdown:
    plugins = [import_plugin(name) for name in ("table", "strikethrough", "def_list")]
    renderer = _Renderer(escape=False)
    if not formulas:
        return Markdown(renderer=renderer, plugins=plugins)
    return Markdown(renderer=renderer, block=MathBlockParser(), inline=MathInlineParser(), plugins=plugins)


_WITH_FORMULAS = _parser(formulas=True)
_WITHOUT_FORMULAS = _parser(formulas=False)
