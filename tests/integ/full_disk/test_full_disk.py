#!/usr/bin/env python3
"""A node on a small file system that runs full: refused clearly, nothing acknowledged lost, and on by itself."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
from lf import *  # noqa: E402,F403

state = {}


def need():
    if "node" not in state:
        raise Skip(state.get("why", "the node did not start"))
    return state["node"]


def mount():
    d = scratch()
    data = d / "data"
    data.mkdir()
    if os.getuid() != 0 or not shutil.which("mount"):
        return "mounting a small file system needs root"
    r = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "lianfang-test", str(data)],
                       stderr=subprocess.PIPE, text=True, check=False)
    if r.returncode:
        return "no tmpfs can be mounted here: " + r.stderr.strip()
    lf._cleanup.append(lambda: subprocess.run(["umount", "-l", str(data)], check=False))
    rules = d / "rules"
    rules.mkdir()
    shutil.copy(ROOT / "tests/data/rules/every_test_event.yml", rules)
    state.update(node=Node.serve(d, f"[rules]\ndirs = {rules}\n"), data=data, reports=[], events=set())
    return None


def fill():
    """To the last block; what the node frees meanwhile is taken too."""
    with open(state["data"] / "filler", "ab", buffering=0) as f:
        for size in (1 << 20, 4096, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    f.write(b"x" * size)


def report(title):
    return need().local("POST", "/api/v1/incidents", {"title": title, "level": 1, "description": "x" * 2000})


def send(names):
    body = "".join(json.dumps({"EventID": 4624, "Channel": "Security", "Computer": s, "SubjectUserName": s, "Pad": "x" * 1000,
                               "Provider_Name": "Microsoft-Windows-Security-Auditing"}) + "\n" for s in names).encode()
    return need().post("/api/v1/events", body, headers={"Authorization": "Bearer " + state["token"],
                                                        "Content-Type": "application/x-ndjson"})


def titles():
    out, after = [], ""
    while True:
        page = need().local("GET", "/api/v1/incidents?limit=1000" + (f"&after={after}" if after else "")).json
        out += [i["title"] for i in page["items"]]
        after = page.get("next")
        if not after:
            return out


state["why"] = mount()


@promise
def refused():
    """on a full disk a report gets 507 with one clear sentence and is not kept"""
    node = need()
    made = node.local("POST", "/api/v1/tokens", {"account": "admin", "label": "full-disk", "roles": "sender"})
    assert made.status in (200, 201), made.body
    state["token"] = made.json["token"]
    for i in range(5):
        assert report(f"先 {i}").status == 201
        state["reports"].append(f"先 {i}")
    assert send(["s-before"]).status == 200
    state["events"].add("s-before")
    fill()
    said = None
    for i in range(200):  # the write-ahead log may have room of its own at first
        a = report(f"滿 {i}")
        if a.status == 201:
            state["reports"].append(f"滿 {i}")
            continue
        said = a
        state["lost"] = f"滿 {i}"
        break
    assert said is not None, "200 reports were taken on a full disk"
    assert said.status == 507, (said.status, said.body)
    text = said.json.get("detail") or said.json.get("title")
    assert text and len(text) < 400 and "\n" not in text, said.body
    have = titles()
    assert state["lost"] not in have, "what was refused is kept"
    return text


@promise
def still_there():
    """what was acknowledged before is still there, and can be read while the disk is full"""
    have = titles()
    missing = [t for t in state["reports"] if t not in have]
    assert not missing, missing
    assert need().get("/healthz", auth=False).status == 200


@promise
def logs():
    """log intake over HTTP answers 507 or 503 on a full disk"""
    need()
    for i in range(2000):
        fill()
        names = [f"s-full-{i}-{k}" for k in range(100)]
        a = send(names)
        if a.status == 200:
            state["events"].update(names)
            continue
        assert a.status in (503, 507), (a.status, a.body)
        return f"{len(state['events'])} events were acknowledged before, then {a.status}"
    raise AssertionError("no log was refused on a full disk")


@promise
def goes_on():
    """with room again it goes on by itself, and no acknowledged event or report is lost"""
    node = need()
    pids = node.workers()
    (state["data"] / "filler").unlink()
    until("reports are taken", lambda: report("後").status == 201, 30)
    state["reports"].append("後")
    until("logs are taken", lambda: send(["s-after"]).status == 200, 30)
    state["events"].add("s-after")
    missing = set(state["reports"]) - set(titles())
    assert not missing, missing

    def settled():
        have, after = set(), ""
        while True:
            page = node.local("GET", "/api/v1/alerts?limit=1000" + (f"&after={after}" if after else "")).json
            have |= {a["host"] for a in page["items"]}
            after = page.get("next")
            if not after:
                return not state["events"] - have

    until("every acknowledged event is an alert", settled, 40, 0.2)
    assert node.workers() == pids, "a worker died of it"


@promise
def told():
    """the full disk was told as an alert of its own, closed by itself when it was over"""
    node = need()

    def closed():
        mine = [a for a in node.local("GET", "/api/v1/alerts?all=1&limit=1000").json["items"]
                if a["rule"] == "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e005"]
        return mine and all(a["state"] == "closed" for a in mine)

    until("the alert", closed, 20, 0.2)


done()
