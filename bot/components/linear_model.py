"""A softmax model over sparse named features, kept as one npz and one json file: nothing that runs code when loaded."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy import sparse

WEIGHTS_FILE = "weights.npz"
NAMES_FILE = "names.json"
# Fixed, whatever the machine, so that every machine makes the same model; the other core trains the span model.
PARTS = 1


class LinearModel:
    """Probabilities of labels from feature names.

    `weights` has one row per feature and one column per label, `bias` one entry per label; `dense_weights` has one row for
    each number of the vector that may stand beside the features. `temperature` divides the scores before the softmax, so
    that a confidence of 0.8 is right in about eight cases of ten.
    """

    def __init__(
        self,
        labels: list[str],
        features: list[str],
        weights: np.ndarray,
        dense_weights: np.ndarray,
        bias: np.ndarray,
        temperature: float,
    ) -> None:
        self.labels = labels
        self.temperature = temperature
        self._index = {name: row for row, name in enumerate(features)}
        self._weights = weights
        self._dense_weights = dense_weights
        self._bias = bias

    @classmethod
    def train(
        cls,
        samples: list[set[str]],
        dense: np.ndarray,
        labels: list[str],
        *,
        strength: float = 30.0,
        iterations: int = 60,
        temperature: float = 1.0,
        rarest: int = 3,
    ) -> LinearModel:
        """Fit on feature sets, vectors (one row each) and labels; features seen less than `rarest` times are left out.

        `strength` is the inverse of the penalty on the squared weights, as in scikit-learn. Deterministic: the solver
        starts at zero and sees the samples in the given order. Stopping after `iterations` is part of the regularisation.
        """
        counts = Counter(name for sample in samples for name in sample)
        names = sorted(name for name, count in counts.items() if count >= rarest)
        index = {name: row for row, name in enumerate(names)}
        kinds = sorted(set(labels))
        place = {label: column for column, label in enumerate(kinds)}
        weights, dense_weights, bias = _fit(
            rows(samples, index),
            dense.astype(np.float32),
            np.array([place[label] for label in labels]),
            len(kinds),
            strength=strength,
            iterations=iterations,
        )
        return cls(kinds, names, weights, dense_weights, bias, temperature)

    def probabilities(self, features: set[str], dense: np.ndarray) -> list[tuple[str, float]]:
        """Return (label, probability), the likeliest first."""
        known = [self._index[name] for name in features if name in self._index]
        scores = self._bias + (self._weights[known].sum(axis=0) / np.sqrt(max(1, len(features))) if known else 0.0)
        scores = scores + dense @ self._dense_weights
        scores = scores / self.temperature
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        return [(self.labels[place], float(shares[place])) for place in order]

    def save(self, folder: Path) -> None:
        names = sorted(self._index, key=self._index.__getitem__)
        np.savez(
            folder / WEIGHTS_FILE, weights=self._weights.astype(np.float16), dense=self._dense_weights, bias=self._bias
        )
        content = {"labels": self.labels, "temperature": self.temperature, "features": names}
        (folder / NAMES_FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        content = json.loads((folder / NAMES_FILE).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as arrays:
            weights, dense, bias = arrays["weights"].astype(np.float32), arrays["dense"], arrays["bias"]
        return cls(content["labels"], content["features"], weights, dense, bias, content["temperature"])


def _fit(
    matrix: sparse.csr_matrix, dense: np.ndarray, targets: np.ndarray, labels: int, *, strength: float, iterations: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights (features × labels), dense weights and bias of the softmax regression.

    The same loss as scikit-learn's multinomial LogisticRegression, in about half its time: single precision, and fewer
    remembered steps. The sparse products may be cut into parts for several threads (scipy lets go of Python's lock).
    """
    from scipy.optimize import minimize

    samples, features = matrix.shape
    everyone = np.arange(samples)
    inner = features + dense.shape[1]
    with ThreadPoolExecutor(PARTS) as pool:
        by_sample, by_feature = _parts(matrix), _parts(matrix.T.tocsr())

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            table = flat.astype(np.float32).reshape(inner + 1, labels)
            scores = np.vstack(list(pool.map(lambda part: part @ table[:features], by_sample)))
            scores += dense @ table[features:inner] + table[inner]
            scores -= scores.max(axis=1, keepdims=True)
            shares = np.exp(scores)
            total = shares.sum(axis=1, keepdims=True)
            missed = np.log(total[:, 0]) - scores[everyone, targets]
            shares /= total
            shares[everyone, targets] -= 1
            slope = np.vstack([*pool.map(lambda part: part @ shares, by_feature), dense.T @ shares, shares.sum(axis=0)])
            slope = slope.astype(np.float64)
            slope[:inner] += table[:inner] / strength
            return float(
                missed.sum(dtype=np.float64) + np.square(table[:inner]).sum(dtype=np.float64) / (2 * strength)
            ), slope.ravel()

        # Few remembered steps: with millions of weights they cost more than they save.
        options = {"maxiter": iterations, "maxcor": 5, "gtol": 1e-4, "maxls": 50}
        start = np.zeros((inner + 1) * labels)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    table = found.astype(np.float32).reshape(inner + 1, labels)
    return table[:features], table[features:inner], table[inner]


def _parts(matrix: sparse.csr_matrix) -> list[sparse.csr_matrix]:
    """Cut into `PARTS` blocks of rows with about as many entries each."""
    cuts = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, PARTS + 1)[1:-1])
    edges = [0, *cuts.tolist(), matrix.shape[0]]
    return [matrix[first:last] for first, last in itertools.pairwise(edges)]


def rows(samples: list[set[str]], index: dict[str, int]) -> sparse.csr_matrix:
    """Return one sparse row per sample; each feature counts 1/√n, n being the number of features of the sample."""
    data, columns, starts = [], [], [0]
    for sample in samples:
        known = sorted(index[name] for name in sample if name in index)
        columns += known
        data += [1.0 / np.sqrt(max(1, len(sample)))] * len(known)
        starts.append(len(columns))
    return sparse.csr_matrix((np.asarray(data, np.float32), columns, starts), shape=(len(samples), len(index)))
