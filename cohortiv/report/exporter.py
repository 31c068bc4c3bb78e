"""The nbconvert exporter: a notebook that ran becomes one HTML file that needs no network and runs only our scripts.

It is registered under `nbconvert.exporters`, so `jupyter nbconvert --to cohortiv_report` and JupyterLab's menu, which
shows that name, offer it too.
"""

import base64
import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment
from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode
from traitlets import List, Unicode, default

from cohortiv.assets import asset
from cohortiv.config.brand import Brand, load_brand
from cohortiv.palette import CODES
from cohortiv.report.content import read_content
from cohortiv.report.drawing import vega_script
from cohortiv.report.wording import FILTERS

_POLICY_MARK = "cohortiv-content-security-policy"
_SCRIPTS_MARK = "<!--cohortiv-scripts-->"
_OWN_PAGE = "own-page.html.j2"


class ReportExporter(HTMLExporter):
    """Exports the page of a report: code hidden, known outputs only, charts live, nothing loaded."""

    export_from_notebook = "Cohortiv report"
    default_preprocessors: List[Any] = List([]).tag(config=True)
    template_name = Unicode("report").tag(config=True)
    brand: Brand | None = None
    page_template: Path | None = None

    @default("extra_template_basedirs")
    def _our_templates(self) -> list[str]:
        return [str(asset("templates"))]

    def from_notebook_node(  # type: ignore[override]
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **options: Any,  # noqa: ANN401 - as in the base
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Parameters
        ----------
        nb : NotebookNode
            A notebook that ran without error; its metadata "cohortiv" is the record of the run, if there is one.
        resources : dict, optional
            As nbconvert passes them.
        **options
            As nbconvert passes them.

        Returns
        -------
        tuple of str and dict
            The HTML, and the resources.

        Raises
        ------
        RunError, UsageError
            If the notebook failed or shows what a report may not hold.
        """
        template = self.page_template or _template_of(resources)
        if template is not None:
            self.extra_loaders = [DictLoader({_OWN_PAGE: template.read_text(encoding="utf-8")})]
            self.template_file = _OWN_PAGE
        content = read_content(nb)
        ours = {"content": content, "brand": self.brand or load_brand(), "record": nb.metadata.get("cohortiv", {})}
        html, done = super().from_notebook_node(nb, {**(resources or {}), **ours}, **options)
        has_figures = any(block.kind == "figure" for section in content.sections for block in section.blocks)
        return _with_charts(html) if has_figures else with_scripts(html, ()), done

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.globals["codes"] = CODES
        environment.filters |= FILTERS
        return environment


def own_template(notebook: Path) -> Path | None:
    """Find the template that a notebook brings for its page.

    Parameters
    ----------
    notebook : Path
        The notebook.

    Returns
    -------
    Path or None
        The file of the same name beside it that ends in ".html.j2"; None where there is none.
    """
    beside = notebook.with_suffix(".html.j2")
    return beside.resolve() if beside.is_file() else None


def _template_of(resources: dict[str, Any] | None) -> Path | None:
    """The same for a notebook that nbconvert or JupyterLab exports, which say where it is."""
    said = (resources or {}).get("metadata", {})
    return own_template(Path(said["path"], f"{said['name']}.ipynb")) if said.get("path") and said.get("name") else None


def with_scripts(html: str, scripts: Sequence[str], *, packed: str = "") -> str:
    """Put the scripts at the end of a page, and the policy that allows them and nothing else at its start.

    Parameters
    ----------
    html : str
        A page with our two marks.
    scripts : sequence of str
        JavaScript; none of them may contain the end of a script element.
    packed : str, optional
        JavaScript that stands on the page compressed, at a third of its size, until one of the others unpacks it.

    Returns
    -------
    str
        The page.
    """
    allowed = " ".join(_digest(script) for script in (*filter(None, [packed]), *scripts)) or "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    elements = [f"<script>{script}</script>" for script in scripts]
    if packed:
        content = base64.b64encode(gzip.compress(packed.encode(), mtime=0)).decode()
        elements.insert(0, f'<script type="application/gzip" id="vega">{content}</script>')
    return html.replace(_POLICY_MARK, policy, 1).replace(_SCRIPTS_MARK, "\n".join(elements), 1)


def _digest(script: str) -> str:
    """A script as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _with_charts(html: str) -> str:
    """A page with Vega, and the lines that swap the live charts in."""
    swap = (asset("templates") / "report" / "report.js").read_text(encoding="utf-8")
    return with_scripts(html, (swap,), packed=vega_script())
