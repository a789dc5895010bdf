#include "cert/old_case.h"

#include "base/map.h"
#include "fmt/csv.h"
#include "model/observable.h"

enum { TITLE_BYTES = 500, TEXT_BYTES = 16000, NOTE_BYTES = 8000, OBSERVABLES = 200 };

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

struct reader {
    struct lf_arena *a;
    struct lf_old_cases *out;
    const struct lf_old_file *file;
    lf_time now;
    size_t cap, before; /* losses before the case at hand */
    struct lf_map ids;
    struct lf_old_case c; /* the one at hand */
    struct lf_old_note *notes;
    struct lf_observable *obs;
    size_t ncap, ocap, text; /* text: bytes of its notes */
    lf_view where;           /* of it: "line 7", "case 12" */
};

static void lose(struct reader *r, const char *place, lf_view value, const char *why)
{
    struct lf_old_loss *l;

    if (r->out->nlosses++ >= LF_OLD_LOSSES)
        return;
    l = &r->out->losses[r->out->nlosses - 1];
    l->where = lf_arena_printf(r->a, "%.*s, %s", LF_FMT(r->where), place);
    l->value = lf_utf8_first(lf_view_some(value), 200);
    l->why = why;
}

/* The text, cut with a loss to `most` bytes. */
static lf_view fit(struct reader *r, const char *place, lf_view v, size_t most)
{
    enum { SHOWN = 200 }; /* of the end that is left out */
    lf_view whole = lf_view_trim(lf_view_some(v)),
            clean = lf_csv_clean(r->a, lf_utf8_first(whole, most + SHOWN));
    lf_view kept = lf_utf8_first(clean, most);

    if (kept.len < clean.len)
        lose(r, place, lf_view_from(clean, kept.len), "too long: its end is left out");
    return kept;
}

static void begin_case(struct reader *r, lf_view where)
{
    r->c = (struct lf_old_case){ 0 };
    r->notes = NULL, r->obs = NULL;
    r->ncap = r->ocap = r->text = 0;
    r->where = where;
    r->before = r->out->nlosses;
}

static enum lf_code too_many(struct reader *r, struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG, "%.*s: more than %d cases in one file; give it in parts",
                      LF_FMT(r->where), r->file->large ? LF_OLD_CASES_LARGE : LF_OLD_CASES);
}

/* How the case at hand went: one of a large file that will not do is told and passed over. */
static enum lf_code judge(struct reader *r, enum lf_code rc, struct lf_err *e)
{
    if (rc == LF_BAD_INPUT && r->file->large) {
        if (r->out->n + r->out->nrefused == LF_OLD_CASES_LARGE)
            return too_many(r, e);
        r->out->nlosses = r->before;
        if (r->out->nrefused++ < LF_OLD_LOSSES)
            r->out->refused[r->out->nrefused - 1] =
                (struct lf_old_refusal){ r->where, lf_arena_copy(r->a, lf_view_of(e->text)) };
        *e = (struct lf_err){ 0 };
        rc = LF_OK;
    }
    return rc == LF_OK ? lf_rest(r->file->rest, e) : rc;
}

static void note(struct reader *r, const char *place, lf_time at, lf_view text)
{
    text = fit(r, place, text, NOTE_BYTES);
    if (!text.len)
        return;
    if (r->c.nnotes == LF_OLD_NOTES || r->text + text.len > LF_OLD_TEXT) {
        lose(r, place, text, "more notes than an incident takes");
        return;
    }
    r->text += text.len;
    r->notes = lf_arena_grow(r->a, r->notes, r->c.nnotes, &r->ncap, sizeof *r->notes);
    r->notes[r->c.nnotes++] = (struct lf_old_note){ at > r->now ? 0 : at, text };
}

/* `kind` empty: by its look. */
static void observe(struct reader *r, const char *place, lf_view kind, lf_view value)
{
    static const struct {
        const char *name;
        enum lf_observable_kind kind;
    } also[] = { { "ip-src", LF_OBS_IPV4 },    { "ip-dst", LF_OBS_IPV4 },   { "ip", LF_OBS_IPV4 },
                 { "fqdn", LF_OBS_DOMAIN },    { "domain", LF_OBS_DOMAIN }, { "hostname", LF_OBS_DOMAIN },
                 { "mail", LF_OBS_EMAIL },     { "email", LF_OBS_EMAIL },   { "email-src", LF_OBS_EMAIL },
                 { "email-dst", LF_OBS_EMAIL } };
    bool known = !kind.len || lf_view_is(kind, "hash");
    struct lf_observable o = { 0 };

    value = lf_view_trim(lf_view_some(value));
    if (known)
        known = lf_observable_guess(value, &o.kind);
    else if (!(known = lf_observable_kind_parse(kind, &o.kind)))
        for (size_t i = 0; i < COUNT(also) && !known; i++)
            if ((known = lf_view_is(kind, also[i].name)))
                o.kind = also[i].kind;
    if (known && o.kind == LF_OBS_IPV4 && lf_view_find_byte(value, ':') != SIZE_MAX)
        o.kind = LF_OBS_IPV6;
    if (!known || !lf_observable_text(r->a, o.kind, value, &o.value)) {
        lose(r, place, value, "no observable of a kind that is kept here");
        return;
    }
    if (r->c.nobservables == OBSERVABLES) {
        lose(r, place, value, "more observables than an incident takes");
        return;
    }
    r->obs = lf_arena_grow(r->a, r->obs, r->c.nobservables, &r->ocap, sizeof *r->obs);
    r->obs[r->c.nobservables++] = o;
}

static enum lf_code end_case(struct reader *r, struct lf_err *e)
{
    uint64_t twin;

    if (r->out->n + r->out->nrefused == (r->file->large ? LF_OLD_CASES_LARGE : LF_OLD_CASES))
        return too_many(r, e);
    if (!r->c.id.len || r->c.id.len > 200)
        return lf_err_set(e, LF_BAD_INPUT,
                          "%.*s: the case has no id of at most 200 bytes, by which it is known again",
                          LF_FMT(r->where));
    if (!r->c.title.len)
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: the case has no title; give it one", LF_FMT(r->where));
    if (!r->c.aware || r->c.aware > r->now)
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: when the case became known is missing or in the future",
                          LF_FMT(r->where));
    if (lf_map_get(&r->ids, r->c.id, &twin))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: the id \"%.*s\" comes twice in the file", LF_FMT(r->where),
                          LF_FMT(lf_utf8_first(r->c.id, 80)));
    lf_map_set(&r->ids, r->c.id, 1);
    if (r->c.happened > r->now)
        r->c.happened = 0;
    r->c.where = r->where;
    r->c.notes = r->notes;
    r->c.observables = r->obs;
    r->out->items = lf_arena_grow(r->a, r->out->items, r->out->n, &r->cap, sizeof *r->out->items);
    r->out->items[r->out->n++] = r->c;
    return LF_OK;
}

/* RFC 3339; or, of Taipei, a day, or a day and a time of hours, minutes and maybe seconds; with - or /. */
static bool time_of(lf_view v, lf_time *out)
{
    char text[40] = "0000-00-00T00:00:00+08:00";

    if (lf_time_parse(v, out, NULL) == LF_OK)
        return true;
    if (v.len != 10 && v.len != 16 && v.len != 19)
        return false;
    memcpy(text, v.ptr, v.len);
    for (size_t i = 0; i < 10; i++)
        if (text[i] == '/')
            text[i] = '-';
    text[10] = 'T';
    return lf_time_parse(lf_view_of(text), out, NULL) == LF_OK;
}

/* Words by which systems say that a case is over. */
static bool is_ended(lf_view state)
{
    static const char *const words[] = { "closed",        "resolved",      "archived",     "已結案",
                                         "結案",          "done",          "truepositive", "duplicated",
                                         "falsepositive", "indeterminate", "other" };

    for (size_t i = 0; i < COUNT(words); i++)
        if (lf_view_eq_nocase(state, lf_view_of(words[i])))
            return true;
    return false;
}

/* ---- CSV ---- */

enum column {
    ID,
    TITLE,
    DESCRIPTION,
    LEVEL,
    CATEGORY,
    AWARE,
    HAPPENED,
    CLOSED,
    STATE,
    OBSERVABLES_,
    NOTE,
    COLUMNS
};
static const struct {
    const char *name, *zh;
} columns[COLUMNS] = { { "id", "編號" },
                       { "title", "標題" },
                       { "description", "說明" },
                       { "level", "等級" },
                       { "category", "類別" },
                       { "aware_at", "知悉時間" },
                       { "happened_at", "發生時間" },
                       { "closed_at", "結案時間" },
                       { "state", "狀態" },
                       { "observables", "觀測值" },
                       { "note", "備註" } };

/* "title=主旨, …": what this column of the file is called here; empty: nothing renames it. */
static lf_view renamed(lf_view mapping, lf_view head)
{
    while (mapping.len) {
        size_t n = lf_view_find_byte(mapping, ','), at;
        lf_view one = lf_view_first(mapping, n);

        mapping = n == SIZE_MAX ? LF_V("") : lf_view_from(mapping, n + 1);
        at = lf_view_find_byte(one, '=');
        if (at != SIZE_MAX && lf_view_eq(lf_view_trim(lf_view_from(one, at + 1)), head))
            return lf_view_trim(lf_view_first(one, at));
    }
    return LF_V("");
}

static enum lf_code read_head(struct reader *r, const lf_view *head, size_t n, lf_view mapping,
                              enum column place[LF_CSV_FIELDS], struct lf_err *e)
{
    bool have[COLUMNS] = { 0 };

    for (size_t i = 0; i < n; i++) {
        lf_view name = renamed(mapping, head[i]);

        if (!name.len)
            name = head[i];
        for (place[i] = ID; place[i] < COLUMNS; place[i]++)
            if (lf_view_eq_nocase(name, lf_view_of(columns[place[i]].name)) ||
                lf_view_is(name, columns[place[i]].zh))
                break;
        if (place[i] == COLUMNS) {
            lose(r, "the first row", head[i],
                 "a column that has no place here; name it in the mapping to keep it");
            continue;
        }
        if (have[place[i]])
            return lf_err_set(e, LF_BAD_INPUT,
                              "line 1: the column \"%s\" comes twice; remove one or map it elsewhere",
                              columns[place[i]].name);
        have[place[i]] = true;
    }
    if (!have[ID] || !have[TITLE] || !have[AWARE])
        return lf_err_set(
            e, LF_BAD_INPUT,
            "line 1: the column \"%s\" is missing; name the columns id, title and aware_at there, or map "
            "others to them, as in title=主旨",
            !have[ID]      ? "id"
            : !have[TITLE] ? "title"
                           : "aware_at");
    return LF_OK;
}

static void observe_list(struct reader *r, lf_view list)
{
    while (list.len) {
        size_t n = lf_view_find_byte(list, ' '), at;
        lf_view one = lf_view_trim(lf_view_first(list, n));
        enum lf_observable_kind kind;

        list = n == SIZE_MAX ? LF_V("") : lf_view_from(list, n + 1);
        if (!one.len)
            continue;
        at = lf_view_find_byte(one, ':');
        if (at != SIZE_MAX && lf_observable_kind_parse(lf_view_first(one, at), &kind))
            observe(r, "column observables", lf_view_first(one, at), lf_view_from(one, at + 1));
        else
            observe(r, "column observables", LF_V(""), one);
    }
}

static enum lf_code cell(struct reader *r, size_t line, enum column c, lf_view v, struct lf_err *e)
{
    lf_time *times[COLUMNS] = { [AWARE] = &r->c.aware, [HAPPENED] = &r->c.happened, [CLOSED] = &r->c.closed };
    int64_t level;

    v = lf_view_trim(v);
    if (!v.len)
        return LF_OK;
    if (times[c] && !time_of(v, times[c]))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "line %zu, column \"%s\": \"%.*s\" is no time; write it as 2026-01-31 09:30 (Taipei) or "
            "2026-01-31T01:30:00Z",
            line, columns[c].name, LF_FMT(lf_utf8_first(v, 60)));
    if (c == LEVEL && (!lf_view_i64(v, &level) || level < 1 || level > 4))
        return lf_err_set(e, LF_BAD_INPUT,
                          "line %zu, column \"level\": \"%.*s\" is no level; write 1, 2, 3 or 4, or "
                          "leave it empty",
                          line, LF_FMT(lf_utf8_first(v, 60)));
    if (c == ID)
        r->c.id = v;
    else if (c == TITLE)
        r->c.title = fit(r, "column title", v, TITLE_BYTES);
    else if (c == DESCRIPTION)
        r->c.description = fit(r, "column description", v, TEXT_BYTES);
    else if (c == LEVEL)
        r->c.level = (int)level;
    else if (c == CATEGORY)
        r->c.category = fit(r, "column category", v, 64);
    else if (c == STATE)
        r->c.state = fit(r, "column state", v, 200);
    else if (c == OBSERVABLES_)
        observe_list(r, v);
    else if (c == NOTE)
        note(r, "column note", 0, v);
    return LF_OK;
}

static enum lf_code csv_case(struct reader *r, size_t line, const enum column *place, size_t width,
                             const lf_view *field, size_t n, struct lf_err *e)
{
    if (n > width)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "line %zu: %zu cells, where the first row names %zu; a comma in a text needs quotation "
            "marks around it",
            line, n, width);
    for (size_t i = 0; i < n; i++)
        if (place[i] < COLUMNS)
            LF_TRY(cell(r, line, place[i], field[i], e));
    r->c.ended = r->c.closed || is_ended(r->c.state);
    return end_case(r, e);
}

static enum lf_code read_csv(struct reader *r, struct lf_err *e)
{
    enum column place[LF_CSV_FIELDS];
    lf_view field[LF_CSV_FIELDS];
    size_t width, n;
    struct lf_csv c;
    bool more;

    LF_TRY(lf_csv_begin(&c, r->file->text, e));
    LF_TRY(lf_csv_row(&c, r->a, field, &width, &more, e));
    if (!more)
        return lf_err_set(e, LF_BAD_INPUT, "the CSV file is empty; its first row names the columns");
    r->where = LF_V("line 1");
    LF_TRY(read_head(r, field, width, lf_view_some(r->file->mapping), place, e));
    for (;;) {
        LF_TRY(lf_csv_row(&c, r->a, field, &n, &more, e));
        if (!more)
            return LF_OK;
        if (n == 1 && !field[0].len)
            continue;
        begin_case(r, lf_arena_printf(r->a, "line %zu", c.line));
        LF_TRY(judge(r, csv_case(r, c.line, place, width, field, n, e), e));
    }
}

/* ---- JSON ---- */

/* A number of milliseconds since 1970, or a text. */
static lf_time json_time(const struct lf_json *o, const char *key)
{
    lf_view v = lf_json_str(o, key);
    int64_t ms;
    lf_time t;

    if (v.len && time_of(v, &t))
        return t;
    return lf_json_int(o, key, &ms) && ms > 0 && ms < INT64_C(4102444800000) ? ms * (LF_SECOND / 1000) : 0;
}

/* Text, or a number as it stands. */
static lf_view word(const struct lf_json *o, const char *key)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(key));

    return lf_json_kind(v) == LF_JSON_STRING || lf_json_kind(v) == LF_JSON_NUMBER ? lf_json_text(v)
                                                                                  : LF_V("");
}

static bool is_empty(const struct lf_json *v)
{
    enum lf_json_kind k = lf_json_kind(v);

    return k == LF_JSON_NULL || ((k == LF_JSON_ARRAY || k == LF_JSON_OBJECT) && !lf_json_size(v)) ||
           (k == LF_JSON_STRING && !lf_json_text(v).len);
}

/* Members that nothing here reads. */
static void lose_rest(struct reader *r, const struct lf_json *o, const char *const *read, size_t n)
{
    for (size_t i = 0; i < lf_json_members(o); i++) {
        lf_view key = lf_json_key(o, i);
        bool known = is_empty(lf_json_member(o, i));

        for (size_t k = 0; k < n && !known; k++)
            known = lf_view_is(key, read[k]);
        if (!known)
            lose(r, lf_arena_cstr(r->a, lf_utf8_first(key, 80)), lf_json_text(lf_json_member(o, i)),
                 "has no place in an incident");
    }
}

/* The list under a key.  What is there and is none is lost. */
static const struct lf_json *list_of(struct reader *r, const struct lf_json *o, const char *key)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(key));

    if (lf_json_kind(v) != LF_JSON_ARRAY && !is_empty(v))
        lose(r, key, lf_json_text(v), "is no list");
    return v;
}

/* The whole of both: what is too long for a note is cut there, and told. */
static lf_view joined(struct reader *r, lf_view one, const char *between, lf_view two)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_OLD_CASE_BYTES * 2);
    lf_buf_put(&b, lf_view_some(one));
    lf_buf_put(&b, lf_view_of(between));
    lf_buf_put(&b, lf_view_some(two));
    out = lf_arena_copy(r->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void two(struct reader *r, const char *place, lf_time at, lf_view title, lf_view text)
{
    note(r, place, at, title.len && text.len ? joined(r, title, ": ", text) : title.len ? title : text);
}

static enum lf_code hive_case(struct reader *r, const struct lf_json *o, struct lf_err *e)
{
    static const char *const read[] = { "id",          "_id",       "caseId",    "number",     "title",
                                        "description", "startDate", "createdAt", "_createdAt", "endDate",
                                        "status",      "stage",     "summary",   "tags",       "observables",
                                        "artifacts",   "tasks",     "_type" };
    const struct lf_json *obs = list_of(r, o, "observables"), *tasks = list_of(r, o, "tasks");
    const struct lf_json *tags = list_of(r, o, "tags");

    r->c.id = word(o, "_id").len ? word(o, "_id") : word(o, "id").len ? word(o, "id") : word(o, "caseId");
    if (!r->c.id.len)
        r->c.id = word(o, "number");
    r->c.title = fit(r, "title", word(o, "title"), TITLE_BYTES);
    r->c.description = fit(r, "description", word(o, "description"), TEXT_BYTES);
    r->c.state = fit(r, "status", word(o, "status"), 200);
    r->c.aware = json_time(o, "startDate");
    for (size_t i = 0; i < 2 && !r->c.aware; i++)
        r->c.aware = json_time(o, i ? "_createdAt" : "createdAt");
    r->c.closed = json_time(o, "endDate");
    r->c.ended = r->c.closed || is_ended(r->c.state) || lf_view_is(word(o, "stage"), "Closed");
    if (!obs)
        obs = list_of(r, o, "artifacts");
    for (size_t i = 0; i < lf_json_items(obs); i++) {
        const struct lf_json *x = lf_json_item(obs, i);

        observe(r, lf_arena_printf(r->a, "observables[%zu]", i).ptr, word(x, "dataType"), word(x, "data"));
        if (word(x, "message").len) /* the value alone is no note: it would take the room of those that are */
            two(r, "observables", 0, word(x, "data"), word(x, "message"));
    }
    for (size_t i = 0; i < lf_json_items(tasks); i++) {
        const struct lf_json *x = lf_json_item(tasks, i), *logs = list_of(r, x, "logs");

        two(r, "tasks", json_time(x, "startDate"),
            joined(r, joined(r, word(x, "title"), " (", word(x, "status")), ")", LF_V("")),
            word(x, "description"));
        for (size_t k = 0; k < lf_json_items(logs); k++)
            note(r, "logs", json_time(lf_json_item(logs, k), "createdAt"),
                 word(lf_json_item(logs, k), "message"));
    }
    for (size_t i = 0; i < lf_json_items(tags); i++)
        note(r, "tags", 0, joined(r, LF_V("#"), "", lf_json_text(lf_json_item(tags, i))));
    note(r, "summary", r->c.closed, word(o, "summary"));
    lose_rest(r, o, read, COUNT(read));
    return end_case(r, e);
}

static lf_view either(const struct lf_json *o, const char *one, const char *other)
{
    return word(o, one).len ? word(o, one) : word(o, other);
}

static void iris_notes(struct reader *r, const struct lf_json *o)
{
    static const struct {
        const char *list, *title, *text, *at;
    } kinds[] = { { "timeline", "event_title", "event_content", "event_date" },
                  { "notes", "note_title", "note_content", "note_creationdate" },
                  { "tasks", "task_title", "task_description", "task_open_date" },
                  { "evidences", "filename", "file_hash", "date_added" },
                  { "assets", "asset_name", "asset_description", "date_added" },
                  { "comments", "comment_title", "comment_text", "comment_date" } };

    for (size_t k = 0; k < COUNT(kinds); k++) {
        const struct lf_json *list = list_of(r, o, kinds[k].list);

        for (size_t i = 0; i < lf_json_items(list); i++) {
            const struct lf_json *x = lf_json_item(list, i);

            two(r, kinds[k].list, json_time(x, kinds[k].at), word(x, kinds[k].title), word(x, kinds[k].text));
        }
    }
}

static enum lf_code iris_case(struct reader *r, const struct lf_json *o, struct lf_err *e)
{
    static const char *const read[] = { "case",  "iocs",      "timeline", "notes",
                                        "tasks", "evidences", "assets",   "comments" };
    static const char *const of_case[] = { "case_id",     "case_uuid",        "case_name",   "name",
                                           "description", "case_description", "open_date",   "case_open_date",
                                           "close_date",  "case_close_date",  "status_name", "state_name" };
    const struct lf_json *c = lf_json_get(o, LF_V("case")), *iocs = list_of(r, o, "iocs");

    r->c.id = either(c, "case_uuid", "case_id");
    r->c.title = fit(r, "case.name", either(c, "case_name", "name"), TITLE_BYTES);
    r->c.description = fit(r, "case.description", either(c, "case_description", "description"), TEXT_BYTES);
    r->c.state = fit(r, "case.state_name", either(c, "state_name", "status_name"), 200);
    r->c.aware = json_time(c, "open_date");
    if (!r->c.aware)
        r->c.aware = json_time(c, "case_open_date");
    r->c.closed = json_time(c, "close_date");
    if (!r->c.closed)
        r->c.closed = json_time(c, "case_close_date");
    r->c.ended = r->c.closed || is_ended(r->c.state);
    for (size_t i = 0; i < lf_json_items(iocs); i++) {
        const struct lf_json *x = lf_json_item(iocs, i);
        lf_view kind = word(x, "ioc_type");

        if (!kind.len)
            kind = either(lf_json_get(x, LF_V("ioc_type")), "type_name", "type_name");
        observe(r, lf_arena_printf(r->a, "iocs[%zu]", i).ptr, kind, word(x, "ioc_value"));
        if (word(x, "ioc_description").len)
            two(r, "iocs", 0, word(x, "ioc_value"), word(x, "ioc_description"));
    }
    iris_notes(r, o);
    lose_rest(r, o, read, COUNT(read));
    lose_rest(r, c, of_case, COUNT(of_case));
    return end_case(r, e);
}

typedef enum lf_code (*case_fn)(struct reader *r, const struct lf_json *o, struct lf_err *e);

static enum lf_code read_json(struct reader *r, case_fn one, struct lf_err *e)
{
    const struct lf_json *tree, *list;

    const struct lf_json_limits limits = { .bytes = LF_OLD_CASE_BYTES, .depth = 32, .rest = r->file->rest };

    LF_TRY(lf_json_parse(r->a, r->file->text, &limits, &tree, e));
    list = lf_json_get(tree, LF_V("cases"));
    if (!list)
        list = tree;
    if (lf_json_kind(list) != LF_JSON_ARRAY) {
        begin_case(r, LF_V("case 1"));
        return lf_json_kind(list) == LF_JSON_OBJECT
                   ? one(r, list, e)
                   : lf_err_set(e, LF_BAD_INPUT,
                                "the file is neither a case (a JSON object) nor a list of them");
    }
    for (size_t i = 0; i < lf_json_items(list); i++) {
        begin_case(r, lf_arena_printf(r->a, "case %zu", i + 1));
        LF_TRY(judge(r, one(r, lf_json_item(list, i), e), e));
    }
    return LF_OK;
}

static enum lf_code read_whole(struct reader *r, struct lf_err *e)
{
    lf_view format = r->file->format;

    if (lf_view_is(format, "csv")) {
        r->out->source = "csv";
        return read_csv(r, e);
    }
    if (lf_view_is(format, "thehive")) {
        r->out->source = "thehive";
        return read_json(r, hive_case, e);
    }
    if (lf_view_is(format, "iris")) {
        r->out->source = "iris";
        return read_json(r, iris_case, e);
    }
    return lf_err_set(e, LF_BAD_INPUT, "old cases are read from csv, thehive or iris; format names one");
}

enum lf_code lf_old_cases_read(struct lf_arena *a, const struct lf_old_file *file, lf_time now,
                               struct lf_old_cases *out, struct lf_err *e)
{
    struct lf_old_cases x = { .losses = LF_NEW(a, struct lf_old_loss, LF_OLD_LOSSES),
                              .refused = LF_NEW(a, struct lf_old_refusal, LF_OLD_LOSSES) };
    struct reader r = { .a = a, .out = &x, .file = file, .now = now };
    enum lf_code rc;

    if (file->text.len > LF_OLD_CASE_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "a file of old cases has at most %d MiB; give it in parts",
                          LF_OLD_CASE_BYTES >> 20);
    lf_map_init(&r.ids, (uint64_t)now);
    rc = read_whole(&r, e);
    lf_map_clear(&r.ids);
    if (rc == LF_OK)
        *out = x;
    return rc;
}
