"""Adults only: finding words that state an age under 18, or that make a child of somebody.

Decided, because words alone cannot settle it:
- the age of anybody mentioned counts, a character's sibling or child included;
- what somebody was or did in the past does not ("she left home at sixteen", "when she was a little girl"), nor do
  counts of years, hours, floors or candles;
- things may be young: "a 12-year-old whisky", "a ten-year-old case" (the list of things is below);
- grown people of a school pass ("high-school teacher"); its pupils do not, nor do its uniforms.
"""

from __future__ import annotations

import re
import unicodedata

from engine.kernel.text import clean

_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_AGE = rf"(?<![\d.,:/#$€£-])(?:0?\d|1[0-7]|{_TEENS}|{_ONES})(?![\d:/%°]|[.,]\d)"
_NOT_ONE = r"(?!one\b)"
_LEGAL = r"(?:18|eighteen)(?![\d:%])"
_THINGS = (
    "whisky|whiskey|scotch|bourbon|rum|brandy|cognac|wine|port|malt|bottle|cheese|car|truck|van|bike|boat|ship|house|"
    "flat|building|hotel|cafe|bar|shop|company|firm|business|case|crime|murder|mystery|secret|scar|wound|grudge|feud|"
    "debt|promise|letter|photo|photograph|picture|recording|tape|film|record|song|book|coat|jacket|watch|phone|laptop|"
    "computer|rumou?r|lie|story|marriage|friendship|career|contract|lease|tree|dog|cat|horse|law|war|ban|habit|tradition"
)
_PERSON = (
    r"(?:\b(?:i|she|he|they|you|who|we)\b|\b(?:girl|boy|woman|man|lady|guy|person|heroine|hero|character|student|pupil|"
    r"daughter|son|sister|brother|niece|nephew|friend|lover|girlfriend|boyfriend|bride|model)\b)"
)
_IS = r"(?:\s*'\s*(?:s|m|re)|\s+(?:is|am|are))"
_HEDGE = r"(?:\s+(?:just|only|barely|still|about|around|nearly|almost|roughly|maybe|like|not\s+even|hardly|now))*"
_END = (
    r"(?=\s*(?:$|[.,;!?)\]\"”*\u2014\u2013]|-(?!\w)|(?:and|but|or|who|with|so|yet|today|now|going|next|this|when|because|though|in\s+this)\b|"
    r"years?[\s-]olds?\b|y\W?o\b))"
)
_SOON = r"(?=\s*(?:$|[.,;!?)\"”]|(?:years?\s+old|next|soon|tomorrow|in|this|and|but|yet|on|at)\b))"

_STATED = (
    # 16-year-old, sixteen years old, 16 yo, 16 y.o.
    rf"\b{_AGE}[\s-]*(?:years?|yrs?)[\s-]+olds?\b(?![\s-]+(?:\w+[\s-]+)?(?:{_THINGS})s?\b)",
    rf"\b{_AGE}\s*-?\s*y\W?o\b",
    r"(?<![\d.,:/#$€£-])\b1[0-7]\s*/\s*[fm]\b",
    rf"\b{_AGE}[\s-]+(?:months?|weeks?)[\s-]+old\s+(?:baby|girl|boy|child|infant)\b",
    # aged 15, age: 15, at the age of 15
    rf"\b(?:aged?|ages)\s*(?:is|[:=])?\s*(?:of\s+)?(?:about\s+|around\s+|only\s+|just\s+)?{_AGE}(?!\s+(?:years?\b(?!\s+old)|days?\b|months?\b|hours?\b))",
    rf"\b{_AGE}\s+years?\s+of\s+age\b",
    # a girl, 14; a girl of 15; Mina, 16, a singer
    rf"\b(?:girl|boy|student|pupil|woman|man|singer|dancer|lass|lad|maiden)(?:,|\s+of)\s+{_AGE}{_END}",
    r"\b[A-Z][a-z]+,\s+1[0-7](?=\s*[,)])",
    rf"\b(?:barely|scarcely)\s+{_AGE}{_END}",
    rf"\byoung,?\s+(?:maybe|perhaps|about|around)\s+{_AGE}{_END}",
    # looks 15, could pass for 16
    (
        rf"\b(?:look(?:s|ing)?|seem(?:s|ing)?|appear(?:s|ing)?|pass(?:es|ing)?\s+for|act(?:s|ing)?)(?:\s+(?:like|as|to\s+be|about|around|only|barely|"
        rf"no\s+older\s+than|no\s+more\s+than|maybe))*\s+(?:an?\s+)?{_AGE}{_END}"
    ),
    # she is 16, I'm sixteen, just turned 16, only 15
    rf"{_PERSON}{_IS}{_HEDGE}\s+{_NOT_ONE}{_AGE}{_END}",
    rf"\b[A-Z][a-z]+(?:'s|\s+is){_HEDGE}\s+{_NOT_ONE}{_AGE}{_END}",
    rf"\b(?:just|has|have|recently|newly)\s+turned\s+{_AGE}{_END}",
    rf"\bturned\s+{_AGE}(?=\s+(?:last\s+(?:week|month)|yesterday|today|this\s+(?:week|month|year|spring|summer|autumn|winter)|recently))",
    rf"\bturning\s+{_AGE}{_END}",
    rf"\b(?:of|seen|only|barely)\s+{_AGE}\s+(?:summers|springs|winters)\b",
    # under 18, almost eighteen, turns 18 next month
    rf"\b(?:under|below|younger\s+than|not\s+(?:yet|quite|even)|almost|nearly|turns|turning|about\s+to\s+turn|will\s+be|becomes|until\s+(?:she|he|they)\s+(?:is|are|turns?))\s+(?:the\s+age\s+of\s+)?{_LEGAL}{_SOON}",
    r"\bunder\s?-?age(?:d)?\b",
    r"\b(?:is|am|are|still|being|'s|'m)\s+a\s+minor\b(?!\s+[a-z])",
    r"\b(?:pre-?)?teen(?:s|age|aged|ager|agers|aging)?\b(?!\s+(?:years|crush|dreams?|memory|memories|movie|film|novel|magazine))",
    r"\b(?:tween|tweens|adolescents?|adolescence|prepubescent|pubescent|toddlers?|youngsters?)\b",
    # school
    r"\bschool[\s-]?(?:girl|boy|child|kid|uniform)s?\b",
    r"\bschool[\s-]?aged?\b",
    (
        r"\b(?:high|middle|grade|primary|elementary|secondary|junior|prep)[\s-]?school[\s-]?(?:er|ers|student|students|girl|"
        r"girls|boy|boys|pupil|pupils|kid|kids|senior|junior|freshman|sophomore|uniform|age)\b"
    ),
    r"\b(?:student|pupil|senior|junior|freshman|sophomore)s?\s+(?:at|in|of)\s+(?:\w+\s+){0,3}(?:high|middle|grade|primary|elementary|secondary)[\s-]?school\b",
    r"\b(?:in|attends|attending|still\s+in|goes\s+to)\s+(?:high|middle|grade|primary|elementary)[\s-]?school\b",
    (
        r"\b(?:[1-9]|1[0-2]|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)(?:st|nd|rd|th)?[\s-]grader?s?\b"
        r"(?!\s+(?:teacher|steel|beef|quality|math))"
    ),
    r"\bkindergart(?:en|e?n)ers?\b",
    # childlike
    r"\b(?:little|small|tiny|young|underdeveloped)\s+(?:girl|boy|child|kid|lass|lad)s?\b(?!'s?\s)",
    r"\bchild(?:[\s-]?like|ish\s+(?:body|face|figure|frame|looks))\b(?!\s+(?:wonder|joy|faith|drawing|scrawl|handwriting))",
    r"\bchild's\s+(?:body|face|figure|frame)\b",
    r"\b(?:is|am|are|looks\s+like|just|only|still|'s|'m)\s+(?:just\s+|only\s+|still\s+)?a\s+(?:child|kid|baby)\b(?!\s+(?:psych|doctor|of\s+the|about|at\s+heart|in\s+a))",
    r"\b(?:girl|boy)[\s-]child\b",
    r"\b(?:girl|boy|cub)\s+scouts?\b",
    r"\bstill\s+(?:at|in)\s+school\b",
    r"\bnot\s+(?:yet\s+)?an?\s+(?:adult|grown-?up)\b",
    r"(?<!\bin )(?<!\bof )\ba\s+minor(?=\s*(?:$|[.,;!?)]))",
    r"\b(?:loli|lolis|lolita|lolicon|shota|shotas|shotacon|jail\s?-?bait|barely\s+legal)\b",
    # other languages
    r"(?:\d|1[0-7])(?<!\d\d\d)(?<![2-9]\d)(?<!1[89])\s*(?:歳|才|歲|岁|살|세)(?!\w*(?:以上|이상))",
    r"\b(?:de|tiene|tengo|con)\s+(?:\d|1[0-7])\s+anos\b(?!\s+(?:de\s+(?!edad)|en\b|trabaj))",
    r"\b(?:a|j'ai|de)\s+(?:\d|1[0-7])\s+ans\b(?!\s+(?:de|dans)\b)",
    r"\b(?:\d|1[0-7])\s+jahre\s+alt\b",
    r"\b(?:colegialas?|menor\s+de\s+edad|adolescente)\b",
    r"女子高生|女子中学生|高校生|中学生|小学生|未成年|ロリ|ショタ|十[一二三四五六七]?[歳歲岁]|女高中生|高中女生|高中生|國中生|여고생|고등학생|중학생|미성년|로리",
)
_PAST = re.compile(
    r"\b(?:was|were|had|been|when|since|left|lost|began|met|ran|went|came|took|fled|found|became|saw|grew|lived|used\s+to|"
    r"as\s+a|back\s+then|years\s+ago|once|until|first\s+\w+ed|\w{3,}ed)\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\b(?:(?:when|since|while|until|before|after|because)\s+(?:\w+\s+){0,3}(?:was|were|turned)|(?:was|were|had\s+been)|as|"
    r"used\s+to\s+be)(?:\s+(?:just|only|barely|still|not\s+even|about|a|an|the|that|some|quite))*\s*$",
    re.IGNORECASE,
)
_MAY_BE_PAST = re.compile(r"^(?:(?:aged?|ages)\b|.*(?:years?|yrs?)[\s-]+olds?$)", re.IGNORECASE)
_PATTERNS = tuple(re.compile(each, re.IGNORECASE if "[A-Z]" not in each else 0) for each in _STATED)
_ALONE = re.compile(rf"\W*{_AGE}\W*(?:years?(?:\W+olds?)?|yo|y\W?o|f|m)?\W*", re.IGNORECASE)
_TYPED = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})
_SENTENCE = re.compile(r"[.!?\n;]")


def states_minor_age(text: str) -> str | None:
    """The first words of `text` that state an age under 18 or make a child of somebody, or None when there are none.

    Width, accents and hidden characters do not hide an age; the words come back as compared (NFKC, one blank).
    """
    plain = _plain(text)
    if plain and _ALONE.fullmatch(plain):
        return plain.strip()
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if not _past(plain, match):
                return match[0].strip()
    return None


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", clean(text)).translate(_TYPED)
    bare = re.sub("(?<=[A-Za-z])[\u0300-\u036f]", "", unicodedata.normalize("NFD", wide))
    return re.sub(r"[ \t]+", " ", unicodedata.normalize("NFC", bare))


def _past(text: str, match: re.Match[str]) -> bool:
    """Whether the words tell of somebody's past: `when she was a little girl`, `at the age of 12 she left`."""
    start = max((stop.end() for stop in _SENTENCE.finditer(text, 0, match.start())), default=0)
    before = text[start : match.start()]
    if _LONG_AGO.search(before):
        return True
    if not _MAY_BE_PAST.match(match[0]) or not re.search(
        r"\b(?:at|by|from|since|before)\s+(?:the\s+)?$", before, re.IGNORECASE
    ):
        return False
    rest = _SENTENCE.split(text[match.end() :], maxsplit=1)[0]
    return bool(_PAST.search(before + " " + rest))
