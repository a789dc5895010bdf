#!/usr/bin/env python3
"""Correlations: rows made by hand from Sigma's specification of correlation rules (2.1.0) and C17 of
docs/sigma-choices.md, apart from the oracle: events, and at which of them the correlation fires."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

CID = "00000000-0000-4000-8000-0000000000cc"
BASE = "".join(f"""title: {k.upper()}
id: 00000000-0000-4000-8000-00000000000{k}
name: {k}
logsource: {{category: c}}
detection: {{s: {{k: {k}}}, condition: s}}
---
""" for k in "abc")
dir = lf.scratch()
wrong = []


def T(second):
    return f"2026-11-21T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def ev(*rows):
    """(seconds or text or None, which rule it hits, other fields)"""
    out = []
    for at, k, *fields in rows:
        event = {"k": k}
        if at is not None:
            event["@timestamp"] = T(at) if isinstance(at, int) else at
        for more in fields:
            event.update(more)
        out.append(event)
    return out


def check(name, correlation, events, want, extra="", refused=False, rules=BASE, others=()):
    """`others`: matches of the rules that the correlation names."""
    path = dir / "r.yml"
    path.write_text(rules + f"title: X\nid: {CID}\ncorrelation: {correlation}\n" + extra)
    r = subprocess.run([lf.BIN, "rules", "check", "--json", str(path)], capture_output=True, text=True, timeout=60)
    answer = {row.get("title"): row for row in map(json.loads, r.stdout.splitlines())}["X"]
    if answer["loaded"] == refused:
        wrong.append(f"{name}: {answer.get('reason', 'loaded')}")
    if not answer["loaded"]:
        return
    r = subprocess.run([lf.BIN, "detect", "--no-route", "--rules", str(path), "-"], capture_output=True, text=True, timeout=60, 
                       input="\n".join(map(json.dumps, events)))
    matches = [json.loads(line) for line in r.stdout.splitlines()]
    got = [m["event"] for m in matches if m["rule"] == CID]
    rest = [(m["event"], m["title"]) for m in matches if m["rule"] != CID]
    if got != want or rest != list(others):
        wrong.append(f"{name}: fires at {got}, not {want}; others {rest}, not {others}; {r.stderr}")


def settle():
    told = "\n".join(wrong)
    wrong.clear()
    assert not told, told


h = {"h": "1"}


def E(*times):
    return ev(*[(t, "a", h) for t in times])


def V(*values):
    """One a second; "-": the field u is not there."""
    return ev(*[(i, "a", {"h": 1, **({} if u == "-" else {"u": u})}) for i, u in enumerate(values)])


def R(*which):
    return ev(*[(i, k, h) for i, k in enumerate(which)])


@lf.promise
def event_count_rows():
    """counts, windows and groups of event_count"""
    check("event_count gte3", "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 3}}", E(0, 5, 10, 11, 30), [2, 3], others=[])
    check("window inclusive", "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}", E(0, 10), [1])
    check("window exclusive", "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}", E(0, 11), [])
    for op, n, want in (("gt", 1, [1, 2]), ("gte", 2, [1, 2]), ("lt", 2, [0]), ("lte", 2, [0, 1]), ("eq", 2, [1]), ("neq", 2, [0, 2])):
        check("ec "+op, f"{{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {{{op}: {n}}}}}", E(0, 1, 2), want)
    check("range", "{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {gt: 1, lte: 3}}", E(0, 1, 2, 3, 4), [1, 2])
    check("groups", "{type: event_count, rules: [a], group-by: [h, u], timespan: 1m, condition: {gte: 2}}", ev((0, "a", {"h":1, "u":1}), (1, "a", {"h":1, "u":2}), (2, "a", {"h":"1", "u":1}), (3, "a", {"h":1}), (4, "a", {"h":1, "u":None}), (5, "a", {"h":1, "u":2})), [2, 5])
    check("group case", "{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {gte: 2}}", ev((0, "a", {"h":"X"}), (1, "a", {"h":"x"})), [])
    check("no group-by", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}}", ev((0, "a", {"h":"X"}), (1, "a")), [1])
    check("two rules", "{type: event_count, rules: [a, b], group-by: [h], timespan: 1m, condition: {gte: 2}}", ev((0, "a", h), (1, "b", h)), [1])
    check("order by time", "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}", E(20, 0, 15), [0])
    check("rules by id", "{type: event_count, rules: [00000000-0000-4000-8000-00000000000A], group-by: [h], timespan: 10s, condition: {gte: 2}}", E(0, 1), [1])
    for sp, w in (("10s", [1]), ("1m", [1]), ("1h", [1]), ("1d", [1])): check("span "+sp, f"{{type: event_count, rules: [a], group-by: [h], timespan: {sp}, condition: {{gte: 2}}}}", E(0, 10), w)
    check("span 1m edge", "{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {gte: 2}}", E(0, 60, 121), [1])
    for sp in ("1w", "10", "s", "0s", "-1s", "1M", "1.5h", "1 h", "''", "10S", "1h30m", "null", "99999999999999d", "10"): check("bad span "+sp, f"{{type: event_count, rules: [a], group-by: [h], timespan: {sp}, condition: {{gte: 2}}}}", [], [], refused=True)
    settle()


@lf.promise
def value_rows():
    """value_count, value_sum, value_avg and value_percentile"""
    vc="{{type: value_count, rules: [a], group-by: [h], timespan: 1m, condition: {{field: u, {}}}}}"
    check("vc", vc.format("gte: 2"), V("x", "x", "X", "y"), [2, 3])
    check("vc missing", vc.format("gte: 2"), V("x", "-", "y", "-", None), [2, 3, 4])
    check("vc 1 vs '1'", vc.format("gte: 2"), V(1, "1"), [])
    check("vc list ev", vc.format("gte: 2"), V(["x", "y"]), [0])
    check("vc multi", "{type: value_count, rules: [a], group-by: [h], timespan: 1m, condition: {field: [u, v], gte: 2}}", ev((0, "a", {"h":1, "u":1, "v":1}), (1, "a", {"h":1, "u":1, "v":2}), (2, "a", {"h":1, "u":1})), [1, 2])
    check("vc no field", "{type: value_count, rules: [a], group-by: [h], timespan: 1m, condition: {gte: 2}}", [], [], refused=True)
    check("ec field", "{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {gte: 2, field: u}}", [], [], refused=True)
    vs="{{type: {}, rules: [a], group-by: [h], timespan: 1m, condition: {{field: u, {}}}}}"
    check("sum", vs.format("value_sum", "gt: 10"), V(5, "5.5", "x", None, -3), [1, 2, 3])
    check("sum float", vs.format("value_sum", "gte: 0.3"), V(0.1, 0.2), [1])
    check("avg", vs.format("value_avg", "gt: 4"), V(5, 3, "4.5"), [0, 2])
    check("avg none", vs.format("value_avg", "lt: 4"), V("x", "-"), [])
    check("sum neg", vs.format("value_sum", "lt: 0"), V(-1, 2, -5), [0, 2])
    check("sum big", vs.format("value_sum", "gt: 9007199254740992"), V(9007199254740992, 1), [1])
    check("avg eq frac", vs.format("value_avg", "eq: 2.5"), V(2, 3), [1])
    check("pct", vs.format("value_percentile", "lte: 50"), V("x", "x", "y", "x", "y"), [2, 4])
    check("pct 1", vs.format("value_percentile", "lt: 34"), V("x", "x", "y"), [2])
    settle()


@lf.promise
def temporal_rows():
    """temporal, in order and not; aliases, generate, chains"""
    tp="{{type: {}, rules: [a, b, c], group-by: [h], timespan: 10s{}}}"
    check("temporal", tp.format("temporal", ""), R("c", "a", "b", "b"), [2, 3])
    check("temporal gte2", tp.format("temporal", ", condition: {gte: 2}"), R("c", "c", "a"), [2])
    check("temporal window", tp.format("temporal", ""), ev((0, "a", h), (5, "b", h), (11, "c", h)), [])
    check("temporal group", tp.format("temporal", ""), ev((0, "a", h), (5, "b", {"h":"2"}), (6, "c", h)), [])
    check("ordered", tp.format("temporal_ordered", ""), R("a", "b", "c"), [2])
    check("ordered wrong", tp.format("temporal_ordered", ""), R("a", "c", "b"), [])
    check("ordered inter", tp.format("temporal_ordered", ""), R("a", "c", "b", "a", "c"), [4])
    check("ordered same time", tp.format("temporal_ordered", ""), ev((0, "a", h), (0, "b", h), (0, "c", h)), [2])
    check("ordered same time wrong", tp.format("temporal_ordered", ""), ev((0, "c", h), (0, "b", h), (0, "a", h)), [])
    check("ordered gte 2", tp.format("temporal_ordered", ", condition: {gte: 2}"), R("b", "a", "c"), [2])
    al="{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {a: src, b: dst.ip}}}"
    check("alias", al, ev((0, "a", {"src":"1"}), (1, "b", {"dst":{"ip":"1"}})), [1])
    check("alias no", al, ev((0, "a", {"src":"1"}), (1, "b", {"dst":{"ip":"2"}, "src":"1"})), [])
    check("alias partial", "{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {a: src}}}", ev((0, "a", {"src":"1"}), (1, "b", {"ip":"1"})), [1])
    check("alias unknown rule", "{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {c: src}}}", [], [], refused=True)
    g="{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}"
    check("generate", g, E(0, 1), [1], extra="generate: true\n", others=[(0, "A"), (1, "A")])
    check("generate false", g, E(0, 1), [1], extra="generate: false\n", others=[])
    check("generate inside", g[:-1]+", generate: true}", E(0, 1), [1], others=[(0, "A"), (1, "A")])
    check("chain", "{type: temporal_ordered, rules: [many, b], group-by: [h], timespan: 10s}", ev((0, "a", h), (1, "a", h), (2, "b", h), (3, "b", h)), [2, 3], rules=BASE+"title: M\nname: many\ncorrelation: {type: event_count, rules: [a], group-by: [h], timespan: 5s, condition: {gte: 2}}\n---\n", others=[])
    check("no time", g, ev((None, "a", h), (None, "a", h)), [])
    check("epoch?", g, ev(("2026-11-21T08:00:00+08:00", "a", h), ("2026-11-21T00:00:05Z", "a", h)), [1])
    check("multi rules count once", "{type: event_count, rules: [a, a2], group-by: [h], timespan: 10s, condition: {gte: 2}}", E(0), [], rules=BASE+"title: A2\nname: a2\nlogsource: {category: c}\ndetection: {s: {k: a}, condition: s}\n---\n")
    settle()


@lf.promise
def own_ids():
    """the id of a correlation or a filter need not be a UUID, and is a name for it; that of a rule is one"""
    text = BASE + """title: Many
id: many-a
correlation: {type: event_count, rules: [a], group-by: [h], timespan: 5s, condition: {gte: 2}}
---
title: Then b
id: then-b
correlation: {type: temporal_ordered, rules: [Many-A, b], group-by: [h], timespan: 10s}
---
title: Quiet
id: quiet-hosts
logsource: {category: c}
filter: {rules: [a], s: {h: quiet}, condition: s}
"""
    (dir / "own.yml").write_text(text)
    for h in ("1", "quiet"):
        events = ev((0, "a", {"h": h}), (1, "a", {"h": h}), (2, "b", {"h": h}))
        r = subprocess.run([lf.BIN, "detect", "--no-route", "--rules", str(dir / "own.yml"), "-"], capture_output=True, text=True,
                           timeout=60, input="\n".join(map(json.dumps, events)))
        got = [json.loads(line) for line in r.stdout.splitlines()]
        assert r.stderr == "" and [(m["event"], m["title"]) for m in got] == ([] if h == "quiet" else [(2, "Then b")]), r
        assert all(len(m["rule"]) == 36 for m in got), got
    (dir / "own.yml").write_text(text + "---\n" + text[text.index("title: Quiet"):] + "---\n" + BASE[:BASE.index("---")].replace(
        "00000000-0000-4000-8000-00000000000a", "no-uuid").replace("name: a", "name: z"))
    r = subprocess.run([lf.BIN, "rules", "check", str(dir / "own.yml")], capture_output=True, text=True, timeout=60)
    assert r.returncode == 1 and "already" in r.stdout and "no UUID" in r.stdout and "6 loaded, 2 refused" in r.stdout, r.stdout


@lf.promise
def bad_rows():
    """what is no correlation is refused"""
    for b in ("{rules: [a], group-by: [h], timespan: 1m, condition: {gte: 2}}", "{type: nosuch, rules: [a], timespan: 1m, condition: {gte: 2}}", "{type: event_count, rules: [], timespan: 1m, condition: {gte: 2}}", "{type: event_count, rules: [nosuch], timespan: 1m, condition: {gte: 2}}", "{type: event_count, rules: [a], condition: {gte: 2}}", "{type: event_count, rules: [a], timespan: 1m}", "{type: event_count, rules: [a], timespan: 1m, condition: {}}", "{type: event_count, rules: [a], timespan: 1m, condition: {foo: 2}}", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: x}}", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: '2'}}", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: 1.5}}", "{type: event_count, rules: [a], timespan: 1m, condition: 5}", "{type: temporal, rules: [a, b]}", "[]", "{}", "x", "{type: event_count, rules: [X], timespan: 1m, condition: {gte: 1}}", f"{{type: event_count, rules: [{CID}], timespan: 1m, condition: {{gte: 1}}}}", "{type: event_count, rules: a, timespan: 1m, condition: {gte: 1}}", "{type: event_count, rules: [a], group-by: h, timespan: 1m, condition: {gte: 1}}", "{type: event_count, rules: [a, a], timespan: 1m, condition: {gte: 1}}", "{type: value_sum, rules: [a], timespan: 1m, condition: {field: [u, v], gte: 1}}", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: 1}, foo: 1}"):
        check("bad "+b, b, [], [], refused=True)
    settle()


lf.done()
