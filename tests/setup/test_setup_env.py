"""tools/setup_env.py: one clear line when it can't go on, nothing to do twice."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools import setup_env
from tools.setup_env import SetupError

Calls = Callable[[], list[str]]
SOURCE = Path(setup_env.__file__)


def one_line(error: pytest.ExceptionInfo[SetupError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def report(*packages: tuple[str, str], host: str = "https://example.org") -> str:
    items = [
        {
            "metadata": {"name": name, "version": version},
            "download_info": {"url": f"{host}/{name}.whl"},
        }
        for name, version in packages
    ]
    return json.dumps({"install": items})


# --- Python -----------------------------------------------------------------------


def test_source_is_readable_by_the_pythons_it_refuses() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_old_python_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_env, "newer_python", lambda: None)
    with pytest.raises(SetupError) as error:
        setup_env.require_python((3, 9, 2))
    text = one_line(error)
    assert "3.11 or newer is needed" in text
    assert "this is 3.9" in text
    assert "PYTHON=" in text


def test_old_python_hands_over_to_a_newer_one_on_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, status in (("python3.13", 1), ("python3.12", 0)):  # 3.13: a stand-in
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    started: list[str] = []
    monkeypatch.setattr(os, "execv", lambda path, _: started.append(path))
    with pytest.raises(SetupError):  # execv, had it been real, would not come back
        setup_env.require_python((3, 9, 2))
    assert started == [str(tmp_path / "python3.12")]


def test_old_python_ends_main_with_status_1_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_env, "OLDEST", (99, 0))
    monkeypatch.setattr(setup_env, "newer_python", lambda: None)
    monkeypatch.setattr(setup_env.require_python, "__defaults__", ((3, 11, 2),))
    assert setup_env.main(["copy"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


# --- pip --------------------------------------------------------------------------


@pytest.fixture
def real_python(tmp_path: Path) -> Path:
    """This interpreter, where a failed pip may leave its log."""
    path = tmp_path / "venv" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


def test_no_network_is_one_line(
    monkeypatch: pytest.MonkeyPatch, real_python: Path
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nobody answers
    monkeypatch.setenv("PIP_RETRIES", "1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SetupError) as error, setup_env.stage("Installing"):
        setup_env.run_pip(real_python, "download", "a-package-that-is-not-there")
    assert one_line(error).startswith("No network")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [
                "WARNING: Retrying ... after connection broken by 'NewConnectionError'",
                "ERROR: Could not find a version of x (from versions: none)",
            ],
            "No network",
        ),
        (
            # Only PyTorch's index was away: the version is what is missing.
            [
                "WARNING: Retrying ... after connection broken by 'NewConnectionError'",
                "ERROR: Could not find a version of torch (from versions: 2.1.0)",
            ],
            "pip failed",
        ),
        (["OSError: [Errno 28] No space left on device"], "The disk is full"),
        (["Collecting x", "ERROR: Cannot install x"], "pip failed: ERROR: Cannot"),
        ([], "pip failed"),
    ],
)
def test_pip_failures_are_explained(lines: list[str], said: str) -> None:
    assert setup_env.explain(lines, Path("setup.log")).startswith(said)


def test_failed_pip_leaves_what_it_said(real_python: Path) -> None:
    with pytest.raises(SetupError) as error, setup_env.stage("Installing"):
        setup_env.run_pip(real_python, "no-such-command")
    log = real_python.parents[1] / "setup.log"
    assert str(log) in one_line(error)
    assert "no-such-command" in log.read_text()


def test_pip_is_not_led_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setup_env.MISLEADING:
        monkeypatch.setenv(name, "somewhere")
    assert not set(setup_env.MISLEADING) & set(setup_env.child_env())


# --- torch ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "packages",
    [
        [("torch", "2.13.0"), ("nvidia-cublas", "13.1")],
        [("torch", "2.13.0"), ("nvidia_cudnn_cu13", "9.2")],
        [("torch", "2.13.0"), ("triton", "3.7")],
        [("torch", "2.13.0"), ("cuda-bindings", "13.0")],
        [("torch", "2.13.0+cu130")],
    ],
)
def test_cuda_is_refused_and_nothing_installed(
    checkout: Path, calls: Calls, packages: list[tuple[str, str]]
) -> None:
    (checkout / ".venv" / "report.json").write_text(report(*packages))
    (checkout / "constraints.txt").write_text("pip==1\ntorch==2.13.0\n")
    with pytest.raises(SetupError) as error:
        setup_env.install(checkout, "lab")
    assert "CUDA" in one_line(error)
    torch = [call for call in calls() if "torch==2.13.0" in call]
    assert len(torch) == 1
    assert "--dry-run" in torch[0]
    assert not setup_env.up_to_date(checkout, "lab", cuda=False)


@pytest.mark.parametrize("answered", [True, False])
def test_cpu_index_is_used_if_it_answered_else_the_default(
    checkout: Path, calls: Calls, answered: bool
) -> None:
    host = setup_env.CPU_INDEX if answered else "https://example.org"
    packages = [("torch", "2.13.0+cpu"), ("sympy", "1.14")]
    (checkout / ".venv" / "report.json").write_text(report(*packages, host=host))
    (checkout / "constraints.txt").write_text("pip==1\ntorch==2.13.0\n")
    setup_env.install(checkout, "lab")
    dry, real = (call for call in calls() if "torch==2.13.0" in call)
    assert f"--retries 1 --timeout 15 --extra-index-url {setup_env.CPU_INDEX}" in dry
    assert (setup_env.CPU_INDEX in real) == answered


def test_torch_goes_first_and_alone(checkout: Path, calls: Calls) -> None:
    (checkout / ".venv" / "report.json").write_text(report(("torch", "2.13.0")))
    setup_env.write_stamp(checkout, "lab", cuda=False)
    (checkout / "constraints.txt").write_text("pip==1\ntorch==2.13.0\n")
    setup_env.install(checkout, "lab")
    made = [call for call in calls() if " install " in call]
    assert ["--upgrade pip" in made[0], "--dry-run" in made[1]] == [True, True]
    assert made[2].startswith("python -m pip install torch==2.13.0 -c ")
    assert made[3].endswith("[torch,grading]")


def test_cuda_stays_chosen_until_it_is_unchosen(checkout: Path, calls: Calls) -> None:
    setup_env.write_stamp(checkout, "lab", cuda=True)
    setup_env.install(checkout, "lab")
    assert calls() == []
    (checkout / ".venv" / "report.json").write_text(report(("torch", "2.13.0")))
    setup_env.install(checkout, "lab", cuda=False)
    assert "python -m pip uninstall --yes torch" in calls()
    assert setup_env.up_to_date(checkout, "lab", cuda=False)


@pytest.mark.parametrize(
    ("text", "meant"), [("1", True), ("0", False), ("", None), ("/usr/local", None)]
)
def test_cuda_of_a_cluster_decides_nothing(text: str, meant: bool | None) -> None:
    assert setup_env.choice(text) is meant


# --- the second call --------------------------------------------------------------


def test_second_call_runs_nothing(checkout: Path, calls: Calls) -> None:
    setup_env.install(checkout, "lab")
    setup_env.install(checkout, "test")
    assert calls() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_pins_install_again(checkout: Path, name: str) -> None:
    path = checkout / name
    path.write_text(path.read_text() + "# changed\n")
    assert not setup_env.up_to_date(checkout, "lab", cuda=False)


def test_larger_set_serves_the_smaller_not_the_reverse(checkout: Path) -> None:
    setup_env.write_stamp(checkout, "lab", cuda=False)
    assert setup_env.up_to_date(checkout, "lab", cuda=False)
    assert not setup_env.up_to_date(checkout, "test", cuda=False)


def test_moved_checkout_makes_its_environment_anew(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))
    assert not setup_env.up_to_date(moved, "lab", cuda=False)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_broken_stamp_counts_as_none(checkout: Path, text: str) -> None:
    (checkout / ".venv" / "course.json").write_text(text)
    assert setup_env.read_stamp(checkout) == {}


def test_larger_set_is_kept_when_the_smaller_is_asked_for(
    checkout: Path, calls: Calls
) -> None:
    (checkout / ".venv" / "report.json").write_text(report(("torch", "2.13.0")))
    (checkout / "constraints.txt").write_text("pip==1\ntorch==2.13.0\n")
    setup_env.install(checkout, "lab")
    assert calls()[-1].endswith("[dev,cluster]")
    assert setup_env.up_to_date(checkout, "test", cuda=False)


# --- ports and JupyterLab ---------------------------------------------------------


def test_taken_port_is_one_line_that_names_a_free_one() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(SetupError) as error:
            setup_env.require_port(str(port))
    text = one_line(error)
    assert f"Port {port} is taken" in text
    offered = re.search(r"make lab PORT=(\d+)", text)
    assert offered
    assert setup_env.require_port(offered[1]) != port


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "88 99"])
def test_nonsense_port_is_one_line(text: str) -> None:
    with pytest.raises(SetupError) as error:
        setup_env.require_port(text)
    assert "no port number" in one_line(error)


def test_kernel_is_that_of_the_environment(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "no")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/their/own")
    env = setup_env.lab_env(checkout)
    assert env["PATH"].startswith(str(checkout / ".venv" / "bin") + ":")
    assert env["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert env["JUPYTER_CONFIG_PATH"].endswith(":/their/own")
    assert "BROWSER" not in env


@pytest.mark.parametrize("browser", [True, False])
def test_lab_opens_the_students_index(checkout: Path, browser: bool) -> None:
    command = setup_env.lab_command(checkout, 8899, browser)
    assert command[0] == str(checkout / ".venv" / "bin" / "python")
    assert f"--ServerApp.root_dir={checkout / 'my_course'}" in command
    assert "--LabApp.default_url=/lab/tree/index.ipynb" in command
    assert ("--no-browser" in command) != browser


def test_formgrader_opens_on_the_course_with_all_of_nbgrader(checkout: Path) -> None:
    command = setup_env.lab_command(checkout, 8899, True, setup_env.INSTRUCTOR)
    assert f"--ServerApp.root_dir={checkout}" in command
    assert "--LabApp.default_url=/formgrader" in command
    env = setup_env.lab_env(checkout, setup_env.INSTRUCTOR)
    assert "student" not in env["JUPYTER_CONFIG_PATH"]
    assert "student" in setup_env.lab_env(checkout)["JUPYTER_CONFIG_PATH"]


def test_formgrader_takes_a_graded_class_and_refuses_any_other_folder(
    checkout: Path,
) -> None:
    graded = checkout / "grading" / "class"
    graded.mkdir(parents=True)
    with pytest.raises(SetupError) as error:
        setup_env.graded_folder(str(graded))
    assert "holds no gradebook.db" in one_line(error)
    (graded / "gradebook.db").touch()
    assert setup_env.graded_folder(str(graded)) == str(graded)
    assert setup_env.graded_folder("") == ""


def test_settings_of_both_desks_are_there() -> None:
    for desk in (setup_env.STUDENT, setup_env.INSTRUCTOR):
        for name in desk.settings:
            folder = Path(SOURCE).parent / "jupyter" / name
            assert json.loads((folder / "labconfig" / "page_config.json").read_text())
            assert json.loads((folder / "jupyter_server_config.json").read_text())


def test_module_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    command: list[Any] = [sys.executable, SOURCE, "--help"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "lab" in done.stdout
