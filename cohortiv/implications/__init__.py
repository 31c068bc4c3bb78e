"""What a result means for its readers: hedges, spreads, funding, margin changes, the next code, and the playbook."""

from cohortiv.implications.consequences import Consequences, MarketView, consequences
from cohortiv.implications.funding import FundingPressure, funding_pressure
from cohortiv.implications.hedging import Hedges, hedges_at
from cohortiv.implications.next_code import NextCode, next_codes
from cohortiv.implications.options import HedgeCost, hedge_cost
from cohortiv.implications.placeholders import placeholder_values
from cohortiv.implications.playbook import Guidance, guidance
from cohortiv.implications.spread import SpreadWidening, spread_widening
from cohortiv.implications.standing import IndexTerms, Standing, standing, terms_of
from cohortiv.implications.tier_warnings import TierWarning, warned_tiers
from cohortiv.implications.what_if import MarginChange, Outcome, WhatIf, highest_cap, smallest_top_up, what_ifs

__all__ = [
    "Consequences", "FundingPressure", "Guidance", "HedgeCost", "Hedges", "IndexTerms", "MarginChange", "MarketView",
    "NextCode", "Outcome", "SpreadWidening", "Standing", "TierWarning", "WhatIf",
    "consequences", "funding_pressure", "guidance", "hedge_cost", "hedges_at", "highest_cap", "next_codes",
    "placeholder_values", "smallest_top_up", "spread_widening", "standing", "terms_of", "warned_tiers", "what_ifs",
]  # fmt: skip
