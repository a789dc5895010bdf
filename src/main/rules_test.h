/* lianfang rules test: rules with their own positive and negative events, through the
 * code that live traffic goes through.  What the files look like is in
 * docs/manual/rules.md. */
#ifndef LF_MAIN_RULES_TEST_H
#define LF_MAIN_RULES_TEST_H

/* argv[0] is "test"; gives the exit code. */
int lf_rules_test(int argc, char **argv);

#endif
