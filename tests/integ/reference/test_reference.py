#!/usr/bin/env python3
"""Fold and clocks against slow references written from the words of the incident model and the clock contract.

    test_reference.py [--histories N] [--seed N]     a longer run than `make check` has time for"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent / "lib"), str(here)]
import clock_reference  # noqa: E402
import incident_reference  # noqa: E402
import lf  # noqa: E402
from lf import *  # noqa: E402,F403

ap = argparse.ArgumentParser()
ap.add_argument("--histories", type=int, default=2500, help="of each kind")
ap.add_argument("--seed", type=int, default=int(os.environ.get("LF_SEED", "1")))
args = ap.parse_args()
BATCH = pathlib.Path(os.environ.get("LF_BUILD", lf.ROOT / "build")) / "tests/tools/incident_batch"
SETS = [lf.ROOT / "rules/clock" / n for n in ("tw-2026.json", "eu-nis2.json", "us-federal.json")]
rules = [json.loads(p.read_text()) for p in SETS]


def another_law(r):
    """A rule set of the same form that no country has; sometimes several, of different days."""
    o = json.loads(json.dumps(r.choice(rules[:3])))
    o["tz"] = r.choice(("Asia/Taipei", "Europe/Brussels", "America/New_York", "UTC"))
    o["unknown_level"] = r.randint(1, 4)
    for c in o["clocks"]:
        c["on_level_change"] = {"shorter": r.choice(("keep", "min_from_change", "from_start")), "longer": r.choice(("keep", "from_start"))}
        c["judged_at"] = r.choice(clock_reference.TIERS) if r.random() < 0.3 else c["judged_at"]
        c["extension"] = r.choice((None, {"consent": []}, {"consent": ["reviewer"]}))
        c["scope"] = r.choice(("incident", c["scope"]))
        c["warn_percent"] = sorted(r.sample(range(1, 100), r.randint(0, 3)))
        for rule in c["start"] + c["stop"]:
            rule["use"] = r.choice(("occurred", "recorded", rule["use"]))
        for rule in c["start"]:
            rule["repeat"] = r.choice(("once", "idle", "each", "after_stop", rule["repeat"]))
            if r.random() < 0.2:
                rule["on"] = rule["on"] + [r.choice(("level_effective", "returned", "aware", "reopened"))]
            if r.random() < 0.2:
                rule["until"] = True
        if r.random() < 0.3:
            c["cancel"] = [{"on": [r.choice(common)], "use": "recorded", "if": [r.choice(("makeup_owed", "no_obstacle", "seen:reported", "unseen:returned"))]}]
        levels = [1, 2, 3, 4]
        r.shuffle(levels)
        cut = r.randint(1, 4)
        c["limits"] = [dict({"id": c["id"] + x, "levels": sorted(some), "basis": "", "status": ""},
                            **r.choice(({"seconds": r.choice((60, 3600, 86400))}, {"seconds": r.randrange(9 * 86400)}, {"months": r.randint(1, 3)}, {"none": True})))
                       for x, some in (("a", levels[:cut]), ("b", levels[cut:])) if some and (x == "a" or r.random() < 0.8)]
        if r.random() < 0.1:
            c["valid_from"] = "2026-06-01"
    if r.random() < 0.3:
        o["valid_from"] = "2026-%02d-01" % r.randint(1, 12)
        return [o, dict(rules[0], valid_to=r.choice((None, "2026-09-01")))]
    return o

roles = ["reporter", "reviewer", "national", "system", "supporter", "stranger"]
kinds = clock_reference.ORDER + ["of_later"]
common = ["aware", "aware_corrected", "level_changed", "level_changed", "reported", "reported", "received_by_reviewer", "returned",
          "supplemented", "reviewed", "reviewed", "forwarded", "controlled", "recovered", "final_submitted", "final_returned",
          "closed", "not_incident", "reopened", "merged", "absorbed", "extended"]


def when(r, t, zone=None):
    text = clock_reference.said(t)
    if r.random() < 0.1:
        text = text[:-1] + ".%09d" % r.randrange(10**9) + "Z"
    if r.random() < 0.1:
        text = text[:-1] + "+00:00"
    return text


def clock_history(r):
    """Valid by A2, and otherwise as odd as can be."""
    base = clock_reference.seconds("2026-%02d-%02dT00:00:00Z" % (r.randint(1, 12), r.randint(1, 28))) + r.randrange(86400)
    if r.random() < 0.03:
        base -= 400 * 86400
    scale = r.choice((20, 1800, 6 * 3600, 86400, 9 * 86400))
    events, t, level = [], base, r.random() < 0.5
    for n in range(r.randint(1, 14)):
        t = base if n == 0 else t + (r.randrange(scale) if r.random() < 0.85 else -r.randrange(scale))
        kind = "aware" if n == 0 and r.random() < 0.9 else r.choice(common if r.random() < 0.8 else kinds)
        usual = {"reviewed": "reviewer", "returned": "reviewer", "closed": "reviewer", "not_incident": "reviewer", "merged": "reviewer",
                 "absorbed": "reviewer", "received_by_reviewer": "system", "forwarded": "system", "extended": "reviewer"}
        by = usual.get(kind, "reporter") if r.random() < 0.7 else r.choice(roles)
        tier = {"reviewer": "sector", "national": "nation"}.get(by, "provider") if r.random() < 0.8 else r.choice(clock_reference.TIERS)
        e = {"time": when(r, t), "kind": kind, "by": by, "tier": tier}
        if r.random() < 0.35 or kind == "aware_corrected":
            e["occurred_at"] = when(r, t - r.randrange(scale))
            if clock_reference.seconds(e["occurred_at"]) > clock_reference.seconds(e["time"]):
                e["occurred_at"] = e["time"]
        if r.random() < 0.4:
            e["receipts"] = {x: None if r.random() < 0.1 else when(r, t + r.randrange(scale) + 1)
                             for x in clock_reference.TIERS if r.random() < 0.5}
        if kind == "level_changed" or (level and r.random() < 0.4):
            e["level"] = r.randint(1, 4)
        if kind == "aware_corrected" or r.random() < 0.1:
            e["reason"] = "x"
        if r.random() < 0.2:
            e["channel"] = r.choice(("platform", "other", None))
            e["reason"] = "y"
        if r.random() < 0.25:
            e["stage"] = r.choice(("initial", "notification", "early_warning", "incident_notification", "final", "progress", None))
        if r.random() < 0.2:
            e["mode"] = r.choice(("online", "onsite", "on_site"))
        if kind == "extended" or r.random() < 0.1:
            e["until"] = when(r, t + 1 + r.randrange(1, 40 * 86400))
        if kind == "extended":
            e["clock"] = r.choice(("C1", "C4", "C5", "C5", "E3", "N3", "U2", "nothing"))
            e["consent"] = r.sample(["reviewer", "national", "reporter"], r.randint(0, 3))
        if kind == "absorbed":
            e["aware_at"] = when(r, t - r.randrange(scale))
            if clock_reference.seconds(e["aware_at"]) > clock_reference.seconds(e["time"]):
                e["aware_at"] = e["time"]
        if r.random() < 0.6:
            e["same_agency"] = r.random() < 0.7
        if r.random() < 0.3:
            e["id"] = "e%d" % r.randrange(12)
        events.append(e)
    r.shuffle(events)
    return {"rules": r.randrange(8) if r.random() < 0.6 else 0, "at": when(r, t + r.randrange(scale * 3) - scale // 2), "history": events}


def incident(r):
    nodes = [("identity--%d" % i, t) for i, t in ((1, "provider"), (2, "sector"), (3, "nation"))]
    pool = sorted(incident_reference.KINDS) + ["of_later"]
    likely = ["reported", "supplemented", "returned", "reviewed", "reviewed", "forwarded", "controlled", "recovered", "final_submitted",
              "closed", "closed", "merged", "unmerged", "absorbed", "unabsorbed", "not_incident", "reopened", "level_changed",
              "measure_planned", "measure_done", "measure_verified", "follow_up_done", "final_returned", "aware_corrected", "marked", "classified", "vital_corrected"]
    path = ["aware", "reported", "reviewed", "forwarded", "controlled", "final_submitted", "closed", "follow_up_done"]
    events, sequence, narrow = [], {}, r.random() < 0.5
    go = r.randint(1, len(path)) if r.random() < 0.6 else 1
    for n in range(r.randint(1, 12) + go):
        kind = path[n] if n < go else r.choice(likely if r.random() < 0.85 else pool)
        by = {"reviewed": "reviewer", "returned": "reviewer", "closed": "reviewer", "not_incident": "reviewer", "merged": "reviewer",
              "unmerged": "reviewer", "absorbed": "reviewer", "unabsorbed": "reviewer", "measure_verified": "reviewer",
              "follow_up_done": "reviewer", "final_returned": "reviewer", "forwarded": "system"}.get(kind, "reporter")
        if n >= go and by == "reviewer" and r.random() < 0.35:
            by = "national"
        if n >= go and r.random() < 0.15:
            by = r.choice(roles[:5])
        node, tier = nodes[{"reviewer": 1, "national": 2, "system": 1}.get(by, 0)] if r.random() < 0.9 else r.choice(nodes)
        sequence[node] = sequence.get(node, 0) + (r.random() > 0.05)
        t = 1772413200 + (n * 60 if narrow else r.randrange(12) * 60)
        e = {"id": "incident-event--%02d" % r.randrange(90), "node": node, "tier": tier, "sequence": sequence[node] or 1,
             "kind": kind, "by": by, "recorded": t * 1000000, "occurred": (t - r.randrange(5) * 60) * 1000000, "body": {}}
        if any(x["id"] == e["id"] for x in events):
            continue
        b, ids = e["body"], [x["id"] for x in events]
        if events and (n < go or r.random() < 0.6):
            e["parents"] = [events[-1]["id"]]
        else:
            e["parents"] = sorted(r.sample(ids, min(len(ids), r.randint(0, 2)))) + (["incident-event--none"] if r.random() < 0.03 else [])
        if events and n >= go and r.random() < 0.2:
            b["base"] = r.sample(ids, min(len(ids), r.randint(1, 2)))
        if kind == "level_changed" or r.random() < 0.35:
            b["level"] = r.randint(1, 4)
        if r.random() < 0.85:
            b[r.choice(("reason", "grounds")) if kind != "aware_corrected" else "reason"] = r.choice(("why", "why", " "))
        for f in incident_reference.FIELDS:
            if r.random() < 0.3:
                b[f] = r.choice("abc")
        if kind == "marked" or r.random() < 0.15:
            b["tlp"] = r.choice(sorted(incident_reference.TLP) + ["pink"])
        if kind == "classified" or r.random() < 0.15:
            b["rsit"] = r.choice(("phishing", "ddos", "x" * 64, "x" * 65, " ", ""))
        if r.random() < 0.15:
            b["form"] = {"rsit": r.choice(("spam", "", " dos ", 7, "y" * 65))}
        ticks = lambda: r.choice(([], "rescue", [7], ["rescue", "x"], r.sample(incident_reference.VITAL, 3), ["finance"] * 33))
        if kind == "vital_corrected" or r.random() < 0.15:
            b["vital_functions"] = ticks()
        if r.random() < 0.15:
            b.setdefault("form", {})["vital_functions"] = ticks()
        if kind in ("merged", "unmerged"):
            b["into"], b["same_agency"] = "incident--p", r.random() < 0.7
        if kind in ("absorbed", "unabsorbed"):
            b["incident"] = r.choice(("incident--q", "incident--r"))
        if kind.startswith("evidence_"):
            b.update({k: r.choice(("x", "x", "x", " ")) for k in ("what", "taken_by", "method", "evidence", "from", "to")})
        if kind == "extended" and r.random() < 0.8:
            b["clock"], b["until"], b["consent"] = "C5", clock_reference.said(t + 86400), ["reviewer"]
        if kind == "absorbed":
            a = t - r.randrange(20) * 60
            b["aware_at"], b["aware_us"] = clock_reference.said(a), a * 1000000
        if kind.startswith("measure_"):
            b["measure"] = r.choice("MN")
            if r.random() < 0.7:
                b["owner"], b["due"] = r.choice(("IT", " ")), "2026-12-%02d" % r.randint(1, 31)
        events.append(e)
    r.shuffle(events)
    return {"events": events + r.sample(events, r.randint(0, 1))}


scratch_dir = pathlib.Path(lf.scratch())


def compared(make, judge):
    """Differences, and how the sample was spread."""
    r, left, bad, spread = random.Random(args.seed), args.histories, [], {}
    while left and not bad:
        rules[3:] = [another_law(r) for _ in range(5)]
        for n in range(3, 8):
            (scratch_dir / f"{n}.json").write_text(json.dumps(rules[n]))
        cases = [make(r) for _ in range(min(left, 2500))]
        left -= len(cases)
        out = subprocess.run([BATCH, *SETS, *(scratch_dir / f"{n}.json" for n in range(3, 8))], input="".join(json.dumps(c) + "\n" for c in cases), capture_output=True, text=True, timeout=600)
        assert out.returncode == 0, out.stderr[-3000:]
        for c, line in zip(cases, out.stdout.splitlines(), strict=True):
            got, (want, marks) = json.loads(line), judge(c)
            for m in marks:
                spread[m] = spread.get(m, 0) + 1
            if got != want:
                bad.append((c, got, want))
    for c, got, want in bad[:1]:
        print("# " + json.dumps(c))
        for k in want:
            if got.get(k) != want[k]:
                print("#   %s: %s, not %s" % (k, json.dumps(got.get(k)), json.dumps(want[k])))
        if "error" in got:
            print("#   ", got)
    assert not bad, "they differ"
    return spread


def judge_clock(c):
    try:
        want = clock_reference.judge(rules[c["rules"]], c["history"], c["at"])
    except ValueError:
        return {"error": "not_found"}, ["refused"]
    return want, {x["code"] for x in want["clocks"]} | {x["due_code"] for x in want["clocks"] if x["due_code"]} | {x["code"] for x in want["notes"]}


def judge_incident(c):
    want = incident_reference.fold(c["events"])
    return want, {want["review"], want["handling"]} | set(want["outcomes"]) | ({"rivals"} if want["rivals"] else set())


@promise
def clocks():
    """of random histories the clock engine says what the slow reference says"""
    spread = compared(clock_history, judge_clock)
    for code in ("late", "met", "overdue", "running", "given", "extended", "absorbed", "shortened", "lengthened", "classified", "outranked",
                 "no_authority", "inactive", "merged_stays", "not_closed", "duplicate_aware", "merged_other_agency",
                 "extension_refused", "cancelled_closed", "overdue_cancelled", "not_started"):
        assert spread.get(code, 0) >= args.histories // 2500, (code, spread)
    return f"{args.histories} histories"


@promise
def folds():
    """of random events the fold gives the state that the slow reference gives"""
    spread = compared(incident, judge_incident)
    for word in incident_reference.REVIEW + incident_reference.HANDLING + ["applied", "refused", "outranked", "answered", "opinion", "void",
                                                                         "undone", "entry", "unknown", "rivals"]:
        assert spread.get(word, 0) >= args.histories // 2500, (word, spread)
    return f"{args.histories} sets of events"


done()
