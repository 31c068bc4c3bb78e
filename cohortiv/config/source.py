"""The source file: where positions are, and what their columns and words are called there."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from cohortiv.config.yaml_file import Name, StrictSettings, read_fields, validated
from cohortiv.schema import POSITION_COLUMNS

ENDINGS: Final = (".yaml", ".yml")
Word = Annotated[str | bool | int | float, Field(union_mode="left_to_right")]


class SourceFile(StrictSettings):
    """Where positions are, and how their table becomes the position table.

    Attributes
    ----------
    positions : str
        File, folder, glob or URL; a relative path is below the folder of the source file.
    columns : dict of str to str
        Column of the position table -> column of the files. What is not named keeps its name.
    values : dict of str to dict of str to str
        Column of the position table -> word of the files -> word of the table, such as ``side: {B: long, S: short}``.
        A word that is not named stays as it is.
    constants : dict of str to str, float or bool
        Column of the position table -> its value in every row.
    signed_quantity : bool
        Whether a size below 0 is short; there is no column for the side then.
    """

    positions: Name
    columns: dict[Name, Name] = Field(default_factory=dict)
    values: dict[Name, dict[str, Name]] = Field(default_factory=dict)
    constants: dict[Name, Word] = Field(default_factory=dict)
    signed_quantity: bool = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        for field in ("columns", "values", "constants"):
            for name in getattr(self, field):
                _refuse_unknown(field, name)
        twice = sorted(set(self.constants) & {*self.columns, *self.values})
        if twice:
            raise ValueError(f"{twice[0]} has a constant and a column or words; allowed is one of them")
        if self.signed_quantity and "side" in {*self.columns, *self.values, *self.constants}:
            raise ValueError("side is given beside signed_quantity: true, which makes it; allowed is one of them")
        return self


def _refuse_unknown(field: str, name: str) -> None:
    known = [column.name for column in POSITION_COLUMNS]
    if name not in known:
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{field}: {name!r} is no column of the position table; allowed are {', '.join(known)}{meant}")


def is_source_file(target: str) -> bool:
    """Whether a path names a source file, by its ending."""
    return target.lower().endswith(ENDINGS)


def load_source(path: Path) -> SourceFile:
    """Source from a YAML file, its positions by a path of their own.

    Parameters
    ----------
    path : Path
        YAML in UTF-8 with the fields of `SourceFile`; only ``positions`` is required.

    Raises
    ------
    UsageError
        If the file is not there, is not YAML, or holds a field that is unknown or not allowed.
    """
    fields: dict[Any, Any] = read_fields(path, kind="source file", example="positions: lake/")
    source = validated(SourceFile, fields, where=f"source file {path}")
    if "://" in source.positions:
        return source
    return source.model_copy(update={"positions": str(path.parent / Path(source.positions).expanduser())})
