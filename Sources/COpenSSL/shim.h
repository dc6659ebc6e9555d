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

// A list of parameters on the stack: OpenSSL's builder would allocate one, and Swift would have to keep what it points to.
static inline int copenssl_hkdf(EVP_KDF *kdf, const char *digest, const void *key, size_t key_count, const void *salt,
                                size_t salt_count, const void *info, size_t info_count, unsigned char *derived,
                                size_t derived_count) {
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    int result = context ? EVP_KDF_derive(context, derived, derived_count, parameters) : 0;
    EVP_KDF_CTX_free(context);
    return result;
}
