#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// Swift can't see these macros: they are composed of others.
static inline int copenssl_select_public_key(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int copenssl_select_key_pair(void) { return EVP_PKEY_KEYPAIR; }
