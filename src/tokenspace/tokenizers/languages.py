"""The language a file's name states: ``zh.txt.gz``, ``news.de.jsonl``, ``en-docs.txt``, ``wiki_pt-BR.txt``."""

from __future__ import annotations

import re

from .scripts import main_script

_ISO_639_1 = """
    aa ab af ak am ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cs cv cy da de dv dz ee el en eo es et eu fa
    ff fi fj fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy hz ia id ie ig ii ik is it iu ja jv ka kg ki kk kl km kn ko kr
    ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os
    pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts
    tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
_CODES = frozenset(_ISO_639_1.split())
# Everyday words and abbreviations as well ("my-notes", "to do"): they count only where nothing else can be meant,
# as the whole name or the part between the last dot and the ending ("news.it.txt").
_WORDS = "am as be co he id ie is it la my no or os so st to ts"
_DOUBTFUL = frozenset(_WORDS.split())
# Endings name the format, also those that are codes (TypeScript's, Perl's).
_FORMATS = "bz2 cs csv gz html json jsonl log md ml parquet pl py rs sh text ts tsv txt xml xz zst"
_ENDINGS = frozenset(_FORMATS.split())
_PARTS = re.compile(r"[^\W_]+(?:-[A-Z]{2}\b)?")


def language_of_name(name: str) -> str | None:
    """The ISO 639-1 code in a file's name, lower case; None when there is none, or two that differ.

    A code counts when it stands by itself between dots, dashes, underscores or spaces, and is not the ending.

    Example:
        >>> language_of_name("en-docs.txt.gz"), language_of_name("my-notes.txt"), language_of_name("corpus.pt-BR.txt")
        ('en', None, 'pt')
    """
    stem, *endings = name.replace("\\", "/").rsplit("/", 1)[-1].split(".")
    while endings and endings[-1].lower() in _ENDINGS:
        endings.pop()
    last = (endings or [stem])[-1]
    parts = [part for piece in (stem, *endings) for part in _PARTS.findall(piece)]
    found = {code for part in parts if (code := _code(part)) and (code not in _DOUBTFUL or part == last)}
    return found.pop() if len(found) == 1 else None


def _code(part: str) -> str | None:
    lower = part.lower()
    alone = len(part) == 2 or (len(part) == 5 and part[2] == "-")
    return lower[:2] if alone and lower[:2] in _CODES else None


def language_or_script(source: str, text: str) -> str:
    """The group of a text of a corpus: the language the name of its file states, else its writing system."""
    return language_of_name(source) or main_script(text)
