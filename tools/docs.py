#!/usr/bin/env python3
"""Checks that the documents speak of what exists (TAP).

- docs/architecture.md's source walk: every `room/file.h` and `lf_function` named exists;
- docs/requirements.md: a row for each of R-001…R-306, a known state, and for each
  row not open a test in backticks that exists (a file, or file: promise);
- docs/standards.md and docs/conformance.md: each row names tests that exist, the latter's rows are numbered in order;
- docs/log-codes.md: every LFnnnn code in the source has its line, and no code is
  used for two things in two rooms;
- src/web/refusal.def: the English of each row is still what a service says;
- links between the documents lead somewhere."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
src = {p: p.read_text(errors="replace") for p in sorted((root / "src").rglob("*.[ch]"))}
source = "\n".join(src.values())
bad = 0


def check(name, problems):
    global bad
    for p in problems[:20]:
        print(f"# {p}")
    bad += bool(problems)
    print(("not ok - " if problems else "ok - ") + name)


def walk():
    problems = []
    for doc in sorted(root.glob("docs/**/*.md")) + [root / "README.md", root / "README.zh-TW.md", root / "CONTRIBUTING.md"]:
        if not doc.exists():
            problems.append(f"{doc.relative_to(root)} is missing")
            continue
        text = doc.read_text()
        for name in re.findall(r"`((?:src|tests|tools|rules|docs|sql|ui)/[\w./-]+|[a-z]+/\w+\.[ch])`", text):
            if not ((root / name).exists() or (root / "src" / name).exists()):
                problems.append(f"{doc.relative_to(root)}: no file {name}")
        for name in re.findall(r"`(lf_[a-z0-9_]+)(?:\(\))?`", text):
            if not re.search(rf"\b{name}\b", source):
                problems.append(f"{doc.relative_to(root)}: no function or type {name}")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not (doc.parent / target).exists():
                problems.append(f"{doc.relative_to(root)}: link to {target} leads nowhere")
    return problems


def shown(rid, state, test):
    """A row's state, and whether the tests it names are there."""
    problems, tests = [], re.findall(r"`([^`]+)`", test)
    if state not in ("done", "part", "open"):
        problems.append(f"{rid}: state {state}")
    if state != "open" and not tests:
        problems.append(f"{rid} is {state} but names no test")
    for t in tests:
        path, _, promise = t.partition(": ")
        f = root / path
        if not f.exists():
            problems.append(f"{rid}: no test file {path}")
        elif promise and promise not in f.read_text(errors="replace"):
            problems.append(f"{rid}: {path} has no \"{promise}\"")
    return problems


def standards():
    problems = []
    for line in (root / "docs/standards.md").read_text().splitlines():
        m = re.match(r"\| (T-\d\d) \| .*? \| [BS] \| (\w+) \| (.*?) ?\|$", line)
        if m:
            problems += shown(*m.groups())
        elif line.startswith("| T-"):
            problems.append(f"not a row: {line}")
    return problems


def conformance():
    problems, n = [], 0
    for line in (root / "docs/conformance.md").read_text().splitlines():
        if not line.startswith("| C-"):
            continue
        n += 1
        m = re.match(r"\| (C-\d{3}) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", line)
        problems += shown(m[1], "done", m[2]) if m else [f"not a row: {line}"]
        if m and m[1] != f"C-{n:03d}":
            problems.append(f"{m[1]} stands where C-{n:03d} should")
    return problems


def requirements():
    problems, seen = [], {}
    for line in (root / "docs/requirements.md").read_text().splitlines():
        m = re.match(r"\| (R-\d{3}) \| (.*?) \| ([BS]) \| (\w+) \| (.*?) ?\|$", line)
        if not m:
            if line.startswith("| R-"):
                problems.append(f"not a row: {line}")
            continue
        rid, words, _, state, test = m.groups()
        if rid in seen:
            problems.append(f"{rid} twice")
        seen[rid] = state
        problems += shown(rid, state, test)
    for n in range(1, 307):
        if f"R-{n:03d}" not in seen:
            problems.append(f"R-{n:03d} has no row")
    return problems


def log_codes():
    problems, used = [], {}
    for path, text in src.items():
        written = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for code in set(re.findall(r'"(LF\d{4})"', written)):
            used.setdefault(code, set()).add(path.relative_to(root / "src").parts[0])
    doc = root / "docs/log-codes.md"
    lines = re.findall(r"^\| (LF\d{4}) ", doc.read_text(), re.M) if doc.exists() else []
    described = set(lines)
    for code in sorted(c for c in described if lines.count(c) > 1):
        problems.append(f"docs/log-codes.md describes {code} more than once: one code, one meaning")
    for code, rooms in sorted(used.items()):
        if code not in described:
            problems.append(f"{code} ({', '.join(sorted(rooms))}) is not in docs/log-codes.md")
        if len(rooms) > 1:
            problems.append(f"{code} is used in {', '.join(sorted(rooms))}: one code, one meaning")
    for code in sorted(described - set(used)):
        problems.append(f"docs/log-codes.md describes {code}, which nothing writes")
    return problems


def refusals():
    """A row and a format of the source are laid upon each other: a place of the row covers whatever the format has
    there; a conversion of the format, a place or a text that the source or a statement has too."""
    text = r'"(?:[^"\\\n]|\\.)*"'
    plain = lambda quoted: re.sub(r"\\(.)", r"\1", "".join(q[1:-1] for q in re.findall(text, quoted)))
    place, conversion = r"\{\d\}", r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]"
    laid = lambda pieces, hole: re.compile(hole.join(map(re.escape, pieces)), re.S)
    said = {plain(m) for t in src.values() for m in re.findall(rf"{text}(?:\s*{text})*", t)}
    words = said | {w for q in (root / "sql/query").glob("*.sql") for w in re.findall(r"'([^'\n]*)'", q.read_text())}
    formats = [laid(re.split(conversion, f.replace("%%", "%")), "(.*)") for f in said if "%" in f and len(f) > 5]

    def fits(row, f):
        m = f.fullmatch(row)
        return m and all(not h or re.fullmatch(place, h) or h in words for h in m.groups())

    rows = [plain(m) for m in re.findall(rf"LF_REFUSAL\(({text})", (root / "src/web/refusal.def").read_text())]
    return [f"no service says any more: {row}" for row in rows
            if not (any(map(laid(re.split(place, row), ".+").fullmatch, said)) or any(fits(row, f) for f in formats))]


check("documents name files, functions and links that exist", walk())
check("each requirement has its row, and each finished one its test", requirements())
check("each line of the two standards names its test", standards())
check("each behaviour of the two standards names its test", conformance())
check("each log code is explained once", log_codes())
check("each refusal that is told in Chinese is one that a service says", refusals())
sys.exit(1 if bad else 0)
