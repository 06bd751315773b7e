"""Trees are made by one thread at a time, whoever asks."""

import ast
import gc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graders.pipeline import parsing

LONG = Path(ast.__file__).read_text(encoding="utf-8")


@pytest.fixture
def restless():
    """Threads change places often, also in the middle of making a tree."""

    def collected(phase, info):
        for _ in range(300):
            pass

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    gc.callbacks.append(collected)
    yield
    gc.callbacks.remove(collected)
    sys.setswitchinterval(before)


def test_many_threads_get_the_tree_that_one_gets(restless):
    wanted = ast.dump(parsing.syntax_tree(LONG))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(parsing.syntax_tree, [LONG] * 30))
    assert {ast.dump(tree) for tree in found} == {wanted}


def test_two_threads_are_never_inside_at_once(monkeypatch):
    inside, most, met = [], [], threading.Event()

    def slow(source):
        inside.append(source)
        most.append(len(inside))
        met.wait(0.02)
        inside.remove(source)

    monkeypatch.setattr(ast, "parse", slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(parsing.syntax_tree, "abcdefgh"))
    assert most == [1] * 8


def test_an_error_leaves_the_way_free():
    with pytest.raises(SyntaxError):
        parsing.syntax_tree("x = = 1")
    with ThreadPoolExecutor(1) as pool:
        tree = pool.submit(parsing.syntax_tree, "x = 1").result(timeout=10)
    assert ast.unparse(tree) == "x = 1"
