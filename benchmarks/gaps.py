"""Techniques of ATT&CK for Windows x log sources: which filters speak to what, and what nobody speaks to.

python benchmarks/gaps.py [--matrix]
"""

import argparse
from collections import Counter, defaultdict

from hinomi.attack.catalogue import Attack, load_attack
from hinomi.attack.crosswalk import current_technique, parent_of
from hinomi.attack.tactics import TACTICS
from hinomi.detect.content import load_content
from hinomi.settings import shipped_content

Matrix = dict[str, Counter[str]]  # technique -> log source -> filters


def matrix() -> Matrix:
    """Filters of each technique by log source, in ids of ATT&CK v19."""
    found: Matrix = defaultdict(Counter)
    for one in load_content(shipped_content())[0].filters:
        source = one.logsource.category or one.logsource.service or "any"
        for technique in one.techniques:
            found[current_technique(technique)][source] += 1
    return found


def gaps(attack: Attack, found: Matrix) -> dict[str, list[str]]:
    """Tactic -> techniques that no filter names, nor a sub-technique of theirs, nor their parent."""
    missing: dict[str, list[str]] = defaultdict(list)
    spoken = set(found) | {parent_of(one) for one in found}
    for technique in attack.techniques.values():
        if technique.id not in spoken and technique.parent not in found:
            for tactic in technique.tactics:
                missing[tactic].append(f"{technique.id} {technique.name}")
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matrix", action="store_true", help="print every technique with its log sources")
    chosen = parser.parse_args()
    attack, found = load_attack(), matrix()
    if chosen.matrix:
        for technique in sorted(found):
            sources = ", ".join(f"{source} {count}" for source, count in found[technique].most_common())
            print(f"{technique:10} {attack.technique_name(technique)}: {sources}")
    missing = gaps(attack, found)
    for tactic in TACTICS:
        whole = sum(tactic.id in one.tactics for one in attack.techniques.values())
        print(f"\n{tactic.id} {tactic.name.en}: {len(missing[tactic.id])} of {whole} with no filter (all platforms)")
        print("  " + "; ".join(missing[tactic.id]))


if __name__ == "__main__":
    main()
