#!/usr/bin/env python3
"""`lianfang rules make` and `rules coverage`: from samples to a candidate rule that
the engine itself fires, and which techniques the rules look for."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

dir = lf.scratch()


def run(*argv, stdin=None):
    return subprocess.run([lf.BIN, *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=60)


def event(image, line, **more):
    return {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Computer": "h1", "ProcessId": 7,
            "UtcTime": "2026-11-21 01:02:03.000", "Image": image, "CommandLine": line, "User": "A\\b", **more}


def lines(name, events):
    path = dir / name
    path.write_text("".join(json.dumps(e) + "\n" for e in events))
    return path


BAD = [event(f"C:\\Users\\u{i}\\AppData\\tool{i}\\dropper.exe", f"dropper.exe -k {i * 7919:x} --beacon 'it''s' *.dll? \\\\{i}\\c$")
       for i in range(1, 4)]
GOOD = [event(f"C:\\Program Files\\p{i}\\app.exe", f"app.exe --number {i}") for i in range(500)]
GOOD += [event("C:\\Tools\\dropper.exe", "dropper.exe --help")]


@lf.promise
def made():
    """the rule made from samples loads, fires on each of them, and on no event of the background"""
    bad, good = lines("bad.jsonl", BAD), lines("good.jsonl", GOOD)
    r = run("rules", "make", "--from", bad, "--against", good, "--title", "Dropper: it's \"one\"", "--json")
    assert r.returncode == 0, r.stderr
    answer = json.loads(r.stdout)
    assert answer["samples"] == 3 and answer["background"] == 501 and answer["hits"] == 0, answer
    for word in ("UtcTime", "ProcessId", "Computer", "'User'"):
        assert word not in answer["rule"], answer["rule"]
    rules = dir / "made"
    rules.mkdir()
    (rules / "made.yml").write_text(answer["rule"])
    r = run("rules", "check", "--json", rules)
    assert r.returncode == 0, r.stdout
    assert json.loads(r.stdout.splitlines()[0])["title"] == "Dropper: it's \"one\""
    for route in ((), ("--no-route",)):
        r = run("detect", *route, "--rules", rules, bad)
        assert [json.loads(x)["event"] for x in r.stdout.splitlines()] == [0, 1, 2], (r.stdout, answer["rule"])
        assert run("detect", *route, "--rules", rules, good).stdout == ""
    return f"{answer['items']} items"


@lf.promise
def from_alert():
    """an alert's evidence is taken as samples"""
    alert = json.dumps({"alert": {"rule": "x"}, "evidence": [{"event": e} for e in BAD]})
    r = run("rules", "make", "--from", "-", "--json", stdin=alert)
    assert r.returncode == 0 and json.loads(r.stdout)["samples"] == 3, r.stderr


@lf.promise
def honest():
    """samples that ordinary events equal give a rule that says so and exit 1"""
    good = lines("same.jsonl", GOOD[:3])
    r = run("rules", "make", "--from", good, "--against", good, "--json")
    assert r.returncode == 1 and json.loads(r.stdout)["hits"] == 3, r.stdout
    assert "Seen in the background" in json.loads(r.stdout)["rule"]


@lf.promise
def refused():
    """samples without anything in common, of two kinds, or none, are refused in one sentence"""
    for events, word in (([{"Image": "x1"}, {"Other": "y"}], "in common"),
                         ([{"ProcessId": 1}], "in common"),
                         ([event("a", "b"), {"eventType": "user.session.start", "outcome": {"result": "SUCCESS"}, "actor": {}, "Image": "a"}], "log source")):
        r = run("rules", "make", "--from", lines("odd.jsonl", events))
        assert r.returncode == 2 and word in r.stderr and r.stderr.count("\n") == 1, (events, r.stderr)
    assert run("rules", "make").returncode == 2
    assert run("rules", "make", "--from", dir / "absent").returncode == 2


RULE = "title: {0}\nid: {1}\nlevel: high\nstatus: stable\ntags: [{2}]\nlogsource: {{product: windows}}\ndetection: {{s: {{a: b}}, condition: s}}\n"


@lf.promise
def coverage():
    """techniques are counted once a rule, from tags; an unknown one is told; the layer is one the Navigator reads"""
    d = dir / "tagged"
    d.mkdir()
    for i, tags in enumerate(("attack.t1059.001, attack.T1059.001, attack.execution", "attack.t1059.001", "attack.t9999", "cve.2021-44228")):
        (d / f"{i}.yml").write_text(RULE.format(f"r{i}", f"7e0f6a3c-0000-4000-8000-00000000000{i}", tags))
    r = run("rules", "coverage", "--json", d)
    assert r.returncode == 0 and "attack.t9999" in r.stderr, r.stderr
    c = json.loads(r.stdout)
    found = {t["technique"]: t for t in c["techniques"] if t["rules"]}
    assert set(found) == {"T1059.001"} and found["T1059.001"]["rules"] == 2 and found["T1059.001"]["high"] == 2, found
    assert found["T1059.001"]["name"] == "PowerShell" and c["rules"] == 4 and c["tagged"] == 2 and c["unknown_tags"] == 1
    assert next(t for t in c["tactics"] if t["tactic"] == "execution")["covered"] == 1
    layer = json.loads(run("rules", "coverage", "--navigator", d).stdout)
    assert layer["domain"] == "enterprise-attack" and layer["versions"]["layer"] == "4.5"
    assert layer["techniques"] == [{"techniqueID": "T1059.001", "score": 2}]
    missing = run("rules", "coverage", "--missing", d).stdout
    assert "T1059.001" not in missing and "T1003.001" in missing


lf.done()
