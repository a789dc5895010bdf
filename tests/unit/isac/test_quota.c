/* Counting of requests: isac/quota.h. */
#include "isac/quota.h"

#include "node.h"

static struct node d;
static const lf_view orgs[] = { { "10000000-0000-4000-8000-00000000000a", 36 },
                                { "10000000-0000-4000-8000-00000000000b", 36 } };

static void as(int org, unsigned roles, lf_view account)
{
    node_task(&d, roles, account);
    d.t.scope.org = orgs[org];
}

/* Requests of an organisation's accounts; those of the other's accounts are none of its. */
static int64_t used(struct lf_quota *q, int org)
{
    const struct lf_quota_row *rows;
    struct lf_err e = { 0 };
    int64_t sum = 0;
    size_t n = 0;

    as(org, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_quota_list(q, &d.t, &n, &rows, &e), &e);
    for (size_t i = 1; i < n; i++) {
        uint64_t account = 0;

        CHECK(lf_view_u64(lf_view_from(rows[i].member, strlen("account:a")), &account) &&
                  account % 2 == (uint64_t)org,
              "%.*s is counted for another organisation", LF_FMT(rows[i].member));
        sum += rows[i].used.requests;
    }
    return sum;
}

/* More accounts than places, of two organisations in turn: each takes another's place. */
static void requests_are_kept_under_the_organisation_of_who_made_them(void)
{
    enum { ACCOUNTS = 3 * LF_QUOTA_SLOTS };
    struct lf_quota *q = lf_quota_create();
    struct lf_err e = { 0 };
    lf_time wait;

    node_open(&d, "sector", "sector", 5);
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    for (int i = 0; i < ACCOUNTS; i++) {
        as(i % 2, LF_ROLE_SHARE, lf_arena_printf(&d.life, "a%d", i));
        CHECK_OK(lf_quota_request(q, &d.t, &wait, &e), &e);
    }
    CHECK(used(q, 0) == ACCOUNTS / 2 && used(q, 1) == ACCOUNTS / 2, "%lld and %lld of %d requests",
          (long long)used(q, 0), (long long)used(q, 1), ACCOUNTS);
    CHECK_OK(lf_db_commit(d.db, &e), &e);
    lf_quota_destroy(q);
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(requests_are_kept_under_the_organisation_of_who_made_them);
    DONE();
}
