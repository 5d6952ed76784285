"""[CLS] Hello world [SEP] through a DeBERTa: four tokens, four vectors; and one vector a text.

With the name of a folder (microsoft/deberta-v3-xsmall, say, as safetensors) that model is used and gives (1, 4, 384).
Without one a small model of the same architecture is made, with random weights, and a tokenizer in DeBERTa's layout is
trained for it. The architecture is not one the core runs: torch does, from the extra [models].
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import tokenspace as ts

TEXTS = [
    "Hello world",
    "Hello, the world is round and the world is wide.",
    "A round table in a wide room",
    "Hello to the table",
]


def small_deberta(folder: Path) -> Path:
    """A random DeBERTa-v3 of two layers and its Unigram tokenizer."""
    from transformers import DebertaV2Config, DebertaV2Model

    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    tokenizer = ts.Tokenizer.train(
        TEXTS * 20, model="unigram", vocab_size=40, pre_tokenizer="sentencepiece", byte_fallback=False, special_tokens=special
    )
    layout = json.loads(tokenizer.to_json())
    ids = {name: tokenizer.token_to_id(name) for name in special}
    layout["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [
            {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
        ],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")},
    }
    config = DebertaV2Config(
        vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96,
        relative_attention=True, position_biased_input=False, pos_att_type=["p2c", "c2p"], position_buckets=32,
        norm_rel_ebd="layer_norm", share_att_key=True, type_vocab_size=0, pad_token_id=ids["[PAD]"],
    )  # fmt: skip
    DebertaV2Model(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(layout), encoding="utf-8")
    return folder


def main() -> None:
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        print("this example needs torch and transformers: pip install 'tokenspace[models]'")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else small_deberta(Path(made))
        encoder = ts.ContextualEncoder(folder)
        hello = encoder.encode("Hello world")
        print(hello.tokens, hello.vectors.shape)
        assert hello.vectors.shape == (1, 4, encoder.dimension)

        # One vector a text: nothing in the folder says how, so it is said here.
        texts = ts.TextEncoder(folder, pooling="mean", normalize=True)
        print(texts.describe())
        print(texts.similarity(TEXTS).round(2))


main()
