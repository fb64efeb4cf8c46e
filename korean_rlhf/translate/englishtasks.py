"""The rules of selecting: what English tasks look like that no translation keeps alive.

Measured in docs/en/explanation/selecting.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from korean_rlhf.settings.select import Kind


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of a kind."""

    kind: Kind
    pattern: re.Pattern[str]
    given: bool
    """Whether a short text behind the request is searched too."""
    unless: re.Pattern[str] | None
    """What in the request shows that it is another kind of task."""


def _rule(
    kind: Kind, *patterns: str, given: bool = False, unless: str = "", case: bool = False
) -> Rule:
    """Return the rule that any of `patterns` matches; a space stands for any white space."""
    flags = re.NOFLAG if case else re.IGNORECASE
    joined = "|".join(f"(?:{pattern})" for pattern in patterns).replace(" ", r"\s")
    excluded = re.compile(unless.replace(" ", r"\s"), re.IGNORECASE) if unless else None
    return Rule(kind, re.compile(joined, flags), given, excluded)


def _any(*words: str) -> str:
    return rf"\b(?:{'|'.join(words)})\b"


NEAR, FAR = r"[^.?!\n]{0,40}", r"[^.?!\n]{0,80}"
"""Between two words of one sentence."""
CODE = _any(
    "python|javascript|typescript|java|sql|regex(?:p|es)?|regular expressions?|html|css|latex",
    "markdown|json|yaml|xml|bash|shell|excel|google sheets?|spreadsheet|formula|code(?:base)?",
    "function|program(?:me|ming)?|algorithm|script|query|compiler|variables?|pseudocode",
)
"""What makes a question about letters or errors one about a program, in any language."""
LANGUAGE = _any(
    "english|spanish|french|german|italian|portuguese|chinese|mandarin|japanese|russian|latin",
    "arabic|hindi|dutch|swedish|turkish|greek|polish|korean|vietnamese|hebrew|swahili|tagalog",
    "indonesian|thai|finnish|danish|norwegian",
    "(?:another|a second|a foreign|the target|the given) language",
)
MEND = _any(
    "correct|fix|check|edit|mend|improve|identify|find|detect|spot|revise|rewrite|point out|remove",
    "locate|underline|highlight|look for|make sure|review|suggest\\w*|repair|add|use|insert|put",
    "evaluate|supply",
)
PICK = _any(
    "identify|find|list|underline|circle|highlight|extract|locate|name|pick out|point out|label",
    "count|choose|select|replace|categorize|classify|tag|fill in|which|what",
)
PART = _any(
    "nouns?|verbs?|adjectives?|adverbs?|pronouns?|prepositions?|conjunctions?|interjections?",
    "determiners?|gerunds?|participles?|infinitives?|direct objects?|predicates?|clauses?",
    "subject of (?:the|this) sentence",
)
MAKE = _any(
    "write|compose|create|make(?: up)?|generate|give|craft|come up with|pen|produce|complete",
    "finish|continue|extend|rewrite|turn|convert|tell|sing|edit|construct|author|design|recite",
)
VERSE = _any(
    "poems?|poetry|verses?|songs?|lyrics|rap|jingle|lullaby|ballad|ode|hymn|nursery rhymes?",
    "stanzas?|epic|elegy|chant",
)
PICTURE = _any(
    "images?|pictures?|photos?|photographs?|figure|diagram|screenshot|graph|chart|video clip",
    "audio(?: clip| file| recording)?|recording|drawing|painting|infographic|map|illustration",
    "cartoon|meme",
)
STATE = (
    r"\b(?:A(?:labama|laska|rizona|rkansas)|California|Colorado|Connecticut|Florida|Hawaii"
    r"|I(?:llinois|ndiana|owa)|Kansas|Kentucky|Louisiana|Massachusetts|Mi(?:chigan|nnesota)"
    r"|Missi(?:ssippi)|Missouri|Montana|Nebraska|Nevada|New (?:Jersey|Mexico)|Ohio|Oklahoma|Oregon"
    r"|(?:North|South) (?:Carolina|Dakota)|Pennsylvania|Tennessee|Texas|Utah|Vermont|Wisconsin"
    r"|Wyoming)\b"
)
SAYING = r"(?:phrase|saying|expression|proverb|aphorism|metaphor|quote)s?"
LETTERS = r"(?:letters?|vowels?|consonants?)"

RULES: tuple[Rule, ...] = (
    _rule("rhyme", r"\brhym(?:e|es|ed|ing)\b", unless="reason"),
    _rule(
        "rhyme",
        r"\b(?:limericks?|haikus?|sonnets?|acrostics?|couplets?|quatrains?|villanelles?)\b",
        r"\b(?:sestinas?|iambic|pentameter|cinquains?|free verse|blank verse)\b",
        unless=r"\b(?:who wrote|which poet|history of|what is an?|explain what)\b",
    ),
    _rule(
        "rhyme",
        MAKE + r"[^.?!\n]{0,30}" + VERSE,
        unless=r"\b(?:(?:play|song )?lists?|titles?|names?|summary|summari[sz]e|review|analysis"
        r"|recommend|essay|paragraph|that mention|notation|chords|popular)\b",
    ),
    _rule(
        "correction",
        MEND + FAR + r"\b(?:gramma(?:r|tical)\w*|(?:mis-?)?spelling\w*|misspel\w+|typos?)\b",
        MEND + FAR + r"\b(?:punctuat\w+|commas?|apostrophes?|run-on|sentence fragments?)\b",
        MEND + FAR + r"\bcapitali[sz]ation\b",
        unless=CODE,
    ),
    _rule(
        "correction",
        r"\b(?:un)?grammatical(?:ly)?\b|\bmis-?spell(?:ed|ing|ings|t)\b|\bproofread",
        r"\b(?:punctuat(?:e|ing) (?:the|this|these)|capitali[sz]e the)\b",
    ),
    _rule(
        "correction",
        r"\bcorrect(?:ing|ed)? (?:the |any |all |this |these )?(?:\w+ ){0,3}(?:errors?|mistakes?"
        r"|transcriptions?|sentences?|spelling|grammar|essay)\b",
        r"\b(?:errors?|mistakes?) (?:in|from) (?:the|this|these|each|my) (?:\w+ )?(?:sentences?"
        r"|paragraph|passage|transcription|essay|text|email|writing)\b",
        unless=CODE + r"|fact(?:ual)?\b|scientific|logical|math|historical",
    ),
    _rule(
        "word-game",
        r"\b(?:anagrams?|palindrom\w+|scrabble|hangman|wordle|crosswords?|pig latin|pangrams?)\b",
        r"\b(?:tongue[- ]twisters?|alliterat\w+|spoonerisms?|portmanteaus?|unscrambl\w+)\b",
        r"\b(?:knock[- ]knock|word (?:search|ladder|chain|scramble|puzzle)|caesar cipher)\b",
        r"\b(?:morse code|ascii(?: (?:code|value)s?)?|puns?|wordplay|play on words|oxymorons?)\b",
        unless=CODE,
        given=True,
    ),
    _rule(
        "word-game",
        r"\b(?:how many|count(?:ing)?|number of|total)\b[^.?!\n]{0,30}\b(?:letters?|vowels?"
        r"|consonants?|syllables?|characters|words)\b",
        unless=CODE + r"|fewer than|less than|at (?:least|most)|no more than|limit|maximum|minimum"
        r"|\d+ words|in terms of|in the (?:movie|film|novel|book|play|story|alphabet)",
    ),
    _rule(
        "word-game",
        r"\b(?:begin|start|end)(?:s|ning|ing)? (?:with|in) (?:an? |the )?(?:same |given |specific "
        rf"|following )?(?:{LETTERS}|sounds?|['\"“‘][a-z]{{1,3}}['\"”’])",
        r"\bcontain(?:s|ing)? (?:the|an?) (?:\w+ )?(?:letters?|vowels?)\b|\balphabeti[cs]\w*",
        unless=CODE,
        given=True,
    ),
    _rule(
        "word-game",
        r"\b(?:[Ss]tart|[Bb]egin)(?:s|ing|ning)? with (?:an? |the )?['\"“‘]?[A-Z]['\"”’]?"
        r"(?:[ .,?!)]|$)",
        unless=CODE,
        given=True,
        case=True,
    ),
    _rule(
        "word-game",
        r"\b(?:upper|lower) ?-?case\b|\bcapital letters?\b|\b(?:should|please) capitali[sz]e\b",
        r"\balternat\w+ (?:caps|case)\b|\bevery (?:other|second|third) letter\b",
        r"\bsuggest (?:an? )?(?:\w+ )?acronym\b|\b(?:match|fit)(?:es|s)? (?:the|this) pattern\b",
        unless=CODE,
    ),
    _rule(
        "word-game",
        r"\b(?:rearrang|reorder|revers|shuffl|remov|replac|chang|swap|add|tak)\w* (?:the |a |an "
        rf"|all |one |away |first |last )*(?:given )?{LETTERS}\b",
        r"\bspell(?:ed|ing)?\b[^.?!\n]{0,40}\bback ?wards?\b",
        r"\b(?:letters?|vowels?) (?:of|in) (?:the|this|each|a) (?:given )?(?:word|name|phrase)\b",
        unless=CODE,
        given=True,
    ),
    _rule(
        "word-game",
        r"\b(?:invent|coin|make up|create) (?:a |some )?(?:new |made-up )(?:words?|term)\b",
        r"\bwords? (?:that )?(?:correspond\w*|located?|at) (?:to |at |in )?(?:the )?(?:location"
        r"|index|position|place)\b",
        r"\b(?:make|form|create|find) (?:an? |as many |all |new )*(?:english )?words? (?:from"
        r"|out of|using) (?:the |these |those )?(?:given |following )?letters\b",
        unless=CODE,
    ),
    _rule(
        "english-words",
        r"\bparts?[- ]of[- ]speech\b|\bpos[- ]tag|\b(?:syn|ant|hom|hyper)onyms?\b|\bhypernyms?\b",
        r"\bhomo(?:phone|graph)s?\b|\bcollocations?\b|\bphrasal verbs?\b|\bmodal verbs?\b",
        r"\b(?:dependency|constituency) pars|\bdiagram (?:the|this) sentence\b",
        given=True,
    ),
    _rule(
        "english-words",
        r"\b(?:past|present|future|perfect|continuous|progressive|simple|verb|correct)[- ](?:\w+ )?"
        r"tense\b|\btenses?\b|\bconjugat\w+\b|\b(?:passive|active)[- ]voice\b",
        r"\b(?:plural|singular|comparative|superlative) (?:form|of|noun|version)\w*\b",
        unless=r"\btense (?:of|in) (?:the )?(?:german|french|spanish)|muscle|relax|feel",
    ),
    _rule(
        "english-words",
        PICK + NEAR + PART,
        unless=r"\bstory\b|\bcontract\b|\bagreement\b|legal|\bpolicy\b|\bto describe\b",
    ),
    _rule(
        "english-words",
        r"\betymolog\w+|\b(?:origins?|history|roots?) (?:and \w+ )?of (?:the|this) word\b",
        r"\bpronunciations? (?:of|for|sounds?)\b|\bpronounce (?:the|this|these)\b|\bphonetic",
        r"\bhow (?:do|does|is|to|would|should|can)\b[^.?!\n]{0,40}\bpronounced?\b",
        r"\b(?:prefix|suffix)(?:es)? (?:of|to|for|from) (?:the|this|a|each) (?:\w+ )?words?\b",
        unless=CODE,
    ),
    _rule(
        "english-words",
        r"\b(?:what|give|write|provide|explain|find|describe|tell|look up|determine|state)\b"
        r"[^.?!\n]{0,40}\b(?:definitions?|meanings?|sense|usage|examples?) (?:of|for) (?:the "
        r"|this |a |each )?(?:\w+ )?words?\b",
        r"\bdefine (?:the|this|these|each) (?:\w+ )?words?\b",
        r"\bunderlined? (?:\w+ )?(?:word|phrase)",
        r"\bwhat (?:does|do|is) (?:the |this )?(?:\w+ )?words? [^.?!\n]{0,40}\bmeans?\b",
    ),
    _rule(
        "english-words",
        r"\b(?:us(?:e|ing)|put|write|make|form|construct|create|compose)\b[^.?!\n]{0,30}\bwords? "
        r"[^.?!\n]{0,40}\bin an? (?:\w+ )?sentence\b",
        r"\bsentences? (?:using|with|that uses?|containing|that (?:begins|starts|ends) with)"
        r" the words? ['\"“‘]",
        r"\b(?:less|more) ambiguous words\b|\bexact match for the given (?:sentence|phrase)\b",
    ),
    _rule(
        "english-words",
        r"\b(?:better|another|different|stronger|more \w+|alternative|other|replacement) (?:word"
        r"|phrase)s?(?: or (?:word|phrase)s?)? (?:to replace|for|that could replace|instead"
        r"|that means?)\b",
        r"\b(?:words?|term) (?:that )?(?:means?|similar to|opposite)\b",
        r"\balternatives? (?:and paraphrases )?for the (?:\w+ )?word\b",
        r"\bwords? (?:similar|opposite) (?:in meaning )?to\b|\b(?:noun|adjective) form\b",
        r"\bopposite of (?:the|this|each) (?:\w+ )?words?\b|\badjectives that represent\b",
        r"\bcommon phrases\b|\bvocabulary words?\b|\bcontractions?\b(?! of)",
        unless=r"\bmuscles?\b|\blabou?r\b|economic|uter",
    ),
    _rule(
        "translation",
        rf"\btranslat\w+\b[^.?!\n]{{0,120}}{LANGUAGE}|{LANGUAGE} translation\b",
        r"\bhow (?:do|would|can|to) (?:you|i|we|one)? ?say\b[^.?!\n]{0,60}\b(?:in|to) " + LANGUAGE,
        rf"\b(?:word|phrase|name) for\b{NEAR}\bin {LANGUAGE}",
        given=True,
    ),
    _rule(
        "translation",
        r"\btranslating it\b|\btranslat(?:e|ing|ion of)\b[^.?!\n]{0,20}\b(?:sentences?|phrases?"
        r"|words?|texts?|paragraphs?|passages?|articles?|quotes?|proverbs?|greetings?)\b",
        unless=CODE,
    ),
    _rule(
        "translation",
        rf"\b(?:convert|rewrite|write|say|put)\b{FAR}(?:from {LANGUAGE} (?:in)?to|into {LANGUAGE})",
        unless=CODE,
    ),
    _rule(
        "idiom",
        r"\bidiom(?:s|atic)?\b|\bfigures? of speech\b|\bcolloquial\w*|\bclich[eé]s?\b|\bslang\b",
        unless=CODE,
        given=True,
    ),
    _rule(
        "idiom",
        rf"\b(?:meaning|origin|definition)s? (?:of|behind) (?:the|this|these) (?:\w+ )?{SAYING}\b",
        rf"\bwhat (?:does|do|is) (?:the |this )?(?:\w+ )?{SAYING} [^?\n]{{0,80}}\bmean\b",
        rf"\bcomplet(?:e|ing) (?:the|this) (?:\w+ )?{SAYING}\b",
        r"\bphrases? (?:that )?i can use to express\b",
    ),
    _rule(
        "attachment",
        rf"\b(?:attached|enclosed|uploaded) (?:\w+ )?(?:{PICTURE}|files?|documents?|pdf|article)",
        rf"\b(?:given|following|provided|accompanying) {PICTURE}(?! (?:description|caption|title"
        r"|data|theory|search|format|size|url))",
        rf"{PICTURE} (?:below|above|attached|shown|provided|given|that i (?:sent|attached))\b",
        rf"\b(?:in|at|on) (?:this|the) (?:given )?{PICTURE}(?! of\b| format| description)",
        rf"\b(?:describe|caption|analy[sz]e|interpret|identify)\b[^.?!\n]{{0,20}}\b(?:this|the) "
        rf"{PICTURE}(?! (?:of|theory|below is))",
        r"\blisten to (?:the|this)\b[^.?!\n]{0,20}\b(?:audio|recording|clip|song)\b",
        r"\bwatch (?:the|this) (?:following |given )?(?:video|clip)\b",
        unless=CODE + r"|\b(?:imagine|draw|youtube|instagram)\b",
    ),
    _rule(
        "us-facts",
        r"\b(?:[Ii]n|[Oo]f|[Aa]cross|[Tt]o|[Ww]ithin|[Aa]round|[Ff]or) the (?:U\.?S\.?(?:A\.?)?"
        r"|America)(?![\w])(?! (?:dollars?|Open))|(?<!, )\bUnited States\b",
        r"\bUS (?:state|president|history|government|citizen|law|tax|Congress|Senate|economy)s?\b",
        r"\bAmerican (?:history|president|government|politics|Revolution|Civil War|citizen|law)\w*",
        r"\b(?:Democrats?|Republicans?|Democratic Party|GOP|SSN|Social Security|IRS|401\(?k\)?)\b",
        r"\b(?:FAFSA|Medicare|Medicaid|Obamacare|Capitol Hill|Supreme Court Justice|DMV)\b",
        r"\b(?:(?:First|Second|Fifth) Amendment|Bill of Rights|Founding Fathers|Fourth of July)\b",
        r"\b(?:Electoral College|FDA|SAT scores?|zip codes?|Super Bowl|W-2|1099)\b",
        given=True,
        case=True,
    ),
    _rule(
        "us-facts",
        r"\b(?:capital|governor|senators?|population|laws?|tax(?:es)?|minimum wage|state) (?:of|in"
        rf"|from) (?:the state of )?{STATE}",
        rf"\b(?:cities|places|attractions|towns?|colleges) in {STATE}",
        given=True,
    ),
)
