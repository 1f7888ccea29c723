"""The child in which DBCs are parsed: cheap to start, shared by threads, never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from can_bridge.dbc.parsing_process import ParsingProcess

SMALL = b'BO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n'
LOADING = """
import sys
from can_bridge.dbc.parsing_process import ParsingProcess
process = ParsingProcess(idle_s=600)
process.parse(b"BO_ 1 M: 8 A\\n", with_model=False)
print(process.child_pid, flush=True)
{then}
"""
HOSTILE = "BO_ 1 M: 8 A\\n SG_ S0 M : 0|8@1+ (1,0) [0|0] '' A\\n".replace("''", '\\"\\"') + "".join(
    f' SG_ S{n} m0M : {8 * n}|8@1+ (1,0) [0|0] \\"\\" A\\n' for n in range(1, 6)
)
RANGES = "".join(f"SG_MUL_VAL_ 1 S{n} S{n - 1} 0-199;\\n" for n in range(1, 6))


@pytest.fixture
def process() -> Iterator[ParsingProcess]:
    one = ParsingProcess()
    yield one
    one.close()


def test_the_child_is_used_again_and_shared_by_threads(process: ParsingProcess) -> None:
    process.parse(SMALL)
    pid = process.child_pid
    names = [f"M{number}" for number in range(24)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(
            threads.map(
                lambda name: process.parse(SMALL.replace(b"M:", f"{name}:".encode())), names
            )
        )
    databases = [answer.database for answer in answers]
    assert [one.messages[0].name for one in databases if one is not None] == names
    assert process.child_pid == pid


def test_a_child_that_died_is_replaced(process: ParsingProcess) -> None:
    process.parse(SMALL)
    child = psutil.Process(process.child_pid)
    child.kill()
    child.wait(5)
    assert process.parse(SMALL).signals == 1
    assert process.child_pid != child.pid


def test_an_idle_child_is_not_kept(wait_until: Callable[..., None]) -> None:
    process = ParsingProcess(idle_s=0.2)
    process.parse(SMALL)
    pid = process.child_pid
    assert pid is not None
    wait_until(lambda: not psutil.pid_exists(pid), what="the child to end")
    assert process.child_pid is None
    assert process.parse(SMALL).messages == 1
    process.close()


def test_the_child_starts_light() -> None:
    code = (
        "import sys\n"
        "from can_bridge.dbc.parsing_child import make_cantools_light, parse\n"
        "make_cantools_light()\n"
        f"assert parse({SMALL!r}).messages == 1\n"
        "print(*sorted({'can', 'numpy', 'pandas', 'asammdf', 'msgspec'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("with_model", [True, False])
def test_the_answer_is_the_same_with_and_without_the_model(
    process: ParsingProcess, with_model: bool
) -> None:
    answer = process.parse(b"\xef\xbb\xbf" + SMALL + b"\x1a", with_model=with_model)
    assert (answer.messages, answer.signals, answer.encoding) == (1, 1, "utf-8")
    assert [one.kind for one in answer.remarks] == ["stray-character"]
    assert (answer.database is not None) is with_model


@pytest.fixture
def parent(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    code = LOADING.format(then=request.param)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=_environment(),
    ) as running:
        yield running
        running.kill()


def child_of(parent: subprocess.Popen[str]) -> psutil.Process:
    assert parent.stdout is not None
    return psutil.Process(int(parent.stdout.readline()))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.mark.parametrize("parent", ["sys.stdin.read()", ""], indirect=True)
def test_the_child_ends_with_its_parent_however_that_ends(
    parent: subprocess.Popen[str],
) -> None:
    child = child_of(parent)
    parent.kill()
    gone, alive = psutil.wait_procs([child], timeout=10)
    assert (len(gone), alive) == (1, [])


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches a whole console there")
@pytest.mark.parametrize("parent", [f'process.parse("{HOSTILE}{RANGES}".encode())'], indirect=True)
def test_ctrl_c_in_the_middle_of_a_file_leaves_nothing_behind(
    parent: subprocess.Popen[str],
) -> None:
    child = child_of(parent)
    assert parent.poll() is None
    for receiver in (child, parent):  # as a terminal does: both get it
        receiver.send_signal(signal.SIGINT)
    gone, alive = psutil.wait_procs([child, psutil.Process(parent.pid)], timeout=10)
    assert alive == []
    assert len(gone) == 2
