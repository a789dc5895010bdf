/* What each named statement makes SQLite walk, as its planner says on the schema of a new node (no node has
 * statistics of its own: nothing runs ANALYZE).  A walk is a scan of a table or of an index, or a search that
 * knows no more than the organisation, whose rows are mostly all there are.  One is allowed of a table that
 * stays small, or for a reason that stands here; whatever else is one is a page, a list or a clock
 * that gets slower with each row. */
#include <sqlite3.h>
#include <stdio.h>

#include "lf_test.h"
#include "store/queries.h"

/* Tables that stay small, and why. */
static const struct {
    const char *table, *why;
} small[] = {
    { "account", "people" },
    { "advisory", "written by people" },
    { "analysis", "written by people" },
    { "arrival_over", "a rule and a key of the second line, as long as its window" },
    { "article", "written by people" },
    { "bulletin_row", "what a bulletin asks of members" },
    { "case_import", "files a person gave" },
    { "chain_peer", "one a neighbour" },
    { "clock_set", "rule sets of clocks" },
    { "collection", "made by people and links" },
    { "contact", "people" },
    { "device", "senders of logs" },
    { "device_fact", "what is known of them" },
    { "digest", "people's" },
    { "duty", "posts of people" },
    { "duty_ask", "asked of people" },
    { "exercise", "held by people" },
    { "exercise_part", "members in them" },
    { "exercise_told", "what waits to be told to members" },
    { "feed", "set up by people" },
    { "handover", "one a shift; those due alone" },
    { "hunt", "waiting searches of the archive" },
    { "inbox_source", "mailboxes" },
    { "inquiry", "asked by people, and answered" },
    { "legal_hold", "set by people" },
    { "lost_factor", "people who lost one" },
    { "lure", "campaigns of exercises" },
    { "lure_consent", "members" },
    { "member", "members" },
    { "member_quota", "members" },
    { "national_member", "members" },
    { "object_again", "what the index has still to take" },
    { "object_grade", "graded by people" },
    { "object_lifetime", "types" },
    { "object_segment", "some dozens for ten million objects" },
    { "organisation", "tenants" },
    { "partner", "kept by people, at most 2,000" },
    { "peer", "neighbours" },
    { "playbook", "written by people" },
    { "playbook_file", "playbooks" },
    { "playbook_version", "written by people" },
    { "policy", "signed by people" },
    { "question", "asked by people" },
    { "question_policy", "signed by people" },
    { "recovery_procedure", "written by people, at most 64" },
    { "recovery_run", "of incidents that a person called for one in" },
    { "recovery_version", "written by people" },
    { "report_addition", "fields of sectors" },
    { "responder", "people" },
    { "saved_search", "people's" },
    { "session", "people signed in" },
    { "sharing_group", "made by people" },
    { "station", "entered by people, at most 20,000" },
    { "statement", "written by people" },
    { "stix_type", "types" },
    { "team", "called together by people" },
    { "unit", "organisations known by name" },
    { "weakness", "found and written by people, at most 500 an exercise" },
    { "zone_state", "zones" },
};

/* Statements that walk a table which grows, and why they may. */
static const struct {
    const char *statement, *why;
} allowed[] = {
    { "alert_counts", "open ones alone, which people work through" },
    { "alert_next_number", "the last of an index" },
    { "arrival_add", "the last of an index" },
    { "arrival_expire", "the last of an index" },
    { "asset_bits", "a step of an index for each length there is" },
    { "asset_count", "an index, counted when a person opens the list" },
    { "audit_last", "the last row" },
    { "block_few", "active ones until there are more than :limit" },
    { "block_names", "counted for a page of its own, active ones alone" },
    { "block_values", "the zone is made of all that are active" },
    { "device_prune_days", "days of senders, once an hour" },
    { "device_prune_quiet", "gaps of senders, once an hour" },
    { "exclusion_proposals", "alerts judged wrong alone" },
    { "feed_again", "a person changes how a feed is read" },
    { "inbox_add", "the last of an index" },
    { "incident_file_total", "files that people gave, their sizes alone" },
    { "incident_rehome", "a node below moved to another parent" },
    { "incident_task_add", "the last of an index" },
    { "incident_waiting_count", "what nobody has reviewed, at most a thousand: the index has no others" },
    { "indicator_look_all", "a person changes what all are reckoned by" },
    { "mail_expire", "mail of the last days, now and then" },
    { "mail_sealed_count", "mail of the last days, for a page of its own" },
    { "mail_soonest", "the first of those that wait" },
    { "manning_there", "who is there now" },
    { "network_clear", "the table is given anew as a whole" },
    { "network_count", "counted for a page of its own" },
    { "network_home", "the few rows of our own" },
    { "notice_delivery_fared", "those under way" },
    { "notice_delivery_unhanded", "those to be handed on, the oldest first" },
    { "notice_raised", "those to be told, the oldest first" },
    { "outbox_count", "what waits to be sent" },
    { "outbox_keys", "what waits to be sent" },
    { "outbox_keys_count", "what waits to be sent" },
    { "outbox_list", "what waits to be sent, the first :most" },
    { "overdue_referrals", "written by people, some for a grave incident" },
    { "partner_channel_late", "a few for each partner, once a minute" },
    { "publication_list", "some sixty rows a year, which the list shows" },
    { "referral_add", "the last of an index" },
    { "referral_duty_add", "the last of an index" },
    { "referral_letter_fared", "letters under way" },
    { "seminar_first", "the first of an index" },
    { "seminar_part_count", "who took part in a year, at most some thousands" },
    { "seminar_part_list", "who took part in a year, which the list shows" },
    { "team_todo", "those to be told" },
    { "zone_change_oldest", "the first of an index" },
};
static bool met[sizeof allowed / sizeof *allowed];

static sqlite3 *db;

static bool word_at(const char *text, const char *at, size_t len)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

    return (at == text || !strchr(letters, at[-1])) && (!at[len] || !strchr(letters, at[len]));
}

/* Whether the statement calls this table so. */
static bool calls(const char *sql, const char *table, const char *name)
{
    size_t len = strlen(table);

    for (const char *at = strstr(sql, table); at; at = strstr(at + 1, table)) {
        const char *next = at + len;

        if (!word_at(sql, at, len))
            continue;
        next += strspn(next, " \n");
        if (strncmp(next, "AS ", 3) == 0)
            next += 3;
        if (strcmp(table, name) == 0 ||
            (strncmp(next, name, strlen(name)) == 0 && word_at(sql, next, strlen(name))))
            return true;
    }
    return false;
}

/* The table that the planner means: it names an index, or what the statement calls the table.  False: a
 * result of the statement's own, of which the plan has lines too. */
static bool table_of(const char *sql, const char *name, const char *index, char out[64])
{
    sqlite3_stmt *st;
    bool found = false;

    CHECK(sqlite3_prepare_v2(db, "SELECT tbl_name, type, name FROM sqlite_master", -1, &st, NULL) ==
          SQLITE_OK);
    while (!found && sqlite3_step(st) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(st, 0);
        const char *type = (const char *)sqlite3_column_text(st, 1);

        found = strcmp(type, "index") == 0 ? strcmp((const char *)sqlite3_column_text(st, 2), index) == 0
                                           : !*index && calls(sql, table, name);
        if (found)
            snprintf(out, 64, "%s", table);
    }
    sqlite3_finalize(st);
    return found;
}

/* One line of a plan: whether it walks, what the statement calls the table, by which index. */
static bool walks(const char *line, char name[64], char index[64])
{
    const char *end = strstr(line, "(org=?)"), *by = strstr(line, "INDEX ");
    bool search = strncmp(line, "SEARCH ", 7) == 0;

    *index = '\0';
    if (sscanf(line, "SCAN %63s", name) != 1 && sscanf(line, "SEARCH %63s", name) != 1)
        return false;
    if (by)
        (void)sscanf(by, "INDEX %63s", index);
    return strcmp(line, "SCAN CONSTANT ROW") != 0 &&
           (!search || (end && (!end[7] || strcmp(end + 7, " LEFT-JOIN") == 0)));
}

static bool is_allowed(const char *table, const char *statement)
{
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (strcmp(small[i].table, table) == 0)
            return true;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(allowed[i].statement, statement) == 0)
            return met[i] = true;
    return false;
}

static void no_statement_walks_a_table_that_grows(void)
{
    for (int q = 0; q < LF_QUERIES; q++) {
        const char *sql = lf_queries[q]->sqlite;
        char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
        sqlite3_stmt *st = NULL;

        CHECK(sqlite3_prepare_v2(db, text, -1, &st, NULL) == SQLITE_OK, "%s: %s", lf_queries[q]->name,
              sqlite3_errmsg(db));
        while (st && sqlite3_step(st) == SQLITE_ROW) {
            const char *line = (const char *)sqlite3_column_text(st, 3);
            char name[64], index[64], table[64];

            if (walks(line, name, index) && table_of(sql, name, index, table))
                CHECK(is_allowed(table, lf_queries[q]->name),
                      "%s walks all of %s (%s): give it an index, or say above why it may",
                      lf_queries[q]->name, table, line);
        }
        sqlite3_finalize(st);
        sqlite3_free(text);
    }
}

static void what_may_walk_does(void)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        CHECK(met[i], "%s walks nothing that grows: take it off the list", allowed[i].statement);
}

static void small_tables_are_there(void)
{
    char table[64];

    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        CHECK(table_of(small[i].table, small[i].table, "", table) && strcmp(table, small[i].table) == 0, "%s",
              small[i].table);
}

int main(void)
{
    CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
    for (const struct lf_migration *m = lf_migrations_sqlite; m->name; m++)
        CHECK(sqlite3_exec(db, m->sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", m->name, sqlite3_errmsg(db));
    RUN(no_statement_walks_a_table_that_grows);
    RUN(what_may_walk_does);
    RUN(small_tables_are_there);
    sqlite3_close(db);
    DONE();
}
