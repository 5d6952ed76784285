"""Sentences of a little world in which people are royal or common, he or she, old or young, and things big or small.

Real text needs millions of words before analogies work; here every word's company is made of the company of its traits, so a few thousand
short sentences do. Used by the other examples; run alone it prints some.
"""

import random
from collections.abc import Iterator

COMPANY = {
    "royal": ["throne", "crown", "palace", "castle", "reign", "court"],
    "common": ["village", "market", "house", "street", "work", "farm"],
    "male": ["he", "his", "him", "beard", "father", "brother"],
    "female": ["she", "her", "hers", "dress", "mother", "sister"],
    "young": ["school", "toy", "play", "little", "learn", "grow"],
    "large": ["elephant", "whale", "mountain", "giant", "ocean"],
    "tiny": ["ant", "mouse", "crumb", "seed", "dust"],
    "plain": ["very", "rather", "quite", "somewhat", "fairly"],
    "most": ["the", "of", "all", "ever", "among"],
}
TRAITS = {
    "king": ["royal", "male"],
    "queen": ["royal", "female"],
    "man": ["common", "male"],
    "woman": ["common", "female"],
    "prince": ["royal", "male", "young"],
    "princess": ["royal", "female", "young"],
    "boy": ["common", "male", "young"],
    "girl": ["common", "female", "young"],
    "big": ["large", "plain"],
    "biggest": ["large", "most"],
    "small": ["tiny", "plain"],
    "smallest": ["tiny", "most"],
}


def sentences(count: int = 8000, seed: int = 1) -> Iterator[list[str]]:
    """Each: one word of the little world and two words of the company of each of its traits, shuffled."""
    draw = random.Random(seed)
    for _ in range(count):
        word = draw.choice(list(TRAITS))
        sentence = [word, *(near for trait in TRAITS[word] for near in draw.sample(COMPANY[trait], 2))]
        draw.shuffle(sentence)
        yield sentence


if __name__ == "__main__":
    for sentence in sentences(5):
        print(" ".join(sentence))
