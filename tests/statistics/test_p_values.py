"""P-values of test statistics against scipy's distributions and R's statcheck."""

import csv
import random
import shutil
import subprocess
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from case_review.audit import prints
from case_review.statistics.p_values import p_range, p_value, z_of

NAMES = {"t": "t", "f": "F", "chi2": "χ2", "z": "z", "r": "r"}


@pytest.mark.parametrize("statistic", [0.0, 0.31, 1.0, 2.8, 12.5])
def test_p_values_are_those_of_the_distributions(statistic):
    assert p_value("t", -statistic, df2=18) == pytest.approx(2 * stats.t.sf(statistic, 18))
    assert p_value("z", statistic, sides=1) == pytest.approx(stats.norm.sf(statistic))
    assert p_value("f", statistic, 2, 37.5) == pytest.approx(stats.f.sf(statistic, 2, 37.5))
    assert p_value("chi2", statistic, 4) == pytest.approx(stats.chi2.sf(statistic, 4))


def test_a_correlation_is_a_t():
    one, other = [1, 2, 3, 4, 5, 6.5], [2, 1, 4, 3, 7, 5]
    found = stats.pearsonr(one, other)
    assert p_value("r", found.statistic, df2=4) == pytest.approx(found.pvalue)
    assert p_value("r", 1.0, df2=4) == 0


def test_z_of_a_p_value():
    assert z_of(0.05) == pytest.approx(stats.norm.isf(0.025))
    assert z_of(1e-30) == pytest.approx(stats.norm.isf(5e-31))
    assert (z_of(0), z_of(1), z_of(1.5)) == (float("inf"), 0, 0)


def test_an_unknown_test_is_refused():
    with pytest.raises(ValueError, match="'q' is no test"):
        p_value("q", 1.0)


@given(
    st.sampled_from(sorted(NAMES)), st.floats(-5, 5), st.floats(0, 0.5), st.floats(0, 1),
    st.integers(1, 5), st.integers(2, 90),
)  # fmt: skip
def test_ranges_hold_all_p_values_within(test, low, width, share, df1, df2):
    if test == "r":
        low, width = low / 5.6, width / 10
    if test in ("f", "chi2"):
        low = abs(low)
    least, most = p_range(test, (low, low + width), (df1, df1), (df2, df2))
    inside = p_value(test, low + share * width, df1, df2)
    assert least - 1e-12 <= inside <= most + 1e-12


def made(number, seed=11):
    """Random statistics in the style of the APA, with p-values that are right, or nearly so."""
    random.seed(seed)
    for _ in range(number):
        test = random.choice(sorted(NAMES))
        df1, df2 = random.randint(1, 6), random.randint(5, 120)
        statistic = random.uniform(0, 0.6) if test == "r" else random.uniform(0, 6)
        shown = f"{statistic:.{random.choice((1, 2, 3))}f}"
        p = p_value(test, float(shown), df1, df2) * random.choice((1, 1, 0.5, 0.97, 1.05, 2))
        digits = random.choice((2, 3, 4))
        relation = random.choice("===<>")
        if relation == "=":
            reported = f"= {min(p, 1):.{digits}f}"
        else:
            reported = f"{relation} {random.choice((0.001, 0.01, 0.05, 0.1, 0.5)):g}"
        yield test, shown, df1, df2, reported


def sentence(test, shown, df1, df2, reported):
    freedom = {
        "t": f"({df2})", "r": f"({df2})", "f": f"({df1}, {df2})", "z": "",
        "chi2": f"({df1}, N = 200)",
    }  # fmt: skip
    return f"It was seen, {NAMES[test]}{freedom[test]} = {shown}, p {reported}"


@cache
def has_statcheck():
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('statcheck', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def test_errors_are_those_of_statcheck(tmp_path):
    if not has_statcheck():
        pytest.skip("R's statcheck is not installed (Debian: r-cran-statcheck)")
    cases = [case for case in made(400) if float(case[-1].split()[1]) > 0]
    sentences = "\n".join(sentence(*case) for case in cases)
    (tmp_path / "sentences.txt").write_text(sentences)
    code = (
        "library(statcheck); x <- readLines('sentences.txt', encoding = 'UTF-8');"
        "names(x) <- seq_along(x); r <- as.data.frame(suppressMessages(statcheck(x)));"
        "names(r) <- tolower(names(r));"
        "write.csv(r[, c('source', 'error')], 'found.csv', row.names = FALSE)"
    )
    run = ["Rscript", "-e", code]
    subprocess.run(run, cwd=tmp_path, capture_output=True, check=True)
    rows = csv.DictReader((tmp_path / "found.csv").read_text().splitlines())
    theirs = {int(row["source"]): row["error"] == "TRUE" for row in rows}
    assert len(theirs) > 340 and 60 < sum(theirs.values()) < 340
    for number, error in theirs.items():
        test, shown, df1, df2, reported = cases[number - 1]
        found = prints.read(reported).span
        least, most = p_range(test, prints.read(shown).span, (df1, df1), (df2, df2))
        ours = not (found.low <= most and least <= found.high)
        assert ours is error, (sentence(*cases[number - 1]), least, most)
