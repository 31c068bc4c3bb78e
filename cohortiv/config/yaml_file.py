"""What all files that a user writes share: YAML read safely, fields checked strictly, errors in the same words."""

import re
from collections.abc import Hashable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError
from pydantic_core import ErrorDetails

from cohortiv.errors import UsageError

Name = Annotated[str, Field(min_length=1)]
Positive = Annotated[FiniteFloat, Field(gt=0.0)]
NotNegative = Annotated[FiniteFloat, Field(ge=0.0)]
Share = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Names = Annotated[tuple[Name, ...], Field(strict=False)]

SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"
COLOUR = r"^#[0-9A-Fa-f]{6}$"
FONTS = r"^[A-Za-z0-9 ,'-]+$"
LINK = r"^(https://\S+)?$"
#: What a text of each form is, in a reader's words.
_PATTERNS = {
    SLUG: "lower case letters, digits and hyphens, at most 64, not beginning with a hyphen",
    COLOUR: "a colour by its six digits, such as #1a2b3c",
    FONTS: "names of fonts with commas between, of letters, digits, spaces, hyphens and apostrophes",
    LINK: "an address that begins with https://, or none",
}

Model = TypeVar("Model", bound=BaseModel)
#: A number with an exponent, as YAML 1.2 and everybody writes it: 5e8. YAML 1.1 knows 5.0e+8 only, and has 5e8 as text.
_EXPONENT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+$")


class StrictSettings(BaseModel):
    """Fields of a file: none but those named, each of its own type, none changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Loader(yaml.SafeLoader):
    """Reads plain values only, numbers with an exponent among them; a field written twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as the library has it
        """Fields of one section."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        names = [key.value for key, _ in pairs if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
        if twice is not None:
            problem = f"the field {twice!r} is written twice in one section"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789."))


def read_fields(path: Path, *, kind: str, example: str) -> dict[object, object]:
    """Fields of a YAML file.

    Parameters
    ----------
    path : Path
        YAML in UTF-8.
    kind : str
        What the file is, for messages: "cohort file".
    example : str
        A field that such a file has: "name: my-cohort".

    Raises
    ------
    UsageError
        If there is no such file, or it is not YAML with fields.
    """
    if not path.is_file():
        raise UsageError(f"{kind} {path}: no such file. Allowed is a YAML file; check the path.")
    try:
        fields = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - it is a SafeLoader
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{kind} {path}: not YAML in UTF-8 ({_unreadable(error)}). Correct the file.") from error
    except ValueError as error:
        raise UsageError(f"{kind} {path}: holds a value that cannot be ({error}). Correct the date.") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{kind} {path}: got {sort_of(fields)}, allowed are fields such as '{example}'. Write them.")
    return fields


def _unreadable(error: Exception) -> str:
    """What is wrong with a text, and where."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    return " ".join(str(error).split())


def sort_of(value: object) -> str:
    """What a value of a file is, in a reader's words: "nothing", "a list", "text"."""
    sorts = {list: "a list", str: "text", bool: "yes or no", int: "a number", float: "a number", dict: "fields"}
    return "nothing" if value is None else sorts.get(type(value), "a date")


def validated(model: type[Model], fields: dict[object, object], *, where: str) -> Model:
    """Check the fields of a file.

    Parameters
    ----------
    model : type of BaseModel
        What the fields must be.
    fields : dict
    where : str
        Kind and path of the file, for messages.

    Raises
    ------
    UsageError
        Naming every wrong field, what was got and what is allowed.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(_worded(detail, model) for detail in error.errors(include_url=False))
        raise UsageError(f"{where}: {wrong}. Correct the file.") from error


def _worded(detail: ErrorDetails, model: type[BaseModel]) -> str:
    field = ".".join(str(part) for part in detail["loc"] if part != "[key]") or "the file"
    if detail["type"] == "extra_forbidden":
        allowed = _allowed_beside(detail["loc"][:-1], model)
        near = get_close_matches(str(detail["loc"][-1]), allowed, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        return f"{field}: unknown field; allowed are {', '.join(allowed)}{meant}"
    if detail["type"] == "missing":
        return f"{field}: missing; it is required"
    if detail["type"] == "value_error":
        return f"{field}: {detail['ctx']['error']}"
    return f"{field}: got {detail['input']!r}, allowed: {_rule(detail)}"


def _rule(detail: ErrorDetails) -> str:
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS[detail["ctx"]["pattern"]]
    return detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")


def _allowed_beside(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Fields of the section that a location leads to."""
    section = model
    for part in location:
        field = section.model_fields.get(str(part))
        section = next(_models_in(field.annotation), section) if field else section
    return list(section.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no common type
    """Sections that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
