"""A softmax model over sparse named features, kept as one npz and one json file: nothing that runs code when loaded."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse

WEIGHTS_FILE = "weights.npz"
NAMES_FILE = "names.json"


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
        rarest: int = 2,
    ) -> LinearModel:
        """Fit on feature sets, vectors (one row each) and labels; features seen less than `rarest` times are left out.

        Deterministic: the solver starts at zero and sees the samples in the given order.
        """
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        counts = Counter(name for sample in samples for name in sample)
        names = sorted(name for name, count in counts.items() if count >= rarest)
        index = {name: row for row, name in enumerate(names)}
        matrix = sparse.hstack([rows(samples, index), sparse.csr_matrix(dense)]).tocsr()
        solver = LogisticRegression(C=strength, max_iter=iterations, solver="lbfgs", multi_class="multinomial")
        with warnings.catch_warnings():
            # Stopping early is the regularisation we measured, not an accident.
            warnings.simplefilter("ignore", ConvergenceWarning)
            solver.fit(matrix, labels)
        weights = solver.coef_.T.astype(np.float32)
        bias = solver.intercept_.astype(np.float32)
        known = len(names)
        return cls(
            [str(label) for label in solver.classes_], names, weights[:known], weights[known:], bias, temperature
        )

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


def rows(samples: list[set[str]], index: dict[str, int]) -> sparse.csr_matrix:
    """Return one sparse row per sample; each feature counts 1/√n, n being the number of features of the sample."""
    data, columns, starts = [], [], [0]
    for sample in samples:
        known = sorted(index[name] for name in sample if name in index)
        columns += known
        data += [1.0 / np.sqrt(max(1, len(sample)))] * len(known)
        starts.append(len(columns))
    return sparse.csr_matrix((np.asarray(data, np.float32), columns, starts), shape=(len(samples), len(index)))
