#include "proc/config.h"

#include "lf_test.h"

static enum lf_code parse(const char *text, struct lf_config **c, struct lf_err *e)
{
    return lf_config_parse(lf_view_of(text), "t.ini", "/base", c, e);
}

static const struct {
    const char *name, *in, *says;
} bad[] = {
    { "unknown name suggests the nearest", "[http]\nlisen = 127.0.0.1:1\n",
      "t.ini:2: no setting \"lisen\" in [http]; did you mean listen in [http]?" },
    { "right name, wrong section", "[node]\nlisten = 127.0.0.1:1\n", "did you mean listen in [http]?" },
    { "nothing near", "[node]\nzzzzzzzzzzzz = 1\n", "config sample" },
    { "choice", "[node]\ntier = city\n", "t.ini:2: tier = city; one of provider|sector|nation is taken" },
    { "number out of range", "[intake]\n\nkeep_mb = 3\n",
      "t.ini:3: keep_mb = 3; give a number from 16 to 1048576 (MiB)" },
    { "address without port", "[dns]\nlisten = 127.0.0.1\n", "write host:port" },
    { "a word where yes or no stands", "[intake]\nstdin = true\n", "write yes or no" },
    { "no assignment", "[node]\njust words\n", "t.ini:2: neither" },
    { "a many-section needs a name", "[follow]\npath = /x\n", "no setting \"path\" in [follow]" },
};

static void a_bad_setting_gets_one_clear_sentence(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_config *c = NULL;
        struct lf_err e = { 0 };

        CHECK(parse(bad[i].in, &c, &e) == LF_BAD_INPUT, "%s was taken", bad[i].name);
        CHECK(strstr(e.text, bad[i].says), "%s: %s", bad[i].name, e.text);
        CHECK(!c, "%s", bad[i].name);
    }
}

static void an_overlong_line_is_refused_and_never_cut_in_two(void)
{
    char text[600] = "[node]\nname = ok\ndata = ";
    struct lf_config *c = NULL;
    struct lf_err e = { 0 };
    size_t n = strlen(text);

    memset(text + n, 'y', 400);
    CHECK_CODE(parse(text, &c, &e), LF_BAD_INPUT);
    CHECK(strstr(e.text, "t.ini:3: a line of more than"), "%s", e.text);
}

static void defaults_instances_and_relative_paths(void)
{
    struct lf_config *c = NULL;
    struct lf_err e = { 0 };
    lf_view name = { 0 }, host;
    unsigned port;

    CHECK_OK(parse("[node]\nname = 水資源\n[follow web]\npath = log/a.log\nformat = nginx\n[follow "
                   "dns]\npath = /b\n",
                   &c, &e),
             &e);
    CHECK_VIEW(lf_config_get(c, LF_OPT_NODE_NAME), LF_V("水資源"));
    CHECK_VIEW(lf_config_get(c, LF_OPT_NODE_TIER), LF_V("provider"));
    CHECK_VIEW(lf_config_get(c, LF_OPT_NODE_DATA), LF_V("/base/data"));
    CHECK(lf_config_instance(c, LF_OPT_FOLLOW_PATH, 0, &name), "first");
    CHECK_VIEW(name, LF_V("web"));
    CHECK_VIEW(lf_config_get_in(c, LF_OPT_FOLLOW_PATH, name), LF_V("/base/log/a.log"));
    CHECK(lf_config_instance(c, LF_OPT_FOLLOW_PATH, 1, &name), "second");
    CHECK_VIEW(lf_config_get_in(c, LF_OPT_FOLLOW_FORMAT, name), LF_V("auto"));
    CHECK(!lf_config_instance(c, LF_OPT_FOLLOW_PATH, 2, &name), "third");
    lf_address_split(LF_V("[::1]:53"), &host, &port);
    CHECK_VIEW(host, LF_V("::1"));
    CHECK(port == 53, "%u", port);
    lf_config_destroy(c);
}

static void the_sample_lists_every_setting_and_is_itself_right(void)
{
    struct lf_buf out;
    struct lf_config *c = NULL;
    struct lf_err e = { 0 };

    lf_buf_init(&out, 1 << 20);
    lf_config_sample(&out);
    CHECK(lf_view_find(lf_buf_view(&out), LF_V("keep_mb")) != SIZE_MAX, "keep_mb");
    CHECK_OK(lf_config_parse(lf_buf_view(&out), "sample", "/", &c, &e), &e);
    lf_config_destroy(c);
    lf_buf_clear(&out);
}

int main(void)
{
    RUN(a_bad_setting_gets_one_clear_sentence);
    RUN(an_overlong_line_is_refused_and_never_cut_in_two);
    RUN(defaults_instances_and_relative_paths);
    RUN(the_sample_lists_every_setting_and_is_itself_right);
    DONE();
}
