#!/usr/bin/env python3
"""The answers of a report ask that prosecutors or police be told (通報檢調單位): due, overdue, done or decided."""
import datetime
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

node = Node.serve(scratch())


def send(stage="first", incident=None, **more):
    aware = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    v = {"aware_at": aware, "category": "web_defaced", "description": "x", "affects": "no", "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0}
    body = {"stage": stage, "values": {**v, **more} if stage == "first" else more}
    r = node.local("POST", "/api/v1/reports", {**body, **({"incident": incident} if incident else {})})
    assert r.status in (200, 201), r.body
    return r.json["id"]


def duties(**ask):
    r = node.local("GET", "/api/v1/referral-duties?" + "&".join(f"{k}={v}" for k, v in ask.items()))
    assert r.status == 200, r.body
    return r.json["items"]


def page(path):
    return node.local("GET", path).body.decode()


@promise
def asked():
    """the form asks whether life is in danger or equipment was destroyed; an answer makes a referral due, shown on the incident's page, in the list of all, and told, over a kill -9"""
    global node, incident
    f = {f["id"]: f for f in node.local("GET", "/api/v1/report-form").json["fields"]}["harm"]
    assert [c["id"] for c in f["choices"]] == ["life", "equipment", "crime"] and "first" in f["stages"] and not f.get("required"), f
    assert duties() == []
    plain = send()
    incident = send(harm=["life", "equipment"])
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    assert duties(incident=plain) == [], duties(incident=plain)
    got = {d["rule"]: d for d in duties(incident=incident)}
    assert set(got) >= {"life", "equipment"} and all(got[x]["state"] == "open" and got[x]["kinds"] == ["prosecutor", "police"] and got[x]["due"] for x in ("life", "equipment")), got
    assert "危及人民生命，應適時通報檢調單位" in page(f"/incidents/{incident}") and "應通報檢調單位" not in page(f"/incidents/{plain}")
    assert "危及人民生命" in page("/referrals") and "設備遭破壞" in page(f"/incidents/{incident}/referrals")
    told = [n for n in node.local("GET", "/api/v1/notices?limit=200").json["items"] if n["about"] == "referral"]
    assert len(told) == 2 and all(n["subject"] == incident for n in told), told


@promise
def done_by_recording():
    """it is done when a referral to prosecutors or police is recorded, and by none of another kind"""
    def tell(kind):
        r = node.local("POST", f"/api/v1/incidents/{incident}/referrals", {"kind": kind, "recipient": "某單位", "text": "告知"})
        assert r.status == 201, r.body
    tell("operator")
    assert {d["state"] for d in duties(incident=incident) if d["rule"] in ("life", "equipment")} == {"open"}
    tell("police")
    assert {d["state"] for d in duties(incident=incident) if d["rule"] in ("life", "equipment")} == {"done"}
    assert incident not in [d["incident"] for d in duties(state="standing")] and "應通報</" not in page("/referrals")
    trail = [x["action"] for x in node.local("GET", "/api/v1/audit").json["items"] if x["subject"] == incident]
    assert "referral.add" in trail, trail


@promise
def decided():
    """or when somebody decides, with grounds and by a form without script, that none is needed: audited; without grounds it is refused on the page, and who only reads decides nothing"""
    i = send(category="equipment_damage")
    d = next(d for d in duties(incident=i) if d["rule"] == "damaged")
    assert node.local("POST", "/api/v1/users", {"name": "ann", "roles": "analyst", "password": "a long enough one"}).status == 201
    ann = Person(node, "ann", "a long enough one")
    at = ann.get(f"/incidents/{i}/referrals")
    form = at.form("/referral-duty")
    assert form.fields["duty"] == d["id"] and f"/incidents/{i}/referrals?kind=prosecutor#record" in at.links, at.links
    again = ann.send(form, grounds=" ")
    assert again.status == 400 and "請填寫免通報的理由" in again.text, (again.status, again.text[:400])
    assert node.local("POST", "/api/v1/users", {"name": "ina", "roles": "reader", "password": "a long enough one"}).status == 201
    token = node.local("POST", "/api/v1/tokens", {"account": "ina", "label": "t", "roles": "reader"}).json["token"]
    r = node.request("POST", f"/api/v1/referral-duties/{d['id']}/waive", {"grounds": "x"}, headers={"Authorization": "Bearer " + token})
    assert r.status == 403, r.body
    assert ann.send(again.form("/referral-duty"), grounds="電源老化，無人破壞").status == 200
    got = next(x for x in duties(incident=i) if x["rule"] == "damaged")
    assert (got["state"], got["grounds"]) == ("waived", "電源老化，無人破壞") and got["by"] and got["decided"], got
    assert "免通報理由：電源老化" in page(f"/incidents/{i}/referrals") and "應通報檢調單位" not in page(f"/incidents/{i}")
    assert [x["subject"] for x in node.local("GET", "/api/v1/audit").json["items"] if x["action"] == "referral.waive"] == [i]
    assert node.local("POST", f"/api/v1/referral-duties/{d['id']}/waive", {"grounds": "x"}).status == 409


@promise
def suggested():
    """an incident of level 3 suggests one, without a time; somebody may say that none is needed, and it is shown no more"""
    i = send(tamper="serious", asset="core")
    d, = duties(incident=i)
    assert (d["rule"], d["state"]) == ("major", "suggested") and "due" not in d, d
    assert "請評估是否通報檢調單位" in page(f"/incidents/{i}") and i not in [x["incident"] for x in duties(state="standing")]
    assert node.local("POST", f"/api/v1/referral-duties/{d['id']}/waive", {"grounds": "與犯罪無關"}).status == 204
    assert "請評估是否通報檢調單位" not in page(f"/incidents/{i}") and "與犯罪無關" in page(f"/incidents/{i}/referrals")


@promise
def overdue():
    """in an exercise at sixty times the speed it is due sooner, then overdue on the page, in the list and told, all marked as an exercise"""
    i = send(exercise=node.exercise(speed=60), harm=["life"])
    d = next(d for d in duties(incident=i) if d["rule"] == "life")
    span = [datetime.datetime.fromisoformat(d[k].replace("Z", "+00:00")) for k in ("since", "due")]
    assert d["exercise"] is True and span[1] - span[0] == datetime.timedelta(seconds=60), d
    until("it is overdue", lambda: i in [d["incident"] for d in duties(state="overdue")], limit=90)
    at = page(f"/incidents/{i}")
    assert "逾期未通報" in at and "演練" in at and "逾期未通報" in page("/referrals")
    told = until("it is told", lambda: [n for n in node.local("GET", "/api/v1/notices?limit=200").json["items"] if n["about"] == "referral_late"], limit=90)
    assert [(n["subject"], bool(n["exercise"])) for n in told] == [(i, True)], told


@promise
def taken_back():
    """answers that are taken back ask for nothing any more, and a RED incident's is there for those alone who may see it"""
    i = send(harm=["crime"])
    send("edit", incident=i, harm=[])
    assert {d["rule"]: d["state"] for d in duties(incident=i)}["crime"] == "lapsed"
    red = send(harm=["life"], tlp="red")
    token = node.local("POST", "/api/v1/tokens", {"account": "ina", "label": "r", "roles": "reader"}).json["token"]
    r = node.request("GET", "/api/v1/referral-duties", headers={"Authorization": "Bearer " + token})
    assert r.status == 200 and red not in [d["incident"] for d in r.json["items"]] and i in [d["incident"] for d in r.json["items"]], r.body


@promise
def by_command():
    """the command line lists what stands, what an incident's answers ask, and decides"""
    def run(*words):
        return subprocess.run([BIN, "referral", words[0], "-c", str(node.directory / "lianfang.ini"), "--json", *words[1:]], capture_output=True, timeout=60)
    i = send(harm=["crime"])
    d = json.loads(run("asked", i).stdout)["items"]
    d = next(x for x in d if x["rule"] == "crime")
    assert d["id"] in [x["id"] for x in json.loads(run("standing").stdout)["items"]]
    assert run("waive", d["id"], "已另案處理").returncode == 0
    assert d["id"] not in [x["id"] for x in json.loads(run("standing").stdout)["items"]]
    r = run("waive", d["id"], "x")
    assert r.returncode in (1, 2) and r.stderr.count(b"\n") == 1, r


done()
