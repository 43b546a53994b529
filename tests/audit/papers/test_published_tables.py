"""Tables of eight open-access articles, set anew row by row: what is read of each cell.

Figures and labels are facts of the articles that are named; the words around them are ours. The
expected values were written by hand from the articles. A cell is `label | column: print`.
"""

from __future__ import annotations

import pytest
from papers_made import article, drafted, wrap

from case_review.audit import report

#: Source, headings, rows, words around the table, what is read of each cell by its id (measures
#: with their values), and the cells that are left.
TABLES = {
    "Lyratzopoulos 2013, doi 10.1093/annonc/mds526, Table 1": (
        [["", "Bladder", "Breast", "Total"], ["", "n = 4924", "n = 22 447", "n = 98 942"]],
        [
            ["Stage II", "1403 <break/>28%", "9124 <break/>41%", "30 343 <break/>30%"],
            ["Stage I/II", "3622 <break/>81%", "17 719 <break/>85%", "56 046 <break/>63%"],
            ["Stages III/IV", "828 <break/>19%", "3029 <break/>15%", "32 611 <break/>37%"],
            ["All known stage", "4450", "20 748", "88 657"],
            ["Women", "1299 <break/>26%", "22 447 <break/>100%", "49 980 <break/>51%"],
        ],
        {},
        {
            "total.bladder": {"n": "4924"}, "total.breast": {"n": "22447"},
            "total.overall": {"n": "98942"},
            "stage_ii.bladder": {"n": "1403", "pct": "28"},
            "stage_ii.breast": {"n": "9124", "pct": "41"},
            "stage_ii.overall": {"n": "30343", "pct": "30"},
            "stage_i_ii.bladder": {"n": "3622", "pct": "81"},
            "stage_i_ii.breast": {"n": "17719", "pct": "85"},
            "stage_i_ii.overall": {"n": "56046", "pct": "63"},
            "stages_iii_iv.bladder": {"n": "828", "pct": "19"},
            "stages_iii_iv.breast": {"n": "3029", "pct": "15"},
            "stages_iii_iv.overall": {"n": "32611", "pct": "37"},
            "all_known_stage.bladder": {"value": "4450"},
            "all_known_stage.breast": {"value": "20748"},
            "all_known_stage.overall": {"value": "88657"},
            "women.bladder": {"n": "1299", "pct": "26"},
            "women.breast": {"n": "22447", "pct": "100"},
            "women.overall": {"n": "49980", "pct": "51"},
        },
        [],
    ),
    "Tsilidis 2010, doi 10.1038/sj.bjc.6605965, Tables 1 and 2": (
        [["Characteristic", "Cases (n=1878)", "Non-cases (n=335 924)"]],
        [
            ["Mean (s.d.) age at recruitment (years)", "57.4 (8.0)", "50.5 (9.7)"],
            ["Mean (s.d.) number of full-term pregnancies<sup>d</sup>", "2.4 (1.1)", "2.3 (1.0)"],
            ["Current smokers (%)", "18.5", "19.6"],
            [("Menopausal status (%)", 1, 3)],
            ["\u2003Pre-menopausal", "11.2", "34.2"],
            ["\u2003Post-menopausal", "74.1", "47.0"],
            ["Never pregnant, HR (95% CI)", "1.00 (reference)", "0.93 (0.84–1.03)"],
        ],
        {},
        {
            "total.cases": {"n": "1878"}, "total.non_cases": {"n": "335924"},
            "age_at_recruitment_years.cases": {"mean": "57.4", "sd": "8.0"},
            "age_at_recruitment_years.non_cases": {"mean": "50.5", "sd": "9.7"},
            "full_term_pregnancies.cases": {"mean": "2.4", "sd": "1.1"},
            "full_term_pregnancies.non_cases": {"mean": "2.3", "sd": "1.0"},
            "current_smokers.cases": {"pct": "18.5"}, "current_smokers.non_cases": {"pct": "19.6"},
            "menopausal_status.pre_menopausal.cases": {"pct": "11.2"},
            "menopausal_status.pre_menopausal.non_cases": {"pct": "34.2"},
            "menopausal_status.post_menopausal.cases": {"pct": "74.1"},
            "menopausal_status.post_menopausal.non_cases": {"pct": "47.0"},
            "never_pregnant.cases": {"hr": "1.00"},
            "never_pregnant.non_cases": {"hr": "0.93", "low": "0.84", "high": "1.03"},
        },
        [],
    ),
    "MacPherson 2013, doi 10.1371/journal.pmed.1001518, Tables 1 and 3": (
        [["Characteristic", "Acupuncture + Usual Care", "Usual Care", "Total"]],
        [
            ["<italic>n</italic>", "302", "151", "453"],
            ["<bold>Age</bold>", "", "", ""],
            ["Mean (SD)", "43·4 (13·24)", "43·5 (13·93)", "43·5 (13·37)"],
            ["Median (min, max)", "43 (18–86)", "42 (18–89)", "43 (18–89)"],
            ["Inter-quartile range", "34–52", "32–54", "33–53"],
            ["<bold>Sex</bold>", "", "", ""],
            ["Male", "88 (29·1%)", "44 (29·1%)", "132 (29·1%)"],
            ["Missing", "–", "–", "–"],
            ["<bold>Effect</bold>", "", "", ""],
            ["Difference (95% CI)", "−2·46 (−3·72 to −1·21)", "–", "–"],
        ],
        {},
        {
            "total.acupuncture_plus_usual_care": {"n": "302"}, "total.usual_care": {"n": "151"},
            "total.all": {"n": "453"},
            "age.acupuncture_plus_usual_care": {
                "mean": "43.4", "sd": "13.24", "median": "43", "min": "18", "max": "86", "q1": "34",
                "q3": "52",
            },
            "age.usual_care": {
                "mean": "43.5", "sd": "13.93", "median": "42", "min": "18", "max": "89", "q1": "32",
                "q3": "54",
            },
            "age.all": {
                "mean": "43.5", "sd": "13.37", "median": "43", "min": "18", "max": "89", "q1": "33",
                "q3": "53",
            },
            "sex.male.acupuncture_plus_usual_care": {"n": "88", "pct": "29.1"},
            "sex.male.usual_care": {"n": "44", "pct": "29.1"},
            "sex.male.all": {"n": "132", "pct": "29.1"},
            "effect.difference.acupuncture_plus_usual_care": {
                "value": "-2.46", "low": "-3.72", "high": "-1.21",
            },
        },
        [],
    ),
    "Fafetine 2013, doi 10.1371/journal.pntd.0002065, Table 4": (
        [["Species", "Variable", "Level", "Odds ratio (OR)", "95% confidence interval (OR)",
          "P-value"]],
        [
            [("Goats", 3, 1), "Sex", "Female", "1*", "–", "–"],
            ["", "Male", "0.34", "0.10, 1.20", "0.094"],
            ["Age", "7–12 months", "2.20", "0.60, 8.07", "0.234"],
            ["Sheep", "Sex", "Male", "0.91", "0.34, 2.41", "0.853"],
            ["", "Age", ">12 months".replace(">", "&gt;"), "9.50", "3.19, 28.31", "&lt;0.001"],
        ],
        {},
        {
            "goats.sex.female.all": {"or": "1"},
            "goats.sex.male.all": {"or": "0.34", "low": "0.10", "high": "1.20", "p": "0.094"},
            "goats.age.7_to_12_months.all": {
                "or": "2.20", "low": "0.60", "high": "8.07", "p": "0.234",
            },
            "sheep.sex.male.all": {"or": "0.91", "low": "0.34", "high": "2.41", "p": "0.853"},
            "sheep.age.gt_12_months.all": {
                "or": "9.50", "low": "3.19", "high": "28.31", "p": "0.001",
            },
        },
        [],
    ),
    "Liu 2013, doi 10.1371/journal.pone.0058242, Tables 1 to 3": (
        [["Characteristic", "Development (N = 831)", "External (n = 349)"]],
        [
            ["Causes, N (%)", "", ""],
            ["Primary glomerular disease", "255(30.7)", "71(20.3)"],
            ["Diabetic nephropathy", "205(24.0)", "147(42.1)"],
            ["Slope (95% CI)", "0.46(0.40,0.52)<sup>*</sup>", "−0.15(−0.20,−0.10)"],
            ["Median % difference (25%, 75% Percentile)", "26.00(13.03,47.55)*", "–"],
            ["Male / Female (%)", "63.4/36.6", "60.2/39.8"],
        ],
        {},
        {
            "total.development": {"n": "831"}, "total.external": {"n": "349"},
            "causes.primary_glomerular_disease.development": {"n": "255", "pct": "30.7"},
            "causes.primary_glomerular_disease.external": {"n": "71", "pct": "20.3"},
            "causes.diabetic_nephropathy.development": {"n": "205", "pct": "24.0"},
            "causes.diabetic_nephropathy.external": {"n": "147", "pct": "42.1"},
            "slope.development": {"value": "0.46", "low": "0.40", "high": "0.52"},
            "slope.external": {"value": "-0.15", "low": "-0.20", "high": "-0.10"},
            "difference.development": {"median": "26.00", "q1": "13.03", "q3": "47.55"},
        },
        ["63.4/36.6", "60.2/39.8"],
    ),
    "Brettschneider 2013, doi 10.1371/journal.pone.0066742, Tables 2, 3 and 5": (
        [["EQ-5D item", "No problems", "Severe problems", "b (SE)"]],
        [
            ["Mobility", "1,575 (49.4)", "12 (0.4)", "−0.22 (0.06)"],
            ["Self-care", "2,886 (90.5)", "43 (1.4)", "3.23 (1.04)"],
            ["Hypertension", "77.9% (1)", "–", "–"],
        ],
        {"caption": "Distribution of responses, n (%)"},
        {
            "mobility.no_problems.all": {"n": "1575", "pct": "49.4"},
            "mobility.severe_problems.all": {"n": "12", "pct": "0.4"},
            "mobility.b.all": {"value": "-0.22", "se": "0.06"},
            "self_care.no_problems.all": {"n": "2886", "pct": "90.5"},
            "self_care.severe_problems.all": {"n": "43", "pct": "1.4"},
            "self_care.b.all": {"value": "3.23", "se": "1.04"},
            "hypertension.no_problems.all": {"pct": "77.9"},
        },
        ["77.9% (1)"],  # the rank in brackets
    ),
    "Kim 2013, doi 10.1371/journal.pone.0067227, Table 1": (
        [["Variables", "Value"]],
        [
            ["Age (years)", "73.74 ± 6.99"],
            [("Cardiometabolic parameters", 1, 2)],
            ["\u2003Fasting insulin (µIU/mL)", "5.91 (4.04-9.21)"],
            ["\u2003Current smoker", "14 (10.9)"],
        ],
        {"notes": "Data are mean ± SD or number (%). Skewed data are expressed as median (25"
                  "<sup>th</sup>–75<sup>th</sup> percentile).", "caption": "Subjects (N=129)"},
        {
            "total.all": {"n": "129"},
            "age_years.all": {"mean": "73.74", "sd": "6.99"},
            "cardiometabolic_parameters.fasting_insulin_muiu_ml.all": {
                "median": "5.91", "q1": "4.04", "q3": "9.21",
            },
            "cardiometabolic_parameters.current_smoker.all": {"n": "14", "pct": "10.9"},
        },
        [],
    ),
    "Mroz 2015, doi 10.1371/journal.pmed.1001786, Tables 1 and 2": (
        [
            [("Category", 2, 1), ("Characteristic", 2, 1), ("Number", 2, 1), ("Percent", 2, 1),
             ("Relation to Overall Survival", 1, 3)],
            ["HR", "95% CI", "p-Value"],
        ],
        [
            [("Clinical", 6, 1), "Gender", "", "", "", "", ""],
            ["Female", "84", "27.5", "1", "", ""],
            ["Male", "221", "72.5", "0.8", "0.55–1.15", "0.22"],
            ["Prior cancer", "", "", "", "", ""],
            ["No", "288", "94.4", "1", "", ""],
            ["Yes", "17", "5.6", "0.86", "0.38–1.97", "0.73"],
        ],
        {},
        {
            "clinical.gender.female.all": {"n": "84", "pct": "27.5"},
            "clinical.gender.female.survival": {"hr": "1"},
            "clinical.gender.male.all": {"n": "221", "pct": "72.5"},
            "clinical.gender.male.survival": {
                "hr": "0.8", "low": "0.55", "high": "1.15", "p": "0.22",
            },
            "clinical.prior_cancer.no.all": {"n": "288", "pct": "94.4"},
            "clinical.prior_cancer.no.survival": {"hr": "1"},
            "clinical.prior_cancer.yes.all": {"n": "17", "pct": "5.6"},
            "clinical.prior_cancer.yes.survival": {
                "hr": "0.86", "low": "0.38", "high": "1.97", "p": "0.73",
            },
        },
        [],
    ),
}  # fmt: skip


def read(source):
    heads, rows, words, *_ = TABLES[source]
    return drafted(heads, rows, **words)


def by_cell(draft):
    found: dict[str, dict[str, str]] = {}
    for row in draft.rows:
        _, *path, measure = row["claim_id"].split(".")
        path[-1] = {"relation_to_overall_survival": "survival"}.get(path[-1], path[-1])
        found.setdefault(".".join(path), {})[measure] = row["value"]
    return found


@pytest.mark.parametrize("source", TABLES)
def test_each_number_is_read_with_its_row_group_and_measure(source):
    *_, expected, _ = TABLES[source]
    assert by_cell(read(source)) == expected


@pytest.mark.parametrize("source", TABLES)
def test_what_is_left_is_listed(source):
    draft = read(source)
    assert [one.text for one in draft.unread] == TABLES[source][-1]
    assert all(one.place and one.why for one in draft.unread)


def test_of_all_cells_with_digits_nine_in_ten_are_read():
    drafts = [read(source) for source in TABLES]
    cells, found = sum(one.cells for one in drafts), sum(one.cells_read for one in drafts)
    assert cells == 91 and found == 89


def test_the_errors_that_are_known_of_these_tables_are_found_and_nothing_else(tmp_path):
    path = tmp_path / "papers.xml"
    wraps = [
        wrap(heads, rows, label=f"Table {number}", **words)
        for number, (heads, rows, words, *_) in enumerate(TABLES.values(), start=1)
    ]
    path.write_bytes(article(*wraps))
    found = [one for one in report.audit_file(path).findings if one.severity != "note"]
    assert [(one.claim_id, one.printed) for one in found] == [
        ("table1.stage_ii.overall.pct", "30%"),  # 30,343 of 98,942 are 30.67 %
        ("table5.causes.diabetic_nephropathy.development.pct", "24.0"),  # 205 of 831 are 24.67 %
    ]
