"""bootstrap.py as a person meets it: each test starts it, on a project in miniature."""

import ast
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation.tiny_project import ROOT, SCREEN, TinyProject
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the miniature leans on Linux's way of starting programs"
)


@pytest.fixture
def project(tmp_path: Path) -> TinyProject:
    return TinyProject(tmp_path)


def test_a_fresh_folder_is_set_up_and_the_words_reach_the_program(project: TinyProject) -> None:
    code, output, errors = project.bootstrap("camera", "probe", "127.0.0.1")
    assert (code, output) == (0, "controlroom camera probe 127.0.0.1"), errors
    assert errors.startswith("Making .venv.")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    """A project set up once for the tests that change nothing."""
    project = TinyProject(tmp_path_factory.mktemp("ready"))
    project.bootstrap("test")
    return project


def test_the_second_start_goes_straight_to_the_program_and_says_nothing(ready: TinyProject) -> None:
    assert ready.bootstrap("--version") == (0, "controlroom --version", "")


def test_the_exit_code_is_the_programs_own(ready: TinyProject) -> None:
    assert ready.bootstrap("fail")[0] == 7


def test_the_tests_run_and_their_exit_code_when_there_were_none_is_kept(ready: TinyProject) -> None:
    code, output, _errors = ready.bootstrap("test", "-k", "wall")
    assert code == 0
    assert output.startswith("pytest ")
    assert output.endswith(" -k wall")
    assert ready.bootstrap("test", "nothing")[0] == 5


def test_a_change_of_the_test_tools_leaves_the_program_ready(project: TinyProject) -> None:
    project.bootstrap("demo")
    project.lock("test.txt", screen=SCREEN)
    assert project.bootstrap("demo") == (0, "controlroom demo", "")


def test_a_changed_lock_brings_the_environment_up_to_date(project: TinyProject) -> None:
    project.bootstrap("demo")
    project.lock("run.txt", screen=SCREEN, newcomer={"newcomer.py": ""})
    code, _output, errors = project.bootstrap("demo")
    assert code == 0
    assert errors.startswith("The locked packages have changed")
    assert list((project.root / ".venv").rglob("newcomer.py"))


def test_a_killed_set_up_is_noticed_and_made_again(project: TinyProject) -> None:
    with project.start("demo") as child:
        wait_until((project.root / ".venv/bin/python").exists, why="the environment's first files")
        child.send_signal(signal.SIGKILL)
    code, output, errors = project.bootstrap("demo")
    assert (code, output) == (0, "controlroom demo"), errors
    assert "An earlier set-up was not finished: starting again." in errors


def test_two_at_once_make_it_once(project: TinyProject) -> None:
    with project.start("demo") as first:
        wait_until((project.root / ".venv").exists, why="the first to have begun")
        code, output, errors = project.bootstrap("simulate")
        assert first.wait(30) == 0
    assert (code, output) == (0, "controlroom simulate")
    assert errors == "Another set-up is at work in this folder; waiting for it to end."


def test_a_package_whose_hash_differs_is_not_installed(project: TinyProject) -> None:
    lock = project.root / "requirements/run.txt"
    lock.write_text(lock.read_text()[:-9] + "00000000\n")
    code, output, errors = project.bootstrap("demo")
    assert (code, output) == (1, "")
    assert "its hash differs" in errors.splitlines()[-1]


def test_without_a_network_one_line_says_so(project: TinyProject) -> None:
    for wheel in project.wheels.glob("screen*"):
        wheel.unlink()
    nobody_listens = "http://127.0.0.1:9/simple"
    code, output, errors = project.bootstrap(
        "demo", PIP_NO_INDEX="0", PIP_INDEX_URL=nobody_listens, PIP_RETRIES="0"
    )
    assert (code, output) == (1, "")
    assert "no connection to the package index" in errors.splitlines()[-1]
    assert "Traceback" not in errors


def test_a_library_that_cannot_be_loaded_is_named(project: TinyProject) -> None:
    project.lock("run.txt", screen={**SCREEN, "cv2.py": "raise ImportError('libGL.so.1: cannot open')"})
    code, _output, errors = project.bootstrap("demo")
    assert code == 1
    assert errors.splitlines()[-1] == (
        "cv2 is installed but cannot be loaded on this machine: ImportError: libGL.so.1: cannot open"
    )


@pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 10), (3, 14)])
def test_a_wrong_python_gets_one_plain_line(version: tuple[int, int]) -> None:
    start = "runpy.run_path('bootstrap.py', run_name='__main__')"
    pretend = f"import runpy, sys; sys.version_info = {(*version, 0)}; {start}"
    answer = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"was started with Python {version[0]}.{version[1]}" in answer.stderr


def test_an_old_python_can_read_the_file_that_refuses_it() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"))
    too_new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.AsyncFunctionDef,
        ast.Match,
        ast.Nonlocal,
        ast.Starred,
    )
    found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, too_new)]
    # A starred argument of a call is old; a starred target of an assignment is not.
    assert found in ([], ["Starred"])
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not any(function.returns or function.args.kwonlyargs for function in functions)
    assert not any(argument.annotation for function in functions for argument in function.args.args)
