#!/usr/bin/env python3
"""An exercise goes down the links to those that take part and to nobody else; answers, injects, results and reports come and go with it."""
import datetime
import html
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BASE = "/api/v1/exercises"


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(node, method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")


def again(node):
    node.process.kill()
    node.process.wait()
    return until("it is back", lambda: Node.serve(node.directory))


def page(node, path, lang="zh"):
    r = node.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert r.status == 200, (path, r.status, r.body)
    return html.unescape(r.body.decode())


def serve(tier):
    """At a port of its own, so that it is found again after a crash."""
    where = scratch()
    (where / "lianfang.ini").write_text(f"[node]\nname = {tier}\ntier = {tier}\ndata = data\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:{free_port()}\n[intake]\nsyslog_udp = 127.0.0.1:0\n"
                                        "syslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
    return Node.serve(where)


def unit(node, name, **more):
    return call(node, "POST", "/api/v1/units", {"name": name, "attribute": "enterprise-4", **more})["id"]


nation, sector, water = serve("nation"), serve("sector"), serve("provider")
other, power = Node.serve(scratch(), tier="sector"), Node.serve(scratch())
for child, parent, name in ((sector, nation, "水資源領域"), (other, nation, "能源領域"), (water, sector, "水廠"), (power, sector, "電廠")):
    known = {p["id"] for p in call(parent, "GET", "/api/v1/peers")["items"]}
    join(child, parent)
    unit(parent, name, peer=next(p["id"] for p in call(parent, "GET", "/api/v1/peers")["items"] if p["id"] not in known))
    own = unit(child, "本單位", tenant="self")
    call(child, "POST", f"/api/v1/units/{own}/contacts", {"name": "窗口", "email": "desk@member.example"})


def plan(node, *who, branches=(), **more):
    return call(node, "POST", BASE, {"name": "跨領域演練", "kind": "cross-sector", "begins": at(-60), "ends": at(7200), "speed": 60, "participants": list(who), "branches": list(branches), **more})["id"]


def state(node, x):
    r = node.local("GET", f"{BASE}/{x}")
    return r.json["state"] if r.status == 200 else None


def told(node, x):
    return [t["inject"] for t in call(node, "GET", f"{BASE}/{x}")["told"]]


def parts(node, x):
    return {p["name"]: p for p in call(node, "GET", f"{BASE}/{x}")["participants"]}


def scenario(node, x, *injects):
    call(node, "POST", f"{BASE}/{x}/scenario", {"document": json.dumps({
        "format": "lianfang-scenario/1", "id": "own", "kind": "cross-sector", "zh": "自訂", "en": "Own", "about_zh": "說明", "about_en": "About", "groups": [], "injects": list(injects)}, ensure_ascii=False)})


def inject(id, to, expect=None, within="30h", points=10, at="0m", **more):
    return {"id": id, "at": at, "to": list(to), "zh": f"狀況 {id}", "en": f"Inject {id}", "tell_zh": f"內容 {id}", "tell_en": f"Text {id}",
            **({"expect": expect, "within": within, "points": points} if expect else {}), **more}


def run(node, x, to="running"):
    call(node, "POST", f"{BASE}/{x}/state", {"state": to})


def reported(node, x, **more):
    return call(node, "POST", "/api/v1/incidents", {"title": "演練案件", "level": 3, "exercise": x, **more})["id"]


def there(node, incident):
    return node.local("GET", f"/api/v1/incidents/{incident}").status == 200


@promise
def goes_to_those_who_take_part():
    """an exercise goes down over tiers to those that take part and only to them; each change of it follows, over kill -9 of both ends, and who left or joined meanwhile is right"""
    global sector, water
    x = plan(nation, branches=["水資源領域"], aim="驗證跨層通報")
    until("it came two tiers down", lambda: state(water, x) == "planned" and state(power, x) == "planned")
    got = call(water, "GET", f"{BASE}/{x}")
    assert (got["name"], got["aim"], got["speed"], got["reach"], got["conductor"], got["kind"]) == ("跨領域演練", "驗證跨層通報", 60, "nation", "nation", "cross-sector"), got
    water.process.kill(), water.process.wait()
    call(nation, "POST", f"{BASE}/{x}", {"name": "改名的演練", "kind": "telecom", "begins": at(-60), "ends": at(7200), "speed": 30, "branches": ["水資源領域"]})
    until("the sector has the change", lambda: call(sector, "GET", f"{BASE}/{x}")["name"] == "改名的演練")
    run(nation, x)
    sector = again(sector)
    water = again(water)
    until("who was away has it all", lambda: state(water, x) == "running" and call(water, "GET", f"{BASE}/{x}")["speed"] == 30)
    assert state(other, x) is None
    last = plan(nation, "能源領域")
    until("what was said later came to the other sector", lambda: state(other, last) == "planned")
    assert state(other, x) is None and state(sector, last) is None and x not in json.dumps(call(other, "GET", "/api/v1/audit?limit=1000"))
    late = Node.serve(scratch())
    join(late, sector)
    until("who joined later takes part too", lambda: state(late, x) == "running")
    call(nation, "POST", f"{BASE}/{last}", {"name": "跨領域演練", "kind": "telecom", "begins": at(-60), "ends": at(7200)})
    until("who takes part no more is told", lambda: state(other, last) == "cancelled")
    for who, act in ((water, "ended"), (sector, "cancelled")):
        call(who, "POST", f"{BASE}/{x}/state", {"state": act}, 403)
    run(nation, x, "ended")
    until("the end came down", lambda: state(water, x) == "ended" and state(late, x) == "ended")
    acts = [a["action"] for a in call(water, "GET", "/api/v1/audit?limit=1000")["items"] if a["subject"] == x]
    assert acts.count("exercise.received") == 3, acts
    told_of = [n for n in call(water, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x]
    assert len(told_of) == 3 and all(n["exercise"] and n["about"] == "exercise" for n in told_of), told_of


@promise
def answers_and_reports():
    """who takes part answers, declines and hands in its result report; the conductor sees each with its time, whose is late, and is told"""
    x = plan(nation, branches=["水資源領域"], report_due=at(6))
    until("it is there", lambda: state(water, x) == "planned" and state(power, x) == "planned")
    call(water, "POST", f"{BASE}/{x}/answer", {"answer": "acknowledged"})
    call(power, "POST", f"{BASE}/{x}/answer", {"answer": "declined", "why": "歲修停機"})
    call(sector, "POST", f"{BASE}/{x}/answer", {"answer": "acknowledged"})
    call(nation, "POST", f"{BASE}/{x}/answer", {"answer": "acknowledged"}, 409)
    call(water, "POST", f"{BASE}/{x}/answer", {"answer": "perhaps"}, 400)

    def seen():
        by = {}
        for p in call(nation, "GET", f"{BASE}/{x}")["participants"]:
            by.setdefault((p["name"], p["answer"]), p)
        return by

    got = until("all answers are at the nation", lambda: (lambda g: g if len([1 for (n, a) in g if a != "asked"]) >= 3 else None)(seen()))
    assert got[("水資源領域", "acknowledged")]["answered"] and got[("provider", "acknowledged")]["below"] and got[("test", "declined")]["why"] == "歲修停機", got
    run(nation, x)
    until("it runs", lambda: state(power, x) == "running" and state(water, x) == "running")
    assert power.local("POST", "/api/v1/incidents", {"title": "x", "exercise": x}).status == 422
    call(water, "POST", f"{BASE}/{x}/report", {"text": "早了"}, 409)
    run(nation, x, "ended")
    until("it ended", lambda: state(water, x) == "ended")
    call(water, "POST", f"{BASE}/{x}/report", {"text": "水廠成果：全部於時限內完成。"})
    until("the report is at the nation", lambda: seen()[("provider", "acknowledged")].get("report") == "水廠成果：全部於時限內完成。")
    until("whose is late is seen", lambda: seen()[("水資源領域", "acknowledged")]["report_late"])
    assert not seen()[("provider", "acknowledged")]["report_late"] and not seen()[("test", "declined")]["report_late"]
    for node in (nation, sector):
        until("it is told", lambda: [n for n in call(node, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x and n["about"] == "exercise_late"])
    for lang, words in (("zh", ("不參加", "歲修停機", "成果報告逾期", "連同所有下級")), ("en", ("Declined", "歲修停機", "Result report overdue", "With all below it"))):
        text = page(nation, f"/exercises/{x}", lang)
        assert all(w in text for w in words), words
    for lang, words in (("zh", ("本單位的回覆", "辦理單位")), ("en", ("Our answer", "Conducted by"))):
        assert all(w in page(water, f"/exercises/{x}", lang) for w in words)


@promise
def who_left_comes_back():
    """who is taken off the list, or lies below one that declined, has it cancelled and takes part again when that is taken back"""
    x = plan(nation, "能源領域", branches=["水資源領域"])
    until("it is there", lambda: state(other, x) == "planned" and state(water, x) == "planned")
    change = {"name": "跨領域演練", "kind": "telecom", "begins": at(-60), "ends": at(7200), "branches": ["水資源領域"]}
    call(nation, "POST", f"{BASE}/{x}", change)
    until("who is taken off has it cancelled", lambda: state(other, x) == "cancelled")
    call(nation, "POST", f"{BASE}/{x}", {**change, "participants": ["能源領域"]})
    until("and is asked again", lambda: state(other, x) == "planned")
    call(sector, "POST", f"{BASE}/{x}/answer", {"answer": "declined"})
    until("what lies below has it cancelled", lambda: state(water, x) == "cancelled" and state(power, x) == "cancelled")
    call(sector, "POST", f"{BASE}/{x}/answer", {"answer": "acknowledged"})
    until("and takes part again", lambda: state(water, x) == "planned" and state(power, x) == "planned")
    run(nation, x, "cancelled")
    until("cancelled for all", lambda: state(water, x) == "cancelled" and state(other, x) == "cancelled")


@promise
def cases_stay_among_them():
    """a case of an exercise goes up only to who it came from; a sector that takes no part, or that the node joins later, gets none of it"""
    only = plan(sector, "水廠")
    until("it is there", lambda: state(water, only) == "planned")
    run(sector, only)
    until("it runs", lambda: state(water, only) == "running")
    assert state(power, only) is None and state(nation, only) is None
    case = reported(water, only, level=4)
    until("its conductor has it", lambda: there(sector, case))
    both = plan(nation, branches=["水資源領域"])
    run(nation, both)
    until("it runs", lambda: state(water, both) == "running")
    high = reported(water, both, level=4)
    real = reported(water, "", level=4)
    until("what goes up is at the nation", lambda: there(nation, high) and there(nation, real))
    assert not there(nation, case) and not there(other, case) and not there(power, case)
    assert case not in json.dumps(call(nation, "GET", "/api/v1/audit?limit=1000"))
    mover = Node.serve(scratch())
    known = {p["id"] for p in call(sector, "GET", "/api/v1/peers")["items"]}
    join(mover, sector)
    unit(sector, "搬家的廠", peer=next(p["id"] for p in call(sector, "GET", "/api/v1/peers")["items"] if p["id"] not in known))
    moved = plan(sector, "搬家的廠")
    run(sector, moved)
    until("it runs at the mover", lambda: state(mover, moved) == "running")
    token = other.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    old = reported(mover, moved, level=4)
    until("the old sector has the case", lambda: there(sector, old))
    call(mover, "POST", "/api/v1/parent/move", {"token": token}, (200, 202, 204))
    until("it lies below the other sector", lambda: call(mover, "GET", "/api/v1/parent")["state"] == "active" and call(mover, "GET", "/api/v1/parent")["name"] == "test")
    after, true = reported(mover, moved, level=4), reported(mover, "", level=4)
    until("real ones go to the new sector", lambda: there(other, true))
    assert not there(other, old) and not there(other, after) and state(other, moved) is None
    call(mover, "POST", f"{BASE}/{moved}/state", {"state": "ended"})
    assert state(mover, moved) == "ended" and state(sector, moved) == "running"


@promise
def injects_are_told_there():
    """an inject to a node is told there at its time and once, late with the reason when the link was cut, to nobody else, and never before; what it expects counts by the word of the node"""
    global water
    x = plan(sector, "水廠", "電廠")
    scenario(sector, x, inject("both", ["all"]), inject("report", ["水廠"], "report"), inject("keep", ["水廠"], "task", of="report", task="web/keep"), inject("call", ["水廠"], "answer"),
             inject("cut", ["水廠"], at="1m"), inject("never", ["水廠"], at="30d"))
    until("it is there", lambda: state(water, x) == "planned" and state(power, x) == "planned")
    assert not told(water, x)
    run(sector, x)
    until("what was due is told", lambda: sorted(told(water, x)) == ["both", "call", "keep", "report"] and told(power, x) == ["both"])
    water.process.kill(), water.process.wait()
    until("the sector told it", lambda: any(i["id"] == "cut" and i["state"] == "delivered" for i in call(sector, "GET", f"{BASE}/{x}/scenario")["items"]))
    time.sleep(0)
    water = Node.serve(water.directory)
    until("it came when the link was back", lambda: "cut" in told(water, x))
    notices = [n["title"] for n in call(water, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x and n["about"] == "inject"]
    assert sorted(notices) == ["狀況 both", "狀況 call", "狀況 cut", "狀況 keep", "狀況 report"], notices
    for node in (water, power):
        everything = page(node, f"/exercises/{x}") + json.dumps(call(node, "GET", f"{BASE}/{x}")) + node.local("GET", f"{BASE}/{x}/scenario").body.decode()
        assert "never" not in everything and (node is water or "內容 cut" not in everything)
    case = reported(water, x)
    call(water, "POST", f"/api/v1/incidents/{case}/playbooks", {"playbook": "web"})
    step = next(k for k in call(water, "GET", f"/api/v1/incidents/{case}/tasks")["items"] if k.get("origin") == "web/keep" or k.get("step") == "web/keep")
    score = lambda: {i["inject"]: i for s in call(sector, "GET", f"{BASE}/{x}/score")["items"] if s["name"] == "水廠" for i in s["injects"]}
    until("the report counts", lambda: score()["report"]["mark"] == "in_time")
    n = next(n for n in call(water, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x and n["title"] == "狀況 call")
    calls = until("somebody is called", lambda: call(water, "GET", f"/api/v1/notices/{n['id']}")["calls"])
    assert score()["call"]["mark"] == "running" and score()["keep"]["mark"] == "running", score()
    call(water, "POST", f"/api/v1/calls/{calls[0]['id']}/acknowledge")
    until("the answer counts by the node's word", lambda: score()["call"]["mark"] == "in_time")
    call(water, "POST", f"/api/v1/tasks/{step['id']}", {"state": "done"})
    until("and so does the task", lambda: score()["keep"]["mark"] == "in_time")
    assert score()["keep"]["incident"] == case


done()
