"""Common English words and how their Korean translations usually begin.

This is no dictionary for translating: it tells only whether two texts may speak of the same thing.
Verbs and adjectives stand with the syllables that all their forms share.
"""

from __future__ import annotations

import re
from functools import lru_cache

TEXT = """
actor 배우; afraid 무서/두려; afternoon 오후; age 나이/살; airport 공항; angry 화; animal 동물;
answer 답/대답; apple 사과; arrive 도착; artist 화가/예술가; aunt 이모/고모; autumn 가을;
baby 아기; bag 가방; bake 굽/구워; baker 제빵사; bakery 빵집; ball 공; banana 바나나; bank 은행;
barber 이발사/미용사; barrel 통; beach 바닷가/해변; bear 곰; beautiful 아름/예쁜/예쁘; bed 침대;
bee 벌; begin 시작; bicycle 자전거; big 큰/크/커; bird 새; birthday 생일; black 검/까만/까맣/흑;
bloom 피; blue 파란/파랑/파랗/푸른; boat 배/보트; body 몸/신체; boil 끓/삶; book 책;
bookstore 서점; born 태어; borrow 빌; bottle 병; bought 샀/산/사; bowl 그릇; box 상자;
boy 소년/남자아이; bread 빵; break 깨/부러/고장; breakfast 아침; bridge 다리; bright 밝;
bring 가져; brother 형/오빠/동생/형제; brown 갈색; bucket 양동이; build 짓/지어/세우; bus 버스;
busy 바쁘/바빠/바쁜; butterfly 나비; button 단추/버튼; buy 사/산/샀; cabbage 배추/양배추;
cake 케이크; call 부르/불러/전화/호출; camel 낙타; candle 초; capital 수도/자본; car 차/자동차;
carrot 당근; carry 나르/옮/들; cat 고양이; chair 의자; cheap 싸/싼/저렴; chef 요리사;
chicken 닭/치킨; child 아이/어린이/자식; children 아이/어린이; choose 고르/골라/선택; church 교회;
city 도시/시; class 반/수업/클래스/교실; classroom 교실; clean 깨끗/청소/씻; climb 오르/올라;
clock 시계; close 닫; clothes 옷; cloud 구름; coffee 커피; cold 추/차가/찬/감기; color 색/빛깔;
colour 색/빛깔; company 회사; compare 비교; computer 컴퓨터; cook 요리; corn 옥수수;
country 나라/국가/시골; cow 소; cucumber 오이; cup 컵/잔; cut 자르/잘라/썰; dance 춤;
dark 어두/어둡/어둠; daughter 딸; deep 깊; deer 사슴; dentist 치과; desk 책상; die 죽;
different 다르/다른/달라; difficult 어려/어렵; dinner 저녁; doctor 의사; dog 개/강아지; doll 인형;
door 문; draw 그리/그려/그림; dream 꿈; drink 마시/마셔/마신; drive 운전; driver 운전/기사;
duck 오리; ear 귀; earth 지구/땅; easy 쉽/쉬; eat 먹; egg 달걀/계란/알; elephant 코끼리;
engineer 기술자/기사/엔지니어; eraser 지우개; evening 저녁; expensive 비싸/비싼; explain 설명;
eye 눈; face 얼굴; factory 공장; fall 가을/떨어; family 가족; famous 유명; farm 농장; farmer 농부;
fast 빠르/빨라/빨리/빠른; father 아버지/아빠; finger 손가락; fire 불; firefighter 소방;
fish 물고기/생선/고기; fisherman 어부; flower 꽃; fly 날; food 음식/먹이/식품; foot 발; forest 숲;
forget 잊; fox 여우; friday 금요일; friend 친구; frog 개구리; fruit 과일; game 놀이/게임/경기;
garden 정원/마당; garlic 마늘; giraffe 기린; girl 소녀/여자아이; glasses 안경; goat 염소;
grandfather 할아버지; grandmother 할머니; grape 포도; grass 풀; gray 회색; green 초록/녹색/푸른;
hair 머리; hand 손; happy 행복/기쁘/기뻐; hard 어려/힘/단단/열심; hat 모자; head 머리;
healthy 건강; heart 심장/마음; heavy 무거/무겁; help 돕/도와/도움; hen 닭; high 높; history 역사;
hobby 취미; home 집; homework 숙제; horse 말; hospital 병원; hot 뜨거/더/매; hotel 호텔;
hour 시간; house 집; husband 남편; idea 생각/아이디어; important 중요; introduce 소개;
invite 초대; island 섬; job 일/직업; key 열쇠/키; kind 친절/종류; king 왕; kitchen 부엌/주방;
kiwi 키위; knife 칼; know 알/아는; Korea 한국/대한민국/우리나라; language 언어/말;
large 큰/크/커/많; late 늦; lawyer 변호사; lazy 게으; leaf 잎; learn 배우/배워;
leave 떠나/떠났/남; leg 다리; lemon 레몬; lend 빌려; lesson 수업/교훈; letter 편지/글자/문자;
library 도서관/라이브러리; life 생활/삶/인생/생명; light 빛/불/가벼; like 좋아/같; lion 사자;
listen 듣/들; live 살/사는/산; long 길/긴/오래; lose 잃; love 사랑; low 낮; lunch 점심;
make 만들/만드; man 남자/사람/남성; map 지도/맵; market 시장; marry 결혼; mart 마트; meat 고기;
medicine 약; meet 만나/만났; melon 멜론/참외; milk 우유; minute 분; monday 월요일; money 돈;
monkey 원숭이; month 달/월; moon 달; morning 아침/오전; mother 어머니/엄마; mountain 산;
mouse 쥐/마우스; mouth 입; movie 영화; museum 박물관; music 음악; name 이름; neighbor 이웃;
new 새/최신; news 소식/뉴스; night 밤; noodle 국수/면; noon 정오/점심; nose 코;
notebook 공책/노트; number 수/번호/숫자; nurse 간호사; office 사무실; old 늙/오래/나이/살/옛/낡;
onion 양파; open 열/여; opposite 반대; orange 오렌지/주황/귤; order 주문/순서; painter 화가;
paper 종이/논문; park 공원; pay 내/지불; peach 복숭아; pear 배; pen 펜; pencil 연필;
people 사람/명; pepper 고추/후추; persimmon 감; pharmacist 약사; pharmacy 약국; phone 전화;
photo 사진; picture 그림/사진; pig 돼지; pigeon 비둘기; pilot 조종사; pink 분홍; plan 계획;
plane 비행기; plant 식물/심; play 놀/연주/경기/치; playground 놀이터; plum 자두; poem 시;
police 경찰; poor 가난/못; potato 감자; practice 연습; price 값/가격; problem 문제;
professor 교수; promise 약속; pumpkin 호박; puppy 강아지; purple 보라; question 질문/물음/문제;
quiet 조용; rabbit 토끼; radish 무; rain 비; rainbow 무지개; read 읽; reason 이유/까닭;
receive 받; recipe 요리법/조리법; recommend 추천; red 빨간/빨강/빨갛/붉; remember 기억;
reporter 기자; rest 쉬/쉴; restaurant 식당/음식점; ribbon 리본; rice 쌀/밥; rich 부자/풍부;
ring 반지/링; river 강; road 길/도로; room 방; run 달리/달려/뛰/실행; sad 슬프/슬퍼/슬픈;
salt 소금; saturday 토요일; save 저장/아끼/구하; school 학교; scientist 과학자; scissors 가위;
sea 바다/해; sell 팔/판; send 보내; sentence 문장; sheep 양; ship 배; shoes 신발/구두;
shop 가게/상점; short 짧/키; sick 아프/아파/아픈; sing 노래; singer 가수;
sister 누나/언니/동생/자매; sit 앉; sky 하늘; sleep 자/잠/잤; slow 느리/느려/느린/천천히;
small 작/적; smile 웃/미소; snake 뱀; snow 눈; soldier 군인; son 아들; song 노래; sound 소리;
soup 국/수프/찌개; sour 시/신; speak 말; spicy 매; spinach 시금치; spoon 숟가락; spring 봄;
squirrel 다람쥐; stadium 경기장; stand 서/선; star 별; start 시작; station 역; stick 막대;
stone 돌; stop 멈추/멈춰/그만; store 가게/상점/저장; storm 폭풍; story 이야기; strawberry 딸기;
street 거리/길; strong 강/튼튼/센; student 학생; study 공부/연구; subject 과목/주제; sugar 설탕;
summarize 요약; summer 여름; sun 해/태양/햇; sunday 일요일; sunlight 햇빛; sweet 달/단;
swim 수영/헤엄; table 탁자/식탁/표/테이블; tall 키/높; tangerine 귤; tea 차; teach 가르;
teacher 선생/교사; team 팀; teeth 이/치아; tell 말/알려/이야기; tent 텐트; test 시험/테스트/검사;
thank 감사/고맙/고마; theater 극장; thick 두꺼/두껍/굵; thin 얇/가늘; think 생각; thursday 목요일;
tiger 호랑이; tired 피곤; today 오늘; tomato 토마토; tomorrow 내일; tooth 이/치아; town 마을/도시;
toy 장난감; train 기차/열차; translate 번역/옮; travel 여행; tree 나무/트리; trip 여행;
try 노력/해 보/시도; tuesday 화요일; umbrella 우산; uncle 삼촌; understand 이해; university 대학;
use 쓰/써/사용/이용/쓸/쓴; vegetable 채소/야채; village 마을; visit 방문/찾아/가;
voice 목소리/음성; wait 기다; wake 일어/깨; walk 걷/걸/산책; wall 벽; want 원하/싶; war 전쟁;
warm 따뜻; wash 씻/빨래/세탁; watch 시계/보; water 물/수; watermelon 수박; way 방법/길; weak 약;
wear 입/쓰/신; weather 날씨; wednesday 수요일; week 주; weekend 주말; weigh 무게/kg;
welcome 환영/반; white 하얀/하양/하얗/흰/백; wide 넓; wife 아내/부인; wind 바람; window 창;
winter 겨울; wolf 늑대; woman 여자/여성; women 여자/여성; word 낱말/단어/말; work 일/작업/작동;
world 세계/세상; write 쓰/써/적/쓸; writer 작가; year 년/해; yellow 노란/노랑/노랗;
yesterday 어제; young 어린/어리/젊; zoo 동물원
"""

_STEMS = (("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""))


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in re.split(r"[;\n]", TEXT) if entry.strip())
    return {english.lower(): tuple(" ".join(korean).split("/")) for english, *korean in entries}


def korean_beginnings(word: str) -> tuple[str, ...]:
    """Return how the translations of an English word begin; () for a word that is not listed.

    >>> korean_beginnings("puppies"), korean_beginnings("Apples"), korean_beginnings("zeitgeist")
    (('강아지',), ('사과',), ())
    """
    words, lower = _words(), word.lower()
    if lower in words:
        return words[lower]
    for ending, instead in _STEMS:
        stem = lower.removesuffix(ending) + instead
        if lower.endswith(ending) and stem in words:
            return words[stem]
    return ()
