#include <time.h>

#include "ident/organisation.h"
#include "lf_world.h"

static void a_password_is_right_only_for_its_own_hash(void)
{
    struct world w;
    char one[LF_PASSWORD_HASH], two[LF_PASSWORD_HASH];
    struct lf_err e = { 0 };

    world_open(&w);
    CHECK_OK(lf_password_hash(&w.env, PASSWORD, one, &e), &e);
    CHECK_OK(lf_password_hash(&w.env, PASSWORD, two, &e), &e);
    CHECK(strcmp(one, two) != 0, "two hashes of one password have different salts");
    CHECK(lf_view_starts(lf_view_of(one), LF_V("$argon2id$v=19$m=19456,t=2,p=1$")), "%s", one);
    CHECK(lf_password_ok(lf_view_of(one), PASSWORD) && lf_password_ok(lf_view_of(two), PASSWORD));
    CHECK(!lf_password_ok(lf_view_of(one), LF_V("a good long passwore")));
    CHECK(!lf_password_ok(lf_view_of(one), LF_V("")) && !lf_password_ok(LF_V(""), LF_V("")));
    CHECK(!lf_password_ok(LF_V("$argon2id$nonsense"), PASSWORD));
    world_close(&w);
}

/* Else the time of an answer tells which names there are. */
static void a_hash_of_nobody_costs_what_one_of_somebody_costs(void)
{
    char one[LF_PASSWORD_HASH], nobody[LF_PASSWORD_HASH];
    struct world w;
    struct lf_err e = { 0 };
    clock_t real = 0, none = 0;

    world_open(&w);
    CHECK_OK(lf_password_hash(&w.env, PASSWORD, one, &e), &e);
    lf_password_nobody(&w.env, nobody);
    CHECK(strlen(nobody) == strlen(one) && !memcmp(nobody, one, strlen("$argon2id$v=19$m=19456,t=2,p=1$")),
          "%s", nobody);
    for (int i = 0; i < 3; i++) {
        clock_t began = clock();

        CHECK(lf_password_ok(lf_view_of(one), PASSWORD));
        real += clock() - began;
        began = clock();
        CHECK(!lf_password_ok(lf_view_of(nobody), PASSWORD));
        none += clock() - began;
    }
    CHECK(none > real / 2, "%ld of %ld", (long)none, (long)real);
    world_close(&w);
}

static void weak_passwords_and_odd_names_are_refused(void)
{
    static const struct {
        lf_view name, password;
        enum lf_code want;
    } rows[] = {
        { LF_VIEW("ann"), LF_VIEW("short"), LF_UNACCEPTED },
        { LF_VIEW("ann"), LF_VIEW("elevenchars"), LF_UNACCEPTED },
        { LF_VIEW("ann.anderson"), LF_VIEW("Ann.Anderson"), LF_UNACCEPTED },
        { LF_VIEW("ann"), LF_VIEW("十二個字的密碼是可以的喔"), LF_OK },
        { LF_VIEW("ben"), LF_VIEW("十一個字的密碼不可以喔"), LF_UNACCEPTED },
        { LF_VIEW("Ben"), LF_VIEW("a good long password"), LF_BAD_INPUT },
        { LF_VIEW(""), LF_VIEW("a good long password"), LF_BAD_INPUT },
        { LF_VIEW("-ben"), LF_VIEW("a good long password"), LF_BAD_INPUT },
        { LF_VIEW("b\0n"), LF_VIEW("a good long password"), LF_BAD_INPUT },
        { LF_VIEW("b\"n"), LF_VIEW("a good long password"), LF_BAD_INPUT },
        { LF_VIEW("ben@agency.gov"), LF_VIEW("a good long password"), LF_OK },
        { LF_VIEW("ben@agency.gov"), LF_VIEW("a good long password"), LF_CONFLICT },
    };
    struct world w;

    world_open(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_err e = { 0 };
        lf_view id;
        enum lf_code rc = lf_account_create(&w.t, LF_V(""), rows[i].name, (lf_view){ 0 }, rows[i].password,
                                            LF_ROLE_READER, &id, &e);
        CHECK(rc == rows[i].want, "row %zu: %s %s", i, lf_code_name(rc), e.text);
    }
    world_close(&w);
}

static void only_an_administrator_manages_accounts(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_account x;
    struct lf_account_list list;
    lf_view reader, other, id;

    world_open(&w);
    reader = world_account(&w, "reader", LF_ROLE_READER);
    other = world_account(&w, "other", LF_ROLE_READER);
    world_as(&w, reader, w.self.org, LF_ROLE_READER);
    CHECK_CODE(lf_account_create(&w.t, LF_V(""), LF_V("x"), LF_V(""), PASSWORD, LF_ROLE_READER, &id, &e),
               LF_FORBIDDEN);
    CHECK_CODE(lf_account_set_roles(&w.t, w.ident, reader, LF_ROLE_ADMIN, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_account_disable(&w.t, w.ident, other, true, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_account_get(&w.t, other, &x, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_account_list(&w.t, LF_V(""), NULL, &list, &e), LF_FORBIDDEN);
    CHECK_OK(lf_account_get(&w.t, reader, &x, &e), &e);
    CHECK_VIEW(x.name, LF_V("reader"));
    CHECK_CODE(lf_account_create(&w.t, LF_V(""), LF_V("x"), LF_V(""), PASSWORD, LF_ROLE_SYSTEM, &id, &e),
               LF_FORBIDDEN);
    world_close(&w);
}

static void one_organisation_does_not_see_the_accounts_of_another(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_account x;
    struct lf_account_list list;
    lf_view org, home_admin, id, theirs = { 0 };

    world_open(&w);
    home_admin = world_account(&w, "home", LF_ROLE_ADMIN);
    CHECK_OK(lf_organisation_create(&w.t, LF_V("學校"), LF_V("2.16.886"), &org, &e), &e);
    world_as(&w, LF_V("someone"), org, LF_ROLE_ADMIN);
    CHECK_OK(
        lf_account_create(&w.t, LF_V(""), LF_V("theirs"), LF_V(""), PASSWORD, LF_ROLE_ADMIN, &theirs, &e),
        &e);
    CHECK_CODE(lf_account_get(&w.t, home_admin, &x, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_account_set_password(&w.t, w.ident, home_admin, LF_V(""), PASSWORD, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_account_disable(&w.t, w.ident, home_admin, true, &e), LF_NOT_FOUND);
    CHECK_OK(lf_account_list(&w.t, LF_V(""), NULL, &list, &e), &e);
    CHECK(list.count == 1);
    CHECK_CODE(lf_organisation_create(&w.t, LF_V("x"), LF_V(""), &id, &e), LF_FORBIDDEN);
    /* but the node's own administrator manages theirs */
    world_as(&w, home_admin, w.self.org, LF_ROLE_ADMIN);
    CHECK_OK(lf_account_disable(&w.t, w.ident, theirs, true, &e), &e);
    CHECK_OK(lf_account_get(&w.t, theirs, &x, &e), &e);
    CHECK(x.disabled);
    world_close(&w);
}

static void tenants_are_listed_by_name_without_gap_and_named_once(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_organisation_page list;
    struct lf_account_list people;
    struct lf_page page = { .limit = 2 };
    lf_view id, admin, first = { 0 }, account;
    size_t n = 0, opened = 0;

    world_open(&w);
    admin = world_account(&w, "home", LF_ROLE_ADMIN);
    world_as(&w, admin, w.self.org, LF_ROLE_ADMIN);
    for (int i = 0; i < 5; i++) {
        lf_view name = lf_arena_printf(w.t.a, "t%d", i);

        CHECK_OK(lf_organisation_create(&w.t, name, lf_arena_printf(w.t.a, "2.%d", i), &id, &e), &e);
        if (!i)
            first = id;
        CHECK_OK(lf_account_create(&w.t, id, name, LF_V(""), PASSWORD, LF_ROLE_READER, &account, &e), &e);
        if (i % 2)
            CHECK_OK(lf_account_disable(&w.t, w.ident, account, true, &e), &e);
    }
    CHECK_CODE(lf_organisation_create(&w.t, LF_V("t1"), LF_V(""), &id, &e), LF_CONFLICT);
    CHECK_CODE(lf_organisation_create(&w.t, LF_V("t9"), LF_V("2.1"), &id, &e), LF_CONFLICT);
    CHECK_CODE(lf_organisation_set(&w.t, first, LF_V("t1"), LF_V(""), &e), LF_CONFLICT);
    CHECK_CODE(lf_organisation_set(&w.t, first, LF_V("t0"), LF_V("2.x"), &e), LF_BAD_INPUT);
    CHECK_CODE(lf_organisation_set(&w.t, w.self.org, LF_V("own"), LF_V(""), &e), LF_UNACCEPTED);
    CHECK_OK(lf_organisation_set(&w.t, first, LF_V("t0"), LF_V(""), &e), &e); /* its own name again */
    do {
        CHECK_OK(lf_organisation_list(&w.t, &page, &list, &e), &e);
        for (size_t i = 0; i < list.n; i++, n++) {
            CHECK(lf_view_eq(list.items[i].name, lf_arena_printf(w.t.a, "t%zu", n)));
            CHECK(list.items[i].accounts == 1);
            opened += (size_t)list.items[i].open;
        }
        page.after = list.next;
    } while (list.next.len);
    CHECK(n == 5 && opened == 3);
    CHECK_OK(lf_account_list(&w.t, first, NULL, &people, &e), &e);
    CHECK(people.count == 1 && lf_view_is(people.item[0].name, "t0"));
    CHECK_CODE(lf_account_list(&w.t, LF_V("nobody"), NULL, &people, &e), LF_NOT_FOUND);
    world_as(&w, account, first, LF_ROLE_ADMIN);
    CHECK_CODE(lf_organisation_list(&w.t, NULL, &list, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_organisation_set(&w.t, first, LF_V("mine"), LF_V(""), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_account_create(&w.t, id, LF_V("x"), LF_V(""), PASSWORD, LF_ROLE_READER, &account, &e),
               LF_FORBIDDEN);
    world_close(&w);
}

static void the_last_administrator_stays(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view one, two;

    world_open(&w);
    one = world_account(&w, "one", LF_ROLE_ADMIN);
    CHECK_CODE(lf_account_disable(&w.t, w.ident, one, true, &e), LF_UNACCEPTED);
    CHECK_CODE(lf_account_set_roles(&w.t, w.ident, one, LF_ROLE_READER, &e), LF_UNACCEPTED);
    two = world_account(&w, "two", LF_ROLE_ADMIN);
    CHECK_OK(lf_account_disable(&w.t, w.ident, one, true, &e), &e);
    CHECK_CODE(lf_account_set_roles(&w.t, w.ident, two, LF_ROLE_READER, &e), LF_UNACCEPTED);
    world_close(&w);
}

static void accounts_page_by_name_without_gap_or_repeat(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_page page = { .limit = 3 };
    struct lf_account_list list;
    char last[LF_ACCOUNT_NAME + 1] = "";
    size_t seen = 0, pages = 0;

    world_open(&w);
    for (int i = 0; i < 7; i++) {
        char name[16];
        snprintf(name, sizeof name, "u%d", (i * 5) % 7);
        world_account(&w, name, LF_ROLE_READER);
    }
    do {
        CHECK_OK(lf_account_list(&w.t, LF_V(""), &page, &list, &e), &e);
        for (size_t i = 0; i < list.count; i++, seen++) {
            CHECK(lf_view_cmp(list.item[i].name, lf_view_of(last)) > 0);
            snprintf(last, sizeof last, "%.*s", LF_FMT(list.item[i].name));
        }
        page.after = list.next;
    } while (list.next.len && ++pages < 10);
    CHECK(seen == 7 && pages == 2, "%zu in %zu", seen, pages);
    world_close(&w);
}

static void a_new_node_gets_its_first_administrator_once(void)
{
    struct world w;
    struct lf_err e = { 0 };
    lf_view password = { 0 }, again = { 0 }, session, account;

    world_open(&w);
    CHECK_OK(lf_seed_admin(&w.t, LF_V("admin"), &password, &account, &e), &e);
    CHECK(password.len == 20 && account.len);
    CHECK_OK(lf_seed_admin(&w.t, LF_V("admin"), &again, &account, &e), &e);
    CHECK(again.len == 0 && !account.len);
    CHECK_OK(lf_login(&w.t, w.ident, LF_V("admin"), password, LF_V(""), LF_V("::1"), &session, &e), &e);
    CHECK(w.t.scope.roles & LF_ROLE_ADMIN);
    world_close(&w);
}

static void role_names_go_both_ways(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    unsigned roles = 0;

    CHECK_OK(lf_roles_parse(LF_V("admin, reader"), &roles, &e), &e);
    CHECK(roles == (LF_ROLE_ADMIN | LF_ROLE_READER));
    CHECK_VIEW(lf_roles_text(&a, roles), LF_V("admin,reader"));
    CHECK_CODE(lf_roles_parse(LF_V("admin,system"), &roles, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_roles_parse(LF_V(""), &roles, &e), LF_BAD_INPUT);
    lf_arena_clear(&a);
}

static void a_node_is_the_same_at_each_start(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_identity again;
    lf_view value;

    world_open(&w);
    CHECK_OK(lf_node_load_or_create(w.t.db, &w.env, &w.arena, LF_V(""), LF_V(""), &again, &e), &e);
    CHECK_VIEW(again.node, w.self.node);
    CHECK_VIEW(again.org, w.self.org);
    CHECK(memcmp(again.sign_secret, w.self.sign_secret, LF_SIGN_SECRET) == 0);
    CHECK(memcmp(again.redact_key, w.self.redact_key, 32) == 0);
    CHECK(lf_view_starts(again.node, LF_V("identity--")) && lf_uuid_ok(lf_view_from(again.node, 10)));
    CHECK_CODE(lf_node_load_or_create(w.t.db, &w.env, &w.arena, LF_V(""), LF_V("nation"), &again, &e),
               LF_CONFLICT);
    CHECK_OK(lf_node_load_or_create(w.t.db, &w.env, &w.arena, LF_V("renamed"), LF_V("provider"), &again, &e),
             &e);
    CHECK_VIEW(again.name, LF_V("renamed"));
    CHECK_CODE(lf_setting_get(&w.t, LF_V("ident.seed"), &value, &e), LF_FORBIDDEN);
    CHECK_OK(lf_setting_set(&w.t, LF_V("shield.ttl"), LF_V("60"), &e), &e);
    CHECK_OK(lf_setting_get(&w.t, LF_V("shield.ttl"), &value, &e), &e);
    CHECK_VIEW(value, LF_V("60"));
    CHECK_CODE(lf_setting_get(&w.t, LF_V("shield.none"), &value, &e), LF_NOT_FOUND);
    world_close(&w);
}

int main(void)
{
    RUN(a_password_is_right_only_for_its_own_hash);
    RUN(a_hash_of_nobody_costs_what_one_of_somebody_costs);
    RUN(weak_passwords_and_odd_names_are_refused);
    RUN(only_an_administrator_manages_accounts);
    RUN(one_organisation_does_not_see_the_accounts_of_another);
    RUN(tenants_are_listed_by_name_without_gap_and_named_once);
    RUN(the_last_administrator_stays);
    RUN(accounts_page_by_name_without_gap_or_repeat);
    RUN(a_new_node_gets_its_first_administrator_once);
    RUN(role_names_go_both_ways);
    RUN(a_node_is_the_same_at_each_start);
    DONE();
}
