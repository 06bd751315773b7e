"""Generic mutants: small changes, inside the solution only, each of them once."""

import ast

import pytest

from graders.pipeline import mutate

ANSWER = '''
def slope(f, x: float, h: float = 2.0 + 1.0) -> float:
    """Slope of `f`: (f(x + h) - f(x)) / h."""
    # BEGIN SOLUTION
    scale: float = 3 * h
    return (f(x + h) - f(x)) / h
    # END SOLUTION


kept = 1 + 1
'''


def changes(line: str) -> set[str]:
    """What becomes of a solution of one line."""
    answer = f"# BEGIN SOLUTION\n{line}\n# END SOLUTION"
    return {mutant.becomes for mutant in mutate.mutants(answer)}


def test_only_lines_of_the_solution_change() -> None:
    for mutant in mutate.mutants(ANSWER):
        head, body = mutant.code.split("# BEGIN SOLUTION")
        assert head == ANSWER.split("# BEGIN SOLUTION")[0]
        assert body.endswith(ANSWER.split("# END SOLUTION")[1])
        assert mutant.where == "slope"


def test_annotations_stay() -> None:
    assert all("scale: float" in m.code or "pass" in m.becomes for m in found())


def found() -> tuple[mutate.Mutant, ...]:
    return mutate.mutants(ANSWER)


def test_every_mutant_compiles_and_no_two_are_the_same_program() -> None:
    shapes = [mutate._shape(compile(m.code, "x", "exec")) for m in found()]
    assert len(found()) > 10
    assert all(shapes.count(shape) == 1 for shape in shapes)
    assert mutate._shape(compile(ANSWER, "x", "exec")) not in shapes


def test_the_change_is_told_as_two_lines() -> None:
    mutant = next(m for m in found() if "f(x - h)" in m.becomes)
    assert mutant.diff == (
        "  in slope\n- return (f(x + h) - f(x)) / h\n+ return (f(x - h) - f(x)) / h"
    )


@pytest.mark.parametrize(
    "line,becomes",
    [
        ("y = f(a, b)", "y = f(b, a)"),
        ("y = a + b", "y = a - b"),
        ("y = a + b", "y = a"),
        ("y = (a - b) * c", "y = (b) * c"),
        ("y = x[3]", "y = x[2]"),
        ("y = x[0]", "y = x[(-1)]"),
        ("y = 0.5", "y = -0.5"),
        ("y = a < b", "y = a >= b"),
        ("y = a < b", "y = a <= b"),
        ("y = -a", "y = +a"),
        ("y = True", "y = False"),
        ("y = a and b", "y = a or b"),
        ("y = not a", "y = a"),
        ("y = a if c else b", "y = a if (c) and False else b"),
        ("x[0] = y", "pass"),
        ("f(x)", "pass"),
    ],
)
def test_a_line_becomes(line: str, becomes: str) -> None:
    wanted = ast.dump(ast.parse(becomes))
    assert wanted in {ast.dump(ast.parse(text)) for text in changes(line)}


def test_a_condition_is_turned_round() -> None:
    answer = "# BEGIN SOLUTION\nif a:\n    b = c\n# END SOLUTION"
    assert "if not (a):" in {m.becomes for m in mutate.mutants(answer)}


def test_a_result_is_not_handed_back() -> None:
    assert "return None" in {m.becomes for m in found()}


def test_arguments_whose_order_does_not_matter_are_not_swapped() -> None:
    assert not {"y = max(b, a)", "y = np.maximum(b, a)"} & (
        changes("y = max(a, b)") | changes("y = np.maximum(a, b)")
    )


def test_an_answer_without_a_solution_has_no_mutants() -> None:
    assert mutate.mutants("x = 1 + 1") == ()
