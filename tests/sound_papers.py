"""Sound papers: random data sets, analysed correctly and printed rounded as journals do.

Each has what a sceptic would take for an error and is none: missing answers, measured values
without a unit, Welch's and paired tests, covariates, ranks, logarithms, clusters, exact and
bootstrap limits, p-values of other tests, halves rounded up or to the even digit.
"""

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from audit_claims import claims
from scipy import stats

ARMS = ("drug", "placebo")


class Paper:
    """A paper in the making: prints by claim id, and cells of further columns."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.rounding = self.random.choice([ROUND_HALF_UP, ROUND_HALF_EVEN])
        self.prints, self.cells = {}, {name: {} for name in ("kind", "unit", "statement")}
        self.cells |= {"numerator": {}, "denominator": {}}
        self.sizes = [int(self.random.integers(8, 160)) for _ in ARMS]
        for arm, n in zip(ARMS, self.sizes, strict=True):
            self.prints[f"t1.total.{arm}.n"] = str(n)
        self.row = 0

    def claims(self):
        if self.random.random() < 0.3:
            self.cells["sure"] = dict.fromkeys(self.prints, "certain")
        return claims(self.prints, **self.cells)

    def print(self, claim_id, value, digits, **cells):
        """Note a number as the journal prints it, and its cells."""
        unit = Decimal(1).scaleb(-digits)
        self.prints[claim_id] = f"{Decimal(repr(float(value))).quantize(unit, self.rounding):f}"
        for column, text in cells.items():
            self.cells[column][claim_id] = str(text)

    def p(self, claim_id, value, **cells):
        if value < 0.001:
            self.prints[claim_id] = "<0.001"
        elif value > 0.05 and self.random.random() < 0.1:
            self.prints[claim_id] = "ns"
        elif value < 0.01:
            self.print(claim_id, value, 3)
        else:
            self.print(claim_id, value, int(self.random.choice([2, 3])))
        for column, text in cells.items():
            self.cells[column][claim_id] = str(text)

    def name(self):
        self.row += 1
        return f"t1.v{self.row}"

    def answered(self):
        """How many of each arm answered; some or all."""
        share = self.random.choice([1.0, 0.95, 0.8])
        return [max(3, round(n * share)) for n in self.sizes]


def measured(paper):
    """Means of measured values without a unit, with t of Student or Welch, or of a covariate."""
    row, random = paper.name(), paper.random
    sizes = paper.answered() if random.random() < 0.5 else paper.sizes
    digits = int(random.integers(1, 4))
    centre, spread = random.uniform(1, 90), random.uniform(0.2, 20)
    arms = [random.normal(centre + random.normal(0, spread / 3), spread, n) for n in sizes]
    own = sizes != paper.sizes or random.random() < 0.5
    for arm, values in zip(ARMS, arms, strict=True):
        paper.print(f"{row}.{arm}.mean", values.mean(), digits)
        paper.print(f"{row}.{arm}.sd", values.std(ddof=1), digits)
        if own and random.random() < 0.8:
            paper.prints[f"{row}.{arm}.n"] = str(len(values))
        if random.random() < 0.3:
            paper.print(f"{row}.{arm}.se", stats.sem(values), digits)
            if f"{row}.{arm}.n" not in paper.prints:
                paper.prints[f"{row}.{arm}.n"] = str(len(values))
    _tested(paper, row, arms)


def _tested(paper, row, arms):
    """The test of two arms, of one of the usual kinds."""
    kind = paper.random.choice(["student", "welch", "anova", "ancova", "ranks", "log", "none"])
    if kind in ("student", "welch"):
        found = stats.ttest_ind(*arms, equal_var=kind == "student")
        paper.print(f"{row}.all.t", found.statistic, 2)
        paper.p(f"{row}.all.p", found.pvalue)
        if paper.random.random() < 0.5:
            df = getattr(found, "df", len(arms[0]) + len(arms[1]) - 2)
            paper.print(f"{row}.all.df", df, 0 if kind == "student" else 1)
    elif kind == "anova":
        found = stats.f_oneway(*arms)
        paper.print(f"{row}.all.f", found.statistic, 2)
        paper.p(f"{row}.all.p", found.pvalue)
        if paper.random.random() < 0.5:
            paper.print(f"{row}.all.df1", 1, 0)
            paper.print(f"{row}.all.df2", sum(map(len, arms)) - 2, 0)
    elif kind == "ancova":
        _covariate(paper, row, arms)
    elif kind == "ranks":
        paper.p(f"{row}.all.p", stats.mannwhitneyu(*arms).pvalue, statement="Mann–Whitney")
    elif kind == "log" and min(map(min, arms)) > 0:
        found = stats.ttest_ind(*map(np.log, arms))
        paper.print(f"{row}.all.t", found.statistic, 2, statement="t test of log values")
        paper.p(f"{row}.all.p", found.pvalue)


def _covariate(paper, row, arms):
    """F of the arm in a linear model with one covariate, whose degrees of freedom are one less."""
    values = np.concatenate(arms)
    group = np.repeat([0.0, 1.0], list(map(len, arms)))
    covariate = values + paper.random.normal(0, values.std(), len(values))
    full = np.column_stack([np.ones(len(values)), covariate, group])
    rest = [
        np.linalg.lstsq(x, values, rcond=None)[1].sum() for x in (full[:, :2], full)
    ]
    df = len(values) - 3
    f = (rest[0] - rest[1]) / (rest[1] / df)
    paper.print(f"{row}.all.f", f, 2)
    if paper.random.random() < 0.5:
        paper.print(f"{row}.all.df1", 1, 0)
        paper.print(f"{row}.all.df2", df, 0)
    paper.p(f"{row}.all.p", stats.f.sf(f, 1, df))


def paired(paper):
    """Before and after in one group, with the t of pairs."""
    row, n = paper.name(), int(paper.random.integers(5, 60))
    before = paper.random.normal(50, 10, n)
    after = before + paper.random.normal(paper.random.normal(0, 3), 5, n)
    for time, values in (("before", before), ("after", after)):
        paper.print(f"{row}.{time}.mean", values.mean(), 1)
        paper.print(f"{row}.{time}.sd", values.std(ddof=1), 1)
        paper.prints[f"{row}.{time}.n"] = str(n)
    found = stats.ttest_rel(before, after)
    paper.print(f"{row}.all.t", found.statistic, 2)
    paper.print(f"{row}.all.df", n - 1, 0)
    paper.p(f"{row}.all.p", found.pvalue)


def scores(paper):
    """Whole points on a scale, or means of items, with missing answers."""
    row, random = paper.name(), paper.random
    items, top = int(random.choice([1, 1, 4])), int(random.choice([5, 7, 10]))
    digits = int(random.integers(1, 4))
    for arm, n in zip(ARMS, paper.answered(), strict=True):
        values = random.binomial(top - 1, random.uniform(0.1, 0.9), (n, items)).mean(axis=1) + 1
        paper.print(f"{row}.{arm}.mean", values.mean(), digits, unit="points")
        paper.print(f"{row}.{arm}.sd", values.std(ddof=1), digits)
        paper.prints[f"{row}.{arm}.n"] = str(n)
        if items > 1:
            paper.prints[f"{row}.{arm}.items"] = str(items)
        if random.random() < 0.5:
            paper.prints |= {f"{row}.{arm}.min": "1", f"{row}.{arm}.max": str(top)}
        if random.random() < 0.3:
            width = stats.t.ppf(0.975, n - 1) * stats.sem(values)
            for end, limit in (("low", -width), ("high", width)):
                paper.print(f"{row}.{arm}.{end}", values.mean() + limit, digits, kind="limit")


def binary(paper):
    """Means of zeros and ones."""
    row = paper.name()
    for arm, n in zip(ARMS, paper.sizes, strict=True):
        values = paper.random.binomial(1, paper.random.uniform(0.05, 0.95), n)
        paper.print(f"{row}.{arm}.mean", values.mean(), 2, statement="Binary")
        paper.print(f"{row}.{arm}.sd", values.std(ddof=1), 2, statement="Binary, SD")
        paper.prints[f"{row}.{arm}.n"] = str(n)


def counts(paper):
    """Events of both arms, with percentages, a p-value of some test, and a ratio."""
    row, random = paper.name(), paper.random
    sizes = paper.answered()
    events = [int(random.binomial(n, random.uniform(0.1, 0.6))) for n in sizes]
    for arm, n, of in zip(ARMS, events, sizes, strict=True):
        paper.prints[f"{row}.{arm}.n"] = str(n)
        paper.prints[f"{row}.{arm}.denominator"] = str(of)
        whole = {"numerator": n, "denominator": of} if random.random() < 0.7 else {}
        paper.print(f"{row}.{arm}.pct", 100 * n / of, int(random.integers(0, 2)), **whole)
        if random.random() < 0.3:
            _share_limits(paper, f"{row}.{arm}", n, of)
    table = [[n, of - n] for n, of in zip(events, sizes, strict=True)]
    kind = random.choice(["fisher", "chi2", "yates", "adjusted", "or", "hr"])
    if min(map(sum, zip(*table, strict=True))) == 0:
        return
    if kind == "fisher":
        words = {"statement": "Fisher's exact test"} if random.random() < 0.5 else {}
        paper.p(f"{row}.all.p", stats.fisher_exact(table).pvalue, **words)
    elif kind in ("chi2", "yates"):
        found = stats.chi2_contingency(table, correction=kind == "yates")
        paper.p(f"{row}.all.p", found.pvalue, statement="χ² test")
        if random.random() < 0.5:
            paper.print(f"{row}.all.chi2", found.statistic, 2)
            paper.print(f"{row}.all.df", 1, 0)
    elif kind == "adjusted":
        paper.p(f"{row}.all.p", random.uniform(0.001, 1))
    else:
        _ratio(paper, row, table, kind)


def _share_limits(paper, base, n, of):
    """Limits of a percentage: exact, Wilson, Wald, or wider ones for clusters."""
    kind = paper.random.choice(["exact", "wilson", "wald", "cluster"])
    if kind in ("exact", "wilson"):
        found = stats.binomtest(n, of).proportion_ci(method=kind)
        low, high = found.low, found.high
    else:
        factor = 1.96 if kind == "wald" else 1.96 * 1.4
        width = factor * math.sqrt(n / of * (1 - n / of) / of)
        low, high = max(n / of - width, 0), min(n / of + width, 1)
    for end, value in (("low", low), ("high", high)):
        paper.print(f"{base}.{end}", 100 * value, 1, kind="limit")


def _ratio(paper, row, table, kind):
    """An odds ratio, crude, exact or adjusted, or a hazard ratio, with limits and p-value."""
    (a, b), (c, d) = table
    if min(a, b, c, d) == 0:
        return
    log, error = math.log(a * d / (b * c)), math.sqrt(sum(1 / n for n in (a, b, c, d)))
    way = paper.random.choice(["crude", "adjusted", "exact"])
    if way == "exact" and kind == "or":
        found = stats.contingency.odds_ratio(table)
        ends = found.confidence_interval(0.95)
        estimate, low, high = found.statistic, ends.low, ends.high
        p = stats.fisher_exact(table).pvalue
    else:
        log += paper.random.normal(0, error / 2) if way == "adjusted" else 0
        estimate, low, high = (math.exp(log + z * error) for z in (0, -1.96, 1.96))
        p = 2 * stats.norm.sf(abs(log) / error)
        # Printed beside Wald's limits: a p-value by the likelihood ratio or a log-rank test.
        p = min(1.0, 2 * stats.norm.sf(abs(log) / error * paper.random.uniform(0.9, 1.1)))
    digits = int(paper.random.integers(1, 4))
    paper.print(f"{row}.all.{kind}", estimate, digits)
    paper.print(f"{row}.all.low", low, digits, kind="limit")
    paper.print(f"{row}.all.high", high, digits, kind="limit")
    paper.p(f"{row}.all.p", p)


def block(paper):
    """A variable of three levels, with the p-value of chi-squared in its first row."""
    row = paper.name()
    shares = paper.random.dirichlet([4, 4, 4])
    table = [paper.random.multinomial(n, shares) for n in paper.sizes]
    for arm, levels, n in zip(ARMS, table, paper.sizes, strict=True):
        for level, count in zip("abc", levels, strict=True):
            paper.prints[f"{row}.{level}.{arm}.n"] = str(count)
            paper.cells["kind"][f"{row}.{level}.{arm}.n"] = "count"
            paper.print(
                f"{row}.{level}.{arm}.pct", 100 * count / n, 1, numerator=count, denominator=n
            )
    if min(map(sum, zip(*table, strict=True))):
        paper.p(f"{row}.a.all.p", stats.chi2_contingency(table).pvalue)


def skewed(paper):
    """Medians with quartiles and range of skewed whole numbers."""
    row = paper.name()
    for arm, n in zip(ARMS, paper.sizes, strict=True):
        values = np.round(paper.random.lognormal(2, 0.8, n))
        for name, share in (("min", 0), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("max", 1)):
            paper.print(f"{row}.{arm}.{name}", np.quantile(values, share), 1, unit="days")


def survival(paper):
    """Percentages alive of a Kaplan-Meier curve at some times, with numbers at risk."""
    row, n = paper.name(), paper.sizes[0]
    event, censored = (paper.random.exponential(scale, n) for scale in (20, 25))
    time, died = np.minimum(event, censored), event <= censored
    if paper.random.random() < 0.5:
        time = np.ceil(time)
    alive, at = 100.0, 0
    for year, asked in enumerate((0, 3, 6, 9, 12)):
        for when in np.unique(time[(time > at) & (time <= asked) & died]):
            alive *= 1 - ((time == when) & died).sum() / (time >= when).sum()
        at = asked
        base = f"{row}.y{year}.drug"
        paper.print(f"{base}.pct", alive, 1, statement="Survival")
        paper.prints[f"{base}.at_risk"] = str((time >= asked).sum())
        paper.prints[f"{base}.time"] = str(asked)


def averaged(paper):
    """Scores in points that are themselves means of items, of which the paper does not speak."""
    row = paper.name()
    for arm, n in zip(ARMS, paper.sizes, strict=True):
        values = paper.random.integers(1, 6, (n, 7)).mean(axis=1)
        paper.print(f"{row}.{arm}.mean", values.mean(), 2, unit="points")
        paper.print(f"{row}.{arm}.sd", values.std(ddof=1), 2)
        paper.prints[f"{row}.{arm}.n"] = str(n)


def shares(paper):
    """Means of the share of days that each person did something."""
    row = paper.name()
    for arm, n in zip(ARMS, paper.sizes, strict=True):
        values = paper.random.beta(4, 2, n)
        words = {"statement": "Proportion of days covered"}
        paper.print(f"{row}.{arm}.mean", values.mean(), 2, **words)
        paper.print(f"{row}.{arm}.sd", values.std(ddof=1), 2, **words)
        paper.prints[f"{row}.{arm}.n"] = str(n)


def three(paper):
    """Three sites with means, F and p, and the mean of all."""
    row, random = paper.name(), paper.random
    sites = [random.normal(10 + random.normal(), 3, int(random.integers(5, 60))) for _ in "abc"]
    for site, values in zip("abc", sites, strict=True):
        paper.print(f"{row}.site_{site}.mean", values.mean(), 1)
        paper.print(f"{row}.site_{site}.sd", values.std(ddof=1), 1)
        paper.prints[f"{row}.site_{site}.n"] = str(len(values))
    everyone = np.concatenate(sites)
    paper.print(f"{row}.all.mean", everyone.mean(), 1)
    paper.print(f"{row}.all.sd", everyone.std(ddof=1), 1)
    paper.prints[f"{row}.all.n"] = str(len(everyone))
    found = stats.f_oneway(*sites)
    paper.print(f"{row}.all.f", found.statistic, 2)
    paper.print(f"{row}.all.df1", 2, 0)
    paper.print(f"{row}.all.df2", len(everyone) - 3, 0)
    words = {}
    p = found.pvalue
    if random.random() < 0.3:
        p, words = min(1.0, 3 * p), {"statement": "Bonferroni-corrected p"}
    paper.p(f"{row}.all.p", p, **words)


def regression(paper):
    """Adjusted odds ratios of levels against one of reference, with one p-value for all."""
    row, random = paper.name(), paper.random
    paper.prints[f"{row}.a.all.or"] = "1.00"
    for level in "bc":
        log, error = random.normal(0, 0.6), random.uniform(0.1, 0.6)
        for name, z in (("or", 0), ("low", -1.96), ("high", 1.96)):
            kind = {} if name == "or" else {"kind": "limit"}
            paper.print(f"{row}.{level}.all.{name}", math.exp(log + z * error), 2, **kind)
    paper.p(f"{row}.b.all.p", random.uniform(0.0001, 1))


def weighted(paper):
    """Percentages of a survey, weighted, with design-based limits."""
    row, n = paper.name(), paper.sizes[0]
    share = paper.random.uniform(0.1, 0.9)
    width = 1.96 * math.sqrt(paper.random.uniform(0.5, 3) * share * (1 - share) / n)
    words = {"statement": "Weighted percentage", "denominator": n}
    paper.print(f"{row}.drug.pct", 100 * share, 1, **words)
    for end, value in (("low", max(share - width, 0)), ("high", min(share + width, 1))):
        paper.print(f"{row}.drug.{end}", 100 * value, 1, kind="limit")


def model(paper):
    """Adjusted means with standard errors of a model, beside raw deviations."""
    row = paper.name()
    for arm, n in zip(ARMS, paper.sizes, strict=True):
        sd = paper.random.uniform(1, 9)
        paper.print(f"{row}.{arm}.mean", paper.random.normal(20, 5), 1, statement="Adjusted mean")
        paper.print(f"{row}.{arm}.sd", sd, 1)
        words = {"statement": "Adjusted mean (SE)"}
        paper.print(f"{row}.{arm}.se", sd / math.sqrt(n) * paper.random.uniform(0.7, 1), 2, **words)
        paper.prints[f"{row}.{arm}.n"] = str(n)


def incidence(paper):
    """A curve of events that rises, without a word for what they are."""
    row, n = paper.name(), paper.sizes[1]
    time = paper.random.exponential(10, n)
    for year, asked in enumerate((0, 5, 10, 15)):
        base = f"{row}.y{year}.placebo"
        paper.print(f"{base}.pct", 100 * (time <= asked).mean(), 1, statement="Discharged")
        paper.prints[f"{base}.at_risk"] = str((time > asked).sum())
        paper.prints[f"{base}.time"] = str(asked)


PARTS = (
    measured, measured, measured, paired, scores, averaged, binary, shares, three, counts, counts,
    block, regression, weighted, model, skewed, survival, incidence,
)  # fmt: skip


def paper(seed):
    """The claims of one sound paper, which has some of the parts."""
    made = Paper(seed)
    for part in made.random.choice(PARTS, 7, replace=False):
        part(made)
    return made.claims()
