"""python -m pytest tests/engine/test_chat.py"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.chat import Chat, cut_at_sentence
from workbench.engine.llama import Model
from workbench.errors import InputError, ModelDamaged


@pytest.fixture
def model(tiny: Path) -> Iterator[Model]:
    model = Model(tiny / "base.gguf")
    yield model
    model.close()


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": "You think of ideas."}, {"role": "user", "content": text}]


def chat_with(template: str | None, folder: Path, gguf_maker: ModuleType) -> Chat:
    path = gguf_maker.write_base(folder / "other.gguf", template=template)
    return Chat(Model(path), path.name)


def text_of(model: Model, tokens: list[int]) -> str:
    return "".join(model.piece(token).decode() or model.token_text(token) for token in tokens)


def test_a_prompt_is_the_template_filled_in_and_tokenised(model: Model) -> None:
    tokens = Chat(model, "base").tokens(user("Queues at the baker"))
    assert text_of(model, tokens) == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou think of ideas.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nQueues at the baker<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


def test_an_answer_that_was_begun_goes_on_after_its_last_word(model: Model) -> None:
    begun = {"role": "assistant", "content": "Bread bus — The <|eot_id|>baker"}
    chat = Chat(model, "base")
    tokens = chat.tokens([*user("Queues"), begun])
    start = chat.tokens(user("Queues"))
    assert tokens[: len(start)] == start
    assert b"".join(map(model.piece, tokens[len(start) :])).decode() == begun["content"], "its text is never a command"


@pytest.mark.parametrize("bos", ["", "{{ bos_token }}", "{{ bos_token }}{{ bos_token }}"])
def test_there_is_one_bos_whatever_the_template_does(tmp_path: Path, gguf_maker: ModuleType, bos: str) -> None:
    chat = chat_with(bos + "{% for m in messages %}{{ m['content'] }}{% endfor %}", tmp_path, gguf_maker)
    tokens = chat.tokens(user("hello"))
    wanted = 1 if bos or chat._model.adds_bos else 0
    assert tokens.count(chat._model.bos) == wanted


def test_a_model_without_a_template_is_refused(tmp_path: Path, gguf_maker: ModuleType) -> None:
    with pytest.raises(ModelDamaged, match="carries no chat template"):
        chat_with(None, tmp_path, gguf_maker)


def test_a_template_that_cannot_be_read_is_refused(tmp_path: Path, gguf_maker: ModuleType) -> None:
    with pytest.raises(ModelDamaged, match="cannot be read"):
        chat_with("{% for m in %}", tmp_path, gguf_maker)


def test_a_template_reaches_nothing_of_the_program(tmp_path: Path, gguf_maker: ModuleType) -> None:
    chat = chat_with("{{ messages.__class__.__mro__ }}", tmp_path, gguf_maker)
    with pytest.raises(InputError, match="refuses these messages"):
        chat.tokens(user("hello"))


def test_todays_date_is_not_offered_to_the_template(tmp_path: Path, gguf_maker: ModuleType) -> None:
    chat = chat_with("{% if strftime_now is defined %}date{% else %}none{% endif %}", tmp_path, gguf_maker)
    assert text_of(chat._model, chat.tokens(user("x"))).endswith("none")


@pytest.mark.parametrize(
    "text",
    ["", " ", "Ärger über 25 €", "👩‍🌾🌱 日本語", "x" * 3000, "def f(x):\n\treturn x\n", "1,234.5 ½", "\x00\x01"],
)
def test_awkward_text_comes_back_from_its_tokens(model: Model, text: str) -> None:
    tokens = model.tokenize(text, special=False)
    assert b"".join(map(model.piece, tokens)).decode() == text


def test_control_tokens_in_the_text_count_only_when_asked(model: Model) -> None:
    assert len(model.tokenize("<|eot_id|>", special=True)) == 1
    assert len(model.tokenize("<|eot_id|>", special=False)) > 1


def test_what_fits_is_left_alone(model: Model) -> None:
    chat = Chat(model, "base")
    prompts, note = chat.fit([user("a. b."), user("c")], 500)
    assert prompts == [chat.tokens(user("a. b.")), chat.tokens(user("c"))]
    assert note is None


def test_over_long_text_is_cut_at_a_sentence_and_the_template_stays_whole(model: Model) -> None:
    text = "Topic: " + " ".join(f"Sentence number {i} is here." for i in range(200))
    ((tokens,), note) = Chat(model, "base").fit([user(text + "\nOne idea. Lens: free")], 400)
    assert 300 < len(tokens) <= 400
    whole = text_of(model, tokens)
    assert whole.startswith("<|begin_of_text|><|start_header_id|>system")
    assert "is here.\nOne idea. Lens: free<|eot_id|><|start_header_id|>assistant" in whole
    assert note is not None and "too long" in note


def test_a_line_that_prompts_share_is_cut_alike(model: Model) -> None:
    line = "Topic: " + " ".join(f"Sentence number {i} is here." for i in range(200))
    prompts, _ = Chat(model, "base").fit([user(f"{line}\nLens: {lens}") for lens in ("a", "bb bb", "cc cc cc")], 400)
    shared = {text_of(model, prompt).split("\nLens:")[0] for prompt in prompts}
    assert len(shared) == 1


def test_a_novel_without_spaces_or_sentences_still_fits(model: Model) -> None:
    ((tokens,), note) = Chat(model, "base").fit([user("x" * 300_000)], 200)
    assert len(tokens) <= 200
    assert note is not None and "300,000" in note


def test_two_long_lines_are_both_cut(model: Model) -> None:
    ((tokens,), _) = Chat(model, "base").fit([user("a " * 2000 + "\n" + "b " * 2000)], 300)
    assert len(tokens) <= 300


def test_a_system_prompt_that_is_too_long_alone_is_refused(model: Model) -> None:
    messages = [{"role": "system", "content": "s " * 500}, {"role": "user", "content": "hello"}]
    with pytest.raises(InputError, match="has room for 100"):
        Chat(model, "base").fit([messages], 100)


@given(st.text(alphabet="ab .!?\n…", min_size=1, max_size=60), st.integers(0, 60))
def test_a_cut_is_a_beginning_of_at_least_a_letter(line: str, length: int) -> None:
    cut = cut_at_sentence(line, length)
    assert line.startswith(cut)
    assert 1 <= len(cut) <= max(1, length)


def test_a_cut_prefers_sentences_then_words() -> None:
    assert cut_at_sentence("One two. Three four. Five", 22) == "One two. Three four."
    assert cut_at_sentence("One two three four five", 20) == "One two three four"
    assert cut_at_sentence("abcdefghijkl", 5) == "abcde"
