"""The fingerprints of our own evaluation prompts are in step with the prompts."""

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.dedup.fingerprints import build, load

EVALS = asset_dir("evals")


@pytest.mark.parametrize(("name", "field"), [("refusal", "prompt"), ("open", "turns")])
def test_the_fingerprints_are_those_of_the_prompts(name, field, tmp_path):
    shipped = EVALS / "fingerprints" / f"{name}.fingerprints"
    out = tmp_path / shipped.name
    folder = EVALS / name
    build([folder], out, name=name, version="1.0", license="Apache-2.0", fields=(field,))
    readme = (shipped.parent / "README.md").read_text(encoding="utf-8")

    assert out.read_bytes() == shipped.read_bytes(), (
        f"korean-rlhf fingerprints evals/{name} --fields {field} --name {name} --version 1.0 "
        f"--license Apache-2.0 --out evals/fingerprints/{name}.fingerprints"
    )
    assert f"| {load(shipped).header.items} | Apache-2.0 |" in readme
