#!/usr/bin/env python3
"""How a system comes back is a procedure that is written, rehearsed, called for by an incident, and held against its time."""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

node = Node.serve(scratch())
for name, roles in (("ada", "admin,reporter"), ("eve", "admin"), ("ann", "reporter,analyst"), ("rex", "reader")):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough one"}).status == 201
ada, eve, ann, rex = (Person(node, n, "a long enough one") for n in ("ada", "eve", "ann", "rex"))


def ago(**span):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def one(id, zh, en, **more):
    return {"id": id, "zh": zh, "en": en, "owner": "王小明 02-1234", "rto": "4h", "rpo": "1d", "steps": [
        {"id": "restore", "zh": "由備份還原", "en": "Restore from the backup", "due": "2h", "who": "系統組"},
        {"id": "check", "zh": "確認服務", "en": "See that it serves", "due": "3h"}], **more}


def document(*list):
    return {"format": "lianfang-recovery/1", "recoveries": [*list]}


def in_force():
    return {x["id"]: x for x in node.local("GET", "/api/v1/recoveries").json["items"]}


def put(x, publish=True):
    history = node.local("GET", f"/api/v1/recoveries/{x['id']}/history")
    seen = history.json["items"][0]["version"] if history.status == 200 else 0
    r = node.local("PUT", f"/api/v1/recoveries/{x['id']}/draft?seen={seen}", document(x))
    assert r.status == 204, r.body
    return node.local("POST", f"/api/v1/recoveries/{x['id']}/publish", {}) if publish else r


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "郵件系統中斷", **more})
    assert r.status == 201, r.body
    return r.json["id"]


def recoveries(incident):
    return node.local("GET", f"/api/v1/incidents/{incident}/recoveries").json["items"]


@promise
def written():
    """a disaster recovery procedure of a system is a draft, comes in force, changes and retires; what it needs is in force first, nothing needs itself, and every text stays in its history"""
    mail = one("mail", "郵件系統", "Mail", needs=["dns"], backup="異地磁帶庫", workaround="改用電話")
    r = put(mail)
    assert r.status == 409 and "dns" in r.json["detail"], r.body
    assert put(one("dns", "名稱伺服器", "DNS", rto="1h")).status == 204 and put(mail).status == 204
    assert in_force()["mail"]["needs"] == ["dns"] and in_force()["mail"]["rto"] == "240m" and not in_force()["mail"]["overdue"]
    r = put(one("dns", "名稱伺服器", "DNS", needs=["mail"]))
    assert r.status == 409 and "itself" in r.json["detail"] and in_force()["dns"]["needs"] == [], r.body
    r = node.local("POST", "/api/v1/recoveries/dns/retire", {})
    assert r.status == 409 and "mail" in r.json["detail"], r.body
    put({**mail, "en": "Mail again"}, publish=False)
    assert in_force()["mail"]["en"] == "Mail", "a draft is not in force"
    acts = [x["act"] for x in node.local("GET", "/api/v1/recoveries/mail/history").json["items"]]
    assert acts == ["write", "publish", "write", "write"], acts
    put(one("old", "舊系統", "Old"))
    assert node.local("POST", "/api/v1/recoveries/old/retire", {}).status == 204 and "old" not in in_force()
    assert [x["act"] for x in node.local("GET", "/api/v1/recoveries/old/history").json["items"]] == ["retire", "publish", "write"]


@promise
def deep():
    """a way of needs that is too long is refused, wherever in it a procedure is changed"""
    for i in range(8):
        assert put(one(f"d{i}", f"第{i}層", f"Layer {i}", needs=[f"d{i - 1}"] if i else [])).status == 204, i
    r = put(one("d8", "第八層", "Layer 8", needs=["d7"]))
    assert r.status == 409 and "longer than 8" in r.json["detail"], r.body
    r = put(one("d0", "第零層", "Layer 0", needs=["dns"]))
    assert r.status == 409 and "longer than 8" in r.json["detail"], r.body
    for i in range(7, -1, -1):
        assert node.local("POST", f"/api/v1/recoveries/d{i}/retire", {}).status == 204


@promise
def refused():
    """a procedure with a fault is refused in one sentence that says where, and nothing of it is kept"""
    step = {"id": "a", "zh": "甲", "en": "a"}
    good = one("bad", "名", "Name")
    for more, word in (({"more": 1}, "more"), ({"rto": "soon"}, "rto"), ({"rto": "367d"}, "rto"), ({"needs": ["bad"]}, "itself"), ({"needs": ["x"] * 17}, "needs"), ({"owner": ""}, "owner"),
                       ({"zh": "長" * 21}, "zh"), ({"steps": []}, "steps"), ({"steps": [{**step, "from": "aware"}]}, "from"), ({"steps": [{**step, "who": "x" * 201}]}, "who"),
                       ({"every": "1h"}, "once a day"), ({"asset": "nowhere"}, "asset"), ({"backup": "x" * 2001}, "backup")):
        r = node.local("PUT", "/api/v1/recoveries/bad/draft?seen=0", document({**good, **more}))
        assert r.status == 400 and word in r.json["detail"], (more, r.body)
    assert node.local("GET", "/api/v1/recoveries/bad/history").status == 404
    assert node.local("POST", "/api/v1/recoveries", document(good, good)).status == 400
    assert node.local("POST", "/api/v1/recoveries/none/publish", {}).status == 404


@promise
def called():
    """an incident of level 3 or 4 is offered the procedures of the systems it speaks of; called for, the steps of what it needs come first as tasks, and the time it was down is held against its RTO and counted"""
    low = reported(level=2)
    assert not [x for x in recoveries(low) if x["suggested"]]
    incident = reported(level=3)
    assert [x["id"] for x in recoveries(incident) if x["suggested"]] == ["mail"], recoveries(incident)
    assert "郵件系統" in ann.get(f"/incidents/{incident}").text and "災害復原程序" in ann.get(f"/incidents/{incident}").text
    down = ago(hours=6)
    r = node.local("POST", f"/api/v1/incidents/{incident}/recoveries", {"recovery": "mail", "down": down})
    assert r.status == 200 and r.json["added"] == 4, r.body
    assert node.local("POST", f"/api/v1/incidents/{incident}/recoveries", {"recovery": "mail"}).json["added"] == 0
    got = sorted(node.local("GET", f"/api/v1/incidents/{incident}/tasks").json["items"], key=lambda x: x["number"])
    assert [x["origin"] for x in got] == ["recovery/dns/restore", "recovery/dns/check", "recovery/mail/restore", "recovery/mail/check"], got
    assert got[2]["title"] == "【郵件系統】由備份還原" and "系統組" in got[2]["detail"] and when(got[2]["due"]) == when(down) + datetime.timedelta(hours=2), got[2]
    dns, mail = recoveries(incident)[:2]
    assert dns["id"] == "dns" and "down" not in dns["run"] and mail["run"]["late"] and mail["run"]["down_minutes"] >= 360 and mail["run"]["tasks"] == 2, (dns, mail)
    assert in_force()["mail"]["counts"] == {"down": 1, "still": 1, "late": 1} and in_force()["dns"]["counts"]["down"] == 0
    times = f"/api/v1/incidents/{incident}/recovery-times"
    assert node.local("POST", times, {"recovery": "mail", "down": down, "back": ago(hours=7)}).status == 400
    assert node.local("POST", times, {"recovery": "mail", "down": down, "back": ago(hours=3)}).status == 204
    mail = recoveries(incident)[1]["run"]
    assert not mail["late"] and mail["down_minutes"] == 180, mail
    assert in_force()["mail"]["counts"] == {"down": 1, "still": 0, "late": 0}
    page = ann.get(f"/incidents/{incident}/tasks")
    assert "中斷 180 分鐘，可容忍 4 小時" in page.text, page.text
    assert rex.get("/recoveries").status == 200 and "異地磁帶庫" in rex.get("/recoveries").text
    red = reported(level=4, tlp="red")
    node.local("POST", f"/api/v1/incidents/{red}/recoveries", {"recovery": "mail", "down": ago(hours=1)})
    assert "曾在 1 件事件中斷" in rex.get("/recoveries").text, "what is not for him is not counted for him"


@promise
def rehearsed():
    """it is rehearsed with its result and how long it took; one that failed leaves it due, one that passed moves the day, and a mistake is withdrawn"""
    assert put(one("web", "官網", "Web site", every="30d")).status == 204
    first = in_force()["web"]["due"]
    trial = lambda **x: node.local("POST", "/api/v1/recoveries/web/trials", x)
    assert trial(held=ago(days=40), result="failed").status == 204 and in_force()["web"]["due"] == first
    assert trial(held=ago(days=40), result="passed", took_minutes=300, restored="1", note="慢").status == 204
    assert in_force()["web"]["overdue"] and [x["id"] for x in node.local("GET", "/api/v1/recoveries?overdue=1").json["items"]] == ["web"]
    x = node.local("GET", "/api/v1/recoveries/web/trials").json["items"]
    assert [y["result"] for y in x] == ["passed", "failed"] and x[0]["late"] and x[0]["restored"] and x[0]["took_minutes"] == 300, x
    assert "逾期未演練" in ann.get("/recoveries/web").text and "花費 5 小時，可容忍 4 小時" in ann.get("/recoveries/web").text
    page = ann.send(ann.get("/recoveries/web").form("/trials"), held="2999-01-01T00:00", result="partly", note="KEPT")
    assert page.status == 400 and "KEPT" in page.body
    assert node.local("POST", "/api/v1/recoveries/web/withdraw", {"number": 2}).status == 204
    assert not in_force()["web"]["overdue"] and in_force()["web"]["due"] == first
    assert trial(held=ago(days=1), result="partly").status == 204 and in_force()["web"]["due"] != first


@promise
def told():
    """that a rehearsal is overdue is told once"""
    assert put(one("vpn", "遠端連線", "VPN", every="1d")).status == 204
    assert node.local("POST", "/api/v1/recoveries/vpn/trials", {"held": ago(days=2), "result": "passed"}).status == 204
    notices = lambda: [n for n in node.local("GET", "/api/v1/notices?limit=200").json["items"] if n["about"] == "recovery"]
    assert len(until("it is told", notices, limit=90)) == 1 and notices()[0]["title"] == "vpn", notices()
    assert node.local("POST", "/api/v1/recoveries/vpn/retire", {}).status == 204


@promise
def by_forms():
    """it is written by forms alone, and of two people who write one neither loses his text"""
    page = ada.send(ada.get("/recoveries/new").form("/recoveries/new"), id="erp", zh="人事系統", en="ERP", owner="李大華", rto="8h", needs="dns", **{
        "zh.0": "啟動", "en.0": "Start", "place.0": "1", "due.0": "1h", "who.0": "廠商 <b>"})
    assert page.status == 200 and page.url.startswith("/recoveries/erp"), (page.status, page.text[:2000])
    assert ada.send(ada.get("/recoveries/erp").form("/publish")).status == 200
    assert in_force()["erp"]["steps"][0]["who"] == "廠商 <b>" and in_force()["erp"]["steps"][0]["phase"] == "recover"
    a, b = ada.get("/recoveries/erp/edit"), eve.get("/recoveries/erp/edit")
    assert ada.send(a.form("/edit"), workaround="ADA WROTE").status == 200
    page = eve.send(b.form("/edit"), backup="EVE WROTE")
    assert page.status == 409 and "ADA WROTE" in page.text and "EVE WROTE" in page.body, (page.status, page.text[:500])
    assert ann.get("/recoveries/erp").status == 200 and ann.get("/recoveries/erp/edit").status == 403


@promise
def kept_offline():
    """all procedures in force are one file that another node takes as drafts, and one PDF for when systems are down"""
    r = node.local("GET", "/api/v1/recovery-file?format=json")
    assert r.status == 200 and {x["id"] for x in r.json["recoveries"]} == set(in_force()), r.body
    other = Node.serve(scratch())
    assert other.local("POST", "/api/v1/recoveries", r.json).json["drafts"] == len(in_force())
    assert other.local("POST", "/api/v1/recoveries", r.json).json["drafts"] == 0 and not other.local("GET", "/api/v1/recoveries").json["items"]
    pdf = node.local("GET", "/api/v1/recovery-file?format=pdf")
    assert pdf.status == 503 or pdf.body.startswith(b"%PDF"), pdf.status


done()
