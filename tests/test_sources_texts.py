"""Dated texts: every kind of file gives the same frame, and bad rows are counted."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.texts import read_texts

ROWS = [
    {"time": "2026-02-18T23:00:00Z", "text": "BTC falls, badly", "language": "en", "source": "wire", "weight": 2},
    {"time": "2026-02-19T01:00:00+02:00", "text": "暴跌", "language": "zh-CN", "source": "forum", "weight": 1},
]
FEED = """<rss><channel><item><title>Rally</title><pubDate>Wed, 05 Aug 2026 10:00:00 +0800</pubDate></item>
</channel></rss>"""


def written(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """A file of these rows, in the manner of its ending."""
    lines = "\n".join(json.dumps(dict(row), ensure_ascii=False) for row in rows) + "\n\n"
    if ".csv" in path.name:
        pd.DataFrame(rows).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame = pd.DataFrame(rows)
        frame.assign(time=[pd.Timestamp(str(time)) for time in frame["time"]]).to_parquet(path)
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.jsonl", "T.NDJSON", "t.jsonl.gz", "t.parquet"])
def test_files_of_every_kind_hold_the_same(tmp_path: Path, name: str) -> None:
    """Times are UTC without zone, languages are in lower case, weights are numbers."""
    rows = [row | {"time": "2026-02-18T23:00:00Z"} for row in ROWS] if name == "t.parquet" else ROWS
    read = read_texts(written(tmp_path / name, rows)).frame
    assert list(read.columns) == ["time", "text", "language", "source", "weight"]
    assert read["time"].tolist() == [pd.Timestamp("2026-02-18T23:00")] * 2
    assert read["text"].tolist() == ["BTC falls, badly", "暴跌"]
    assert read["language"].tolist() == ["en", "zh-cn"]
    assert read["weight"].tolist() == [2.0, 1.0]


def test_what_the_file_lacks_is_filled(tmp_path: Path) -> None:
    """Without language and source they are empty, and every text weighs 1."""
    row = read_texts(written(tmp_path / "t.csv", [{"timestamp": "2026-02-18", "text": "x"}])).frame.iloc[0]
    assert (row["language"], row["source"], row["weight"]) == ("", "", 1.0)


def test_a_field_may_be_missing_in_some_lines(tmp_path: Path) -> None:
    """Lines of JSON need not all have the same fields; null is none."""
    bare = {"time": "2026-02-18T10:00:00Z", "text": None, "weight": None}
    row = read_texts(written(tmp_path / "t.jsonl", [*ROWS, bare])).frame.iloc[0]
    assert (row["text"], row["language"], row["weight"]) == ("", "", 1.0)


def test_rows_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    """An export may begin with the newest."""
    rows = [{"time": f"2026-02-{day}", "text": day} for day in ("19", "18")]
    assert read_texts(written(tmp_path / "t.csv", rows)).frame["text"].tolist() == ["18", "19"]


def test_a_feed_is_read(tmp_path: Path) -> None:
    """Its entries pass the same checks as the rows of a table."""
    (tmp_path / "feed.rss").write_text(FEED, encoding="utf-8")
    row = read_texts(tmp_path / "feed.rss").frame.iloc[0]
    assert (row["time"], row["text"]) == (pd.Timestamp("2026-08-05T02:00"), "Rally")


def test_an_entry_without_a_date_is_refused(tmp_path: Path) -> None:
    """A text without a time has no place in a day."""
    (tmp_path / "feed.xml").write_text("<rss><item><title>x</title></item></rss>", encoding="utf-8")
    with pytest.raises(DataError, match=r"1 of 1 value\(s\) of time cannot be used"):
        read_texts(tmp_path / "feed.xml")


def test_lines_that_are_no_objects_are_counted(tmp_path: Path) -> None:
    """The numbers of the first are shown; a list is no text, and an object no time."""
    bad = '{"time": \n[1]\n{"time": "2026-02-18", "text": ["x"]}\n{"time": {"s": 1}, "text": "x"}\n'
    (tmp_path / "t.jsonl").write_text('{"time": "2026-02-18", "text": "x"}\n' + bad, encoding="utf-8")
    with pytest.raises(DataError, match=r"4 of 5 line\(s\) are no JSON objects, .* \(line 2, 3, 4, 5\)"):
        read_texts(tmp_path / "t.jsonl")


def test_other_fields_may_hold_anything(tmp_path: Path) -> None:
    """Exports carry users and links beside the text."""
    row = {"time": "2026-02-18", "text": "x", "user": {"id": 1}, "links": []}
    assert read_texts(written(tmp_path / "t.jsonl", [row])).frame["text"].tolist() == ["x"]


def test_an_emoji_cut_in_half_becomes_a_question_mark(tmp_path: Path) -> None:
    """Exports cut long texts without care."""
    (tmp_path / "t.jsonl").write_text(r'{"time": "2026-02-18", "text": "fall \ud83d"}', encoding="utf-8")
    assert read_texts(tmp_path / "t.jsonl").frame["text"].tolist() == ["fall ?"]


@pytest.mark.parametrize(
    ("column", "value"), [("time", "now"), ("time", "1771455600"), ("weight", "0"), ("weight", "inf")]
)
def test_values_that_are_not_allowed_are_refused(tmp_path: Path, column: str, value: str) -> None:
    """Words and seconds are no timestamps, and a weight is finite and over 0."""
    with pytest.raises(DataError, match=f"of {column} cannot be used"):
        read_texts(written(tmp_path / "t.csv", [ROWS[0] | {column: value}]))


@pytest.mark.parametrize(("rows", "said"), [([{"time": "2026-02-18"}], "lacks text"), ([{"text": "x"}], "lacks time")])
def test_a_missing_column_is_named(tmp_path: Path, rows: list[dict[str, object]], said: str) -> None:
    """Time and text are needed."""
    with pytest.raises(DataError, match=said):
        read_texts(written(tmp_path / "t.csv", rows))


@pytest.mark.parametrize(("content", "said"), [(b"\n", "No rows"), (b"\xff\xfe{", "not text that can be read")])
def test_lines_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty file and another encoding are data errors."""
    (tmp_path / "t.jsonl").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_texts(tmp_path / "t.jsonl")


@pytest.mark.parametrize("spoilt", [lambda whole: whole[:-9], lambda whole: whole[:20] + bytes(20) + whole[40:]])
def test_a_spoilt_download_is_refused(tmp_path: Path, spoilt: Callable[[bytes], bytes]) -> None:
    """Half of a compressed file is not silently half of the texts, and a damaged one is no traceback."""
    (tmp_path / "t.jsonl.gz").write_bytes(spoilt(gzip.compress(json.dumps(ROWS).encode())))
    with pytest.raises(DataError, match="download is complete"):
        read_texts(tmp_path / "t.jsonl.gz")


@pytest.mark.parametrize(("name", "said"), [("none.csv", "is no file"), ("t.xlsx", "allowed are files that end in")])
def test_a_file_of_another_kind_is_bad_usage(tmp_path: Path, name: str, said: str) -> None:
    """A missing file and an unknown ending are named."""
    (tmp_path / "t.xlsx").write_bytes(b"x")
    with pytest.raises(UsageError, match=said):
        read_texts(tmp_path / name)
