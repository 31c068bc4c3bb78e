"""What the shell completes: sources, symbols, notebooks and scenarios; files and folders it completes itself."""

from click import Context, Parameter
from click.shell_completion import CompletionItem

from cohortiv.assets import asset

#: Sources that are written NAME:FILE, as in `sources.files.SCHEMES`, whose module is slow to load.
SOURCES = ("hyperliquid",)
#: Venues whose accounts are fetched, as in `positions_source.VENUES`, without a file behind the colon.
ACCOUNTS = ("binance", "bybit", "okx")
#: Venues that are written VENUE:NAME, as in `sources.fetch.catalogue.MARKETS`.
MARKETS = ("binance", "bybit", "hyperliquid", "okx")


def sources(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Position sources: names that stand before a colon, and files as the shell knows them."""
    return _before_colon((*SOURCES, *ACCOUNTS), incomplete)


def markets(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Venues with public market data, as they stand before a colon, and files."""
    return _before_colon(MARKETS, incomplete)


def _before_colon(names: tuple[str, ...], incomplete: str) -> list[CompletionItem]:
    """Names that are begun, and files."""
    named = [f"{name}:" for name in names if incomplete and name.startswith(incomplete)]
    return [*map(CompletionItem, named), CompletionItem(incomplete, type="file")]


def symbols(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Symbols with shipped brackets, in whatever case they are begun."""
    from cohortiv.margin.brackets import load_brackets

    known = sorted({schedule.symbol for schedule in load_brackets().schedules})
    return [CompletionItem(name) for name in known if name.lower().startswith(incomplete.lower())]


def notebooks(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Notebooks that ship, by name, and files."""
    shipped = sorted(file.stem for file in asset("notebooks").glob("*.ipynb"))
    named = [CompletionItem(name) for name in shipped if name.startswith(incomplete)]
    return [*named, CompletionItem(incomplete, type="file")]


def scenarios(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Scenarios that ship, by name, and files."""
    shipped = sorted(file.stem for file in (asset("templates") / "scenarios").glob("*.yaml"))
    named = [CompletionItem(name) for name in shipped if name.startswith(incomplete)]
    return [*named, CompletionItem(incomplete, type="file")]
