#include <unistd.h>

#include "cert/contact.h"
#include "cert/contact_key.h"
#include "cert/incident.h"
#include "cert/incident_task.h"
#include "cert/notice.h"
#include "cert/unit.h"
#include "ident/account.h"
#include "ident/node.h"
#include "lf_engines.h"
#include "lf_seal_keys.h"
#include "lf_test.h"
#include "model/role.h"
#include "store/query_ident.h"

/* A provider with one tenant: what the people of the one may do to those of the other. */
static struct lf_arena arena;
static uint64_t chance = 88172645463325252u;

static lf_time read_now(void *ctx)
{
    (void)ctx;
    return 1772413200000000;
}

static void read_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
        ((uint8_t *)out)[i] = (uint8_t)chance;
    }
}

static const struct lf_env env = { .now = read_now, .tick = read_now, .random = read_random };
static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
static struct lf_identity self;
static struct lf_task t;
static struct lf_err e;
static char path[64];
static lf_view ann, tom, tia;    /* accounts: the node's analyst, the tenant's reporter and analyst */
static lf_view ours, theirs;     /* units */
static lf_view tia_here, tia_at; /* Tia's contacts: of the node's unit, of the tenant's */

static void as(lf_view org, lf_view account, unsigned roles)
{
    t.scope = (struct lf_scope){ .org = org, .account = account, .roles = roles };
}

static lf_view account(lf_view org, const char *name, unsigned roles)
{
    lf_view id = LF_V("");

    as(org, LF_V("somebody"), LF_ROLE_ADMIN);
    CHECK_OK(lf_account_create(&t, LF_V(""), lf_view_of(name), lf_view_of(name), LF_V("a long enough one"),
                               roles, &id, &e),
             &e);
    return id;
}

static enum lf_code contact(lf_view unit, lf_view of, lf_view id, lf_view *out)
{
    struct lf_contact c = { .id = id, .unit = unit, .name = LF_V("Tia"), .account = of };

    return lf_contact_put(&t, &c, out, &e);
}

static void up(void)
{
    struct lf_unit u = { .name = LF_V("中心") }, v = { .name = LF_V("圖書館"), .tenant = tenant };
    struct lf_db *db;

    snprintf(path, sizeof path, "/tmp/lf-tenant-%d.db", (int)getpid());
    unlink(path);
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = lf_engine_path(path) }, &env, &db, &e), &e);
    CHECK_OK(lf_node_load_or_create(db, &env, &arena, LF_V("中心"), LF_V("provider"), &self, &e), &e);
    t = (struct lf_task){ .a = &arena, .env = &env, .db = db, .self = &self };
    CHECK_OK(lf_db_exec(db, NULL, &lf_q_organisation_insert,
                        LF_ARGS(LF_TEXT(tenant), LF_TEXT(LF_V("圖書館")), LF_TEXT(LF_V("")),
                                LF_TEXT(self.org), LF_INT(1)),
                        &e),
             &e);
    ann = account(self.org, "ann", LF_ROLE_ANALYST);
    tom = account(tenant, "tom", LF_ROLE_REPORTER);
    tia = account(tenant, "tia", LF_ROLE_ANALYST);
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    u.tenant = self.org;
    CHECK_OK(lf_unit_put(&t, &u, &ours, &e), &e);
    CHECK_OK(lf_unit_put(&t, &v, &theirs, &e), &e);
    CHECK_OK(contact(ours, tia, LF_V(""), &tia_here), &e);
}

static void down(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char name[80];

    lf_db_close(t.db);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    lf_arena_clear(&arena);
}

static void its_contacts_are_accounts_of_its_own(void)
{
    lf_view id;

    as(tenant, tom, LF_ROLE_REPORTER);
    CHECK_CODE(contact(theirs, ann, LF_V(""), &id), LF_BAD_INPUT);
    CHECK_CODE(contact(theirs, LF_V("tia"), LF_V(""), &id), LF_BAD_INPUT); /* a name is no id */
    CHECK_OK(contact(theirs, tia, LF_V(""), &tia_at), &e);
    CHECK_CODE(contact(theirs, ann, tia_at, NULL), LF_BAD_INPUT);
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    CHECK_OK(contact(theirs, ann, LF_V(""), &id), &e); /* who keeps the network may */
    as(tenant, tom, LF_ROLE_REPORTER);
    CHECK_OK(contact(theirs, ann, id, NULL), &e); /* what stands there may stay */
}

static lf_time read_later(void *ctx)
{
    (void)ctx;
    return 1796000000 * LF_SECOND; /* within the life of the test's keys */
}

static size_t keys_for(lf_view address, lf_view contact_id, lf_view org)
{
    const struct lf_mail_key *list;
    size_t n = 99;

    CHECK_OK(lf_mail_key_of(&t, address, contact_id, org, &n, &list, &e), &e);
    return n;
}

/* Else a tenant could have mail to anybody's address encrypted to a key of its own. */
static void a_key_it_enters_counts_for_its_own_contact_and_letters_alone(void)
{
    static const struct lf_env later = { .now = read_later, .tick = read_later, .random = read_random };
    struct lf_contact c = { .unit = theirs, .name = LF_V("Ann"), .email = LF_V("Ann@water.example") },
                      at_ours = c;
    const struct lf_mail_key *list;
    lf_view address = LF_V("ann@water.example"), id, other;
    struct lf_mail_key k;
    size_t n;

    t.env = &later;
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    at_ours.unit = ours;
    CHECK_OK(lf_contact_put(&t, &at_ours, &other, &e), &e);
    as(tenant, tom, LF_ROLE_REPORTER);
    CHECK_OK(lf_contact_put(&t, &c, &id, &e), &e);
    CHECK_CODE(lf_contact_key_add(&t, other, lf_view_of(ANN_PGP_PUBLIC), &k, &e), LF_FORBIDDEN);
    CHECK_OK(lf_contact_key_add(&t, id, lf_view_of(ANN_PGP_PUBLIC), &k, &e), &e);
    CHECK_VIEW(k.key.fingerprint, LF_V(ANN_PGP_FINGERPRINT));
    CHECK_CODE(lf_contact_key_add(&t, id, lf_view_of(NODE_PGP_PUBLIC), &k, &e), LF_BAD_INPUT);
    CHECK(keys_for(address, LF_V(""), LF_V("")) == 0, "it counts for the address at the node");
    CHECK(keys_for(address, other, LF_V("")) == 0, "it counts for another's contact of the address");
    CHECK(keys_for(address, id, LF_V("")) == 1 && keys_for(address, LF_V(""), tenant) == 1,
          "for its own it does");
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    CHECK_OK(lf_contact_key_add(&t, other, lf_view_of(ANN_CMS_PUBLIC), &k, &e), &e);
    CHECK(keys_for(address, LF_V(""), LF_V("")) == 1, "what the node's people entered counts for all");
    as(tenant, tom, LF_ROLE_REPORTER);
    CHECK_CODE(lf_contact_key_remove(&t, other, k.id, &e), LF_FORBIDDEN);
    CHECK_OK(lf_contact_remove(&t, id, &e), &e);
    CHECK(keys_for(address, id, tenant) == 1, "its keys went with the contact, the node's stay");
    CHECK_OK(lf_mail_key_list(&t, id, &n, &list, &e), &e);
    CHECK(n == 0, "%zu keys", n);
    t.env = &env;
}

/* Reports an incident in t's organisation and gives a task of it to `name`. */
static struct lf_notice_page given(lf_view name)
{
    struct lf_incident_task x = { .title = LF_V("secret task"), .assignee = name };
    struct lf_notice_page page = { 0 };
    struct lf_page all = { .limit = LF_PAGE_MOST };
    struct lf_notice_filter f;
    lf_view task;

    CHECK_OK(lf_incident_report(&t, LF_V("{\"title\":\"secret case\",\"level\":2,\"draft\":true}"),
                                &x.incident, &e),
             &e);
    CHECK_OK(lf_incident_task_add(&t, &x, &task, &e), &e);
    f = (struct lf_notice_filter){ .subject = x.incident };
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    CHECK_OK(lf_notice_list(&t, &f, &all, &page, &e), &e);
    return page;
}

static void its_tasks_are_told_to_its_own_contacts_without_what_they_say(void)
{
    struct lf_notice_page page;

    as(tenant, tom, LF_ROLE_REPORTER);
    page = given(LF_V("tia"));
    CHECK(page.n == 1, "%zu", page.n);
    if (page.n != 1)
        return;
    CHECK_VIEW(page.items[0].about, tia_at);
    CHECK_VIEW(page.items[0].title, LF_V(""));
    CHECK_VIEW(page.items[0].detail, LF_V(""));
}

static void the_nodes_tasks_are_told_to_no_contact_of_a_tenant(void)
{
    struct lf_notice_page page;

    as(self.org, LF_V("somebody"), LF_ROLE_REPORTER);
    page = given(LF_V("ann"));
    CHECK(page.n == 0, "%zu: of Ann only the tenant's unit has a contact", page.n);
}

static void its_administrator_releases_its_own_tasks_alone(void)
{
    as(tenant, tom, LF_ROLE_ADMIN);
    CHECK_CODE(lf_incident_task_release(&t, self.org, LF_V("ann"), &e), LF_FORBIDDEN);
    CHECK_OK(lf_incident_task_release(&t, tenant, LF_V("tia"), &e), &e);
    as(self.org, LF_V("somebody"), LF_ROLE_ADMIN);
    CHECK_OK(lf_incident_task_release(&t, tenant, LF_V("tia"), &e), &e);
}

int main(void)
{
    up();
    RUN(its_contacts_are_accounts_of_its_own);
    RUN(a_key_it_enters_counts_for_its_own_contact_and_letters_alone);
    RUN(its_tasks_are_told_to_its_own_contacts_without_what_they_say);
    RUN(the_nodes_tasks_are_told_to_no_contact_of_a_tenant);
    RUN(its_administrator_releases_its_own_tasks_alone);
    down();
    DONE();
}
