"""What a user gets from the package index: built, installed elsewhere, read-only, run."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUN = "import sys; from korean_rlhf.cli.main import main; sys.exit(main())"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the unpacked wheel, which nobody may write to."""
    dist, folder = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", dist, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)


def run(site, *argv, cwd):
    libraries = sysconfig.get_paths()["purelib"]
    environment = os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{libraries}"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    command = [sys.executable, "-P", "-S", "-c", RUN, *map(str, argv)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_its_data_folders_and_nothing_of_ours_beside_the_package(site):
    names = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}

    assert names == {"korean_rlhf"}
    for inside in ("crawlers/scrapy.cfg", "prompts/translate/en-ko.toml", "evals/suites.toml"):
        assert (site / "korean_rlhf/_assets" / inside).is_file()


def test_every_shipped_folder_is_found_in_the_wheel(site, tmp_path):
    lines = run(site, "where", cwd=tmp_path).splitlines()

    assert len(lines) == 4
    assert all(Path(line.split("\t")[1]).is_relative_to(site) for line in lines)
    assert all(Path(line.split("\t")[1]).is_dir() for line in lines)


def test_commands_run_from_a_read_only_install(site, tmp_path):
    assert "quickstart" in run(site, "run", cwd=tmp_path)
    assert "site" in run(site, "crawl", cwd=tmp_path)
    assert "korean-rlhf ppo" in run(site, "run", "quickstart", "--dry-run", cwd=tmp_path)
    (tmp_path / "x.jsonl").write_text('{"text": "가"}\n', encoding="utf-8")
    assert run(site, "show", "x.jsonl", cwd=tmp_path) == '{"text": "가"}\n'
