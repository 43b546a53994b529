"""The checks of printed numbers, one family per module.

`audit` imports it; it imports `claims`, `findings`, `statistics` and the ground. Claims come in;
what holds, what does not and what could not be checked go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from case_review.audit.checks import (
    agreement,
    bare_means,
    categories,
    chance,
    common_sizes,
    count_tables,
    estimates,
    granularity,
    group_means,
    implied,
    order,
    percentages,
    populations,
    proportion_intervals,
    ranges,
    repeated,
    reported_tests,
    spread,
    sums,
    survival,
)
from case_review.audit.claims import Claims
from case_review.audit.findings import Outcome

#: Every check by the name under which `docs/checks/` explains it, in the order of their findings.
CHECKS: dict[str, tuple[Callable[[Claims], Iterable[Outcome]], ...]] = {
    "percentages": (
        percentages.percentages,
        percentages.beside,
        percentages.halves,
        percentages.print_errors,
        percentages.numerators,
    ),
    "ranges": (ranges.ranges,),
    "order": (order.order,),
    "sums": (sums.blocks, sums.parts_within, sums.percentage_blocks),
    "populations": (populations.populations,),
    "categories": (categories.coverage,),
    "agreement": (agreement.agreement,),
    "grim": (granularity.shares, granularity.means),
    "implied": (implied.denominators,),
    "grimmer": (granularity.deviations,),
    "debit": (granularity.binary,),
    "p_values": (reported_tests.p_values,),
    "count_tables": (count_tables.p_values, count_tables.ratios),
    "group_means": (group_means.statistics, group_means.p_values),
    "bare_means": (bare_means.p_values,),
    "common_sizes": (common_sizes.sizes,),
    "estimates": (estimates.midway, estimates.p_values),
    "intervals": (proportion_intervals.limits,),
    "spread": (spread.deviations, spread.errors, spread.limits),
    "survival": (survival.at_risk,),
    "repeated": (repeated.rows, repeated.values),
    "chance": (chance.last_digits, chance.baseline),
}


def run(claims: Claims) -> Iterable[tuple[str, Outcome]]:
    """What every check says of the claims, with the name of the check."""
    for name, functions in CHECKS.items():
        for function in functions:
            for outcome in function(claims):
                yield name, outcome
