#!/usr/bin/env python3
"""Evidence of an incident: what was taken, whose hands it went through, in the signed history."""
import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

sector = Node.serve(scratch(), tier="sector")
node = Node.serve(scratch())
token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert node.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("the link is up", lambda: node.local("GET", "/api/v1/parent").json["state"] == "active")
DISK = {"what": "主機硬碟 1 TB", "identifier": "WD-WX41A", "found": "機房 B2 機櫃 7", "taken_by": "林鑑識", "method": "關機後拆卸，以唯讀介面製作映像",
        "place": "證物室 3 號櫃", "seal": "intact", "seal_number": "S-0001", "sha256": "ab" * 32}


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def add(incident, here=None, **fields):
    return (here or node).local("POST", f"/api/v1/incidents/{incident}/evidence", fields)


def move(incident, evidence, here=None, **fields):
    return (here or node).local("POST", f"/api/v1/incidents/{incident}/evidence/hand-over", {"evidence": evidence, **fields})


def items(incident, at=None):
    r = (at or node).local("GET", f"/api/v1/incidents/{incident}/evidence")
    assert r.status == 200, r.body
    return r.json["items"]


@promise
def kept():
    """an item and its hand-overs are signed events with who, when, how, place and seal, and stand so after kill -9, in the JSON export too"""
    global node, incident, disk
    incident = reported()
    disk = add(incident, **DISK, taken_at="2026-03-01T09:00:00+08:00")
    assert disk.status == 201, disk.body
    disk = disk.json["id"]
    r = move(incident, disk, **{"from": "林鑑識"}, to="王檢察事務官", reason="移送地檢署", seal="intact", seal_number="S-0001", place="地檢署贓物庫",
             at="2026-03-02T10:00:00+08:00")
    assert r.status == 204, r.body
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    (it,) = items(incident)
    assert it["evidence"] == disk and it["number"] == 1 and it["holder"] == "王檢察事務官" and it["place"] == "地檢署贓物庫" and not it["broken"], it
    assert {k: it[k] for k in ("what", "identifier", "found", "method", "sha256")} == {k: DISK[k] for k in ("what", "identifier", "found", "method", "sha256")}
    taken, moved = it["custody"]
    assert taken["to"] == "林鑑識" and "from" not in taken and taken["at"].startswith("2026-03-01T01:00:00") and taken["seal"] == "intact", taken
    assert (moved["from"], moved["to"], moved["reason"]) == ("林鑑識", "王檢察事務官", "移送地檢署") and moved["at"].startswith("2026-03-02T02:00:00"), moved
    assert moved["account"] and moved["recorded_at"] > moved["at"] and moved["seal_number"] == "S-0001"
    for whole in (node.local("GET", f"/api/v1/incidents/{incident}").json,
                  json.loads(node.local("GET", f"/api/v1/incidents/{incident}/export?format=json").body)["items"][0]):
        events = [e for e in whole["events"] if e["kind"].startswith("evidence_")]
        assert [e["kind"] for e in events] == ["evidence_added", "evidence_moved"] and all(e["signature"] and e["account"] for e in events), events


@promise
def joined():
    """a hand-over that does not begin with who holds it, comes before the last, is yet to come or lacks who or why is refused, and nothing is kept"""
    before = items(incident)
    for r, status in ((move(incident, disk, **{"from": "林鑑識"}, to="x", reason="y"), 409),
                      (move(incident, disk, to="x", reason="y", at="2026-03-01T12:00:00+08:00"), 400),
                      (move(incident, disk, to="x", reason="y", at="2099-03-01T12:00:00+08:00"), 400),
                      (move(incident, disk, to=" ", reason="y"), 400), (move(incident, disk, to="x", reason=" "), 400),
                      (move(incident, disk, to="x", reason="y", seal="maybe"), 400), (move(incident, disk, to="x" * 201, reason="y"), 400),
                      (move(incident, "incident-event--" + "0" * 36, to="x", reason="y"), 404),
                      (add(incident, **{**DISK, "place": ""}), 400), (add(incident, **{**DISK, "what": " "}), 400),
                      (add(incident, **{**DISK, "sha256": "AB" * 32}), 422), (add(incident, **DISK, file="incident-event--none"), 400),
                      (add(incident, **DISK, taken_at="2099-01-01T00:00:00Z"), 400), (add("incident--" + "0" * 36, **DISK), 404),
                      (node.local("POST", f"/api/v1/incidents/{incident}/events", {"kind": "evidence_moved", "body": {
                          "evidence": disk, "from": "a", "to": "b", "reason": "c"}}), 422)):
        assert r.status == status and r.json["detail"], (r.status, status, r.body)
    assert items(incident) == before


@promise
def of_a_file():
    """a file of the incident becomes evidence with the hash that was signed, and then is not removed"""
    data = bytes(range(256)) * 99
    f = node.local("POST", f"/api/v1/incidents/{incident}/files", {"name": "memory.img", "type": "application/octet-stream",
                                                                    "data": base64.b64encode(data).decode()}).json["id"]
    what = {"what": "記憶體映像", "taken_by": "林鑑識", "method": "avml 0.14"}
    assert add(incident, **what, file=f, sha256="ab" * 32).status == 400
    assert add(incident, **what, file=f).status == 201
    it = items(incident)[1]
    assert it["file"] == f and it["sha256"] == hashlib.sha256(data).hexdigest() and it["number"] == 2, it
    r = node.local("POST", f"/api/v1/incidents/{incident}/files/remove", {"file": f, "reason": "x"})
    assert r.status == 409 and "evidence" in r.json["detail"], r.body
    assert node.local("GET", f"/api/v1/incidents/{incident}/file?file={f}").body == data


@promise
def travels():
    """the tier above has the same items and links with the record, and its own hand-over comes back down"""
    until("all of it is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{incident}").status == 200 and items(incident, sector) == items(incident))
    r = move(incident, disk, sector, to="陳鑑定官", reason="送鑑定", seal="broken")
    assert r.status == 204, r.body
    until("the member learns of it", lambda: items(incident)[0]["holder"] == "陳鑑定官")
    assert move(incident, disk, **{"from": "王檢察事務官"}, to="x", reason="y").status == 409


@promise
def apart():
    """two nodes that hand one item over without seeing each other leave a chain that says it does not join, the same at both"""
    global node, sector
    i = reported()
    e = add(i, **DISK).json["id"]
    until("it is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{i}").status == 200 and items(i, sector))
    ini = sector.directory / "lianfang.ini"
    ini.write_text(ini.read_text().replace("peer = 127.0.0.1:0", "peer = " + sector.info["peer"].split("//")[1]))
    stop(sector.process)
    assert move(i, e, to="甲", reason="a").status == 204
    stop(node.process)
    sector = Node.serve(sector.directory, tier="sector")
    assert move(i, e, sector, to="乙", reason="b").status == 204
    node = Node.serve(node.directory)
    until("both know of both", lambda: len(items(i)[0]["custody"]) == 3 == len(items(i, sector)[0]["custody"]), 60)
    assert items(i) == items(i, sector) and items(i)[0]["broken"] and [c["broken"] for c in items(i)[0]["custody"]] == [False, False, True], items(i)


@promise
def after_the_end():
    """what was taken is handed back after the incident was closed or dropped"""
    i = reported()
    e = add(i, **DISK).json["id"]
    until("it is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{i}").status == 200 and items(i, sector))
    r = sector.local("POST", f"/api/v1/incidents/{i}/events", {"kind": "not_incident", "body": {"reason": "演練誤報"}})
    assert r.status == 201, r.body
    until("it is over", lambda: node.local("GET", f"/api/v1/incidents/{i}").json["incident"]["review"] == "not_incident")
    assert move(i, e, to="資訊室", reason="發還").status == 204 and items(i)[0]["holder"] == "資訊室"


@promise
def by_form():
    """the console takes items and hand-overs by forms without script, keeps what was typed when it refuses, and prints the chain in both languages"""
    i = reported()
    node.local("POST", "/api/v1/users", {"name": "desk", "roles": "analyst", "password": "a long pass phrase 1"})
    node.token = node.local("POST", "/api/v1/tokens", {"account": "desk", "label": "t", "roles": "analyst"}).json["token"]

    def post(path, **fields):
        return node.post(path, urllib.parse.urlencode(fields).encode(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    page = post(f"/incidents/{i}/evidence", **{**DISK, "place": ""})
    assert page.status == 400 and "WD-WX41A" in page.body.decode() and "存放地點" in page.body.decode(), page.status
    r = post(f"/incidents/{i}/evidence", **DISK, taken_at="2026-03-01T09:00")
    assert r.status in (200, 303), r.body
    page = node.get(f"/incidents/{i}/evidence").body.decode()
    e = re.search(r'name="evidence" value="(incident-event--[0-9a-f-]+)"', page)[1]
    r = post(f"/incidents/{i}/evidence/hand-over", evidence=e, **{"from": "林鑑識"}, to="王檢察事務官", reason="移送", seal="broken")
    assert r.status in (200, 303), r.body
    r = post(f"/incidents/{i}/evidence/hand-over", evidence=e, **{"from": "林鑑識"}, to="某人", reason="晚了一步")
    assert r.status == 409 and "王檢察事務官" in r.body.decode() and "晚了一步" in r.body.decode(), r.body
    sheet = node.get(f"/incidents/{i}/evidence/print").body.decode()
    for word in ("證物 1", DISK["what"], DISK["sha256"], "WD-WX41A", "林鑑識", "王檢察事務官", "封緘破損", "簽章", "2026"):
        assert word in sheet or word == "2026", word
    assert "Chain" not in sheet and "Seal" not in sheet
    english = node.get(f"/incidents/{i}/evidence/print", headers={"Accept-Language": "en", "Cookie": "lang=en"}).body.decode()
    assert "Item 1" in english and "Broken" in english and "封緘" not in english, english[:400]
    assert "登錄證物" in node.get(f"/incidents/{i}").body.decode()


@promise
def by_role():
    """who may only read sees the list and adds nothing; who may not see incidents gets none of it"""
    for role, see, act in (("reader", 200, 403), ("share", 403, 403)):
        made = node.local("POST", "/api/v1/users", {"name": role + "1", "roles": role, "password": "a long pass phrase 1"})
        assert made.status == 201, made.body
        h = {"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {"account": role + "1", "label": role, "roles": role}).json["token"]}
        assert node.get(f"/api/v1/incidents/{incident}/evidence", headers=h).status == see
        assert node.post(f"/api/v1/incidents/{incident}/evidence", DISK, headers=h).status == act
        assert node.post(f"/api/v1/incidents/{incident}/evidence/hand-over", {"evidence": disk, "to": "x", "reason": "y"}, headers=h).status == act


@promise
def by_command():
    """the command line adds things and files, hands over and lists"""
    i = reported()

    def cli(*argv):
        r = subprocess.run([BIN, "evidence", argv[0], "--data", node.directory / "data", *argv[1:]], capture_output=True, timeout=60, text=True)
        assert r.returncode == 0, r
        return r.stdout
    e = cli("add", i, "筆記型電腦", "林鑑識", "關機扣押", "證物室", "SN-1").strip()
    cli("hand-over", i, e, "林鑑識", "王事務官", "移送", "intact")
    assert cli("list", i).rstrip("\n").split("\t") == [e, "1", "筆記型電腦", "王事務官", "證物室", "false"]


done()
