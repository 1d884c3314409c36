"""Answers inside a grammar, on real models. python -m pytest tests/engine/test_structure.py"""

import ctypes
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import llama_cpp as c
import pytest

from workbench.assist import prompts
from workbench.assist.reading import read_json, valid_form
from workbench.engine.constrained import Candidates, ConstrainedSampler
from workbench.engine.context import OK, Context
from workbench.engine.grammar import idea_lines
from workbench.engine.interface import WILD, Finish, Request, Sampling, State, View
from workbench.engine.llama import Model
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import InputError
from workbench.settings import Settings

HOT = Sampling(temperature=2.0, top_k=0, top_p=1.0, min_p=0.0, seed=1, max_tokens=400)
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 20},
        "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 6}},
        "sure": {"type": "boolean"},
    },
    "required": ["title", "tags", "sure"],
}


def ask(n: int = 1, sampling: Sampling = HOT, **more: Any) -> Request:
    return Request("test", ([{"role": "user", "content": "hello"}],) * n, sampling, **more)


def texts(view: View) -> list[str]:
    assert view.state == State.DONE, view
    return [sequence.text for sequence in view.sequences]


def test_every_text_keeps_to_the_schema_however_wild_the_model(engine: LlamaEngine) -> None:
    view = engine.submit(ask(16, grammar=SCHEMA)).wait(120)
    assert {sequence.finish for sequence in view.sequences} == {Finish.STOP}  # the model never ends by itself
    values = [json.loads(text) for text in texts(view)]
    assert len({value["title"] for value in values}) > 8
    for value in values:
        assert list(value) == ["title", "tags", "sure"]
        assert len(value["title"]) <= 20 and len(value["tags"]) <= 3 and isinstance(value["sure"], bool)
        assert all(len(tag) <= 6 for tag in value["tags"])


@pytest.mark.parametrize(
    "sampling", [Sampling(temperature=0), WILD, Sampling(repeat_penalty=1.5, dry_multiplier=2.0, seed=3)]
)
def test_it_goes_with_every_kind_of_sampling(engine: LlamaEngine, sampling: Sampling) -> None:
    gbnf = 'root ::= [a-c]{8} ("-" [0-9]{4}){2}'
    for text in texts(engine.submit(ask(3, sampling=sampling, grammar=gbnf)).wait(120)):
        letters, first, second = text.split("-")
        assert len(letters) == 8 and set(letters) <= set("abc")
        assert len(first) == len(second) == 4 and (first + second).isdigit()


def test_a_form_the_model_would_keep_anyway_changes_nothing(engine: LlamaEngine) -> None:
    """Drawn first and checked after: what is allowed is drawn as without a grammar."""
    plain = texts(engine.submit(ask(4, sampling=Sampling(seed=9, max_tokens=40))).wait(120))
    anything = r"root ::= [\x01-\U0010FFFF]{1,300}"
    assert texts(engine.submit(ask(4, sampling=Sampling(seed=9, max_tokens=40), grammar=anything)).wait(120)) == plain


def test_many_bytes_make_one_character_inside_a_grammar(engine: LlamaEngine) -> None:
    """The tiny model's tokens are single bytes, so each of these characters is several tokens.

    llama.cpp's grammars would take any byte with the right last six bits.
    """
    for text in texts(engine.submit(ask(8, grammar="root ::= [éß日🌱]{12}")).wait(120)):
        assert len(text) == 12 and set(text) <= set("éß日🌱")


def test_a_dead_end_ends_its_job_only(engine: LlamaEngine, caplog: pytest.LogCaptureFixture) -> None:
    beside = engine.submit(ask(4, sampling=Sampling(seed=1, max_tokens=300)))
    dead = engine.submit(ask(grammar=r'root ::= "ab" [^\x00-\UFFFFFFFF] "c"'))
    view = dead.wait(120)
    assert view.state == State.FAILED
    assert view.error is not None and "no token of the model continues the grammar" in view.error
    assert view.sequences[0].text == "ab"
    assert beside.wait(120).state == State.DONE
    assert engine.submit(ask(grammar='root ::= "yes"')).wait(120).sequences[0].text == "yes"


@pytest.mark.parametrize(
    ("grammar", "words"),
    [({"type": "string"}, "for ever"), ("root ::= )", "llama.cpp cannot read the grammar"), ("root", "no rule 'root'")],
)
def test_a_form_that_is_none_is_refused_at_once(engine: LlamaEngine, grammar: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        engine.submit(ask(grammar=grammar))
    assert engine.submit(ask(sampling=Sampling(max_tokens=2))).wait(120).state == State.DONE


def test_cut_json_is_read_as_far_as_it_goes(engine: LlamaEngine) -> None:
    for tokens in (12, 20, 30, 45):
        (text,) = texts(engine.submit(ask(grammar=SCHEMA, sampling=Sampling(seed=4, max_tokens=tokens))).wait(120))
        value = read_json(text)
        assert isinstance(value, dict)
        assert list(value) == ["title", "tags", "sure"][: len(value)]


@pytest.mark.model
def test_idea_lines_have_the_form_even_where_the_model_is_at_its_wildest(starter: Path) -> None:
    engine = LlamaEngine(Settings(model=starter, threads=1))
    hot = Sampling(temperature=3.0, top_k=0, top_p=1.0, min_p=0.0, seed=1, max_tokens=600)
    chats = tuple(prompts.one_idea("Shorter queues at the baker", f"lens {i}") for i in range(8))
    free = engine.submit(Request("test", chats, hot, "brainstorm", stop=("\n",))).wait(120)
    bound = engine.submit(Request("test", chats, hot, "brainstorm", grammar=idea_lines())).wait(120)
    wild = replace(WILD, seed=1, max_tokens=600)  # three of the longest lines there can be would be cut at fewer
    (three,) = texts(engine.submit(Request("test", chats[:1], wild, "brainstorm", grammar=idea_lines(3))).wait(120))
    engine.close()
    assert sum(map(valid_form, texts(free))) < 8
    assert all(map(valid_form, texts(bound)))
    assert [valid_form(line) for line in three.split("\n")] == [True] * 3


@pytest.mark.model
def test_drawing_first_is_many_times_quicker_than_asking_the_grammar_first(starter: Path) -> None:
    """Side by side on the starter's vocabulary; at Llama-3's 128k it is 0.3 against 100 ms a token."""
    model = Model(starter / json.loads((starter / "manifest.json").read_text())["base"]["file"])
    context = Context(model, n_ctx=256, n_seq=1, threads=1)
    context.clear_batch()
    index = context.add(model.tokenize("The baker sells", special=False), 0, 0, want_logits=True)
    assert context.decode() == OK
    row, candidates = context.row(index, model.n_vocab), Candidates(model)
    ours = ConstrainedSampler(model, Sampling(seed=1), 1, r"root ::= [ A-Za-z,.]{1,400}", candidates)
    theirs = ConstrainedSampler(model, Sampling(seed=1), 1, r"root ::= [ A-Za-z,.]{1,400}", candidates)

    def grammar_first() -> None:
        candidates.fill(row)
        c.llama_sampler_apply(theirs._grammar, ctypes.byref(candidates.array))
        token = theirs._chain.draw(candidates.array)
        theirs._chain.accept(token)
        c.llama_sampler_accept(theirs._grammar, token)

    def seconds(draw: Callable[[], object]) -> float:
        started = time.perf_counter()
        draw()
        return time.perf_counter() - started

    pairs = [(seconds(lambda: ours.sample(context, index)), seconds(grammar_first)) for _ in range(15)]
    print("ms a token:", [round(statistics.median(times) * 1e3, 3) for times in zip(*pairs, strict=True)])
    for sampler in (ours, theirs):
        sampler.close()
    context.close()
    model.close()
    assert statistics.median(first / last for first, last in pairs) < 0.5
