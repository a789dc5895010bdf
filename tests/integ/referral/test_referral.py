#!/usr/bin/env python3
"""Who outside the nodes was told of an incident, or asked for help, is recorded and tracked."""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "抽水站控制系統遭破壞", "level": 3, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def told(incident, kind="police", recipient="地方警察局", text="設備遭破壞，可能危及人員安全。", **more):
    return node.local("POST", f"/api/v1/incidents/{incident}/referrals", {"kind": kind, "recipient": recipient, "text": text, **more})


def one(at):
    r = node.local("GET", f"/api/v1/referrals/{at}")
    assert r.status == 200, r.body
    return r.json


@promise
def recorded():
    """prosecutors, police, the disaster system, an operator, a partner and a supporter are told: each is an act with who, when, how and why, over a kill -9"""
    global node, incident
    incident = reported()
    kinds = ["prosecutor", "police", "disaster", "operator", "partner", "support"]
    ids = []
    for kind in kinds:
        r = told(incident, kind, way="電話", reference="警字第 7 號", sent=at(-600), due=at(3600))
        assert r.status == 201, r.body
        ids.append(r.json["id"])
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    got = node.local("GET", f"/api/v1/incidents/{incident}/referrals").json["items"]
    assert [(x["id"], x["kind"], x["state"], x["way"], x["reference"]) for x in got] == [(i, k, "open", "電話", "警字第 7 號") for i, k in reversed(list(zip(ids, kinds)))], got
    told_of = [x for x in node.local("GET", "/api/v1/audit").json["items"] if x["action"] == "referral.add"]
    assert len(told_of) == 6 and all(x["subject"] == incident for x in told_of), told_of


@promise
def tracked():
    """a request is waiting, overdue, answered or closed as the time and its answers say; each answer is kept, and what is closed stays so"""
    r = told(incident, "support", "技術服務中心", "請派員協助鑑識", due=at(1))
    assert r.status == 201, r.body
    asked = r.json["id"]
    until("it is overdue", lambda: one(asked)["state"] == "overdue")
    assert [x["id"] for x in node.local("GET", "/api/v1/referrals?state=overdue").json["items"]] == [asked]
    assert node.local("POST", f"/api/v1/referrals/{asked}/answer", {"text": "明日 9 時到場"}).status == 204
    assert one(asked)["state"] == "answered"
    assert node.local("POST", f"/api/v1/referrals/{asked}/answer", {"text": "已完成鑑識", "close": True}).status == 204
    got = one(asked)
    assert got["state"] == "closed" and [x["text"] for x in got["answers"]] == ["明日 9 時到場", "已完成鑑識"], got
    r = node.local("POST", f"/api/v1/referrals/{asked}/answer", {"text": "again"})
    assert r.status == 409 and "closed" in r.json["detail"], r.body
    pages, after = [], ""
    while True:
        p = node.local("GET", f"/api/v1/referrals?limit=2{after}").json
        pages += [x["number"] for x in p["items"]]
        if "next" not in p:
            break
        after = "&after=" + p["next"]
    assert pages == sorted(pages, reverse=True) and len(set(pages)) == 7, pages


@promise
def answered():
    """an answer says when it came and what was done; the date by which one is expected can be changed, and what is overdue is shown with the incident and in the list"""
    i = reported()
    asked = told(i, "operator", "某電信", due=at(1)).json["id"]
    until("it is overdue", lambda: one(asked)["state"] == "overdue")
    assert asked in [x["id"] for x in node.local("GET", "/api/v1/referrals?state=overdue").json["items"]]
    assert "有 1 件轉介逾期" in node.local("GET", f"/incidents/{i}").body.decode() and "逾期" in node.local("GET", "/referrals?state=overdue").body.decode()
    assert node.local("POST", f"/api/v1/referrals/{asked}/due", {"due": at(3600)}).status == 204
    assert one(asked)["state"] == "open" and "件轉介逾期" not in node.local("GET", f"/incidents/{i}").body.decode()
    assert node.local("POST", f"/api/v1/referrals/{asked}/due", {"due": "2001-01-01T00:00:00Z"}).status == 400
    assert node.local("POST", f"/api/v1/referrals/{asked}/due", {}).status == 204 and "due" not in one(asked)
    came = at(-300)
    assert node.local("POST", f"/api/v1/referrals/{asked}/answer", {"text": "已聯絡用戶", "done": "停用該門號連線", "came": came}).status == 204
    got = one(asked)["answers"][0]
    assert (got["text"], got["done"], got["came"][:19]) == ("已聯絡用戶", "停用該門號連線", came[:19]), got
    page = node.local("GET", f"/referrals/{asked}").body.decode()
    assert "處置：停用該門號連線" in page and "已回覆" in page
    assert node.local("POST", f"/api/v1/referrals/{asked}/answer", {"text": "x", "came": at(600)}).status == 400
    trail = [x["action"] for x in node.local("GET", "/api/v1/audit").json["items"] if x["subject"] == i]
    assert trail.count("referral.due") == 2, trail


@promise
def refused():
    """what cannot be is refused in one sentence, and what was typed stays in the form"""
    for bad, word in (({"kind": "army"}, "kind"), ({"recipient": " "}, "recipient"), ({"text": ""}, "body"), ({"text": "x" * 9000}, "body"),
                      ({"sent": at(600)}, "past"), ({"sent": at(-60), "due": at(-120)}, "due"), ({"due": "tomorrow"}, "")):
        r = told(incident, **{**{"kind": "police"}, **bad})
        assert r.status == 400 and word in r.json["detail"], (bad, r.body)
    assert told("incident--00000000-0000-4000-8000-000000000000").status == 404
    assert node.local("GET", "/api/v1/referrals?state=lost").status == 400
    assert len(node.local("GET", f"/api/v1/incidents/{incident}/referrals").json["items"]) == 7
    assert node.local("POST", "/api/v1/users", {"name": "ina", "roles": "reader", "password": "a long enough one"}).status == 201
    token = node.local("POST", "/api/v1/tokens", {"account": "ina", "label": "t", "roles": "reader"}).json["token"]
    r = node.request("POST", f"/api/v1/incidents/{incident}/referrals", {"kind": "police", "recipient": "x", "text": "y"}, headers={"Authorization": "Bearer " + token})
    assert r.status == 403, r.body


@promise
def exercised():
    """a referral of an exercise says that it is one, for good"""
    drill = reported(exercise=node.exercise())
    r = told(drill)
    assert r.status == 201, r.body
    assert one(r.json["id"])["exercise"] is True
    assert "演練" in node.local("GET", f"/referrals/{r.json['id']}").body.decode()


@promise
def by_command():
    """the command line records, lists and answers"""
    def run(*words):
        return subprocess.run([BIN, "referral", words[0], "-c", str(node.directory / "lianfang.ini"), "--json", *words[1:]], capture_output=True, timeout=60)
    r = run("add", incident, "operator", "某電信", "請處置 198.51.100.7")
    assert r.returncode == 0, r
    at = json.loads(r.stdout)["id"]
    assert run("answer", at, "已斷線").returncode == 0
    assert json.loads(run("show", at).stdout)["state"] == "answered"
    assert at in [x["id"] for x in json.loads(run("of", incident).stdout)["items"]]
    r = run("add", incident, "navy", "x", "y")
    assert r.returncode == 2 and r.stderr.count(b"\n") == 1, r


done()
