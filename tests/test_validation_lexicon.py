"""Chinese words with a sign: the published list, reading by the longest word, negation, and files with other things."""

import pickle
from pathlib import Path

import pytest

from cohortiv.errors import DataError
from cohortiv.validation import lexicon as module
from cohortiv.validation.lexicon import Lexicon, chinese_financial_lexicon, tone

SMALL = Lexicon({"涨": 1.0, "暴跌": -1.0, "跌": -1.0, "跌停": -1.0, "看好": 1.0, "好": 1.0}, 2, "by hand")


class Package:
    """An installed package whose files lie in a folder."""

    version = "9.9"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def locate_file(self, _path: str) -> Path:
        """Path of its only file."""
        return self.folder / "words.pkl"


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path, content: object) -> None:
    """Let the package hold this object instead of its list."""
    (folder / "words.pkl").write_bytes(pickle.dumps(content))
    monkeypatch.setattr(module, "distribution", lambda _name: Package(folder))


def read_afresh() -> Lexicon:
    """The list, not the one that was read before."""
    return chinese_financial_lexicon.__wrapped__()


def test_the_published_list_is_read_whole() -> None:
    """Its 7,099 entries in four groups are 5,916 different words, of one sign each."""
    words = chinese_financial_lexicon().words
    assert len(words) == 5_916
    assert set(words.values()) == {-1.0, 1.0}
    assert (words["涨"], words["跌"], words["哀鸿遍野"]) == (1.0, -1.0, -1.0)


def test_the_list_says_where_it_comes_from() -> None:
    """Authors, journal and package stand in its source."""
    assert chinese_financial_lexicon().source.startswith("Yao, Feng, Wang, Ji and Zhang (2021)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("涨", 1.0), ("暴跌", -1.0), ("涨涨跌", 1 / 3), ("今天涨，明天跌", 0.0), ("看好", 1.0), ("今天开会", 0.0)],
)
def test_the_tone_is_the_mean_sign(text: str, expected: float) -> None:
    """Longer words win over the shorter ones in them, and words that the list lacks don't count."""
    assert tone(text, SMALL) == pytest.approx(expected)


@pytest.mark.parametrize(("text", "expected"), [("不涨", -1.0), ("没跌", 1.0), ("不看好", -1.0), ("涨不", 1.0)])
def test_a_negation_right_before_a_word_turns_it(text: str, expected: float) -> None:
    """One behind it does not."""
    assert tone(text, SMALL) == expected


@pytest.mark.parametrize("text", ["", "  ", "BTC", "🚀"])
def test_a_text_without_listed_words_is_neutral(text: str) -> None:
    """Empty text and emoji have no tone."""
    assert tone(text, SMALL) == 0.0


def test_spaces_between_words_change_nothing() -> None:
    """Texts already split into words read like whole ones."""
    assert tone("今天 暴 跌", SMALL) == tone("今天暴跌", SMALL)


def test_a_word_of_both_signs_counts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A word that is good in one group and bad in another cancels itself."""
    installed(monkeypatch, tmp_path, {module._FILE: {"甲-肯定情绪": ["涨", "大"], "乙-否定情绪": ["大"]}})
    assert dict(read_afresh().words) == {"涨": 1.0, "大": 0.0}


def test_a_file_that_would_run_code_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is no plain container of words is not made."""
    installed(monkeypatch, tmp_path, {module._FILE: Path("elsewhere")})
    with pytest.raises(DataError, match="names pathlib"):
        read_afresh()


@pytest.mark.parametrize("content", [{"other": {}}, {module._FILE: {"甲": ["涨"]}}, {module._FILE: 3}, []])
def test_another_content_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: object) -> None:
    """A release that names things otherwise is a data error that names the release."""
    installed(monkeypatch, tmp_path, content)
    with pytest.raises(DataError, match=r"cntext 9\.9 holds no word list"):
        read_afresh()
