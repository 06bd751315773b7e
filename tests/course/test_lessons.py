"""The lessons as a reader meets them: they run, keep time, and lead somewhere."""

import json
import re
import resource
from functools import lru_cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from graders.pipeline import source
from graders.pipeline.lesson import Lesson

ROOT = Path(__file__).resolve().parents[2]
STEMS = sorted(p.stem for p in (ROOT / "solutions").glob("[0-9][0-9]_*.py"))
WORDS_A_MINUTE = 200
MINUTES_A_POINT = 4
MUST_BE_FOUND = {
    "01_finite_differences": [
        "By hand",
        "common subexpression",
        "sympy",
        "automatic",
        "round-off",
        "Truncation",
    ],
    "02_dual_numbers": ["DualNumber", "perturbation confusion", "n passes", "JVP"],
    "03_reverse_mode": ["tape", "adjoint", "fan-out", "JVP", "VJP", "dot-product test"],
    "04_build_the_engine": [
        "Value",
        "topological",
        "zero_grad",
        "two moons",
        "accumulate",
        "create_graph",
    ],
    "05_array_vjps": [
        "unbroadcast",
        "dot test",
        "np.add.at",
        "cotangent of ones",
        "cross-entropy",
        "einsum",
    ],
    "06_pytorch_autograd": [
        "grad_fn",
        "next_functions",
        "is_leaf",
        "retain_grad()",
        "retain_graph=True",
        "micro-batches",
        "BatchNorm",
        "ignore_index",
        "torch.func",
        "forward_ad",
        "pip install torch",
    ],
    "07_custom_functions": [
        "ClampedSigmoid",
        "surrogate",
        "StraightThrough",
        "quantisation-aware",
        "LogSumExp",
        "gradcheck",
        "gradgradcheck",
        "save_for_backward",
        "needs_input_grad",
        "once_differentiable",
        "memory cycle",
        "setup_context",
        "generate_vmap_rule",
        "jvp",
        "pip install torch",
    ],
    "08_switching_off": [
        "@torch.no_grad()",
        "with torch.no_grad()",
        "inference_mode",
        "eval()",
        "detach()",
        "set_grad_enabled",
        "requires_grad_(False)",
        "TrainingLoop",
        "train_step",
        "predict",
        "softmax(dim=-1)",
        "torch.autograd.grad(",
        "switch panel",
        "TransformerEncoder",
        "pip install torch",
    ],
    "09_checkpointing": [
        "torch.utils.checkpoint",
        "MultiheadAttention",
        "LayerNorm",
        "cross_entropy",
        "TorchDispatchMode",
        "max_memory_allocated",
        "process_time",
        "need_weights=False",
        "use_reentrant=False",
        "checkpoint_sequential",
        "preserve_rng_state=False",
        "num_batches_tracked",
        "sqrt(n)",
        "nested",
        "binomial",
        "save_on_cpu",
        "saved_tensors_hooks",
        "create_selective_checkpoint_contexts",
        "min_cut",
        "pip install torch",
    ],
    "10_gradient_clinic": [
        "check_gradient_flow",
        "find_nan_gradients",
        "detect_anomaly",
        "register_full_backward_hook",
        "update ratio",
        "in-place",
        "detach()",
        ".data",
        "losses kept with their graphs",
        "checklist",
        "zero_grad missing",
        "leaf moved with .to",
        "nn.ModuleList",
        "Huber",
        "no_grad around forward",
        "numerical and symbolic",
        "reverse mode",
        "retain_grad()",
        "autograd.Function",
        "use_reentrant=False",
        "pip install torch",
    ],
}


@lru_cache
def lesson(stem: str) -> Lesson:
    return source.load(ROOT / "solutions" / f"{stem}.py", ROOT)


def executed(path: Path, tmp_path: Path):
    """The notebook after every cell has run, and the CPU seconds of its kernel."""
    notebook = nbformat.read(path, as_version=4)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return notebook, spent


def marks(notebook) -> dict[str, tuple[float, float]]:
    """Check cell -> (result, points)."""
    found = {}
    for cell in notebook.cells:
        rights = cell.metadata.get("nbgrader", {})
        if rights.get("grade") and cell.cell_type == "code":
            texts = [
                o.data["text/plain"] for o in cell.outputs if "execution_count" in o
            ]
            found[rights["grade_id"]] = (float(texts[-1]), rights["points"])
    return found


def errors(notebook) -> list[str]:
    outputs = (o for c in notebook.cells for o in c.get("outputs", []))
    loud = (o for o in outputs if o.output_type == "error" or o.get("name") == "stderr")
    return [str(o)[:300] for o in loud]


@pytest.mark.parametrize("stem", STEMS)
def test_the_released_notebook_runs_with_its_stubs_and_earns_nothing(stem, tmp_path):
    path = ROOT / "lessons" / stem / f"{stem}.ipynb"
    notebook, _ = executed(path, tmp_path)
    assert errors(notebook) == []
    assert {score for score, _ in marks(notebook).values()} == {0.0}


@pytest.mark.parametrize("stem", STEMS)
def test_the_solution_earns_every_point_within_twenty_cpu_seconds(stem, tmp_path):
    path = ROOT / "solutions" / stem / f"{stem}.ipynb"
    notebook, spent = executed(path, tmp_path)
    assert errors(notebook) == []
    found = marks(notebook)
    assert {k: score for k, (score, _) in found.items()} == {
        k: worth for k, (_, worth) in found.items()
    }
    assert spent < 20


@pytest.mark.parametrize("stem", STEMS)
def test_a_lesson_is_worth_twenty_points_and_a_stretch(stem):
    found = lesson(stem).exercises
    graded = [e.points for e in found if e.id.startswith("e")]
    stretch = [e.points for e in found if e.id.startswith("s")]
    assert (sum(graded), stretch) == (20, [2])


def prose(stem: str) -> str:
    return "\n".join(c.source for c in lesson(stem).cells if c.kind == "prose")


def stated(stem: str, what: str) -> int:
    """Minutes that the head of a lesson states, for reading or exercises."""
    head = lesson(stem).cells[0].source.lower()
    found = re.search(rf"{what}:?\s+about\s+(\d+)\s+minutes", head)
    assert found, f"{stem}: the first cell says no '{what} ... about N minutes'"
    return int(found[1])


@pytest.mark.parametrize("stem", STEMS)
def test_the_stated_reading_time_is_that_of_its_words(stem):
    text = re.sub(r"\$[^$]*\$|<[^>]*>", " ", prose(stem))
    words = len(re.findall(r"[A-Za-z][\w'-]*", text))
    minutes = stated(stem, "reading")
    assert abs(minutes - words / WORDS_A_MINUTE) <= 0.2 * minutes + 1, words


@pytest.mark.parametrize("stem", STEMS)
def test_exercises_get_four_minutes_a_point(stem):
    points = sum(e.points for e in lesson(stem).exercises if e.id.startswith("e"))
    assert stated(stem, "exercises") >= MINUTES_A_POINT * points


@pytest.mark.parametrize("stem", STEMS)
def test_the_index_states_the_same_times(stem):
    index = (ROOT / "lessons" / "index.ipynb").read_text("utf-8")
    assert f"{stem}/{stem}.ipynb" in index
    assert f"{stated(stem, 'exercises')} + {stated(stem, 'reading')}" in index


@pytest.mark.parametrize("stem", STEMS)
def test_every_exercise_has_hints_in_three_layers(stem):
    count = len([e for e in lesson(stem).exercises if e.id.startswith("e")])
    text = prose(stem)
    for layer in (1, 2, 3):
        assert text.count(f"<summary>Hint {layer}") >= count


@pytest.mark.parametrize("stem", STEMS)
def test_what_readers_look_for_is_found(stem):
    text = (ROOT / "lessons" / stem / f"{stem}.ipynb").read_text("utf-8").lower()
    assert [w for w in MUST_BE_FOUND[stem] if w.lower() not in text] == []


def test_the_links_of_the_index_lead_somewhere():
    index = json.loads((ROOT / "lessons" / "index.ipynb").read_text("utf-8"))
    text = "".join("".join(cell["source"]) for cell in index["cells"])
    links = re.findall(
        r'\]\((?!http)([^)#]+\.ipynb)|href="(?!http)([^"#]+\.ipynb)', text
    )
    targets = {a or b for a, b in links}
    assert targets
    assert [t for t in targets if not (ROOT / "lessons" / t).is_file()] == []
