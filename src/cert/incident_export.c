#include "cert/incident_export.h"

#include "cert/incident_priv.h"
#include "cert/report.h"
#include "fmt/csv.h"
#include "fmt/stix_make.h"
#include "fmt/xml_write.h"
#include "model/observable.h"
#include "model/vital.h"

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

enum {
    LIST_BYTES = 4 << 20,
    OBSERVED = 4096, /* values that wait for the strictest of those who saw them */
    ONCE =
        50000, /* ids of a bundle that are remembered; an object that comes again later is the same again */
};

/* ---- what several formats say ---- */

static lf_view when(struct lf_task *t, lf_time at)
{
    char *text = LF_NEW(t->a, char, LF_TIME_TEXT);

    return at ? lf_time_milli(at, text) : LF_V("");
}

static bool counts(const struct lf_incident_full *x, size_t i)
{
    enum lf_incident_outcome o = (enum lf_incident_outcome)x->state.outcomes[i];

    return o != LF_OUTCOME_REFUSED && o != LF_OUTCOME_VOID && o != LF_OUTCOME_UNDONE;
}

/* When it happened, as the newest report says; 0: nobody has said. */
lf_time incident_happened(const struct lf_incident_full *x)
{
    lf_time at;

    for (size_t i = x->nevents; i-- > 0;)
        if (counts(x, i) && lf_time_parse(lf_json_str(x->events[i]->body, "happened"), &at, NULL) == LF_OK)
            return at;
    return 0;
}

/* The words of an entry that are not the incident's own fields. */
static lf_view entry(const struct lf_incident_full *x, size_t i)
{
    const struct lf_incident_event *ev = x->events[i];
    lf_view text = lf_view_some(lf_json_str(ev->body, "description"));

    if (!counts(x, i))
        return LF_V("");
    if (!text.len || lf_view_eq(text, x->state.description))
        text = lf_view_some(lf_json_str(ev->body, "reason"));
    return text.len ? text : lf_view_some(lf_json_str(ev->body, "grounds"));
}

/* Each value that any counting event names, once. */
size_t incident_observables(struct lf_task *t, const struct lf_incident_full *x,
                            const struct lf_observable **out)
{
    struct lf_observable *list = NULL;
    size_t n = 0, cap = 0;
    struct lf_map seen;

    lf_map_init(&seen, (uint64_t)lf_now(t->env));
    for (size_t i = 0; i < x->nevents; i++) {
        const struct lf_json *all = lf_json_get(x->events[i]->body, LF_V("observables"));

        for (size_t k = 0; counts(x, i) && k < lf_json_items(all); k++) {
            const struct lf_json *o = lf_json_item(all, k);
            struct lf_observable one;
            uint64_t was;
            lf_view key;

            if (!lf_observable_kind_parse(lf_view_some(lf_json_str(o, "type")), &one.kind) ||
                !lf_observable_text(t->a, one.kind, lf_view_some(lf_json_str(o, "value")), &one.value))
                continue;
            key = lf_arena_printf(t->a, "%d %.*s", (int)one.kind, LF_FMT(one.value));
            if (lf_map_get(&seen, key, &was))
                continue;
            lf_map_set(&seen, key, 1);
            list = lf_arena_grow(t->a, list, n, &cap, sizeof *list);
            list[n++] = one;
        }
    }
    lf_map_clear(&seen);
    *out = list;
    return n;
}

/* Whoever reads it elsewhere must see that nothing of it was real. */
static lf_view name_of(struct lf_task *t, const struct lf_incident_full *x)
{
    lf_view name = x->row.title.len ? x->row.title : x->row.id;

    return x->row.exercise ? lf_arena_printf(t->a, "【演練 EXERCISE】%.*s", LF_FMT(name)) : name;
}

struct lf_incident_writer {
    const struct kind *kind;
    struct lf_buf *out;
    size_t n;              /* incidents so far */
    struct lf_make make;   /* STIX: the objects that went before */
    struct lf_exchange to; /* … and where they go */
    bool any;
    struct lf_arena kept; /* … and what was observed, by id, given when there are many or no more incidents */
    struct lf_map seen;
    struct observed {
        lf_view text;
        enum lf_tlp tlp;
    } * observed;
    size_t nobserved, observed_room;
    struct lf_xml_w xml;        /* IODEF */
    const struct lf_form *form; /* by which classes have their RSIT; the caller's */
};

struct kind {
    struct lf_incident_format format;
    void (*open)(struct lf_incident_writer *w, struct lf_task *t);
    enum lf_code (*put)(struct lf_incident_writer *w, struct lf_task *t, const struct lf_incident_full *x,
                        struct lf_err *e);
    void (*close)(struct lf_incident_writer *w);
};

/* ---- as a row ---- */

/* "ipv4:192.0.2.1 domain:evil.example" */
static enum lf_code list_observed(struct lf_task *t, const struct lf_incident_full *x, lf_view *out,
                                  struct lf_err *e)
{
    const struct lf_observable *obs;
    size_t n = incident_observables(t, x, &obs);
    struct lf_buf list;
    enum lf_code rc;

    lf_buf_init(&list, LIST_BYTES);
    for (size_t k = 0; k < n; k++)
        lf_buf_printf(&list, "%s%s:%.*s", k ? " " : "", lf_observable_kind_name(obs[k].kind),
                      LF_FMT(obs[k].value));
    rc = lf_buf_done(&list, e);
    *out = rc == LF_OK ? lf_arena_copy(t->a, lf_buf_view(&list)) : LF_V("");
    lf_buf_clear(&list);
    return rc == LF_OK ? rc : lf_err_at(e, "the observables of %.*s", LF_FMT(x->row.id));
}

static struct lf_incident_cell cell_text(struct lf_task *t, lf_view text)
{
    return text.len ? (struct lf_incident_cell){ .kind = LF_CELL_TEXT, .text = lf_csv_clean(t->a, text) }
                    : (struct lf_incident_cell){ 0 };
}

static struct lf_incident_cell cell_number(int64_t n)
{
    return (struct lf_incident_cell){ .kind = LF_CELL_NUMBER, .value = n };
}

static struct lf_incident_cell cell_time(lf_time at)
{
    return at ? (struct lf_incident_cell){ .kind = LF_CELL_TIME, .value = at }
              : (struct lf_incident_cell){ 0 };
}

enum lf_code lf_incident_cells(struct lf_task *t, const struct lf_incident_full *x,
                               const struct lf_form *form, struct lf_incident_cell out[LF_INCIDENT_COLUMNS],
                               struct lf_err *e)
{
    lf_view observed;

    LF_TRY(list_observed(t, x, &observed, e));
    out[LF_COLUMN_ID] = cell_text(t, x->row.id);
    out[LF_COLUMN_NUMBER] = cell_text(t, lf_report_number(x));
    out[LF_COLUMN_TITLE] = cell_text(t, x->row.title);
    out[LF_COLUMN_LEVEL] = x->row.level ? cell_number(x->row.level) : (struct lf_incident_cell){ 0 };
    out[LF_COLUMN_CATEGORY] = cell_text(t, x->row.category);
    out[LF_COLUMN_REVIEW] = cell_text(t, x->row.review);
    out[LF_COLUMN_HANDLING] = cell_text(t, x->row.handling);
    out[LF_COLUMN_AWARE] = cell_time(x->row.aware_at);
    out[LF_COLUMN_REPORTED] = cell_time(x->row.reported_at);
    out[LF_COLUMN_HAPPENED] = cell_time(incident_happened(x));
    out[LF_COLUMN_EXERCISE] = cell_number(x->row.exercise);
    out[LF_COLUMN_NODE] = cell_text(t, x->row.node);
    out[LF_COLUMN_DESCRIPTION] = cell_text(t, x->state.description);
    out[LF_COLUMN_IMPACT] = cell_text(t, x->state.impact);
    out[LF_COLUMN_MEASURES] = cell_text(t, x->state.measures_taken);
    out[LF_COLUMN_OBSERVABLES] = cell_text(t, observed);
    out[LF_COLUMN_EXERCISE_NAME] = cell_text(t, x->state.exercise_of.name);
    out[LF_COLUMN_SPEED] = cell_number(x->state.exercise_of.speed);
    out[LF_COLUMN_RSIT] = cell_text(t, lf_report_rsit(t, form, x));
    out[LF_COLUMN_TLP] = cell_text(t, lf_view_of(lf_tlp_name(lf_incident_label(&x->row))));
    out[LF_COLUMN_VITAL] = cell_text(t, lf_vital_text(t->a, x->state.vital));
    return LF_OK;
}

/* ---- CSV ---- */

static void open_csv(struct lf_incident_writer *w, struct lf_task *t)
{
    static const char *const head[LF_INCIDENT_COLUMNS] = {
        "id",          "number",   "title",          "level",       "category",      "review",
        "handling",    "aware_at", "reported_at",    "happened_at", "exercise",      "node",
        "description", "impact",   "measures",       "observables", "exercise_name", "clock_speed",
        "rsit",        "tlp",      "vital_functions"
    };

    (void)t;
    LF_PUT(w->out, "\xef\xbb\xbf"); /* by which spreadsheets know UTF-8 */
    for (size_t i = 0; i < LF_INCIDENT_COLUMNS; i++)
        lf_csv_put(w->out, lf_view_of(head[i]), i + 1 == LF_INCIDENT_COLUMNS);
}

static enum lf_code put_csv(struct lf_incident_writer *w, struct lf_task *t, const struct lf_incident_full *x,
                            struct lf_err *e)
{
    struct lf_incident_cell cells[LF_INCIDENT_COLUMNS];

    LF_TRY(lf_incident_cells(t, x, w->form, cells, e));
    for (size_t k = 0; k < LF_INCIDENT_COLUMNS; k++)
        lf_csv_put(w->out,
                   cells[k].kind == LF_CELL_TIME ? when(t, cells[k].value)
                   : cells[k].kind == LF_CELL_NUMBER
                       ? lf_arena_printf(t->a, "%lld", (long long)cells[k].value)
                       : lf_view_some(cells[k].text),
                   k + 1 == LF_INCIDENT_COLUMNS);
    return LF_OK;
}

/* ---- STIX ---- */

static void put_piece(struct lf_incident_writer *w, lf_view piece)
{
    if (w->any)
        lf_buf_byte(w->out, ',');
    else
        LF_PUT(w->out, ",\"objects\":[");
    w->any = true;
    lf_buf_put(w->out, piece);
}

static enum lf_code on_made(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)e;
    put_piece(ctx, piece);
    return LF_OK;
}

static void on_lost(void *ctx, const struct lf_loss *loss)
{
    (void)ctx, (void)loss; /* what is too large for one object is so for STIX alone; JSON has it */
}

static lf_view id_like(struct lf_make *m, const char *type, lf_view id)
{
    size_t at = lf_view_find(id, LF_V("--"));

    return lf_make_id(m, type, at == SIZE_MAX ? id : lf_view_from(id, at + 2));
}

static enum lf_code put_note(struct lf_make *m, const struct lf_incident_full *x, size_t i, struct lf_err *e)
{
    const struct lf_incident_event *ev = x->events[i];
    lf_view text = entry(x, i);

    if (!text.len)
        return LF_OK;
    m->creator = ev->node;
    lf_make_open(m, "note", id_like(m, "note", ev->id), ev->recorded, ev->recorded);
    lf_json_put_str(&m->w, "abstract", ev->kind);
    lf_json_put_str(&m->w, "content", text);
    lf_json_begin(&m->w, "object_refs", '[');
    lf_json_put_str(&m->w, NULL, x->row.id);
    lf_json_close(&m->w);
    return lf_make_close(m, e);
}

/* A value is one object however many incidents name it, so it waits for the strictest of them.  One that was
 * given already (there were many) stays as it is: an incident that may be told as it says did name it. */
static void keep_observed(struct lf_incident_writer *w, lf_view id, lf_view sco, enum lf_tlp tlp)
{
    uint64_t at = 0;

    if (lf_map_get(&w->seen, id, &at)) {
        w->observed[at].tlp = tlp > w->observed[at].tlp ? tlp : w->observed[at].tlp;
        return;
    }
    if (!lf_make_first(&w->make, id))
        return;
    w->observed = lf_arena_grow(&w->kept, w->observed, w->nobserved, &w->observed_room, sizeof *w->observed);
    w->observed[w->nobserved] = (struct observed){ .text = lf_arena_copy(&w->kept, sco), .tlp = tlp };
    lf_map_set(&w->seen, lf_arena_copy(&w->kept, id), w->nobserved++);
}

static void put_kept(struct lf_incident_writer *w)
{
    for (size_t i = 0; i < w->nobserved; i++) {
        const struct observed *o = &w->observed[i];

        put_piece(w, lf_view_first(o->text, o->text.len - 1)); /* "}" */
        LF_PUT(w->out, ",\"object_marking_refs\":[\"");
        lf_buf_put(w->out, lf_tlp_ref(o->tlp));
        LF_PUT(w->out, "\"]}");
    }
    w->observed = NULL;
    w->nobserved = w->observed_room = 0;
    lf_map_clear(&w->seen);
    lf_map_init(&w->seen, 0x0b5e);
    lf_arena_clear(&w->kept);
}

static enum lf_code put_observed(struct lf_incident_writer *w, struct lf_task *t,
                                 const struct lf_incident_full *x, struct lf_err *e)
{
    struct lf_make *m = &w->make;
    const struct lf_observable *obs;
    size_t n = incident_observables(t, x, &obs), have = 0;
    lf_view *ids = LF_NEW(t->a, lf_view, n + 1);
    lf_time seen = incident_happened(x);

    if (!seen)
        seen = x->row.aware_at ? x->row.aware_at : x->state.first;
    for (size_t i = 0; i < n; i++) {
        lf_view sco = lf_observable_sco(t->a, obs[i].kind, obs[i].value), id;
        const struct lf_json *tree;

        if (!sco.len)
            continue;
        LF_TRY(lf_json_parse(t->a, sco, NULL, &tree, e));
        id = lf_json_str(tree, "id");
        keep_observed(w, id, sco, lf_incident_label(&x->row));
        ids[have++] = id;
    }
    if (!have)
        return LF_OK;
    m->creator = x->row.node;
    lf_make_open(m, "observed-data", id_like(m, "observed-data", x->row.id), x->state.first, x->state.last);
    lf_make_time(m, "first_observed", seen);
    lf_make_time(m, "last_observed", seen);
    lf_json_put_int(&m->w, "number_observed", 1);
    lf_json_begin(&m->w, "object_refs", '[');
    for (size_t i = 0; i < have; i++)
        lf_json_put_str(&m->w, NULL, ids[i]);
    lf_json_close(&m->w);
    return lf_make_close(m, e);
}

static void put_label(struct lf_task *t, struct lf_make *m, const char *name, lf_view value)
{
    if (value.len)
        lf_json_put_str(&m->w, NULL, lf_arena_printf(t->a, "%s:%.*s", name, LF_FMT(value)));
}

static enum lf_code put_incident(struct lf_task *t, struct lf_make *m, const struct lf_incident_full *x,
                                 lf_view rsit, struct lf_err *e)
{
    m->creator = x->row.node;
    lf_make_open(m, "incident", x->row.id, x->state.first, x->state.last);
    lf_json_put_str(&m->w, "name", name_of(t, x));
    if (x->state.description.len)
        lf_json_put_str(&m->w, "description", x->state.description);
    lf_json_begin(&m->w, "labels", '[');
    put_label(t, m, "level", x->row.level ? lf_arena_printf(t->a, "%d", x->row.level) : LF_V(""));
    put_label(t, m, "category", x->row.category);
    put_label(t, m, "rsit", rsit);
    for (size_t i = 0; i < LF_VITALS; i++)
        if (x->state.vital & 1u << i)
            put_label(t, m, "vital-function", lf_view_of(lf_vital_name(i)));
    put_label(t, m, "review", x->row.review);
    put_label(t, m, "handling", x->row.handling);
    put_label(t, m, "number", lf_report_number(x));
    if (x->row.exercise)
        lf_json_put_cstr(&m->w, NULL, "exercise");
    put_label(t, m, "exercise-name", x->state.exercise_of.name);
    lf_json_close(&m->w);
    return lf_make_close(m, e);
}

/* Who recorded it: this node by its name, others by their ids, which is all that is known of them here. */
static enum lf_code put_nodes(struct lf_task *t, struct lf_make *m, const struct lf_incident_full *x,
                              struct lf_err *e)
{
    for (size_t i = 0; i < x->nevents; i++) {
        lf_view node = x->events[i]->node, id;
        lf_view name = lf_view_eq(node, t->self->node) ? t->self->name : node;

        m->creator = (lf_view){ 0 };
        LF_TRY(lf_make_identity(m, lf_view_from(node, strlen("identity--")), name, "organization", &id, e));
    }
    return LF_OK;
}

static void open_stix(struct lf_incident_writer *w, struct lf_task *t)
{
    w->to = (struct lf_exchange){ .ctx = w, .made = on_made, .lost = on_lost };
    lf_make_init(&w->make, &w->to);
    lf_map_init(&w->seen, 0x0b5e);
    LF_PUT(w->out, "{\"type\":\"bundle\",\"id\":\"bundle--");
    lf_buf_put(w->out, lf_uuid_new(t->env, t->a));
    LF_PUT(w->out, "\"");
}

static enum lf_code put_stix(struct lf_incident_writer *w, struct lf_task *t,
                             const struct lf_incident_full *x, struct lf_err *e)
{
    LF_TRY(put_nodes(t, &w->make, x, e));
    w->make.markings = lf_arena_printf(t->a, "[\"%.*s\"]", LF_FMT(lf_tlp_ref(lf_incident_label(&x->row))));
    LF_TRY(put_incident(t, &w->make, x, lf_report_rsit(t, w->form, x), e));
    LF_TRY(put_observed(w, t, x, e));
    for (size_t i = 0; i < x->nevents; i++)
        LF_TRY(put_note(&w->make, x, i, e));
    w->make.markings = LF_V("");
    lf_arena_reset(&w->make.a);
    if (w->make.once.used > ONCE)
        lf_make_forget(&w->make);
    if (w->nobserved > OBSERVED)
        put_kept(w);
    return LF_OK;
}

static void close_stix(struct lf_incident_writer *w)
{
    put_kept(w);
    lf_map_clear(&w->seen);
    lf_make_clear(&w->make);
    if (w->any)
        LF_PUT(w->out, "]");
    LF_PUT(w->out, "}\n");
}

/* ---- IODEF ---- */

static void put_system(struct lf_xml_w *w, const struct lf_observable *o)
{
    bool v6 = o->kind == LF_OBS_IPV6, address = v6 || o->kind == LF_OBS_IPV4;

    if (!address && o->kind != LF_OBS_DOMAIN)
        return;
    lf_xml_open(w, "System");
    lf_xml_put(w, "category", LF_V("source"));
    lf_xml_open(w, "Node");
    if (address) {
        lf_xml_open(w, "Address");
        lf_xml_put(w, "category", v6 ? LF_V("ipv6-addr") : LF_V("ipv4-addr"));
        lf_xml_say(w, o->value);
        lf_xml_close(w);
    } else {
        lf_xml_open(w, "DomainData");
        lf_xml_put(w, "system-status", LF_V("unknown"));
        lf_xml_put(w, "domain-status", LF_V("unknown"));
        lf_xml_leaf(w, "Name", o->value);
        lf_xml_close(w);
    }
    lf_xml_close(w);
    lf_xml_close(w);
}

static void put_history(struct lf_task *t, struct lf_xml_w *w, const struct lf_incident_full *x)
{
    lf_xml_open(w, "History");
    for (size_t i = 0; i < x->nevents; i++) {
        if (!counts(x, i))
            continue;
        lf_xml_open(w, "HistoryItem");
        lf_xml_put(w, "action", LF_V("other"));
        lf_xml_leaf(w, "DateTime", when(t, x->events[i]->recorded));
        lf_xml_leaf(w, "Description", x->events[i]->kind);
        if (entry(x, i).len)
            lf_xml_leaf(w, "Description", entry(x, i));
        lf_xml_close(w);
    }
    lf_xml_close(w);
}

/* RFC 7970, 3.3.1 knows TLP 1's names, and others by an attribute beside. */
static void put_restriction(struct lf_xml_w *w, enum lf_tlp tlp)
{
    if (tlp == LF_TLP_STRICT) {
        lf_xml_put(w, "restriction", LF_V("ext-value"));
        lf_xml_put(w, "ext-restriction", lf_view_of(lf_tlp_name(tlp)));
    } else {
        lf_xml_put(w, "restriction", tlp == LF_TLP_CLEAR ? LF_V("white") : lf_view_of(lf_tlp_name(tlp)));
    }
}

static void put_additional(struct lf_xml_w *w, const char *meaning, lf_view value)
{
    lf_xml_open(w, "AdditionalData");
    lf_xml_put(w, "dtype", LF_V("string"));
    lf_xml_put(w, "meaning", lf_view_of(meaning));
    lf_xml_say(w, value);
    lf_xml_close(w);
}

static void put_whole(struct lf_task *t, struct lf_xml_w *w, const struct lf_incident_full *x, lf_view rsit)
{
    static const char *const severity[] = { "unknown", "low", "low", "medium", "high" };
    const struct lf_observable *obs;
    size_t n = incident_observables(t, x, &obs);

    lf_xml_open(w, "Incident");
    lf_xml_put(w, "purpose", LF_V("reporting"));
    lf_xml_put(w, "xml:lang", LF_V("zh-TW"));
    put_restriction(w, lf_incident_label(&x->row));
    lf_xml_open(w, "IncidentID");
    lf_xml_put(w, "name", x->row.node);
    lf_xml_say(w, x->row.id);
    lf_xml_close(w);
    if (x->row.aware_at)
        lf_xml_leaf(w, "DetectTime", when(t, x->row.aware_at));
    if (incident_happened(x))
        lf_xml_leaf(w, "StartTime", when(t, incident_happened(x)));
    if (x->row.reported_at)
        lf_xml_leaf(w, "ReportTime", when(t, x->row.reported_at));
    lf_xml_leaf(w, "GenerationTime", when(t, lf_now(t->env)));
    lf_xml_leaf(w, "Description", name_of(t, x));
    if (x->state.description.len)
        lf_xml_leaf(w, "Description", x->state.description);
    lf_xml_open(w, "Assessment");
    if (x->row.category.len)
        lf_xml_leaf(w, "IncidentCategory", x->row.category);
    if (rsit.len)
        lf_xml_leaf(w, "IncidentCategory", lf_arena_printf(t->a, "rsit:%.*s", LF_FMT(rsit)));
    lf_xml_open(w, "BusinessImpact");
    lf_xml_put(w, "severity",
               lf_view_of(severity[x->row.level >= 1 && x->row.level <= 4 ? x->row.level : 0]));
    lf_xml_put(w, "type", LF_V("unknown"));
    if (x->state.impact.len)
        lf_xml_leaf(w, "Description", x->state.impact);
    lf_xml_close(w);
    lf_xml_close(w);
    lf_xml_open(w, "Contact");
    lf_xml_put(w, "role", LF_V("creator"));
    lf_xml_put(w, "type", LF_V("organization"));
    lf_xml_leaf(w, "ContactName", t->self->name.len ? t->self->name : t->self->node);
    lf_xml_close(w);
    for (size_t i = 0; i < n; i++) {
        if (obs[i].kind != LF_OBS_IPV4 && obs[i].kind != LF_OBS_IPV6 && obs[i].kind != LF_OBS_DOMAIN)
            continue;
        lf_xml_open(w, "EventData");
        lf_xml_open(w, "Flow");
        put_system(w, &obs[i]);
        lf_xml_close(w);
        lf_xml_close(w);
    }
    put_history(t, w, x);
    for (size_t i = 0; i < n; i++)
        put_additional(w, lf_observable_kind_name(obs[i].kind), obs[i].value);
    for (size_t i = 0; i < LF_VITALS; i++)
        if (x->state.vital & 1u << i)
            put_additional(w, "vital-function", lf_view_of(lf_vital_name(i)));
    lf_xml_close(w);
}

static void open_iodef(struct lf_incident_writer *w, struct lf_task *t)
{
    (void)t;
    w->xml = lf_xml_w(w->out);
    LF_PUT(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    lf_xml_open(&w->xml, "IODEF-Document");
    lf_xml_put(&w->xml, "version", LF_V("2.00"));
    lf_xml_put(&w->xml, "xml:lang", LF_V("zh-TW"));
    lf_xml_put(&w->xml, "xmlns", LF_V("urn:ietf:params:xml:ns:iodef-2.0"));
}

static enum lf_code put_iodef(struct lf_incident_writer *w, struct lf_task *t,
                              const struct lf_incident_full *x, struct lf_err *e)
{
    (void)e;
    put_whole(t, &w->xml, x, lf_report_rsit(t, w->form, x));
    return LF_OK;
}

static void close_iodef(struct lf_incident_writer *w)
{
    lf_xml_close(&w->xml);
    LF_PUT(w->out, "\n");
}

/* ---- which ---- */

static const struct kind kinds[] = {
    { { "csv", "text/csv; charset=utf-8", "csv" }, open_csv, put_csv, NULL },
    { { "stix", "application/stix+json;version=2.1", "json" }, open_stix, put_stix, close_stix },
    { { "iodef", "application/xml", "xml" }, open_iodef, put_iodef, close_iodef },
};

enum lf_code lf_incident_format_find(lf_view name, const struct lf_incident_format **out, struct lf_err *e)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (lf_view_is(name, kinds[i].format.name)) {
            *out = &kinds[i].format;
            return LF_OK;
        }
    return lf_err_set(e, LF_BAD_INPUT,
                      "incidents are exported as json, csv, xlsx, stix or iodef; ?format= names one");
}

struct lf_incident_writer *lf_incident_writer_open(struct lf_task *t, const struct lf_incident_format *format,
                                                   const struct lf_form *form, struct lf_buf *out)
{
    struct lf_incident_writer *w = LF_NEW(t->a, struct lf_incident_writer, 1);

    *w = (struct lf_incident_writer){ .out = out, .form = form };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (format == &kinds[i].format)
            w->kind = &kinds[i];
    LF_ASSERT(w->kind);
    w->kind->open(w, t);
    return w;
}

enum lf_code lf_incident_writer_put(struct lf_incident_writer *w, struct lf_task *t,
                                    const struct lf_incident_full *x, struct lf_err *e)
{
    LF_TRY(w->kind->put(w, t, x, e));
    return lf_buf_done(w->out, e);
}

enum lf_code lf_incident_writer_close(struct lf_incident_writer *w, struct lf_err *e)
{
    if (w->kind->close)
        w->kind->close(w);
    return lf_buf_done(w->out, e);
}

/* ---- what a filter finds ---- */

static enum lf_code turn_page(struct lf_incident_walk *w, struct lf_task *t,
                              const struct lf_incident_filter *filter, struct lf_err *e)
{
    struct lf_page page = { .limit = 100, .after = lf_arena_copy(t->a, w->after) };
    struct lf_incident_page rows;
    struct lf_task own = *t;

    lf_arena_reset(&w->a);
    own.a = &w->a;
    LF_TRY(lf_incident_list(&own, filter, &page, &rows, e));
    w->at = 0;
    w->n = rows.n;
    w->items = rows.items;
    w->after = rows.next;
    w->last = !rows.next.len;
    return LF_OK;
}

enum lf_code lf_incident_walk_next(struct lf_incident_walk *w, struct lf_task *t,
                                   const struct lf_incident_filter *filter, struct lf_incident_full *out,
                                   bool *over, struct lf_err *e)
{
    enum lf_code rc;

    *over = false;
    do {
        while (w->at == w->n && !w->last)
            LF_TRY(turn_page(w, t, filter, e));
        *over = w->at == w->n;
        if (*over)
            return LF_OK;
        rc = lf_incident_get(t, w->items[w->at++].id, out, e);
    } while (rc == LF_NOT_FOUND); /* it moved on since the page was turned */
    return rc;
}

void lf_incident_walk_clear(struct lf_incident_walk *w)
{
    lf_arena_clear(&w->a);
    *w = (struct lf_incident_walk){ 0 };
}
