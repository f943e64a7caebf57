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
    // For a server. `names` as in an OpenSSL configuration: "DNS:localhost,IP:127.0.0.1".
    identity issue(std::string const& names) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::test
