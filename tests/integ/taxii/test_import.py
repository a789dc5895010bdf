#!/usr/bin/env python3
"""`lianfang stix import` and `export`: a file becomes a collection and a file again, equal value by value."""
import json
import pathlib
import shutil
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TYPE = "application/taxii+json;version=2.1"
EXACT = dict(parse_int=lambda x: ("number", x), parse_float=lambda x: ("number", x))
node = Node.throwaway()
data = pathlib.Path(node.info["local"]).parent
work = scratch()


def stix(*words, stdin=None, where=data):
    p = subprocess.run([BIN, "stix", words[0], "--data", str(where), *map(str, words[1:])], input=stdin, capture_output=True, timeout=120)
    assert b"Sanitizer" not in p.stderr, p.stderr.decode()
    return p


def sdo(**more):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "x", **more}


def write(name, objects):
    path = work / name
    path.write_text(json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}))
    return path


def exported(collection, *words):
    p = stix("export", "--collection", collection, *words)
    assert p.returncode == 0, p.stderr
    return json.loads(p.stdout, **EXACT)


@promise
def equal():
    """what was imported is exported equal: numbers keep their text, unknown properties, versions and order stay"""
    o = sdo()
    text = ('{"type":"bundle","id":"bundle--%s","objects":[%s,%s,{"type":"x-odd","spec_version":"2.1","id":"x-odd--%s","n":[1.0,1E400,-0,'
            '123456789012345678901234567890],"t":"\\ud83d\\ude00 聯防","e":{}},{"type":"ipv4-addr","id":"ipv4-addr--%s","value":"198.51.100.3"}]}'
            % (uuid.uuid4(), json.dumps(o), json.dumps({**o, "modified": "2026-02-01T00:00:00.000Z"}), uuid.uuid4(), uuid.uuid4()))
    p = stix("import", "--collection", "rw", "--json", "-", stdin=text.encode())
    last = json.loads(p.stdout.splitlines()[-1])
    assert p.returncode == 0 and (last["objects"], last["taken"], last["refused"]) == (4, 4, 0), (p.stdout, p.stderr)
    want = json.loads(text, **EXACT)["objects"]
    got = exported("rw")
    assert got["type"] == "bundle" and got["id"].startswith("bundle--") and got["objects"] == want, got
    assert exported("rw", "--last")["objects"] == want[1:]
    assert exported("rw", "--type", "x-odd")["objects"] == want[2:3]
    assert "objects" not in exported("rw", "--type", "x-none"), "a bundle has no empty list"
    out = work / "out.json"
    assert stix("export", "--collection", node.info["collections"]["rw"], out).returncode == 0
    assert json.loads(out.read_text(), **EXACT)["objects"] == want
    assert stix("import", "--collection", "rw", "-", stdin=text.encode()).returncode == 0, "the same again is no error"
    assert exported("rw")["objects"] == want


@promise
def served():
    """what a file brought is served over TAXII from the library"""
    objects = [sdo(n=i) for i in range(2500)]
    p = stix("import", write("many.json", objects))
    assert p.returncode == 0, p.stderr
    a = node.request("GET", "/taxii2/root/collections/library/objects/?limit=1000", headers={"Accept": TYPE})
    assert a.status == 200 and a.json["objects"] == objects[:1000] and a.json["more"], a.body[:200]
    assert exported("library")["objects"] == json.loads(json.dumps(objects), **EXACT)


@promise
def refused():
    """what is no STIX is refused by itself and said; --strict imports nothing when a fault is found"""
    good, bad = sdo(), sdo(created="yesterday")
    p = stix("import", "--json", write("mixed.json", [good, bad, 5]))
    lines = [json.loads(x) for x in p.stdout.splitlines()]
    assert p.returncode == 1 and (lines[-1]["taken"], lines[-1]["refused"]) == (1, 2), (p.stdout, p.stderr)
    assert lines[0]["kind"] == "refused" and lines[0]["object"] == bad["id"] and "yesterday" in lines[0]["text"]
    p = stix("import", write("bad.json", [bad]))
    assert p.returncode == 1, p.stderr
    soft = {**sdo(), "name": 5}
    before = exported("library")["objects"]
    p = stix("import", "--strict", write("soft.json", [sdo(), soft]))
    assert p.returncode == 1 and b"--strict" in p.stderr and exported("library")["objects"] == before, p.stderr
    assert stix("import", write("soft.json", [soft])).returncode == 0, "without it a fault of the letter is passed on"


@promise
def unusable():
    """no node, no such collection, no JSON, no file: exit 2 and a sentence, and no file left behind"""
    path, out = write("one.json", [sdo()]), work / "none.json"
    (work / "broken.json").write_text("{")
    rows = [("import", path, {"where": work}), ("import", "--collection", "nothing", path, {}), ("import", work / "broken.json", {}),
            ("import", work / "absent.json", {}), ("import", {}), ("import", "--what", path, {}), ("export", "--collection", "nothing", out, {}),
            ("export", out, {"where": work}), ("export", "--collection", "wo", out, {}), ("export", "a", "b", {})]
    for *words, kw in rows:
        p = stix(*words, **kw)
        assert p.returncode == 2 and p.stderr.strip(), (words, p)
    assert not out.exists()


@promise
def attack():
    """ATT&CK Enterprise goes in and comes out equal"""
    packed = ROOT / "../shared/data/attack-enterprise.stix.json.zst"
    if not packed.exists() or not shutil.which("zstd"):
        raise Skip("the data or zstd is not here")
    path, out = work / "attack.json", work / "back.json"
    with open(path, "wb") as f:
        subprocess.run(["zstd", "-dqc", packed], stdout=f, check=True)
    began = time.monotonic()
    p = stix("import", "--collection", "ro", path)
    assert p.returncode == 2, "this node's ro takes nothing"
    p = stix("import", "--collection", "library", "--json", path)
    last = json.loads(p.stdout.splitlines()[-1])
    assert p.returncode == 0 and last["taken"] == last["objects"] > 20000, p.stdout[-300:]
    assert stix("export", out).returncode == 0
    took = time.monotonic() - began
    want = json.loads(path.read_text(), **EXACT)["objects"]
    assert json.loads(out.read_text(), **EXACT)["objects"][-len(want):] == want
    return f"{len(want)} objects in {took:.1f} s"


node.close()
done()
