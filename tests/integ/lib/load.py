"""A fixed load on a running node, and how long an event takes from its sender to its alert.

One in `every` requests carries a marker: an event that one rule of ours hits.  All markers meet in one
alert, whose count is asked for again and again: when it has reached n, the n-th marker's finding is
committed.  The time of a marker is counted from when it was due, not from when the sender got to it,
so a node that makes its sender wait is not excused.  What is counted includes asking (`POLL`)."""
import json
import multiprocessing
import os
import socket
import ssl
import statistics
import threading
import time

MARK = "lf-latency-marker"
TITLE = "latency marker"
RULE = f"""title: {TITLE}
id: 7e0f6a3c-0000-4000-8000-00000000ace7
level: low
logsource:
    product: windows
detection:
    s:
        MarkerText: {MARK}
    condition: s
"""
POLL = 0.004


def marker(serial):
    return json.dumps({"EventID": 4104, "Channel": "Microsoft-Windows-PowerShell/Operational", "Computer": "marker.example",
                       "ScriptBlockText": "1", "MarkerText": MARK, "Serial": serial}).encode() + b"\n"


def requests_of(lines, token, batch, every, count, by):
    """`count` requests (or stretches of a TCP stream) of `batch` events, and which of them have a marker."""
    out, marked = [], []
    for i in range(count):
        part = [lines[(i * batch + k) % len(lines)] for k in range(batch)]
        marked.append(i % every == every // 2)
        if marked[-1]:
            part[batch // 2] = marker(i)
        if by == "tcp":
            out.append(b"".join(part))
            continue
        body = b"".join(part)
        out.append(b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token.encode() +
                   b"\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return out, marked


def read_answer(s, rest):
    while b"\r\n\r\n" not in rest:
        got = s.recv(65536)
        if not got:
            raise OSError("the node closed the connection")
        rest += got
    head, _, rest = rest.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status in (200, 503), head[:200]
    length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:"))
    while len(rest) < length:
        rest += s.recv(65536)
    return status, rest[length:]


def _send(pipe, to, ca, work, interval, connections):
    """The sender, a process of its own: request i is due at its start + i * interval (0: as fast as it goes)."""
    host, port = to
    lock, late, begun = threading.Lock(), [], time.monotonic() + 0.2
    todo = iter(range(len(work)))

    def one():
        s = socket.create_connection((host, port), timeout=60)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) # as shippers do
        if ca:
            s = ssl.create_default_context(cafile=ca).wrap_socket(s, server_hostname="localhost")
        rest = b""
        while True:
            with lock:
                i = next(todo, None)
            if i is None:
                break
            wait = begun + i * interval - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            late.append(-wait if interval else 0)
            s.sendall(work[i])
            while ca:
                status, rest = read_answer(s, rest)
                if status == 200:
                    break
                time.sleep(0.05) # the node asks for patience: shippers send it again
                s.sendall(work[i])
        s.close()

    threads = [threading.Thread(target=one) for _ in range(connections)]
    for t in threads:
        t.start()
    pipe.send(begun)
    for t in threads:
        t.join()
    pipe.send((time.monotonic(), max(late)))


def sender(node, by, work, interval=0.0):
    """Starts it; gives the process and a pipe that says when the first is due, then (when all was sent, the
    longest that the sender was late)."""
    mine, theirs = multiprocessing.Pipe()
    if by == "tcp":
        host, port = node.info["syslog_tcp"].rsplit(":", 1)
        to, ca, n = (host, int(port)), None, 1
    else:
        host, port = node.info["https"].removeprefix("https://").rsplit(":", 1)
        to, ca, n = (host, int(port)), node.info["ca"], 16
    p = multiprocessing.get_context("fork").Process(target=_send, args=(theirs, to, ca, work, interval, n))
    p.start()
    return p, mine


def intake(node):
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def cpu(node):
    total = 0
    for pid in node.workers().values():
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def settle(node, received, limit=60):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        h = intake(node)
        if h.get("received", 0) >= received and h.get("detection_lag") == 0:
            return h
        time.sleep(0.05)
    raise AssertionError(f"not all taken and matched: {intake(node)}")


def most(node, by, lines, token, seconds, batch):
    """Events a CPU second of all workers, sent as fast as they are taken."""
    work, _ = requests_of(lines, token, batch, 1 << 30, max(1, int(seconds * 30000 / batch)), by)
    had, before = intake(node).get("received", 0), cpu(node)
    p, pipe = sender(node, by, work)
    pipe.recv()
    pipe.recv()
    p.join()
    settle(node, had + len(work) * batch)
    return len(work) * batch / (cpu(node) - before)


def marker_alert(node):
    for a in node.local("GET", "/api/v1/alerts?all=1&limit=1000").json["items"]:
        if a["title"] == TITLE:
            return a
    return None


def latency(node, by, lines, token, rate, seconds, batch, every):
    """Sends `rate` events a second; {p50, p99, max in ms, markers, late: the sender's own, cpu: share of a core}."""
    work, marked = requests_of(lines, token, batch, every, max(every, int(seconds * rate / batch)), by)
    had, before = intake(node).get("received", 0), cpu(node)
    interval = batch / rate
    # The alert is made first, so that its number is known.
    if not marker_alert(node):
        one, _ = requests_of([marker(0)], token, 1, 1 << 30, 1, by)
        p, pipe = sender(node, by, one)
        pipe.recv()
        pipe.recv()
        p.join()
        had += 1
        end = time.monotonic() + 10
        while not marker_alert(node):
            assert time.monotonic() < end, "the marker raises no alert"
            time.sleep(0.05)
    alert = marker_alert(node)
    count, path = alert["count"], f"/api/v1/alerts/{alert['id']}?limit=1"
    p, pipe = sender(node, by, work, interval)
    begun = pipe.recv()
    due = [begun + i * interval for i, m in enumerate(marked) if m]
    took, end = [], begun + len(work) * interval + 30
    while len(took) < len(due) and time.monotonic() < end:
        n = (lambda j: j.get("alert", j)["count"])(node.local("GET", path).json) - count
        now = time.monotonic()
        took += [now - t for t in due[len(took):n]]
        time.sleep(POLL)
    done, late = pipe.recv()
    p.join()
    settle(node, had + len(work) * batch)
    assert len(took) == len(due), f"{len(took)} of {len(due)} markers came: {intake(node)}; sender late by {late:.1f} s; all sent after {done - begun:.1f} s"
    took = sorted(x * 1000 for x in took)
    at = lambda q: took[min(len(took) - 1, int(q * len(took)))]
    return {"p50": statistics.median(took), "p99": at(0.99), "max": took[-1], "markers": len(took), "late": late * 1000,
            "cpu": (cpu(node) - before) / (done - begun), "rate": rate}
