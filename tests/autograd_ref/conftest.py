"""What the tests of the reference package share beyond `tests/conftest.py`."""

import pytest


@pytest.fixture
def torch(needs):
    """The peer whose semantics are taken; a skip without it, unless REQUIRE_ALL=1."""
    return needs("torch")
