"""JupyterLab as `make lab` starts it: a checkout of its own, a fresh HOME, one port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools import setup_env

ROOT = Path(__file__).parents[2]
# Settings of the person who runs the tests.
THEIRS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
COPIED = ("Makefile", "pyproject.toml", "constraints.txt", "nbgrader_config.py")


def checkout(root: Path) -> Path:
    """A small checkout at `root`: lessons, tools, and a finished `.venv`.

    The `.venv` is this interpreter's environment under another name, so that nothing is
    installed, and nothing is written into it.
    """
    venv = root / ".venv"
    venv.mkdir(parents=True)
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "course.json":
            (venv / entry.name).symlink_to(entry)
    for name in COPIED:
        shutil.copy(ROOT / name, root)
    no_cache = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "tools", root / "tools", ignore=no_cache)
    (root / "lessons").mkdir()
    for path in sorted((ROOT / "lessons").rglob("*.ipynb")):
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    setup_env.write_stamp(root, list(setup_env.SETS)[-1], cuda=False)
    return root


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, found: Callable[[], Any], seconds: float = 60) -> Any:
    """What `found` gives back once it is true; fails with `what` after that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds} s")


class Server:
    """One JupyterLab, started by a command in a checkout, ended with all it started."""

    def __init__(
        self,
        command: list[str],
        cwd: Path,
        home: Path,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self.home, self.log, self.stopped = home, home / "server.log", False
        home.mkdir(exist_ok=True)
        kept = {k: v for k, v in env.items() if k not in THEIRS}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**kept, "HOME": str(home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            told = until("JupyterLab's address", self._told, 90)
        except BaseException:
            self.stop()
            raise
        self.url, self.token = told["url"].rstrip("/"), told["token"]

    def _told(self) -> dict[str, Any] | None:
        """What the server writes down about itself once it listens."""
        if self.process.poll() is not None:
            raise AssertionError(f"JupyterLab ended: {self.log.read_text()[-3000:]}")
        for path in self.home.rglob("jpserver-*.json"):
            with suppress(ValueError):  # it is being written
                return dict(json.loads(path.read_text()))
        return None

    def _ended(self) -> bool:
        """Whether nothing is left of what was started."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def at(self, path: str = "") -> str:
        """Address of a page of this server, with the word that lets a browser in."""
        return f"{self.url}{path}?token={self.token}"

    def stop(self) -> None:
        """End the server as Ctrl-C in its terminal would, kernels included."""
        if self.stopped:
            return
        self.stopped = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)
        # `make` is gone before the server is, and a server may hang while it stops.
        with suppress(AssertionError):
            until("the server's end", self._ended, 15)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for path in self.home.rglob("jpserver-*.json"):
            path.unlink()


def make(target: str, root: Path, home: Path) -> Server:
    """Start JupyterLab in that checkout by the command that a person gives."""
    command = ["make", target, f"PORT={free_port()}", "BROWSER=no"]
    return Server([*command, f"PYTHON={sys.executable}"], root, home)


def make_formgrader(root: Path, home: Path) -> Server:
    """What `make formgrader` starts, by this interpreter's own name.

    The walls show a worker the folder of its Python, and no links that lead there.
    """
    command = setup_env.lab_command(root, free_port(), False, setup_env.INSTRUCTOR)
    env = setup_env.lab_env(root, setup_env.INSTRUCTOR)
    return Server([sys.executable, *command[1:]], root, home, env)
