#include "fmt/yaml.h"

#include <time.h>

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;
static struct lf_buf b;

static const struct {
    const char *name, *in, *want; /* want NULL: refused */
} cases[] = {
    { "a byte order mark",
      "\xef\xbb\xbf"
      "a: 1",
      "{\"a\":1}" },
    { "core words", "[null, Null, ~, , true, TRUE, False]", NULL }, /* an empty flow entry is no YAML */
    { "nulls and booleans", "[null, Null, NULL, ~, true, TRUE, False]",
      "[null,null,null,null,true,true,false]" },
    { "words of YAML 1.1 are strings", "[yes, no, on, off, y, N]",
      "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"N\"]" },
    { "dates and times are strings", "[2026-11-21, 12:30, 1:2:3]", "[\"2026-11-21\",\"12:30\",\"1:2:3\"]" },
    { "010 is ten", "[010, 0, -007, +5]", "[10,0,-7,5]" },
    { "octal and hex", "[0o17, 0x17, 0xfF]", "[15,23,255]" },
    { "no such octal", "[0o18, 0o]", "[\"0o18\",\"0o\"]" },
    { "floats", "[1.5, .5, 1., 1e3, -1.5E-3, 00.10]", "[1.5,0.5,1.0,1e3,-1.5E-3,0.10]" },
    { "almost numbers", "[1_000, 1.2.3, e5, '-', +, 1e]", "[\"1_000\",\"1.2.3\",\"e5\",\"-\",\"+\",\"1e\"]" },
    { "quoted is a string", "['1', \"true\", '']", "[\"1\",\"true\",\"\"]" },
    { "an empty value is null", "a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}" },
    { "blocks", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}" },
    { "maps in a list", "- a: 1\n  b: 2\n- c\n", "[{\"a\":1,\"b\":2},\"c\"]" },
    { "backslashes stay", "a: C:\\Windows\\*\nb: '\\x'\n", "{\"a\":\"C:\\\\Windows\\\\*\",\"b\":\"\\\\x\"}" },
    { "number keys are text", "1: a\n2.0: b\n", "{\"1\":\"a\",\"2.0\":\"b\"}" },
    { "an alias", "a: &x [1]\nb: *x\n", "{\"a\":[1],\"b\":[1]}" },
    { "merge is an ordinary key", "<<: 1\n", "{\"<<\":1}" },
    { "str tag", "!!str 1", "\"1\"" },
    { "int tag", "!!int 1", "1" },
    { "a tag that lies", "!!int x", NULL },
    { "a foreign tag", "!!binary aGk=", NULL },
    { "a private tag", "!x {a: 1}", NULL },
    { "a key twice", "a: 1\nb: 2\na: 3\n", NULL },
    { "a key twice, deeper", "x:\n - a: 1\n   'a': 3\n", NULL },
    { "a key that is a list", "? [1]\n: 2\n", NULL },
    { "an alias to itself", "a: &x [*x]\n", NULL },
    { "an alias to nothing", "a: *x\n", NULL },
    { "infinity", "a: .inf\n", NULL },
    { "a tab as indent", "a:\n\tb: 1\n", NULL },
    { "an open quote", "a: \"x\n", NULL },
    { "two documents", "a: 1\n---\nb: 2\n", NULL },
    { "nothing", "", NULL },
    { "not UTF-8", "a: \xff\n", NULL },
};

static void yaml_is_read_by_the_core_schema(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct lf_json *v = NULL;
        enum lf_code rc = lf_yaml_parse(&a, lf_view_of(cases[i].in), NULL, &v, &e);

        if (!cases[i].want) {
            CHECK(rc == LF_BAD_INPUT, "%s was %s", cases[i].name, lf_code_name(rc));
            continue;
        }
        CHECK(rc == LF_OK, "%s: %s", cases[i].name, e.text);
        if (rc != LF_OK)
            continue;
        lf_buf_reset(&b);
        lf_json_write(&b, v);
        CHECK(lf_view_is(lf_buf_view(&b), cases[i].want), "%s: %.*s", cases[i].name, LF_FMT(lf_buf_view(&b)));
    }
}

static void aliases_cannot_unfold_into_a_huge_tree(void)
{
    const struct lf_json *v;
    struct lf_buf text;

    lf_buf_init(&text, 1 << 16);
    LF_PUT(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
        lf_buf_printf(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            lf_buf_printf(&text, "%s*a%d", k ? "," : "", i - 1);
        LF_PUT(&text, "]\n");
    }
    CHECK_CODE(lf_yaml_parse(&a, lf_buf_view(&text), NULL, &v, &e), LF_TOO_BIG);
    lf_buf_clear(&text);
}

static void depth_and_size_are_limited(void)
{
    const struct lf_json *v;
    struct lf_yaml_limits few = { .bytes = 4, .depth = 2 }, nodes = { .nodes = 3 };

    CHECK_OK(lf_yaml_parse(&a, LF_V("[[]]"), &few, &v, &e), &e);
    CHECK_CODE(lf_yaml_parse(&a, LF_V("[[ ]]"), &few, &v, &e), LF_TOO_BIG);
    few.bytes = 0;
    CHECK_CODE(lf_yaml_parse(&a, LF_V("[[[]]]"), &few, &v, &e), LF_TOO_BIG);
    CHECK_OK(lf_yaml_parse(&a, LF_V("[1,2]"), &nodes, &v, &e), &e);
    CHECK_CODE(lf_yaml_parse(&a, LF_V("[1,2,3]"), &nodes, &v, &e), LF_TOO_BIG);
}

/* The scanner's work for a word grows with the lists that are open around it. */
static void a_hundred_thousand_open_lists_are_refused_at_once(void)
{
    struct lf_yaml_limits limits = { .bytes = 1 << 20 };
    struct lf_yaml_doc *docs;
    struct lf_buf text;
    clock_t began = clock();
    size_t n;

    lf_buf_init(&text, 1 << 20);
    for (int i = 0; i < 100000; i++)
        lf_buf_byte(&text, '[');
    CHECK_CODE(lf_yaml_parse_each(&a, lf_buf_view(&text), &limits, &docs, &n, NULL, &e), LF_TOO_BIG);
    CHECK(lf_view_find(lf_view_of(e.text), LF_V("nested deeper")) != SIZE_MAX, "%s", e.text);
    CHECK((double)(clock() - began) / CLOCKS_PER_SEC < 5, "it took too long");
    lf_buf_clear(&text);
}

static void a_stream_gives_all_its_documents(void)
{
    const struct lf_json *v = NULL;

    CHECK_OK(lf_yaml_parse_all(&a, LF_V("a: 1\n---\nb: 2\n--- 3\n...\n"), NULL, &v, &e), &e);
    CHECK(v && lf_json_items(v) == 3, "count");
    CHECK_OK(lf_yaml_parse_all(&a, LF_V("# only a comment\n"), NULL, &v, &e), &e);
    CHECK(lf_json_items(v) == 0, "count");
}

static void documents_are_refused_one_by_one_and_lines_are_known(void)
{
    struct lf_yaml_marks marks = { 0 };
    struct lf_yaml_doc *docs;
    size_t n;

    CHECK_OK(lf_yaml_parse_each(
                 &a, LF_V("a: 1\nb:\n  - x\n  - y\n---\nc: 1\nc: 2\nd: [[1, 2], {e: f}]\n---\ng: 1\n"), NULL,
                 &docs, &n, &marks, &e),
             &e);
    CHECK(n == 3 && docs[0].root && !docs[1].root && docs[2].root, "%zu documents", n);
    CHECK(docs[0].line == 1 && docs[1].line == 6 && docs[2].line == 10, "%zu %zu %zu", docs[0].line,
          docs[1].line, docs[2].line);
    CHECK(docs[1].code == LF_BAD_INPUT && docs[1].refused.len > 0, "why");
    CHECK(lf_yaml_line(&marks, lf_json_get(docs[0].root, LF_V("b"))) == 2, "a member: its key's line");
    CHECK(lf_yaml_line(&marks, lf_json_item(lf_json_get(docs[0].root, LF_V("b")), 1)) == 4,
          "an item: its own");
    CHECK(lf_yaml_line(&marks, NULL) == 0, "none");
    CHECK_CODE(lf_yaml_parse_each(&a, LF_V("a: 1\n---\nb: [\n"), NULL, &docs, &n, &marks, &e), LF_BAD_INPUT);
}

int main(void)
{
    lf_buf_init(&b, 1 << 16);
    RUN(yaml_is_read_by_the_core_schema);
    RUN(aliases_cannot_unfold_into_a_huge_tree);
    RUN(depth_and_size_are_limited);
    RUN(a_hundred_thousand_open_lists_are_refused_at_once);
    RUN(a_stream_gives_all_its_documents);
    RUN(documents_are_refused_one_by_one_and_lines_are_known);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    DONE();
}
