/* The standing policy: what a reviewer allowed to go out at machine speed. */
#include "fmt/json.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/indicator.h"
#include "isac/signed.h"
#include "model/marking.h"
#include "model/role.h"
#include "store/query_intelligence.h"
#include "store/query_present.h"

enum { ALLOW_MOST = 1000, JSON_MOST = 65536 };

static enum lf_code read_kinds(const struct lf_json *v, unsigned *kinds, struct lf_err *e)
{
    if (lf_json_kind(v) != LF_JSON_ARRAY || !lf_json_items(v))
        return lf_err_set(e, LF_BAD_INPUT, "policy: kinds is a list like [\"domain-name\"]");
    *kinds = 0;
    for (size_t i = 0; i < lf_json_items(v); i++) {
        enum lf_observable_kind kind;
        lf_view name = lf_json_text(lf_json_item(v, i));

        if (!lf_observable_kind_parse(name, &kind))
            return lf_err_set(e, LF_BAD_INPUT,
                              "policy: no kind \"%.*s\"; domain-name, ipv4-addr, ipv6-addr, ipv4-net, "
                              "ipv6-net, url, email-addr, file-md5, file-sha1, file-sha256, file-sha512, ja3 "
                              "and ja4 are",
                              LF_FMT(name));
        *kinds |= 1u << kind;
    }
    return LF_OK;
}

/* What of an event may leave with a sighting; nothing unless it is said. */
static enum lf_code read_disclose(const struct lf_json *v, bool *observed, struct lf_err *e)
{
    *observed = false;
    if (v && lf_json_kind(v) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "policy: disclose is a list like [\"observed-data\"]");
    for (size_t i = 0; i < lf_json_items(v); i++) {
        if (!lf_view_is(lf_json_text(lf_json_item(v, i)), "observed-data"))
            return lf_err_set(e, LF_BAD_INPUT, "policy: \"observed-data\" is all that can be disclosed");
        *observed = true;
    }
    return LF_OK;
}

static enum lf_code read_policy(struct lf_arena *a, lf_view json, struct lf_policy *p, struct lf_err *e)
{
    const struct lf_json *v, *allow;
    lf_view level, *names;
    enum lf_tlp tlp;

    *p = (struct lf_policy){
        .min_evidence = 2, .max_life_hours = 72, .min_level = LF_LEVEL_HIGH, .min_confidence = 1
    };
    LF_TRY(lf_json_parse(a, json, &(struct lf_json_limits){ .bytes = JSON_MOST, .depth = 4, .unique = true },
                         &v, e));
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "policy: send a JSON object");
    LF_TRY(read_kinds(lf_json_get(v, LF_V("kinds")), &p->kinds, e));
    if (!lf_json_int(v, "min_evidence", &p->min_evidence) || p->min_evidence < 2 || p->min_evidence > 100)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "policy: min_evidence is 2 to 100; what one source alone says is never shared by itself");
    if (!lf_json_int(v, "max_life_hours", &p->max_life_hours) || p->max_life_hours < 1 ||
        p->max_life_hours > 720)
        return lf_err_set(e, LF_BAD_INPUT, "policy: max_life_hours is 1 to 720");
    if (lf_json_get(v, LF_V("min_confidence")) && (!lf_json_int(v, "min_confidence", &p->min_confidence) ||
                                                   p->min_confidence < 1 || p->min_confidence > 100))
        return lf_err_set(e, LF_BAD_INPUT,
                          "policy: min_confidence is 1 to 100; what is less sure now is not blocked");
    level = lf_json_str(v, "min_level");
    if (level.len && !lf_level_parse(level, &p->min_level))
        return lf_err_set(e, LF_BAD_INPUT, "policy: no level \"%.*s\"; low, medium, high and critical are",
                          LF_FMT(level));
    p->auto_report = lf_json_bool(v, "auto_report", false);
    p->tlp = lf_json_str(v, "tlp");
    if (p->tlp.len && (!lf_tlp_parse(p->tlp, &tlp) || lf_view_is(p->tlp, "white")))
        return lf_err_set(e, LF_BAD_INPUT, "policy: tlp is clear, green, amber, amber+strict or red");
    LF_TRY(read_disclose(lf_json_get(v, LF_V("disclose")), &p->observed, e));
    allow = lf_json_get(v, LF_V("allow"));
    if (allow && lf_json_kind(allow) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "policy: allow is a list of domain names");
    if (lf_json_items(allow) > ALLOW_MOST)
        return lf_err_set(e, LF_TOO_BIG,
                          "policy: allow holds at most %d names; the node's allow list holds more",
                          (int)ALLOW_MOST);
    names = LF_NEW(a, lf_view, lf_json_items(allow) + 1);
    for (size_t i = 0; i < lf_json_items(allow); i++) {
        names[i] = lf_json_text(lf_json_item(allow, i));
        if (!lf_observable_ok(LF_OBS_DOMAIN, names[i]))
            return lf_err_set(e, LF_BAD_INPUT, "policy: \"%.*s\" in allow is no domain name in lower case",
                              LF_FMT(names[i]));
    }
    p->nallow = lf_json_items(allow);
    p->allow = names;
    p->json = json;
    return LF_OK;
}

static const char kind[] = "lianfang-policy/1";

enum lf_code lf_policy_sign(struct lf_task *t, lf_view json, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_policy p;
    lf_view made;

    LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(read_policy(t->a, json, &p, e));
    LF_TRY(lf_signed_add(t, &lf_q_policy_add, kind, json, &made, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_indicator_look_all, LF_NO_ARGS, e));
    LF_TRY(lf_audit_add(t, LF_V("policy.sign"), made, LF_V("{}"), e));
    *id = made;
    return LF_OK;
}

enum lf_code lf_policy_get(struct lf_task *t, struct lf_policy *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_signed last;
    struct lf_policy p;
    bool holds;

    *out = (struct lf_policy){ 0 };
    LF_TRY(lf_signed_last(t, &node, &lf_q_policy_last, kind, &last, &holds, e));
    if (!last.id.len)
        return LF_OK;
    /* A row that was altered in the database is no policy: nothing goes out by it. */
    if (!holds || read_policy(t->a, last.json, &p, NULL) != LF_OK) {
        lf_log(t->env->log, LF_LOG_ERROR, "LF2309",
               "policy=%.*s text=\"its signature does not hold; nothing is shared by it\"", LF_FMT(last.id));
        return LF_OK;
    }
    p.id = last.id;
    p.signed_by = last.by;
    p.signed_at = last.at;
    *out = p;
    return LF_OK;
}
