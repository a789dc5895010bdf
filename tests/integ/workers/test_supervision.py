#!/usr/bin/env python3
"""A killed worker is started again and the node answers; stopping leaves nothing."""
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

binary = os.environ.get("LF_BIN", "build/lianfang")
bad = 0


def check(promise, ok, why=""):
    global bad
    print(f"{'ok' if ok else 'not ok'} - {promise}", flush=True)
    if not ok:
        print(f"# {why}")
        bad = 1


def wait_for(condition, limit=15.0):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    return None


def workers(parent):
    """name -> pid of the running children."""
    out = {}
    try:
        pids = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return out
    for pid in pids:
        try:
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if len(words) > 2 and words[1] == b"worker":
            out[words[2].decode()] = int(pid)
    return out


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Node:
    def __init__(self):
        self.process = subprocess.Popen([binary, "serve", "--throwaway"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        self.at = json.loads(line) if line else None
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def answers(self):
        try:
            with urllib.request.urlopen(self.at["https"] + "/healthz", timeout=2, context=self.context) as r:
                return r.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def end(self):
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "over the limit"


node = Node()
if not node.at:
    check("a throwaway node starts", False, node.process.stderr.read()[-2000:])
    sys.exit(1)
try:
    check("a started node answers", wait_for(node.answers), "no answer on /healthz")
    names = sorted(workers(node.process.pid))
    check("six workers run", names == ["core", "dns", "front", "intake", "relay", "search"], str(names))
    for name in names:
        for again in range(3):
            old = workers(node.process.pid).get(name)
            os.kill(old, signal.SIGKILL)
            new = wait_for(lambda: (p := workers(node.process.pid).get(name)) and p != old and p)
            check(f"{name} killed is started again ({again + 1})", bool(new), "no new process")
            check(f"the node answers after {name} was killed ({again + 1})", wait_for(node.answers))
            if not new:
                break
    node.process.send_signal(signal.SIGHUP)
    check("the node answers after SIGHUP", wait_for(node.answers) and node.process.poll() is None)

    pids = workers(node.process.pid)
    directory = pathlib.Path(node.at["ca"]).parent.parent
    node.process.send_signal(signal.SIGTERM)
    status = node.end()
    check("SIGTERM ends the node cleanly", status == 0, f"status {status}: {node.process.stderr.read()[-2000:]}")
    check("no worker is left", not any(alive(p) for p in pids.values()), str(pids))
    check("a throwaway node leaves no files", not directory.exists(), str(directory))

    node = Node()
    wait_for(node.answers)
    pids = workers(node.process.pid)
    node.process.kill()
    node.end()
    check("workers die with a killed parent", wait_for(lambda: not any(alive(p) for p in pids.values())))
    subprocess.run(["rm", "-rf", str(pathlib.Path(node.at["ca"]).parent.parent)], check=False)

    node = Node()
    wait_for(node.answers)
    node.process.stdin.close()
    status = node.end()
    check("closing standard input ends the node", status == 0, f"status {status}")
finally:
    if node.process.poll() is None:
        node.process.kill()
        node.process.wait()
sys.exit(1 if bad else 0)
