#!/usr/bin/env python3
"""Playbooks are written in the console, put in force and retired, and come from files; their times follow the time of awareness."""
import datetime
import json
import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

home = scratch()
(home / "own").mkdir()
FILE = {"format": "lianfang-playbook/1", "playbooks": [
    {"id": "from-file", "zh": "檔案應變程序", "en": "From a file", "levels": [1], "steps": [{"id": "a", "phase": "contain", "zh": "甲", "en": "A"}]},
    {"id": "dos", "zh": "我們的阻斷服務程序", "en": "Our denial of service", "classes": ["dos"], "steps": [{"id": "b", "phase": "contain", "zh": "乙", "en": "B"}]}]}
(home / "own" / "a.json").write_text(json.dumps(FILE))
node = Node.serve(home, settings="[incidents]\nplaybooks = own\n")
for name, roles in (("ada", "admin,reporter"), ("eve", "admin"), ("ann", "reporter,analyst")):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough one"}).status == 201
ada, eve, ann = (Person(node, n, "a long enough one") for n in ("ada", "eve", "ann"))


def listed():
    return {x["id"]: x for x in node.local("GET", "/api/v1/playbooks").json["items"]}


def history(id):
    return [(x["version"], x["act"]) for x in node.local("GET", f"/api/v1/playbooks/{id}/history").json["items"]]


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "入口網站遭置換", **more})
    assert r.status == 201, r.body
    return r.json["id"]


def reload():
    os.kill(node.process.pid, signal.SIGHUP)


@promise
def written():
    """a playbook is written in the console step by step, kept as a draft, put in force, changed and retired; its history has every text"""
    page = ada.send(ada.get("/playbooks/new").form("/playbooks/new"), id="ransom", zh="勒索", en="Ransomware", classes="intrusion", **{
        "level.3": "1", "level.4": "1",
        "zh.0": "第二步", "en.0": "Second", "place.0": "2", "phase.0": "recover",
        "zh.1": "拔線 <b>", "en.1": "Unplug", "place.1": "1", "phase.1": "contain", "due.1": "30m", "from.1": "aware"})
    assert page.status == 200 and page.url.startswith("/playbooks/ransom"), (page.status, page.text[:3000])
    assert "ransom" not in listed() and history("ransom") == [(1, "write")]
    assert ada.send(ada.get("/playbooks/ransom").form("/publish")).status == 200
    x = listed()["ransom"]
    assert [(s["zh"], s["phase"], s.get("due"), s.get("from")) for s in x["steps"]] == [("拔線 <b>", "contain", "30m", "aware"), ("第二步", "recover", None, None)], x
    assert x["levels"] == [3, 4] and x["classes"] == ["intrusion"] and x["own"]
    page = ada.get("/playbooks/ransom/edit")
    assert page.status == 200 and 'value="30m"' in page.body
    assert ada.send(page.form("/edit"), zh="勒索軟體").status == 200
    assert listed()["ransom"]["zh"] == "勒索", "a draft is not in force"
    assert ada.send(ada.get("/playbooks/ransom").form("/publish")).status == 200 and listed()["ransom"]["zh"] == "勒索軟體"
    assert ada.send(ada.get("/playbooks/ransom").form("/retire")).status == 200 and "ransom" not in listed()
    assert history("ransom") == [(5, "retire"), (4, "publish"), (3, "write"), (2, "publish"), (1, "write")]
    assert "勒索軟體" in ada.get("/playbooks/ransom").text and "/playbooks/ransom" in ada.get("/playbooks").body
    assert ann.get("/playbooks/ransom").status == 403 and ann.get("/playbooks").status == 200


@promise
def stands_in():
    """a delivered one is edited into one's own, retired so that none of it holds, and comes back"""
    assert ada.send(ada.get("/playbooks/web/edit").form("/edit"), en="Our web attack").status == 200
    assert listed()["web"]["en"] == "Web attack"
    assert ada.send(ada.get("/playbooks/web").form("/publish")).status == 200 and listed()["web"]["en"] == "Our web attack"
    assert ada.send(ada.get("/playbooks/web").form("/retire")).status == 200 and "web" not in listed()
    assert ada.send(ada.get("/playbooks/web").form("/remove")).status == 200 and listed()["web"]["en"] == "Web attack"


@promise
def refused():
    """what is wrong is said with its step, and what was typed is still there"""
    page = ada.send(ada.get("/playbooks/new").form("/playbooks/new"), id="bad", zh="名", en="Name", **{"zh.0": "步", "en.0": "Step", "due.0": "soon"})
    assert page.status == 400 and "step 1 of bad" in page.text and 'value="soon"' in page.body and 'value="步"' in page.body, page.text[:4000]
    page = ada.send(ada.get("/playbooks/new").form("/playbooks/new"), id="bad", zh="名", en="Name", **{"zh.0": "步", "en.0": "Step", "article.0": "0190a0b0-0000-7000-8000-000000000000"})
    assert page.status == 400 and "article" in page.text
    assert history("bad") == []


@promise
def at_once():
    """two people who write one playbook: who saves second is shown the other's text beside his own, and none is lost"""
    a, b = ada.get("/playbooks/other/edit"), eve.get("/playbooks/other/edit")
    assert ada.send(a.form("/edit"), **{"zh.0": "ADA WROTE"}).status == 200
    page = eve.send(b.form("/edit"), **{"en.1": "EVE WROTE"})
    assert page.status == 409 and "ADA WROTE" in page.text and 'value="EVE WROTE"' in page.body, (page.status, page.text[:500])
    assert eve.send(page.form("/edit")).status == 200 and history("other") == [(2, "write"), (1, "write")]
    assert node.local("PUT", "/api/v1/playbooks/other/draft?seen=1", {**FILE, "playbooks": [{**FILE["playbooks"][0], "id": "other"}]}).status == 409


@promise
def from_files():
    """files of a directory add to the delivered ones or stand in for them; one with a fault is told with its name and what is wrong, and those before stay"""
    assert listed()["from-file"]["en"] == "From a file" and not listed()["from-file"]["own"] and listed()["dos"]["en"] == "Our denial of service"
    (home / "own" / "a.json").write_text(json.dumps({**FILE, "playbooks": [{**FILE["playbooks"][0], "levels": [9]}]}))
    reload()
    until("it is told", lambda: "LF2070" in (home / "node.log").read_text(errors="replace"))
    line = [l for l in (home / "node.log").read_text(errors="replace").splitlines() if "LF2070" in l][-1]
    assert "a.json" in line and "level" in line, line
    assert listed()["from-file"]["en"] == "From a file"
    (home / "own" / "a.json").write_text(json.dumps({**FILE, "playbooks": [{**FILE["playbooks"][0], "en": "Changed"}]}))
    reload()
    until("it is taken", lambda: listed()["from-file"]["en"] == "Changed")
    assert listed()["dos"]["en"] == "Denial of service"


@promise
def refitted():
    """when the time of awareness is corrected, open tasks are due as their steps say; a date that a person gave stays"""
    i = reported(level=1)
    assert node.local("POST", f"/api/v1/incidents/{i}/playbooks", {"playbook": "level-1-2"}).json["added"]
    tasks = lambda: {t["origin"].split("/")[1]: t for t in node.local("GET", f"/api/v1/incidents/{i}/tasks").json["items"]}
    before = tasks()
    own = "2030-01-01T00:00:00Z"
    r = node.local("POST", f"/api/v1/tasks/{before['ciso']['id']}", {"due": own})
    assert r.status in (200, 204), r.body
    when = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M:%SZ")
    r = node.local("POST", f"/api/v1/incidents/{i}/events", {"kind": "aware_corrected", "body": {"occurred_at": when, "reason": "較早接到電話"}})
    assert r.status == 201, r.body
    at = lambda t: datetime.datetime.fromisoformat(t["due"].replace("Z", "+00:00"))
    aware, after = datetime.datetime.fromisoformat(when.replace("Z", "+00:00")), tasks()
    assert at(after["report"]) == aware + datetime.timedelta(hours=1) and at(after["final"]) == aware + datetime.timedelta(days=30), after
    assert after["ciso"]["due"].startswith("2030-01-01T00:00:00")
    assert "知悉時間更正" in ann.get(f"/tasks/{after['report']['id']}").text


@promise
def linked():
    """a step names an article of the knowledge base, and the incident's checklist leads to it"""
    i = reported(level=1, category="web_defaced")
    article = "0190a0b0-0000-7000-8000-000000000001"
    doc = {"format": "lianfang-playbook/1", "playbooks": [{"id": "linked", "zh": "連", "en": "Linked", "levels": [1], "steps": [
        {"id": "s", "phase": "contain", "zh": "讀", "en": "Read", "article": article}]}]}
    (home / "own" / "b.json").write_text(json.dumps(doc))
    reload()
    until("it is taken", lambda: "linked" in listed())
    assert node.local("POST", f"/api/v1/incidents/{i}/playbooks", {"playbook": "linked"}).json["added"] == 1
    assert f'href="/articles/{article}"' in ann.get(f"/incidents/{i}/tasks").body
    (home / "own" / "b.json").write_text(json.dumps({**doc, "playbooks": [{**doc["playbooks"][0], "steps": [{"id": "s", "phase": "contain", "zh": "讀", "en": "Read", "article": "x"}]}]}))
    reload()
    until("it is told", lambda: "article" in (home / "node.log").read_text(errors="replace"))


done()
