"""Every token on its own background colour, for several tokenizers: the classic comparison, written out by hand.

`tokenspace compare` and `ts.compare` do the same with counts and properties beside it.
"""

import sys

from tokenspace import Tokenizer as AutoTokenizer

colors_list = ["102;194;165", "252;141;98", "141;160;203", "231;138;195", "166;216;84", "255;217;47"]

text = """
English and CAPITALIZATION
🎵 鸟
show_tokens False None elif == >= else: two tabs:"\t\t" Three tabs: "\t\t\t"
12.0*50=600
"""


def show_tokens(sentence, tokenizer_name):
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_name)
    token_ids = tokenizer(sentence).input_ids
    print(f"{tokenizer_name}: {len(token_ids)} tokens of {len(tokenizer)}")
    for idx, t in enumerate(token_ids):
        print(
            f"\x1b[0;30;48;2;{colors_list[idx % len(colors_list)]}m"
            + tokenizer.decode([t], skip_special_tokens=False)
            + "\x1b[0m",
            end=" ",
        )
    print("\n")


for name in sys.argv[1:] or [
    "tokenspace/bpe",
    "tokenspace/wordpiece",
    "tokenspace/unigram",
    "tokenspace/word",
    "tokenspace/char",
]:
    show_tokens(text, name)
