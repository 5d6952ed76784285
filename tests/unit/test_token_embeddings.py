"""The matrix of input embeddings: found in any architecture, equal to the model's, mapped, asked, inspected."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.data import require
from tokenspace.errors import ArgumentError, FormatError, NotFoundError, UnsupportedError

from .checkpoints import bfloat16, write_model

WORDS = ["king", "queen", "man", "woman", "apple", "bank", "river", "money"]


def byte_level_tokenizer(folder: Path, rows: int | None = None) -> None:
    """A rank file whose words are single tokens behind a space only, as in GPT-2."""
    words = [" " + word for word in WORDS] + ["man"]
    parts = dict.fromkeys(bytes([i]) for i in range(256))
    for word in words:
        parts |= dict.fromkeys(word.encode()[:end] for end in range(2, len(word) + 1))
    lines = [base64.b64encode(part) + b" %d\n" % rank for rank, part in enumerate(parts)]
    (folder / "qwen.tiktoken").write_bytes(b"".join(lines))


def model_folder(tmp_path: Path, config: dict[str, Any] | None = None, **arrays: Any) -> Path:
    return write_model(
        tmp_path / "model",
        config or {"model_type": "qwen2", "vocab_size": 600, "hidden_size": 16},
        {"model.safetensors": arrays},
    )


pytestmark = pytest.mark.filterwarnings("ignore:.*a tokenizer for the 600 rows")


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """Rows on which king - man + woman is queen; bfloat16."""
    from tokenspace.encoders.model_files.float_values import bfloat16_bits

    rows = np.random.default_rng(0).standard_normal((600, 16)).astype(np.float32)
    folder = write_model(
        tmp_path / "words",
        {"vocab_size": 600, "hidden_size": 16, "tie_word_embeddings": True},
        {"model.safetensors": {"model.embed_tokens.weight": bfloat16((600, 16))}},
    )
    byte_level_tokenizer(folder)
    with pytest.warns(UserWarning, match="600 rows"):
        tokenizer = ts.TokenEmbeddings.from_pretrained(folder).tokenizer
    ids = {word: tokenizer.encode(" " + word).ids[0] for word in WORDS}
    rows[ids["queen"]] = rows[ids["king"]] - rows[ids["man"]] + rows[ids["woman"]]
    write_model(
        folder,
        {"vocab_size": 600, "hidden_size": 16, "tie_word_embeddings": True},
        {"model.safetensors": {"model.embed_tokens.weight": bfloat16_bits(rows)}},
    )
    return ts.TokenEmbeddings.from_pretrained(folder, tokenizer)


def configurations() -> dict[str, Any]:
    transformers = pytest.importorskip("transformers")
    sizes = {"vocab_size": 96}
    plain = {**sizes, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    narrow = {**plain, "embedding_size": 8}
    pair = {
        **sizes, "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
        "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16,
    }  # fmt: skip
    t = transformers
    return {
        "bert": (t.BertConfig(**plain), t.BertForMaskedLM),
        "distilbert": (t.DistilBertConfig(**sizes, dim=16, n_layers=1, n_heads=2, hidden_dim=16), t.DistilBertForMaskedLM),
        "roberta": (t.RobertaConfig(**plain), t.RobertaForMaskedLM),
        "albert": (t.AlbertConfig(**narrow), t.AlbertForMaskedLM),
        "electra": (t.ElectraConfig(**narrow), t.ElectraModel),
        "mpnet": (t.MPNetConfig(**plain), t.MPNetModel),
        "deberta": (t.DebertaV2Config(**plain), t.DebertaV2Model),
        "gpt2": (t.GPT2Config(**sizes, n_embd=16, n_layer=1, n_head=2), t.GPT2LMHeadModel),
        "gpt_neox": (t.GPTNeoXConfig(**plain), t.GPTNeoXForCausalLM),
        "llama": (t.LlamaConfig(**plain), t.LlamaForCausalLM),
        "qwen2": (t.Qwen2Config(**plain, num_key_value_heads=1, tie_word_embeddings=True), t.Qwen2ForCausalLM),
        "opt": (
            t.OPTConfig(**sizes, hidden_size=16, word_embed_proj_dim=8, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16),
            t.OPTForCausalLM,
        ),
        "bloom": (t.BloomConfig(**sizes, hidden_size=16, n_layer=1, n_head=2), t.BloomForCausalLM),
        "t5": (
            t.T5Config(**sizes, d_model=16, num_layers=1, num_heads=2, d_ff=16, d_kv=8),
            t.T5ForConditionalGeneration,
        ),
        "bart": (t.BartConfig(**pair), t.BartForConditionalGeneration),
        "xlnet": (t.XLNetConfig(**sizes, d_model=16, n_layer=1, n_head=2, d_inner=16), t.XLNetLMHeadModel),
        "mamba": (t.MambaConfig(**sizes, hidden_size=16, num_hidden_layers=1), t.MambaForCausalLM),
        "clip": (t.CLIPTextConfig(**plain), t.CLIPTextModel),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [
    "bert", "distilbert", "roberta", "albert", "electra", "mpnet", "deberta", "gpt2", "gpt_neox", "llama", "qwen2", "opt",
    "bloom", "t5", "bart", "xlnet", "mamba", "clip",
])  # fmt: skip
def test_the_matrix_of_any_architecture(kind: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    config, model_class = configurations()[kind]
    model = model_class(config).to(torch.bfloat16)
    model.save_pretrained(tmp_path, max_shard_size="8KB")
    table = ts.TokenEmbeddings.from_pretrained(tmp_path)
    weight = model.get_input_embeddings().weight.float().detach().numpy()
    assert table.shape == weight.shape
    assert table.dtype == "BF16"
    assert table.nbytes == 2 * weight.size
    assert np.array_equal(table[:], weight)
    head = model.get_output_embeddings() if hasattr(model, "get_output_embeddings") else None
    if head is not None:
        out = ts.TokenEmbeddings.from_pretrained(tmp_path, output=True)
        assert np.array_equal(out[:], head.weight.float().detach().numpy())
        assert table.tied is (head.weight is model.get_input_embeddings().weight)


def test_tied_or_not(tmp_path: Path) -> None:
    both = {"model.embed_tokens.weight": bfloat16((60, 8), 1), "lm_head.weight": bfloat16((60, 8), 2)}
    sizes = {"vocab_size": 60, "hidden_size": 8}
    folder = model_folder(tmp_path, sizes, **both)
    assert ts.TokenEmbeddings.from_pretrained(folder).tied is False
    out = ts.TokenEmbeddings.from_pretrained(folder, output=True)
    assert out.tensor == "lm_head.weight"
    folder = model_folder(tmp_path, sizes, **{"wte.weight": bfloat16((60, 8))})
    assert ts.TokenEmbeddings.from_pretrained(folder).tied is None
    with pytest.raises(NotFoundError, match="lm_head"):
        ts.TokenEmbeddings.from_pretrained(folder, output=True)
    # Of a tied pair some writers keep only the output's name.
    folder = model_folder(tmp_path, {**sizes, "tie_word_embeddings": True}, **{"lm_head.weight": bfloat16((60, 8))})
    assert ts.TokenEmbeddings.from_pretrained(folder).tensor == "lm_head.weight"


def test_nothing_is_guessed(tmp_path: Path) -> None:
    sizes = {"vocab_size": 60, "hidden_size": 8}
    unknown = {"tower.lookup": bfloat16((60, 8)), "other": bfloat16((60, 8)), "norm": np.zeros(8, np.float32)}
    folder = model_folder(tmp_path, sizes, **unknown)
    with pytest.raises(UnsupportedError, match=r"tower\.lookup \[60, 8\].*tensor="):
        ts.TokenEmbeddings.from_pretrained(folder)
    assert ts.TokenEmbeddings.from_pretrained(folder, tensor="other").shape == (60, 8)
    with pytest.raises(NotFoundError):
        ts.TokenEmbeddings.from_pretrained(folder, tensor="nothing")
    with pytest.raises(FormatError, match="matrix"):
        ts.TokenEmbeddings.from_pretrained(folder, tensor="norm")
    folder = model_folder(
        tmp_path, sizes, **{"a.embed_tokens.weight": bfloat16((60, 8)), "b.wte.weight": bfloat16((60, 8))}
    )
    with pytest.raises(UnsupportedError, match="2 that fit"):
        ts.TokenEmbeddings.from_pretrained(folder)
    folder = model_folder(tmp_path, sizes, **{"embed_tokens.weight": bfloat16((60, 9))})
    with pytest.raises(FormatError, match=r"60 rows and 8 columns.*\[60, 9\]"):
        ts.TokenEmbeddings.from_pretrained(folder)
    folder = model_folder(tmp_path, sizes, **{"embed_tokens.weight": bfloat16((59, 8))})
    with pytest.raises(FormatError):
        ts.TokenEmbeddings.from_pretrained(folder)
    folder = model_folder(tmp_path, sizes, **{"embed_tokens.weight": np.zeros((60, 8), np.int8)})
    with pytest.raises(UnsupportedError, match="I8"):
        ts.TokenEmbeddings.from_pretrained(folder)
    nested = {"model_type": "some_vl", "hidden_size": 99, "text_config": {**sizes}}
    folder = model_folder(tmp_path, nested, **{"language_model.model.embed_tokens.weight": bfloat16((64, 8))})
    assert ts.TokenEmbeddings.from_pretrained(folder).shape == (64, 8)


def test_rows_and_one_hot(table: Any) -> None:
    ids = [3, 599, 3]
    assert table.rows(ids).shape == (3, 16)
    assert np.array_equal(table.one_hot_product(ids), table[ids])
    assert np.array_equal(table[" king"], table[table.tokenizer.encode(" king").ids[0]])
    assert table[-2:].shape == (2, 16)
    for wrong in (600, -1):
        with pytest.raises(ArgumentError):
            _ = table[wrong]
        with pytest.raises(ArgumentError):
            table.one_hot_product([wrong])
    random = ts.TokenEmbeddings.random(50, 8, seed=3)
    assert random.norms.max() > 0
    assert np.abs(random[:]).max() <= 8**-0.5
    assert np.array_equal(random[:], ts.TokenEmbeddings.random(50, 8, seed=3)[:])
    assert not np.array_equal(random[:], ts.TokenEmbeddings.random(50, 8, seed=4)[:])
    for arguments in ((0, 8), (5, 0)):
        with pytest.raises(ArgumentError):
            ts.TokenEmbeddings.random(*arguments)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", "bfloat16"])
def test_a_matrix_at_any_address(dtype: str, tmp_path: Path) -> None:
    """Headers need not be padded: the numbers then begin anywhere."""
    rows = np.random.default_rng(0).standard_normal((50, 13)).astype("<f4" if dtype == "bfloat16" else dtype)
    stored = (rows.view(np.uint32) >> 16).astype("<u2") if dtype == "bfloat16" else rows
    name = {"<f2": "F16", "<f4": "F32", "<f8": "F64", "bfloat16": "BF16"}[dtype]
    tensor = {"wte.weight": {"dtype": name, "shape": [50, 13], "data_offsets": [0, stored.nbytes]}}
    (tmp_path / "config.json").write_text('{"vocab_size": 50, "hidden_size": 13}')
    for spaces in range(8):
        header = json.dumps(tensor).encode() + b" " * spaces
        (tmp_path / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + stored.tobytes())
        found = ts.TokenEmbeddings.from_pretrained(tmp_path)
        wide = found[:].astype(np.float64)
        assert wide.shape == (50, 13)
        cosines = (wide @ wide[3]) / np.linalg.norm(wide, axis=1)
        assert [near.id for near in found.most_similar(3, topn=3)] == np.argsort(-cosines)[1:4].tolist()
        assert found.duplicates() == []


def test_embed_gives_tokens_and_places(table: Any) -> None:
    text = "the king é"
    found = table.embed(text)
    assert found.vectors.shape == (len(found), 16)
    assert found.vectors.dtype == np.float32
    assert np.array_equal(found.vectors, table.rows(found.ids))
    assert " king" in [text[begin:end] for begin, end in found.offsets]
    assert found.tokens == [table.tokenizer.id_to_token(id) for id in found.ids.tolist()]
    assert table.embed("").vectors.shape == (0, 16)


def test_neighbours_are_those_of_float64(table: Any) -> None:
    wide = table[:].astype(np.float64)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    for id in (0, 77, 599):
        order = np.argsort(-(wide @ wide[id]), kind="stable")
        order = order[order != id][:5]
        found = table.most_similar(id, topn=5)
        assert [neighbour.id for neighbour in found] == order.tolist()
        np.testing.assert_allclose([neighbour.score for neighbour in found], (wide @ wide[id])[order], atol=1e-6)
    assert table.similarity(1, 2) == pytest.approx(float(wide[1] @ wide[2]))
    vector = table[5]
    assert table.most_similar(vector, topn=1)[0].id == 5
    assert table.most_similar([5], [6], topn=3) != table.most_similar(5, topn=3)


def test_words_behind_a_space(table: Any) -> None:
    king = table.tokenizer.encode(" king").ids[0]
    found = table.most_similar("king", topn=2)
    assert found.asked == {king: " king"}
    found = table.analogy("king", "man", "woman", topn=1)
    # "man" is a token of its own too; all three are taken in the one form that all of them have.
    assert list(found.asked.values()) == [" king", " man", " woman"]
    assert (found[0].text, found[0].token) == (" queen", "Ġqueen")
    assert table.most_similar("man", topn=1).asked == {table.tokenizer.encode("man").ids[0]: "man"}
    assert table.most_similar("Ġking", topn=1).asked == {king: " king"}
    with pytest.raises(ArgumentError, match=r"xyzzy.*x \+ y \+ z"):
        table.most_similar("xyzzy")
    for arguments in (([],), ("king", (), 0), (np.zeros(3),)):
        with pytest.raises(ArgumentError):
            table.most_similar(*arguments)


def test_word_pieces(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, {"vocab_size": 9, "hidden_size": 4}, **{"word_embeddings.weight": bfloat16((9, 4))})
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "king", "##s", "the", "##ing"])
    )
    table = ts.TokenEmbeddings.from_pretrained(folder)
    assert table.embed("kings").tokens == ["[CLS]", "king", "##s", "[SEP]"]
    assert len(table.embed("kings", add_special_tokens=False)) == 2
    assert table.most_similar("##s", topn=1).asked == {6: "##s"}
    assert table.most_similar("[MASK]", topn=1).asked == {4: "[MASK]"}
    with pytest.raises(ArgumentError, match="UNK"):
        table.most_similar("queen")


def test_several_tokens_are_listed_without_padding(table: Any) -> None:
    table.tokenizer.enable_padding(length=12)
    with pytest.raises(ArgumentError, match=r"received k \+ i \+ n \+ g \+  queen; try one of these"):
        table["king queen"]
    with pytest.raises(ArgumentError, match="received no token; try a text that has a token"):
        table[""]


def test_tokenizer_of_another_model(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, {"vocab_size": 20, "hidden_size": 4}, **{"wte.weight": bfloat16((20, 4))})
    with pytest.raises(NotFoundError):
        ts.TokenEmbeddings.from_pretrained(folder).embed("x")
    with pytest.raises(ArgumentError, match="below 20"):
        ts.TokenEmbeddings.from_pretrained(folder, "tokenspace/byte")
    byte_level_tokenizer(folder)
    table = ts.TokenEmbeddings.from_pretrained(folder)
    with pytest.warns(UserWarning, match="no row"):
        _ = table.tokenizer
    with pytest.raises(ArgumentError):
        table.embed("zzz")


def test_nan_rows_are_named_where_they_matter(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    rows[7, 2], rows[9], rows[11] = np.nan, 0, np.inf
    folder = model_folder(tmp_path, {"vocab_size": 40, "hidden_size": 4}, **{"wte.weight": rows})
    table = ts.TokenEmbeddings.from_pretrained(folder)
    assert table.non_finite.tolist() == [7, 11]
    assert np.isnan(table.norms[7])
    assert {7, 9, 11}.isdisjoint(neighbour.id for neighbour in table.most_similar(0, topn=40))
    for id in (7, 9, 11):
        with pytest.raises(FormatError, match=f"row {id}"):
            table.most_similar(id)
    with pytest.raises(FormatError, match="row 7"):
        table.one_hot_product([0])


@pytest.mark.parametrize(
    "call",
    [
        lambda table: table.most_similar(b"man"),
        lambda table: table.most_similar({}),
        lambda table: table.most_similar(np.array(["man"])),
        lambda table: table.most_similar(3, topn=1.5),
        lambda table: table.most_similar(3, topn=None),
        lambda table: table.most_similar(3, threads=-1),
        lambda table: table.most_similar(3, restrict_vocab="many"),
        lambda table: table.most_similar(3, restrict_vocab=0),
        lambda table: table.one_hot_product([1.5]),
        lambda table: table.untrained([1.5]),
        lambda table: table.untrained("no"),
        lambda table: table.pca("man"),
        lambda table: table.pca(None),
        lambda table: table.to_keyed_vectors([600]),
        lambda table: table.to_keyed_vectors([599]),  # a row without a token
        lambda table: table.to_keyed_vectors(dtype="int8"),
        lambda table: table.to_torch(dtype="float64"),
        lambda table: table.to_torch(padding_idx=600),
    ],
)
def test_wrong_arguments_are_named_and_never_read_as_others(table: Any, call: Any) -> None:
    with pytest.raises(ArgumentError, match="expected"):
        call(table)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_nan_rows_bring_no_warnings_of_numpy(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    rows[7, 2], rows[11] = np.nan, np.inf
    rows[20:26] = rows[20] + np.random.default_rng(1).standard_normal((6, 4)).astype(np.float32) * 1e-3
    folder = model_folder(tmp_path, {"vocab_size": 40, "hidden_size": 4}, **{"wte.weight": rows})
    found = ts.TokenEmbeddings.from_pretrained(folder).untrained([20, 21, 22])
    assert found.method == "distance"
    assert {23, 24, 25} & set(found.ids.tolist())


def test_static_tables_come_with_their_weights_and_mapping(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float16)
    weights = np.array([0.5, 2, 1, 1, 3, 1], np.float32)
    mapping = np.array([3, 0, 1, 1, 2, 0])
    folder = write_model(
        tmp_path,
        {"model_type": "model2vec"},
        {"model.safetensors": {"embeddings": rows, "weights": weights, "mapping": mapping}},
    )
    table = ts.TokenEmbeddings.from_pretrained(folder)
    assert np.array_equal(table[:], rows[mapping].astype(np.float32) * weights[:, None])


def test_duplicates_and_untrained(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = (random.standard_normal((400, 32)) + 2).astype(np.float16)
    unused = random.standard_normal(32) * 0.3
    rows[350:] = (unused + 0.01 * random.standard_normal((50, 32))).astype(np.float16)  # never trained: all alike
    rows[[3, 90, 200]] = rows[3]
    rows[[5, 6]] = rows[5]
    folder = model_folder(tmp_path, {"vocab_size": 400, "hidden_size": 32}, **{"wte.weight": rows})
    table = ts.TokenEmbeddings.from_pretrained(folder)
    assert [group.tolist() for group in table.duplicates()] == [[3, 90, 200], [5, 6]]
    told = table.untrained(known=range(390, 400))
    assert told.method == "distance"
    assert set(told.ids.tolist()) <= set(range(350, 400))
    assert len(told.ids) > 20
    short = table.untrained()
    assert short.method == "norm"
    assert set(short.ids.tolist()) == set(range(350, 400))
    alike = ts.TokenEmbeddings.random(30, 64, seed=1)
    assert len(alike.untrained().ids) == 0
    noise = ts.TokenEmbeddings.random(3000, 64, seed=1)
    told = noise.untrained(known=range(2900, 3000))  # known rows that are not alike tell nothing
    assert (told.method, len(told.ids)) == ("norm", 0)
    with pytest.raises(ArgumentError):
        table.untrained(known=[400])


def test_other_forms(table: Any, tmp_path: Path) -> None:
    assert len(table.unnamed) == 600 - len(table.tokenizer)
    vectors = table.to_keyed_vectors()
    assert len(vectors) == len(table.tokenizer)
    assert np.array_equal(vectors["▁king"], table[" king"])
    half = table.to_keyed_vectors(ids=[5, 6], dtype="float16")
    assert half.vectors.dtype == np.float16
    picture = table.pca({"royal": ["king", "queen"], "people": [" man", " woman"]})
    assert list(picture.groups) == ["royal", "royal", "people", "people"]
    assert list(picture.words) == [" king", " queen", " man", " woman"]
    assert table.pca(20, seed=1).coordinates.shape == (20, 2)
    with pytest.raises(ArgumentError):
        table.pca(["king"])
    torch = pytest.importorskip("torch")
    layer = table.to_torch()
    ids = torch.tensor([[1, 2], [3, 599]])
    assert np.array_equal(layer(ids).numpy(), table[[1, 2, 3, 599]].reshape(2, 2, 16))
    stored = table.to_torch(dtype="stored", freeze=False)
    assert stored.weight.dtype == torch.bfloat16
    assert stored.weight.requires_grad
    assert np.array_equal(stored.weight.float().detach().numpy(), table[:])


QWEN = """
import resource, sys
import tokenspace as ts
table = ts.TokenEmbeddings.from_pretrained(sys.argv[1], sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = table.embed("Hi, \\u4f60\\u597d~")
assert rows.vectors.shape == (5, table.dimension), rows.vectors.shape
assert "torch" not in sys.modules
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(rows.ids.tolist(), table.shape, table.dtype, grown)
"""


def test_a_qwen_shaped_checkpoint_of_the_real_width(tmp_path: Path) -> None:
    """151,936 x 1,536 bfloat16, as in Qwen2.5-1.5B, and the real vocabulary: five rows are read, not 467 MB."""
    vocabulary = require("tokenizers/qwen/qwen.tiktoken")
    shape = (151_936, 1_536)
    header = {
        "model.embed_tokens.weight": {"dtype": "BF16", "shape": shape, "data_offsets": [0, 2 * shape[0] * shape[1]]}
    }
    text = json.dumps(header).encode()
    with open(tmp_path / "model-00001-of-00002.safetensors", "wb") as file:  # a file with a hole: nothing on the disk
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + 2 * shape[0] * shape[1])
    write_model(
        tmp_path,
        {"model_type": "qwen2", "vocab_size": shape[0], "hidden_size": shape[1]},
        {"model-00002-of-00002.safetensors": {"model.norm.weight": bfloat16((1536,))}},
    )
    homes = {
        "model.embed_tokens.weight": "model-00001-of-00002.safetensors",
        "model.norm.weight": "model-00002-of-00002.safetensors",
    }
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": homes}))
    run = subprocess.run(
        [sys.executable, "-c", QWEN, str(tmp_path), str(vocabulary)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    ids, _, _ = run.stdout.partition(" (")
    assert ids == "[13048, 11, 220, 108386, 93]"
    assert "(151936, 1536) BF16" in run.stdout
    assert int(run.stdout.split()[-1]) < 60_000  # kilobytes: the tokenizer's tables, not the matrix


def test_a_folder_that_keeps_its_model_in_a_folder(tmp_path: Path) -> None:
    inner = model_folder(tmp_path, {"vocab_size": 20, "hidden_size": 4}, **{"wte.weight": bfloat16((20, 4))})
    inner.rename(tmp_path / "0_Transformer")
    (tmp_path / "modules.json").write_text(
        json.dumps([{"idx": 0, "path": "0_Transformer"}, {"idx": 1, "path": "1_Pooling"}])
    )
    assert ts.TokenEmbeddings.from_pretrained(tmp_path).shape == (20, 4)
