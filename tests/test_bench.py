"""What the benchmark times is the same statistic, whoever computes it."""

import re

import bench_statistics
import pytest


def _numbers(line: str) -> list[float]:
    return [float(x) for x in re.findall(r"(?<![\d)])-?\d+\.?\d*", line.replace("–", " "))]


def test_all_packages_agree_on_what_is_timed(capsys):
    assert bench_statistics.main(400) == 0
    head, *lines = capsys.readouterr().out.strip().split("\n")
    assert head == "400 patients"
    found = {(line[:20].strip(), line[21:33].strip()): _numbers(line[43:]) for line in lines[2:]}
    ours, _, _ = found["median with limits", "case_review"]
    assert found["median", "lifelines"] == [ours]
    for task in ("log-rank", "hazard ratio", "difference of means"):
        theirs = [numbers[0] for (what, _), numbers in found.items() if what == task]
        assert len(theirs) >= 2
        assert theirs == pytest.approx([theirs[0]] * len(theirs), rel=1e-4)


def test_every_statistic_is_timed_on_few_patients(capsys):
    assert bench_statistics.small(seconds=0) == 0
    _, *lines = capsys.readouterr().out.strip().split("\n")
    timed = {line[:28].strip(): _numbers(line[28:].replace(",", "")) for line in lines[2:]}
    assert set(timed) == {what for what, _ in bench_statistics.small_tasks()}
    assert all(len(numbers) == 1 and numbers[0] > 0 for numbers in timed.values())
