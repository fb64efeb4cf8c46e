"""The nouns of the sample world: people, things, animals, places, and what is true of them.

Each table is one noun a line, fields between bars, "-" for none. Homographs that would make an
answer ambiguous (배, 말, 눈 the organ, 벌, 가지) are left out on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

# A given name that ends in a consonant takes 이 in everyday Korean, as if it belonged to the name.
_PEOPLE = """민수|Minsu;지수|Jisu;수지|Suji;민지|Minji;현우|Hyeonu;지호|Jiho;준호|Junho;미나|Mina
태호|Taeho;영희|Yeonghui;철수|Cheolsu;나래|Narae;서연이|Seoyeon;하은이|Haeun;지훈이|Jihun;유진이|Yujin
은지|Eunji;소희|Sohui;재우|Jaeu;유나|Yuna;민호|Minho;준서|Junseo;세호|Seho;경수|Gyeongsu
은수|Eunsu;정우|Jeongu;진수|Jinsu;예지|Yeji;태희|Taehui;동현이|Donghyeon;다은이|Daeun;지은이|Jieun"""

# name | English | category | counter | colour | traits, the most typical one first
_THINGS = """사과|apple|과일|개|빨간색|달다,아삭하다
바나나|banana|과일|개|노란색|부드럽다,달다
포도|grape|과일|송이|보라색|달콤하다,새콤하다
수박|watermelon|과일|통|초록색|시원하다,달다
딸기|strawberry|과일|개|빨간색|새콤하다,달콤하다
귤|tangerine|과일|개|주황색|새콤하다,달다
복숭아|peach|과일|개|분홍색|부드럽다,달콤하다
참외|Korean melon|과일|개|노란색|달다,아삭하다
레몬|lemon|과일|개|노란색|시다,상큼하다
키위|kiwi|과일|개|초록색|새콤하다,부드럽다
망고|mango|과일|개|노란색|달콤하다,부드럽다
자두|plum|과일|개|빨간색|새콤하다,달다
당근|carrot|채소|개|주황색|아삭하다,달다
오이|cucumber|채소|개|초록색|시원하다,아삭하다
고추|red pepper|채소|개|빨간색|맵다,아삭하다
감자|potato|채소|개|갈색|담백하다,부드럽다
고구마|sweet potato|채소|개|보라색|달다,부드럽다
마늘|garlic|채소|개|하얀색|맵다
상추|lettuce|채소|장|초록색|아삭하다,싱싱하다
시금치|spinach|채소|단|초록색|부드럽다,담백하다
토마토|tomato|채소|개|빨간색|상큼하다,새콤하다
배추|cabbage|채소|포기|초록색|아삭하다,싱싱하다
김밥|gimbap|음식|줄|-|맛있다,고소하다
떡볶이|tteokbokki|음식|그릇|빨간색|맵다,쫄깃하다
라면|ramyeon|음식|그릇|-|뜨겁다,매콤하다
냉면|cold noodles|음식|그릇|-|차갑다,시원하다
불고기|bulgogi|음식|접시|갈색|달콤하다,부드럽다
비빔밥|bibimbap|음식|그릇|-|맛있다,매콤하다
만두|dumpling|음식|개|하얀색|부드럽다,담백하다
국수|noodles|음식|그릇|하얀색|부드럽다,담백하다
미역국|seaweed soup|음식|그릇|-|따뜻하다,부드럽다
삼계탕|chicken soup|음식|그릇|-|뜨겁다,담백하다
호박죽|pumpkin porridge|음식|그릇|노란색|부드럽다,따뜻하다
떡|rice cake|음식|개|하얀색|쫄깃하다,고소하다
빵|bread|간식|개|갈색|고소하다,부드럽다
과자|cookie|간식|봉지|-|고소하다,아삭하다
사탕|candy|간식|개|-|달다
초콜릿|chocolate|간식|개|갈색|달콤하다,쌉쌀하다
케이크|cake|간식|조각|-|달콤하다,부드럽다
아이스크림|ice cream|간식|개|-|차갑다,달콤하다
우유|milk|음료|잔|하얀색|고소하다,부드럽다
주스|juice|음료|잔|-|상큼하다,달콤하다
커피|coffee|음료|잔|검은색|쌉쌀하다,따뜻하다
녹차|green tea|음료|잔|초록색|쌉쌀하다,따뜻하다
콜라|cola|음료|잔|검은색|시원하다,달다
보리차|barley tea|음료|잔|갈색|고소하다,시원하다
연필|pencil|학용품|자루|-|가볍다
공책|notebook|학용품|권|-|얇다
지우개|eraser|학용품|개|하얀색|작다
필통|pencil case|학용품|개|-|가볍다
크레파스|crayon|학용품|개|-|작다
바지|pants|옷|벌|-|편하다
치마|skirt|옷|벌|-|예쁘다
외투|coat|옷|벌|-|따뜻하다
스웨터|sweater|옷|벌|-|따뜻하다
모자|hat|-|개|-|가볍다
양말|sock|-|켤레|-|얇다
운동화|sneaker|-|켤레|-|편하다
책|book|-|권|-|재미있다
가방|bag|-|개|-|튼튼하다
우산|umbrella|-|개|-|가볍다
시계|watch|-|개|-|작다
인형|doll|-|개|-|귀엽다
수건|towel|-|장|-|부드럽다
컵|cup|-|개|-|작다
열쇠|key|-|개|-|작다
편지|letter|-|통|-|얇다
의자|chair|가구|개|-|편하다
책상|desk|가구|개|갈색|넓다
침대|bed|가구|개|-|편하다
옷장|wardrobe|가구|개|갈색|크다
소파|sofa|가구|개|-|부드럽다
자동차|car|탈것|대|-|빠르다
버스|bus|탈것|대|-|크다
기차|train|탈것|대|-|길다
비행기|airplane|탈것|대|-|빠르다
자전거|bicycle|탈것|대|-|가볍다
택시|taxi|탈것|대|-|편하다
피아노|piano|악기|대|-|무겁다
바이올린|violin|악기|대|갈색|가볍다
기타|guitar|악기|대|갈색|가볍다
장미|rose|꽃|송이|빨간색|아름답다
해바라기|sunflower|꽃|송이|노란색|크다
개나리|forsythia|꽃|송이|노란색|예쁘다
진달래|azalea|꽃|송이|분홍색|예쁘다
튤립|tulip|꽃|송이|-|아름답다"""

# name | English | category | sound | food | home | size rank
_ANIMALS = """강아지|puppy|동물|멍멍|-|마당|5
고양이|cat|동물|야옹|생선|-|5
소|cow|동물|음매|풀|외양간|8
돼지|pig|동물|꿀꿀|-|농장|7
닭|hen|새|꼬끼오|곡식|닭장|4
오리|duck|새|꽥꽥|-|연못|4
개구리|frog|동물|개굴개굴|벌레|연못|2
호랑이|tiger|동물|어흥|고기|산|8
사자|lion|동물|-|고기|초원|8
참새|sparrow|새|짹짹|곡식|-|3
비둘기|pigeon|새|구구|곡식|-|3
까치|magpie|새|깍깍|-|-|3
부엉이|owl|새|부엉부엉|쥐|숲|4
뻐꾸기|cuckoo|새|뻐꾹뻐꾹|벌레|숲|3
매미|cicada|곤충|맴맴|-|나무|1
귀뚜라미|cricket|곤충|귀뚤귀뚤|-|풀밭|1
꿀벌|honeybee|곤충|윙윙|꿀|벌집|1
나비|butterfly|곤충|-|꿀|꽃밭|1
개미|ant|곤충|-|-|땅속|0
토끼|rabbit|동물|-|풀|굴|4
양|sheep|동물|매애|풀|농장|7
코끼리|elephant|동물|-|풀|초원|9
기린|giraffe|동물|-|나뭇잎|초원|9
원숭이|monkey|동물|-|바나나|숲|6
곰|bear|동물|-|꿀|산|8
다람쥐|squirrel|동물|-|도토리|숲|2
판다|panda|동물|-|대나무|숲|7
쥐|mouse|동물|찍찍|곡식|-|2
고래|whale|바다 동물|-|-|바다|10
상어|shark|바다 동물|-|물고기|바다|8
문어|octopus|바다 동물|-|조개|바다|5
펭귄|penguin|새|-|물고기|남극|5
낙타|camel|동물|-|풀|사막|8"""

# name | English | what one does there (dictionary form)
_PLACES = """시장|the market|채소를 사다
학교|the school|공부하다
도서관|the library|책을 빌리다
병원|the hospital|진찰을 받다
공원|the park|산책하다
우체국|the post office|편지를 보내다
은행|the bank|돈을 맡기다
식당|the restaurant|밥을 먹다
극장|the theater|영화를 보다
수영장|the swimming pool|수영을 배우다
박물관|the museum|옛날 물건을 구경하다
동물원|the zoo|동물을 구경하다
빵집|the bakery|빵을 사다
꽃집|the flower shop|꽃을 사다
서점|the bookstore|책을 사다
약국|the pharmacy|약을 사다
미용실|the hair salon|머리를 자르다
기차역|the train station|기차를 타다
공항|the airport|비행기를 타다
놀이터|the playground|그네를 타다
운동장|the sports field|축구를 하다
미술관|the art museum|그림을 보다
문구점|the stationery store|연필을 사다
세탁소|the laundry|옷을 맡기다"""

_CITIES = """서울|Seoul;부산|Busan;대구|Daegu;인천|Incheon;광주|Gwangju;대전|Daejeon;울산|Ulsan
제주|Jeju;강릉|Gangneung;전주|Jeonju"""

# name | English | work place | what they do
_JOBS = """의사|doctor|병원|아픈 사람을 치료하다
간호사|nurse|병원|환자를 돌보다
선생님|teacher|학교|학생을 가르치다
요리사|cook|식당|음식을 만들다
소방관|firefighter|소방서|불을 끄다
경찰관|police officer|경찰서|사람들을 지키다
농부|farmer|밭|곡식을 기르다
어부|fisher|바다|물고기를 잡다
화가|painter|화실|그림을 그리다
가수|singer|무대|노래를 부르다
약사|pharmacist|약국|약을 짓다
미용사|hairdresser|미용실|머리를 자르다
제빵사|baker|빵집|빵을 굽다
우체부|mail carrier|우체국|편지를 나르다
수의사|vet|동물 병원|아픈 동물을 치료하다"""

COLOURS = {
    "빨간색": "red",
    "노란색": "yellow",
    "파란색": "blue",
    "초록색": "green",
    "하얀색": "white",
    "검은색": "black",
    "보라색": "purple",
    "주황색": "orange",
    "분홍색": "pink",
    "갈색": "brown",
}
CATEGORIES = {
    "과일": "fruit",
    "채소": "vegetable",
    "음식": "dish",
    "간식": "snack",
    "음료": "drink",
    "학용품": "school supply",
    "옷": "clothing",
    "가구": "furniture",
    "탈것": "vehicle",
    "악기": "instrument",
    "꽃": "flower",
    "동물": "animal",
    "새": "bird",
    "곤충": "insect",
    "바다 동물": "sea animal",
}
OPPOSITES: tuple[tuple[str, str, str, str], ...] = (
    ("크다", "작다", "big", "small"),
    ("길다", "짧다", "long", "short"),
    ("높다", "낮다", "high", "low"),
    ("많다", "적다", "many", "few"),
    ("빠르다", "느리다", "fast", "slow"),
    ("덥다", "춥다", "hot", "cold"),
    ("무겁다", "가볍다", "heavy", "light"),
    ("밝다", "어둡다", "bright", "dark"),
    ("넓다", "좁다", "wide", "narrow"),
    ("쉽다", "어렵다", "easy", "difficult"),
    ("가깝다", "멀다", "near", "far"),
    ("두껍다", "얇다", "thick", "thin"),
    ("깨끗하다", "더럽다", "clean", "dirty"),
    ("강하다", "약하다", "strong", "weak"),
    ("기쁘다", "슬프다", "happy", "sad"),
    ("좋다", "나쁘다", "good", "bad"),
    ("깊다", "얕다", "deep", "shallow"),
    ("굵다", "가늘다", "thick", "slender"),
    ("비싸다", "싸다", "expensive", "cheap"),
    ("조용하다", "시끄럽다", "quiet", "noisy"),
    ("부지런하다", "게으르다", "diligent", "lazy"),
    ("열다", "닫다", "open", "close"),
    ("앉다", "서다", "sit", "stand"),
    ("사다", "팔다", "buy", "sell"),
    ("주다", "받다", "give", "receive"),
    ("켜다", "끄다", "turn on", "turn off"),
    ("웃다", "울다", "laugh", "cry"),
    ("입다", "벗다", "put on", "take off"),
    ("가다", "오다", "go", "come"),
    ("묻다", "대답하다", "ask", "answer"),
)
SHOPS = {
    "마트": "the mart",
    "가게": "the shop",
    "백화점": "the department store",
    "편의점": "the convenience store",
    "시장": "the market",
}
FAMILY = {
    "어머니": "mother",
    "아버지": "father",
    "이모": "aunt",
    "삼촌": "uncle",
    "할머니": "grandmother",
    "할아버지": "grandfather",
}
SEASONS = {"봄": "spring", "여름": "summer", "가을": "autumn", "겨울": "winter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """One noun of the world; what is not true of it is ""."""

    name: str
    english: str
    kind: str
    """person, thing, animal, place, city, job, colour, category, sound, season."""
    category: str = ""
    counter: str = "개"
    colour: str = ""
    traits: tuple[str, ...] = ()
    sound: str = ""
    food: str = ""
    home: str = ""
    size: int = 0
    action: str = ""


def _rows(table: str) -> list[list[str]]:
    return [["" if cell == "-" else cell for cell in line.split("|")] for line in table.split("\n")]


def _pairs(table: str) -> list[list[str]]:
    return [cell.split("|") for line in table.split("\n") for cell in line.split(";")]


@lru_cache(maxsize=1)
def nouns() -> dict[str, Noun]:
    """Return every noun by its name, in a fixed order."""
    found = [Noun(name=name, english=english, kind="person") for name, english in _pairs(_PEOPLE)]
    found += [
        Noun(name=row[0], english=row[1], kind="thing", category=row[2], counter=row[3],
             colour=row[4], traits=tuple(row[5].split(",")))
        for row in _rows(_THINGS)
    ]  # fmt: skip
    found += [
        Noun(name=row[0], english=row[1], kind="animal", category=row[2], counter="마리",
             sound=row[3], food=row[4], home=row[5], size=int(row[6]))
        for row in _rows(_ANIMALS)
    ]  # fmt: skip
    found += [Noun(name=r[0], english=r[1], kind="place", action=r[2]) for r in _rows(_PLACES)]
    found += [Noun(name=name, english=english, kind="city") for name, english in _pairs(_CITIES)]
    found += [
        Noun(name=r[0], english=r[1], kind="job", home=r[2], action=r[3], counter="명")
        for r in _rows(_JOBS)
    ]
    found += [Noun(name=name, english=english, kind="colour") for name, english in COLOURS.items()]
    found += [
        Noun(name=name, english=english, kind="category") for name, english in CATEGORIES.items()
    ]
    for words, kind in ((SHOPS, "shop"), (FAMILY, "family")):
        found += [Noun(name=name, english=word, kind=kind) for name, word in words.items()]
    found += [Noun(name=name, english=english, kind="season") for name, english in SEASONS.items()]
    known: dict[str, Noun] = {}
    for noun in found:  # 시장 is a place first, then a shop
        known.setdefault(noun.name, noun)
    return known


@lru_cache(maxsize=64)
def of_kind(kind: str) -> tuple[Noun, ...]:
    """Return the nouns of one kind, in the order of the tables."""
    if kind == "shop":
        return tuple(nouns()[name] for name in SHOPS)
    return tuple(noun for noun in nouns().values() if noun.kind == kind)


@lru_cache(maxsize=64)
def in_category(*categories: str) -> tuple[Noun, ...]:
    """Return the things and animals of any of `categories`."""
    return tuple(noun for noun in nouns().values() if noun.category in categories)


def extra_words() -> dict[str, str]:
    """Return nouns that only describe others (sounds, foods, homes), each with its kind."""
    words: dict[str, str] = {}
    for noun in nouns().values():
        for word, kind in ((noun.sound, "sound"), (noun.food, "feed"), (noun.home, "home")):
            if word and word not in nouns():
                words.setdefault(word, kind)
    return words
