"""The README's table of ratios, made from `results.json` and from nothing else."""

from __future__ import annotations

from typing import Any

from graders.pipeline.marked import between
from tests.benchmarks.harness import OURS

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
_HEADS = ("", "workload", "ours, ms", "slower than ours", "faster than ours", "target")
# The collector is named where it changes a ratio by more than this.
_CHANGES = 1.25
_SHORT = {"MISSED": "missed", "in margin": "in the margin"}


def table(results: dict[str, Any]) -> str:
    """One row a workload, in Markdown, and what else was measured below."""
    rows = [_row(name, kept) for name, kept in results["workloads"].items()]
    lines = [_HEADS, (":--", ":--", "--:", ":--", ":--", ":--"), *rows]
    marked = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{marked}\n\n{_below(results)}"


def _row(name: str, kept: dict[str, Any]) -> tuple[str, ...]:
    peers = {e: row for e, row in kept["engines"].items() if e != OURS}
    order = sorted(peers, key=lambda e: -peers[e]["ratio"])
    shown = {e: f"{e} {_times(peers[e])}" for e in order}
    slower = [shown[e] for e in order if peers[e]["ratio"] >= 1]
    faster = [shown[e] for e in order if peers[e]["ratio"] < 1]
    slower += [f"{e}: {why}" for e, why in kept["refused"].items()]
    aims = [_aim(t) for t in kept["targets"] if t["verdict"] in _SHORT]
    return (
        name,
        kept["title"],
        _figure(kept["engines"][OURS]["ms"]),
        ", ".join(slower),
        ", ".join(faster),
        "; ".join(aims) or "met",
    )


def _aim(target: dict[str, Any]) -> str:
    """A target that was not met as it stands, with its figure."""
    off = ", collector off" if target["gc"] == "off" else ""
    how = _SHORT[target["verdict"]]
    return f"{how}: {target['peer']} {_figure(target['must'])}{off}"


def _times(row: dict[str, Any]) -> str:
    on, off = row["ratio"], row["ratio_gc_off"]
    apart = max(on, off) / min(on, off)
    return _figure(on) + (f" ({_figure(off)})" if apart > _CHANGES else "")


def _figure(value: float) -> str:
    """Two digits that count, or three above 10: the rest is noise."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 10 else f"{value:.2g}"


def _below(results: dict[str, Any]) -> str:
    conditions = results["conditions"]
    engines = [
        f"{name} {version}"
        for name, version in conditions.items()
        if name not in ("implementation", "load", "machine", "processors", "system")
    ]
    found = [f"Measured with {', '.join(engines)}, on {conditions['system']}."]
    if "growth" in results:
        ours = results["growth"][OURS]
        found.append(
            f"A node of the scalar engine takes {ours['bytes_per_node']:.0f} bytes; an "
            f"operation costs {ours['growth']:.1f} times as much in a graph of a "
            "million as in one of a thousand."
        )
    if "peaks" in results:
        roads = [
            f"{road} {_figure(kept['states'])} ({kept['again']})"
            for road, kept in results["peaks"].items()
        ]
        found.append(
            "Peak memory of the chain T6 in states (steps run again; no binomial "
            f"schedule could run fewer): {', '.join(roads)}."
        )
    left = [f"{peer} ({why})" for peer, why in results["left_out"].items()]
    return "\n".join([*found, *([f"Left out: {'; '.join(left)}."] if left else [])])


def updated(text: str, results: dict[str, Any]) -> str:
    """The README with the table of these results between its two marks."""
    return between(text, BEGIN, END, table(results))
