"""The table of ratios as text, and the same figures as JSON."""

from __future__ import annotations

import math
import os
import platform
import sys
from typing import Any

import numpy as np

from tests.benchmarks import peers
from tests.benchmarks.harness import OURS, Measured, Target, Workload

Row = tuple[str, ...]
HEAD: Row = ("", "engine", "step, ms", "ratio", "gc off, ms", "ratio", "target", "")


def conditions() -> dict[str, Any]:
    """Versions, processors, how busy they are: what the figures depend on."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.system(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "numpy": np.__version__,
        **peers.versions(),
    }


def entry(workload: Workload, found: Measured) -> dict[str, Any]:
    """What results.json keeps of a workload."""
    engines: dict[str, Any] = {}
    for name in found.on:
        engines[name] = {
            "ms": 1e3 * found.seconds(name),
            "ratio": found.ratio(name),
            "ms_gc_off": 1e3 * found.seconds(name, gc_on=False),
            "ratio_gc_off": found.ratio(name, gc_on=False),
        }
    return {
        "title": workload.title,
        "engines": engines,
        "refused": found.refused,
        "targets": [_judged(t, found) for t in workload.targets],
    }


def _judged(target: Target, found: Measured) -> dict[str, Any]:
    known = target.peer in found.on
    ratio = found.ratio(target.peer, target.gc_on) if known else math.nan
    return {
        "peer": target.peer,
        "gc": "on" if target.gc_on else "off",
        "must": target.must,
        "ratio": ratio if known else None,
        "verdict": target.verdict(ratio),
    }


def lines(name: str, kept: dict[str, Any]) -> list[Row]:
    """The table's rows for one workload, our engine first."""
    rows: list[Row] = [(name, kept["title"], *[""] * 6)]
    for engine, row in kept["engines"].items():
        aims = [t for t in kept["targets"] if t["peer"] == engine]
        rows.append((
            "",
            engine,
            _ms(row["ms"]),
            "" if engine == OURS else _times(row["ratio"]),
            _ms(row["ms_gc_off"]),
            "" if engine == OURS else _times(row["ratio_gc_off"]),
            ", ".join(_aim(t) for t in aims),
            ", ".join(t["verdict"] for t in aims),
        ))  # fmt: skip
    rows += [("", e, why, *[""] * 5) for e, why in kept["refused"].items()]
    return rows


def _aim(target: dict[str, Any]) -> str:
    return f"{target['must']:g}x" + (" gc off" if target["gc"] == "off" else "")


def _ms(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _times(ratio: float) -> str:
    return f"{ratio:.3g}x" if ratio < 100 else f"{ratio:.0f}x"


def growth_lines(found: dict[str, dict[str, Any]]) -> list[str]:
    """Time and memory a node, by size."""
    rows: list[Row] = [
        ("ns a node, fresh process", "1e3", "1e4", "1e5", "1e6", "growth", "bytes")
    ]
    for engine, kept in found.items():
        times = [f"{t:.0f}" for t in kept["ns_per_op"].values()]
        times += ["-"] * (4 - len(times))
        last = (f"{kept['growth']:.2f}", f"{kept['bytes_per_node']:.0f}")
        rows.append((engine, *times, *last))
    return align(rows)


def peak_lines(found: dict[str, dict[str, Any]]) -> list[str]:
    """Peak memory and forward steps run again, of each way to reverse a chain."""
    rows: list[Row] = [("chain, peak in states", "states", "run again", "least")]
    for road, kept in found.items():
        least = str(kept.get("theory", ""))
        rows.append((road, f"{kept['states']:.1f}", str(kept["again"]), least))
    return align(rows)


def align(rows: list[Row]) -> list[str]:
    """Rows as lines, columns as wide as their widest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
