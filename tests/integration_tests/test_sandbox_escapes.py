"""What a jailed program must not reach; each attack is first shown to work without the jail."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job
from tests.sandbox_fixtures import (
    best,
    jail,
    pids_with,
    python,
    unjailed,
    wait_until_gone,
)

__all__ = ["best", "jail"]
SECRET = "a secret that must stay outside"
READ = "import sys; print(open(sys.argv[1]).read())"
WRITE = "import sys; open(sys.argv[1], 'w').write('x'); print('written')"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_no_connection_to_a_server_on_loopback(jail: Jail, listener: socket.socket) -> None:
    program = (
        "import socket, sys\n"
        "socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2); print('connected')"
    )
    port = str(listener.getsockname()[1])
    assert "connected" in unjailed(program, port)
    ran = python(jail, program, port)
    assert ran.exit_code == 1
    assert "connected" not in ran.stdout


def test_the_jail_has_no_interface_that_is_up(jail: Jail) -> None:
    program = "print(open('/proc/net/route').read().count('\\n') - 1)"
    outside = unjailed("import os; print(os.listdir('/sys/class/net'))")
    assert "lo" in outside
    assert python(jail, program).stdout.strip() in ("0", "-1")


@pytest.mark.parametrize("kind", ["abstract", "file"])
def test_no_connection_to_a_unix_socket_outside(jail: Jail, kind: str, tmp_path: Path) -> None:
    name = f"\0{uuid.uuid4().hex}" if kind == "abstract" else str(tmp_path / "s")
    program = (
        "import ast, socket, sys\n"
        "socket.socket(socket.AF_UNIX).connect(ast.literal_eval(sys.argv[1])); print('connected')"
    )
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        assert "connected" in unjailed(program, repr(name))
        ran = python(jail, program, repr(name))
    assert ran.exit_code == 1
    assert "connected" not in ran.stdout


@pytest.mark.parametrize("folder", [tempfile.gettempdir(), str(Path.home())])
def test_no_file_outside_can_be_read(jail: Jail, folder: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".jail-test-") as file:
        file.write(SECRET)
        file.flush()
        Path(file.name).chmod(0o644)
        assert SECRET in unjailed(READ, file.name)
        ran = python(jail, READ, file.name)
    assert "FileNotFoundError" in ran.stderr
    assert SECRET not in ran.stdout


def test_the_folder_of_the_router_is_not_there(jail: Jail) -> None:
    path = str(Path(__file__).resolve())
    assert "def test_" in unjailed(READ, path)
    assert "FileNotFoundError" in python(jail, READ, path).stderr


def test_a_symlink_in_the_working_folder_leads_nowhere(jail: Jail, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    program = "import os, sys; os.symlink(sys.argv[1], 'link'); print(open('link').read())"
    assert SECRET in unjailed(program, str(secret), cwd=tmp_path)
    ran = python(jail, program, str(secret))
    assert "FileNotFoundError" in ran.stderr
    assert SECRET not in ran.stdout


def test_the_environment_stays_outside(jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAIL_TEST_SECRET", SECRET)
    program = (
        "import glob, os; print(dict(os.environ))\n"
        "for name in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try: print(open(name, 'rb').read())\n"
        "    except OSError: pass\n"
    )
    assert SECRET in unjailed(program)
    ran = python(jail, program)
    assert ran.exit_code == 0
    assert SECRET not in ran.stdout
    assert "'HOME': '/work'" in ran.stdout


def test_nothing_outside_can_be_written(jail: Jail, tmp_path: Path) -> None:
    assert "written" in unjailed(WRITE, str(tmp_path / "control"))
    for path in (tmp_path / "x", Path.home() / "x", "/x", "/usr/x", "/etc/x", "/dev/x", "/proc/x"):
        ran = python(jail, WRITE, str(path))
        assert ran.exit_code == 1, path
        assert "written" not in ran.stdout
        assert not Path(path).exists()
    assert "written" in python(jail, WRITE, "/work/x").stdout


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../escaped", "nul\0"])
def test_a_file_of_a_job_cannot_be_put_outside(jail: Jail, name: str) -> None:
    ran = jail.run(Job(("bash", "-c", "true"), files={name: "x"}))
    assert "no file can be called" in ran.unavailable
    assert not Path("/tmp/escaped").exists()


def test_processes_outside_can_be_neither_seen_nor_killed(jail: Jail) -> None:
    program = (
        "import os, sys\n"
        "print('seen', os.path.exists('/proc/' + sys.argv[1]))\n"
        "os.kill(int(sys.argv[1]), 9); print('killed')"
    )
    with subprocess.Popen(["sleep", "60"]) as control, subprocess.Popen(["sleep", "60"]) as victim:
        assert "killed" in unjailed(program, str(control.pid))
        assert control.wait(5) == -signal.SIGKILL
        ran = python(jail, program, str(victim.pid))
        everyone = python(jail, "import os; os.kill(-1, 9)")
        assert victim.poll() is None
        victim.kill()
    assert "seen False" in ran.stdout
    assert "ProcessLookupError" in ran.stderr
    assert everyone.unavailable == ""


def test_memory_of_processes_outside_cannot_be_read(jail: Jail) -> None:
    program = "import sys; open(f'/proc/{sys.argv[1]}/environ').read(); print('read')"
    with subprocess.Popen(["sleep", "60"], env={"TOKEN": SECRET}) as victim:
        assert "read" in unjailed(program, str(victim.pid))
        ran = python(jail, program, str(victim.pid))
        victim.kill()
    assert "FileNotFoundError" in ran.stderr


DAEMON = (
    "import os, sys\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() == 0:\n"
    "        for fd in range(3): os.close(fd)\n"
    "        os.execv('/usr/bin/sleep', ['sleep', sys.argv[1]])\n"
    "    os._exit(0)\n"
    "os.wait()\n"
)


def marker() -> str:
    return f"{100 + uuid.uuid4().int % 10**6 / 10**6:.6f}"


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_no_daemon_outlives_the_job(jail: Jail) -> None:
    name = marker()
    unjailed(DAEMON, name)
    time.sleep(0.1)
    control = pids_with(name)
    kill_all(control)
    assert len(control) == 1
    name = marker()
    assert python(jail, DAEMON, name).exit_code == 0
    assert wait_until_gone(name) == []


ROUTER = """
import subprocess, sys
from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job, Limits
if sys.argv[1] == "jailed":
    Jail().run(Job(("bash", "-c", f"exec sleep {sys.argv[2]}"), limits=Limits(wall_s=60)))
else:
    subprocess.run(["sleep", sys.argv[2]])
"""


def left_behind(how: str) -> list[int]:
    """What still runs after the process that started it was killed."""
    name = marker()
    with subprocess.Popen([sys.executable, "-c", ROUTER, how, name]) as router:
        until = time.monotonic() + 15
        while not pids_with(name) and time.monotonic() < until:
            time.sleep(0.02)
        assert pids_with(name), "the job never started"
        router.kill()
    left = wait_until_gone(name, 1.0 if how == "bare" else 3.0)
    kill_all(left)
    return left


def test_the_jail_dies_with_the_router(best: Jail) -> None:
    assert len(left_behind("bare")) == 1
    assert left_behind("jailed") == []


def test_no_user_namespace_in_the_jail(jail: Jail) -> None:
    program = (
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "clone = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]\n"
        "pid = libc.syscall(clone, 0x10000011, 0, 0, 0, 0)\n"
        "if pid == 0: os._exit(0)\n"
        "print('cloned' if pid > 0 else 'refused')\n"
        "print('unshared' if libc.unshare(0x10000000) == 0 else os.strerror(ctypes.get_errno()))\n"
    )
    assert unjailed(program).split() == ["cloned", "unshared"]
    ran = python(jail, program)
    assert ran.exit_code == 0
    assert "unshared" not in ran.stdout
    assert "refused" in ran.stdout


def test_memory_that_belongs_to_no_process_is_refused(jail: Jail) -> None:
    program = "import os; print('made', os.memfd_create('x'))"
    assert "made" in unjailed(program)
    assert "Function not implemented" in python(jail, program).stderr


def test_sockets_that_know_no_network_namespace_are_refused(jail: Jail) -> None:
    program = (
        "import socket\n"
        "for family in range(46):\n"
        "    try: socket.socket(family, socket.SOCK_STREAM if family < 16 else socket.SOCK_DGRAM)\n"
        "    except OSError as error:\n"
        "        if error.errno == 97: continue\n"
        "    print(family)\n"
    )
    assert {"1", "2", "10", "16", "17"} <= set(unjailed(program).split())
    assert set(python(jail, program).stdout.split()) <= {"1", "2", "10", "16"}


TERMINAL = """
import sys
from tests.sandbox_fixtures import unjailed
from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job
program = "open('/dev/tty', 'w').write(sys.argv[1])"
unjailed("import sys; " + program, "from outside")
ran = Jail().run(Job(("python", "-I", "-c", "import sys; " + program, "from the jail")))
print("refused" if ran.exit_code == 1 else ran)
"""


def test_the_terminal_of_the_router_is_out_of_reach(best: Jail) -> None:
    pid, master = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", TERMINAL])
    shown = b""
    with contextlib.suppress(OSError):
        while data := os.read(master, 4096):
            shown += data
    os.close(master)
    os.waitpid(pid, 0)
    assert b"from outside" in shown
    assert b"from the jail" not in shown
    assert b"refused" in shown


def test_the_jail_holds_no_capability_and_no_privilege_to_gain(jail: Jail) -> None:
    lines = python(jail, READ, "/proc/self/status").stdout.splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert {status[name].strip("0") for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {""}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
