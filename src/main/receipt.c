/* lianfang receipt verify FILE --key KEY: whether a receipt was signed by the node
 * whose Ed25519 public key is KEY (64 hexadecimal digits or base64). */
#include <stdio.h>

#include "main/commands.h"
#include "main/input.h"
#include "model/incident.h"

static enum lf_code read_key(struct lf_arena *a, lf_view text, uint8_t key[LF_SIGN_PUBLIC], struct lf_err *e)
{
    lf_view raw;

    if (text.len == 2 * LF_SIGN_PUBLIC)
        return lf_unhex(text, key, LF_SIGN_PUBLIC, e);
    LF_TRY(lf_unbase64(a, text, &raw, e));
    if (raw.len != LF_SIGN_PUBLIC)
        return lf_err_set(e, LF_BAD_INPUT, "--key is %zu bytes, not %d", raw.len, LF_SIGN_PUBLIC);
    memcpy(key, raw.ptr, LF_SIGN_PUBLIC);
    return LF_OK;
}

/* LF_OK: good; LF_UNAUTHENTIC: not signed by that key; anything else: bad input. */
static enum lf_code check(struct lf_arena *a, const char *file, lf_view key_text,
                          struct lf_incident_event *ev, struct lf_err *e)
{
    uint8_t key[LF_SIGN_PUBLIC];
    enum lf_code rc;
    struct lf_buf in;

    LF_TRY(read_key(a, key_text, key, e));
    lf_buf_init(&in, LF_INCIDENT_EVENT_BYTES);
    rc = lf_input_read(file, &in, e);
    if (rc == LF_OK)
        rc = lf_incident_event_read(a, lf_buf_view(&in), ev, e);
    lf_buf_clear(&in);
    LF_TRY(rc);
    if (!lf_view_is(ev->kind, "received_by_reviewer"))
        return lf_err_set(e, LF_BAD_INPUT, "an incident event, but no receipt: its kind is %.*s",
                          LF_FMT(ev->kind));
    if (memcmp(key, ev->key, sizeof key) != 0)
        return lf_err_set(e, LF_UNAUTHENTIC, "signed with another key");
    return lf_incident_event_verify(a, ev, e);
}

int lf_receipt_main(int argc, char **argv)
{
    static const char usage[] = "lianfang receipt verify FILE --key KEY [--json]";
    struct lf_incident_event ev = { 0 };
    const char *file = NULL, *key = NULL;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    char text[LF_TIME_TEXT];
    bool json = false;
    enum lf_code rc;

    for (int i = 1; i < argc; i++) {
        lf_view arg = lf_view_of(argv[i]);

        if (lf_view_is(arg, "--help")) {
            printf("usage: %s\nExit 0: signed by that key and unchanged; 1: not; 2: no receipt.\n", usage);
            return 0;
        }
        if (lf_view_is(arg, "--json"))
            json = true;
        else if (lf_view_is(arg, "--key") && i + 1 < argc)
            key = argv[++i];
        else if (i > 1 && !file)
            file = argv[i];
    }
    if (argc < 2 || !lf_view_is(lf_view_of(argv[1]), "verify") || !file || !key) {
        fprintf(stderr, "lianfang receipt: say `%s`\n", usage);
        return 2;
    }
    rc = check(&a, file, lf_view_of(key), &ev, &e);
    if (rc != LF_OK && rc != LF_UNAUTHENTIC) {
        fprintf(stderr, "lianfang receipt: %s: %s\n", file, e.text);
        lf_arena_clear(&a);
        return 2;
    }
    if (json) {
        struct lf_buf out;
        struct lf_json_w w;

        lf_buf_init(&out, 65536);
        w = lf_json_w(&out);
        lf_json_open(&w, '{');
        lf_json_put_bool(&w, "ok", rc == LF_OK);
        lf_json_put_str(&w, "incident", ev.incident);
        lf_json_put_str(&w, "receipt", ev.id);
        lf_json_put_str(&w, "report", lf_json_str(ev.body, "report"));
        lf_json_put_str(&w, "node", ev.node);
        lf_json_put_str(&w, "received_at", lf_time_micro(ev.recorded, text));
        lf_json_close(&w);
        printf("%.*s\n", (int)out.len, out.ptr);
        lf_buf_clear(&out);
    } else if (rc == LF_OK) {
        printf("good: %.*s received %.*s at %.*s\n", LF_FMT(ev.node), LF_FMT(ev.incident),
               LF_FMT(lf_time_whole(ev.recorded, text)));
    } else {
        printf("NOT good: %s\n", e.text);
    }
    lf_arena_clear(&a);
    return rc == LF_OK ? 0 : 1;
}
