"""What a jailed program may use; each excess is first shown to be possible without the jail."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job, Limits
from tests.sandbox_fixtures import PYTHON, best, jail, python, require, unjailed

__all__ = ["best", "jail"]
BOMB = (
    "import os, time\n"
    "made = 0\n"
    "try:\n"
    "    while made < 300:\n"
    "        if os.fork() == 0: time.sleep(2); os._exit(0)\n"
    "        made += 1\n"
    "finally: print(made, flush=True)\n"
    "time.sleep(1)\n"
)


EAT = (
    "class Eat { public static void main(String[] a) {"
    " var l = new java.util.ArrayList<byte[]>(); for (;;) l.add(new byte[1 << 20]); } }"
)


def test_a_fork_bomb_is_ended(jail: Jail) -> None:
    assert unjailed(BOMB).split()[0] == "300"
    ran = python(jail, BOMB, processes=20)
    assert ran.ended_by == "processes"
    assert ran.seconds < 1


def test_the_kernel_itself_stops_a_fork_bomb(best: Jail) -> None:
    """Where it counts the jail's processes, faster than any watch."""
    if "Max processes" not in (shown := Path("/proc/self/limits").read_text()):
        pytest.fail(shown)
    tree = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass\n"
    ran = python(best, tree, processes=8)
    assert ran.ended_by in ("processes", "cpu")
    assert (
        "Max processes             32 "
        in python(best, "print(open('/proc/self/limits').read())", processes=8).stdout
    )


def test_the_program_ends_when_its_memory_is_used_up(jail: Jail) -> None:
    program = "import time; b = bytearray(b'x' * (300 << 20)); print(len(b)); time.sleep(1)"
    assert unjailed(program).strip() == str(300 << 20)
    ran = python(jail, program, memory_mb=100)
    assert ran.ended_by == "memory"
    assert ran.stdout == ""


def test_a_request_for_far_too_much_memory_is_an_error_of_the_program(jail: Jail) -> None:
    program = "b = bytearray(2 << 30); print('had')"
    assert "had" in unjailed(program)
    assert "MemoryError" in python(jail, program, memory_mb=100).stderr


def test_memory_counts_over_all_processes(jail: Jail) -> None:
    program = (
        "import os, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0: b = b'x' * (60 << 20); time.sleep(.5); os._exit(0)\n"
        "for _ in range(4): os.wait()\n"
        "print('done')\n"
    )
    assert "done" in unjailed(program)
    assert python(jail, program, memory_mb=128).ended_by == "memory"
    assert python(jail, program, memory_mb=400).stdout == "done\n"


def test_pages_that_forked_processes_share_count_once(jail: Jail) -> None:
    program = (
        "import os, time\n"
        "b = b'x' * (60 << 20)\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0: time.sleep(.3); os._exit(0)\n"
        "for _ in range(6): os.wait()\n"
    )
    assert python(jail, program, memory_mb=128).exit_code == 0


def test_memory_shared_without_a_file_counts(jail: Jail) -> None:
    program = (
        "import mmap, time\n"
        "m = mmap.mmap(-1, 300 << 20)\n"
        "for at in range(0, len(m), 4096): m[at] = 1\n"
        "print('had'); time.sleep(1)"
    )
    assert "had" in unjailed(program)
    assert python(jail, program, memory_mb=100).ended_by == "memory"


@pytest.mark.parametrize(
    ("tool", "command", "files"),
    [
        ("node", ("node", "-e", "const a=[];for(;;)a.push(Buffer.alloc(1<<20,1))"), {}),
        ("java", ("java", "-Xmx2g", "Eat.java"), {"Eat.java": EAT}),
    ],
)  # fmt: skip
def test_memory_of_runtimes_that_reserve_more_than_they_use(
    best: Jail, tool: str, command: tuple[str, ...], files: dict[str, str]
) -> None:
    require(best, tool)
    limits = Limits(wall_s=20, cpu_s=20, memory_mb=300)
    began = best.run(Job((tool, "-version" if tool == "java" else "--version"), limits=limits))
    assert began.exit_code == 0
    ran = best.run(Job(command, files, limits=limits))
    assert ran.ended_by == "memory" or "insufficient memory" in ran.stdout


def test_the_heap_of_a_runtime_fits_the_jail(best: Jail) -> None:
    require(best, "java", "node")
    limits = Limits(wall_s=20, cpu_s=20, memory_mb=300)
    java = best.run(Job(("java", "Eat.java"), {"Eat.java": EAT}, limits=limits))
    assert "java.lang.OutOfMemoryError" in java.stderr
    program = "console.log(require('v8').getHeapStatistics().heap_size_limit >> 20)"
    assert int(best.run(Job(("node", "-e", program), limits=limits)).stdout) < 300


@pytest.mark.parametrize("folder", ["/work", "/tmp", "/dev/shm"])
def test_the_disk_is_small(jail: Jail, folder: str, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "for n in range(8):\n"
        "    with open(f'{sys.argv[1]}/{n}', 'wb') as f: f.write(b'x' * (5 << 20))\n"
        "print('wrote')\n"
    )
    assert "wrote" in unjailed(program, str(tmp_path))
    ran = python(jail, program, folder, disk_mb=8)
    assert "No space left on device" in ran.stderr
    assert "wrote" not in ran.stdout


def test_one_file_is_no_larger_than_the_disk(jail: Jail, tmp_path: Path) -> None:
    program = "import os, sys; os.truncate(os.open(sys.argv[1], 66), 1 << 34); print('long')"
    assert "long" in unjailed(program, str(tmp_path / "sparse"))
    assert "File too large" in python(jail, program, "/work/sparse").stderr


def test_files_without_content_are_counted(jail: Jail, tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "for n in range(25000): open(f'{sys.argv[1]}/{n}', 'w').close()\n"
        "print('made', flush=True); time.sleep(1)\n"
    )
    assert "made" in unjailed(program, str(tmp_path))
    assert python(jail, program, "/work").ended_by == "disk"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_of_output_is_cut(jail: Jail, stream: str) -> None:
    program = "import sys\nfor _ in range(20000): print('x' * 999, file=getattr(sys, sys.argv[1]))"
    assert len(unjailed(program, "stdout")) == 20_000_000
    ran = python(jail, program, stream, output_bytes=5000)
    assert ran.ended_by == "output"
    assert len(getattr(ran, stream)) == 5000
    assert ran.seconds < 1


def test_the_wall_clock_ends_a_program_that_ignores_signals(jail: Jail) -> None:
    program = (
        "import signal, time\n"
        "for n in range(1, 65):\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "print('deaf', flush=True)\n"
        "while True: time.sleep(1)\n"
    )
    control = subprocess.Popen([PYTHON, "-I", "-c", program], stdout=subprocess.PIPE)
    with control:
        assert control.stdout is not None
        assert control.stdout.readline() == b"deaf\n"
        control.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert control.poll() is None
        control.kill()
    ran = python(jail, program, wall_s=0.5)
    assert (ran.ended_by, ran.exit_code, ran.stdout) == ("wall", None, "deaf\n")
    assert 0.5 <= ran.seconds < 1.0


def test_processor_time_counts_over_all_processes(jail: Jail) -> None:
    program = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    ran = python(jail, program, cpu_s=0.5, wall_s=10)
    assert ran.ended_by == "cpu"
    assert ran.seconds < 3


def test_no_core_is_dumped_and_death_by_a_signal_is_told(jail: Jail) -> None:
    program = "import os, resource; print(resource.getrlimit(4), flush=True); os.abort()"
    ran = python(jail, program)
    assert (ran.exit_code, ran.stdout) == (128 + signal.SIGABRT, "(0, 0)\n")


def test_open_files_are_limited(jail: Jail) -> None:
    program = "import os\nfor n in range(5000): os.dup(0)"
    assert "Too many open files" in python(jail, program).stderr


def test_jobs_in_many_threads_do_not_disturb_each_other(jail: Jail) -> None:
    gate = threading.Barrier(8)
    before = len(os.listdir("/proc/self/fd"))

    def one(number: int) -> bool:
        gate.wait()
        program = "import sys; print(sys.stdin.read() + open('n').read())"
        job = Job(("python", "-I", "-c", program), {"n": str(number)}, stdin=f"{number} ")
        ran = jail.run(job)
        return (ran.stdout, ran.exit_code) == (f"{number} {number}\n", 0)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(24)))
    assert len(os.listdir("/proc/self/fd")) == before
