"""Feeds: RSS and Atom entries, their times and words, and files that try to do harm."""

from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError
from cohortiv.sources.feeds import read_feed

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Wire</title><language>en-us</language>{}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title>Forum</title>{}</feed>"""
DATE = "<pubDate>Wed, 05 Aug 2026 10:00:00 +0800</pubDate>"


def entries(folder: Path, content: str) -> list[dict[str, str]]:
    """Entries of a feed with this content."""
    (folder / "feed.xml").write_text(content, encoding="utf-8")
    return read_feed(folder / "feed.xml")


def test_an_rss_item_has_time_words_language_and_source(tmp_path: Path) -> None:
    """Title and description are one text; language and title are the channel's."""
    item = f"<item><title>BTC falls</title><description>Longs are closed.</description>{DATE}</item>"
    assert entries(tmp_path, RSS.format(item)) == [
        {"time": "2026-08-05T10:00:00+08:00", "text": "BTC falls\nLongs are closed.", "language": "en-us",
         "source": "Wire"}
    ]  # fmt: skip


def test_an_atom_entry_has_the_time_of_its_last_change(tmp_path: Path) -> None:
    """A text that was edited was known as it stands only then."""
    times = "<published>2026-08-05T10:00:00Z</published><updated>2026-08-06T11:00:00Z</updated>"
    (entry,) = entries(tmp_path, ATOM.format(f"<entry><title>暴跌</title>{times}</entry>"))
    assert entry == {"time": "2026-08-06T11:00:00+00:00", "text": "暴跌", "language": "zh-CN", "source": "Forum"}


def test_items_outside_the_channel_are_read(tmp_path: Path) -> None:
    """RSS 1.0 places items beside the channel and dates them by Dublin Core."""
    rdf = """<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:d="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
      <item><title>Rally</title><d:date>2026-08-05T10:00:00Z</d:date></item></r:RDF>"""
    (entry,) = entries(tmp_path, rdf)
    assert (entry["time"], entry["source"]) == ("2026-08-05T10:00:00+00:00", "Old")


def test_markup_is_taken_off(tmp_path: Path) -> None:
    """Tags and scripts go, entities become characters, and neighbouring blocks keep apart."""
    body = "<![CDATA[<em>Good</em><em>bad</em><script>steal()</script> &amp; a &lt; b]]>"
    (entry,) = entries(tmp_path, RSS.format(f"<item><description>{body}</description>{DATE}</item>"))
    assert entry["text"] == "Good bad & a < b"


def test_a_body_that_repeats_the_title_counts_once(tmp_path: Path) -> None:
    """Many feeds say the same thing twice."""
    item = f"<item><title>BTC falls</title><description>BTC falls</description>{DATE}</item>"
    assert entries(tmp_path, RSS.format(item))[0]["text"] == "BTC falls"


def test_a_date_without_zone_is_utc(tmp_path: Path) -> None:
    """Mail writes an unknown zone as -0000."""
    item = "<item><title>x</title><pubDate>Wed, 05 Aug 2026 10:00:00 -0000</pubDate></item>"
    assert pd.Timestamp(entries(tmp_path, RSS.format(item))[0]["time"]) == pd.Timestamp("2026-08-05T10:00Z")


@pytest.mark.parametrize("written", ["yesterday", ""])
def test_what_is_no_date_is_left_as_it_is(tmp_path: Path, written: str) -> None:
    """The table's check names and counts it."""
    item = f"<item><title>x</title><pubDate>{written}</pubDate></item>"
    assert entries(tmp_path, RSS.format(item))[0]["time"] == written


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    """Entities that multiply each other never unfold."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]><rss><channel><item><title>&e9;</title></item></channel></rss>'
    with pytest.raises(DataError, match="defines entities of its own"):
        entries(tmp_path, bomb)


def test_an_external_entity_is_refused(tmp_path: Path) -> None:
    """A feed cannot read a file of the machine."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    evil = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]><rss><item>&x;</item></rss>'
    with pytest.raises(DataError, match="names external ones"):
        entries(tmp_path, evil)


@pytest.mark.parametrize(
    ("content", "said"),
    [("<rss><channel>", "not XML that can be read"), ("", "not XML"), ("<html/>", "first element is 'html'")],
)
def test_what_is_no_feed_is_refused(tmp_path: Path, content: str, said: str) -> None:
    """Broken XML, an empty file and another kind of document are data errors."""
    with pytest.raises(DataError, match=said):
        entries(tmp_path, content)
