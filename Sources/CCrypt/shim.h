#pragma once
#include <crypt.h>
#include <stdlib.h>

// Swift sees free() only through a module of its own; what crypt_ra and crypt_gensalt_ra allocate is freed here.
static inline void ccrypt_free(void *memory) { free(memory); }
