// SPDX-License-Identifier: Apache-2.0
// What any program with a bot's libraries and the system's CAs in memory costs before it does anything: the floor of idle.py.
#include <openssl/ssl.h>
#include <unistd.h>

#include <cstdio>

int main() {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    if (context == nullptr || SSL_CTX_set_default_verify_paths(context) != 1) return 1;
    std::puts("ready");
    std::fflush(stdout);
    ::pause();
}
