"""The study file: which index series are held against which liquidations, beside which comparators."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from cohortiv.config.yaml_file import SLUG, Name, Names, Positive, StrictSettings

OWN_LINES = "own-lines"
"""Feed of an outcome that the profile's own lines make."""

Slug = Annotated[str, Field(pattern=SLUG)]
CriticalMass = Annotated[float, Field(gt=0.0, lt=1.0)]


class DataFile(StrictSettings):
    """One file of a series.

    Attributes
    ----------
    file : str
        CSV or Parquet; its columns are those of `sources.validation_data`.
    symbol, venue : str
        Whose rows are read, in files that hold several.
    title : str
        As readers see it; empty takes the file's name.
    note : str
        What a reader must know of it, such as "a lower bound"; a sentence.
    """

    file: Name
    symbol: str = ""
    venue: str = ""
    title: str = ""
    note: str = ""


class FundingFile(DataFile):
    """A file of funding rates.

    Attributes
    ----------
    hours : float or None
        Period that a rate is for [hours]; None takes the distance of the rows.
    """

    hours: Positive | None = None


class InterestFile(DataFile):
    """A file of open interest, or of what stands in for it.

    Attributes
    ----------
    kind : {"open-interest", "margin"}
        USD, or coins that are borrowed to be long and short. The latter is a stand-in.
    """

    kind: Literal["open-interest", "margin"] = "open-interest"


class FeedFile(DataFile):
    """A feed of forced closures.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    kind : {"liquidations", "liquidation-events"}
        Sums of bars, or single events.
    covers : str
        Whose closures are in it, in words.
    """

    name: Slug
    title: Name
    kind: Literal["liquidations", "liquidation-events"] = "liquidations"
    covers: Name


class ComparatorFiles(StrictSettings):
    """What else might have warned; prices serve the volatilities.

    Attributes
    ----------
    implied, funding, open_interest, fear_greed : DataFile or None
    """

    implied: DataFile | None = None
    funding: FundingFile | None = None
    open_interest: InterestFile | None = None
    fear_greed: DataFile | None = None


class IndexSource(StrictSettings):
    """One index series.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    source : {"positions", "history", "market"}
        In the file `from`: all snapshots of a table, a folder of stored profiles, or price bars and open interest.
    file : str
        The table (FILE or NAME:FILE), the folder, or the bars.
    symbol : str or None
        Base asset; None reads a cohort as a whole.
    cohort, brackets : str or None
        Files as for a report.
    open_interest : InterestFile or None
        For a market.
    venue : str
        Whose brackets a market's positions are under.
    tier_mix : str or None
        File of shares by multiplier for a market; None takes the shipped mix.
    every_hours : int
        Step of a market's series [hours].
    note : str
        What a reader must know of it; a sentence.
    """

    name: Slug
    title: Name
    source: Literal["positions", "history", "market"] = Field(alias="from")
    file: Name
    symbol: str | None = None
    cohort: str | None = None
    brackets: str | None = None
    open_interest: InterestFile | None = None
    venue: str = ""
    tier_mix: str | None = None
    every_hours: PositiveInt = 24
    note: str = ""

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        market = self.source == "market"
        lacks = [name for name in ("open_interest", "symbol", "venue") if market and not getattr(self, name)]
        if lacks:
            raise ValueError(f"from: got market without {' and '.join(lacks)}; a reconstruction needs each of them")
        own = ("open_interest", "venue", "tier_mix", "every_hours")
        extra = [name for name in own if name in self.model_fields_set and not market]
        if extra:
            raise ValueError(f"{extra[0]}: got one with from: {self.source}; allowed with from: market only")
        return self


class PrimaryPair(StrictSettings):
    """What the verdict of the report is about.

    Attributes
    ----------
    series, feed, outcome : str
        Names of an index series, of a feed ("own-lines" for an outcome of the profile), and of an outcome.
    why : str
        Why this pair and no other; a sentence, which the report prints.
    """

    series: Slug
    feed: Slug = OWN_LINES
    outcome: Slug
    why: str = ""


class StudyFile(StrictSettings):
    """A study.

    Attributes
    ----------
    name, title : str
        Slug, and as readers see it.
    index : tuple of IndexSource
        One or more.
    prices : DataFile
        Bars, for volatilities and for what the price touched; open, high and low are needed for the latter.
    liquidations : tuple of FeedFile
        May be empty: then the profile's own lines are the outcome.
    comparators : ComparatorFiles
    texts : tuple of str
        Files of dated texts.
    scorers : dict of str to str
        Language of texts -> scorer that an installed package offers; others are scored by the house's.
    outcomes, events, verdict : str
        Names of shipped files or paths; empty takes the newest.
    scored : tuple of str
        Outcomes that are scored; empty takes all of the outcomes file.
    primary : PrimaryPair
        Fixed before anything is scored.
    critical_mass, horizon_days, reference_volatility : float or None
        Of the index [1; days; 1/sqrt(year)]; None takes the published values.
    """

    name: Slug
    title: Name
    index: Annotated[tuple[IndexSource, ...], Field(strict=False, min_length=1)]
    prices: DataFile
    liquidations: Annotated[tuple[FeedFile, ...], Field(strict=False)] = ()
    comparators: ComparatorFiles = ComparatorFiles()
    texts: Names = ()
    scorers: dict[Name, Name] = Field(default_factory=dict)
    outcomes: str = ""
    events: str = ""
    verdict: str = ""
    scored: Names = ()
    primary: PrimaryPair
    critical_mass: CriticalMass | None = None
    horizon_days: Positive | None = None
    reference_volatility: Positive | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        series, feeds = ([each.name for each in held] for held in (self.index, self.liquidations))
        twice = sorted(
            {name for name in (*series, *feeds) if [*series, *feeds].count(name) > 1} | {OWN_LINES} & {*feeds}
        )
        if twice:
            raise ValueError(f"name: got {', '.join(twice)} more than once; allowed is each name once, not {OWN_LINES}")
        for key, got, allowed in (
            ("primary.series", self.primary.series, series),
            ("primary.feed", self.primary.feed, [*feeds, OWN_LINES]),
        ):
            if got not in allowed:
                raise ValueError(f"{key}: got {got!r}, allowed are {', '.join(allowed)}")
        if self.scored and self.primary.outcome not in self.scored:
            raise ValueError(f"primary.outcome: got {self.primary.outcome!r}, allowed are {', '.join(self.scored)}")
        return self
