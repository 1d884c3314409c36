"""The forms in which rows come, recognised by their columns, and the three in which they leave.

    sft  {"messages": [{"role", "content"}, ...]}                        ends with an answer
    dpo  {"prompt": messages, "chosen": [answer], "rejected": [answer]}
    kto  {"prompt": messages, "completion": [answer], "label": bool}
"""

from collections.abc import Callable, Collection

from workbench.errors import InputError

Row = dict
ROLES = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant",
    "bot": "assistant", "system": "system",
}  # fmt: skip


class Unusable(Exception):
    """A row that cannot be used; `str()` is the reason it is counted under."""


def recognise(columns: Collection[str], where: str) -> str:
    """Return the form of rows with these columns. Raises InputError with what was looked for."""
    for name, (needed, _, _) in FORMS.items():
        if needed <= set(columns):
            return name
    wanted = "; ".join(f"{name}: {', '.join(sorted(needed))}" for name, (needed, _, _) in FORMS.items())
    have = ", ".join(sorted(columns))
    raise InputError(f"{where} has the columns {have}, which fit none of the known forms ({wanted}). Rename them.")


def kind_of(form: str) -> str:
    """Return what a form becomes: sft, dpo or kto."""
    return FORMS[form][1]


def convert(form: str, row: Row) -> Row:
    """Return the row in its leaving form. Raises Unusable."""
    return FORMS[form][2](row)


def _alpaca(row: Row) -> Row:
    asked = "\n\n".join(part for part in (_text(row["instruction"]), _text(row.get("input") or "")) if part)
    return {"messages": _dialogue([("user", asked), ("assistant", _text(row["output"]))], row.get("system"))}


def _sharegpt(row: Row) -> Row:
    turns = _turns(row["conversations"], "from", "value")
    return {"messages": _dialogue(turns, row.get("system"))}


def _messages(row: Row) -> Row:
    return {"messages": _dialogue(_turns(row["messages"], "role", "content"), None)}


def _prompt_completion(row: Row) -> Row:
    prompt, answer = _prompt(row["prompt"]), _answer(row["completion"])
    return {"messages": [*prompt, *answer]}


def _dpo(row: Row) -> Row:
    chosen, rejected = row["chosen"], row["rejected"]
    if isinstance(chosen, list) and isinstance(rejected, list) and not row.get("prompt"):
        shared = next((i for i, pair in enumerate(zip(chosen, rejected, strict=False)) if pair[0] != pair[1]), 0)
        prompt, chosen, rejected = _prompt(chosen[:shared]), chosen[shared:], rejected[shared:]
    else:
        prompt = _prompt(row.get("prompt"))
    good, bad = _answer(chosen), _answer(rejected)
    if good == bad:
        raise Unusable("chosen and rejected are the same")
    return {"prompt": prompt, "chosen": good, "rejected": bad}


def _kto(row: Row) -> Row:
    if not isinstance(row["label"], bool) and row["label"] not in (0, 1):
        raise Unusable("the label is neither true nor false")
    return {"prompt": _prompt(row["prompt"]), "completion": _answer(row["completion"]), "label": bool(row["label"])}


# name -> (columns it is known by, what it becomes, converter); the first that fits is taken
FORMS: dict[str, tuple[set[str], str, Callable[[Row], Row]]] = {
    "dpo": ({"chosen", "rejected"}, "dpo", _dpo),
    "kto": ({"prompt", "completion", "label"}, "kto", _kto),
    "sharegpt": ({"conversations"}, "sft", _sharegpt),
    "messages": ({"messages"}, "sft", _messages),
    "prompt/completion": ({"prompt", "completion"}, "sft", _prompt_completion),
    "alpaca": ({"instruction", "output"}, "sft", _alpaca),
}


def _text(value: object) -> str:
    if value is None:
        raise Unusable("a text is missing")
    if not isinstance(value, str):
        raise Unusable(f"a text is a {type(value).__name__}")
    return value.strip()


def _turns(value: object, role: str, content: str) -> list[tuple[str, str]]:
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise Unusable("the turns are no list of objects")
    turns = []
    for turn in value:
        who = ROLES.get(str(turn.get(role, "")).lower())
        if who is None:
            raise Unusable(f"an unknown role: {str(turn.get(role))[:20]}")
        turns.append((who, _text(turn.get(content))))
    return turns


def _dialogue(turns: list[tuple[str, str]], system: object) -> list[dict]:
    """Return alternating messages that end with an answer; what follows the last answer is cut off."""
    opening = [("system", _text(system))] if isinstance(system, str) and system.strip() else []
    turns = [*opening, *turns]
    while turns and turns[-1][0] != "assistant":
        turns.pop()
    if not turns:
        raise Unusable("no answer")
    body = turns[1:] if turns[0][0] == "system" else turns
    if [who for who, _ in body] != ["user", "assistant"] * (len(body) // 2):
        raise Unusable("the turns do not alternate, user first")
    if not all(text for _, text in body):
        raise Unusable("an empty turn")
    return [{"role": who, "content": text} for who, text in turns if text]


def _prompt(value: object) -> list[dict]:
    turns = [("user", _text(value))] if not isinstance(value, list) else _turns(value, "role", "content")
    if not turns or turns[-1][0] != "user" or not all(text for _, text in turns):
        raise Unusable("the prompt does not end with a question")
    return [{"role": who, "content": text} for who, text in turns]


def _answer(value: object) -> list[dict]:
    turns = [("assistant", _text(value))] if not isinstance(value, list) else _turns(value, "role", "content")
    if len(turns) != 1 or turns[0][0] != "assistant" or not turns[0][1]:
        raise Unusable("no answer")
    return [{"role": "assistant", "content": turns[0][1]}]


def texts(row: Row) -> tuple[str, str]:
    """Return (everything asked, everything answered) of a converted row."""
    if "messages" in row:
        asked = [m["content"] for m in row["messages"] if m["role"] != "assistant"]
        return "\n".join(asked), "\n".join(m["content"] for m in row["messages"] if m["role"] == "assistant")
    answers = row.get("completion") or [*row["chosen"], *row["rejected"]]
    return "\n".join(m["content"] for m in row["prompt"]), "\n".join(m["content"] for m in answers)
