"""The sentences a reader sees: what came, what was needed, what to do next."""

from __future__ import annotations

from typing import Any

from .compare import short

UNWRITTEN = "not written yet: replace the `raise NotImplementedError` by your answer"

WAITS = "this counts as soon as one of your results is right"

UNANSWERED = "not answered yet: put your answer in the place of None"


def is_stub(error: str, text: str) -> bool:
    """Whether an exception is that of an answer nobody has written yet."""
    return error == "NotImplementedError" and "write your answer" in text


def error(came: dict[str, Any]) -> str:
    """What to say of a case that gave no value."""
    if "late" in came:
        return (
            f"no answer within {came['late']:g} s: is there a loop that never ends, "
            "or one that does far more work than needed?"
        )
    if is_stub(came["error"], came["text"]):
        return UNWRITTEN
    at = f" ({came['at']})" if came.get("at") else ""
    return f"raised {came['error']}: {came['text']}{at}{_help(came)}"


_HELP = {
    "ZeroDivisionError": "which divisor can be 0 here?",
    "RecursionError": "the call stack has an end: use a loop, or check the base case",
    "UnboundLocalError": "a name is used before the line that sets it ran",
    "SystemExit": "an answer must not end the program",
    "MemoryError": "it asked for more memory than there is: what grows?",
}


def _help(came: dict[str, Any]) -> str:
    kind, text = came["error"], came["text"]
    if kind == "NameError":
        return "; run the answer's cell first, and keep the name the exercise gives"
    if kind == "TypeError" and "positional argument" in text:
        return "; compare the parameters with the signature in the exercise"
    if kind == "TypeError" and "NoneType" in text:
        return "; did a function forget to `return`?"
    return f"; {_HELP[kind]}" if kind in _HELP else ""


def notes(warned: list[str], printed: str) -> list[str]:
    """What was said aside while the property ran; never a reason to fail it."""
    said = [f"your code warned: {text}" for text in warned[:3]]
    if printed.strip():
        said.append(f"your code printed: {short(printed.strip(), 120)}")
    return said


def broken_check(error: Exception) -> str:
    """The check, not the answer, went wrong."""
    return (
        f"the check itself failed ({type(error).__name__}: {short(str(error), 200)}). "
        "If you changed the check cell, restore it; else please report this."
    )


def unreadable(got: Any, error: Exception) -> str:
    """A result that the property cannot work with."""
    return f"got {short(got)}, which cannot be used here ({short(str(error), 120)})"


def silent(missing: int) -> str:
    """Inputs without an answer."""
    return f"{missing} of the inputs got no answer"


def nothing_ran(exercise: str) -> str:
    """A check cell that lost its properties."""
    return f"no property of {exercise} ran; restore the check cell and run it again."


def miscounted(region: str, ran: int, expected: int) -> str:
    """A check cell that lost or gained properties."""
    return (
        f"{ran} {region} properties ran where {expected} were expected; restore the "
        "check cell (a fresh copy of the lesson has it) and run it again."
    )
