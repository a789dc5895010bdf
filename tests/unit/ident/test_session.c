#include "ident/recovery.h"
#include "lf_world.h"

#define HERE LF_V("192.0.2.7")

static enum lf_code login(struct world *w, const char *name, lf_view password, lf_view code, lf_view *token)
{
    return lf_login(&w->t, w->ident, lf_view_of(name), password, code, HERE, token, NULL);
}

static void a_session_lives_until_idle_age_or_logout(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view token, id;

    world_open(&w);
    id = world_account(&w, "ann", LF_ROLE_READER);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    CHECK(token.len == LF_SESSION_TOKEN);
    w.t.scope = (struct lf_scope){ 0 };
    CHECK_OK(lf_session_use(&w.t, token, &e), &e);
    CHECK_VIEW(w.t.scope.account, id);
    CHECK_VIEW(w.t.scope.org, w.self.org);
    w.now += LF_SESSION_IDLE - LF_SECOND;
    CHECK_OK(lf_session_use(&w.t, token, &e), &e);
    w.now += LF_SESSION_IDLE - LF_SECOND;
    CHECK_OK(lf_session_use(&w.t, token, &e), &e);
    w.now += LF_SESSION_IDLE + LF_MINUTE;
    CHECK_CODE(lf_session_use(&w.t, token, &e), LF_UNAUTHENTIC);

    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    for (lf_time end = w.now + LF_SESSION_MOST; w.now <= end; w.now += 20 * LF_MINUTE)
        CHECK_OK(lf_session_use(&w.t, token, &e), &e);
    CHECK_CODE(lf_session_use(&w.t, token, &e), LF_UNAUTHENTIC);

    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    CHECK_OK(lf_logout(&w.t, token, &e), &e);
    CHECK_CODE(lf_session_use(&w.t, token, &e), LF_UNAUTHENTIC);
    CHECK_OK(lf_logout(&w.t, token, &e), &e);
    CHECK_CODE(lf_session_use(&w.t, LF_V("x"), &e), LF_UNAUTHENTIC);
    CHECK_OK(lf_session_sweep(&w.t, &e), &e);
    world_close(&w);
}

static void unknown_wrong_and_disabled_give_one_answer(void)
{
    struct world w;
    struct lf_err a = { 0 }, b = { 0 }, c = { 0 }, e = { 0 };
    lf_view token, id;

    world_open(&w);
    world_account(&w, "boss", LF_ROLE_ADMIN);
    id = world_account(&w, "ann", LF_ROLE_READER);
    CHECK_CODE(lf_login(&w.t, w.ident, LF_V("nobody"), PASSWORD, LF_V(""), HERE, &token, &a), LF_UNAUTHENTIC);
    CHECK_CODE(lf_login(&w.t, w.ident, LF_V("ann"), LF_V("wrong"), LF_V(""), HERE, &token, &b),
               LF_UNAUTHENTIC);
    CHECK_OK(lf_account_disable(&w.t, w.ident, id, true, &e), &e);
    CHECK_CODE(lf_login(&w.t, w.ident, LF_V("ann"), PASSWORD, LF_V(""), HERE, &token, &c), LF_UNAUTHENTIC);
    CHECK(strcmp(a.text, b.text) == 0 && strcmp(b.text, c.text) == 0);
    world_close(&w);
}

static void guessing_is_throttled_by_name_and_by_address_and_forgiven_with_time(void)
{
    struct world w;
    lf_view token;
    int i;

    world_open(&w);
    world_account(&w, "ann", LF_ROLE_READER);
    world_account(&w, "ben", LF_ROLE_READER);
    for (i = 0; i < LF_IDENT_ACCOUNT_TRIES; i++)
        CHECK_CODE(login(&w, "ann", LF_V("wrong"), LF_V(""), &token), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_TOO_MANY);
    CHECK_CODE(login(&w, "ben", PASSWORD, LF_V(""), &token), LF_OK);
    w.now += LF_IDENT_TRY_BACK;
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);

    for (i = 0; i < LF_IDENT_REMOTE_TRIES + 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "guess%d", i);
        if (login(&w, name, LF_V("wrong"), LF_V(""), &token) == LF_TOO_MANY)
            break;
    }
    CHECK(i < LF_IDENT_REMOTE_TRIES, "%d", i);
    CHECK_CODE(login(&w, "ben", PASSWORD, LF_V(""), &token), LF_TOO_MANY);
    CHECK_CODE(lf_login(&w.t, w.ident, LF_V("ben"), PASSWORD, LF_V(""), LF_V("198.51.100.1"), &token, NULL),
               LF_OK);
    world_close(&w);
}

static void a_changed_password_ends_sessions_and_needs_the_old_one(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view token, id, fresh = LF_V("another good password");

    world_open(&w);
    id = world_account(&w, "ann", LF_ROLE_READER);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    CHECK_CODE(lf_account_set_password(&w.t, w.ident, id, LF_V("wrong"), fresh, &e), LF_FORBIDDEN);
    CHECK_OK(lf_account_set_password(&w.t, w.ident, id, PASSWORD, fresh, &e), &e);
    CHECK_CODE(lf_session_use(&w.t, token, &e), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", fresh, LF_V(""), &token), LF_OK);
    world_close(&w);
}

static void a_form_of_another_session_is_refused(void)
{
    struct world w;
    lf_view one, two;

    world_open(&w);
    world_account(&w, "ann", LF_ROLE_READER);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &one), LF_OK);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &two), LF_OK);
    CHECK(lf_csrf_ok(one, lf_csrf_token(&w.arena, one)));
    CHECK(!lf_csrf_ok(one, lf_csrf_token(&w.arena, two)));
    CHECK(!lf_csrf_ok(one, LF_V("")) && !lf_csrf_ok(LF_V(""), lf_csrf_token(&w.arena, LF_V(""))));
    world_close(&w);
}

static void basic_is_remembered_but_not_past_a_change(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view id;

    world_open(&w);
    world_account(&w, "boss", LF_ROLE_ADMIN);
    id = world_account(&w, "ann", LF_ROLE_SHARE);
    CHECK_OK(lf_ident_basic(&w.t, w.ident, LF_V("ann"), PASSWORD, HERE, &e), &e);
    CHECK(w.t.scope.roles == LF_ROLE_SHARE);
    w.t.scope = (struct lf_scope){ 0 };
    CHECK_OK(lf_ident_basic(&w.t, w.ident, LF_V("ann"), PASSWORD, HERE, &e), &e);
    CHECK_VIEW(w.t.scope.account, id);
    CHECK_CODE(lf_ident_basic(&w.t, w.ident, LF_V("ann"), LF_V("wrong"), HERE, &e), LF_UNAUTHENTIC);
    CHECK_CODE(lf_ident_basic(&w.t, w.ident, LF_V("anna"), LF_V(" good long password"), HERE, &e),
               LF_UNAUTHENTIC);
    w.t.scope = lf_node_scope(&w.self);
    CHECK_OK(lf_account_disable(&w.t, w.ident, id, true, &e), &e);
    CHECK_CODE(lf_ident_basic(&w.t, w.ident, LF_V("ann"), PASSWORD, HERE, &e), LF_UNAUTHENTIC);
    world_close(&w);
}

static void a_token_opens_with_its_own_roles_until_revoked_or_expired(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_token_list list;
    struct lf_sender_list senders;
    lf_view ann, id, id2, token, token2;
    uint8_t hash[LF_SHA256];

    world_open(&w);
    ann = world_account(&w, "ann", LF_ROLE_READER | LF_ROLE_SENDER);
    world_as(&w, ann, w.self.org, LF_ROLE_READER | LF_ROLE_SENDER);
    CHECK_CODE(lf_token_create(&w.t, ann, LF_V("x"), LF_ROLE_ADMIN, 0, &id, &token, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_token_create(&w.t, ann, LF_V("a\nb"), LF_ROLE_READER, 0, &id, &token, &e), LF_BAD_INPUT);
    w.t.effects = 0;
    CHECK_OK(lf_token_create(&w.t, ann, LF_V("web-1"), LF_ROLE_SENDER, 0, &id, &token, &e), &e);
    CHECK(w.t.effects & LF_FX_TOKENS);
    CHECK_CODE(lf_token_create(&w.t, ann, LF_V("web-1"), LF_ROLE_SENDER, 0, &id2, &token2, &e), LF_CONFLICT);
    CHECK(strstr(e.text, "another label") && !strstr(e.text, "constraint"), "it says how to mend: %s",
          e.text);
    CHECK(token.len == LF_TOKEN_TEXT && lf_view_starts(token, LF_V("lfp_")));
    CHECK_OK(lf_token_create(&w.t, ann, LF_V("short"), LF_ROLE_READER, w.now + LF_HOUR, &id2, &token2, &e),
             &e);
    CHECK_OK(lf_token_list(&w.t, ann, NULL, &list, &e), &e);
    CHECK(list.count == 2);

    CHECK_OK(lf_ident_bearer(&w.t, w.ident, token, HERE, &e), &e);
    CHECK(w.t.scope.roles == LF_ROLE_SENDER);
    CHECK_CODE(lf_token_create(&w.t, ann, LF_V("more"), LF_ROLE_READER, 0, &id2, &token2, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_ident_bearer(&w.t, w.ident, LF_V("lfp_nonsense"), HERE, &e), LF_UNAUTHENTIC);

    CHECK_OK(lf_sender_list(&w.t, &senders, &e), &e);
    CHECK(senders.count == 1);
    if (senders.count == 1) {
        lf_sha256(token, hash);
        CHECK_VIEW(senders.item[0].name, LF_V("web-1"));
        CHECK(memcmp(senders.item[0].hash, hash, sizeof hash) == 0);
    }
    w.now += 2 * LF_HOUR;
    CHECK_CODE(lf_ident_bearer(&w.t, w.ident, token2, HERE, &e), LF_UNAUTHENTIC);
    world_as(&w, LF_V("stranger"), w.self.org, LF_ROLE_READER);
    CHECK_CODE(lf_token_revoke(&w.t, id, &e), LF_FORBIDDEN);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_OK(lf_token_revoke(&w.t, id, &e), &e);
    CHECK_CODE(lf_ident_bearer(&w.t, w.ident, token, HERE, &e), LF_UNAUTHENTIC);
    world_close(&w);
}

static void a_role_taken_from_the_account_is_taken_from_its_tokens(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_sender_list senders;
    lf_view ann, id, token;

    world_open(&w);
    ann = world_account(&w, "ann", LF_ROLE_READER | LF_ROLE_SENDER);
    CHECK_OK(lf_token_create(&w.t, ann, LF_V("s"), LF_ROLE_SENDER, 0, &id, &token, &e), &e);
    w.t.effects = 0;
    CHECK_OK(lf_account_set_roles(&w.t, w.ident, ann, LF_ROLE_READER, &e), &e);
    CHECK(w.t.effects & LF_FX_TOKENS);
    CHECK_OK(lf_sender_list(&w.t, &senders, &e), &e);
    CHECK(senders.count == 0);
    CHECK_OK(lf_ident_bearer(&w.t, w.ident, token, HERE, &e), &e);
    CHECK(w.t.scope.roles == 0);
    world_close(&w);
}

static lf_view code_at(struct world *w, lf_view secret, lf_time when)
{
    return lf_arena_printf(&w->arena, "%06u",
                           lf_totp_code(secret, (uint64_t)(when / LF_SECOND / LF_TOTP_STEP), LF_TOTP_DIGITS));
}

/* The test's own base32, so that what the user types is what the node checks. */
static lf_view unbase32(struct lf_arena *a, lf_view text)
{
    char *out = lf_arena_alloc(a, text.len, 1);
    size_t n = 0;
    unsigned bits = 0;
    int have = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bits = (bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26)) & 0xfff;
        if ((have += 5) >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    return (lf_view){ out, n };
}

static void a_second_factor_is_asked_for_and_each_code_works_once(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view ann, uri, text, secret, token, code;

    world_open(&w);
    world_account(&w, "boss", LF_ROLE_ADMIN);
    ann = world_account(&w, "ann", LF_ROLE_READER);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_OK(lf_ident_basic(&w.t, w.ident, LF_V("ann"), PASSWORD, HERE, &e), &e);
    CHECK_OK(lf_totp_enrol(&w.t, &uri, &text, &e), &e);
    CHECK(lf_view_starts(uri, LF_V("otpauth://totp/")) && lf_view_find(uri, text) != SIZE_MAX, "%.*s",
          LF_FMT(uri));
    secret = unbase32(&w.arena, text);
    CHECK(secret.len == LF_TOTP_SECRET);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK); /* not confirmed yet */
    CHECK_CODE(lf_totp_confirm(&w.t, w.ident, LF_V("12345"), &e), LF_UNACCEPTED);
    code = code_at(&w, secret, w.now);
    CHECK_OK(lf_totp_confirm(&w.t, w.ident, code, &e), &e);
    CHECK_CODE(lf_ident_basic(&w.t, w.ident, LF_V("ann"), PASSWORD, HERE, &e), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, code, &token), LF_UNAUTHENTIC); /* used to confirm */
    w.now += 30 * LF_SECOND;
    code = code_at(&w, secret, w.now);
    CHECK_CODE(login(&w, "ann", LF_V("wrong"), code, &token), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, code, &token), LF_OK);
    CHECK_CODE(login(&w, "ann", PASSWORD, code, &token), LF_UNAUTHENTIC);
    w.now += 60 * LF_SECOND;
    CHECK_CODE(login(&w, "ann", PASSWORD, code_at(&w, secret, w.now + 90 * LF_SECOND), &token),
               LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "ann", PASSWORD, code_at(&w, secret, w.now - 30 * LF_SECOND), &token), LF_OK);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_CODE(lf_totp_disable(&w.t, w.ident, ann, LF_V("000000"), &e), LF_UNACCEPTED);
    CHECK_OK(lf_totp_disable(&w.t, w.ident, ann, code_at(&w, secret, w.now), &e), &e);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    world_close(&w);
}

static void a_recovery_code_lets_in_once_without_the_telephone(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view ann, uri, text, secret, token, first[LF_RECOVERY_CODES], codes[LF_RECOVERY_CODES];
    int64_t left;
    char *typed;

    world_open(&w);
    world_account(&w, "boss", LF_ROLE_ADMIN);
    ann = world_account(&w, "ann", LF_ROLE_READER);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_CODE(lf_recovery_make(&w.t, w.ident, LF_V("000000"), codes, &e), LF_CONFLICT);
    CHECK_OK(lf_totp_enrol(&w.t, &uri, &text, &e), &e);
    secret = unbase32(&w.arena, text);
    CHECK_OK(lf_totp_confirm(&w.t, w.ident, code_at(&w, secret, w.now), &e), &e);
    CHECK_CODE(lf_recovery_make(&w.t, w.ident, code_at(&w, secret, w.now), codes, &e), LF_UNACCEPTED);
    w.now += 30 * LF_SECOND;
    CHECK_OK(lf_recovery_make(&w.t, w.ident, code_at(&w, secret, w.now), first, &e), &e);
    CHECK_CODE(login(&w, "ann", PASSWORD, code_at(&w, secret, w.now), &token),
               LF_UNAUTHENTIC); /* it was used */
    CHECK_CODE(login(&w, "ann", LF_V("wrong"), first[0], &token), LF_UNAUTHENTIC);
    CHECK_CODE(login(&w, "boss", PASSWORD, first[0], &token),
               LF_OK); /* who has no second factor uses none up */
    CHECK_CODE(login(&w, "ann", PASSWORD, first[0], &token), LF_OK);
    CHECK_CODE(login(&w, "ann", PASSWORD, first[0], &token), LF_UNAUTHENTIC);
    typed = lf_arena_cstr(&w.arena, lf_arena_printf(&w.arena, " %.4s%.4s %.4s-%.4s ", first[1].ptr,
                                                    first[1].ptr + 5, first[1].ptr + 10, first[1].ptr + 15));
    for (char *c = typed; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    CHECK_CODE(login(&w, "ann", PASSWORD, lf_view_of(typed), &token), LF_OK);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_OK(lf_recovery_left(&w.t, &left, &e), &e);
    CHECK(left == LF_RECOVERY_CODES - 2, "%lld", (long long)left);
    CHECK_OK(lf_recovery_make(&w.t, w.ident, first[2], codes, &e), &e); /* one proves it, too */
    CHECK_CODE(login(&w, "ann", PASSWORD, first[3], &token), LF_UNAUTHENTIC);
    for (size_t i = 0; i < LF_RECOVERY_CODES; i++)
        for (size_t k = 0; k < LF_RECOVERY_CODES; k++)
            CHECK(codes[i].len == 19 && !lf_view_eq(codes[i], first[k]) &&
                  (i == k || !lf_view_eq(codes[i], codes[k])));
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_OK(lf_totp_disable(&w.t, w.ident, ann, codes[0], &e), &e);
    CHECK_OK(lf_recovery_left(&w.t, &left, &e), &e);
    CHECK(left == 0, "%lld left", (long long)left);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    world_close(&w);
}

static void an_administrator_takes_off_what_somebody_lost_and_nobody_else_does(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view boss, ann, bob, uri, text, secret, token;

    world_open(&w);
    boss = world_account(&w, "boss", LF_ROLE_ADMIN);
    ann = world_account(&w, "ann", LF_ROLE_READER);
    bob = world_account(&w, "bob", LF_ROLE_ANALYST);
    world_as(&w, ann, w.self.org, LF_ROLE_READER);
    CHECK_OK(lf_totp_enrol(&w.t, &uri, &text, &e), &e);
    secret = unbase32(&w.arena, text);
    CHECK_OK(lf_totp_confirm(&w.t, w.ident, code_at(&w, secret, w.now), &e), &e);
    world_as(&w, bob, w.self.org, LF_ROLE_ANALYST);
    CHECK(lf_totp_disable(&w.t, w.ident, ann, LF_V(""), &e) != LF_OK);
    world_as(&w, boss, w.self.org, LF_ROLE_ADMIN);
    CHECK_CODE(lf_totp_disable(&w.t, w.ident, bob, LF_V(""), &e), LF_CONFLICT);
    CHECK_OK(lf_totp_disable(&w.t, w.ident, LF_V("ann"), LF_V(""), &e), &e);
    CHECK_CODE(login(&w, "ann", PASSWORD, LF_V(""), &token), LF_OK);
    world_close(&w);
}

/* RFC 6238, appendix B (SHA-1, 8 digits). */
static void the_codes_are_those_of_the_standard(void)
{
    static const struct {
        uint64_t seconds;
        uint32_t code;
    } rows[] = { { 59, 94287082 },         { 1111111109, 7081804 },  { 1111111111, 14050471 },
                 { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 } };
    lf_view secret = LF_V("12345678901234567890");
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(lf_totp_code(secret, rows[i].seconds / 30, 8) == rows[i].code, "at %llu",
              (unsigned long long)rows[i].seconds);
    /* RFC 4226, appendix D */
    CHECK(lf_totp_code(secret, 0, 6) == 755224 && lf_totp_code(secret, 9, 6) == 520489);
    /* RFC 4648, section 10, without padding */
    CHECK_VIEW(lf_base32(&a, LF_V("f")), LF_V("MY"));
    CHECK_VIEW(lf_base32(&a, LF_V("fooba")), LF_V("MZXW6YTB"));
    CHECK_VIEW(lf_base32(&a, LF_V("foobar")), LF_V("MZXW6YTBOI"));
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(a_session_lives_until_idle_age_or_logout);
    RUN(unknown_wrong_and_disabled_give_one_answer);
    RUN(guessing_is_throttled_by_name_and_by_address_and_forgiven_with_time);
    RUN(a_changed_password_ends_sessions_and_needs_the_old_one);
    RUN(a_form_of_another_session_is_refused);
    RUN(basic_is_remembered_but_not_past_a_change);
    RUN(a_token_opens_with_its_own_roles_until_revoked_or_expired);
    RUN(a_role_taken_from_the_account_is_taken_from_its_tokens);
    RUN(a_second_factor_is_asked_for_and_each_code_works_once);
    RUN(a_recovery_code_lets_in_once_without_the_telephone);
    RUN(an_administrator_takes_off_what_somebody_lost_and_nobody_else_does);
    RUN(the_codes_are_those_of_the_standard);
    DONE();
}
