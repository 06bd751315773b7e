"""Makes the course's environment `.venv` and a student's folder `my_course/`.

It opens JupyterLab too: on the student's index, or for an instructor on formgrader.

`make` calls it, with whatever `python3` the machine has. So it needs the standard
library only, and keeps to the syntax of Python 3.9, to be able to say in one line
that this Python is too old. It builds no lesson and overwrites no file of a student.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Optional

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
# PyTorch's own index: the one place that has its CPU build for every platform.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Where nobody answers, pip's own five tries take minutes to say so.
SOON = ("--retries", "1", "--timeout", "15")
# The extras that each set installs; a later set holds the earlier ones.
SETS = {"lab": "torch,grading", "test": "dev,cluster"}
CUDA_PREFIXES = ("nvidia-", "cuda-", "triton", "pytorch-triton")
NO_NETWORK = re.compile(
    r"connection broken|Failed to establish|Max retries|timed out|ProxyError"
    r"|Name or service not known|name resolution|nodename nor servname|SSLError",
    re.IGNORECASE,
)
# What would make pip install elsewhere than into `.venv`, or Python read elsewhere.
MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH")


class SetupError(Exception):
    """What went wrong and what to do, in one line for a person."""


class PipError(Exception):
    """pip failed; `args` are the lines it printed and the file that keeps them."""


# --- Python -----------------------------------------------------------------------


def newer_python() -> Optional[str]:
    """Path of an installed Python that is new enough, if there is one on PATH."""
    question = "import sys; sys.exit(sys.version_info < {})".format(OLDEST)
    for name in NEWER:
        path = shutil.which(name)
        # A version manager's stand-in exists and fails: ask it.
        if path and subprocess.run([path, "-c", question], check=False).returncode == 0:
            return path
    return None


def require_python(version: Sequence[int] = tuple(sys.version_info[:3])) -> None:
    """Go on under a newer Python if this one is too old; raise if there is none."""
    if tuple(version[:2]) >= OLDEST:
        return
    path = newer_python()
    if path:
        os.execv(path, [path, *sys.argv])  # noqa: S606
    raise SetupError(
        "Python {}.{} or newer is needed, and this is {}.{} ({}). Install a newer one, "
        "then name it: make lab PYTHON=/path/to/python3.".format(
            *OLDEST, *version[:2], sys.executable
        )
    )


# --- pip --------------------------------------------------------------------------


def child_env(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """This process's environment, without what would lead pip or Python astray."""
    kept = {k: v for k, v in os.environ.items() if k not in MISLEADING}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **extra}


def show_progress(line: str) -> None:
    """On a terminal, keep the last line that pip printed in view; else nothing."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 3
        print("\r\033[K  " + line.strip()[:width], end="", flush=True)


def run_pip(python: Path, *args: str) -> list[str]:
    """Run that interpreter's pip; its output lines, or `PipError` with them."""
    with subprocess.Popen(
        [str(python), "-m", "pip", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=child_env(),
        cwd=ROOT,
    ) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line.rstrip())
            show_progress(line)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if process.returncode:
        log = python.parent.parent / "setup.log"
        log.write_text("\n".join(lines) + "\n")
        raise PipError(lines, log)
    return lines


def explain(lines: Sequence[str], log: Path) -> str:
    """One line for a person from what a failed pip printed."""
    errors = [line for line in lines if line.startswith("ERROR")] or list(lines)[-1:]
    said = errors[0] if errors else "pip said nothing"
    # A package "from versions: none" beside a broken connection: nobody answered.
    if any(NO_NETWORK.search(line) for line in lines) and (
        "from versions: none" in said or "Could not find" not in said
    ):
        return (
            "No network: pip reached no package index. Connect (or set pip's proxy or "
            "index), then give the same command again: it goes on where it stopped."
        )
    if "No space left" in "".join(lines):
        return "The disk is full: the course needs about 2 GB. Free some, try again."
    return "pip failed: {} (all that it said: {})".format(said, log)


@contextlib.contextmanager
def stage(what: str) -> Iterator[None]:
    """Print what is being done, and the seconds it took; pip's failure in one line."""
    print(what, "...", flush=True)
    start = time.monotonic()
    try:
        yield
    except PipError as error:
        raise SetupError(explain(*error.args)) from error
    print("  done in {:.0f} s".format(time.monotonic() - start), flush=True)


# --- torch, first and alone -------------------------------------------------------


def pinned(name: str, constraints: Path) -> str:
    """The version that the constraints pin `name` to."""
    found = re.search(
        r"^{}==(\S+)".format(re.escape(name)), constraints.read_text(), re.MULTILINE
    )
    if not found:
        raise SetupError("{} does not pin {}.".format(constraints, name))
    return found.group(1)


def cuda_packages(report: Mapping[str, Any]) -> list[str]:
    """Names in pip's installation report that belong to CUDA, torch's build too."""
    found = []
    for item in report.get("install", ()):
        meta = item["metadata"]
        name = re.sub(r"[-_.]+", "-", meta["name"]).lower()
        local = meta["version"].partition("+")[2]
        if name.startswith(CUDA_PREFIXES) or (name == "torch" and local[:2] == "cu"):
            found.append(name)
    return sorted(found)


def dry_run(python: Path, *args: str) -> dict[str, Any]:
    """pip's report of what `pip install ARGS` would install, installing nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        run_pip(python, "install", "--dry-run", "--report", str(path), *args)
        return dict(json.loads(path.read_text()))


def installed_torch(python: Path) -> str:
    """Version of the torch in that environment without its build's name, or ''."""
    code = "import importlib.metadata as m; print(m.version('torch'))"
    result = subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=False
    )
    return result.stdout.strip().partition("+")[0]


def install_torch(python: Path, constraints: Path, cuda: bool) -> None:
    """Install the pinned torch; without `cuda`, refuse anything that brings CUDA.

    PyTorch's CPU index is asked as an *extra* index: where it cannot be reached, pip
    goes on with the default one, which has a CPU build for some platforms only.
    So the dry run decides, not the index.
    """
    wanted = "torch==" + pinned("torch", constraints)
    if "torch==" + installed_torch(python) == wanted:
        return
    args = [wanted, "-c", str(constraints)]
    with stage("Installing {} ({})".format(wanted, "CUDA" if cuda else "CPU build")):
        if not cuda:
            asked = [*SOON, "--extra-index-url", CPU_INDEX]
            report = dry_run(python, *args, *asked)
            refuse_cuda(report)
            if reached(report, CPU_INDEX):
                args += asked
        run_pip(python, "install", *args)


def refuse_cuda(report: Mapping[str, Any]) -> None:
    """Raise if that report lists CUDA packages: gigabytes that nobody asked for."""
    names = cuda_packages(report)
    if names:
        raise SetupError(
            "PyTorch's CPU builds could not be reached ({}), and the default index "
            "would bring {} CUDA packages ({}, ...), gigabytes. Try again later, or "
            "take them: make lab CUDA=1.".format(CPU_INDEX, len(names), names[0])
        )


def reached(report: Mapping[str, Any], index: str) -> bool:
    """Whether anything in pip's report comes from the host of `index`."""
    host = "/".join(index.split("/")[:3])
    urls = (item["download_info"]["url"] for item in report.get("install", ()))
    return any(url.startswith(host) for url in urls)


# --- the environment --------------------------------------------------------------


def venv_python(root: Path) -> Path:
    """The interpreter of the checkout's environment."""
    return root / ".venv" / "bin" / "python"


def stamp_key(root: Path, cuda: bool) -> str:
    """Changes when what should be installed changes, or the checkout has moved."""
    sha = hashlib.sha256(repr((str(root), cuda, sorted(SETS.items()))).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        sha.update((root / name).read_bytes())
    return sha.hexdigest()


def read_stamp(root: Path) -> dict[str, Any]:
    """What the last finished set-up left, or {}."""
    try:
        stamp = json.loads((root / ".venv" / "course.json").read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(root: Path, wanted: str, cuda: bool) -> None:
    """Note that the set `wanted`, and those it holds, are installed."""
    names = list(SETS)
    held = names[: names.index(wanted) + 1]
    stamp = {
        "home": str(root),
        "cuda": cuda,
        "key": stamp_key(root, cuda),
        "sets": held,
    }
    path = root / ".venv" / "course.json"
    path.write_text(json.dumps(stamp, indent=1) + "\n")


def up_to_date(root: Path, wanted: str, cuda: bool) -> bool:
    """Whether `.venv` works and holds what is wanted, at the wanted versions."""
    stamp = read_stamp(root)
    return (
        os.access(str(venv_python(root)), os.X_OK)
        and stamp.get("key") == stamp_key(root, cuda)
        and wanted in stamp.get("sets", ())
    )


def make_venv(root: Path) -> None:
    """Make `.venv`, unless a working one stands there; replace a broken or moved."""
    folder, home = root / ".venv", read_stamp(root).get("home", str(root))
    if os.access(str(venv_python(root)), os.X_OK) and home == str(root):
        return
    try:
        import ensurepip  # noqa: F401  (some systems ship venv without it)
        import venv  # noqa: F401
    except ImportError as error:
        raise SetupError(
            "{} comes without the venv module. Install it (Debian, Ubuntu: "
            "apt install python3-venv), then try again.".format(sys.executable)
        ) from error
    with stage("Making .venv with Python {}.{}.{}".format(*sys.version_info[:3])):
        command = [sys.executable, "-m", "venv", "--clear", str(folder)]
        result = subprocess.run(
            command, env=child_env(), capture_output=True, text=True, check=False
        )
        if result.returncode:
            said = (result.stderr or result.stdout).strip().splitlines() or ["?"]
            raise SetupError("python -m venv failed: " + said[-1])


def install(root: Path, wanted: str, cuda: Optional[bool] = None) -> None:
    """Bring `.venv` to the wanted set; at once if it is there already.

    `cuda=None` keeps what was chosen before (at first: CPU). A set that holds more than
    is wanted stays as it is.
    """
    before = read_stamp(root)
    chosen = bool(before.get("cuda")) if cuda is None else cuda
    if up_to_date(root, wanted, chosen):
        return
    make_venv(root)
    python, constraints = venv_python(root), root / "constraints.txt"
    with stage("Bringing pip up to date"):
        # An older pip downloads all that a dry run lists: gigabytes, just to refuse.
        run_pip(python, "install", *SOON, "-c", str(constraints), "--upgrade", "pip")
    if before and bool(before.get("cuda")) != chosen:
        with stage("Removing the other build of torch"):
            run_pip(python, "uninstall", "--yes", "torch")
    install_torch(python, constraints, chosen)
    held = before.get("sets", ())
    wanted = [name for name in SETS if name == wanted or name in held][-1]
    with stage("Installing the course"):
        target = "{}[{}]".format(root, SETS[wanted])
        run_pip(python, "install", "-c", str(constraints), "-e", target)
    write_stamp(root, wanted, chosen)


def pin(root: Path) -> None:
    """Write constraints.txt from what pip resolves today, torch's pin kept."""
    path = root / "constraints.txt"
    head = [line for line in path.read_text().splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        run_pip(python, "install", "--upgrade", "pip")
        install_torch(python, path, cuda=False)
        with stage("Resolving everything else"):
            run_pip(python, "install", "{}[{}]".format(root, SETS["test"]))
            frozen = run_pip(python, "freeze", "--all")
    # A local build's name (+cpu) is no part of a pin: macOS has none.
    pins = [line.partition("+")[0] for line in frozen if re.match(r"[\w.-]+==", line)]
    pins = [line for line in pins if not line.startswith("autograd-course==")]
    path.write_text("\n".join([*head, *sorted(pins, key=str.lower)]) + "\n")


# --- the student's folder ---------------------------------------------------------


def place(source: Path, target: Path) -> bool:
    """Copy `source` to `target` whole or not at all, and never over anything."""
    if os.path.lexists(str(target)):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".copy-", dir=str(target.parent))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(source.read_bytes())
        os.chmod(name, 0o644)  # noqa: PTH101
        try:
            os.link(name, str(target))  # unlike a rename, fails if something is there
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            if os.path.lexists(str(target)):
                return False
            Path(name).rename(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108
    return True


def copy_lessons(root: Path) -> list[Path]:
    """Copy each lesson that `my_course/` lacks; the files that were copied."""
    lessons, mine = root / "lessons", root / "my_course"
    if not (lessons / "index.ipynb").is_file():
        raise SetupError(
            "{} is missing: is this a whole checkout? See what git status says.".format(
                lessons / "index.ipynb"
            )
        )
    copied = []
    # Beside the notebooks a reader's own files may lie: a lesson was run in place.
    released = [*lessons.glob("*.ipynb"), *lessons.glob("*/**/*")]
    for source in sorted(path for path in released if path.is_file()):
        inside = source.relative_to(lessons)
        if any(part.startswith(".") for part in inside.parts):
            continue  # an editor's checkpoints
        try:
            if place(source, mine / inside):
                copied.append(mine / inside)
        except OSError as error:
            raise SetupError(
                "{} could not be written: {}.".format(mine / inside, error.strerror)
            ) from error
    return copied


# --- JupyterLab -------------------------------------------------------------------


def port_error(port: int) -> Optional[OSError]:
    """Why a server could not listen on that port of this machine, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def require_port(text: str, target: str = "lab") -> int:
    """The port that was asked for by `make TARGET`, if a server can have it."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError("PORT={} is no port number (1024 to 65535).".format(text))
    port = int(text)
    error = port_error(port)
    if error is None:
        return port
    if error.errno != errno.EADDRINUSE:
        raise SetupError("Port {} can't be used: {}.".format(port, error.strerror))
    free = next((p for p in range(port + 1, 65536) if port_error(p) is None), 8888)
    raise SetupError(
        "Port {} is taken (by a JupyterLab that still runs?). Take another: "
        "make {} PORT={}.".format(port, target, free)
    )


class Desk(NamedTuple):
    """Where somebody works: the folder that is seen, the first page, the settings."""

    folder: str
    page: str
    settings: tuple[str, ...]


# A student has Validate; the rest of nbgrader is the instructor's.
STUDENT = Desk("my_course", "/lab/tree/index.ipynb", ("student", "common"))
INSTRUCTOR = Desk("", "/formgrader", ("common",))


def lab_command(
    root: Path, port: int, browser: bool, desk: Desk = STUDENT
) -> list[str]:
    """The command that opens JupyterLab on that desk's first page."""
    command = [str(venv_python(root)), "-m", "jupyterlab", "--port", str(port)]
    # Only warnings, and the address: a person reads this terminal.
    command += ["--ServerApp.port_retries=0", "--log-level=WARN"]
    command += ["--ServerApp.root_dir={}".format(root / desk.folder)]
    command += ["--LabApp.default_url={}".format(desk.page)]
    if not browser:
        command += ["--no-browser"]
    if os.geteuid() == 0:
        command += ["--allow-root"]
    return command


def lab_env(root: Path, desk: Desk = STUDENT, graded: str = "") -> dict[str, str]:
    """The environment in which JupyterLab's kernel `python3` is that of `.venv`.

    `graded` is the folder of a graded class, for formgrader; "" is the course's own.
    """
    settings = [str(root / "tools" / "jupyter" / name) for name in desk.settings]
    settings += filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])
    bin_first = [str(root / ".venv" / "bin"), os.environ.get("PATH", os.defpath)]
    extra = {
        "PATH": os.pathsep.join(bin_first),  # nbgrader calls alembic by its bare name
        "VIRTUAL_ENV": str(root / ".venv"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(settings),
        "GRADED_CLASS": graded,
    }
    env = child_env(extra)
    if env.get("BROWSER") in ("yes", "no"):  # ours; else the name of a browser
        del env["BROWSER"]
    return env


def lab(root: Path, port: str, browser: str, cuda: Optional[bool]) -> NoReturn:
    """Install, copy what is missing, and become a student's JupyterLab."""
    number = require_port(port)
    install(root, "lab", cuda)
    copied = copy_lessons(root)
    if copied:
        print("Copied {} new file(s) into my_course/.".format(len(copied)))
    print(
        "JupyterLab starts on port {}; stop it with Ctrl-C.".format(number), flush=True
    )
    command = lab_command(root, number, browser != "no")
    os.execve(command[0], command, lab_env(root))  # noqa: S606


def graded_folder(text: str) -> str:
    """The folder of a class that `make grade` has graded, made whole; "" for none."""
    folder = Path(text).resolve()
    if not text or (folder / "gradebook.db").is_file():
        return str(folder) if text else ""
    raise SetupError(
        "CLASS={} holds no gradebook.db. Name a folder that make grade has written, "
        "such as CLASS=grading/sample, or none for the course's own.".format(text)
    )


def formgrader(
    root: Path, port: str, browser: str, cuda: Optional[bool], graded: str
) -> NoReturn:
    """Install, and become JupyterLab with nbgrader's formgrader in front."""
    number = require_port(port, "formgrader")
    folder = graded_folder(graded)
    install(root, "lab", cuda)
    print(
        "Formgrader starts on port {}; stop it with Ctrl-C.".format(number), flush=True
    )
    command = lab_command(root, number, browser != "no", INSTRUCTOR)
    os.execve(command[0], command, lab_env(root, INSTRUCTOR, folder))  # noqa: S606


# --- the command line -------------------------------------------------------------


def choice(text: str) -> Optional[bool]:
    """CUDA=1 and CUDA=0; anything else (a cluster's CUDA=/usr/...) decides nothing."""
    return {"1": True, "yes": True, "0": False, "no": False}.get(text)


def parse(argv: Optional[Sequence[str]] = None) -> argparse.Namespace:
    """The arguments that the Makefile gives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("install", help="make .venv hold a set of packages")
    one.add_argument("set", choices=SETS)
    two = commands.add_parser("lab", help="install, copy missing lessons, open them")
    three = commands.add_parser("formgrader", help="install, open nbgrader's pages")
    three.add_argument(
        "--class", default="", dest="graded", help="folder that make grade has written"
    )
    for command in (two, three):
        command.add_argument("--port", default="8888")
        command.add_argument(
            "--browser", default="yes", help="no: print the address instead"
        )
    for command in (one, two, three):
        command.add_argument(
            "--cuda", default="", help="1: torch with CUDA; 0: without"
        )
    commands.add_parser("copy", help="copy missing lessons into my_course/")
    commands.add_parser("pin", help="write constraints.txt anew")
    return parser.parse_args(argv)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command; 0, or 1 after one line that says what to do."""
    args = parse(argv)
    try:
        require_python()
        if args.command == "install":
            install(ROOT, args.set, choice(args.cuda))
        elif args.command == "lab":
            lab(ROOT, args.port, args.browser, choice(args.cuda))
        elif args.command == "formgrader":
            cuda = choice(args.cuda)
            formgrader(ROOT, args.port, args.browser, cuda, args.graded)
        elif args.command == "copy":
            for path in copy_lessons(ROOT):
                print(path.relative_to(ROOT))
        else:
            pin(ROOT)
    except SetupError as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
