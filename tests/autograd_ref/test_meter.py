"""The meters: what a graph keeps, and the peak while a block runs."""

import tracemalloc

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.chain import checkpoint_chain
from autograd_ref.checkpoint import checkpoint
from autograd_ref.errors import ArgumentError
from autograd_ref.meter import LiveBytes, saved_arrays, saved_bytes
from autograd_ref.tensor import Tensor, tensor


def test_a_graph_keeps_each_piece_of_memory_once(rng):
    x = tensor(rng.normal(size=(4, 5)))
    w = Tensor(rng.normal(size=(5, 3)), requires_grad=True)
    y = (x @ w).tanh()
    both = y * x[:, :3] + y * x[:, :3]
    kept = saved_arrays(both)
    assert {id(a) for a in kept} == {id(x.primal), id(y.primal)}
    assert saved_bytes(both) == x.primal.nbytes + y.primal.nbytes
    assert saved_bytes(both, y, y * 2.0) == saved_bytes(both)


def test_parameters_are_left_out_and_so_is_what_was_freed(rng):
    w = Tensor(rng.normal(size=3), requires_grad=True)
    y = (w * w).exp().sum()
    assert [a.shape for a in saved_arrays(y)] == [(3,)]  # the result of exp
    y.backward()
    assert saved_bytes(y) == 0
    assert saved_bytes(tensor(1.0)) == 0


def test_what_a_checkpoint_keeps_is_seen(rng):
    x = Tensor(rng.normal(size=3), requires_grad=True)
    inner = x * 1.0
    assert saved_arrays(checkpoint(lambda x: x.sin().sin(), inner))[0] is inner.primal
    out = checkpoint_chain([ops.sin] * 9, inner, 4)
    assert len(saved_arrays(out)) == 4 + 1  # the slots, and the last step's input


def test_the_peak_counts_what_lives_at_one_time():
    with LiveBytes() as live:
        first = np.zeros(100_000)
        assert live.now == pytest.approx(first.nbytes, rel=0.1)
        del first
        both = np.zeros(50_000), np.zeros(50_000)
        del both
        assert live.now < 80_000  # what pytest itself keeps
    assert live.peak == pytest.approx(800_000, rel=0.1)
    before = live.now, live.peak
    kept = np.zeros(100_000)
    assert (live.now, live.peak) == before
    assert kept.nbytes == 800_000
    assert not tracemalloc.is_tracing()


def test_a_trace_that_was_running_goes_on():
    tracemalloc.start()
    try:
        kept = np.zeros(100_000)
        with LiveBytes() as live:
            assert live.now < 10_000
        assert tracemalloc.is_tracing()
        assert kept.nbytes > live.peak
    finally:
        tracemalloc.stop()


def test_one_meter_at_a_time():
    with LiveBytes(), pytest.raises(ArgumentError, match="already"), LiveBytes():
        pass
    with LiveBytes() as live:
        pass
    assert live.peak < 10_000
