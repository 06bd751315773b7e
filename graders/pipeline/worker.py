"""The process that holds one submission's code, and can be killed.

It runs cells in a namespace of its own and answers probes with plain data.  It knows
no expected value.  Its protocol runs over private copies of standard input and
output, so that whatever the submission prints goes nowhere.
"""

from __future__ import annotations

import ast
import builtins
import io
import linecache
import os
import pickle
import re
import sys
import types
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from typing import IO, Any

from graders.checks import hosts, meter, modes, plain, torch_probes
from graders.pipeline import wire

_MAGIC = re.compile(r"^(\s*)([%!?].*|[\w.]+\?{1,2})$", re.MULTILINE)


class Walled(MetaPathFinder):
    """Refuses the modules that a lesson does without, when the submission asks.

    Libraries import one another as they like: only the asker's own frame counts.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Raise for a refused module; leave every other one to the next finder."""
        if refused(name, self.names) and _asked_by_submission():
            raise _refusal(name)


def refused(name: str, names: Sequence[str]) -> bool:
    """Whether `name` is one of `names` or inside one of them."""
    return any(name == n or name.startswith(n + ".") for n in names)


def _refusal(name: str) -> ModuleNotFoundError:
    text = f"{name} is not to be had in this lesson: the exercise is to do without it."
    return ModuleNotFoundError(text, name=name)


def _asked_by_submission() -> bool:
    """Whether the import that runs now stands in the submission's own code."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None:
        asker = str(frame.f_globals.get("__name__", ""))
        if not asker.startswith(("importlib", "_frozen_importlib")):
            return asker in ("__main__", __name__)
        frame = frame.f_back
    return False


def _importer(names: Sequence[str]) -> Callable[..., Any]:
    """`__import__` for the submission: modules already loaded are refused as well."""

    def load(
        name: str,
        globals: Any = None,  # noqa: A002 - the names that Python calls it with
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        wanted = [name, *(f"{name}.{part}" for part in fromlist or ())]
        for full in wanted if level == 0 else ():
            if refused(full, names):
                raise _refusal(full)
        return _import(name, globals, locals, fromlist, level)

    return load


_import = builtins.__import__


class InertCheck:
    """What `from graders import Check` gives where answers run: it checks nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


class Workplace:
    """The namespace of one submission, and what may be asked of it."""

    def __init__(self, forbid: Sequence[str]) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__["display"] = _nothing
        own = {**vars(builtins), "__import__": _importer(forbid)}
        self.module.__dict__["__builtins__"] = own
        sys.modules["__main__"] = self.module
        _blunt(forbid)

    def run(self, name: str, source: str) -> dict[str, Any]:
        """Run one cell; an error is an answer, not an end."""
        file = f"<cell {name}>"
        source = _as_python(source)
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        try:
            code = compile(source, file, "exec")
            exec(code, self.module.__dict__)  # noqa: S102 - what a worker is for
        except BaseException as error:
            return {
                "error": type(error).__name__,
                "text": hosts._message(error),
                "at": hosts._where(error),
            }
        return {"ok": True}

    def probe(self, blob: bytes, seconds: float) -> dict[str, Any]:
        """Run a property's probe on its cases."""
        try:
            probe, cases = _Unpickler(io.BytesIO(blob), self.module.__dict__).load()
        except Exception as error:
            names = [cls.__name__ for cls in type(error).__mro__]
            text = hosts._message(error)
            return {"cases": [{"error": names[0], "mro": names, "text": text}]}
        try:
            return hosts.run_here(hosts.Job(probe, cases, seconds))
        except BaseException as error:
            name = type(error).__name__
            return {"cases": [{"error": name, "mro": [name], "text": "interrupted"}]}


def _as_python(source: str) -> str:
    """A cell without notebook magics, which are only looked for where Python fails."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return _MAGIC.sub(r"\1pass", source)
    return source


class _Unpickler(pickle.Unpickler):
    """Reads what the judge sent; names of the submission are looked up here."""

    def __init__(self, file: IO[bytes], namespace: dict[str, Any]) -> None:
        super().__init__(file)
        self.namespace = namespace

    def find_class(self, module: str, name: str) -> Any:
        """Our own modules as they were before the walls went up."""
        if module in _OURS:
            return getattr(_OURS[module], name)
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> Any:
        name = str(pid)
        if name not in self.namespace:  # a reader renamed it, or its cell failed
            raise NameError(f"`{name}` is not defined")
        return self.namespace[name]


_OURS = {m.__name__: m for m in (hosts, modes, meter, plain, torch_probes)}


def _blunt(forbid: Sequence[str]) -> None:
    """Take away what answers must not reach: oracles, and a lesson's own answer."""
    import graders

    show = types.ModuleType("graders.show")
    for name in ("figure", "table", "result"):
        setattr(show, name, _nothing)
    show.__dict__["subplots"] = _subplots
    graders.__dict__.update(Check=InertCheck, Tolerance=InertCheck, show=show)
    graders.__dict__.update(EXACT=None, NUMERIC=None)
    sys.modules["graders.show"] = show
    for name in [n for n in sys.modules if refused(n, forbid)]:
        parent, _, leaf = name.rpartition(".")
        sys.modules.get(parent, types.ModuleType("")).__dict__.pop(leaf, None)
        del sys.modules[name]
    sys.meta_path.insert(0, Walled(forbid))


def _subplots(*args: Any, **kwargs: Any) -> Any:
    import matplotlib.pyplot as plt

    return plt.subplots(*args, **kwargs)


def serve(
    incoming: wire.Source, outgoing: wire.Sink, place: Workplace | None = None
) -> None:
    """Answer requests until the judge hangs up; `place` is one already set up."""
    while True:
        try:
            header, blob = wire.receive(incoming, max_blob=1 << 30)
        except wire.WireError:
            return
        if header["op"] == "setup":
            place = Workplace(header["forbid"])
            answer: dict[str, Any] = {"ok": True}
        elif place is None:
            answer = {"error": "ProtocolError", "text": "setup must come first"}
        elif header["op"] == "run":
            answer = place.run(header["name"], header["source"])
        else:
            answer = place.probe(blob, float(header["seconds"]))
        wire.send(outgoing, answer)


def main() -> None:
    """Serve over the standard streams, which the submission then cannot reach."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    serve(incoming, outgoing)


if __name__ == "__main__":
    main()
