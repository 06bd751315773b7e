"""The formula language: what is read, and what is said of what cannot be."""

import random

import pytest

from tests.autograd_ref.playground.js import ask, one

PIECES = [
    *"xyzab0123456789.+-*/^()=;, \t\n_$é∂#'\"\\[]{}<>&|!?:@~`",
    "**", "sin", "exp(", "max(", "pi", "1e309", "1e-400", "constructor", "__proto__",
    "toString", "hasOwnProperty(", "a = ", "x*", "(((((", "-" * 70, "2**" * 30, "😀",
]  # fmt: skip


def test_ten_thousand_random_strings_are_read_or_refused_in_words():
    draw = random.Random(20)
    texts = ["".join(draw.choices(PIECES, k=draw.randint(0, 24))) for _ in range(9000)]
    texts += [
        "".join(chr(draw.randrange(1, 0xD000)) for _ in range(20)) for _ in range(990)
    ]
    long = ["x+" * 499 + "x", "(" * 500, "-" * 1000, "x**" * 300 + "x", "x" * 1000]
    long += ["x;" * 500, "a=" * 300, "sin(" * 250, "x" * 1001, "1" * 1000 + "x"]
    answers = ask([{"job": "fuzz", "formula": text} for text in texts + long])
    assert len(answers) == 10_000
    assert sum(answer == "read" for answer in answers) > 50
    for text, answer in zip(texts + long, answers, strict=True):
        assert answer == "read" or 0 <= answer["at"] <= len(text.encode("utf-16")), text


@pytest.mark.parametrize(
    "formula,code,at,expected",
    [
        ("x + ", "ended", 4, "operand"),
        ("", "ended", 0, "operand"),
        ("x)", "unexpected", 1, "operator"),
        ("(x", "ended", 2, "close"),
        ("sin x", "needs_call", 4, "open"),
        ("foo(x)", "no_function", 0, "function"),
        ("max(x)", "unexpected", 5, "comma"),
        ("sin(x, y)", "unexpected", 5, "close"),
        ("a = a", "itself", 0, "new_name"),
        ("x; x = 1", "twice", 3, "new_name"),
        ("sin = x", "taken", 0, "new_name"),
        ("3", "no_input", 0, "operand"),
        ("x $ 2", "stranger", 2, ""),
        ("2x", "unexpected", 1, "operator"),
        ("x*1e999", "huge", 2, ""),
        ("(" * 61 + "x", "too_deep", 61, ""),
        ("x" * 1001, "too_long", 1000, ""),
        ("constructor(x)", "no_function", 0, "function"),
        ("a+b+c+d+f+g+h+i+j+k+l+m+n", "too_many", 24, ""),
    ],
)
def test_an_error_says_what_stands_where_and_what_was_expected(
    formula, code, at, expected
):
    assert one("fuzz", formula=formula) == {
        "code": code,
        "at": at,
        "expected": expected,
    }
