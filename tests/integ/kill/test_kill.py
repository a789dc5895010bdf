#!/usr/bin/env python3
"""What was acknowledged survives kill -9 of any worker, or of all, at random points under load."""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

POINTS = int(os.environ.get("LF_KILLS", "50"))
SEED = int(os.environ.get("LF_KILL_SEED", "20261121"))


class Load:
    """Reports and log batches, sent until stopped; what was acknowledged is remembered."""

    def __init__(self, node, token):
        self.node, self.token = node, token
        self.reports, self.events, self.unsure = set(), set(), set()
        self.stop, self.serial = False, 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.send_reports), threading.Thread(target=self.send_events)]
        for t in self.threads:
            t.start()

    def next(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def send_reports(self):
        while not self.stop:
            title = f"通報 {self.next()}"
            try:
                if self.node.local("POST", "/api/v1/incidents", {"title": title, "level": 1}, timeout=5).status in (200, 201):
                    self.reports.add(title)
            except (OSError, ValueError, IndexError):
                time.sleep(0.02)

    def send_events(self):
        while not self.stop:
            names = [f"s-{self.next()}" for _ in range(5)]
            body = "".join(json.dumps({"EventID": 4624, "Channel": "Security", "Computer": s, "SubjectUserName": s,
                                       "Provider_Name": "Microsoft-Windows-Security-Auditing"}) + "\n" for s in names).encode()
            try:
                a = self.node.post("/api/v1/events", body, headers={"Authorization": "Bearer " + self.token,
                                                                    "Content-Type": "application/x-ndjson"}, timeout=5)
                if a.status == 200:
                    self.events.update(names)
                else:
                    time.sleep(0.02)
            except (OSError, ValueError):
                self.unsure.update(names)
                time.sleep(0.02)

    def end(self):
        self.stop = True
        for t in self.threads:
            t.join(20)


def everything(node, path):
    out, after = [], ""
    while True:
        page = node.local("GET", f"{path}?limit=1000" + (f"&after={after}" if after else "")).json
        out += page["items"]
        after = page.get("next")
        if not after:
            return out


@promise
def kills():
    """nothing acknowledged is lost and nothing is counted twice over kill -9 at random points under load"""
    rng = random.Random(SEED)
    d = scratch()
    rules = d / "rules"
    rules.mkdir()
    shutil.copy(ROOT / "tests/data/rules/every_test_event.yml", rules)
    settings = f"[rules]\ndirs = {rules}\n"
    node = Node.serve(d, settings)
    made = node.local("POST", "/api/v1/tokens", {"account": "admin", "label": "kill-test", "roles": "sender"})
    assert made.status in (200, 201), made.body
    load = Load(node, made.json["token"])
    whole = 0
    try:
        for point in range(POINTS):
            time.sleep(rng.uniform(0.02, 0.3))
            target = rng.choice(["core", "core", "intake", "intake", "front", "relay", "dns", "search", "node"])
            if target != "node":
                pid = node.workers().get(target)
                if pid:
                    os.kill(pid, signal.SIGKILL)
                continue
            whole += 1
            pids = list(node.workers().values())
            node.process.kill()
            node.process.wait()
            until("its workers die with it", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 10)
            node = load.node = Node.serve(d)
        until("the node answers again", lambda: node.get("/healthz", auth=False).status == 200, 30)
        time.sleep(0.5)
    finally:
        load.end()
    reported = [i["title"] for i in everything(node, "/api/v1/incidents")]
    lost = load.reports - set(reported)
    assert not lost, f"{len(lost)} of {len(load.reports)} reports are lost: {sorted(lost)[:5]}"
    assert len(reported) == len(set(reported)), "a report is there twice"

    def settled():
        alerts = everything(node, "/api/v1/alerts")
        missing = load.events - {a["host"] for a in alerts}
        return alerts if not missing else None

    try:
        alerts = until("every acknowledged event is an alert", settled, 30, 0.2)
    except AssertionError:
        have = {a["host"] for a in everything(node, "/api/v1/alerts")}
        raise AssertionError(f"{len(load.events - have)} of {len(load.events)} acknowledged events have no alert: "
                             f"{sorted(load.events - have)[:5]}; {node.local('GET', '/api/v1/health').body[:3000]}") from None
    twice = [a for a in alerts if a["count"] != 1]
    assert not twice, f"counted twice: {twice[:2]}"
    node.close()
    return f"{POINTS} kills, {whole} of them of the whole node; {len(load.reports)} reports, {len(load.events)} events, seed {SEED}"


done()
