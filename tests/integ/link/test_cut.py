#!/usr/bin/env python3
"""A link is cut while both sides are written to and are killed (-9) again and again: afterwards both hold the same."""
import json
import os
import pathlib
import random
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

SECONDS = float(os.environ.get("LF_CUT_SECONDS", "6"))
SEED = int(os.environ.get("LF_CUT_SEED", "20261122"))


class Wire:
    """Bytes from one port to another; cut() resets what goes through it and refuses what is new."""

    def __init__(self, target):
        self.target, self.whole, self.pairs = target, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            a, _ = self.listener.accept()
            if not self.whole:
                a.close()
                continue
            try:
                b = socket.create_connection(("127.0.0.1", self.target), 2)
            except OSError:
                a.close()
                continue
            self.pairs += [a, b]
            for x, y in ((a, b), (b, a)):
                threading.Thread(target=self.carry, args=(x, y), daemon=True).start()

    def carry(self, x, y):
        with contextlib.suppress(OSError):
            while data := x.recv(65536):
                y.sendall(data)
        for s in (x, y):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.whole = False
        for s in self.pairs:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
        self.pairs = []

    def mend(self):
        self.whole = True


class Side:
    def __init__(self, directory, settings, tier):
        self.directory, self.settings, self.tier = directory, settings, tier
        self.node = Node.serve(directory, settings, tier=tier)
        self.kills = 0

    def kill(self):
        pids = list(self.node.workers().values())
        self.node.process.kill()
        self.node.process.wait()
        until("its workers die with it", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 10)
        self.node = Node.serve(self.directory)
        self.kills += 1

    def ask(self, method, path, body=None):
        try:
            return self.node.local(method, path, body, timeout=5)
        except (OSError, ValueError, IndexError):
            return None


def every(side, path):
    out, after = [], ""
    while True:
        page = side.node.local("GET", f"{path}?limit=1000" + (f"&after={after}" if after else "")).json
        out += page["items"]
        after = page.get("next")
        if not after:
            return out


port = free_port()
wire = Wire(port)
above = Side(scratch(), f"[http]\npeer = 127.0.0.1:{port}\npeer_url = https://127.0.0.1:{wire.port}\n", "sector")
below = Side(scratch(), "", "provider")
token = above.node.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert below.node.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("active", lambda: below.node.local("GET", "/api/v1/parent").json["state"] == "active")
reported, published, acts, shared = set(), set(), {}, set()
stop = False


def write_below():
    n = 0
    while not stop:
        n += 1
        r = below.ask("POST", "/api/v1/incidents", {"title": f"case {n}", "level": 1 + n % 4})
        if r and r.status == 201:
            i = r.json["id"]
            reported.add(i)
            r = below.ask("POST", f"/api/v1/incidents/{i}/events", {"kind": "supplemented", "body": {"reason": f"more {n}"}})
            if r and r.status in (200, 201):
                acts[i] = r.json.get("id")
        if n % 3 == 0:
            r = below.ask("POST", "/api/v1/indicators", {"value": f"up-{n}.example.net", "release": True})
            if r and r.status == 201:
                shared.add(f"up-{n}.example.net")
        time.sleep(0.002 if r else 0.05)


def write_above():
    n = 0
    while not stop:
        n += 1
        r = above.ask("POST", "/api/v1/indicators", {"value": f"down-{n}.example.net", "release": True})
        if r and r.status == 201:
            published.add(f"down-{n}.example.net")
        if n % 4 == 0 and met:
            r = above.ask("POST", f"/api/v1/incidents/{random.choice(met)}/events", {"kind": "reviewed", "body": {"level": 2}})
        time.sleep(0.002 if r else 0.05)


met = []


@promise
def a_cut():
    """after a cut under writing with kill -9 on either side both hold the same objects, none twice and none lost"""
    global stop
    rng = random.Random(SEED)
    for n in range(5):  # what both know before, so that there is something to act upon on either side
        met.append(below.node.local("POST", "/api/v1/incidents", {"title": f"before {n}", "level": 3}).json["id"])
        reported.add(met[-1])
    for i in met:
        until("the parent has it", lambda: above.node.local("GET", f"/api/v1/incidents/{i}").status == 200)
    writers = [threading.Thread(target=f) for f in (write_below, write_above)]
    for w in writers:
        w.start()
    try:
        time.sleep(0.3)
        wire.cut()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(rng.uniform(0.2, 0.9))
            rng.choice([above, below]).kill()
        for side in (above, below):
            if not side.kills:
                side.kill()
    finally:
        stop = True
        for w in writers:
            w.join(30)
    waiting = below.node.local("GET", "/api/v1/parent").json["outbox"]
    assert waiting > 10, f"only {waiting} waited for the link"
    wire.mend()
    until("nothing waits at the child", lambda: below.node.local("GET", "/api/v1/parent").json["outbox"] == 0, 90)
    until("the child has read all", lambda: above.node.local("GET", "/api/v1/peers").json["items"][0]["lag_s"] == 0, 90)

    def same():
        up, down = every(above, "/api/v1/incidents"), every(below, "/api/v1/incidents")
        assert len({i["id"] for i in up}) == len(up) and len({i["id"] for i in down}) == len(down), "an incident twice"
        assert {i["id"] for i in up} == {i["id"] for i in down}, (len(up), len(down))
        return len(up)

    n = until("the same incidents", same, 60)
    assert reported <= {i["id"] for i in every(above, "/api/v1/incidents")}, "what was acknowledged is lost"

    def events(side, i):
        got = [e["id"] for e in side.node.local("GET", f"/api/v1/incidents/{i}").json["events"]]
        assert len(got) == len(set(got)), f"{i}: an event twice"
        return set(got)

    total = 0
    for i in sorted(reported):
        until(f"{i}: the same events on both", lambda: events(above, i) == events(below, i), 30)
        total += len(events(below, i))
        assert i not in acts or not acts[i] or acts[i] in events(above, i), f"{i}: what was acknowledged is lost"
    for side, values, what in ((below, published, "published above"), (above, shared, "shared from below")):
        def arrived():
            return values <= {x["value"] for x in every(side, "/api/v1/indicators")}
        until(f"all that was {what} is there", arrived, 60)
        rows = [x["id"] for x in every(side, "/api/v1/indicators")]
        assert len(rows) == len(set(rows)), "an indicator twice"
    return (f"{SECONDS:g} s, {above.kills} and {below.kills} kills, {waiting} waited; {n} incidents with {total} events, "
            f"{len(published)} indicators down and {len(shared)} up")


done()
