"""Two nodes over real TLS: a token, a pinned link, a report up and its receipt down."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

parent = lf.Node.serve(lf.scratch(), tier="sector")
child = lf.Node.serve(lf.scratch(), tier="provider")


@lf.promise
def a_child_joins_with_a_token_and_the_link_is_active():
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    lf.until("active", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")
    peers = parent.local("GET", "/api/v1/peers").json["items"]
    assert [(p["kind"], p["state"], p["tier"]) for p in peers] == [("child", "active", "provider")], peers


@lf.promise
def a_report_is_with_the_parent_and_its_signed_receipt_back_at_once():
    began = time.monotonic()
    made = child.local("POST", "/api/v1/incidents", {"title": "測試通報", "level": 3})
    assert made.status == 201, made.body
    path = "/api/v1/incidents/" + made.json["id"]
    lf.until("the parent has it", lambda: parent.local("GET", path).status == 200)
    up = time.monotonic() - began
    lf.until("the receipt", lambda: child.local("GET", path + "/receipt").status == 200)
    link = child.local("GET", "/api/v1/parent").json
    assert link["outbox"] == 0 and link["failures"] == 0, link
    return f"up in {up * 1000:.0f} ms, receipt after {(time.monotonic() - began) * 1000:.0f} ms"


@lf.promise
def both_know_which_protocol_the_other_speaks_and_how_far_it_has_read():
    def child_row():
        return parent.local("GET", "/api/v1/peers").json["items"][0]
    lf.until("the protocol", lambda: child_row().get("protocol") == 3 and child.local("GET", "/api/v1/parent").json.get("protocol") == 3)
    lf.until("it has read all", lambda: child_row()["lag_s"] == 0)
    metrics = parent.local("GET", "/metrics").body.decode()
    assert "lianfang_members_lag_seconds 0" in metrics and "lianfang_link_outbox 0" in metrics, metrics[:2000]


@lf.promise
def a_suspended_child_is_kept_out_and_loses_nothing_when_resumed():
    peer = parent.local("GET", "/api/v1/peers").json["items"][0]["id"]
    assert parent.local("POST", f"/api/v1/peers/{peer}/suspend", {}).status == 204
    path = "/api/v1/incidents/" + child.local("POST", "/api/v1/incidents", {"title": "停權", "level": 2}).json["id"]
    lf.until("it is refused", lambda: child.local("GET", "/api/v1/parent").json["failures"] > 0)
    assert parent.local("GET", path).status == 404
    made = parent.local("POST", "/api/v1/indicators", {"value": "lag.example.net", "release": True})
    assert made.status == 201, made.body
    lf.until("it is behind", lambda: parent.local("GET", "/api/v1/peers").json["items"][0]["lag_s"] > 0)
    assert parent.local("POST", f"/api/v1/peers/{peer}/resume", {}).status == 204
    lf.until("the parent has it", lambda: parent.local("GET", path).status == 200, 90)
    lf.until("it has read all", lambda: parent.local("GET", "/api/v1/peers").json["items"][0]["lag_s"] == 0, 30)
    lf.until("nothing waits", lambda: child.local("GET", "/api/v1/parent").json["outbox"] == 0)


@lf.promise
def a_spent_token_is_refused_to_another_node_which_may_join_again():
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    other = [lf.Node.serve(lf.scratch(), tier="provider") for _ in range(2)]
    for n in other:
        assert n.local("POST", "/api/v1/parent", {"token": token}).status == 202
        lf.until("decided", lambda n=n: n.local("GET", "/api/v1/parent").json.get("state", "refused") != "joining")
    assert other[0].local("GET", "/api/v1/parent").json["state"] == "active"
    assert other[1].local("GET", "/api/v1/parent").status == 404


lf.done()
