"""A tiny course and submissions of it, right, odd and broken, for tests of grading."""

import json
import os
import shutil
import zipfile
from copy import deepcopy
from pathlib import Path

from graders.pipeline import source, verdicts, walls
from graders.pipeline.notebook import to_bytes, to_notebook
from tests.graders.pipeline.samples import PATH, SOURCE, course

ROOT = Path(__file__).resolve().parents[3]
NAME = PATH.stem
# Walls wherever there are any; CI has them, or fails.
WALLED = os.environ.get("REQUIRE_ALL") == "1" or not walls.missing()
SANDBOX = verdicts.BUBBLEWRAP if WALLED else verdicts.NONE
ANSWER = "e1-forward-slope"
CHECK = f"{ANSWER}-check"
RIGHT = "def forward(f, x, h):\n    return (f(x + h) - f(x)) / h"
WRONG = "def forward(f, x, h):\n    return (f(x) - f(x + h)) / h"


def solution() -> bytes:
    """The instructor's notebook of the tiny lesson."""
    return to_bytes(to_notebook(source.loads(SOURCE, PATH)))


def assignment():
    """What submissions of the tiny lesson are laid into."""
    return verdicts.assignment(solution(), NAME)


def notebook(answer=RIGHT):
    """A student's notebook as a plain dict; None leaves the stub."""
    made = json.loads(json.dumps(assignment().student))
    if answer is not None:
        cell_of(made, ANSWER)["source"] = answer
    return made


def cell_of(made, name):
    """The cell with that grade id."""
    cells = made["cells"]
    return next(
        c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def place_of(made, name):
    """Where the cell with that grade id stands."""
    return made["cells"].index(cell_of(made, name))


def code(text):
    """An added cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text,
    }


def with_added(*texts, at=0, answer=RIGHT):
    """A right notebook with cells added at a place."""
    made = notebook(answer)
    made["cells"][at:at] = [code(text) for text in texts]
    return made


def changed(change, answer=RIGHT):
    """A right notebook after a change."""
    made = notebook(answer)
    change(made)
    return made


def data(made) -> bytes:
    """The file of a notebook; bytes stay what they are."""
    return made if isinstance(made, bytes) else json.dumps(made, indent=1).encode()


def hand_in(folder: Path, student: str, made, name: str = NAME) -> Path:
    """Put a notebook where nbgrader would have put it."""
    path = folder / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(data(made))
    return path


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    """A zip of entries by name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def tiny_course(root: Path) -> Path:
    """A course of the tiny lesson with this course's nbgrader settings."""
    course(root)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def without_metadata(made):
    """Every cell's metadata lost, as some editors do."""
    for cell in made["cells"]:
        cell["metadata"] = {}


def without_ids(made):
    """Metadata and cell ids lost."""
    for cell in made["cells"]:
        cell["metadata"] = {}
        del cell["id"]


def copied(made):
    """Check and answer cells copied, ids and all; the first answer is an old stub."""
    for name in (CHECK, ANSWER):
        at = place_of(made, name)
        made["cells"].insert(at, deepcopy(made["cells"][at]))
    stub = cell_of(notebook(None), ANSWER)["source"]
    made["cells"][place_of(made, ANSWER)]["source"] = stub


def moved(made):
    """The check cell above everything."""
    made["cells"].insert(0, made["cells"].pop(place_of(made, CHECK)))


def retyped(made):
    """Answer and check turned into text."""
    for name in (ANSWER, CHECK):
        cell_of(made, name)["cell_type"] = "markdown"


def edited(made):
    """A check cell that gives itself points."""
    cell = cell_of(made, CHECK)
    cell["source"] = "1000.0"
    cell["metadata"]["nbgrader"]["points"] = 1000


def deleted(made):
    """No check cell."""
    del made["cells"][place_of(made, CHECK)]


def schema(made):
    """Metadata of another nbgrader, and another kernel."""
    for cell in made["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 99
    made["metadata"]["kernelspec"] = {"name": "evil", "display_name": "x"}
