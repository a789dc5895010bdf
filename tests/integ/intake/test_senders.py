#!/usr/bin/env python3
"""Senders that people run today reach the node unchanged, and nothing they were
told is kept gets lost."""
import base64
import gzip
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

RULE = """title: intake test
id: 7e0f6a3c-0000-4000-8000-00000000ace1
level: high
logsource:
    product: windows
    service: security
detection:
    s:
        CommandLine|contains: lf-intake-test
    condition: s
"""


def node_with(settings=""):
    d = scratch()
    (d / "rules").mkdir(mode=0o755)
    (d / "rules/test.yml").write_text(RULE)
    (d / "log").mkdir(mode=0o755)
    n = Node.serve(d, f"[rules]\ndirs = rules\n{settings}")
    return n


def sender_token(n, label):
    r = n.local("POST", "/api/v1/tokens", {"label": label, "roles": "sender", "account": "admin"})
    assert r.status == 201, r.body
    return r.json["token"]


def intake(n):
    return n.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def received(n, sender):
    return next((s["received"] for s in intake(n).get("senders", []) if s["name"] == sender), 0)


def findings(n):
    return sum(a["count"] for a in n.local("GET", "/api/v1/alerts").json["items"])


def evil(i):
    return {"Channel": "Security", "EventID": 4688, "Computer": "h", "CommandLine": f"lf-intake-test {i}"}


def need(program):
    path = shutil.which(program) or (f"/usr/sbin/{program}" if os.path.exists(f"/usr/sbin/{program}") else None)
    if not path:
        raise Skip(f"{program} is not installed")
    return path


def run(*argv, **kw):
    p = subprocess.run([str(a) for a in argv], capture_output=True, timeout=30, **kw)
    assert p.returncode == 0, p.stderr.decode(errors="replace")
    return p.stdout


@promise
def by_logger():
    """logger(1) sends RFC 5424 and 3164 over UDP and TCP"""
    logger = need("logger")
    n = node_with()
    for key, flag in (("syslog_udp", "-d"), ("syslog_tcp", "-T")):
        host, port = n.info[key].rsplit(":", 1)
        for form in ("--rfc5424", "--rfc3164"):
            run(logger, "-n", host, "-P", port, flag, form, "-t", "sshd", "-p", "auth.info", f"by {flag} {form}")
    run(logger, "-n", host, "-P", port, "-T", "--octet-count", "-t", "app", "counted")
    until("five lines", lambda: received(n, "127.0.0.1") == 5)
    assert intake(n)["malformed"] == 0, intake(n)
    n.close()


@promise
def by_rsyslog():
    """rsyslog forwards over UDP, TCP (both framings) and TLS"""
    rsyslogd = need("rsyslogd")
    n = node_with()
    d = scratch()
    tls = ""
    if list(pathlib.Path("/usr/lib").glob("*/rsyslog/lmnsd_ossl.so")) or list(pathlib.Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so")):
        driver = "ossl" if list(pathlib.Path("/usr/lib").glob("*/rsyslog/lmnsd_ossl.so")) else "gtls"
        tls = (f'action(type="omfwd" target="127.0.0.1" port="{n.info["syslog_tls"].rsplit(":", 1)[1]}" protocol="tcp" '
               f'TCP_Framing="octet-counted" StreamDriver="{driver}" StreamDriverMode="1" '
               f'StreamDriverAuthMode="anon" template="RSYSLOG_SyslogProtocol23Format")\n')
    (d / "in.log").write_text("")
    (d / "r.conf").write_text(
        f'global(workDirectory="{d}" DefaultNetstreamDriverCAFile="{n.info["ca"]}")\nmodule(load="imfile" mode="polling" PollingInterval="1")\n'
        f'input(type="imfile" File="{d}/in.log" Tag="app:")\n'
        f'action(type="omfwd" target="127.0.0.1" port="{n.info["syslog_udp"].rsplit(":", 1)[1]}" protocol="udp")\n'
        f'action(type="omfwd" target="127.0.0.1" port="{n.info["syslog_tcp"].rsplit(":", 1)[1]}" protocol="tcp")\n'
        f'action(type="omfwd" target="127.0.0.1" port="{n.info["syslog_tcp"].rsplit(":", 1)[1]}" protocol="tcp" '
        f'TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")\n' + tls)
    p = start(rsyslogd, "-n", "-f", d / "r.conf", "-i", d / "pid", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(d / "in.log", "a") as f:
        for i in range(20):
            f.write(f"line {i}\n")
    ways = 4 if tls else 3
    until("each line by each way", lambda: received(n, "127.0.0.1") >= 20 * ways, 20)
    assert intake(n)["malformed"] == 0, intake(n)
    stop(p)
    n.close()
    return None if tls else "without TLS: rsyslog's driver is not installed"


@promise
def by_syslog_ng():
    """syslog-ng forwards by the syslog protocol over TCP"""
    syslog_ng = need("syslog-ng")
    n = node_with()
    d = scratch()
    (d / "in.log").write_text("".join(f"line {i}\n" for i in range(20)))
    (d / "s.conf").write_text(
        f'@version: 3.38\nsource s {{ file("{d}/in.log" flags(no-parse) read-old-records(yes)); }};\n'
        f'destination d {{ syslog("127.0.0.1" port({n.info["syslog_tcp"].rsplit(":", 1)[1]}) transport("tcp")); }};\n'
        'log { source(s); destination(d); };\n')
    p = start(syslog_ng, "-F", "-f", d / "s.conf", "-p", d / "pid", "-c", d / "ctl", "-R", d / "persist",
              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until("each line", lambda: received(n, "127.0.0.1") == 20, 20)
    stop(p)
    n.close()


@promise
def by_gnutls():
    """a GnuTLS client that checks our certificate sends counted frames"""
    client = need("gnutls-cli")
    n = node_with()
    text = b"<13>1 - h app - - - counted"
    p = subprocess.Popen([client, f"--x509cafile={n.info['ca']}", "--port", n.info["syslog_tls"].rsplit(":", 1)[1], "127.0.0.1"],
                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    p.stdin.write(str(len(text)).encode() + b" " + text)
    p.stdin.flush()
    until("the line", lambda: received(n, "127.0.0.1") == 1)
    p.stdin.close()
    stop(p)
    n.close()


@promise
def by_openssl():
    """a TLS client that checks our certificate sends counted and plain frames (RFC 5425)"""
    openssl = need("openssl")
    n = node_with()
    text = b"<13>1 - h app - - - counted"
    run(openssl, "s_client", "-quiet", "-no_ign_eof", "-verify_return_error", "-CAfile", n.info["ca"], "-connect",
        n.info["syslog_tls"], input=str(len(text)).encode() + b" " + text + b"<13>line\n")
    until("two lines", lambda: received(n, "127.0.0.1") == 2)
    n.close()


@promise
def by_curl():
    """curl sends _bulk, the event collector and JSON lines, with gzip"""
    curl = need("curl")
    n = node_with()
    token = sender_token(n, "curl")
    base = [curl, "-sS", "--fail-with-body", "--cacert", n.info["ca"]]
    pair = base64.b64encode(f"id:{token}".encode()).decode()
    d = scratch()
    bulk = "".join(f'{{"create":{{}}}}\n{json.dumps(evil(i))}\n' for i in range(5))
    (d / "bulk.gz").write_bytes(gzip.compress(bulk.encode()))
    said = json.loads(run(*base, "-H", f"Authorization: ApiKey {pair}", "-H", "Content-Encoding: gzip", "-H",
                          "Content-Type: application/x-ndjson", "--data-binary", f"@{d}/bulk.gz",
                          n.info["https"] + "/logs/_bulk"))
    assert not said["errors"] and [i["create"]["status"] for i in said["items"]] == [201] * 5, said
    out = run(*base, "-i", "-u", f"any:{token}", "-A", "Elastic-filebeat/8.17", n.info["https"] + "/")
    assert b"x-elastic-product: elasticsearch" in out.lower(), out
    said = json.loads(run(*base, "-H", f"Authorization: Splunk {token}", "--data-binary",
                          json.dumps({"event": evil(5)}) + json.dumps({"event": "text"}),
                          n.info["https"] + "/services/collector/event"))
    assert said["code"] == 0, said
    said = json.loads(run(*base, "-H", f"Authorization: Bearer {token}", "--data-binary", json.dumps(evil(6)) + "\nbad\n",
                          n.info["https"] + "/api/v1/events"))
    assert said["received"] == 2 and said["malformed"] == 1, said
    said = json.loads(run(*base, "-H", f"Authorization: Splunk {token}", "--data-binary",
                          json.dumps({"time": 1700000000.123, "host": "web-1", "source": "/var/log/x", "event": "one line"}),
                          n.info["https"] + "/services/collector/event"))
    assert said["code"] == 0, said
    said = json.loads(run(*base, "-H", f"Authorization: Splunk {token}", "--data-binary", "two\nlines\n",
                          n.info["https"] + "/services/collector/raw?channel=x&host=web-2&sourcetype=plain"))
    assert said["code"] == 0, said
    until("twelve records", lambda: received(n, "curl") == 12)
    until("seven findings", lambda: findings(n) == 7)
    found = lambda q: [json.loads(x) for x in run(BIN, "search", "--data", n.directory / "data", "--json", q).splitlines()]
    r, = found("host.name=web-1 splunk.source=/var/log/x")
    assert (r["time"], r["host"]) == ("2023-11-14T22:13:20.123Z", "web-1"), r
    assert [r["event"]["message"] for r in found("_host=web-2 splunk.sourcetype=plain")] == ["lines", "two"]
    r = n.post("/api/v1/events", b"{}", headers={"Authorization": "Bearer lfp_wrong"})
    assert r.status == 401 and r.headers["WWW-Authenticate"], r.status
    n.close()


@promise
def by_file():
    """a followed file's lines are each taken once through rotation and our own death"""
    d = scratch()
    log = d / "app.log"
    log.write_text("")
    n = node_with(f"[follow app]\npath = {log}\nformat = json\n")
    total = 0
    f = open(log, "a")
    for step in range(6):
        for _ in range(50):
            f.write(json.dumps(evil(total)) + "\n")
            total += 1
        f.flush()
        if step % 2 == 0:
            f.close()
            log.rename(d / f"app.log.{step}")
            f = open(log, "a")
        if step == 3:
            os.kill(n.workers()["intake"], signal.SIGKILL)
    f.close()
    until(f"{total} findings", lambda: findings(n) == total, 30)
    time.sleep(0.5)
    assert findings(n) == total, findings(n)
    n.close()


@promise
def many_files():
    """64 files in as many directories are all followed, and through a rotation"""
    d = scratch()
    logs = [d / f"dir{i}" / "app.log" for i in range(64)]
    for path in logs:
        path.parent.mkdir()
        path.write_text("")
    n = node_with("".join(f"[follow f{i}]\npath = {p}\nformat = json\n" for i, p in enumerate(logs)))
    for turn in range(2):
        for i, path in enumerate(logs):
            if turn:  # opened anew, from within the cage
                path.rename(path.with_suffix(".old"))
            with open(path, "a") as f:
                f.write(json.dumps(evil(64 * turn + i)) + "\n")
        until(f"findings of turn {turn}", lambda: findings(n) == 64 * (turn + 1), 30)
    n.close()


@promise
def turned_over_often():
    """a log that is turned over many times between two looks, by any naming, while the intake is stopped or dead, is taken whole, each line once"""
    def numbered(d, path, step):  # app.log.2 -> app.log.3, app.log.1 -> app.log.2, app.log -> app.log.1
        for k in range(40, 0, -1):
            if (d / f"{path.name}.{k}").exists():
                (d / f"{path.name}.{k}").rename(d / f"{path.name}.{k + 1}")
        path.rename(d / f"{path.name}.1")

    def dated(d, path, step):
        path.rename(d / f"{path.stem}-202611{step + 10}{path.suffix}")

    d = scratch()
    logs = [(d / "app.log", numbered), (d / "web.log", dated)]
    for path, _ in logs:
        path.write_text("")
        # Older files and neighbours of like names are none of ours.
        for other in (f"{path.name}.9", f"{path.name}.gz", f"{path.stem}s.log", f"{path.stem}-error.log"):
            (d / other).write_text(json.dumps(evil("not ours")) + "\n")
        path.unlink()
        path.write_text("")
    n = node_with("".join(f"[follow {p.stem}]\npath = {p}\nformat = json\n" for p, _ in logs))
    total = 0

    def write(times):
        nonlocal total
        for step in times:
            for path, turn in logs:
                with open(path, "a") as f:
                    for _ in range(20):
                        f.write(json.dumps(evil(total)) + "\n")
                        total += 1
                turn(d, path, step)
                path.write_text("")

    write(range(1))
    until(f"{total} findings", lambda: findings(n) == total, 30)
    intake_pid = n.workers()["intake"]
    os.kill(intake_pid, signal.SIGSTOP)
    write(range(1, 8))
    os.kill(intake_pid, signal.SIGCONT)
    until(f"{total} findings after the stop", lambda: findings(n) == total, 30)
    write(range(8, 12))
    os.kill(n.workers()["intake"], signal.SIGKILL)
    write(range(12, 20))
    until(f"{total} findings after the death", lambda: findings(n) == total, 30)
    time.sleep(0.6)
    assert findings(n) == total, (findings(n), total)
    n.close()


@promise
def killed():
    """events that were acknowledged reach the alerts, each once, while workers are killed"""
    n = node_with()
    token = sender_token(n, "killer")
    acked, sent, halt = 0, 0, threading.Event()

    def send():
        nonlocal acked, sent
        while not halt.is_set():
            body = "".join(json.dumps(evil(f"{sent + k}")) + "\n" for k in range(10)).encode()
            sent += 10
            try:
                r = n.post("/api/v1/events", body, headers={"Authorization": f"Bearer {token}"}, timeout=5)
                if r.status == 200:
                    acked += 10
            except OSError:
                pass
            if halt.wait(0.01):
                return

    t = threading.Thread(target=send)
    t.start()
    for _ in range(6):
        time.sleep(random.uniform(0.2, 0.7))
        pid = n.workers().get(random.choice(["intake", "core", "intake"]))
        if pid:
            os.kill(pid, signal.SIGKILL)
    time.sleep(1)
    halt.set()
    t.join()
    until("all that was acknowledged", lambda: findings(n) >= acked, 40)
    assert acked > 0 and acked <= findings(n) <= sent, (acked, findings(n), sent)
    n.close()
    return f"{acked} acknowledged of {sent}"


done()
