#!/usr/bin/env python3
"""A second factor that is lost: recovery codes, and who takes it off."""
import base64
import hashlib
import hmac
import pathlib
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
PASSWORD = "a long enough one"
for name, roles in (("ann", "analyst"), ("boss", "admin")):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD}).status == 201


def totp(secret, later=0):
    """RFC 6238."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def sign_in(user, code=""):
    return node.post("/api/v1/session", {"user": user, "password": PASSWORD, "totp": code}, auth=False)


def session(user, code=""):
    r = sign_in(user, code)
    assert r.status == 201, r.body
    return {"Cookie": r.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": r.json["csrf"]}


def ask(who, path, body):
    return node.request("POST", path, body, headers=who, auth=False)


def enrolled(user):
    """A second factor that is on, and its recovery codes; a code of the authenticator is left for one more use."""
    who = session(user)
    secret = ask(who, "/api/v1/me/totp", {}).json["secret"]
    until("a step has begun", lambda: time.time() % 30 < 20, 15)
    assert ask(who, "/api/v1/me/totp", {"code": totp(secret, -1)}).status == 204
    r = ask(who, "/api/v1/me/recovery-codes", {"code": totp(secret)})
    assert r.status == 200 and len(set(r.json["codes"])) == 10, r.body
    return who, secret, r.json["codes"]


def trail():
    return [(e["action"], e.get("subject")) for e in node.local("GET", "/api/v1/audit?limit=200").json["items"]]


@promise
def codes():
    """a recovery code lets in once over a kill -9, is counted, and proves what the authenticator would; wrong and used ones do not"""
    global node
    who, secret, made = enrolled("ann")
    for code in ("", "000000", "AAAA-AAAA-AAAA-AAAA", made[0][:-1], totp(secret)):
        assert sign_in("ann", code).status == 401, code
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    inside = session("ann", made[0].lower().replace("-", " "))
    assert sign_in("ann", made[0]).status == 401
    assert node.request("GET", "/api/v1/me", headers=inside, auth=False).json["recovery_codes"] == 9
    assert ask(inside, "/api/v1/me/totp-off", {"code": made[0]}).status == 422
    assert ask(inside, "/api/v1/me/totp-off", {"code": made[1]}).status == 204
    assert sign_in("ann", made[2]).status == 201 and sign_in("ann").status == 201  # nothing is asked for any more
    actions = [a for a, _ in trail()]
    assert actions.count("account.recovery_used") == 2 and "account.recovery_made" in actions and "account.totp_off" in actions, actions


@promise
def taken_off():
    """an administrator or the node's own machine takes off what somebody lost, by name; nobody else, and one's own only by a code"""
    who, secret, made = enrolled("ann")
    boss, _, codes = enrolled("boss")
    ann = next(u["id"] for u in node.local("GET", "/api/v1/users").json["items"] if u["name"] == "ann")
    assert ask(who, "/api/v1/users/boss/totp-off", {}).status == 403
    assert ask(boss, "/api/v1/users/boss/totp-off", {}).status == 422
    assert ask(boss, f"/api/v1/users/{ann}/totp-off", {}).status == 204 and sign_in("ann").status == 201
    assert ask(boss, f"/api/v1/users/{ann}/totp-off", {}).status == 409
    assert sign_in("boss").status == 401
    r = subprocess.run([BIN, "user", "totp-off", "--data", node.directory / "data", "boss"], capture_output=True, text=True, timeout=60)
    assert r.returncode == 0 and sign_in("boss").status == 201, r


done()
