"""The fixed texts and chats of the proof."""

from workbench.assist import prompts

AWKWARD_TEXTS = {
    "empty": "",
    "space": " ",
    "spaces and newlines": "a  b   c\n\n\n d \t e \r\n f",
    "accents": "Zażółć gęślą jaźń, façade, naïve, Ærøskøbing, Łódź, résumé",
    "emoji": "🚀👩‍👩‍👧‍👦 👍🏽 ok ☂️",
    "other scripts": "東京の朝 Καλημέρα Привет हिन्दी العربية",
    "numbers": "3.14159 1,234,567 2026-11-21 00:15 50% $9.99 1e-9 12345678901234567890",
    "numbers after gaps": "1. one\n\n2. two  3\t\t4\n\n  5 ٣ ½",
    "code": "def f(x):\n    return {k: v**2 for k, v in x.items() if v != 0}  # done\n",
    "contractions": "I'm we'll they've DON'T it's O'Neill's 'tis",
    "dash and quotes": "Mistake Museum — Tutors pin up “wrong” answers… ‘why?’",
    "joined marks": "e\u0301 \u200b zero-width \ufeff \xa0 nbsp",
    "very long": "Neighbours lend each other tools, and nobody keeps a list of who has what. " * 200,
    "one long word": "supercalifragilistic" * 60,
}
DOGS = ("dogs left alone all day", "Dog Clock — A retired neighbour walks three dogs at noon for a small fee.")
PROMPTS = (
    prompts.one_idea("Our library is empty on weekday evenings", "persona: night bus driver"),
    prompts.one_idea("a birthday party for a shy 9-year-old"),
    prompts.idea_list("How might we get teenagers to cook at home?", 4),
    prompts.transfer(
        "the bus is late each morning", "Dog Clock — A neighbour walks three dogs at noon for a small fee."
    ),
    prompts.refine("too much plastic in the canteen", "Bring a Box — Guests bring their own box for food.", "cheaper"),
    prompts.judgement(*DOGS),
    prompts.check(*DOGS, 3),
)
CONVERSATIONS = (
    [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": "What is for supper?"},
        {"role": "assistant", "content": "Lentil soup — at six."},
        {"role": "user", "content": "And after that?"},
    ],
    [
        {"role": "user", "content": AWKWARD_TEXTS["emoji"]},
        {"role": "assistant", "content": AWKWARD_TEXTS["code"]},
        {"role": "user", "content": AWKWARD_TEXTS["spaces and newlines"]},
        {"role": "assistant", "content": AWKWARD_TEXTS["other scripts"]},
        {"role": "user", "content": AWKWARD_TEXTS["numbers"]},
    ],
)
