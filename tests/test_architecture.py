"""The order of modules as data: imports point down, and each module has its place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd_ref", "graders")

# Highest first. A module imports only from rows below its own; modules of one row do
# not know each other. A new module gets its place here before it is written.
ORDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "autograd_ref": (
        ("examples", "examples.char_transformer", "examples.two_moons"),
        ("playground",),
        ("playground.scenes",),
        (
            "playground.live",
            "playground.on_data",
            "playground.on_formulas",
            "playground.widget",
        ),
        ("playground.picture", "playground.table"),
        ("playground.formula",),
        ("",),  # the package itself: loads the others lazily
        ("nn", "debug", "draw", "chain", "checkpoint", "gradcheck"),
        ("attention",),
        ("layers",),
        ("module", "optim"),
        ("faults", "svg"),
        ("flow", "layout", "watch"),  # of debug and draw
        ("meter", "randomness", "replay", "schedules"),  # of chain and checkpoint
        ("transforms",),
        ("function",),
        ("finite", "dual", "tape", "scalar", "tensor", "batch"),
        ("rules",),  # rows, compiled for graphs
        ("graph",),
        ("mode", "versions"),
        ("ops",),
        ("core",),
        ("errors",),
    ),
    "graders": (
        ("pipeline.cli",),
        (
            "pipeline.commands.audit",
            "pipeline.commands.build",
            "pipeline.commands.bundle",
            "pipeline.commands.doctor",
            "pipeline.commands.export",
            "pipeline.commands.grade",
            "pipeline.commands.progress",
            "pipeline.commands.regrade",
            "pipeline.commands.release",
            "pipeline.commands.report",
        ),
        ("pipeline.commands.machines",),
        ("pipeline.commands",),
        ("pipeline.audit_record",),
        ("pipeline.audit_figures",),
        ("pipeline.audit",),
        ("pipeline.equivalents", "pipeline.warm"),
        ("pipeline.mutate",),
        ("pipeline.cluster",),
        ("pipeline.regrade",),
        ("pipeline.classroom", "pipeline.own", "pipeline.sample"),
        ("pipeline.overview",),
        ("pipeline.context", "pipeline.exports", "pipeline.plots"),
        ("pipeline.statistics",),
        ("pipeline.nbgrader_plugin", "pipeline.ledger", "pipeline.late"),
        ("pipeline.report", "pipeline.ahead"),
        ("pipeline.verdicts", "pipeline.executors", "pipeline.marks"),
        ("pipeline.similar",),
        ("pipeline.intake",),
        ("pipeline.archive", "pipeline.rebuild", "pipeline.roster", "pipeline.policy"),
        ("pipeline.platforms",),
        ("pipeline.unreadable",),
        ("pipeline.bundle", "pipeline.gradebook"),
        ("pipeline.generated",),
        ("pipeline.fingerprints",),
        ("pipeline.stamps",),
        ("pipeline.judge",),
        ("pipeline.doctor",),
        ("pipeline.walls", "pipeline.inside"),
        ("pipeline.shut_in",),
        ("pipeline.sandbox",),
        ("pipeline.worker",),
        ("pipeline.bank", "pipeline.master", "pipeline.seccomp", "pipeline.wire"),
        ("pipeline.tree",),
        ("pipeline.release", "pipeline.leaks"),
        ("pipeline.notebook", "pipeline.source", "pipeline.boundaries"),
        ("pipeline.rules",),
        ("pipeline.check_rules",),
        ("pipeline.lesson",),
        ("pipeline.check_cells", "pipeline.cells", "pipeline.stubs"),
        ("pipeline.marked", "pipeline.obstacles"),
        ("pipeline.findings", "pipeline.names", "pipeline.parsing", "pipeline.regions"),
        ("pipeline",),
        ("pipeline.quick_import",),
        ("checks.check",),
        ("checks.hosts",),
        ("missing", "progress"),
        ("show",),
        ("checks.diagnose", "checks.messages", "checks.modes"),
        ("checks.compare", "checks.meter", "checks.torch_probes"),
        ("checks.numeric",),
        ("checks.kinds", "checks.plain", "checks.tolerance"),
        ("checks",),
        ("",),  # `import graders` loads nothing: PEP 562
    ),
}
WIDTH = 88
SCREEN = 30  # lines of a function, its docstring not counted
# Files that may be wider: one row of a table is one line there.
WIDE = ("autograd_ref/ops.py",)


def modules(package: str) -> dict[str, Path]:
    """Module names below a package ("" for itself) with their files."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT / package).with_suffix("").parts
        found[".".join(p for p in parts if p != "__init__")] = path
    return found


MODULES = [(p, name, path) for p in PACKAGES for name, path in modules(p).items()]
every_module = pytest.mark.parametrize(
    "package,name,path", MODULES, ids=[".".join(m[:2]).strip(".") for m in MODULES]
)


def rank(package: str, name: str) -> int | None:
    """The row of a module, 0 for the highest, or None where it has no place."""
    rows = enumerate(ORDER[package])
    return next((row for row, names in rows if name in names), None)


def imports(path: Path, package: str, name: str) -> Iterator[tuple[str, int]]:
    """Full names that a module imports anywhere, `from` names included, with lines."""
    is_package = path.name == "__init__.py"
    here = [package, *name.split(".")] if name else [package]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + is_package] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def resolve(imported: str) -> tuple[str, str] | None:
    """Package and module of an imported name of ours, None for all others."""
    package, _, rest = imported.partition(".")
    if package not in PACKAGES:
        return None
    known, parts = modules(package), rest.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in known:
            return package, ".".join(parts[:end])
    return package, ""


@every_module
def test_every_module_has_a_place(package, name, path):
    assert rank(package, name) is not None, (
        f"{package}.{name} has no place in ORDER; put it in its row before writing it"
    )


@every_module
def test_imports_point_down(package, name, path):
    for imported, line in imports(path, package, name):
        target = resolve(imported)
        if target is None or target == (package, name):
            continue
        if _type_checking(path, line):  # ties no knot when it runs
            continue
        assert target[0] == package, (
            f"{path}:{line}: the packages do not know each other"
        )
        mine, other = rank(package, name), rank(*target)
        assert mine is not None
        assert other is not None
        assert mine < other, f"{path}:{line} imports {imported}, which is not below it"


def _type_checking(path: Path, line: int) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guards = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return any(g.lineno <= line <= (g.end_lineno or 0) for g in guards)


def test_checks_never_import_the_pipeline():
    for name, path in modules("graders").items():
        if name.startswith("checks"):
            for imported, line in imports(path, "graders", name):
                assert "pipeline" not in imported, f"{path}:{line}"


@every_module
def test_torch_is_imported_on_use_only(package, name, path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [a.name for a in node.names] + [getattr(node, "module", None) or ""]
        if any(n.split(".")[0] == "torch" for n in names):
            assert package == "graders", f"{path}: autograd_ref knows no torch"
            guarded = _type_checking(path, node.lineno)
            assert id(node) in inside or guarded, f"{path}:{node.lineno}"


ALONE = {"pipeline.parsing", "pipeline.worker"}  # a worker has one thread of ours


@pytest.mark.parametrize("name", [n for n in modules("graders") if "pipeline" in n])
def test_grading_parses_in_one_place(name):
    """Submissions are judged in threads, which must not make trees at once."""
    text = modules("graders")[name].read_text(encoding="utf-8")
    assert ("ast.parse(" in text) == (name in ALONE)


@every_module
def test_functions_fit_a_screen(package, name, path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node)
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            assert lines <= SCREEN, f"{where} has {lines} lines"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


@every_module
def test_lines_fit_the_page(package, name, path):
    if path.relative_to(ROOT).as_posix() in WIDE:
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        assert len(line) <= WIDTH, f"{path.relative_to(ROOT)}:{number}"
