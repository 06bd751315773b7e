"""`graders doctor`: the policy of the sandbox, and whether each wall stands here."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from graders.pipeline.commands import Subparsers, add, add_root, say

if TYPE_CHECKING:
    from graders.pipeline.doctor import Finding

EXAMPLE = "graders doctor"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "doctor", EXAMPLE)
    add_root(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the policy, test each wall; 1 where one does not hold."""
    from rich.console import Console
    from rich.table import Table

    from graders.pipeline import doctor, source, walls

    root = (args.root or source.find_root()).resolve()
    policy = walls.Policy()
    console = Console()
    shown = Table("a submission", "may", title="The policy", title_justify="left")
    for name, value in asdict(policy).items():
        if name != "limits":
            shown.add_row(name.replace("_", " "), _words(value))
    for name, value in asdict(policy.limits).items():
        shown.add_row(name.replace("_", " "), f"at most {value:,}")
    console.print(shown)
    found = Table("wall", "holds", "", title="The walls", title_justify="left")
    findings = []
    for one in doctor.examine(root, policy.limits):
        findings.append(one)
        found.add_row(one.wall, "yes" if one.held else "NO", one.words)
    console.print(found)
    return _verdict(findings)


def _words(value: object) -> str:
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def _verdict(findings: list[Finding]) -> int:
    from graders.pipeline import walls

    lost = [one.wall for one in findings if not one.held]
    if not lost:
        say(f"All {len(findings)} walls hold on this machine: graders grade CLASS")
        return 0
    try:
        walls.required()
    except walls.WallsError as error:
        say(str(error))
    else:
        say(
            f"{len(lost)} of {len(findings)} walls do not hold ({', '.join(lost)}). Do "
            "not grade other people's files here; use another host."
        )
    return 1
