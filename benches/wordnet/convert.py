#!/usr/bin/env python3
"""Makes the tables of benches/wordnet from the files of WordNet 3.0 (Debian: wordnet-base).

Every synset becomes an entity and every pointer a statement; pointers between words of the same two
synsets count once. The form of the files is that of the manual page wndb(5WN). The tables are written to the folder `data` beside this file.

    convert.py [FOLDER WITH data.noun, data.verb, data.adj, data.adv]
"""

import csv
import pathlib
import sys

PARTS = {"n": ("noun", "Noun"), "v": ("verb", "Verb"), "a": ("adj", "Adjective"), "r": ("adv", "Adverb")}

# wninput(5WN), "Pointers".
POINTERS = {
    "!": "antonym", "@": "hypernym", "@i": "instance_hypernym", "~": "hyponym",
    "~i": "instance_hyponym", "#m": "member_holonym", "#s": "substance_holonym",
    "#p": "part_holonym", "%m": "member_meronym", "%s": "substance_meronym",
    "%p": "part_meronym", "=": "attribute", "+": "derivation", ";c": "topic_domain",
    "-c": "topic_member", ";r": "region_domain", "-r": "region_member", ";u": "usage_domain",
    "-u": "usage_member", "*": "entailment", ">": "cause", "^": "also_see", "$": "verb_group",
    "&": "similar", "<": "participle", "\\": "pertainym",
}


def synsets(folder):
    """Yields (key, kind, words, gloss, pointers) of every synset, in the order of the files."""
    for letter, (name, kind) in PARTS.items():
        with open(folder / f"data.{name}", encoding="ascii") as file:
            for line in file:
                if line.startswith("  "):
                    continue  # the licence
                data, _, gloss = line.partition("|")
                fields = data.split()
                count = int(fields[3], 16)
                words = [word.replace("_", " ") for word in fields[4 : 4 + 2 * count : 2]]
                rest = fields[4 + 2 * count :]
                pointers = []
                for at in range(1, 1 + 4 * int(rest[0]), 4):
                    symbol, offset, part, _ = rest[at : at + 4]
                    pointers.append((POINTERS[symbol], f"{part}{offset}"))
                yield f"{letter}{fields[0]}", kind, words, gloss.strip(), pointers


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet")
    if not (folder / "data.noun").exists():
        sys.exit(f"{folder}/data.noun is missing: install WordNet (Debian: apt-get install wordnet-base)")
    out = pathlib.Path(__file__).parent / "data"
    out.mkdir(exist_ok=True)
    statements = 0
    with (
        open(out / "entities.csv", "w", encoding="utf-8", newline="") as entity_file,
        open(out / "statements.csv", "w", encoding="utf-8", newline="") as statement_file,
    ):
        entities = csv.writer(entity_file, lineterminator="\n")
        links = csv.writer(statement_file, lineterminator="\n")
        entities.writerow(["key", "kind", "label_en", "aliases", "description_en"])
        links.writerow(["key", "subject", "predicate", "object", "source", "confidence"])
        for key, kind, words, gloss, pointers in synsets(folder):
            entities.writerow([key, kind, words[0], ";".join(words[1:]), gloss])
            for predicate, target in dict.fromkeys(pointers):
                statements += 1
                links.writerow([f"p{statements}", key, predicate, target, "wordnet", "high"])
    with open(out / "sources.csv", "w", encoding="utf-8", newline="") as source_file:
        sources = csv.writer(source_file, lineterminator="\n")
        sources.writerow(["key", "title", "publisher", "url", "published", "language", "genre"])
        sources.writerow(["wordnet", "WordNet 3.0", "Princeton University",
                          "https://wordnet.princeton.edu/", "2006", "en", "database"])
    print(f"{statements} statements")


main()
