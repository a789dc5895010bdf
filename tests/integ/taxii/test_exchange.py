#!/usr/bin/env python3
"""`lianfang stix import|export|convert --format`: between a node and what others write."""
import json
import re
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

ROOT = pathlib.Path(__file__).resolve().parents[3]
EVENT = ROOT / "tests/data/exchange/misp-event.json"
node = Node.throwaway()
data = pathlib.Path(node.info["local"]).parent
work = scratch()


def stix(*words, stdin=None):
    words = [str(w) for w in words]
    where = ["--data", str(data)] if words[0] in ("import", "export") else []
    p = subprocess.run([BIN, "stix", words[0], *where, *words[1:]], input=stdin, capture_output=True, timeout=120)
    assert b"Sanitizer" not in p.stderr, p.stderr.decode()
    return p


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def attributes(doc):
    out = {}
    for e in doc["response"]:
        for a in e["Event"].get("Attribute", []):
            out[a["uuid"]] = a
        for o in e["Event"].get("Object", []):
            for a in o["Attribute"]:
                out[a["uuid"]] = a
    return out


@promise
def misp_through_a_node():
    """a MISP event goes into a node and comes out of it with every attribute as it was; STIX in between is strict"""
    p = stix("import", "--collection", "rw", "--format", "misp", "--losses", work / "losses", "--json", EVENT)
    assert p.returncode == 0, (p.stdout, p.stderr)
    last = lines(p.stdout)[-1]
    assert last["taken"] == last["objects"] > 50 and last["faults"] == last["refused"] == 0, last
    assert last["lost"] == len(lines((work / "losses").read_bytes())) > 0
    bundle = work / "out.json"
    assert stix("export", "--collection", "rw", bundle).returncode == 0
    assert stix("check", bundle).returncode == 0
    p = stix("export", "--collection", "rw", "--format", "misp")
    assert p.returncode == 0, p.stderr
    was, now = attributes(json.loads(EVENT.read_text())), attributes(json.loads(p.stdout))
    assert was.keys() == now.keys(), was.keys() ^ now.keys()
    for uuid, a in was.items():
        for key in ("type", "category", "value", "to_ids", "comment", "object_relation", "timestamp"):
            if key in a and a["value"] != "TCP":
                assert now[uuid].get(key) == a[key], (key, a, now[uuid])


@promise
def dry():
    """a dry run asks no node, prints each object that would be made, and tells each loss with its place"""
    p = subprocess.run([BIN, "stix", "import", "--data", "/nowhere", "--format", "auto", "--dry-run", str(EVENT)], capture_output=True, timeout=60)
    assert p.returncode == 0, p.stderr
    made = lines(p.stdout)
    assert {o["type"] for o in made} >= {"indicator", "observed-data", "report", "identity", "sighting", "note"}
    losses = [json.loads(x) for x in p.stderr.splitlines() if x.startswith(b"{")]
    assert {"Event[0].RelatedEvent", "Event[0].Attribute[20].to_ids"} <= {x["where"] for x in losses}, losses
    assert all(x["kind"] == "lost" and x["text"] for x in losses)


@promise
def again():
    """the same file gives the same objects, and once more into the node they are none new"""
    one, two = stix("convert", EVENT), stix("convert", "--from", "misp", EVENT)
    assert one.returncode == two.returncode == 0 and one.stdout == two.stdout
    p = stix("import", "--collection", "rw", "--format", "misp", "--json", EVENT)
    assert p.returncode == 0 and lines(p.stdout)[-1]["refused"] == 0, p.stdout
    before = json.loads(stix("export", "--collection", "rw").stdout)["objects"]
    assert len(before) == len(json.loads(one.stdout)["objects"])


@promise
def through_the_api():
    """the API takes a file into a collection and gives one out, dry runs leave nothing, and what is no such file is refused"""
    text = EVENT.read_text()
    a = node.request("POST", "/api/v1/exchange/import", {"format": "auto", "text": text, "collection": "library", "dry_run": True})
    assert a.status == 200 and a.json["format"] == "misp" and len(a.json["made"]) == a.json["objects"] > 50, a.body[:300]
    assert a.json["lost"] == len(a.json["losses"]) > 0 and "taken" not in a.json
    assert "objects" not in json.loads(stix("export", "--collection", "library").stdout)
    a = node.request("POST", "/api/v1/exchange/import", {"format": "misp", "text": text})
    assert a.status == 200 and a.json["taken"] == a.json["objects"] and a.json["refused"] == [], a.body[:300]
    a = node.request("GET", "/api/v1/exchange/export?format=misp&collection=library")
    assert a.status == 200 and attributes(json.loads(a.json["text"])).keys() == attributes(json.loads(text)).keys()
    a = node.request("GET", "/api/v1/exchange/export?format=rpz")
    assert a.status == 200 and "login.evil.example CNAME .\n" in a.json["text"] and a.json["lost"] > 0
    for body, status in (({"format": "misp", "text": "{"}, 400), ({"format": "nosuch", "text": "x"}, 400), ({"format": "misp"}, 400),
                         ({"format": "misp", "text": text, "collection": "nosuch"}, 404)):
        a = node.request("POST", "/api/v1/exchange/import", body)
        assert a.status == status, (body, a.status, a.body)
    assert node.request("GET", "/api/v1/exchange/export?format=misp&collection=members").status in (200, 403)


@promise
def small_files_that_become_large():
    """what a file becomes has a size limit of its own, and the answer is whole however long the places of losses are"""
    rows = "value\n" + "".join(f"h{i}.example\n" for i in range(200))
    for dry in (True, False):
        a = node.request("POST", "/api/v1/exchange/import", {"format": "csv", "text": rows, "dry_run": dry, "mapping": 'value = value\ndescription = "' + "d" * 500000 + '"\n'})
        assert a.status == 413 and b"64 MiB of objects" in a.body, (a.status, a.body[:300])
    at = "2018-01-01T00:00:00.000Z"
    inner = {"type": "process"} | {f"{i:04}" + "k" * 8300 + "_ref": "n" for i in range(100)}
    observed = {"type": "observed-data", "id": "observed-data--5a1b2c3d-0000-4aaa-8bbb-000000000002", "created": at, "modified": at,
                "first_observed": at, "last_observed": at, "number_observed": 1, "objects": {"0": inner}}
    text = json.dumps({"type": "bundle", "id": "bundle--5a1b2c3d-0000-4aaa-8bbb-000000000001", "spec_version": "2.0", "objects": [observed]}, separators=(",", ":"))
    a = node.request("POST", "/api/v1/exchange/import", {"format": "stix20", "text": text, "dry_run": True})
    losses = [x for x in a.json["losses"] if x["text"] == "it refers to nothing that is there"] if a.status == 200 else []
    assert len(losses) == 100 and a.json["lost"] == len(a.json["losses"]), (a.status, a.json.get("lost"), len(losses))
    assert max(len(x["where"]) for x in a.json["losses"]) < 1000


@promise
def not_of_that_format():
    """a file that is not of the format said is refused with one line and exit 2, as is a format that is none"""
    for words, part in ((["import", "--format", "misp", "-"], "MISP"), (["convert", "--from", "nosuch", "-"], "no format"),
                        (["convert", "-"], "say one of"), (["export", "--format", "nosuch"], "no format")):
        p = stix(*words, stdin=b'{"a":')
        assert p.returncode == 2 and part in p.stderr.decode(), (words, p.returncode, p.stderr)



@promise
def previewed():
    """a file that was previewed in the console is taken without choosing it again, once, by who previewed it and no other"""
    def form(parts, auth=None):
        bound = "b0undary"
        body = b"".join(f'--{bound}\r\nContent-Disposition: form-data; name="{k}"{f}\r\n\r\n{v}\r\n'.encode() for k, v, f in parts) + f"--{bound}--\r\n".encode()
        h = {"Content-Type": f"multipart/form-data; boundary={bound}", "Accept": "text/html"}
        return node.request("POST", "/exchange?lang=en", body, headers={**h, **(auth or {})})

    wanted = [("format", "list", ""), ("collection", "library", ""), ("tlp", "green", ""), ("mapping", "", "")]
    a = form(wanted + [("act", "preview", ""), ("file", "kept-once.example\n", '; filename="k.txt"')])
    assert a.status == 200 and b"Take the previewed file" in a.body, (a.status, a.body[:500])
    kept = re.search(rb'name="kept" value="([0-9a-f-]{36})"', a.body).group(1).decode()
    taking = wanted + [("kept", kept, ""), ("act", "take", "")]
    other = node.local("POST", "/api/v1/users", {"name": "kept-other", "roles": "analyst", "password": "correct horse 9 battery"})
    assert other.status == 201, other.body
    token = node.local("POST", "/api/v1/tokens", {"account": "kept-other", "label": "t", "roles": "analyst"}).json["token"]
    a = form(taking, {"Authorization": "Bearer " + token})
    assert a.status == 400 and b"not kept any more" in a.body, (a.status, a.body[:500])
    a = form(taking)
    assert a.status == 200 and b"k.txt" in a.body, (a.status, a.body[:500])
    assert b"kept-once.example" in node.request("GET", "/api/v1/exchange/export?format=list&collection=library").body
    a = form(taking)
    assert a.status == 400 and b"not kept any more" in a.body, (a.status, a.body[:500])


node.close()
done()
