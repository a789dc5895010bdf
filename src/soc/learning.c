#include "soc/learning.h"

#include <stdlib.h>

#include "base/unpack.h"
#include "engine/query.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"

enum { NAME = 256, FILES = 10000, TRIES = 2 };

struct lf_learning {
    struct lf_arena material; /* files and current */
    lf_view files;            /* packed */
    size_t nfiles;
    struct lf_learning_value *current; /* by name and text */
    size_t ncurrent;

    struct lf_arena draft;
    struct lf_learning_value *learnt;
    size_t nlearnt;
    struct lf_learning_view v;
    char account[64], error[256];
    uint64_t number;
    bool ask, stop, told; /* to the search worker */
    struct lf_buf accepted;
    bool give;                     /* to the intake */
    bool fresh;                    /* changed in this round, */
    enum lf_learning_state before; /* before which it was so */
    unsigned tries;
};

static const char *const states[] = { "none", "running", "draft", "accepted", "failed" };

const char *lf_learning_state_name(enum lf_learning_state s)
{
    return (size_t)s < sizeof states / sizeof *states ? states[s] : "?";
}

struct lf_learning *lf_learning_create(void)
{
    struct lf_learning *l = calloc(1, sizeof *l);

    if (!l)
        LF_BUG("no memory for what is learnt");
    l->files = LF_V("");
    lf_buf_init(&l->accepted, LF_PLACEHOLDER_FILE_MOST);
    return l;
}

void lf_learning_destroy(struct lf_learning *l)
{
    if (!l)
        return;
    lf_buf_clear(&l->accepted);
    lf_arena_clear(&l->draft);
    lf_arena_clear(&l->material);
    free(l);
}

/* ---- messages ---- */

void lf_learning_pack_material(struct lf_buf *b, const struct lf_rule_file *files, size_t n,
                               const struct lf_placeholders *values)
{
    size_t at = b->len, count = 0;
    lf_view name;
    uint64_t v;

    lf_buf_u32(b, 0);
    for (size_t i = 0; i < n && count < FILES; i++) {
        if (!lf_learn_wants(files[i].text) ||
            b->len + files[i].text.len + NAME + 8 > LF_LEARNING_MATERIAL / 2)
            continue;
        lf_buf_u16(b, (uint16_t)lf_view_first(files[i].name, NAME).len);
        lf_buf_put(b, lf_view_first(files[i].name, NAME));
        lf_buf_u32(b, (uint32_t)files[i].text.len);
        lf_buf_put(b, files[i].text);
        count++;
    }
    for (int i = 0; i < 4; i++)
        b->ptr[at + (size_t)i] = (char)(count >> (24 - 8 * i));
    for (size_t walk = 0;
         values && values->by_name.count && lf_map_next(&values->by_name, &walk, &name, &v);) {
        const lf_view *list;
        size_t k = lf_placeholders_get(values, name, &list);

        for (size_t i = 0; i < k; i++) {
            if (list[i].len > 4096 || name.len > NAME || !lf_view_is_text(list[i], 1, 4096) ||
                b->len + list[i].len + name.len + 8 > LF_LEARNING_MATERIAL)
                continue;
            lf_buf_u16(b, (uint16_t)name.len);
            lf_buf_put(b, name);
            lf_buf_u16(b, (uint16_t)list[i].len);
            lf_buf_put(b, list[i]);
        }
    }
}

/* One line of text, and a name as rules write it: they become lines of a map. */
static bool line_ok(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] < 0x20 || v.ptr[i] == 0x7f)
            return false;
    return true;
}

static bool name_ok(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= 'A' && v.ptr[i] <= 'Z') ||
              (v.ptr[i] >= '0' && v.ptr[i] <= '9') || v.ptr[i] == '_' || v.ptr[i] == '-'))
            return false;
    return v.len > 0;
}

static int by_name(const void *x, const void *y)
{
    const struct lf_learning_value *a = x, *b = y;
    int order = lf_view_cmp(a->name, b->name);

    return order ? order : lf_view_cmp(a->text, b->text);
}

static void take_files(struct lf_arena *a, struct lf_unpack *in, struct lf_rule_file **out, size_t *n)
{
    uint64_t count = lf_unpack_uint(in, 4);

    if (count > FILES || count > in->left.len / 6)
        lf_unpack_fail(in, "the number of files");
    *n = 0;
    *out = in->bad ? NULL : LF_NEW(a, struct lf_rule_file, count + 1);
    for (uint64_t i = 0; i < count && !in->bad; i++) {
        (*out)[i].name = lf_unpack_text(in, 2, 0, NAME, "a file's name");
        (*out)[i].text = lf_unpack_block(in, 4);
        *n = (size_t)i + 1;
    }
}

enum lf_code lf_learning_material(struct lf_learning *l, lf_view packed, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_unpack in = lf_unpack_begin(lf_arena_copy(&a, packed));
    struct lf_learning_value *current = NULL;
    lf_view whole = in.left, files;
    struct lf_rule_file *file;
    size_t n = 0, cap = 0, nfiles;

    take_files(&a, &in, &file, &nfiles);
    files = lf_view_first(whole, whole.len - in.left.len);
    while (!in.bad && in.left.len) {
        current = lf_arena_grow(&a, current, n, &cap, sizeof *current);
        current[n] = (struct lf_learning_value){ .name = lf_unpack_text(&in, 2, 1, NAME, "a name") };
        current[n].text = lf_unpack_text(&in, 2, 1, 4096, "a value");
        /* A value of several lines is shown nowhere and stays where it was written. */
        n += name_ok(current[n].name) && line_ok(current[n].text);
    }
    if (in.bad) {
        lf_arena_clear(&a);
        return lf_err_set(e, LF_BAD_INPUT, "learning: what can learn is told wrongly: %s", in.bad);
    }
    if (n)
        qsort(current, n, sizeof *current, by_name);
    lf_arena_clear(&l->material);
    l->material = a;
    l->files = files;
    l->nfiles = nfiles;
    l->current = current;
    l->ncurrent = n;
    return LF_OK;
}

enum lf_code lf_learning_unpack_order(struct lf_arena *a, lf_view packed, struct lf_learning_order *o,
                                      struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);

    *o = (struct lf_learning_order){ .number = lf_unpack_uint(&in, 8) };
    if (!in.bad && !in.left.len)
        return LF_OK;
    o->from = (lf_time)lf_unpack_uint(&in, 8);
    o->to = (lf_time)lf_unpack_uint(&in, 8);
    take_files(a, &in, &o->files, &o->nfiles);
    lf_unpack_end(&in);
    return in.bad ? lf_err_set(e, LF_BAD_INPUT, "learning: the order is none: %s", in.bad) : LF_OK;
}

void lf_learning_pack_result(struct lf_buf *b, const struct lf_learning_result *r)
{
    lf_view error = lf_view_first(lf_view_some(r->error), 255);

    lf_buf_u64(b, r->number);
    lf_buf_u64(b, r->events);
    lf_buf_u64(b, r->left_out);
    lf_buf_u64(b, r->blocks);
    lf_buf_u64(b, r->blocks_done);
    lf_buf_byte(b, r->done ? 1 : 0);
    while (error.len && !lf_view_is_utf8(error))
        error.len--;
    lf_buf_u16(b, (uint16_t)error.len);
    lf_buf_put(b, error);
    for (size_t i = 0; i < r->n; i++) {
        lf_buf_u16(b, (uint16_t)r->values[i]->name.len);
        lf_buf_put(b, r->values[i]->name);
        lf_buf_u16(b, (uint16_t)r->values[i]->text.len);
        lf_buf_put(b, r->values[i]->text);
        lf_buf_u64(b, r->values[i]->seen);
    }
}

static lf_view sigma_of(struct lf_arena *a, lf_view text)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 2 * LF_LEARN_VALUE + 1);
    lf_learn_sigma(&b, text);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code lf_learning_news(struct lf_learning *l, lf_view packed, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);
    uint64_t number = lf_unpack_uint(&in, 8), events = lf_unpack_uint(&in, 8), left = lf_unpack_uint(&in, 8),
             blocks = lf_unpack_uint(&in, 8), gone = lf_unpack_uint(&in, 8), done = lf_unpack_uint(&in, 1);
    lf_view error = lf_unpack_text(&in, 2, 0, 255, "the error");
    struct lf_learning_value *v = NULL;
    struct lf_arena a = { 0 };
    size_t n = 0, cap = 0;

    if (!in.bad && (number != l->number || l->v.state != LF_LEARNING_RUNNING))
        return LF_OK; /* of an earlier one */
    while (!in.bad && in.left.len && n <= LF_PLACEHOLDER_MOST) {
        v = lf_arena_grow(&a, v, n, &cap, sizeof *v);
        v[n].name = lf_arena_copy(&a, lf_unpack_text(&in, 2, 1, NAME, "a name"));
        v[n].text = lf_unpack_text(&in, 2, 1, LF_LEARN_VALUE, "a value");
        v[n].seen = lf_unpack_uint(&in, 8);
        if (in.bad || !v[n].seen || !name_ok(v[n].name) || !line_ok(v[n].text)) {
            lf_unpack_fail(&in, "a value");
            break;
        }
        v[n].text = sigma_of(&a, v[n].text);
        n++;
    }
    if (in.bad || in.left.len || done > 1) {
        lf_arena_clear(&a);
        return lf_err_set(e, LF_BAD_INPUT, "learning: what was learnt is told wrongly%s%s",
                          in.bad ? ": " : "", in.bad ? in.bad : "");
    }
    l->v.events = events;
    l->v.left_out = left;
    l->v.blocks = blocks;
    l->v.blocks_done = gone;
    if (!done) {
        lf_arena_clear(&a);
        return LF_OK;
    }
    if (n)
        qsort(v, n, sizeof *v, by_name);
    lf_arena_clear(&l->draft);
    l->draft = a;
    l->learnt = v;
    l->nlearnt = n;
    snprintf(l->error, sizeof l->error, "%.*s", LF_FMT(error));
    l->v.state = error.len ? LF_LEARNING_FAILED : LF_LEARNING_DRAFT;
    return LF_OK;
}

/* ---- for people ---- */

static enum lf_code may(const struct lf_task *t, bool change, struct lf_err *e)
{
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_SYSTEM | (change ? 0 : LF_ROLE_REVIEWER);

    return t->scope.roles & roles ? LF_OK
                                  : lf_err_set(e, LF_FORBIDDEN, "learning: this account may not %s",
                                               change ? "have anything learnt" : "see what was learnt");
}

enum lf_code lf_learning_start(struct lf_learning *l, struct lf_task *t, lf_view from, lf_view to,
                               struct lf_err *e)
{
    lf_time now = lf_now(t->env), first, last = now;
    char one[LF_TIME_TEXT], other[LF_TIME_TEXT];

    LF_TRY(may(t, true, e));
    LF_TRY(lf_query_time(from, now, false, &first, e));
    if (to.len)
        LF_TRY(lf_query_time(to, now, true, &last, e));
    if (first >= last)
        return lf_err_set(e, LF_BAD_INPUT, "\"from\" is not before \"to\"");
    if (l->v.state == LF_LEARNING_RUNNING)
        return lf_err_set(e, LF_CONFLICT, "learning is under way: wait for it, or drop it");
    if (!l->nfiles)
        return lf_err_set(e, LF_UNACCEPTED,
                          "no rule in force has a placeholder (field|expand: '%%name%%'): nothing to learn; "
                          "rules-learned/ot has such rules");
    lf_arena_clear(&l->draft);
    l->learnt = NULL;
    l->nlearnt = 0;
    l->before = LF_LEARNING_NONE;
    l->fresh = true;
    l->tries = 0;
    l->v =
        (struct lf_learning_view){ .state = LF_LEARNING_RUNNING, .from = first, .to = last, .created = now };
    snprintf(l->account, sizeof l->account, "%.*s", LF_FMT(t->scope.account));
    l->error[0] = '\0';
    l->number++;
    l->ask = true;
    l->told = false;
    t->effects |= LF_FX_SEARCH;
    return lf_audit_add(t, LF_V("learn.start"), LF_V("placeholders"),
                        lf_arena_printf(t->a, "{\"from\":\"%s\",\"to\":\"%s\"}",
                                        lf_time_milli(first, one).ptr, lf_time_milli(last, other).ptr),
                        e);
}

/* Both are sorted: what is in one, the other or both.  Only lists of which something was learnt. */
enum lf_code lf_learning_get(struct lf_learning *l, struct lf_task *t, struct lf_learning_view *out,
                             struct lf_err *e)
{
    struct lf_learning_value *v = LF_NEW(t->a, struct lf_learning_value, l->nlearnt + l->ncurrent + 1);
    size_t n = 0, k = 0;

    LF_TRY(may(t, false, e));
    *out = l->v;
    out->account = lf_arena_copy(t->a, lf_view_of(l->account));
    out->error = lf_arena_copy(t->a, lf_view_of(l->error));
    out->learnable = l->nfiles;
    for (size_t i = 0; i < l->nlearnt;) {
        lf_view name = l->learnt[i].name;

        while (k < l->ncurrent && lf_view_cmp(l->current[k].name, name) < 0)
            k++;
        while ((i < l->nlearnt && lf_view_eq(l->learnt[i].name, name)) ||
               (k < l->ncurrent && lf_view_eq(l->current[k].name, name))) {
            bool mine = i < l->nlearnt && lf_view_eq(l->learnt[i].name, name),
                 theirs = k < l->ncurrent && lf_view_eq(l->current[k].name, name);
            int order = !mine ? 1 : !theirs ? -1 : lf_view_cmp(l->learnt[i].text, l->current[k].text);

            if (order <= 0) {
                v[n] = l->learnt[i++];
                v[n].is_new = order < 0;
                out->nnew += v[n].is_new;
            } else {
                v[n] = l->current[k];
                out->ngone++;
            }
            n++;
            if (order >= 0) {
                lf_view text = l->current[k++].text;

                while (k < l->ncurrent && lf_view_eq(l->current[k].name, name) &&
                       lf_view_eq(l->current[k].text, text))
                    k++; /* two files may give the same */
            }
        }
    }
    out->values = v;
    out->n = n;
    return LF_OK;
}

enum lf_code lf_learning_accept(struct lf_learning *l, struct lf_task *t, bool keep, lf_view note,
                                struct lf_err *e)
{
    struct lf_learning_view v;
    struct lf_json_w w;
    struct lf_buf b;
    lf_view name = LF_V(""), detail;

    LF_TRY(may(t, true, e));
    if (l->v.state != LF_LEARNING_DRAFT || !l->nlearnt)
        return lf_err_set(e, LF_CONFLICT, "there is no draft to accept");
    if (!lf_view_is_text(note, 1, LF_LEARNING_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "say why in a note of 1 to %d bytes", LF_LEARNING_NOTE);
    LF_TRY(lf_learning_get(l, t, &v, e));
    lf_buf_reset(&l->accepted);
    for (size_t i = 0; i < v.n; i++) {
        if (!v.values[i].seen && !keep)
            continue;
        if (!lf_view_eq(name, v.values[i].name)) {
            name = v.values[i].name;
            lf_learn_name(&l->accepted, name);
        }
        lf_learn_value(&l->accepted, v.values[i].text, v.values[i].seen);
    }
    if (l->accepted.over) {
        lf_buf_reset(&l->accepted);
        return lf_err_set(e, LF_TOO_BIG, "the lists together have more than %d bytes",
                          LF_PLACEHOLDER_FILE_MOST);
    }
    l->before = l->v.state;
    l->fresh = true;
    l->v.state = LF_LEARNING_ACCEPTED;
    l->give = true;
    t->effects |= LF_FX_SEARCH;
    lf_buf_init(&b, 8 * LF_LEARNING_NOTE);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "new", (int64_t)v.nnew);
    lf_json_put_int(&w, keep ? "kept" : "gone", (int64_t)v.ngone);
    lf_json_put_str(&w, "note", note);
    lf_json_close(&w);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_audit_add(t, LF_V("learn.accept"), LF_V("placeholders"), detail, e);
}

enum lf_code lf_learning_drop(struct lf_learning *l, struct lf_task *t, struct lf_err *e)
{
    LF_TRY(may(t, true, e));
    if (l->v.state == LF_LEARNING_NONE)
        return lf_err_set(e, LF_CONFLICT, "there is nothing to drop");
    l->before = l->v.state;
    l->fresh = true;
    l->stop = l->v.state == LF_LEARNING_RUNNING && l->told;
    l->ask = false;
    l->v.state = LF_LEARNING_NONE;
    t->effects |= LF_FX_SEARCH;
    return lf_audit_add(t, LF_V("learn.drop"), LF_V("placeholders"), LF_V("{}"), e);
}

/* ---- to the workers ---- */

bool lf_learning_order_next(struct lf_learning *l, struct lf_buf *b)
{
    l->fresh = false;
    if (!l->ask && !l->stop)
        return false;
    lf_buf_u64(b, l->number);
    if (l->ask) {
        lf_buf_u64(b, (uint64_t)l->v.from);
        lf_buf_u64(b, (uint64_t)l->v.to);
        lf_buf_put(b, l->files);
        l->told = true;
    }
    l->ask = l->stop = false;
    return true;
}

bool lf_learning_accepted_next(struct lf_learning *l, struct lf_buf *b)
{
    if (!l->give)
        return false;
    lf_buf_put(b, lf_buf_view(&l->accepted));
    l->give = false;
    return true;
}

void lf_learning_undo(struct lf_learning *l)
{
    if (!l->fresh)
        return;
    l->v.state = l->before;
    l->fresh = l->ask = l->stop = l->give = false;
}

void lf_learning_worker(struct lf_learning *l, bool up)
{
    if (!up || l->v.state != LF_LEARNING_RUNNING || !l->told)
        return;
    /* A new life of it knows nothing of what the last was asked. */
    l->ask = ++l->tries < TRIES;
    if (l->ask)
        return;
    l->v.state = LF_LEARNING_FAILED;
    snprintf(l->error, sizeof l->error, "the search worker ended twice while it was reading");
}
