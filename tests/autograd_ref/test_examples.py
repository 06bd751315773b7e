"""The programs to run: they learn, they say what they do, they can be repeated."""

import math

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.errors import ArgumentError
from autograd_ref.examples import char_transformer, two_moons
from autograd_ref.nn import MLP


@pytest.mark.parametrize("seed", range(3))
def test_the_network_parts_the_moons(seed):
    rng = np.random.default_rng(seed)
    known, new = two_moons.moons(200, 0.1, rng), two_moons.moons(200, 0.1, rng)
    model = MLP([2, 16, 16, 2], ops.tanh, rng=rng)
    assert two_moons.accuracy(model, new) < 0.9
    losses = two_moons.train(model, known, steps=150, lr=0.02)
    assert losses[0] == pytest.approx(math.log(2.0), rel=0.3)
    assert losses[-1] < 0.05 * losses[0]
    assert two_moons.accuracy(model, new) > 0.97


def test_the_moons_are_half_circles_that_reach_into_each_other():
    places, labels = two_moons.moons(100, 0.0, np.random.default_rng(0))
    upper, lower = places[labels == 0], places[labels == 1]
    assert np.allclose(np.hypot(*upper.T), 1.0)
    assert np.allclose(np.hypot(*(lower - [1.0, 0.5]).T), 1.0)
    assert upper[:, 1].min() >= 0.0
    assert lower[:, 1].max() <= 0.5
    assert lower[:, 0].min() < upper[:, 0].max()
    assert lower[:, 1].max() > upper[:, 1].min()


def test_the_transformer_learns_the_page():
    rng = np.random.default_rng(0)
    alphabet = char_transformer.Alphabet(char_transformer.PAGE)
    numbers = alphabet.numbers(char_transformer.PAGE)
    model = char_transformer.CharTransformer(len(alphabet), 16, 32, 2, 1, rng)
    losses = char_transformer.train(model, numbers, 300, 8, 1e-2, rng)
    assert np.mean(losses[:3]) > 0.9 * math.log(len(alphabet))
    # Less than knowing the letter before gives: 2.03, the entropy of pairs.
    assert np.mean(losses[-20:]) < 0.55 * np.mean(losses[:3])


def test_the_transformer_writes_what_it_has_learnt():
    rng = np.random.default_rng(0)
    alphabet = char_transformer.Alphabet("abc")
    numbers = alphabet.numbers("abc" * 10)
    model = char_transformer.CharTransformer(3, 4, 8, 2, 1, rng)
    char_transformer.train(model, numbers, 150, 8, 0.02, rng)
    written = char_transformer.write(model, alphabet.numbers("b"), 8, 0.3, rng)
    assert alphabet.text(written) == "bcabcabca"


@pytest.mark.parametrize(
    "program, arguments",
    [
        (two_moons, ["--steps", "60", "--points", "40"]),
        (char_transformer, ["--steps", "2", "--length", "20", "--batch", "2"]),
    ],
)
def test_a_program_says_the_same_for_the_same_seed(program, arguments, capsys):
    said = []
    for seed in ("1", "1", "2"):
        assert program.main([*arguments, "--seed", seed]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    assert "step    1  loss" in said[0]


@pytest.mark.parametrize("program", [two_moons, char_transformer])
def test_help_ends_with_an_example(program, capsys):
    with pytest.raises(SystemExit) as stop:
        program.main(["--help"])
    assert stop.value.code == 0
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith(f"  python -m {program.__name__} --")


@pytest.mark.parametrize(
    "program, arguments, words",
    [
        (two_moons, ["--lr", "-1"], "lr=-1.0"),
        (char_transformer, ["--start", "THE"], "['E', 'H', 'T'] do not occur"),
        (char_transformer, ["--start", ""], "one letter to go on from"),
        (char_transformer, ["--temperature", "0"], "temperature above 0"),
        (char_transformer, ["--heads", "5"], "num_heads=5"),
        (char_transformer, ["--context", "9999"], "1323 letters for pieces of 9999"),
    ],
)
def test_an_option_that_cannot_be_used_is_told_before_training(
    program, arguments, words, capsys
):
    with pytest.raises(SystemExit) as stop:
        program.main(arguments)
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert words in said.err.replace("\n", " ")
    assert "step" not in said.out


def test_an_unknown_letter_is_an_argument_error():
    with pytest.raises(ArgumentError, match="do not occur"):
        char_transformer.Alphabet("ab").numbers("abc")
