"""The playground's JavaScript, asked from Python: one node process a call."""

import json
import subprocess
from pathlib import Path
from typing import Any

from autograd_ref import playground
from tests.conftest import require

SCRIPT = Path(playground.__file__).with_name("three_ways.js")
DRIVER = Path(__file__).with_name("driver.mjs")


def ask(jobs: list[dict[str, Any]]) -> list[Any]:
    """The answers to some jobs of driver.mjs; a hang or an exception fails."""
    require(program="node")
    done = subprocess.run(
        ["node", str(DRIVER), str(SCRIPT)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def one(job: str, **data: Any) -> Any:
    return ask([{"job": job, **data}])[0]
