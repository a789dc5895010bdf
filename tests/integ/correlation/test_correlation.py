#!/usr/bin/env python3
"""Sigma correlations: what `lianfang detect` says is what a slow reading of the specification says."""
import calendar
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "oracle"))
import correlation as oracle
from lf import *

SEED = int(os.environ.get("LF_ORACLE_SEED", "20261121"))
ROUNDS = int(os.environ.get("LF_ORACLE_ROUNDS", "40"))
BASE = 1_795_000_000  # seconds; some day of 2026


def rule(name, value):
    return {"title": f"rule {name}", "name": name, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "level": "low",
            "logsource": {"category": "test"}, "detection": {"s": {"kind": value}, "condition": "s"}}


def stamp(at):
    s, us = divmod(at, 1_000_000)
    t = time.gmtime(s)
    return time.strftime("%Y-%m-%dT%H:%M:%S", t) + f".{us:06d}Z"


def detect(d, documents, files, routed=False):
    rules = d / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "r.yml").write_text("\n---\n".join(json.dumps(x) for x in documents))
    names = []
    for i, events in enumerate(files):
        p = d / f"{i}.jsonl"
        p.write_text("".join(json.dumps(e) + "\n" for e in events))
        names.append(str(p))
    r = subprocess.run([BIN, "detect", *([] if routed else ["--no-route"]), "--rules", rules, *names], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    assert "refused" not in r.stderr, r.stderr + subprocess.run([BIN, "rules", "check", rules], capture_output=True,
                                                                text=True).stdout
    return [(m["rule"], names.index(m["file"]), m["event"], m["title"], m["level"])
            for m in map(json.loads, r.stdout.splitlines())]


def random_correlation(rng, name, names):
    kind = rng.choice(["event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg",
                       "value_percentile"])
    cor = {"type": kind, "rules": rng.sample(names, rng.randint(1, min(3, len(names)))),
           "timespan": rng.choice(["1s", "3s", "10s", "1m", "2m", "1h", "1d"])}
    group = rng.choice([None, [], ["user"], ["user", "host"], ["who"]])
    if group is not None:
        cor["group-by"] = group
    if group == ["who"]:
        cor["aliases"] = {"who": {r: rng.choice(["user", "host", "ip"]) for r in cor["rules"] if rng.random() < 0.8}}
        if not cor["aliases"]["who"]:
            del cor["aliases"]
    counts = kind in ("event_count", "value_count", "temporal", "temporal_ordered")
    small = kind.startswith("temporal")
    number = lambda: rng.randint(0, 3 if small else 6) if counts else rng.choice(
        [rng.randint(-20, 60), rng.randint(0, 400) / 8] if kind != "value_percentile" else [rng.randint(0, 100), 33.5])
    if not (small and rng.random() < 0.5):
        cond = {rng.choice(["gt", "gte", "gte", "gte", "lt", "lte", "eq", "neq"]): number()}
        if rng.random() < 0.25:
            low = number()
            cond = {rng.choice(["gt", "gte"]): low, rng.choice(["lt", "lte"]): low + number()}
        if not small and kind != "event_count":
            cond["field"] = rng.choice(["bytes", "ip", "user"])
            if kind == "value_count" and rng.random() < 0.4:
                cond["field"] = ["ip", "user"]
        cor["condition"] = cond
    return cor


def random_value(rng, name):
    if rng.random() < 0.08:
        return rng.choice([None, [], {}, {"a": 1}])
    if name == "bytes":
        return rng.choice([rng.randint(-5, 50), rng.randint(0, 999) / 8, str(rng.randint(0, 50)), "0.125", "1e3", "many",
                           True, [1, 2], "-7"])
    v = rng.choice({"user": ["ann", "Ann", "bob", 7, "7", True], "host": ["h1", "h2", "ann"],
                    "ip": ["10.0.0.1", "10.0.0.2", "ann", "bob"]}[name])
    return [v, rng.choice(["ann", "x"])] if rng.random() < 0.05 else v


def random_world(rng):
    base = [f"base_{c}" for c in "abcd"]
    names, cors, docs = list(base), [], [rule(n, n[-1]) for n in base]
    docs[rng.randrange(4)]["detection"]["s"] = {"kind": ["a", "b"]}
    for i in range(rng.randint(1, 6)):
        name = f"cor_{i}"
        cor = random_correlation(rng, name, names if rng.random() < 0.5 else base)
        doc = {"title": name, "name": name, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "level": "high",
               "correlation": cor}
        if rng.random() < 0.3:
            doc["generate"] = rng.random() < 0.7
        cors.append((name, cor, doc))
        names.append(name)
    files, at = [], BASE * 1_000_000
    for _ in range(rng.randint(1, 3)):
        events = []
        for _ in range(rng.randint(0, 60)):
            at += rng.choice([0, 0, 1, 500_000, 1_000_000, 1_000_000, 2_500_000, 30_000_000, 3_600_000_000])
            e = {"kind": rng.choice("abcde")}
            for f in ("user", "host", "ip", "bytes"):
                if rng.random() < 0.85:
                    e[f] = random_value(rng, f)
            if rng.random() < 0.95:
                e["@timestamp"] = stamp(at + rng.choice([0, 0, -5_000_000, 700_000]))
            events.append(e)
        at = BASE * 1_000_000 + rng.randint(0, 60_000_000)
        files.append(events)
    mixed = docs + [d for _, _, d in cors]
    rng.shuffle(mixed)  # a reference may point forwards
    return docs, cors, mixed, files


def microseconds(text):
    whole, frac = text.rstrip("Z").split(".")
    return (calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1_000_000) + int(frac)


def expected(docs, cors, files):
    events, out = [], []
    named = {r for _, c, _ in cors for r in c["rules"]}
    shown = {r for _, c, d in cors if d.get("generate") for r in c["rules"]}
    quiet = named - shown
    for f, lines in enumerate(files):
        for i, e in enumerate(lines):
            kinds = {d["name"]: d["detection"]["s"]["kind"] for d in docs}
            hit = [n for n, k in kinds.items() if e["kind"] in (k if isinstance(k, list) else [k])]
            out += [(uuid_of(n), f, i) for n in hit if n not in quiet]
            if "@timestamp" in e:
                events.append({"at": microseconds(e["@timestamp"]), "rules": hit, "fields": e, "where": (f, i)})
    for (f, i), name in oracle.firings([(n, c) for n, c, _ in cors], events):
        if name not in quiet:
            out.append((uuid_of(name), f, i))
    return sorted(out)


def uuid_of(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@promise
def same_firings():
    """the engine fires where a slow reading of the specification fires, on random rules and events"""
    total = 0
    for n in range(ROUNDS):
        rng = random.Random(SEED + n)
        docs, cors, mixed, files = random_world(rng)
        d = scratch()
        got = sorted((r, f, i) for r, f, i, _, _ in detect(d, mixed, files))
        want = expected(docs, cors, files)
        total += len(want)
        if got != want:
            missing, extra = [x for x in want if x not in got], [x for x in got if x not in want]
            titles = {uuid_of(c[0]): c[2] for c in cors}
            raise AssertionError(f"seed {SEED + n}: missing {missing[:3]}, extra {extra[:3]}: "
                                 f"{[titles.get(x[0]) for x in (missing + extra)[:1]]} in {d}; twice: {len(got) - len(set(got))}")
    return f"{ROUNDS} worlds from seed {SEED}, {total} matches"


@promise
def routed_names():
    """with routing, groups go by the names that a pipeline gives an event's fields, as rules do"""
    docs = [{"title": "ssh", "name": "ssh", "logsource": {"product": "zeek", "service": "conn"},
             "detection": {"s": {"destination.port": 22}, "condition": "s"}},
            {"title": "many", "id": uuid_of("many"), "correlation": {
                "type": "event_count", "rules": ["ssh"], "group-by": ["source.ip"], "timespan": "1m", "condition": {"gte": 3}}}]
    events = [{"_path": "conn", "ts": BASE + i, "id.orig_h": f"10.0.0.{i % 2}", "id.resp_h": "10.9.9.9", "id.resp_p": 22,
               "proto": "tcp"} for i in range(5)]
    got = detect(scratch(), docs, [events], routed=True)
    assert [(r, i) for r, _, i, _, _ in got] == [(uuid_of("many"), 4)], got


done()
