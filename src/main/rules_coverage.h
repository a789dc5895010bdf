/* lianfang rules coverage: rules by technique of MITRE ATT&CK. */
#ifndef LF_MAIN_RULES_COVERAGE_H
#define LF_MAIN_RULES_COVERAGE_H

/* argv[0] is "coverage"; gives the exit code. */
int lf_rules_coverage(int argc, char **argv);

#endif
