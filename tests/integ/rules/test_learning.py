#!/usr/bin/env python3
"""What is usual is learnt on a running node when a person asks, and in force when a person accepts it."""
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sources"))
import samples  # noqa: E402

HMI, OTHER, PLC, STRANGER = "10.9.0.10", "10.9.0.11", "10.9.0.5", "10.9.0.66"
WRITE = "Modbus Write By A Station That Never Writes"
dir = lf.scratch()
(dir / "usual.yml").write_text(f"ot_writers: ['{HMI}', '10.9.0.99']\not_use: ['{HMI} x']\n")
SETTINGS = f"[rules]\ndirs = {lf.ROOT}/rules-learned/ot\nexpand = {dir}/usual.yml\n"
node = lf.Node.serve(dir, SETTINGS)
token = node.local("POST", "/api/v1/tokens", {"label": "zeek", "roles": "sender", "account": "admin"}).json["token"]


def send(src, func, dst=PLC):
    e = dict(samples.zeek("modbus", unit=1, func=func), **{"id.orig_h": src, "id.resp_h": dst})
    r = node.post("/api/v1/events", json.dumps(e).encode() + b"\n", headers={"Authorization": f"Bearer {token}",
                                                                           "Content-Type": "application/x-ndjson"})
    assert r.status == 200, r.body


def get():
    r = node.local("GET", "/api/v1/learning")
    assert r.status == 200, r.body
    return r.json


def act(what, body=None, want=(200, 204)):
    r = node.local("POST", "/api/v1/learning" + what, body or {})
    assert r.status in want, (what, r.status, r.body)


def learn():
    act("", {"from": "1990-01-01"})
    return lf.until("it is learnt", lambda: (lambda v: v["state"] == "draft" and v)(get()), 30)


def values(v, kind):
    return {(x["list"], x["value"]) for x in v["values"] if x["is"] == kind}


def told(src):
    """How many events of this station are evidence that it writes and never did."""
    n = 0
    for a in node.local("GET", "/api/v1/alerts?state=all&limit=1000").json["items"]:
        if a["title"] == WRITE:
            for e in node.local("GET", f"/api/v1/alerts/{a['id']}?limit=100").json["evidence"]:
                event = e["event"] if isinstance(e["event"], dict) else json.loads(e["event"])
                n += event["id.orig_h"] == src
    return n


def loaded():
    return node.local("GET", "/api/v1/health").json["workers"]["intake"].get("rules")


def try_learn():
    r = node.local("POST", "/api/v1/learning", {"from": "1990-01-01"})
    if r.status not in (200, 409):
        return None
    v = lf.until("an end", lambda: (lambda v: v["state"] in ("draft", "failed") and v)(get()), 30)
    return v if v["state"] == "draft" and ("ot_writers", OTHER) in values(v, "same") else None


@lf.promise
def a_draft_says_the_difference():
    """learning from the archive gives a draft that says what is new, gone and as before, and changes nothing"""
    lf.until("the rules that can learn are told", lambda: get()["learnable"] > 0, 20)
    for func in ("READ_HOLDING_REGISTERS", "WRITE_SINGLE_COIL", "WRITE_SINGLE_COIL"):
        send(HMI, func)
    send(OTHER, "WRITE_SINGLE_REGISTER")
    before = loaded()
    v = learn()
    assert ("ot_writers", OTHER) in values(v, "new") and ("ot_writers", "10.9.0.99") in values(v, "gone"), v
    assert ("ot_writers", HMI) in values(v, "same") and v["events"] >= 4, v
    assert v["new"] == len(values(v, "new")) and v["gone"] == len(values(v, "gone")), v
    assert loaded() == before and not (dir / "data/events/learned.yml").exists(), "it is in force before anybody accepted it"
    act("", {"from": "1990-01-01", "to": "1991-01-01"})
    v = lf.until("nothing is learnt of another time", lambda: (lambda v: v["state"] == "draft" and v)(get()), 30)
    assert v["values"] == [], v
    act("/accept", {"note": "x"}, (409,))
    act("/drop")
    assert get()["state"] == "none"
    act("/drop", want=(409,))
    act("", {"from": "nosuchtime"}, (400,))


@lf.promise
def accepted_it_is_in_force():
    """what a person accepts is in force at once, is kept over kill -9, and is in the audit trail"""
    v = learn()
    act("/accept", {}, (400,))
    act("/accept", {"note": "an ordinary fortnight"})
    lf.until("nothing is new any more", lambda: (lambda v: v.get("new") == 0 and v.get("gone") == 0 and v)(get()), 30)
    before = told(OTHER)
    assert before == 1, before
    send(OTHER, "WRITE_SINGLE_REGISTER")
    send(STRANGER, "WRITE_SINGLE_REGISTER")
    lf.until("the stranger is told", lambda: told(STRANGER) == 1, 20)
    assert told(OTHER) == before, "one that is known now is told"
    actions = [x["action"] for x in node.local("GET", "/api/v1/audit").json["items"]]
    assert "learn.accept" in actions and "learn.start" in actions and "learn.drop" in actions, actions
    pid = node.workers()["intake"]
    os.kill(pid, signal.SIGKILL)
    lf.until("the intake is back", lambda: node.workers().get("intake") not in (None, pid), 30)
    # Its lists are those that were accepted: learning again finds only the stranger new.
    v = lf.until("learnt again", try_learn, 40)
    assert values(v, "gone") == set() and {x for _, x in values(v, "new") if x == STRANGER} == {STRANGER}, values(v, "new")
    assert ("ot_writers", OTHER) in values(v, "same"), v


@lf.promise
def on_the_command_line_and_by_rights():
    """the command line starts, shows, keeps what is gone and drops; who may only read alerts may not learn"""
    def cli(*args):
        return subprocess.run([lf.BIN, "learning", *args], capture_output=True, text=True, cwd=dir)
    r = cli("start", "1990-01-01")
    assert r.returncode == 0, r
    lf.until("a draft", lambda: get()["state"] == "draft", 30)
    r = cli("show")
    assert r.returncode == 0 and "ot_writers" in r.stdout, r
    assert cli("drop").returncode == 0 and get()["state"] == "none"
    reader = node.local("POST", "/api/v1/tokens", {"label": "r", "roles": "reader", "account": "admin"}).json["token"]
    for method, path in (("GET", "/api/v1/learning"), ("POST", "/api/v1/learning")):
        assert node.request(method, path, {"from": "-1d"} if method == "POST" else None,
                            headers={"Authorization": f"Bearer {reader}"}).status == 403, path


lf.done()
