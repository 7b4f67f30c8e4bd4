"""Independent check of a load plan: every hard rule, every figure, the stated objective.

Nothing here is shared with the solvers but the documents and the rules they state. Facts about
trips, hubs, fleets and roads come from `Facts`, which is made from the region directly.
"""

from cargo.check_breaks import check_breaks
from cargo.check_chains import check_chains
from cargo.check_changes import check_changes, with_changes
from cargo.check_facts import Facts, Violation
from cargo.check_figures import check_figures
from cargo.check_head import check_head
from cargo.check_lines import check_lines
from cargo.check_load_factors import check_load_factors
from cargo.check_order import check_order
from cargo.check_passengers import check_passengers
from cargo.check_prices import check_prices
from cargo.check_vehicles import check_sheets
from cargo.check_way_back import check_ways_back
from cargo.check_worth import check_worth
from cargo.model import LoadPlan

__all__ = ["Facts", "Violation", "check"]


def check(plan: LoadPlan, facts: Facts) -> list[Violation]:
    """Return everything that is wrong with a plan; an empty list where nothing is."""
    head = [*check_head(plan, facts), *check_changes(plan, facts)]
    facts = with_changes(plan, facts)
    found = list(check_chains(plan, facts))
    if found:  # the rest reads times and trips that must be sound
        return head + found
    found += check_order(plan, facts)
    found += check_ways_back(plan, facts)
    found += check_lines(plan, facts)
    found += check_sheets(plan, facts)
    found += check_breaks(plan, facts)
    found += check_passengers(plan, facts)
    found += check_figures(plan, facts)
    found += check_worth(plan, facts)
    if not found:  # sheets and manifests must be sound to be priced and measured
        found += check_prices(plan, facts)
        found += check_load_factors(plan, facts)
    return head + found
