"""The statutory clocks, slowly: written from the words of the clock contract (A1-A11) and from nothing else.

judge(rules, history, at) gives what `lianfang clock` must print, as a Python value; ValueError for what the
contract calls bad input of the whole (no set in force, no awareness).  Input is presumed well formed."""
import calendar
import datetime
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TIERS = ("provider", "sector", "nation")
ORDER = ("aware aware_corrected obstacle_begins obstacle_ends abnormal_detected request_received drill_done level_changed "
         "absorbed reported received_by_reviewer answered returned supplemented reviewed forwarded intermediate_requested "
         "extended controlled recovered intermediate_submitted progress_submitted final_submitted final_returned "
         "abnormal_notified support_given arrived_on_site drill_reported not_incident merged closed reopened").split()
SERVICE = ("abnormal_detected", "abnormal_notified", "request_received", "support_given", "arrived_on_site",
           "drill_done", "drill_reported")
LEVEL_KINDS = ("aware", "level_changed", "absorbed", "reported", "supplemented", "reviewed")
DEFAULTS = {"stage": "initial", "channel": "platform", "mode": "online"}
INFINITE = float("inf")


def seconds(text):
    """RFC 3339 to whole seconds; the fraction is cut off."""
    when, zone = (text[:-1], 0) if text.endswith("Z") else (text[:-6], (int(text[-5:-3]) * 60 + int(text[-2:])) * 60)
    if zone and text[-6] == "-":
        zone = -zone
    y, mo, d, h, mi, s = (int(x) for x in (when[0:4], when[5:7], when[8:10], when[11:13], when[14:16], when[17:19]))
    return calendar.timegm((y, mo, d, h, mi, s)) - zone


def said(t):
    return None if t is None else (EPOCH + datetime.timedelta(seconds=t)).strftime("%Y-%m-%dT%H:%M:%SZ")


def plus_months(zone, start, n):
    """A10: the same local time n months on; one that never comes or comes twice takes the offset before the change."""
    tz = zoneinfo.ZoneInfo(zone)
    local = (EPOCH + datetime.timedelta(seconds=start)).astimezone(tz).replace(tzinfo=None)
    month = local.month - 1 + n
    year, month = local.year + month // 12, month % 12 + 1
    local = local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
    return int((local.replace(tzinfo=tz, fold=0) - EPOCH).total_seconds())


def get(o, key):
    return o.get(key) if o else None


class Event:
    def __init__(self, place, j):
        self.place, self.j = place, j
        self.kind, self.by, self.tier = j["kind"], j["by"], j["tier"]
        self.time = seconds(j["time"])
        self.occurred = seconds(j["occurred_at"]) if get(j, "occurred_at") else self.time
        self.until = seconds(j["until"]) if get(j, "until") else None
        self.level = get(j, "level")

    def at(self, tier):
        """A3: None = not known there."""
        receipts = get(self.j, "receipts") or {}
        if tier == self.tier or tier not in receipts:
            return self.time
        return None if receipts[tier] is None else seconds(receipts[tier])


class Instance:
    pass


class View:
    def __init__(self, rules, clocks, tier, events, at, notes):
        self.rules, self.tier, self.notes = rules, tier, notes
        self.clocks = [c for c in clocks if c["judged_at"] == tier]
        self.instances = {c["id"]: [] for c in self.clocks}
        self.level = self.level_rank = 0
        self.state, self.seen, self.life = "open", set(), 0
        self.makeup_owed, self.no_obstacle, self.aware_done = False, True, False
        self.events = sorted((e for e in events if e.at(tier) is not None and e.at(tier) <= at),
                             key=lambda e: (e.at(tier), ORDER.index(e.kind) if e.kind in ORDER else 99, e.place))
        self.t0, held = None, 0
        for e in self.events:  # A4: in a pass of its own
            if e.kind == "aware" and self.t0 is None:
                self.t0, held = e.occurred, self.rank(e.by)
            elif e.kind == "aware_corrected":
                if self.t0 is None:
                    notes.add((e.place, "no_aware"))
                elif self.rank(e.by) > 0 and self.rank(e.by) >= held:
                    self.t0, held = e.occurred, self.rank(e.by)
                else:
                    notes.add((e.place, "outranked"))

    def rank(self, by):
        return self.rules["rank"].get(by, 0)

    def reckoned(self):
        return self.level or self.rules.get("unknown_level", 1)

    def variant(self, clock, level):
        return next((v for v in clock["limits"] if level in v["levels"]), None)

    def limit(self, start, variant):
        if variant is None or variant.get("none"):
            return INFINITE
        if "seconds" in variant:
            return start + variant["seconds"]
        return plus_months(self.rules["tz"], start, variant["months"])

    def running(self, clock):
        return [i for i in self.instances[clock["id"]] if i.end is None]

    def fits(self, rule, e, kind):
        if kind not in rule["on"]:
            return False
        for field, allowed in (rule.get("where") or {}).items():
            value = get(e.j, field)
            if value is None:
                value = DEFAULTS.get(field)
            if value not in allowed:
                return False
        for condition in rule.get("if") or []:
            word, _, of = condition.partition(":")
            if not {"makeup_owed": self.makeup_owed, "no_obstacle": self.no_obstacle, "seen": of in self.seen,
                    "unseen": of not in self.seen}[word]:
                return False
        return True

    def start(self, clock, e, kind, occurred, recorded):
        """The first matching start rule is tried; if its repeat says no, no other is."""
        rule = next((r for r in clock["start"] if self.fits(r, e, kind)), None)
        if rule is None:
            return
        mine, running = self.instances[clock["id"]], self.running(clock)
        if rule["repeat"] == "once" and any(i.life == self.life for i in mine):
            return
        if rule["repeat"] == "idle" and running:
            return
        if rule["repeat"] == "after_stop" and (running or not mine or not mine[-1].stopped):
            return
        i = Instance()
        i.clock, i.life, i.by_aware = clock, self.life, e.kind == "aware"
        i.start = occurred if rule["use"] == "occurred" else recorded
        i.end, i.stopped, i.cancel, i.fixed = None, False, None, False
        i.variant = self.variant(clock, self.reckoned())
        i.due, i.due_code = self.limit(i.start, i.variant), "limit"
        if rule.get("until") and e.until is not None:
            i.due, i.due_code, i.fixed = e.until, "given", True
        mine.append(i)

    def set_level(self, e, t):
        """A7."""
        old, rank = self.level, self.rank(e.by)
        if e.kind not in LEVEL_KINDS:
            return
        if e.kind == "absorbed":
            self.level = max(self.level, e.level or 0)
        elif e.level:
            if rank > 0 and rank >= self.level_rank:
                self.level, self.level_rank = e.level, rank
            else:
                self.notes.add((e.place, "outranked"))
        elif e.kind == "reviewed" and self.level:
            self.level_rank = max(self.level_rank, rank)
        if self.level == old:
            return
        known = e.occurred if e.tier == self.tier else t
        for clock in self.clocks:
            for i in self.running(clock):
                self.relevel(i, old, known)
        if old:
            for clock in self.clocks:
                self.start(clock, e, "level_effective", known, t)

    def relevel(self, i, old, known):
        new = self.variant(i.clock, self.level)
        if i.fixed or new is i.variant:
            return
        if not old:
            i.variant, i.due, i.due_code = new, self.limit(i.start, new), "classified"
            return
        if known > i.due:
            return
        a, b = self.limit(i.start, i.variant), self.limit(i.start, new)
        if a == b:
            i.variant = new
            return
        how = i.clock["on_level_change"]["shorter" if b < a else "longer"]
        if how == "keep":
            return
        i.variant = new
        i.due = min(i.due, self.limit(max(known, i.start), new)) if how == "min_from_change" else b
        i.due_code = "shortened" if b < a else "lengthened"

    def extend(self, e, t):
        """A8; `False`: the clock is judged elsewhere."""
        clock = next((c for c in self.clocks if c["id"] == e.j["clock"]), None)
        if clock is None:
            return False
        i = self.instances[clock["id"]][-1] if self.instances[clock["id"]] else None
        if (not clock.get("extension") or i is None or i.end is not None or i.due == INFINITE or t > i.due
                or any(c not in e.j["consent"] for c in clock["extension"]["consent"]) or e.until <= i.due):
            self.notes.add((e.place, "extension_refused"))
        else:
            i.due, i.due_code, i.fixed = e.until, "extended", True
        return True

    def step(self, e):
        """A5."""
        t, occurred, same = e.at(self.tier), e.occurred, get(e.j, "same_agency") is True
        refuse = None
        entry = next((x for x in self.rules["authority"].get(e.kind, []) if self.reckoned() in x.get("levels", [self.reckoned()])), None)
        if e.kind not in ORDER:
            refuse = "unknown_kind"
        elif e.kind == "reopened" and self.state == "open":
            refuse = "not_closed"
        elif e.kind == "reopened" and self.state == "merged":
            refuse = "merged_stays"
        elif e.kind != "reopened" and self.state != "open" and e.kind not in SERVICE:
            refuse = "inactive"
        elif entry and e.by not in entry["by"]:
            refuse = "no_authority"
        elif e.kind == "aware" and self.aware_done:
            refuse = "duplicate_aware"
        elif e.kind == "merged" and not same:
            refuse = "merged_other_agency"
        if refuse:
            self.notes.add((e.place, refuse))
            return
        if e.kind == "reopened":
            self.seen, self.life, self.makeup_owed, self.state = set(), self.life + 1, False, "open"
        self.seen.add(e.kind)
        if e.kind == "reported":
            self.makeup_owed = get(e.j, "channel") == "other"
        if e.kind in ("obstacle_begins", "obstacle_ends"):
            self.no_obstacle = e.kind == "obstacle_ends"
        if e.kind == "aware":
            self.aware_done, occurred = True, self.t0
        self.set_level(e, t)
        if e.kind in ("not_incident", "merged", "closed"):
            for clock in self.clocks:
                for i in self.running(clock):
                    if clock["scope"] == "incident":
                        i.end, i.cancel = max(t, i.start), e.kind
            self.state = e.kind
            return
        if e.kind == "extended":
            return "extended", self.extend(e, t)
        if e.kind == "absorbed" and self.aware_done and seconds(e.j["aware_at"]) < self.t0:
            self.t0 = seconds(e.j["aware_at"])
            for clock in self.clocks:
                for i in self.running(clock):
                    if same and i.by_aware and i.start > self.t0:
                        i.start = self.t0
                        due = self.limit(i.start, i.variant)
                        if not i.fixed and i.due != INFINITE and due < i.due:
                            i.due, i.due_code = due, "absorbed"
        for clock in self.clocks:
            for rule in clock.get("cancel") or []:
                if self.fits(rule, e, e.kind):
                    for i in self.running(clock):
                        i.end, i.cancel = max(t, i.start), e.kind
            self.start(clock, e, e.kind, occurred, t)
            rule = next((r for r in clock["stop"] if self.fits(r, e, e.kind)), None)
            if rule:
                for i in self.running(clock):
                    if i.variant or i.fixed:
                        i.end, i.stopped = max(i.start, occurred if rule["use"] == "occurred" else t), True


def in_force(o, day):
    return (not o.get("valid_from") or o["valid_from"] <= day) and (not o.get("valid_to") or day < o["valid_to"])


def local_day(zone, t):
    return (EPOCH + datetime.timedelta(seconds=t)).astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d")


def judge(rules, history, at_text):
    at, known, events = seconds(at_text), set(), []
    for place, j in enumerate(history):
        if get(j, "id") is not None:
            if j["id"] in known:
                continue
            known.add(j["id"])
        events.append(Event(place, j))
    if not any(e.kind == "aware" for e in events):
        raise ValueError("no aware")
    best = None
    for r in rules if isinstance(rules, list) else [rules]:
        t0 = View(r, [], "provider", events, at, set()).t0
        day = local_day(r["tz"], at if t0 is None else t0)
        if in_force(r, day) and (best is None or (r.get("valid_from") or "") >= (best[0].get("valid_from") or "")):
            best = r, day
    if best is None:
        raise ValueError("no set")
    r, day = best
    clocks = [c for c in r["clocks"] if in_force(c, day)]
    notes, views = set(), {}
    for tier in TIERS:
        v = views[tier] = View(r, clocks, tier, events, at, notes)
        for e in v.events:
            if e.kind != "aware_corrected":
                done = v.step(e)
                # A clock that nobody judges is refused by whoever looks for it.
                if done == ("extended", False) and e.j["clock"] not in [c["id"] for c in clocks]:
                    notes.add((e.place, "extension_refused"))
    rows = []
    for clock in clocks:
        mine = views[clock["judged_at"]].instances[clock["id"]]
        for n, i in enumerate(mine, 1):
            rows.append(row(clock, n, i, at))
        if not mine:
            rows.append({"id": clock["id"] + "#1", "clock": clock["id"], "who": clock["who"], "rule": None, "started_at": None,
                         "due_at": None, "due_code": None, "warned_at": [], "stopped_at": None, "state": "not_started",
                         "late_by_s": 0, "code": "not_started"})
    p = views["provider"]
    return {"ruleset": r["ruleset"], "at": said(at), "aware_at": said(p.t0), "state": p.state,
            "level": {t: views[t].level or None for t in TIERS}, "clocks": rows,
            "notes": [{"event": place, "code": code} for place, code in sorted(notes)]}


def row(clock, n, i, at):
    """A11."""
    now = at if i.end is None else i.end
    has_due = i.due != INFINITE
    late = max(0, now - i.due) if has_due else 0
    started = i.start
    if i.stopped:
        state, code = ("breached", "late") if late else ("met", "met")
    elif i.cancel:
        state, code = ("breached", "overdue_cancelled") if late else ("cancelled", "cancelled_" + i.cancel)
    elif late:
        state, code = "breached", "overdue"
    elif i.variant is None and not i.fixed:
        state, code, started = "not_started", "not_at_this_level", None
    else:
        state, code = "running", "running" if has_due else "running_no_limit"
    warned = []
    if has_due and i.due > i.start:
        for p in clock["warn_percent"]:
            w = i.start + (i.due - i.start) * p // 100
            if w <= now:
                warned.append(said(w))
    return {"id": "%s#%d" % (clock["id"], n), "clock": clock["id"], "who": clock["who"],
            "rule": i.variant["id"] if i.variant else None, "started_at": said(started),
            "due_at": said(i.due) if has_due else None, "due_code": i.due_code if has_due else None, "warned_at": warned,
            "stopped_at": said(i.end), "state": state, "late_by_s": late, "code": code}
