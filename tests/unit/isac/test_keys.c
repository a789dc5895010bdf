/* Statements of keys that are not what they say change nothing: isac/keys.h. */
#include "isac/keys.h"

#include "fmt/json.h"
#include "isac/peer.h"
#include "isac/seed.h"
#include "node.h"
#include "store/query_intelligence.h"

static struct node parent, child;
static struct lf_peer row;

/* The child's row at the parent, and the parent's at the child. */
static void pair(void)
{
    struct lf_err e = { 0 };
    struct node *ends[] = { &parent, &child };

    node_open(&parent, "sector", "sector", 3);
    node_open(&child, "provider", "provider", 4);
    for (int i = 0; i < 2; i++) {
        struct node *d = ends[i], *other = ends[1 - i];

        CHECK_OK(lf_isac_seed(&d->t, &e), &e);
        node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_db_exec(d->db, &d->t.scope, &lf_q_peer_add,
                            LF_ARGS(LF_TEXT(LF_V("10000000-0000-4000-8000-000000000001")),
                                    LF_INT(i ? LF_PEER_PARENT : LF_PEER_CHILD), LF_INT(LF_PEER_ACTIVE),
                                    LF_TEXT(other->self.node), LF_TEXT(other->self.name),
                                    LF_TEXT(other->self.tier), LF_TEXT(LF_V("")),
                                    LF_TEXT(lf_hex(d->t.a, other->self.redact_key, 32)),
                                    LF_TEXT(lf_hex(d->t.a, other->self.sign_public, LF_SIGN_PUBLIC)),
                                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                                    LF_TEXT(LF_V("20000000-0000-4000-8000-000000000001")), LF_TEXT(LF_V("")),
                                    LF_TEXT(LF_V("")), LF_INT(0), LF_INT(0)),
                            &e),
                 &e);
    }
    node_task(&parent, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_peer_get(&parent.t, LF_V("10000000-0000-4000-8000-000000000001"), &row, &e), &e);
}

static void unpair(void)
{
    node_close(&parent);
    node_close(&child);
}

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    lf_view *out = ctx;

    (void)e;
    *out = lf_arena_copy(&child.life, lf_row_text(r, 3));
    return LF_OK;
}

/* The child replaces its key; what it says of that. */
static lf_view statement(void)
{
    struct lf_err e = { 0 };
    lf_view out = LF_V("");

    node_task(&child, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_keys_rotate(&child.t, true, LF_V(""), LF_V(""), &e), &e);
    CHECK(child.t.effects & LF_FX_KEYS, "nobody reads the identity again");
    CHECK_OK(
        lf_db_run(child.db, &child.t.scope, &lf_q_outbox_list, LF_ARGS(LF_INT(100)), take, &out, NULL, &e),
        &e);
    return out;
}

static lf_view key_there(void)
{
    struct lf_peer now = { 0 };
    struct lf_err e = { 0 };

    node_task(&parent, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_peer_get(&parent.t, row.id, &now, &e), &e);
    return lf_hex(&parent.life, now.key, sizeof now.key);
}

static enum lf_code hear(lf_view json, struct lf_err *e)
{
    node_task(&parent, LF_ROLE_PEER, LF_V("peer:1"));
    return lf_keys_receive(&parent.t, &row, json, e);
}

/* With every base64 text changed by a letter, one at a time. */
static void what_was_altered_is_refused_and_changes_nothing(void)
{
    static const char *const names[] = { "\"key\":\"",     "\"previous\":\"",
                                         "\"proof\":\"",   "\"signature\":\"",
                                         "\"created\":\"", "\"created_by_ref\":\"identity--" };
    lf_view said, before;
    struct lf_err e = { 0 };

    pair();
    said = statement();
    before = key_there();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t at = lf_view_find(said, lf_view_of(names[i]));
        char *copy = lf_arena_cstr(&child.life, said);

        CHECK(at != SIZE_MAX, "no %s", names[i]);
        copy[at + strlen(names[i]) + 2] = copy[at + strlen(names[i]) + 2] == '1' ? '2' : '1';
        CHECK(hear(lf_view_of(copy), &e) != LF_OK, "%s was altered and nobody minded", names[i]);
        CHECK(lf_view_eq(key_there(), before), "%s was altered and the key is another", names[i]);
    }
    CHECK_OK(hear(said, &e), &e);
    CHECK(!lf_view_eq(key_there(), before), "the true statement changed nothing");
    CHECK_OK(hear(said, &e), &e); /* again, with the row as it was: harmless */
    unpair();
}

static void a_key_that_is_not_the_pinned_one_cannot_be_replaced(void)
{
    struct lf_err e = { 0 };
    lf_view said;

    pair();
    row.key[0] ^= 1;
    said = statement();
    CHECK(hear(said, &e) == LF_UNAUTHENTIC, "%s", e.text);
    unpair();
}

static void only_an_administrator_replaces_keys(void)
{
    struct lf_err e = { 0 };

    pair();
    node_task(&child, LF_ROLE_ANALYST, LF_V("somebody"));
    CHECK(lf_keys_rotate(&child.t, true, LF_V(""), LF_V(""), &e) == LF_FORBIDDEN, "an analyst did");
    node_task(&child, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK(lf_keys_rotate(&child.t, false, LF_V(""), LF_V(""), &e) == LF_BAD_INPUT, "nothing was replaced");
    CHECK(lf_keys_rotate(&child.t, false, LF_V("xyz"), LF_V(""), &e) == LF_BAD_INPUT, "a pin that is none");
    unpair();
}

int main(void)
{
    lf_crypto_init();
    RUN(what_was_altered_is_refused_and_changes_nothing);
    RUN(a_key_that_is_not_the_pinned_one_cannot_be_replaced);
    RUN(only_an_administrator_replaces_keys);
    DONE();
}
