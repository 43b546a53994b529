"""The same row in two tables is the same number only where both speak of the same people."""

import pandas as pd
import pytest
from audit_tables import claims, row

from case_review.audit import audit_printed
from case_review.audit.claims import from_rows
from case_review.audit.cohorts import agree


def kinds(rows):
    """Kind, severity and claim of what is found, but for percentages by themselves."""
    found = audit_printed(from_rows(rows, "x.csv"))
    shares = ("share", "percentage")
    return [(one.kind, one.severity, one.claim_id) for one in found if one.kind not in shares]


def counts(place, values, population="all", **cells):
    """Counts `a`, `b`, ... of a place."""
    return [
        row(f"{place}.{name}.{population}.n", value, place, "subset") | cells
        for name, value in zip("abcdefgh", values, strict=False)
    ]


def total(place, value, population="all"):
    """The total of a place."""
    return row(f"{place}.total.{population}.n", value, place, "count")


def test_a_text_that_says_another_number_than_the_table_is_found():
    rows = [*counts("table1", [29, 12, 7]), *counts("results", [28])]
    assert kinds(rows) == [("disagreement", "inconsistent", "results.a.all.n")]


def test_one_of_many_numbers_that_differs_is_found_between_tables():
    rows = [*counts("table1", [29, 12, 7, 5]), *counts("table2", [29, 12, 8, 5])]
    assert kinds(rows) == [("disagreement", "inconsistent", "table2.c.all.n")]


def test_totals_of_two_tables_are_never_the_same_number():
    assert kinds([total("table1", 119), total("table2", 84)]) == []
    drafted = [total(place, n) | {"cohort": "a"} for place, n in (("table1", 119), ("table2", 84))]
    assert kinds(drafted) == []


def test_a_table_with_another_total_speaks_of_other_people():
    rows = [total("table1", 119), *counts("table1", [40]), total("table2", 84)]
    assert kinds([*rows, *counts("table2", [31])]) == []
    rows[2] = total("table2", 119)
    assert kinds([*rows, *counts("table2", [31])])[0][0] == "disagreement"


def test_tables_of_which_all_numbers_differ_speak_of_other_people():
    assert kinds([*counts("pigs1", [32, 25, 29]), *counts("pigs5", [38, 31, 35])]) == []


@pytest.mark.parametrize(("cohorts", "found"), [(("a", "b"), 0), (("a", "a"), 3)])
def test_the_column_cohort_says_whether_they_are_the_same(cohorts, found):
    first, second = ({"cohort": name} for name in cohorts)
    rows = [*counts("t1", [3, 2, 4], **first), *counts("t2", [8, 9, 7], **second)]
    assert len(kinds(rows)) == found


def test_a_test_between_other_groups_is_another_test():
    def arms(place, names, p):
        of_arms = [row(f"{place}.pcr.d3.{name}.n", 1, place, "subset") for name in names]
        return [*of_arms, row(f"{place}.pcr.d3.all.p", p, place, "p-value")]

    two = arms("table2", ["treated", "control"], "0.005")
    assert kinds([*two, *arms("table3", ["control", "hcq", "hcq_az"], "0.002")]) == []
    again = kinds([*two, *arms("table3", ["treated", "control"], "0.002")])
    assert again == [("disagreement", "inconsistent", "table3.pcr.d3.all.p")]
    told = row("abstract.pcr.d3.all.p", "0.002", "abstract", "p-value")
    assert kinds([*two, told]) == [("disagreement", "inconsistent", "abstract.pcr.d3.all.p")]


def test_a_single_number_that_two_tables_print_differently_is_a_note():
    assert kinds([*counts("table1", [29]), *counts("table2", [28])]) == [
        ("disagreement", "note", "table2.a.all.n")
    ]
    both = [*counts("table1", [29, 5, 6]), *counts("table2", [28, 5, 6])]
    assert kinds(both) == [("disagreement", "inconsistent", "table2.a.all.n")]
    same = [*counts("table1", [29], result_id="x.y"), *counts("table2", [28], result_id="x.y")]
    assert kinds(same) == [("disagreement", "inconsistent", "table2.a.all.n")]


def test_a_place_may_name_its_cohort():
    assert kinds([*counts("results__trial", [29]), *counts("abstract", [28])]) == []
    assert kinds([*counts("results__trial", [29]), *counts("abstract__trial", [28])]) == [
        ("disagreement", "inconsistent", "abstract__trial.a.all.n")
    ]


def test_more_events_than_patients_are_no_error():
    rows = [total("t1", 20) | {"unit": "patients"}]
    rows.append(row("t1.ae.any.all.n", 30, "T1", "subset", "events"))
    assert kinds(rows) == []
    rows[1]["unit"] = "patients"
    assert kinds(rows) == [("excess", "impossible", "t1.ae.any.all.n")]


def test_an_adjusted_model_repeats_no_ratio_of_the_unadjusted_one():
    def model(place, *ratios):
        return [
            row(f"{place}.{name}.all.or", value, place, "ratio")
            for name, value in zip("abc", ratios, strict=True)
        ]

    unadjusted = model("table2", "1.2", "2.3", "0.8")
    assert kinds([*unadjusted, *model("table3", "1.1", "2.0", "0.9")]) == []


def test_a_text_repeats_the_table_with_which_it_agrees():
    def ratios(place, *values):
        return [row(f"{place}.{name}.all.or", value, place, "ratio")
                for name, value in zip("abc", values, strict=False)]  # fmt: skip

    tables = [*ratios("table2", "1.6", "2.3", "0.8"), *ratios("table3", "1.4", "2.0", "0.9")]
    for told in ("1.6", "1.4"):
        assert kinds([*ratios("abstract", told), *tables]) == []
        assert kinds([*tables, *ratios("abstract", told)]) == []
    assert kinds([*tables, *ratios("abstract", "1.9")]) == [
        ("disagreement", "inconsistent", "abstract.a.all.or")
    ]


def test_means_next_to_one_another_may_be_rounded_in_two_ways():
    rows = [
        row("table2.a.p4.sd", "1.88", "Table 2", "sd"),
        row("table2.b.p4.sd", "1.50", "Table 2", "sd"),
        row("table3.a.p4.sd", "1.89", "Table 3", "sd"),
        row("table3.b.p4.sd", "1.50", "Table 3", "sd"),
    ]
    assert kinds(rows) == [("disagreement", "rounding", "table3.a.p4.sd")]
    rows[2] |= {"as_printed": "1.98", "value": "1.98"}
    assert kinds(rows) == [("disagreement", "inconsistent", "table3.a.p4.sd")]


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [("47.5", "48", True), ("47.5", "47", True), ("47.5", "46", False), ("<0.001", "0.0004", True),
     ("<0.001", "0.002", False), ("1.955", "1.97", False), ("~37", "36.4", True)],
)  # fmt: skip
def test_numbers_agree_as_far_as_their_digits_go(first, other, same):
    rows = [row("a.x.all.value", first, "A", "level"), row("b.x.all.value", other, "B", "level")]
    assert agree(*from_rows(rows, "x.csv")) is same


def test_units_of_time_are_the_same_scale():
    rows = [
        row("a.x.all.median", "2", "A", "median", "years"),
        row("b.x.all.median", "24", "B", "median", "months"),
    ]
    assert agree(*from_rows(rows, "x.csv"))
    rows[1]["unit"] = "mg"
    assert not agree(*from_rows(rows, "x.csv"))


# -- sums ------------------------------------------------------------------------------------------


def test_a_population_elsewhere_leaves_the_sums_of_a_table_alone():
    rows = [row(f"t1.died.{p}.n", n, "T1", "count")
            for p, n in (("all", 10), ("drug", 4), ("placebo", 5))]  # fmt: skip
    wrong = [("populations", "inconsistent", "t1.died.all.n")]
    assert kinds(rows) == wrong
    for stray in ("discussion.men.women.n", "t1.men.women.n"):
        assert kinds([*rows, row(stray, 3, "D", "subset")]) == wrong


def test_a_row_that_lacks_a_column_is_not_summed():
    def counts_of(path, **columns):
        return [row(f"t1.{path}.{p}.n", n, "T1", "subset") for p, n in columns.items()]

    rows = counts_of("a", all=10, low=3, high=3, placebo=4)
    assert kinds([*rows, *counts_of("b", all=10, low=3, high=3)]) == []
    assert kinds([*rows, *counts_of("b", all=11, low=3, high=3, placebo=4)]) != []


def test_columns_that_overlap_give_one_note():
    rows = [
        row(f"t1.{path}.{p}.n", n, "T1", "subset")
        for path in ("a", "b", "c")
        for p, n in (("all", 10), ("women", 6), ("smokers", 5))
    ]
    assert kinds(rows) == [("populations", "note", "t1.a.all.n")]


def block(name, *values, shares=(), of=""):
    """Counts of a block of t1, with percentages where they are given."""
    rows = [row(f"t1.{name}.l{i}.all.n", n, "T1", "count") for i, n in enumerate(values)]
    return rows + [
        row(f"t1.{name}.l{i}.all.pct", p, "T1", "percent", "%", values[i] if of else "", of)
        for i, p in enumerate(shares)
    ]


def test_blocks_with_missing_answers_give_one_note():
    rows = [total("t1", 119), *block("a", 95, 22), *block("b", 37, 39, 35), *block("c", 81, 37)]
    assert kinds(rows) == [("denominators", "note", "t1.total.all.n")]


def test_a_block_that_says_it_is_complete_must_sum():
    one = [total("t1", 119), *block("a", 95, 22)]
    wrong = [("sum", "inconsistent", "t1.total.all.n")]
    assert kinds(one) == wrong  # nothing else shows that answers are missing
    assert kinds([*one, *block("b", 60, 59)]) == wrong
    shares = block("a", 95, 22, shares=("80.5", "19.5"))
    assert kinds([total("t1", 119), *shares, *block("b", 37, 39), *block("c", 40, 30)]) == [
        ("sum", "inconsistent", "t1.total.all.n"),
        ("denominators", "note", "t1.total.all.n"),
    ]


def test_one_category_alone_need_not_be_all():
    assert kinds([total("t1", 41), *block("sex", 30)]) == []
    assert [one[:2] for one in kinds([total("t1", 41), *block("sex", 42)])] == [
        ("sum", "inconsistent")
    ]


def test_a_block_that_lacks_much_of_its_whole_may_have_other_categories():
    assert [one[:2] for one in kinds([total("t1", 41), *block("age", 20, 14)])] == [("sum", "note")]
    few = kinds([total("t1", 41), *block("age", 20, 18)])
    assert [one[:2] for one in few] == [("sum", "inconsistent")]
    # Another block that sums to the total says that all patients are meant.
    whole = kinds([total("t1", 41), *block("age", 20, 14), *block("sex", 30, 11)])
    assert [one[:2] for one in whole] == [("sum", "inconsistent")]


def test_shares_of_those_who_answered_say_that_answers_are_missing():
    assert [
        one[:2]
        for one in kinds(
            [total("t1", 119), *block("a", 95, 22, shares=("81.2", "18.8"), of=117),
             *block("b", 60, 59)]
        )
    ] == [("denominators", "note")]  # fmt: skip


def test_more_than_the_total_is_found_whatever_is_missing():
    rows = [total("t1", 119), *block("a", 100, 22), *block("b", 37, 39), *block("c", 81, 37)]
    assert ("sum", "inconsistent", "t1.total.all.n") in kinds(rows)


@pytest.mark.parametrize(
    ("variable", "levels", "shares", "severity"),
    [
        ("sex", "mf", ("60", "45"), ["inconsistent"]),
        ("group", ["male", "female"], ("60", "45"), ["inconsistent"]),
        ("symptom", ["fever", "cough"], ("60", "45"), ["note"]),
        ("symptom", ["fever", "cough"], ("98", "76"), []),
        ("sex", "mf", ("59.5", "40.6"), []),  # rounded
        ("sex", "mf", ("55", "42"), ["note"]),
        ("symptom", ["fever", "cough"], ("20", "30"), []),
    ],
)
def test_percentages_of_a_block_add_up_to_100(variable, levels, shares, severity):
    rows = [
        row(f"t1.{variable}.{level}.all.pct", share, "T1", "percent", "%")
        for level, share in zip(levels, shares, strict=True)
    ]
    found = kinds(rows)
    assert [one[1] for one in found] == severity
    assert all(one[0] == "sum" for one in found)


def test_percentages_in_the_columns_of_one_row_are_no_categories():
    place = "T1, row Male, column {}"
    rows = [
        row(f"t1.sex.male.{column}.all.pct", share, place.format(column), "percent", "%")
        for column, share in (("known", "4.2"), ("posters", "0"), ("reports", "100"))
    ]
    assert kinds(rows) == []
    assert [one[1] for one in kinds([one | {"location": "T1"} for one in rows])] == ["note"]


def test_differences_of_rounded_numbers_agree_within_their_digits():
    from case_review.audit.checks.declared import CHECK_COLUMNS

    rows = [
        row(f"t.{n}.all.value", v, "T", "level")
        for n, v in (("a", "44.1"), ("b", "38.5"), ("d", "5.7"))
    ]
    cells = ["x", "t.d.all.value", "sum", "t.a.all.value - t.b.all.value", "=", "t.d.all.value",
             "{left}", "It is {left}."]  # fmt: skip
    made = pd.DataFrame([dict(zip(CHECK_COLUMNS, cells, strict=True))])
    assert audit_printed(from_rows(rows, "x.csv"), made) == []
    rows[2] |= {"as_printed": "5.9", "value": "5.9"}
    assert audit_printed(from_rows(rows, "x.csv"), made)[0].expected == "44.1 − 38.5 = 5.6"


def test_a_count_that_is_only_bounded_is_summed_nowhere():
    rows = [total("t1", 119), *block("a", "<5", 22)]
    assert kinds(rows) == []
    assert claims()["table1.total.all.n"].number == 40
