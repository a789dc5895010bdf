#!/usr/bin/env python3
"""A node's life: first start, second start, stop, and one clear sentence for each mistake."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *


@promise
def start_and_again():
    """a second start finds the first one's data again"""
    d = scratch()
    began = time.monotonic()
    n = Node.serve(d)
    ms = (time.monotonic() - began) * 1000
    assert n.get("/healthz", auth=False).status == 200
    assert n.info.get("password"), n.info
    r = n.local("POST", "/api/v1/incidents", {"title": "第一次", "level": 1})
    assert r.status in (200, 201), r.body
    assert n.close() == 0
    n = Node.serve(d)
    assert "password" not in n.info, "the first administrator is made once"
    found = [i["title"] for i in n.local("GET", "/api/v1/incidents").json["items"]]
    assert found == ["第一次"], found
    assert n.close() == 0
    return f"first start to answering {ms:.0f} ms"


@promise
def stopping():
    """SIGTERM stops every worker, and nothing is left running"""
    n = Node.serve(scratch())
    pids = list(n.workers().values())
    assert len(pids) == 6, n.workers()
    n.process.send_signal(signal.SIGTERM)
    assert n.process.wait(15) == 0
    until("all workers gone", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 5)


@promise
def restarting():
    """each worker killed with -9 is started again and the node answers"""
    n = Node.serve(scratch())
    for name in ("front", "core", "intake", "search", "relay", "dns"):
        before = n.workers()[name]
        os.kill(before, signal.SIGKILL)
        until(f"{name} is back", lambda: n.workers().get(name) not in (None, before), 10)
        until(f"the node answers after {name} died", lambda: n.get("/healthz", auth=False).status == 200, 10)
        assert n.local("GET", "/api/v1/alerts").status == 200
    n.close()


@promise
def throwaway():
    """a throwaway node prints its line, and leaves nothing when standard input closes"""
    n = Node.throwaway()
    for key in ("https", "taxii", "api_root", "user", "password", "token", "collections", "ca", "syslog_udp",
                "syslog_tcp", "dns", "zone", "tsig"):
        assert n.info.get(key), key
    assert set(n.info["collections"]) == {"rw", "ro", "wo", "none"}
    directory = pathlib.Path(n.info["ca"]).parents[1]
    pids = [n.process.pid, *n.workers().values()]
    assert n.close() == 0
    assert not directory.exists(), f"{directory} is still there"
    assert not any(pathlib.Path(f"/proc/{p}").exists() for p in pids)


def refused(text=None, *argv, prepare=None):
    d = scratch()
    ini = d / "lianfang.ini"
    base = "[node]\ndata = data\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\n" \
           "syslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\n[dns]\nlisten = 127.0.0.1:0\n"
    ini.write_text(base + (text or ""))
    if prepare:
        prepare(d)
    r = subprocess.run([BIN, "serve", "-c", str(ini), *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       timeout=30)
    assert r.returncode in (1, 2), r
    lines = [line for line in r.stderr.splitlines() if not line.startswith("time=")]
    assert len(lines) == 1, r.stderr
    return lines[0]


@promise
def sentences():
    """a bad setting, a port in use and a missing certificate get one clear sentence each"""
    s = refused("[http]\nlisen = 127.0.0.1:1\n")
    assert "did you mean listen in [http]" in s, s
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        s = refused(f"[http]\nlisten = 127.0.0.1:{port}\n")
        assert str(port) in s and "in use" in s and "[http] listen" in s, s
    d = scratch()
    Node.serve(d).close()
    (d / "data/tls/server.crt").unlink()
    r = subprocess.run([BIN, "serve", "-c", str(d / "lianfang.ini")], stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=30)
    assert r.returncode == 2 and "server.crt is missing" in r.stderr, r.stderr


@promise
def reloading():
    """SIGHUP brings a new rule into force and a malformed one changes nothing; no worker is started anew"""
    d = scratch()
    rules = d / "rules"
    rules.mkdir()
    n = Node.serve(d, f"[rules]\ndirs = {rules}\n")
    token = n.local("POST", "/api/v1/tokens", {"account": "admin", "label": "reload", "roles": "sender"}).json["token"]
    workers = n.workers()

    def alerts_after(host):
        body = json.dumps({"EventID": 4624, "Channel": "Security", "Computer": host, "SubjectUserName": "s-1",
                           "Provider_Name": "Microsoft-Windows-Security-Auditing"}).encode()
        r = n.post("/api/v1/events", body, headers={"Authorization": "Bearer " + token})
        assert r.status == 200, r.body
        return [a for a in n.local("GET", "/api/v1/alerts").json["items"] if a["host"] == host]

    def rules_loaded():
        intake = n.local("GET", "/api/v1/health").json["workers"]["intake"]
        return intake["rules"], intake["rules_refused"]

    assert not alerts_after("before")
    (rules / "good.yml").write_text((ROOT / "tests/data/rules/every_test_event.yml").read_text())
    (rules / "bad.yml").write_text("title: no detection\nid: 11111111-1111-4111-8111-111111111111\nlogsource:\n  product: windows\n")
    n.process.send_signal(signal.SIGHUP)
    until("the new generation", lambda: rules_loaded() == (1, 1), 10)
    until("an alert by the new rule", lambda: alerts_after("after"), 10, 0.2)
    assert n.workers() == workers, "a worker was started anew"
    (d / "lianfang.ini").write_text((d / "lianfang.ini").read_text() + "[node]\ntier = city\n")
    n.process.send_signal(signal.SIGHUP)
    until("the refusal in the log", lambda: "tier = city" in (d / "node.log").read_text(errors="replace"), 10)
    assert n.get("/healthz", auth=False).status == 200 and n.workers() == workers
    assert n.close() == 0


@promise
def standard_input():
    """lines on standard input are taken as logs"""
    d = scratch()
    Node.serve(d, "[intake]\nstdin = yes\n").close()
    p = start(BIN, "serve", "-c", d / "lianfang.ini", "--json", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
              stderr=subprocess.DEVNULL)
    n = Node(p, json.loads(p.stdout.readline()), None)
    line = b'198.51.100.7 - - [21/Nov/2026:00:00:00 +0000] "GET /?h=x%3Bdig+stdin.example HTTP/1.1" 200 5 "-" "-"\n'
    p.stdin.write(line)
    p.stdin.flush()
    until("the alert of the line", lambda: [a for a in n.local("GET", "/api/v1/alerts").json["items"]
                                            if a["observable"]["value"] == "stdin.example"], 10)
    p.terminate()
    assert p.wait(15) == 0


@promise
def idle():
    """an idle node takes at most 60 MB over all workers"""
    n = Node.serve(scratch())
    until("ready", lambda: n.get("/healthz", auth=False).status == 200)
    total, parts = 0, {}
    for name, pid in {**n.workers(), "parent": n.process.pid}.items():
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        parts[name] = kb
        total += kb
    n.close()
    assert total <= 60 * 1024, (total, parts)
    return f"PSS {total / 1024:.1f} MB: " + ", ".join(f"{k} {v / 1024:.1f}" for k, v in parts.items())


done()
