"""How an answer's code and a task's tests become jobs for the sandbox, in each language."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from evals.code_tasks import Task
from nodes.checks.sandbox import Job, Limits, Prepared

PASSED = "code_tasks: all tests ran"
_QUICK = Limits(wall_s=10, cpu_s=10)
_COMPILED = Limits(wall_s=40, cpu_s=40, memory_mb=2048, disk_mb=64)
_TOOLS = {"javascript": "node", "typescript": "tsc", "cpp": "g++", "sql": "python"}
_SCRIPTS = {"python": "answer.py", "bash": "answer.sh", "javascript": "answer.cjs"}
_COMPILED_HEADERS = "/prepared/prelude.h.gch"
_TEMPLATES = Path(__file__).parent / "harness"


@dataclass(frozen=True, slots=True)
class Trial:
    """A job, and what must come of it."""

    job: Job
    stdout: str | None = None
    """What it must print, but for space at the ends of lines; None: anything."""
    last_line: str = ""
    """The last line it must print, which shows that it ran to its end."""
    must_fail: bool = False
    """Whether it must end with a status other than 0."""


def tool_of(language: str) -> str:
    """The tool, in the sandbox's words, without which answers in `language` cannot be run."""
    return _TOOLS.get(language, language)


def trials(task: Task, code: str) -> list[Trial]:
    """All jobs that `code` must pass: one for each run of a script, else a single one."""
    if task.kind == "script":
        return [_script_trial(task, code, case) for case in json.loads(task.tests)]
    return [Trial(_JOBS[task.language](task, code), last_line=PASSED)]


def _script_trial(task: Task, code: str, case: Mapping[str, object]) -> Trial:
    name = _SCRIPTS[task.language]
    if name == "answer.cjs" and _is_module(code):
        name = "answer.mjs"
    files, arguments = case.get("files", {}), case.get("args", [])
    assert isinstance(files, dict)
    assert isinstance(arguments, list)
    stdout = case.get("stdout")
    job = Job(
        command=(tool_of(task.language), name, *arguments),
        files={**files, name: code + "\n"},
        stdin=str(case.get("stdin", "")),
        limits=_QUICK,
    )
    return Trial(job, None if stdout is None else str(stdout), must_fail=bool(case.get("fails")))


def _python(task: Task, code: str) -> Job:
    files = {
        "answer.py": code + "\n",
        "tests.py": _filled("tests.py.txt", task, names=task.entry or "*"),
    }
    return Job(("python", "tests.py"), files=files, limits=_QUICK)


def _javascript(task: Task, code: str) -> Job:
    name = "answer.mjs" if _is_module(code) else "answer.cjs"
    files = {
        name: f"{code}\n;{_exposed(task)}\n",
        "tests.mjs": _filled("tests.mjs.txt", task, answer=name),
    }
    return Job(("node", "tests.mjs"), files=files, limits=_QUICK)


def _typescript(task: Task, code: str) -> Job:
    """Type errors are let pass, as they are where types are only stripped; syntax errors not."""
    files = {
        "answer.ts": f"{code}\n;{_exposed(task)}\n",
        "package.json": json.dumps({"type": "module" if _is_module(code) else "commonjs"}),
        "tests.mjs": _filled("tests.mjs.txt", task, answer="answer.js"),
    }
    flags = "--noCheck --target es2022 --module esnext --moduleResolution bundler"
    build = f"tsc {flags} answer.ts && node tests.mjs"
    return Job(("bash", "-c", build), files=files, tools=("node", "tsc"), limits=_COMPILED)


def _bash(task: Task, code: str) -> Job:
    files = {"answer.sh": code + "\n", "tests.sh": _filled("tests.sh.txt", task)}
    return Job(("bash", "tests.sh"), files=files, limits=_QUICK)


def _sql(task: Task, code: str) -> Job:
    files = {"answer.sql": code, "tests.json": task.tests, "tests.py": _filled("sql.py.txt", task)}
    return Job(("python", "tests.py"), files=files, limits=_QUICK)


def _java(task: Task, code: str) -> Job:
    """One file, tests first: java's source launcher runs the first class that it finds."""
    code = re.sub(r"^\s*package\s[^;]*;", "", code, flags=re.M)
    imports = re.findall(r"^\s*import\s[^;]*;", code, flags=re.M)
    body = re.sub(r"^\s*import\s[^;]*;", "", code, flags=re.M)
    if not re.search(r"^\s*(?:\w+\s+)*(?:class|record|interface|enum)\s+\w", body, re.M):
        body = f"class {task.entry.split('.')[0]} {{\n{body}\n}}"
    tests = _filled("Tests.java.txt", task, imports="\n".join(line.strip() for line in imports))
    flags = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx512m")
    command = ("java", *flags, "Tests.java")
    return Job(command, files={"Tests.java": f"{tests}\n{body}\n"}, limits=_COMPILED)


def _cpp(task: Task, code: str) -> Job:
    """With the usual headers at hand, as in the file of a user who asks for one function."""
    headers = _read("prelude.h.txt")
    flags = "-std=c++20 -O0 -w"
    build = f"g++ {flags} -I/prepared -Iinclude -include prelude.h -o tests tests.cpp && ./tests"
    return Job(
        ("bash", "-c", build),
        files={
            "tests.cpp": _filled("tests.cpp.txt", task, code=code),
            "include/prelude.h": headers,
        },
        tools=("g++",),
        prepared=Prepared(
            "evals-cpp-headers",
            ("g++", *flags.split(), "-x", "c++-header", "-o", _COMPILED_HEADERS, "prelude.h"),
            {"prelude.h": headers},
        ),
        limits=_COMPILED,
    )


_JOBS: Mapping[str, Callable[[Task, str], Job]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _typescript,
    "bash": _bash,
    "sql": _sql,
    "java": _java,
    "cpp": _cpp,
}


def _is_module(code: str) -> bool:
    """Whether JavaScript is written as an ES module."""
    return bool(re.search(r"^(?:import\s[^;]*?['\"]|export\s)", code, re.M))


def _exposed(task: Task) -> str:
    name = task.entry
    return f"globalThis.answered = typeof {name} === 'undefined' ? undefined : {name};"


def _filled(name: str, task: Task, **more: str) -> str:
    words = {"entry": task.entry, "tests": task.tests, "passed": PASSED, **more}
    return Template(_read(name)).substitute(words)


@functools.cache
def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
