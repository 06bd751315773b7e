"""The tensor workloads under pytest-benchmark, for its statistics and comparisons.

    pytest tests/benchmarks/bench_tensor.py --benchmark-group-by=group

Not collected by a plain `pytest`: its times mean nothing while other tests run. The
table of ratios comes from `python -m tests.benchmarks`, which interleaves engines.
"""

import gc
import time

import numpy as np
import pytest

from tests.benchmarks import everything, scalar_workloads

SCALAR = {w.id for w in scalar_workloads.workloads()}
CASES = [
    (w, name)
    for w in everything.workloads()
    for name in w.engines
    if w.id not in SCALAR
]
every_case = pytest.mark.parametrize(
    "workload,engine", CASES, ids=[f"{w.id}-{name}" for w, name in CASES]
)


@every_case
def test_step(benchmark, workload, engine):
    step = workload.engines[engine]()
    found = workload.digest(step())
    np.testing.assert_allclose(
        found, workload.reference(), workload.rtol, workload.atol
    )
    benchmark.group = f"{workload.id} {workload.title}"
    benchmark._timer = time.process_time  # CPU time, as in the table
    benchmark.pedantic(step, setup=_collect, rounds=10, warmup_rounds=2)


def _collect() -> None:  # what a set-up returns would be taken for arguments
    gc.collect()
