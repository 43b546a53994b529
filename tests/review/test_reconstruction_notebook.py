"""00_reconstruction: what it counts again, and when it does not."""

import pytest
from notebook_cells import run_cells

CELLS = ("parameters", "open", "whether", "check")


def test_the_rows_are_counted_again(capsys):
    run_cells("00_reconstruction", only=CELLS)
    assert "printed numbers bind the rows, and all of them hold" in capsys.readouterr().out


@pytest.mark.parametrize("month_days", [28, 30])
def test_with_months_of_another_length_the_rows_need_not_agree_with_the_print(capsys, month_days):
    run_cells("00_reconstruction", only=CELLS, month_days=month_days)
    assert f"months of another length than {month_days} days" in capsys.readouterr().out
