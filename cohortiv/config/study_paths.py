"""A study file read, with its paths found: beside the file, or in a folder of data that the caller names."""

from pathlib import Path

from cohortiv.config.study import OWN_LINES, StudyFile
from cohortiv.config.validation import load_outcomes
from cohortiv.config.yaml_file import read_fields, validated
from cohortiv.errors import UsageError

KIND = "study file"
EXAMPLE = "name: my-study"
_GLOB = "*?["
#: Fields that name one file each, and those that may name a shipped file in its place.
_FILES, _SHIPPED = frozenset({"file", "cohort", "brackets", "tier_mix"}), frozenset({"outcomes", "events", "verdict"})


def load_study(path: str | Path, *, data: str | Path = "") -> StudyFile:
    """Read a study file.

    Parameters
    ----------
    path : str or Path
        YAML with the fields of `StudyFile`.
    data : str or Path, optional
        Folder in which its files are looked for first; then the folder of the study file.

    Returns
    -------
    StudyFile
        Every file by its absolute path.

    Raises
    ------
    UsageError
        If the file or a file that it names is not there, or a field is unknown or not allowed; the message names the
        file, the field, what was got and what is allowed.
    """
    file = Path(path).expanduser()
    fields = read_fields(file, kind=KIND, example=EXAMPLE)
    where = f"{KIND} {file}"
    checked = validated(StudyFile, fields, where=where)
    folders = _folders(file, data, where=where)
    named: dict[object, object] = {
        name: _found(part, folders, where=where, key=name)
        for name, part in checked.model_dump(by_alias=True, exclude_unset=True).items()
    }
    study = validated(StudyFile, named, where=where)
    _refuse_unknown_outcomes(study, where=where)
    return study


def located_study(path: str) -> str:
    """The same study file, or folder of data, by its absolute path; an empty text stays empty."""
    return str(Path(path).expanduser().resolve()) if path else path


def no_files(_path: str) -> tuple[Path, ...]:
    """Of a study file and a folder of data by themselves, no file is known: `study_files` takes both."""
    return ()


def named_file(path: str) -> tuple[Path, ...]:
    """The one file of a parameter; none for an empty text."""
    return (Path(path).expanduser().resolve(),) if path else ()


def study_files(path: str, *, data: str = "") -> tuple[Path, ...]:
    """The study file and every file that it names, each once; none for an empty path.

    Raises
    ------
    UsageError
        As for `load_study`.
    """
    if not path:
        return ()
    study = load_study(path, data=data)
    found = [Path(path).expanduser().resolve()]
    for name in _names(study.model_dump(by_alias=True)):
        found += _held(Path(_split(name)[1]))
    return tuple(dict.fromkeys(found))


def _folders(file: Path, data: str | Path, *, where: str) -> list[Path]:
    """Where files are looked for, in that order."""
    given = [Path(data).expanduser().resolve()] if data else []
    if given and not given[0].is_dir():
        raise UsageError(f"data: got {str(data)!r}, which is no folder; allowed is the folder of the files that "
                         f"{where} names. Check the path.")  # fmt: skip
    return [*given, file.resolve().parent]


def _found(value: object, folders: list[Path], *, where: str, key: str) -> object:
    """The fields with every path made absolute; what is no path stays as it is."""
    if isinstance(value, dict):
        return {name: _found(part, folders, where=where, key=f"{key}.{name}")
                for name, part in value.items()}  # fmt: skip
    if isinstance(value, tuple | list):
        return [_found(part, folders, where=where, key=f"{key}.{place}") for place, part in enumerate(value)]
    last = key.split(".")[0 if key.startswith("texts.") else -1]
    if not isinstance(value, str) or not value or last not in _FILES | _SHIPPED | {"texts"}:
        return value
    return _path(value, folders, where=f"{where}: {key}", shipped=last in _SHIPPED)


def _path(name: str, folders: list[Path], *, where: str, shipped: bool) -> str:
    """One file or folder by its absolute path, with the name of its venue before it where it has one."""
    venue, rest = _split(name)
    for folder in folders:
        path = folder / Path(rest).expanduser()
        if path.exists() or any(path.parent.glob(path.name) if _is_pattern(rest) else ()):
            return f"{venue}:{path}" if venue else str(path)
    if shipped:
        return name
    looked = " and ".join(map(str, folders))
    raise UsageError(f"{where}: got {name!r}, which is not in {looked}; allowed are files there. Correct the name, or "
                     "give their folder with -p data=FOLDER.")  # fmt: skip


def _is_pattern(name: str) -> bool:
    return any(mark in name for mark in _GLOB)


def _split(name: str) -> tuple[str, str]:
    """Name of a venue before a colon, and the rest; a drive's letter is none."""
    venue, colon, rest = name.partition(":")
    return (venue, rest) if colon and len(venue) > 1 and "/" not in venue else ("", name)


def _names(value: object, key: str = "") -> list[str]:
    """Absolute paths in the fields."""
    if isinstance(value, dict):
        return [name for field, part in value.items() for name in _names(part, str(field))]
    if isinstance(value, tuple | list):
        return [name for part in value for name in _names(part, key)]
    of_file = isinstance(value, str) and key in _FILES | _SHIPPED | {"texts"} and Path(_split(value)[1]).is_absolute()
    return [str(value)] if of_file else []


def _held(path: Path) -> list[Path]:
    """The file, the files of a folder, or those that a pattern meets."""
    if path.is_dir():
        return sorted(each for each in path.rglob("*.parquet") if each.is_file())
    return [path] if path.is_file() else sorted(path.parent.glob(path.name))


def _refuse_unknown_outcomes(study: StudyFile, *, where: str) -> None:
    """Refuse outcomes that the outcomes file does not have, and a primary feed of the wrong kind."""
    listed = load_outcomes(study.outcomes) if study.outcomes else load_outcomes()
    for name in (*study.scored, study.primary.outcome):
        definition = listed.definition(name)
    own = study.primary.feed == OWN_LINES
    if own != (definition.source == "profile"):
        allowed = OWN_LINES if definition.source == "profile" else ", ".join(each.name for each in study.liquidations)
        raise UsageError(
            f"{where}: primary.feed: got {study.primary.feed!r} for the outcome {study.primary.outcome}; allowed is "
            f"{allowed or 'a feed under liquidations'}. Correct the file."
        )
