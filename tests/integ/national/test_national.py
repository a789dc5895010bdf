#!/usr/bin/env python3
"""The national exchange: STIX 1.2 packages of one Incident, in and out."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

DATA = lf.ROOT / "tests/data/national"
INT = DATA / "int.xml"
HERE = lf.scratch()
EXTENSION = "extension-definition--5b1f7c6e-0a4d-4f3b-9a57-1d2c8e6f4b90"


def convert(source, to, frm="auto"):
    """What a file becomes, and the losses that were told."""
    out, losses = HERE / "out", HERE / "losses"
    r = subprocess.run([lf.BIN, "stix", "convert", "--from", frm, "--to", to, "--losses", losses, source, out],
                       capture_output=True, text=True, timeout=60)
    if r.returncode:
        return None, r.stderr
    return out.read_text(), [json.loads(line) for line in losses.read_text().splitlines()]


def objects(text):
    return {o["id"]: o for o in json.loads(text)["objects"]}


def report(found):
    return next(o for o in found.values() if o["type"] == "report")


def changed(*pairs):
    text = INT.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path = HERE / f"changed-{len(list(HERE.iterdir()))}.xml"
    path.write_text(text)
    return path


@lf.promise
def every_element_of_a_national_package_is_mapped():
    """every element of a national package is mapped"""
    text, losses = convert(INT, "stix")
    found = objects(text)
    r = report(found)
    form = r["extensions"][EXTENSION]["form"]
    assert losses == [], losses
    assert r["extensions"][EXTENSION]["intelligence_type"] == "INT"
    assert form["title"] == "疑似遭植入後門" and form["description"] == "主機對外連線至中繼站。"
    assert form["severity"] == "high" and form["happened_at"] == "2026-11-19T14:10:00Z"
    assert form["method"] == "魚叉式釣魚" and form["platform"] == "Windows Server 2019"
    assert form["measures"] == "隔離主機並更換密碼。" and form["references"] == ["https://www.example.org/a"]
    assert form["tlp"] == "amber" and r["object_marking_refs"] == ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]
    for label in ('category="302"', 'id="nisac:NISAC-INT-202611-0042"', 'closed="2026-11-20T01:20:00.000000Z"',
                  'victim="某機關"', 'victim-address="192.0.2.10"', 'property:ScanEngine="ClamAV"',
                  'property:ScanVersion="1.0.7"', 'attachment="封包.txt|側錄封包"', 'reporter="國家資通安全通報應變網站"',
                  'related="nisac:NISAC-INT-202611-0001|2026-11-01T00:00:00+08:00|A-ISAC"'):
        assert "national:" + label in r["labels"], label
    traffic = [o for o in found.values() if o["type"] == "network-traffic"]
    ends = {(found.get(t.get("src_ref"), {}).get("value"), t.get("src_port"), found[t["dst_ref"]]["value"], t["dst_port"],
             t["protocols"][0]) for t in traffic}
    assert ends == {("198.51.100.7", 49152, "203.0.113.9", 443, "tcp"), (None, None, "203.0.113.66", 8443, "ipv4"),
                    (None, None, "203.0.113.77", 8080, "tcp")}, ends
    # Where malware is led from and through is looked for; who was attacked and who else was met is not.
    assert {o["pattern"] for o in found.values() if o["type"] == "indicator"} == \
        {"[ipv4-addr:value = '203.0.113.66']", "[ipv4-addr:value = '203.0.113.77']"}
    assert "192.0.2.10" not in {o.get("value") for o in found.values()}
    assert next(o for o in found.values() if o["type"] == "artifact")["payload_bin"] == "aGVsbG8="


@lf.promise
def what_went_out_as_a_national_package_comes_back_the_same():
    """what went out as a national package comes back the same"""
    text, _ = convert(INT, "stix")
    first = objects(text)
    (HERE / "first.json").write_text(text)
    xml, losses = convert(HERE / "first.json", "national", "stix")
    assert losses == [], losses
    (HERE / "again.xml").write_text(xml)
    text, losses = convert(HERE / "again.xml", "stix")
    second = objects(text)
    assert losses == [], losses
    for o in (report(first), report(second)):
        o["labels"].sort()
    assert first == second


@lf.promise
def other_titles_are_a_list_of_malicious_addresses_and_each_is_looked_for():
    """other titles are a list of malicious addresses and each is looked for"""
    text, _ = convert(changed(("<stix:Title>INT<", "<stix:Title>202611 中繼站清單<"), ("203.0.113.9", "203.0.113.10")),
                      "stix", "national")
    r = report(objects(text))
    assert r["extensions"][EXTENSION]["intelligence_type"] == "ANA"
    assert r["extensions"][EXTENSION]["form"]["category"] == "malicious-site"
    assert 'national:type="202611 中繼站清單"' in r["labels"]


@lf.promise
def category_512_is_a_ticket_whatever_its_title_is():
    """category 512 is a ticket whatever its title is"""
    text, _ = convert(changed(("<stix:Title>INT<", "<stix:Title>資安監控單<"), (">302<", ">512<")), "stix", "national")
    r = report(objects(text))
    assert r["extensions"][EXTENSION]["intelligence_type"] == "INT" and 'national:category="512"' in r["labels"]


@lf.promise
def a_form_that_lacks_what_it_needs_is_a_plain_report_and_nothing_is_made_up():
    """a form that lacks what it needs is a plain report and nothing is made up"""
    text, _ = convert(changed(("<incident:Impact_Qualification>3<", "<incident:Impact_Qualification>嚴重<")), "stix")
    r = report(objects(text))
    assert "extensions" not in r and "intelligence-type:INT" in r["labels"]
    assert 'national:impact="嚴重"' in r["labels"] and 'national:method="魚叉式釣魚"' in r["labels"]


@lf.promise
def two_incidents_none_and_a_document_type_are_refused_with_a_sentence():
    """two incidents none and a document type are refused with a sentence"""
    whole = INT.read_text()
    one = re.search(r"<stix:Incident .*</stix:Incident>", whole, re.S).group(0)
    for path, word in ((changed((one, one + one)), "exactly one Incident"), (changed((one, "")), "exactly one Incident"),
                       (changed(('<?xml version="1.0" encoding="UTF-8"?>',
                                 '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')), "document type")):
        out, why = convert(path, "stix", "national")
        assert out is None and word in why, why


@lf.promise
def a_colour_that_is_none_is_red_and_told():
    """a colour that is none is red and told"""
    text, losses = convert(changed(('color="AMBER"', 'color="PURPLE"')), "stix")
    assert report(objects(text))["extensions"][EXTENSION]["form"]["tlp"] == "red"
    assert [x["value"] for x in losses] == ["PURPLE"], losses


@lf.promise
def packages_are_valid_by_the_schemas_of_stix_1_2_and_cybox_2_1():
    """packages are valid by the schemas of STIX 1.2 and CybOX 2.1"""
    # The schemas are not part of the repository: LF_STIX12_XSD names a file that imports them.
    schema = os.environ.get("LF_STIX12_XSD")
    if not schema or not shutil.which("xmllint"):
        raise lf.Skip("no LF_STIX12_XSD, or no xmllint")
    text, _ = convert(INT, "stix")
    (HERE / "first.json").write_text(text)
    xml, _ = convert(HERE / "first.json", "national", "stix")
    (HERE / "again.xml").write_text(xml)
    for path in (INT, HERE / "again.xml"):
        r = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, path], capture_output=True, text=True)
        assert r.returncode == 0, r.stderr


if __name__ == "__main__":
    lf.done()
