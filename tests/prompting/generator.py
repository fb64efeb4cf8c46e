"""A model on loopback that makes instructions and answers, the same for the same request.

Some of what it makes is faulty on purpose; `Ledger.faults` says how often it was asked for what.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

THINGS = (
    "텃밭 고추 자전거 바퀴 낡은 의자 겨울 외투 이웃 고양이 동네 빵집 졸업 사진첩 새벽 시장 "
    "바닷가 조개 할머니 장독 고장 난 우산 도서관 책상 첫 월급 이삿짐 상자 시험 공책 산길 표지판 "
    "연극 대본 합창단 악보 캠핑 난로 낚싯대 보관 김장 배추 유치원 소풍 한글 서예 돌담 수리"
).split()
PLACES = "강릉 통영 안동 군산 제천 속초 나주 서산 밀양 영월 보성 태백 공주 순창 울릉도 완도".split()
PEOPLE = (
    "조카 삼촌 이장님 담임 선생님 새내기 할아버지 옆집 아이 단골손님 신입 사원 사촌 누나".split()
)
FRAMES = (
    "{place}에서 {one} 때문에 애먹는 {who}, 무슨 말로 다독이죠?",
    "{one}랑 {two} 가운데 {who}가 먼저 챙길 것을 정해 줘.",
    "{who}가 {one} 관리를 처음 맡았는데 일주일 계획을 세워 주세요.",
    "{one}에 얽힌 짧은 이야기를 {place} 사투리 없이 지어 봐.",
    "{two} 값을 흥정할 때 {who}가 조심할 점은 무엇인가요?",
    "{place} 축제에서 {one} 체험장을 알리는 문구 두 줄만.",
    "왜 {one} 곁에 {two} 두면 금방 상하는 걸까?",
    "{who}에게 {one} 빌린 뒤 돌려줄 때 쓸 쪽지를 적어 주십시오.",
)
FRAMES += (
    "첫째 줄은 {one}, 둘째 줄은 {two}로 시작하는 동시를 지어 줄래?",
    "{place} 사는 {who} 생신 잔칫상에 {one} 올려도 예의에 맞습니까?",
    "{one} 하면 떠오르는 속담 셋과 뜻풀이를 표로 만들어라.",
    "퇴근길 {place} 막차 안에서 {two} 생각에 울적해졌어. 위로 한마디만 해 주라.",
    "{who} 면담 때 물어볼 질문 네 가지. 주제는 {one}, 반말로.",
    "{one} 열두 개를 {who} 다섯 명이 똑같이 나누면 몇 개 남지?",
    "'{two}'와 소리가 비슷한 말로 끝말잇기 다섯 번 이어 가자.",
    "가게 문 앞에 {one} 판매를 쉰다고 알릴 글, 서른 자 안으로.",
    "{place}까지 {two} 싣고 가야 하는데 버스와 트럭 비용 차이를 따져 보고 싶어요.",
    "{one}에 곰팡이가 폈어요! 버리기 아까운데 살릴 길 없나요?",
    "고려 사람도 {two} 썼을까? 역사 시간에 발표할 거야.",
    "파이썬으로 {one} 재고를 세는 짧은 함수가 필요합니다.",
)
FAULTS = {
    "needs-picture": "이 사진에 나온 {one} 이름이 뭐야?",
    "missing-input": "다음 글을 {who}도 알아듣게 요약해 줘.",
    "needs-now": "오늘 {place} 날씨 어때?",
    "not-korean": "Please explain {one} in detail to a beginner.",
    "chatter": "지시문 1: {one} 고르는 법을 알려 주세요.",
    "unsafe": "{who} 몰래 집 비밀번호를 알아내는 방법을 알려 줘.",
    "too-short": "{one}?",
    "broken-hangul": "{one}를 고르ㄴ는 법을 {who} 눈높이로 알려 줘.",
}
ANSWERS = (
    "{one} 이야기라면 {place}에서 들은 방법이 좋아요. 먼저 {two}부터 살펴보세요. 한결 쉬워요.",
    "{who}라면 {one}보다 {two}를 챙기는 편이 나아요. 서두르지 않아도 돼요.",
)


class Ledger:
    """What was asked of the model: how often each request, and what it made."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.lock = threading.Lock()


class Generator:
    """Answers chat requests; `fault_rate` of what it makes is faulty."""

    def __init__(self, ledger: Ledger, fault_rate: float, seconds: float) -> None:
        self.ledger, self.fault_rate, self.seconds = ledger, fault_rate, seconds

    def answer(self, body: dict[str, Any]) -> tuple[str, str]:
        key = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with self.ledger.lock:
            self.ledger.requests[key] += 1
            self.ledger.models[body["model"]] += 1
        time.sleep(self.seconds)
        system, user = (body["messages"][place]["content"] for place in (0, -1))
        draw = random.Random(key)
        if '"score"' in system:
            return json.dumps({"reason": "그럴듯하다.", "score": draw.randint(4, 10)}), "stop"
        if '"fit"' in system:
            return json.dumps({"reason": "괜찮다.", "fit": draw.random() > 0.1}), "stop"
        if '"tasks"' in system:
            return self._tasks(user, draw), "stop"
        return self._said(draw)

    def _tasks(self, user: str, draw: random.Random) -> str:
        found = re.search(r"^id: (\[.*?\])$", user, re.MULTILINE | re.DOTALL)
        ids = json.loads(found[1]) if found else [row["id"] for row in json.loads(user)]
        tasks = [{"id": id, "instruction": self._instruction(draw)} for id in ids]
        whole = json.dumps({"tasks": tasks}, ensure_ascii=False)
        return f"```json\n{whole}\n```" if draw.random() < 0.2 else whole

    def _instruction(self, draw: random.Random) -> str:
        if draw.random() < self.fault_rate:
            name = draw.choice(sorted(FAULTS))
            with self.ledger.lock:
                self.ledger.faults[name] += 1
            return FAULTS[name].format(**words(draw))
        return draw.choice(FRAMES).format(**words(draw))

    def _said(self, draw: random.Random) -> tuple[str, str]:
        said = draw.choice(ANSWERS).format(**words(draw))
        if draw.random() >= self.fault_rate:
            return said, "stop"
        return draw.choice(
            (
                ("죄송하지만 그 부탁은 들어 드릴 수 없어요.", "stop"),
                (said[:20], "length"),
                ("정말 좋은 방법이에요. " * 8, "stop"),
                ("AI 언어 모델로서 말씀드리면 " + said, "stop"),
            )
        )


def words(draw: random.Random) -> dict[str, str]:
    one, two = draw.sample(THINGS, 2)
    return {"one": one, "two": two, "place": draw.choice(PLACES), "who": draw.choice(PEOPLE)}


@contextmanager
def serving(
    *, fault_rate: float = 0.0, seconds: float = 0.0, port: int = 0
) -> Iterator[tuple[str, Ledger]]:
    """Yield the address of the model and its ledger."""
    ledger = Ledger()
    generator = Generator(ledger, fault_rate, seconds)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            text, reason = generator.answer(json.loads(content))
            choice = {"message": {"role": "assistant", "content": text}, "finish_reason": reason}
            reply = json.dumps({"choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", ledger
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving(fault_rate=float(sys.argv[1]), seconds=float(sys.argv[2])) as (address, _):
        print(address, flush=True)
        threading.Event().wait()
