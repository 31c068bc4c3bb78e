"""Reports of one snapshot on several parts of the same positions: what stands beside a report and can be subtracted."""

from dataclasses import dataclass
from pathlib import Path

from cohortiv.report.manifest import MANIFEST, read_json
from cohortiv.report.shelf import Place


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a report is about: its name, digests of its inputs, and which part of them it tells."""

    name: str
    digests: frozenset[str]
    part: tuple[str, ...]


def told_beside(place: Place) -> tuple[str, ...]:
    """Say that reports of the same snapshot on other parts of the same positions stand beside one.

    Parameters
    ----------
    place : Place
        Where it is published.

    Returns
    -------
    tuple of str
        One line, or none where there is no such report.
    """
    own = _scope(place.folder / MANIFEST)
    others = [_scope(path) for path in sorted(place.folder.parent.glob(f"*/{MANIFEST}"))]
    names = [each.name for each in others if each.digests & own.digests and each.part != own.part]
    if not names:
        return ()
    said = (
        f"Of the same snapshot {', '.join(names)} {'stands' if len(names) == 1 else 'stand'} beside it. Whoever has "
        "several parts can subtract them: METHODOLOGY.md, section 15, says what that tells of few accounts"
    )
    return (said,)


def _scope(manifest: Path) -> _Scope:
    content = read_json(manifest)
    inputs, given = content.get("inputs"), content.get("parameters")
    listed = inputs if isinstance(inputs, list) else []
    values = {str(each["name"]): str(each["value"]) for each in given} if isinstance(given, list) else {}
    digests = frozenset(str(each.get("sha256")) for each in listed if isinstance(each, dict))
    return _Scope(manifest.parent.name, digests, tuple(values.get(name, "None") for name in ("symbol", "cohort")))
