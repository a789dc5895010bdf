#!/usr/bin/env python3
"""Files of an incident: in by console, API and command line, their hash in the signed history, out as they were."""
import base64
import hashlib
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
LOG = bytes(range(256)) * 4096
SUM = hashlib.sha256(LOG).hexdigest()
NAME = "紀錄 1=+.log"


def reported(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def files(incident, at=None):
    r = (at or node).local("GET", f"/api/v1/incidents/{incident}/files")
    assert r.status == 200, r.body
    return r.json["items"]


def add(incident, data, name=NAME, at=None, **more):
    return (at or node).local("POST", f"/api/v1/incidents/{incident}/files", {
        "name": name, "type": "text/plain", "data": base64.b64encode(data).decode(), **more})


def bytes_of(incident, file, at=None):
    return (at or node).local("GET", f"/api/v1/incidents/{incident}/file?file={file}")


@promise
def kept():
    """a file that was acknowledged is there after kill -9, byte for byte, and its SHA-256, name, size, who and when are in a signed event"""
    global node, incident, file
    incident = reported()
    r = add(incident, LOG, note="防火牆紀錄")
    assert r.status == 201, r.body
    file = r.json["id"]
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    (one,) = files(incident)
    assert one["file"] == file and one["name"] == NAME and one["size"] == len(LOG) and one["sha256"] == SUM and one["here"], one
    (event,) = [e for e in node.local("GET", f"/api/v1/incidents/{incident}").json["events"] if e["kind"] == "file_added"]
    assert event["id"] == file and event["body"]["sha256"] == SUM and event["account"] and event["signature"], event
    assert bytes_of(incident, file).body == LOG


@promise
def downloaded():
    """what is downloaded is an attachment without a type of its own, whatever it says it is"""
    head = bytes_of(incident, file).headers.decode().lower()
    assert "content-type: application/octet-stream" in head and "x-content-type-options: nosniff" in head, head
    assert "content-disposition: attachment; filename*=utf-8''" in head and "content-security-policy:" in head, head
    assert urllib.parse.quote(NAME, safe="").lower() in head, head


@promise
def limits():
    """too large a file, an empty one, a path, the same bytes twice and an act that only claims a file are refused, and nothing is kept"""
    before = node.local("GET", f"/api/v1/incidents/{incident}").json["incident"]["events"]
    for r, status in ((add(incident, b"x" * ((8 << 20) + 1)), 413), (add(incident, b""), 400), (add(incident, b"x", "../etc/passwd"), 400),
                      (add(incident, LOG, "again"), 409), (add("incident--" + "0" * 36, b"x"), 404),
                      (node.local("POST", f"/api/v1/incidents/{incident}/events", {"kind": "file_added", "body": {
                          "name": "a", "type": "text/plain", "size": 1, "sha256": SUM}}), 422)):
        assert r.status == status and r.json["detail"], (r.status, status, r.body)
    assert node.local("GET", f"/api/v1/incidents/{incident}").json["incident"]["events"] == before
    assert add(incident, b"y" * (8 << 20), "large").status == 201
    for i in range(62):
        assert add(incident, b"%d" % i, f"f{i}").status == 201
    r = add(incident, b"one more")
    assert r.status == 413 and "64" in r.json["detail"], r.body


@promise
def removed():
    """a removed file's bytes are gone with a reason; that it was there, with its hash, stays in the history"""
    i = reported()
    f = add(i, b"secret").json["id"]
    assert node.local("POST", f"/api/v1/incidents/{i}/files/remove", {"file": f, "reason": " "}).status == 400
    assert node.local("POST", f"/api/v1/incidents/{i}/files/remove", {"file": f, "reason": "含無關個資"}).status == 204
    assert files(i) == [] and bytes_of(i, f).status == 404
    events = [e for e in node.local("GET", f"/api/v1/incidents/{i}").json["events"] if e["kind"].startswith("file_")]
    assert [e["kind"] for e in events] == ["file_added", "file_removed"]
    assert events[-1]["body"]["sha256"] == hashlib.sha256(b"secret").hexdigest() and events[-1]["body"]["reason"] == "含無關個資"


@promise
def stays():
    """the tier above learns name and hash with the record, and never the bytes"""
    up = until("it is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{incident}/files").status == 200
               and [f for f in files(incident, sector) if f["file"] == file])
    assert up[0]["sha256"] == SUM and not up[0]["here"], up
    r = bytes_of(incident, file, sector)
    assert r.status == 404 and "node that recorded it" in r.json["detail"], r.body
    assert sector.local("POST", f"/api/v1/incidents/{incident}/files/remove", {"file": file, "reason": "x"}).status == 409
    own = add(incident, b"from the sector", "findings.txt", sector).json["id"]
    assert bytes_of(incident, own, sector).body == b"from the sector"
    until("the member learns of it", lambda: [f for f in files(incident) if f["file"] == own and not f["here"]])


@promise
def hidden():
    """what another node says is removed stays listed where its bytes lie, so that it can be fetched and removed there"""
    r = sector.local("POST", f"/api/v1/incidents/{incident}/events", {"kind": "file_removed", "body": {"file": file, "name": NAME, "sha256": SUM, "reason": "x"}})
    if r.status == 201:
        until("the event is here", lambda: [e for e in node.local("GET", f"/api/v1/incidents/{incident}").json["events"] if e["kind"] == "file_removed"])
    assert [f for f in files(incident) if f["file"] == file and f["here"]] and bytes_of(incident, file).status == 200, r.body


@promise
def by_form():
    """the console takes a file by a form without script, shows its hash, and takes it off with a reason"""
    i = reported()
    boundary = "x9"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\n螢幕畫面\r\n--{boundary}\r\nContent-Disposition: form-data; '
            f'name="file"; filename="畫面.png"\r\nContent-Type: image/png\r\n\r\n').encode() + LOG + f"\r\n--{boundary}--\r\n".encode()
    node.local("POST", "/api/v1/users", {"name": "desk", "roles": "analyst", "password": "a long pass phrase 1"})
    node.token = node.local("POST", "/api/v1/tokens", {"account": "desk", "label": "t", "roles": "analyst"}).json["token"]
    r = node.post(f"/incidents/{i}/files", body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    page = node.get(f"/incidents/{i}").body.decode()
    assert r.status in (200, 303) and "畫面.png" in page and SUM in page and "螢幕畫面" in page and "附加檔案" in page, (r.status, r.body)
    f = re.search(r"file\?file=(incident-event--[0-9a-f-]+)", page)[1]
    assert node.get(f"/api/v1/incidents/{i}/file?file={f}").body == LOG
    r = node.post(f"/incidents/{i}/files/remove", urllib.parse.urlencode({"file": f, "reason": "誤傳"}).encode(),
                  headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert r.status in (200, 303) and files(i) == [], r.body


@promise
def by_role():
    """who may only read sees and fetches files and adds none; who may not see incidents gets neither list nor bytes"""
    for role, see, act in (("reader", 200, 403), ("share", 403, 403)):
        made = node.local("POST", "/api/v1/users", {"name": role + "1", "roles": role, "password": "a long pass phrase 1"})
        assert made.status == 201, made.body
        t = node.local("POST", "/api/v1/tokens", {"account": role + "1", "label": role, "roles": role}).json["token"]
        h = {"Authorization": "Bearer " + t}
        assert node.get(f"/api/v1/incidents/{incident}/files", headers=h).status == see
        assert node.get(f"/api/v1/incidents/{incident}/file?file={file}", headers=h).status == see
        r = node.post(f"/api/v1/incidents/{incident}/files", {"name": "a", "type": "a/b", "data": "eA=="}, headers=h)
        assert r.status == act, (role, r.status, r.body)


@promise
def by_command():
    """the command line adds, lists, fetches and removes files"""
    i = reported()
    d = scratch()
    (d / "in").write_bytes(LOG)

    def cli(*argv):
        r = subprocess.run([BIN, "incident", argv[0], "--data", node.directory / "data", *argv[1:]], capture_output=True, timeout=60)
        assert r.returncode == 0, r
        return r.stdout
    f = cli("attach", i, "in.bin", "application/x-data", d / "in", "原始檔").decode().strip()
    assert cli("files", i).decode().split("\t") == [f, "in.bin", str(len(LOG)), SUM, "true\n"]
    assert cli("file", i, f) == LOG
    cli("detach", i, f, "done")
    assert cli("files", i) == b""


done()
