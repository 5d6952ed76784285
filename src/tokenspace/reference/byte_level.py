"""The alphabet of byte-level BPE: each of the 256 bytes as one printable character.

GPT-2 stores its vocabulary as text, so bytes that do not print (controls, the space, 0x80 to 0xA0, 0xAD) borrow characters from
U+0100 on, in order. A space becomes U+0120 "Ġ", a newline U+010A "Ċ".

>>> to_characters(" é".encode())
'ĠÃ©'
>>> to_bytes("ĠÃ©").decode()
' é'
"""

from __future__ import annotations


def alphabet() -> dict[int, str]:
    """byte -> character, for all 256 bytes."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    out = {byte: chr(byte) for byte in printable}
    borrowed = 0x100
    for byte in range(256):
        if byte not in out:
            out[byte] = chr(borrowed)
            borrowed += 1
    return out


BYTE_TO_CHARACTER = alphabet()
CHARACTER_TO_BYTE = {character: byte for byte, character in BYTE_TO_CHARACTER.items()}


def to_characters(data: bytes) -> str:
    """Bytes as they stand in a byte-level vocabulary."""
    return "".join(BYTE_TO_CHARACTER[byte] for byte in data)


def to_bytes(token: str) -> bytes:
    """The bytes of one token. A token with any character outside the alphabet (an added token, say) is taken as UTF-8 text."""
    if all(character in CHARACTER_TO_BYTE for character in token):
        return bytes(CHARACTER_TO_BYTE[character] for character in token)
    return token.encode()


def decode(tokens: list[str]) -> str:
    """Text of a token sequence. A character may be spread over several tokens, so bytes are joined first; what is
    not UTF-8 in the end becomes U+FFFD.

    >>> decode(["ð", "Ł", "İ", "µ"])
    '🎵'
    """
    return b"".join(to_bytes(token) for token in tokens).decode("utf-8", "replace")
