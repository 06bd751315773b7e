"""Each switch breaks what it says, and the first wrong number is found."""

import pytest

from tests.autograd_ref.playground.js import one

DIAMOND, AT = "a = x*y; b = sin(a); c = exp(a)/4; b*c", {"x": 0.5, "y": 1.2}


@pytest.mark.parametrize(
    "mistake,node",
    [
        ("overwrite", "a"),
        ("breadth", "a"),
        ("seed", "v5"),
        ("input", "a"),
        ("zero", "x"),
        ("float32", "y"),
    ],
)
def test_a_switch_changes_the_number_that_it_flags(mistake, node):
    found = one("broken", formula=DIAMOND, x=AT, mistakes=[mistake])
    honest = one("honest", formula=DIAMOND, x=AT)
    first = found["first"]
    assert first["mistake"] == mistake
    assert first["wrong"] != first["right"]
    named = ["x", "y", "a", "b", "v3", "4", "c", "v5"]
    assert named[first["node"]] == node
    assert found["adjoints"][:2] != honest[:2]


def test_too_small_a_step_loses_the_slope():
    first = one("broken", formula=DIAMOND, x=AT, mistakes=["smallh"])["first"]
    assert first["mistake"] == "smallh"
    assert abs(first["wrong"] - first["right"]) > 1e-3


def test_without_a_switch_nothing_is_flagged():
    found = one("broken", formula=DIAMOND, x=AT, mistakes=[])
    assert found["first"] is None
    assert found["adjoints"] == one("honest", formula=DIAMOND, x=AT)


@pytest.mark.parametrize(
    "mistake,formula",
    [
        ("overwrite", "sin(x)*y"),
        ("breadth", "exp(sin(x))"),
        ("input", "x*y + sin(x)*2"),
    ],
)
def test_a_mistake_that_a_formula_does_not_show_is_not_flagged(mistake, formula):
    assert (
        one("broken", formula=formula, x={"x": 0.5}, mistakes=[mistake])["first"]
        is None
    )


def test_leftovers_double_the_gradient():
    found = one("broken", formula=DIAMOND, x=AT, mistakes=["zero"])["adjoints"]
    honest = one("honest", formula=DIAMOND, x=AT)
    assert found[:2] == [2 * honest[0], 2 * honest[1]]
