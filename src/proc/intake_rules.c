/* Rules of live traffic.  A reload looks at every file, reads those that changed, and
 * lets them be live as a delta upon the generation in force (engine/rule_delta.h); a
 * thread compiles all of them whole meanwhile and its generation becomes the base.  What
 * a delta cannot say waits for the thread, with the former rules in force.
 *
 *   SIGHUP ──▶ look ──▶ delta live ──▶ thread ──▶ whole live
 *                  └──(no delta)──────────┘
 *
 * The thread has the file texts and the values to itself until it ends: it shares nothing
 * that changes with the loop. */
#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/attack.h"
#include "engine/rule_delta.h"
#include "model/rule_entry.h"
#include "proc/intake_priv.h"
#include "proc/rules_dir.h"
#include "soc/learning.h"
#include "sys/file.h"

enum { PATH_SIZE = 4096, RULE_DEPTH = 16, DIR_MOST = 100000 };
/* A file may change twice within the clock's step without a trace in its times: what was
 * read so soon after its change is read again. */
#define STEADY (2 * LF_SECOND)

/* Milliseconds by the wall and of this thread's processor time. */
struct spent {
    double wall, cpu;
};

static double clock_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static struct spent now_ms(void)
{
    return (struct spent){ clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_THREAD_CPUTIME_ID) };
}

static struct spent since(struct spent began)
{
    struct spent now = now_ms();

    return (struct spent){ now.wall - began.wall, now.cpu - began.cpu };
}

/* A file's text, shared by the lists that hold it. */
struct text {
    unsigned refs;
    size_t len;
    char bytes[];
};

struct mark { /* of the file when it was read */
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec changed, written;
    bool steady;
};

/* What was read in one look: files in order, and placeholders' values. */
struct list {
    unsigned refs;
    struct lf_arena a;
    struct lf_rule_file *file;
    struct text **text;
    struct mark *mark;
    size_t n, cap, text_cap, mark_cap;
    struct lf_map at; /* by name */
    struct lf_placeholders values;
};

struct intake_rules {
    struct intake *in;
    struct list *base;   /* of the whole generation that is in force, or that the delta lies upon */
    struct list *wanted; /* of the last look */
    /* The thread's, from create to join. */
    pthread_t thread;
    struct list *compiling; /* NULL: no thread */
    struct lf_ruleset *made;
    enum lf_code rc;
    struct lf_err err;
    struct spent took;
    atomic_bool done;
    int ended; /* eventfd: it is done */
    struct lf_watch watch;
};

/* ---- files ---- */

static void list_drop(struct list *l)
{
    if (!l || --l->refs > 0)
        return;
    for (size_t i = 0; i < l->n; i++)
        if (l->text[i] && --l->text[i]->refs == 0)
            free(l->text[i]);
    lf_placeholders_clear(&l->values);
    lf_map_clear(&l->at);
    lf_arena_clear(&l->a);
    free(l);
}

static struct list *list_keep(struct list *l)
{
    l->refs++;
    return l;
}

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return a->steady && a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->written.tv_sec == b->written.tv_sec && a->written.tv_nsec == b->written.tv_nsec;
}

static struct text *text_read(const char *path, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct text *t = NULL;
    lf_view v;

    if (lf_file_read(&a, path, LF_RULE_FILE_MOST, &v, e) == LF_OK) {
        t = malloc(sizeof *t + v.len);
        if (!t)
            LF_BUG("no memory for a rule file");
        t->refs = 1;
        t->len = v.len;
        if (v.len)
            memcpy(t->bytes, v.ptr, v.len);
    }
    lf_arena_clear(&a);
    return t;
}

static void take_file(struct intake_rules *ir, struct list *l, const struct list *before, const char *path,
                      const struct stat *st)
{
    lf_view name = lf_arena_copy(&l->a, lf_view_of(path));
    lf_time changed = (lf_time)st->st_ctim.tv_sec * LF_SECOND + st->st_ctim.tv_nsec / 1000;
    struct mark mark = { .dev = st->st_dev,
                         .ino = st->st_ino,
                         .size = st->st_size,
                         .changed = st->st_ctim,
                         .written = st->st_mtim,
                         .steady = lf_now(&ir->in->w->env) - changed > STEADY };
    struct text *t = NULL;
    struct lf_err e;
    uint64_t at;

    if (lf_map_get(&l->at, name, &at))
        return; /* two settings name one directory */
    if (before && lf_map_get(&before->at, name, &at) && same_mark(&before->mark[at], &mark)) {
        t = before->text[at];
        t->refs++;
    } else if (!(t = text_read(path, &e))) {
        lf_log_err(&ir->in->w->log, LF_LOG_WARN, "LF3011", &e);
        return;
    }
    l->file = lf_arena_grow(&l->a, l->file, l->n, &l->cap, sizeof *l->file);
    l->text = (struct text **)lf_arena_grow(&l->a, l->text, l->n, &l->text_cap, sizeof *l->text);
    l->mark = lf_arena_grow(&l->a, l->mark, l->n, &l->mark_cap, sizeof *l->mark);
    l->file[l->n] = (struct lf_rule_file){ name, { t->bytes, t->len } };
    l->text[l->n] = t;
    l->mark[l->n] = mark;
    lf_map_set(&l->at, name, l->n);
    l->n++;
}

static int cmp_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

static void look(struct intake_rules *ir, struct list *l, const struct list *before, const char *dir,
                 unsigned depth)
{
    struct lf_arena names = { 0 };
    char **name = NULL;
    size_t n = 0, cap = 0;
    struct dirent *entry;
    DIR *d = opendir(dir);

    if (!d) {
        lf_log(&ir->in->w->log, LF_LOG_ERROR, "LF3010", "rules=\"%s\" error=\"%s\"", dir, strerror(errno));
        return;
    }
    while ((entry = readdir(d)) != NULL && n < DIR_MOST)
        if (entry->d_name[0] != '.') {
            name = (char **)lf_arena_grow(&names, (void *)name, n, &cap, sizeof *name);
            name[n++] = lf_arena_cstr(&names, lf_view_of(entry->d_name));
        }
    closedir(d);
    if (n)
        qsort((void *)name, n, sizeof *name, cmp_name);
    for (size_t i = 0; i < n && l->n < LF_RULES_MOST; i++) {
        char path[PATH_SIZE];
        struct stat st;
        lf_view v = lf_view_of(name[i]);

        if (snprintf(path, sizeof path, "%s/%s", dir, name[i]) >= (int)sizeof path || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < RULE_DEPTH)
            look(ir, l, before, path, depth + 1);
        else if (S_ISREG(st.st_mode) && (lf_view_ends(v, LF_V(".yml")) || lf_view_ends(v, LF_V(".yaml"))))
            take_file(ir, l, before, path, &st);
    }
    lf_arena_clear(&names);
}

static const char *learned_path(const struct intake *in, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/learned.yml", in->data);
    return out;
}

/* What a person accepted of what was learnt here stands instead of what files say of these names. */
static void read_learned(struct intake *in, struct lf_placeholders *values)
{
    struct lf_placeholders learned = { 0 };
    struct lf_arena a = { 0 };
    char path[PATH_SIZE];
    struct lf_err e;
    lf_view text;

    if (lf_file_exists(learned_path(in, path))) {
        if (lf_file_read(&a, path, LF_PLACEHOLDER_FILE_MOST, &text, &e) == LF_OK &&
            lf_placeholders_read_map(&learned, lf_view_of(path), text, &e) == LF_OK)
            lf_placeholders_replace(values, &learned);
        else
            lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3047", &e);
    }
    lf_placeholders_clear(&learned);
    lf_arena_clear(&a);
}

static enum lf_code list_read(struct intake_rules *ir, const struct list *before, struct list **out,
                              struct lf_err *e)
{
    struct intake *in = ir->in;
    struct list *l = calloc(1, sizeof *l);
    enum lf_code rc;

    if (!l)
        LF_BUG("no memory for a list of rule files");
    l->refs = 1;
    lf_map_init(&l->at, 1);
    rc = lf_placeholders_load(in->expand, in->nexpand, &l->values, e);
    if (rc == LF_OK)
        read_learned(in, &l->values);
    for (size_t i = 0; i < in->nrule_dirs && rc == LF_OK; i++)
        look(ir, l, before, in->rule_dirs[i], 0);
    if (rc != LF_OK) {
        list_drop(l);
        return rc;
    }
    *out = l;
    return LF_OK;
}

/* ---- generations ---- */

static lf_view techniques_of(const struct lf_rule *r, struct lf_buf *b)
{
    const struct lf_json *tags = lf_json_get(r->doc, LF_V("tags"));

    lf_buf_reset(b);
    for (size_t i = 0; i < lf_json_items(tags); i++) {
        char id[LF_ATTACK_ID];

        if (!lf_attack_tag(lf_json_text(lf_json_item(tags, i)), id))
            continue;
        if (b->len + strlen(id) + 1 > LF_RULE_ENTRY_TECHNIQUES)
            break;
        if (b->len)
            lf_buf_byte(b, ' ');
        lf_buf_put(b, lf_view_of(id));
    }
    return lf_buf_view(b);
}

/* Which rules can learn, and what is in force now. */
static void tell_learnable(struct intake *in)
{
    const struct intake_rules *ir = in->rule_book;
    const struct list *l = ir->compiling ? ir->base : ir->wanted;
    struct lf_buf b;
    struct lf_err e;

    lf_buf_init(&b, LF_LEARNING_MATERIAL);
    lf_learning_pack_material(&b, l->file, l->n, &l->values);
    if (lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_LEARNABLE, lf_buf_view(&b), &e) != LF_OK &&
        e.code != LF_AWAY)
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3019", &e);
    lf_buf_clear(&b);
}

void intake_rules_tell(struct intake *in)
{
    size_t all = lf_ruleset_count(in->rules);
    uint32_t told = 0;
    struct lf_buf b, techniques;
    struct lf_err e;

    lf_buf_init(&b, LF_RULE_LIST);
    lf_buf_init(&techniques, 2 * LF_RULE_ENTRY_TECHNIQUES);
    for (size_t i = 0; i < all; i++)
        told += !lf_ruleset_rule(in->rules, i)->refused.ptr &&
                lf_ruleset_rule(in->rules, i)->kind != LF_RULE_FILTER;
    lf_buf_u32(&b, told);
    for (size_t i = 0; i < all; i++) {
        const struct lf_rule *r = lf_ruleset_rule(in->rules, i);

        if (r->refused.ptr || r->kind == LF_RULE_FILTER)
            continue;
        if (!lf_rule_entry_pack(&b, &(struct lf_rule_entry){ .id = r->id,
                                                             .title = r->title,
                                                             .file = r->file,
                                                             .techniques = techniques_of(r, &techniques),
                                                             .level = r->level,
                                                             .correlation = r->kind == LF_RULE_CORRELATION,
                                                             .quiet = r->quiet }))
            break;
    }
    /* A core that is away asks when it comes. */
    if (lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_RULES, lf_buf_view(&b), &e) != LF_OK &&
        e.code != LF_AWAY)
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3019", &e);
    lf_buf_clear(&techniques);
    lf_buf_clear(&b);
    tell_learnable(in);
}

void intake_rules_learned(struct intake *in, lf_view map)
{
    struct lf_placeholders read = { 0 };
    char path[PATH_SIZE];
    struct lf_err e;
    enum lf_code rc = lf_placeholders_read_map(&read, LF_V("what was accepted"), map, &e);

    if (rc == LF_OK)
        rc = lf_file_write(learned_path(in, path), map, 0600, &e);
    lf_placeholders_clear(&read);
    if (rc != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3047", &e);
        return;
    }
    intake_rules_reload(in);
}

/* `rs` is in force from here on. */
static void take(struct intake_rules *ir, struct lf_ruleset *rs, bool told, struct spent took)
{
    struct intake *in = ir->in;
    bool base = !in->rules || lf_ruleset_base(in->rules) != lf_ruleset_base(rs);

    lf_ruleset_drop(in->rules);
    in->rules = rs;
    if (base) {
        intake_correlate_rules(in);
        /* What the former generation took is given back: it is a good part of what the
         * intake has, and lay between what stays. */
        (void)malloc_trim(0);
    }
    for (size_t i = 0; told && i < lf_ruleset_count(rs); i++) {
        const struct lf_rule *r = lf_ruleset_rule(rs, i);
        char file[300], why[300];

        if (r->refused.ptr)
            lf_log(&in->w->log, LF_LOG_WARN, "LF3012", "rule_refused=%s reason=%s",
                   lf_log_text(r->file, file, sizeof file), lf_log_text(r->refused, why, sizeof why));
    }
    lf_log(&in->w->log, LF_LOG_INFO, "LF3013", "rules=%zu refused=%zu delta_files=%zu ms=%.1f cpu_ms=%.1f",
           lf_ruleset_count(rs) - lf_ruleset_refused(rs), lf_ruleset_refused(rs), lf_ruleset_delta_files(rs),
           took.wall, took.cpu);
    if (in->core_ready)
        intake_rules_tell(in);
}

static void *compile(void *arg)
{
    struct intake_rules *ir = arg;
    struct spent began = now_ms();
    uint64_t one = 1;

    ir->rc = lf_ruleset_build_with(ir->compiling->file, ir->compiling->n, &ir->compiling->values, &ir->made,
                                   &ir->err);
    ir->took = since(began);
    atomic_store(&ir->done, true);
    (void)!write(ir->ended, &one, sizeof one);
    return NULL;
}

/* Begins to compile what is wanted, unless something is being compiled. */
static void compile_wanted(struct intake_rules *ir)
{
    if (ir->compiling || ir->wanted == ir->base)
        return;
    ir->compiling = list_keep(ir->wanted);
    ir->made = NULL;
    atomic_store(&ir->done, false);
    if (pthread_create(&ir->thread, NULL, compile, ir) != 0) {
        /* Then the loop waits for it. */
        (void)compile(ir);
        ir->thread = pthread_self();
    }
}

static void settle(struct intake_rules *ir, bool told, struct spent began)
{
    struct lf_ruleset *rs;
    struct lf_err e;
    enum lf_code rc;

    if (!lf_placeholders_equal(&ir->base->values, &ir->wanted->values))
        rc = lf_err_set(&e, LF_UNACCEPTED, "rules: no delta: values of placeholders changed");
    else
        rc = lf_ruleset_delta(ir->in->rules, ir->base->file, ir->base->n, ir->wanted->file, ir->wanted->n,
                              &ir->wanted->values, &rs, &e);
    if (rc == LF_OK) {
        if (!lf_ruleset_delta_files(rs)) {
            /* As the base is: newer marks of the same texts. */
            list_drop(ir->base);
            ir->base = list_keep(ir->wanted);
        }
        take(ir, rs, told, since(began));
    } else if (rc == LF_UNACCEPTED) {
        lf_log_err(&ir->in->w->log, LF_LOG_INFO, "LF3018", &e);
    } else {
        lf_log_err(&ir->in->w->log, LF_LOG_ERROR, "LF3014", &e);
        return;
    }
    compile_wanted(ir);
}

static void collect(struct intake_rules *ir)
{
    struct list *of = ir->compiling;
    struct lf_ruleset *made = ir->made;
    bool told = false;

    if (!pthread_equal(ir->thread, pthread_self()))
        (void)pthread_join(ir->thread, NULL);
    ir->compiling = NULL;
    ir->made = NULL;
    if (ir->rc != LF_OK) {
        lf_log_err(&ir->in->w->log, LF_LOG_ERROR, "LF3014", &ir->err);
        if (ir->wanted == of) { /* it will not do: nothing else is wanted than what there is */
            list_drop(ir->wanted);
            ir->wanted = list_keep(ir->base);
        }
        list_drop(of);
        compile_wanted(ir);
        return;
    }
    told = lf_ruleset_delta_files(ir->in->rules) == 0; /* no delta told of them before */
    list_drop(ir->base);
    ir->base = of;
    take(ir, made, told, ir->took);
    if (ir->wanted != of)
        settle(ir, true, now_ms());
}

static void on_ended(void *ctx)
{
    struct intake_rules *ir = ctx;
    uint64_t n;

    (void)!read(ir->ended, &n, sizeof n);
    if (ir->compiling && atomic_load(&ir->done))
        collect(ir);
}

/* ---- for intake.c ---- */

enum lf_code intake_rules_load(struct intake *in, struct lf_err *e)
{
    struct intake_rules *ir = calloc(1, sizeof *ir);
    struct lf_ruleset *rs;
    struct spent began = now_ms();

    if (!ir)
        LF_BUG("no memory for rules");
    in->rule_book = ir;
    ir->in = in;
    ir->ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ir->ended < 0)
        return lf_err_set(e, LF_IO, "rules: eventfd: %s", strerror(errno));
    LF_TRY(list_read(ir, NULL, &ir->base, e));
    ir->wanted = list_keep(ir->base);
    LF_TRY(lf_ruleset_build_with(ir->base->file, ir->base->n, &ir->base->values, &rs, e));
    take(ir, rs, true, since(began));
    ir->watch = (struct lf_watch){ .fd = ir->ended, .readable = on_ended, .ctx = ir };
    return lf_watch_set(in->w->loop, &ir->watch, true, false, e);
}

void intake_rules_reload(struct intake *in)
{
    struct intake_rules *ir = in->rule_book;
    struct spent began = now_ms();
    struct list *l;
    struct lf_err e;

    if (list_read(ir, ir->wanted, &l, &e) != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3014", &e);
        return;
    }
    list_drop(ir->wanted);
    ir->wanted = l;
    settle(ir, true, began);
}

void intake_rules_stop(struct intake *in)
{
    struct intake_rules *ir = in->rule_book;

    if (!ir)
        return;
    if (ir->compiling) {
        if (!pthread_equal(ir->thread, pthread_self()))
            (void)pthread_join(ir->thread, NULL);
        if (ir->rc == LF_OK)
            lf_ruleset_drop(ir->made);
        list_drop(ir->compiling);
    }
    lf_watch_stop(&ir->watch);
    if (ir->ended >= 0)
        close(ir->ended);
    list_drop(ir->wanted);
    list_drop(ir->base);
    lf_ruleset_drop(in->rules);
    in->rules = NULL;
    free(ir);
    in->rule_book = NULL;
}

void intake_rules_health(const struct intake *in, struct lf_json_w *json)
{
    lf_json_put_int(json, "rules", (int64_t)(lf_ruleset_count(in->rules) - lf_ruleset_refused(in->rules)));
    lf_json_put_int(json, "rules_refused", (int64_t)lf_ruleset_refused(in->rules));
    lf_json_put_int(json, "rules_delta_files", (int64_t)lf_ruleset_delta_files(in->rules));
    lf_json_put_bool(json, "rules_compiling", in->rule_book->compiling != NULL);
}
