#!/usr/bin/env python3
"""Correlations of live traffic: one alert a case, whatever dies in the middle of it."""
import calendar
import json
import os
import pathlib
import signal
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

RULES = """
title: A refused login
name: refused
id: 11111111-1111-4111-8111-111111111111
level: low
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: A login
name: login
id: 22222222-2222-4222-8222-222222222222
level: informational
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: Many refused logins of one user
name: many
id: 33333333-3333-4333-8333-333333333333
level: medium
correlation: {type: event_count, rules: [refused], group-by: [TargetUserName], timespan: 10m, condition: {gte: 10}}
---
title: Many refused logins, then one that is let in
id: 44444444-4444-4444-8444-444444444444
level: high
correlation: {type: temporal_ordered, rules: [many, login], group-by: [TargetUserName], timespan: 10m}
"""
GUESSED = "44444444-4444-4444-8444-444444444444"


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d}Z"


class World:
    def __init__(self):
        self.d = scratch()
        (self.d / "rules").mkdir()
        (self.d / "rules/r.yml").write_text(RULES)
        self.settings = f"[rules]\ndirs = {self.d}/rules\n"
        self.node = Node.serve(self.d, self.settings)
        made = self.node.local("POST", "/api/v1/tokens", {"account": "admin", "label": "sender", "roles": "sender"})
        self.token = made.json["token"]

    def send(self, *events):
        body = "".join(json.dumps(dict({"Channel": "Security", "Computer": "dc1",
                                        "Provider_Name": "Microsoft-Windows-Security-Auditing"}, **e)) + "\n" for e in events)

        def once():
            a = self.node.post("/api/v1/events", body.encode(), headers={"Authorization": "Bearer " + self.token,
                                                                        "Content-Type": "application/x-ndjson"}, timeout=5)
            return a.status == 200
        until("the events are acknowledged", once, 30, 0.1)

    def kill(self, worker):
        pid = until("the worker runs", lambda: self.node.workers().get(worker))
        os.kill(pid, signal.SIGKILL)
        until("it is started again", lambda: self.node.workers().get(worker) not in (None, pid), 30)

    def kill_all(self):
        pids = list(self.node.workers().values())
        self.node.process.kill()
        self.node.process.wait()
        until("its workers die with it", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 10)
        self.node = Node.serve(self.d, self.settings)

    def alerts(self, rule=GUESSED):
        return [a for a in self.node.local("GET", "/api/v1/alerts?limit=1000").json["items"] if a["rule"] == rule]

    def events(self, alert):
        """The kept events of an alert."""
        out, after = [], ""
        while True:
            page = self.node.local("GET", f"/api/v1/alerts/{alert['id']}?limit=100&after={after}").json
            out += [e["event"] if isinstance(e["event"], dict) else json.loads(e["event"]) for e in page["evidence"]]
            after = page.get("next")
            if not after:
                return out

    def seen(self):
        return self.node.local("GET", "/api/v1/health").json["workers"]["intake"]


def refused(user, at):
    return {"EventID": 4625, "TargetUserName": user, "@timestamp": stamp(at)}


def let_in(user, at):
    return {"EventID": 4624, "TargetUserName": user, "@timestamp": stamp(at)}


@promise
def an_alert_with_its_group():
    """a correlation over a correlation is one alert, with its group and its events to be seen"""
    w = World()
    now = time.time()
    w.send(*[refused("ann", now - 60 + i) for i in range(12)], *[refused("bob", now - 50 + i) for i in range(5)],
           let_in("bob", now - 20), let_in("ann", now - 10))
    alert = until("the alert", lambda: w.alerts(), 20)
    assert len(alert) == 1 and alert[0]["count"] == 1 and alert[0]["level"] == "high", alert
    event = w.events(alert[0])[0]
    told = event["lianfang.correlation"][0]
    assert told["type"] == "temporal_ordered" and told["group"] == {"TargetUserName": "ann"} and told["value"] == 2, told
    assert event["TargetUserName"] == "ann" and event["EventID"] == 4624 and len(told["events"]) >= 2, event
    # What only serves another correlation raises no alert: its ten refused logins are told by the one over it.
    made = next(m for m in told["made_of"] if m["event"] in told["events"])
    assert made["title"] == "Many refused logins of one user" and made["type"] == "event_count", told
    assert made["count"] >= 10 and len(made["events"]) >= 10 and made["rules"][0]["title"] == "A refused login", made
    behind = w.node.local("GET", f"/api/v1/alerts/{alert[0]['id']}").json["evidence"][0]["behind"][0]["made_of"]
    asked = w.node.local("POST", "/api/v1/searches", {"query": behind[0]["query"] + " AND TargetUserName=ann"}).json["id"]
    found = until("the search", lambda: (lambda a: a["state"] == "done" and a)(
        w.node.local("GET", f"/api/v1/searches/{asked}").json), 20)
    assert len(found["hits"]) == len(behind[0]["events"]), (found["hits"][:1], behind[0])
    rules = {a["rule"] for a in w.node.local("GET", "/api/v1/alerts?limit=1000").json["items"]}
    assert rules == {GUESSED}, f"rules that only correlations look at are shown: {rules}"
    w.node.close()


@promise
def killed_in_the_window():
    """kill -9 of intake, core and node in the middle of a window: each alert is there exactly once"""
    w = World()
    now = time.time()
    users = [f"user{i}" for i in range(6)]
    victims = ["intake", "core", "node", "intake", "node"]
    for n in range(12):
        w.send(*[refused(u, now - 100 + n) for u in users], *[refused("few", now - 100 + n)] * (n % 2))
        if n % 2 == 0 and victims:
            time.sleep(0.1 * n % 0.7)
            v = victims.pop()
            w.kill_all() if v == "node" else w.kill(v)
    # "few" was refused six times: who counts a replay twice sees more than ten.
    w.send(*[let_in(u, now - 50) for u in users[:4] + ["few"]])
    w.kill("intake")
    until("the alerts", lambda: len(w.alerts()) >= 1, 20)
    w.kill_all()
    # One more of each, which adds nothing new, and a user of its own to know that all is through.
    w.send(*[refused("last", now - 40 + i) for i in range(10)], let_in("last", now - 20))
    until("the last alert", lambda: any("last" in json.dumps(w.events(a)) for a in w.alerts()), 30, 0.2)
    groups = []
    for a in w.alerts():
        for event in w.events(a):
            groups += [g["group"]["TargetUserName"] for g in event["lianfang.correlation"]]
            assert all(g["made_of"][0]["count"] >= 10 for g in event["lianfang.correlation"]), event["lianfang.correlation"]
    assert sorted(groups) == sorted(users[:4] + ["last"]), groups
    w.node.close()


@promise
def reload_keeps_windows():
    """rules loaded anew in the middle of a window do not forget what was seen"""
    w = World()
    now = time.time()
    w.send(*[refused("eve", now - 60 + i) for i in range(10)])
    until("they are seen", lambda: w.seen().get("correlation", {}).get("seen", 0) >= 10, 20)
    (w.d / "rules/more.yml").write_text(RULES.split("---")[0].replace("refused", "other").replace("1111-4111", "1111-4112"))
    w.node.process.send_signal(signal.SIGHUP)
    until("the new rule is in force", lambda: w.seen()["rules"] == 5, 20)
    w.send(let_in("eve", now - 10))
    until("the alert", lambda: len(w.alerts()) == 1, 20)
    w.node.close()


done()
