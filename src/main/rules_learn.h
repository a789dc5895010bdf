/* lianfang rules learn: the values of rules' placeholders from what is usual. */
#ifndef LF_MAIN_RULES_LEARN_H
#define LF_MAIN_RULES_LEARN_H

/* argv[0] is "learn"; gives the exit code. */
int lf_rules_learn(int argc, char **argv);

#endif
