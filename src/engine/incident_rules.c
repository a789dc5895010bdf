/* The rules of an incident: two transition tables, the acts across both, what an act must carry. */
#include "engine/incident_priv.h"
#include "model/file.h"
#include "model/vital.h"

enum { MEASURE_BYTES = 60 };

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

static const struct {
    const char *name, *zh;
    unsigned bit;
    int rank; /* whose word on the level counts */
} roles[] = {
    { "reporter", "通報者", RPT, 1 }, { "system", "系統", SYS, 1 },      { "reviewer", "審核者", REV, 2 },
    { "national", "國家級", NAT, 3 }, { "supporter", "支援者", SUP, 0 },
};

#define DRAFT (1u << LF_REVIEW_DRAFT)
#define REPORTED (1u << LF_REVIEW_REPORTED)
#define RETURNED (1u << LF_REVIEW_RETURNED)
#define CONFIRMED (1u << LF_REVIEW_CONFIRMED)
#define FORWARDED (1u << LF_REVIEW_FORWARDED)
#define NOT_INCIDENT (1u << LF_REVIEW_NOT_INCIDENT)
#define RESPONDING (1u << LF_HANDLING_RESPONDING)
#define CONTROLLED (1u << LF_HANDLING_CONTROLLED)
#define RECOVERED (1u << LF_HANDLING_RECOVERED)
#define FINAL (1u << LF_HANDLING_FINAL)
#define CLOSED (1u << LF_HANDLING_CLOSED)
#define FOLLOW_UP_DONE (1u << LF_HANDLING_FOLLOW_UP_DONE)
#define OPEN (RESPONDING | CONTROLLED | RECOVERED | FINAL)

/* Review 審核. */
static const struct incident_row review_table[] = {
    { "reported", DRAFT, RPT | SYS, RPT | SYS, LF_REVIEW_REPORTED, "R0 → R1" },
    { "reported", REPORTED | RETURNED, RPT | SYS, RPT | SYS, LF_REVIEW_REPORTED, "R1, R2 → R1" },
    { "reported", CONFIRMED | FORWARDED, RPT | SYS, RPT | SYS, STAY, "R3, R4" },
    { "supplemented", REPORTED | RETURNED, RPT, RPT, LF_REVIEW_REPORTED, "R1, R2 → R1" },
    { "supplemented", DRAFT | CONFIRMED | FORWARDED, RPT, RPT, STAY, "R0, R3, R4" },
    { "received_by_reviewer", DRAFT | REPORTED | RETURNED | CONFIRMED | FORWARDED, SYS | REV | NAT,
      SYS | REV | NAT, STAY, "R0-R4" },
    { "returned", REPORTED, REV | NAT, REV | NAT, LF_REVIEW_RETURNED, "R1 → R2" },
    { "reviewed", REPORTED | RETURNED, REV | NAT, REV | NAT, LF_REVIEW_CONFIRMED, "R1, R2 → R3" },
    { "reviewed", CONFIRMED | FORWARDED, NAT, NAT, LF_REVIEW_CONFIRMED, "R3, R4 → R3" },
    { "forwarded", CONFIRMED, SYS, SYS, LF_REVIEW_FORWARDED, "R3 → R4" },
    { "not_incident", REPORTED | RETURNED | CONFIRMED | FORWARDED, REV | NAT, NAT, LF_REVIEW_NOT_INCIDENT,
      "R1-R4 → X1" },
    { "reopened", NOT_INCIDENT, RPT | REV | NAT, RPT | REV | NAT, LF_REVIEW_REPORTED, "H5, H6, X1 → H1" },
};

/* Handling 應變; never waits for review. */
static const struct incident_row handling_table[] = {
    { "controlled", RESPONDING, RPT, RPT, LF_HANDLING_CONTROLLED, "H1 → H2" },
    { "recovered", RESPONDING | CONTROLLED, RPT, RPT, LF_HANDLING_RECOVERED, "H1, H2 → H3" },
    { "final_submitted", CONTROLLED | RECOVERED, RPT, RPT, LF_HANDLING_FINAL, "H2, H3 → H4" },
    { "final_returned", FINAL, REV | NAT, REV | NAT, LF_HANDLING_RECOVERED, "H4 → H3" },
    { "closed", FINAL, REV | NAT, NAT, LF_HANDLING_CLOSED, "H4 + R4 → H5" },
    { "follow_up_done", CLOSED, REV | NAT, REV | NAT, LF_HANDLING_FOLLOW_UP_DONE, "H5 → H6" },
    { "reopened", CLOSED | FOLLOW_UP_DONE, RPT | REV | NAT, RPT | REV | NAT, LF_HANDLING_RESPONDING,
      "H5, H6, X1 → H1" },
    { "measure_planned", OPEN, RPT | REV | NAT, RPT | REV | NAT, STAY, "H1-H4" },
    { "measure_planned", CLOSED, REV | NAT, REV | NAT, STAY, "H5" },
    { "measure_done", OPEN | CLOSED, RPT, RPT, STAY, "H1-H5" },
    { "measure_verified", OPEN | CLOSED, REV | NAT, REV | NAT, STAY, "H1-H5" },
};

/* Across both tracks: no state of its own. */
static const struct {
    const char *kind;
    unsigned who;
} across[] = {
    { "aware", RPT | SYS | REV | NAT },
    { "aware_corrected", RPT | SYS | REV | NAT },
    { "marked", RPT | REV | NAT },
    { "classified", RPT | REV | NAT },
    { "vital_corrected", RPT | REV | NAT },
    { "level_changed", RPT | REV | NAT },
    { "followed_up", RPT | SYS },
    { "support_requested", RPT | SYS },
    { "support_given", SUP | REV | NAT },
    { "arrived_on_site", SUP | REV | NAT },
    { "obstacle_begins", RPT | SYS },
    { "obstacle_ends", RPT | SYS },
    { "answered", REV | NAT },
    { "intermediate_requested", REV | NAT },
    { "intermediate_submitted", RPT },
    { "progress_submitted", RPT },
    { "extended", REV | NAT },
    { "absorbed", REV | NAT },
    { "unabsorbed", REV | NAT },
    { "merged", REV | NAT },
    { "unmerged", REV | NAT },
    { "archived", RPT | SYS },
    { "file_added", RPT | SYS | REV | NAT | SUP },
    { "file_removed", RPT | SYS | REV | NAT | SUP },
    { "evidence_added", RPT | SYS | REV | NAT | SUP },
    { "evidence_moved", RPT | SYS | REV | NAT | SUP },
    { "abnormal_detected", RPT | SYS | REV | NAT | SUP },
    { "abnormal_notified", RPT | SYS | REV | NAT | SUP },
    { "request_received", RPT | SYS | REV | NAT | SUP },
    { "drill_done", RPT | SYS | REV | NAT | SUP },
    { "drill_reported", RPT | SYS | REV | NAT | SUP },
};

/* As people call the acts; for the sentences of refusals. */
static const struct {
    const char *kind, *zh;
} words[] = {
    { "reported", "通報" },
    { "supplemented", "補充編輯" },
    { "received_by_reviewer", "收件" },
    { "returned", "退件補正" },
    { "reviewed", "審核" },
    { "forwarded", "送交主管機關" },
    { "not_incident", "判定非屬資安事件" },
    { "reopened", "重啟列管" },
    { "controlled", "完成損害控制" },
    { "recovered", "完成復原" },
    { "final_submitted", "結報" },
    { "final_returned", "退回結報" },
    { "closed", "結案（解除列管）" },
    { "follow_up_done", "改善追蹤完成" },
    { "measure_planned", "擬訂改善措施" },
    { "measure_done", "改善措施完成" },
    { "measure_verified", "改善措施查核" },
    { "aware", "知悉" },
    { "aware_corrected", "更正知悉時間" },
    { "marked", "變更 TLP 標記" },
    { "classified", "更正國際參考分類" },
    { "vital_corrected", "更正影響的體系" },
    { "level_changed", "變更等級" },
    { "followed_up", "續報" },
    { "support_requested", "請求支援" },
    { "support_given", "提供支援" },
    { "arrived_on_site", "到場支援" },
    { "obstacle_begins", "通報障礙開始" },
    { "obstacle_ends", "通報障礙排除" },
    { "answered", "回覆" },
    { "intermediate_requested", "要求期中報告" },
    { "intermediate_submitted", "期中報告" },
    { "progress_submitted", "進度報告" },
    { "extended", "展延期限" },
    { "absorbed", "併入他案" },
    { "unabsorbed", "解除併入" },
    { "merged", "併案" },
    { "unmerged", "解除併案" },
    { "archived", "舊案歸檔" },
    { "file_added", "附加檔案" },
    { "file_removed", "移除附件" },
    { "evidence_added", "登錄證物" },
    { "evidence_moved", "移交證物" },
    { "abnormal_detected", "發現服務異常" },
    { "abnormal_notified", "通知服務異常" },
    { "request_received", "收到支援請求" },
    { "drill_done", "演練完成" },
    { "drill_reported", "演練成果報告" },
};

static const struct {
    const char *name, *zh;
} review_words[] = { { "draft", "草稿" },
                     { "reported", "初報" },
                     { "returned", "退件補正" },
                     { "confirmed", "審核通過" },
                     { "forwarded", "送交主管機關" },
                     { "not_incident", "非屬資安事件" } },
  handling_words[] = { { "responding", "應變處置" }, { "controlled", "已完成損害控制" },
                       { "recovered", "已復原" },    { "final", "已結報" },
                       { "closed", "已結案" },       { "follow_up_done", "改善追蹤完成" } };

static const char *const outcome_words[] = { "applied", "refused", "outranked", "answered", "opinion",
                                             "void",    "undone",  "entry",     "unknown" };

const char *lf_review_name(enum lf_review r)
{
    return (unsigned)r < COUNT(review_words) ? review_words[r].name : "unknown";
}

const char *lf_handling_name(enum lf_handling h)
{
    return (unsigned)h < COUNT(handling_words) ? handling_words[h].name : "unknown";
}

const char *lf_incident_outcome_name(enum lf_incident_outcome o)
{
    return (unsigned)o < COUNT(outcome_words) ? outcome_words[o] : "unknown";
}

static lf_view kind_zh(lf_view kind)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (lf_view_is(kind, words[i].kind))
            return lf_view_of(words[i].zh);
    return kind;
}

static lf_view role_zh(lf_view by)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (lf_view_is(by, roles[i].name))
            return lf_view_of(roles[i].zh);
    return by;
}

static unsigned role_bit(lf_view by)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (lf_view_is(by, roles[i].name))
            return roles[i].bit;
    return 0;
}

int incident_rank(lf_view by)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (lf_view_is(by, roles[i].name))
            return roles[i].rank;
    return 0;
}

bool lf_incident_role_fits(lf_view tier, lf_view by)
{
    unsigned may = RPT | SYS | SUP;

    if (lf_view_is(tier, "sector"))
        may |= REV;
    else if (lf_view_is(tier, "nation"))
        may |= REV | NAT;
    return (role_bit(by) & may) != 0;
}

bool incident_is_edit(lf_view kind)
{
    return lf_view_is(kind, "reported") || lf_view_is(kind, "supplemented");
}

bool lf_incident_writes_text(lf_view kind)
{
    return incident_is_edit(kind) || lf_view_is(kind, "followed_up") ||
           lf_view_is(kind, "support_requested") || lf_view_is(kind, "answered");
}

const struct lf_incident_measure *incident_measure(const struct lf_incident_state *s, lf_view id)
{
    for (size_t i = 0; i < s->nmeasures; i++)
        if (lf_view_eq(s->measures[i].id, id))
            return &s->measures[i];
    return NULL;
}

/* ---- what may be done ---- */

struct match {
    bool known, state, role;
    const struct incident_row *row; /* the one that fits */
    const char *rule;
};

static void look(const struct incident_row *table, size_t n, lf_view kind, unsigned state, unsigned who,
                 bool major, struct match *m)
{
    m->row = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!lf_view_is(kind, table[i].kind))
            continue;
        m->known = true;
        if (!m->rule)
            m->rule = table[i].rule;
        if (!(table[i].from & state))
            continue;
        m->state = true;
        m->rule = table[i].rule;
        if (!((major ? table[i].who_major : table[i].who) & who))
            continue;
        m->role = true;
        m->row = &table[i];
        return;
    }
}

/* zh-TW first, then English; both name the rule. */
#define REFUSE(e, code, kind, zh, en, ...)                                                                   \
    lf_err_set((e), (code), "「%.*s」" zh "（規則 %s）。\"%.*s\" " en " (rule %s)", LF_FMT(kind_zh(kind)),   \
               __VA_ARGS__)

static bool ended(const struct lf_incident_state *s)
{
    return s->review == LF_REVIEW_NOT_INCIDENT || s->handling >= LF_HANDLING_CLOSED;
}

static bool among(lf_view kind, const char *const *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(kind, kinds[i]))
            return true;
    return false;
}

/* Support and drills have clocks of their own, which no end of the incident touches. */
static bool of_service(lf_view kind)
{
    static const char *const kinds[] = { "abnormal_detected", "abnormal_notified", "request_received",
                                         "support_given",     "arrived_on_site",   "drill_done",
                                         "drill_reported" };

    return among(kind, kinds, COUNT(kinds));
}

/* What was taken is still in somebody's hands when the incident is over, and goes to a court or back. */
static bool of_evidence(lf_view kind)
{
    return lf_view_is(kind, "evidence_added") || lf_view_is(kind, "evidence_moved");
}

/* What may still be done when the incident is over. */
static bool after_the_end(const struct lf_incident_state *s, lf_view kind)
{
    static const char *const always[] = { "reopened", "aware_corrected", "unabsorbed",
                                          "marked",   "classified",      "vital_corrected" };
    static const char *const follow_up[] = { "measure_planned", "measure_done", "measure_verified",
                                             "follow_up_done" };

    return of_service(kind) || of_evidence(kind) || among(kind, always, COUNT(always)) ||
           (s->review != LF_REVIEW_NOT_INCIDENT && among(kind, follow_up, COUNT(follow_up)));
}

/* Both tracks end together: the state of review that an act of handling waits for; -1: none. */
static int review_needed(lf_view kind)
{
    return lf_view_is(kind, "closed") ? LF_REVIEW_FORWARDED : -1;
}

enum lf_code incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by,
                          struct incident_may *out, struct lf_err *e)
{
    unsigned who = role_bit(by);
    bool major = s->level >= 3;
    struct match m = { 0 };
    struct incident_may found = { 0 };

    look(review_table, COUNT(review_table), kind, 1u << s->review, who, major, &m);
    found.review = m.row;
    look(handling_table, COUNT(handling_table), kind, 1u << s->handling, who, major, &m);
    found.handling = m.row;
    for (size_t i = 0; i < COUNT(across); i++) {
        if (!lf_view_is(kind, across[i].kind))
            continue;
        m = (struct match){ .known = true, .state = true, .role = (across[i].who & who) != 0, .rule = "R+H" };
    }
    if (!m.known)
        return lf_err_set(e, LF_UNACCEPTED, "沒有規則認得「%.*s」。No rule knows the act \"%.*s\"",
                          LF_FMT(kind), LF_FMT(kind));
    if (s->merged_same && !lf_view_is(kind, "unmerged") && !lf_view_is(kind, "aware_corrected") &&
        !lf_view_is(kind, "marked") && !of_service(kind) && !of_evidence(kind))
        return lf_err_set(
            e, LF_CONFLICT,
            "本案已併入 %.*s，請在該案處理或先解除併案（規則 併案）。The incident was merged into %.*s; "
            "act there, or undo the merge (rule merge)",
            LF_FMT(s->merged_into), LF_FMT(s->merged_into));
    if (lf_view_is(kind, "merged") && s->merged_into.len)
        return lf_err_set(
            e, LF_CONFLICT,
            "本案已併入 %.*s（規則 併案）。The incident is merged already, into %.*s (rule merge)",
            LF_FMT(s->merged_into), LF_FMT(s->merged_into));
    if (lf_view_is(kind, "unmerged") && !s->merged_into.len)
        return lf_err_set(e, LF_CONFLICT,
                          "本案沒有併入他案（規則 解除併案）。The incident is not merged (rule unmerge)");
    if (ended(s) && !after_the_end(s, kind))
        return REFUSE(e, LF_CONFLICT, kind, "不能做：本案已%s，請先重啟列管",
                      "is refused: the incident is %s; reopen it first",
                      s->review == LF_REVIEW_NOT_INCIDENT ? "判定非屬資安事件" : "結案", "H5, H6, X1 → H1",
                      LF_FMT(kind),
                      s->review == LF_REVIEW_NOT_INCIDENT ? "dropped as not an incident" : "closed",
                      "H5, H6, X1 → H1");
    if (lf_view_is(kind, "aware") && s->aware_at)
        return lf_err_set(e, LF_CONFLICT,
                          "知悉時間已有記錄，請以更正知悉時間修改（規則 R0）。Awareness is recorded already; "
                          "correct it with aware_corrected (rule R0)");
    if (lf_view_is(kind, "aware_corrected") && !s->aware_at)
        return lf_err_set(e, LF_CONFLICT,
                          "尚無可更正的知悉時間（規則 R0）。No awareness is recorded that could be corrected "
                          "(rule R0)");
    if (!m.state)
        return REFUSE(e, LF_CONFLICT, kind, "不能接在審核「%s」、應變「%s」之後",
                      "does not follow review %s, handling %s", review_words[s->review].zh,
                      handling_words[s->handling].zh, m.rule, LF_FMT(kind), lf_review_name(s->review),
                      lf_handling_name(s->handling), m.rule);
    if (!m.role)
        return REFUSE(e, LF_FORBIDDEN, kind, "不由%.*s%s做", "is not for the role %.*s%s",
                      LF_FMT(role_zh(by)), major ? "在第三、四級" : "", m.rule, LF_FMT(kind), LF_FMT(by),
                      major ? " at level 3-4; it is the nation's or another's" : "", m.rule);
    if (review_needed(kind) >= 0 && (int)s->review != review_needed(kind))
        return REFUSE(e, LF_CONFLICT, kind, "須兩軌都完成：審核尚在「%s」",
                      "needs both tracks finished: review is %s, not forwarded", review_words[s->review].zh,
                      m.rule, LF_FMT(kind), lf_review_name(s->review), m.rule);
    *out = found;
    return LF_OK;
}

enum lf_code lf_incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by, struct lf_err *e)
{
    struct incident_may ignored;

    return incident_may(s, kind, by, &ignored, e);
}

static bool has_text(const struct lf_json *body, const char *key)
{
    return !lf_view_blank(lf_json_str(body, key));
}

static bool vital_list(const struct lf_json *body)
{
    const struct lf_json *list = lf_json_get(body, LF_V("vital_functions"));
    bool good = lf_json_kind(list) == LF_JSON_ARRAY && lf_json_items(list) <= LF_VITAL_LIST;

    for (size_t i = 0; good && i < lf_json_items(list); i++)
        good = lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING;
    return good;
}

static bool has_grounds(const struct lf_json *body)
{
    return has_text(body, "grounds") || has_text(body, "reason");
}

enum lf_code incident_guard(const struct lf_incident_state *s, const struct lf_incident_event *ev,
                            struct lf_err *e)
{
    const struct lf_incident_measure *m = incident_measure(s, lf_json_str(ev->body, "measure"));

    if (lf_view_is(ev->kind, "archived") && (!s->imported || s->review != LF_REVIEW_DRAFT))
        return lf_err_set(
            e, LF_CONFLICT,
            "只有匯入且未通報的舊案可以歸檔（規則 舊案）。Only an imported case that was not reported is "
            "archived (rule old case)");
    if (lf_view_is(ev->kind, "reviewed") && s->review >= LF_REVIEW_CONFIRMED && !has_grounds(ev->body))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "「覆核」須載明理由 grounds（規則 R3, R4 → R3）。A re-review needs its grounds (rule R3, R4 → "
            "R3)");
    if (lf_view_is(ev->kind, "closed") || lf_view_is(ev->kind, "follow_up_done")) {
        bool close = lf_view_is(ev->kind, "closed");

        for (size_t i = 0; i < s->nmeasures; i++) {
            if (close ? s->measures[i].owner.len && s->measures[i].due.len : s->measures[i].verified)
                continue;
            return lf_err_set(
                e, LF_CONFLICT,
                close
                    ? "改善措施「%.*s」尚無負責人或期限（規則 H4 + R4 → H5）。The follow-up measure \"%.*s\" "
                      "has no owner or no date yet (rule H4 + R4 → H5)"
                    : "改善措施「%.*s」尚未查核（規則 H5 → H6）。The follow-up measure \"%.*s\" is not "
                      "verified yet (rule H5 → H6)",
                LF_FMT(s->measures[i].id), LF_FMT(s->measures[i].id));
        }
    }
    if ((lf_view_is(ev->kind, "measure_done") || lf_view_is(ev->kind, "measure_verified")) && !m)
        return lf_err_set(
            e, LF_CONFLICT,
            "沒有這項改善措施（規則 改善追蹤）。No such follow-up measure was planned (rule follow-up)");
    if (lf_view_is(ev->kind, "measure_verified") && !m->done)
        return lf_err_set(
            e, LF_CONFLICT,
            "改善措施尚未回報完成（規則 改善追蹤）。The measure is not reported done yet (rule follow-up)");
    if ((lf_view_is(ev->kind, "measure_planned") || lf_view_is(ev->kind, "measure_done")) && m && m->verified)
        return lf_err_set(
            e, LF_CONFLICT,
            "改善措施已查核（規則 改善追蹤）。The measure is verified already (rule follow-up)");
    return LF_OK;
}

enum lf_code lf_incident_allows(const struct lf_incident_state *s, const struct lf_incident_event *ev,
                                struct lf_err *e)
{
    struct incident_may ignored;

    LF_TRY(incident_may(s, ev->kind, ev->by, &ignored, e));
    LF_TRY(lf_incident_content(ev, e));
    return incident_guard(s, ev, e);
}

/* ---- what an event must carry ---- */

static bool text_or_absent(const struct lf_json *body, const char *key)
{
    const struct lf_json *v = lf_json_get(body, lf_view_of(key));

    return !v || lf_json_kind(v) == LF_JSON_STRING;
}

static bool is_date(lf_view v)
{
    char text[32];
    lf_time t;

    return v.len == 10 && snprintf(text, sizeof text, "%.*sT00:00:00Z", LF_FMT(v)) == 20 &&
           lf_time_parse(lf_view_of(text), &t, NULL) == LF_OK;
}

static enum lf_code needs(struct lf_err *e, const struct lf_incident_event *ev, const char *what)
{
    return lf_err_set(e, LF_UNACCEPTED, "\"%.*s\" needs %s", LF_FMT(ev->kind), what);
}

static bool is_sha256(lf_view sum)
{
    for (size_t i = 0; i < sum.len; i++)
        if (!((sum.ptr[i] >= '0' && sum.ptr[i] <= '9') || (sum.ptr[i] >= 'a' && sum.ptr[i] <= 'f')))
            return false;
    return sum.len == 64;
}

static bool says_file(const struct lf_json *b)
{
    int64_t size;

    return is_sha256(lf_json_str(b, "sha256")) && lf_json_int(b, "size", &size) && size > 0 &&
           lf_file_name_ok(lf_json_str(b, "name")) && lf_file_type_ok(lf_json_str(b, "type"));
}

static bool says_evidence(const struct lf_json *b)
{
    return has_text(b, "what") && has_text(b, "taken_by") && has_text(b, "method") &&
           (!lf_json_get(b, LF_V("sha256")) || is_sha256(lf_json_str(b, "sha256")));
}

enum lf_code lf_incident_content(const struct lf_incident_event *ev, struct lf_err *e)
{
    const struct lf_json *b = ev->body, *list;
    struct lf_incident_exercise exercise;
    lf_time when;

    if (lf_json_get(b, LF_V("level")) && !lf_incident_event_level(ev))
        return needs(e, ev, "a level that is an integer from 1 to 4");
    if (!text_or_absent(b, "stage") || !text_or_absent(b, "channel") || !text_or_absent(b, "mode") ||
        !text_or_absent(b, "title") || !text_or_absent(b, "description") || !text_or_absent(b, "reason") ||
        !text_or_absent(b, "grounds"))
        return needs(e, ev, "stage, channel, mode, title, description, reason and grounds to be text");
    if (!lf_incident_exercise_read(b, &exercise))
        return needs(e, ev, "exercise_of: id, name, speed 1 to 60 and reach of an exercise");
    if (lf_view_is(ev->kind, "level_changed") && !lf_incident_event_level(ev))
        return needs(e, ev, "the new level");
    if (lf_view_is(ev->kind, "reported")) {
        lf_view channel = lf_json_str(b, "channel");

        if (channel.ptr && !lf_view_is(channel, "platform") && !lf_view_is(channel, "other"))
            return needs(e, ev, "a channel that is platform or other");
        if (lf_view_is(channel, "other") && !has_text(b, "reason"))
            return needs(e, ev, "the reason why the platform was not used");
    }
    if (lf_view_is(ev->kind, "aware_corrected") && !has_text(b, "reason"))
        return needs(e, ev, "a reason");
    if (lf_view_is(ev->kind, "classified") &&
        (!has_text(b, "rsit") || lf_json_str(b, "rsit").len > LF_INCIDENT_RSIT || !has_text(b, "reason")))
        return needs(e, ev, "rsit, a type of the reference taxonomy, and a reason");
    if (lf_view_is(ev->kind, "vital_corrected") && (!vital_list(b) || !has_text(b, "reason")))
        return needs(e, ev, "vital_functions, a list of them (none: empty), and a reason");
    if ((lf_view_is(ev->kind, "returned") || lf_view_is(ev->kind, "final_returned") ||
         lf_view_is(ev->kind, "not_incident") || lf_view_is(ev->kind, "reopened")) &&
        !has_grounds(b))
        return needs(e, ev, "a reason (or grounds)");
    if (lf_view_starts(ev->kind, LF_V("measure_")) &&
        (!has_text(b, "measure") || lf_json_str(b, "measure").len > MEASURE_BYTES))
        return needs(e, ev, "measure: the name of the follow-up measure, at most 60 bytes");
    if (lf_view_is(ev->kind, "measure_planned") &&
        (!text_or_absent(b, "what") || !text_or_absent(b, "owner") || !text_or_absent(b, "due") ||
         (has_text(b, "due") && !is_date(lf_json_str(b, "due")))))
        return needs(e, ev, "what and owner to be text, and due a date YYYY-MM-DD");
    if (lf_view_is(ev->kind, "file_added") && !says_file(b))
        return needs(e, ev, "name, type, size and sha256 of the file");
    if (lf_view_is(ev->kind, "file_removed") && !has_text(b, "file"))
        return needs(e, ev, "file: the event that added it");
    if (lf_view_is(ev->kind, "evidence_added") && !says_evidence(b))
        return needs(e, ev, "what, taken_by and method; sha256, if any, in 64 small hexadecimal digits");
    if (lf_view_is(ev->kind, "evidence_moved") &&
        (!has_text(b, "evidence") || !has_text(b, "from") || !has_text(b, "to")))
        return needs(e, ev, "evidence (the event that added it), from and to");
    if (lf_json_get(b, LF_V("base"))) {
        list = lf_json_get(b, LF_V("base"));
        if (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) > LF_INCIDENT_PARENTS)
            return needs(e, ev, "base to be a list of event ids");
        for (size_t i = 0; i < lf_json_items(list); i++)
            if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING)
                return needs(e, ev, "base to be a list of event ids");
    }
    if (lf_json_get(b, LF_V("until")) &&
        (lf_time_parse(lf_json_str(b, "until"), &when, e) != LF_OK || when < ev->recorded + LF_SECOND))
        return needs(e, ev, "an until that is a time after now");
    if (lf_json_get(b, LF_V("aware_at")) &&
        (lf_time_parse(lf_json_str(b, "aware_at"), &when, e) != LF_OK || when > ev->recorded))
        return needs(e, ev, "an aware_at that is a time, not in the future");
    if (lf_view_is(ev->kind, "extended")) {
        list = lf_json_get(b, LF_V("consent"));
        if (!has_text(b, "clock") || !has_text(b, "until") || !list || lf_json_kind(list) != LF_JSON_ARRAY)
            return needs(e, ev, "clock, until and consent (a list of roles)");
        for (size_t i = 0; i < lf_json_items(list); i++)
            if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING)
                return needs(e, ev, "consent to be a list of roles");
    }
    if (lf_view_is(ev->kind, "absorbed") && !has_text(b, "aware_at"))
        return needs(e, ev, "the aware_at of the other incident");
    if (lf_view_is(ev->kind, "unabsorbed") && !has_text(b, "incident"))
        return needs(e, ev, "the incident that is let go");
    if (lf_view_is(ev->kind, "merged") && !has_text(b, "into"))
        return needs(e, ev, "into: the incident it is merged into");
    if (lf_json_get(b, LF_V("same_agency")) &&
        lf_json_bool(b, "same_agency", true) != lf_json_bool(b, "same_agency", false))
        return needs(e, ev, "same_agency to be true or false");
    return LF_OK;
}

bool lf_incident_arrow(size_t i, struct lf_incident_arrow *out)
{
    bool handling = i >= COUNT(review_table);
    const struct incident_row *row;

    if (i >= COUNT(review_table) + COUNT(handling_table))
        return false;
    row = handling ? &handling_table[i - COUNT(review_table)] : &review_table[i];
    *out = (struct lf_incident_arrow){ .kind = row->kind,
                                       .handling = handling,
                                       .from = row->from,
                                       .to = row->to == STAY ? -1 : row->to,
                                       .who = row->who,
                                       .who_major = row->who_major,
                                       .needs = review_needed(lf_view_of(row->kind)) };
    return true;
}
