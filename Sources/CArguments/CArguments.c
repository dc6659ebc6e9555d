#include "CArguments.h"

static int count;
static char *const *words;

// glibc hands main's parameters to constructors as well.
__attribute__((constructor)) static void keep(int argc, char **argv) {
    count = argc;
    words = argv;
}

int postern_argument_count(void) { return count; }

const char *postern_argument(int index) { return index >= 0 && index < count ? words[index] : 0; }
