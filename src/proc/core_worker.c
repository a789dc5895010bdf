/* The core behind channels: everything it needs from the kernel. */
#include "proc/core.h"

#include "cert/clock_rules.h"
#include "cert/playbook.h"
#include "engine/sigma.h"
#include "fmt/json.h"
#include "proc/boot.h"
#include "proc/json_dir.h"
#include "proc/rules_dir.h"
#include "proc/warninglists_dir.h"
#include "proc/worker.h"
#include "sys/seal.h"

struct core_worker {
    struct lf_core *core;
    struct lf_timer timer;
};

static void send_out(void *ctx, enum lf_worker_id to, unsigned type, lf_view payload)
{
    struct lf_worker *w = ctx;
    struct lf_err e;

    /* A neighbour that is down is told what it must know when it comes up. */
    if (lf_worker_send(w, to, type, payload, &e) != LF_OK && e.code != LF_AWAY)
        lf_log_err(&w->log, LF_LOG_ERROR, "LF2101", &e);
}

static bool is_full(void *ctx, enum lf_worker_id to)
{
    return lf_worker_full(ctx, to);
}

static void round_end(struct lf_worker *w)
{
    struct core_worker *s = w->state;

    lf_core_round(s->core);
    lf_timer_set(w->loop, &s->timer, lf_core_next(s->core));
}

static void fire(void *ctx)
{
    (void)ctx; /* the round that follows does the work */
}

/* The rules of the second line that the node's settings name; those in force stay when they
 * cannot be read. */
static void read_second_line(struct lf_worker *w, struct lf_core *core, lf_view boot)
{
    struct lf_arena a = { 0 };
    struct lf_rule_file *files = NULL;
    const char **dirs;
    const struct lf_json *v;
    struct lf_err e;
    size_t n, count = 0;

    if (boot.len && lf_json_parse(&a, boot, NULL, &v, &e) == LF_OK) {
        dirs = lf_boot_texts(&a, v, "second_line", &n);
        if (n == 0 || lf_rules_dir_files(&a, dirs, n, &files, &count, &e) == LF_OK)
            lf_core_second_rules(core, files, count);
        else
            lf_log_err(&w->log, LF_LOG_ERROR, "LF2016", &e);
    }
    lf_arena_clear(&a);
}

/* The warning lists, as the intake reads them too; those in force stay when they cannot be read. */
static void read_warning(struct lf_worker *w, struct lf_core *core, lf_view boot)
{
    struct lf_warninglists *lists;
    struct lf_arena a = { 0 };
    const struct lf_json *v;
    const char **dirs;
    struct lf_err e;
    size_t n;

    if (boot.len && lf_json_parse(&a, boot, NULL, &v, &e) == LF_OK) {
        dirs = lf_boot_texts(&a, v, "warninglists", &n);
        if (lf_warninglists_dirs_load(&w->env, dirs, n, &lists, &e) == LF_OK)
            lf_core_warning(core, lists);
        else
            lf_log_err(&w->log, LF_LOG_ERROR, "LF2018", &e);
    }
    lf_arena_clear(&a);
}

/* The JSON files of the directories that one of the settings names, and who takes them in; what was taken the
 * last time stays when they cannot be read. */
struct json_reading {
    const char *setting, *what, *code;
    size_t most;
    enum lf_code (*take)(struct lf_core *core, const struct lf_text_file *files, size_t n,
                         const struct lf_json *settings, struct lf_err *e);
};

static enum lf_code take_clocks(struct lf_core *core, const struct lf_text_file *files, size_t n,
                                const struct lf_json *settings, struct lf_err *e)
{
    return lf_core_clock_rules(core, files, n, lf_json_str(settings, "regime"), e);
}

static enum lf_code take_playbooks(struct lf_core *core, const struct lf_text_file *files, size_t n,
                                   const struct lf_json *settings, struct lf_err *e)
{
    (void)settings;
    return lf_core_playbooks(core, files, n, e);
}

static const struct json_reading readings[] = {
    { "clock_rules", "clock rules", "LF2058", LF_CLOCK_SETS_MOST, take_clocks },
    { "playbooks", "playbooks", "LF2070", LF_PLAYBOOKS, take_playbooks },
};

static void read_json(struct lf_worker *w, struct lf_core *core, lf_view boot)
{
    struct lf_arena a = { 0 };
    const struct lf_json *v;
    struct lf_err e;

    if (!boot.len || lf_json_parse(&a, boot, NULL, &v, &e) != LF_OK) {
        lf_arena_clear(&a);
        return;
    }
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        const struct json_reading *x = &readings[i];
        struct lf_text_file *files = NULL;
        size_t n, count = 0;
        const char **dirs = lf_boot_texts(&a, v, x->setting, &n);

        if (lf_json_dir_files(&a, x->what, x->most, dirs, n, &files, &count, &e) != LF_OK ||
            x->take(core, files, count, v, &e) != LF_OK)
            lf_log_err(&w->log, LF_LOG_ERROR, x->code, &e);
    }
    lf_arena_clear(&a);
}

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    struct core_worker *s = LF_NEW(&w->arena, struct core_worker, 1);
    struct lf_core_options o = {
        .env = &w->env, .boot = w->boot, .send = send_out, .full = is_full, .ctx = w
    };

    s->timer = (struct lf_timer){ .fire = fire };
    w->state = s;
    LF_TRY(lf_seal_prepare(e));
    LF_TRY(lf_core_create(&o, &s->core, e));
    read_second_line(w, s->core, w->boot);
    read_warning(w, s->core, w->boot);
    read_json(w, s->core, w->boot);
    lf_timer_set(w->loop, &s->timer, lf_tick(&w->env));
    return LF_OK;
}

static void message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct core_worker *s = w->state;

    lf_core_message(s->core, from, type, payload);
}

static void neighbour(struct lf_worker *w, enum lf_worker_id id, bool up)
{
    struct core_worker *s = w->state;

    lf_core_neighbour(s->core, id, up);
}

static void reload(struct lf_worker *w, lf_view settings)
{
    struct core_worker *s = w->state;

    lf_core_settings(s->core, settings);
    read_second_line(w, s->core, settings.len ? settings : w->boot);
    read_warning(w, s->core, settings.len ? settings : w->boot);
    read_json(w, s->core, settings.len ? settings : w->boot);
}

static void stop(struct lf_worker *w)
{
    struct core_worker *s = w->state;

    lf_core_round(s->core);
    lf_core_destroy(s->core);
    s->core = NULL;
}

static void health(struct lf_worker *w, struct lf_json_w *json)
{
    const struct core_worker *s = w->state;

    lf_core_health(s->core, json);
}

const struct lf_worker_spec lf_core_worker = {
    .name = "core",
    .start = start,
    .message = message,
    .round_end = round_end,
    .neighbour = neighbour,
    .reload = reload,
    .stop = stop,
    .health = health,
};
