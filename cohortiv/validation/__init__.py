"""Whether the warning works: outcomes, comparators, scores, learned weights and sentiment."""
