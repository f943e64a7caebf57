// SPDX-License-Identifier: Apache-2.0
// A certificate authority for a test, made in a fraction of a second and gone with it.
#pragma once

#include <memory>
#include <string>

namespace chatrixcd::test {

// A certificate with its key, in PEM.
struct identity {
    std::string certificate;
    std::string key;
};

class certificate_authority {
public:
    certificate_authority();
    ~certificate_authority();
    std::string certificate() const;
    // `names` as in an OpenSSL configuration: "DNS:localhost,IP:127.0.0.1"; none if empty. It expires in so many seconds.
    identity issue(std::string const& names, std::string const& common_name = "a test's server", long seconds = 3600) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// A certificate that vouches for itself.
identity make_self_signed(std::string const& names);
// The key under a passphrase.
std::string locked(std::string const& key);

}  // namespace chatrixcd::test
