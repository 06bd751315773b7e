"""Where jobs run, as options of every command that judges: cores, or a cluster."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graders.pipeline.classroom import Classroom


def add(parser: argparse.ArgumentParser) -> None:
    """The options, for a command whose parser this is."""
    words = "submissions at once on this machine (default: one for each core)"
    parser.add_argument("--workers", type=int, default=0, metavar="N", help=words)
    group = parser.add_argument_group("on many machines (a Dask cluster)")
    words = "address of the scheduler, as tcp://host:8786; the line is encrypted"
    group.add_argument("--scheduler", metavar="ADDRESS", help=words)
    for name, words in (
        ("ca", "certificate of the cluster's authority"),
        ("cert", "certificate of this end"),
        ("key", "key of this end"),
    ):
        group.add_argument(f"--tls-{name}", type=Path, metavar="FILE", help=words)
    words = "no encryption: where nobody else listens or speaks on the network"
    group.add_argument("--insecure", action="store_true", help=words)


@contextmanager
def executor(args: argparse.Namespace, room: Classroom) -> Iterator[None]:
    """Inside the block the class has its executor: this machine's cores, or a cluster.

    Where jobs run elsewhere this machine needs no walls; each worker there is asked
    for its own before the first job.
    """
    from graders.pipeline import classroom, cluster, executors

    if not args.scheduler:
        room.executor = executors.InThisProcess(args.workers)
        yield
        return
    address = cluster.Address(
        args.scheduler, args.tls_ca, args.tls_cert, args.tls_key, args.insecure
    )
    version = classroom.graders_version()
    with cluster.connected(address, version, room.sandbox) as room.executor:
        yield
