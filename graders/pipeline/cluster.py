"""The jobs of a class on a Dask cluster: bytes there, bytes holding JSON back.

The workers need this package and bubblewrap, no shared disk and no gradebook. The
scheduler must be trusted: what reaches a worker through it is code. So the line to it
is encrypted and both ends show certificates, unless one says that it need not be.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from graders.pipeline import verdicts, walls
from graders.pipeline.executors import Done, Outcome
from graders.pipeline.findings import CourseError

WAIT = 30  # seconds for the scheduler to answer, and for a first worker
AHEAD = 2  # jobs in flight for each thread of the cluster
TRIES = 3  # times that a job is begun anew when its worker dies


@dataclass(frozen=True)
class Address:
    """Where the scheduler is, and the certificates that open the line to it."""

    scheduler: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    insecure: bool = False


class OnCluster:
    """Jobs on the workers of a cluster that somebody else has started."""

    here = False

    def __init__(self, client: Any) -> None:
        self.client = client

    def map(
        self, job: Callable[[Any], Outcome], items: Iterable[Any]
    ) -> Iterator[Done]:
        """Each item with its outcome; a job whose worker died is begun elsewhere."""
        import distributed

        as_completed: Any = distributed.as_completed  # untyped
        waiting = iter(items)
        running = {
            self._begin(job, item): item for item in islice(waiting, self._room())
        }
        done = as_completed(list(running), loop=self.client.loop)
        for future in done:
            item = running.pop(future)
            yield _done(item, future)
            for following in islice(waiting, 1):
                begun = self._begin(job, following)
                running[begun] = following
                done.add(begun)

    def _begin(self, job: Callable[[Any], Outcome], item: Any) -> Any:
        return self.client.submit(as_bytes, job, item, pure=False, retries=TRIES)

    def _room(self) -> int:
        threads = sum(self.client.nthreads().values())
        return max(1, AHEAD * int(threads))


def as_bytes(job: Callable[[Any], Outcome], item: Any) -> bytes:
    """The outcome of a job as JSON: all that a worker sends back."""
    return json.dumps(job(item)).encode("utf-8")


def _done(item: Any, future: Any) -> Done:
    error = future.exception()
    if error is not None:
        return Done(item, None, error)
    try:
        found = json.loads(bytes(future.result()))
    except (TypeError, ValueError) as wrong:
        return Done(item, None, wrong)
    return Done(item, found)


@contextlib.contextmanager
def connected(address: Address, version: bytes, sandbox: str) -> Iterator[OnCluster]:
    """The cluster, when its workers are fit to grade; raises `CourseError` if not."""
    try:
        import distributed
    except ImportError:
        raise CourseError(
            "grading on a cluster needs the package distributed: "
            "pip install -c constraints.txt -e '.[cluster]'"
        ) from None
    scheduler, security = _line(address)
    connect: Any = distributed.Client  # untyped
    try:
        client = connect(
            scheduler, security=security, timeout=WAIT, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(
            f"no scheduler answers at {scheduler} ({error}). Start one: dask scheduler "
            "--tls-ca-file ca.pem --tls-cert cert.pem --tls-key key.pem"
        ) from None
    with client:
        _must_be_fit(client, version, sandbox)
        yield OnCluster(client)


def _line(address: Address) -> tuple[str, Any]:
    """The scheduler's address, and what secures the line to it."""
    if address.insecure:
        return address.scheduler, None
    kind, colon, rest = address.scheduler.rpartition("://")
    if colon and kind not in ("tls", "tcp"):
        raise CourseError(
            f"{address.scheduler}: needed is an address such as tcp://host:8786"
        )
    files = {"ca": address.ca, "cert": address.cert, "key": address.key}
    lost = [f"--tls-{name}" for name, path in files.items() if path is None]
    if lost:
        raise CourseError(
            f"the line to {address.scheduler} is encrypted, and {', '.join(lost)} is "
            "missing: give the files that the cluster was started with, or --insecure "
            "on a network where nobody else listens or speaks."
        )
    absent = [str(path) for path in files.values() if path and not path.is_file()]
    if absent:
        raise CourseError(f"{', '.join(absent)}: no such file")
    import distributed

    security: Any = distributed.Security  # untyped
    return f"tls://{rest}", security(
        require_encryption=True,
        tls_ca_file=str(address.ca),
        tls_client_cert=str(address.cert),
        tls_client_key=str(address.key),
    )


def _must_be_fit(client: Any, version: bytes, sandbox: str) -> None:
    """Refuse workers that grade otherwise, or would run submissions without walls."""
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError:
        raise CourseError(
            "the cluster has no worker; start one: dask worker tls://host:8786 "
            "--tls-ca-file ca.pem --tls-cert cert.pem --tls-key key.pem"
        ) from None
    found = client.run(_fitness, on_error="return")
    for worker, said in found.items():
        if isinstance(said, BaseException):
            raise CourseError(
                f"worker {worker} cannot grade ({type(said).__name__}: {said}): "
                "install autograd-course[grading] there, in the version used here."
            )
        if said["version"] != version.decode():
            raise CourseError(
                f"worker {worker} has another version of graders; a class is graded by "
                "one version. Install this one there."
            )
        if sandbox == verdicts.BUBBLEWRAP and said["missing"]:
            raise CourseError(
                f"worker {worker} has no sandbox: {said['missing']}. `graders doctor` "
                "there says more."
            )


def _fitness() -> dict[str, str]:
    """What a worker says of itself."""
    from graders.pipeline.classroom import graders_version

    return {"version": graders_version().decode(), "missing": walls.missing()}
