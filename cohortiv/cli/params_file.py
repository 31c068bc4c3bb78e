"""Notebook parameters from a file: a mapping in YAML or JSON, read as plain values."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cohortiv.config.yaml_file import read_fields, sort_of
from cohortiv.errors import UsageError

_KIND, _EXAMPLE = "parameters file", "horizon_days: 7"


def read_parameters(path: Path) -> dict[str, object]:
    """Read notebook parameters from a file.

    Parameters
    ----------
    path : Path
        YAML, or JSON where the name ends in .json: one mapping of a parameter's name to its value.

    Returns
    -------
    dict
        Value by name. A date or time of YAML is its text, since notebooks take dates as text.

    Raises
    ------
    UsageError
        If there is no such file, it is no mapping, a name is no text, or a name comes twice.
    """
    fields = _json_fields(path) if path.suffix.lower() == ".json" else read_fields(path, kind=_KIND, example=_EXAMPLE)
    for name in fields:
        if not isinstance(name, str):
            raise UsageError(f"{_KIND} {path}: got the name {name!r}, allowed is text. Put it in quotes.")
    return {str(name): value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}


def _json_fields(path: Path) -> dict[object, object]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_repetition)
    except OSError as error:
        raise UsageError(
            f"{_KIND} {path}: {error.strerror}. Allowed is a YAML or JSON file; check the path."
        ) from error
    except ValueError as error:
        raise UsageError(f"{_KIND} {path}: not JSON in UTF-8 ({error}). Correct the file.") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{_KIND} {path}: got {sort_of(fields)}, allowed is a mapping. Write one.")
    return fields


def _without_repetition(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise ValueError(f"the field {twice!r} is written twice")
    return dict(pairs)
