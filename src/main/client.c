#include "main/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "proc/config.h"

enum { ANSWER_MOST = 64 << 20 };

enum lf_code lf_client_open(struct lf_client *c, const char *data, struct lf_err *e)
{
    *c = (struct lf_client){ 0 };
    if ((size_t)snprintf(c->socket, sizeof c->socket, "%s/local.sock", data) >= sizeof c->socket)
        return lf_err_set(e, LF_BAD_INPUT, "the path of %s/local.sock is too long for a socket (107 bytes)",
                          data);
    c->curl = curl_easy_init();
    if (!c->curl)
        LF_BUG("curl_easy_init");
    return LF_OK;
}

void lf_client_close(struct lf_client *c)
{
    if (c->curl)
        curl_easy_cleanup(c->curl);
    lf_arena_clear(&c->a);
    *c = (struct lf_client){ 0 };
}

struct taking {
    CURL *curl;
    struct lf_buf b;
    FILE *to; /* where an answer that is no problem goes; NULL: into b */
    bool told, failed;
    uint64_t written;
};

/* How far a large file is, for who waits at a terminal. */
static void tell(struct taking *t, bool over)
{
    enum { MIB = 1 << 20 };

    if (t->told && over)
        fputc('\n', stderr);
    if (over || t->written < MIB || !isatty(STDERR_FILENO) || isatty(fileno(t->to)))
        return;
    fprintf(stderr, "\r%llu MiB", (unsigned long long)(t->written / MIB));
    t->told = true;
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct taking *t = ctx;
    long status = 0;

    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (t->to && status < 400) {
        t->failed = fwrite(bytes, size, n, t->to) != n;
        t->written += size * n;
        tell(t, false);
        return t->failed ? 0 : size * n;
    }
    lf_buf_put(&t->b, (lf_view){ bytes, size * n });
    return t->b.over ? 0 : size * n;
}

static enum lf_code code_of(long status)
{
    for (int i = 1; i < LF_CODE_COUNT; i++)
        if (lf_code_http((enum lf_code)i) == status)
            return (enum lf_code)i;
    return LF_IO;
}

static enum lf_code call(struct lf_client *c, const char *type, long seconds, const char *method,
                         const char *path, lf_view body, const struct lf_json **out, FILE *to,
                         struct lf_err *e)
{
    struct curl_slist *headers = NULL;
    struct taking answer = { .curl = c->curl, .to = to };
    enum lf_code rc = LF_OK;
    char why[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURLcode got;

    lf_buf_init(&answer.b, ANSWER_MOST);
    curl_easy_reset(c->curl);
    curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
    curl_easy_setopt(c->curl, CURLOPT_URL, lf_arena_printf(&c->a, "http://localhost%s", path).ptr);
    curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &answer);
    if (to) { /* however long it is, as long as it comes */
        curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, seconds);
    } else {
        curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, seconds * 1000);
    }
    curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
    headers = curl_slist_append(headers, lf_arena_printf(&c->a, "Accept: %s", type).ptr);
    if (body.len) {
        headers = curl_slist_append(headers, lf_arena_printf(&c->a, "Content-Type: %s", type).ptr);
        headers = curl_slist_append(headers, "Expect:");
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body.ptr);
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    }
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    got = curl_easy_perform(c->curl);
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (to)
        tell(&answer, true);
    if (answer.failed) {
        rc = lf_err_set(e, LF_IO, "the file cannot be written: %s", strerror(errno));
    } else if (got != CURLE_OK && answer.written) {
        rc = lf_err_set(
            e, LF_AWAY,
            "the node broke off after %llu bytes (%s): what was written is not whole; ask for it again",
            (unsigned long long)answer.written, why[0] ? why : curl_easy_strerror(got));
    } else if (got != CURLE_OK) {
        rc = lf_err_set(e, LF_AWAY,
                        "no node answers at %s (%s); start it, or name its data directory with --data",
                        c->socket, why[0] ? why : curl_easy_strerror(got));
    } else {
        const struct lf_json *v = NULL;
        lf_view text = lf_arena_copy(&c->a, lf_buf_view(&answer.b));

        if (text.len)
            rc = lf_json_parse(&c->a, text, &(struct lf_json_limits){ .bytes = ANSWER_MOST }, &v, e);
        if (status >= 400) {
            lf_view detail = lf_json_str(rc == LF_OK ? v : NULL, "detail");

            if (!detail.len) /* TAXII's */
                detail = lf_json_str(rc == LF_OK ? v : NULL, "title");

            rc = lf_err_set(e, code_of(status), "%.*s", LF_FMT(detail.len ? detail : text));
        } else if (rc == LF_OK && out) {
            *out = v;
        }
    }
    lf_buf_clear(&answer.b);
    return rc;
}

enum lf_code lf_client_call(struct lf_client *c, const char *method, const char *path, lf_view body,
                            const struct lf_json **out, struct lf_err *e)
{
    return call(c, "application/json", 30, method, path, body, out, NULL, e);
}

enum lf_code lf_client_taxii(struct lf_client *c, const char *method, const char *path, lf_view body,
                             const struct lf_json **out, struct lf_err *e)
{
    return call(c, "application/taxii+json;version=2.1", 120, method, path, body, out, NULL, e);
}

enum lf_code lf_client_fetch(struct lf_client *c, const char *path, FILE *to, struct lf_err *e)
{
    LF_TRY(call(c, "*/*", 120, "GET", path, LF_V(""), NULL, to, e));
    return fflush(to) == 0 ? LF_OK : lf_err_set(e, LF_IO, "the file cannot be written: %s", strerror(errno));
}

bool lf_client_begin(struct lf_client *c, int *argc, char ***argv, bool *json)
{
    const char *data = NULL;
    struct lf_config *config = NULL;
    struct lf_err e = { 0 };
    bool ok = true;

    *c = (struct lf_client){ 0 };
    *json = false;
    while (*argc > 1 && ok) {
        const char *arg = (*argv)[1];
        int used = 2;

        if (strcmp(arg, "--data") == 0 && *argc > 2) {
            data = (*argv)[2];
        } else if (strcmp(arg, "-c") == 0 && *argc > 2) {
            if (lf_config_read((*argv)[2], ".", &config, &e) != LF_OK)
                ok = false;
            else
                data = lf_arena_cstr(&c->a, lf_config_get(config, LF_OPT_NODE_DATA));
            lf_config_destroy(config);
        } else if (strcmp(arg, "--json") == 0) {
            *json = true;
            used = 1;
        } else {
            break;
        }
        (*argv)[used] = (*argv)[0];
        *argv += used;
        *argc -= used;
    }
    if (ok) {
        struct lf_arena keep = c->a;

        ok = lf_client_open(c, data ? data : "data", &e) == LF_OK;
        c->a = keep;
    }
    if (!ok)
        fprintf(stderr, "lianfang: %s\n", e.text);
    return ok;
}
