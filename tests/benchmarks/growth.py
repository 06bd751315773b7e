"""Time and memory a node as a graph grows: each figure from a process of its own.

`python -m tests.benchmarks.growth ENGINE N` prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

from tests.benchmarks import peers
from tests.benchmarks.scalar_workloads import chain

ROOT = Path(__file__).parents[2]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
# Larger ones would take minutes or gigabytes.
LARGEST = {"micrograd-iterative": 100_000, "torch 0-d": 100_000}
# Runs of the smaller sizes in one process, so that each takes a second or so.
AT_LEAST = 200_000


def in_own_process(engine: str, n: int) -> dict[str, float]:
    """What `main` prints, from a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.growth", engine, str(n)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(done.stdout))


def table(names: list[str]) -> dict[str, dict[str, Any]]:
    """ns an operation by size, and bytes a node, for each engine."""
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        sizes = [n for n in SIZES if n <= LARGEST.get(name, SIZES[-1])]
        rows = {n: in_own_process(name, n) for n in sizes}
        times = {str(n): row["ns"] for n, row in rows.items()}
        found[name] = {
            "ns_per_op": times,
            "growth": times[str(sizes[-1])] / times[str(sizes[0])],
            "bytes_per_node": rows[100_000]["bytes"],
        }
    return found


def _time(engine: peers.Engine, n: int) -> float:
    """CPU ns an operation: forward, backward and dropping the graph."""
    program, spent, runs = chain(n), 0.0, max(1, AT_LEAST // n)
    for _ in range(3 if n < 10_000 else 0):
        engine.backward(program(engine.number)[0])
    for _ in range(runs):
        before = time.process_time()
        out, leaves = program(engine.number)
        engine.backward(out)
        del out, leaves
        spent += time.process_time() - before
    return 1e9 * spent / (runs * n)


def _bytes(engine: peers.Engine, n: int) -> float:
    """Live bytes a node before backward; torch's own allocations show in RSS only."""
    program = chain(n)
    if engine.name.startswith("torch"):
        engine.backward(program(engine.number)[0])
        page = resource.getpagesize()
        before = _resident() * page
        keep = chain(4 * n)(engine.number)
        return (_resident() * page - before) / (4 * n) if keep else 0.0
    tracemalloc.start()
    keep = program(engine.number)
    live = tracemalloc.get_traced_memory()[0] if keep else 0
    tracemalloc.stop()
    return live / n


def _resident() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():  # not Linux: no figure
        return 0
    return int(statm.read_text().split()[1])


def main(name: str, n: int) -> None:
    """Print time, and for one size memory, of one engine."""
    (engine,) = peers.engines(name)
    found = {"ns": _time(engine, n)}
    if n == 100_000:
        found["bytes"] = _bytes(engine, n)
    print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(sys.argv[1], int(sys.argv[2]))
