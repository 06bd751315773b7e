"""The harness measures what it says, and every engine computes what it should.

Nothing here looks at a clock; `make bench` does.
"""

import gc
import json
from typing import Any

import numpy as np
import pytest

from graders.pipeline.findings import CourseError
from tests.benchmarks import array_peers, everything, harness, peers, readme, report
from tests.benchmarks import checkpoint_workloads as checkpoints
from tests.benchmarks import derivative_workloads as derivatives
from tests.benchmarks import scalar_workloads as scalar
from tests.benchmarks import tensor_workloads as tensors
from tests.benchmarks.__main__ import README, RESULTS
from tests.benchmarks.harness import OURS, Measured, Target, Workload, measure

SMALL = {
    "chain": (scalar.chain(40), scalar.chain_reference(40)),
    "diamonds": (scalar.diamonds(9), [0.9999**9] * 2),
    "fan-out": (scalar.fan_out(8), [2.0, 8.0]),
    "dense": (scalar.dense(6), [(7 / 6) ** 4 / 6] * 2),
    "rosenbrock": (scalar.rosenbrock_program, scalar.rosenbrock_reference()),
}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("engine", peers.engines(), ids=lambda engine: engine.name)
def test_every_engine_computes_the_reference(name, engine):
    program, expected = SMALL[name]
    np.testing.assert_allclose(scalar.stepper(engine, program)()(), expected, 1e-11)


def test_forward_mode_and_array_peers_compute_rosenbrock_too():
    for make in scalar.rosenbrock_engines().values():
        np.testing.assert_allclose(make()(), scalar.rosenbrock_reference(), 1e-11)


@pytest.mark.skipif(peers.load("micrograd") is None, reason="bench extra: micrograd")
def test_two_moons_agree_in_every_engine_and_form():
    expected = scalar.moons_reference()
    forms = [scalar.moons_fused_step, *scalar.moons_engines("ours").values()]
    for make in forms:
        np.testing.assert_allclose(make()(), expected, rtol=1e-9, atol=1e-12)


def test_every_workload_has_targets_on_peers_and_an_own_id():
    found = everything.workloads()
    assert len({w.id for w in found}) == len(found) == 19
    assert all(w.targets for w in found)


def classifier_workload():
    return tensors._classifier_workload("T1", 5, 6, 4, 4, 3, targets=())


SMALL_ARRAYS = [
    classifier_workload(),
    tensors.chain_workload(3),
    tensors.block_workload("T3", 2, 3, 8, ()),
    derivatives.hvp_workload("T4", 5, 6, 4, 4, 3, targets=()),
    derivatives.jacobian_workload("T5", 4, 3, ()),
    derivatives.jacobian_workload("T5 wide", 3, 5, ()),
    derivatives.differences_workload(20),
    *checkpoints.chain_workloads(20, (2, 3)),
]


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("shown", SMALL_ARRAYS, ids=lambda w: w.id)
def test_every_array_engine_computes_the_reference(shown):
    expected = shown.reference()
    for name, make in shown.engines.items():
        found = shown.digest(make()())
        np.testing.assert_allclose(
            found, expected, shown.rtol, shown.atol, err_msg=name
        )


def test_a_wrong_gradient_is_seen_through_the_digest():
    shown = classifier_workload()
    loss, *gradients = shown.engines[OURS]()()
    turned = [np.asarray(g).copy() for g in gradients]
    turned[2][1, 2] *= -1.0
    found = np.array(shown.digest([loss, *turned]))
    right = np.isclose(found, shown.reference(), shown.rtol, shown.atol)
    assert list(np.flatnonzero(~right)) == [3]


def test_a_program_is_one_in_every_kit():
    assert {kit.name for kit in array_peers.kits(OURS)} == {OURS}
    names = set(vars(array_peers.OUR_OPS))
    assert all(set(vars(kit.ops)) == names for kit in array_peers.kits())


def test_checkpointed_chains_run_again_exactly_what_is_least():
    found = checkpoints.peaks(100, (40, 50))
    assert found["all kept"]["again"] == 0
    for slots in checkpoints.SLOTS:
        row = found[f"binomial, {slots} slots"]
        assert row["again"] == row["theory"]
        assert row["states"] <= slots + 9
    assert found["square root"]["states"] <= 2 * 100**0.5 + 9
    assert found["all kept"]["states"] <= 100 + 9


def test_the_readme_shows_the_results():
    results = json.loads(RESULTS.read_text("utf-8"))
    text = README.read_text("utf-8")
    assert readme.updated(text, results) == text, "run `make bench`"


def test_the_readmes_table_names_what_is_lost_and_what_is_missed():
    engines = {
        OURS: {"ms": 2.0, "ratio": 1.0, "ratio_gc_off": 1.0},
        "slow": {"ms": 8.0, "ratio": 4.04, "ratio_gc_off": 2.0},
        "fast": {"ms": 1.0, "ratio": 0.5, "ratio_gc_off": 0.49},
    }
    aim = {"peer": "fast", "must": 0.9, "gc": "on", "verdict": "MISSED"}
    results = {
        "conditions": {"python": "3.11", "system": "Linux", "load": 0.1},
        "left_out": {"gone": "not installed"},
        "workloads": {"W": {"title": "a workload", "engines": engines,
                            "refused": {"deep": "RecursionError"}, "targets": [aim]}},
    }  # fmt: skip
    row, below = readme.table(results).split("\n")[2], readme.table(results)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["W", "a workload", "2", "slow 4 (2), deep: RecursionError",
                     "fast 0.5", "missed: fast 0.9"]  # fmt: skip
    assert "Left out: gone (not installed)." in below
    with pytest.raises(CourseError, match="lacks the lines"):
        readme.updated("no marks", results)


def test_a_peer_that_is_not_there_is_named():
    known = set(peers.versions()) | set(peers.left_out())
    assert known == set(peers.PEERS) | set(peers.UNAVAILABLE)


def workload(**engines):
    made: dict[str, Any] = {n: lambda step=step: step for n, step in engines.items()}
    return Workload("W", "a workload", made, lambda: [1.0, 2.0], (Target("peer", 2.0),))


def too_deep():
    raise RecursionError


def test_only_right_results_are_timed_and_the_rest_is_named():
    found = measure(
        workload(
            ours=lambda: [1.0, 2.0], wrong=lambda: [1.0, 2.1], deep=too_deep,
            peer=lambda: (1, 2),
        ),
        rounds=3,
    )  # fmt: skip
    assert set(found.on) == set(found.off) == {OURS, "peer"}
    assert found.refused == {"wrong": "wrong result", "deep": "RecursionError"}
    assert all(len(times) == 3 for times in found.on.values())


@pytest.mark.parametrize("ours", [lambda: [1.0, 3.0], lambda: [1.0], too_deep])
def test_a_wrong_result_of_ours_stops_the_measurement(ours):
    with pytest.raises(harness.WrongResultError, match="W: "):
        measure(workload(ours=ours))


def test_engines_take_turns_at_going_first():
    orders = [harness._rotated(["a", "b", "c"], turn) for turn in range(4)]
    assert orders == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"],
                      ["a", "b", "c"]]  # fmt: skip


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    found = Measured(
        on={OURS: [1.0, 2.0, 4.0], "peer": [10.0, 4.0, 12.0]},
        off={OURS: [1.0], "peer": [0.5]},
    )
    assert (found.ratio("peer"), found.ratio("peer", gc_on=False)) == (3.0, 0.5)
    assert found.seconds("peer") == 10.0


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was(on):
    before = gc.isenabled()
    with harness.collector(on):
        assert gc.isenabled() == on
        assert gc.get_freeze_count() > 0
    assert gc.isenabled() == before
    assert gc.get_freeze_count() == 0


def test_the_table_says_met_missed_and_why_not_measured():
    found = Measured(
        on={OURS: [0.001], "peer": [0.003]},
        off={OURS: [0.001], "peer": [0.0015]},
        refused={"deep": "RecursionError"},
    )
    targets = (
        Target("peer", 2.5), Target("peer", 2.0, gc_on=False), Target("absent", 2.0),
        Target("peer", 3.2, 3.4),
    )  # fmt: skip
    shown = Workload("W", "a workload", {}, list, targets)
    kept = report.entry(shown, found)
    assert [t["verdict"] for t in kept["targets"]] == [
        "met", "MISSED", "not measured", "in margin",
    ]  # fmt: skip
    rows = [line.split() for line in report.align(report.lines("W", kept))]
    assert rows[0] == ["W", "a", "workload"]
    assert rows[1] == ["ours", "1", "1"]
    assert rows[2][:5] == ["peer", "3", "3x", "1.5", "1.5x"]
    assert " ".join(rows[2][5:]) == "2.5x, 2x gc off, 3.2x met, MISSED, in margin"
    assert rows[3] == ["deep", "RecursionError"]


def test_micrograd_mended_walks_in_the_order_of_micrograd():
    if peers.load("micrograd") is None:
        pytest.skip("bench extra: micrograd")
    (plain, mended) = peers.engines("micrograd", "micrograd-iterative")
    program, _ = SMALL["chain"]
    assert scalar.stepper(plain, program)()() == scalar.stepper(mended, program)()()
