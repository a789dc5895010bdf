#!/usr/bin/env python3
"""What people do with alerts on a running node: a correlation opens what it was made of, owners,
comments, verdicts, merging, assets, rules on trial; all of it audited."""
import html
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

BASE = "7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4a"
RULES = f"""title: A probe
id: {BASE}01
name: probe
level: medium
logsource: {{category: webserver}}
detection:
  s: {{cs-uri-query|contains: 'lfprobe'}}
  condition: s
---
title: Many probes
id: {BASE}02
name: many
level: high
correlation:
  type: event_count
  rules: [probe]
  group-by: [source.ip]
  timespan: 10m
  condition: {{gte: 3}}
  generate: true
---
title: Several sources probe
id: {BASE}03
level: critical
correlation:
  type: value_count
  rules: [many]
  group-by: [url.path]
  timespan: 10m
  condition: {{gte: 2, field: source.ip}}
  generate: true
---
title: On trial
id: {BASE}04
level: low
logsource: {{category: webserver}}
detection:
  s: {{cs-uri-query|contains: 'lftrial'}}
  condition: s
"""
dir = lf.scratch()
(dir / "rules").mkdir()
(dir / "rules/ours.yml").write_text(RULES)
node = lf.Node.serve(dir, f"[rules]\ndirs = {dir}/rules\n")
made = node.local("POST", "/api/v1/tokens", {"label": "web", "roles": "sender", "account": "admin"})
sender = made.json["token"]
at = [0]


def get(path):
    r = node.local("GET", path)
    assert r.status == 200, (path, r.status, r.body)
    return r.json


def act(method, path, body=None, want=(200, 204)):
    r = node.local(method, path, body)
    assert r.status in want, (path, r.status, r.body)
    return r


def send(ip, mark, path="/"):
    at[0] += 1
    line = f'{ip} - - [21/Nov/2026:07:{at[0] // 60:02}:{at[0] % 60:02} +0000] "GET {path}?q={mark} HTTP/1.1" 200 1 "-" "curl"'
    r = node.post("/api/v1/events", json.dumps({"message": line}).encode() + b"\n",
                  headers={"Authorization": f"Bearer {sender}"})
    assert r.status == 200, r.body


def alerts(rule):
    return [a for a in get("/api/v1/alerts")["items"] if a["rule"] == BASE + rule]


@lf.promise
def behind():
    """a correlation over a correlation leads to the alerts and events it was made of, and these open"""
    for ip in ("192.0.2.1", "192.0.2.2"):
        for _ in range(3):
            send(ip, "lfprobe", "/login")
    outer = lf.until("the outer correlation", lambda: alerts("03"))[0]
    assert lf.until("the inner ones", lambda: alerts("02"))
    shown = get(f"/api/v1/alerts/{outer['id']}")["evidence"][0]["behind"]
    events = shown[0]["events"]
    rules = {a["rule"][-2:] for e in events for a in e["alerts"]}
    assert "02" in rules and "01" in rules, shown
    inner = next(a for e in events for a in e["alerts"] if a["rule"].endswith("02"))
    deeper = get(f"/api/v1/alerts/{inner['id']}")["evidence"][0]["behind"][0]
    assert len(deeper["events"]) == 3, deeper
    assert all(any(a["rule"].endswith("01") for a in e["alerts"]) for e in deeper["events"]), deeper
    # And from the archive, by the query that is given.
    s = act("POST", "/api/v1/searches", {"query": deeper["query"]}, (200, 201, 202)).json["id"]
    found = lf.until("the search", lambda: (lambda a: a["state"] == "done" and a)(get(f"/api/v1/searches/{s}")))
    assert len(found["hits"]) == 3, found


@lf.promise
def work():
    """an alert is assigned, commented on, merged, judged and closed, and its history says so"""
    send("192.0.2.9", "lfprobe", "/a")
    many = lf.until("alerts", lambda: len(alerts("01")) >= 1 and alerts("01"))
    a, b = many[0]["id"], alerts("02")[0]["id"]
    act("POST", f"/api/v1/alerts/{a}/assign", {"owner": "admin"})
    act("POST", f"/api/v1/alerts/{a}/assign", {"owner": "who"}, (400,))
    act("POST", f"/api/v1/alerts/{a}/comments", {"note": "已詢問管理者"})
    act("POST", f"/api/v1/alerts/{a}/close", {"verdict": "maybe"}, (400,))
    before = get(f"/api/v1/alerts/{a}")["alert"]["count"] + get(f"/api/v1/alerts/{b}")["alert"]["count"]
    act("POST", f"/api/v1/alerts/{b}/merge", {"into": a})
    one, other = get(f"/api/v1/alerts/{a}")["alert"], get(f"/api/v1/alerts/{b}")["alert"]
    assert one["count"] == before and one["owner"] == "admin", one
    assert other["state"] == "closed" and other["merged_into"] == a, other
    act("POST", f"/api/v1/alerts/{b}/unmerge")
    act("POST", f"/api/v1/alerts/{b}/unmerge", want=(409,))
    one, other = get(f"/api/v1/alerts/{a}")["alert"], get(f"/api/v1/alerts/{b}")
    assert one["count"] + other["alert"]["count"] == before, (one, other["alert"])
    assert other["alert"]["state"] == "new" and "merged_into" not in other["alert"] and other["evidence"], other
    act("POST", f"/api/v1/alerts/{b}/merge", {"into": a})
    act("POST", f"/api/v1/alerts/{a}/close", {"verdict": "true_positive", "note": "blocked"})
    act("POST", f"/api/v1/alerts/{a}/verdict", {"verdict": "benign"})
    did = [(h["act"], h.get("note", "")) for h in get(f"/api/v1/alerts/{a}/history")["items"]]
    assert did == [("assign", "admin"), ("comment", "已詢問管理者"), ("merge", b), ("unmerge", b), ("merge", b),
                   ("close", "true_positive: blocked"), ("verdict", "benign")], did
    audit = [x["action"] for x in get("/api/v1/audit")["items"]]
    for action in ("alert.assign", "alert.comment", "alert.merge", "alert.unmerge", "alert.close", "alert.judge"):
        assert action in audit, (action, audit)


@lf.promise
def assets():
    """an asset's weight, by address, moves the level of what concerns it, and the alert says so"""
    name = urllib.parse.quote("核心 伺服器")
    act("PUT", f"/api/v1/assets/{name}", {"addresses": "198.51.100.0/24", "owner": "資訊處", "weight": "5"})
    assert get(f"/api/v1/assets/{name}")["owner"] == "資訊處"
    csv = "name,addresses,owner,weight\nlab,203.0.113.7,實驗室,1\n"
    assert act("POST", "/api/v1/assets/import", {"csv": csv}).json["assets"] == 1
    act("POST", "/api/v1/assets/import", {"csv": "name,weight\nx,9\n"}, (400,))
    assert [a["name"] for a in get("/api/v1/assets")["items"]] == ["lab", "核心 伺服器"]
    act("PUT", f"/api/v1/tunings/{BASE}01", {"note": "each alone", "group_s": "0"})
    send("198.51.100.4", "lfprobe")
    send("203.0.113.7", "lfprobe")
    up = lf.until("the core's", lambda: [a for a in alerts("01") if a.get("asset") == "核心 伺服器"])[0]
    down = lf.until("the lab's", lambda: [a for a in alerts("01") if a.get("asset") == "lab"])[0]
    assert (up["rule_level"], up["level"], up["grounds"]) == ("medium", "critical", ["host-important"]), up
    assert (down["level"], down["grounds"]) == ("informational", ["host-minor"]), down
    act("DELETE", f"/api/v1/assets/{name}")
    act("DELETE", f"/api/v1/assets/{name}", want=(404,))


@lf.promise
def trial():
    """a rule in test raises nothing and keeps its findings for looking at until it is live"""
    act("PUT", f"/api/v1/tunings/{BASE}04", {"state": "test", "note": "a week"})
    for i in range(4):
        send(f"192.0.2.{i + 20}", f"lftrial{i}")
    hits = lf.until("hits", lambda: (lambda x: len(x) == 4 and x)(get(f"/api/v1/tunings/{BASE}04/hits")["items"]))
    assert "lftrial3" in json.dumps(hits[0]["event"]) and hits[0]["position"] > hits[3]["position"], hits
    assert get(f"/api/v1/tunings/{BASE}04")["kept_back"] == 4 and not alerts("04")
    assert get(f"/api/v1/tunings/{BASE}04/hits")["days"] == [{"day": "2026-11-21", "hits": 4}]
    act("PUT", f"/api/v1/tunings/{BASE}04", {"state": "live", "note": "good"})
    assert get(f"/api/v1/tunings/{BASE}04/hits")["items"] == []
    send("192.0.2.30", "lftrial9")
    lf.until("an alert", lambda: alerts("04"))


@lf.promise
def excluded():
    """an alert judged a false positive proposes silence of its rule at its host, which holds when a person confirms it"""
    act("PUT", f"/api/v1/tunings/{BASE}04", {"state": "live", "note": "each alone", "group_s": "0"})
    one = alerts("04")[0]
    act("POST", f"/api/v1/alerts/{one['id']}/close", {"verdict": "false_positive", "note": "ours"})
    proposed = get("/api/v1/exclusions/proposals")["items"]
    assert [(p["rule"], p["host"], p["verdicts"]) for p in proposed] == [(BASE + "04", one["host"], 1)], proposed
    assert proposed[0]["people"] == 1 and [(a["id"], a["verdict"]) for a in proposed[0]["alerts"]] == [(one["id"], "false_positive")], proposed
    act("POST", f"/api/v1/alerts/{one['id']}/verdict", {"verdict": "true_positive"})
    assert get("/api/v1/exclusions/proposals")["items"] == []
    act("POST", f"/api/v1/alerts/{one['id']}/verdict", {"verdict": "false_positive"})
    before = len(alerts("04"))
    pair = {"rule": BASE + "04", "host": one["host"]}
    act("POST", "/api/v1/exclusions", pair, (400,))
    act("POST", "/api/v1/exclusions", dict(pair, note="a scanner of ours", days="30"))
    assert get("/api/v1/exclusions/proposals")["items"] == []
    send("192.0.2.31", "lftrial10")
    lf.until("the count", lambda: get("/api/v1/exclusions")["items"][0]["kept_back"] == 1)
    assert len(alerts("04")) == before, alerts("04")
    act("POST", "/api/v1/exclusions/end", pair)
    send("192.0.2.32", "lftrial11")
    lf.until("an alert again", lambda: len(alerts("04")) == before + 1)
    audit = [x["action"] for x in get("/api/v1/audit")["items"]]
    assert "exclusion.set" in audit and "exclusion.end" in audit, audit


@lf.promise
def filtered():
    """the list of alerts is filtered by words, host, owner, level, rule, state and time, by API and page alike"""
    everything = get("/api/v1/alerts?limit=1000")["items"]
    session = node.post("/api/v1/session", {"user": "admin", "password": node.info["password"]})
    cookie = session.headers["set-cookie"].split(";")[0]
    newest = everything[0]
    day = newest["first"][:10]
    asked = {
        "state=closed": lambda a: a["state"] == "closed",
        "state=open": lambda a: a["state"] != "closed",
        f"rule={BASE}01": lambda a: a["rule"] == BASE + "01",
        "least=critical": lambda a: a["level"] == "critical",
        "owner=admin": lambda a: a["owner"] == "admin",
        "owner=me&state=all": lambda a: a["owner"] == "admin",
        "owner=-": lambda a: not a["owner"],
        "q=PROBES+many": lambda a: "Many probes" in a["title"],
        "q=" + BASE + "03": lambda a: a["rule"] == BASE + "03",
        "host=" + urllib.parse.quote(newest["host"]): lambda a: a["host"] == newest["host"],
        f"from={day}&to={day}": lambda a: a["first"][:10] == day,
        "to=2020-01-01": lambda a: False,
        "least=medium&state=open&owner=-": lambda a: a["level"] not in ("low", "informational") and
        a["state"] != "closed" and not a["owner"],
    }
    for q, want in asked.items():
        ids = [a["id"] for a in everything if want(a)]
        found, after = [], ""
        while "owner=me" not in q: # (this socket is nobody's) by pages of two: none is short but the last
            r = get(f"/api/v1/alerts?{q}&limit=2{after}")
            found += [a["id"] for a in r["items"]]
            if not r.get("next"):
                break
            assert len(r["items"]) == 2, (q, r)
            after = f"&after={r['next']}"
        assert found == ids or "owner=me" in q, (q, found, ids)
        page, on = f"/alerts?{q}&limit=2" + ("" if "state=" in q else "&state=all"), []
        while page:
            body = node.get(page, headers={"Cookie": cookie}).body.decode()
            on += re.findall(r'<a href="/alerts/([0-9a-f-]{36})">', body)
            more = re.search(r'href="(\?after=[^"]+)"', body)
            page = more and "/alerts" + html.unescape(more.group(1)) + "&limit=2"
        assert on == ids, (q, on, ids)
    for bad in ("state=odd", "least=x", "from=someday", "q=a+b+c+d+e"):
        assert node.local("GET", f"/api/v1/alerts?{bad}").status == 400, bad
        r = node.get(f"/alerts?{bad}", headers={"Cookie": cookie})
        assert r.status == 400 and b'role="alert"' in r.body and b'name="q"' in r.body, bad


lf.done()
