/* `lianfang stix import` and `stix export`: see main/stix.c for their help. */
#ifndef LF_MAIN_STIX_NODE_H
#define LF_MAIN_STIX_NODE_H

#include <stdbool.h>

/* argv[0] is the command's own word. */
int lf_stix_node_main(bool import, int argc, char **argv);

#endif
