# %% unusual="thread-local-subclass"
class LocalMode(threading.local):
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    recording = True


class safe_no_grad(threading.local):
    """`no_grad` for the given mode; one object may serve several threads at once."""

    def __init__(self, mode) -> None:
        self.mode, self.before = mode, []

    def __enter__(self) -> None:
        self.before.append(self.mode.recording)
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        self.mode.recording = self.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% unusual="by-thread-id"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.flags = {}

    @property
    def recording(self) -> bool:
        return self.flags.get(threading.current_thread(), True)

    @recording.setter
    def recording(self, on: bool) -> None:
        self.flags[threading.current_thread()] = on


class safe_no_grad:
    """`no_grad` for the given mode; one object may serve several threads at once."""

    def __init__(self, mode) -> None:
        self.mode, self.stacks, self.lock = mode, {}, threading.Lock()

    def __enter__(self) -> None:
        with self.lock:
            self.stacks.setdefault(threading.get_ident(), []).append(self.mode.recording)
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.mode.recording = self.stacks[threading.get_ident()].pop()

    def __call__(self, function):
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% unusual="contextvars"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self._on = ContextVar("on", default=True)

    recording = property(lambda self: self._on.get(), lambda self, on: self._on.set(on) and None)


class safe_no_grad:
    """`no_grad` for the given mode; one object may serve several threads at once."""

    def __init__(self, mode) -> None:
        self.mode, self.stack = mode, ContextVar("stack", default=None)

    def __enter__(self) -> None:
        self.stack.set((self.mode.recording, self.stack.get()))
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        before, rest = self.stack.get()
        self.stack.set(rest)
        self.mode.recording = before

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with safe_no_grad(self.mode):
                return function(*args, **kwargs)

        return inner


# %% added="before"
from contextvars import ContextVar


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.own = threading.local()

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        return getattr(self.own, 'on', True)

    @recording.setter
    def recording(self, on: bool) -> None:
        self.own.on = on


class safe_no_grad:
    """`no_grad` for the given mode; one object may serve several threads at once."""

    def __init__(self, mode) -> None:
        self.mode, self.own = mode, threading.local()

    def __enter__(self) -> None:
        before = self.own.__dict__.setdefault("before", [])
        before.append(self.mode.recording)
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        self.mode.recording = self.own.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner
