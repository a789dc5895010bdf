#!/usr/bin/env python3
"""The engine against the oracle (tests/oracle), both directions: the same rules load, the same
events fire them.  Random rules of every form; all public rules (where $LF_SHARED has them) on
recorded events and on events made to trip them.

    test_oracle.py [--events N] [--seed N]     a longer run than `make check` has time for"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[i]) + "/" + d for i, d in ((1, "lib"), (2, "oracle"))]
import lf  # noqa: E402

try:
    import make
    import sigma
    import sources
except ImportError as e:  # python3-yaml
    print(f"ok - the engine and the oracle agree # SKIP {e}")
    sys.exit(0)

ap = argparse.ArgumentParser()
ap.add_argument("--events", type=int, default=700, help="over all public rules")
ap.add_argument("--seed", type=int, default=int(os.environ.get("LF_SEED", "1")))
args = ap.parse_args()
sys.setrecursionlimit(10000)
state = {}
dir = lf.scratch()
shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"


def engine(*argv, limit=3600):
    r = subprocess.run([lf.BIN, *map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)
    assert r.returncode in (0, 1), (argv, r.returncode, r.stderr[-2000:])
    return [json.loads(line) for line in r.stdout.splitlines()]


def same_loading(rules, *argv):
    """What the engine loads is what the oracle loads, rule by rule."""
    rows = engine("rules", "check", "--json", *argv)[:-1]
    got = [(r["file"], r["rule"], r["kind"], r["loaded"]) for r in rows]
    want = [(r.file, r.id, r.kind, not r.refused) for r in rules]
    assert len(got) == len(want), f"{len(got)} documents, the oracle sees {len(want)}"
    for row, w, r in zip(rows, want, rules):
        g = row["file"], row["rule"], row["kind"], row["loaded"]
        assert g == w, f"{g}, oracle {w}: engine says {row.get('reason')!r}, oracle {r.refused!r}; seed {args.seed}"
    return sum(w[3] for w in want), sum(not w[3] for w in want)


def judge(rules, path):
    """The oracle's matches of a file, as (event, rule)."""
    live = [r for r in rules if r.kind == "rule" and not r.refused]
    out = set()
    with open(path) as f:
        for n, line in enumerate(f):
            ev = next(sigma.records(line))
            out.update((n, r.id) for r in live if ev and r.fires(ev))
    return out


def compare(rules, path, *argv):
    want = judge(rules, path)
    got = {(m["event"], m["rule"]) for m in engine("detect", "--no-route", *argv, path)}
    if want != got:
        differ = sorted((want - got) | (got - want))
        lines = open(path).read().splitlines()
        first = differ[0]
        raise AssertionError(f"{len(want - got)} missed, {len(got - want)} too many; seed {args.seed}; first: {first} "
                             f"{'missed' if first in want else 'too many'} on {lines[first[0]][:3000]}; rules {sorted({d[1] for d in differ})[:20]}")
    return len(want)


def write_events(name, events):
    path = dir / name
    with open(path, "w") as f:
        for e in events:
            f.write((e if isinstance(e, str) else make.written(e)) + "\n")
    return path


@lf.promise
def random_rules():
    """random rules of every modifier and condition load and fire alike in engine and oracle"""
    rng = random.Random(args.seed)
    count = 600 if args.events < 10000 else 6000
    docs = [make.random_rule(rng, n) for n in range(count)]
    docs += [make.random_filter(rng, n, count) for n in range(count // 20)]
    rules_dir = dir / "random"
    rules_dir.mkdir()
    for k in range(0, len(docs), 20):  # twenty documents a file
        (rules_dir / f"r{k:06}.yml").write_text("---\n".join(map(make.yaml_of, docs[k:k + 20])))
    lists = dir / "lists.yml"
    lists.write_text(make.yaml_of(make.LISTS))
    rules = sigma.load(sigma.rule_files([rules_dir]), make.LISTS)
    loaded, refused = same_loading(rules, "--expand", lists, rules_dir)
    events = []
    for _ in range(400 if args.events < 10000 else 4000):
        doc = rng.choice(docs)
        events.append(make.plain_event(rng) if rng.random() < 0.4 or not isinstance(doc.get("detection", doc.get("filter")), dict)
                      else make.trip(rng, doc, make.LISTS))
    path = write_events("random.jsonl", events)
    n = compare(rules, path, "--rules", rules_dir, "--expand", lists)
    assert loaded > count / 4 and refused > 0 and n > 100, (loaded, refused, n)
    return f"{loaded} loaded, {refused} refused, {len(events)} events, {n} matches"


@lf.promise
def public_rules():
    """all public rules load and fire alike on recorded events and on events made to trip them"""
    for name in ("sigma-rules.tar.zst", "windows-events.jsonl.zst"):
        if not (shared / name).exists() or not shutil.which("zstd"):
            raise lf.Skip(f"{shared / name} or zstd is absent")
    at = dir / "public"
    at.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", str(shared / "sigma-rules.tar.zst"), "-C", str(at)], check=True)
    rng = random.Random(args.seed)
    names = {"userdomain": ["CORP", "co*p"], "internal_domains": ["*.corp.test"]}
    texts = list(sigma.rule_files([at]))
    docs = [d for _, text in texts for d in sigma.documents(text) if isinstance(d, dict)]
    for m in sigma.PLACEHOLDER.finditer("".join(t for _, t in texts)):
        if m.group(3):
            names.setdefault(m.group(3), [f"v-{m.group(3)}", "10.1.*"])
    lists = dir / "public.json"
    lists.write_text(json.dumps(names))
    rules = sigma.load(texts, names)
    loaded, refused = same_loading(rules, "--expand", lists, at)
    assert loaded == len(rules) and refused == 0, [(r.file, r.refused) for r in rules if r.refused]
    packed = subprocess.Popen(["zstd", "-dcq", str(shared / "windows-events.jsonl.zst")], stdout=subprocess.PIPE, text=True)
    recorded = [line.rstrip("\n") for line in packed.stdout]
    packed.wait()
    half = args.events // 2
    events = recorded if half >= len(recorded) else rng.sample(recorded, half)
    events = events + [make.trip(rng, rng.choice(docs), names) for _ in range(args.events - len(events))]
    path = write_events("public.jsonl", events)
    began = time.monotonic()
    n = compare(rules, path, "--rules", at, "--expand", lists)
    state.update(rules=rules, argv=("--rules", at, "--expand", lists), recorded=recorded)
    return f"{loaded} rules, {len(events)} events, {n} matches, {time.monotonic() - began:.0f} s"


@lf.promise
def routed():
    """with routing, rules fire on Sysmon events of their own log source and on no others"""
    if not state:
        raise lf.Skip("the public rules or events are absent")
    rng = random.Random(args.seed)
    some = rng.sample(state["recorded"], min(len(state["recorded"]), max(300, args.events // 8)))
    events = [line for line in some if sources.is_sysmon(next(sigma.records(line)))]
    path = write_events("sysmon.jsonl", events)
    live = [r for r in state["rules"] if r.kind == "rule" and not r.refused]
    want = set()
    for n, line in enumerate(events):
        ev = next(sigma.records(line))
        want.update((n, r.id) for r in live if sources.holds(r.source, ev) and r.fires(ev))
    got = {(m["event"], m["rule"]) for m in engine("detect", *state["argv"], path)}
    assert want == got, (args.seed, sorted(want - got)[:5], sorted(got - want)[:5])
    return f"{len(events)} events, {len(want)} matches"


lf.done()
