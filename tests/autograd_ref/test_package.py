"""The package as a whole: what it imports, what it promises on every public name."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import autograd_ref
from autograd_ref import errors

ROOT = Path(autograd_ref.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)


def python(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT.parent,
        check=True,
    ).stdout.split()


def test_importing_the_package_loads_nothing_yet():
    loaded = python("import sys, autograd_ref; print(*sys.modules)")
    assert not {"numpy", "torch", "autograd_ref.core"} & set(loaded)


def test_using_a_name_loads_its_module_and_no_torch():
    loaded = python("import sys; from autograd_ref import Dual; print(*sys.modules)")
    assert "autograd_ref.dual" in loaded
    assert not {"torch", "autograd_ref.finite"} & set(loaded)


def test_lazy_names_are_the_typed_ones():
    package: Any = autograd_ref  # its stub shows the names, not how they load
    tree = ast.parse((ROOT / "__init__.pyi").read_text("utf-8"))
    typed = {
        alias.asname: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    assert {n for n, home in typed.items() if home is None} == set(package._MODULES)
    assert {n: home for n, home in typed.items() if home} == package._HOME
    for name in typed:
        assert name in dir(autograd_ref)
        assert getattr(autograd_ref, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(autograd_ref, "no_such_name")  # noqa: B009 - mypy knows it is not there


@every_module
def test_functions_fit_on_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            doc = node.body[0]
            has_doc = isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant)
            lines = node.end_lineno - ((has_doc and doc.end_lineno) or node.lineno)
            assert lines <= 30, f"{node.name} has {lines} lines"


@every_module
def test_public_functions_and_classes_show_an_example(path):
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    module = importlib.import_module(name.removesuffix(".__init__"))
    tree = ast.parse(path.read_text("utf-8"))
    defined = {
        n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)
    }
    for public in defined & set(getattr(module, "__all__", ())):
        assert ">>>" in (getattr(module, public).__doc__ or ""), public


def test_every_error_is_of_the_family():
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), autograd_ref.AutogradError)
