#!/usr/bin/env python3
"""What is done for an incident of a class and level is a checklist with times that becomes its tasks."""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "入口網站遭置換", **more})
    assert r.status == 201, r.body
    return r.json["id"]


def fits(incident):
    return [x["id"] for x in node.local("GET", f"/api/v1/incidents/{incident}/playbooks").json["items"] if x["suggested"]]


def applied(incident, playbook, **more):
    r = node.local("POST", f"/api/v1/incidents/{incident}/playbooks", {"playbook": playbook, **more})
    assert r.status == 200, r.body
    return r.json["added"]


def tasks(incident):
    return node.local("GET", f"/api/v1/incidents/{incident}/tasks").json["items"]


def document(id, **more):
    return {"format": "lianfang-playbook/1", "playbooks": [{"id": id, "zh": "勒索軟體應變程序", "en": "Ransomware", "classes": ["intrusion_malware"], "steps": [
        {"id": "unplug", "phase": "contain", "zh": "拔除網路線", "en": "Unplug the network", "due": "15m", "from": "applied"},
        {"id": "call", "phase": "report", "zh": "通知", "en": "Call", "due": "1h", "from": "aware"}], **more}]}


@promise
def delivered():
    """there is a procedure for every level and for each of the five classes, before, during and after, in Chinese and English, with times within the law's"""
    all_ = {x["id"]: x for x in node.local("GET", "/api/v1/playbooks").json["items"]}
    assert set(all_) == {"level-1-2", "level-3-4", "web", "intrusion", "dos", "equipment", "other"}, all_.keys()
    for x in all_.values():
        phases = {s["phase"] for s in x["steps"]}
        assert {"prepare", "improve"} <= phases and phases & {"contain", "recover", "report"}, (x["id"], phases)
        assert all(s["zh"] and s["en"] for s in x["steps"]), x
        assert all(("due" in s) == (s["phase"] != "prepare") for s in x["steps"]), x
    due = {(p, s["id"]): (s["due"], s["from"]) for p, x in all_.items() for s in x["steps"] if "due" in s}
    for p, control in (("level-1-2", 72), ("level-3-4", 36)):
        assert due[p, "report"] == ("60m", "aware") and due[p, "control"] == (f"{control * 60}m", "aware") and due[p, "final"][0] == f"{30 * 24 * 60}m", due


@promise
def suggested():
    """an incident is shown the procedures of its class and level as they are now: another level, another procedure"""
    for category, level, want in (("web_defaced", 2, ["level-1-2", "web"]), ("dos_outage", 4, ["level-3-4", "dos"]), ("equipment_power", 1, ["level-1-2", "equipment"]),
                                  ("other", 3, ["level-3-4", "other"])):
        assert fits(reported(category=category, level=level)) == want, (category, level)
    incident = reported(category="intrusion_leak", level=2)
    assert fits(incident) == ["level-1-2", "intrusion"]
    r = node.local("POST", f"/api/v1/incidents/{incident}/events", {"kind": "level_changed", "body": {"level": 3, "grounds": "擴及核心業務", "reason": "擴及核心業務"}})
    assert r.status in (200, 201), r.body
    assert fits(incident) == ["level-3-4", "intrusion"], fits(incident)


@promise
def once():
    """applying a procedure makes its steps tasks, due from awareness or from applying; again adds nothing, over a kill -9, and what a person did stays"""
    global node
    aware = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=5)).replace(microsecond=0)
    incident = reported(category="web_defaced", level=2, aware_at=aware.strftime("%Y-%m-%dT%H:%M:%SZ"))
    before = datetime.datetime.now(datetime.timezone.utc)
    assert applied(incident, "level-1-2") == 6 and applied(incident, "web", language="en") == 7
    got = {x["origin"]: x for x in tasks(incident)}
    assert len(got) == 13 and not any(x["phase"] == "prepare" for x in got.values()), got.keys()
    assert when(got["level-1-2/control"]["due"]) == aware + datetime.timedelta(hours=72), got["level-1-2/control"]
    assert got["level-1-2/report"]["overdue"] and got["level-1-2/report"]["title"] == "知悉後一小時內完成初報"
    late = when(got["web/page"]["due"]) - before
    assert datetime.timedelta(minutes=59) < late < datetime.timedelta(minutes=62) and got["web/page"]["title"].startswith("Put a maintenance page"), got["web/page"]
    assert node.local("POST", f"/api/v1/tasks/{got['web/page']['id']}", {"state": "done", "note": "已替換"}).status == 204
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    assert applied(incident, "level-1-2") == applied(incident, "web") == 0
    again = {x["origin"]: x for x in tasks(incident)}
    assert len(again) == 13 and again["web/page"]["state"] == "done", again
    shown = {x["id"]: x["applied"] for x in node.local("GET", f"/api/v1/incidents/{incident}/playbooks").json["items"]}
    assert shown["web"] == 7 and shown["dos"] == 0, shown
    page = node.local("GET", f"/incidents/{incident}/tasks").body.decode()
    assert "已套用" in page and "網頁攻擊應變程序" in page, page


@promise
def own():
    """an organisation's own procedure is taken whole, stands in for a delivered one of its id, and goes again; what it made stays"""
    assert node.local("PUT", "/api/v1/playbooks/ransomware", document("ransomware")).status == 204
    incident = reported(category="intrusion_malware", level=4)
    assert fits(incident) == ["level-3-4", "intrusion", "ransomware"], fits(incident)
    assert applied(incident, "ransomware") == 2
    assert node.local("PUT", "/api/v1/playbooks/web", document("web", classes=["web"])).status == 204
    mine = [x for x in node.local("GET", "/api/v1/playbooks").json["items"] if x["own"]]
    assert sorted(x["id"] for x in mine) == ["ransomware", "web"], mine
    assert node.local("DELETE", "/api/v1/playbooks/web").status == node.local("DELETE", "/api/v1/playbooks/ransomware").status == 204
    assert node.local("DELETE", "/api/v1/playbooks/web").status == 404
    assert [x["zh"] for x in node.local("GET", "/api/v1/playbooks").json["items"] if x["id"] == "web"] == ["網頁攻擊應變程序"]
    assert len(tasks(incident)) == 2


@promise
def refused():
    """a procedure with a fault is refused in one sentence that says where, and nothing of it is kept"""
    def changed(**more):
        d = document("mine")
        d["playbooks"][0].update(more)
        return d
    step = {"id": "a", "phase": "contain", "zh": "甲", "en": "a"}
    for bad, word in (({"format": "x", "playbooks": []}, "format"), ({**document("mine"), "more": 1}, "more"), (document("other-one"), "id it is sent to"),
                      (changed(levels=[5]), "level"), (changed(classes=[]), "classes"), (changed(steps=[]), "steps"), (changed(en=""), "en"),
                      (changed(steps=[{**step, "phase": "later"}]), "phase of step 1"), (changed(steps=[{**step, "due": "1h"}]), "from"), (changed(steps=[{**step, "due": "367d", "from": "aware"}]), "due"),
                      (changed(steps=[step, step]), "step 2 of mine"), (changed(steps=[{**step, "zh": "x" * 201}]), "zh"), (changed(steps=[step] * 61), "steps")):
        r = node.local("PUT", "/api/v1/playbooks/mine", bad)
        assert r.status == 400 and word in r.json["detail"], (bad, r.body)
    assert not [x for x in node.local("GET", "/api/v1/playbooks").json["items"] if x["own"]]
    incident = reported(level=1)
    assert node.local("POST", f"/api/v1/incidents/{incident}/playbooks", {"playbook": "none"}).status == 400
    assert node.local("POST", "/api/v1/incidents/incident--00000000-0000-4000-8000-000000000000/playbooks", {"playbook": "web"}).status == 404


done()
