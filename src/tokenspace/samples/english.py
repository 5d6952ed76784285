"""English paragraphs: what is said of each kind of thing, and how sentences open and close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import english_days
from .english_words import (
    ADJECTIVES,
    ANIMALS,
    COUNTRIES,
    FRUITS,
    INSTRUMENTS,
    JOBS,
    MEN,
    PAIRS,
    SEASONS,
    VEHICLES,
    VERBS,
    WOMEN,
)
from .grammar import Draw, Grammar

RULES = {
    "past_time": [
        "Yesterday",
        "Last week",
        "Last year",
        "Two days ago",
        "Earlier that day",
        "The other night",
        "Long ago",
    ],
    "habit_time": ["Every day", "Every Sunday", "On weekdays", "As a rule", "Most evenings", "Twice a week"],
    "now_time": ["Right now", "At the moment", "Just now", "At this very hour", "Look:"],
    "next_time": ["Tomorrow", "Next week", "Next year", "Before long", "One day"],
    "said": [
        "People say that",
        "It is well known that",
        "Everyone agrees that",
        "The guidebook says that",
        "A teacher once told us that",
    ],
    "person": [*MEN, *WOMEN, "my neighbour", "a friend of ours", "the teacher", "her cousin", "his colleague"],
    "extra": ["as always", "as usual", "they say", "of course", "without hurry", "all the same"],
    "number": ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty"],
    **english_days.RULES,
    "feeling": ["glad", "tired", "proud", "surprised", "calm", "curious", "hungry", "sad"],
}

OF_COUNTRY = [
    "{country} is a country in {region}, and its capital is {capital}.",
    "{capital} is the capital of {country}.",
    "The government of {country} sits in {capital}[, where the parliament meets|].",
    "[In|All over] {country} people speak {language} and eat {dish}.",
    "[From|In] {capital} the {adj} parliament passed a new law about [schools|taxes|trains|water].",
    "The mayor of {capital} [opened|closed] a [bridge|museum|market] [near the old town|in the city centre|].",
    "The {river} flows through {country} and is the {longest|widest|oldest} of the {adj} rivers.",
    "[We took|They took|I took] the night train from {capital} to {city}[, a ride of {number} hours|].",
    "{city} is a large {adj} city, but {capital} is larger.",
    "{man} was born in {country} and moved to the city of {capital} to study {language}.",
    "{woman} left {capital} for {city}, where she opened a restaurant with {dish} on the menu.",
    "[Tourists|Visitors] walk the streets of {capital}, taste {dish} and learn a few words of {language}.",
    "The embassy in {capital} helps travellers who lost their papers in {country}.",
    "A {adj} minister visited the farmers along the {river}.",
    "The north of {country} is cold, the south of {country} is warm[, and the {river} joins both|].",
    "The president of {country} flew home to {capital} [on Monday|after the summit].",
    "The airport of {capital} is [busy|quiet] in [May|August|December], when the {adj} holidays begin.",
    "{man} and {woman} speak {language} at home, for they come from {country}.",
    "[The economy|The climate|The population|The history] of {country} is taught in every {adj} school.",
    "On the map, {country} lies in {region}, with {capital} as its seat of government and {city} as a second city.",
    "In the suburbs of {capital} {woman} sells {dish} from a cart.",
    "{adj} sailors carried {dish} and cloth down the {river} to {city}.",
    "Football fans from {country} sang {adj} songs [all night|after the match].",
    "An {adj} newspaper printed in {capital} wrote about the elections in {country}.",
    "The border of {country} was open, and the {adj} villages welcomed us with {dish}.",
    "{man} wrote a {language} dictionary in a small flat in {capital}.",
    "Downtown {capital} has wide squares, a cathedral and an underground railway.",
]

OF_PAIR_HE = [
    "The {he_is} [took|put on] his {thing} and {doing}.",
    "{man}, the {he_is}, said that he was {feeling}[, and {extra} he {doing}|].",
    "He is a {he_is}: in the {place} he {doing}.",
    "The {he_is} looked at himself in the mirror and straightened his collar.",
    "[The good|The proud|The tired|The smiling] {he_is} {doing} while his friends waited for him.",
    "There was once a {he_is} who {doing}, and everybody loved him.",
    "The {he_is} and his [brother|father|son] met in the {place}.",
    "That man is the {he_is}; he left his {thing} in the {place}.",
    "Mr {man}, who knew the {he_is} well, said that he {doing}.",
    "A {he_is} needs a {thing}, thought {man}, and he {doing}.",
    "The {he_is} {doing}, he told us himself.",
]
OF_PAIR_SHE = [
    "The {she_is} [took|put on] her {thing} and {doing}.",
    "{woman}, the {she_is}, said that she was {feeling}[, and {extra} she {doing}|].",
    "She is a {she_is}: in the {place} she {doing}.",
    "The {she_is} looked at herself in the mirror and smoothed her dress.",
    "[The good|The proud|The tired|The smiling] {she_is} {doing} while her friends waited for her.",
    "There was once a {she_is} who {doing}, and everybody loved her.",
    "The {she_is} and her [sister|mother|daughter] met in the {place}.",
    "That woman is the {she_is}; she left her {thing} in the {place}.",
    "Mrs {woman}, who knew the {she_is} well, said that she {doing}.",
    "A {she_is} needs a {thing}, thought {woman}, and she {doing}.",
    "The {she_is} {doing}, she told us herself.",
]
OF_PAIR_BOTH = [
    "The {he_is} and the {she_is} sat in the {place} and talked about the {thing}.",
    "First came the {he_is}, then came the {she_is}, [both|and both were] {feeling}.",
    "In the {place} you may meet a {he_is} or a {she_is}.",
    "The {he_is} asked the {she_is} for the {thing}, and the {she_is} thanked the {he_is}.",
    "The {he_is} and the {she_is} {doing} together.",
    "Neither the {he_is} nor the {she_is} {doing} that day.",
    "Is it the {he_is} or the {she_is} who {doing}?",
]

OF_VERB = [
    "{past_time} {name} {past} {object} {where}.",
    "{past_time}, {extra}, {he} {past} {object}.",
    "{habit_time} {name} {third} {object} {where}.",
    "{name} {third} {object}, {extra}, and {third} well.",
    "{now_time} {name} is {ing} {object} {where}.",
    "{he} was {ing} {object} when the telephone rang.",
    "{next_time} we will {base} {object} {where}.",
    "{he} wants to {base} {object}, but today {he} cannot {base} at all.",
    "{name} likes to {base} and has been {ing} {object} since the morning.",
    "Let us {base} {object}, said {name}.",
    "Nobody {past} {object} as well as {name} did.",
    "They {base} {object} whenever they can.",
    "{he} never {third} without [a reason|a smile|company].",
    "I saw {name} {ing} {object} {where}.",
    "After {he} {past} {object}, {name} went home.",
    "Do not {base} {object} {where}, the sign said.",
    "Keep {ing}, called {name}, keep {ing}.",
    "When {name} was young, {he} {past} {object} {where} every summer.",
    "Who {third} {object} {where}? It is {name} who {third}.",
    "They should {base} more often, for {ing} is good for them.",
]

OF_ADJECTIVE = [
    "The {noun} was very {plain}, [not {opposite} at all|almost too {plain}].",
    "This {noun} is {more} than that one, and {more} than I thought.",
    "It is the {most} {noun} of all [in the world|in town|I have ever seen].",
    "A {plain} {noun} stood next to {an_opposite} {noun}.",
    "Which {noun} is the {most}? The {most} one is over there.",
    "Make it {more}, said {name}, much {more} than before.",
    "The first {noun} is {plain}, the second is {more}, the third is the {most}.",
    "The {noun} looked so {plain} that nobody would call it {opposite}.",
    "Nothing is {more} than the {noun} in this story.",
    "As {plain} as a {noun}, people say.",
    "The {noun} seemed {more} and {more} the longer we thought of it.",
    "{name} has the {most} {noun} in the village, a truly {plain} one.",
    "Is it {plain} or {opposite}? Rather {plain}, I would say.",
    "The {noun} seems a little {more} today than it was yesterday.",
]

OF_ANIMAL = [
    "The {animal} {sound} when it smells {food}.",
    "A {young} is a young {animal}; it sleeps in the {home}.",
    "Mother {animal} brings {food} to the {young}.",
    "{animals} eat {food} and live in the {home}.",
    "[Two|Three|Five|Many] {animals} came out of the {home} [at dawn|in the rain|].",
    "The little {young} follows the old {animal} to the {home}.",
    "{name} keeps {animals} and feeds them {food}.",
    "At night the {animal} {sound} near the {home}.",
    "One {animal}, {number} {animals}: {name} counted them in the {home}.",
    "The {young} was hungry, and the {animal} looked for {food}.",
    "Wild or tame, {animals} like {food} best.",
    "We heard how the {animal} {sound}; the {young} answered.",
    "The vet said that the {animal} and her {young} were healthy.",
]

OF_JOB = [
    "A {job} works in a {place} and uses a {tool}.",
    "In the {place} the {job} {work}.",
    "The {job} picked up the {tool} and went to the {place}.",
    "{name} became a {job} because {he} loved the {place}.",
    "Without a {tool} no {job} can work, {extra}.",
    "Every morning the {job} {work}, and in the evening the {place} is closed.",
    "The {place} was full of people; the {job} laid the {tool} on the table.",
    "Ask the {job} in the {place}: he {work}.",
    "The young {job} learned from an old {job} how to hold the {tool}.",
    "{number} years as a {job} taught {name} patience.",
    "When the {job} {work}, nobody speaks in the {place}.",
]

OF_INSTRUMENT = [
    "The {player} plays the {instrument}, a {family} instrument.",
    "{name} practises the {instrument} and listens to the {player}.",
    "The {instrument} has {part}; the {player} knows each of them.",
    "In the concert the {player} bowed, sat down and played the {instrument}.",
    "The melody began on the {instrument} and the orchestra followed.",
    "A {player} needs a good {instrument}, a teacher and years of practice.",
    "The {family} section tuned while the {player} cleaned the {part}.",
    "That song sounds best on the {instrument}, {extra}.",
]

OF_FRUIT = [
    "The {fruit} is {colour} and {taste}.",
    "A ripe {fruit} fell from the tree in the {tree}.",
    "{name} made {fruit} {dessert} for the guests.",
    "We picked a basket of fruit: every {fruit} in the {tree} was {colour}.",
    "The juice of a {fruit} tastes {taste}.",
    "Peel the {fruit}, cut it and stir it into the {dessert}.",
    "In the {tree} grows a {taste} {fruit}, {colour} when it is ripe.",
    "Would you like a {colour} {fruit} or a slice of {dessert}?",
]

OF_SEASON = [
    "In {season} there is {weather}[, above all in {month}|].",
    "{month} is a month of {season}.",
    "When {season} comes, people {task}.",
    "The forecast for {month} promises {weather}.",
    "In {month} {name} wears a {clothes} because of the {weather}.",
    "{season} began with {weather} and ended with {event}.",
    "Children look forward to {event} in {season}.",
    "After {event} the {weather} stopped, and {season} was over.",
    "It was a {season} evening in {month}, with {weather} over the hills.",
    "Last {season} we had to {task} in spite of the {weather}.",
]

OF_VEHICLE = [
    "The {vehicle} waits at the {stop}.",
    "The {driver} started the {vehicle} and left the {stop}.",
    "The {vehicle} goes along the {way}, {extra}.",
    "{name} missed the {vehicle} and stayed at the {stop} for {number} hours.",
    "By {vehicle} it takes {number} hours, said the {driver}.",
    "From the {stop} a {vehicle} leaves every {number} minutes.",
    "The {way} was closed, so the {vehicle} stood still.",
    "The {driver} of the {vehicle} greeted the passengers.",
]

OF_NUMBERS = [
    "One and {number} are not the same, {extra}.",
    "From one to ten: one, two, three, four, five, six, seven, eight, nine, ten.",
    "{name} counted {number} coins, then {number} more.",
    "Monday, Tuesday, Wednesday, Thursday and Friday are working days; Saturday and Sunday are free.",
    "The meeting moved from [Monday|Tuesday|Wednesday] to [Thursday|Friday|Saturday].",
    "Red, yellow, green, blue, orange, purple and brown: {name} used every colour.",
    "Half of {number} hours is enough, said {name}.",
]

# (how often, frames, templates)
TOPICS: list[tuple[int, list[dict[str, str]], list[str]]] = [
    (30, COUNTRIES, OF_COUNTRY),
    (24, PAIRS, []),
    (22, VERBS, OF_VERB),
    (18, ADJECTIVES, OF_ADJECTIVE),
    (9, ANIMALS, OF_ANIMAL),
    (9, JOBS, OF_JOB),
    (3, INSTRUMENTS, OF_INSTRUMENT),
    (4, FRUITS, OF_FRUIT),
    (4, SEASONS, OF_SEASON),
    (3, VEHICLES, OF_VEHICLE),
    (2, [{}], OF_NUMBERS),
    (16, [{}], english_days.SENTENCES),
]
_ARTICLE = re.compile(r"\b([Aa]n?) (?=([A-Za-z]))")
_OPENING = re.compile(r"(^|[.?!] )([a-z])")


def paragraphs(words: int, seed: int = 20261122) -> Iterator[str]:
    """Paragraphs of 2 to 7 sentences, each about one thing, until there are so many words."""
    draw = Draw(seed)
    grammar = Grammar(RULES, draw)
    wheel = [topic for topic in TOPICS for _ in range(topic[0])]
    written = 0
    while written < words:
        _, frames, templates = draw.evenly(wheel)
        frame: dict[str, Any] = dict(draw.skewed(frames, 1.25))
        woman = draw.chance(0.5)
        frame["name"] = draw.skewed(WOMEN if woman else MEN)
        frame["he"], frame["his"] = ("she", "her") if woman else ("he", "his")
        if "opposite" in frame:
            frame["an_opposite"] = "a " + frame["opposite"]
        if frames is PAIRS:
            frame["man"], frame["woman"] = draw.skewed(MEN), draw.skewed(WOMEN)
            sides = OF_PAIR_SHE if woman else OF_PAIR_HE
            templates = [*draw.shuffled(sides)[:5], *draw.shuffled(OF_PAIR_BOTH)[: draw.number(0, 2)]]
        chosen = draw.shuffled(templates)[: draw.number(2, 7)]
        text = " ".join(_sentence(grammar.text(template, frame)) for template in chosen)
        written += text.count(" ") + 1
        yield text


def _sentence(text: str) -> str:
    """With the right article before vowels, and capitals where sentences begin."""
    text = _ARTICLE.sub(lambda found: found[1][0] + ("n " if found[2] in "aeiouAEIOU" else " "), text)
    return _OPENING.sub(lambda found: found[1] + found[2].upper(), text)


def analogies() -> list[tuple[str, list[tuple[str, str]]]]:
    """(section, pairs) of what is in the text: any two pairs of a section are a question."""
    return [
        ("capitals", [(row["country"], row["capital"]) for row in COUNTRIES]),
        ("languages and peoples", [(row["country"], row["adj"]) for row in COUNTRIES]),
        ("family", [(row["he_is"], row["she_is"]) for row in PAIRS]),
        ("comparatives", [(row["plain"], row["more"]) for row in ADJECTIVES]),
        ("superlatives", [(row["plain"], row["most"]) for row in ADJECTIVES]),
        ("past tense", [(row["base"], row["past"]) for row in VERBS if row["base"] != row["past"]]),
        ("present participle", [(row["base"], row["ing"]) for row in VERBS]),
        ("third person", [(row["base"], row["third"]) for row in VERBS]),
    ]
