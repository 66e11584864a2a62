"""Times scipy's linear_sum_assignment on one thread: a line of JSON for each size and kind of matrix.

    python bench/assignment_peer.py SECONDS

Sizes, kinds and keys as in AssignmentBenchmark: the median of one call in microseconds.
"""
import json
import sys
import time

import numpy as np
from scipy.optimize import linear_sum_assignment

seconds = float(sys.argv[1])


def cost(kind, rows, columns, seed):
    rng = np.random.default_rng(seed)
    if kind == "uniform":
        return rng.random((rows, columns))
    if kind == "matcher":
        return 3 * rng.random(columns)[None, :] + 0.7 * rng.standard_normal((rows, columns))
    if kind == "integers":
        return rng.integers(0, 10, (rows, columns)).astype(float)
    return np.multiply.outer(np.arange(1.0, rows + 1), np.arange(1.0, columns + 1))


for rows, columns in [(100, 10), (100, 100), (900, 100), (1000, 1000)]:
    for kind in ["uniform", "matcher", "integers", "product"]:
        costs = [cost(kind, rows, columns, k) for k in range(5)]
        times = []
        start = time.perf_counter()
        while len(times) < 5 or time.perf_counter() - start < seconds:
            begin = time.perf_counter()
            linear_sum_assignment(costs[len(times) % 5])
            times.append(time.perf_counter() - begin)
        print(json.dumps({"rows": rows, "columns": columns, "kind": kind, "us": round(sorted(times)[len(times) // 2] * 1e6, 2)}), flush=True)
