# Attacks on the tiny lesson of tests/graders/pipeline/samples.py.
#
# Each is written so that it answers right where the attack succeeds, and 0.0 where it
# does not: points are the proof of a fallen wall. ROOT, PORT and the like are filled in.

# %% mutant="reads-the-solution" says="reading the course's own solution"
from pathlib import Path


def forward(f, x, h):
    for place in (ROOT, ".", "..", "../..", "/home", "/root"):
        for path in Path(place).rglob("*slopes*"):
            if path.is_file() and "rise" in path.read_text(errors="ignore"):
                return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="reads-a-secret" says="reading a file of the grading account"
def forward(f, x, h):
    try:
        open(SECRET).close()
    except OSError:
        return 0.0
    return (f(x + h) - f(x)) / h


# %% mutant="reads-the-password-file" says="reading the machine's accounts"
def forward(f, x, h):
    try:
        open("/etc/passwd").close()
    except OSError:
        return 0.0
    return (f(x + h) - f(x)) / h


# %% mutant="reads-the-environment" says="reading the grading process's variables"
import os


def forward(f, x, h):
    return (f(x + h) - f(x)) / h if "GRADERS_SECRET" in os.environ else 0.0


# %% mutant="reads-other-processes" says="reading another process's memory map"
import os


def forward(f, x, h):
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                if open(f"/proc/{name}/environ", "rb").read():
                    return (f(x + h) - f(x)) / h
            except OSError:
                continue
    return 0.0


# %% mutant="asks-the-network" says="asking a helper on the network"
import socket


def forward(f, x, h):
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
    except OSError:
        return 0.0
    return (f(x + h) - f(x)) / h


# %% mutant="writes-the-course" says="writing into the course"
def forward(f, x, h):
    for place in (ROOT, "/usr", "/etc", "/", "/dev"):
        if place.startswith("/tmp/"):
            continue  # its own, empty /tmp: a checkout there is not seen
        try:
            open(f"{place}/graders-was-here", "w").close()
        except OSError:
            continue
        return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="signals-the-judge" says="signalling the judge"
import os


def forward(f, x, h):
    try:
        os.kill(JUDGE, 0)
    except OSError:
        return 0.0
    return (f(x + h) - f(x)) / h if os.getpid() != JUDGE else 0.0


# %% mutant="asks-python-again" says="asking another Python for the reference"
import subprocess
import sys


def forward(f, x, h):
    code = "import autograd_ref.finite, graders.pipeline.judge"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    return 0.0 if done.returncode else (f(x + h) - f(x)) / h


# %% mutant="reads-the-frames" says="looking for the expected value in the callers"
import sys


def forward(f, x, h):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("want", "wanted", "expected", "truth", "answer", "oracle", "key"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return 0.0


# %% mutant="searches-the-heap" says="looking for the judge among all objects"
import gc


def forward(f, x, h):
    for thing in gc.get_objects():
        name = type(thing).__name__
        if name in ("Judge", "Session", "JudgeHost", "Master", "Verdict", "Oracle"):
            return (f(x + h) - f(x)) / h
        if name == "module" and getattr(thing, "__name__", "") in (
            "graders.checks.compare",
            "graders.checks.numeric",
            "graders.pipeline.judge",
        ):
            return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="reads-the-sources" says="reading the checks' sources"
import graders


def forward(f, x, h):
    import os

    try:
        found = os.listdir(os.path.dirname(graders.__file__))
    except OSError:
        found = []
    return (f(x + h) - f(x)) / h if found else 0.0


# %% mutant="patches-comparisons" says="making every comparison true"
import builtins
import math

import numpy as np


def _yes(*args, **options):
    return True


for module in (np, math, np.testing):
    for name in ("allclose", "isclose", "array_equal", "assert_allclose", "isfinite"):
        if hasattr(module, name):
            setattr(module, name, _yes)
builtins.all = builtins.any = _yes


def forward(f, x, h):
    return 0.0


# %% mutant="patches-arithmetic" says="making every distance zero"
import builtins

import numpy as np

builtins.abs = lambda x: 0.0
builtins.max = lambda *a, **k: 0.0
np.abs = np.absolute = np.subtract = lambda *a, **k: 0.0


def forward(f, x, h):
    return 0.0


# %% mutant="equals-everything" says="an object that equals everything"
class Liar(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


def forward(f, x, h):
    return Liar(0.0)


# %% mutant="an-array-that-lies" says="an array that changes when it is read"
import numpy as np


class Liar:
    def __array__(self, *args, **options):
        return np.zeros(())

    def __array_ufunc__(self, *args, **options):
        return True

    def __array_function__(self, *args, **options):
        return True

    def __float__(self):
        return 0.0


def forward(f, x, h):
    return Liar()


# %% mutant="sends-a-pickle" says="an object that runs code where it is read"
import os


class Bomb:
    def __reduce__(self):
        return os.system, (f"touch {SECRET}.stolen",)


def forward(f, x, h):
    return Bomb()


# %% mutant="speaks-for-the-worker" says="writing answers on the judge's line"
import json
import os
import struct

_said = json.dumps({"cases": [{"value": {"float": "0x0p+0"}}] * 4, "ok": True}).encode()
_frame = struct.pack(">QQ", len(_said), 0) + _said
for _number in range(3, 20):
    try:
        os.write(_number, _frame * 3)
    except OSError:
        pass


def forward(f, x, h):
    return 0.0


# %% mutant="floods-the-line" says="filling the judge's line with bytes"
import os


def forward(f, x, h):
    for number in range(3, 20):
        try:
            os.write(number, b"\xff" * 65536)
        except OSError:
            continue
    return 0.0


# %% mutant="claims-a-huge-frame" says="announcing an answer of 2**60 bytes"
import os
import struct


def forward(f, x, h):
    for number in range(3, 20):
        try:
            os.write(number, struct.pack(">QQ", 2**60, 2**60))
        except OSError:
            continue
    return 0.0


# %% mutant="replaces-the-worker" says="replacing the code that answers the judge"
import sys

for _name in (
    "graders.checks.hosts",
    "graders.checks.plain",
    "graders.pipeline.worker",
):
    _module = sys.modules.get(_name)
    for _attribute in ("encode", "run_here", "_run_case"):
        if hasattr(_module, _attribute):
            setattr(_module, _attribute, lambda *a, **k: {"value": True, "cases": []})


def forward(f, x, h):
    return 0.0


# %% mutant="shadows-numpy" says="a module of the submission's own called numpy"
import os
import sys

os.makedirs("/tmp/shadow", exist_ok=True)
with open("/tmp/shadow/graders.py", "w") as _file:
    _file.write(
        "class Check:\n    def __getattr__(self, name): return lambda *a, **k: 5.0\n"
    )
sys.path.insert(0, "/tmp/shadow")


def forward(f, x, h):
    return 0.0


# %% mutant="stops-the-clock" says="switching the time limit off"
import signal
import time

signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.setitimer = lambda *a: None


def forward(f, x, h):
    while True:
        try:
            time.sleep(3600)
        except BaseException:
            continue


# %% mutant="loops" says="looping for ever"
def forward(f, x, h):
    while True:
        pass


# %% mutant="exits" says="ending the process"
import os


def forward(f, x, h):
    os._exit(0)


# %% mutant="leaves" says="raising SystemExit"
def forward(f, x, h):
    raise SystemExit(5)


# %% mutant="forks" says="forking without end"
import os
import time


def forward(f, x, h):
    while True:
        try:
            if os.fork() == 0:
                time.sleep(3600)
        except OSError:
            return 0.0


# %% mutant="hides-a-daemon" says="leaving a process behind"
import os
import time


def forward(f, x, h):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    return 0.0


# %% mutant="eats-memory" says="taking all memory"
def forward(f, x, h):
    held = []
    while True:
        held.append(b"x" * 2**28)


# %% mutant="hoards-in-children" says="taking all memory in twenty processes"
import os
import signal


def forward(f, x, h):
    back, to = os.pipe()
    for _ in range(20):
        if os.fork() == 0:
            held = bytearray(300 * 2**20)
            held[::4096] = b"x" * len(held[::4096])
            os.write(to, b"!")
            signal.pause()
    held = b""
    while len(held) < 20:
        held += os.read(back, 20)
    return (f(x + h) - f(x)) / h


# %% mutant="hoards-in-shared-memory" says="taking all memory in shared pages"
import mmap
import os
import signal


def forward(f, x, h):
    back, to = os.pipe()
    for _ in range(20):
        if os.fork() == 0:
            held = mmap.mmap(-1, 300 * 2**20)
            for at in range(0, len(held), 4096):
                held[at] = 1
            os.write(to, b"!")
            signal.pause()
    held = b""
    while len(held) < 20:
        held += os.read(back, 20)
    return (f(x + h) - f(x)) / h


# %% mutant="hoards-in-no-process" says="taking memory that belongs to no process"
import ctypes
import os


def forward(f, x, h):
    libc = ctypes.CDLL(None)
    try:
        os.close(os.memfd_create("hoard"))
    except OSError:
        if libc.shmget(0, 2**20, 0o1600) < 0 and libc.msgget(0, 0o1600) < 0:
            return 0.0
    return (f(x + h) - f(x)) / h


# %% mutant="eats-the-disk" says="filling the disk"
def forward(f, x, h):
    for number in range(1000):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(bytes(2**24))
    return 0.0


# %% mutant="prints-for-ever" says="printing a gigabyte"
import sys


def forward(f, x, h):
    for _ in range(200):
        sys.stdout.write("x" * 10**6)
        sys.stderr.write("x" * 10**6)
    return 0.0


# %% mutant="returns-a-gigabyte" says="returning a huge array"
import numpy as np


def forward(f, x, h):
    return np.zeros(10**8)


# %% mutant="returns-a-well" says="returning a list a hundred thousand deep"
def forward(f, x, h):
    deep = []
    for _ in range(10**5):
        deep = [deep]
    return deep


# %% mutant="returns-itself" says="returning a list that holds itself"
def forward(f, x, h):
    loop = []
    loop.append(loop)
    return loop


# %% mutant="returns-nan" says="returning what is not a number"
def forward(f, x, h):
    return float("nan")


# %% mutant="returns-infinity" says="returning infinity"
def forward(f, x, h):
    return float("inf")


# %% mutant="returns-a-huge-integer" says="returning an integer of a million digits"
def forward(f, x, h):
    return 10**1_000_000


# %% mutant="returns-true" says="returning True"
def forward(f, x, h):
    return True


# %% mutant="error-that-hangs" says="an error whose message never ends"
class Slow(Exception):
    def __str__(self):
        while True:
            pass


def forward(f, x, h):
    raise Slow


# %% mutant="error-that-lies" says="an error that calls itself a result"
class Late(BaseException):
    pass


def forward(f, x, h):
    raise Late("value")


# %% mutant="recurses" says="recursing without end"
import sys

sys.setrecursionlimit(10**9)


def forward(f, x, h):
    return forward(f, x, h)


# %% mutant="traces-the-probes" says="tracing the judge's probes"
import sys

_seen = []


def _trace(frame, event, argument):
    _seen.append(dict(frame.f_locals))
    return _trace


sys.settrace(_trace)


def forward(f, x, h):
    for found in _seen:
        for name in ("want", "expected", "oracle", "reference"):
            if name in found:
                return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="escapes-by-namespace" says="making a user namespace to become root"
import ctypes


def forward(f, x, h):
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.unshare(0x10000000) == 0
        or libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0
    ):
        return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="starts-with-the-next" says="code that runs when the next one starts"
import os
import site
import sys

_places = [
    *site.getsitepackages(),
    os.path.expanduser("~/.ipython/profile_default/startup"),
]


def forward(f, x, h):
    for place in (*_places, sys.prefix):
        try:
            with open(os.path.join(place, "zz-graders.pth"), "w") as file:
                file.write("import os\n")
        except OSError:
            continue
        return (f(x + h) - f(x)) / h
    return 0.0


# %% mutant="asks-for-input" says="waiting for input"
def forward(f, x, h):
    return float(input("the slope, please: "))


# %% mutant="scores-itself" says="calling the score itself"
from graders import Check

_check = Check("e1-forward-slope", visible=2, hidden=3)
_check.earned = 5.0
_check.score()


def forward(f, x, h):
    return 0.0


# %% mutant="forges-the-count" says="patching the counter of calls"
import sys

_frame = sys._getframe()
while _frame is not None:
    if "modes" in _frame.f_globals:
        _frame.f_globals["modes"].calls = lambda *args, **options: 2
    _frame = _frame.f_back


def forward(f, x, h):
    return 0.0


# %% unusual="warns-and-prints"
import sys
import warnings


def forward(f, x, h):
    warnings.warn("a small step", stacklevel=2)
    sys.stderr.write("working\n")
    return (f(x + h) - f(x)) / h


# %% unusual="asks-for-nothing"
def forward(f, x, h):
    try:
        import jax.numpy as numbers
    except ImportError:
        import numpy as numbers
    return float(numbers.asarray(f(x + h) - f(x)) / h)


# %% unusual="uses-a-scratch-file"
import json
import tempfile


def forward(f, x, h):
    with tempfile.TemporaryFile("w+") as file:
        json.dump([f(x), f(x + h)], file)
        file.seek(0)
        low, high = json.load(file)
    return (high - low) / h


# %% unusual="works-in-a-process-of-its-own"
import os


def forward(f, x, h):
    back, to = os.pipe()
    low, high = f(x), f(x + h)
    if os.fork() == 0:
        os.write(to, repr((high - low) / h).encode())
        os._exit(0)
    os.wait()
    return float(os.read(back, 100))
