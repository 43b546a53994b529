"""What Great Expectations says of one table: shortly where it is met, in full where it is not.

`Batch.validate` needs some 25 ms for an expectation: it asks each twice for its metrics, and makes
a list of the rows that broke it, which a table that is as it should be has none of. So what is met
is found first, by the expectations, metrics and engine of Great Expectations in one graph for the
table. The rest is judged in full.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pandas as pd

from case_review.errors import ReviewError

#: In an expectation's `meta`, its number in the suite: results come in an order of their own.
NUMBER = "number"
#: What is raised is raised here, too, so that the table is judged in full.
_SHORT = {"result_format": "BOOLEAN_ONLY", "catch_exceptions": False}
_BATCH = "table"


def great_expectations():
    """The package, which takes seconds to import, so only where data are checked."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    collecting = gc.isenabled()
    gc.disable()  # looking again and again through hundreds of classes that stay takes a fifth
    try:
        import great_expectations as gx
    finally:
        if collecting:
            gc.enable()
    return gx


def number_of(result) -> int:
    """The number of the expectation that a result is of."""
    return result.expectation_config.meta[NUMBER]


def met(suite: dict, frame: pd.DataFrame) -> list:
    """Results of the expectations that are met by every row; nothing of any other.

    They hold of what `Batch.validate` says how many rows there are, or what was observed.

    Parameters
    ----------
    suite
        As its file has it, each expectation with its `NUMBER`.
    """
    try:
        return list(_met(suite, frame))
    except Exception:  # whatever it is, judging in full meets it again and finds whose it is
        return []


def _met(suite: dict, frame: pd.DataFrame) -> Iterator:
    gx = great_expectations()
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.metrics_calculator import MetricsCalculator

    engine = PandasExecutionEngine(batch_data_dict={_BATCH: frame})
    calculator = MetricsCalculator(engine, show_progress_bars=False)
    needed = [
        (one, one.get_validation_dependencies(engine, _SHORT))
        for one in gx.ExpectationSuite(**suite).expectations
    ]
    metrics = {one.id: one for _, needs in needed for one in needs.get_metric_configurations()}
    graph = calculator.build_metric_dependency_graph([*metrics.values()], _SHORT)
    values, _ = calculator.resolve_validation_graph(graph, _SHORT)
    for one, needs in needed:
        own = {name: values[metric.id] for name, metric in needs.metric_configurations.items()}
        # The method that each type of expectation has of its own, as Great Expectations documents;
        # `metrics_validate` around it collects the metrics anew, and drops what was observed.
        said = one._validate(own, {"result_format": needs.result_format}, engine)
        seen = _seen(one, own, said.get("result") or {})
        if said["success"] and seen:
            yield ExpectationValidationResult(True, one.configuration, seen)


def _seen(one, metrics: dict, result: dict) -> dict:
    """What was observed, or how many rows were looked at; nothing if any of them is unexpected."""
    if result.get("observed_value") is not None:
        return {"observed_value": result["observed_value"]}
    rows = metrics.get("table.row_count")
    odd = metrics.get(f"{getattr(one, 'map_metric', None)}.unexpected_count")
    return {"element_count": rows, "unexpected_count": 0} if rows is not None and odd == 0 else {}


def in_full(name: str, suite: dict, frame: pd.DataFrame) -> list:
    """Results of all expectations of a suite, by number, with the rows that broke them.

    Parameters
    ----------
    name
        What the table is called.
    suite
        As its file has it, each expectation with its `NUMBER`.

    Raises
    ------
    Exception
        Whatever Great Expectations, or a type of it, did not foresee.
    """
    gx = great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("tables").add_dataframe_asset(name)
    batch = source.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    found = batch.validate(gx.ExpectationSuite(**suite), result_format="COMPLETE").results
    if len(found) != len(suite["expectations"]):
        raise ReviewError(f"{len(found)} of {len(suite['expectations'])} were judged")
    return sorted(found, key=number_of)
