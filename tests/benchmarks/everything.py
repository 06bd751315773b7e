"""All workloads, in the order of the table."""

from __future__ import annotations

from tests.benchmarks import (
    checkpoint_workloads,
    derivative_workloads,
    scalar_workloads,
    tensor_workloads,
)
from tests.benchmarks.harness import Workload


def workloads() -> list[Workload]:
    """Those of the scalar engine, of the tensor engine, of whole derivatives."""
    return [
        *scalar_workloads.workloads(),
        *tensor_workloads.workloads(),
        *derivative_workloads.workloads(),
        *checkpoint_workloads.workloads(),
    ]
