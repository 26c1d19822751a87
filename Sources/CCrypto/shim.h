// The functions of SHA-256 itself, which OpenSSL 3 keeps but would rather see called through EVP.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
