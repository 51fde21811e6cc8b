"""Configs and result files: what is refused, and what is kept of an earlier run."""

from pathlib import Path

import pytest

from evals.config import EvalError, load_config
from evals.evaluators.make import make_evaluators
from evals.results import Result, ResultFile, load_rows, row_key
from evals.targets.make import make_target
from tests.evals_fixtures import write_config, write_rows

CONFIGS = sorted((Path(__file__).parents[2] / "evals" / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_of_the_project_is_sound(path: Path) -> None:
    config = load_config(path)
    assert config.name == path.stem
    assert make_evaluators(config)
    make_target(config).close()
    assert config.data is None or load_rows(config.data)


def test_the_projects_configs_differ_in_what_they_run() -> None:
    configs = [load_config(path) for path in CONFIGS]
    assert len({config.name for config in configs}) == len(configs)
    questions = [config for config in configs if config.name.startswith("question_")]
    assert len({(config.digest(), config.data) for config in questions}) == len(questions) == 9


def test_paths_are_relative_to_the_config(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path, "classifier", Path("rows.jsonl")))
    assert config.data == tmp_path / "rows.jsonl"
    other = Path("other.jsonl")
    assert load_config(tmp_path / "trial.toml", data=other).data == other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "no TOML"),
        ('name = "x"\ntarget = "oracle"', "target"),
        ('name = "x"\ntarget = "gate"\nspeed = 3', "speed"),
        ('name = "a/b"\ntarget = "gate"', "name"),
    ],
)
def test_a_wrong_config_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=words):
        load_config(path)


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path, "classifier", treshold=0.3))
    with pytest.raises(EvalError, match="treshold"):
        make_target(config)


def test_an_evaluator_must_fit_the_target(tmp_path: Path) -> None:
    path = write_config(tmp_path, "classifier")
    text = 'evaluators = ["detection"]\n' + path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match="detection"):
        make_evaluators(load_config(path))


def test_only_target_and_options_decide_a_result(tmp_path: Path) -> None:
    one = load_config(write_config(tmp_path, "gate", threshold=0.5))
    assert one.digest() == one.model_copy(update={"name": "y", "data": Path("z")}).digest()
    assert one.digest() != load_config(write_config(tmp_path, "gate", threshold=0.6)).digest()


def test_rows_get_ids_and_their_hidden_tests(tmp_path: Path) -> None:
    rows = [{"id": 7, "query": "q"}, {"weak": {"id": "w"}, "strong": {"id": "s"}}, {"text": "hi"}]
    data = write_rows(tmp_path / "rows.jsonl", rows)
    tests = write_rows(tmp_path / "tests.jsonl", [{"id": "7", "tests": "assert f()"}])
    loaded = load_rows(data, tests)
    assert [row["id"] for row in loaded[:2]] == ["7", "w-s"]
    assert loaded[0]["hidden"]["tests"] == "assert f()"
    assert loaded[2]["id"] == load_rows(data)[2]["id"]
    assert len(load_rows(data, limit=1)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [('{"id": 1}\n{"id": 1}', "same id"), ("[1]", "no object"), ("{", ":1 is no")],
)
def test_a_wrong_data_file_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=words):
        load_rows(path)


def test_a_key_changes_with_the_row_and_the_version() -> None:
    assert row_key("v", {"a": 1, "b": 2}) == row_key("v", {"b": 2, "a": 1})
    assert len({row_key("v", {"a": 1}), row_key("v", {"a": 2}), row_key("w", {"a": 1})}) == 3


def test_a_line_cut_by_a_kill_is_left_out(tmp_path: Path) -> None:
    file = ResultFile(tmp_path / "results.jsonl")
    file.append(Result("a", "k", {"text": "ä\u2028b"}, {"correct": 1.0}))
    with file.path.open("ab") as raw:
        raw.write('{"id": "b", "key": "k", "output": {"x": "ä'.encode()[:-1])
    assert file.read() == {"a": Result("a", "k", {"text": "ä\u2028b"}, {"correct": 1.0})}


def test_results_that_no_longer_hold_are_put_aside(tmp_path: Path) -> None:
    file = ResultFile(tmp_path / "results.jsonl")
    for name in ("a", "b"):
        file.append(Result(name, "k"))
    file.keep({"a": Result("a", "k")})
    assert set(file.read()) == {"a"}
    assert set(ResultFile(tmp_path / "results.before.jsonl").read()) == {"a", "b"}
