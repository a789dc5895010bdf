/* Probe: `lianfang worker-probe <name>`, a hidden command for the cage's test.
 * Enters that worker's cage and tries what it must not be able to do; one TAP
 * line each.  Exit status 1 when something was possible. */
#ifndef LF_PROC_PROBE_H
#define LF_PROC_PROBE_H

int lf_probe_main(int argc, char **argv);

#endif
