"""The rules that fill what the evidence cards leave out: where each fires and where it does not."""

import copy
import re

import pytest

from scripts import fill
from scripts.fill import TRACKING, ai_basis, citation, clean_url, value_kind


def source(note="", **keys):
    card = {"id": "zzz-source", "title": "Zzz City buys cameras", "publisher": "Zzz Mirror", "url": "https://example.org/a"}
    return {**card, **({"note": note} if note else {}), **keys}


def project(summary, technologies=("video_surveillance",), channel="system", **keys):
    card = {"id": "zzz-project", "title": "Zzz project", "channel": channel, "technologies": list(technologies)}
    return {**card, "summary": summary, **keys}


# --- citation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        "The page's own headline was not in the part read; the title here is descriptive.",
        "Headline not shown; descriptive title.",
        "Zzz sums it up; headline not shown in the excerpt.",
        "Month and headline taken from the address.",
        "Title after the page address; counts nine cities.",
        "Page not found, title after its address.",
        "Title ours; the excerpt shows none.",
        "Title given in our words.",
        "The page's own headline was not shown; title describes the page",
    ],
)
def test_title_of_ours_stands_in_brackets(note):
    assert citation(source(note))["title"] == "[Zzz City buys cameras]"
    assert citation(source(note, title="[Zzz]"))["title"] == "[Zzz]"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "Date taken from the address.",
        "Page not found, title after a repost of the same day.",
        "Title and authors after the transcription cited next, month after the file's address.",
        "Reposts part of a Zzz Post article; headline taken from the feed copy.",
        "The record's title says 3 million, another field 4 million.",
        "Title completed from the address",
    ],
)
def test_title_of_the_text_stays(note):
    assert citation(source(note))["title"] == "Zzz City buys cameras"


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("Reposts Zzz Wire", "Zzz Wire"),
        ("Reposts Zzz Wire (April 2020).", "Zzz Wire"),
        ("Carries a Zzz Wire report; title taken from the address", "Zzz Wire"),
        ("Carries the Zzz Wire special report of November 2018.", "Zzz Wire"),
        ("Title ours. Repost of a Zzz Wire report dated 22 October.", "Zzz Wire"),
        ("Mirror of the Council of Zzz treaty office page.", "Council of Zzz"),
        ("Unofficial mirror of the ZZZ's membership page.", "ZZZ"),
        ("Reposts a Zzz Reporting Network (ZRN) article.", "Zzz Reporting Network"),
        ("Reposts an extract of an article in The Zzz", "The Zzz"),
        ("Opening of a report by The Zzz.", "The Zzz"),
        ("Carries a press release of the Government of Zzz", "Government of Zzz"),
        ("Reposts a report of the state broadcaster ZTV.", "ZTV"),
        ("Reposts one paragraph of the text, credited to the Zzz Administration.", "Zzz Administration"),
        ("Repost of ZZZ-16 Document 17 (ZZU).", "ZZU"),
        ("Repost of a Chinese Foreign Ministry text; counts 143.", "Ministry of Foreign Affairs of China"),
        ("Reposts the New York Times article of April 2019.", "The New York Times"),
    ],
)
def test_the_note_says_whose_text_it_is(note, name):
    assert citation(source(note))["original_publisher"] == name
    assert citation(source(note, original_publisher="Zzz"))["original_publisher"] == "Zzz"
    assert "original_publisher" not in citation(source(note, publisher=name))


@pytest.mark.parametrize(
    "note",
    [
        "Summarises a Zzz Wire report.",
        "Retells Zzz Wire.",
        "Reports Zzz Wire research.",
        "Quotes parts of the Zzz Wire article.",
        "Draws on Zzz Wire; author after a repost.",
        "Reposts a news report on Zzz Lab's threat report.",
        "Reposts a Zzz newspaper",
        "Repost of an article by Zzz Author.",
        "Reposts the official English text.",
        "Repost of the Chinese text of the Initiative; the preamble was seen.",
        "Reposts an article of The Zzz, to judge from its title.",
        "Translation of Order No. 15.",
        "PDF print of the ministry page; copy in the Zzz Repository.",
    ],
)
def test_no_publisher_is_guessed(note):
    assert "original_publisher" not in citation(source(note))


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
        ("https://example.org/a?p=1&utm_source=x&q=%C3%A9+z#top", "https://example.org/a?p=1&q=%C3%A9+z#top"),
        ("https://example.org/?fbclid=1&b=2", "https://example.org/?b=2"),
        ("https://example.org/a?UTM_Source=x&amp;utm_term=y#s?utm_x=1", "https://example.org/a#s?utm_x=1"),
        ("https://example.org/a?mc_cid=1&mc_eid=2&spm=3&ref_src=4", "https://example.org/a"),
    ],
)
def test_tracking_parameters_go(url, clean):
    assert clean_url(url) == citation(source(url=url))["url"] == clean


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/A?b=&&a=1&amp=1#",
        "https://example.org/a?",
        "https://example.org/utm_source=1",
        "https://example.org/?source=1&ref=2",
    ],
)
def test_other_addresses_stay_as_they_are(url):
    assert clean_url(url) == url
    assert {"utm_", "fbclid", "gclid"} <= TRACKING


def test_a_citation_is_filled_once_and_its_card_left_alone():
    card = source("Carries a Zzz Wire report; title taken from the address", url="https://example.org/a?gclid=1&b=2")
    before = copy.deepcopy(card)
    once = citation(card)
    assert card == before
    assert citation(once) == once != card


# --- ai_basis ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "basis"),
    [
        (project("Zzz put up cameras with face recognition.", ["facial_recognition"]), "stated"),
        (project("The cameras scan faces and number plates.", ["facial_recognition"]), "stated"),
        (project("Zzz runs driverless buses.", ["autonomous_vehicle"]), "stated"),
        (project("Zzz uses the Qwen model.", ["language_model"], "model"), "stated"),
        (project("Zzz supplied AI-supported cameras."), "stated"),
        (project("Zzz works with platforms using VR, AR and artificial intelligence.", ["other"]), "stated"),
        (project("Zzz pilot of cameras that detect faces.", ["facial_recognition"], "research"), "stated"),
        (project("Zzz put up cameras.", ["facial_recognition"]), "inferred"),
        (project("Zzz put up cameras with video analytics."), "inferred"),
        (project("Cameras read plates.", ["licence_plate_recognition"]), "inferred"),
        (project("Zzz signed; the two had agreed on AI before.", ["data_analytics"]), "inferred"),
        (project("A platform within a policy that puts AI-based technology first."), "inferred"),
        (project("A senator claimed in May that it has face recognition.", ["facial_recognition"]), "inferred"),
        (project("Zzz opened a state data centre.", ["other"], "infrastructure"), "enabling"),
        (project("Zzz opened a cloud region with AI software.", ["cloud"], "infrastructure"), "enabling"),
        (project("Zzz teaches AI.", ["ai_education"], "training"), "enabling"),
        (project("A laboratory for machine learning.", ["other"], "research"), "enabling"),
        (project("A memorandum on AI and 5G.", ["other"], "technology_transfer"), "enabling"),
        (project("Zzz put up 40 smart cameras and uses big data."), "not_stated"),
        (project("Zzz sells storage for recordings.", ["other"], "infrastructure"), "not_stated"),
        (project("Zzz teaches 5G.", ["cloud"], "training"), "not_stated"),
        (project("Work by Zhipu AI.", ["other"]), "not_stated"),
    ],
)
def test_ai_basis(card, basis):
    assert ai_basis(card) == basis
    assert ai_basis({**card, "ai_basis": "stated"}) == "stated"


@pytest.mark.parametrize(
    "denial",
    [
        "Artificial intelligence is not mentioned in the excerpts.",
        "No source describes AI functions.",
        "It is storage, not an AI system.",
        "The cameras watch traffic without face recognition.",
        "The firm says that it uses no face recognition.",
        "A letter complained of missing face recognition or AI.",
        "A data store rather than an AI system.",
    ],
)
def test_a_denied_mention_is_no_mention(denial):
    assert ai_basis(project("Zzz put up cameras.", note=denial)) == "not_stated"
    assert ai_basis(project("Zzz put up AI cameras.", note=denial)) == "stated"


# --- value_kind ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("Zzz won a contract of 30 million US dollars; a bank lent 24 million.", "contract"),
        ("Zzz contracted in May for cameras, recorders and servers, for about 30,000,000 rand.", "contract"),
        ("A bank lent US$29.98 million for 85% of the cost.", "loan"),
        ("Zzz granted equipment worth 30 million yuan.", "grant"),
        ("Zzz was to donate the platform, valued at 30 million euros.", "grant"),
        ("Zzz would invest 30 million over five years.", "investment"),
        ("With investment of 500 million yuan, Zzz builds it.", "investment"),
        ("Zzz spent 30 million reais on cameras.", "budget"),
        ("Zzz built a 30 million network; a first contract was cancelled, then revived with a 17 million loan.", "budget"),
        ("According to contracts, Zzz works within a 30 million effort.", "budget"),
        ("Zzz signed a contract and took a loan.", "budget"),
    ],
)
def test_value_kind(summary, kind):
    assert value_kind(project(summary, value_usd=30_000_000)) == kind
    assert value_kind(project(summary, value=30_000_000, value_kind="loan")) == "loan"


def test_a_note_on_the_value_decides():
    card = project("A network with 30 million US dollars.", value_usd=30_000_000)
    assert value_kind({**card, "note": "The value is the contract with Zzz; the loan was 40 million."}) == "contract"
    assert value_kind({**card, "note": "The value is the approximate cost."}) == "budget"
    assert value_kind({**card, "note": "The value is in doubt."}) == "budget"


@pytest.mark.parametrize("odd", [None, 7, [], {}, [{}], "x"])
def test_a_malformed_card_is_left_to_the_checks(odd):
    card = dict.fromkeys(("title", "summary", "note", "url", "technologies", "channel", "value"), odd)
    assert citation(card).keys() == card.keys()
    assert ai_basis(card) == "not_stated"
    assert value_kind(card) == "budget"


class Reads:
    """A pattern that counts the characters that it is given to read."""

    read = 0

    def __init__(self, pattern):
        self.pattern = pattern

    def __getattr__(self, name):
        def method(*arguments):
            Reads.read += len(arguments[-1])
            return getattr(self.pattern, name)(*arguments)
        return method


@pytest.mark.parametrize(("rule", "words"), [
    (value_kind, "1,"), (value_kind, "111,"), (ai_basis, "law that "), (ai_basis, "recogniser of "), (ai_basis, "no "), (ai_basis, "AI-"),
    (citation, "Reposts English. "), (citation, "Reposts A "), (citation, "headline not shown "), (citation, "Repost credited to ")])
def test_a_rule_reads_a_bounded_part_of_a_text(rule, words, monkeypatch):
    """Whatever stands in a card: some rules take time that grows with the square of what they read."""
    for name, value in list(vars(fill).items()):
        if isinstance(value, re.Pattern):
            monkeypatch.setattr(fill, name, Reads(value))
    monkeypatch.setattr(fill, "REPOSTS", [Reads(pattern) for pattern in fill.REPOSTS])
    monkeypatch.setattr(fill, "BY_NATURE", {name: Reads(pattern) for name, pattern in fill.BY_NATURE.items()})
    work = []
    for times in (2_000, 20_000):
        Reads.read = 0
        rule(dict.fromkeys(("title", "summary", "note"), words * times) | {"value": 5, "technologies": list(fill.BY_NATURE)})
        work.append(Reads.read)
    assert 0 < work[0] == work[1]


def test_the_end_of_a_text_of_usual_length_is_read():
    long = "Zzz. " * 300
    assert ai_basis({"note": f"{long} AI-based."}) == "stated" and citation({"note": f"{long}Reposts Xinhua."})["original_publisher"]
    assert citation({"title": "z" * 9_000, "url": "https://example.org/" + "z" * 9_000 + "?utm_x=1", "note": "title ours"}) == {
        "title": f"[{'z' * 9_000}]", "url": "https://example.org/" + "z" * 9_000, "note": "title ours"}
