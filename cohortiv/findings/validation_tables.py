"""Tables of a validation report beside the scores: pairs, coverage, leads, dated events and sources."""

from typing import Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import ValidationFindings, best_comparator, day_span, interval_words, short_title
from cohortiv.findings.validation_scores import Columns, absent, score_cell
from cohortiv.plain import MISSING
from cohortiv.quantities import many
from cohortiv.study.result import Pair
from cohortiv.validation.scores import AUROC, SCORED
from cohortiv.validation.verdict import UNDECIDED

#: What keeps an interval on one line; beside the long names of pairs there is no room for that on a phone.
_GLUE: Final = "\u00a0"
#: Key, label, pattern and alignment of the columns of the tables, as `page.Column` takes them.
PAIR_COLUMNS: Final[Columns] = (
    ("pair", "Index series and outcome", "{}", "left"),
    ("index", "AUROC of the index; events", "{}", "left"),
    ("best", "Best comparator; events", "{}", "left"),
    ("answer", "Verdict", "{}", "left"),
)
COVERAGE_COLUMNS: Final[Columns] = (
    ("signal", "Signal", "{}", "left"),
    ("period", "Scored from and to", "{}", "left"),
    ("scored", "Rows scored", "{:,}", "right"),
    ("without_score", "Without a score", "{:,}", "right"),
    ("not_covered", "Outcome not covered", "{:,}", "right"),
    ("left_out", "Repeated", "{:,}", "right"),
    ("gaps", "Gaps (longest)", "{}", "right"),
    ("events", "Independent events", "{:,}", "right"),
)
LEAD_COLUMNS: Final[Columns] = (
    ("event", "Event known", "{}", "left"),
    ("index", "Lead of the index", "{}", "left"),
    ("best", "Lead of the best comparator", "{}", "left"),
)
EVENT_COLUMNS: Final[Columns] = (
    ("number", "No.", "{}", "left"),
    ("date", "Day (UTC)", "{}", "left"),
    ("name", "What happened", "{}", "left"),
    ("coverage", "In the series", "{}", "left"),
    ("index", "Index before it (%)", "{}", "right"),
)
SOURCE_COLUMNS: Final[Columns] = (
    ("title", "Data", "{}", "left"),
    ("period", "Covers", "{}", "left"),
    ("rows", "Rows", "{:,}", "right"),
    ("gaps", "Gaps", "{:,}", "right"),
    ("dropped", "Blank; repeated", "{}", "right"),
    ("note", "Files and note", "{}", "left"),
)


def pair_rows(f: ValidationFindings) -> pd.DataFrame:
    """Every pair with the index's score, the best comparator's and its own verdict; and what could not be paired."""
    rows = [_pair_row(f, pair) for pair in f.study.pairs]
    absent = [
        {"pair": f"{row['series']}: {row['outcome']} ({row['feed']})", "index": row["why"], "best": MISSING,
         "answer": "not made"}
        for row in f.study.not_paired.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame([*rows, *absent])


def _pair_row(f: ValidationFindings, pair: Pair) -> dict[str, str]:
    best = best_comparator(f, pair)
    named = "none is scored"
    if best is not None:
        row = f.score(best, AUROC, pair)
        named = f"{f.title(best)} {interval_words(row['value'], row['low'], row['high'])}; {row['events']:.0f}"
    return {
        "pair": f"{short_title(pair)}{', judged here' * pair.primary}",
        "index": f"{score_cell(f.score(f.signal, AUROC, pair).to_dict())}; {pair.events}".replace(_GLUE, " "),
        "best": named.replace(_GLUE, " "),
        "answer": f"{pair.verdict.answer}{_lacking(pair)}",
    }


def _lacking(pair: Pair) -> str:
    """What keeps a pair from a verdict whose index has events enough: how few a comparator of the verdict has."""
    verdict = pair.verdict
    few = [condition for condition in verdict.conditions if condition.met is None]
    if pair.status != SCORED or verdict.answer != UNDECIDED or verdict.conditions[0].met is None or not few:
        return ""
    lowest = min(few, key=lambda condition: condition.events)
    return f": {many(len(few), 'condition')} undecided, on {lowest.events} at the fewest"


def pairs(f: ValidationFindings) -> Words:
    """The table of all pairs."""
    scored = sum(pair.status == SCORED for pair in f.study.pairs)
    note = (
        "The verdict of the report is that of the pair named in the study file beforehand; the others are shown so "
        "that nothing is picked. Several pairs share data, and are no independent tests. “Touched” is an outcome that "
        "the profile's own lines make, in part the model agreeing with itself."
    )
    title = f"{scored} of {len(f.study.pairs)} pairs have events enough for a score"
    return Words("pairs", title, "Every index series with every outcome that it covers", f.source, note)


def coverage_rows(f: ValidationFindings) -> pd.DataFrame:
    """One row a signal that has values: what of it could be scored, and what was left out."""
    table = f.pair.scores.coverage
    table = table[~table["signal"].isin(list(f.pair.missing))]
    days = [day_span(first, last) for first, last in zip(table["first"], table["last"], strict=True)]
    gaps = [
        f"{gaps:,} ({longest:.1f} days)" for gaps, longest in zip(table["gaps"], table["longest_gap_days"], strict=True)
    ]
    return table.assign(
        signal=[f.title(str(name)) for name in table["signal"]],
        period=days,
        left_out=table["repeated"] + table["contradictory"],
        gaps=gaps,
    )


def coverage(f: ValidationFindings) -> Words:
    """The table of coverage."""
    lost = "; ".join(f"{why}: {count:,}" for why, count in f.pair.result.not_covered.items())
    rows = len(f.pair.result.frame)
    note = f"Of {rows:,} times, without an outcome: {lost}." if lost else f"All {rows:,} times have an outcome."
    note += f" No score and no outcome is filled or carried forward{_carried(f)}."
    note += f" A gap is a step of more than 1.5 times the usual one.{absent(f, f.pair)}"
    own = f.pair.scores.coverage.set_index("signal").loc[f.signal]
    title = f"{own['scored']:,} of {own['rows']:,} snapshots can be scored"
    return f.words("coverage", title, "What each signal was scored on", note=note)


def _carried(f: ValidationFindings) -> str:
    """What stands behind a reconstructed index between two readings of open interest."""
    if not f.series.basis.startswith("reconstructed"):
        return ""
    return ", but the reconstruction goes on with the newest open interest that was known, for two days at most"


def lead_rows(f: ValidationFindings) -> pd.DataFrame:
    """Each independent event with what the index and the best comparator did before it."""
    leads, best = f.pair.leads, best_comparator(f)
    known = pd.DatetimeIndex(leads.loc[leads["signal"].isin([f.signal, best]), "event"].unique()).sort_values()
    return pd.DataFrame(
        {
            "event": [long_day(f"{moment:%Y-%m-%d}") for moment in known],
            "index": [_lead(leads, f.signal, moment) for moment in known],
            "best": [_lead(leads, best, moment) for moment in known],
        }
    )


def _lead(leads: pd.DataFrame, signal: str | None, moment: pd.Timestamp) -> str:
    found = leads[(leads["signal"] == signal) & (leads["event"] == moment)]
    if found.empty:
        return MISSING
    row = found.iloc[0]
    return f"{row['lead_days']:.1f} days" if row["status"] == "warned" else str(row["status"])


def leads(f: ValidationFindings) -> Words:
    """The table of leads."""
    best = best_comparator(f)
    own = f.pair.leads[f.pair.leads["signal"] == f.signal]
    counts = own["status"].value_counts()
    warned, missed = (int(counts.get(status, 0)) for status in ("warned", "missed"))
    title = f"Of {len(own)} events the index warned of {warned} and missed {missed}"
    if own.empty:
        title = "No event before which alarms could have been raised"
    note = f"Best comparator: {f.title(best)}." if best else "No comparator is scored."
    note += (
        " An alarm counts while it is unbroken up to the last row before the event was known; one that was called off "
        "before is a miss here and may be a hit among the dated events. Not covered: no threshold could be fitted by "
        "then, or the series has a gap. AUROC ranks all rows, those within an event too; a lead needs an alarm before "
        "an event began. So a signal that rises with events ranks well and warns of few."
    )
    return f.words("leads", title, "How long before each event an unbroken alarm began", note=note)


def event_rows(f: ValidationFindings) -> pd.DataFrame:
    """Dated events with their number, whether the series covers them, and the last index before each."""
    listed, index = f.series.overlay.events, f.series.frame["iv_index"].dropna()
    before = [index[index.index <= day] for day in listed["date"]]
    covered = listed["coverage"] == "covered"
    return pd.DataFrame(
        {
            "number": [str(place) for place in range(1, len(listed) + 1)],
            "date": [long_day(f"{day:%Y-%m-%d}") for day in listed["date"]],
            "name": listed["name"].to_numpy(),
            "coverage": listed["coverage"].to_numpy(),
            "index": [
                f"{past.iloc[-1]:.1f}" if held and len(past) else MISSING
                for past, held in zip(before, covered, strict=True)
            ],
        }
    )


def events(f: ValidationFindings) -> Words:
    """The table of dated events."""
    listed = f.series.overlay.events
    inside = int((listed["coverage"] == "covered").sum())
    note = f"List {f.series.overlay.version}. An event that is not covered is neither hit nor miss."
    title = f"The series covers {inside} of {len(listed)} dated events"
    return f.words("dated-events", title, "Days on which positions were closed by force in large numbers", note=note)


def source_rows(f: ValidationFindings) -> pd.DataFrame:
    """What the study stands on, with its coverage, files and notes; files stand with the note, which has most room."""
    table = f.study.data
    spans = [day_span(first, last) for first, last in zip(table["first"], table["last"], strict=True)]
    titled = [
        title or files for title, files in zip(table["title"].astype(str), table["files"].astype(str), strict=True)
    ]
    named = [f"{title} ({role})" for title, role in zip(titled, table["role"], strict=True)]
    told = [f"{files}. {note}".rstrip(". ") for files, note in zip(table["files"], table["note"], strict=True)]
    dropped = [f"{blank:,}; {twice:,}" for blank, twice in zip(table["blank"], table["repeated"], strict=True)]
    return table.assign(title=named, period=spans, note=told, dropped=dropped)


def sources(f: ValidationFindings) -> Words:
    """The table of data."""
    files = f.study.data.drop_duplicates(["files", "first", "last", "rows", "gaps"])
    title = f"{len(f.study.data)} sources, with {many(int(files['gaps'].sum()), 'gap')} in their files"
    note = (
        "A stand-in or a lower bound is named as one. Rows and gaps are those known by the time that the report is "
        "about; a gap is a step of more than 1.5 times the usual one, and those of a file that serves twice count once "
        "in the title. Blank rows are left out, and so are repeated ones, but of single liquidations those are "
        "counted; both are told of whole files. A blank snapshot of an index series has no index."
    )
    return Words("sources", title, "Data used, and what each covers", f.source, note)
