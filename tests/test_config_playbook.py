"""Playbook files: what they may say, and what is said when they do not."""

from pathlib import Path

import pytest
import yaml

from cohortiv.config.playbook import AUDIENCES, PLACEHOLDERS, load_playbook, placeholders_in
from cohortiv.errors import UsageError

CODES = ("green", "yellow", "red", "grey")


def fields() -> dict[str, object]:
    """A small playbook that is allowed."""
    return {"title": "Ours", **{code: {audience: ["Code {code}."] for audience in AUDIENCES} for code in CODES}}


def written(folder: Path, content: object) -> Path:
    """A playbook on disk."""
    path = folder / "playbook.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def with_red(sentence: object) -> dict[str, object]:
    """The small playbook with another sentence for hedge funds at Red."""
    return {**fields(), "red": {audience: ["Code {code}."] for audience in AUDIENCES} | {"hedge_fund": [sentence]}}


def test_an_institution_writes_its_own(tmp_path: Path) -> None:
    """A sentence is a text alone or a text with conditions."""
    own = with_red({"say": "Cliff at {cliff}.", "needs": ["put_cost"], "otherwise": "No cliff at {code}."})
    sentence = load_playbook(written(tmp_path, own)).red.hedge_fund[0]
    assert sentence.wanted == {"cliff", "put_cost"}
    assert load_playbook(written(tmp_path, own)).green.exchange[0].say == "Code {code}."


def test_the_shipped_playbook_is_the_default() -> None:
    """Without a path the one of the templates is read."""
    assert load_playbook().title == "House playbook"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("At {cliff_prize}.", "red.hedge_fund.0.say: unknown placeholder {cliff_prize}; allowed are cohort, code"),
        (
            {"say": "Code {code}.", "needs": ["clif"]},
            "red.hedge_fund.0.needs: unknown placeholder {clif}; allowed are cohort, code",
        ),
        ({"say": "{code}", "otherwise": "{no}"}, "red.hedge_fund.0.otherwise: unknown placeholder {no}"),
        ("{code:>10}", "red.hedge_fund.0.say: got {code} with a format; allowed is a name alone"),
        ("{code.real}", "red.hedge_fund.0.say: got {code.real} with more than a name; allowed is a name alone"),
        ("{code", "red.hedge_fund.0.say: "),
        ({"says": "Code."}, "unknown field; allowed are say, needs, otherwise; did you mean say?"),
        ({"say": ""}, "red.hedge_fund.0.say: got ''"),
        ("Cliff at {cliff}.", "red.hedge_fund: each sentence needs a number that a result may lack"),
    ],
)
def test_bad_sentences_are_named(tmp_path: Path, sentence: object, said: str) -> None:
    """The message names the file, the key, what was got and what is allowed."""
    with pytest.raises(UsageError) as caught:
        load_playbook(written(tmp_path, with_red(sentence)))
    assert str(caught.value).startswith(f"playbook {tmp_path / 'playbook.yaml'}: ")
    assert said in str(caught.value)


def test_unknown_placeholder_lists_all(tmp_path: Path) -> None:
    """Whoever misspells a placeholder sees every one there is."""
    with pytest.raises(UsageError) as caught:
        load_playbook(written(tmp_path, with_red("At {cliff_prize}.")))
    assert [name for name in PLACEHOLDERS if name not in str(caught.value)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_speaks_to_every_audience(tmp_path: Path, code: str) -> None:
    """A missing code or audience is an error."""
    without_code = {name: value for name, value in fields().items() if name != code}
    with pytest.raises(UsageError, match=f"{code}: missing"):
        load_playbook(written(tmp_path, without_code))
    without_exchange = {**fields(), code: {"hedge_fund": ["Code {code}."], "market_maker": ["Code {code}."]}}
    with pytest.raises(UsageError, match=rf"{code}\.exchange: missing"):
        load_playbook(written(tmp_path, without_exchange))


def test_grey_has_no_numbers(tmp_path: Path) -> None:
    """A Grey sentence on a number that only a code comes with would never be said."""
    grey = {"hedge_fund": ["Code {code}.", "Cliff at {cliff}."], "market_maker": ["{code}."], "exchange": ["{code}."]}
    with pytest.raises(UsageError, match=r"grey\.hedge_fund uses \{cliff\}, which no Grey result has"):
        load_playbook(written(tmp_path, {**fields(), "grey": grey}))


@pytest.mark.parametrize(("content", "said"), [("- a list", "got a list"), ("a: [", "not YAML in UTF-8")])
def test_files_that_are_no_playbook_are_refused(tmp_path: Path, content: str, said: str) -> None:
    """A list, or what is not YAML, is no playbook."""
    with pytest.raises(UsageError, match=said):
        load_playbook(written(tmp_path, content))
    with pytest.raises(UsageError, match="no such file"):
        load_playbook(tmp_path / "other.yaml")


def test_placeholders_are_found_in_order() -> None:
    """Doubled braces are braces."""
    assert placeholders_in("{code} and {{braces}} on {notional}") == ("code", "notional")
