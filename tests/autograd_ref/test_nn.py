"""Networks: layers, blocks, losses against torch; what a module finds and refuses."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from autograd_ref import nn, ops, versions
from autograd_ref.errors import ArgumentError, DTypeError, GraphError, ShapeError
from autograd_ref.gradcheck import gradgradcheck
from autograd_ref.mode import inference_mode, no_grad
from autograd_ref.module import Module
from autograd_ref.optim import SGD, Adam
from autograd_ref.tensor import Tensor, grad

# Sums of a few hundred float64 products, in another order on each side.
BY_ROUNDING = 1e-11


@pytest.fixture
def seed():
    return np.random.default_rng(7)


def close(ours, theirs):
    expected = theirs.detach().numpy()
    size = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(
        ours.detach().numpy(), expected, rtol=BY_ROUNDING, atol=BY_ROUNDING * size
    )


def agree(torch, ours, theirs, x, rng, call=None):
    """Values, input's and every parameter's gradient, with torch's weights loaded."""
    theirs = theirs.double()
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    mine, its = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    z, t = ours(mine), (call or theirs)(its)
    w = rng.normal(size=z.shape)
    close(z, t)
    z.backward(w)
    t.backward(torch.tensor(w))
    close(mine.grad, its.grad)
    peers = dict(theirs.named_parameters())
    assert list(peers) == [name for name, _ in ours.named_parameters()]
    for name, parameter in ours.named_parameters():
        close(parameter.grad, peers[name].grad)


# -- layers against torch ------------------------------------------------------------
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("lead", [(), (5,), (2, 3)])
def test_linear_is_torchs(torch, bias, lead, rng, seed):
    ours = nn.Linear(4, 3, bias, rng=seed)
    agree(torch, ours, torch.nn.Linear(4, 3, bias), rng.normal(size=(*lead, 4)), rng)


def test_layer_norm_is_torchs(torch, rng):
    theirs = torch.nn.LayerNorm(6, eps=1e-3).double()
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(rng.normal(size=6)))
        theirs.bias.copy_(torch.tensor(rng.normal(size=6)))
    agree(torch, nn.LayerNorm(6, eps=1e-3), theirs, rng.normal(size=(2, 3, 6)), rng)


def test_embedding_is_torchs_also_where_a_row_is_taken_twice(torch, rng, seed):
    ours, theirs = nn.Embedding(5, 3, rng=seed), torch.nn.Embedding(5, 3).double()
    ours.load_state_dict(theirs.state_dict())
    index = np.array([[0, 4, 0], [2, 0, 4]])
    z, t = ours(index), theirs(torch.tensor(index))
    w = rng.normal(size=z.shape)
    close(z, t)
    z.backward(w)
    t.backward(torch.tensor(w))
    close(ours.weight.grad, theirs.weight.grad)
    assert np.array_equal(ours(Tensor(index)).primal, z.primal)


def test_sequential_and_mlp_are_torchs(torch, rng, seed):
    x = rng.normal(size=(7, 3))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2)
    )
    ours = nn.Sequential(nn.Linear(3, 5, rng=seed), ops.tanh, nn.Linear(5, 2, rng=seed))
    agree(torch, ours, theirs, x, rng)
    assert len(ours) == 3
    assert ours[1] is ops.tanh
    mlp = nn.MLP([3, 5, 2], ops.tanh, rng=seed)
    mlp.load_state_dict(
        {f"layers.{int(name[0]) // 2}{name[1:]}": value
         for name, value in ours.state_dict().items()}
    )  # fmt: skip
    assert np.array_equal(mlp(x).primal, ours(x).primal)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("lead", [(), (2,)])
def test_attention_is_torchs(torch, causal, lead, rng, seed):
    ours = nn.SelfAttention(8, 2, causal=causal, rng=seed)
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True).double()
    with torch.no_grad():  # torch starts it at 0, which would hide a mix-up
        theirs.in_proj_bias.copy_(torch.tensor(rng.normal(size=24)))
    mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1) if causal else None

    def call(x):
        return theirs(x, x, x, attn_mask=mask, need_weights=False)[0]

    agree(torch, ours, theirs, rng.normal(size=(*lead, 5, 8)), rng, call)


@pytest.mark.parametrize("causal", [False, True])
def test_a_transformer_block_is_torchs(torch, causal, rng, seed):
    ours = nn.TransformerBlock(8, 2, 16, causal=causal, rng=seed)
    theirs = torch.nn.TransformerEncoderLayer(
        8, 2, 16, dropout=0.0, batch_first=True, norm_first=True,
        activation=lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    ).double()  # fmt: skip
    mask = torch.triu(torch.full((5, 5), -torch.inf, dtype=torch.float64), 1)

    def call(x):
        return theirs(x, src_mask=mask if causal else None, is_causal=causal)

    agree(torch, ours, theirs, rng.normal(size=(3, 5, 8)), rng, call)


def test_a_causal_place_does_not_see_the_future(rng, seed):
    attend = nn.SelfAttention(4, 2, causal=True, rng=seed)
    x = Tensor(rng.normal(size=(6, 4)), requires_grad=True)
    attend(x)[2].sum().backward()
    seen = np.any(x.grad.primal != 0.0, axis=1)
    assert seen.tolist() == [True, True, True, False, False, False]


def test_second_gradients_go_through_a_block(rng, seed):
    block = nn.TransformerBlock(4, 2, 4, causal=True, rng=seed)
    x = Tensor(rng.normal(size=(3, 4)), requires_grad=True)
    assert gradgradcheck(block, x)


def test_losses_are_torchs(torch, rng):
    x, y = rng.normal(size=(2, 2, 3, 4))
    mine, its = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    target = rng.integers(4, size=(2, 3))
    pairs = [
        (nn.mse_loss(mine, y), torch.nn.functional.mse_loss(its, torch.tensor(y))),
        (
            nn.cross_entropy(mine, target),
            torch.nn.functional.cross_entropy(
                its.transpose(1, 2), torch.tensor(target)
            ),
        ),
    ]
    for ours, theirs in pairs:
        close(ours, theirs)
        (g,), (h,) = grad(ours, mine), torch.autograd.grad(theirs, its)
        close(g, h)


# -- how they start ----------------------------------------------------------------
@pytest.mark.parametrize("which", ["linear", "attention", "embedding"])
def test_parameters_start_as_torchs_do(torch, which, seed):
    """The extent of even draws, the deviation of thousands: 5 % apart at most."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        ours, theirs = pair(torch, which, seed)
    peers = dict(theirs.named_parameters())
    for name, p in ours.named_parameters():
        a, b = p.primal, peers[name].detach().numpy()
        assert a.shape == b.shape
        assert np.std(a) == pytest.approx(np.std(b), rel=0.05 if a.ndim > 1 else 0.3)
        if which != "embedding":
            assert np.abs(a).max() == pytest.approx(np.abs(b).max(), rel=0.1)


def pair(torch, which, seed):
    return {
        "linear": lambda: (nn.Linear(64, 96, rng=seed), torch.nn.Linear(64, 96)),
        "attention": lambda: (
            nn.SelfAttention(64, 2, rng=seed), torch.nn.MultiheadAttention(64, 2)
        ),
        "embedding": lambda: (
            nn.Embedding(96, 64, rng=seed), torch.nn.Embedding(96, 64)
        ),
    }[which]()  # fmt: skip


def test_a_run_is_repeated_by_its_seed_and_leaves_global_seeds_alone():
    legacy: Any = np.random
    before = legacy.get_state()[1].copy()
    one, two, other = (
        nn.TransformerBlock(8, 2, 8, dropout=0.5, rng=np.random.default_rng(i))
        for i in (1, 1, 2)
    )
    x = np.ones((2, 8))
    assert np.array_equal(one(x).primal, two(x).primal)
    assert not np.array_equal(one(x).primal, other(x).primal)
    assert np.array_equal(before, legacy.get_state()[1])


def test_dtype_is_kept_through_a_whole_step(seed):
    model = nn.Sequential(
        nn.Embedding(5, 8, rng=seed, dtype="f4"),
        nn.TransformerBlock(8, 2, 8, 0.5, causal=True, rng=seed, dtype="f4"),
        nn.MLP([8, 4, 5], rng=seed, dtype="f4"),
    )
    optimizer = Adam(model.parameters(), weight_decay=0.1)
    loss = nn.cross_entropy(model([[1, 2, 3]]), [[2, 3, 4]])
    loss.backward()
    optimizer.step()
    assert loss.dtype == np.float32
    assert {p.dtype for p in model.parameters()} == {np.dtype("f4")}
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype("f4")}


# -- dropout -------------------------------------------------------------------------
def test_dropout_keeps_the_mean_and_passes_the_gradient_of_what_it_kept(seed):
    drop = nn.Dropout(0.25, rng=seed)
    x = Tensor(np.ones(40_000), requires_grad=True)
    y = drop(x)
    y.sum().backward()
    assert set(np.unique(y.primal)) == {0.0, 1.0 / 0.75}
    assert np.array_equal(x.grad.primal, y.primal)
    assert y.mean().item() == pytest.approx(1.0, abs=5 * np.sqrt(0.25 / 0.75 / 40_000))
    assert not np.array_equal(drop(x).primal, y.primal)


def test_dropout_does_nothing_outside_training(seed):
    model = nn.Sequential(nn.Dropout(0.9, rng=seed), nn.Dropout(1.0, rng=seed))
    x = Tensor([1.0, 2.0])
    assert model(x).tolist() == [0.0, 0.0]
    assert model.eval()(x) is x
    assert [m.training for m in model.modules()] == [False] * 3
    assert [m.training for m in model.train().modules()] == [True] * 3


@pytest.mark.parametrize("place", ["weights", "after attention", "inside", "after"])
def test_dropout_falls_where_torchs_does(torch, place, rng, seed):
    """With p = 1 in one place, which leaves nothing to chance."""
    ours = nn.TransformerBlock(8, 2, 16, rng=seed)
    theirs = torch.nn.TransformerEncoderLayer(
        8, 2, 16, dropout=0.0, batch_first=True, norm_first=True,
        activation=lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    )  # fmt: skip
    with torch.no_grad():
        theirs.self_attn.out_proj.bias += 1.0
    mine = [ours.self_attn.dropout, *ours.dropouts]
    its = [None, theirs.dropout1, theirs.dropout, theirs.dropout2]
    which = ["weights", "after attention", "inside", "after"].index(place)
    mine[which].p = 1.0
    if its[which] is None:
        theirs.self_attn.dropout = 1.0
    else:
        its[which].p = 1.0
    agree(torch, ours, theirs, rng.normal(size=(2, 3, 8)), rng)


# -- what a module finds -------------------------------------------------------------
class Model(Module):
    """Parameters in all the places where they are looked for."""

    def __init__(self, rng):
        self.name, self.sizes = "model", (3, 2)
        self.scale = Tensor([2.0], requires_grad=True)
        self.layers = [nn.Linear(2, 2, rng=rng), (nn.Linear(2, 2, rng=rng),)]
        self.heads = {"a": nn.Linear(2, 1, False, rng=rng), 7: [Tensor([1.0])]}
        self.words = {"a.b": 1, "c": "..."}


NAMES = [
    "scale", "layers.0.weight", "layers.0.bias", "layers.1.0.weight",
    "layers.1.0.bias", "heads.a.weight", "heads.7.0",
]  # fmt: skip


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts(seed):
    model = Model(seed)
    assert [name for name, _ in model.named_parameters()] == NAMES
    assert list(model.state_dict()) == NAMES
    assert [name for name, _ in model.named_modules()] == [
        "", "layers.0", "layers.1.0", "heads.a"
    ]  # fmt: skip
    assert repr(model).splitlines()[:2] == ["Model(", "  scale (1,)"]


def test_what_is_added_later_is_found_too(seed):
    model = Model(seed)
    model.layers.append(Tensor([0.0]))
    assert [name for name, _ in model.named_parameters()][5] == "layers.2"


def test_freezing_and_unfreezing_reaches_every_parameter(seed):
    model = Model(seed).requires_grad_(False)
    assert [name for name, _ in model.named_parameters()] == NAMES
    assert not any(p.requires_grad for p in model.parameters())
    assert all(p.requires_grad for p in model.requires_grad_().parameters())


def test_a_shared_parameter_counts_once_and_is_saved_under_both_names(torch, seed):
    torch_module: Any = torch.nn.Module

    class Tied(Module):
        def __init__(self):
            self.embed = nn.Embedding(3, 2, rng=seed)
            self.head = nn.Linear(2, 3, False, rng=seed)
            self.head.weight = self.embed.weight
            self.again = self.embed

    class Peer(torch_module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(3, 2)
            self.head = torch.nn.Linear(2, 3, bias=False)
            self.head.weight = self.embed.weight
            self.again = self.embed

    ours, theirs = Tied(), Peer().double()
    names = [name for name, _ in theirs.named_parameters()]
    assert [name for name, _ in ours.named_parameters()] == names
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    assert ours.head.weight is ours.embed.weight


def test_zero_grad_forgets(seed):
    model = nn.MLP([2, 2], rng=seed)
    model(np.ones(2)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def holding(**parts):
    model = Module()
    vars(model).update(parts)
    return model


def test_a_tensor_that_was_computed_is_refused_as_a_parameter():
    weight = Tensor([1.0], requires_grad=True) * 0.1
    with pytest.raises(GraphError, match=r"layers\.0.*MulBackward0.*never be"):
        list(holding(layers=[weight]).parameters())


@pytest.mark.parametrize(
    "parts, words",
    [
        ({"layers": {Module()}}, "layers is a set"),
        ({"a": [frozenset([Tensor(1.0)])]}, "a.0 is a frozenset"),
        ({"heads": {"a.b": Module()}}, "heads.a.b"),
        ({"heads": {1: Module(), "1": Module()}}, "heads.1"),
    ],
)
def test_what_cannot_be_named_is_refused(parts, words):
    with pytest.raises(ArgumentError, match=words):
        list(holding(**parts).parameters())


def test_a_module_that_holds_itself_is_refused():
    child: Any = Module()
    child.parent = parent = holding(child=[child])
    with pytest.raises(ArgumentError, match=r"child\.0\.parent"):
        parent.state_dict()
    child.parent = None


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        Module()(1.0)


# -- state -----------------------------------------------------------------------
def test_state_goes_round_through_a_file(tmp_path, rng, seed):
    one, two = (nn.TransformerBlock(4, 2, 8, rng=seed) for _ in range(2))
    np.savez(tmp_path / "state.npz", **one.state_dict())
    with np.load(tmp_path / "state.npz") as state:
        assert two.load_state_dict(dict(state)) == ([], [])
    x = rng.normal(size=(2, 4))
    assert np.array_equal(one(x).primal, two(x).primal)


def test_a_kept_state_does_not_follow_the_training(seed):
    model = nn.MLP([2, 1], rng=seed)
    best = model.state_dict()
    kept = {name: array.copy() for name, array in best.items()}
    model(np.ones(2)).sum().backward()
    SGD(model.parameters(), lr=1.0).step()
    assert all(np.array_equal(best[name], kept[name]) for name in kept)
    assert not np.array_equal(
        model.state_dict()["layers.0.bias"], kept["layers.0.bias"]
    )


def test_loading_is_a_write_that_an_older_graph_notices(seed):
    model = nn.MLP([2, 2, 1], rng=seed)
    loss = model(np.ones(2)).sum()
    before = [p.version for p in model.parameters()]
    model.load_state_dict(model.state_dict())
    assert [p.version for p in model.parameters()] == [v + 1 for v in before]
    with pytest.raises(GraphError, match="in-place"):
        loss.backward()


WEIGHT, BIAS = np.zeros((1, 2)), np.zeros(1)


@pytest.mark.parametrize(
    "state, error, words",
    [
        ({"weight": WEIGHT}, ArgumentError, "without a value: bias;"),
        (
            {"weight": WEIGHT, "bias": BIAS, "more": BIAS},
            ArgumentError,
            "without a parameter: more",
        ),
        ({"weight": WEIGHT, "bias": WEIGHT}, ShapeError, r"bias of shape \(1, 2\)"),
        ({"weight": WEIGHT, "bias": BIAS * 1j}, DTypeError, "complex128"),
        ({"weight": WEIGHT, "bias": ["x"]}, DTypeError, "<U1"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_written(
    state, error, words, seed
):
    model = nn.Linear(2, 1, rng=seed)
    before = model.state_dict()
    with pytest.raises(error, match=words):
        model.load_state_dict(state)
    after = model.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_state_may_be_loaded_in_part(seed):
    model: Any = nn.Linear(2, 1, rng=seed)
    bias = Tensor([5.0], requires_grad=True)
    told = model.load_state_dict({"bias": bias, "more": 1.0}, strict=False)
    assert told == (["weight"], ["more"])
    assert model.bias.tolist() == [5.0]
    assert model.bias.is_leaf


# -- optimisers ----------------------------------------------------------------------
OPTIMISERS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("SGD", {"lr": 0.1}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "both": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "adam": ("Adam", {"lr": 0.1}),
    "adam-all": (
        "Adam",
        {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1},
    ),
}


@pytest.mark.parametrize("which", OPTIMISERS)
def test_steps_are_torchs(torch, which, rng, seed):
    name, options = OPTIMISERS[which]
    model: Any = nn.MLP([3, 4, 2], ops.tanh, rng=seed)
    peers = {
        name: torch.tensor(p.primal, requires_grad=True)
        for name, p in model.named_parameters()
    }
    ours = {"SGD": SGD, "Adam": Adam}[name](model.parameters(), **options)
    theirs = getattr(torch.optim, name)(list(peers.values()), **options)
    for number in range(4):
        x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
        ours.zero_grad()
        nn.mse_loss(model(x), y).backward()
        if number == 2:  # one that has no gradient this time stays, in both
            model.layers[0].bias.grad = None
        for key, p in model.named_parameters():
            g = p.grad
            peers[key].grad = None if g is None else torch.tensor(g.primal)
        ours.step()
        theirs.step()
        for key, p in model.named_parameters():
            close(p, peers[key])


def test_a_rate_may_change_between_steps():
    w = Tensor([1.0], requires_grad=True)
    optimizer = SGD([w], lr=0.5)
    for lr in (0.5, 0.25):
        optimizer.lr = lr
        optimizer.zero_grad()
        (2.0 * w).sum().backward()
        optimizer.step()
    assert w.tolist() == [1.0 - 2.0 * 0.5 - 2.0 * 0.25]


@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_step_leaves_one_version_and_the_same_leaf_behind(make, seed):
    model = nn.MLP([2, 2, 1], rng=seed)
    optimizer = make(model.parameters(), lr=0.1)
    before = [(p, p.primal, p.version) for p in model.parameters()]
    model(np.ones(2)).sum().backward()
    optimizer.step()
    for p, (leaf, memory, version) in zip(model.parameters(), before, strict=True):
        assert p is leaf
        assert p.primal is memory
        assert p.version == version + 1
        assert p.is_leaf
        assert p.requires_grad


def test_a_backward_pass_after_a_step_is_refused_as_in_torch(torch, seed):
    model = nn.MLP([2, 2, 1], ops.tanh, rng=seed)
    peer = torch.nn.Sequential(
        torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)
    )
    x = np.ones((1, 2))
    ours, theirs = model(x).sum(), peer(torch.ones(1, 2)).sum()
    optimizers = [
        SGD(model.parameters(), lr=0.1),
        torch.optim.SGD(peer.parameters(), lr=0.1),
    ]
    for loss, optimizer in zip((ours, theirs), optimizers, strict=True):
        loss.backward(retain_graph=True)
        optimizer.step()
        with pytest.raises(RuntimeError, match=r"in-?place"):
            loss.backward()


def test_momentum_does_not_share_the_gradients_memory():
    w = Tensor([1.0], requires_grad=True)
    optimizer = SGD([w], lr=1.0, momentum=0.5)
    (2.0 * w).sum().backward()
    optimizer.step()
    (2.0 * w).sum().backward()  # adds to the same .grad in place: 4
    optimizer.step()
    assert w.tolist() == [1.0 - 2.0 - (0.5 * 2.0 + 4.0)]


def test_a_step_takes_no_part_in_a_graph_of_the_gradient(seed):
    w = Tensor([3.0], requires_grad=True)
    (w * w * w).sum().backward(create_graph=True)
    assert w.grad.requires_grad
    Adam([w], lr=0.1).step()
    assert w.is_leaf
    w.grad = None


def test_training_leaves_no_cycle_behind(seed):
    gc.disable()
    try:
        model = nn.TransformerBlock(4, 2, 4, dropout=0.5, rng=seed)
        optimizer = Adam(model.parameters())
        loss = model(np.ones((2, 4))).sum()
        loss.backward()
        optimizer.step()
        gone = [weakref.ref(x) for x in (model, optimizer, loss, loss.grad_fn)]
        del loss, model, optimizer
        assert [ref() for ref in gone] == [None] * 4
    finally:
        gc.enable()


W = Tensor([1.0], requires_grad=True)
MODULE: Any = Module()


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: SGD([]), ArgumentError, "no parameters"),
        (lambda: SGD([W, W]), ArgumentError, "twice"),
        (lambda: SGD(W), DTypeError, "got a Tensor"),
        (lambda: SGD(MODULE), DTypeError, "got a Module"),
        (lambda: SGD(holding(w=W).named_parameters()), DTypeError, "tuple among"),
        (lambda: SGD([W * 2]), GraphError, "MulBackward0"),
        (lambda: SGD([W], lr=-1.0), ArgumentError, "lr=-1.0"),
        (lambda: SGD([W], lr=np.nan), ArgumentError, "lr=nan"),
        (lambda: SGD([W], momentum=-1), ArgumentError, "momentum=-1"),
        (lambda: Adam([W], betas=(0.9, 1.0)), ArgumentError, "below 1"),
        (lambda: Adam([W], weight_decay=-1), ArgumentError, "weight_decay=-1"),
        (lambda: Adam([W]).step(), GraphError, "none of 1 parameters"),
    ],
)
def test_an_optimiser_refuses(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_parameter_made_in_inference_mode_cannot_be_trained():
    with inference_mode():
        frozen = Tensor([1.0]) * 2.0
    kept = Tensor([1.0], requires_grad=True)
    frozen.grad = kept.grad = Tensor([1.0])
    with pytest.raises(GraphError, match="inference"):
        SGD([kept, frozen]).step()


# -- what layers refuse --------------------------------------------------------------
WRONG: Any = {"number": 0, "module": np.random, "list": [nn.LayerNorm(2)]}
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (
            lambda: nn.Linear(2, 1, rng=WRONG["number"]),
            ArgumentError,
            "Linear got rng=0",
        ),
        (lambda: nn.Linear(2, 1, rng=WRONG["module"]), ArgumentError, "default_rng"),
        (lambda: nn.Linear(2, 1, rng=RNG)(np.ones(3)), ShapeError, r"\(3,\)"),
        (lambda: nn.MLP([2], rng=RNG), ArgumentError, r"widths \[2\]"),
        (lambda: nn.Sequential(WRONG["list"]), DTypeError, "list as part 0"),
        (lambda: nn.LayerNorm(1)(np.ones(3)), ShapeError, r"\(3,\).*length 1"),
        (lambda: nn.Dropout(1.5, rng=RNG), ArgumentError, "p=1.5"),
        (lambda: nn.Embedding(3, 1, rng=RNG)([0.0]), DTypeError, "float64"),
        (lambda: nn.Embedding(3, 1, rng=RNG)([True]), DTypeError, "bool"),
        (lambda: nn.Embedding(3, 1, rng=RNG)([-1]), ArgumentError, "from 0 to 2"),
        (lambda: nn.Embedding(3, 1, rng=RNG)([3]), ArgumentError, "to 3; they"),
        (lambda: nn.SelfAttention(6, 4, rng=RNG), ArgumentError, "num_heads=4"),
        (lambda: nn.SelfAttention(6, 0, rng=RNG), ArgumentError, "num_heads=0"),
        (
            lambda: nn.SelfAttention(4, 2, rng=RNG)(np.ones(4)),
            ShapeError,
            r"\(\.\.\., length, 4\)",
        ),
        (lambda: nn.mse_loss(W, np.ones((1, 1))), ShapeError, r"\(1,\) and \(1, 1\)"),
        (lambda: nn.cross_entropy(W, [0]), ShapeError, r"\(1,\)"),
        (lambda: nn.cross_entropy(W, 1), ArgumentError, "from 0 to 0"),
        (lambda: nn.cross_entropy(W, 0.0), DTypeError, "float64"),
    ],
)
def test_a_layer_refuses(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_pass_without_grad_leaves_nothing_to_free(seed):
    model = nn.TransformerBlock(4, 2, 4, causal=True, rng=seed)
    with no_grad():
        assert not model(np.ones((2, 4))).requires_grad
    assert all(versions.version(p.primal) == 0 for p in model.parameters())
