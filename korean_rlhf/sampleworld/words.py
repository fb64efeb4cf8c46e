"""Words that the sample world knows besides `lexicon`: verbs, counters, plain nouns."""

from __future__ import annotations

PLAIN_PARTICLES = tuple(
    """
에서는 에서도 에게서 에게는 에게 에서 에는 에도 까지 부터 보다 처럼 께서 께 한테 하고 마다 만 의
도 에 들이 들은 들을 들 이나마
""".split()
)
"""Particles with one form, the longest first where one begins another."""

COPULA_ENDINGS = tuple(
    """
이에요 예요 입니다 입니까 이야 야 이다 다 이었어요 였어요 이었습니다 였습니다 이었어 였어 이었다
였다 이고 고 이지만 지만 이라서 라서 인 인데 이니까 니까 이면 면 일까요 일까 이기 이니 니
""".split()
)
"""Forms of the copula 이다 that may stand after a noun."""

COUNTERS = frozenset(
    """
개 마리 권 자루 송이 통 장 단 포기 줄 그릇 접시 봉지 조각 잔 벌 켤레 대 명 시 시간 살 번 가지
""".split()
)

VERBS = tuple(
    """
가다 오다 사다 팔다 먹다 마시다 보다 읽다 쓰다 하다 놀다 자다 일어나다 씻다 입다 벗다 주다 받다
만들다 그리다 부르다 듣다 걷다 뛰다 타다 살다 있다 없다 키우다 좋아하다 선물하다 건네다 다녀오다
치료하다 돌보다 가르치다 끄다 켜다 지키다 기르다 잡다 짓다 자르다 굽다 나르다 공부하다 빌리다
산책하다 보내다 맡기다 배우다 구경하다 일하다 앉다 서다 열다 닫다 웃다 울다 묻다 대답하다 불다
내리다 치다 갈아입다 치우다 이기다 지다 잃어버리다 잃다 싸우다 끝내다 걸리다 늦다 축하하다
축하드리다 감사하다 감사드리다 바라다 기다리다 만나다 쉬다 챙기다 드리다 모으다 찾다 넣다 씹다
부치다 낫다 드시다 알다 모르다 같다 되다 세다 더하다 빼다 남다 들다 보이다 나다 내다 속하다
권하다 추천하다 넘어지다 다치다 칭찬받다 도착하다 떠나다 돕다 고르다 마치다 지내다 계시다 알리다
두다 맞추다 깨뜨리다 즐기다 찾아뵙다 몸조심하다 꺾다 심다 뵙다
""".split()
)
"""Last words of the actions that the world can tell; adjectives are in `conjugate`."""

COMMON = tuple(
    """
손 밥 숙제 청소 운동 목욕 일기 방 양치질 음악 텔레비전 산책 빨래 설거지 전화 그림 아침 점심 저녁
잠 집 돈 머리 영화 그네 축구 농구 야구 배드민턴 탁구 줄넘기 윷놀이 숨바꼭질 퍼즐 바둑 장기 시험
지갑 친구 선물 상 감기 소풍 위 아래 안 옆 뒤 앞 비 눈 바람 소나기 천둥 구름 안개 우박 하늘 오늘
어제 내일 주말 날씨 사람 것 곳 일 까닭 시각 직업 물건 색 수 값 약 환자 곡식 노래 학생 불 옷감
버릇 준비 반대말 소리 이유 몸 물 배탈 목 땀 생일 생신 졸업 합격 결혼 새해 복 하루 여행 건강 도움
마음 답장 소식 시간 지금 다음 먼저 나중 처음 끝 낮 밤 왼쪽 오른쪽 동생 가족 할인 노력 응원 낮잠
간호 인사 모두 하나 종류 때문 거 먹이 느낌 맛 답 정답 낱말 문장 뜻 무리 이름 순서 차례 수영 길
경기 칭찬 약속 화분 추억 몸조심
""".split()
)
"""Nouns that are told apart from their particles, but that any answer may use."""
