/* The subcommands, each in a file of its name. */
#ifndef LF_MAIN_COMMANDS_H
#define LF_MAIN_COMMANDS_H

#define LF_COMMAND(name, fn, help) int fn(int argc, char **argv);
#include "main/commands.def"
#undef LF_COMMAND

#endif
