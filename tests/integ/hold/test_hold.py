#!/usr/bin/env python3
"""Legal holds: what is held stays whatever retention says, over restarts and kill -9, until it is lifted."""
import datetime
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *  # noqa: E402,F403

state = {"sent": 0}


def lianfang(*args):
    r = subprocess.run([str(BIN), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                       check=False)
    return r.returncode, r.stdout, r.stderr


def blocks():
    code, out, err = lianfang("archive", "list", "--json", state["data"])
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def send(n, mark="later"):
    body = "".join(json.dumps({"n": state["sent"] + i, "mark": mark, "message": os.urandom(450).hex()}) + "\n"
                   for i in range(n)).encode()
    a = state["node"].post("/api/v1/events", body, headers={"Authorization": "Bearer " + state["token"],
                                                           "Content-Type": "application/x-ndjson"})
    assert a.status == 200, (a.status, a.body)
    state["sent"] += n


def removed():
    return state["node"].local("GET", "/api/v1/health").json["workers"].get("intake", {}).get("archive_removed", 0)


def until_removed(more):
    """Sends until retention has taken so many more."""
    goal = removed() + more

    def enough():
        send(1000)
        return removed() >= goal

    until(f"{more} more events are removed", enough, 60)


def marked():
    n = state["node"]
    id = n.local("POST", "/api/v1/searches", {"query": "mark=evidence | count"}).json["id"]

    def over():
        a = n.local("GET", f"/api/v1/searches/{id}?wait=5").json
        return a if a["state"] != "running" else None

    a = until("the search is over", over, 30)
    return a


def log_has(code):
    return code in (state["data"].parent / "node.log").read_text(errors="replace")


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@promise
def set_and_kept():
    """what a hold covers stays when newer blocks have long gone, and the archive checks whole"""
    d = scratch()
    node = Node.serve(d, "[archive]\nkeep_mb = 16\n")
    made = node.local("POST", "/api/v1/tokens", {"account": "admin", "label": "shipper", "roles": "sender"})
    state.update(node=node, data=d / "data", token=made.json["token"], begin=now())
    send(2500, "evidence")
    state["end"] = now()
    a = node.local("POST", "/api/v1/holds", {"name": "case 115-7", "reason": "prosecutor's letter 42",
                                             "from": state["begin"], "to": state["end"]})
    assert a.status == 201, a.body
    state["id"] = a.json["id"]
    until_removed(3000)
    kept = blocks()
    state["held"] = [b["first"] for b in kept if b["first"] <= 2500]
    assert kept[0]["first"] == 1 and state["held"], kept[:3]
    assert kept[-1]["first"] - kept[0]["first"] > sum(b["events"] for b in kept[:-1]), "nothing went from behind it"
    code, out, err = lianfang("archive", "check", state["data"])
    assert code == 0 and "0 events lost" in out, (out, err)
    return f"{len(state['held'])} blocks held of {len(kept)}"


@promise
def told():
    """the hold says how much it keeps; the log and node health say that the archive is above its size"""
    node = state["node"]
    until("the hold's size is known", lambda: node.local("GET", "/api/v1/holds").json["items"][0].get("blocks"), 15, 0.2)
    h = node.local("GET", "/api/v1/holds").json["items"][0]
    assert h["in_force"] and h["name"] == "case 115-7" and h["reason"] and h["by"] and h["blocks"] >= len(state["held"]), h
    assert h["bytes"] > 500_000, h
    until("LF3045 is in the log", lambda: log_has("LF3045"), 15)
    w = node.local("GET", "/api/v1/health").json["workers"]["intake"]
    assert w["archive_over"] and w["archive_held"] == h["blocks"] and w["archive_held_bytes"] == h["bytes"], w
    page = node.get("/api/v1/openapi.json").json["paths"]
    assert "post" in page["/api/v1/holds"] and "post" in page["/api/v1/holds/{id}/lift"]


@promise
def survives():
    """kill -9 of the intake, of the core, and of all, and a restart: what is held stays and can be searched"""
    node = state["node"]
    for worker in ("intake", "core"):
        pid = node.workers()[worker]
        os.kill(pid, 9)
        until(f"{worker} is back", lambda w=worker, p=pid: node.workers().get(w) not in (None, p), 15)
        until("the node answers", lambda: node.local("GET", "/api/v1/holds").status == 200, 15)
        until_removed(1200)
    pids = list(node.workers().values())
    node.process.kill()
    node.process.wait()
    until("its workers die with it", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 10)
    state["node"] = node = Node.serve(state["data"].parent)
    assert node.local("GET", "/api/v1/holds").json["items"][0]["in_force"]
    until_removed(1200)
    first = [b["first"] for b in blocks()]
    assert set(state["held"]) <= set(first), (state["held"], first[:5])
    a = marked()
    assert "2500" in json.dumps(a), a
    code, out, err = lianfang("archive", "check", state["data"])
    assert code == 0, (out, err)
    assert not log_has("LF3015"), "what went long ago is said to be unmatched"


@promise
def rights():
    """a reader sees no hold, an analyst sets one but lifts none; what is wrong is refused with a reason"""
    node = state["node"]
    who = {}
    for role in ("reader", "analyst"):
        t = node.local("POST", "/api/v1/tokens", {"account": "admin", "label": role, "roles": role})
        if t.status != 201:
            node.local("POST", "/api/v1/users", {"name": role, "password": "Correct-horse-7-battery", "roles": role})
            t = node.local("POST", "/api/v1/tokens", {"account": role, "label": role, "roles": role})
        who[role] = {"Authorization": "Bearer " + t.json["token"]}
    body = {"name": "second", "reason": "because", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z",
            "sender": "nobody-sent-this"}
    assert node.post("/api/v1/holds", body, headers=who["reader"]).status == 403
    a = node.post("/api/v1/holds", body, headers=who["analyst"])
    assert a.status == 201, a.body
    assert node.post(f"/api/v1/holds/{a.json['id']}/lift", {"reason": "done"}, headers=who["analyst"]).status == 403
    assert node.local("POST", "/api/v1/holds", body).status == 409
    for wrong in ({"name": ""}, {"reason": ""}, {"from": "yesterday"}, {"to": "2025-12-31T00:00:00Z"}):
        assert node.local("POST", "/api/v1/holds", {**body, "name": "third", **wrong}).status == 400, wrong
    assert node.local("POST", "/api/v1/holds/nothing/lift", {"reason": "x"}).status == 404
    assert node.local("POST", f"/api/v1/holds/{a.json['id']}/lift", {}).status == 400
    assert node.local("POST", f"/api/v1/holds/{a.json['id']}/lift", {"reason": "no longer wanted"}).status == 204


@promise
def lifted():
    """lifted from the command line, what was held goes; both acts are in the audit chain"""
    node = state["node"]
    conf = next(state["data"].parent.glob("*.conf"), None) or next(state["data"].parent.glob("*.ini"))
    code, out, err = lianfang("hold", "list", "--json", "-c", conf)
    assert code == 0 and "case 115-7" in out, (out, err)
    code, out, err = lianfang("hold", "lift", "-c", conf, "case 115-7", "the case is closed")
    assert code == 0, (out, err)

    def gone():
        send(500)
        return not set(state["held"]) & {b["first"] for b in blocks()}

    until("what was held is gone", gone, 30)
    until("it is within its size again",
          lambda: node.local("GET", "/api/v1/health").json["workers"]["intake"].get("archive_over") is False, 15, 0.2)
    acts = [x["action"] for x in node.local("GET", "/api/v1/audit?limit=100").json["items"]]
    assert acts.count("hold.set") == 2 and acts.count("hold.lift") == 2, acts
    items = node.local("GET", "/api/v1/holds").json["items"]
    assert len(items) == 2 and not any(i["in_force"] for i in items) and items[-1]["lifted_why"] == "the case is closed", items
    node.close()


done()
