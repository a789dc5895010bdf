#!/usr/bin/env python3
"""The figures of docs/performance.md on this machine: `make bench`.

    tools/bench.py [--json] [NAME…]

Runs every row of `lianfang bench`, its peers (the same work by another program, where
one is installed), and what a running node does; prints one table, or JSON with --json.
A NAME runs only the rows that begin with it.  Real inputs are taken from $LF_SHARED/data
when there, else generated.  Ends within three minutes: what there is no time for is
shown as left out.  Nothing is left running and nothing is left on disk."""
import http.client
import json
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

root = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tests/integ/lib"))
import lf  # noqa: E402
import load  # noqa: E402

LIMIT = 170.0
began = time.monotonic()
as_json = "--json" in sys.argv[1:]
wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
shared = pathlib.Path(os.environ.get("LF_SHARED", root.parent / "shared")) / "data"
rows, left_out = [], []
tmp = pathlib.Path(tempfile.mkdtemp(prefix="lianfang-bench-"))


def left():
    return LIMIT - (time.monotonic() - began)


def chosen(name):
    return not wanted or any(name.startswith(w) for w in wanted)


def add(name, figure, unit, who="lianfang", **more):
    rows.append({"name": name, "who": who, "figure": round(figure, 3), "unit": unit, **more})
    if not as_json:
        print(f"{name:<26} {who:<10} {figure:>14,.1f} {unit:<22} {more.get('note', '')}".rstrip(), flush=True)


def skip(name, why):
    left_out.append({"name": name, "why": why})
    if not as_json:
        print(f"{name:<26} left out: {why}", flush=True)


def lines_of(cmd, name, least=2.0):
    """The JSON objects a program prints, or [] after saying why not."""
    if left() < least:
        skip(name, "no time left")
        return []
    try:
        r = subprocess.run([str(c) for c in cmd], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=max(left(), 1))
    except subprocess.TimeoutExpired:
        skip(name, "not done in the time there was")
        return []
    except OSError as e:
        skip(name, str(e))
        return []
    if r.returncode:
        skip(name, (r.stderr.strip().splitlines() or [f"ended with {r.returncode}"])[-1])
        return []
    return [json.loads(line) for line in r.stdout.splitlines() if line.startswith("{")]


def unpacked(packed, name):
    """A file of $LF_SHARED/data, unpacked; None when it is not there."""
    source = shared / packed
    if not source.exists() or not shutil.which("zstd"):
        return None
    out = tmp / name
    if not out.exists():
        subprocess.run(["zstd", "-dqf", str(source), "-o", str(out)], check=True, timeout=60)
    return out


def events():
    """JSON lines, and what they are."""
    real = unpacked("windows-events.jsonl.zst", "windows.jsonl")
    if real:
        return real, "Windows events"
    made = tmp / "made.jsonl"
    if not made.exists():
        with open(made, "w") as f:
            for i in range(50000):
                f.write(json.dumps({"EventID": 4688, "Channel": "Security", "Computer": f"host-{i % 97}.example",
                                    "NewProcessName": f"C:\\Windows\\System32\\{i:x}.exe", "ProcessId": i,
                                    "Message": f"A new process has been created.\r\nCreator: {i * 7919:x}\r\n" * 8,
                                    "CommandLine": f"cmd /c tool{i} --quiet"}) + "\n")
    return made, "generated events"


# ---- what the program itself measures, and its peers ----


def search():
    """Questions to an archive, and zstdgrep for the same word over the same lines."""
    size = 0
    for r in lines_of([lf.BIN, "bench", "search"], "search", 30):
        size = max(size, r["bytes"])
        add("search", r["mb_per_cpu_s"], "MB a CPU second", note=f"{r['what']}, {r['cache']}", bytes=r["bytes"],
            cpu_s=r["cpu_s"], rss_kb=r["rss_kb"])
    if not shutil.which("zstdgrep"):
        skip("search", "peer: zstdgrep is not installed")
        return
    with tempfile.TemporaryDirectory() as d:
        packed = pathlib.Path(d) / "lines.zst"
        made = subprocess.Popen([lf.BIN, "bench", "search", "--print"], stdout=subprocess.PIPE)
        subprocess.run(["zstd", "-q", "-3", "-o", packed], stdin=made.stdout, check=True)
        made.wait()
        took = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(["zstdgrep", "-c", "-F", "needle4711", packed], stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        add("search", round(size / 1e6 / sorted(took)[1]), "MB a CPU second", "zstdgrep", note="one word", bytes=size)


def day():
    """24 hours of event time, 50 events a second, and what memory the process has meanwhile."""
    for r in lines_of([lf.BIN, "bench", "day"], "day", 90):
        add("day", r["per_cpu_s"], "a CPU second", note=f"{r['hours']} hours, {r['events']} events, {r['strangers']} strangers, "
            f"{r['findings']} findings", rss_kb=r["rss_kb"])
        for when in ("first_hour", "half_time", "last_hour"):
            add(f"day {when.replace('_', ' ')}", r[f"{when}_kb"] / 1024, "MB resident")


def own():
    usage = subprocess.run([lf.BIN, "bench"], capture_output=True, text=True).stderr
    for name, help_text in re.findall(r"^  (\S+)\s+(.*)$", usage, re.M):
        if not chosen(name):
            continue
        note, files = re.sub(r"^\[[^]]*\]\s*", "", help_text), []
        if name == "json":
            path, what = events()
            files, note = [path], f"{note}: {what}"
        if name in ("search", "day"):
            {"search": search, "day": day}[name]()
            continue
        for r in lines_of([lf.BIN, "bench", name, *files], name):
            add(name, r["per_cpu_s"], "a CPU second", note=note, bytes=r["bytes"], rss_kb=r["rss_kb"])
            if name == "json":
                add("json bytes", r["mb_per_cpu_s"], "MB a CPU second")
        if name == "json":
            peer = pathlib.Path(lf.BIN).parent / "tests/bench/bench_json_jansson"
            if not peer.exists() and (peer.parents[2] / "build.ninja").exists():
                subprocess.run(["ninja", "-C", str(peer.parents[2]), "tests/bench/bench_json_jansson"], capture_output=True,
                               timeout=60)
            if not peer.exists():
                skip("json", "peer: jansson is not installed")
                continue
            for r in lines_of([peer, *files], "json peer"):
                add("json", r["per_cpu_s"], "a CPU second", "jansson")
                add("json bytes", r["mb_per_cpu_s"], "MB a CPU second", "jansson")
    if chosen("ioc"):
        peer = pathlib.Path(lf.BIN).parent / "tests/bench/bench_ioc_peer"
        if not peer.exists() and (peer.parents[2] / "build.ninja").exists():
            subprocess.run(["ninja", "-C", str(peer.parents[2]), "tests/bench/bench_ioc_peer"], capture_output=True, timeout=60)
        if peer.exists():
            made = subprocess.run([lf.BIN, "bench", "ioc", "--print", "--entries", "1000000"], capture_output=True, timeout=60)
            r = json.loads(subprocess.run([peer], input=made.stdout, capture_output=True, timeout=60).stdout)
            add("ioc", r["per_cpu_s"], "a CPU second", "libstdc++", note="1,000,000 entries", bytes_each=r["bytes_each"])
        else:
            skip("ioc", "peer: no C++ compiler")
    if chosen("rpz-load"):
        for r in lines_of([sys.executable, root / "tests/bench/bench_rpz_peer.py", "100000"], "rpz peer", 20):
            who = r.get("peer") or str(r.get("bench", "peer")).strip("rpz() ")
            seconds = r.get("load_s", r.get("cpu_s"))
            if seconds:
                add("rpz", 100000 / seconds, "a CPU second", str(who), note="load 100,000 names", rss_kb=r.get("rss_kb"))


# ---- what a running node does ----


def node_of(settings=""):
    return lf.Node.serve(lf.scratch(), settings)


def health(n, worker):
    return n.local("GET", "/api/v1/health").json["workers"].get(worker, {})


def idle():
    times = []
    for _ in range(5):
        t = time.monotonic()
        n = node_of()
        while n.get("/healthz", auth=False).status != 200:
            pass
        times.append((time.monotonic() - t) * 1000)
        if len(times) < 5:
            n.close()
    add("first start", statistics.median(times), "ms to answering", note="median of 5; keys and certificate are made")
    total = 0
    for pid in [*n.workers().values(), n.process.pid]:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    add("idle memory", total / 1024, "MB PSS", note=f"{len(n.workers()) + 1} processes")
    n.close()


def intake():
    n = node_of()
    r = n.local("POST", "/api/v1/tokens", {"account": "admin", "label": "bench", "roles": "sender"})
    assert r.status == 201, r.body
    token, (path, what) = r.json["token"], events()
    with open(path, "rb") as f:
        lines = [next(f) for _ in range(20000)]
    bodies = [b"".join(lines[i:i + 1000]) for i in range(0, len(lines), 1000)]
    host, port = n.info["https"].removeprefix("https://").rsplit(":", 1)
    c = http.client.HTTPSConnection(host, int(port), context=n.context, timeout=30)
    cpu, t = health(n, "intake").get("cpu_ms", 0), time.monotonic()
    for b in bodies:
        c.request("POST", "/api/v1/events", b, {"Authorization": "Bearer " + token, "Content-Type": "application/x-ndjson"})
        a = c.getresponse()
        a.read()
        assert a.status < 300, a.status
    took = time.monotonic() - t
    add("intake HTTP", len(lines) / took, "events a second", note=f"{what}, 1,000 a request, one sender, each answered after fdatasync")
    add("intake HTTP bytes", sum(map(len, bodies)) / 1e6 / took, "MB a second")

    def came():
        return next((s["received"] for s in health(n, "intake").get("senders", []) if s["name"] == "127.0.0.1"), 0)

    count, host_port = 100000, n.info["syslog_tcp"].rsplit(":", 1)
    data = b"".join(b"<38>Nov 21 07:00:00 host sshd[%d]: Failed password for invalid user u%d from 192.0.2.%d port %d ssh2\n" %
                    (i % 30000, i, i % 250, 1024 + i % 60000) for i in range(count))
    t = time.monotonic()
    with socket.create_connection((host_port[0], int(host_port[1]))) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        lf.until("all lines", lambda: came() >= count, max(left(), 1), 0.05)
    add("intake syslog TCP", count / (time.monotonic() - t), "lines a second", note="one connection, RFC 3164")
    n.close()


# ---- syslog lines: the whole of a node beside rsyslog's receive, parse and write; rules beside sec ----


def syslog_lines(count):
    """Lines of loghub's machines as syslog over TCP; each number in them is drawn anew, from one seed."""
    packed = shared / "loghub-samples.tar.zst"
    if not packed.exists() or not shutil.which("zstd"):
        raise FileNotFoundError(f"{packed} and zstd are needed")
    raw = subprocess.run(["tar", "--zstd", "-xOf", packed, *(f"./{n}/{n}_2k.log" for n in ("Linux", "OpenSSH", "Mac"))],
                         capture_output=True, check=True, timeout=60).stdout
    source = [x for x in raw.splitlines() if re.match(rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ", x)]
    rng = random.Random(7)
    digits = re.compile(rb"\d\d+")
    out = tmp / "syslog.lines"
    with open(out, "wb") as f:
        for i in range(count):
            line = source[i % len(source)]
            f.write(b"<%d>" % rng.choice((4, 13, 30, 38, 86)) + line[:16] +
                    digits.sub(lambda m: b"%d" % rng.randrange(10 ** len(m.group())), line[16:]) + b"\n")
    return out.read_bytes()


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send_all(port, data):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)


def syslog():
    count = 600000
    data = syslog_lines(count)
    rules = tmp / "sigma"
    rules.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", shared / "sigma-rules.tar.zst", "-C", rules], check=True, timeout=60)
    n = node_of(f"[rules]\ndirs = {rules}\n")
    loaded = lf.until("rules", lambda: health(n, "intake").get("rules"))
    pids = {w: p for w, p in n.workers().items() if w in ("intake", "core")}
    before = {w: cpu_of(p) for w, p in pids.items()}
    send_all(int(n.info["syslog_tcp"].rsplit(":", 1)[1]), data)
    lf.until("all kept and matched", lambda: (lambda h: h["received"] >= count and h["detection_lag"] == 0)(health(n, "intake")),
             max(left(), 1), 0.1)
    ours = sum(cpu_of(p) - before[w] for w, p in pids.items())
    n.close()
    note = f"{count} lines of {len(data) // count} bytes, TCP"
    add("syslog", count / ours, "a CPU second", note=f"{note}; {loaded} rules loaded, archive; intake and core")
    rsyslogd = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
    if not os.path.exists(rsyslogd):
        skip("syslog", "peer: rsyslog is not installed")
        return
    d, port = lf.scratch(), lf.free_port()
    (d / "r.conf").write_text(f'global(workDirectory="{d}")\nmodule(load="imtcp")\ninput(type="imtcp" port="{port}" '
                              f'address="127.0.0.1")\naction(type="omfile" file="{d}/out.log")\n')
    p = lf.start(rsyslogd, "-n", "-f", d / "r.conf", "-i", d / "pid", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lf.until("rsyslog listens", lambda: socket.create_connection(("127.0.0.1", port)).close() or True)
    start = cpu_of(p.pid)
    send_all(port, data)

    def written():
        with open(d / "out.log", "rb") as f:
            return sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 20), b"")) >= count

    lf.until("rsyslog has written all", written, max(left(), 1), 0.3)
    peer = cpu_of(p.pid) - start
    lf.stop(p)
    add("syslog", count / peer, "a CPU second", "rsyslog", note="imtcp, parse, write; no rules")
    add("syslog share", peer / ours, "of rsyslog's", note="events a CPU second, same run; bar 0.5")


class Undisturbed:
    """What is started inside comes before what else this machine does (round robin, where that is allowed): a wait for
    other people's builds is no property of a node."""

    def __enter__(self):
        self.note = "others' work beside counts"
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
            self.note = "scheduled before other work"
        except OSError:
            pass
        return self.note

    def __exit__(self, *_):
        if self.note.startswith("scheduled"):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def latency():
    """From a fixed sender's due time to the committed alert, at 70 % of what one core takes by the same way."""
    rules = tmp / "latency"
    rules.mkdir()
    packed = shared / "sigma-rules.tar.zst"
    if packed.exists() and shutil.which("zstd"):
        subprocess.run(["tar", "--zstd", "-xf", packed, "-C", rules], check=True, timeout=60)
    (rules / "marker.yml").write_text(load.RULE)
    path, what = events()
    with open(path, "rb") as f:
        lines = [next(f) for _ in range(20000)]
    with Undisturbed() as note:
        n = node_of(f"[rules]\ndirs = {rules}\n")
        r = n.local("POST", "/api/v1/tokens", {"account": "admin", "label": "bench", "roles": "sender"})
        assert r.status == 201, r.body
        loaded = lf.until("rules", lambda: health(n, "intake").get("rules"))
        for by, batch, every in (("tcp", 20, 15), ("http", 100, 3)):
            most = load.most(n, by, lines, r.json["token"], 2, 100)
            x = load.latency(n, by, lines, r.json["token"], 0.7 * most, 6, batch, every)
            add(f"latency {by} p99", x["p99"], "ms to the alert",
                note=f"{x['rate']:.0f} of {most:.0f} {what}/s, {loaded} rules; p50 {x['p50']:.0f}, worst {x['max']:.0f}, "
                     f"{x['markers']} alerts; sender late by {x['late']:.0f} ms at most; {note}; bar 100")
    n.close()


def spent(*cmd, **kw):
    """Processor seconds of a program and its output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    r = subprocess.run([str(c) for c in cmd], stdin=subprocess.DEVNULL, capture_output=True, timeout=max(left(), 1), **kw)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, r.stdout


WORDS = [f"sec-word-{i}-x" for i in range(97)] + ["authentication failure", "Failed password", "session opened"]
PATTERNS = [f"sec-re-{i}-[0-9]+x" for i in range(17)] + [r"user=r[a-z]+t", r"from [0-9.]+ port 2[0-9]+ ssh2", r"[0-9]+ seconds?"]


def sec_rules(kind, texts):
    return "".join(f"type=Single\nptype={kind}\ncontinue=TakeNext\npattern={w}\ndesc=d\naction=write - {i}\n\n"
                   for i, w in enumerate(texts))


def swatch_rules(texts):
    return "".join(f"watchfor /{re.escape(w) if w in WORDS else w}/\n    echo normal\n    continue\n\n" for w in texts)


def rsyslog_filters(lines, count, texts, kind):
    """rsyslog as it is asked to look for the same: one condition and one action a text."""
    rsyslogd = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
    if not os.path.exists(rsyslogd):
        skip(f"{kind} on syslog", "peer: rsyslog is not installed")
        return
    d, port = lf.scratch(), lf.free_port()
    ask = 'if $msg contains "%s" then' if kind == "words" else 'if re_match($msg, "%s") then'
    conditions = "".join(f'{ask % w} action(type="omfile" file="{d}/hits.log")\n' for w in texts)
    (d / "r.conf").write_text(f'global(workDirectory="{d}")\nmodule(load="imtcp")\ninput(type="imtcp" port="{port}" '
                              f'address="127.0.0.1")\n{conditions}action(type="omfile" file="{d}/out.log")\n')
    p = lf.start(rsyslogd, "-n", "-f", d / "r.conf", "-i", d / "pid", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lf.until("rsyslog listens", lambda: socket.create_connection(("127.0.0.1", port)).close() or True)
    start = cpu_of(p.pid)
    send_all(port, lines)
    lf.until("rsyslog has written all", lambda: (d / "out.log").exists() and (d / "out.log").read_bytes().count(b"\n") >= count,
             max(left(), 1), 0.3)
    took = cpu_of(p.pid) - start
    lf.stop(p)
    hits = (d / "hits.log").read_bytes().count(b"\n") if (d / "hits.log").exists() else 0
    add(f"{kind} on syslog", count / took, "a CPU second", "rsyslog", note=f"received, parsed, {len(texts)} conditions; {hits} matches")


def equal_rules():
    """The same texts looked for in the same lines, by every program of Debian that does so."""
    count, lines = 50000, syslog_lines(50000)
    path, one, short = tmp / "syslog.lines", tmp / "one.log", tmp / "short.lines"
    one.write_bytes(lines[:lines.index(b"\n") + 1])
    few = 10000
    short.write_bytes(b"\n".join(lines.split(b"\n")[:few]) + b"\n")
    for kind, texts in (("words", WORDS), ("regexes", PATTERNS)):
        name, rules, listed = f"{kind} on syslog", tmp / kind, tmp / f"{kind}.txt"
        rules.mkdir()
        listed.write_text("\n".join(texts) + "\n")
        how = "contains" if kind == "words" else "re"
        for i, w in enumerate(texts):
            (rules / f"{i}.yml").write_text(f"title: w{i}\nid: 00000000-0000-4000-8000-{i:012d}\nlogsource:\n    product: linux\n"
                                            f"detection:\n    s:\n        message|{how}: '{w}'\n    condition: s\n")
        load, _ = spent(lf.BIN, "detect", "--rules", rules, "--format", "syslog", one)
        took, out = spent(lf.BIN, "detect", "--rules", rules, "--format", "syslog", path)
        add(name, count / max(took - load, 0.01), "a CPU second", note=f"{len(texts)} rules, {out.count(b'rule')} matches")
        rsyslog_filters(lines, count, texts, kind)
        # Programs that grow slow with their rules get fewer lines.
        n, of = (count, path) if kind == "words" else (few, short)
        if shutil.which("sec"):
            conf = tmp / f"{kind}.sec"
            conf.write_text(sec_rules("SubStr" if kind == "words" else "RegExp", texts))
            load, _ = spent("sec", f"--conf={conf}", f"--input={one}", "--notail", "--quiet")
            took, out = spent("sec", f"--conf={conf}", f"--input={of}", "--notail", "--quiet")
            add(name, n / max(took - load, 0.01), "a CPU second", "sec", note=f"{len(texts)} rules, {len(out.splitlines())} matches")
        else:
            skip(name, "peer: sec is not installed")
        if shutil.which("swatchdog"):
            conf = tmp / f"{kind}.swatch"
            conf.write_text(swatch_rules(texts))
            home = {**os.environ, "HOME": str(tmp)}
            load, _ = spent("swatchdog", f"--config-file={conf}", f"--examine={one}", env=home)
            took, out = spent("swatchdog", f"--config-file={conf}", f"--examine={short}", env=home)
            add(name, few / max(took - load, 0.01), "a CPU second", "swatchdog",
                note=f"{len(texts)} rules, {len([x for x in out.splitlines() if x.strip()])} lines out of {few} lines")
        else:
            skip(name, "peer: swatchdog is not installed")
        # The floor: no events, no rules that are told apart, only whether a line has any of them (logcheck is this).
        flag = "-F" if kind == "words" else "-E"
        took, out = spent("grep", "-c", flag, "-f", listed, path, env={**os.environ, "LC_ALL": "C"})
        add(name, count / max(took, 0.001), "a CPU second", f"grep {flag}", note=f"only whether a line has any: {out.decode().strip()} lines")


def taxii():
    n = lf.Node.throwaway()
    kind = "application/taxii+json;version=2.1"
    at = f"{n.info['api_root'].rstrip('/')}/collections/{n.info['collections']['rw']}/objects/"
    path = "/" + at.split("/", 3)[3]
    host, port = n.info["https"].removeprefix("https://").rsplit(":", 1)
    c = http.client.HTTPSConnection(host, int(port), context=n.context, timeout=30)
    head = {"Authorization": "Bearer " + n.info["token"], "Accept": kind, "Content-Type": kind}

    def ask(method, where, body=None):
        c.request(method, where, body, head)
        a = c.getresponse()
        data = a.read()
        assert a.status in (200, 202), (a.status, data[:300])
        return data

    total, t = 2000, time.monotonic()
    for i in range(0, total, 100):
        ask("POST", path, json.dumps({"objects": [
            {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
             "modified": "2026-01-01T00:00:00.000Z", "valid_from": "2026-01-01T00:00:00Z", "pattern_type": "stix",
             "pattern": f"[domain-name:value = 'n{i + k}.test']"} for k in range(100)]}))
    add("TAXII add", total / (time.monotonic() - t), "objects a second", note="100 a POST, one client, each answered after the commit")
    times, size = [], 0
    for _ in range(30):
        t = time.monotonic()
        size = len(json.loads(ask("GET", path + "?limit=100"))["objects"])
        times.append((time.monotonic() - t) * 1000)
    add("TAXII page", statistics.median(times), "ms", note=f"{size} of {total} objects over HTTPS, median of 30")
    n.close()


def live():
    """From the answer to a TAXII POST of an indicator to the alert of an event that was sent then, with
    $LF_LIVE_OBJECTS objects stored (100,000), in $LF_LIVE_DATA (else a temporary directory)."""
    count = int(os.environ.get("LF_LIVE_OBJECTS", "100000"))
    d = pathlib.Path(os.environ.get("LF_LIVE_DATA") or lf.scratch())
    subprocess.run([lf.BIN, "bench", "taxii", "--objects", str(count), "--data", str(d), "--rows", "none"], check=True,
                   stdin=subprocess.DEVNULL, timeout=7200)
    p = lf.start(lf.BIN, "serve", "-c", d / "bench.ini", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    began = time.monotonic()
    n = lf.Node(p, json.loads(p.stdout.readline()), open(d / "node.log", "ab"))
    r = n.local("POST", "/api/v1/tokens", {"account": "admin", "label": f"live {time.time()}", "roles": "sender,share"})
    auth = {"Authorization": "Bearer " + r.json["token"]}
    taxii = {"Accept": "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1", **auth}
    lf.until("all indicators are told", lambda: health(n, "intake").get("indicators_whole"), 1800, 0.5)
    loaded, told = health(n, "intake")["indicators"], time.monotonic() - began
    took = []
    for i in range(21):
        value, ident = f"live{time.time_ns()}.example", str(uuid.uuid4())
        body = {"objects": [{"type": "indicator", "spec_version": "2.1", "id": f"indicator--{ident}",
                             "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
                             "pattern": f"[domain-name:value = '{value}']", "pattern_type": "stix",
                             "valid_from": "2026-01-01T00:00:00Z"}]}
        r = n.request("POST", "/taxii2/root/collections/library/objects/", json.dumps(body).encode(), taxii)
        assert r.status == 202 and r.json["success_count"] == 1, r.body
        at = time.monotonic()
        event = json.dumps({"QueryName": value, "Computer": f"host-{i}"}) + "\n"
        r = n.request("POST", "/api/v1/events", event.encode(), {"Content-Type": "application/x-ndjson", **auth})
        assert r.status in (200, 202), r.body
        lf.until("the alert", lambda: n.local("GET", f"/api/v1/alerts?rule=indicator--{ident}").json["items"], 20, 0.002)
        took.append((time.monotonic() - at) * 1000)
    n.close()
    took.sort()
    add("live", took[len(took) // 2], "ms from a POST's answer to the alert",
        note=f"median of {len(took)}, worst {took[-1]:.0f}; {count:,} objects stored, {loaded:,} indicators told in {told:.0f} s; bar 1000")


def demo():
    for r in lines_of([lf.BIN, "demo", "--json"], "demo", 30):
        add("attack to block", r["attack_to_block_ms"], "ms at the slowest", note=f"{r['nodes']} nodes, {r['members']} resolvers, ok {r['ok']}")
        add("attack to nation", r["attack_to_nation_ms"], "ms")


def ask():
    """A nation asks seven archives (its own, two sectors', four providers') with one pattern: seven real nodes,
    copies of one archive.  Asked for by name it is ten million events each, where the disk has room."""
    events = 10_000_000 if wanted and left() > 120 and shutil.disk_usage(tmp).free > 12e9 else 1_000_000
    first = tmp / "asked"
    subprocess.run([lf.BIN, "bench", "search", "--events", str(events), "--make", first], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = first / "data/events" if (first / "data/events").is_dir() else first
    nodes = []
    for i, tier in enumerate(["nation"] + ["sector"] * 2 + ["provider"] * 4):
        d = lf.scratch()
        (d / "lianfang.ini").write_text(f"[node]\nname = n{i}\ntier = {tier}\ndata = data\n[http]\nlisten = 127.0.0.1:0\n"
                                        "peer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\n"
                                        "syslog_tls = 127.0.0.1:0\nkeep_mb = 8192\n[dns]\nlisten = 127.0.0.1:0\n")
        lf.Node.serve(d).close()
        shutil.rmtree(d / "data/events")
        shutil.copytree(made, d / "data/events")
        # Detection has seen them: what is measured is the question.
        state = sqlite3.connect(next(f for f in (d / "data/core").iterdir() if f.suffix in (".db", ".sqlite")))
        for table in ("alert_checkpoint", "sighting_place"):
            state.execute(f"INSERT INTO {table} (one, position) VALUES (1, {events}) ON CONFLICT (one) DO UPDATE SET position = {events}")
        state.commit()
        state.close()
        nodes.append(lf.Node.serve(d))
    for child, parent in ((1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2)):
        token = nodes[parent].local("POST", "/api/v1/peers/invitations", {}).json["token"]
        nodes[child].local("POST", "/api/v1/parent", {"token": token})
        lf.until("joined", lambda: nodes[child].local("GET", "/api/v1/parent").json.get("state") == "active")
    for n in nodes:
        n.local("POST", "/api/v1/question-policy", {"automatic": ["stix", "sigma", "indicators"], "disclose": "values"})
    for what, body, times in (("a pattern of one name", {"text": "[domain-name:value = 'needle4711.c2.example']"}, 5),
                              ("50 values", {"values": ["needle4711.c2.example"] + [f"198.51.100.{i}" for i in range(49)]}, 3)):
        took, cpu = [], []
        for _ in range(times):
            before, t = sum(cpu_of(p) for n in nodes for p in n.workers().values()), time.monotonic()
            q = nodes[0].local("POST", "/api/v1/questions", {"name": what, "days": 30, **body}).json["id"]
            v = {}
            while not v or v["sum"]["open"] or v["sum"]["asked"] < 7:
                v = nodes[0].local("GET", f"/api/v1/questions/{q}?wait=30", timeout=60).json
            took.append(time.monotonic() - t)
            cpu.append(sum(cpu_of(p) for n in nodes for p in n.workers().values()) - before)
            if v["sum"]["answered"] != 7 or v["sum"]["seen"] != 7:
                raise AssertionError(v["sum"])
        add("ask the nation", round(statistics.median(took), 2), "s to all answers", cpu_s=round(statistics.median(cpu), 2),
            note=f"{what}; 7 nodes, {events:,} events each, median of {times}, slowest {max(took):.2f} s")
    for n in nodes:
        n.close()


def guarded(name, fn):
    if not chosen(name):
        return
    if left() < 10:
        skip(name, "no time left")
        return
    try:
        fn()
    except Exception as e:
        skip(name, f"{type(e).__name__}: {e}")


if not pathlib.Path(lf.BIN).exists():
    print(f"bench: {lf.BIN} is not there; build it with `make build`", file=sys.stderr)
    sys.exit(2)
try:
    guarded("node", idle)
    guarded("intake", intake)
    guarded("syslog", syslog)
    guarded("latency", latency)
    guarded("rules on syslog", equal_rules)
    guarded("taxii", taxii)
    guarded("demo", demo)
    guarded("ask the nation", ask)
    guarded("live", live)
    own()
finally:
    shutil.rmtree(tmp, ignore_errors=True)
if as_json:
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    print(json.dumps({"machine": {"cpu": cpu, "cores": os.cpu_count(), "load": os.getloadavg()[0]}, "rows": rows,
                      "left_out": left_out}, ensure_ascii=False))
sys.exit(0)
