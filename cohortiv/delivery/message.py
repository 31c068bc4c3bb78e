"""The words and the short page by which a report is announced, from templates."""

from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, FileSystemLoader

from cohortiv.assets import asset
from cohortiv.config.brand import Brand
from cohortiv.delivery.bulletin import Bulletin
from cohortiv.report.catalogue import CATALOGUE
from cohortiv.report.manifest import PAGE
from cohortiv.report.wording import FILTERS, long_date

_SYNTHETIC: Final = " (SYNTHETIC)"


@dataclass(frozen=True, slots=True)
class Message:
    """An announcement.

    Attributes
    ----------
    subject : str
        One line: code, title, date.
    text : str
        Badge and sentence, without HTML; what a chat gets.
    html : str
        A short page without scripts, pictures or links to elsewhere but the report's own; what a mail gets.
    """

    subject: str
    text: str
    html: str


def announcement(bulletin: Bulletin, *, brand: Brand, link: str = "") -> Message:
    """Write the announcement of a report.

    Parameters
    ----------
    bulletin : Bulletin
    brand : Brand
        Whose report it is.
    link : str, optional
        Address of the folder of reports.

    Returns
    -------
    Message
    """
    headline = bulletin.headline
    made_up = _SYNTHETIC if headline.get("synthetic") else ""
    place = f"{bulletin.as_of}/{bulletin.name}/{PAGE}" if bulletin.is_published else CATALOGUE
    address = f"{link.rstrip('/')}/{place}" if link else ""
    facts = {"bulletin": bulletin, "headline": headline, "style": bulletin.style, "brand": brand, "address": address}
    standing = "".join(f"{word.partition(':')[0].upper()} " for word in bulletin.remarks)
    subject = f"{standing}{bulletin.outcome}: {headline.get('title')} {long_date(bulletin.as_of)}{made_up}"
    return Message(" ".join(subject.split()), _rendered("message.txt.j2", facts), _rendered("message.html.j2", facts))


def _rendered(name: str, facts: dict[str, object]) -> str:
    """One template filled; only HTML is escaped, as it alone could run."""
    environment = Environment(
        loader=FileSystemLoader(asset("templates") / "delivery"),
        autoescape=name.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment.get_template(name).render(**facts).strip() + "\n"
