#include "engine/rule_draft.h"

#include <stdlib.h>

#include "engine/fold.h"
#include "engine/sigma.h"

enum { FIELDS = 256, CANDIDATES = 64, PART_LEAST = 6, END_LEAST = 5 };

/* A field of all samples so far, and what its values share. */
struct field {
    lf_view name;
    lf_view whole;     /* the first sample's value */
    bool same;         /* in all of them */
    lf_view end, part; /* common end, common part; in the first value's bytes */
    size_t seen;       /* samples that have it */
};

enum how { HOW_EQUAL, HOW_END, HOW_PART };
struct item {
    const struct field *field;
    enum how how;
    lf_view value;
    uint8_t *holds; /* a bit per event of the background */
    uint64_t hits;
};

struct lf_rule_draft {
    struct lf_arena a;
    lf_view title, id;
    struct lf_logsource source;
    struct field fields[FIELDS];
    size_t nfields, samples;
    struct item items[CANDIDATES];
    size_t nitems;
    struct lf_ruleset *probe; /* a rule for each item */
    struct lf_arena task;
    uint64_t background, passed_over;
    struct lf_buf yaml;
};

struct lf_rule_draft *lf_rule_draft_create(lf_view title, lf_view id)
{
    struct lf_rule_draft *d = calloc(1, sizeof *d);

    if (!d)
        LF_BUG("out of memory for a rule's draft");
    d->title = lf_arena_copy(&d->a, title);
    d->id = lf_arena_copy(&d->a, id);
    lf_buf_init(&d->yaml, 1 << 20);
    return d;
}

void lf_rule_draft_destroy(struct lf_rule_draft *d)
{
    if (!d)
        return;
    if (d->probe)
        lf_ruleset_drop(d->probe);
    lf_buf_clear(&d->yaml);
    lf_arena_clear(&d->task);
    lf_arena_clear(&d->a);
    free(d);
}

/* ---- samples ---- */

/* Names of what changes from one occasion to the next; compared in lower case. */
static bool of_the_occasion(struct lf_arena *a, lf_view name)
{
    static const char *const parts[] = {
        "time",    "guid",    "processid", "threadid", "recordid", "recordnumber", "hash",     "@",
        "date",    "logonid", "handle",    "sequence", "uuid",     "_id",          "computer", "host",
        "ip",      "port",    "sid",       "message",  "user",     "domain",       "md5",      "sha",
        "imphash", "tags",    "received",  "version",  "keywords", "task",         "opcode",   "severity",
        "level",   "session", "activity",  "bytes",    "size",     "duration",     "source"
    };
    static const char *const kept[] = {
        "sourceimage",     "clientversion",    "pipename",   "description", "destinationhostname",
        "destinationport", "originalfilename", "product",    "useragent",   "cs-user-agent",
        "c-useragent",     "cs-host",          "description"
    };
    lf_view low = lf_fold(a, name);

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (lf_view_is(low, kept[i]))
            return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (lf_view_find(low, lf_view_of(parts[i])) != SIZE_MAX)
            return true;
    return false;
}

static bool usable(const struct lf_json *v)
{
    enum lf_json_kind k = lf_json_kind(v);
    lf_view t = lf_json_text(v);

    return (k == LF_JSON_STRING || k == LF_JSON_NUMBER) && t.len > 0 && !lf_view_is(t, "-") &&
           t.len <= 64 * LF_DRAFT_VALUE && !memchr(t.ptr, 0, t.len) && !memchr(t.ptr, '\n', t.len);
}

static lf_view common_end(lf_view x, lf_view y)
{
    size_t n = 0;

    while (n < x.len && n < y.len && x.ptr[x.len - 1 - n] == y.ptr[y.len - 1 - n])
        n++;
    while (n > 0 && ((unsigned char)x.ptr[x.len - n] & 0xc0) == 0x80)
        n--;
    return lf_view_from(x, x.len - n);
}

/* The longest text that is in both; quadratic, on values cut to LF_DRAFT_VALUE. */
static lf_view common_part(lf_view x, lf_view y)
{
    lf_view best = { x.ptr, 0 };
    uint16_t row[LF_DRAFT_VALUE + 1] = { 0 };

    x = lf_view_first(x, LF_DRAFT_VALUE);
    y = lf_view_first(y, LF_DRAFT_VALUE);
    for (size_t i = 0; i < x.len; i++)
        for (size_t k = y.len; k-- > 0;) {
            row[k + 1] = (uint16_t)(x.ptr[i] == y.ptr[k] ? row[k] + 1 : 0);
            if (row[k + 1] > best.len)
                best = (lf_view){ x.ptr + i + 1 - row[k + 1], row[k + 1] };
        }
    while (best.len > 0 && ((unsigned char)best.ptr[0] & 0xc0) == 0x80) {
        best.ptr++;
        best.len--;
    }
    while (best.len > 0 && !lf_view_is_utf8(best))
        best.len--;
    return best;
}

static void take_value(struct lf_rule_draft *d, lf_view name, const struct lf_json *v)
{
    lf_view text;
    struct field *f = NULL;

    if (!usable(v) || of_the_occasion(&d->task, name) || !lf_view_is_utf8(name) || name.len > 200)
        return;
    text = lf_fold(&d->task, lf_json_text(v));
    for (size_t i = 0; i < d->nfields && !f; i++)
        if (lf_view_eq(d->fields[i].name, name))
            f = &d->fields[i];
    if (d->samples == 0) {
        if (f || d->nfields == FIELDS)
            return;
        text = lf_arena_copy(&d->a, text);
        d->fields[d->nfields++] = (struct field){ .name = lf_arena_copy(&d->a, name),
                                                  .whole = text,
                                                  .same = true,
                                                  .end = text,
                                                  .part = text,
                                                  .seen = 1 };
        return;
    }
    if (!f || f->seen != d->samples)
        return;
    f->seen++;
    f->same = f->same && lf_view_eq(f->whole, text);
    f->end = common_end(f->end, text);
    f->part = common_part(f->part, text);
}

/* Flat events, and both halves of Windows' nested form; that is what names in Sigma
 * reach. */
static void take_object(struct lf_rule_draft *d, const struct lf_json *o, unsigned depth)
{
    for (size_t i = 0; i < lf_json_members(o) && lf_json_kind(o) == LF_JSON_OBJECT; i++) {
        lf_view key = lf_json_key(o, i);
        const struct lf_json *v = lf_json_member(o, i);

        if (lf_json_kind(v) != LF_JSON_OBJECT)
            take_value(d, key, v);
        else if (depth < 3 &&
                 (lf_view_is(key, "Event") || lf_view_is(key, "System") || lf_view_is(key, "EventData") ||
                  lf_view_is(key, "UserData") || lf_view_is(key, "winlog") || lf_view_is(key, "event_data")))
            take_object(d, v, depth + 1);
    }
}

enum lf_code lf_rule_draft_sample(struct lf_rule_draft *d, const struct lf_event *ev, struct lf_err *e)
{
    size_t left = 0;

    if (d->samples == LF_DRAFT_SAMPLES)
        return lf_err_set(e, LF_TOO_MANY, "more than %d samples; fewer and purer ones make a better rule",
                          LF_DRAFT_SAMPLES);
    if (d->samples == 0 && ev->nsources > 0) {
        const struct lf_logsource *first = &ev->sources[0];

        /* A category is the same act whichever product's service wrote it down. */
        d->source.category = lf_arena_copy(&d->a, first->category);
        d->source.product = lf_arena_copy(&d->a, first->product);
        if (!first->category.len)
            d->source.service = lf_arena_copy(&d->a, first->service);
    } else if (d->samples > 0 && d->source.category.len + d->source.product.len + d->source.service.len > 0 &&
               !lf_logsource_holds(&d->source, ev)) {
        return lf_err_set(e, LF_BAD_INPUT,
                          "sample %zu is of another log source than the first; make a rule for each",
                          d->samples);
    }
    take_object(d, ev->doc, 0);
    d->samples++;
    lf_arena_reset(&d->task);
    for (size_t i = 0; i < d->nfields; i++)
        left += d->fields[i].seen == d->samples;
    if (left == 0)
        return lf_err_set(e, LF_BAD_INPUT, "sample %zu has no field in common with those before",
                          d->samples - 1);
    return LF_OK;
}

/* ---- items ---- */

static bool cut_at_word(lf_view *v)
{
    /* A common part that begins or ends within a word is chance. */
    while (v->len > 0 && (v->ptr[0] == ' ' || v->ptr[0] == '"'))
        *v = lf_view_from(*v, 1);
    while (v->len > 0 && (v->ptr[v->len - 1] == ' ' || v->ptr[v->len - 1] == '"'))
        v->len--;
    return v->len >= PART_LEAST;
}

static bool make_item(const struct field *f, struct item *out)
{
    *out = (struct item){ .field = f };
    if (f->same && f->whole.len <= LF_DRAFT_VALUE) {
        out->how = HOW_EQUAL;
        out->value = f->whole;
        /* A path's directory is the machine's, its end the program's. */
        for (size_t i = f->whole.len; i-- > 1 && f->whole.len - i >= 1;)
            if ((f->whole.ptr[i] == '\\' || f->whole.ptr[i] == '/') && i > 2 && f->whole.ptr[1] == ':' &&
                f->whole.len - i >= END_LEAST) {
                out->how = HOW_END;
                out->value = lf_view_from(f->whole, i);
                break;
            }
        return true;
    }
    if (f->end.len >= END_LEAST && f->end.len <= LF_DRAFT_VALUE) {
        out->how = HOW_END;
        out->value = f->end;
        return true;
    }
    out->how = HOW_PART;
    out->value = lf_view_first(f->part, LF_DRAFT_VALUE);
    while (out->value.len > 0 && !lf_view_is_utf8(out->value))
        out->value.len--;
    return cut_at_word(&out->value);
}

/* YAML in single quotes; Sigma's own escapes before it: what is in a value is meant
 * literally. */
static void put_quoted(struct lf_buf *b, lf_view v)
{
    lf_buf_byte(b, '\'');
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i], next = i + 1 < v.len ? v.ptr[i + 1] : 'x';

        if (c == '*' || c == '?' || (c == '\\' && (next == '*' || next == '?' || next == '\\')))
            lf_buf_byte(b, '\\');
        if (c == '\'')
            lf_buf_byte(b, '\'');
        lf_buf_byte(b, c);
    }
    lf_buf_byte(b, '\'');
}

static void put_item(struct lf_buf *b, const struct item *it)
{
    static const char *const modifiers[] = { "", "|endswith", "|contains" };

    lf_buf_printf(b, "    ");
    lf_buf_byte(b, '\'');
    for (size_t i = 0; i < it->field->name.len; i++) {
        if (it->field->name.ptr[i] == '\'')
            lf_buf_byte(b, '\'');
        lf_buf_byte(b, it->field->name.ptr[i]);
    }
    lf_buf_printf(b, "%s': ", modifiers[it->how]);
    put_quoted(b, it->value);
    lf_buf_byte(b, '\n');
}

static void put_source(struct lf_buf *b, const struct lf_logsource *s)
{
    lf_buf_printf(b, "logsource:\n");
    if (s->category.len)
        lf_buf_printf(b, "  category: %.*s\n", LF_FMT(s->category));
    if (s->product.len)
        lf_buf_printf(b, "  product: %.*s\n", LF_FMT(s->product));
    if (s->service.len)
        lf_buf_printf(b, "  service: %.*s\n", LF_FMT(s->service));
    if (s->category.len + s->product.len + s->service.len == 0)
        lf_buf_printf(b, "  category: unknown\n");
}

enum lf_code lf_rule_draft_begin(struct lf_rule_draft *d, struct lf_err *e)
{
    struct lf_rule_file files[CANDIDATES];

    for (size_t i = 0; i < d->nfields && d->nitems < CANDIDATES; i++)
        if (d->fields[i].seen == d->samples && d->samples > 0 &&
            make_item(&d->fields[i], &d->items[d->nitems]))
            d->nitems++;
    if (d->nitems == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "the %zu samples have nothing in common that a rule could rest on; give purer ones",
                          d->samples);
    for (size_t i = 0; i < d->nitems; i++) {
        struct lf_buf b;

        lf_buf_init(&b, 1 << 16);
        lf_buf_printf(&b, "title: item %zu\nid: 00000000-0000-4000-8000-%012zu\n", i, i);
        put_source(&b, &d->source);
        lf_buf_printf(&b, "detection:\n  selection:\n");
        put_item(&b, &d->items[i]);
        lf_buf_printf(&b, "  condition: selection\n");
        files[i] =
            (struct lf_rule_file){ .name = LF_V("item"), .text = lf_arena_copy(&d->a, lf_buf_view(&b)) };
        lf_buf_clear(&b);
        d->items[i].holds = LF_NEW(&d->a, uint8_t, LF_DRAFT_BACKGROUND / 8 + 1);
    }
    LF_TRY(lf_ruleset_build(files, d->nitems, &d->probe, e));
    for (size_t i = 0; i < d->nitems; i++)
        if (lf_ruleset_rule(d->probe, i)->refused.ptr)
            return lf_err_set(e, LF_BAD_INPUT, "the item on %.*s cannot be written as a rule: %.*s",
                              LF_FMT(d->items[i].field->name), LF_FMT(lf_ruleset_rule(d->probe, i)->refused));
    return LF_OK;
}

void lf_rule_draft_background(struct lf_rule_draft *d, const struct lf_event *ev)
{
    struct lf_event any = *ev;
    const struct lf_rule *const *hits;
    size_t n;

    if (d->background == LF_DRAFT_BACKGROUND) {
        d->passed_over++;
        return;
    }
    n = lf_ruleset_match(d->probe, &d->task, &any,
                         d->source.category.len + d->source.product.len + d->source.service.len > 0, &hits);
    for (size_t i = 0; i < n; i++) {
        struct item *it = &d->items[hits[i]->number];

        it->holds[d->background / 8] |= (uint8_t)(1u << d->background % 8);
        it->hits++;
    }
    d->background++;
    lf_arena_reset(&d->task);
}

/* ---- the rule ---- */

/* The rarest first; of equally rare ones what says more. */
static bool better(const struct item *x, uint64_t xhits, const struct item *y, uint64_t yhits)
{
    if (xhits != yhits)
        return xhits < yhits;
    if (x->how != y->how)
        return x->how < y->how;
    return x->value.len > y->value.len;
}

enum lf_code lf_rule_draft_finish(struct lf_rule_draft *d, struct lf_rule_draft_result *out, struct lf_err *e)
{
    size_t bytes = d->background / 8 + 1, taken = 0, least = d->background ? 2 : 3;
    uint8_t *left = LF_NEW(&d->a, uint8_t, bytes);
    bool used[CANDIDATES] = { false };
    uint64_t hits = d->background;

    if (!d->probe)
        return lf_err_set(e, LF_BAD_INPUT, "no samples were given");
    memset(left, 0xff, bytes);
    lf_buf_printf(&d->yaml, "title: %s", "");
    put_quoted(&d->yaml, d->title);
    lf_buf_printf(
        &d->yaml,
        "\nid: %.*s\nstatus: experimental\ndescription: Drafted from %zu sample%s; look at each line "
        "before it goes live\n",
        LF_FMT(d->id), d->samples, d->samples == 1 ? "" : "s");
    put_source(&d->yaml, &d->source);
    lf_buf_printf(&d->yaml, "detection:\n  selection:\n");
    /* Without a background nothing says how rare an item is: one more to be safe. */
    while (taken < LF_DRAFT_ITEMS && (taken < least || hits > 0)) {
        struct item *best = NULL;
        uint64_t best_hits = 0;

        for (size_t i = 0; i < d->nitems; i++) {
            uint64_t n = 0;

            if (used[i])
                continue;
            for (size_t k = 0; k < bytes; k++)
                n += (uint64_t)__builtin_popcount(left[k] & d->items[i].holds[k]);
            if (!best || better(&d->items[i], n, best, best_hits)) {
                best = &d->items[i];
                best_hits = n;
            }
        }
        /* More items only where they take hits away. */
        if (!best || (taken >= least && best_hits >= hits))
            break;
        used[best - d->items] = true;
        for (size_t k = 0; k < bytes; k++)
            left[k] &= best->holds[k];
        put_item(&d->yaml, best);
        hits = best_hits;
        taken++;
    }
    lf_buf_printf(&d->yaml, "  condition: selection\nfalsepositives:\n  - %s\nlevel: medium\n",
                  hits ? "Seen in the background; look at what hit" : "Unknown");
    *out = (struct lf_rule_draft_result){ .yaml = lf_buf_view(&d->yaml),
                                          .items = taken,
                                          .samples = d->samples,
                                          .background = d->background,
                                          .hits = hits,
                                          .passed_over = d->passed_over };
    return LF_OK;
}
