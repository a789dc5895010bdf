#!/usr/bin/env python3
"""STIX patterns (2.1, part 9), row by row through the command line: what matches, what does not, what is no pattern."""
import json
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

work = scratch()
worlds = {}


class World:
    def __init__(self, name):
        self.objects, self.n, self.path = [], 0, work / f"{name}.json"
        worlds[name] = self

    def sco(self, type, n, **props):
        o = {"type": type, "spec_version": "2.1", "id": f"{type}--00000000-0000-4000-8000-{n:012}", **props}
        self.objects.append(o)
        return o["id"]

    def seen(self, first, *refs, last=None, count=1):
        self.n += 1
        self.objects.append({"type": "observed-data", "spec_version": "2.1", "id": f"observed-data--00000000-0000-4000-8000-{self.n:012}",
                             "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "number_observed": count,
                             "first_observed": first, "last_observed": last or first, "object_refs": list(refs)})

    def write(self):
        self.path.write_text(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": self.objects}))


# One observation of many things.
w = World("things")
evil = w.sco("ipv4-addr", 1, value="198.51.100.7")
net = w.sco("ipv4-addr", 2, value="198.51.100.0/25")
six = w.sco("ipv6-addr", 3, value="2001:db8::17")
name = w.sco("domain-name", 4, value="mail.evil.example", resolves_to_refs=[evil, six])
directory = w.sco("directory", 5, path="C:\\Windows\\System32")
file = w.sco("file", 6, name="it's 50%_off.exe", size=25536, hashes={"SHA-256": "ab" * 32, "MD5": "cd" * 16}, magic_number_hex="4d5a90",
             ctime="2026-03-01T10:00:00.5Z", parent_directory_ref=directory, x_float=2.5, x_list=[10, 20, 30], x_empty=[], x_null=None, x_neg=-3,
             x_text_number="25536", x_lines="first\nsecond", x_big=9007199254740993, x_marks="re\u0301sume\u0301", x_dict={"key": "v", "other key": "w", "a.b": "x"},
             extensions={"windows-pebinary-ext": {"pe_type": "exe", "number_of_sections": 3,
                                                  "sections": [{"name": ".text", "entropy": 6.5}, {"name": ".rsrc", "entropy": 7.9}]}})
art = w.sco("artifact", 7, payload_bin="aGVsbG8gd29ybGQ=", mime_type="text/plain")
traffic = w.sco("network-traffic", 8, src_ref=evil, dst_ref=six, src_port=1024, dst_port=443, protocols=["ipv6", "tcp", "tls"], is_active=True,
                start="2026-03-01T09:59:00Z", extensions={"http-request-ext": {"request_method": "get", "request_header": {"User-Agent": "curl/8"}}})
mail = w.sco("email-message", 9, is_multipart=False, subject="請款單 Invoice", to_refs=[], from_ref="email-addr--00000000-0000-4000-8000-000000000010")
sender = w.sco("email-addr", 10, value="Boss@Example.com")
key = w.sco("windows-registry-key", 11, key="HKEY_LOCAL_MACHINE\\Software\\Run", values=[{"name": "a", "data": "1"}, {"name": "b", "data": "2"}])
user = w.sco("user-account", 12, user_id="1001", account_login="root", is_privileged=True)
w.seen("2026-03-01T10:00:00Z", evil, net, six, name, directory, file, art, traffic, mail, sender, key, user)
w.sco("url", 13, value="http://not.observed.example/")
w.write()

# People passing by, at 0, 5, 10 and 60 seconds; two of them took a while.
w = World("times")
for i, (who, first, last, count) in enumerate((("ann", "00:00:00", "00:00:00", 1), ("bob", "00:00:05", "00:00:05", 1), ("cat", "00:00:10", "00:00:10", 3),
                                               ("dan", "00:01:00", "00:01:00", 1), ("dan", "00:02:00", "00:02:10", 1), ("eve", "00:02:05", "00:02:20", 1))):
    w.seen(f"2026-03-01T{first}Z", w.sco("user-account", i + 1, user_id=who, account_login=who[0], x_n=i), last=f"2026-03-01T{last}Z", count=count)
w.write()

# What refers to what: only the objects that an observation lists may be followed to.
w = World("references")
near = w.sco("ipv4-addr", 1, value="192.0.2.1", resolves_to_refs=["mac-addr--00000000-0000-4000-8000-000000000002"])
w.sco("mac-addr", 2, value="02:00:00:00:00:01")
far = w.sco("ipv4-addr", 3, value="192.0.2.3")
w.seen("2026-03-01T00:00:00Z", w.sco("network-traffic", 4, src_ref=near, dst_ref=far, protocols=["tcp"]), near,
       w.sco("domain-name", 5, value="a.example", resolves_to_refs=[far, near]))
w.seen("2026-03-01T00:01:00Z", far)
w.objects.append({"type": "observed-data", "spec_version": "2.1", "id": "observed-data--00000000-0000-4000-8000-000000000009", "created": "2026-01-01T00:00:00.000Z",
                  "modified": "2026-01-01T00:00:00.000Z", "number_observed": 1, "first_observed": "2026-03-01T00:02:00Z", "last_observed": "2026-03-01T00:02:00Z",
                  "objects": {"0": {"type": "url", "value": "http://a.example/", "x_host_ref": "1", "x_far_ref": far}, "1": {"type": "domain-name", "value": "b.example"}}})
w.write()

# Two brackets, one observation that fits both.
w = World("one")
w.seen("2026-03-01T00:00:00Z", w.sco("ipv4-addr", 1, value="192.0.2.1"), w.sco("file", 2, name="a.exe", size=5))
w.write()

YES, NO, BAD = "match", "none", "invalid"
DAY = "2026-03-01T"
ROWS = {
    "equality": ("things", [
        ("[ipv4-addr:value = '198.51.100.7']", YES), ("[ipv4-addr:value = '198.51.100.8']", NO), ("[ipv4-addr:value == '198.51.100.7']", YES),
        ("[ipv4-addr:value != '198.51.100.7']", YES), ("[domain-name:value != 'mail.evil.example']", NO), ("[domain-name:value <> 'x']", YES),
        ("[domain-name:value = 'MAIL.evil.example']", NO), ("[email-addr:value = 'boss@example.com']", NO), ("[email-addr:value = 'Boss@Example.com']", YES),
        ("[file:size = 25536]", YES), ("[file:size = 25536.0]", YES), ("[file:size = 25536.1]", NO), ("[file:size = '25536']", NO),
        ("[file:size != '25536']", YES), ("[file:x_text_number = 25536]", NO), ("[file:x_text_number = '25536']", YES),
        ("[file:x_float = 2.5]", YES), ("[file:x_float = 2.50]", YES), ("[file:x_float = 2]", NO), ("[file:x_neg = -3]", YES), ("[file:x_neg = 3]", NO),
        ("[file:x_big = 9007199254740993]", YES), ("[file:x_big = 9007199254740992]", NO),
        ("[network-traffic:is_active = true]", YES), ("[network-traffic:is_active = false]", NO), ("[network-traffic:is_active != false]", YES),
        ("[email-message:is_multipart = false]", YES), ("[network-traffic:is_active = 1]", NO), ("[network-traffic:is_active = 'true']", NO),
        ("[file:ctime = t'2026-03-01T10:00:00.5Z']", YES), ("[file:ctime = t'2026-03-01T10:00:00.500000Z']", YES), ("[file:ctime = t'2026-03-01T10:00:00Z']", NO),
        ("[file:ctime = '2026-03-01T10:00:00.5Z']", YES), ("[file:magic_number_hex = h'4d5a90']", YES), ("[file:magic_number_hex = h'4D5A90']", YES),
        ("[file:magic_number_hex = h'4d5a']", NO), ("[artifact:payload_bin = b'aGVsbG8gd29ybGQ=']", YES), ("[artifact:payload_bin = h'68656c6c6f20776f726c64']", YES),
        ("[artifact:payload_bin = b'aGVsbG8=']", NO), ("[artifact:payload_bin = b'aGVs\nbG8gd29y\r\nbGQ=']", YES), ("[artifact:payload_bin = 'hello world']", YES),
        ("[artifact:payload_bin = 'aGVsbG8gd29ybGQ=']", NO), ("[artifact:payload_bin != 'hello world']", NO), ("[artifact:payload_bin = '請']", NO),
        ("[artifact:payload_bin != '請']", YES), ("[file:size\u00a0=\u300025536]", YES), ("[file:name = 'it\\'s 50%_off.exe']", YES), ("[directory:path = 'C:\\\\Windows\\\\System32']", YES),
        ("[email-message:subject = '請款單 Invoice']", YES), ("[file:x_null = 'x']", NO), ("[file:absent = 'x']", NO), ("[file:absent != 'x']", NO),
        ("[url:value = 'http://not.observed.example/']", NO),
    ]),
    "order": ("things", [
        ("[file:size > 25535]", YES), ("[file:size > 25536]", NO), ("[file:size >= 25536]", YES), ("[file:size < 25537]", YES), ("[file:size < 25536]", NO),
        ("[file:size <= 25536]", YES), ("[file:size <= 25535.99]", NO), ("[file:x_float > 2]", YES), ("[file:x_float < 2.51]", YES), ("[file:x_neg < 0]", YES),
        ("[file:x_neg > -4]", YES), ("[file:size > '1']", NO), ("[file:x_text_number > 1]", NO), ("[file:x_text_number > '1']", YES),
        ("[domain-name:value > 'mail']", YES), ("[domain-name:value < 'mail']", NO), ("[email-addr:value < 'a']", YES), ("[file:ctime > t'2026-03-01T10:00:00Z']", YES),
        ("[file:ctime < t'2026-03-01T10:00:00.500001Z']", YES), ("[file:ctime >= t'2026-03-01T10:00:00.5Z']", YES), ("[file:ctime < t'2026-03-01T10:00:00.5Z']", NO),
        ("[domain-name:value > t'2020-01-01T00:00:00Z']", NO), ("[file:x_null > 'a']", NO), ("[network-traffic:is_active > 0]", NO),
    ]),
    "not": ("things", [
        ("[file:size NOT = 5]", YES), ("[file:size NOT = 25536]", NO), ("[file:size NOT != 25536]", YES), ("[file:size NOT > 5]", NO), ("[file:size NOT < 5]", YES),
        ("[file:name NOT LIKE '%.dll']", YES), ("[file:name NOT MATCHES 'exe$']", NO), ("[domain-name:value NOT IN ('a', 'b')]", YES),
        ("[domain-name:value NOT IN ('a', 'mail.evil.example')]", NO), ("[ipv6-addr:value NOT ISSUBSET '2001:db8::/32']", NO),
        ("[ipv6-addr:value NOT ISSUBSET '2001:db9::/32']", YES), ("[file:absent NOT = 'x']", NO), ("[network-traffic:protocols[*] NOT = 'tcp']", YES),
        ("[network-traffic:protocols[1] NOT = 'tcp']", NO), ("[ipv6-addr:value NOT ISSUPERSET '2001:db8::17']", NO),
    ]),
    "in": ("things", [
        ("[network-traffic:dst_port IN (80, 443)]", YES), ("[network-traffic:dst_port IN (80, 8080)]", NO), ("[network-traffic:dst_port IN ('443')]", NO),
        ("[file:x_float IN (1, 2.5)]", YES), ("[domain-name:value IN ('mail.evil.example')]", YES), ("[network-traffic:is_active IN (true)]", YES),
        ("[file:ctime IN (t'2026-03-01T10:00:00.5Z', t'2020-01-01T00:00:00Z')]", YES), ("[file:magic_number_hex IN (h'00', h'4d5a90')]", YES),
        ("[network-traffic:protocols[*] IN ('udp', 'tls')]", YES), ("[file:name IN ()]", NO),
    ]),
    "like": ("things", [
        ("[domain-name:value LIKE '%.example']", YES), ("[domain-name:value LIKE 'mail%']", YES), ("[domain-name:value LIKE '%evil%']", YES), ("[domain-name:value LIKE 'evil']", NO),
        ("[domain-name:value LIKE 'mail.evil.exampl_']", YES), ("[domain-name:value LIKE 'mail.evil.example_']", NO), ("[domain-name:value LIKE '%']", YES),
        ("[domain-name:value LIKE 'MAIL%']", NO), ("[file:name LIKE 'it\\'s 50%']", YES), ("[file:name LIKE '%.ex_']", YES), ("[file:x_lines LIKE 'first%second']", YES),
        ("[email-message:subject LIKE '___ %']", YES), ("[directory:path LIKE 'C:\\\\Windows\\\\%']", YES), ("[file:size LIKE '2%']", NO), ("[domain-name:value LIKE '']", NO),
        ("[domain-name:value LIKE '%%%m%_%']", YES), ("[domain-name:value LIKE 'mail[.]evil%']", NO),
    ]),
    "matches": ("things", [
        ("[domain-name:value MATCHES 'evil']", YES), ("[domain-name:value MATCHES '^evil']", NO), ("[domain-name:value MATCHES '^mail\\\\.']", YES),
        ("[domain-name:value MATCHES 'example$']", YES), ("[domain-name:value MATCHES 'EVIL']", NO), ("[domain-name:value MATCHES '(?i)EVIL']", YES),
        ("[domain-name:value MATCHES '^[a-z]+(\\\\.[a-z]+){2}$']", YES), ("[domain-name:value MATCHES 'ma(il|ul)\\\\b']", YES), ("[file:x_lines MATCHES 'first.second']", YES),
        ("[file:x_lines MATCHES '^second']", NO), ("[file:x_lines MATCHES '(?m)^second']", YES), ("[file:x_lines MATCHES '\\\\Afirst']", YES),
        ("[email-message:subject MATCHES '^請款.']", YES), ("[file:name MATCHES '\\\\d{2}%']", YES), ("[file:size MATCHES '2']", NO), ("[domain-name:value MATCHES '']", YES),
        ("[artifact:payload_bin MATCHES '^hello\\\\x20w']", YES), ("[file:magic_number_hex MATCHES '^MZ\\\\x90']", YES), ("[directory:path MATCHES '\\\\\\\\System32$']", YES),
        ("[network-traffic:protocols[*] MATCHES '^t[cl]']", YES),
        ("[domain-name:value MATCHES '^(?!mail)']", NO), ("[domain-name:value MATCHES '^(?=mail).*example$']", YES), ("[domain-name:value MATCHES '(?<=evil\\\\.)example']", YES),
        ("[domain-name:value MATCHES '(?<!evil\\\\.)example']", NO), ("[domain-name:value MATCHES '(e).*\\\\1x']", YES), ("[domain-name:value MATCHES '(ma)\\\\1']", NO),
        ("[domain-name:value MATCHES '(?<d>e)v.*\\\\k<d>']", YES), ("[domain-name:value MATCHES '(?>m*)mail']", NO), ("[domain-name:value MATCHES 'e++vil']", YES),
        ("[domain-name:value MATCHES '^.*+x']", NO), ("[domain-name:value MATCHES '(?i)(?!X)EVIL(?=\\\\.)']", YES),
        ("[domain-name:value MATCHES '^(?:(?=m)mail|(?!m)x)\\\\.evil']", YES), ("[domain-name:value MATCHES '(?s).(?<!m)ail']", NO), ("[file:name MATCHES '(?i)(?=IT).+(?<=\\\\.)EXE$']", YES),
        ("[artifact:payload_bin MATCHES '(?<=hello) (?!moon)']", YES), ("[artifact:payload_bin MATCHES '(l)\\\\1o']", YES), ("[email-message:subject MATCHES '(?<=請).單(?= )']", YES),
        ("[file:x_lines MATCHES '(?m)^(?!first).+$']", YES), ("[domain-name:value MATCHES '(?:(?!evil).)*\\\\.example']", YES), ("[domain-name:value MATCHES '^(?:(?!evil).)*$']", NO),
    ]),
    "networks": ("things", [
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", YES), ("[ipv4-addr:value ISSUBSET '198.51.100.7/32']", YES), ("[ipv4-addr:value ISSUBSET '198.51.100.7']", YES),
        ("[ipv4-addr:value ISSUBSET '198.51.100.6']", NO), ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", NO), ("[ipv4-addr:value ISSUBSET '0.0.0.0/0']", YES),
        ("[ipv4-addr:value ISSUBSET '198.51.100.99/24']", YES), ("[ipv4-addr:value ISSUBSET '::/0']", NO), ("[ipv4-addr:value ISSUPERSET '198.51.100.7']", YES),
        ("[ipv4-addr:value ISSUPERSET '198.51.100.0/26']", YES), ("[ipv4-addr:value ISSUPERSET '198.51.100.0/25']", YES), ("[ipv4-addr:value ISSUPERSET '198.51.100.0/24']", NO),
        ("[ipv4-addr:value ISSUPERSET '198.51.100.130']", NO), ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", YES), ("[ipv6-addr:value ISSUBSET '2001:0DB8:0:0::/64']", YES),
        ("[ipv6-addr:value ISSUBSET '2001:db8::17']", YES), ("[ipv6-addr:value ISSUBSET '2001:db8::/124']", NO), ("[ipv6-addr:value ISSUBSET '2001:db8::10/124']", YES),
        ("[ipv6-addr:value ISSUPERSET '2001:db8::17/128']", YES), ("[ipv6-addr:value ISSUBSET '0.0.0.0/0']", NO), ("[domain-name:value ISSUBSET '0.0.0.0/0']", NO),
        ("[network-traffic:src_ref.value ISSUBSET '198.51.100.0/24']", YES),
    ]),
    "paths": ("things", [
        ("[file:hashes.MD5 = '" + "cd" * 16 + "']", YES), ("[file:hashes.'SHA-256' = '" + "ab" * 32 + "']", YES), ("[file:hashes.'MD5' = '" + "cd" * 16 + "']", YES),
        ("[file:hashes[*] = '" + "cd" * 16 + "']", YES), ("[file:x_list[0] = 10]", YES), ("[file:x_list[2] = 30]", YES), ("[file:x_list[3] = 30]", NO), ("[file:x_list[*] = 20]", YES),
        ("[file:x_list[*] > 30]", NO), ("[file:x_list = 10]", NO), ("[file:x_empty[*] = 1]", NO), ("[file:x_dict.key = 'v']", YES), ("[file:x_dict.'other key' = 'w']", YES),
        ("[file:x_dict.'a.b' = 'x']", YES), ("[file:x_dict.a.b = 'x']", NO), ("[file:extensions.'windows-pebinary-ext'.number_of_sections = 3]", YES),
        ("[file:extensions.'windows-pebinary-ext'.sections[1].name = '.rsrc']", YES), ("[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]", YES),
        ("[file:extensions.'windows-pebinary-ext'.sections[0].entropy > 7.0]", NO), ("[file:extensions.windows_pebinary_ext.pe_type = 'exe']", NO),
        ("[file:parent_directory_ref.path LIKE '%System32']", YES), ("[network-traffic:dst_ref.value = '2001:db8::17']", YES), ("[network-traffic:dst_ref.type = 'ipv6-addr']", YES),
        ("[network-traffic:dst_ref.type = 'ipv4-addr']", NO), ("[domain-name:resolves_to_refs[*].value = '198.51.100.7']", YES), ("[domain-name:resolves_to_refs[0].value = '2001:db8::17']", NO),
        ("[domain-name:resolves_to_refs[1].type = 'ipv6-addr']", YES), ("[email-message:from_ref.value LIKE '%@Example.com']", YES), ("[email-message:to_refs[*].value LIKE '%']", NO),
        ("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'curl/8']", YES), ("[windows-registry-key:values[*].name = 'b']", YES),
        ("[windows-registry-key:values[*].data = '3']", NO), ("[file:id LIKE 'file--%']", YES), ("[file:type = 'file']", YES), ("[file:name.x = 'x']", NO),
    ]),
    "references": ("references", [
        ("[network-traffic:src_ref.value = '192.0.2.1']", YES), ("[network-traffic:dst_ref.value = '192.0.2.3']", NO), ("[network-traffic:dst_ref.value != 'x']", NO),
        ("[EXISTS network-traffic:dst_ref.value]", NO), ("[EXISTS network-traffic:dst_ref]", YES), ("[network-traffic:dst_ref LIKE 'ipv4-addr--%']", YES),
        ("[domain-name:resolves_to_refs[0].value = '192.0.2.3']", NO), ("[domain-name:resolves_to_refs[*].value = '192.0.2.1']", YES), ("[domain-name:resolves_to_refs[*].value = '192.0.2.3']", NO),
        ("[network-traffic:src_ref.resolves_to_refs[0].value LIKE '02:%']", NO), ("[ipv4-addr:value = '192.0.2.3']", YES), ("[mac-addr:value LIKE '%']", NO),
        ("[url:x_host_ref.value = 'b.example']", YES), ("[url:x_far_ref.value = '192.0.2.3']", NO),
    ]),
    "normal forms": ("things", [
        ("[file:x_marks = 're\u0301sume\u0301']", YES), ("[file:x_marks = 'r\u00e9sum\u00e9']", NO), ("[file:x_marks != 'r\u00e9sum\u00e9']", YES),
        ("[file:x_marks IN ('r\u00e9sum\u00e9')]", NO), ("[file:x_marks LIKE 'r\u00e9sum\u00e9']", YES), ("[file:x_marks LIKE 're\u0301%']", YES),
        ("[file:x_marks LIKE 'r_sum_']", YES), ("[file:x_marks LIKE 'r__sum__']", NO), ("[file:x_marks MATCHES '^r\u00e9s']", YES), ("[file:x_marks MATCHES '^r.sum.$']", YES),
        ("[file:x_marks < 'rf']", YES), ("[file:x_marks < 'r\u00e9']", YES), ("[file:x_marks > 'r\u00e9']", NO), ("[file:x_marks > 're']", YES), ("[file:x_marks > 'rez']", YES),
    ]),
    "exists": ("things", [
        ("[EXISTS file:size]", YES), ("[EXISTS file:absent]", NO), ("[NOT EXISTS file:absent]", YES), ("[NOT EXISTS file:size]", NO), ("[EXISTS file:extensions.'ntfs-ext']", NO),
        ("[EXISTS file:extensions.'windows-pebinary-ext']", YES), ("[EXISTS network-traffic:protocols[2]]", YES), ("[EXISTS network-traffic:protocols[3]]", NO),
        ("[EXISTS file:name AND NOT EXISTS file:atime]", YES),
    ]),
    "boolean": ("things", [
        ("[file:size = 25536 AND file:name LIKE '%.exe']", YES), ("[file:size = 1 AND file:name LIKE '%.exe']", NO), ("[file:size = 1 OR file:name LIKE '%.exe']", YES),
        ("[file:size = 1 OR file:size = 25536 AND file:name = 'x']", NO), ("[(file:size = 1 OR file:size = 25536) AND file:name LIKE 'it%']", YES),
        ("[file:size = 25536 OR file:size = 1 AND file:name = 'x']", YES), ("[file:size = 1 OR ipv4-addr:value = '198.51.100.7']", YES),
        ("[file:size = 1 OR url:value = 'x']", NO), ("[ipv4-addr:value = '198.51.100.7' AND ipv4-addr:value = '198.51.100.0/25']", NO),
        ("[windows-registry-key:values[*].name = 'a' AND windows-registry-key:values[*].data = '2']", YES), ("[network-traffic:src_port = 1024 AND network-traffic:dst_ref.value LIKE '2001%']", YES),
        ("[(((file:size = 25536)))]", YES),
    ]),
    "observations": ("times", [
        ("[user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']", YES), ("[user-account:user_id = 'ann'] AND [user-account:user_id = 'zed']", NO),
        ("[user-account:user_id = 'ann'] OR [user-account:user_id = 'zed']", YES), ("[user-account:user_id = 'yan'] OR [user-account:user_id = 'zed']", NO),
        ("[user-account:user_id = 'ann'] AND [user-account:account_login = 'a']", NO), ("[user-account:user_id = 'cat'] AND [user-account:account_login = 'c']", YES),
        ("[user-account:user_id = 'dan'] AND [user-account:account_login = 'd']", YES), ("[user-account:user_id = 'dan'] AND [user-account:account_login = 'd'] AND [user-account:x_n < 5 AND user-account:x_n > 2]", NO),
        ("[user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'bob']", YES), ("[user-account:user_id = 'bob'] FOLLOWEDBY [user-account:user_id = 'ann']", NO),
        ("[user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'bob'] FOLLOWEDBY [user-account:user_id = 'cat']", YES),
        ("[user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'cat'] FOLLOWEDBY [user-account:user_id = 'bob']", NO),
        ("[user-account:user_id = 'cat'] FOLLOWEDBY [user-account:account_login = 'c']", YES), ("[user-account:user_id = 'ann'] FOLLOWEDBY [user-account:account_login = 'a']", NO),
        ("[user-account:user_id = 'zed'] OR [user-account:user_id = 'ann'] AND [user-account:user_id = 'zed']", NO),
        ("[user-account:user_id = 'ann'] OR [user-account:user_id = 'zed'] AND [user-account:user_id = 'zed']", YES),
        ("([user-account:user_id = 'ann'] OR [user-account:user_id = 'zed']) AND [user-account:user_id = 'zed']", NO),
        ("[user-account:user_id = 'bob'] FOLLOWEDBY [user-account:user_id = 'ann'] OR [user-account:user_id = 'cat']", YES),
        ("([user-account:user_id = 'bob'] FOLLOWEDBY [user-account:user_id = 'ann']) OR [user-account:user_id = 'cat']", YES),
        ("[user-account:user_id = 'bob'] AND [user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'cat']", YES),
        ("[user-account:user_id = 'cat'] FOLLOWEDBY ([user-account:user_id = 'ann'] OR [user-account:user_id = 'dan'])", YES),
        ("[user-account:user_id = 'eve'] FOLLOWEDBY [user-account:x_n = 4]", YES), ("[user-account:x_n = 4] FOLLOWEDBY [user-account:user_id = 'eve']", YES),
    ]),
    "within": ("times", [
        ("([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) WITHIN 6 SECONDS", YES), ("([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) WITHIN 5 SECONDS", NO),
        ("([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) WITHIN 5.001 SECONDS", YES), ("([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) WITHIN 4.999 SECONDS", NO),
        ("([user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'cat']) WITHIN 11 SECONDS", YES), ("([user-account:user_id = 'ann'] FOLLOWEDBY [user-account:user_id = 'cat']) WITHIN 10 SECONDS", NO),
        ("[user-account:user_id = 'ann'] WITHIN 1 SECONDS", YES), ("[user-account:user_id = 'ann'] AND [user-account:user_id = 'dan'] WITHIN 1 SECONDS", YES),
        ("([user-account:user_id = 'ann'] OR [user-account:user_id = 'zed']) WITHIN 1 SECONDS", YES), ("([user-account:x_n = 4] AND [user-account:user_id = 'eve']) WITHIN 1 SECONDS", YES),
        ("([user-account:x_n = 3] AND [user-account:x_n = 4]) WITHIN 60 SECONDS", NO), ("([user-account:x_n = 3] AND [user-account:x_n = 4]) WITHIN 61 SECONDS", YES),
    ]),
    "repeats": ("times", [
        ("[user-account:user_id = 'dan'] REPEATS 2 TIMES", YES), ("[user-account:user_id = 'dan'] REPEATS 3 TIMES", NO), ("[user-account:user_id = 'cat'] REPEATS 3 TIMES", YES),
        ("[user-account:user_id = 'cat'] REPEATS 4 TIMES", NO), ("[user-account:user_id = 'ann'] REPEATS 1 TIMES", YES), ("[user-account:x_n >= 0] REPEATS 8 TIMES", YES),
        ("[user-account:x_n >= 0] REPEATS 9 TIMES", NO), ("[user-account:x_n <= 2] REPEATS 5 TIMES WITHIN 10 SECONDS", NO), ("[user-account:x_n <= 2] REPEATS 5 TIMES WITHIN 11 SECONDS", YES),
        ("[user-account:user_id = 'cat'] REPEATS 3 TIMES WITHIN 1 SECONDS", YES), ("([user-account:x_n < 2] FOLLOWEDBY [user-account:user_id = 'cat']) REPEATS 2 TIMES", YES),
        ("([user-account:x_n < 2] FOLLOWEDBY [user-account:user_id = 'cat']) REPEATS 3 TIMES", NO), ("[user-account:user_id = 'dan'] REPEATS 2 TIMES FOLLOWEDBY [user-account:user_id = 'eve']", YES),
        ("[user-account:user_id = 'dan'] REPEATS 2 TIMES START t'2026-03-01T00:00:00Z' STOP t'2026-03-01T00:01:30Z'", NO),
    ]),
    "start and stop": ("times", [
        (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:05Z' STOP t'{DAY}00:00:06Z'", YES), (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:04Z' STOP t'{DAY}00:00:05Z'", NO),
        (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:05.001Z' STOP t'{DAY}00:00:06Z'", NO), (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:00Z' STOP t'{DAY}00:00:05.001Z'", YES),
        (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:05Z' STOP t'{DAY}00:00:05Z'", NO), (f"[user-account:user_id = 'bob'] START t'{DAY}00:00:09Z' STOP t'{DAY}00:00:01Z'", NO),
        (f"([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) START t'{DAY}00:00:00Z' STOP t'{DAY}00:00:06Z'", YES),
        (f"([user-account:user_id = 'ann'] AND [user-account:user_id = 'bob']) START t'{DAY}00:00:01Z' STOP t'{DAY}00:00:06Z'", NO),
        (f"[user-account:user_id = 'ann'] AND [user-account:user_id = 'bob'] START t'{DAY}00:00:01Z' STOP t'{DAY}00:00:06Z'", YES),
        (f"([user-account:user_id = 'ann'] OR [user-account:user_id = 'bob']) START t'{DAY}00:00:01Z' STOP t'{DAY}00:00:06Z'", YES),
        (f"([user-account:x_n < 3] REPEATS 2 TIMES WITHIN 6 SECONDS) START t'{DAY}00:00:00Z' STOP t'{DAY}00:00:07Z'", YES),
    ]),
    "one observation": ("one", [
        ("[ipv4-addr:value = '192.0.2.1'] AND [file:name = 'a.exe']", NO), ("[ipv4-addr:value = '192.0.2.1' OR file:name = 'a.exe']", YES),
        ("[ipv4-addr:value = '192.0.2.1'] OR [file:name = 'a.exe']", YES), ("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [file:name = 'a.exe']", NO),
        ("/* any */ [file:name = 'a.exe'] // of it", YES), ("  [ file:name='a.exe' ]  ", YES), ("[file:name='a.exe'AND file:size=5]", YES),
    ]),
    "no patterns": ("one", [(p, BAD) for p in (
        "", " ", "file:name = 'x'", "[]", "[file:name]", "[file:name =]", "[= 'x']", "[file:name 'x']", "[file.name = 'x']", "[file = 'x']", "[:name = 'x']", "[file: = 'x']",
        "[file:name = x]", "[file:name = \"x\"]", "[file:name = 'x]", "[file:name = 'x\\q']", "[file:name = 'x'", "file:name = 'x']", "[[file:name = 'x']]", "[file:name = 'x']]",
        "[file:name = 'x'] AND", "AND [file:name = 'x']", "[file:name = 'x'] [file:name = 'y']", "[file:name = 'x'] and [file:name = 'y']", "[file:name = 'x' and file:size = 1]",
        "[file:name = 'x' AND]", "[file:name = 'x' AND NOT file:size = 1]", "[NOT file:name = 'x']", "NOT [file:name = 'x']", "[file:name = 'x'] NOT [file:name = 'y']",
        "[file:name like 'x']", "[file:name LIKE x]", "[file:name LIKE 5]", "[file:name MATCHES 5]", "[file:name MATCHES /x/]", "[file:name MATCHES '(']", "[file:name MATCHES '[a']",
        "[file:name MATCHES '*']", "[file:name IN 'x']", "[file:name IN ('x' 'y')]", "[file:name IN ('x',)]", "[file:name IN ('x', 5)]", "[file:name IN ['x']]",
        "[ipv4-addr:value ISSUBSET 5]", "[ipv4-addr:value ISSUBSET 'x']", "[ipv4-addr:value ISSUBSET '1.2.3.4/33']", "[ipv4-addr:value ISSUBSET '1.2.3.256']", "[file:name EXISTS]",
        "[EXISTS file:name = 'x']", "[file:size = 0x10]", "[file:size = 1e5]", "[file:size = 01]", "[file:size = 1.]", "[file:size = --1]", "[file:size = TRUE]", "[file:x > true]",
        "[file:ctime = t'2026-02-30T00:00:00Z']", "[file:ctime = t'2026-01-01']", "[file:ctime = t'2026-01-01T00:00:00']", "[file:ctime = t'2026-01-01T00:00:00+01:00']", "[file:ctime = t2026-01-01T00:00:00Z]",
        "[file:x_hex = h'abc']", "[file:x_hex = h'xy']", "[file:x_bin = b'abc']", "[file:x_bin = b'!!!!']", "[file:x_bin = b'YW Jj']", "[file:x_list[-1] = 1]", "[file:x_list[a] = 1]", "[file:x_list[ = 1]", "[file:x_list[] = 1]",
        "[file:hashes.SHA-256 = 'x']", "[file:hashes. = 'x']", "[file:name = 'x'] WITHIN", "[file:name = 'x'] WITHIN 5", "[file:name = 'x'] WITHIN 5 MINUTES", "[file:name = 'x'] WITHIN -5 SECONDS",
        "[file:name = 'x'] WITHIN 0 SECONDS", "[file:name = 'x'] WITHIN '5' SECONDS", "[file:name = 'x'] within 5 seconds", "[file:name = 'x'] REPEATS", "[file:name = 'x'] REPEATS 5", "[file:name = 'x'] REPEATS 0 TIMES",
        "[file:name = 'x'] REPEATS -1 TIMES", "[file:name = 'x'] REPEATS 1.5 TIMES", "[file:name = 'x'] START t'2026-01-01T00:00:00Z'", "[file:name = 'x'] STOP t'2026-01-01T00:00:00Z'",
        "[file:name = 'x'] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'", "[file:name = 'x'] START t'2026-01-01T00:00:00Z' STOP", "[file:name = 'x'] FOLLOWED BY [file:name = 'y']",
        "[file:name = 'x'] followedby [file:name = 'y']", "[file:name = 'x' FOLLOWEDBY file:name = 'y']", "[file:name = 'x'] WITHIN 5 SECONDS WITHIN 6 SECONDS", "[file:name = 'x'] REPEATS 2 TIMES REPEATS 3 TIMES",
        "[file:name = 'x' AND ipv4-addr:value = '192.0.2.1']", "[(file:name = 'x' AND ipv4-addr:value = '192.0.2.1') OR file:size = 1]", "([file:name = 'x']", "[file:name = 'x'])", "()", "[file:name = 'x'] /* open",
        "[file:name = null]", "[file:name = 'x'];", "[file:name ! = 'x']", "[file:name => 5]", "[file:name = 'x', file:size = 1]")]),
}


def run(row):
    pattern, want, world = row
    p = subprocess.run([BIN, "pattern", "match", "@-", str(worlds[world].path)],
                       input=pattern.encode(), capture_output=True, timeout=60)
    if b"Sanitizer" in p.stderr or p.returncode not in (0, 1, 2):
        return f"{pattern}: {p.returncode} {p.stderr.decode()[-400:]}"
    got = {0: YES, 1: NO, 2: BAD}[p.returncode]
    if want == BAD and got == BAD:
        c = subprocess.run([BIN, "pattern", "check", "@-"], input=pattern.encode(), capture_output=True, timeout=60)
        if c.returncode != 1 or not c.stderr.strip():
            return f"{pattern}: check says {c.returncode}"
    return None if got == want else f"{pattern}: {got}, not {want} {p.stderr.decode().strip()}"


def story(title, world, rows):
    def check():
        with ThreadPoolExecutor(2) as pool:
            wrong = [x for x in pool.map(run, [(p, want, world) for p, want in rows]) if x]
        assert not wrong, "\n" + "\n".join(wrong)
        return f"{len(rows)} rows"
    check.__doc__ = f"{title}: each row means what the standard says"
    promise(check)


for title, (world, rows) in ROWS.items():
    story(title, world, rows)
assert sum(len(rows) for _, rows in ROWS.values()) > 300
done()
