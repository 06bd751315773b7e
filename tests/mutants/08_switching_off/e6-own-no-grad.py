# %% mutant="sets-true" says="setting recording to True at the end, whatever was before"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = True

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="turns-round" says="setting the opposite at the end, whatever was before"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = not self.recording

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="never-restores" says="never putting the state back"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="one-memory" says="remembering one state only, which a second entry overwrites"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = True

    def __enter__(self) -> None:
        self.before = mode.recording
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="first-memory" says="taking the oldest state from the stack instead of the newest"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before.pop(0)

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="remembers-when-made" says="remembering the state when the object is made, not when it is entered"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = mode.recording

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="switches-when-made" says="switching when the object is made"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = [mode.recording]
        mode.recording = self.recording

    def __enter__(self) -> None:
        self.before.append(mode.recording)

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


# %% mutant="swallows" says="swallowing the exception"
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
        return True

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="not-after-an-exception" says="putting the state back only if nothing was raised"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
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


# %% mutant="decorator-forgets" says="forgetting to switch while a decorated function runs"
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
            return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="decorates-by-calling" says="calling the function when it is decorated"
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
        with self:
            result = function()
        return lambda *args, **kwargs: result


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="switches-when-decorated" says="switching when the function is decorated, not when it runs"
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
        self.__enter__()

        @functools.wraps(function)
        def inner(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            finally:
                self.__exit__()

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="loses-the-result" says="losing the result of the decorated function"
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
                function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="loses-keywords" says="losing keyword arguments"
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
        def inner(*args):
            with self:
                return function(*args)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="loses-the-name" says="losing the name of the decorated function"
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
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="decorator-without-finally" says="putting the state back after a decorated function only if nothing was raised"
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
            self.__enter__()
            result = function(*args, **kwargs)
            self.__exit__()
            return result

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="enable-is-no-grad" says="switching off in enable_grad, too"
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


# %% mutant="enable-does-nothing" says="doing nothing in enable_grad"
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

    def __enter__(self):
        pass

    def __exit__(self, *error):
        pass

    def __call__(self, function):
        return function


# %% mutant="enable-only-undoes" says="undoing one no_grad in enable_grad, and leaving recording on afterwards"
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

    def __exit__(self, *error):
        mode.recording = True


# %% mutant="torch-s-switch" says="switching PyTorch off instead of the engine"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        self.before = []

    def __enter__(self) -> None:
        self.before.append(torch.is_grad_enabled())
        torch.set_grad_enabled(self.recording)

    def __exit__(self, *error: object) -> None:
        torch.set_grad_enabled(self.before.pop())

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% mutant="stack-of-the-class" says="sharing one stack among all objects, taken from the wrong end"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        no_grad.stack = getattr(no_grad, 'stack', []) + [mode.recording]
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = no_grad.stack[0]
        no_grad.stack = no_grad.stack[1:]

    def __call__(self, function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True
