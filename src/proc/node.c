#include "proc/node.h"

#include <arpa/inet.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "fmt/json.h"
#include "proc/boot.h"
#include "proc/parent.h"
#include "sys/cage.h"
#include "sys/env.h"
#include "sys/file.h"
#include "sys/seal.h"
#include "sys/tls.h"

enum {
    PATHS = 2 * LF_BOOT_PATHS,
    DIRS = LF_CONFIG_PATHS, /* of one setting */
    FOLLOWED = 64,
    SOCKETS = 16,
    KEYS = 8,
    TLS_YEARS = 2,
    TLS_RENEW_DAYS = 30
};

struct node {
    const struct lf_node_options *o;
    const struct lf_config *config;
    struct lf_config *reread; /* the settings of the last SIGHUP, or NULL */
    struct lf_arena a;
    struct lf_env env;
    const char *data;
    bool first;
    lf_view password;
    struct lf_parent_key keys[KEYS];
    size_t nkeys;
    struct lf_parent_path paths[PATHS];
    size_t npaths;
    lf_view server_cert;
    lf_view peer_url;
    lf_view url; /* of the console, for links */
    lf_view mail_key[LF_SEAL_KINDS];
    lf_view secrets_key; /* hexadecimal */
};

static const char *in_data(struct node *n, const char *name)
{
    return lf_arena_printf(&n->a, "%s/%s", n->data, name).ptr;
}

/* Whose it is in the end is the parent's to settle (proc/parent.c). */
static enum lf_code make_dir(struct node *n, const char *name, struct lf_err *e)
{
    const char *path = in_data(n, name);

    return lf_file_exists(path) ? LF_OK : lf_file_make_dir(path, e);
}

/* One key and its certificate: read, or made when absent or near its end. */
static enum lf_code tls_pair(struct node *n, const char *which, lf_view *key, lf_view *cert, struct lf_err *e)
{
    const char *kp = lf_arena_printf(&n->a, "%s/tls/%s.key", n->data, which).ptr;
    const char *cp = lf_arena_printf(&n->a, "%s/tls/%s.crt", n->data, which).ptr;
    lf_view hosts = lf_config_get(n->config, LF_OPT_NODE_HOSTS), host, dns[64], ip[64];
    lf_time now = lf_now(&n->env), until = 0;
    struct lf_tls_ask ask = { .name = lf_config_get(n->config, LF_OPT_NODE_NAME), .dns = dns, .ip = ip };

    if (lf_file_exists(kp) && lf_file_exists(cp)) {
        LF_TRY(lf_file_read(&n->a, kp, 65536, key, e));
        LF_TRY(lf_file_read(&n->a, cp, 65536, cert, e));
        if (lf_tls_match(*key, *cert, e) != LF_OK)
            return lf_err_at(e,
                             "%s and %s do not belong together; put the right pair there, or move both away "
                             "to have new ones made",
                             kp, cp);
        LF_TRY(lf_tls_until(*cert, &until, e));
        if (until < now)
            return lf_err_set(e, LF_UNACCEPTED,
                              "%s ended; put a new certificate there, or move %s and %s away to "
                              "have new ones made (peers must then enrol again)",
                              cp, cp, kp);
        if (until - now < TLS_RENEW_DAYS * LF_DAY)
            lf_log(n->o->log, LF_LOG_WARN, "LF1103", "certificate=%s ends_in_days=%d", cp,
                   (int)((until - now) / LF_DAY));
        return LF_OK;
    }
    if (lf_file_exists(kp) != lf_file_exists(cp))
        return lf_err_set(e, LF_NOT_FOUND,
                          "%s is missing beside %s; put it back, or move the other away to have a "
                          "new pair made",
                          lf_file_exists(kp) ? cp : kp, lf_file_exists(kp) ? kp : cp);
    while (lf_view_split(&hosts, ',', &host)) {
        unsigned char raw[16];
        char *text;

        host = lf_view_trim(host);
        text = lf_arena_cstr(&n->a, host);
        if (!host.len)
            continue;
        if (inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1) {
            if (ask.nip < 64)
                ip[ask.nip++] = host;
        } else if (ask.ndns < 64) {
            dns[ask.ndns++] = host;
        }
    }
    ask.from = now - LF_HOUR; /* clocks of peers differ */
    ask.until = now + TLS_YEARS * 365 * LF_DAY;
    LF_TRY(lf_tls_make(&n->a, &ask, key, cert, e));
    LF_TRY(lf_file_write(kp, *key, 0600, e));
    return lf_file_write(cp, *cert, 0644, e);
}

static void add_key(struct node *n, enum lf_worker_id worker, const char *name, lf_view secret)
{
    LF_ASSERT(n->nkeys < KEYS);
    n->keys[n->nkeys++] = (struct lf_parent_key){ worker, name, secret };
}

static void add_path(struct node *n, enum lf_worker_id worker, const char *path, unsigned rights)
{
    LF_ASSERT(n->npaths < PATHS);
    n->paths[n->npaths++] = (struct lf_parent_path){ worker, path, rights };
}

/* The directory itself, or the one a file is in: an editor makes a new file in it. */
static const char *directory_of(struct node *n, const char *path)
{
    struct stat st;
    char *dir = lf_arena_cstr(&n->a, lf_view_of(path)), *slash = strrchr(dir, '/');

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return dir;
    if (!slash)
        return ".";
    slash[slash == dir] = '\0';
    return dir;
}

struct paths {
    size_t n;
    const char *path[DIRS];
};

/* Those of a setting, joined by commas. */
static struct paths paths_of(struct node *n, enum lf_option option)
{
    struct paths p = { 0 };
    const char **paths = lf_config_paths(&n->a, n->config, option, &p.n);

    memcpy(p.path, paths, p.n * sizeof *paths);
    return p;
}

/* The directories of rules: those set, or the ones delivered with the program
 * (beside it in a checkout, else under the installation's share). */
static struct paths rule_dirs(struct node *n)
{
    struct paths p = paths_of(n, LF_OPT_RULES_DIRS);
    char exe[PATH_MAX];
    ssize_t got;
    char *slash;

    if (lf_config_get(n->config, LF_OPT_RULES_DIRS).len)
        return p;
    got = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[got > 0 ? got : 0] = '\0';
    slash = strrchr(exe, '/');
    if (slash)
        *slash = '\0';
    p.path[p.n++] = lf_arena_printf(&n->a, "%s/../rules", exe).ptr;
    if (!lf_file_exists(p.path[0]))
        p.path[0] = lf_arena_printf(&n->a, "%s/../share/lianfang/rules", exe).ptr;
    return p;
}

static void put_paths(struct lf_json_w *w, const char *name, struct paths p)
{
    lf_json_begin(w, name, '[');
    for (size_t i = 0; i < p.n; i++)
        lf_json_put_cstr(w, NULL, p.path[i]);
    lf_json_close(w);
}

static void may_read(struct node *n, enum lf_worker_id worker, struct paths p)
{
    for (size_t i = 0; i < p.n; i++)
        add_path(n, worker, p.path[i], LF_CAGE_READ);
}

/* Each may be a file, made anew while the node runs. */
static void may_read_files(struct node *n, enum lf_worker_id worker, struct paths p)
{
    for (size_t i = 0; i < p.n; i++)
        p.path[i] = directory_of(n, p.path[i]);
    may_read(n, worker, p);
}

/* A key that is required must exist, and each secondary must name one. */
static enum lf_code check_keys(const struct lf_config *c, struct lf_err *e)
{
    lf_view name;

    if (!lf_config_bool(c, LF_OPT_DNS_REQUIRE_TSIG))
        return LF_OK;
    if (!lf_config_instance(c, LF_OPT_TSIG_SECRET, 0, &name))
        return lf_err_set(e, LF_BAD_INPUT,
                          "settings: [dns] require_tsig is yes, but there is no key; add a section "
                          "[tsig NAME] with secret = (base64)");
    for (size_t i = 0; lf_config_instance(c, LF_OPT_SECONDARY_ADDRESS, i, &name); i++)
        if (!lf_config_get_in(c, LF_OPT_SECONDARY_TSIG, name).len)
            return lf_err_set(e, LF_BAD_INPUT,
                              "settings: [dns] require_tsig is yes, but [secondary %.*s] names no key; "
                              "give it tsig = NAME",
                              LF_FMT(name));
    return LF_OK;
}

/* The node's own key for mail, looked at before anything starts: a key that cannot serve is a mistake of
 * whoever set it up, and found out now.  One that has ended is none: older mail is still read by it. */
static enum lf_code mail_key(struct node *n, enum lf_option o, enum lf_seal_kind kind, struct lf_err *e)
{
    const char *path = lf_arena_cstr(&n->a, lf_config_get(n->config, o));
    lf_view from = lf_config_get(n->config, LF_OPT_MAIL_FROM), text;
    struct lf_seal_key k;

    n->mail_key[kind] = LF_V("");
    if (!*path)
        return LF_OK;
    LF_TRY(lf_file_read(&n->a, path, LF_SEAL_OWN, &text, e));
    if (lf_seal_key_read(&n->a, text, true, lf_now(&n->env), &k, e) != LF_OK)
        return lf_err_at(e, "settings: [mail] %s_key: %s", lf_seal_kind_name(kind), path);
    if (k.kind != kind)
        return lf_err_set(e, LF_BAD_INPUT, "settings: [mail] %s_key: %s holds a key of the other kind",
                          lf_seal_kind_name(kind), path);
    if (!lf_seal_key_of(&k, from))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "settings: [mail] %s_key: %s is no key of %.*s, the address in from; make one for it",
            lf_seal_kind_name(kind), path, LF_FMT(from));
    if (!k.signs)
        lf_log(n->o->log, LF_LOG_WARN, "LF1105", "key=%s fingerprint=%.*s", path, LF_FMT(k.fingerprint));
    if (!lf_view_is_text(text, 1, LF_SEAL_OWN))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "settings: [mail] %s_key: %s is not text; export the key as text (gpg --armor, or PEM)",
            lf_seal_kind_name(kind), path);
    n->mail_key[kind] = text;
    return LF_OK;
}

static enum lf_code mail_keys(struct node *n, struct lf_err *e)
{
    LF_TRY(mail_key(n, LF_OPT_MAIL_OPENPGP, LF_SEAL_OPENPGP, e));
    LF_TRY(mail_key(n, LF_OPT_MAIL_SMIME, LF_SEAL_SMIME, e));
    if (lf_view_is(lf_config_get(n->config, LF_OPT_MAIL_SIGN), "require") &&
        lf_config_get(n->config, LF_OPT_MAIL_SERVER).len && !n->mail_key[LF_SEAL_OPENPGP].len &&
        !n->mail_key[LF_SEAL_SMIME].len)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "settings: [mail] sign is require, but there is no key; give openpgp_key or smime_key");
    return LF_OK;
}

/* What secrets in the database are sealed with lies beside it: a copy of the database alone tells none. */
static enum lf_code secrets_key(struct node *n, struct lf_err *e)
{
    const char *path = in_data(n, "secrets.key");
    uint8_t raw[LF_SECRET_KEY];
    lf_view text;

    if (!lf_file_exists(path)) {
        lf_random(&n->env, raw, sizeof raw);
        LF_TRY(lf_file_write(path, lf_arena_printf(&n->a, "%.*s\n", LF_FMT(lf_hex(&n->a, raw, sizeof raw))),
                             0600, e));
    }
    LF_TRY(lf_file_read(&n->a, path, 4096, &text, e));
    text = lf_view_trim(text);
    if (lf_unhex(text, raw, sizeof raw, e) != LF_OK)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "%s is not the 64 hexadecimal digits it was made with; put the kept one back, or move it "
            "away and enter the secrets of feeds again",
            path);
    lf_wipe(raw, sizeof raw);
    n->secrets_key = text;
    return LF_OK;
}

static enum lf_code prepare(struct node *n, struct lf_err *e)
{
    lf_view name, key, cert;

    LF_TRY(check_keys(n->config, e));
    LF_TRY(mail_keys(n, e));
    n->data = lf_arena_cstr(&n->a, lf_config_get(n->config, LF_OPT_NODE_DATA));
    if (!lf_file_exists(n->data))
        LF_TRY(lf_file_make_dir(n->data, e));
    LF_TRY(make_dir(n, "core", e));
    LF_TRY(make_dir(n, "events", e));
    LF_TRY(make_dir(n, "tls", e));
    LF_TRY(secrets_key(n, e));
    LF_TRY(tls_pair(n, "server", &key, &n->server_cert, e));
    add_key(n, LF_WORKER_FRONT, "tls.key", key);
    add_key(n, LF_WORKER_FRONT, "tls.cert", n->server_cert);
    add_key(n, LF_WORKER_INTAKE, "tls.key", key);
    add_key(n, LF_WORKER_INTAKE, "tls.cert", n->server_cert);
    LF_TRY(tls_pair(n, "client", &key, &cert, e));
    add_key(n, LF_WORKER_RELAY, "tls.key", key);
    add_key(n, LF_WORKER_RELAY, "tls.cert", cert);

    add_path(n, LF_WORKER_CORE, in_data(n, "core"), LF_CAGE_READ | LF_CAGE_WRITE);
    add_path(n, LF_WORKER_INTAKE, in_data(n, "events"), LF_CAGE_READ | LF_CAGE_WRITE);
    add_path(n, LF_WORKER_SEARCH, in_data(n, "events"), LF_CAGE_READ);
    may_read(n, LF_WORKER_INTAKE, paths_of(n, LF_OPT_PIPELINES_DIRS));
    may_read(n, LF_WORKER_SEARCH, paths_of(n, LF_OPT_PIPELINES_DIRS));
    may_read(n, LF_WORKER_INTAKE, rule_dirs(n));
    may_read_files(n, LF_WORKER_INTAKE, paths_of(n, LF_OPT_RULES_EXPAND));
    may_read_files(n, LF_WORKER_INTAKE, paths_of(n, LF_OPT_INDICATORS_WARNING));
    may_read_files(n, LF_WORKER_CORE, paths_of(n, LF_OPT_INDICATORS_WARNING));
    may_read_files(n, LF_WORKER_CORE, paths_of(n, LF_OPT_RULES_SECOND_LINE));
    may_read_files(n, LF_WORKER_CORE, paths_of(n, LF_OPT_INCIDENTS_CLOCKS));
    may_read_files(n, LF_WORKER_CORE, paths_of(n, LF_OPT_INCIDENTS_PLAYBOOKS));
    if (lf_config_get(n->config, LF_OPT_PDF_FONT).len)
        add_path(n, LF_WORKER_CORE, lf_arena_cstr(&n->a, lf_config_get(n->config, LF_OPT_PDF_FONT)),
                 LF_CAGE_READ);
    for (size_t i = 0; lf_config_instance(n->config, LF_OPT_FOLLOW_PATH, i, &name) && i < FOLLOWED; i++) {
        /* The directory, not the file: rotation makes a new file in it. */
        char *path = lf_arena_cstr(&n->a, lf_config_get_in(n->config, LF_OPT_FOLLOW_PATH, name));
        char *slash = strrchr(path, '/');

        if (slash && slash != path)
            *slash = '\0';
        add_path(n, LF_WORKER_INTAKE, path, LF_CAGE_READ);
    }
    n->first = !lf_file_exists(in_data(n, "started"));
    if (n->first) {
        uint8_t raw[12];

        lf_random(&n->env, raw, sizeof raw);
        n->password = lf_base64url(&n->a, raw, sizeof raw);
    }
    return LF_OK;
}

static lf_view bound_text(struct node *n, const struct lf_parent_bound *bound, size_t count, const char *name)
{
    char text[LF_ADDR_TEXT];

    for (size_t i = 0; i < count; i++)
        if (strcmp(bound[i].name, name) == 0)
            return lf_arena_copy(&n->a, lf_addr_text(&bound[i].address, text));
    return (lf_view){ "", 0 };
}

static lf_view done(struct node *n, struct lf_buf *b)
{
    lf_view v = lf_arena_copy(&n->a, lf_buf_view(b));

    LF_ASSERT(!b->over);
    lf_buf_clear(b);
    return v;
}

static lf_view core_boot(struct node *n)
{
    lf_view database = lf_config_get(n->config, LF_OPT_NODE_DATABASE);
    uint8_t pin[LF_TLS_PIN];
    struct lf_err e;
    struct lf_buf b;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "database", database.len ? database : lf_view_of(in_data(n, "core/node.db")));
    lf_json_put_int(&w, "database_cache_mb", lf_config_int(n->config, LF_OPT_NODE_CACHE));
    lf_json_put_str(&w, "name", lf_config_get(n->config, LF_OPT_NODE_NAME));
    lf_json_put_str(&w, "tier", lf_config_get(n->config, LF_OPT_NODE_TIER));
    lf_json_put_str(&w, "zone", lf_config_get(n->config, LF_OPT_DNS_ZONE));
    lf_json_put_str(&w, "peer_url", n->peer_url);
    lf_json_put_str(&w, "pdf_font", lf_config_get(n->config, LF_OPT_PDF_FONT));
    lf_json_put_str(&w, "mail_server", lf_config_get(n->config, LF_OPT_MAIL_SERVER));
    lf_json_put_str(&w, "mail_from", lf_config_get(n->config, LF_OPT_MAIL_FROM));
    lf_json_put_str(&w, "mail_login", lf_config_get(n->config, LF_OPT_MAIL_LOGIN));
    lf_json_put_str(&w, "secrets_key", n->secrets_key);
    lf_json_put_str(&w, "mail_secret", lf_config_get(n->config, LF_OPT_MAIL_SECRET));
    lf_json_put_str(&w, "mail_pin", lf_config_get(n->config, LF_OPT_MAIL_PIN));
    lf_json_put_str(&w, "mail_openpgp", n->mail_key[LF_SEAL_OPENPGP]);
    lf_json_put_str(&w, "mail_smime", n->mail_key[LF_SEAL_SMIME]);
    lf_json_put_str(&w, "mail_sign", lf_config_get(n->config, LF_OPT_MAIL_SIGN));
    lf_json_put_str(&w, "mail_encrypt", lf_config_get(n->config, LF_OPT_MAIL_ENCRYPT));
    lf_json_put_str(&w, "url", n->url);
    lf_json_put_str(&w, "sms_url", lf_config_get(n->config, LF_OPT_SMS_URL));
    lf_json_put_str(&w, "sms_body", lf_config_get(n->config, LF_OPT_SMS_BODY));
    lf_json_put_str(&w, "sms_authorization", lf_config_get(n->config, LF_OPT_SMS_AUTHORIZATION));
    lf_json_put_str(&w, "sms_pin", lf_config_get(n->config, LF_OPT_SMS_PIN));
    lf_json_put_bool(&w, "private_webhooks", lf_config_bool(n->config, LF_OPT_NOTICE_PRIVATE));
    lf_json_put_int(&w, "quiet_after_s", lf_config_int(n->config, LF_OPT_INTAKE_QUIET));
    put_paths(&w, "second_line", paths_of(n, LF_OPT_RULES_SECOND_LINE));
    put_paths(&w, "playbooks", paths_of(n, LF_OPT_INCIDENTS_PLAYBOOKS));
    put_paths(&w, "clock_rules", paths_of(n, LF_OPT_INCIDENTS_CLOCKS));
    lf_json_put_str(&w, "regime", lf_config_get(n->config, LF_OPT_INCIDENTS_REGIME));
    put_paths(&w, "warninglists", paths_of(n, LF_OPT_INDICATORS_WARNING));
    lf_json_begin(&w, "open", '{');
    lf_json_put_bool(&w, "data", lf_config_bool(n->config, LF_OPT_OPEN_DATA));
    lf_json_put_str(&w, "publish", lf_config_get(n->config, LF_OPT_OPEN_PUBLISH));
    lf_json_put_int(&w, "after_days", lf_config_int(n->config, LF_OPT_OPEN_AFTER));
    lf_json_put_str(&w, "licence", lf_config_get(n->config, LF_OPT_OPEN_LICENCE));
    lf_json_close(&w);
    lf_json_begin(&w, "office", '{');
    lf_json_put_str(&w, "name", lf_config_get(n->config, LF_OPT_OFFICE_NAME));
    lf_json_put_str(&w, "telephone", lf_config_get(n->config, LF_OPT_OFFICE_TELEPHONE));
    lf_json_put_str(&w, "fax", lf_config_get(n->config, LF_OPT_OFFICE_FAX));
    lf_json_put_str(&w, "email", lf_config_get(n->config, LF_OPT_OFFICE_EMAIL));
    lf_json_put_str(&w, "address", lf_config_get(n->config, LF_OPT_OFFICE_ADDRESS));
    lf_json_close(&w);
    if (lf_tls_pin_pem(n->server_cert, pin, &e) == LF_OK)
        lf_json_put_str(&w, "peer_pin", lf_hex(&n->a, pin, sizeof pin));
    if (n->first)
        lf_json_put_str(&w, "first_password", n->password);
    if (n->o->seed.len)
        lf_json_put_raw(&w, "seed", n->o->seed);
    lf_json_close(&w);
    return done(n, &b);
}

static lf_view intake_boot(struct node *n)
{
    lf_view name;
    struct lf_buf b;
    bool old_name;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "data", in_data(n, "events"));
    old_name = !lf_config_given(n->config, LF_OPT_ARCHIVE_KEEP_MB) &&
               lf_config_given(n->config, LF_OPT_INTAKE_KEEP);
    lf_json_put_int(&w, "keep_mb",
                    lf_config_int(n->config, old_name ? LF_OPT_INTAKE_KEEP : LF_OPT_ARCHIVE_KEEP_MB));
    lf_json_put_int(&w, "keep_days", lf_config_int(n->config, LF_OPT_ARCHIVE_KEEP_DAYS));
    lf_json_put_bool(&w, "stdin", lf_config_bool(n->config, LF_OPT_INTAKE_STDIN));
    put_paths(&w, "rules", rule_dirs(n));
    put_paths(&w, "expand", paths_of(n, LF_OPT_RULES_EXPAND));
    put_paths(&w, "pipelines", paths_of(n, LF_OPT_PIPELINES_DIRS));
    put_paths(&w, "warninglists", paths_of(n, LF_OPT_INDICATORS_WARNING));
    lf_json_begin(&w, "charsets", '{');
    for (size_t i = 0; lf_config_instance(n->config, LF_OPT_SENDER_CHARSET, i, &name) && i < 1000; i++)
        lf_json_put_str(&w, lf_arena_cstr(&n->a, name),
                        lf_config_get_in(n->config, LF_OPT_SENDER_CHARSET, name));
    lf_json_close(&w);
    lf_json_begin(&w, "follow", '[');
    for (size_t i = 0; lf_config_instance(n->config, LF_OPT_FOLLOW_PATH, i, &name) && i < FOLLOWED; i++) {
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "path", lf_config_get_in(n->config, LF_OPT_FOLLOW_PATH, name));
        lf_json_put_str(&w, "source", name);
        lf_json_put_str(&w, "format", lf_config_get_in(n->config, LF_OPT_FOLLOW_FORMAT, name));
        lf_json_put_str(&w, "charset", lf_config_get_in(n->config, LF_OPT_FOLLOW_CHARSET, name));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    return done(n, &b);
}

static lf_view search_boot(struct node *n)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "data", in_data(n, "events"));
    put_paths(&w, "pipelines", paths_of(n, LF_OPT_PIPELINES_DIRS));
    lf_json_close(&w);
    return done(n, &b);
}

/* Plain networks; where a key is required each of them with each key. */
static void put_allow(struct node *n, struct lf_json_w *w)
{
    lf_view allow = lf_config_get(n->config, LF_OPT_DNS_ALLOW), name, one;
    bool keyed = lf_config_bool(n->config, LF_OPT_DNS_REQUIRE_TSIG);

    lf_json_begin(w, "allow", '[');
    while (lf_view_split(&allow, ',', &one)) {
        one = lf_view_trim(one);
        if (!keyed)
            lf_json_put_str(w, NULL, one);
        for (size_t i = 0; keyed && lf_config_instance(n->config, LF_OPT_TSIG_SECRET, i, &name); i++) {
            lf_json_open(w, '{');
            lf_json_put_str(w, "net", one);
            lf_json_put_str(w, "tsig", name);
            lf_json_close(w);
        }
    }
    lf_json_close(w);
}

static lf_view dns_boot(struct node *n)
{
    lf_view name;
    struct lf_buf b;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "zone", lf_config_get(n->config, LF_OPT_DNS_ZONE));
    put_allow(n, &w);
    lf_json_begin(&w, "secondaries", '[');
    for (size_t i = 0; lf_config_instance(n->config, LF_OPT_SECONDARY_ADDRESS, i, &name); i++) {
        lf_view tsig = lf_config_get_in(n->config, LF_OPT_SECONDARY_TSIG, name), host;
        unsigned port;

        lf_address_split(lf_config_get_in(n->config, LF_OPT_SECONDARY_ADDRESS, name), &host, &port);
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "address", host);
        lf_json_put_int(&w, "port", port);
        if (tsig.len)
            lf_json_put_str(&w, "tsig", tsig);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "keys", '[');
    for (size_t i = 0; lf_config_instance(n->config, LF_OPT_TSIG_SECRET, i, &name); i++) {
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "name", name);
        lf_json_put_str(&w, "algorithm", lf_config_get_in(n->config, LF_OPT_TSIG_ALGORITHM, name));
        lf_json_put_str(&w, "secret", lf_config_get_in(n->config, LF_OPT_TSIG_SECRET, name));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    return done(n, &b);
}

static lf_view relay_boot(struct node *n)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "resolver", lf_config_get(n->config, LF_OPT_FEEDS_RESOLVER));
    lf_json_close(&w);
    return done(n, &b);
}

static lf_view front_boot(struct node *n)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_BOOT_MAX);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    /* Who may use the local door: root and whoever started the node. */
    lf_json_put_int(&w, "owner_uid", (int64_t)getuid());
    lf_json_close(&w);
    return done(n, &b);
}

static void all_boots(struct node *n, lf_view boot[LF_WORKER_COUNT])
{
    boot[LF_WORKER_CORE] = core_boot(n);
    boot[LF_WORKER_INTAKE] = intake_boot(n);
    boot[LF_WORKER_SEARCH] = search_boot(n);
    boot[LF_WORKER_DNS] = dns_boot(n);
    boot[LF_WORKER_FRONT] = front_boot(n);
    boot[LF_WORKER_RELAY] = relay_boot(n);
}

/* As it is set, or the first of the node's names with the port of its door. */
static lf_view console_url(struct node *n, lf_view bound)
{
    lf_view url = lf_config_get(n->config, LF_OPT_HTTP_URL),
            hosts = lf_config_get(n->config, LF_OPT_NODE_HOSTS);
    lf_view host = LF_V("localhost");
    size_t colon = bound.len;

    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    if (url.len)
        return url;
    while (colon && bound.ptr[colon - 1] != ':')
        colon--;
    (void)lf_view_split(&hosts, ',', &host);
    return lf_arena_printf(&n->a, "https://%.*s:%.*s", LF_FMT(lf_view_trim(host)),
                           LF_FMT(lf_view_from(bound, colon)));
}

static enum lf_code settings(void *ctx, const struct lf_parent_bound *bound, size_t count,
                             lf_view boot[LF_WORKER_COUNT], struct lf_err *e)
{
    struct node *n = ctx;
    lf_view url = lf_config_get(n->config, LF_OPT_HTTP_PEER_URL);

    (void)e;
    n->peer_url =
        url.len ? url : lf_arena_printf(&n->a, "https://%.*s", LF_FMT(bound_text(n, bound, count, "peer")));
    n->url = console_url(n, bound_text(n, bound, count, "http"));
    all_boots(n, boot);
    return LF_OK;
}

static enum lf_code reload(void *ctx, lf_view boot[LF_WORKER_COUNT], struct lf_err *e)
{
    struct node *n = ctx;
    struct lf_config *fresh = NULL;

    if (!n->o->config_path)
        return LF_OK;
    LF_TRY(lf_config_read(n->o->config_path, ".", &fresh, e));
    lf_config_destroy(n->reread);
    n->config = n->reread = fresh;
    all_boots(n, boot);
    return LF_OK;
}

static void ready(void *ctx, const struct lf_parent_bound *bound, size_t count)
{
    struct node *n = ctx;
    struct lf_err e;
    struct lf_node_addresses at = {
        .https = lf_arena_printf(&n->a, "https://%.*s", LF_FMT(bound_text(n, bound, count, "http"))),
        .peer = n->peer_url,
        .syslog_udp = bound_text(n, bound, count, "syslog.udp"),
        .syslog_tcp = bound_text(n, bound, count, "syslog.tcp"),
        .syslog_tls = bound_text(n, bound, count, "syslog.tls"),
        .relp = bound_text(n, bound, count, "relp"),
        .relp_tls = bound_text(n, bound, count, "relp.tls"),
        .dns = bound_text(n, bound, count, "dns.udp"),
        .certificate = lf_view_of(in_data(n, "tls/server.crt")),
        .local = lf_view_of(in_data(n, "local.sock")),
        .password = n->first ? n->password : (lf_view){ "", 0 },
    };

    if (!at.dns.len)
        at.dns = bound_text(n, bound, count, "dns");
    if (n->first &&
        lf_file_write(in_data(n, "started"), LF_V("The first administrator was made.\n"), 0600, &e) != LF_OK)
        lf_log_err(n->o->log, LF_LOG_WARN, "LF1104", &e);
    n->o->ready(n->o->ctx, &at);
}

static enum lf_code workers(lf_view only, unsigned *bits, struct lf_err *e)
{
    lf_view one;

    *bits = 0;
    while (only.len && lf_view_split(&only, ',', &one)) {
        enum lf_worker_id id;

        if (!lf_worker_parse(one, &id))
            return lf_err_set(e, LF_BAD_INPUT,
                              "--only: no worker \"%.*s\"; core, relay, dns, intake, search and front are",
                              LF_FMT(one));
        *bits |= 1u << id;
    }
    return LF_OK;
}

enum lf_code lf_node_run(const struct lf_node_options *o, struct lf_err *e)
{
    struct node n = { .o = o, .config = o->config };
    struct lf_log quiet = *o->log;
    enum lf_code rc;

    lf_env_real(&n.env, &quiet);
    rc = prepare(&n, e);
    if (rc == LF_OK && o->stop_with_stdin && lf_config_bool(n.config, LF_OPT_INTAKE_STDIN))
        rc = lf_err_set(e, LF_BAD_INPUT,
                        "[intake] stdin = yes reads logs from standard input, so its end cannot stop "
                        "the node too: leave one of them out");
    if (rc == LF_OK) {
        struct lf_parent_socket sockets[SOCKETS] = {
            { LF_WORKER_FRONT, "http", LF_PARENT_TCP, lf_config_get(n.config, LF_OPT_HTTP_LISTEN),
              "[http] listen" },
            { LF_WORKER_FRONT, "peer", LF_PARENT_TCP, lf_config_get(n.config, LF_OPT_HTTP_PEER),
              "[http] peer" },
            { LF_WORKER_FRONT, "local", LF_PARENT_TCP,
              lf_arena_printf(&n.a, "unix:%s", in_data(&n, "local.sock")), "[node] data" },
            { LF_WORKER_INTAKE, "syslog.udp", LF_PARENT_UDP, lf_config_get(n.config, LF_OPT_INTAKE_UDP),
              "[intake] syslog_udp" },
            { LF_WORKER_INTAKE, "syslog.tcp", LF_PARENT_TCP, lf_config_get(n.config, LF_OPT_INTAKE_TCP),
              "[intake] syslog_tcp" },
            { LF_WORKER_INTAKE, "syslog.tls", LF_PARENT_TCP, lf_config_get(n.config, LF_OPT_INTAKE_TLS),
              "[intake] syslog_tls" },
            { LF_WORKER_DNS, "dns", LF_PARENT_BOTH, lf_config_get(n.config, LF_OPT_DNS_LISTEN),
              "[dns] listen" },
        };
        size_t nsockets = 7;

        if (lf_config_get(n.config, LF_OPT_INTAKE_RELP).len)
            sockets[nsockets++] = (struct lf_parent_socket){ LF_WORKER_INTAKE, "relp", LF_PARENT_TCP,
                                                             lf_config_get(n.config, LF_OPT_INTAKE_RELP),
                                                             "[intake] relp" };
        if (lf_config_get(n.config, LF_OPT_INTAKE_RELP_TLS).len)
            sockets[nsockets++] = (struct lf_parent_socket){ LF_WORKER_INTAKE, "relp.tls", LF_PARENT_TCP,
                                                             lf_config_get(n.config, LF_OPT_INTAKE_RELP_TLS),
                                                             "[intake] relp_tls" };
        struct lf_parent_options p = {
            .log = o->log,
            .sockets = sockets,
            .nsockets = nsockets,
            .keys = n.keys,
            .nkeys = n.nkeys,
            .paths = n.paths,
            .npaths = n.npaths,
            .core_connects = lf_config_get(n.config, LF_OPT_NODE_DATABASE).len > 0,
            .data = n.data,
            .stop_when_stdin_closes = o->stop_with_stdin,
            .stdin_to_intake = lf_config_bool(n.config, LF_OPT_INTAKE_STDIN),
            .ctx = &n,
            .settings = settings,
            .on_ready = ready,
            .reload = reload,
        };

        rc = workers(o->only, &p.only, e);
        if (rc == LF_OK)
            rc = lf_parent_run(&p, e);
    }
    lf_config_destroy(n.reread);
    lf_arena_clear(&n.a);
    return rc;
}
