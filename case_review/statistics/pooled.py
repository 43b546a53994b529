"""A proportion over reports that may differ: a logistic model with report as a random effect."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from case_review.statistics.inputs import aligned, check_level, normal_quantile
from case_review.values import Number, Proportion, PValue, Value

#: Points of the quadrature for each report. lme4 calls this `nAGQ` and allows 25 at most, which are
#: too few for the second digit where single patients differ much.
POINTS = 101
#: Steps of Newton's method to the mode of one report's effect, which is concave.
_MOST_STEPS = 100
#: Standard deviations between reports that are tried first, so that no higher maximum is missed.
_STARTS = (0.0, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Pooled:
    """A fitted model.

    Parameters
    ----------
    proportion
        In a report whose effect is 0, the median one, with Wald limits on the scale of logits; NaN
        where it is not estimable.
    tau2
        Variance of logits between reports; NaN where it is not estimable.
    reports
        How many reports, `k` in metafor.
    single
        How many of them have one patient, who says nothing of a variance between reports alone.
    chisq
        Likelihood-ratio statistic of whether reports differ at all.
    """

    proportion: Proportion
    tau2: float
    reports: int
    single: int
    chisq: float

    @property
    def estimable(self) -> bool:
        """Whether there is an estimate: in some report some had the outcome, and some did not."""
        return not math.isnan(self.tau2)

    @property
    def p_value(self) -> Value:
        """The p-value of that test; half of the usual one, as no variance is below 0."""
        return PValue(1.0 if self.chisq == 0 else 0.5 * float(special.chdtrc(1, self.chisq)))

    @property
    def variance(self) -> Value:
        """The variance between reports as a value."""
        return Number(self.tau2, digits=2)


def proportion(event, report, conf_level: float = 0.95, points: int = POINTS) -> Pooled:
    """Pool patients by report: a random intercept for each report, on the scale of logits.

    The model that metafor's `rma.glmm(measure = "PLO")` fits through lme4's `glmer`: the events of
    a report are binomial, the logits of reports normal. The likelihood is integrated by adaptive
    Gauss-Hermite quadrature (Pinheiro and Bates, J Comput Graph Stat 1995;4:12), the errors are
    those of the observed information of both parameters, as lme4's are. The result is the
    proportion in the median report, which lies further from one half than that of all patients
    together where reports differ.

    Parameters
    ----------
    event
        0 or 1 for each patient.
    report
        The report that each patient comes from.
    points
        Of the quadrature.

    Nothing is estimable unless one report at least has patients of both kinds: of single patients
    nobody can tell whether they differ by report, and where every report is all or none the
    likelihood rises without end, of which lme4 prints numbers.

    Raises
    ------
    ValueError
        If there are no patients, a report is missing, an event is neither 0 nor 1, or the level is
        not between 0 and 1.
    """
    check_level(conf_level)
    x, n = _counted(event, report)
    single, patients, events = int((n == 1).sum()), int(n.sum()), int(x.sum())
    # Where every report is all or none its effect may be as large as it likes.
    if not ((x > 0) & (x < n)).any():
        none = Proportion(*[math.nan] * 3, conf_level=conf_level, n=events, of=patients)
        return Pooled(none, math.nan, len(n), single, math.nan)
    mu, sigma, likelihood = _maximum(x, n, points)
    equal = _likelihood(special.logit(events / patients), 0.0, x, n, points)
    # At its end a likelihood of equal reports is the same, but for the last digits.
    chisq = max(0.0, 2 * (likelihood - equal)) if sigma else 0.0
    half = normal_quantile(conf_level) * math.sqrt(_variance(mu, sigma, x, n, points))
    ends = special.expit([mu, mu - half, mu + half]).tolist()
    found = Proportion(*ends, conf_level=conf_level, n=events, of=patients)
    return Pooled(found, sigma**2, len(n), single, chisq)


def _counted(event, report) -> tuple[np.ndarray, np.ndarray]:
    """Events and patients of each report."""
    aligned(event=event, report=report)
    frame = pd.DataFrame({"event": np.asarray(event), "report": np.asarray(report, dtype=object)})
    if frame.empty:
        raise ValueError("there are no patients: at least one is needed")
    if frame["report"].isna().any():
        raise ValueError(f"report is missing in {int(frame['report'].isna().sum())} patients")
    if not frame["event"].isin([0, 1]).all():
        wrong = frame.loc[~frame["event"].isin([0, 1]), "event"].iloc[0]
        raise ValueError(f"event is neither 0 nor 1: {wrong}")
    by_report = frame.astype({"event": int}).groupby("report")["event"]
    return by_report.sum().to_numpy(dtype=float), by_report.size().to_numpy(dtype=float)


def _likelihood(mu: float, sigma: float, x: np.ndarray, n: np.ndarray, points: int) -> float:
    """Logarithm of the likelihood, without the binomial coefficients."""
    if sigma == 0:
        return float(_binomial(mu, x, n).sum())
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    mode, width = _modes(mu, sigma, x, n)
    z = mode[:, None] + width[:, None] * nodes
    inside = _binomial(mu + sigma * z, x[:, None], n[:, None]) - z**2 / 2
    inside += np.log(weights) + nodes**2 / 2
    of_report = special.logsumexp(inside, axis=1) + np.log(width) - math.log(2 * math.pi) / 2
    return float(of_report.sum())


def _binomial(logit, x, n):
    """Logarithm of the chance of x events among n patients, without the coefficient."""
    return x * logit - n * np.logaddexp(0, logit)


def _modes(mu: float, sigma: float, x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each report's standardised effect is most likely, and how wide it is spread there."""
    z = np.zeros(len(x))
    for _ in range(_MOST_STEPS):
        p = special.expit(mu + sigma * z)
        curved = 1 + sigma**2 * n * p * (1 - p)
        step = (sigma * (x - n * p) - z) / curved
        # A step beyond where the curve is known to be concave enough would swing to and fro.
        z = z + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    p = special.expit(mu + sigma * z)
    return z, 1 / np.sqrt(1 + sigma**2 * n * p * (1 - p))


def _maximum(x: np.ndarray, n: np.ndarray, points: int) -> tuple[float, float, float]:
    """Mean and standard deviation of logits, and the logarithm of the likelihood there."""
    from scipy.optimize import minimize  # takes half a second to import

    first = special.logit(x.sum() / n.sum())

    def below(parameters):
        return -_likelihood(*parameters, x, n, points)

    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000}
    found = [
        minimize(below, [first, start], method="Nelder-Mead", options=options)
        for start in _STARTS[1:]
    ]
    best = min(found, key=lambda one: one.fun)
    mu, sigma = float(best.x[0]), abs(float(best.x[1]))
    # The likelihood is even in sigma; a maximum at 0 is found only to the search's precision.
    if below([first, 0.0]) <= best.fun + 1e-9:
        return float(first), 0.0, -below([first, 0.0])
    return mu, sigma, -float(best.fun)


def _variance(mu: float, sigma: float, x: np.ndarray, n: np.ndarray, points: int) -> float:
    """Variance of the mean logit, from the observed information of both parameters.

    Its second derivatives are taken by differences of fourth order.
    """
    if sigma == 0:
        p = special.expit(mu)
        return float(1 / (n.sum() * p * (1 - p)))
    steps = np.array([1e-2, 1e-2 * max(sigma, 1e-2)])
    offsets, factors = np.array([-2, -1, 1, 2]), np.array([1, -8, 8, -1]) / 12

    def at(i, j):
        return _likelihood(mu + i * steps[0], sigma + j * steps[1], x, n, points)

    middle, second = at(0, 0), np.array([-1, 16, 16, -1]) / 12
    twice = [
        second @ [at(i, 0) for i in offsets] - 2.5 * middle,
        second @ [at(0, j) for j in offsets] - 2.5 * middle,
    ]
    mixed = sum(a * b * at(i, j) for a, i in zip(factors, offsets, strict=True)
                for b, j in zip(factors, offsets, strict=True))  # fmt: skip
    information = -np.array([[twice[0], mixed], [mixed, twice[1]]]) / np.outer(steps, steps)
    return float(np.linalg.inv(information)[0, 0])
