"""Written rules that fill what the evidence cards leave out, while `add` loads them.

The first cards were written before the fields `ai_basis` and `value_kind` and before the convention of square
brackets, and most say only in their note whose text a page carries. Each rule here is a pure function of one
card and fills a new record only: what a card says itself always stays, and a record that is in the tables is
never filled again. A rule sees the words of the card, not the page behind it. It cannot know who speaks, what
a pronoun stands for, or that a firm is known for AI; in doubt it makes the weaker claim. Curation refines the
result by reading, and changes it in the tables, not here.
"""

import re

LONGEST = 2_000  # characters of a text that a rule reads: the time that some take grows with the square of that

# --- citation: title, original publisher, address ---------------------------------------------------------

# The notes that say that the title is ours. A title known from another copy of the same text (a repost, a
# transcription, a catalogue, a feed) is the text's own, and one completed from the address is partly so.
TITLE_IS_OURS = re.compile(
    r"\btitle (?:here is )?descriptive|\bdescriptive title"  # in our words
    r"|\btitle ours\b|\btitle (?:given )?in our words|\btitle describes the page"
    r"|\b(?:head(?:line)?|title) (?:taken|made) from (?:the|its) address"  # read off the address
    r"|\btitle after (?:the page|its) address"
    r"|\btitle (?:is )?(?:translated by us|our translation)|\bour translation of the (?:title|headline)"
    r"|\bheadline (?:was )?not shown(?!.*headline taken)"  # the page shows none, and no other copy is named
    r"|\bname is inferred",
    re.IGNORECASE,
)

# What a note calls a page that carries another's text. Retelling, summing up and reporting on it are not among them.
_CARRIES = (
    r"(?:(?:[A-Z][\w-]*|[Tt]he page) )?(?:[Rr]eposts?(?: of)?|[Rr]eprints|[Rr]epublishes|[Rr]eproduces|[Cc]arries|"
    r"[Tt]ranscribes|[Mm]irror of|[Cc]opy of|[Rr]eworded repost of|[Rr]eworked copy of|[Rr]ewording of|"
    r"[Ee]arlier version of|[Ee]xtract of|[Oo]pening of|[Tt]ranslation of)"
    r" (?:(?:part|passages|an extract|the opening) of )?"
)
_THE = r"(?:(?:the|a|an|a page of the|a page of) )?"
_WORD = r"[a-z]{0,2}[A-Z][\w.&/'’-]*\w"
_NAME = (
    rf"(?P<name>{_WORD}(?: (?:(?:of|the|to|for|and) ){{0,2}}{_WORD})*"
    r"(?: government| foreign ministry)?)(?: \([A-Z]+\))?"
)
_KIND = (
    r"(?:articles?|assessment|announcement|circular|document|full text|investigation|item|memorandum|note|page|"
    r"publication|release|report(?:ing)?|statement|story|text)\b"
)
# Each pattern catches one shape of sentence, from its start to the name.
REPOSTS = tuple(
    re.compile(r"(?:^|(?<=[.;] ))" + shape)
    for shape in (
        # "Carries a Reuters report", "Mirror of the Council of Europe treaty office page"
        _CARRIES + _THE + _NAME + r"(?: (?!(?:of|on|in|by|and|that|which)\b)[a-z]+){0,2} " + _KIND,
        # "Reposts a statement of the Presidency of Mali", "Opening of a report by The Hill"
        _CARRIES + _THE + r"(?:[a-z]+ )?" + _KIND + r" (?:of|from|in|issued by)(?: the)?(?: state broadcaster)? " + _NAME,
        _CARRIES + _THE + r"(?:statement|report|release) by(?: the)? " + _NAME,
        # "Reposts Xinhua"; who only carried a company's own statement is not whose text it is
        r"(?:(?:[A-Z][\w-]* )?(?:[Rr]eworded )?(?:[Rr]eposts?(?: of)?|[Cc]arries|[Mm]irror of))"
        r"(?: the| a page of(?: the)?)? " + _NAME + r"(?= *(?:[.,;(]|$))",
        # "Reposts one paragraph of the text, credited to the authority that issued it"
        r"[Rr]eposts?(?: of)? [^.;]*\bcredited to(?: the)? " + _NAME,
        # "Repost of WTSA-16 Document 17 (ITU)"
        r"[Rr]eposts?(?: of)? [^.;]*\b[Dd]ocument \d+ \((?P<name>[A-Z]+)\)",
    )
)
# A sentence that only supposes whose text it is.
_SUPPOSES = re.compile(r"\bto judge from|\bpoints to|\binferred|\bprobably|\bpresumably", re.IGNORECASE)
# Words that look like a name and are none: languages, and the documents themselves.
_NO_NAME = re.compile(r"(?:Chinese|English|Initiative|Official Journal|Order|Article|Commissioner)\b(?!.*[Mm]inistry)")
# A body as a note names it → its plain name.
PLAIN_NAMES = {
    "ASPI Strategist": "ASPI, The Strategist",
    "Chinese Foreign Ministry": "Ministry of Foreign Affairs of China",
    "Dutch Foreign Ministry": "Ministry of Foreign Affairs of the Netherlands",
    "GOV.UK": "UK Government",
    "Guardian": "The Guardian",
    "ITU TSAG": "ITU",
    "Korean government": "Government of the Republic of Korea",
    "Macao government": "Government of Macao",
    "New York Times": "The New York Times",
    "OMB": "US Office of Management and Budget",
    "South Korean foreign ministry": "Ministry of Foreign Affairs of the Republic of Korea",
    "UK government": "UK Government",
    "US Secretary of State": "US Department of State",
    "US State Department": "US Department of State",
    "Wall Street Journal": "The Wall Street Journal",
    "Washington Post": "The Washington Post",
}

# Query parameters that only say how a reader came to a page. A name that ends in `_` stands for all that begin so.
TRACKING = frozenset(
    {
        "utm_",
        # clicks on advertisements and shared posts
        "dclid", "fbclid", "gbraid", "gclid", "igshid", "msclkid", "ttclid", "twclid", "wbraid", "yclid",
        # newsletters
        "_hsenc", "_hsmi", "mc_cid", "mc_eid", "mkt_tok",
        # where the reader came from
        "guccounter", "guce_referrer", "guce_referrer_sig", "ref_src", "ref_url", "spm",
    }
)  # fmt: skip
# What is tracking on one host only, and may mean something else elsewhere.
TRACKING_OF = {"nytimes.com": frozenset({"emc", "nl", "nlid", "ref", "smid"}), "channelnewsasia.com": frozenset({"cid"})}
_PREFIXES = tuple(name for name in TRACKING if name.endswith("_"))


def citation(card: dict) -> dict:
    """Return a copy of a citation card with its title, original publisher and address put in order."""
    filled = dict(card)
    note, (title, url) = _words(card, "note"), (_text(card, key) for key in ("title", "url"))
    if title and TITLE_IS_OURS.search(note) and not (title.startswith("[") and title.endswith("]")):
        filled["title"] = f"[{title}]"
    publisher = original_publisher(note)
    if publisher and not card.get("original_publisher") and publisher != card.get("publisher"):
        filled["original_publisher"] = publisher
    if url:
        filled["url"] = clean_url(url)
    return filled


def _text(card: dict, key: str) -> str:
    """Return the text under a key, or '' where there is none: what is no text is for the checks to report."""
    return value if isinstance(value := card.get(key), str) else ""


def _words(card: dict, *keys: str) -> str:
    """Return the texts under some keys, as far as a rule reads them."""
    return ". ".join(_text(card, key)[:LONGEST] for key in keys)


def original_publisher(note: str) -> str:
    """Return whose text the page carries, where the note of its citation clearly says so, else ''."""
    for shape in REPOSTS:
        for match in shape.finditer(note):
            sentence = re.split(r"[.;] ", note[match.start() :], maxsplit=1)[0]
            name = re.sub(r"['’]s$", "", match["name"])
            if not _NO_NAME.match(name) and not _SUPPOSES.search(sentence):
                return PLAIN_NAMES.get(name, name)
    return ""


def clean_url(url: str) -> str:
    """Return the address without tracking parameters, every other character as it was."""
    address, hash_sign, fragment = url.partition("#")
    page, mark, query = address.partition("?")
    host = address.split("/")[2].lower().removeprefix("www.") if address.count("/") > 1 else ""
    kept = [part for part in query.split("&") if not _tracks(part, host)]
    if len(kept) == len(query.split("&")):
        return url
    return page + (mark + "&".join(kept) if kept else "") + hash_sign + fragment


def _tracks(parameter: str, host: str) -> bool:
    name = parameter.partition("=")[0].lower().removeprefix("amp;")
    return name in TRACKING or name.startswith(_PREFIXES) or name in TRACKING_OF.get(host, ())


# --- deployment: what rests on AI --------------------------------------------------------------------------

_AI = r"(?:(?-i:\bA\.?I\b)|\bartificial[- ]intelligence|\b(?:machine|deep|reinforcement)[- ]learning|\bneural network)"
_FACES = (
    r"(?:\bfac(?:e|es|ial)\b[^.;]{0,40}?\brecogni|\brecogni\w+[^.;]{0,30}?\b(?:faces|ethnicity|wanted people|Uyghurs)"
    r"|\b(?:scans?|detects?) faces)"
)
# A firm or university that has AI in its name is not a mention of AI.
_NAMES_WITH_AI = re.compile(r"\b(?:Zhipu|Zetrix) AI\b|\b(?:Company|University|Authority) (?:for|of) Artificial Intelligence\b")
# "No source describes AI functions", "without face recognition", "artificial intelligence is not mentioned"
_DENIED = re.compile(
    rf"\b(?:no|not|without|never|nor|neither|missing|rather than)\b(?: [^\s.;,]+){{0,5}}?[ -](?:{_AI}|{_FACES})\w*"
    rf"(?: (?:or|and|nor) (?:{_AI}|{_FACES})\w*)*"
    rf"|(?:{_AI}|{_FACES}\w*)(?: [^\s.;,]+){{0,2}} (?:is|are|was|were|has been|have been) (?:not\b|never\b|denied|missing)",
    re.IGNORECASE,
)
_MENTION = re.compile(_AI, re.IGNORECASE)
# AI at work: as the first part of a compound ("AI-aided", "AI cameras") or as the means ("using VR, AR and AI").
_WORKS = re.compile(
    rf"{_AI}[- ](?:based|aided|supported|assisted|powered|enabled|driven|analysed|drafted|made|generated|written|voiced)\b"
    rf"|{_AI}[- ](?:(?!and\b|or\b)[\w-]+ ){{0,2}}(?:application|assistant|camera|chatbot|function|model|monitoring|platform|"
    r"product|reading|software|system|technology|tool|warehousing)s?\b"
    rf"|\b(?:uses?|using|bring|through)(?: [\w'’-]+,?){{0,4}} {_AI}",
    re.IGNORECASE,
)
# AI as the content of a policy, of another system or of what somebody claimed says little of this one.
_ELSEWHERE = re.compile(
    rf"\b(?:(?:policy|strategy|law) that|cited when|claimed (?:[^\s.;,]+ ){{0,4}}that) [^.;]{{0,300}}?(?:{_AI}|{_FACES})[^.;]*",
    re.IGNORECASE,
)
# Words for what usually is AI and need not be: intelligent cameras, video analysis, plate recognition.
_AI_LIKE = re.compile(
    r"\bintelligent (?:[\w-]+ ){0,2}(?:analysis|camera|monitoring|surveillance|video)|\bvideo[- ]analy"
    r"|\banaly(?:sis|tics) software|\bpredictive policing|\bCity Brain\b|\bimage recognition"
    r"|\bplate[s]?[- ](?:recogni|read)|\b(?:recogni\w+|read\w*|scans?) [^.;]{0,30}\bplates\b|" + _FACES,
    re.IGNORECASE,
)
# A technology that is AI by its nature → the words that name it.
BY_NATURE = {
    tech: re.compile(words, re.IGNORECASE)
    for tech, words in {
        "autonomous_vehicle": r"\bdriverless|\bself-driving|\bautonomous|\brobotaxi|\bautomated (?:bus|driving|shuttle|vehicle)",
        "computer_vision": r"\bcomputer vision|\bimage recognition",
        "facial_recognition": _FACES,
        "generative_media": rf"\bdeepfake|\bgenerative AI|\bChatGPT|{_AI}[- ](?:made|generated|voiced|written|aided|run)\b"
        rf"|{_AI} (?:[\w-]+ )?(?:anchor|avatar|cartoon|content|image|meme|persona|picture|video|voice)s?\b",
        "language_model": r"\blanguage[- ]models?|\bchatbot|\bDeepSeek|\bQwen|\bChatGPT|\bGPT|\bLLMs?\b|\bKimi\b|"
        r"\bLlama\b|\breasoning model|\bAI (?:models?|assistants?)\b",
        "machine_translation": r"\bmachine translation|\btranslat",
        "medical_imaging": _AI,
        "predictive_policing": r"\bpredictive policing",
        "speech_recognition": r"\b(?:speech|voice)s?\b[^.;]{0,15}\brecogni|\brecogni\w+ of [a-z ]{0,60}voices|\bspeech technology",
    }.items()
}
# Technologies that usually rest on AI also where no word of the card says so.
BY_KIND = {*BY_NATURE, "licence_plate_recognition", "robotics"}
CAPACITY = {"ai_computing", "ai_education", "cloud", "data_centre", "high_performance_computing"}
_CENTRE = re.compile(r"\b(?:data|comput\w+)[- ]cent(?:re|er)|\bcloud\b", re.IGNORECASE)
_IN_USE = re.compile(r"\b(?:pilot|trial|released|in use)\b", re.IGNORECASE)


def ai_basis(card: dict) -> str:
    """Return how far AI is stated of a deployment: stated, inferred, enabling or not_stated.

    Words count in the title, the summary and the note, in the usual spellings (AI, artificial intelligence,
    machine, deep and reinforcement learning; face or facial recognition, also in words such as "recognises
    faces and plates"). A denied mention does not count, nor AI in the name of a firm.

    - Infrastructure: a cloud, data or computing centre is enabling by itself.
    - Training, research: enabling where it is about AI; a digital course or laboratory without a word of AI
      is not. A laboratory's pilot or released model is judged by its technology.
    - Everything else: stated where a technology that is AI by its nature stands in the card's list and in its
      words, or the words put AI to work; inferred where AI, an AI-like word or only the kind of technology
      is there; not_stated otherwise. A transfer that only speaks of AI is enabling.

    "Smart" and "big data" are no mention: both are sold of plain cameras and databases. "Intelligent" cameras
    and video analysis are AI-like, since they name what a machine does with the picture.
    """
    if card.get("ai_basis"):
        return card["ai_basis"]
    listed = card.get("technologies")
    technologies = {term for term in listed if isinstance(term, str)} if isinstance(listed, list) else set()
    words = _affirmed(card)
    mentioned = bool(_MENTION.search(words))
    by_nature = any(BY_NATURE[tech].search(words) for tech in technologies & BY_NATURE.keys())
    by_kind = bool(technologies & BY_KIND)
    match card.get("channel"):
        case "infrastructure":
            capacity = technologies & CAPACITY or _CENTRE.search(words) or mentioned
            return "enabling" if capacity else "not_stated"
        case "training":
            return "enabling" if mentioned or by_kind or _teaches_ai(technologies) else "not_stated"
        case "research":
            if by_nature and _IN_USE.search(words):
                return "stated"
            return "enabling" if mentioned or by_kind or _teaches_ai(technologies) else "not_stated"
        case "technology_transfer" if not by_nature and mentioned:
            return "enabling"
    if by_nature or _WORKS.search(words):
        return "stated"
    return "inferred" if mentioned or by_kind or _AI_LIKE.search(words) else "not_stated"


def _teaches_ai(technologies: set[str]) -> bool:
    return bool(technologies & {"ai_computing", "ai_education"})


def _affirmed(card: dict) -> str:
    """Return the card's words without names that contain AI, denied mentions and mentions of something else."""
    words = _words(card, "title", "summary", "note")
    for pattern in (_NAMES_WITH_AI, _DENIED):
        words = pattern.sub(" ", words)
    return _ELSEWHERE.sub(" artificial intelligence", words)


# --- deployment: what kind of sum --------------------------------------------------------------------------

# A word beside the sum → its kind. A cost, a price and money spent say nothing of who gives it: a budget.
VALUE_WORDS = {
    "contract": r"contract(?:s|ed)?\b|bought|purchased?|procure\w*|awarded|commissioned",
    "loan": r"loans?\b|lent|lend\w*|credit\b|borrow\w*",
    "grant": r"grant(?:s|ed)?\b|donat\w+|gifts?\b|gave\b|given\b|free of charge",
    "investment": r"invest(?:s|ed|ing|ments?)?\b|capital\b|pledged",
    "budget": r"budget\w*|costs?\b|priced?\b|spen[dt]\w*",
}
_VALUE_WORD = re.compile("|".join(rf"(?P<{kind}>\b(?:{words}))" for kind, words in VALUE_WORDS.items()), re.IGNORECASE)
# A verb that carries over a comma: "contracted in May for cameras, recorders and servers, for about 40,000 euros".
_VERB = re.compile(
    r"\b(?:(?P<contract>awarded|bought|contracted)|(?P<grant>donate[ds]?|gave|given|free of charge)"
    r"|(?P<investment>invested|pledged))\b",
    re.IGNORECASE,
)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: n for n, word in enumerate(_WORDS, start=1)}
_UNITS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "crore": 10**7}
_SUM = re.compile(
    rf"\b(?P<number>\d[\d,]{{0,30}}(?:\.\d{{1,9}})?|{'|'.join(_NUMBERS)}) (?P<unit>{'|'.join(_UNITS)})\b"
    r"|\b(?P<plain>\d{1,3}(?:,\d{3}){1,9})\b",
    re.IGNORECASE,
)


def value_kind(card: dict) -> str:
    """Return the kind of a deployment's sum: contract, loan, grant, investment or budget.

    A note that says what "the value is" decides, then the nearest word in the part of the sentence with the
    sum, then the last verb of giving or ordering before it. A sum that the words give in another currency is
    taken where it is their only one. Where no word decides it is a budget: what the thing costs, whoever pays.
    """
    if card.get("value_kind"):
        return card["value_kind"]
    said = re.search(r"\bthe value is ([^.;]*)", _words(card, "note"), re.IGNORECASE)
    words = _words(card, "summary", "note")
    value = card.get("value") or card.get("value_usd")
    sum_ = _sum_of(words, value) if isinstance(value, int | float) else None
    return (said and _nearest(said[1], 0)) or (sum_ and _kind_at(words, sum_)) or "budget"


def _sum_of(words: str, value: float) -> re.Match | None:
    """Return where a text names a value, rounding allowed, or else its only large sum."""
    sums = list(_SUM.finditer(words))
    named = [m for m in sums if abs(_amount(m) - value) <= value * 0.005]
    large = [m for m in sums if m["unit"]]
    return named[0] if named else large[0] if len(large) == 1 else None


def _kind_at(words: str, sum_: re.Match) -> str:
    """Return the kind that the words around a sum give it, or ''."""
    start = max(m.end() for m in re.finditer(r"[.,;:] |^", words) if m.end() <= sum_.start())
    after = re.search(r"[.,;:](?: |$)", words[sum_.end() :])
    part = words[start : sum_.end() + after.start() if after else None]
    clause = re.split(r"[.;:] ", words[: sum_.start()])[-1]
    verbs = [m.lastgroup for m in _VERB.finditer(clause)]
    return _nearest(part, sum_.start() - start) or (verbs[-1] if verbs else "")


def _nearest(text: str, position: int) -> str:
    """Return the kind whose word stands nearest to a position in a text, or ''."""
    found = [(min(abs(m.start() - position), abs(m.end() - position)), m.lastgroup) for m in _VALUE_WORD.finditer(text)]
    return min(found)[1] if found else ""


def _amount(sum_: re.Match) -> float:
    """Return the number that a match of a sum stands for."""
    if sum_["plain"]:
        return float(sum_["plain"].replace(",", ""))
    number = sum_["number"].lower().replace(",", "")
    return float(_NUMBERS.get(number) or number) * _UNITS[sum_["unit"].lower()]
