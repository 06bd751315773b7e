"""The template's own run of the given cells: it leaves nothing but what is loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

from graders.pipeline import inside, source, verdicts, walls
from graders.pipeline.audit import master

ROOT = Path(__file__).resolve().parents[3]
LESSONS = [p.stem for p in source.chosen(ROOT, []) if p.stem not in source.PAGES]
CHANGES = 'import torch\ntorch.set_default_dtype(torch.float64)\nprint("aloud")'


def changed(given: dict[str, list[list[str]]]) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.graders.pipeline.rehearsing"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **walls.environment()},
        timeout=300,
    )
    assert done.stderr == ""
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_given_cells_leave_nothing_behind_but_what_is_loaded():
    lessons = {name: master(ROOT / source.SOURCES / f"{name}.py") for name in LESSONS}
    given = {}
    for name, lesson in lessons.items():
        launcher = verdicts.launcher_of(lesson, verdicts.BUBBLEWRAP)
        assert isinstance(launcher, walls.Walls)
        assert launcher.cells
        given[name] = [launcher.modules, launcher.cells]
    assert changed(given) == {name: [] for name in LESSONS}


def test_what_is_left_behind_would_be_seen():
    assert changed({"one": [[], [CHANGES]]}) == {"one": ["default dtype"]}


def test_gathered_memory_holds_what_it_held():
    program = """
from graders.pipeline import inside
held = bytearray(range(256)) * 2**16
inside.gather()
assert len(held) == 2**24 and held[:256] == held[-256:] == bytearray(range(256))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT)
    assert done.returncode == 0


def test_a_cell_that_fails_in_rehearsal_is_the_copies_affair(capfd):
    inside.rehearse(["raise ValueError('now')", "print('and then')"])
    assert capfd.readouterr() == ("", "")
