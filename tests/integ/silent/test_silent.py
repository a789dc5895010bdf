#!/usr/bin/env python3
"""Nothing is lost silently: what was acknowledged is kept, what could not be taken is counted and
told, and a sender that falls quiet is missed."""
import contextlib
import csv
import ctypes
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

RULE = """title: silent test
id: 7e0f6a3c-0000-4000-8000-00000000ace2
level: low
logsource:
    product: linux
detection:
    s:
        message|contains: lf-silent-test
    condition: s
"""
RULES = {name: f"6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e00{i}" for i, name in
         enumerate(["dropped", "malformed", "quiet", "unreadable", "unwritable"], 1)}


def node_with(settings="", d=None):
    d = d or scratch()
    if not (d / "rules").exists():
        (d / "rules").mkdir(mode=0o755)
        (d / "rules/test.yml").write_text(RULE)
        (d / "log").mkdir(mode=0o755)
    return Node.serve(d, f"[rules]\ndirs = rules\n[intake]\nrelp = 127.0.0.1:0\nrelp_tls = 127.0.0.1:0\n{settings}")


def intake(n):
    return n.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def sender(n, name):
    return next((s for s in intake(n).get("senders", []) if s["name"] == name), {})


def alerts(n, rule):
    return [a for a in n.local("GET", "/api/v1/alerts?all=1&limit=1000").json["items"] if a["rule"] == RULES[rule]]


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def token(n, label):
    r = n.local("POST", "/api/v1/tokens", {"label": label, "roles": "sender", "account": "admin"})
    assert r.status == 201, r.body
    return r.json["token"]


class Relp:
    """A RELP client of its own; `acked` are the numbers that were answered 200."""

    def __init__(self, to, tls=None):
        self.s = socket.create_connection(address(to), timeout=10)
        if tls:
            self.s = tls.wrap_socket(self.s, server_hostname="localhost")
        self.buffer, self.txnr, self.acked, self.others = b"", 0, [], []
        self.command("open", b"relp_version=0\nrelp_software=test\ncommands=syslog")

    def frame(self, command, data):
        self.txnr += 1
        return b"%d %s %d" % (self.txnr, command.encode(), len(data)) + (b" " + data if data else b"") + b"\n"

    def command(self, command, data=b""):
        self.s.sendall(self.frame(command, data))

    def take(self):
        """One more read; False at the end."""
        got = self.s.recv(65536)
        self.buffer += got
        while True:
            words = self.buffer.split(b" ", 2)
            if len(words) < 3 and not (len(words) == 3 or b"\n" in self.buffer):
                break
            head = self.buffer.split(b"\n", 1)[0].split(b" ")
            if len(head) < 3:
                break
            size = int(head[2])
            start = len(b" ".join(head[:3])) + (1 if size else 0)
            if len(self.buffer) < start + size + 1:
                break
            data = self.buffer[start:start + size]
            assert self.buffer[start + size:start + size + 1] == b"\n", self.buffer[:100]
            self.buffer = self.buffer[start + size + 1:]
            if head[1] == b"rsp" and data == b"200 OK":
                self.acked.append(int(head[0]))
            else:
                self.others.append((int(head[0]), head[1], data))
        return bool(got)


@promise
def relp_by_hand():
    """RELP answers open, each message after its commit, and close, over TCP and TLS"""
    n = node_with()
    for tls in (None, n.context):
        c = Relp(n.info["relp_tls" if tls else "relp"], tls)
        until("open", lambda: c.take() and c.others)
        assert c.others[0][:2] == (1, b"rsp") and c.others[0][2].startswith(b"200 OK\nrelp_version=0\n"), c.others
        for i in range(100):
            c.command("syslog", b"<13>1 - h app - - - message %d" % i)
        until("100 answers", lambda: len(c.acked) == 100 or c.take() and len(c.acked) == 100)
        assert c.acked == list(range(2, 102)), c.acked
        c.command("close")
        while c.take():
            pass
        assert c.others[1:] == [(102, b"rsp", b""), (0, b"serverclose", b"")], c.others
    until("200 records", lambda: sender(n, "127.0.0.1").get("received") == 200)
    assert intake(n)["relp_answered"] == 200, intake(n)
    for wrong in (b"1 syslog 5 hello\n", b"GET / HTTP/1.0\r\n\r\n", b"9999999999 open 0\n"):
        with socket.create_connection(address(n.info["relp"]), timeout=10) as s:
            s.sendall(wrong)
            assert b"200 OK" not in b"".join(iter(lambda: s.recv(4096), b"")), wrong
    n.close()


def need(program, *plugins):
    path = shutil.which(program) or (f"/usr/sbin/{program}" if os.path.exists(f"/usr/sbin/{program}") else None)
    if not path:
        raise Skip(f"{program} is not installed")
    for p in plugins:
        if not list(pathlib.Path("/usr/lib").glob(f"*/rsyslog/{p}.so")):
            raise Skip(f"rsyslog's {p} is not installed")
    return path


@promise
def relp_by_rsyslog():
    """rsyslog's omrelp delivers each message over TCP and TLS, through a kill -9 of the intake"""
    rsyslogd = need("rsyslogd", "omrelp")
    n = node_with()
    d = scratch()
    (d / "in.log").write_text("")
    ports = {k: n.info[k].rsplit(":", 1)[1] for k in ("relp", "relp_tls")}
    (d / "r.conf").write_text(
        f'global(workDirectory="{d}")\nmodule(load="imfile" mode="inotify")\nmodule(load="omrelp" tls.tlslib="openssl")\n'
        f'input(type="imfile" File="{d}/in.log" Tag="app:")\n'
        f'action(type="omrelp" target="127.0.0.1" port="{ports["relp"]}" template="RSYSLOG_SyslogProtocol23Format" '
        f'action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList")\n'
        f'action(type="omrelp" target="127.0.0.1" port="{ports["relp_tls"]}" tls="on" tls.caCert="{n.info["ca"]}" '
        f'tls.authMode="name" tls.permittedPeer=["localhost"] template="RSYSLOG_SyslogProtocol23Format" '
        f'action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList")\n')
    p = start(rsyslogd, "-n", "-f", d / "r.conf", "-i", d / "pid", stdout=subprocess.DEVNULL,
              stderr=open(d / "err", "w"))
    with open(d / "in.log", "a") as f:
        for i in range(200):
            f.write(f"lf-silent-test number {i}\n")
    findings = lambda: sum(a["count"] for a in n.local("GET", "/api/v1/alerts").json["items"] if a["title"] == "silent test")
    def both():
        assert p.poll() is None, (d / "err").read_text()
        return findings() >= 400
    until("each by both ways", both, 20)
    os.kill(n.workers()["intake"], signal.SIGKILL)
    with open(d / "in.log", "a") as f:
        for i in range(200, 400):
            f.write(f"lf-silent-test number {i}\n")
    until("all after the kill", lambda: findings() >= 800, 30)
    stop(p)
    n.close()


@promise
def acknowledged_is_kept():
    """what RELP and HTTP senders were acknowledged is found after kill -9 of the intake and of the whole node"""
    d = scratch()
    n = node_with(d=d)
    secret = token(n, "web")
    acked, halt, lock = set(), threading.Event(), threading.Lock()
    info = {"node": n}

    def by_relp(me):
        serial = 0
        while not halt.is_set():
            with contextlib.suppress(OSError, AssertionError, ValueError, IndexError):
                c = Relp(info["node"].info["relp"])
                numbers = {}
                while not halt.is_set():
                    batch = b""
                    for _ in range(20):
                        serial += 1
                        name = f"lf-silent-test relp-{me}-{serial}."
                        batch += c.frame("syslog", b"<13>1 - h app - - - " + name.encode())
                        numbers[c.txnr] = name
                    c.s.sendall(batch)
                    while len(c.acked) < len(numbers) and c.take():
                        pass
                    with lock:
                        acked.update(numbers[a] for a in c.acked)
                    if len(c.acked) < len(numbers):
                        break
            time.sleep(0.02)

    def by_http():
        serial = 0
        while not halt.is_set():
            names = []
            for _ in range(20):
                serial += 1
                names.append(f"lf-silent-test http-{serial}.")
            body = "".join(json.dumps({"event": f"<13>1 - h app - - - {x}"}) for x in names).encode()
            with contextlib.suppress(OSError):
                if info["node"].post("/services/collector/event", body, headers={"Authorization": f"Splunk {secret}"},
                                     timeout=5).status == 200:
                    with lock:
                        acked.update(names)
            time.sleep(0.01)

    threads = [threading.Thread(target=by_relp, args=(i,)) for i in range(2)] + [threading.Thread(target=by_http)]
    for t in threads:
        t.start()
    for i in range(6):
        time.sleep(0.3)
        if i % 3 == 2:
            pids = list(n.workers().values())
            n.process.kill()
            n.process.wait()
            until("its workers die with it", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids), 10)
            info["node"] = n = node_with(d=d)
        else:
            with contextlib.suppress(KeyError, ProcessLookupError):
                os.kill(n.workers()["intake"], signal.SIGKILL)
    time.sleep(0.5)
    halt.set()
    for t in threads:
        t.join()

    def seen():
        have, ids, after = set(), [], ""
        while True:
            page = n.local("GET", f"/api/v1/alerts?all=1&limit=1000{after}").json
            ids += [a["id"] for a in page["items"] if a["title"] == "silent test"]
            if not page.get("next"):
                break
            after = "&after=" + page["next"]
        for i in ids:
            after = ""
            while True:
                page = n.local("GET", f"/api/v1/alerts/{i}?limit=1000{after}").json
                for e in page["evidence"]:
                    have.add("lf-silent-test " + json.dumps(e["event"]).split("lf-silent-test ", 1)[1].split(".")[0] + ".")
                if not page.get("next"):
                    break
                after = "&after=" + page["next"]
        return have

    until("nothing is left to match", lambda: intake(n).get("detection_lag") == 0)
    missing = set()

    def all_there():
        nonlocal missing
        missing = acked - seen()
        return not missing

    try:
        until("all that was acknowledged", all_there, 30, 0.5)
    except AssertionError:
        raise AssertionError(f"{len(missing)} of {len(acked)} are missing: {sorted(missing)[:5]}") from None
    assert len(acked) > 100, len(acked)
    n.close()
    return f"{len(acked)} acknowledged"


class Burst:
    """sendmmsg(2): datagrams faster than Python can say them."""

    class Iov(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    class Msg(ctypes.Structure):
        _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32), ("iov", ctypes.c_void_p),
                    ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                    ("flags", ctypes.c_int), ("len", ctypes.c_uint)]

    def __init__(self, texts):
        n = len(texts)
        self.keep = [ctypes.create_string_buffer(t, len(t)) for t in texts]
        self.iov = (self.Iov * n)(*[self.Iov(ctypes.addressof(b), len(b)) for b in self.keep])
        self.msgs = (self.Msg * n)()
        for i in range(n):
            self.msgs[i].iov = ctypes.addressof(self.iov[i])
            self.msgs[i].iovlen = 1
        self.n, self.libc = n, ctypes.CDLL(None, use_errno=True)

    def send(self, s, total):
        sent = 0
        while sent < total:
            k = self.libc.sendmmsg(s.fileno(), self.msgs, min(self.n, total - sent), 0)
            if k < 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            sent += k
        return sent


@promise
def udp_burst():
    """of a burst of 1,000,000 datagrams, received and counted drops are what was sent, exactly, and drops raise an alert"""
    n = node_with()
    texts = [b"<%d>Nov 21 07:00:%02d host app[%d]: message %d of the burst" % (i % 190 + 1, i % 60, i, i * 7919) for i in range(1000)]
    burst = Burst(texts)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(address(n.info["syslog_udp"]))
        t = time.monotonic()
        total = burst.send(s, 1_000_000)
        took = time.monotonic() - t

        def settled():
            h = intake(n)
            return h if h.get("received", 0) + h.get("dropped", 0) >= total else None

        h = until("all are accounted for", settled, 30, 0.2)
        time.sleep(1.2) # one more look: it stays
        h = intake(n)
        assert h["received"] + h["dropped"] == total, h
        assert sum(x["received"] + x["dropped"] for x in h["senders"]) == total, h["senders"]
        if h["dropped"]:
            assert h["dropped"] >= h["udp_kernel_drops"], h
            until("an alert of dropped events", lambda: alerts(n, "dropped"))
        note = f"{h['received']} received, {h['dropped']} dropped and counted; sent in {took:.1f} s"
        # The kernel's count is not counted anew by an intake that was started again.
        os.kill(n.workers()["intake"], signal.SIGKILL)
        until("another intake", lambda: intake(n).get("received") == 0 or intake(n).get("uptime_s", 99) < 3, 10)
        s.send(texts[0])
        until("one more", lambda: intake(n).get("received") == 1)
        time.sleep(1.1)
        assert intake(n)["dropped"] == 0, intake(n)
    n.close()
    return note


@promise
def drops_are_told():
    """datagrams that find no room because the intake stands still are counted, alerted and in the metrics"""
    n = node_with()
    pid = n.workers()["intake"]
    texts = [b"<13>app: " + b"x" * 1000 for _ in range(100)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(address(n.info["syslog_udp"]))
        s.send(b"<13>app: first")
        until("the first", lambda: intake(n).get("received") == 1)
        os.kill(pid, signal.SIGSTOP)
        try:
            total = 1 + Burst(texts).send(s, 60_000)
        finally:
            os.kill(pid, signal.SIGCONT)
        until("all are accounted for", lambda: (lambda h: h["received"] + h["dropped"] == total)(intake(n)), 20)
        h = intake(n)
        assert h["dropped"] > 0, h
        a = until("the alert", lambda: alerts(n, "dropped"))
        assert len(a) == 1 and a[0]["host"] in ("127.0.0.1", "(udp)"), a
        page = n.local("GET", f"/api/v1/alerts/{a[0]['id']}").json
        assert page["evidence"][0]["event"]["dropped"] > 0, page
        metrics = n.local("GET", "/metrics").body.decode()
        line = [x for x in metrics.splitlines() if x.startswith("lianfang_sender_dropped_total")]
        assert sum(int(x.rsplit(" ", 1)[1]) for x in line) == h["dropped"], (line, h["dropped"])
    n.close()


@promise
def quiet():
    """a sender that falls quiet is missed, over a restart of the node, and cleared when it speaks again"""
    d = scratch()
    n = node_with("quiet_after = 3\n", d)
    with socket.create_connection(address(n.info["syslog_tcp"])) as s:
        for i in range(20):
            s.sendall(b"<13>app: %d\n" % i)
        until("taken", lambda: sender(n, "127.0.0.1").get("received") == 20)
        until("told to the core", lambda: n.local("GET", "/api/v1/devices").json["items"])
    assert not alerts(n, "quiet"), alerts(n, "quiet")
    n.close()
    n = node_with(d=d)
    a = until("missed", lambda: alerts(n, "quiet"), 20)
    assert len(a) == 1 and a[0]["host"] == "127.0.0.1" and a[0]["state"] == "new", a
    item = n.local("GET", "/api/v1/devices").json["items"][0]
    assert item["name"] == "127.0.0.1" and item["quiet_since"], item
    with socket.create_connection(address(n.info["syslog_tcp"])) as s:
        s.sendall(b"<13>app: back\n")
        until("cleared", lambda: alerts(n, "quiet")[0]["state"] == "closed")
        assert "quiet_since" not in n.local("GET", "/api/v1/devices").json["items"][0]
    n.close()


@promise
def floods_and_files():
    """a flood of malformed records and a followed file that cannot be read are alerted"""
    d = scratch()
    (d / "log").mkdir(mode=0o755)
    (d / "rules").mkdir(mode=0o755)
    (d / "rules/test.yml").write_text(RULE)
    (d / "log/app.log").mkdir()
    n = node_with(f"[follow app]\npath = {d}/log/app.log\n", d)
    with socket.create_connection(address(n.info["syslog_tcp"])) as s:
        s.sendall(b"".join(b"\x01\x02 no syslog %d\n" % i for i in range(300)))
    a = until("the flood", lambda: alerts(n, "malformed"))
    assert a[0]["host"] == "127.0.0.1", a
    a = until("the file", lambda: alerts(n, "unreadable"))
    assert len(a) == 1 and a[0]["host"] == "app" and a[0]["state"] == "new", a
    (d / "log/app.log").rmdir()
    (d / "log/app.log").write_text("<13>app: now\n")
    until("it is read", lambda: sender(n, "app").get("received") == 1)
    until("closed again", lambda: alerts(n, "unreadable")[0]["state"] == "closed")
    n.close()


@promise
def sheet():
    """the monthly device status sheet comes as JSON, CSV and a page, by both calendars, and not to everybody"""
    n = node_with()
    with socket.create_connection(address(n.info["syslog_tcp"])) as s:
        s.sendall(b"".join(b"<13>app: %d\n" % i for i in range(50)) + b"no syslog\n")
    secret = token(n, "web")
    assert n.post("/api/v1/events", b'{"a":1}\n', headers={"Authorization": f"Bearer {secret}"}).status == 200
    month = time.strftime("%Y-%m", time.gmtime(time.time() + 8 * 3600))
    get = lambda q: n.local("GET", f"/api/v1/devices/status?month={q}")
    rows = until("both are told", lambda: (lambda i: i if len(i) == 2 and i[0]["received"] == 51 and i[0]["availability_percent"] is not None else None)(get(month).json["items"]))
    assert [r["name"] for r in rows] == ["127.0.0.1", "web"] and rows[0]["via"] == "tcp" and rows[1]["via"] == "http", rows
    until("malformed", lambda: get(month).json["items"][0]["malformed"] == 1)
    assert rows[0]["availability_percent"] == 100 and rows[0]["quiet_count"] == 0, rows
    roc = f"{int(month[:4]) - 1911}-{month[5:]}"
    assert get(roc).json["items"][0]["received"] == 51, "by years of the Republic"
    assert get("2026-13").status == 400 and get("").status == 400
    r = n.local("GET", f"/api/v1/devices/status?month={month}&format=csv")
    lines = r.body.decode("utf-8-sig").splitlines()
    assert b"text/csv" in r.headers and len(lines) == 3 and lines[1].startswith("127.0.0.1,"), (r.headers, lines)
    page = n.local("GET", f"/devices?month={month}").body.decode()
    assert "監控設備狀況單" in page and "127.0.0.1" in page, page[:500]
    assert n.get(f"/api/v1/devices/status?month={month}", auth=False).status == 401
    r = n.get(f"/api/v1/devices/status?month={month}", headers={"Authorization": f"Bearer {secret}"})
    assert r.status == 403, r.status
    n.close()


@promise
def facts():
    """a relay's hosts are devices of their own, and what people say of devices stands in list, sheet, CSV and page, by hand and by CSV"""
    n = node_with()
    with socket.create_connection(address(n.info["syslog_tcp"])) as s:
        s.sendall(b"".join(b"<13>Nov 21 10:00:%02d %s app: hello %d\n" % (i % 60, h, i) for i in range(20) for h in (b"web01", b"db01")))
        s.sendall(b"<13>Nov 21 10:01:00 bad@host app: no name\n")
    name = "web01@127.0.0.1"
    put = lambda who, **f: n.local("PUT", "/api/v1/devices/" + urllib.parse.quote(who, safe=""), f)
    rows = until("the hosts", lambda: (lambda i: i if len(i) == 3 and all(d.get("last_heard") for d in i) else None)(n.local("GET", "/api/v1/devices").json["items"]))
    assert [d["name"] for d in rows] == ["127.0.0.1", "db01@127.0.0.1", name] and rows[2]["relay"] == "127.0.0.1", rows
    r = put(name, title="前台網站", kind="伺服器", owner="王小明", site="=A1", quiet_after="24h", expected=True)
    assert r.status == 200 and r.json["quiet_after_s"] == 86400 and r.json["expected"] is True, r.body
    assert put("fw-east", quiet_after_s=1, expected="yes", kind="防火牆").status == 200
    for bad in ({"quiet_after": "soon"}, {"quiet_after_s": -1}, {"expected": "perhaps"}, {"title": "x" * 256}):
        assert put(name, **bad).status == 400, bad
    r = n.local("POST", "/api/v1/devices/import", {"csv": "name,kind,site,quiet_after\n127.0.0.1,轉送主機,A 棟,\nups,UPS,B,0\n"})
    assert r.status == 200 and r.json["devices"] == 2, r.body
    r = n.local("POST", "/api/v1/devices/import", {"csv": "name,kind\nlost,x\n\"y"})
    assert r.status == 400 and "line 3" in r.json["detail"], r.body
    assert n.local("GET", "/api/v1/devices/lost").status == 404, "all rows or none"
    until("it is missed", lambda: [a for a in alerts(n, "quiet") if a["host"] == "fw-east"])
    listed = {d["name"]: d for d in n.local("GET", "/api/v1/devices").json["items"]}
    assert listed["fw-east"]["quiet_since"] and "last_heard" not in listed["fw-east"], listed["fw-east"]
    assert "ups" not in listed, "what need not report is listed when it does"
    get = lambda q="": n.local("GET", "/api/v1/devices/status?" + q)
    rows = until("counted", lambda: (lambda i: i if i.get(name, {}).get("received") == 20 else None)({d["name"]: d for d in get().json["items"]}))
    assert rows[name]["owner"] == "王小明" and rows[name]["events_per_day"] == 20 and rows[name]["quiet_count"] == 0, rows[name]
    assert rows["fw-east"]["quiet_count"] == 1 and rows["fw-east"]["received"] == 0 and rows["fw-east"]["kind"] == "防火牆", rows["fw-east"]
    assert rows["127.0.0.1"]["received"] == 41 and rows["127.0.0.1"]["site"] == "A 棟", rows["127.0.0.1"]
    lines = list(csv.reader(io.StringIO(get("format=csv").body.decode("utf-8-sig"))))
    line = next(x for x in lines if x[0] == name)
    assert line[:6] == [name, "前台網站", "伺服器", "王小明", "'=A1", "是"], line
    assert len(lines[0]) == len(line) and "每日平均事件數" in lines[0], lines[0]
    for page, words in (("/devices", ["前台網站", "王小明", "防火牆", "從未回報", "逾時未回報"]), ("/devices/list?name=fw-east", ["前台網站", "由 127.0.0.1 轉送", 'value="防火牆"', "1d"])):
        body = n.local("GET", page).body.decode()
        for w in words:
            assert w in body, (page, w)
    assert n.local("DELETE", "/api/v1/devices/fw-east").status == 204
    assert "fw-east" not in {d["name"] for d in n.local("GET", "/api/v1/devices").json["items"]}
    secret = token(n, "web")
    assert n.get("/api/v1/devices", headers={"Authorization": f"Bearer {secret}"}).status == 403
    n.close()


@promise
def reload():
    """rules are reloaded while 10,000 events a second come by TCP and HTTP, and none is lost"""
    n = node_with()
    secret = token(n, "web")
    halt, sent = threading.Event(), {"tcp": 0, "http": 0}

    def by_tcp():
        with socket.create_connection(address(n.info["syslog_tcp"])) as s:
            while not halt.is_set():
                s.sendall(b"".join(b"<13>app: by tcp %d\n" % (sent["tcp"] + i) for i in range(500)))
                sent["tcp"] += 500
                time.sleep(0.05)

    def by_http():
        while not halt.is_set():
            body = b"".join(b'{"n":%d}\n' % i for i in range(500))
            assert n.post("/api/v1/events", body, headers={"Authorization": f"Bearer {secret}"}).status == 200
            sent["http"] += 500
            time.sleep(0.05)

    threads = [threading.Thread(target=by_tcp), threading.Thread(target=by_http)]
    t = time.monotonic()
    for x in threads:
        x.start()
    for i in range(8):
        (n.directory / f"rules/more{i}.yml").write_text(RULE.replace("ace2", f"a{i:03x}").replace("lf-silent-test", f"lf-more-{i}"))
        n.process.send_signal(signal.SIGHUP)
        until("reloaded", lambda: intake(n).get("rules") == i + 2)
    while time.monotonic() - t < 2:
        time.sleep(0.05)
    halt.set()
    for x in threads:
        x.join()
    took = time.monotonic() - t
    until("all of TCP", lambda: sender(n, "127.0.0.1")["received"] == sent["tcp"])
    until("all of HTTP, told a second later at most", lambda: sender(n, "web")["received"] == sent["http"])
    assert intake(n)["dropped"] == 0, intake(n)
    n.close()
    return f"{(sent['tcp'] + sent['http']) / took:.0f} events a second, 8 reloads"


def peak(pid):
    return next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM"))


@promise
def memory():
    """memory stays flat while thousands of senders and ever new values go by"""
    n = node_with()
    serial = 0
    s = socket.create_connection(address(n.info["syslog_tcp"]))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))

    def round_of(count):
        nonlocal serial
        for _ in range(count):
            lines = []
            for _ in range(1000):
                serial += 1
                lines.append(b"<%d>Nov 21 07:00:00 host-%d app%d[%d]: user u%x from 192.0.2.%d asked for %x.example" %
                             (serial % 190 + 1, serial % 5000, serial % 700, serial % 30000, serial * 2654435761 & 0xffffffff,
                              serial % 250, serial * 40503 & 0xffffffff))
            s.sendall(b"\n".join(lines) + b"\n")
            for i in range(20): # other senders: all of 127.0.0.0/8 is this machine
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
                    k = serial // 1000 * 20 + i
                    u.bind((f"127.{k >> 16 & 255}.{k >> 8 & 255}.{k & 255 or 1}", 0))
                    u.sendto(lines[i], address(n.info["syslog_udp"]))
        until("all was taken and matched", lambda: (lambda h: h["received"] >= serial and h["detection_lag"] == 0)(intake(n)), 30)

    pids = {w: p for w, p in n.workers().items() if w in ("intake", "core")}
    # Queues of fixed size fill up when the machine happens to be busy, early or late, and once; what is kept
    # of each event or sender for good shows in every round.
    round_of(200)
    peaks, still = [{w: peak(p) for w, p in pids.items()}], 0
    while still < 3:
        assert len(peaks) <= 20, f"still growing after {serial} events: {peaks}"
        round_of(100)
        peaks.append({w: peak(p) for w, p in pids.items()})
        still = still + 1 if all(peaks[-1][w] - peaks[-2][w] < 1024 for w in pids) else 0
    n.close()
    return f"{serial} events of {serial // 50} senders; " + "; ".join(
        f"{w} {peaks[0][w] // 1024} MB after 200,000, {peaks[-1][w] // 1024} MB at the end" for w in pids)


done()
