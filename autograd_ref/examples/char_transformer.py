# ruff: noqa: T201 -- its progress is for a person
"""A tiny transformer that learns to write, letter by letter, in the style of a page.

    python -m autograd_ref.examples.char_transformer

trains two causal blocks on the page below and lets them write on. It learns the page
nearly by heart: with so little to read, that is what success looks like. Takes about
20 seconds of one core, in float32. Everything that is random comes from `--seed`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core import shape
from ..errors import ArgumentError
from ..mode import no_grad
from ..nn import (
    Embedding,
    LayerNorm,
    Linear,
    Module,
    TransformerBlock,
    cross_entropy,
)
from ..optim import Adam

__all__ = ["PAGE", "Alphabet", "CharTransformer", "main", "train", "write"]

PAGE = """\
a derivative says how much the result moves when the input moves a little.
a program is a long row of small steps, and each small step has a slope that is known.
so the slope of the whole is a product of the slopes of the parts.
the only question is where to begin.
begin at the input, and you carry one direction forward through every step.
begin at the result, and you carry one question backward through every step.
forward, you learn how all the results move with one input.
backward, you learn how one result moves with all the inputs.
a model has many inputs and one loss, so we walk backward.
but to walk backward, you must remember the way.
every step that you take forward leaves something behind,
a value that its slope will ask for.
the graph is the memory of the program.
when two ways lead from an input to the result, both of them count,
and their slopes add up.
forget one of the ways, and the answer is wrong without a word.
forget to clear what the last walk has left, and the answer is wrong without a word.
write over a value that a slope will ask for, and the answer is wrong,
unless somebody keeps count.
so keep count, keep the order, and add up what arrives.
then the walk back costs no more than a few walks forward,
however many inputs there are.
that is the whole secret, and it fits on one page.
"""
"""What it reads: written for this course."""


class Alphabet:
    """The letters of a text, numbered in order.

    >>> letters = Alphabet("abba")
    >>> letters.numbers("ba"), letters.text([0, 1])
    (array([1, 0]), 'ab')
    """

    def __init__(self, text: str) -> None:
        self.letters = sorted(set(text))
        self._number = {letter: i for i, letter in enumerate(self.letters)}

    def __len__(self) -> int:
        return len(self.letters)

    def numbers(self, text: str) -> Any:
        """The number of each letter; raises `ArgumentError` for an unknown one."""
        unknown = sorted(set(text) - set(self.letters))
        if unknown:
            raise ArgumentError(
                f"the letters {unknown} do not occur in what was read; use "
                f"{''.join(self.letters)!r}."
            )
        return np.array([self._number[letter] for letter in text], dtype=np.int64)

    def text(self, numbers: Sequence[int]) -> str:
        """The letters of these numbers."""
        return "".join(self.letters[i] for i in numbers)


class CharTransformer(Module):
    """Scores for the next letter after each of a sequence's letters.

    Letters (..., T) to scores (..., T, letters), with T at most `context`.

    >>> model = CharTransformer(5, 8, 16, 2, 1, np.random.default_rng(0))
    >>> model([[0, 1, 2], [3, 4, 0]]).shape
    (2, 3, 5)
    """

    def __init__(
        self,
        letters: int,
        context: int,
        width: int,
        heads: int,
        blocks: int,
        rng: np.random.Generator,
        dtype: Any = np.float32,
    ) -> None:
        self.context = context
        self.letter = Embedding(letters, width, rng=rng, dtype=dtype)
        self.place = Embedding(context, width, rng=rng, dtype=dtype)
        self.blocks = [
            TransformerBlock(width, heads, 4 * width, causal=True, rng=rng, dtype=dtype)
            for _ in range(blocks)
        ]
        self.norm = LayerNorm(width, dtype=dtype)
        self.head = Linear(width, letters, rng=rng, dtype=dtype)

    def forward(self, letters: Any) -> Any:
        """The scores, before softmax."""
        x = self.letter(letters) + self.place(np.arange(shape(letters)[-1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def train(
    model: CharTransformer,
    numbers: Any,
    steps: int,
    batch: int,
    lr: float,
    rng: np.random.Generator,
    tell: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Train with Adam on pieces drawn from `numbers`; the loss before each step.

    The rate falls to 0 along half a wave of the cosine. `tell(step, loss)` is called
    with each. Raises `ArgumentError` if there are too few numbers for one piece.

    >>> rng = np.random.default_rng(0)
    >>> model = CharTransformer(2, 4, 8, 2, 1, rng)
    >>> losses = train(model, np.arange(40) % 2, 30, 4, 0.02, rng)
    >>> losses[-1] < 0.5 * losses[0]
    True
    """
    if len(numbers) <= model.context:
        raise ArgumentError(
            f"train() got {len(numbers)} letters for pieces of {model.context} and one "
            "more. Give it more to read, or the model a smaller context."
        )
    optimizer = Adam(model.parameters(), lr=lr)
    offsets = np.arange(model.context + 1)
    losses = []
    for step in range(steps):
        starts = rng.integers(len(numbers) - model.context, size=(batch, 1))
        pieces = numbers[starts + offsets]
        loss = cross_entropy(model(pieces[:, :-1]), pieces[:, 1:])
        optimizer.lr = lr * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        tell(step, losses[-1])
    return losses


def write(
    model: CharTransformer,
    numbers: Any,
    length: int,
    temperature: float,
    rng: np.random.Generator,
) -> Any:
    """`numbers` and `length` letters more, each drawn by the model's own odds.

    A low `temperature` keeps to what is likely, a high one tries more. Raises
    `ArgumentError` unless it is above 0, and for no numbers to go on from.

    >>> rng = np.random.default_rng(0)
    >>> model = CharTransformer(2, 4, 8, 2, 1, rng)
    >>> write(model, np.array([0, 1]), 5, 1.0, rng).shape
    (7,)
    """
    if not len(numbers) or not temperature > 0.0:
        raise ArgumentError(
            f"write() got {len(numbers)} letters and temperature={temperature}; one "
            "letter to go on from and a temperature above 0 are needed."
        )
    written = list(numbers)
    with no_grad():
        for _ in range(length):
            scores = model(np.array(written[-model.context :]))[-1]
            odds = (scores / temperature).softmax().numpy()
            written.append(int(rng.choice(len(odds), p=odds)))
    return np.array(written)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd_ref.examples.char_transformer",
        description="Train a tiny transformer on a page and let it write on.",
        epilog="example:\n"
        "  python -m autograd_ref.examples.char_transformer --temperature 1.0",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--steps", type=int, default=1200, help="steps of Adam (1200)")
    add("--batch", type=int, default=16, help="pieces in a step (16)")
    add("--context", type=int, default=32, help="letters in a piece (32)")
    add("--width", type=int, default=48, help="numbers that stand for a letter (48)")
    add("--heads", type=int, default=2, help="heads of the attention (2)")
    add("--blocks", type=int, default=2, help="blocks, one on the other (2)")
    add("--lr", type=float, default=3e-3, help="rate of Adam at the start (0.003)")
    add("--temperature", type=float, default=0.5, help="how daring it writes (0.5)")
    add("--start", default="the ", help="what it writes on from ('the ')")
    add("--length", type=int, default=300, help="letters that it writes (300)")
    add("--seed", type=int, default=0, help="decides weights, pieces, sample (0)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (the command line's if None).

    >>> main(["--steps", "1", "--length", "2", "--start", "so "])  # doctest: +ELLIPSIS
    1323 letters to read, 27 of them different: guessing costs 3.30
    untrained, it writes: 'so ...
    step    1  loss ...
    so ...
    """
    parser = _parser()
    try:
        _run(parser.parse_args(arguments))
    except ArgumentError as error:
        parser.error(str(error))
    return 0


def _run(chosen: argparse.Namespace) -> None:
    weights, pieces, sample = np.random.default_rng(chosen.seed).spawn(3)
    alphabet = Alphabet(PAGE)
    sizes = (chosen.context, chosen.width, chosen.heads, chosen.blocks)
    model = CharTransformer(len(alphabet), *sizes, weights)
    print(
        f"{len(PAGE)} letters to read, {len(alphabet)} of them different: guessing "
        f"costs {math.log(len(alphabet)):.2f}"
    )

    def written(length: int) -> str:
        start = alphabet.numbers(chosen.start)
        return alphabet.text(write(model, start, length, chosen.temperature, sample))

    def tell(step: int, loss: float) -> None:
        if (step + 1) % 100 == 0 or step == 0:
            print(f"step {step + 1:4d}  loss {loss:.3f}", flush=True)

    print(f"untrained, it writes: {written(40)!r}")
    numbers = alphabet.numbers(PAGE)
    train(model, numbers, chosen.steps, chosen.batch, chosen.lr, pieces, tell)
    print(written(chosen.length))


if __name__ == "__main__":
    sys.exit(main())
