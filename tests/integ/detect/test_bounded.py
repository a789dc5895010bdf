#!/usr/bin/env python3
"""No rule and no event stalls detection: each hostile rule, on hostile events of a megabyte,
stays under a second of processor time for all of them together."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

LIMIT = 1.0  # seconds for all events together, by one rule
MIB = 1 << 20
dir = lf.scratch()
rules = dir / "rules"
rules.mkdir()


def rule(name, *items, condition="s", keywords=()):
    detection = {"s": [{k: v} for k, v in items] or list(keywords), "condition": condition}
    (rules / f"{name}.yml").write_text(json.dumps({"title": name, "logsource": {"category": "x"}, "detection": detection}))


# Almost there at every place, from the front, the back and the middle.
rule("near literals", *((f"a|contains{'|cased' if cased else ''}", ["a" * n + "b" + "a" * n for n in (0, 1, 7, 31, 100, 5000, 30000)])
                        for cased in (False, True)))
rule("all of them", ("a|contains|all", ["a" * n for n in range(1, 300)]), condition="not s")
rule("ends", ("a|endswith", ["b" + "a" * n for n in range(0, 4000, 31)]), ("a|startswith", ["a" * n + "b" for n in range(0, 4000, 31)]))
for n, text in enumerate(("*" + "a*" * 200 + "b", "*" + "a?" * 2000 + "b", "*" + "?" * 3000 + "b", "a*" + "aaaa?" * 100 + "b*",
                          "*" + "a?" * 40 + "b", "*" + "a?" * 5 + "b")):
    rule(f"wildcards {n}", ("a", text))
rule("periods", ("a|contains", ["qzj" * 10000 + c for c in "0123456789abcdefghijklmnop"]), ("a|contains", "qzj" * 20000 + "e"))
rule("dashes", ("a|windash|contains", ["a-" * 6 + "b", "--------b"]))
rule("expressions", *(("a|re", e) for e in ("(a+)+$", "(a|a)*b", "(a*)*b", "a{1,200}b", "(.*a){12}b", ".*.*.*b", "(?i)(a|aa)+b",
                                           "^(([a-z])+.)+[A-Z]([a-z])+$")))
rule("pairs", ("a|fieldref", "b"), ("a|fieldref|contains", "b"), ("a|fieldref|startswith", "b"))
rule("numbers", ("a|gt", 10**60), ("a", 10**60), ("a|lt", 1.5))
rule("keywords", keywords=["a" * n + "b" for n in range(1, 60)] + ["a" * 64 + "b"])
rule("places", (".".join("a" * 20), "x"), ("a.a.a.b|contains", ["x", "y"]), ("a.b", None))
# A condition that names the same parts thousands of times.
(rules / "condition.yml").write_text(json.dumps({"title": "condition", "logsource": {"category": "x"}, "detection": {
    "s": {"a|contains": [f"q{n}" for n in range(20000)]}, "t": {"b": "x"}, "condition": " or ".join(["(t and s)", "not (s or t)"] * 400)}}))


def nested(depth, inner):
    for _ in range(depth):
        inner = {"a": inner, "a.a": 1}
    return inner


EVENTS = {
    "one long text": {"a": "a" * MIB},
    "one long text of a period": {"a": "qzj" * (MIB // 3)},
    "one long text beyond ASCII": {"a": "a" * (MIB // 2) + "\u4e2d" + "a" * (MIB // 2)},
    "one long text of capitals and a long s": {"a": "A" * (MIB // 2) + "\u017f" + "A" * (MIB // 2)},
    "one long number": '{"a":' + "1" * MIB + "}",
    "a number of a large exponent": '{"a":1e999999999999999999}',
    "ten thousand keys": {f"key number {n}": "a" * 90 for n in range(10000)},
    "ten thousand keys of one name": "{" + ",".join(['"a":"aaaaaaaaaaaaaaaa"'] * 10000) + "}",
    "ten thousand texts of one field": {"a": ["a" * 90] * 10000},
    "two lists of a hundred thousand": {"a": list(range(100000)), "b": list(range(100000, 200000))},
    "two lists of long texts": {"a": ["a" * 900 for n in range(500)], "b": ["a" * 899 + "b" for n in range(500)]},
    "nested sixty deep": nested(60, {"b": "x"}),
    "nested in lists": {"a": [{"a": [{"a": [{"b": "x"}] * 30}] * 30}] * 30},
}


def bench(rules, *events):
    path = dir / "events.json"
    path.write_text("".join((e if isinstance(e, str) else json.dumps(e, ensure_ascii=False)) + "\n" for e in events))
    r = subprocess.run([lf.BIN, "bench", "detect", "--no-route", "--rules", str(rules), str(path)], capture_output=True, text=True,
                       timeout=120)
    assert r.returncode == 0, r.stderr
    return json.loads(r.stdout)


@lf.promise
def all_load():
    """each hostile rule is loaded or refused, in bounded time"""
    r = subprocess.run([lf.BIN, "rules", "check", str(rules)], capture_output=True, text=True, timeout=60)
    assert r.returncode in (0, 1), r.stderr
    loaded = [line for line in r.stdout.splitlines() if line.startswith("loaded")]
    assert len(loaded) >= 10, r.stdout
    return r.stdout.splitlines()[-1]


@lf.promise
def each_event():
    """each hostile rule takes under a second for thirteen hostile events together"""
    took = {path.stem: bench(path, *EVENTS.values()) for path in sorted(rules.glob("*.yml"))}
    assert all(got["events"] == len(EVENTS) for got in took.values())
    slow = {name: got["cpu_s"] for name, got in took.items() if got["cpu_s"] > LIMIT}
    assert not slow, slow
    assert max(got["compile_s"] for got in took.values()) < 10, took
    worst = max(took, key=lambda name: took[name]["cpu_s"])
    return f"slowest: {worst}, {took[worst]['cpu_s'] * 1000:.0f} ms"


lf.done()
