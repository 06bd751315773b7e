"""The scalar workloads under pytest-benchmark, for its statistics and comparisons.

    pytest tests/benchmarks/bench_scalar.py --benchmark-group-by=group

Not collected by a plain `pytest`: its times mean nothing while other tests run. The
table of ratios comes from `python -m tests.benchmarks`, which interleaves engines.
"""

import gc
import time

import numpy as np
import pytest

from tests.benchmarks.scalar_workloads import workloads

CASES = [(w, name) for w in workloads() for name in w.engines]
every_case = pytest.mark.parametrize(
    "workload,engine", CASES, ids=[f"{w.id}-{name}" for w, name in CASES]
)


@every_case
def test_step(benchmark, workload, engine):
    step = workload.engines[engine]()
    try:
        found = step()
    except RecursionError:
        pytest.skip("RecursionError: this graph is too deep for the engine")
    np.testing.assert_allclose(found, workload.reference(), workload.rtol, 1e-12)
    benchmark.group = f"{workload.id} {workload.title}"
    benchmark._timer = time.process_time  # CPU time, as in the table
    benchmark.pedantic(step, setup=_collect, rounds=10, warmup_rounds=2)


def _collect() -> None:  # what a set-up returns would be taken for arguments
    gc.collect()
