#!/usr/bin/env python3
"""Coverage of ATT&CK on a running node, by what was decided about each rule: API, command line, pages."""
import json
import pathlib
import os
import signal
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

BASE = "7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4b"
RULE = """title: {0}
id: {1}
level: high
tags: [{2}]
logsource: {{category: webserver}}
detection: {{s: {{cs-uri-query|contains: 'lf{0}'}}, condition: s}}
"""
dir = lf.scratch()
rules = dir / "rules"
rules.mkdir()
for i, (title, tags) in enumerate((("one", "attack.t1059.001, attack.t1105"), ("two", "attack.t1059.001"),
                                   ("three", "attack.t1003"), ("four & more", "cve.2021-44228"))):
    (rules / f"{i}.yml").write_text(RULE.format(title, f"{BASE}0{i}", tags))
node = lf.Node.serve(dir, f"[rules]\ndirs = {rules}\n")


def get(path):
    r = node.local("GET", path)
    assert r.status == 200, (path, r.status, r.body)
    return r.json


def decide(i, state):
    r = node.local("PUT", f"/api/v1/tunings/{BASE}0{i}", {"note": "because", "state": state})
    assert r.status == 200, r.body


def cli(*args):
    r = subprocess.run([lf.BIN, "rules", "coverage", "--node", "-c", dir / "lianfang.ini", *args], capture_output=True, text=True, cwd=dir)
    assert r.returncode == 0, r.stderr
    return r.stdout


def row(technique, show=""):
    return next((t for t in get(f"/api/v1/coverage?show={show}")["techniques"] if t["technique"] == technique), None)


@lf.promise
def by_state():
    """a technique's rules are counted by state, the gaps are there, and each number opens the rules behind it"""
    lf.until("the rules are told", lambda: get("/api/v1/coverage")["rules"]["live"] == 4, 20)
    decide(1, "test")
    decide(2, "retired")
    c = get("/api/v1/coverage")
    assert c["rules"] == {"live": 2, "draft": 0, "test": 1, "retired": 1} and c["tagged"] == 3, c["rules"]
    assert row("T1059.001")["rules"] == {"live": 1, "draft": 0, "test": 1, "retired": 0}, row("T1059.001")
    assert row("T1003")["cover"] == "retired" and row("T1003", "none") is None and row("T1003.001", "none"), "gaps"
    execution = next(t for t in c["tactics"] if t["tactic"] == "execution")
    assert execution["live"] == 1 and execution["techniques"] == sum(execution[k] for k in ("live", "trial", "retired", "none")), execution
    decide(0, "draft")
    assert row("T1059.001")["cover"] == "trial" and row("T1059.001", "live") is None, row("T1059.001")
    for state, want in (("draft", ["one"]), ("test", ["two"]), ("live", []), ("retired", [])):
        got = get(f"/api/v1/rules?technique=T1059.001&state={state}")["items"]
        assert [x["title"] for x in got] == want and all(x["state"] == state for x in got), (state, got)
    for path in ("/api/v1/coverage?show=some", "/api/v1/coverage?tactic=nosuch", "/api/v1/rules?state=asleep", "/api/v1/rules?after=x"):
        assert node.local("GET", path).status == 400, path


@lf.promise
def on_the_command_line():
    """the command line says the same: states, gaps, and the rules of a technique"""
    lines = cli().splitlines()
    assert any(x.split()[:5] == ["T1059.001", "0", "1", "1", "0"] for x in lines), lines
    assert "T1003.001" in cli("--missing") and "T1059.001" not in cli("--missing")
    assert [x.split()[0] for x in cli("--technique", "T1059.001").splitlines()] == ["draft", "test"]
    assert json.loads(cli("--json"))["rules"]["draft"] == 1


@lf.promise
def follows_a_reload():
    """a rule that comes or goes with a reload is in the counts, and a core that was killed has them again"""
    (rules / "9.yml").write_text(RULE.format("nine", f"{BASE}09", "attack.t1003.001"))
    (rules / "2.yml").unlink()
    node.process.send_signal(signal.SIGHUP)
    lf.until("the new rule is counted", lambda: row("T1003.001", "live"), 20)
    assert lf.until("the old one is gone", lambda: row("T1003", "none"), 20)
    pid = node.workers()["core"]
    os.kill(pid, signal.SIGKILL)
    lf.until("the core is back", lambda: node.workers().get("core") not in (None, pid), 30)

    def again():
        try:
            return row("T1003.001", "live")
        except OSError:
            return None
    lf.until("it has the rules again", again, 30)
    pages, after = [], ""
    while True:  # titles with signs in them do not end the list
        page = get(f"/api/v1/rules?limit=1&after={urllib.parse.quote(after)}")
        pages += [x["title"] for x in page["items"]]
        after = page.get("next", "")
        if not after:
            break
    assert pages == ["four & more", "nine", "one", "two"], pages


lf.done()
