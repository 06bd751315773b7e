"""A model as a Python object: its parameters are the tensors that it holds.

`Module` keeps no registry. What it holds is looked up when it is asked for: every
`Tensor` that is reached through attributes, lists, tuples and dicts is a parameter, and
its name is the path to it. So three silent mistakes of torch's cannot be made here: a
plain list of layers is found, a tensor that is no `Parameter` is found, and a forgotten
`super().__init__()` does no harm. What cannot be named or trained is refused instead:

- a tensor that an operation made: gradients gather in leaves only;
- a set, which has no order, and a module that holds itself;
- two parameters of one name.

Other objects are not looked into. A constant belongs in a NumPy array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from .core import shape
from .errors import ArgumentError, DTypeError, GraphError, ShapeError
from .mode import no_grad
from .tensor import Tensor

__all__ = ["Module"]


class Module:
    """What has parameters, and a `forward` that uses them; calling it runs `forward`.

    Names and semantics are those of `torch.nn.Module`, with these differences: every
    tensor held is a parameter, also one that does not require grad (an optimiser
    leaves alone what has no gradient); there are no buffers; `state_dict` copies.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slopes = [Tensor(2.0, requires_grad=True)]
    ...         self.shift = Tensor(1.0, requires_grad=True)
    ...     def forward(self, x):
    ...         return self.slopes[0] * x + self.shift
    >>> line = Line()
    >>> [name for name, _ in line.named_parameters()]
    ['slopes.0', 'shift']
    >>> line(3.0).backward()
    >>> line.slopes[0].grad
    tensor(3.)
    """

    training: bool = True

    def forward(self, *args: Any, **options: Any) -> Any:
        """What calling the module gives; a subclass says what that is."""
        raise NotImplementedError(
            f"{type(self).__name__} has no forward(); write one, or inherit it"
        )

    def __call__(self, *args: Any, **options: Any) -> Any:
        """`forward`, with the same arguments."""
        return self.forward(*args, **options)

    # -- what it holds -----------------------------------------------------------
    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Each parameter once, with its name: the first path that leads to it.

        Raises `GraphError` for a tensor that an operation made, `ArgumentError` for
        what cannot be named (see the top of this module).
        """
        seen: set[int] = set()
        for name, tensor in _tensors(self):
            if id(tensor) not in seen:
                seen.add(id(tensor))
                yield name, tensor

    def parameters(self) -> Iterator[Tensor]:
        """Each parameter once, in the order of `named_parameters`."""
        return (tensor for _, tensor in self.named_parameters())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Each module once, this one first, its own name being empty."""
        seen: set[int] = set()
        for name, item in _walk(self):
            if isinstance(item, Module) and id(item) not in seen:
                seen.add(id(item))
                yield name, item

    def modules(self) -> Iterator[Module]:
        """Each module once, this one first."""
        return (module for _, module in self.named_modules())

    # -- what is set for all of it -------------------------------------------------
    def train(self, mode: bool = True) -> Self:
        """Set `training` here and in every module below; returns this module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """`train(False)`: dropout passes everything on."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Start or stop tracking every parameter; returns this module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self) -> None:
        """Forget every gradient: `.grad` is None again, as after torch's."""
        for parameter in self.parameters():
            parameter.grad = None

    # -- what is kept of it --------------------------------------------------------
    def state_dict(self) -> dict[str, Any]:
        """A copy of every parameter as an array, by name; a shared one by each name.

        Torch's shares the parameters' memory, so that a "best state so far" follows
        the training; these are copies. `np.savez(path, **model.state_dict())` saves.
        """
        return {name: tensor.primal.copy() for name, tensor in _tensors(self)}

    def load_state_dict(
        self, state: Mapping[str, Any], strict: bool = True
    ) -> tuple[list[str], list[str]]:
        """Write arrays (or tensors, torch's too) into the parameters of their names.

        Returns the names that are missing from `state` and those that it has too
        many. Raises `ArgumentError` for either if `strict`, `ShapeError` and
        `DTypeError` for what does not fit; then nothing has been written.
        """
        own = dict(_tensors(self))
        missing = [name for name in own if name not in state]
        extra = [name for name in state if name not in own]
        if strict and (missing or extra):
            raise ArgumentError(
                f"load_state_dict() of {type(self).__name__}: parameters without a "
                f"value: {_listed(missing)}; values without a parameter: "
                f"{_listed(extra)}. Build the model as it was when it was saved, or "
                "pass strict=False."
            )
        found = {name: _array(state[name]) for name in own if name in state}
        for name, array in found.items():
            _fits(name, array, own[name])
        with no_grad():
            for name, array in found.items():
                own[name].copy_(array)
        return missing, extra

    def __repr__(self) -> str:
        lines = [f"  {name} {tensor.shape}" for name, tensor in _tensors(self)]
        name = type(self).__name__
        return "\n".join([f"{name}(", *lines, ")"]) if lines else f"{name}()"


def _array(value: Any) -> Any:
    return value.primal if isinstance(value, Tensor) else np.asarray(value)


def _fits(name: str, array: Any, tensor: Tensor) -> None:
    if shape(array) != tensor.shape:
        raise ShapeError(
            f"load_state_dict() got {name} of shape {shape(array)}, and the module has "
            f"{tensor.shape}; they must be equal. Build the model with the sizes that "
            "it had when it was saved."
        )
    if not np.can_cast(array.dtype, tensor.dtype, "same_kind"):
        raise DTypeError(
            f"load_state_dict() got {name} of dtype {array.dtype}, which does not go "
            f"into {tensor.dtype}. Real numbers are needed."
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5]) or "none"
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


# -- the walk ----------------------------------------------------------------------
def _tensors(root: Module) -> Iterator[tuple[str, Tensor]]:
    """Every parameter, by every path that leads to it."""
    for name, item in _walk(root):
        if isinstance(item, Tensor):
            if not item.is_leaf:
                raise GraphError(
                    f"{type(root).__name__} holds {name}, a tensor that was made by "
                    f"{item.grad_fn}: gradients gather in leaves, so it would never be "
                    "trained. For a parameter, compute the array first and give it to "
                    "Tensor(..., requires_grad=True); of an activation, keep "
                    ".detach().numpy()."
                )
            yield name, item


def _walk(root: Module) -> Iterator[tuple[str, Module | Tensor]]:
    """Modules and tensors from `root` down, in the order of their attributes."""
    names: set[str] = set()
    stack: list[tuple[Any, tuple[str, ...], tuple[int, ...]]] = [(root, (), ())]
    while stack:
        item, path, above = stack.pop()
        if isinstance(item, Module | Tensor):
            name = _name(path, names)
            yield name, item
        parts = _parts(item, path)
        if parts and id(item) in above:
            raise ArgumentError(
                f"{type(root).__name__} holds a part that holds itself, "
                f"{'.'.join(path)}. Pass what is above as an argument of forward()."
            )
        inside = (*above, id(item))
        stack += [(part, (*path, key), inside) for key, part in reversed(parts)]


def _parts(item: Any, path: tuple[str, ...]) -> list[tuple[str, Any]]:
    """What an item holds, by key; nothing for all that is not looked into."""
    if isinstance(item, Module):
        return list(vars(item).items())
    if isinstance(item, list | tuple):
        return [(str(i), part) for i, part in enumerate(item)]
    if isinstance(item, dict):
        return [(str(key), part) for key, part in item.items()]
    if isinstance(item, set | frozenset) and any(
        isinstance(part, Module | Tensor) for part in item
    ):
        raise ArgumentError(
            f"{'.'.join(path)} is a {type(item).__name__}, which has no order, so its "
            "parts have no names. Use a list, a tuple or a dict."
        )
    return []


def _name(path: tuple[str, ...], names: set[str]) -> str:
    name = ".".join(path)
    if name in names or any("." in key for key in path):
        raise ArgumentError(
            f"the name {name!r} stands for two parts of a module, or has a dot in one "
            "of its keys; each part needs a name of its own. Change the dict's keys."
        )
    names.add(name)
    return name
