"""The closed list of properties: what is run, what comes back, what it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One row: a kind of property, in words that the documentation shows.

    `evidence` tells kinds that are measured beside the student's code, and could be
    forged there, from kinds whose value is judged outside and cannot.
    """

    name: str
    evidence: bool
    probe: str
    result: str
    oracle: str
    tolerance: str


_CLOSE = "NUMERIC plus the oracle's bound; EXACT for a closed form"
_ROWS = (
    Kind("derivative", False, "student(f, x)", "a number", "Romberg, or exact", _CLOSE),
    Kind("gradient", False, "student(f, x)", "array, x's shape", "Romberg", _CLOSE),
    Kind("jacobian", False, "student(f, x)", "array (m, n)", "Romberg", _CLOSE),
    Kind("jvp", False, "student(f, x, v)", "[value, tangent]", "f(x), Romberg", _CLOSE),
    Kind("vjp", False, "student(f, x, u)", "array, x's shape", "Romberg", _CLOSE),
    Kind("adjoint", False, "push, pull", "[Jv, J^T u]", "<u,Jv> = <J^T u,v>", "1e-10"),
    Kind("value", False, "probe(*case)", "plain data", "stated, closed form", "EXACT"),
    Kind("raises", False, "probe(*case)", "class names", "an error class", "equality"),
    Kind("unchanged", True, "probe(*case)", "the case", "the case before", "bitwise"),
    Kind("calls", True, "probe(counted, *case)", "a count", "a bound", "the bound"),
    Kind("peak", True, "probe(*case)", "bytes", "a bound", "the bound"),
    Kind("facts", False, "answers[key]", "plain data", "the executed fact", "EXACT"),
    Kind("behaviour", False, "probe(*case)", "plain data", "a predicate", "its own"),
)
KINDS: dict[str, Kind] = {row.name: row for row in _ROWS}
