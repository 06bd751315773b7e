"""What students get: nothing that they must not see, and a check that works."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest

from graders.pipeline import bank, bundle, source
from graders.pipeline.cli import main
from graders.pipeline.leaks import LeakError
from tests.graders.pipeline import classes
from tests.graders.pipeline.samples import PATH, SOURCE

ROOT = classes.ROOT
SENTENCES = "graders/ipython_kernel_config.json"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The bundle of the whole course, and its wheel as pip would lay it down."""
    folder = tmp_path_factory.mktemp("student")
    data = bundle.make(ROOT)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    top = folder / bundle.TOP
    (path,) = (top / "wheels").iterdir()
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "site")
    return top, folder / "site"


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_everything_a_student_needs_is_there(unpacked):
    top, _ = unpacked
    names = files(top)
    for path in (ROOT / "lessons").glob("*/*.ipynb"):
        assert path.relative_to(ROOT).as_posix() in names
    assert {"README.md", "LICENSE", "constraints.txt", "lessons/index.ipynb"} <= names
    assert {"binder/requirements.txt", "binder/runtime.txt"} <= names
    wanted = (top / "binder" / "requirements.txt").read_text()
    (wheel,) = (name for name in names if name.endswith(".whl"))
    assert f"./{wheel}[lab,torch]" in wanted
    assert "-e " not in wanted
    for line in re.findall(r"--constraint (\S+)", wanted):
        assert (top / "binder" / line).is_file()


def test_kernels_of_a_student_are_told_of_our_sentences(unpacked):
    _, site = unpacked
    (path,) = site.glob("*.data/data/etc/ipython/ipython_kernel_config.json")
    assert path.read_bytes() == (ROOT / SENTENCES).read_bytes()


def test_notebooks_are_those_of_the_build(unpacked):
    top, _ = unpacked
    for path in (top / "lessons").rglob("*.ipynb"):
        text = path.read_text()
        for word in ("BEGIN SOLUTION", "HIDDEN TESTS", "check.hidden("):
            assert word not in text, path


def test_nothing_of_the_instructors_side_is_in_it(unpacked):
    top, site = unpacked
    names = files(top) | files(site)
    parts = {part for name in names for part in name.split("/")}
    for word in ("pipeline", "solutions", "mutants", "unusual", "tests", "audit.json"):
        assert word not in parts
    assert not [n for n in names if n.endswith((".pyc", "entry_points.txt"))]
    code = "\n".join((site / n).read_text("utf-8") for n in files(site))
    assert "graders.pipeline" not in re.sub(r"#.*|`[^`]*`", "", code)


def test_no_answer_and_no_mistake_stands_anywhere(unpacked):
    top, site = unpacked
    text = "\n".join(
        p.read_text("utf-8")
        for folder in (top / "lessons", site / "graders")
        for p in folder.rglob("*")
        if p.suffix in (".ipynb", ".py", ".json")
    )
    plain = "".join(text.replace("\\n", "").replace('",', "").split())
    for stem in (path.stem for path in source.sources(ROOT)):
        for entries in bank.load(ROOT / "tests" / "mutants" / stem).values():
            for entry in entries:
                body = "".join(
                    json.dumps(entry.answer)[1:-1].replace("\\n", "").split()
                )
                if len(body) > 120:
                    assert body not in plain, (stem, entry.name)


RUN = """
import ast, json, sys
import matplotlib
matplotlib.use("Agg")
import autograd_ref, graders
site, path, answers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
assert graders.__file__.startswith(site), graders.__file__
assert autograd_ref.__file__.startswith(site), autograd_ref.__file__
try:
    import graders.pipeline
except ImportError:
    pass
else:
    raise SystemExit("the instructor's side is there")
space, scores = {"__name__": "__main__"}, {}
for cell in json.load(open(path))["cells"]:
    if cell["cell_type"] != "code":
        continue
    marks = cell["metadata"].get("nbgrader", {})
    name = marks.get("grade_id", "")
    tree = ast.parse(answers.get(name) or "".join(cell["source"]))
    last = tree.body.pop() if marks.get("grade") else None
    exec(compile(tree, name, "exec"), space)
    if last is not None:
        score = eval(compile(ast.Expression(last.value), name, "eval"), space)
        scores[name] = score
        if name.startswith("e"):
            break
print("SCORES", json.dumps(scores))
"""


def run(unpacked, answers):
    """Scores of the first lesson's first exercise, by the bundle's own packages."""
    top, site = unpacked
    (path,) = top.glob("lessons/01_*/01_*.ipynb")
    words = [sys.executable, "-c", RUN, str(site), str(path), json.dumps(answers)]
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        words, cwd=top, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("SCORES ")[2])


def test_a_check_works_from_it(unpacked):
    lesson = source.load(next((ROOT / "solutions").glob("01_*.py")), ROOT)
    exercise = next(one for one in lesson.exercises if one.id.startswith("e1-"))
    name = f"{exercise.id}-check"
    assert run(unpacked, {})[name] == 0.0
    right = run(unpacked, {exercise.id: exercise.answer.source})
    assert right[name] == exercise.points


def test_the_wheel_lists_what_is_in_it(unpacked):
    _, site = unpacked
    (record,) = site.glob("*.dist-info/RECORD")
    listed = {line.split(",")[0] for line in record.read_text().splitlines()}
    assert listed == files(site)
    metadata = record.with_name("METADATA").read_text()
    assert "Requires-Dist: numpy" in metadata
    assert "nbgrader" not in metadata


def test_pip_takes_the_wheel(unpacked, tmp_path):
    (path,) = (unpacked[0] / "wheels").iterdir()
    words = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index"]
    words += ["--quiet", "--disable-pip-version-check", "--target", str(tmp_path)]
    done = subprocess.run([*words, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "graders" / "checks" / "check.py").is_file()
    assert not (tmp_path / "bin").exists()


def tiny(root):
    classes.tiny_course(root)
    (root / "binder").mkdir()
    for name in (*bundle.COPIED, "pyproject.toml", "binder/requirements.txt"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    for package in bundle.PACKAGES:
        (root / package).mkdir()
        (root / package / "__init__.py").write_text("")
    (root / SENTENCES).write_bytes((ROOT / SENTENCES).read_bytes())
    return root


def test_the_same_course_gives_the_same_bytes(tmp_path, capsys):
    root = tiny(tmp_path)
    assert main(["bundle", "--root", str(root)]) == 0
    path = root / "dist" / "student-bundle.zip"
    assert str(path) in capsys.readouterr().out
    assert path.read_bytes() == bundle.make(root)


def test_a_lesson_that_leaks_is_not_packed(tmp_path):
    root = tiny(tmp_path)
    spoilt = SOURCE.replace("# Text with `code`.", "# Say `rise = f(x + h) - f(x)`.")
    assert spoilt != SOURCE
    (root / PATH).write_text(spoilt)
    with pytest.raises(LeakError):
        bundle.make(root)


def test_a_folder_that_is_no_checkout_is_told(tmp_path, capsys):
    classes.tiny_course(tmp_path)
    assert main(["bundle", "--root", str(tmp_path)]) == 1
    assert "full checkout" in capsys.readouterr().err
