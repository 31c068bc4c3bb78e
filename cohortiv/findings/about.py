"""What the checks came to, method, limits and what a reader should know about the report."""

from cohortiv.assessment.settings import Basis
from cohortiv.config.cohort import Privacy
from cohortiv.findings.context import Findings
from cohortiv.findings.headline import long_day
from cohortiv.findings.issue import changes
from cohortiv.quantities import exact_percent, many, percent
from cohortiv.summary import METHODOLOGY_VERSION, data_quality


def quality(f: Findings) -> str:
    """What the checks came to."""
    if not f.result.reading.has_accounts:
        return (
            "No row was excluded. Nothing is withheld: the data are aggregates, in which no account is told apart, and "
            "sections that need accounts say so."
        )
    privacy, found = f.result.reading.cohort.privacy, data_quality(f.result)
    rows = found.rows_excluded
    lost = "No row was excluded" if not rows else f"{rows:,} row(s) were excluded"
    lost = f"Rows of fewer than {privacy.min_accounts} accounts were excluded" if rows is None else lost
    withheld = " Figures with too few accounts behind them are left out." if f.result.reading.withheld.figures else ""
    warned = f"**The data look wrong**: {'. '.join(found.warnings)}.\n\n" if found.warnings else ""
    reconciled = f"{lost}; rows, accounts and notional reconcile from the source to this page"
    return f"{warned}{reconciled}. {_rule(privacy)}{withheld}"


def _rule(privacy: Privacy) -> str:
    """What a published cell has behind it; that single accounts are told where the cohort's file allows it."""
    least, most = privacy.min_accounts, privacy.max_account_share
    if least <= 1 and most >= 1:
        return (
            "The cohort's file withholds nothing: a cell may be one account, so the page is for those who may know its "
            "positions."
        )
    none = "" if most >= 1 else f", none with more than {percent(most, 0)} of it"
    return (
        f"A published cell has at least {many(least, 'account')}{none}; smaller cells are merged with their neighbours."
    )


def method(f: Findings) -> str:
    """The method with this run's parameters."""
    settings = f.result.settings
    reading = "The symbol moves and all else stands still" if settings.symbol else (
        "Units of one symbol and isolated positions are read by their own line, cross units of several symbols by the "
        "market's, which moves symbols and collateral by their betas"
    )  # fmt: skip
    return (
        "Every margin unit's liquidation line is where its equity falls to the venue's maintenance margin, with the "
        f"bracket that counts at that price. {reading}. A line that the venue supplies wins over the computed one. The "
        f"chance of touching a line within {settings.horizon_days:g} days is that of a price without expected gain, "
        f"watched continuously. The critical mass is {exact_percent(settings.critical_mass)} of the leveraged "
        f"notional; the reference volatility {exact_percent(f.result.reference_volatility)}. Codes: Green below "
        f"{f.thresholds.yellow:g}, Yellow to {f.thresholds.red:g}, Red above."
    )


def glossary(f: Findings) -> str:
    """Words of the report that a reader may not know, one line each."""
    days = f.result.settings.horizon_days
    return (
        "- **Margin unit**: what a venue liquidates as one: an isolated position, or all cross positions of an account "
        "on a venue.\n"
        "- **Liquidation line**: price at which a margin unit's equity falls to the maintenance margin.\n"
        "- **Own line, market line**: where the symbol moves alone, or where the market moves and all follow.\n"
        "- **Beta**: how many percent a symbol moves when the market moves by 1 %.\n"
        "- **Kappa**: a symbol's volatility as a multiple of BTC's.\n"
        "- **Tier**: range of declared leverage, named by its lowest.\n"
        f"- **Critical mass**: share of leveraged notional that counts as critical, here "
        f"{exact_percent(f.result.settings.critical_mass)}.\n"
        "- **Critical volatility**: annualised volatility at which that share is expected to be touched within "
        f"{days:g} days.\n"
        "- **Critical drawdown, rally**: smallest fall, rise whose lines hold that share.\n"
        "- **Cliff**: outside shock from which forced orders carry the price on by themselves.\n"
        "- **Depth**: orders that move the price by 1 %."
    )


def limits(f: Findings) -> str:
    """What the result does not say."""
    made = (
        "**The positions are SYNTHETIC**: they were generated to show the report, and say nothing about real "
        "accounts.\n\n"
        if f.result.reading.synthetic
        else ""
    )
    made += _without_accounts(f)
    return made + (
        "- The index reads the positions handed in; it says nothing about positions elsewhere, and totals are not the "
        "market's.\n"
        "- Declared leverage of a cross account is a setting, not its risk; it decides the tier and no line.\n"
        "- The hit law is a geometric Brownian motion with one volatility: jumps and changing volatility make touching "
        "likelier than it says.\n"
        "- The share is an expectation over paths: what forced orders do to the price is not in the index. The cascade "
        "has it, with impact linear in the orders, lines as they are today, and depth as given or tried.\n"
        "- The interval covers the sampling of accounts only.\n"
        f"- Betas and kappas are constants measured on Binance perpetuals 2023 to 2026, where the cohort's file gives "
        f"no others{_default_share(f)}."
    )


def _without_accounts(f: Findings) -> str:
    """What data without positions do not tell; nothing where there are positions."""
    reading = f.result.reading
    if reading.has_accounts:
        return ""
    if reading.basis is Basis.TIER_TABLE:
        return (
            "- **The data are a tier table, not positions**: what the table leaves out, such as positions without a "
            "line or far from the mark, is in no share, and how many accounts and positions there are is not known.\n"
        )
    return (
        "- **The positions are reconstructed from price and open interest**: a model, with long and short opened "
        f"alike, at each bar's close, isolated, over a tier mix ({reading.profile.origin['tier_mix']}). "
        f"{percent(reading.profile.origin['from_first_bar'])} of the notional goes back to the first bar, before which "
        "entries are not known. What really was opened, by whom and at which price, is not known either.\n"
    )


def _default_share(f: Findings) -> str:
    """How much of the notional takes another symbol's figures; nothing where that is withheld."""
    share = data_quality(f.result).default_comovement_share
    return "" if share is None else f"; {percent(share)} of the leveraged notional is in symbols that take those of SOL"


def about(f: Findings) -> str:
    """Readers, data, assumptions and changes since the previous issue."""
    cohort = f.result.reading.cohort
    return (
        "**Intended readers**: risk desks, market makers and exchanges that follow the leverage of this cohort. Not "
        f"investment advice.\n\n**Cohort**: {cohort.title}. {cohort.description}\n\n**Data and cut-off**: {f.source}; "
        f"snapshot {f.as_of}.\n\n**Method**: version {METHODOLOGY_VERSION}, see METHODOLOGY.md of the package.\n\n"
        f"**Since the previous issue**: {_since(f)}"
    )


def _since(f: Findings) -> str:
    """What changed between the previous issue and this one, parameters included."""
    if f.previous is None:
        return "this is the first issue in its folder."
    told = "; ".join(changes(f)) or "code, notional, accounts, parameters and method are the same"
    return f"against {long_day(f.previous['as_of'])}: {told}."
