"""Names of files, no longer than needed to tell them apart."""

from pathlib import Path

import pytest

from cohortiv.file_names import listed, names_of


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ((), ()),
        (("/lake/a.parquet",), ("a.parquet",)),
        (("/lake/a.parquet", "/lake/x/b.parquet"), ("a.parquet", "b.parquet")),
        (("/lake/day=1/data.parquet", "/lake/day=2/data.parquet"), ("day=1/data.parquet", "day=2/data.parquet")),
        (("/lake/data.csv", "/lake/deep/er/data.csv"), ("lake/data.csv", "er/data.csv")),
        (("/lake.yaml", "/lake/1/data.csv", "/lake/2/data.csv"), ("lake.yaml", "1/data.csv", "2/data.csv")),
        (("/lake/a.csv", "/lake/a.csv"), ("a.csv", "a.csv")),
        (("/x/d=1/v=a/f", "/x/d=1/v=b/f", "/x/d=2/v=a/f"), ("d=1/v=a/f", "d=1/v=b/f", "d=2/v=a/f")),
        (("f", "/x/f"), ("f", "x/f")),
        (("/x/d=1/v=a/f.csv", "/x/g.csv"), ("d=1/v=a/f.csv", "g.csv")),
    ],
)
def test_a_name_is_as_long_as_it_must_be(paths: tuple[str, ...], names: tuple[str, ...]) -> None:
    """The file's own where no other has it; nothing of the folders that all share."""
    assert names_of([Path(path) for path in paths]) == names


def test_of_many_the_first_are_named() -> None:
    """With how many more there are."""
    assert listed(["a", "b"]) == "a, b"
    assert listed([f"{n}" for n in range(1_205)], most=2) == "0, 1 and 1,203 more"
