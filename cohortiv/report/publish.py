"""From a notebook to a published report: run, gate, page and manifest in a folder aside, then put in place at once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cohortiv.config.brand import Brand
from cohortiv.errors import RunError, UsageError
from cohortiv.report.content import headline_of
from cohortiv.report.definition import refuse_other_definition
from cohortiv.report.editions import Edition, Status, edition_of, keep_editions, refuse_empty_reason
from cohortiv.report.exporter import ReportExporter, own_template
from cohortiv.report.formats import PAGE_ONLY, Formats, size_notes, write_formats
from cohortiv.report.gate import check_complete
from cohortiv.report.manifest import (
    MANIFEST,
    NOTEBOOK,
    PAGE,
    SCHEMA_VERSION,
    SUMMARY,
    code_digest,
    described_inputs,
    json_text,
    lock_digest,
    manifest_text,
    read_json,
    run_identity,
    sha256_of,
    software_versions,
)
from cohortiv.report.normalised import normalised, warnings_of, without_folders
from cohortiv.report.nursery import Nursery
from cohortiv.report.parameters import Parameter, Value, bound_values, declared_parameters, load_notebook
from cohortiv.report.run import run_notebook
from cohortiv.report.secrets import refuse_leak, refuse_secrets
from cohortiv.report.shelf import Place, place_of, previous_issue, put_in_place, workroom
from cohortiv.report.signature import SIGNATURE, refuse_no_key, sign_manifest

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
    status : {"published", "unchanged", "restated"}
        "unchanged" where it was there already and nothing has run.
    """

    folder: Path
    page: Path
    notebook: Path
    summary_file: Path
    manifest: Path
    summary: Mapping[str, object]
    notes: tuple[str, ...]
    status: Status = "published"


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
    formats: Formats = PAGE_ONLY,
    supersede: str | None = None,
    force: bool = False,
    sign: Path | None = None,
    nursery: Nursery | None = None,
    shows_cells: bool = True,
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
    formats : Formats, optional
        What is published beside the page.
    supersede : str, optional
        Why a published report with other inputs, parameters or software is replaced; its edition is kept.
    force : bool
        Whether a report is made again that is there as it would become.
    sign : Path, optional
        SSH key that signs the manifest.
    nursery : Nursery, optional
        What forks the notebook's kernel; without one it starts by itself.
    shows_cells : bool
        Whether a terminal shows how many cells have run.

    Returns
    -------
    PublishedReport
        Where it is. Same inputs, parameters, software, edition and previous issue give the same bytes.

    Raises
    ------
    UsageError
        If a name, parameter or key is refused, and nothing has run then; or if a report with another definition is in
        its place.
    DataError
        If the notebook says that the data are bad; or if the report is published, would change, and no reason is given.
    RunError
        If the run failed; a report that was there before is unchanged.
    """
    place = place_of(out, as_of=as_of, name=name)
    declared = declared_parameters(load_notebook(notebook))
    values = _checked_values(declared, parameters)
    refuse_empty_reason(supersede)
    if sign is not None:
        refuse_no_key(sign)
    stamps = _stamps(inputs)
    with workroom(place) as stage:
        record = _record(
            notebook, declared, values=values, inputs=inputs, place=place, published=published, brand=brand
        )
        wanted = frozenset(formats.files) | ({SIGNATURE} if sign else set())
        edition = edition_of(place, record, reason=supersede, force=force, wanted=wanted)
        if edition.status == "unchanged":
            return _published(place, read_json(place.folder / SUMMARY), (), status=edition.status)
        plan = _plan(notebook, declared, values=values, inputs=inputs, place=place, record=record, edition=edition)
        run = partial(run_notebook, timeout_seconds=timeout_seconds, nursery=nursery, shows_cells=shows_cells)
        summary, warned = _make(plan, stage=stage, place=place, brand=brand, formats=formats, run=run)
        if _stamps(inputs) != stamps:
            raise RunError("An input changed while the report was being made. Nothing is published; run again.")
        refuse_other_definition(place, summary)
        if sign is not None:
            sign_manifest(stage / MANIFEST, key=sign)
        keep_editions(place, edition)
        put_in_place(stage, place)
    place.failed_notebook.unlink(missing_ok=True)
    return _published(place, summary, (*warned, *size_notes(place.folder)), status=edition.status)


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


def _published(
    place: Place, summary: Mapping[str, object], notes: tuple[str, ...], *, status: Status
) -> PublishedReport:
    folder = place.folder
    files = (folder / PAGE, folder / NOTEBOOK, folder / SUMMARY, folder / MANIFEST)
    return PublishedReport(folder, *files, summary, notes, status)


def _checked_values(declared: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    for name in _OURS:
        if name in given:
            raise UsageError(f"The parameter {name!r} is set by the run itself. Leave it out.")
    refuse_no_report(declared)
    values = bound_values(declared, given)
    refuse_secrets(values)
    return values


def _record(
    notebook: Path,
    declared: tuple[Parameter, ...],
    *,
    values: Mapping[str, Value],
    inputs: Sequence[Path],
    place: Place,
    published: str | None,
    brand: Brand,
) -> dict[str, object]:
    """Gather all that decides the report; what is public names no folder of this machine."""
    previous = previous_issue(place)
    public = {key: without_folders(value, inputs) for key, value in values.items()}
    shown = [
        {"name": item.name, "value": public.get(item.name, item.default), "meaning": item.meaning}
        for item in declared
        if item.name not in _OURS
    ]
    record: dict[str, object] = {
        "as_of": place.as_of,
        "name": place.name,
        "published": published,
        "notebook": {"name": notebook.name, "sha256": sha256_of(notebook)} | _template_digest(notebook),
        "inputs": [asdict(item) for item in described_inputs(inputs)],
        "previous": asdict(previous) if previous else None,
        "versions": software_versions(),
        "brand_sha256": _digest(brand.model_dump(mode="json")),
        "code_sha256": code_digest(),
        "lock_sha256": lock_digest(),
        "parameters": shown,
        "parameters_sha256": _digest(shown),
    }
    return {**record, "run_id": run_identity(record)}


def _digest(content: object) -> str:
    return hashlib.sha256(json_text(content).encode()).hexdigest()


def _plan(
    notebook: Path,
    declared: tuple[Parameter, ...],
    *,
    values: Mapping[str, Value],
    inputs: Sequence[Path],
    place: Place,
    record: Mapping[str, object],
    edition: Edition,
) -> _Plan:
    """Add what the run itself sets: its identity, and where the issue before is."""
    public = {key: without_folders(value, inputs) for key, value in values.items()}
    given: dict[str, Value] = {"run_id": str(record["run_id"])}
    shown = dict(given)
    previous = record["previous"]
    if isinstance(previous, Mapping) and "previous_summary" in {parameter.name for parameter in declared}:
        there = f"{previous['as_of']}/{previous['name']}/{SUMMARY}"
        given["previous_summary"] = str(place.root / there)
        shown["previous_summary"] = f"../../{there}"
    numbered = {**record, "edition": edition.number, "editions": edition.earlier}
    return _Plan(notebook, {**values, **given}, {**public, **shown}, numbered)


def _make(
    plan: _Plan, *, stage: Path, place: Place, brand: Brand, formats: Formats, run: Callable[..., NotebookNode]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Run the notebook and write its files; give the summary and what was warned of."""
    ran = run(plan.notebook, parameters=plan.values, keep_failed=place.failed_notebook)
    summary = check_complete(ran, run_id=str(plan.values["run_id"]))
    clean = normalised(ran, public_values=plan.public_values, record=plan.record)
    exporter = ReportExporter()  # type: ignore[no-untyped-call]
    exporter.brand = brand
    exporter.page_template = own_template(plan.notebook)
    html, _ = exporter.from_notebook_node(clean, {"metadata": {"name": place.name}})
    (stage / PAGE).write_text(html, encoding="utf-8", newline="\n")
    (stage / NOTEBOOK).write_text(nbformat.writes(clean) + "\n", encoding="utf-8", newline="\n")
    (stage / SUMMARY).write_text(json_text(summary), encoding="utf-8", newline="\n")
    more = write_formats(stage, formats, as_of=place.as_of)
    headline = headline_of(clean)
    manifest = {
        **plan.record,
        "headline": {key: str(headline.get(key) or "") for key in ("series", "title", "cohort")},
        "schema_version": SCHEMA_VERSION,
        "package_version": software_versions()["cohortiv"],
        "methodology_version": summary.get("methodology_version"),
        "outputs": {file: sha256_of(stage / file) for file in (PAGE, NOTEBOOK, SUMMARY, *(path.name for path in more))},
    }
    (stage / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8", newline="\n")
    refuse_leak({file: (stage / file).read_text(encoding="utf-8") for file in (PAGE, NOTEBOOK, SUMMARY, MANIFEST)})
    return summary, warnings_of(ran)


def _stamps(paths: Sequence[Path]) -> list[tuple[int, int]]:
    """Size and time of each file, which tell cheaply whether it changed."""
    return [(stat.st_size, stat.st_mtime_ns) for stat in (path.stat() for path in paths if path.exists())]


def _template_digest(notebook: Path) -> dict[str, str]:
    """Digest of the template that a notebook brings for its page; nothing where it brings none."""
    template = own_template(notebook)
    return {} if template is None else {"template_sha256": sha256_of(template)}
