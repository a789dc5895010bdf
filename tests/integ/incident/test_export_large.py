#!/usr/bin/env python3
"""Any number of incidents as one file: sent piece by piece, others answered meanwhile, and never cut off without a word."""
import csv
import http.client
import io
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
import sheet

N = 5000
node = Node.serve(scratch())
IODEF = "{urn:ietf:params:xml:ns:iodef-2.0}"


def give(n):
    rows = "".join(f"e-{i},案件 {i},2024-01-{1 + i % 28:02d},{1 + i % 4},已結案,192.0.2.{i % 250} a{i}.example.test,{'處理紀錄 ' * 10}{i}\n" for i in range(n))
    r = node.local("POST", "/api/v1/incident-imports", {"format": "csv", "file": "id,title,aware_at,level,state,observables,note\n" + rows})
    assert r.status == 202, r.body
    x = until("all are here", lambda: (x := node.local("GET", f"/api/v1/incident-imports/{r.json['id']}").json)["state"] == "done" and x, 240, 0.2)
    assert x["made"] == n, x


def memory(worker, key="VmRSS"):
    return int(re.search(key + r":\s+(\d+) kB", open(f"/proc/{node.workers()[worker]}/status").read())[1]) // 1024


def command(*argv, to=subprocess.PIPE):
    return subprocess.run([BIN, "incident", "export-all", "--data", node.directory / "data", *argv], stdout=to, stderr=subprocess.PIPE, timeout=300)


def token(role="reader", name="reader1"):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": role, "password": "a long pass phrase 1"}).status == 201
    return {"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": role}).json["token"]}


def open_export(format, headers=()):
    """A connection that has read the head of an answer and nothing more."""
    c = http.client.HTTPSConnection(node.info["https"].split("//")[1], context=node.context, timeout=60)
    c.request("GET", f"/api/v1/incident-export?format={format}", headers=dict(headers))
    return c, c.getresponse()


give(N)
reader = token()


@promise
def whole():
    """each format has every one of 5,000 incidents, once; meanwhile others are answered within 250 ms and no memory grows with the file"""
    took, stop, before = [], threading.Event(), {w: memory(w) for w in ("core", "front")}

    def others():
        while not stop.is_set():
            t = time.monotonic()
            assert node.local("GET", "/api/v1/incidents?limit=20").status == 200
            took.append(time.monotonic() - t)
            time.sleep(0.02)

    beside = threading.Thread(target=others)
    beside.start()
    sizes, files = {}, {}
    try:
        for format in ("json", "csv", "xlsx", "stix", "iodef"):
            t = time.monotonic()
            r = command(format, "", "")
            assert r.returncode == 0, r.stderr
            files[format] = r.stdout
            sizes[format] = (len(r.stdout), time.monotonic() - t)
    finally:
        stop.set()
        beside.join()
    after = {w: memory(w, "VmHWM") for w in before}
    took.sort()
    assert took[-1] < 0.25, took[-5:]
    assert after["core"] - before["core"] < 40 and after["front"] - before["front"] < 16, (before, after)
    ids = [x["incident"]["id"] for x in json.loads(files["json"])["items"]]
    assert len(ids) == N == len(set(ids))
    assert [row["id"] for row in csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"), newline=""))] == ids
    (rows,) = sheet.read(files["xlsx"]).values()
    assert [row[0] for row in rows[1:]] == ids
    objects = json.loads(files["stix"])["objects"]
    assert [o["id"] for o in objects if o["type"] == "incident"] == ids
    known = [o["id"] for o in objects]
    assert len(known) == len(set(known)), "no object comes twice"
    assert [i.find(IODEF + "IncidentID").text for i in tree.fromstring(files["iodef"])] == ids
    return (", ".join(f"{f} {s / 1e6:.1f} MB in {d:.1f} s" for f, (s, d) in sizes.items()) +
            f"; others: median {took[len(took) // 2] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms; MiB of core and front before {before}, most {after}")


@promise
def slow():
    """who reads slowly costs no memory, and what is read in the end is whole"""
    before = memory("core"), memory("front")
    c, r = open_export("json", reader)
    time.sleep(3)
    assert memory("core") - before[0] < 10 and memory("front") - before[1] < 10
    assert r.status == 200 and len(json.loads(r.read())["items"]) == N
    c.close()


@promise
def crowded():
    """four large files are sent at once; a fifth is told to wait, a small one is not; who leaves makes room"""
    opened = [open_export("json", reader) for _ in range(4)]
    assert [r.status for _, r in opened] == [200] * 4
    c, r = open_export("csv", reader)
    assert r.status == 429 and "large answers" in json.loads(r.read())["detail"]
    assert node.get("/api/v1/incident-export?format=csv&q=nothingatall", headers=reader).status == 200
    c.close()
    for c, r in opened:
        r.close()
        c.close()

    def again():
        c, r = open_export("csv", reader)
        ok = r.status == 200 and len(r.read()) > 1000000
        c.close()
        return ok
    until("there is room", again, 20, 0.2)


@promise
def old_http():
    """HTTP/1.0 has no way to say that an answer broke off, so it gets a small answer, and of a large one a sentence"""
    def ask(query):
        c = http.client.HTTPSConnection(node.info["https"].split("//")[1], context=node.context, timeout=60)
        c._http_vsn, c._http_vsn_str = 10, "HTTP/1.0"
        c.request("GET", f"/api/v1/incident-export?format=csv{query}", headers=dict(reader))
        r = c.getresponse()
        body = r.read()
        c.close()
        return r.status, body
    status, body = ask("")
    assert status == 505 and "HTTP/1.1" in json.loads(body)["detail"], (status, body[-200:])
    assert ask("&q=nothingatall")[0] == 200
    for _ in range(6):  # none of them is kept open
        assert ask("")[0] == 505


@promise
def rights():
    """a token that is taken back midway ends the file, and the end can be seen"""
    h = token(name="reader2")
    c, r = open_export("json", h)
    assert r.status == 200 and r.read(1000)
    (label,) = [t for t in node.local("GET", "/api/v1/tokens?account=reader2").json["items"]]
    assert node.local("DELETE", f"/api/v1/tokens/{label['id']}").status in (200, 204)
    try:
        r.read()
        raise AssertionError("the file was sent whole")
    except http.client.IncompleteRead:
        pass
    c.close()


@promise
def killed():
    """the core killed with -9 midway: the command says that the file is not whole, and asked again it is"""
    global node
    out = node.directory / "part.json"
    with open(out, "wb") as f:
        p = subprocess.Popen([BIN, "incident", "export-all", "--data", node.directory / "data", "json", "", ""], stdout=f, stderr=subprocess.PIPE)
        until("some of it is here", lambda: out.stat().st_size > 100000, 30)
        os.kill(node.workers()["core"], signal.SIGKILL)
        _, said = p.communicate(timeout=60)
    assert p.returncode == 2 and b"not whole" in said, (p.returncode, said)

    def again():
        r = command("csv", "", "")
        return r.returncode == 0 and r.stdout.count(b"\nincident--") == N
    until("it is whole", again, 60, 0.5)


done()
