"""``tokenspace models info``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import click

from .options import run_options, settings
from .output import dumps, open_output
from .sizes import bytes_text


@click.command("info", short_help="Print architecture, weights, memory, tokenizer and pooling of a model.")
@click.argument("model", metavar="MODEL")
@click.option("--revision", help="Branch, tag or commit on the hub.")
@click.option("--check", is_flag=True, help="Read all weights and count NaN and infinite numbers.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@run_options
def info(**given: Any) -> None:
    """Print what a model is: architecture, matrices, parameters, memory, tokenizer, pooling, prompts, and what of it would be
    refused, and why. No model is loaded; of one on the hub only headers and small files are fetched.

    \b
    tokenspace models info sentence-transformers/all-MiniLM-L6-v2
    tokenspace models info ./my-checkpoint --json
    """
    run = settings(**given)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        facts = _facts(given["model"], given["revision"], given["check"], True if run.offline else None)
    for warning in caught:
        run.note(str(warning.message))
    with open_output(None) as out:
        if given["as_json"]:
            out.write(dumps(facts, indent=1) + "\n")
            return
        from ..tokenizers.visible import visible

        rows = _rows(facts)
        wide = max(len(name) for name, _ in rows)
        out.writelines(f"{name:{wide}}  {visible(text, spaces=False)}\n" for name, text in rows)


def _facts(name: str, revision: str | None, check: bool, local: bool | None) -> dict[str, Any]:
    from ..encoders.model_files import open_model
    from ..encoders.summary import non_finite_tensors, summarize
    from ..tokenizers.loading import BUILTIN, EMBEDDED

    if (name in EMBEDDED or name in BUILTIN) and not Path(name).exists():
        from .. import Tokenizer

        tokenizer = Tokenizer.from_pretrained(name)
        return {"name": name, "tokenizer": {"kind": tokenizer.kind, "entries": len(tokenizer)}}
    files = open_model(name, revision=revision, local_files_only=local)
    facts = summarize(files).to_dict()
    if check:
        facts["non_finite"] = non_finite_tensors(files.main_part().weights())
    return facts


def _rows(facts: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("name", facts["name"])]
    if facts.get("architecture"):
        kind = f"{facts['architecture']} ({facts['model_class']})" if facts["model_class"] else facts["architecture"]
        rows.append(("architecture", kind))
    if facts.get("sizes"):
        rows.append(("sizes", ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in facts["sizes"].items())))
    if facts.get("parameters") is not None:
        rows.append(("parameters", f"{facts['parameters']:,} in {facts['tensors']:,} tensors"))
        rows.append(("stored", ", ".join(f"{kind} {bytes_text(size)}" for kind, size in facts["memory"].items())))
        rows.append(("in memory", ", ".join(f"{kind} {bytes_text(size)}" for kind, size in facts["memory_as"].items())))
        rows += [("tensor", f"{name} {kind} {_shape(shape)}") for name, kind, shape in facts["largest"]]
    matrix = facts.get("token_matrix")
    if matrix is not None:
        tied = {True: "tied to the output", False: "not tied to the output", None: "no output matrix"}[matrix["tied"]]
        size = bytes_text(matrix["bytes"])
        rows.append(("token matrix", f"{matrix['tensor']} {matrix['dtype']} {_shape(matrix['shape'])}, {size}, {tied}"))
    if facts.get("tokenizer") is not None:
        rows.append(("tokenizer", f"{facts['tokenizer']['kind']}, {facts['tokenizer']['entries']:,} entries"))
    if facts.get("engine") is not None:
        rows.append(("engine", facts["engine"]))
    if facts.get("text") is not None:
        rows += _text_rows(facts["text"])
    rows += [(f"refused: {part}", reason) for part, reason in facts.get("refused", {}).items()]
    if "non_finite" in facts:
        found = ", ".join(f"{name}: {count:,}" for name, count in facts["non_finite"].items())
        rows.append(("NaN or infinite", found or "none"))
    return rows


def _text_rows(text: dict[str, Any]) -> list[tuple[str, str]]:
    def stated(name: str, shown: str) -> tuple[str, str]:
        return name.replace("_", " "), f"{shown}  ({text[name]['origin']})"

    pooling = text["pooling"]["value"]
    rows = [
        stated("pooling", " + ".join(pooling) if pooling else "not stated: --pooling or pooling= names one"),
        *(("then", step) for step in text["steps"]),
        stated("normalize", "yes" if text["normalize"]["value"] else "no"),
        stated(
            "max_length",
            "no bound" if text["max_length"]["value"] is None else f"{text['max_length']['value']:,} tokens",
        ),
        stated("similarity", str(text["similarity"]["value"])),
    ]
    default = text["default_prompt_name"]["value"]
    for name, prompt in text["prompts"]["value"].items():
        rows.append((f"prompt {name}", repr(prompt) + (" (default)" if name == default else "")))
    return rows


def _shape(shape: Any) -> str:
    return " x ".join(f"{axis:,}" for axis in shape) or "scalar"
