"""The table of attacks and of kills, made by making them: `tests/hostile/attacks.md`.

    python -m tests.graders.pipeline.attacks

Takes minutes: loops must be waited for. A test compares its rows with the corpus.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graders.checks.kinds import KINDS
from graders.pipeline import bank, doctor, sandbox, source, verdicts, walls
from graders.pipeline.judge import Judge
from graders.pipeline.master import Master
from graders.pipeline.notebook import to_notebook
from tests.graders.pipeline import classes
from tests.graders.pipeline.killing import STEPS
from tests.graders.pipeline.samples import PATH, SOURCE
from tests.graders.pipeline.test_grade import Counting, room, silent

NAME = "e1-forward-slope"
TABLE = classes.ROOT / "tests" / "hostile" / "attacks.md"
# Half of the usual memory: on a busy machine, all of it takes longer than is waited.
LIMITS = sandbox.Limits(
    cell_seconds=3.0, wall_seconds=40.0, cpu_seconds=20, memory_bytes=3 * 2**29
)
HEADS = ("attack", "by", "value points", "what became of it", "processes left")
KILLS = ("killed", "marks kept", "graded again", "as an undisturbed run")
STUDENTS = ("ada", "bob", "cyd", "dan", "eve", "fay")
ENDS = {  # words of a finding -> what became of the attack; the first that fits
    "more memory than allowed": "ended: too much memory",
    "the process ended": "its process ended",
    "what is not a result": "ended: what it sent is no result",
    "kept ending its process": "its process ended",
    "time is up": "ended: out of time",
    "no answer within": "out of time",
    "rror": "errors",
}
WORDS = """# Attacks, tried and held

Made by `python -m tests.graders.pipeline.attacks`, on the tiny lesson of
`tests/graders/pipeline/samples.py`, behind the walls of `graders doctor`. An attack
answers right where it succeeds, so that value points would show a fallen wall; some of
them do succeed in a process without walls, which `test_hostile.py` tries as well.
"""
MORE = """## Killed, and gone on

`graders grade` on six submissions, killed with SIGKILL at a step of the third; then the
same command again. Marks, and the number of rows in each table of the gradebook, are
compared with those of a run that nothing happened to; every file is whole after both.
A sandbox, a worker, a full disk and a held gradebook: `test_killed.py`.
"""


def attacks() -> list[bank.Entry]:
    """Every attack of the corpus."""
    found = bank.load(classes.ROOT / "tests" / "hostile")[NAME]
    return [one for one in found if one.kind == "mutant"]


@contextmanager
def targets(folder: Path) -> Iterator[dict[str, Any]]:
    """What attacks reach for, by the words that stand for it in their code."""
    secret = folder / "gradebook.db"
    secret.write_text("all marks")
    os.environ["GRADERS_SECRET"] = "token"
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            yield {
                "ROOT": str(classes.ROOT),
                "SECRET": str(secret),
                "PORT": server.getsockname()[1],
                "JUDGE": os.getpid(),
            }
    finally:
        del os.environ["GRADERS_SECRET"]
    if Path(f"{secret}.stolen").exists():
        raise SystemExit("an attack wrote a file outside: sends-a-pickle")


def tried() -> Iterator[tuple[str, ...]]:
    """A row for each attack."""
    lesson = Master.from_notebook(to_notebook(source.loads(SOURCE, PATH)), PATH.stem)
    launcher = verdicts.launcher_of(lesson, verdicts.BUBBLEWRAP)
    judge = Judge(lesson, seed=11, limits=LIMITS, launcher=launcher)
    judge.grade(lesson.submission(), only=[NAME])
    with tempfile.TemporaryDirectory() as place, targets(Path(place)) as reached:
        for attack in attacks():
            say(attack.name)
            code = attack.answer
            for word, value in reached.items():
                code = code.replace(word, repr(value))
            before = doctor._behind()
            report = judge.grade(lesson.submission({NAME: code}), only=[NAME])
            yield row(attack, report.verdicts[NAME], left(before))
    walls.take_down()


def row(attack: bank.Entry, verdict: Any, behind: int) -> tuple[str, ...]:
    """Name, words, points of properties that cannot be forged, end, processes."""
    values = [r for r in verdict.results if not KINDS[r.kind].evidence]
    held = sum(r.passed for r in values)
    points = f"{verdict.points:g} of {verdict.worth}" if held else "0"
    said = [r.finding for r in values if not r.passed]
    return attack.name, attack.says, points, end_of(said), str(behind)


def end_of(findings: Sequence[str]) -> str:
    """What became of an attack, in words that do not differ from run to run."""
    for sign, words in ENDS.items():
        if any(sign in text for text in findings):
            return words
    return "wrong results"


def left(before: set[int]) -> int:
    """Processes that are there four seconds later."""
    for _ in range(200):
        if not doctor._behind() - before:
            return 0
        time.sleep(0.02)
    return len(doctor._behind() - before)


def killed() -> Iterator[tuple[str, ...]]:
    """A row for each step at which a run is killed."""
    from tests.graders.pipeline.test_killed import command, contents, ticked, whole

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "course").mkdir()
        course = classes.tiny_course(folder / "course")
        for number, student in enumerate(STUDENTS):
            answer = (classes.RIGHT, classes.WRONG, None)[number % 3]
            made = classes.notebook(answer and f"{answer}\n# {student}")
            classes.hand_in(folder / "class", student, made)
        room(course, folder / "whole").grade(folder / "class", silent)
        expected = contents(folder / "whole")
        for step in STEPS:
            say(f"killed {step}")
            work = folder / step.replace(" ", "-")
            program = ("tests.graders.pipeline.killing", step)
            call = command(course, folder / "class", work, *program)
            died = subprocess.run(call, cwd=classes.ROOT, capture_output=True)
            done = len(ticked(work))
            counted = Counting()
            room(course, work, executor=counted).grade(folder / "class", silent)
            good = died.returncode == -signal.SIGKILL and whole(work)
            same = "yes" if good and contents(work) == expected else "NO"
            yield step, str(done), str(len(counted.ran)), same


def marked(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [heads, tuple(":--" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def say(text: str) -> None:
    """What is being tried."""
    sys.stderr.write(text + "\n")


def main() -> int:
    """Write the table; 1 where an attack had points, or a run lost some."""
    first, second = list(tried()), list(killed())
    held = f"{len(first)} attacks, {sum(r[2] == '0' for r in first)} held.\n"
    parts = [WORDS, held, marked(HEADS, first), "", MORE, marked(KILLS, second), ""]
    TABLE.write_text("\n".join(parts), encoding="utf-8")
    lost = [r for r in first if r[2] != "0" or r[4] != "0"]
    return 1 if lost or any(r[3] != "yes" for r in second) else 0


if __name__ == "__main__":
    sys.exit(main())
