"""The incident's fold, slowly: written from the incident model's tables and docs/manual/incidents.md.

fold(events) takes the events of one incident as dicts (id, node, tier, sequence, parents, kind, by, occurred, recorded,
body) and gives the state as a dict."""
RANK = {"reporter": 1, "system": 1, "reviewer": 2, "national": 3, "supporter": 0}
MAY_SPEAK = {"provider": {"reporter", "system", "supporter"}, "sector": {"reporter", "system", "supporter", "reviewer"},
             "nation": {"reporter", "system", "supporter", "reviewer", "national"}}
REVIEW = "draft reported returned confirmed forwarded not_incident".split()
HANDLING = "responding controlled recovered final closed follow_up_done".split()
RPT, RS, RV, NAT, SYS = {"reporter"}, {"reporter", "system"}, {"reviewer", "national"}, {"national"}, {"system"}
ALL3 = {"reporter", "reviewer", "national"}
ANY = set(RANK)
R = {n: n for n in REVIEW}
# (kind, from, to or None, who, who at level 3-4)
REVIEW_TRACK = [
    ("reported", "draft reported returned", "reported", RS, RS),
    ("reported", "confirmed forwarded", None, RS, RS),
    ("supplemented", "reported returned", "reported", RPT, RPT),
    ("supplemented", "draft confirmed forwarded", None, RPT, RPT),
    ("received_by_reviewer", "draft reported returned confirmed forwarded", None, RV | SYS, RV | SYS),
    ("returned", "reported", "returned", RV, RV),
    ("reviewed", "reported returned", "confirmed", RV, RV),
    ("reviewed", "confirmed forwarded", "confirmed", NAT, NAT),
    ("forwarded", "confirmed", "forwarded", SYS, SYS),
    ("not_incident", "reported returned confirmed forwarded", "not_incident", RV, NAT),
    ("reopened", "not_incident", "reported", ALL3, ALL3),
]
OPEN = "responding controlled recovered final"
HANDLING_TRACK = [
    ("controlled", "responding", "controlled", RPT, RPT),
    ("recovered", "responding controlled", "recovered", RPT, RPT),
    ("final_submitted", "controlled recovered", "final", RPT, RPT),
    ("final_returned", "final", "recovered", RV, RV),
    ("closed", "final", "closed", RV, NAT),
    ("follow_up_done", "closed", "follow_up_done", RV, RV),
    ("reopened", "closed follow_up_done", "responding", ALL3, ALL3),
    ("measure_planned", OPEN, None, ALL3, ALL3),
    ("measure_planned", "closed", None, RV, RV),
    ("measure_done", OPEN + " closed", None, RPT, RPT),
    ("measure_verified", OPEN + " closed", None, RV, RV),
]
SERVICE = {"abnormal_detected", "abnormal_notified", "request_received", "support_given", "arrived_on_site", "drill_done",
           "drill_reported"}
EVIDENCE = {"evidence_added", "evidence_moved"}
ACROSS = {"aware": RS | RV, "aware_corrected": RS | RV, "level_changed": ALL3, "marked": ALL3, "classified": ALL3, "vital_corrected": ALL3, "followed_up": RS, "support_requested": RS,
          "support_given": RV | {"supporter"}, "arrived_on_site": RV | {"supporter"}, "obstacle_begins": RS,
          "obstacle_ends": RS, "answered": RV, "intermediate_requested": RV, "intermediate_submitted": RPT,
          "progress_submitted": RPT, "extended": RV, "absorbed": RV, "unabsorbed": RV, "merged": RV, "unmerged": RV,
          "file_added": ANY, "file_removed": ANY, "evidence_added": ANY, "evidence_moved": ANY, "abnormal_detected": ANY, "abnormal_notified": ANY, "request_received": ANY, "drill_done": ANY,
          "drill_reported": ANY}
KINDS = {k for k, *_ in REVIEW_TRACK + HANDLING_TRACK} | set(ACROSS)
EDITS, TEXTS = {"reported", "supplemented"}, {"reported", "supplemented", "followed_up", "support_requested", "answered"}
FIELDS = ("title", "description", "impact", "measures")
TLP = {"clear": 1, "green": 2, "amber": 3, "amber+strict": 4, "red": 5}  # another word: red


def filled(body, key):
    return isinstance(body.get(key), str) and body[key].strip() != ""


VITAL = ["government", "military", "rescue"] + ["necessities:" + x for x in ("telecom", "water", "power", "oil", "gas", "food")] + ["finance", "commerce"]


def complete(e):
    """What the kind needs, as far as random histories leave it out."""
    b, k = e["body"], e["kind"]
    if k in ("returned", "final_returned", "not_incident", "reopened") and not (filled(b, "reason") or filled(b, "grounds")):
        return False
    if k == "aware_corrected" and not filled(b, "reason"):
        return False
    if k == "classified" and not (filled(b, "rsit") and len(b["rsit"]) <= 64 and filled(b, "reason")):
        return False
    if k == "vital_corrected" and not (isinstance(b.get("vital_functions"), list) and len(b["vital_functions"]) <= 32
                                       and all(isinstance(x, str) for x in b["vital_functions"]) and filled(b, "reason")):
        return False
    if k == "level_changed" and not b.get("level"):
        return False
    if k == "reported" and b.get("channel") == "other" and not filled(b, "reason"):
        return False
    if k == "extended" and not (filled(b, "clock") and filled(b, "until") and isinstance(b.get("consent"), list)):
        return False
    if k.startswith("measure_") and not filled(b, "measure"):
        return False
    if k == "file_added" and not (filled(b, "name") and filled(b, "sha256")):
        return False
    if k == "file_removed" and not filled(b, "file"):
        return False
    if k == "evidence_added" and not (filled(b, "what") and filled(b, "taken_by") and filled(b, "method")):
        return False
    if k == "evidence_moved" and not (filled(b, "evidence") and filled(b, "from") and filled(b, "to")):
        return False
    if k == "merged" and not filled(b, "into"):
        return False
    if k == "unabsorbed" and not filled(b, "incident"):
        return False
    return k != "absorbed" or filled(b, "aware_at")


def well_formed(e):
    return e["by"] in MAY_SPEAK[e["tier"]] and complete(e)


def key(e):
    return e["recorded"], e["node"], e["sequence"], e["id"]


def in_order(events):
    """Parents, base and the node's own earlier events first; of those that may come next, the least."""
    held = {e["id"]: e for e in events}
    before = {}
    for e in events:
        before[e["id"]] = {p for p in e["parents"] + e["body"].get("base", []) if p in held and p != e["id"]}
        earlier = [x for x in events if x["node"] == e["node"] and x["sequence"] < e["sequence"]]
        if earlier:
            last = max(x["sequence"] for x in earlier)
            before[e["id"]].add(max((x for x in earlier if x["sequence"] == last), key=lambda x: x["id"])["id"])
    out, done = [], set()
    while len(out) < len(events):
        rest = [e for e in events if e["id"] not in done]
        ready = [e for e in rest if before[e["id"]] <= done] or rest
        out.append(min(ready, key=key))
        done.add(out[-1]["id"])
    knows = {}
    for e in out:
        knows[e["id"]] = set().union(*[{p} | knows.get(p, set()) for p in before[e["id"]]])
    saw = {}
    for e in out:
        base = e["body"].get("base")
        saw[e["id"]] = knows[e["id"]] if base is None else set().union(*[{p} | knows[p] for p in base if p in held and p != e["id"]])
    return out, saw


def fold(events):
    events = list({e["id"]: e for e in events}.values())
    order, saw = in_order(events)

    def at_once(a, b):
        return a["id"] != b["id"] and a["id"] not in saw[b["id"]] and b["id"] not in saw[a["id"]]

    # Before anything: what was undone, what is opinion.
    fate = {}
    for u in order:
        if u["by"] not in RV or not well_formed(u):
            continue
        for x in order:
            if u["kind"] == "reviewed" and u["by"] == "national" and x["kind"] == "reviewed" and x["by"] == "reviewer" and at_once(u, x):
                fate.setdefault(x["id"], "opinion")
            if u["kind"] == "unmerged" and x["kind"] == "merged" and x["id"] in saw[u["id"]]:
                fate[x["id"]] = "undone"
            if (u["kind"] == "unabsorbed" and x["kind"] == "absorbed" and x["id"] in saw[u["id"]]
                    and x["body"].get("incident", "") == u["body"]["incident"]):
                fate[x["id"]] = "undone"
    s = {"review": "draft", "handling": "responding", "level": 0, "level_rank": 0, "merged": "", "merged_same": False,
         "reported_at": 0, "tlp": 0, "rsit": "", "rsit_rank": 0, "vital": 0, "vital_rank": 0}
    own_aware = absorbed_aware = None
    aware_rank, merge, end = 0, None, None
    marks, tightened = [], 0
    edits, measures, texts, outcome = [], {}, {f: [] for f in FIELDS}, {}

    def lines(track, state, kind, who):
        rows = [r for r in track if r[0] == kind]
        here = [r for r in rows if state in r[1].split()]
        mine = [r for r in here if who in (r[4] if s["level"] >= 3 else r[3])]
        return rows, here, mine

    def verdict(e, merged, merged_same):
        """None = may be done; else the word for why not."""
        k = e["kind"]
        if k not in KINDS:
            return "unknown"
        over = s["review"] == "not_incident" or s["handling"] in ("closed", "follow_up_done")
        if merged_same and k not in ("unmerged", "aware_corrected", "marked") and k not in SERVICE | EVIDENCE:
            return "state"
        if (k == "merged" and merged) or (k == "unmerged" and not merged):
            return "state"
        follow = {"measure_planned", "measure_done", "measure_verified", "follow_up_done"}
        if over and k not in SERVICE | EVIDENCE | {"reopened", "aware_corrected", "unabsorbed", "marked", "classified", "vital_corrected"} and not (
                k in follow and s["review"] != "not_incident"):
            return "state"
        if (k == "aware" and own_aware is not None) or (k == "aware_corrected" and own_aware is None):
            return "state"
        if k in ACROSS:
            if e["by"] not in ACROSS[k]:
                return "role"
        else:
            a, b = lines(REVIEW_TRACK, s["review"], k, e["by"]), lines(HANDLING_TRACK, s["handling"], k, e["by"])
            if not a[1] and not b[1]:
                return "state"
            if not a[2] and not b[2]:
                return "role"
        if k == "closed" and s["review"] != "forwarded":
            return "state"
        if not well_formed(e):
            return "content"
        if k == "reviewed" and s["review"] in ("confirmed", "forwarded") and not (filled(e["body"], "grounds") or filled(e["body"], "reason")):
            return "content"
        if k == "closed" and any(not m["owner"] or not m["due"] for m in measures.values()):
            return "state"
        if k == "follow_up_done" and any(not m["verified"] for m in measures.values()):
            return "state"
        m = measures.get(e["body"].get("measure"))
        if k in ("measure_done", "measure_verified") and m is None or k == "measure_verified" and not m["done"]:
            return "state"
        if k in ("measure_planned", "measure_done") and m and m["verified"]:
            return "state"
        return None

    def mark(e):
        """Of words that did not see one another the strictest; who reviews only tightens."""
        nonlocal marks, tightened
        if "tlp" not in e["body"]:
            return
        said = TLP.get(e["body"]["tlp"], 5)
        if RANK[e["by"]] > 1:
            tightened = max(tightened, said)
        else:
            marks = [(x, n) for x, n in marks if x not in saw[e["id"]]] + [(e["id"], said)]
        s["tlp"] = max([tightened] + [n for _, n in marks])

    def write(e):
        mark(e)
        for f in FIELDS:
            if e["body"].get(f):
                texts[f] = [x for x in texts[f] if x["id"] not in saw[e["id"]] and x["body"][f] != e["body"][f]] + [e]

    for e in order:
        k, b = e["kind"], e["body"]
        if e["id"] in fate:
            outcome[e["id"]] = fate[e["id"]]
            continue
        if (k == "unmerged" and not s["merged"] and e["by"] in RV and well_formed(e)
                and any(fate.get(x["id"]) == "undone" and x["kind"] == "merged" and x["id"] in saw[e["id"]] for x in order)):
            outcome[e["id"]] = "applied"
            continue
        blind = merge is not None and s["merged"] and k != "merged" and at_once(merge, e)
        no = verdict(e, "" if blind else s["merged"], False if blind else s["merged_same"])
        if no == "unknown":
            outcome[e["id"]] = "unknown"
            continue
        if no:
            late = end is not None and at_once(end, e) and well_formed(e)
            if late and k == "merged" and e["by"] in RV:
                outcome[e["id"]] = "void"
            elif late and no == "state" and k in TEXTS:
                outcome[e["id"]] = "entry"
                if k in EDITS:
                    write(e)
            else:
                outcome[e["id"]] = "refused"
            continue
        outcome[e["id"]] = "applied"
        if k == "aware_corrected":
            if RANK[e["by"]] < aware_rank:
                outcome[e["id"]] = "outranked"
            else:
                own_aware, aware_rank = e["occurred"], RANK[e["by"]]
            continue
        if k == "aware":
            own_aware, aware_rank = e["occurred"], RANK[e["by"]]
        if k == "returned" and any(at_once(x, e) for x in edits):
            outcome[e["id"]] = "answered"
            continue
        level = b.get("level")
        if k == "absorbed":
            s["level"] = max(s["level"], level or 0)
        elif k in ("aware", "level_changed", "reported", "supplemented", "reviewed") and level:
            if RANK[e["by"]] and RANK[e["by"]] >= s["level_rank"]:
                s["level"], s["level_rank"] = level, RANK[e["by"]]
            else:
                outcome[e["id"]] = "outranked"
        elif k == "reviewed" and s["level"]:
            s["level_rank"] = max(s["level_rank"], RANK[e["by"]])
        # The level of this very event is not asked about its own author's right: the lines were chosen before.
        if k not in ACROSS:
            for track, name in ((REVIEW_TRACK, "review"), (HANDLING_TRACK, "handling")):
                for row in track:
                    if row[0] == k and s[name] in row[1].split():
                        if row[2]:
                            s[name] = row[2]
                        break
        if k in EDITS:
            edits.append(e)
        if k == "reported" and not s["reported_at"]:
            s["reported_at"] = e["recorded"]
        if k == "aware" or k in EDITS:
            write(e)
        if k == "marked":
            mark(e)
        chosen = b.get("rsit") if k == "classified" else b.get("form", {}).get("rsit") if k in EDITS | {"followed_up"} else None
        if isinstance(chosen, str) and len(chosen) <= 64:
            if RANK[e["by"]] >= s["rsit_rank"]:
                s["rsit"], s["rsit_rank"] = chosen.strip(), RANK[e["by"]]
            elif k == "classified":
                outcome[e["id"]] = "outranked"
        ticked = b.get("vital_functions") if k == "vital_corrected" else b.get("form", {}).get("vital_functions") if k in EDITS | {"followed_up"} else None
        if isinstance(ticked, list):
            if RANK[e["by"]] >= s["vital_rank"]:
                s["vital"], s["vital_rank"] = sum(1 << i for i, name in enumerate(VITAL) if name in ticked[:32]), RANK[e["by"]]
            elif k == "vital_corrected":
                outcome[e["id"]] = "outranked"
        if k == "reopened":
            s["handling"], end = "responding", None
        if k in ("closed", "not_incident"):
            end = e
            if s["merged"]:
                outcome[merge["id"]] = "void"
                s["merged"], s["merged_same"] = "", False
        if k == "merged":
            s["merged"], s["merged_same"], merge = b["into"], b.get("same_agency") is True, e
        if k == "unmerged":
            s["merged"], s["merged_same"] = "", False
        if k == "absorbed":
            absorbed_aware = min(b["aware_us"], absorbed_aware) if absorbed_aware is not None else b["aware_us"]
        if k.startswith("measure_"):
            m = measures.setdefault(b["measure"], {"owner": "", "due": "", "done": False, "verified": False})
            if k == "measure_planned":
                m["owner"], m["due"] = b.get("owner", "").strip() or m["owner"], b.get("due", "") or m["due"]
            m["done"] |= k == "measure_done"
            m["verified"] |= k == "measure_verified"
    aware = own_aware or 0
    if own_aware is not None and absorbed_aware is not None:
        aware = min(own_aware, absorbed_aware)
    s["aware_at"] = aware
    s["order"] = [e["id"] for e in order]
    s["outcomes"] = [outcome[e["id"]] for e in order]
    for f in FIELDS:
        s[f] = texts[f][-1]["body"][f] if texts[f] else ""
    s["rivals"] = [[f, e["id"]] for f in FIELDS if len(texts[f]) > 1 for e in texts[f]]
    s["measures_done"] = [[n, m["owner"], m["due"], m["done"], m["verified"]] for n, m in measures.items()]
    return s
