"""The command line itself: what every command has in common."""

import subprocess
import sys

import pytest

from graders.pipeline.commands import COMMANDS


def graders(*words: str, **options) -> subprocess.Popen:
    call = [sys.executable, "-m", "graders.pipeline.cli", *words]
    return subprocess.Popen(call, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name):
    told, _ = graders(name, "--help", stdout=subprocess.PIPE).communicate(timeout=60)
    assert "example" in told
    assert f"graders {name}" in told.partition("example")[2]


def test_a_reader_who_closes_the_pipe_gets_no_traceback():
    command = graders("build", "--help", stdout=subprocess.PIPE)
    assert command.stdout is not None
    command.stdout.close()  # as `head` does
    _, errors = command.communicate(timeout=60)
    assert "Traceback" not in errors
