#!/usr/bin/env python3
"""Response teams: a roster of people with skills, called together for an incident, and gone home again."""
import datetime
import http.server
import json
import os
import pathlib
import re
import signal
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

PEOPLE = 300
told = {}  # what the web hook of each person got


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        told.setdefault(self.path, []).append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=hook.serve_forever, daemon=True).start()
node = Node.serve(scratch(), "[notice]\nprivate_webhooks = yes", tier="nation")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def refused(path, body, word, status):
    a = call("POST", path, body, (status,))
    assert word in a.json["detail"], a.body


def moment(when):
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
hour = datetime.timedelta(hours=1)
SKILLS = ["forensics", "malware", "network", "law"]
network = "unit,name,email\n" + "".join(f"部會{i // 40},人{i:03},p{i}@m{i // 40}.example\n" for i in range(PEOPLE))
roster = "單位全銜,姓名,專長,可徵調\n" + "".join(f"部會{i // 40},人{i:03},{SKILLS[i % 4]}{';ot' if i % 10 == 0 else ''},{'否' if i == 8 else '是'}\n" for i in range(PEOPLE))
call("POST", "/api/v1/units/import", {"csv": network})
incident = call("POST", "/api/v1/incidents", {"title": "跨部會勒索軟體", "level": 2, "impact": "x", "measures": "y"})["id"]
team = {}


def calls(state="", of=None):
    out, after = [], ""
    while True:
        page = call("GET", f"/api/v1/teams/{of or team['id']}/calls?limit=1000&state={state}{after}")
        out += page["items"]
        if "next" not in page:
            return out
        after = "&after=" + page["next"]


def notices(kind):
    out, after = [], ""
    while True:
        page = call("GET", f"/api/v1/notices?subject={team['id']}&limit=1000{after}")
        out += [x for x in page["items"] if x["about"] == kind]
        if "next" not in page:
            return out
        after = "&after=" + page["next"]


@promise
def entered_whole():
    """the roster comes from CSV whole or not at all, the wrong line is named, and again changes nothing"""
    a = call("POST", "/api/v1/responders/import", {"csv": roster + "部會0,無此人,law,是\n"}, (400,))
    assert str(PEOPLE + 2) in a.json["detail"] and "無此人" in a.json["detail"], a.body
    assert call("GET", "/api/v1/responders")["items"] == []
    assert "飛行" in call("POST", "/api/v1/responders/import", {"csv": roster + "部會0,人000,飛行,是\n"}, (400,)).json["detail"]
    for _ in range(2):
        assert call("POST", "/api/v1/responders/import", {"csv": roster})["rows"] == PEOPLE
    assert len(call("GET", "/api/v1/responders?limit=1000")["items"]) == PEOPLE
    assert len(call("GET", "/api/v1/responders?limit=1000&skill=malware")["items"]) == PEOPLE // 4
    assert len(call("GET", "/api/v1/responders?limit=1000&skill=forensics&free=1")["items"]) == PEOPLE // 4 - 1
    return f"{PEOPLE} people"


@promise
def called_once_over_a_kill():
    """all that fit are called, each once, over a kill -9; who is not available is not"""
    global node
    ask = {"title": "鑑識支援", "needs": "forensics:2,ot:1", "place": "應變中心", "begins": moment(now + 4 * hour), "post": "group-3", "incident": incident, "rest": 48}
    refused("/api/v1/teams", dict(ask, needs="cloud:1"), "nobody on the roster", 422)
    refused("/api/v1/teams", dict(ask, needs="forensics:0"), "needs are", 400)
    refused("/api/v1/teams", dict(ask, begins=moment(now - hour)), "begins", 400)
    team.update(call("POST", "/api/v1/teams", ask))
    fit = {x["contact"] for x in call("GET", "/api/v1/responders?limit=1000")["items"] if x["available"] and {"forensics", "ot"} & set(x["skills"].split(","))}
    assert team["called"] == len(fit), (team, len(fit))
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    until("all are called", lambda: call("GET", f"/api/v1/teams/{team['id']}")["called"]["queued"] == 0)
    until("each has a notice", lambda: len(notices("team")) == len(fit))
    assert {c["contact"] for c in calls()} == fit
    return f"{len(fit)} calls"


@promise
def enough():
    """answers count where they are wanted, whoever has two skills is moved to make room, and when enough come the rest are told once"""
    here = f"/api/v1/teams/{team['id']}"
    both = [c for c in calls() if c["skills"] == "forensics,ot"]
    plain = [c for c in calls() if c["skills"] == "forensics"]
    say = lambda c, answer="yes", **kw: call("POST", here + "/answers", dict(contact=c["contact"], answer=answer, **kw))["state"]
    assert say(both[0]) == say(both[1]) == "comes"
    assert say(plain[0], "no") == "declines"
    assert say(plain[1], at=moment(now + 5 * hour)) == "comes", "one of both goes over to the other skill"
    t = call("GET", here)
    assert t["state"] == "assembled" and all(s["wanted"] == s["come"] for s in t["skills"]), t
    assert say(plain[2]) == "spare"
    waiting = len(calls("waiting"))
    until("the rest are told", lambda: len(notices("team_news")) == waiting + 1 or len(notices("team_news")) == waiting)
    assert say(plain[1], "no") == "declines" and next(c for c in calls("comes") if c["contact"] == plain[2]["contact"]), "who was spare takes the place"
    assert say(plain[2], "no") == "declines" and call("GET", here)["state"] == "calling", "nobody is spare"
    assert say(plain[3]) == "comes" and call("GET", here)["state"] == "assembled"
    refused(here + "/state", {"state": "ended", "note": "x"}, "have not handed back", 409)
    return f"{waiting} were told"


@promise
def home_again():
    """who came is manned and may have tasks; he hands back when none is open, leaves, and is not called before he has rested"""
    here = f"/api/v1/teams/{team['id']}"
    comes = calls("comes")
    assert len(comes) == 3
    for c in comes:
        call("POST", here + "/arrivals", {"contact": c["contact"]})
    assert {x["contact"] for x in call("GET", f"/api/v1/manning?incident={incident}")["items"]} == {c["contact"] for c in comes}
    refused(here + "/state", {"state": "cancelled", "note": "x"}, "has come", 409)
    task = call("POST", here + "/tasks", {"contact": comes[0]["contact"], "title": "採證", "phase": "recover"})["id"]
    call("POST", here + "/state", {"state": "recovering", "note": "協助復原"})
    refused(here + "/releases", {"contact": comes[0]["contact"], "handback": "x"}, "tasks are open", 409)
    call("POST", f"/api/v1/tasks/{task}", {"state": "done"})
    refused(here + "/releases", {"contact": comes[0]["contact"]}, "handback", 400)
    for c in comes:
        call("POST", here + "/releases", {"contact": c["contact"], "handback": "設備歸還資訊室"})
    assert call("GET", "/api/v1/manning/there")["items"] == []
    call("POST", here + "/state", {"state": "ended", "note": "完成"})
    resting = {x["contact"]: x["rest"] for x in call("GET", "/api/v1/responders?limit=1000")["items"] if "rest" in x}
    assert set(resting) == {c["contact"] for c in comes} and min(resting.values()) > moment(now + 47 * hour), resting
    again = call("POST", "/api/v1/teams", {"title": "再次", "needs": "ot:1", "place": "x", "begins": moment(now + hour), "post": "group-1"})
    assert not {c["contact"] for c in calls(of=again["id"])} & set(resting)
    call("POST", f"/api/v1/teams/{again['id']}/state", {"state": "cancelled", "note": "演練結束"})
    actions = {x["action"] for x in call("GET", "/api/v1/audit?limit=1000")["items"]}
    assert {"team.add", "team.state", "team.answer", "team.arrive", "team.release", "team.task", "responder.import"} <= actions, actions


@promise
def by_the_link():
    """the link that was sent answers once, and nobody need be signed in"""
    person = next(x for x in call("GET", "/api/v1/responders?q=人001")["items"])
    call("PUT", f"/api/v1/contacts/{person['contact']}", {"webhook": f"http://127.0.0.1:{hook.server_port}/one"})
    call("PUT", f"/api/v1/responders/{person['contact']}", {"skills": "command"})
    asked = call("POST", "/api/v1/teams", {"title": "指揮", "needs": "command:1", "place": "機房", "begins": moment(now + hour), "post": "group-1"})
    assert asked["called"] == 1
    team.update(asked)
    got = until("the web hook was told", lambda: told.get("/one"))[0]
    assert got["about"] == "team" and "機房" in got["detail"], got
    path = re.search(r"https?://[^/]+(/called/\S+)", got["answer"]).group(1)
    page = node.get(path, auth=False).body.decode()
    assert "機房" in page and 'value="yes"' in page and 'value="no"' in page, page
    assert node.get(path[:-2] + "xx", auth=False).status == 404
    say = lambda body: node.request("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}, auth=False).status
    assert say("at=") == 400, "neither yes nor no"
    assert say("answer=yes") == 200
    assert say("answer=no") == 409, "once"
    assert calls()[0]["state"] == "comes" and calls()[0]["said_by"] == "link"
    assert call("GET", f"/api/v1/teams/{team['id']}")["state"] == "assembled"
    assert "已登記您將前往" in node.get(path, auth=False).body.decode()


@promise
def pages():
    """the console shows the roster, all teams and one, and both lead to each other and to the incident"""
    for page, word in (("/teams", "徵調應變小組"), (f"/teams/{team['id']}", "機房"), ("/responders", "應變小組名冊"), ("/rosters", "/teams"), (f"/incidents/{incident}", "/teams?incident=")):
        body = node.local("GET", page).body.decode()
        assert word in body, (page, body)


done()
