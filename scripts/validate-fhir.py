#!/usr/bin/env python3
"""Checks FHIR R4 bundles with an independent validator (fhir.resources), and what such a validator does not see.

usage: validate-fhir.py FILE...     exit code 0: every file holds; 1: it does not; 2: the validator is missing
"""

import importlib
import json
import sys


def models():
    """The classes for R4: fhir.resources 6.4 has 4.0.1 itself; later versions have R4B beside it."""
    try:
        base = importlib.import_module("fhir.resources")
        if getattr(base, "__fhir_version__", "").startswith("4.0"):
            return base, "4.0.1"
        return importlib.import_module("fhir.resources.R4B"), "4.3.0 (R4B)"
    except ImportError as error:
        print(f"fhir.resources is not installed here: {error}", file=sys.stderr)
        sys.exit(2)


def validate(models, resource):
    model = models.get_fhir_model_class(resource["resourceType"])
    return model.model_validate(resource) if hasattr(model, "model_validate") else model.parse_obj(resource)


def references(node, found):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "reference" and isinstance(value, str):
                found.append(value)
            references(value, found)
    elif isinstance(node, list):
        for value in node:
            references(value, found)
    return found


def empties(node, path, found):
    """FHIR has no nulls, no empty texts, lists or objects."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if node is None or node in ("", [], {}):
        found.append(path)
    for key, value in children:
        empties(value, f"{path}.{key}", found)
    return found


def faults(models, bundle):
    if bundle.get("resourceType") != "Bundle":
        return ["it is not a bundle"]
    found = []
    # Resource by resource, so that every fault is shown and not only the first of the bundle.
    for number, entry in enumerate(bundle.get("entry", []), start=1):
        kind = entry.get("resource", {}).get("resourceType", "?")
        try:
            validate(models, entry["resource"])
        except Exception as error:
            found.append(f"entry {number} ({kind}): {error}")
    try:
        validate(models, bundle)
    except Exception as error:
        found.append(f"bundle: {error}")
    urls = [entry.get("fullUrl") for entry in bundle.get("entry", [])]
    found += [f"full URL twice or missing: {url}" for url in set(urls) if url is None or urls.count(url) > 1]
    found += [f"reference to nothing in the bundle: {r}" for r in references(bundle, []) if r not in urls]
    found += [f"empty: {path}" for path in empties(bundle, "Bundle", [])]
    return found


def main():
    classes, version = models()
    failed = False
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            bundle = json.load(file)
        wrong = faults(classes, bundle)
        failed = failed or bool(wrong)
        count = len(bundle.get("entry", []))
        print(f"{name}: {count} resources, FHIR {version}: " + ("good" if not wrong else f"{len(wrong)} fault(s)"))
        for fault in wrong:
            print(f"  {fault}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
