"""`python -m tests.benchmarks`: the table of ratios, ours against each peer.

Ratios are peer's CPU time / ours in the same process and round, medians over rounds;
above 1 we are faster. Writes `results.json` beside this file, and the README's table.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

# One thread for every library, before any of them is loaded.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from tests.benchmarks import (  # noqa: E402 -- after the threads are set
    checkpoint_workloads,
    everything,
    growth,
    harness,
    peers,
    readme,
    report,
)

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).parents[2] / "README.md"


def main(arguments: list[str]) -> int:
    """Measure what was asked for, print it, and keep it if it was everything."""
    wanted = _parse(arguments)
    kept: dict[str, Any] = {"conditions": report.conditions(), "workloads": {}}
    rows: list[report.Row] = [report.HEAD]
    for workload in everything.workloads():
        if wanted.only and workload.id not in wanted.only:
            continue
        if harness.OURS not in workload.engines:
            print(f"{workload.id}: left out, it needs micrograd", file=sys.stderr)
            continue
        print(f"measuring {workload.id}: {workload.title}", file=sys.stderr)
        found = report.entry(workload, harness.measure(workload, wanted.rounds))
        kept["workloads"][workload.id] = found
        rows += report.lines(workload.id, found)
    print("\n".join(report.align(rows)))
    if not wanted.only or "growth" in wanted.only:
        kept["growth"] = _growth()
    if not wanted.only or "peaks" in wanted.only:
        kept["peaks"] = checkpoint_workloads.peaks()
        print("\n".join(report.peak_lines(kept["peaks"])))
    kept["left_out"] = peers.left_out()
    for peer, why in kept["left_out"].items():
        print(f"left out: {peer} ({why})")
    if not wanted.only:
        kept = harness.rounded(kept, 4)
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        text = README.read_text(encoding="utf-8")
        README.write_text(readme.updated(text, kept), encoding="utf-8")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS)
    parser.add_argument("--only", nargs="*", help="S1 growth peaks ...; writes nothing")
    return parser.parse_args(arguments)


def _growth() -> dict[str, Any]:
    print("measuring time and memory a node", file=sys.stderr)
    names = [e.name for e in peers.engines() if e.name != "micrograd"]
    found = growth.table(names)
    ours = found[harness.OURS]
    ours["verdict"] = {
        "growth, at most 2.5": ours["growth"] <= 2.5 or "MISSED",
        "bytes a node, at most 130": ours["bytes_per_node"] <= 130 or "MISSED",
    }
    print("\n".join(report.growth_lines(found)))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
