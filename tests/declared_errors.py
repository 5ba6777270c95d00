#!/usr/bin/env python3
"""Holds the errors that the service model declares against those that the tests raised.

    ANSWERS=/tmp/answers cargo test --test it
    python3 tests/declared_errors.py /tmp/answers

Every error that an operation declares must have been raised by some test, or cannot be raised
here for a reason of `tests/fixtures/unreachable_errors.txt`, or is a gap that is listed in
`tests/fixtures/unraised_errors.txt`. That list can only shrink: `--update` writes it anew.
"""

import argparse
import collections
import fnmatch
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent
MODELS = ROOT.parent / "assets/api"
UNREACHABLE = ROOT / "fixtures/unreachable_errors.txt"
GAPS = ROOT / "fixtures/unraised_errors.txt"
SERVICES = ("cognito-idp", "cognito-identity")


def declared():
    """Every operation with each error that it declares, and how its caller is known."""
    pairs = {}
    for service in SERVICES:
        model = json.loads((MODELS / f"{service}.json").read_text())
        for operation, facts in model["operations"].items():
            for error in facts["errors"]:
                pairs[service, operation, error] = facts["auth"]
    return pairs


def raised(path):
    found = set()
    with open(path) as lines:
        for line in lines:
            try:
                fields = json.loads(line)["fields"]
            except (ValueError, KeyError):
                continue
            if "code" in fields:
                found.add((fields["service"], fields["operation"], fields["code"]))
    return found


def reasons():
    """`error | callers | operations | reason`; callers and operations as shell patterns."""
    for number, line in enumerate(UNREACHABLE.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            error, callers, operations, reason = (part.strip() for part in line.split("|", 3))
            assert reason, f"line {number} gives no reason"
            yield number, error, callers.split(), operations.split()


def unreachable(pairs, was_raised):
    """Pairs that some line speaks of, but for those that were raised; and lines about nothing."""
    found, idle = set(), []
    for number, error, callers, operations in reasons():
        speaks_of = {
            pair for pair, auth in pairs.items()
            if fnmatch.fnmatchcase(pair[2], error)
            and any(fnmatch.fnmatchcase(auth, caller) for caller in callers)
            and any(fnmatch.fnmatchcase(pair[1], operation) for operation in operations)
        } - was_raised
        if not speaks_of - found:
            idle.append(number)
        found |= speaks_of
    return found, idle


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("answers")
    arguments.add_argument("--update", action="store_true")
    given = arguments.parse_args()
    pairs = declared()
    was_raised = raised(given.answers) & set(pairs)
    cannot, idle = unreachable(pairs, was_raised)
    missing = set(pairs) - was_raised - cannot
    if given.update:
        GAPS.write_text("".join(f"{' '.join(pair)}\n" for pair in sorted(missing)))
    listed = {tuple(line.split()) for line in GAPS.read_text().splitlines()}
    wrong = [f"neither raised, nor out of reach, nor listed: {' '.join(pair)}" for pair in sorted(missing - listed)]
    wrong += [f"not declared, so strike from {GAPS.name}: {' '.join(pair)}" for pair in sorted(listed - set(pairs))]
    wrong += [f"line {number} of {UNREACHABLE.name} is about nothing" for number in idle]
    # Generated requests reach what they reach: this alone fails nothing.
    told = [f"raised, so strike from {GAPS.name}: {' '.join(pair)}" for pair in sorted(listed & was_raised)]
    print("\n".join(wrong + told))
    print(f"{len(pairs)} declared errors: {len(was_raised)} raised, {len(cannot)} out of reach, {len(missing)} gaps")
    by_error = collections.Counter(error for _, _, error in missing)
    print(", ".join(f"{error} {count}" for error, count in by_error.most_common()))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
