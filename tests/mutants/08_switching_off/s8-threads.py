# %% mutant="one-flag-for-all" says="keeping one flag for all threads"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.on = True

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        return self.on

    @recording.setter
    def recording(self, on: bool) -> None:
        self.on = on


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


# %% mutant="new-threads-off" says="starting new threads switched off"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.own = threading.local()

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        return getattr(self.own, 'on', False)

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


# %% mutant="only-the-maker-records" says="setting the flag only in the thread that makes the object"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.own = threading.local()
        self.own.on = True

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        return self.own.on

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


# %% mutant="inherits" says="starting new threads with the flag that was set last"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        self.own, self.last = threading.local(), True

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        return getattr(self.own, 'on', self.last)

    @recording.setter
    def recording(self, on: bool) -> None:
        self.own.on = self.last = on


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


# %% mutant="set-is-lost" says="never storing what was set"
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
        pass


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


# %% mutant="shared-stack" says="keeping the stack of the switch for all threads in common"
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


# %% mutant="single-memory" says="remembering one state in each thread, which a second entry overwrites"
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
        self.own.before = self.mode.recording
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        self.mode.recording = self.own.before

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="sets-true" says="setting True at the end"
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
        self.own.before.pop()
        self.mode.recording = True

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="swallows" says="swallowing the exception"
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
        return True

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="not-after-an-exception" says="putting the state back only if nothing was raised"
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
        if error[0] is None:
            self.mode.recording = self.own.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="switches-on" says="switching on instead of off"
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
        self.mode.recording = True

    def __exit__(self, *error: object) -> None:
        self.mode.recording = self.own.before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="remembers-when-made" says="remembering the state of the thread that made the switch"
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
        self.mode, self.before = mode, mode.recording

    def __enter__(self) -> None:
        self.mode.recording = False

    def __exit__(self, *error: object) -> None:
        self.mode.recording = self.before

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


# %% mutant="decorator-forgets" says="forgetting to switch while a decorated function runs"
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
            return function(*args, **kwargs)

        return inner


# %% mutant="other-mode" says="switching the engine's own mode instead of the one given"
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
        self.mode, self.own = scalar.mode, threading.local()

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
