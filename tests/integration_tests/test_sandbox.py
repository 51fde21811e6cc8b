"""The jail as its users see it: tools, files, what is prepared once, and words where it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.sandbox.bubblewrap import Bubblewrap
from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job, Limits, Prepared, Sandbox
from tests.sandbox_fixtures import PYTHON, best, jail, python, require

__all__ = ["best", "jail"]
SLOW = Limits(wall_s=30, cpu_s=30, memory_mb=1024, disk_mb=64)
HELLO_JAVA = 'class Hello { public static void main(String[] a) { System.out.println("hello"); } }'


@pytest.mark.parametrize(
    ("command", "files"),
    [
        (("python", "-I", "-c", "print('hello')"), {}),
        (("node", "-e", "console.log('hello')"), {}),
        (("bash", "-c", "echo hello | sed 's/x/y/' | awk '{print $1}'"), {}),
        (("sqlite3", ":memory:", "select 'hello'"), {}),
        (("java", "Hello.java"), {"Hello.java": HELLO_JAVA}),
        (("tsc", "--version"), {}),
    ],
)
def test_every_tool_runs(jail: Jail, command: tuple[str, ...], files: Mapping[str, str]) -> None:
    require(jail, command[0])
    ran = jail.run(Job(command, files, limits=SLOW))
    assert (ran.exit_code, ran.unavailable) == (0, ""), ran
    assert ran.stdout == "hello\n" or ran.stdout.startswith("Version ")


def test_code_is_compiled_and_run_in_one_job(jail: Jail) -> None:
    require(jail, "g++", "bash", "javac")
    cpp = "#include <iostream>\nint main() { std::cout << 42 << std::endl; }"
    script = "g++ -O0 a.cpp -o a && ./a && javac Hello.java && java Hello"
    files = {"a.cpp": cpp, "Hello.java": HELLO_JAVA}
    ran = jail.run(Job(("bash", "-c", script), files, tools=("g++", "javac"), limits=SLOW))
    assert ran.stdout == "42\nhello\n", ran


def test_typescript_is_at_hand_for_node(jail: Jail) -> None:
    require(jail, "typescript", "tsc")
    program = "console.log(require('typescript').version)"
    node = jail.run(Job(("node", "-e", program), tools=("typescript",), limits=SLOW))
    assert node.stdout[:1].isdigit(), node
    wrong = {"a.ts": "const n: number = 'text';"}
    assert "TS2322" in jail.run(Job(("tsc", "--noEmit", "a.ts"), wrong, limits=SLOW)).stdout


def test_a_package_of_typescript_6_is_found_through_node_path(tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "typescript"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "typescript", "version": "6.0.0"}')
    (package / "index.js").write_text("exports.version = '6.0.0'")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "node").symlink_to(shutil.which("node") or pytest.skip("install Node.js"))
    program = (
        "import sys; from graph.sandbox.jail import Jail; from nodes.checks.sandbox import Job\n"
        "job = Job(('node', '-e', 'console.log(require(\"typescript\").version)'),"
        " tools=('typescript',))\n"
        f"print(Jail(node_path={str(package.parent)!r}).run(job))"
    )
    path = f"{bin_folder}:{Path(shutil.which('bwrap') or '/usr/bin/bwrap').parent}"
    shown = in_new_process(program, PATH=hidden_tsc(path, tmp_path))
    assert "stdout='6.0.0\\n'" in shown


def hidden_tsc(path: str, folder: Path) -> str:
    """A PATH with the programs that the jail needs, and no `tsc`."""
    programs = folder / "programs"
    programs.mkdir()
    for name in ("bwrap", "prlimit", "setpriv"):
        if (found := shutil.which(name, path=f"{path}:/usr/bin:/bin")) is not None:
            (programs / name).symlink_to(found)
    return f"{folder / 'bin'}:{programs}"


def in_new_process(program: str, *prefix: str, **environment: str) -> str:
    command = [*prefix, sys.executable, "-c", program]
    known = {**os.environ, **environment}
    done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_node_in_a_folder_below_home_works_and_shows_nothing_else(best: Jail) -> None:
    require(best, "node")
    with HomeFolder() as home:
        prefix = home / "versions" / "node" / "v1"
        (prefix / "bin").mkdir(parents=True)
        (home / "secret").write_text("secret")
        shutil.copy2(Path(shutil.which("node") or "").resolve(), prefix / "bin" / "node")
        program = (
            "from graph.sandbox.jail import Jail; from nodes.checks.sandbox import Job\n"
            f"script = \"const fs = require('fs'); console.log(fs.readdirSync('{home}'),\"\n"
            "script += 'process.execPath)'\n"
            "print(Jail().run(Job(('node', '-e', script))))"
        )
        path = f"{prefix / 'bin'}:{os.environ['PATH']}"
        shown = in_new_process(program, PATH=path)
    assert "exit_code=0" in shown
    assert f"[ 'versions' ] {prefix}/bin/node" in shown


class HomeFolder:
    def __enter__(self) -> Path:
        self.path = Path.home().resolve() / f".jail-test-{os.getpid()}"
        self.path.mkdir(mode=0o700)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)


def test_a_missing_tool_is_told_with_what_to_install(best: Jail) -> None:
    sandbox: Sandbox = best
    assert sandbox.why_not("python") is None
    shown = in_new_process(
        "from graph.sandbox.jail import Jail; print(Jail().why_not('python'))", PATH="/nowhere"
    )
    assert shown == "no jail: install bubblewrap\n"
    assert best.why_not("no-such-tool") == "no-such-tool is missing: install no-such-tool"
    assert best.run(Job(("no-such-tool",))).unavailable == best.why_not("no-such-tool")


def test_a_tool_that_does_not_run_in_the_jail_is_no_tool(best: Jail, tmp_path: Path) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\nexec /nowhere/node\n")
    (tmp_path / "node").chmod(0o755)
    program = "from graph.sandbox.jail import Jail; print(Jail().why_not('node'))"
    shown = in_new_process(program, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "does not run in the jail" in shown


def test_forbidden_user_namespaces_give_a_reason_and_no_exception() -> None:
    bwrap = shutil.which("bwrap") or pytest.skip("install bubblewrap")
    forbid = [bwrap, "--unshare-user", "--disable-userns", "--dev-bind", "/", "/", "--"]
    program = (
        "from graph.sandbox.jail import Jail; from nodes.checks.sandbox import Job\n"
        "jail = Jail(); print(jail.why_not('python')); print(jail.run(Job(('python',))))"
    )
    words, ran = in_new_process(program, *forbid).splitlines()
    assert words.startswith("no jail: bubblewrap is there but fails")
    assert "user namespaces" in words
    assert "unavailable='no jail" in ran


def test_the_next_best_way_into_the_jail_is_tried(tmp_path: Path) -> None:
    path = shutil.which("bwrap") or pytest.skip("install bubblewrap")
    ways = [Bubblewrap("/bin/false", True, False), Bubblewrap(path, True, False)]
    jail = Jail(cache_dir=tmp_path, ways=lambda: (ways, ""))
    assert jail.why_not("python") is None


@pytest.mark.parametrize(
    "job",
    [
        Job(("python", "-I", "-c", "pass", "x" * 200_000)),
        Job(("python", "a\0b")),
        Job(("python",), environment={"A": "a\0b"}),
        Job(("python",), environment={"A=B": "", "": ""}),
        Job(()),
    ],
)
def test_what_cannot_be_started_is_told_and_never_raised(best: Jail, job: Job) -> None:
    ran = best.run(job)
    assert ran.exit_code != 0
    assert ran.unavailable or ran.stderr


def test_files_arrive_as_they_are(jail: Jail) -> None:
    files = {f"d{n}/e/ä {n}.txt": f"{n}\n\ud800é" for n in range(100)}
    program = (
        "import glob; names = glob.glob('d*/e/*'); print(len(names), open(names[0]).read()[-2:])\n"
        "open(names[0], 'a').write('more')"
    )
    ran = jail.run(Job(("python", "-I", "-c", program), files))
    assert ran.stdout == "100 ?é\n", ran


def test_the_environment_is_the_jobs_own_and_plain(jail: Jail) -> None:
    program = "import os; print(dict(os.environ))"
    job = Job(("python", "-I", "-c", program), environment={"PYTHONHASHSEED": "0"})
    shown = jail.run(job).stdout
    assert eval(shown) == {
        "PATH": "/usr/bin:/bin", "HOME": "/work", "LANG": "C.UTF-8", "TZ": "UTC", "PWD": "/work",
        "PYTHONHASHSEED": "0",
    }  # fmt: skip


def test_answers_do_not_see_what_the_router_installed(jail: Jail) -> None:
    assert "ModuleNotFoundError" in python(jail, "import langgraph").stderr


PREPARED = Prepared(
    "text", ("bash", "-c", "cat seed > /prepared/text; date +%N >> /prepared/text"), {"seed": "s\n"}
)


def test_a_product_is_built_once_and_read_only(jail: Jail) -> None:
    script = "cat /prepared/text; echo x >> /prepared/text"
    ran = [jail.run(Job(("bash", "-c", script), prepared=PREPARED)) for _ in range(2)]
    assert ran[0].stdout.startswith("s\n")
    assert ran[0].stdout == ran[1].stdout
    assert ran[0].exit_code == 1
    assert "Read-only file system" in ran[0].stderr or "Permission denied" in ran[0].stderr


def test_a_product_that_was_removed_is_built_again(best: Jail) -> None:
    job = Job(("bash", "-c", "cat /prepared/text"), prepared=PREPARED)
    first = best.run(job).stdout
    shutil.rmtree(best.cache_dir / "prepared")
    again = best.run(job).stdout
    assert again.startswith("s\n")
    assert again != first


def test_processes_and_threads_that_build_at_once_get_one_product(tmp_path: Path) -> None:
    if Jail().why_not("bash"):
        pytest.skip(str(Jail().why_not("bash")))
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pathlib import Path; from graph.sandbox.jail import Jail\n"
        "from nodes.checks.sandbox import Job, Limits, Prepared\n"
        f"jail = Jail(cache_dir=Path({str(tmp_path)!r}))\n"
        f"job = Job(('bash', '-c', 'cat /prepared/text'), prepared={PREPARED})\n"
        "with ThreadPoolExecutor(3) as pool:\n"
        "    print({ran.stdout for ran in pool.map(jail.run, [job] * 3)})"
    )
    with ThreadPoolExecutor(3) as pool:
        shown = set(pool.map(lambda _: in_new_process(program), range(3)))
    assert len(shown) == 1
    assert len(list((tmp_path / "prepared").iterdir())) == 1


def test_a_failed_build_is_tried_once_and_the_job_runs_without(jail: Jail, tmp_path: Path) -> None:
    tries = Prepared("failing", ("bash", "-c", "sleep 0.3; exit 1"))
    job = Job(("bash", "-c", "ls -d /prepared || echo none"), prepared=tries)
    assert jail.run(job).stdout == "none\n"
    began = time.monotonic()
    assert jail.run(job).stdout == "none\n"
    assert time.monotonic() - began < 0.3


@pytest.mark.full
def test_the_jail_costs_at_most_fifteen_milliseconds(best: Jail) -> None:
    job = Job(("python", "-I", "-c", "pass"))
    costs_ms = []
    for _ in range(61):
        began = time.perf_counter()
        subprocess.run([PYTHON, "-I", "-c", "pass"], capture_output=True, check=True)
        between = time.perf_counter()
        best.run(job)
        costs_ms.append((time.perf_counter() - between - (between - began)) * 1000)
    quarter, half = sorted(costs_ms)[15], sorted(costs_ms)[30]
    print(f"lower quartile {quarter:.1f} ms, median {half:.1f} ms")
    assert quarter < 15
