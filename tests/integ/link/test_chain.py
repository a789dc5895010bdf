#!/usr/bin/env python3
"""The parent countersigns the head of a child's audit trail each minute: who rewrites the trail is found out."""
import json
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

d = scratch()
parent, child = Node.serve(scratch(), tier="sector"), Node.serve(d)
token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")


def row():
    return parent.local("GET", "/api/v1/peers").json["items"][0]


def restart():
    """The child comes back; a start shows the head of its trail."""
    global child
    if child.process.poll() is None:
        assert child.close() == 0
    child = Node.serve(d)


def rewrite(statement, *args):
    """What an administrator of the child can do: its database, while it is down, the hashes made to fit again."""
    global child
    assert child.close() == 0
    db = sqlite3.connect(d / "data/core/node.db")
    db.execute(statement, args)
    prev, seq = b"\0" * 32, 0
    import hashlib
    import struct
    for n, time_, *texts in db.execute("SELECT seq, time, account, org, action, subject, detail FROM audit ORDER BY seq").fetchall():
        seq += 1
        h = prev + struct.pack(">QQ", seq, time_) + b"".join(struct.pack(">I", len(t.encode())) + t.encode() for t in texts)
        now = hashlib.sha256(h).digest()
        db.execute("UPDATE audit SET prev = ?, hash = ?, seq = ? WHERE seq = ?", (prev, now, seq, n))
        prev = now
    db.commit()
    db.close()
    child = Node.serve(d)


def heads():
    return parent.local("GET", f"/api/v1/peers/{row()['id']}/chain").json["heads"]


def verify(**body):
    return child.local("POST", "/api/v1/audit/verify", body)


@promise
def countersigned():
    """the head is countersigned with the parent's time and the skew, both sides have it, and the trail fits"""
    c = until("it is countersigned", lambda: row().get("chain"))
    assert c["seq"] > 0 and abs(c["skew_ms"]) < 2000 and "broken" not in c, c
    own = until("the child has it", lambda: child.local("GET", "/api/v1/parent").json.get("chain"))
    assert own["seq"] == c["seq"], (own, c)
    v = verify(heads=heads())
    assert v.status == 200 and v.json["heads"] >= 2 and v.json["entries"] >= c["seq"], v.body
    h = heads()[-1]
    assert set(h) == {"child", "hash", "node", "seq", "signature", "skew_ms", "time"}, h
    return f"entry {c['seq']}, skew {c['skew_ms']} ms"


@promise
def grows():
    """a trail that grew fits: what was signed before is shown again and is signed anew"""
    before = row()["chain"]["seq"]
    assert child.local("POST", "/api/v1/tokens", {"account": "admin", "label": "x", "roles": "sender"}).status in (200, 201)
    restart()
    until("the new head is countersigned", lambda: row()["chain"]["seq"] > before)
    assert "broken" not in row()["chain"]


@promise
def forged():
    """heads that the parent did not sign, or for another node, prove nothing and are refused"""
    h = heads()
    other = dict(h[-1], hash="0" * 64)
    assert verify(heads=[other]).status == 401, verify(heads=[other]).body
    assert verify(heads=[dict(h[-1], child="identity--00000000-0000-4000-8000-000000000001")]).status == 400
    assert verify(heads={"a": 1}).status == 400
    assert verify(heads=json.dumps(h)).status == 200


@promise
def rewritten():
    """an administrator of the child who rewrites what was countersigned, all hashes made to fit, is found out by the parent and by the check"""
    shown = heads()
    rewrite("UPDATE audit SET detail = '{}', account = 'nobody' WHERE seq = 2")
    # The trail by itself is whole; only what the parent signed tells.
    v = until("it is told", lambda: (lambda a: a if a.status == 409 else None)(verify(heads=shown)))
    assert "countersigned" in v.json["detail"], v.body
    why = until("the parent knows", lambda: row()["chain"].get("broken"), 20)
    assert "not the one that was countersigned" in why, why
    assert "lianfang_members_chain_broken 1" in parent.local("GET", "/metrics").body.decode()
    assert any(a["action"] == "peer.chain" for a in parent.local("GET", "/api/v1/audit").json["items"])
    (d / "heads.json").write_text(json.dumps({"heads": shown}))
    r = subprocess.run([BIN, "audit", "verify", "--data", d / "data", d / "heads.json"], capture_output=True, text=True)
    assert r.returncode == 1 and "countersigned" in r.stderr, r
    assert child.local("GET", "/api/v1/parent").json["failures"] == 0, "the link itself goes on"


@promise
def accepted():
    """nothing is countersigned until an administrator of the parent accepts the trail as it is, which is audited"""
    peer = row()["id"]
    restart()
    time.sleep(0.5)
    assert row()["chain"]["broken"]
    assert parent.local("POST", f"/api/v1/peers/{peer}/chain/accept", {}).status == 204
    assert parent.local("POST", f"/api/v1/peers/{peer}/chain/accept", {}).status == 409
    restart()
    until("countersigned again", lambda: row().get("chain", {}).get("seq") and "broken" not in row()["chain"], 20)
    assert any(a["action"] == "peer.chain_accept" for a in parent.local("GET", "/api/v1/audit").json["items"])


@promise
def cut():
    """a trail whose end was cut off is found out"""
    last = row()["chain"]["seq"]
    rewrite("DELETE FROM audit WHERE seq > ?", last - 3)
    why = until("the parent knows", lambda: row()["chain"].get("broken"), 20)
    assert "gone" in why or "ends at entry" in why or "not the one" in why, why
    return why


done()
