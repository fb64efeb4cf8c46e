"""Judge the answers in preference.jsonl again: python tests/golden/judge.py.

Do it after a change of the true preference, raise VERSION in sampleworld/preference.py, and add the
digest that this prints to VERSIONS in tests/sampleworld/test_preference.py.
"""

import hashlib
import json
from pathlib import Path

from korean_rlhf.sampleworld.preference import true_reward

PATH = Path(__file__).with_name("preference.jsonl")


def judged_again(line: str) -> str:
    case = json.loads(line)
    case["judged"] = {answer: true_reward(case["key"], answer) for answer in case["judged"]}
    return json.dumps(case, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    lines = PATH.read_text(encoding="utf-8").splitlines()
    PATH.write_text("".join(map(judged_again, lines)), encoding="utf-8")
    print(hashlib.sha256(PATH.read_bytes()).hexdigest())
