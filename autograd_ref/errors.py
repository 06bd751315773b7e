"""What can go wrong, each with its name.

Every message says three things: what came, what was needed, what to do. Each
class is also the built-in exception an engineer would expect, so that
`except ValueError` keeps working.
"""

__all__ = [
    "ArgumentError",
    "AutogradError",
    "DTypeError",
    "GraphError",
    "ShapeError",
    "UnsupportedError",
]


class AutogradError(Exception):
    """Any mistake that this package reports about a call.

    >>> issubclass(ShapeError, AutogradError)
    True
    """


class ArgumentError(AutogradError, ValueError):
    """An option or a step size that cannot be used.

    >>> issubclass(ArgumentError, ValueError)
    True
    """


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit: the message gives them both.

    >>> issubclass(ShapeError, ValueError)
    True
    """


class DTypeError(AutogradError, TypeError):
    """A value of a kind that has no derivative here, or would lose it.

    >>> issubclass(DTypeError, TypeError)
    True
    """


class UnsupportedError(AutogradError, TypeError):
    """A function that has no row in the table, called with a traced value.

    >>> issubclass(UnsupportedError, TypeError)
    True
    """


class GraphError(AutogradError, RuntimeError):
    """A backward pass that cannot be run, or a write that would spoil one.

    >>> issubclass(GraphError, RuntimeError)
    True
    """
