#!/usr/bin/env python3
"""Stored objects as people and programs find them: API, command line and console of a real node."""
import pathlib
import sys
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
node = Node.throwaway()


def account(name, roles):
    a = node.local("POST", "/api/v1/users", {"name": name, "password": "correct horse battery", "roles": roles})
    a = node.local("POST", "/api/v1/tokens", {"account": a.json["id"], "label": name, "roles": roles})
    return {"Authorization": "Bearer " + a.json["token"]}


viewer, program = account("viewer", "reader"), account("program", "share")


def made(type, **more):
    return {"type": type, "spec_version": "2.1", "id": f"{type}--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", **more}


def post(*objects):
    a = node.post(f"/taxii2/root/collections/{node.info['collections']['rw']}/objects/", {"objects": list(objects)},
                  headers={"Accept": TAXII, "Content-Type": TAXII})
    assert a.status == 202 and a.json["success_count"] == len(objects), a.body


def find(headers=None, **query):
    """All ids of a question, page by page."""
    out, query = [], {"limit": 2, **query}
    while True:
        a = node.get("/api/v1/objects?" + urllib.parse.urlencode(query), headers=headers)
        assert a.status == 200, a.body
        out += [i["id"] for i in a.json["items"]]
        if "next" not in a.json:
            return out
        query["after"] = a.json["next"]


def shell(*argv):
    r = subprocess.run([BIN, "object", argv[0], "--data", str(pathlib.Path(node.info["local"]).parent), *argv[1:]],
                       capture_output=True, text=True, timeout=30)
    return r.returncode, r.stdout, r.stderr


group = made("intrusion-set", name="Quiet Heron", aliases=["HERON-7"])
way = made("attack-pattern", name="Phishing", external_references=[{"source_name": "mitre-attack", "external_id": "T1566.002"}])
mark = made("indicator", name="beacon", pattern="[domain-name:value = 'c2.heron.example']", pattern_type="stix",
            valid_from="2026-01-01T00:00:00Z")
secret = made("malware", name="Whisper", is_family=True, object_marking_refs=[RED])
uses = made("relationship", relationship_type="uses", source_ref=group["id"], target_ref=way["id"])
hides = made("relationship", relationship_type="uses", source_ref=group["id"], target_ref=secret["id"])


@promise
def found_at_once():
    """what was posted is found by the next request, by value, name, words, type and technique"""
    post(group, way, mark, secret, uses, hides)
    assert find(value="c2[.]heron.example") == [mark["id"]]
    assert find(name="heron") == [group["id"]] and find(q="heron-7") == [group["id"]]
    assert sorted(find(q="heron")) == sorted([group["id"], mark["id"]])
    assert find(type="malware") == [secret["id"]]
    assert sorted(find(technique="T1566")) == sorted([way["id"], uses["id"]])
    assert find(ref=way["id"]) == [uses["id"]]
    assert find(q="nothing has this") == []


@promise
def as_if_it_were_not_there():
    """a reader who may not have an object finds, counts and reaches nothing of it"""
    assert find(viewer, type="malware") == [] and find(viewer, q="Whisper") == []
    assert find(viewer, name="heron") == [group["id"]]
    there = node.get("/api/v1/objects/" + secret["id"], headers=viewer)
    never = node.get("/api/v1/objects/malware--" + str(uuid.uuid4()), headers=viewer)
    assert there.status == never.status == 404
    g = node.get(f"/api/v1/objects/{group['id']}/graph?depth=2", headers=viewer).json
    assert [n["id"] for n in g["nodes"]] == [group["id"], way["id"]] and len(g["edges"]) == 1 and g["cut"] is False, g
    g = node.get(f"/api/v1/objects/{group['id']}/graph").json
    assert {n["id"] for n in g["nodes"]} == {group["id"], way["id"], secret["id"]} and len(g["edges"]) == 2, g


@promise
def who_may_ask():
    """nobody is asked to sign in, a program has TAXII and no business here, and bad questions are refused"""
    assert node.get("/api/v1/objects", auth=False).status == 401
    assert node.get("/api/v1/objects", headers=program).status == 403
    for bad in ("type=No+Type", "marking=blue", "ref=x", "after=zz", "limit=0", "from=yesterdayish", "value=" + "x" * 600):
        assert node.get("/api/v1/objects?" + bad).status == 400, bad
    assert node.get(f"/api/v1/objects/{group['id']}/graph?depth=9").status == 400
    assert node.get("/api/v1/objects?collection=nosuch").status == 404


@promise
def history():
    """an object tells its versions, when each came and who brought it"""
    post({**group, "modified": "2026-02-01T00:00:00.000Z", "name": "Loud Heron"})
    a = node.get("/api/v1/objects/" + group["id"]).json
    assert a["object"]["name"] == "Loud Heron" and [v["version"][:10] for v in a["versions"]] == ["2026-02-01", "2026-01-01"]
    assert all(v["by"] and v["collection"] == node.info["collections"]["rw"] for v in a["versions"]), a["versions"]
    assert find(name="quiet") == [] and find(name="loud") == [group["id"]]


def graded(id, headers=None):
    return node.get("/api/v1/objects/" + id, headers=headers).json.get("grade", {}).get("grade")


@promise
def grades():
    """people grade a source and an object (A-F, 1-6): it is kept, found by, and moves the confidence; a program may not"""
    source = made("identity", name="Rumour Mill", identity_class="organization")
    said = [made("indicator", pattern=f"[domain-name:value = 'mill{i}.example']", pattern_type="stix", created_by_ref=source["id"],
                 valid_from="2026-01-01T00:00:00Z", confidence=60) for i in range(2)]
    post(source, *said)
    sure = lambda o: node.get("/api/v1/indicators/" + o["id"]).json["confidence"]
    assert sure(said[0]) == 60 and find(grade="B") == []
    assert node.request("PUT", f"/api/v1/objects/{source['id']}/grade", {"grade": "b", "note": "ten years of good reports"}).status == 204
    assert graded(said[0]["id"]) == "B" and sure(said[0]) == sure(said[1]) == 65
    assert sorted(find(grade="B")) == sorted(o["id"] for o in [source, *said])
    assert node.request("PUT", f"/api/v1/objects/{said[0]['id']}/grade", {"grade": "E4"}).status == 204
    assert graded(said[0]["id"]) == "E4" and sure(said[0]) == 30 - 25 and sure(said[1]) == 65
    assert find(grade="E4") == find(grade="4") == [said[0]["id"]] and find(grade="B4") == [said[0]["id"]]
    for bad in ("G", "7", "B7", "2B", "", "B 2"):
        assert node.request("PUT", f"/api/v1/objects/{said[0]['id']}/grade", {"grade": bad}).status == 400, bad
    assert node.request("PUT", f"/api/v1/objects/{source['id']}/grade", {"grade": "A1"}).status == 400, "a source has no digit"
    assert node.request("PUT", f"/api/v1/objects/{said[0]['id']}/grade", {"grade": "A1"}, headers=viewer).status == 403
    assert node.request("PUT", f"/api/v1/objects/tool--{uuid.uuid4()}/grade", {"grade": "A1"}).status == 404
    assert node.get("/api/v1/objects?grade=Z").status == 400
    assert node.request("DELETE", f"/api/v1/objects/{said[0]['id']}/grade").status == 204 and graded(said[0]["id"]) == "B"
    rc, out, err = shell("grade", "--note", "seen twice", said[1]["id"], "2")
    assert rc == 0 and graded(said[1]["id"]) == "B2" and sure(said[1]) == 75, (rc, out, err)
    assert shell("grade", said[1]["id"], "-")[0] == 0 and shell("grade", said[1]["id"], "X9")[0] == 2


@promise
def feedback():
    """opinions and sightings that are handed in move an indicator's confidence, one voice an account, and a revoked or deleted one none"""
    said = made("indicator", pattern="[domain-name:value = 'doubt.example']", pattern_type="stix",
                valid_from="2026-01-01T00:00:00Z", confidence=60)
    post(said)
    sure = lambda: node.get("/api/v1/indicators/" + said["id"]).json["confidence"]
    opinion = lambda word, **more: made("opinion", opinion=word, object_refs=[said["id"]], **more)
    first = opinion("strongly-disagree")
    post(first)
    assert sure() == 45
    post(opinion("disagree"), opinion("strongly-disagree"))
    assert sure() == 45, "one account has one voice"
    post(opinion("agree", **{"modified": "2026-03-01T00:00:00.000Z"}))
    assert sure() == 65, "its last word counts"
    post(made("sighting", sighting_of_ref=said["id"], count=3, last_seen="2026-02-01T00:00:00Z"))
    assert sure() == 70
    post(opinion("neutral", **{"modified": "2026-04-01T00:00:00.000Z"}))
    assert sure() == 65
    last = opinion("strongly-disagree", **{"modified": "2026-05-01T00:00:00.000Z"})
    post(last, {**last, "modified": "2026-05-02T00:00:00.000Z"})
    assert sure() == 50
    gone = lambda query="": node.request("DELETE", f"/taxii2/root/collections/{node.info['collections']['rw']}/objects/{last['id']}/{query}", headers={"Accept": TAXII})
    assert gone("?match[version]=first").status == 200 and sure() == 50, "a version of it stands"
    assert gone().status == 200 and sure() == 65, "what is gone is no voice"


@promise
def every_change():
    """an object's history has each version, grade and deletion with who and when; of what is gone only auditors have it"""
    thing = made("malware", name="Rewritten", is_family=False)
    post(thing)
    post({**thing, "modified": "2026-02-01T00:00:00.000Z", "name": "Rewritten again"})
    assert node.request("PUT", f"/api/v1/objects/{thing['id']}/grade", {"grade": "2"}).status == 204
    path = f"/api/v1/objects/{thing['id']}/history"
    items = node.get(path).json["items"]
    assert [i["what"] for i in items] == ["grade.set", "object.version", "object.version"] and all(i["by"] and i["at"] for i in items), items
    assert [i.get("version", "")[:10] for i in items] == ["", "2026-02-01", "2026-01-01"]
    assert "detail" in items[0] and "detail" not in node.get(path, headers=viewer).json["items"][0]
    rc, out, err = shell("history", thing["id"])
    assert rc == 0 and len(out.splitlines()) == 3 and out.split("\t")[1] == "grade.set", (rc, out, err)
    a = node.request("DELETE", f"/taxii2/root/collections/{node.info['collections']['rw']}/objects/{thing['id']}/", headers={"Accept": TAXII})
    assert a.status == 200, a.body
    assert node.get(path).json["items"][0]["what"] == "taxii.delete" and node.get(path, headers=viewer).status == 404
    assert node.get(f"/api/v1/objects/{secret['id']}/history", headers=viewer).status == 404


@promise
def long_history():
    """of an object with hundreds of versions the last hundred are told, and those before them when asked"""
    thing = made("tool", name="v0")
    post(*[{**thing, "modified": f"2026-01-01T{i // 60:02}:{i % 60:02}:00.000Z", "name": f"v{i}"} for i in range(250)])
    a = node.get("/api/v1/objects/" + thing["id"]).json
    assert a["object"]["name"] == "v249" and len(a["versions"]) == 100 and a["more"] is True
    seen = [v["version"] for v in a["versions"]]
    while a.get("more"):
        a = node.get(f"/api/v1/objects/{thing['id']}?before={seen[-1]}").json
        seen += [v["version"] for v in a["versions"]]
    assert len(seen) == 250 and seen == sorted(seen, reverse=True) and a["object"]["name"] == "v49"


@promise
def command_line():
    """lianfang object search, show and graph say the same, and exit 0 found, 1 nothing, 2 bad usage"""
    rc, out, err = shell("search", "--name", "loud heron")
    assert rc == 0 and out.split("\t")[0] == group["id"] and out.rstrip().endswith("Loud Heron"), (rc, out, err)
    assert shell("search", "nothing", "has", "this")[0] == 1
    assert shell("search", "--type", "No Type")[0] == 2
    rc, out, err = shell("show", group["id"])
    assert rc == 0 and json.loads(out)["object"]["id"] == group["id"], (rc, out, err)
    assert shell("show", "tool--" + str(uuid.uuid4()))[0] == 1
    rc, out, err = shell("graph", "--depth", "2", group["id"])  # whoever sits at the machine is no recipient of RED
    assert rc == 0 and [n["id"] for n in json.loads(out)["nodes"]] == [group["id"], way["id"]], (rc, out, err)
    rc, out, err = shell("search", "--limit", "1")
    assert rc == 0 and out.count("\n") == 1 and err.startswith("more: --after "), (rc, out, err)


@promise
def many():
    """of thousands posted at once each is found, and pages lose and repeat none"""
    all = [made("tool", name=f"crowd n{i}") for i in range(6000)]
    post(*all)
    assert find(name="n4711") == [all[4711]["id"]]
    got = find(q="crowd", limit=1000)
    assert len(got) == 6000 and set(got) == {o["id"] for o in all}
    assert got[0] == all[-1]["id"], "the newest comes first"


done()
