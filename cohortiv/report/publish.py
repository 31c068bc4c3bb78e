"""From a notebook to a published report: run, gate, page and manifest in a folder aside, then put in place at once."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from cohortiv.config.brand import Brand
from cohortiv.errors import RunError, UsageError
from cohortiv.report.definition import refuse_other_definition
from cohortiv.report.exporter import ReportExporter
from cohortiv.report.gate import check_complete
from cohortiv.report.manifest import (
    MANIFEST,
    NOTEBOOK,
    PAGE,
    SUMMARY,
    described_inputs,
    json_text,
    run_identity,
    sha256_of,
    software_versions,
)
from cohortiv.report.parameters import Parameter, Value, bound_values, declared_parameters, load_notebook
from cohortiv.report.run import run_notebook
from cohortiv.report.shelf import Place, place_of, previous_issue, put_in_place, workroom

SIZE_BUDGET_BYTES = 2_500_000
_OURS = ("run_id", "previous_summary")


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report that is in its place.

    Attributes
    ----------
    folder, page, notebook, summary_file, manifest : Path
        The folder and the files in it.
    summary : Mapping
        Content of `summary.json`.
    notes : tuple of str
        What the publisher should know: what the notebook warned of, or a page above the size budget. They may show
        rows of the input, and are published nowhere.
    """

    folder: Path
    page: Path
    notebook: Path
    summary_file: Path
    manifest: Path
    summary: Mapping[str, object]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is known before the notebook runs."""

    notebook: Path
    values: Mapping[str, Value]
    public_values: Mapping[str, Value]
    record: Mapping[str, object]


def publish_report(
    notebook: Path,
    *,
    parameters: Mapping[str, object],
    inputs: Sequence[Path],
    out: Path,
    as_of: str,
    name: str,
    published: str | None,
    brand: Brand,
    timeout_seconds: int | None = None,
) -> PublishedReport:
    """Run a notebook and publish its report as `<out>/<as_of>/<name>/`.

    Parameters
    ----------
    notebook : Path
        The notebook. It declares `run_id`, and `previous_summary` if it compares with the issue before.
    parameters : mapping
        Values for its other parameters; text is read by the type declared. Paths must be absolute.
    inputs : sequence of Path
        The files it reads; their digests go into the manifest.
    out : Path
        The folder of all reports.
    as_of : str
        "YYYY-MM-DD" or "YYYY-MM-DDTHHMMZ".
    name : str
        Name of the report, a slug.
    published : str or None
        Time of publication to show, ISO 8601; nothing of the clock is shown without it.
    brand : Brand
        Whose report it is.
    timeout_seconds : int, optional
        Longest time that one cell may take [s].

    Returns
    -------
    PublishedReport
        Where it is. Same inputs, parameters, software and previous issue give the same bytes.

    Raises
    ------
    UsageError
        If a name or parameter is refused, and nothing has run then; or if a report with another definition is in its
        place.
    DataError
        If the notebook says that the data are bad.
    RunError
        If the run failed; a report that was there before is unchanged.
    """
    place = place_of(out, as_of=as_of, name=name)
    declared = declared_parameters(load_notebook(notebook))
    values = _checked_values(declared, parameters)
    stamps = _stamps(inputs)
    with workroom(place) as stage:
        plan = _plan(notebook, declared, values=values, inputs=inputs, place=place, published=published)
        summary, warned = _make(plan, stage=stage, place=place, brand=brand, timeout_seconds=timeout_seconds)
        if _stamps(inputs) != stamps:
            raise RunError("An input changed while the report was being made. Nothing is published; run again.")
        refuse_other_definition(place, summary)
        put_in_place(stage, place)
    place.failed_notebook.unlink(missing_ok=True)
    folder = place.folder
    files = (folder / PAGE, folder / NOTEBOOK, folder / SUMMARY, folder / MANIFEST)
    return PublishedReport(folder, *files, summary, (*warned, *_size_notes(folder / PAGE)))


def refuse_no_report(declared: Sequence[Parameter]) -> None:
    """Stop with a UsageError where a notebook's parameters show that it is none to publish.

    Parameters
    ----------
    declared : sequence of Parameter
    """
    if "run_id" not in {parameter.name for parameter in declared}:
        raise UsageError(
            "The notebook has no parameter 'run_id', so it is no report: open it in JupyterLab (make lab). To publish "
            'it, add `run_id: str = ""  # identity of the run`.'
        )


def _checked_values(declared: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    for name in _OURS:
        if name in given:
            raise UsageError(f"The parameter {name!r} is set by the run itself. Leave it out.")
    refuse_no_report(declared)
    return bound_values(declared, given)


def _plan(
    notebook: Path,
    declared: tuple[Parameter, ...],
    *,
    values: Mapping[str, Value],
    inputs: Sequence[Path],
    place: Place,
    published: str | None,
) -> _Plan:
    """Gather inputs, previous issue and identity; what is public names no folder of this machine."""
    described, previous, versions = described_inputs(inputs), previous_issue(place), software_versions()
    public = {key: _without_folders(value, inputs) for key, value in values.items()}
    digest = sha256_of(notebook)
    identity = run_identity(
        notebook_sha256=digest, parameters=public, inputs=described, previous=previous, versions=versions
    )
    given: dict[str, Value] = {"run_id": identity}
    shown: dict[str, Value] = {"run_id": identity}
    if previous and "previous_summary" in {parameter.name for parameter in declared}:
        given["previous_summary"] = str(place.root / previous.as_of / previous.name / SUMMARY)
        shown["previous_summary"] = f"../../{previous.as_of}/{previous.name}/{SUMMARY}"
    record = {
        "as_of": place.as_of,
        "name": place.name,
        "run_id": identity,
        "published": published,
        "notebook": {"name": notebook.name, "sha256": digest},
        "inputs": [asdict(item) for item in described],
        "previous": asdict(previous) if previous else None,
        "versions": versions,
        "parameters": [
            {"name": item.name, "value": public.get(item.name, item.default), "meaning": item.meaning}
            for item in declared
            if item.name not in _OURS
        ],
    }
    return _Plan(notebook, {**values, **given}, {**public, **shown}, record)


def _make(
    plan: _Plan, *, stage: Path, place: Place, brand: Brand, timeout_seconds: int | None
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Run the notebook and write the four files; give the summary and what was warned of."""
    ran = run_notebook(
        plan.notebook,
        parameters=plan.values,
        keep_failed=place.failed_notebook,
        timeout_seconds=timeout_seconds,
    )
    summary = check_complete(ran, run_id=str(plan.values["run_id"]))
    clean = normalised(ran, public_values=plan.public_values, record=plan.record)
    exporter = ReportExporter()  # type: ignore[no-untyped-call]
    exporter.brand = brand
    html, _ = exporter.from_notebook_node(clean, {"metadata": {"name": place.name}})
    (stage / PAGE).write_text(html, encoding="utf-8", newline="\n")
    (stage / NOTEBOOK).write_text(nbformat.writes(clean) + "\n", encoding="utf-8", newline="\n")
    (stage / SUMMARY).write_text(json_text(summary), encoding="utf-8", newline="\n")
    manifest = {
        **plan.record,
        "schema_version": 1,
        "package_version": software_versions()["cohortiv"],
        "methodology_version": summary.get("methodology_version"),
        "outputs": {file: sha256_of(stage / file) for file in (PAGE, NOTEBOOK, SUMMARY)},
    }
    (stage / MANIFEST).write_text(json_text(manifest), encoding="utf-8", newline="\n")
    return summary, _warnings(ran)


def _warnings(notebook: NotebookNode) -> tuple[str, ...]:
    """Paragraphs on standard error that begin with "Warning: "; the lines after the first are indented."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    said = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
    return tuple(found.rstrip() for found in re.findall(r"^Warning: .*(?:\n .*)*", said, re.MULTILINE))


def normalised(
    notebook: NotebookNode, *, public_values: Mapping[str, Value], record: Mapping[str, object]
) -> NotebookNode:
    """Copy a notebook that ran, without what differs from run to run or names this machine.

    Parameters
    ----------
    notebook : NotebookNode
        From `run_notebook`.
    public_values : mapping
        Its parameters without folders; they replace what was put in.
    record : mapping
        The record of the run, kept in the metadata under "cohortiv".

    Returns
    -------
    NotebookNode
        The copy: cells numbered, no times, no messages to standard error.
    """
    clean = copy.deepcopy(notebook)
    clean.metadata.pop("papermill", None)
    clean.metadata["cohortiv"] = record
    for number, cell in enumerate(clean.cells):
        cell["id"] = f"cell-{number:03d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["source"] = PythonTranslator.codify(dict(public_values))
        if cell.cell_type == "code":
            cell["outputs"] = [output for output in cell.outputs if output.get("name") != "stderr"]
    return clean


def _without_folders(value: Value, inputs: Sequence[Path]) -> Value:
    """Leave of a path that leads to the inputs only what comes after the machine's own folders."""
    if not isinstance(value, str):
        return value
    forms = {form for path in inputs for form in (path, path.resolve()) if form.is_absolute()}
    above = {folder for form in forms for folder in form.parents if len(folder.parts) > 2}  # noqa: PLR2004 - no /data
    folders = above | {form.parent for form in forms}
    for folder in sorted(map(str, folders), key=len, reverse=True):
        value = value.replace(f"{folder}/", "")
        value = value.replace(folder, Path(folder).name)
    return value


def _stamps(paths: Sequence[Path]) -> list[tuple[int, int]]:
    """Size and time of each file, which tell cheaply whether it changed."""
    return [(stat.st_size, stat.st_mtime_ns) for stat in (path.stat() for path in paths if path.exists())]


def _size_notes(page: Path) -> tuple[str, ...]:
    size = page.stat().st_size
    if size <= SIZE_BUDGET_BYTES:
        return ()
    return (f"The page has {size:,} bytes, over the budget of {SIZE_BUDGET_BYTES:,}. Aggregate before drawing.",)
