#!/usr/bin/env python3
"""What is to be done for an incident, by whom and until when, is kept, found and logged."""
import datetime
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
PASSWORD = "a long enough one"


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "入口網站遭置換", "level": 2, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def person(name, roles):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD}).status == 201
    r = node.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
    assert r.status == 201, r.body
    return r.json["token"]


def ask(who, method, path, body=None):
    return node.request(method, path, body, headers={"Authorization": "Bearer " + who}, auth=False)


def add(who, title, **more):
    r = ask(who, "POST", f"/api/v1/incidents/{incident}/tasks", {"title": title, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def one(task):
    r = node.local("GET", f"/api/v1/tasks/{task}")
    assert r.status == 200, r.body
    return r.json


def titles(path, who=None):
    r = ask(who or ann, "GET", path)
    assert r.status == 200, r.body
    return [x["title"] for x in r.json["items"]]


incident = reported()
ann, bob, eve = person("ann", "analyst"), person("bob", "reporter"), person("eve", "reader")


@promise
def logged():
    """whatever is done to a task is an entry of its log: who, when, how it stood from then on and the note, over a kill -9"""
    global node
    task = add(ann, "保全網站主機的紀錄", phase="investigate", detail="先複製，再停機。", due=at(3600))
    assert ask(bob, "POST", f"/api/v1/tasks/{task}", {"state": "in_progress", "assignee": "me"}).status == 204
    assert ask(ann, "POST", f"/api/v1/tasks/{task}", {"note": "備份主機也要"}).status == 204
    assert ask(bob, "POST", f"/api/v1/tasks/{task}", {"state": "done", "note": "已複製至證物碟", "due": ""}).status == 204
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    got = one(task)
    assert (got["state"], got["assignee"], got["phase"], got["entries"]) == ("done", "bob", "investigate", 4) and "due" not in got and got["ended"], got
    log = [(x["state"], x.get("assignee"), "due" in x, x.get("note")) for x in got["log"]]
    assert log == [("waiting", None, True, None), ("in_progress", "bob", True, None), ("in_progress", "bob", True, "備份主機也要"), ("done", "bob", False, "已複製至證物碟")], log
    assert [x["name"] for x in ask(bob, "GET", f"/api/v1/tasks/{task}").json["log"]] == ["ann", "bob", "ann", "bob"]
    assert [x["at"] for x in got["log"]] == sorted(x["at"] for x in got["log"]), got
    acts = [x for x in node.local("GET", "/api/v1/audit").json["items"] if x["action"].startswith("task.")]
    assert len(acts) == 4 and all(x["subject"] == incident for x in acts), acts


@promise
def found():
    """one's own tasks, nobody's, all, overdue ones and ended ones are lists and counts; open ones come as they are due, page by page"""
    late = add(ann, "過期的", due=at(-60), assignee="ann")
    soon = add(ann, "快到期的", due=at(600), assignee="bob")
    never = add(ann, "沒有期限的", assignee="ann")
    nobody = add(ann, "沒有人的", due=at(60))
    assert titles("/api/v1/tasks") == ["過期的", "沒有人的", "快到期的", "沒有期限的"]
    assert titles("/api/v1/tasks?assignee=me") == ["過期的", "沒有期限的"]
    assert titles("/api/v1/tasks?assignee=me", bob) == titles("/api/v1/tasks?assignee=bob") == ["快到期的"]
    assert titles("/api/v1/tasks?assignee=-") == ["沒有人的"]
    assert titles("/api/v1/tasks?state=overdue") == titles("/api/v1/tasks?state=overdue&assignee=me") == ["過期的"]
    assert titles("/api/v1/tasks?state=overdue", bob) == ["過期的"] and titles("/api/v1/tasks?state=overdue&assignee=me", bob) == []
    assert ask(ann, "GET", "/api/v1/task-counts").json == {"open": 4, "overdue": 1, "nobodys": 1, "mine": 2, "mine_overdue": 1, "at_most": 10000}
    assert ask(ann, "POST", f"/api/v1/tasks/{late}", {"state": "cancelled"}).status == 204
    assert titles("/api/v1/tasks?state=ended") == ["過期的", "保全網站主機的紀錄"]
    assert titles("/api/v1/tasks?state=ended&assignee=bob") == ["保全網站主機的紀錄"]
    assert ask(ann, "POST", f"/api/v1/tasks/{late}", {"state": "waiting"}).status == 204
    for state in ("open", "ended"):
        got, after = [], ""
        while True:
            p = ask(ann, "GET", f"/api/v1/tasks?limit=1&state={state}{after}").json
            got += [x["title"] for x in p["items"]]
            if "next" not in p:
                break
            after = "&after=" + p["next"]
        assert got == titles(f"/api/v1/tasks?state={state}") and len(got) == (4 if state == "open" else 1), got
    of = ask(ann, "GET", f"/api/v1/incidents/{incident}/tasks").json["items"]
    assert [x["title"] for x in of] == ["過期的", "沒有人的", "快到期的", "沒有期限的", "保全網站主機的紀錄"], of
    assert [x["overdue"] for x in of] == [True, False, False, False, False], of
    for task in (late, soon, never, nobody):
        assert ask(ann, "POST", f"/api/v1/tasks/{task}", {"state": "done"}).status == 204


@promise
def together():
    """two people at one task: the later change upon what has changed is refused and nothing of it is kept, a note alone never is"""
    task = add(ann, "與主機代管業者聯繫")
    seen = one(task)["entries"]
    assert ask(bob, "POST", f"/api/v1/tasks/{task}", {"state": "in_progress", "base": seen}).status == 204
    r = ask(ann, "POST", f"/api/v1/tasks/{task}", {"state": "cancelled", "note": "不需要", "base": seen})
    assert r.status == 409 and "meanwhile" in r.json["detail"], r.body
    assert one(task)["state"] == "in_progress" and one(task)["entries"] == 2
    assert ask(ann, "POST", f"/api/v1/tasks/{task}", {"note": "窗口分機 12", "base": seen}).status == 204
    assert ask(ann, "POST", f"/api/v1/tasks/{task}", {"state": "done"}).status == 204


@promise
def refused():
    """what cannot be is refused in one sentence and changes nothing; who may only read changes nothing"""
    path = f"/api/v1/incidents/{incident}/tasks"
    before = titles(path)
    for bad, word in (({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"phase": "later"}, "phase"), ({"assignee": "nobody-here"}, "account"),
                      ({"due": "tomorrow"}, ""), ({"detail": "x" * 5000}, "detail")):
        r = ask(ann, "POST", path, {"title": "a", **bad})
        assert r.status == 400 and word in r.json["detail"], (bad, r.body)
    assert node.local("POST", "/api/v1/users", {"name": "feeder", "roles": "sender", "password": PASSWORD}).status == 201
    r = ask(ann, "POST", path, {"title": "a", "assignee": "feeder"})
    assert r.status == 400 and "may not see" in r.json["detail"], r.body
    assert ask(ann, "POST", "/api/v1/incidents/incident--00000000-0000-4000-8000-000000000000/tasks", {"title": "a"}).status == 404
    assert titles(path) == before
    task = add(ann, "通知使用者")
    for bad, word in (({}, "nothing"), ({"state": "waiting"}, "nothing"), ({"state": "lost"}, "state is"), ({"title": ""}, "title"), ({"note": "x" * 5000}, "note"),
                      ({"base": "no", "state": "done"}, "base")):
        r = ask(ann, "POST", f"/api/v1/tasks/{task}", bad)
        assert r.status == 400 and word in r.json["detail"], (bad, r.body)
    assert ask(eve, "GET", f"/api/v1/tasks/{task}").status == 200
    assert ask(eve, "POST", f"/api/v1/tasks/{task}", {"state": "done"}).status == ask(eve, "POST", path, {"title": "a"}).status == 403
    assert one(task)["entries"] == 1
    for bad in ("state=lost", "after=x"):
        assert ask(ann, "GET", f"/api/v1/tasks?{bad}").status == 400
    assert ask(ann, "GET", "/api/v1/tasks/none").status == 404


@promise
def in_the_console():
    """the incident's page shows what is open and what is done; a task of an exercise says that it is one"""
    page = ask(ann, "GET", f"/incidents/{incident}").body.decode()
    assert "已結束 6 項，共 7 項。" in page and "通知使用者" in page and "標記為已完成" in page, page
    drill = reported(title="季度演練", exercise=node.exercise())
    r = node.local("POST", f"/api/v1/incidents/{drill}/tasks", {"title": "演練用"})
    assert r.status == 201 and one(r.json["id"])["exercise"] is True
    assert "演練" in node.local("GET", f"/tasks/{r.json['id']}").body.decode()


@promise
def by_command():
    """the command line adds, gives, notes, ends and lists"""
    def run(*words):
        return subprocess.run([BIN, "task", words[0], "-c", str(node.directory / "lianfang.ini"), "--json", *words[1:]], capture_output=True, timeout=60)
    r = run("add", incident, "更換憑證", "recover", "bob")
    assert r.returncode == 0, r
    task = json.loads(r.stdout)["id"]
    assert [x["title"] for x in json.loads(run("list", "bob").stdout)["items"]] == ["更換憑證"]
    assert run("assign", task, "ann").returncode == 0 and run("note", task, "已申請").returncode == 0 and run("set", task, "done", "已更換").returncode == 0
    assert [x.get("note") for x in json.loads(run("show", task).stdout)["log"]] == [None, None, "已申請", "已更換"]
    assert task in [x["id"] for x in json.loads(run("of", incident).stdout)["items"]]
    r = run("set", task, "lost")
    assert r.returncode == 2 and r.stderr.count(b"\n") == 1, r


@promise
def told():
    """whoever is given a task by another is told by mail and in his inbox, marked when it is of an exercise, and not by himself"""
    cid = person("cid", "analyst")
    ids = {x["name"]: x["id"] for x in node.local("GET", "/api/v1/users").json["items"]}
    unit = node.local("POST", "/api/v1/units", {"name": "資安組", "tenant": "self"}).json["id"]
    assert node.local("POST", f"/api/v1/units/{unit}/contacts", {"name": "席德", "account": ids["cid"], "email": "cid@x.example"}).status == 201
    notices = lambda: {x["path"]: x for x in node.local("GET", "/api/v1/notices?limit=1000").json["items"] if x["about"] == "task"}
    own, given, later = add(cid, "自己的", assignee="cid"), add(ann, "交給席德", assignee="cid", due=at(3600)), add(ann, "先沒人")
    assert node.local("POST", f"/api/v1/tasks/{later}", {"assignee": "cid"}).status == 204
    assert node.local("POST", f"/api/v1/tasks/{later}", {"note": "只是註記"}).status == 204
    drill = reported(exercise=node.exercise())
    marked = ask(ann, "POST", f"/api/v1/incidents/{drill}/tasks", {"title": "演練的", "assignee": "cid"}).json["id"]
    got = notices()
    assert set(got) == {f"/tasks/{given}", f"/tasks/{later}", f"/tasks/{marked}"} and "due" in got[f"/tasks/{given}"], got
    assert [got[f"/tasks/{t}"]["exercise"] for t in (given, marked)] == [False, True], got
    full = until("he is called", lambda: [f for f in [node.local("GET", f"/api/v1/notices/{got[f'/tasks/{given}']['id']}").json] if f["calls"] and f["calls"][0].get("name") and f["calls"][0]["deliveries"]])[0]
    assert {d["way"] for d in full["calls"][0]["deliveries"]} == {"mail", "inbox"} and full["calls"][0]["name"] == "席德", full


@promise
def shut_out():
    """who is shut out keeps no open task: it is nobody's, and its log says so; what he ended stays his"""
    ids = {x["name"]: x["id"] for x in node.local("GET", "/api/v1/users").json["items"]}
    kept, ended = add(ann, "未完成", assignee="cid"), add(ann, "完成的", assignee="cid")
    assert node.local("POST", f"/api/v1/tasks/{ended}", {"state": "done"}).status == 204
    nobodys = node.local("GET", "/api/v1/task-counts").json["nobodys"]
    open_ones = len(node.local("GET", "/api/v1/tasks?assignee=cid&limit=1000").json["items"])
    assert node.local("POST", f"/api/v1/users/{ids['cid']}/disable").status == 204
    assert not node.local("GET", "/api/v1/tasks?assignee=cid").json["items"] and open_ones >= 4
    assert node.local("GET", "/api/v1/task-counts").json["nobodys"] == nobodys + open_ones
    x = one(kept)
    assert "assignee" not in x and "disabled: cid" in x["log"][-1]["note"] and x["entries"] == len(x["log"]) == 2, x
    assert one(ended)["assignee"] == "cid"
    assert node.local("POST", f"/api/v1/tasks/{kept}", {"assignee": "bob", "base": 2}).status == 204


done()
