# %% unusual="context-decorator"
class no_grad(contextlib.ContextDecorator):
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self):
        self.before, mode.recording = [*self.before, mode.recording], self.recording
        return self

    def __exit__(self, *error):
        *self.before, mode.recording = self.before
        return False


class enable_grad(no_grad):
    recording = True


# %% unusual="contextvars"
_stack = ContextVar("stack", default=())


class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __enter__(self) -> None:
        _stack.set((mode.recording, _stack.get()))
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording, rest = _stack.get()
        _stack.set(rest)

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with type(self)():
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% added="before"
from contextvars import ContextVar


# %% unusual="contextmanager-functions"
@contextlib.contextmanager
def _switch(on):
    before = mode.recording
    mode.recording = on
    try:
        yield
    finally:
        mode.recording = before


class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.open = []

    def __enter__(self) -> None:
        self.open.append(_switch(self.recording))
        return self.open[-1].__enter__()

    def __exit__(self, *error: object) -> None:
        return self.open.pop().__exit__(*error)

    def __call__(self, function):
        def inner(*args, **kwargs):
            with _switch(self.recording):
                return function(*args, **kwargs)

        return functools.update_wrapper(inner, function)


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% unusual="counter-and-set"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    def __init__(self, on=False) -> None:
        self.on, self.depth, self.saved = on, 0, {}

    def __enter__(self) -> None:
        self.saved[self.depth] = scalar.mode.recording
        self.depth += 1
        scalar.mode.recording = self.on

    def __exit__(self, kind, value, trace) -> None:
        self.depth -= 1
        scalar.mode.recording = self.saved.pop(self.depth)

    def __call__(self, function):
        def inner(*args, **kwargs):
            self.__enter__()
            try:
                return function(*args, **kwargs)
            finally:
                self.__exit__(None, None, None)

        inner.__name__, inner.__doc__ = function.__name__, function.__doc__
        return inner


def enable_grad():
    return no_grad(on=True)


# %% unusual="returns-itself"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before += [mode.recording]
        mode.recording = type(self).recording
        return self

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% unusual="two-classes"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad:
    """Inside, operations are recorded, also within `no_grad`."""

    def __init__(self):
        self.old = []

    def __enter__(self):
        self.old.append(mode.recording)
        setattr(mode, "recording", True)

    def __exit__(self, *error):
        setattr(mode, "recording", self.old.pop())

    __call__ = no_grad.__call__


# %% unusual="helper-cell"
class no_grad(Switch):
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False


class enable_grad(Switch):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% added="before"
class Switch:
    def __init__(self):
        self.before = []

    def __enter__(self):
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *error):
        mode.recording = self.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self.__class__():
                return function(*args, **kwargs)

        return inner


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True
