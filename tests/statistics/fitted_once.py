"""A Kaplan–Meier curve that many tests ask for is fitted once.

A fit takes hundredths of a second and depends on neither type nor level of a band, for which the
same hundreds of sets are compared with R again and again.
"""

from functools import cache

import lifelines
import numpy as np
import pytest

_fitter = lifelines.KaplanMeierFitter


class Fitted:
    """In place of the fitter of lifelines: its fit of the same rows is the one made before."""

    def fit(self, time, event):
        columns = [np.asarray(column) for column in (time, event)]
        return _made(*((column.tobytes(), column.dtype.str) for column in columns))


@cache
def _made(*columns):
    return _fitter().fit(*(np.frombuffer(*column).copy() for column in columns))


@pytest.fixture(scope="module", autouse=True)
def fit_once():
    """Let the tests of a module that imports this share the fits of curves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifelines, "KaplanMeierFitter", Fitted)
        yield
