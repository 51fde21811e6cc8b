"""Prompts arrive byte for byte through real bash, and nothing else is executed.

Everything runs in a jail without network: the public strings name real hosts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("QWEN_ROUTER_SHARED", REPOSITORY.parent / "shared"))
DATA = SHARED / "data"

BREAKOUTS = [
    "$(touch /tmp/canaries/{})",
    "`touch /tmp/canaries/{}`",
    '"; touch /tmp/canaries/{}; echo "',
    '\\"; touch /tmp/canaries/{}; echo \\"',
    '\\\\"; touch /tmp/canaries/{}; #',
    "'; touch /tmp/canaries/{}; '",
    "'$(touch /tmp/canaries/{})'",
    "\n__QWEN__\ntouch /tmp/canaries/{}\n",
    "\n__QWEN__\n}}\ntouch /tmp/canaries/{}\nbody() {{ :\n",
    "\nEOF\ntouch /tmp/canaries/{}\n",
    "; touch /tmp/canaries/{} #",
    "&& touch /tmp/canaries/{}",
    "|| touch /tmp/canaries/{}",
    "| touch /tmp/canaries/{}",
    "& touch /tmp/canaries/{} &",
    "\ntouch /tmp/canaries/{}\n",
    "\r\ntouch /tmp/canaries/{}\r\n",
    "${{IFS}}$(touch${{IFS}}/tmp/canaries/{})",
    "$((`touch /tmp/canaries/{};echo 1`))",
    "${{x:-$(touch /tmp/canaries/{})}}",
    "${{x:=`touch /tmp/canaries/{}`}}",
    "<(touch /tmp/canaries/{})",
    ">(touch /tmp/canaries/{})",
    "$'\\x60touch /tmp/canaries/{}\\x60'",
    "a\\\n$(touch /tmp/canaries/{})",
    "{{touch,/tmp/canaries/{}}}",
    ")`touch /tmp/canaries/{}`(",
    "}}; touch /tmp/canaries/{}; {{",
    "%0atouch%20/tmp/canaries/{}\n$(touch /tmp/canaries/{})",
    "!!\n!touch /tmp/canaries/{}\n$(touch /tmp/canaries/{})",
    "() {{ :; }}; touch /tmp/canaries/{}",
    "-w @/etc/passwd --next $(touch /tmp/canaries/{})",
    "@/etc/passwd",
    "ends with a backslash \\",
    "a NUL \0 and an escape \x1b[31m",
    "lone surrogate \ud800, pair \ud83d\ude00, emoji 😀, rtl \u202e, separators \u2028\u2029\x85",
]
QUESTIONS = [
    "Explain what `x = x or []` does in Python",
    "Why does `echo $HOME` print nothing under sudo?",
    "Write a bash loop over $(seq 1 10) that prints `$i`",
    'Fix this: for f in $(ls *.txt); do cat "$f"; done',
    "Write a Makefile rule that uses $(CC), $@ and $<",
    "Turn `SELECT * FROM users WHERE id = $1` into SQLAlchemy",
    "In JavaScript, what is `Hello ${name}` called?",
    "Write a regex for \\d+\\.\\d+ in Perl",
    'A Dockerfile with ENV PATH=$PATH:/app and CMD ["sh", "-c", "echo $PATH"]',
    "What does `git rebase -i HEAD~3` do?",
    "Explain `useEffect(() => {}, [])`",
    "A PHP function that reads $_POST['x'] and $_GET[\"y\"]",
    'jq: how do I get .a["b"]? My try: jq \'.a."b"\'',
    "Explain awk '{print $1, $NF}' and sed 's/\\//|/g'",
    "Write a React component `Button` with className={`btn ${kind}`}",
    'printf "%s\\n" "$x" or echo -e "$x\\n": which is safer?',
    'C# string $"{name,-10}" in one line',
    "What is the difference between 'a', \"a\" and `a` in Go?",
    '```python\nprint(f"{price:$>10}")\n```\nwhy does this print $$$?',
    'Why is `rm -rf "$DIR/"` dangerous when $DIR is empty?',
]


def own_corpus() -> list[str]:
    return [*(text.format(n, n) for n, text in enumerate(BREAKOUTS)), *QUESTIONS]


def public_corpus() -> list[str]:
    texts: list[str] = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
    for file in sorted((DATA / "injection").glob("*.txt")):
        texts += file.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    return texts


def run_in_jail(tmp_path: Path, how: str, corpus: list[str]) -> dict[str, Any]:
    """What the probe reports; the jail has loopback alone and sees all files read-only."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is missing: apt-get install bubblewrap")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "corpus.json").write_text(json.dumps(corpus))
    shown = [str(REPOSITORY), sys.prefix, sys.base_prefix, str(folder)]
    command = [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
        *(word for path in shown for word in ("--ro-bind", path, path)),
        *("--setenv", "PATH", os.environ["PATH"], "--setenv", "HOME", "/tmp"),
        *("--setenv", "PYTHONDONTWRITEBYTECODE", "1", "--chdir", str(REPOSITORY)),
        *(sys.executable, "-m", "tests.delivery_probe", how, str(folder / "corpus.json")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def assert_delivered(report: dict[str, Any], corpus: list[str]) -> None:
    assert [corpus[n] for n in report["lost"]] == []
    assert report["canaries"] == []
    assert report["odd_traces"] == []
    assert report["traces"] == len(corpus) + 1


def test_breakouts_and_ordinary_questions_arrive_and_run_nothing(tmp_path: Path) -> None:
    corpus = own_corpus()
    assert_delivered(run_in_jail(tmp_path, "ours", corpus), corpus)


def test_public_naughty_and_injection_strings_arrive_and_run_nothing(tmp_path: Path) -> None:
    if not DATA.is_dir():
        pytest.skip(f"the public strings are not at {DATA}: set QWEN_ROUTER_SHARED")
    corpus = public_corpus()
    assert len(corpus) > 1000
    assert_delivered(run_in_jail(tmp_path, "ours", corpus), corpus)


def test_the_plans_own_quoting_fails_this_test(tmp_path: Path) -> None:
    """The positive control: the same strings, the same bash, double quotes escaped only."""
    corpus = [text for text in own_corpus() if "\0" not in text and "\ud800" not in text]
    report = run_in_jail(tmp_path, "plan", corpus)
    questions = [n for n in report["lost"] if corpus[n] in QUESTIONS]
    assert len(report["canaries"]) >= 10
    assert len(questions) >= 5
