#!/usr/bin/env python3
"""Ask the nation: a question goes down the tree, each archive answers by its policy, and numbers come up."""
import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

nation = Node.serve(scratch(), tier="nation")
sectors = [Node.serve(scratch(), tier="sector") for _ in range(2)]
providers = [Node.serve(scratch(), tier="provider") for _ in range(4)]
nodes = [nation, *sectors, *providers]
name = {n: f"{kind}{i}" for kind, all_ in (("nation", [nation]), ("sector", sectors), ("provider", providers)) for i, n in enumerate(all_)}
CANARY = "canary7f3a9c"
EVERYTHING = {"kinds": ["stix", "sigma", "indicators"], "automatic": ["stix", "sigma", "indicators"], "disclose": "values"}
tokens = {}


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")


def policy(node, **more):
    r = node.local("POST", "/api/v1/question-policy", dict(EVERYTHING, **more))
    assert r.status == 201, (r.status, r.body)


def send(node, *events):
    if node not in tokens:
        tokens[node] = node.local("POST", "/api/v1/tokens", {"label": "t", "roles": "sender", "account": "admin"}).json["token"]
    # A token is known to the intake a moment after it was made.
    until("taken", lambda: node.request("POST", "/api/v1/events", "".join(json.dumps(e) + "\n" for e in events).encode(),
                                        {"Authorization": "Bearer " + tokens[node], "Content-Type": "application/x-ndjson"}, auth=False).status in (200, 202))


def ask(node, what, **more):
    body = {"name": "a question", **more}
    body["values" if isinstance(what, list) else "text"] = what
    r = node.local("POST", "/api/v1/questions", body)
    assert r.status == 201, (r.status, r.body)
    return r.json["id"]


def shown(node, q, wait=0):
    r = node.local("GET", f"/api/v1/questions/{q}?wait={wait}", timeout=wait + 30)
    return r.json if r.status == 200 else {}


finish = done


def done(node, q, limit=20):
    def look():
        v = shown(node, q, 10)
        return v if v and v["sum"]["open"] == 0 else None
    return until("all answered", look, limit)


def identity(node):
    return shown(node, ask(node, ["203.0.113.1"]))["own"]["node"]


def audit(node, action):
    return [x for x in node.local("GET", "/api/v1/audit?limit=200").json["items"] if x["action"] == action]


for s in sectors:
    join(s, nation)
for i, p in enumerate(providers):
    join(p, sectors[i // 2])
for i, n in enumerate(nodes):
    # Each has i + 1 of the one and 20 of another, in events that nobody else may see a byte of.
    send(n, *[{"QueryName": "www.evil.example.net", "Computer": CANARY, "User": CANARY}] * (i + 1),
         *[{"QueryName": "quiet.example.org", "Computer": CANARY}] * 20,
         {"Image": "C:\\Windows\\System32\\whoami.exe", "CommandLine": "whoami /" + CANARY, "EventID": 1,
          "Provider_Name": "Microsoft-Windows-Sysmon", "Channel": "Microsoft-Windows-Sysmon/Operational"})
for n in nodes:
    policy(n)
until("kept", lambda: all(n.local("GET", "/api/v1/health").json["workers"].get("intake", {}).get("detection_lag", 1) == 0 for n in nodes))


@promise
def whole():
    """the nation asks seven archives with one pattern and has all seven answers, each by name, within seconds"""
    began = time.monotonic()
    q = ask(nation, "[domain-name:value = 'www.evil.example.net']", days=1)
    v = done(nation, q)
    took = time.monotonic() - began
    assert v["sum"]["asked"] == 7 and v["sum"]["answered"] == 7 and v["sum"]["seen"] == 7, v["sum"]
    assert v["sum"]["count"] == sum(range(1, 8)) and not v["sum"]["at_least"], v["sum"]
    assert v["own"]["count"] == 1 and sorted(m["count"] for m in v["members"]) == [2, 3, 4, 5, 6, 7], v["members"]
    assert all(m["node"].startswith("identity--") and m["name"] == "test" and m["first_seen"] <= m["last_seen"] for m in v["members"]), v["members"]
    assert took < 5, took
    return f"{took:.2f} s"


@promise
def kinds():
    """a Sigma rule and a list of values are asked in the same way, and each value has its own count where that may be told"""
    rule = """title: whoami
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\whoami.exe'}, condition: s}
"""
    v = done(nation, ask(nation, rule))
    assert [v["own"]["count"]] + [m["count"] for m in v["members"]] == [1] * 7, v
    v = done(nation, ask(nation, ["evil.example.net", "quiet.example.org", "198.51.100.1"]))
    for i, p in enumerate([v["own"], *v["members"]]):
        assert p["state"] == "answered", p
    counts = sorted(tuple((x["value"], x["count"]) for x in p["values"]) for p in v["members"])
    assert counts == sorted((("evil.example.net", n), ("quiet.example.org", 20)) for n in range(2, 8)), counts
    assert v["sum"]["count"] == sum(range(1, 8)) + 7 * 20, v["sum"]


@promise
def silent():
    """nothing of any event leaves a node: a word that all events hold is in no object and no answer anywhere else"""
    for n in nodes:
        for p in n.local("GET", "/api/v1/questions").json["items"]:
            assert CANARY not in json.dumps(shown(n, p["id"])), name[n]
        for c in n.local("GET", "/taxii2/root/collections/").json.get("collections", []):
            r = n.local("GET", f"/taxii2/root/collections/{c['id']}/objects/?limit=1000")
            assert CANARY.encode() not in r.body, c
        files = [f for f in n.directory.glob("data/core/*") if f.is_file()]
        assert any(q.encode() in f.read_bytes() for q in [n.local("GET", "/api/v1/questions").json["items"][0]["id"]] for f in files), files
        for f in files:
            assert CANARY.encode() not in f.read_bytes(), (name[n], f)


@promise
def consent():
    """without a policy a question waits for a person, who is told who asks what; a refusal's reason reaches who asked"""
    p, s = providers[0], sectors[0]
    policy(p, automatic=[])
    q, other = ask(s, "[domain-name:value = 'quiet.example.org']"), ask(s, "[domain-name:value = 'evil.example.net']")
    until("both wait", lambda: [shown(p, x).get("state") for x in (q, other)] == ["waiting"] * 2)
    until("the asker knows", lambda: [m["state"] for m in shown(s, q)["members"]].count("waiting") == 1)
    v = shown(p, q)
    assert v["asked"] == "us" and v["asker_tier"] == "sector" and v["text"] == "[domain-name:value = 'quiet.example.org']", v
    assert p.local("POST", f"/api/v1/questions/{q}/accept").status == 204
    assert p.local("POST", f"/api/v1/questions/{other}/refuse", {}).status == 400
    assert p.local("POST", f"/api/v1/questions/{other}/refuse", {"reason": "not ours to say"}).status == 204
    assert sorted(m["count"] for m in done(s, q)["members"]) == [20, 20]
    m = [m for m in done(s, other)["members"] if m["state"] == "refused"]
    assert len(m) == 1 and m[0]["reason"] == "not ours to say" and "count" not in m[0], m
    assert p.local("POST", f"/api/v1/questions/{other}/accept").status == 409
    policy(p)


@promise
def little():
    """a policy's words hold: counts alone, fewer than a floor, no name above the parent, days, kinds and askers"""
    p, s = providers[1], sectors[0]
    policy(p, disclose="count", floor=10, named=False)
    v = done(nation, ask(nation, ["evil.example.net"]))
    mine = [m for m in v["members"] if "fewer_than" in m]
    assert len(mine) == 1 and mine[0]["fewer_than"] == 10, v["members"]
    assert not {"node", "name", "tier", "count", "first_seen", "last_seen", "values"} & set(mine[0]), mine
    assert v["sum"]["at_least"], v["sum"]
    v = done(s, ask(s, ["quiet.example.org"]))
    mine = [m for m in v["members"] if not m["named"]]
    assert len(mine) == 1 and mine[0]["node"].startswith("identity--") and mine[0]["count"] == 20 and "first_seen" not in mine[0], mine
    policy(p, most_days=7)
    m = [m for m in done(s, ask(s, ["quiet.example.org"], days=8))["members"] if m["state"] == "refused"]
    assert len(m) == 1 and "7 days" in m[0]["reason"], m
    policy(p, kinds=["stix"], automatic=["stix"])
    m = [m for m in done(s, ask(s, ["quiet.example.org"]))["members"] if m["state"] == "refused"]
    assert len(m) == 1 and "indicators" in m[0]["reason"], m
    policy(p, askers=["tier:nation"])
    assert [m["state"] for m in done(s, ask(s, ["quiet.example.org"]))["members"]].count("refused") == 1
    assert [m["state"] for m in done(nation, ask(nation, ["quiet.example.org"]))["members"]].count("refused") == 0
    policy(p)


@promise
def audience():
    """only whom a question is for is asked, and only they learn of it"""
    one = next(m["node"] for m in done(sectors[0], ask(sectors[0], ["203.0.113.9"]))["members"])
    before = {n: len(n.local("GET", "/api/v1/questions").json["items"]) for n in nodes}
    v = done(nation, ask(nation, ["quiet.example.org"], nodes=[one]))
    assert v["state"] == "passed" and v["sum"]["asked"] == 1 and v["sum"]["count"] == 20, v
    gained = [name[n] for n in nodes if len(n.local("GET", "/api/v1/questions").json["items"]) > before[n]]
    assert len([n for n in gained if n.startswith("provider")]) == 1, gained
    branch = next(m["node"] for m in v["members"] if m["tier"] == "sector")
    v = done(nation, ask(nation, ["quiet.example.org"], nodes=[branch], reach="branches"))
    assert v["sum"]["asked"] == 3 and v["sum"]["count"] == 60, v["sum"]


@promise
def cost():
    """what a question may cost is held to and said, and a rule that does not load is refused with the reason"""
    v = done(nation, ask(nation, "[domain-name:value MATCHES '^quiet']", most_bytes=1))
    states = {m["state"] for m in [v["own"], *v["members"]]}
    assert states == {"partly"} and all("bytes" in m["reason"] for m in v["members"]), v
    v = done(nation, ask(nation, "title: x\ndetection: {s: {a: 1}, condition: nothing}\n"))
    assert v["sum"]["refused"] == 7 and all("does not load" in m["reason"] for m in v["members"]), v
    long = {"name": "x", "text": "[a:b = '" + "x" * 20000 + "']"}
    for bad in ({"name": "x", "values": ["203.0.113.%d" % i for i in range(200)] * 21}, long, {"name": "x", "text": "[" * 100}, {"name": "x"},
                {"name": "x", "values": ["a"]}, {"name": "x", "values": ["203.0.113.1"], "days": 36500}, {"name": "x", "values": ["203.0.113.1"], "hours": 10000},
                {"name": "x", "values": ["203.0.113.1"], "nodes": ["somebody"]}, {"name": "", "values": ["203.0.113.1"]},
                {"name": "x", "values": ["203.0.113.1"], "expires": "2020-01-01T00:00:00Z"}):
        r = nation.local("POST", "/api/v1/questions", bad)
        assert 400 <= r.status < 500 and r.json["detail"].count("\n") == 0, (bad, r.status, r.body)


@promise
def crash():
    """a core that dies at any step asks once and answers once"""
    q = ask(nation, ["quiet.example.org"])
    for n in (nation, sectors[0], providers[0], providers[3]):
        os.kill(n.workers()["core"], signal.SIGKILL)
    def look():
        v = shown(nation, q)
        return v if v and v["sum"]["open"] == 0 and v["sum"]["asked"] == 7 else None
    v = until("all answered", look, 60)
    assert v["sum"]["count"] == 140 and v["sum"]["answered"] == 7, v["sum"]
    for n in nodes:
        assert [x["id"] for x in n.local("GET", "/api/v1/questions").json["items"]].count(q) == 1
        assert len([x for x in audit(n, "question.ran") if x["subject"] == q]) == 1, name[n]
    q = ask(nation, "[domain-name:value MATCHES '^quiet']")
    for n in (sectors[1], providers[1]):
        os.kill(n.workers()["search"], signal.SIGKILL)
    assert until("all answered", lambda: (v := shown(nation, q)) and v["sum"]["open"] == 0 and v, 60)["sum"]["count"] == 140


@promise
def over():
    """an expired or withdrawn question is not run, and is said to be that"""
    p, s = providers[2], sectors[1]
    policy(p, automatic=[])
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
    q, w = ask(s, ["quiet.example.org"], expires=soon), ask(s, ["evil.example.net"])
    until("they wait", lambda: [shown(p, x).get("state") for x in (q, w)] == ["waiting"] * 2, 6)
    assert s.local("POST", f"/api/v1/questions/{w}/withdraw").status == 204
    until("withdrawn there", lambda: shown(p, w)["state"] == "withdrawn")
    until("expired there", lambda: shown(p, q)["state"] == "expired", 20)
    for x, state in ((q, "expired"), (w, "withdrawn")):
        assert state in [m["state"] for m in done(s, x)["members"]], shown(s, x)
        assert p.local("POST", f"/api/v1/questions/{x}/accept").status == 409
        assert not [y for y in audit(p, "question.ran") if y["subject"] == x]
    policy(p)


@promise
def trail():
    """who asked what, and what was answered, is in the audit trail of both sides"""
    q = ask(nation, ["trail.example.net"])
    done(nation, q)
    asked = [x for x in audit(nation, "question.ask") if x["subject"] == q]
    assert len(asked) == 1 and "trail.example.net" in json.dumps(asked[0]), asked
    assert len([x for x in audit(nation, "question.answered") if x["subject"] == q]) >= 2
    for n in sectors + providers:
        got = [x for x in audit(n, "question.received") if x["subject"] == q]
        assert len(got) == 1 and "trail.example.net" in json.dumps(got[0]), got
        assert [x for x in audit(n, "question.ran") if x["subject"] == q]


@promise
def spelled():
    """names as Windows' DNS server and addresses as others write them are found, among thousands of values too"""
    p, s = providers[0], sectors[0]
    send(p, *[{"source": {"ip": "2001:0DB8:0000:0000:0000:0000:0000:00%02x" % i}} for i in range(16, 26)])
    line = "11/21/2026 5:00:00 AM 0C94 PACKET  00000000028BBC70 UDP Rcv 10.0.0.5 9b14   Q [0001   D   NOERROR] A      (3)www(5)wdnsx(7)example(0)"
    send(p, {"message": line})
    body = p.request("POST", "/api/v1/events", line.encode() + b"\n", {"Authorization": "Bearer " + tokens[p], "Content-Type": "text/plain"}, auth=False)
    assert body.status in (200, 202), (body.status, body.body)
    until("kept", lambda: p.local("GET", "/api/v1/health").json["workers"].get("intake", {}).get("detection_lag", 1) == 0)
    def of_p(v):
        return max(m.get("count", 0) for m in v["members"])
    v = done(s, ask(s, ["2001:db8::12"]))
    assert of_p(v) == 1, v["members"]
    assert of_p(done(s, ask(s, ["wdnsx.example"] + ["198.18.%d.%d" % (i // 250, i % 250) for i in range(3000)], days=30))) >= 1


@promise
def later():
    """who joins, or is let in again, while a question stands is asked it too"""
    q = ask(nation, ["later.example.net"])
    asked = done(nation, q)["sum"]["asked"]
    new = Node.serve(scratch(), tier="provider")
    policy(new)
    join(new, sectors[1])
    until("it is asked", lambda: shown(new, q).get("state") == "answered")
    until("all know", lambda: (v := shown(nation, q)["sum"])["asked"] == asked + 1 and v["open"] == 0)


finish()
