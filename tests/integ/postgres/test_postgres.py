#!/usr/bin/env python3
"""PostgreSQL under a node: the rooms' own tests over it, and a whole node on it."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

try:
    pg = Postgres()
except Skip as why:
    print(f"ok - a node runs on PostgreSQL # SKIP {why}")
    done()

UNITS = pathlib.Path(BIN).resolve().parent / "tests/unit"
ROOMS = "store", "ident", "soc", "cert", "isac", "shield"


def room_test(name, program):
    def run():
        info = pg.database(name)
        r = subprocess.run([str(program)], env=dict(os.environ, LF_TEST_POSTGRES=info), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120)
        bad = [line for line in r.stdout.splitlines() if line.startswith("not ok")]
        good = [line for line in r.stdout.splitlines() if line.startswith("ok")]
        assert r.returncode == 0 and not bad and good, r.stdout[-3000:]
        return f"{len(good)} promises"

    run.__doc__ = f"{name}: the room's own promises hold on PostgreSQL"
    promise(run)


tests = [p for room in ROOMS for p in sorted((UNITS / room).glob("test_*")) if p.is_file() and os.access(p, os.X_OK)]
# Only those that open a database have anything to say here.
tests = [p for p in tests if b"LF_TEST_POSTGRES" in p.read_bytes()]
if not tests:
    print(f"ok - the rooms' own promises hold on PostgreSQL # SKIP no unit tests were built beside {BIN}")
for program in tests:
    room_test(program.name.removeprefix("test_").replace("_", "/", 1), program)


def node(directory, info):
    ini = directory / "lianfang.ini"
    if not ini.exists():
        ini.write_text(f"[node]\nname = test\ndata = data\ndatabase = {info}\n[http]\nlisten = 127.0.0.1:0\n"
                       "peer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\n"
                       "syslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
    return Node.serve(directory)


def titles(n):
    """Titles of all incidents, page by page."""
    out, path = [], "/api/v1/incidents"
    while path:
        page = n.local("GET", path).json
        out += [i["title"] for i in page["items"]]
        path = page.get("next") and f"/api/v1/incidents?after={page['next']}"
    return out


def report_until(n, stop, told):
    """Reports incidents one after the other; `told` gets the titles that were answered with 201."""
    i = 0
    while not stop.is_set():
        i += 1
        title = f"{threading.get_ident()}-{i}"
        with contextlib.suppress(OSError, ValueError, IndexError):
            if n.local("POST", "/api/v1/incidents", {"title": title, "level": 1}, timeout=5).status == 201:
                told.append(title)


def while_reporting(n, disturb):
    stop, told = threading.Event(), []
    threads = [threading.Thread(target=report_until, args=(n, stop, told)) for _ in range(3)]
    for t in threads:
        t.start()
    try:
        until("incidents are reported", lambda: len(told) > 5)
        disturb(told)
    finally:
        stop.set()
        for t in threads:
            t.join(20)
    return told


def again(n, told, more=5):
    have = len(told)
    until("incidents are reported again", lambda: len(told) >= have + more, 30)


@promise
def whole_node():
    """a node on PostgreSQL signs people in, keeps what is reported, and finds it after a restart"""
    d = scratch()
    info = pg.database("whole")
    n = node(d, info)
    password = n.info["password"]
    r = n.post("/api/v1/session", {"user": "admin", "password": password})
    assert r.status in (200, 201, 204) and "Set-Cookie" in r.headers, (r.status, r.body)
    assert n.post("/api/v1/session", {"user": "admin", "password": "no" + password}).status == 401
    r = n.local("POST", "/api/v1/incidents", {"title": "資料庫 \u2460", "level": 2})
    assert r.status == 201, r.body
    key = r.json["id"]
    before = n.local("GET", f"/api/v1/incidents/{key}").json
    assert n.close() == 0
    n = node(d, info)
    assert "password" not in n.info, "the first administrator is made once"
    after = n.local("GET", f"/api/v1/incidents/{key}").json
    before["clocks"].pop("at"), after["clocks"].pop("at")  # when it was asked
    assert after["incident"]["title"] == "資料庫 \u2460" and after["events"] and after == before, (before, after)
    assert n.post("/api/v1/session", {"user": "admin", "password": password}).status in (200, 201, 204)
    assert n.close() == 0
    assert not (d / "data/core/node.db").exists(), "there is a SQLite file beside it"


@promise
def second_node():
    """a second node is kept off a database in use, and says why"""
    info = pg.database("shared")
    n, d = node(scratch(), info), scratch()
    try:
        node(d, info).close()
        raise RuntimeError("the second node started")
    except AssertionError:
        pass
    assert "another node is using this database" in (d / "node.log").read_text(), (d / "node.log").read_text()[-2000:]
    assert n.close() == 0


@promise
def core_killed():
    """kill -9 of the core while it writes loses nothing that was answered"""
    n = node(scratch(), pg.database("killed"))

    def kill(told):
        for _ in range(3):
            before = n.workers()["core"]
            os.kill(before, signal.SIGKILL)
            until("core is back", lambda: n.workers().get("core") not in (None, before), 10)
            again(n, told)

    told = while_reporting(n, kill)
    kept = until("the list", lambda: titles(n))
    assert set(told) <= set(kept), sorted(set(told) - set(kept))[:5]
    assert len(set(kept)) == len(kept), "one report was kept twice"
    assert n.close() == 0
    return f"{len(told)} answered, {len(kept)} kept"


@promise
def server_restarts():
    """PostgreSQL stopped and started again: refused meanwhile, then taken, nothing answered is lost"""
    n = node(scratch(), pg.database("away"))

    def restart(told):
        core = n.workers()["core"]
        pg.stop()
        r = n.local("POST", "/api/v1/incidents", {"title": "away", "level": 1}, timeout=20)
        assert r.status >= 500, r.status
        pg.start()
        again(n, told)
        assert n.workers()["core"] == core, "the core had to be started again"

    told = while_reporting(n, restart)
    kept = titles(n)
    assert set(told) <= set(kept) and "away" not in kept
    assert n.close() == 0
    return f"{len(told)} answered, {len(kept)} kept"


@promise
def full_disk():
    """a full disk under PostgreSQL is 507, nothing of it is kept, and room mends it"""
    small = pg.directory / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(small)], stderr=subprocess.DEVNULL).returncode:
        raise Skip("a small file system cannot be mounted here")
    try:
        if pg.who:
            shutil.chown(small, "postgres", "postgres")
        os.chmod(small, 0o700)
        pg.sql(f"CREATE TABLESPACE small LOCATION '{small}'")
        pg.sql("CREATE DATABASE full_disk TABLESPACE small")
        n = node(scratch(), f"host={pg.directory} user=postgres dbname=full_disk")
        room = small / "ballast"
        free = os.statvfs(small)
        room.write_bytes(b"\0" * max(0, free.f_bavail * free.f_frsize - 16384))
        told, full = [], None
        for i in range(400):
            r = n.local("POST", "/api/v1/incidents", {"title": f"f{i}", "level": 1, "description": "x" * 2000})
            if r.status != 201:
                full = r
                break
            told.append(f"f{i}")
        assert full and full.status == 507, full and (full.status, full.body)
        kept = titles(n)
        assert set(kept) == set(told), set(kept) ^ set(told)
        room.unlink()
        until("taken again", lambda: n.local("POST", "/api/v1/incidents", {"title": "room", "level": 1}).status == 201, 20)
        assert n.close() == 0
    finally:
        with contextlib.suppress(AssertionError):
            pg.sql("DROP DATABASE IF EXISTS full_disk WITH (FORCE)")
            pg.sql("DROP TABLESPACE small")
        subprocess.run(["umount", "-l", str(small)])


done()
