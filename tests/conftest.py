"""What every test may use: seeded numbers, and a word for what a machine lacks."""

import importlib
import os
import shutil
import warnings
import zlib
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest


def require(
    package: str = "", *, program: str = "", why: str = ""
) -> ModuleType | None:
    """The package, or None for a program; skips where it is missing.

    With REQUIRE_ALL=1 (CI) a missing part fails instead: a green run then means that
    nothing was left out. At the head of a file: `torch = require("torch")`.
    """
    missing, module = "", None
    if package:
        try:
            with warnings.catch_warnings():  # what others warn of on import is theirs
                warnings.simplefilter("ignore")
                module = importlib.import_module(package)
        except ImportError as error:
            missing = f"package {package} is missing ({error})"
    if program and shutil.which(program) is None:
        missing = f"program {program} is missing"
    if missing:
        reason = f"{missing}{f': {why}' if why else ''}"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(f"REQUIRE_ALL=1, and {reason}", pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    return module


@pytest.fixture(scope="session")
def needs() -> Callable[..., ModuleType | None]:
    """`needs("torch")` or `needs(program="bwrap")`, inside a test."""
    return require


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers of this test alone: the same on every run, in any order."""
    return np.random.default_rng(zlib.crc32(request.node.nodeid.encode()))
