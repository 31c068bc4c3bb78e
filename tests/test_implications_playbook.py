"""What each audience should consider: sentences filled with numbers."""

import pytest

from cohortiv.config.playbook import ALWAYS, AUDIENCES, PLACEHOLDERS, Advice, Playbook, Sentence, load_playbook
from cohortiv.early_warning import Code
from cohortiv.implications.playbook import guidance

SURE = {name: f"<{name}>" for name in ALWAYS}
ALL = {name: f"<{name}>" for name in PLACEHOLDERS}


def playbook(*sentences: Sentence) -> Playbook:
    """The same sentences for everybody at every code but Grey."""
    plain = (Sentence(say="Code {code}."),)
    advice = Advice(hedge_fund=sentences, market_maker=plain, exchange=plain)
    return Playbook(
        title="Test",
        green=advice,
        yellow=advice,
        red=advice,
        grey=Advice(hedge_fund=plain, market_maker=plain, exchange=plain),
    )


def test_numbers_fill_the_sentences() -> None:
    """Each audience gets its own sentences, in order, with the values in place of the names."""
    book = playbook(Sentence(say="Code {code} on {notional}."), Sentence(say="Cliff at {cliff}."))
    funds, makers, exchanges = guidance(book, Code.RED, ALL)
    assert funds.sentences == ("Code <code> on <notional>.", "Cliff at <cliff>.")
    assert makers.sentences == exchanges.sentences == ("Code <code>.",)
    assert (funds.audience, funds.title) == ("hedge_fund", "Hedge funds")


def test_a_missing_number_gives_way() -> None:
    """A sentence without its number is replaced by its alternative, or left out."""
    book = playbook(
        Sentence(say="Cliff at {cliff}.", otherwise="No cliff in {cohort}."),
        Sentence(say="It costs {put_cost}."),
        Sentence(say="A cliff exists.", needs=("cliff",)),
        Sentence(say="Spread {spread_factor}.", otherwise="Cost {put_cost}."),
    )
    assert guidance(book, Code.GREEN, SURE)[0].sentences == ("No cliff in <cohort>.",)
    assert len(guidance(book, Code.GREEN, ALL)[0].sentences) == 4


def test_needs_are_not_shown() -> None:
    """A condition is met by a value that the text doesn't hold."""
    book = playbook(Sentence(say="A cliff exists.", needs=("cliff",)), Sentence(say="Always."))
    assert guidance(book, Code.YELLOW, {**SURE, "cliff": "7 %"})[0].sentences == ("A cliff exists.", "Always.")
    assert guidance(book, Code.YELLOW, SURE)[0].sentences == ("Always.",)


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("values", [SURE, ALL], ids=["least", "most"])
def test_shipped_playbook_speaks_to_everybody(code: Code, values: dict[str, str]) -> None:
    """With the fewest numbers and with all of them, each audience gets whole sentences at each code."""
    found = guidance(load_playbook(), code, values)
    assert [item.audience for item in found] == list(AUDIENCES)
    sentences = [text for item in found for text in item.sentences]
    assert [text for text in sentences if not text.endswith((".", ".)")) or "{" in text or "  " in text] == []
    assert min(len(item.sentences) for item in found) >= 1
