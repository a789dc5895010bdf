#include "isac/national_ticket.h"

#include "base/crypto.h"
#include "fmt/stix_make.h"
#include "isac/format_national.h"
#include "isac/passing.h"
#include "model/observable.h"

enum { BYTES = 256 << 10, VALUE = 400 };

static const struct {
    const char *name, *zh;
} classes[LF_TICKET_CLASSES] = {
    [LF_TICKET_UNCLEAR] = { "unclear", "尚需調查" },
    [LF_TICKET_INTRUSION] = { "intrusion", "入侵攻擊" },
    [LF_TICKET_SERVICE] = { "service", "系統服務" },
    [LF_TICKET_DENIAL] = { "denial", "阻斷服務" },
    [LF_TICKET_MALWARE] = { "malware", "惡意程式" },
    [LF_TICKET_POLICY] = { "policy", "政策規則" },
    [LF_TICKET_SCAN] = { "scan", "掃描刺探" },
    [LF_TICKET_EXERCISE] = { "exercise", "經同意之網路攻防演練" },
};

enum lf_code lf_ticket_class_of(lf_view name, enum lf_ticket_class *out, struct lf_err *e)
{
    for (int i = 0; i < LF_TICKET_CLASSES; i++)
        if (lf_view_is(name, classes[i].name) || lf_view_is(name, classes[i].zh)) {
            *out = (enum lf_ticket_class)i;
            return LF_OK;
        }
    return lf_err_set(
        e, LF_BAD_INPUT,
        "ticket: class is unclear, intrusion, service, denial, malware, policy, scan or exercise");
}

/* national:NAME="VALUE", as the writer reads it. */
static void put_label(struct lf_task *t, struct lf_json_w *w, const char *name, lf_view value)
{
    value = lf_utf8_first(value, VALUE);
    if (value.len)
        lf_json_put_str(w, NULL, lf_arena_printf(t->a, "national:%s=\"%.*s\"", name, LF_FMT(value)));
}

static void put_number(struct lf_task *t, struct lf_json_w *w, const char *name, int64_t n)
{
    put_label(t, w, name, lf_arena_printf(t->a, "%lld", (long long)n));
}

static unsigned impact_of(enum lf_level level)
{
    return level >= LF_LEVEL_CRITICAL ? 4 : level >= LF_LEVEL_HIGH ? 3 : level >= LF_LEVEL_MEDIUM ? 2 : 1;
}

static enum lf_code report_of(struct lf_task *t, const struct lf_alert *al, enum lf_ticket_class of,
                              lf_view seen, const struct lf_json **out, struct lf_err *e)
{
    static const char *const states[] = { "New", "Open", "Closed" };
    char first[LF_TIME_TEXT], last[LF_TIME_TEXT], raised[LF_TIME_TEXT];
    lf_view number = lf_arena_printf(t->a, "%.8s-%llu", t->self->org.ptr, (unsigned long long)al->number);
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    (void)lf_time_milli(al->first, first);
    (void)lf_time_milli(al->last, last);
    (void)lf_time_milli(al->raised, raised);
    lf_buf_init(&b, BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "report");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id",
                    lf_arena_printf(t->a, "report--%.*s",
                                    LF_FMT(lf_uuid5(t->a, t->self->org,
                                                    lf_arena_printf(t->a, "ticket %.*s", LF_FMT(al->id))))));
    lf_json_put_cstr(&w, "created", raised);
    lf_json_put_cstr(&w, "modified", al->last > al->raised ? last : raised);
    lf_json_put_cstr(&w, "published", raised);
    lf_json_put_str(&w, "name", al->title);
    lf_json_put_str(&w, "description",
                    lf_arena_printf(t->a, "%.*s：%lld 次，%s 至 %s。",
                                    LF_FMT(lf_utf8_first(al->title, VALUE)), (long long)al->count, first,
                                    last));
    lf_json_begin(&w, "object_marking_refs", '[');
    lf_json_put_str(&w, NULL, lf_tlp_ref(LF_TLP_AMBER));
    lf_json_close(&w);
    lf_json_begin(&w, "object_refs", '[');
    if (seen.len)
        lf_json_put_str(&w, NULL, seen);
    lf_json_close(&w);
    lf_json_begin(&w, "labels", '[');
    lf_json_put_cstr(&w, NULL, "intelligence-type:INT");
    put_label(t, &w, "category", LF_V("512"));
    put_label(t, &w, "ticket", number);
    put_label(t, &w, "reporter", t->self->name);
    put_number(t, &w, "impact", impact_of(al->level));
    put_label(t, &w, "status", lf_view_of(states[al->state]));
    put_label(t, &w, "began", lf_view_of(first));
    put_label(t, &w, "opened", lf_view_of(raised));
    put_label(t, &w, "property:Class", lf_view_of(classes[of].zh));
    put_label(t, &w, "property:Rule", al->rule);
    put_label(t, &w, "property:Host", al->asset.len ? al->asset : al->host);
    put_number(t, &w, "property:Count", al->count);
    put_label(t, &w, "property:Start", lf_view_of(first));
    put_label(t, &w, "property:End", lf_view_of(last));
    lf_json_close(&w);
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        rc = lf_json_parse(t->a, lf_arena_copy(t->a, lf_buf_view(&b)), NULL, out, e);
    lf_buf_clear(&b);
    return rc;
}

static void on_lost(void *ctx, const struct lf_loss *loss)
{
    (void)ctx, (void)loss; /* nothing is in it that the format has no place for */
}

enum lf_code lf_national_ticket(struct lf_task *t, const struct lf_alert *alert, enum lf_ticket_class of,
                                struct lf_buf *out, struct lf_err *e)
{
    const struct lf_exchange to = { .lost = on_lost };
    const struct lf_json *objects[2];
    lf_view seen = LF_V("");
    size_t n = 1;

    if (alert->withheld)
        return lf_err_set(e, LF_FORBIDDEN,
                          "ticket: the marking of the indicator that was hit keeps the alert from you");
    if (alert->has_observable) {
        lf_view sco;

        LF_TRY(lf_passing_check(t, alert->observable, LF_TLP_AMBER, e));
        sco = lf_observable_sco(t->a, alert->observable_kind, alert->observable);

        if (sco.len) {
            LF_TRY(lf_json_parse(t->a, sco, NULL, &objects[1], e));
            seen = lf_json_str(objects[1], "id");
            n = 2;
        }
    }
    LF_TRY(report_of(t, alert, of, seen, &objects[0], e));
    LF_PUT(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return national_write(t->a, out, objects[0], objects, n, &to, e);
}
