"""Paths of a study file: beside it or in the folder of data, and the files that decide a study."""

from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import written

from cohortiv.config.study_paths import load_study, located_study, no_files, study_files
from cohortiv.errors import UsageError

pytestmark = ENGINE_WARNINGS


def test_files_lie_beside_the_study(tmp_path: Path) -> None:
    """Relative paths are of the folder of the study file."""
    study = load_study(written(tmp_path))
    assert study.prices.file == str(tmp_path.resolve() / "prices.csv")
    assert study.verdict == str(tmp_path.resolve() / "rules.yaml")


def test_the_folder_of_data_comes_first(tmp_path: Path) -> None:
    """A file of the same name in the folder that the caller names is taken."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "prices.csv").write_text("x", encoding="utf-8")
    study = load_study(written(tmp_path), data=data)
    assert study.prices.file == str(data.resolve() / "prices.csv")
    assert study.liquidations[0].file == str(tmp_path.resolve() / "feed.csv")


def test_a_venue_stays_before_its_path(tmp_path: Path) -> None:
    """NAME:FILE keeps its name."""
    index = [{"name": "model", "title": "A", "from": "positions", "file": "hyperliquid:feed.csv"}]
    assert load_study(written(tmp_path, index=index)).index[0].file == f"hyperliquid:{tmp_path.resolve() / 'feed.csv'}"


def test_all_files_that_decide_it_are_named(tmp_path: Path) -> None:
    """The study file first, each file once."""
    found = study_files(str(written(tmp_path)))
    assert [path.name for path in found] == ["study.yaml", "prices.csv", "interest.csv", "feed.csv", "rules.yaml"]


def test_no_study_has_no_files() -> None:
    """The sample is no file of the user's, and a folder by itself decides nothing."""
    assert study_files("") == no_files("data") == ()
    assert located_study("") == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prices": {"file": "none.csv"}}, "prices.file: got 'none.csv', which is not in"),
        ({"texts": ["none.jsonl"]}, "texts.0: got 'none.jsonl'"),
        ({"scored": ["liquidated-7d", "other"]}, "outcome: got 'other', allowed by outcomes-1"),
        (
            {"primary": {"series": "model", "outcome": "liquidated-7d"}},
            "primary.feed: got 'own-lines'.*allowed is feed",
        ),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """The message names the file, the key, what was got and what is allowed."""
    with pytest.raises(UsageError, match=message):
        load_study(written(tmp_path, **changes))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """The folder of data has to be there."""
    with pytest.raises(UsageError, match="data: got 'nowhere', which is no folder"):
        load_study(written(tmp_path), data="nowhere")
