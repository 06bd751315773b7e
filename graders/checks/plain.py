"""The closed codec: what a student's process may say, and nothing else.

`encode` turns a result into JSON scalars, hex floats and base64 arrays of plain
numbers; `decode` reads that back and trusts nothing: depth, size, dtype and shape
are checked before memory is taken.  Nothing is unpickled, imported or evaluated.
"""

from __future__ import annotations

import base64
import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_DEPTH = 24
MAX_ITEMS = 200_000
MAX_TEXT = 20_000
MAX_BYTES = 32 * 2**20
MAX_BITS = 4096
_KINDS = "biufc"


@dataclass(frozen=True)
class Other:
    """Stands for a result that is not plain data; equal to nothing but itself."""

    type: str


class CodecError(ValueError):
    """A message that is not what `encode` can have written."""


class _Budget:
    def __init__(self) -> None:
        self.items, self.bytes = MAX_ITEMS, MAX_BYTES

    def take(self, depth: int, size: int = 0) -> None:
        self.items -= 1
        self.bytes -= size
        if depth > MAX_DEPTH or self.items < 0 or self.bytes < 0:
            raise CodecError(
                f"a result may have at most {MAX_ITEMS} items, {MAX_BYTES} bytes of "
                f"arrays and {MAX_DEPTH} levels; this one has more."
            )


def encode(value: Any) -> Any:
    """JSON-able form of `value`; what is not plain data becomes `{"o": type name}`."""
    try:
        return _encode(value, 0, _Budget())
    except CodecError as error:
        return {"o": str(error)}
    except RecursionError:
        return {"o": "a structure that contains itself"}


def _encode(value: Any, depth: int, budget: _Budget) -> Any:
    budget.take(depth)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT]
    if isinstance(value, int):
        return _encode_int(value)
    if isinstance(value, float):
        return {"f": float.hex(value)}
    if isinstance(value, complex):
        return {"c": [float.hex(value.real), float.hex(value.imag)]}
    if isinstance(value, (list, tuple)):
        return {"l": [_encode(v, depth + 1, budget) for v in value]}
    if isinstance(value, dict):
        pairs = [(k, v) for k, v in value.items()]
        return {"d": [[_encode(x, depth + 1, budget) for x in kv] for kv in pairs]}
    return _encode_array(value, budget)


def _encode_int(value: int) -> Any:
    if value.bit_length() > MAX_BITS:
        raise CodecError(f"an int of {value.bit_length()} bits; at most {MAX_BITS}.")
    return int(value) if abs(value) < 2**53 else {"i": hex(value)}


def _encode_array(value: Any, budget: _Budget) -> Any:
    if isinstance(value, np.generic):
        value = np.asarray(value)
        if value.dtype.kind == "b":
            return bool(value)
    array = _as_array(value)
    if array is None or array.dtype.kind not in _KINDS:
        return {"o": type(value).__name__}
    if array.dtype == np.longdouble:
        array = array.astype(np.float64)
    budget.take(0, array.nbytes)
    flat = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))
    data = base64.b64encode(flat.tobytes()).decode("ascii")
    return {"a": [flat.dtype.str, list(array.shape), data]}


def _as_array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        dense = value.detach()
        dense = dense.to_dense() if dense.layout != torch.strided else dense
        if dense.dtype in (torch.bfloat16,):
            dense = dense.float()
        return dense.resolve_conj().resolve_neg().cpu().numpy()
    return None


def decode(message: Any) -> Any:
    """The value that `encode` wrote: numbers, strings, lists, dicts, arrays, `Other`.

    Raises `CodecError` for anything that `encode` cannot have written.

    >>> decode(encode([1, 2.5, None]))
    [1, 2.5, None]
    """
    return _decode(message, 0, _Budget())


def _decode(message: Any, depth: int, budget: _Budget) -> Any:
    budget.take(depth)
    if message is None or isinstance(message, bool):
        return message
    if isinstance(message, int) and message.bit_length() <= MAX_BITS:
        return message
    if isinstance(message, str) and len(message) <= MAX_TEXT:
        return message
    if not (isinstance(message, dict) and len(message) == 1):
        raise CodecError(f"got a bare {type(message).__name__}; see encode().")
    ((tag, body),) = message.items()
    if tag == "l" and isinstance(body, list):
        return [_decode(m, depth + 1, budget) for m in body]
    if tag == "d" and isinstance(body, list):
        return dict(_decode_pair(pair, depth, budget) for pair in body)
    return _decode_leaf(tag, body, budget)


def _decode_pair(pair: Any, depth: int, budget: _Budget) -> tuple[Any, Any]:
    if not (isinstance(pair, list) and len(pair) == 2):
        raise CodecError("a dict entry must be a [key, value] pair.")
    key, value = (_decode(m, depth + 1, budget) for m in pair)
    if isinstance(key, list):
        key = repr(key)
    if isinstance(key, (dict, np.ndarray)):
        raise CodecError("a dict key must be a number, a string or a tuple.")
    return key, value


def _decode_leaf(tag: str, body: Any, budget: _Budget) -> Any:
    try:
        if tag == "f" and isinstance(body, str) and len(body) < 64:
            return float.fromhex(body)
        if tag == "c" and isinstance(body, list) and len(body) == 2:
            return complex(float.fromhex(body[0]), float.fromhex(body[1]))
        if tag == "i" and isinstance(body, str) and len(body) <= MAX_BITS // 4 + 4:
            return int(body, 16)
        if tag == "o" and isinstance(body, str):
            return Other(body[:200])
        if tag == "a" and isinstance(body, list) and len(body) == 3:
            return _decode_array(body[0], body[1], body[2], budget)
    except (ValueError, TypeError, OverflowError) as error:
        raise CodecError(f"a damaged {tag!r} entry: {error}") from None
    raise CodecError(f"an unknown entry {tag!r}.")


def _decode_array(dtype: Any, shape: Any, data: Any, budget: _Budget) -> Any:
    if not (isinstance(dtype, str) and len(dtype) < 6 and isinstance(data, str)):
        raise CodecError("an array needs a dtype and base64 text.")
    kind = np.dtype(dtype)
    sizes_ok = isinstance(shape, list) and len(shape) <= 32
    if kind.kind not in _KINDS or kind.hasobject or not sizes_ok:
        raise CodecError(f"an array of dtype {dtype!r} and shape {shape!r}.")
    if not all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape):
        raise CodecError(f"an array of shape {shape!r}.")
    size = math.prod(shape) * kind.itemsize
    budget.take(0, size)
    raw = base64.b64decode(data, validate=True)
    if len(raw) != size:
        raise CodecError(f"an array of {size} bytes came with {len(raw)}.")
    return np.frombuffer(raw, dtype=kind).reshape(shape).copy()
