"""Units, signs, Greek letters and single Hanja: what they are called in Korean ends in this."""

from __future__ import annotations

from korean_rlhf.translate.spoken.finals import (
    IEUNG,
    KIYEOK,
    MIEUM,
    NIEUN,
    NONE,
    PIEUP,
    RIEUL,
    SIOS,
)

UNITS = {
    **dict.fromkeys("km m cm mm μm µm nm km/h m/s km² m² cm² mm² m³ cm³ ha".split(), NONE),  # 미터
    **dict.fromkeys("l L ml mL dl cc CC".split(), NONE),  # 리터, 시시
    **dict.fromkeys("g kg Kg KG mg μg µg".split(), MIEUM),  # 그램
    **dict.fromkeys("B KB kB MB GB TB PB KiB MiB GiB TiB kb mb gb tb Kb Mb Gb".split(), NONE),
    **dict.fromkeys("bps kbps Kbps Mbps Gbps mbps gbps fps FPS".split(), NONE),  # 비피에스
    **dict.fromkeys("Hz kHz KHz MHz GHz THz hz khz mhz ghz".split(), NONE),  # 헤르츠
    **dict.fromkeys("W kW KW MW GW V kV mV A mA eV keV MeV GeV".split(), NONE),  # 와트, 볼트
    **dict.fromkeys("Wh kWh mAh Ah".split(), NONE),  # 와트시
    **dict.fromkeys("cal kcal Kcal".split(), NONE),  # 칼로리
    **dict.fromkeys("s ms μs µs ns sec pt in ft oz lb lbs h".split(), NONE),  # 초, 포인트, 시
    **dict.fromkeys("°C °F".split(), NONE),  # 도
    **dict.fromkeys("Pa kJ mol px dB mph".split(), RIEUL),  # 파스칼, 줄, 몰, 픽셀
    **dict.fromkeys("rpm RPM ppm".split(), MIEUM),  # 피피엠
    "ppb": NONE,
    "min": NIEUN,  # 분
    **dict.fromkeys("t kt Mt".split(), NIEUN),  # 톤
    **dict.fromkeys("m2 km2 cm2 m3 cm3".split(), NONE),  # 제곱미터, superscripts lost
}
"""Behind a number; capitals count: 5G is no gram."""

SIGNS = {
    **dict.fromkeys("%％℃℉°′″", NONE),  # 퍼센트, 도
    **dict.fromkeys("㎞㎡㎢㎝㎜㎖ℓ㎗㏄㎾㎐㎒㎓㏊㎥㎛㎧㎈㎉㎅㎆㎇", NONE),
    **dict.fromkeys("㎏㎎㎍", MIEUM),
    **dict.fromkeys("㏈", RIEUL),
    "‰": RIEUL,  # 퍼밀
    "Ω": MIEUM,  # 옴
    "+": NONE,  # 플러스
    **dict.fromkeys("αβγδζηθικλμξπρςστφχψωΑΒΓΔΘΛΠΣΦΨ", NONE),  # 알파, 베타, ...
    **dict.fromkeys("ενουΟ", NONE),
    **dict.fromkeys("ευο", NIEUN),  # 엡실론, 입실론, 오미크론
}

MONEY = {"$": NONE, "€": NONE, "£": NONE, "₩": NIEUN, "¥": NIEUN}
"""Stands before the number and is spoken behind it: 달러, 유로, 파운드, 원, 엔."""

HANJA = {
    **dict.fromkeys("美李趙車鄭無外與野左右女子下後父母弟妹西道市氏語字家價者和水火土", NONE),
    **dict.fromkeys("國北獨德乙木客育或百億六白", KIYEOK),
    **dict.fromkeys("韓前印安文新軍間年本軟山千萬天人民尹分門文殿先銀", NIEUN),
    **dict.fromkeys("日佛一七八月實說", RIEUL),
    **dict.fromkeys("男金林三南心點音感", MIEUM),
    **dict.fromkeys("甲十法", PIEUP),
    **dict.fromkeys("中英東黨上王兄丁長正城姓名", IEUNG),
}
"""Single characters of headlines; a word in Hanja usually stands in brackets behind its Hangul."""

DIGITS = dict(zip("0123456789", (IEUNG, RIEUL, NONE, MIEUM, NONE, NONE, KIYEOK, RIEUL, RIEUL, NONE),
                  strict=True))  # fmt: skip
"""영 일 이 삼 사 오 육 칠 팔 구."""
ENGLISH_DIGITS = dict(
    zip("0123456789", (NONE, NIEUN, NONE, NONE, NONE, NONE, NONE, NIEUN, SIOS, NIEUN), strict=True)
)
"""제로 원 투 쓰리 포 파이브 식스 세븐 에잇 나인."""
