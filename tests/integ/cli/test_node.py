#!/usr/bin/env python3
"""What a running node is asked and told by the command line, as by its API."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.throwaway()
DATA = str(pathlib.Path(node.info["local"]).parent)


def run(noun, verb, *words, code=0, json=False):
    r = subprocess.run([BIN, noun, verb, "--data", DATA, *(["--json"] if json else []), *map(str, words)],
                       capture_output=True, text=True, timeout=30)
    assert r.returncode == code, (noun, verb, words, r.returncode, r.stdout, r.stderr)
    return r.stdout if code == 0 else r.stderr


def lines(noun, *words):
    return [x.split("\t") for x in run(noun, "list", *words).splitlines()]


@promise
def collections():
    """collections by the command line: made, listed, changed in part and removed; TAXII goes by it at once"""
    made = run("collection", "add", "energy", "share", "share", "Energy").strip()
    assert ["energy", "Energy", "share", "share", made] in lines("collection")
    assert json.loads(run("collection", "show", "energy"))["id"] == made
    taxii = lambda: node.get(f"/taxii2/root/collections/{made}/", headers={"Accept": "application/taxii+json;version=2.1"})
    assert taxii().json["can_write"] is True
    assert run("collection", "set", "energy", "share", "").startswith("energy\tEnergy\tshare")
    assert taxii().json == {**taxii().json, "title": "Energy", "can_read": True, "can_write": False}
    assert run("collection", "remove", "energy") == "" and taxii().status == 404
    assert run("collection", "show", "energy", code=1).count("\n") == 1
    assert "a word is missing" in run("collection", "set", "energy", code=2)


@promise
def watched():
    """assets and what is said of devices by the command line: set, listed, taken from a file, removed"""
    run("asset", "set", "hmi-1", "192.0.2.7 198.51.100.0/24", "plant", 5, "turbine")
    row = next(x for x in lines("asset") if x[0] == "hmi-1")
    assert json.loads(row[1]) == ["192.0.2.7", "198.51.100.0/24"] and row[2:] == ["plant", "5", "turbine"], row
    table = pathlib.Path(scratch()) / "assets.csv"
    table.write_text("name,addresses,owner,weight,note\nplc-9,192.0.2.9,plant,4,\n")
    run("asset", "import", table)
    assert json.loads(run("asset", "show", "plc-9"))["weight"] == 4
    run("asset", "remove", "plc-9")
    run("asset", "show", "plc-9", code=1)
    run("device", "set", "fw-1", "Firewall", "firewall", "net", "north", "15m")
    said = json.loads(run("device", "show", "fw-1"))
    assert (said["title"], said["kind"], said["owner"], said["site"], said["quiet_after_s"]) == ("Firewall", "firewall", "net", "north", 900), said
    run("device", "remove", "fw-1")
    run("device", "show", "fw-1", code=1)


@promise
def rules():
    """what is decided about a rule by the command line: its state, and at which host it raises nothing, until that is ended"""
    rule = "7d5f0000-0000-4000-8000-000000000001"
    run("tuning", "set", rule, "too many", "test", 30)
    assert next(x for x in lines("tuning") if x[0] == rule)[1] == "test"
    run("tuning", "clear", rule)
    assert not [x for x in lines("tuning") if x[0] == rule]
    run("exclusion", "set", rule, "a scanner of ours", "scan-1", 7)
    assert [x[:2] for x in lines("exclusion") if x[0] == rule] == [[rule, "scan-1"]]
    run("exclusion", "end", rule, "scan-1")
    assert '"in_force":true' not in run("exclusion", "list", json=True)
    run("exclusion", "proposed")


@promise
def digests():
    """digests by the command line: set up for an account, listed, ended"""
    made = run("digest", "add", "admin", "desk@example.org", "week", 9, "en").strip()
    row = next(x for x in lines("digest") if x[-1] == made)
    assert row[0] == "desk@example.org" and row[2:4] == ["week", "9"], row
    assert json.loads(run("digest", "show", made))["language"] == "en"
    run("digest", "remove", made)
    run("digest", "show", made, code=1)


done()
