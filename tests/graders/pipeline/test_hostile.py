"""Every known attack, under the real walls: no value point forged, nobody else harmed.

An attack in tests/hostile answers right where it succeeds, so points are what shows a
fallen wall. Without walls some do succeed: that is tested too.
"""

import os
import socket
import time
from pathlib import Path

import pytest

from graders.pipeline import (
    bank,
    doctor,
    sandbox,
    shut_in,
    source,
    verdicts,
    walls,
)
from graders.pipeline.judge import Judge
from graders.pipeline.master import Master
from graders.pipeline.notebook import to_notebook
from tests.conftest import require
from tests.graders.pipeline import attacks
from tests.graders.pipeline.killing import STEPS
from tests.graders.pipeline.samples import PATH, SOURCE

ROOT = Path(__file__).resolve().parents[3]
NAME = "e1-forward-slope"
ATTACKS = bank.load(ROOT / "tests" / "hostile")[NAME]
FORGERIES = [one for one in ATTACKS if one.kind == "mutant"]
HONEST = [one for one in ATTACKS if one.kind == "unusual"]
QUICK = attacks.LIMITS
# Attacks on the machine that succeed in a process without walls (harmless ones only).
SUCCEED_WITHOUT = (
    "reads-a-secret",
    "reads-the-password-file",
    "asks-the-network",
    "signals-the-judge",
    "reads-the-sources",
    "reads-other-processes",
    "hoards-in-no-process",
)


def name_of(entry):
    return entry.name


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """What the attacks reach for: a secret, a server, a variable."""
    secret = tmp_path_factory.mktemp("secret") / "gradebook.db"
    secret.write_text("all marks")
    os.environ["GRADERS_SECRET"] = "token"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        yield {
            "ROOT": str(ROOT),
            "SECRET": str(secret),
            "PORT": port,
            "JUDGE": os.getpid(),
        }
    del os.environ["GRADERS_SECRET"]
    assert not Path(f"{secret}.stolen").exists()
    assert not list(ROOT.glob("graders-was-here"))


@pytest.fixture(scope="module")
def lesson():
    return Master.from_notebook(to_notebook(source.loads(SOURCE, PATH)), PATH.stem)


@pytest.fixture(scope="module")
def walled(lesson):
    require(program="bwrap", why="no sandbox without it")
    if why := walls.missing():
        pytest.fail(why) if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip(why)
    launcher = verdicts.launcher_of(lesson, verdicts.BUBBLEWRAP)
    judge = Judge(lesson, seed=11, limits=QUICK, launcher=launcher)
    judge.grade(lesson.submission(), only=[NAME])  # the template is there from now on
    yield judge
    walls.take_down()


def grade(judge, entry, outside):
    code = entry.answer
    for word, value in outside.items():
        code = code.replace(word, repr(value))
    return judge.grade(judge.master.submission({NAME: code}), only=[NAME])


@pytest.mark.parametrize("attack", FORGERIES, ids=name_of)
def test_no_value_point_is_forged(walled, outside, attack):
    before = doctor._behind()
    start = time.monotonic()
    verdict = grade(walled, attack, outside).verdicts[NAME]
    assert verdict.points == 0, [r for r in verdict.results if r.passed]
    values = [r for r in verdict.results if r.kind == "derivative"]
    assert values
    assert not any(r.passed for r in values)
    assert time.monotonic() - start < 2 * QUICK.wall_seconds
    assert nothing_left(before)


@pytest.mark.parametrize("name", ["hoards-in-children", "hoards-in-shared-memory"])
def test_a_hoard_in_many_processes_is_ended_and_named(walled, outside, name):
    attack = next(one for one in FORGERIES if one.name == name)
    results = grade(walled, attack, outside).verdicts[NAME].results
    assert any(shut_in.MEMORY in r.finding for r in results), results


def nothing_left(before):
    for _ in range(200):
        if not doctor._behind() - before:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("answer", HONEST, ids=name_of)
def test_an_honest_oddity_keeps_its_points(walled, outside, answer):
    verdict = grade(walled, answer, outside).verdicts[NAME]
    assert verdict.points == verdict.worth, verdict.results


def test_the_next_submission_is_not_harmed(walled, outside):
    """Right after the worst neighbours, an ordinary answer gets everything."""
    worst = (
        "forks",
        "eats-memory",
        "hoards-in-children",
        "eats-the-disk",
        "hides-a-daemon",
        "stops-the-clock",
    )
    for attack in FORGERIES:
        if attack.name in worst:
            grade(walled, attack, outside)
    report = walled.grade(walled.master.submission())
    assert report.verdicts[NAME].points == report.verdicts[NAME].worth


GREEDY = """
import sys
from time import process_time

frame = sys._getframe()
while frame is not None:
    if "modes" in frame.f_globals:
        frame.f_globals["modes"].calls = (
            lambda probe, function, *case: (probe(function, *case), 2)[1]
        )
    frame = frame.f_back


def forward(f, x, h):
    until = process_time() + 1.0
    EXTRA
    return (f(x + h) - f(x)) / h
"""


@pytest.mark.parametrize(
    "extra,words",
    [
        ("while x == 0.7 and process_time() < until: f(x)", "s of CPU time"),
        ("held = b'x' * (700 * 2**20)", "MiB"),
    ],
)
def test_forged_evidence_beside_right_results_is_flagged(walled, extra, words):
    """The count says two calls; the clock and the memory say otherwise."""
    code = GREEDY.replace("EXTRA", extra)
    report = walled.grade(walled.master.submission({NAME: code}), only=[NAME])
    passed = {r.name: r.passed for r in report.verdicts[NAME].results}
    assert passed["two evaluations"], report.verdicts[NAME].results
    (flag,) = [text for text in report.notes if "two evaluations" in text]
    assert "seen from outside" in flag
    assert words in flag


def test_honest_evidence_is_not_flagged(walled):
    assert walled.grade(walled.master.submission()).notes == []


@pytest.mark.parametrize("name", SUCCEED_WITHOUT)
def test_without_walls_the_attack_succeeds(lesson, outside, name):
    judge = Judge(lesson, seed=11, limits=QUICK, launcher=sandbox.spawn)
    attack = next(one for one in FORGERIES if one.name == name)
    verdict = grade(judge, attack, outside).verdicts[NAME]
    assert verdict.points > 0, verdict.results


def test_the_table_of_attacks_is_that_of_the_corpus():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in attacks.TABLE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| :")
    ]
    tried = [row for row in rows if len(row) == len(attacks.HEADS)][1:]
    assert [row[:2] for row in tried] == [[a.name, a.says] for a in attacks.attacks()]
    assert {(row[2], row[4]) for row in tried} == {("0", "0")}
    killed = [row for row in rows if len(row) == len(attacks.KILLS)][1:]
    assert [(row[0], row[3]) for row in killed] == [(step, "yes") for step in STEPS]
