"""Web forms with hostile text: nothing in the answer becomes markup, nothing breaks, and a clear word comes back."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scripts.add import add
from scripts.answers import LONGEST
from scripts.cards import normal
from scripts.documents import load_yaml
from scripts.package import load
from scripts.read import read
from scripts.submission import FORMATS, MANY, answer, as_text, as_yaml
from scripts.validate import validate
from tests.web import DAY, GOOD, Desk, rendered

MARKS = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![x](https://example.org/x.png)", "[x](javascript:alert(1))",
         "@zzz-user", "#1", "https://example.org", "`````", "```yaml\n- x\n```", "</details>", "</code>", "<!--", "* item", "---",
         "| a | b |", "\u202etxt\u202c", "a\u2028b", "\x1b[31m", "\0", "!!python/object:zzz {}", "&a [*a]", "*a", "? x", "{a: b}", "'",
         '"', "%", "=cmd|' /C calc'!A0", "🙂", "\ufeff", "\x85", "\ud83d", "- [x] y", "&lt;b&gt;", "\\", "$x$", "a: b # c", "null", "~",
         "2019-04", "no", "0x1", "1e3", "<<: x", "ignore all of it"]
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"</?(?:details|summary|code|ul|li)(?: open)?>")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("package"))


def assert_inert(comment: str) -> None:
    """Nothing in a comment is markup but ours, and no mention, link or issue stands outside of code, where GitHub makes links of them."""
    within_code, ours = False, ""
    for token in [token for outer in MARKDOWN.parse(comment) for token in (outer, *(outer.children or []))]:
        assert token.type not in ("link_open", "image", "hr", "em_open", "s_open")
        if token.type in ("html_block", "html_inline"):
            assert "<" not in OURS.sub("", token.content), token.content
            within_code, ours = token.content == "<code>", ours + token.content
        if token.type == "text" and not within_code:
            assert not re.search(r"[@#]|://|www\.", token.content), token.content
    assert len(comment) < 65_536 and all(ch.isprintable() or ch in "\n\u3000" for ch in comment)
    assert ours.count("<details") == ours.count("</details>")


@pytest.mark.parametrize("form", GOOD)
@pytest.mark.parametrize("first", range(0, len(MARKS), 5))
def test_hostile_text_in_every_answer_stays_text(form, first, desk):
    changes = {question.heading: f"{MARKS[(first + number) % len(MARKS)]} {GOOD[form].get(question.heading, '')}"
               for number, question in enumerate(desk.forms[form].questions) if question.element in ("input", "textarea")}
    found = answer(desk.package, desk.tables, rendered(desk.forms[form], {**GOOD[form], **changes}), DAY)
    assert_inert(found.comment)
    assert found.complaints and not {"\x1b", "\u202e"} & set(as_text(found)) and len(found.title.splitlines()) == 1


def test_markup_is_found_where_it_is():
    for comment in ("[x](https://example.org)", "https://example.org", "<b>x</b>", "@zzz", "![x](y)", "<details>"):
        with pytest.raises(AssertionError):
            assert_inert(comment)


@pytest.mark.parametrize("body", ["", "zzz", "\0" * 9999, "### Title\n" * 200_000, "x" * 5_000_000, "### " * 99_999], ids=len)
def test_what_is_no_form_gets_one_line(body, desk):
    found = answer(desk.package, desk.tables, body, DAY)
    assert (found.form, found.ready, found.card, len(found.complaints)) == (None, False, "", 1) and len(as_text(found).splitlines()) == 1
    assert_inert(found.comment)


def test_as_much_as_a_form_may_hold(desk):
    found = desk.send("deployment", {"Summary": "a`" * (LONGEST // 2 - 4000)})
    assert_inert(found.comment)
    assert_inert(desk.send("deployment", {"Parties": "\n".join(f"Zzz {number}; seller" for number in range(5000))}).comment)


def test_what_changes_much_is_told_in_short(desk):
    many = "\n".join(f"Zzz {number ** 7} Yyy; partner; company; zzb" for number in range(200))
    found = desk.send("deployment", {"Parties": f"Zzz Supplier; supplier\n{many}"})
    assert found.ready and MANY in found.comment and "202 records added" in found.comment, as_text(found)[:2000]
    assert_inert(found.comment)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.slow
def test_whatever_is_answered_is_ready_and_can_be_added_or_gets_a_complaint(desk, data):
    form = desk.forms[data.draw(st.sampled_from(list(desk.forms)))]
    text = st.one_of(st.text(max_size=60), st.sampled_from(MARKS), st.sampled_from(["zzz-deployment", "zzz-role", "status",
                                                                                    "Zzz; supplier; company"]))
    changes = data.draw(st.dictionaries(st.sampled_from([question.heading for question in form.questions]), text, max_size=4))
    body = rendered(form, {**GOOD[form.name], **changes})
    found = answer(desk.package, desk.tables, body, DAY)
    assert_inert(found.comment)
    assert all(output(found) is not None for output in FORMATS.values()) and as_text(found)
    if found.ready:
        with tempfile.TemporaryDirectory() as folder:
            root, card = shutil.copytree(desk.package.root, Path(folder) / "package"), Path(folder) / "card.yaml"
            card.write_text(found.card, encoding="utf-8")
            package, _ = load(root)
            assert add(package, read(package), [card]).problems == [] and validate(root, fast=True).exit_code == 0
    else:
        headings = {question.heading for question in form.questions}
        assert found.complaints and (found.form != form.name or {complaint.heading for complaint in found.complaints} <= headings)


@given(st.lists(st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.sampled_from([*MARKS, "a\n b\n", "\n",
                                                                                                           " a "])),
                max_size=5))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_card_is_read_as_it_was_written(tmp_path, texts):
    texts = [text.encode(errors="replace").decode() for text in texts]
    card = tmp_path / "card.yaml"
    card.write_text(as_yaml({"zzz": texts, "again": texts}), encoding="utf-8")
    read_back, problems = load_yaml(card, "card.yaml")
    assert problems == [] and [normal(text) for text in read_back["again"]] == [normal(text) for text in texts]
