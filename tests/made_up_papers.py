"""Papers about trials that nobody ran, as JATS: every number is computed from drawn patients.

So all of them are sound, printed as journals print them, and a planted error is the only one.
"""

from __future__ import annotations

from html import escape

import numpy as np
from scipy import stats

from case_review.formatting import round_half_away

ARMS = ("Sirolimus", "Placebo", "Everolimus")


def paper(seed: int, rows: int = 12) -> str:
    """A paper as JATS text: an abstract, a table of patients and one of outcomes.

    Parameters
    ----------
    seed
        Another number makes another paper.
    rows
        How many symptoms the first table lists: its length.
    """
    draw = np.random.default_rng(seed)
    arms = ARMS[: 2 + seed % 2]
    sizes = draw.integers(24, 180, len(arms))
    first = _baseline(draw, arms, sizes, rows)
    second, said = _outcomes(draw, arms, sizes)
    heads = ["Characteristic", *_with_n(arms, sizes), f"Total (n = {sizes.sum()})"]
    return _FORM.format(
        seed=seed,
        abstract=escape(said),
        baseline=_table("t1", "1", "Characteristics of the patients", heads, first),
        outcomes=_table(
            "t2", "2", "Outcomes at six months", ["Outcome", *_with_n(arms[:2], sizes[:2]),
            "Risk ratio (95% CI)", "P value"], second,
        ),
    )  # fmt: skip


_FORM = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.2 20190208//EN" \
"JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta><title-group>
<article-title>Made-up trial {seed}</article-title></title-group>
<abstract><sec><title>Results</title><p>{abstract}</p></sec></abstract></article-meta></front>
<body><sec><title>Results</title><p>Who took part is shown in Table 1.</p>
{baseline}
<p>What became of them is shown in Table 2.</p>
{outcomes}
</sec></body></article>
"""


def _with_n(arms, sizes) -> list[str]:
    return [f"{arm} (n = {n})" for arm, n in zip(arms, sizes, strict=True)]


def _table(id: str, number: str, caption: str, heads, rows) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        f'<tr><td colspan="{len(heads)}"><bold>{escape(row[0])}</bold></td></tr>'
        if len(row) == 1
        else "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table-wrap id="{id}"><label>Table {number}</label><caption><p>{caption}.</p></caption>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></table-wrap>"
    )


def _share(n: int, of: int, digits: int = 1) -> str:
    return f"{n} ({round_half_away(100 * n / of, digits)})"


def _baseline(draw, arms, sizes, symptoms: int) -> list[list[str]]:
    """Sex, age, severity and symptoms of every arm and of all."""
    ages = [np.round(draw.normal(38, 11, n)).clip(18, 80) for n in sizes]
    rows = [["Age, years, mean (SD)", *_over(ages, _mean_sd)]]
    rows.append(["Age, years, median (IQR)", *_over(ages, _median_iqr)])
    women = [draw.random(n) < 0.55 for n in sizes]
    rows += [["Sex, n (%)"], ["Female", *_over(women, lambda x: _share(x.sum(), len(x)))]]
    rows.append(["Male", *_over(women, lambda x: _share((~x).sum(), len(x)))])
    grades = [draw.choice(3, n, p=[0.5, 0.3, 0.2]) for n in sizes]
    rows.append(["Severity, n (%)"])
    for grade, name in enumerate(("Mild", "Moderate", "Severe")):
        rows.append([name, *_over(grades, lambda x, g=grade: _share((x == g).sum(), len(x)))])
    rows.append(["Symptoms (several possible), n (%)"])
    for number in range(symptoms):
        has = [draw.random(n) < draw.uniform(0.1, 0.9) for n in sizes]
        name = f"Symptom {chr(65 + number % 26)}{'' if number < 26 else number // 26}"
        rows.append([name, *_over(has, lambda x: _share(x.sum(), len(x)))])
    scores = [draw.integers(0, 11, n) for n in sizes]
    rows.append(["Pain score (0 to 10), mean (SD)", *_over(scores, _mean_sd)])
    return rows


def _over(groups, printed) -> list[str]:
    return [printed(one) for one in (*groups, np.concatenate(groups))]


def _mean_sd(x) -> str:
    return f"{round_half_away(x.mean(), 1)} ({round_half_away(x.std(ddof=1), 1)})"


def _median_iqr(x) -> str:
    low, middle, high = (round_half_away(q, 1) for q in np.percentile(x, (25, 50, 75)))
    return f"{middle} ({low}–{high})"


def _p(value: float) -> str:
    if value < 0.001:
        return "<0.001"
    return str(round_half_away(value, 3 if value < 0.1 else 2))


def _outcomes(draw, arms, sizes) -> tuple[list[list[str]], str]:
    """Events of the first two arms with risk ratios, and a sentence about the first of them."""
    rows, said = [], ""
    (m, n) = (int(size) for size in sizes[:2])
    for name, risk in (("Response", 0.6), ("Infection", 0.3), ("Death", 0.12)):
        a, b = (1 + draw.binomial(size - 2, risk * draw.uniform(0.6, 1.2)) for size in (m, n))
        a, b = int(a), int(b)
        ratio = (a / m) / (b / n)
        error = 1.959964 * np.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
        limits = [round_half_away(ratio * np.exp(sign * error), 2) for sign in (-1, 1)]
        p = stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue
        interval = f"{round_half_away(ratio, 2)} ({limits[0]} to {limits[1]})"
        rows.append([f"{name}, n (%)", _share(a, m), _share(b, n), interval, _p(p)])
        shares = [f"{x} of {y} patients ({round_half_away(100 * x / y, 1)}%)"
                  for x, y in ((a, m), (b, n))]  # fmt: skip
        sign = "" if _p(p).startswith("<") else "= "
        said = said or (
            f"{name} was seen in {shares[0]} with {arms[0]} and in {shares[1]} with {arms[1]} "
            f"(risk ratio {round_half_away(ratio, 2)}, 95% CI {limits[0]} to {limits[1]}, "
            f"P {sign}{_p(p)})."
        )
    scores = [draw.normal(5 - 0.4 * k, 1.6, size) for k, size in enumerate((m, n))]
    p = stats.ttest_ind(*scores, equal_var=False).pvalue
    rows.append(["Pain, mean (SD)", *(_mean_sd(x) for x in scores), "–", _p(p)])
    return rows, said
