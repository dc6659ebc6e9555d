// The words that the program was started with, as the system gave them to it. Swift's own `CommandLine.arguments` looks for them
// beside the environment, which is elsewhere once a preloaded library has changed it.

/// How many there are, the program's own name included.
int postern_argument_count(void);

/// Null: there are not so many.
const char *postern_argument(int index);
