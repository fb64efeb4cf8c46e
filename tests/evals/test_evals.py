"""The tasks in evals/: every YAML, its README and its functions agree."""

import ast
import re
import sys

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import UnknownName
from korean_rlhf.evaluate.sources import SOURCES
from korean_rlhf.evaluate.suites import find_suite, load_suites, load_tasks, read_yaml

ROOT = asset_dir("evals")
YAMLS = sorted(ROOT.glob("*/*.yaml"))


@pytest.fixture(params=YAMLS, ids=lambda path: path.parent.name + "/" + path.stem)
def task_file(request):
    return request.param


def test_there_are_tasks():
    assert len(YAMLS) >= 10


def test_every_task_has_what_the_report_needs(task_file):
    config = read_yaml(task_file)
    metadata = config["metadata"]
    metrics = {entry["metric"] for entry in config["metric_list"]}

    assert config["task"].startswith("ko_")
    assert config["dataset_kwargs"]["name"] in SOURCES
    assert metadata["headline"] in metrics
    assert set(metadata["chance"]) <= metrics
    assert metadata["version"] and metadata["title"]


def test_the_readme_says_what_the_yaml_says(task_file):
    config = read_yaml(task_file)
    metadata = config["metadata"]
    readme = (task_file.parent / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in readme.splitlines() if line.startswith(f"| {config['task']} |")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    chance = metadata["chance"].get(metadata["headline"], "none")

    assert cells[3:] == [str(chance), metadata["headline"], str(metadata["version"])]
    assert "**Data:**" in readme


def test_readmes_name_no_task_that_is_not_there():
    named = {
        name
        for readme in ROOT.glob("*/README.md")
        for name in re.findall(r"^\| (ko_\w+) \|", readme.read_text(encoding="utf-8"), re.M)
    }

    assert named == set(load_tasks())


@pytest.mark.parametrize("module", sorted(ROOT.glob("*/utils.py")), ids=lambda p: p.parent.name)
def test_prompt_functions_use_the_standard_library_only(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}

    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_suites_hold_known_tasks_once():
    tasks = load_tasks()
    for suite in load_suites().values():
        assert set(suite.tasks) <= set(tasks)
        assert len(set(suite.tasks)) == len(suite.tasks)


def test_all_is_every_task_but_the_made_up_ones_and_those_asked_for_by_name_only():
    tasks = find_suite("all").tasks

    assert set(load_tasks()) - set(tasks) == {"ko_sample_choices", "ko_kobbq_written"}
    named = {
        task for name, suite in load_suites().items() if name != "sample" for task in suite.tasks
    }
    assert named <= set(tasks)
    assert find_suite("ko_kobbq_written").tasks == ("ko_kobbq_written",)


def test_a_task_is_a_suite_of_its_own_and_a_near_name_is_told():
    assert find_suite("ko_kobest_copa").tasks == ("ko_kobest_copa",)
    with pytest.raises(UnknownName, match="quick"):
        find_suite("quik")


def test_a_comment_in_the_yaml_is_no_new_score_but_a_prompt_is(tmp_path):
    folder = tmp_path / "beep"
    folder.mkdir()
    original = (ROOT / "beep" / "beep.yaml").read_text(encoding="utf-8")
    prompts = (ROOT / "beep" / "utils.py").read_text(encoding="utf-8")

    def digest(yaml, utils):
        (folder / "beep.yaml").write_text(yaml, encoding="utf-8")
        (folder / "utils.py").write_text(utils, encoding="utf-8")
        return load_tasks(tmp_path)["ko_beep"].digest

    first = digest(original, prompts)

    assert digest("# another comment\n" + original, prompts) == first
    assert digest(original, prompts.replace("댓글", "글")) != first
    assert digest(original.replace("모욕", "욕설"), prompts) != first
