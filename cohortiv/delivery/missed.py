"""What readers are told of an issue that was due and is not published."""

from hashlib import sha256

from cohortiv.delivery.bulletin import Bulletin, read_bulletin
from cohortiv.errors import CohortivError
from cohortiv.report.shelf import Place, published_places
from cohortiv.report.wording import long_date, points


def missed_bulletin(place: Place) -> Bulletin | None:
    """What is told where no report was published: that there is none, and what the last one said.

    Parameters
    ----------
    place : Place
        Where the report was to be.

    Returns
    -------
    Bulletin
        Grey, without files. Nothing of the error is in it: that is for those who run reports. None where there is
        nothing to tell: the report is published, or no earlier issue of it has readers.
    """
    if place.folder.is_dir():
        return None
    earlier = [
        other for other in published_places(place.root) if other.name == place.name and other.as_of < place.as_of
    ]
    last = _readable(max(earlier, key=lambda other: other.as_of)) if earlier else None
    if last is None:
        return None
    kept = {key: last.headline[key] for key in ("series", "title", "cohort", "synthetic") if key in last.headline}
    remark = f"Not published: there is no report of {long_date(place.as_of)}, as its run failed."
    sentence = f"The last report, of {long_date(last.as_of)}, said {_said(last)}; it says nothing of this date."
    return Bulletin(
        folder=place.folder,
        headline={**kept, "as_of": place.as_of, "sentence": sentence, "iv_index": None},
        name=place.name,
        as_of=place.as_of,
        edition_sha256=sha256(f"{remark} {sentence}".encode()).hexdigest(),
        code="grey",
        code_before=last.code,
        code_held=None,
        code_assumed_from=None,
        remarks=(remark,),
        files={},
        is_published=False,
    )


def _readable(place: Place) -> Bulletin | None:
    """An issue as its readers were told of it; None where it is not as it was published."""
    try:
        return read_bulletin(place.folder)
    except CohortivError:
        return None


def _said(last: Bulletin) -> str:
    """Its verdict, or its code with the index."""
    if last.headline.get("verdict"):
        return f"“{last.outcome}”"
    index = last.headline.get("iv_index")
    told = f", IV Index {points(index)}" if isinstance(index, int | float | str) else ""
    return f"{last.outcome}{told}"
