"""The nbconvert exporter: a notebook that ran becomes one HTML file that needs no network and runs only our scripts.

It is registered under `nbconvert.exporters`, so `jupyter nbconvert --to cohortiv` and JupyterLab's menu offer it too.
"""

import base64
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
        return with_scripts(html, page_scripts() if has_figures else ()), done

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


def page_scripts() -> tuple[str, ...]:
    """Give the scripts of a report with figures, in order.

    Returns
    -------
    tuple of str
        Vega, and the lines that swap the live charts in.
    """
    return vega_script(), (asset("templates") / "report" / "report.js").read_text(encoding="utf-8")


def with_scripts(html: str, scripts: Sequence[str]) -> str:
    """Put the scripts at the end of a page, and the policy that allows them and nothing else at its start.

    Parameters
    ----------
    html : str
        A page with our two marks.
    scripts : sequence of str
        JavaScript; none of them may contain the end of a script element.

    Returns
    -------
    str
        The page.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    allowed = hashes or "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    elements = "\n".join(f"<script>{script}</script>" for script in scripts)
    return html.replace(_POLICY_MARK, policy, 1).replace(_SCRIPTS_MARK, elements, 1)
