"""What students get: stubs, no hidden test, no leak, the same bytes as nbgrader's."""

import io
import json
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from graders.pipeline import generated, gradebook, leaks, source
from graders.pipeline.cli import main
from graders.pipeline.commands import COMMANDS
from graders.pipeline.findings import CourseError
from graders.pipeline.release import PREPROCESSORS, student_bytes
from graders.pipeline.stubs import COMMENT, RAISE, TEXT
from tests.graders.pipeline.samples import PATH, SOURCE, course

STUDENT = Path("lessons/01_slopes/01_slopes.ipynb")
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "test"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.GenerateAssignment.preprocessors = {list(PREPROCESSORS)}
"""


@pytest.fixture
def root(tmp_path):
    return course(tmp_path)


def cells(content):
    return {c["id"]: "".join(c["source"]) for c in json.loads(content)["cells"]}


def graded(content):
    return {
        c["metadata"]["nbgrader"]["grade_id"]: c
        for c in json.loads(content)["cells"]
        if "nbgrader" in c["metadata"]
    }


def run(*words):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(words)
    return status, out.getvalue(), err.getvalue()


def test_answers_become_stubs_and_hidden_tests_go():
    got = graded(student_bytes(source.loads(SOURCE, PATH)))
    answer = "".join(got["e1-forward-slope"]["source"])
    assert answer.endswith(f'"""Slope of f at x."""\n    {RAISE}')
    guesses = "".join(got["p1-guesses"]["source"])
    assert guesses == f'guesses = {{"calls": None}}\n{COMMENT}'
    assert "".join(got["why-first-order"]["source"]).endswith(TEXT)
    check = "".join(got["e1-forward-slope-check"]["source"])
    assert "hidden()" not in check
    assert "17.25" not in check
    assert 'Check("e1-forward-slope", visible=2, hidden=3)' in check
    assert check.endswith("check.score()")


def test_locks_and_checksums_are_nbgraders():
    got = graded(student_bytes(source.loads(SOURCE, PATH)))
    for name, cell in got.items():
        metadata = cell["metadata"]
        assert metadata["deletable"] is False
        locked = metadata["nbgrader"]["locked"]
        assert (metadata.get("editable", True) is False) == locked, name
        assert len(metadata["nbgrader"]["checksum"]) == 32


def test_a_notebook_of_stubs_is_python_and_keeps_the_cells_ids(root):
    files = generated.generated_files(root)
    lesson = files[STUDENT]
    solution = files[Path("solutions/01_slopes/01_slopes.ipynb")]
    assert list(cells(lesson)) == list(cells(solution))
    for cell in json.loads(lesson)["cells"]:
        if cell["cell_type"] == "code":
            compile("".join(cell["source"]), "cell", "exec")


def test_build_writes_what_differs_and_nothing_else(root):
    status, out, _ = run("build", "--root", str(root))
    assert status == 0
    assert out.count("wrote") == 6  # two notebooks, an index, two records, their stamps
    mine = root / "my_course" / "01_slopes.ipynb"
    mine.parent.mkdir()
    mine.write_text("a student's work")
    note = root / "lessons" / "01_slopes" / "note.ipynb"
    shutil.copy(root / STUDENT, note)
    before = (root / STUDENT).stat()
    assert "wrote" not in run("build", "--root", str(root))[1]
    assert (root / STUDENT).stat().st_mtime_ns == before.st_mtime_ns
    assert mine.read_text() == "a student's work"
    assert note.exists()
    assert sorted(p.name for p in root.iterdir()) == [
        "graders",  # what is recorded of each exercise
        "lessons",
        "my_course",
        "solutions",
        "tests",  # what those records were made from
    ]


def test_check_writes_nothing_and_lists_what_differs(root):
    status, out, _ = run("build", "--check", "--root", str(root))
    assert status == 1
    assert f"{STUDENT}: missing" in out
    assert not (root / "lessons").exists()
    run("build", "--root", str(root))
    assert run("build", "--check", "--root", str(root))[0] == 0
    (root / STUDENT).write_bytes((root / STUDENT).read_bytes() + b"\n")
    assert f"{STUDENT}: differs" in run("build", "--check", "--root", str(root))[1]
    shutil.copy(root / STUDENT, root / "lessons" / "old.ipynb")
    assert "no source makes it" in run("build", "--check", "--root", str(root))[1]


def test_a_broken_source_is_told_on_stderr_and_writes_nothing(root):
    path = root / PATH
    path.write_text(path.read_text().replace("# %% check", "# %% chekc"))
    status, out, err = run("build", "--root", str(root))
    assert (status, out) == (1, "")
    assert "# %% chekc" in err
    assert not (root / "lessons").exists()


def leaked(text):
    """Leaks of a student's notebook whose prose or code was spoiled in the source."""
    lesson = source.loads(text, PATH)
    return leaks.scan({STUDENT: student_bytes(lesson)}, leaks.secrets(lesson))


@pytest.mark.parametrize(
    "prose",
    [
        "# Text with `code`; the answer is `rise = f(x + h) - f(x)`.",
        "# rise=f(x+h)-f(x)",
        "# ```\n#     lambda x: x**2 + 17.25 * x,\n# ```",
    ],
)
def test_an_answer_in_prose_is_a_leak(prose):
    found = leaked(SOURCE.replace("# Text with `code`.", prose))
    assert len(found) == 1
    assert "line, of solutions/01_slopes.py:" in str(found[0])


def hint(number, line):
    return (
        f"# <details><summary><b>Hint {number}: a skeleton</b></summary>\n#\n"
        f"# ```python\n# {line}\n# ```\n#\n# </details>"
    )


def test_the_third_hint_may_show_solution_lines_but_no_hidden_test():
    answer, hidden = "rise = f(x + h) - f(x)", "lambda x: x**2 + 17.25 * x,"
    old = "# Text with `code`."
    assert leaked(SOURCE.replace(old, hint(3, answer))) == ()
    assert leaked(SOURCE.replace(old, hint(2, answer)))
    assert leaked(SOURCE.replace(old, hint(3, hidden)))
    both = hint(2, answer) + "\n#\n" + hint(3, answer)
    assert len(leaked(SOURCE.replace(old, both))) == 1


def test_a_line_that_a_given_cell_shows_is_no_secret():
    shown = "import math\n\nf = abs\nx = h = 1\nrise = f(x + h) - f(x)\n"
    assert leaked(SOURCE.replace("import math\n", shown, 1)) == ()


def test_trivial_lines_are_exempt():
    assert all(leaks.trivial(leaks.squeeze(line)) for line in (
        "return rise", "for i in range(n):", "total = values.copy()", "if x is None:",
        "else:", "# a comment of some length", '"a property",', "check.value(",
    ))  # fmt: skip
    assert not leaks.trivial("returnrise/(h*1.0)")


def spoiled(change):
    """Leaks after a change to a student's notebook."""
    lesson = source.loads(SOURCE, PATH)
    data = json.loads(student_bytes(lesson))
    change(data)
    content = json.dumps(data).encode()
    return [str(x) for x in leaks.scan({STUDENT: content}, leaks.secrets(lesson))]


def test_outputs_metadata_and_markers_are_leaks():
    def output(data):
        data["cells"][1]["outputs"] = [{"output_type": "stream"}]

    def pairing(data):
        data["metadata"]["jupytext"] = {"formats": "ipynb,py"}

    def cell_words(data):
        data["cells"][0]["metadata"]["lines_to_next_cell"] = 2

    def marker(data):
        data["cells"][0]["source"] = ["# BEGIN SOLUTION"]

    assert "an output" in spoiled(output)[0]
    assert "notebook metadata 'jupytext'" in spoiled(pairing)[0]
    assert "cell metadata 'lines_to_next_cell'" in spoiled(cell_words)[0]
    assert "the marker 'BEGIN SOLUTION'" in spoiled(marker)[0]


def test_a_source_among_the_students_files_stops_the_build(root):
    (root / "lessons").mkdir()
    shutil.copy(root / PATH, root / "lessons" / "helper.py")
    status, _, err = run("build", "--root", str(root))
    assert status == 1
    assert "helper.py" in err
    assert not (root / "lessons" / "01_slopes").exists()


def test_a_build_writes_in_its_own_folders_only(root, monkeypatch):
    away = [lambda root, lessons: {Path("my_course/index.ipynb"): b""}]
    monkeypatch.setattr(generated, "PRODUCERS", away)
    with pytest.raises(CourseError, match="my_course"):
        generated.generated_files(root)


def test_a_build_follows_no_link(root, tmp_path):
    (root / "elsewhere").mkdir()
    (root / "lessons").symlink_to(root / "elsewhere")
    with pytest.raises(CourseError, match="through no link"):
        generated.generated_files(root)


def test_nbgrader_itself_makes_the_same_bytes(root):
    (root / "nbgrader_config.py").write_text(CONFIG)
    mine = root / "lessons" / "01_slopes" / "note.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(student_bytes(source.loads(SOURCE, PATH)))
    done = gradebook.release(root, "01_slopes")
    assert done.student.read_bytes() == mine.read_bytes()
    assert done.solution.is_file()
    assert (root / "gradebook.db").is_file()


def test_a_course_without_configuration_is_told_so(root):
    status, _, err = run("release", "1", "--root", str(root))
    assert status == 1
    assert "holds no nbgrader_config.py" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_ends_with_an_example(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    lines = capsys.readouterr().out.rstrip().splitlines()
    examples = lines[lines.index("example:") + 1 :]
    assert examples
    assert all(line.strip().startswith(f"graders {command}") for line in examples)


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom graders.pipeline.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'nbformat', 'nbgrader', 'numpy', 'jsonschema'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "graders build --check" in done.stdout
