"""Reads metrics in Prometheus' text format from standard input, and prints the samples as JSON.

Ends with status 1 where the text is not what the format asks for, or two samples have the same name and labels.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

seen = set()
samples = []
for family in text_string_to_metric_families(sys.stdin.read()):
    if family.type not in ("counter", "gauge", "histogram"):
        sys.exit(f"{family.name} is {family.type}")
    if not family.documentation:
        sys.exit(f"{family.name} has no help")
    last = {}
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        if key in seen:
            sys.exit(f"{key} is there twice")
        seen.add(key)
        samples.append({"name": sample.name, "labels": sample.labels, "value": sample.value})
        if sample.name.endswith("_bucket"):
            series = tuple(sorted(item for item in sample.labels.items() if item[0] != "le"))
            bound, count = float(sample.labels["le"]), sample.value
            known = last.get(series, (float("-inf"), 0))
            if bound <= known[0] or count < known[1]:
                sys.exit(f"the buckets of {sample} do not ascend")
            last[series] = (bound, count)
json.dump(samples, sys.stdout)
