"""Equal, or a sentence that says what differs."""

from __future__ import annotations

import numpy as np
import pytest

from graders.checks.compare import mismatch
from graders.checks.numeric import Bounded
from graders.checks.plain import Other
from graders.checks.tolerance import EXACT, NUMERIC

SAME = [
    (1.0, 1.0 + 1e-8),
    ([1.0, 2.0], np.array([1.0, 2.0])),
    (np.eye(2), [[1, 0], [0, 1]]),
    (np.nan, np.nan),
    (np.inf, np.inf),
    ("a", "a"),
    ({"a": [1.0]}, {"a": (1.0,)}),
    ([1.0, "x", None], [1.0, "x", None]),
    (Bounded(1.0, 0.1), 1.05),
    (0.0, -0.0),
    (2**70, 2**70),
    ([2**70, 1.5], [2**70, 1.5]),
    ([1, 2.0], [1.0, 2]),
    ([[1.0], [2.0, 3.0]], ([1.0], np.array([2.0, 3.0]))),
    ([np.float32(0.5), 1.0], [0.5, 1.0]),
]
DIFFERENT = [
    (1.0, 1.001, "1.001"),
    (np.inf, -np.inf, "-inf"),
    (1.0, np.nan, "nan"),
    (1.0, None, "None"),
    (True, 1, "1"),
    (1, True, "True"),
    (np.zeros(2), np.zeros((2, 1)), "(2, 1)"),
    (np.zeros(3), [0.0, 0.0, 1e-3], "[2]"),
    ([1.0, "x"], [1.0], "1 entries"),
    ({"a": 1}, {"b": 1}, "missing"),
    (1.0, Other("Dual"), "a Dual"),
    (1.0, 1j, "complex"),
    ([1.0, 2.0], "12", "'12'"),
    ([1.0, 2.0], [1.0, None], "None"),
    (["a", "b"], ["a", "c"], "in entry 1"),
    (False, 0, "0"),
    (None, "", "''"),
    (2**70, 2.0**70, "was expected"),
    ([[1.0], [2.0, 3.0]], [[1.0], [2.0, 4.0]], "in entry 1"),
]


@pytest.mark.parametrize(("expected", "got"), SAME)
def test_equal_up_to_the_tolerance(expected, got):
    assert mismatch(expected, got, NUMERIC) is None


@pytest.mark.parametrize(("expected", "got", "word"), DIFFERENT)
def test_a_difference_is_named(expected, got, word):
    assert word in str(mismatch(expected, got, NUMERIC))


def test_exact_tells_a_difference_quotient_from_a_derivative():
    quotient = (np.sin(0.3 + 1e-5) - np.sin(0.3 - 1e-5)) / 2e-5
    assert mismatch(np.cos(0.3), quotient, EXACT)
    assert mismatch(np.cos(0.3), np.cos(0.3) * (1 + 1e-15), EXACT) is None


def test_tolerance_looks_at_the_scale_of_the_largest_entry():
    expected = np.array([1e8, 0.0])
    assert mismatch(expected, np.array([1e8, 1e-8]), EXACT) is None
    assert mismatch(expected, np.array([1e8, 1e-3]), EXACT)
