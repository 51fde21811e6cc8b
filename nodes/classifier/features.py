"""From a conversation to the features that the linear model weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import sqrt
from zlib import crc32

from nodes.classifier.lexicon import kinds_of
from nodes.classifier.structure import certainty_of, holds_code, signs_in, specified_in
from nodes.classifier.text import TOKEN, Conversation, View

BUCKETS = 2**18
_MASK = BUCKETS - 1
_WORD, _PAIR, _GRAM, _PAST, _TURN = 1, 2, 3, 4, 5
_GRAM_SIZES = (2, 3, 4, 5)
_MIDDLE_WEIGHT = 0.2
_PAST_WEIGHT = 0.4
_LONGEST_TOKEN = 24
_SHORT_TURN_TOKENS = 14
_SPEC_COUNTS = (1, 2, 3, 5)
_LENGTHS = (2, 4, 7, 12, 20, 40, 80, 160)


@dataclass(frozen=True, slots=True)
class Features:
    """What the model weighs.

    Attributes:
        named: Feature name to value; each has a weight of its own.
        hashed: Groups (value, buckets): each bucket, 0 to BUCKETS - 1, counts with the value.
    """

    named: dict[str, float]
    hashed: list[tuple[float, list[int]]]


def features_of(conversation: Conversation) -> Features:
    """All features of one conversation; pure, and bounded in time by the views' bounds."""
    request = conversation.request
    tokens = TOKEN.findall(request.edges)
    past = _context(conversation)
    named = _named(request, tokens)
    named |= _with_context(past, named, len(tokens))
    hashed = _hash_tokens(tokens, 1.0)
    if request.middle:
        hashed += _hash_tokens(TOKEN.findall(request.middle), _MIDDLE_WEIGHT)
    hashed += _hash_conversation(conversation, past, tokens)
    return Features(named, hashed)


def _named(request: View, tokens: Sequence[str]) -> dict[str, float]:
    kinds = {kind for token in tokens for kind in kinds_of(token)}
    named = {f"kind:{kind}": 1.0 for kind in kinds}
    named |= {f"kinds:{a}+{b}": 1.0 for a, b in combinations(sorted(kinds), 2)}
    named |= {f"first:{kind}": 1.0 for kind in _opening(tokens)}
    signs = signs_in(request.edges)
    named |= {f"sign:{name}": value for name, value in signs.items()}
    if holds_code(signs):
        named["code"] = 1.0
        named |= {f"code+{kind}": 1.0 for kind in kinds}
    named |= _specified(request, kinds, signs)
    if request.middle:
        paste = "code" if holds_code(signs_in(request.middle)) else "prose"
        named |= {f"paste:{paste}|{kind}": 1.0 for kind in kinds} | {f"paste:{paste}": 1.0}
    named |= {f"longer:{n}": 1.0 for n in _LENGTHS if len(tokens) >= n}
    named["lines"] = min(request.edges.count("\n"), 20) / 20
    if request.edges and not request.edges.isascii():
        named["script:other"] = 1.0
    return named


def _specified(request: View, kinds: set[str], signs: Mapping[str, float]) -> dict[str, float]:
    """Signs of a specification in prose, how many there are, and what else is said beside them."""
    found = specified_in(request.edges)
    named = {f"spec:{name}": 1.0 for name in found}
    certain = certainty_of(found)
    named |= {f"specs:{n}": 1.0 for n in _SPEC_COUNTS if certain >= n}
    if certain:
        named |= {f"spec+{kind}": 1.0 for kind in kinds}
        named |= {f"spec+{sign}": 1.0 for sign in ("question", "money", "quoted") if sign in signs}
    return named


def _opening(tokens: Sequence[str]) -> Iterable[str]:
    """The kinds of the first word that has any, among the first three."""
    return next((kinds for kinds in map(kinds_of, tokens[:3]) if kinds), ())


def _context(conversation: Conversation) -> str:
    """What the request follows: `none`, `code` or `prose`."""
    if not conversation.follows:
        return "none"
    answer, asked = conversation.previous_answer, conversation.previous_request
    if holds_code(signs_in(answer.text)):
        return "code"
    return "code" if not answer.edges and holds_code(signs_in(asked.text)) else "prose"


def _with_context(past: str, named: dict[str, float], length: int) -> dict[str, float]:
    if past == "none":
        return {}
    crossed = {f"after:{past}|{name}": value for name, value in named.items() if "kind:" in name}
    size = next((n for n in _LENGTHS if length <= n), "long")
    return crossed | {f"after:{past}": 1.0, f"after:{past}|size:{size}": 1.0}


@lru_cache(maxsize=4096)
def _token_buckets(token: str) -> tuple[int, ...]:
    """The token's own bucket, then those of its character n-grams."""
    data = f"<{token[:_LONGEST_TOKEN]}>".encode("utf-32-le", "surrogatepass")
    grams = {
        crc32(data[at : at + 4 * size], _GRAM) & _MASK
        for size in _GRAM_SIZES
        for at in range(0, len(data) - 4 * size + 4, 4)
    }
    return (_bucket(token, _WORD), *sorted(grams))


def _bucket(text: str, family: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"), family) & _MASK


def _hash_tokens(tokens: Sequence[str], value: float) -> list[tuple[float, list[int]]]:
    known = [_token_buckets(token) for token in dict.fromkeys(tokens)]
    words = [buckets[0] for buckets in known]
    grams = list({bucket for buckets in known for bucket in buckets[1:]})
    ends = ["^", *tokens, "$"]
    pairs = list({_bucket(f"{a} {b}", _PAIR) for a, b in pairwise(ends)})
    return [(value / sqrt(len(group)), group) for group in (words, pairs, grams) if group]


def _hash_conversation(
    conversation: Conversation, past: str, tokens: Sequence[str]
) -> list[tuple[float, list[int]]]:
    if past == "none":
        return []
    asked = dict.fromkeys(TOKEN.findall(conversation.previous_request.edges))
    groups = [[_bucket(token, _PAST) for token in asked]]
    if len(tokens) <= _SHORT_TURN_TOKENS:
        groups.append([_bucket(f"{past} {token}", _TURN) for token in dict.fromkeys(tokens)])
    return [(_PAST_WEIGHT / sqrt(len(group)), group) for group in groups if group]
