#include "engine/form.h"

#include "model/vital.h"

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

static const char *const types[] = { "line", "text", "time", "choice", "choices", "number", "yesno" };
static const char *const stages[LF_STAGES] = { "first", "edit", "follow", "final", "final_major", "behalf" };

const char *lf_form_stage_name(enum lf_form_stage s)
{
    return (unsigned)s < LF_STAGES ? stages[s] : "unknown";
}

enum lf_form_stage lf_form_stage_of(lf_view name)
{
    unsigned s = 0;

    while (s < LF_STAGES && !lf_view_is(name, stages[s]))
        s++;
    return (enum lf_form_stage)s;
}

/* ---- reading a definition ---- */

struct reading {
    struct lf_arena *a;
    struct lf_form *f;
    bool added;
    struct lf_err *e;
};

static enum lf_code bad(const struct reading *r, lf_view where, const char *what)
{
    return lf_err_set(r->e, LF_BAD_INPUT, "form: %.*s: %s", LF_FMT(lf_view_first(where, 64)), what);
}

/* What stands in HTML names, JSON and spreadsheets without thought. */
static bool is_id(lf_view v)
{
    if (!v.len || v.len > 48 || v.ptr[0] < 'A' || v.ptr[0] == '_')
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= 'A' && v.ptr[i] <= 'Z') ||
              (v.ptr[i] >= '0' && v.ptr[i] <= '9') || v.ptr[i] == '_'))
            return false;
    return true;
}

static bool words_of(const struct lf_json *o, struct lf_form_words *out)
{
    out->zh = lf_json_str(o, "zh");
    out->en = lf_json_str(o, "en");
    return out->zh.len && out->en.len && out->zh.len <= 600 && out->en.len <= 600;
}

static enum lf_code known(const struct reading *r, const struct lf_json *o, lf_view where,
                          const char *const *names)
{
    for (size_t i = 0; i < lf_json_members(o); i++) {
        const char *const *n = names;

        while (*n && !lf_view_is(lf_json_key(o, i), *n))
            n++;
        if (!*n)
            return lf_err_set(r->e, LF_BAD_INPUT, "form: %.*s: nothing is known of \"%.*s\"",
                              LF_FMT(lf_view_first(where, 64)), LF_FMT(lf_view_first(lf_json_key(o, i), 64)));
    }
    return LF_OK;
}

/* {"id","zh","en"} each: papers and steps. */
static enum lf_code read_named(const struct reading *r, const struct lf_json *list, const char *what,
                               struct lf_form_step *to, size_t room, size_t *n)
{
    if (list && lf_json_kind(list) != LF_JSON_ARRAY)
        return bad(r, lf_view_of(what), "a list is needed");
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *o = lf_json_item(list, i);
        struct lf_form_step s = { .id = lf_json_str(o, "id") };

        if (!words_of(o, &s.say) || !s.id.len || s.id.len > 48)
            return bad(r, lf_view_of(what), "each has id, zh and en");
        for (size_t k = 0; k < *n; k++)
            if (lf_view_eq(to[k].id, s.id))
                return bad(r, s.id, "it is there already");
        if (*n == room)
            return bad(r, lf_view_of(what), "too many");
        to[(*n)++] = s;
    }
    return LF_OK;
}

static enum lf_code read_stages(const struct reading *r, const struct lf_json *list, lf_view where,
                                unsigned *out)
{
    *out = 0;
    if (list && lf_json_kind(list) != LF_JSON_ARRAY)
        return bad(r, where, "stages and required are lists");
    for (size_t i = 0; i < lf_json_items(list); i++) {
        enum lf_form_stage s = lf_form_stage_of(lf_json_text(lf_json_item(list, i)));

        if (s == LF_STAGES)
            return bad(r, where, "a stage is first, edit, follow, final, final_major or behalf");
        *out |= 1u << s;
    }
    return LF_OK;
}

static enum lf_code read_choices(const struct reading *r, const struct lf_json *list,
                                 struct lf_form_words group, struct lf_form_field *x,
                                 struct lf_form_choice *to)
{
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *o = lf_json_item(list, i);
        struct lf_form_choice c = { .id = lf_json_str(o, "id"),
                                    .group = group,
                                    .rsit = lf_view_some(lf_json_str(o, "rsit")) };

        if (!words_of(o, &c.say) || !c.id.len || c.id.len > 48 || lf_view_find_byte(c.id, ',') != SIZE_MAX)
            return bad(r, x->id, "each choice has id, zh and en");
        if (x->nchoices == LF_FORM_CHOICES)
            return bad(r, x->id, "too many choices");
        for (size_t k = 0; k < x->nchoices; k++)
            if (lf_view_eq(to[k].id, c.id))
                return bad(r, x->id, "a choice is there twice");
        to[x->nchoices++] = c;
    }
    return LF_OK;
}

static enum lf_code read_all_choices(const struct reading *r, const struct lf_json *o,
                                     struct lf_form_field *x)
{
    const struct lf_json *plain = lf_json_get(o, LF_V("choices")), *groups = lf_json_get(o, LF_V("groups"));
    bool wants = x->type == LF_FORM_CHOICE || x->type == LF_FORM_CHOICES_;
    struct lf_form_choice *to;

    if ((plain && lf_json_kind(plain) != LF_JSON_ARRAY) || (groups && lf_json_kind(groups) != LF_JSON_ARRAY))
        return bad(r, x->id, "choices and groups are lists");
    if (!wants)
        return plain || groups ? bad(r, x->id, "only choice and choices have choices") : LF_OK;
    to = LF_NEW(r->a, struct lf_form_choice, LF_FORM_CHOICES);
    x->choices = to;
    LF_TRY(read_choices(r, plain, (struct lf_form_words){ { 0 }, { 0 } }, x, to));
    for (size_t i = 0; i < lf_json_items(groups); i++) {
        struct lf_form_words group;

        if (!words_of(lf_json_item(groups, i), &group))
            return bad(r, x->id, "each group has zh and en");
        LF_TRY(read_choices(r, lf_json_get(lf_json_item(groups, i), LF_V("choices")), group, x, to));
    }
    return x->nchoices ? LF_OK : bad(r, x->id, "it has no choices");
}

static enum lf_code read_places(const struct reading *r, const struct lf_json *papers,
                                struct lf_form_field *x)
{
    for (size_t i = 0; i < lf_json_members(papers); i++) {
        size_t p = 0;

        while (p < r->f->npapers && !lf_view_eq(r->f->papers[p].id, lf_json_key(papers, i)))
            p++;
        if (p == r->f->npapers)
            return bad(r, x->id, "it names a paper that is none");
        x->place[p] = lf_view_first(lf_json_text(lf_json_member(papers, i)), 32);
    }
    return LF_OK;
}

static enum lf_code read_field(const struct reading *r, const struct lf_json *o)
{
    static const char *const names[] = { "id",     "step",   "type",      "zh",       "en",
                                         "hint",   "stages", "papers",    "most",     "choices",
                                         "groups", "needs",  "otherwise", "required", NULL };
    struct lf_form_field x = { .id = lf_json_str(o, "id"), .added = r->added };
    lf_view type = lf_json_str(o, "type"), step = lf_json_str(o, "step");
    const struct lf_json *hint = lf_json_get(o, LF_V("hint"));
    unsigned t = 0;

    if (!is_id(x.id))
        return bad(r, lf_view_some(x.id), "a field's id is letters, digits and _, at most 48");
    LF_TRY(known(r, o, x.id, names));
    if (lf_form_field(r->f, x.id))
        return lf_err_set(r->e, LF_CONFLICT, "form: there is a field \"%.*s\" already", LF_FMT(x.id));
    while (t < COUNT(types) && !lf_view_is(type, types[t]))
        t++;
    if (t == COUNT(types))
        return bad(r, x.id, "type is line, text, time, choice, choices, number or yesno");
    x.type = (enum lf_form_type)t;
    while (x.step < r->f->nsteps && !lf_view_eq(r->f->steps[x.step].id, step))
        x.step++;
    if (x.step == r->f->nsteps)
        return bad(r, x.id, "it names a step that is none");
    if (!words_of(o, &x.say) || (hint && !words_of(hint, &x.hint)))
        return bad(r, x.id, "zh and en are needed, in its hint too");
    LF_TRY(read_stages(r, lf_json_get(o, LF_V("stages")), x.id, &x.stages));
    LF_TRY(read_stages(r, lf_json_get(o, LF_V("required")), x.id, &x.required));
    if (!x.stages || (x.required & ~x.stages))
        return bad(r, x.id, "it needs stages, and is required only in those");
    x.most = x.type == LF_FORM_NUMBER ? INT32_MAX : LF_FORM_TEXT;
    if (lf_json_get(o, LF_V("most")) && (!lf_json_int(o, "most", &x.most) || x.most < 1 ||
                                         (x.type != LF_FORM_NUMBER && x.most > LF_FORM_TEXT)))
        return bad(r, x.id, "most is a number from 1; of text at most 8000");
    x.otherwise = lf_json_str(o, "otherwise");
    x.needs = lf_json_str(o, "needs");
    LF_TRY(read_all_choices(r, o, &x));
    LF_TRY(read_places(r, lf_json_get(o, LF_V("papers")), &x));
    if (r->f->nfields == LF_FORM_FIELDS)
        return bad(r, x.id, "too many fields");
    r->f->fields[r->f->nfields++] = x;
    return LF_OK;
}

static enum lf_code read_form(struct reading *r, lf_view json)
{
    static const char *const names[] = { "format", "id", "zh", "en", "papers", "steps", "fields", NULL };
    const struct lf_json *o, *fields;

    if (lf_json_parse(r->a, lf_arena_copy(r->a, lf_view_first(json, LF_FORM_BYTES + 1)),
                      &(struct lf_json_limits){ .bytes = LF_FORM_BYTES, .depth = 8, .unique = true }, &o,
                      r->e) != LF_OK)
        return lf_err_at(r->e, "form");
    if (!lf_view_is(lf_json_str(o, "format"), "lianfang-form/1"))
        return bad(r, LF_V("format"), "lianfang-form/1 is the one that is known");
    LF_TRY(known(r, o, LF_V("form"), names));
    if (!r->added) {
        r->f->id = lf_json_str(o, "id");
        if (!words_of(o, &r->f->say) || !r->f->id.len || r->f->id.len > 48)
            return bad(r, LF_V("form"), "id, zh and en are needed");
        LF_TRY(read_named(r, lf_json_get(o, LF_V("papers")), "papers", r->f->papers, LF_FORM_PAPERS,
                          &r->f->npapers));
    }
    LF_TRY(read_named(r, lf_json_get(o, LF_V("steps")), "steps", r->f->steps, LF_FORM_STEPS, &r->f->nsteps));
    fields = lf_json_get(o, LF_V("fields"));
    if (lf_json_kind(fields) != LF_JSON_ARRAY || !lf_json_items(fields))
        return bad(r, LF_V("fields"), "a list is needed");
    for (size_t i = 0; i < lf_json_items(fields); i++)
        LF_TRY(read_field(r, lf_json_item(fields, i)));
    for (size_t i = 0; i < r->f->nfields; i++)
        if (r->f->fields[i].needs.len && !lf_form_field(r->f, r->f->fields[i].needs))
            return bad(r, r->f->fields[i].id, "it needs a field that is none");
    return LF_OK;
}

enum lf_code lf_form_load(struct lf_arena *a, lf_view json, struct lf_form *out, struct lf_err *e)
{
    struct lf_form f = { .fields = LF_NEW(a, struct lf_form_field, LF_FORM_FIELDS) };
    struct reading r = { .a = a, .f = &f, .e = e };

    LF_TRY(read_form(&r, json));
    *out = f;
    return LF_OK;
}

enum lf_code lf_form_extend(struct lf_arena *a, struct lf_form *f, lf_view json, struct lf_err *e)
{
    struct lf_form whole = *f;
    struct reading r = { .a = a, .f = &whole, .added = true, .e = e };

    LF_TRY(read_form(&r, json));
    *f = whole; /* its fields stand in the same room, past f->nfields until now */
    return LF_OK;
}

const struct lf_form_field *lf_form_field(const struct lf_form *f, lf_view id)
{
    for (size_t i = 0; i < f->nfields; i++)
        if (lf_view_eq(f->fields[i].id, id))
            return &f->fields[i];
    return NULL;
}

const struct lf_form_choice *lf_form_choice(const struct lf_form_field *x, lf_view id)
{
    for (size_t i = 0; i < x->nchoices; i++)
        if (lf_view_eq(x->choices[i].id, id))
            return &x->choices[i];
    return NULL;
}

/* ---- checking values ---- */

static bool is_empty(const struct lf_json *v)
{
    switch (lf_json_kind(v)) {
    case LF_JSON_NULL:
    case LF_JSON_FALSE:
        return true;
    case LF_JSON_STRING:
        return lf_view_blank(lf_json_text(v));
    case LF_JSON_ARRAY:
    case LF_JSON_OBJECT:
        return lf_json_size(v) == 0;
    default:
        return false;
    }
}

static enum lf_form_trouble trouble_of_choices(const struct lf_form_field *x, const struct lf_json *v)
{
    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return LF_FORM_KIND;
    if (lf_json_items(v) > x->nchoices)
        return LF_FORM_TOO_LONG;
    for (size_t i = 0; i < lf_json_items(v); i++)
        if (lf_json_kind(lf_json_item(v, i)) != LF_JSON_STRING ||
            !lf_form_choice(x, lf_json_text(lf_json_item(v, i))))
            return LF_FORM_NO_CHOICE;
    return LF_FORM_FINE;
}

static enum lf_form_trouble trouble_of(const struct lf_form_field *x, const struct lf_json *v, lf_time now)
{
    enum lf_json_kind k = lf_json_kind(v);
    lf_view s = lf_json_text(v);
    int64_t n = 0;
    lf_time t;

    if (k == LF_JSON_NULL)
        return LF_FORM_FINE;
    if (x->type == LF_FORM_YESNO)
        return k == LF_JSON_TRUE || k == LF_JSON_FALSE ? LF_FORM_FINE : LF_FORM_KIND;
    if (x->type == LF_FORM_CHOICES_)
        return trouble_of_choices(x, v);
    if (x->type == LF_FORM_NUMBER) {
        if (k != LF_JSON_NUMBER || !lf_view_i64(s, &n))
            return LF_FORM_KIND;
        return n < 0 || n > x->most ? LF_FORM_TOO_LONG : LF_FORM_FINE;
    }
    if (k != LF_JSON_STRING)
        return LF_FORM_KIND;
    if (!s.len)
        return LF_FORM_FINE;
    if (x->type == LF_FORM_CHOICE)
        return lf_form_choice(x, s) ? LF_FORM_FINE : LF_FORM_NO_CHOICE;
    if (x->type == LF_FORM_TIME) {
        if (lf_time_parse(s, &t, NULL) != LF_OK)
            return LF_FORM_NO_TIME;
        return t > now ? LF_FORM_FUTURE : LF_FORM_FINE;
    }
    return s.len > (size_t)x->most || !lf_view_is_text(s, 0, (size_t)x->most) ? LF_FORM_TOO_LONG
                                                                              : LF_FORM_FINE;
}

/* The hour of the first report has passed and nobody says why. */
static bool late_unsaid(const struct lf_form *f, unsigned stages_, const struct lf_json *values, lf_time now)
{
    lf_time aware;

    return (stages_ & (1u << LF_STAGE_FIRST)) && lf_form_field(f, LF_V("late_reason")) &&
           lf_time_parse(lf_json_str(values, "aware_at"), &aware, NULL) == LF_OK && now - aware > LF_HOUR &&
           is_empty(lf_json_get(values, LF_V("late_reason")));
}

size_t lf_form_troubles(const struct lf_form *f, unsigned stages_, const struct lf_json *values, lf_time now,
                        struct lf_form_said *out, size_t most)
{
    bool late = late_unsaid(f, stages_, values, now);
    size_t n = 0;

    for (size_t i = 0; i < f->nfields && n < most; i++) {
        const struct lf_form_field *x = &f->fields[i];
        const struct lf_json *v = lf_json_get(values, x->id), *other;
        enum lf_form_trouble t = trouble_of(x, v, now);

        if (t == LF_FORM_FINE && (x->required & stages_) && is_empty(v))
            t = LF_FORM_MISSING;
        if (t == LF_FORM_FINE && late && lf_view_is(x->id, "late_reason"))
            t = LF_FORM_LATE;
        if (t != LF_FORM_FINE)
            out[n++] = (struct lf_form_said){ x->id, t };
        other = lf_json_get(values, x->needs);
        if (n < most && x->needs.len && !is_empty(v) && is_empty(other) &&
            !(lf_form_field(f, x->needs)->required & stages_))
            out[n++] = (struct lf_form_said){ x->needs, LF_FORM_MISSING };
    }
    for (size_t i = 0; i < lf_json_members(values) && n < most; i++)
        if (lf_json_kind(values) == LF_JSON_OBJECT && !lf_form_field(f, lf_json_key(values, i)))
            out[n++] = (struct lf_form_said){ lf_json_key(values, i), LF_FORM_UNKNOWN };
    return n;
}

enum lf_code lf_form_check(const struct lf_form *f, unsigned stages_, const struct lf_json *values,
                           lf_time now, struct lf_err *e)
{
    static const struct {
        const char *zh, *en;
    } say[] = {
        [LF_FORM_FINE] = { "", "" },
        [LF_FORM_MISSING] = { "尚未填寫", "is not filled in" },
        [LF_FORM_UNKNOWN] = { "不是這份表單的欄位", "is no field of this form" },
        [LF_FORM_KIND] = { "的值型別不對", "has a value of the wrong kind" },
        [LF_FORM_NO_CHOICE] = { "不是可選的項目", "is none of the choices" },
        [LF_FORM_TOO_LONG] = { "太長或太大", "is too long or too great" },
        [LF_FORM_NO_TIME] = { "不是時間", "is no time (RFC 3339)" },
        [LF_FORM_FUTURE] = { "不能晚於現在", "lies in the future" },
        [LF_FORM_LATE] = { "須填寫：知悉已超過一小時",
                           "is needed: more than an hour has passed since awareness" },
    };
    const struct lf_form_field *x;
    struct lf_form_said t;

    if (lf_json_kind(values) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "values: a JSON object of the form's fields is needed");
    if (!lf_form_troubles(f, stages_, values, now, &t, 1))
        return LF_OK;
    x = lf_form_field(f, t.field);
    return lf_err_set(e, LF_UNACCEPTED, "「%.*s」%s。\"%.*s\" (%.*s) %s",
                      LF_FMT(x ? x->say.zh : lf_view_first(t.field, 48)), say[t.what].zh,
                      LF_FMT(lf_view_first(t.field, 48)), LF_FMT(x ? x->say.en : LF_V("?")), say[t.what].en);
}

/* ---- for people ---- */

static lf_view words(struct lf_form_words w, bool zh)
{
    return zh ? w.zh : w.en;
}

lf_view lf_form_text(struct lf_arena *a, const struct lf_form_field *x, const struct lf_json *value, bool zh)
{
    const struct lf_form_choice *c;
    struct lf_buf b;
    lf_view out;

    if (is_empty(value))
        return LF_V("");
    if (x->type == LF_FORM_YESNO)
        return zh ? LF_V("是") : LF_V("Yes");
    if (x->type == LF_FORM_CHOICE) {
        c = lf_form_choice(x, lf_json_text(value));
        return c ? words(c->say, zh) : lf_json_text(value);
    }
    if (x->type != LF_FORM_CHOICES_)
        return lf_json_text(value);
    lf_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < lf_json_items(value); i++) {
        lf_view id = lf_json_text(lf_json_item(value, i));

        c = lf_form_choice(x, id);
        if (i)
            lf_buf_put(&b, zh ? LF_V("、") : LF_V(", "));
        lf_buf_put(&b, c ? words(c->say, zh) : id);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- the level's questions ---- */

static void put_degree(struct lf_json_w *w, const char *axis, lf_view degree, lf_view asset, lf_view secret)
{
    if (!lf_view_is(degree, "minor") && !lf_view_is(degree, "serious"))
        return;
    lf_json_begin(w, axis, '[');
    lf_json_open(w, '{');
    lf_json_put_bool(w, "core", lf_view_starts(asset, LF_V("core")));
    lf_json_put_bool(w, "ci", lf_view_is(asset, "core_ci"));
    if (lf_view_is(secret, "official") || lf_view_is(secret, "state"))
        lf_json_put_str(w, "secret", secret);
    lf_json_put_str(w, "degree", degree);
    lf_json_close(w);
    lf_json_close(w);
}

const struct lf_json *lf_form_answers(struct lf_arena *a, const struct lf_json *values, lf_view by)
{
    lf_view asset = lf_json_str(values, "asset"), leak = lf_json_str(values, "leak");
    lf_view tamper = lf_json_str(values, "tamper"), secret = lf_json_str(values, "secret");
    lf_view own = lf_json_str(values, "override");
    const struct lf_json *out = NULL;
    int64_t outage = 0, mtpd = 0;
    struct lf_buf b;
    struct lf_json_w w;
    bool any;

    any = lf_json_int(values, "outage_min", &outage) || leak.len || tamper.len || own.len;
    if (!any)
        return NULL;
    lf_buf_init(&b, 16384);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_degree(&w, "confidentiality", leak, asset, secret);
    put_degree(&w, "integrity", tamper, asset, secret);
    any = lf_view_is(leak, "minor") || lf_view_is(leak, "serious") || lf_view_is(tamper, "minor") ||
          lf_view_is(tamper, "serious");
    if (outage > 0 || lf_json_bool(values, "ongoing", false)) {
        any = true;
        lf_json_begin(&w, "availability", '[');
        lf_json_open(&w, '{');
        lf_json_put_bool(&w, "core", lf_view_starts(asset, LF_V("core")));
        lf_json_put_bool(&w, "ci", lf_view_is(asset, "core_ci"));
        lf_json_put_int(&w, "outage_s", outage > 0 ? outage * 60 : 0);
        if (lf_json_int(values, "mtpd_min", &mtpd))
            lf_json_put_int(&w, "mtpd_s", mtpd * 60);
        lf_json_put_bool(&w, "restored", !lf_json_bool(values, "ongoing", false));
        lf_json_close(&w);
        lf_json_close(&w);
    }
    /* A vital function of nothing at all is no answer: the calculator refuses it. */
    if (any &&
        (lf_json_bool(values, "vital", false) || lf_vital_of(lf_json_get(values, LF_V("vital_functions")))))
        lf_json_put_bool(&w, "vital_function", true);
    if (own.len) {
        lf_json_begin(&w, "override", '{');
        lf_json_put_int(&w, "level", own.ptr[0] - '0');
        lf_json_put_str(&w, "by", by.len ? lf_view_first(by, 200) : LF_V("reporter"));
        lf_json_put_str(&w, "grounds", lf_view_first(lf_json_str(values, "grounds"), 2000));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    if (lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&b)), NULL, &out, NULL) != LF_OK)
        LF_BUG("answers of our own making");
    lf_buf_clear(&b);
    return out;
}
