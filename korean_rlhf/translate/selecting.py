"""Rows that cannot be translated: what they ask for exists in the English language only.

"Find a word that rhymes with cat" is a sentence that any engine translates well, into a task that
nobody can answer. The rules look for such tasks by what is asked, never by the answer. Their
precision and recall on hand-labelled rows are in docs/en/explanation/selecting.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.select import Kind

MOST_ASKED = 700
"""Characters of a user's message in which the request is looked for; behind them is the text that
it is about, which may speak of anything."""
MOST_GIVEN = 400
"""Characters of a whole message in which patterns of the scope "given" are looked for."""

CODE = re.compile(
    r"\b(?:python|javascript|typescript|java|c\+\+|c#|sql|regex(?:p|es)?|regular expressions?|html|css"
    r"|latex|markdown|json|yaml|xml|bash|shell|excel|google sheets?|spreadsheet|formula|code"
    r"|codebase|function|program(?:me|ming)?|algorithm|script|query|compiler|variables?|pseudocode"
    r"|code snippet)\b",
    re.IGNORECASE,
)
"""What makes a question about letters or syntax one about a program, in any language."""
LANGUAGES = (
    r"(?:english|spanish|french|german|italian|portuguese|chinese|mandarin|japanese|russian|latin"
    r"|arabic|hindi|dutch|swedish|turkish|greek|polish|korean|vietnamese|hebrew|swahili|tagalog"
    r"|indonesian|thai|(?:a|another|second|foreign|the target|the given) (?:second )?language)"
)
_MEND = (
    r"(?:correct|fix|check|edit|mend|improve|identify|find|detect|spot|revise|rewrite|point out"
    r"|remove|locate|underline|highlight|look for|make sure|review|suggest\w*|repair|add|use|insert"
    r"|put|supply|evaluate)"
)
_PARTS = (
    r"(?:nouns?|verbs?|adjectives?|adverbs?|pronouns?|prepositions?|conjunctions?|interjections?"
    r"|determiners?|gerunds?|participles?|infinitives?|direct objects?|predicates?|clauses?"
    r"|subject of (?:the|this) sentence)"
)
_PICK = (
    r"(?:identify|find|list|underline|circle|highlight|extract|locate|name|pick out|point out|label"
    r"|count|choose|select|replace|categorize|classify|tag|replace|fill in|which|what)"
)
_VERSE = (
    r"(?:poems?|poetry|verses?|song|songs|lyrics|rap|jingle|lullaby|ballad|ode|hymn|nursery rhymes?"
    r"|stanzas?|epic|elegy|chant)"
)
_MAKE = (
    r"(?:write|compose|create|make|make up|generate|give|craft|come up with|pen|produce|complete"
    r"|finish|continue|extend|rewrite|turn|convert|tell|sing|edit|construct|author|design|recite"
    r"|help me(?: to)? write)"
)
_PICTURE = (
    r"(?:image|images|picture|pictures|photos?|photographs?|figure|diagram|screenshot|graph|chart"
    r"|video clip|audio(?: clip| file| recording)?|recording|drawing|painting|infographic|map"
    r"|illustration|cartoon|meme)"
)
_STATES = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Florida|Hawaii|Illinois"
    r"|Indiana|Kansas|Kentucky|Louisiana|Massachusetts|Michigan|Minnesota|Mississippi|Missouri"
    r"|Montana|Nebraska|Nevada|New Jersey|New Mexico|North Carolina|Ohio|Oklahoma|Oregon"
    r"|Pennsylvania|South Carolina|Tennessee|Texas|Utah|Vermont|Wisconsin|Wyoming)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of a kind."""

    kind: Kind
    pattern: re.Pattern[str]
    scope: str = "asked"
    """Where it is looked for: "asked" is the request, "given" also a short text behind it."""
    unless: re.Pattern[str] | None = None
    """What in the request shows that it is another kind of task."""


def _rule(
    kind: Kind,
    pattern: str,
    *,
    scope: str = "asked",
    unless: str | re.Pattern[str] | None = None,
    case: bool = False,
) -> Rule:
    flags = re.NOFLAG if case else re.IGNORECASE
    if isinstance(unless, str):
        unless = re.compile(unless, re.IGNORECASE)
    return Rule(kind, re.compile(pattern, flags), scope, unless)


RULES: tuple[Rule, ...] = (
    _rule("rhyme", r"\brhym(?:e|es|ed|ing)\b", unless=r"reason"),
    _rule(
        "rhyme",
        r"\b(?:limericks?|haikus?|sonnets?|acrostics?|couplets?|quatrains?|villanelles?|sestinas?"
        r"|iambic|pentameter|cinquains?|free verse|blank verse)\b",
        unless=r"\b(?:who wrote|which poet|history of|what is an?|explain what)\b",
    ),
    _rule(
        "rhyme",
        rf"\b{_MAKE}\b(?:[^.?!\n]{{0,30}})\b{_VERSE}\b(?! (?:title|list|name|recommend|playlist))",
        unless=r"\b(?:list|playlist|titles?|names?|summary|summari[sz]e|review|analysis|recommend"
        r"|essay|paragraph|that mention|song list)\b",
    ),
    _rule(
        "correction",
        rf"\b{_MEND}\b[^.?!\n]{{0,80}}\b(?:grammar|grammatical\w*|spelling|mis-?spell\w*|typos?"
        r"|punctuat\w+|commas?|apostrophes?|run-on|sentence fragments?|capitali[sz]ation)\b",
        unless=CODE,
    ),
    _rule("correction", r"\b(?:un)?grammatical(?:ly)?\b|\bmis-?spell(?:ed|ing|ings|t)\b|\bproofread"),
    _rule("correction", r"\b(?:punctuat(?:e|ing) (?:the|this|these)|capitali[sz]e the)\b"),
    _rule(
        "correction",
        r"\bcorrect(?:ing|ed)? (?:the |any |all |this |these )?(?:\w+ ){0,3}(?:errors?|mistakes?"
        r"|transcriptions?|sentences?|spelling|grammar|essay)\b"
        r"|\b(?:errors?|mistakes?) (?:in|from) (?:the|this|these|each|my) (?:\w+ )?(?:sentences?"
        r"|paragraph|passage|transcription|essay|text|email|writing)\b",
        unless=re.compile(CODE.pattern + r"|fact(?:ual)?\b|scientific|logical|math", re.IGNORECASE),
    ),
    _rule(
        "word-game",
        r"\b(?:anagrams?|palindrom\w+|scrabble|hangman|wordle|crosswords?|pig latin"
        r"|tongue[- ]twisters?|alliterat\w+|spoonerisms?|portmanteaus?|unscrambl\w+|knock[- ]knock"
        r"|word (?:search|ladder|chain|scramble)|pangrams?|caesar cipher|morse code|acrostic"
        r"|ascii(?: (?:code|value)s?)?|puns?|pun-based|wordplay|play on words|oxymorons?|word puzzle)\b",
        unless=CODE,
        scope="given",
    ),
    _rule(
        "word-game",
        r"\b(?:how many|count(?:ing)?|number of|total)\b[^.?!\n]{0,30}\b(?:letters?|vowels?"
        r"|consonants?|syllables?|characters|words)\b",
        unless=re.compile(
            CODE.pattern + r"|fewer than|less than|at (?:least|most)|no more than|"
            r"limit|maximum|minimum|\d+ words|in terms of|in the (?:movie|film|novel|book|play|story|alphabet)",
            re.IGNORECASE,
        ),
    ),
    _rule(
        "word-game",
        r"\b(?:begin|start|end|contain)(?:s|ning|ing)? (?:with|in|by) (?:an? |the )?(?:same |given |"
        r"specific |following )?(?:letters?|vowels?|consonants?|sounds?|['\"“‘][a-z]{1,3}['\"”’])",
        scope="given",
        unless=CODE,
    ),
    _rule(
        "word-game",
        r"\b[Ss]tart(?:s|ing)? with (?:an? |the )?['\"“‘]?[A-Z]['\"”’]?(?:[\s.,?!)]|$)",
        scope="given",
        unless=CODE,
        case=True,
    ),
    _rule("word-game", r"\balphabeti[cs]\w*|\bin alphabet order", unless=CODE, scope="given"),
    _rule(
        "word-game",
        r"\b(?:upper|lower) ?-?case\b|\bcapital letters?\b|\b(?:you should|please) capitali[sz]e\b"
        r"|\balternat\w+ (?:caps|case)\b|\bevery (?:other|second|third) letter\b",
        unless=CODE,
    ),
    _rule(
        "word-game",
        r"\b(?:rearrang|reorder|revers|shuffl|remov|replac|chang|swap|add|tak)\w* (?:the |a |an |all |"
        r"one |away |first |last )*(?:given )?(?:letters?|vowels?|consonants?|words? backwards?)\b"
        r"|\bspell(?:ed|ing)?\b[^.?!\n]{0,40}\bback ?wards?\b|\b(?:letters?|vowels?) (?:of|in) (?:the|"
        r"this|each|a) (?:given |following )?(?:word|name|sentence|phrase)\b",
        unless=CODE,
        scope="given",
    ),
    _rule(
        "word-game",
        r"\b(?:invent|coin|make up|create) (?:a |some )?(?:new |made-up |nonsense )(?:word|words|term)\b"
        r"|\bwords? (?:that )?(?:correspond\w*|located?|at) (?:to |at |in )?(?:the )?(?:location|index"
        r"|position|place)\b|\b(?:make|form|create|find) (?:an? |as many |all |new )*(?:english )?words?"
        r" (?:from|out of|using) (?:the |these |those )?(?:given |following )?letters\b",
        unless=CODE,
    ),
    _rule(
        "english-words",
        r"\bparts?[- ]of[- ]speech\b|\bpos[- ]tag|\b(?:synonym|antonym|homonym|homophone|hypernym"
        r"|homograph)s?\b|\bcollocations?\b|\bphrasal verbs?\b|\bmodal verbs?\b",
        scope="given",
    ),
    _rule(
        "english-words",
        r"\b(?:past|present|future|perfect|continuous|progressive|simple|verb|correct)[- ](?:\w+ )?tense"
        r"\b|\btenses?\b|\bconjugat\w+\b|\b(?:plural|singular|comparative|superlative) (?:form|of|noun"
        r"|version)\w*\b|\b(?:passive|active)[- ]voice\b|\bpassive construction",
        unless=r"\b(?:past|present) tense (?:of|in) (?:the )?(?:german|french|spanish)|muscle|relax",
    ),
    _rule(
        "english-words",
        rf"\b{_PICK}\b[^.?!\n]{{0,40}}\b{_PARTS}\b",
        unless=r"\bstory\b|\bcontract\b|\bagreement\b|legal|\bpolicy\b|\bto describe\b",
    ),
    _rule(
        "english-words",
        r"\betymolog\w+|\b(?:origins?|history|roots?) (?:and \w+ )?of (?:the|this) word\b"
        r"|\bpronunciations? (?:of|for|sounds?)\b|\bpronounce (?:the|this|these)\b"
        r"|\bhow (?:do|does|is|to|would|should|can)\b[^.?!\n]{0,40}\bpronounced?\b|\bphonetic|\b(?:prefix|suffix)(?:es)?\b",
        unless=re.compile(CODE.pattern + r"|phone number", re.IGNORECASE),
    ),
    _rule(
        "english-words",
        r"\b(?:what|give|write|provide|explain|find|describe|tell|look up|determine|state)\b"
        r"[^.?!\n]{0,40}\b(?:definitions?|meanings?|sense|usage|examples?) (?:of|for) (?:the |this |a |each )?"
        r"(?:\w+ )?words?\b|\bdefine (?:the|this|these|each) (?:\w+ )?words?\b"
        r"|\bwhat (?:does|do|is) (?:the |this )?(?:\w+ )?words? [^.?!\n]{0,40}\bmeans?\b"
        r"|\bdefin\w+ (?:what )?(?:of )?(?:the )?underlined\b|\bunderlined? (?:word|phrase)s?\b",
    ),
    _rule(
        "english-words",
        r"\b(?:use|using|put|write|make|form|construct|create|compose)\b[^.?!\n]{0,30}\bwords? "
        r"[^.?!\n]{0,40}\bin an? (?:\w+ )?sentence\b|\b(?:sentence|sentences) (?:using|with|that uses?|"
        r"containing) the words? ['\"“‘]",
    ),
    _rule(
        "english-words",
        r"\b(?:better|another|different|stronger|more \w+|alternative|other|replacement) "
        r"(?:words?|phrases?)(?: or phrases?| or words?)? (?:to replace|for|that could replace|instead"
        r"|that means?)\b|\b(?:words?|term) (?:that )?(?:means?|that mean|similar to|opposite)\b"
        r"|\balternatives? (?:and paraphrases )?for the (?:\w+ )?word\b|\bwords? (?:similar|opposite) (?:in"
        r" meaning )?to\b|\badjectives that represent\b|\bnoun form\b|\badjective form\b|\bexact match for"
        r" the given (?:sentence|phrase)\b|\bopposite of (?:the|this|each) (?:\w+ )?words?\b"
        r"|\bcommon phrases\b|\bvocabulary words?\b|\bcontractions?\b(?! of)",
        unless=r"\bmuscles?\b|\blabou?r\b|economic|uter",
    ),
    _rule(
        "translation",
        rf"\btranslat\w+\b[^.?!\n]{{0,120}}\b{LANGUAGES}\b|\b{LANGUAGES} translation\b"
        rf"|\bhow (?:do|would|can|to) (?:you|i|we|one)? ?say\b[^.?!\n]{{0,60}}\b(?:in|to) {LANGUAGES}\b"
        rf"|\b(?:word|phrase|name) for\b[^.?!\n]{{0,40}}\bin {LANGUAGES}\b",
        scope="given",
    ),
    _rule(
        "translation",
        r"\btranslating it\b|\btranslat(?:e|ing|ion of)\b[^.?!\n]{0,20}\b(?:sentences?|phrases?|words?|texts?|paragraphs?"
        r"|passages?|articles?|quotes?|proverbs?|greetings?)\b",
        unless=CODE,
    ),
    _rule(
        "translation",
        rf"\b(?:convert|rewrite|write|say|put)\b[^.?!\n]{{0,60}}\b(?:from {LANGUAGES} (?:in)?to|into"
        rf" {LANGUAGES}\b)",
    ),
    _rule(
        "idiom",
        r"\bidiom(?:s|atic)?\b|\bfigures? of speech\b|\bcolloquial\w*|\bcliches?\b|\bclichés?\b"
        r"|\bslang\b",
        unless=CODE,
        scope="given",
    ),
    _rule(
        "idiom",
        r"\b(?:meaning|origin|definition)s? (?:of|behind) (?:the|this|these) (?:\w+ )?(?:phrase|saying"
        r"|expression|proverb|metaphor|quote)s?\b|\bwhat (?:does|do|is) (?:the |this )?(?:\w+ )?(?:phrase"
        r"|saying|expression|proverb)s? [^?\n]{0,80}\bmean\b|\bphrases? (?:that )?i can use to express\b"
        r"|\bcomplete the (?:\w+ )?(?:proverb|saying|phrase)\b",
    ),
    _rule(
        "attachment",
        rf"\b(?:attached|enclosed|uploaded) (?:\w+ )?(?:{_PICTURE}|files?|documents?|pdf|article)\b"
        rf"|\b(?:given|following|provided|accompanying) {_PICTURE}\b(?! (?:description|caption|title"
        r"|data|theory|search|format|size|url))"
        rf"|\b{_PICTURE} (?:below|above|attached|shown|provided|given|that i (?:sent|attached))\b"
        rf"|\b(?:in|at|on) (?:this|the) (?:given )?{_PICTURE}\b(?! of\b| format| description)"
        rf"|\b(?:describe|caption|analy[sz]e|interpret|identify)\b[^.?!\n]{{0,20}}\b(?:this|the) {_PICTURE}\b"
        r"(?! (?:of|theory|below is))"
        r"|\blisten to (?:the|this)\b[^.?!\n]{0,20}\b(?:audio|recording|clip|song)\b"
        r"|\bwatch (?:the|this) (?:following |given )?(?:video|clip)\b",
        unless=re.compile(CODE.pattern + r"|\b(?:imagine|draw|youtube|instagram)\b", re.IGNORECASE),
    ),
    _rule(
        "us-facts",
        r"\b(?:[Ii]n|[Oo]f|[Aa]cross|[Tt]o|[Ww]ithin|[Aa]round|[Ff]or) the (?:U\.?S\.?(?:A\.?)?|United"
        r" States(?: of America)?|America)(?![\w])|\bUS (?:state|president|history|government|citizen|law"
        r"|tax|Congress|Senate|Constitution|economy|dollar)s?\b|\bUnited States\b"
        r"|\bAmerican (?:history|president|government|politics|Revolution|Civil War|football|citizen"
        r"|law|colon)\w*",
        scope="given",
        case=True,
    ),
    _rule(
        "us-facts",
        r"\b(?:Democrats?|Republicans?|Democratic Party|GOP|SSN|Social Security|IRS|401\(?k\)?|FAFSA"
        r"|Medicare|Medicaid|Obamacare|Capitol Hill|Supreme Court Justice|(?:First|Second|Fifth) Amendment"
        r"|Bill of Rights|Founding Fathers|Fourth of July|Electoral College|FDA|DMV|SAT scores?|zip codes?"
        r"|Super Bowl|W-2|1099)\b",
        scope="given",
        case=True,
    ),
    _rule(
        "us-facts",
        rf"\b(?:capital|governor|senators?|population|laws?|tax(?:es)?|minimum wage|state) (?:of|in|from)"
        rf" (?:the state of )?{_STATES}\b|\b(?:cities|places|attractions|towns?|colleges) in {_STATES}\b",
        scope="given",
    ),
)  # fmt: skip


def untranslatable(messages: Sequence[Message], kinds: frozenset[str]) -> Drop | None:
    """Return why a dialogue cannot be translated, when it is of one of `kinds`, else None.

    Every message of the user is looked at: one such turn spoils the dialogue.
    """
    for message in messages:
        if message.role == "user":
            found = _matched(message.content, kinds)
            if found:
                return found
    return None


def _matched(text: str, kinds: frozenset[str]) -> Drop | None:
    asked = request_of(text)
    for rule in RULES:
        if rule.kind not in kinds:
            continue
        words = text[:MOST_GIVEN] if rule.scope == "given" and len(text) <= MOST_GIVEN else asked
        found = rule.pattern.search(words)
        if found and not (rule.unless and rule.unless.search(asked)):
            return Drop(reason_of(rule.kind), f"{rule.kind}: {' '.join(found[0].split())}")
    return None


def request_of(text: str) -> str:
    """Return the part of a user's message that asks: its first paragraph, and a last question.

    >>> request_of("Which word is a verb?\\n\\nThe dog barks at night, and nobody sleeps.")
    'Which word is a verb?'
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    if not paragraphs:
        return ""
    asked = paragraphs[0][:MOST_ASKED]
    last = paragraphs[-1]
    if len(paragraphs) > 1 and last.endswith("?") and len(last) < 200:
        asked += "\n" + last
    return asked


def reason_of(kind: str) -> str:
    """Return the reason code of a kind: "untranslatable-rhyme"."""
    return f"untranslatable-{kind}"
