/* lianfang rules make: a candidate rule from samples, and what it would have hit. */
#ifndef LF_MAIN_RULES_MAKE_H
#define LF_MAIN_RULES_MAKE_H

/* argv[0] is "make"; gives the exit code. */
int lf_rules_make(int argc, char **argv);

#endif
