"""The linear model: reading its weights, scoring, and saying why."""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp

from langchain_core.messages import BaseMessage

from nodes.classifier.features import BUCKETS, Features, features_of
from nodes.classifier.reasons import reason_for
from nodes.classifier.text import TOKEN, conversation_of
from nodes.state import Classification, Intent

MAGIC = b"QRW1"
_LENGTH = struct.Struct("<I")
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model.

    Attributes:
        bias: Log-odds of code for a text without features.
        threshold: The least probability that is called code.
        scale: What one unit of `buckets` is worth in log-odds.
        named: Weights of the named features, in log-odds.
        buckets: Weights of the hashed features, BUCKETS of them, in units of `scale`.
    """

    bias: float
    threshold: float
    scale: float
    named: Mapping[str, float]
    buckets: array[int]

    def to_bytes(self) -> bytes:
        """The file: magic, length of the header, JSON header, one signed byte for each bucket."""
        fields = ("bias", "threshold", "scale", "named")
        header = json.dumps({name: getattr(self, name) for name in fields}, sort_keys=True).encode()
        return MAGIC + _LENGTH.pack(len(header)) + header + self.buckets.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Weights:
        """Reads what `to_bytes` wrote.

        Raises:
            ValueError: The data is not a weights file, or was made for other features.
        """
        start = len(MAGIC) + _LENGTH.size
        if data[: len(MAGIC)] != MAGIC or len(data) < start:
            raise ValueError("not a weights file of this classifier")
        (length,) = _LENGTH.unpack_from(data, len(MAGIC))
        buckets = array("b", data[start + length :])
        if len(buckets) != BUCKETS:
            raise ValueError(f"weights hold {len(buckets)} buckets, the features have {BUCKETS}")
        return cls(buckets=buckets, **json.loads(data[start : start + length]))

    def log_odds(self, features: Features) -> float:
        """Log-odds that the request asks for code."""
        named, buckets = self.named, self.buckets
        total = sum(named.get(name, 0.0) * value for name, value in features.named.items())
        hashed = sum(
            value * sum(map(buckets.__getitem__, group)) for value, group in features.hashed
        )
        return self.bias + total + self.scale * hashed


@lru_cache(maxsize=1)
def packaged_weights() -> Weights:
    """The weights that come with the package; read once."""
    return Weights.from_bytes((files("nodes.classifier") / "weights.bin").read_bytes())


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """Decides whether the last human turn asks for code, in well under a millisecond."""

    weights: Weights

    @classmethod
    def load(cls) -> LinearClassifier:
        """The classifier with the packaged weights.

        Raises:
            ValueError: The packaged file does not fit this version of the features.
        """
        return cls(packaged_weights())

    def __call__(self, messages: Sequence[BaseMessage]) -> Classification:
        """Classifies a conversation; any text is fine, an empty one is chat."""
        conversation = conversation_of(messages)
        features = features_of(conversation)
        if not TOKEN.search(conversation.request.text) and "code" not in features.named:
            return Classification("chat", 0.0, "no words to go by")
        score = probability(self.weights.log_odds(features))
        label: Intent = "code" if score >= self.weights.threshold else "chat"
        reason = reason_for(label, conversation.request, features, self.weights.named)
        return Classification(label, score, reason)


def probability(log_odds: float) -> float:
    """Log-odds to a probability, without overflow."""
    return 1.0 / (1.0 + exp(-max(-_STEEPEST, min(_STEEPEST, log_odds))))
