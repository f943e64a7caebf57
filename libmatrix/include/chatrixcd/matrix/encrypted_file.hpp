// SPDX-License-Identifier: Apache-2.0
// Where encrypted content lies, and the key to it (client-server API, "Sending encrypted attachments"): what an event of an encrypted room
// says instead of a URI. Whoever has it can read the content; the homeserver has it not.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/mxc.hpp>

namespace chatrixcd::matrix {

class encrypted_file {
public:
    encrypted_file() = default;
    // A new key, for content that is not uploaded yet.
    static encrypted_file make(base::random& randomness);
    // From an "EncryptedFile" of version 2. Error `invalid`: a member is missing, or another algorithm, version or length.
    static result<encrypted_file> parse(boost::json::object const& from);

    // Whether key, counter and hash have their sizes; without that nothing is decrypted.
    bool is_usable() const;
    // As it stands in an event.
    boost::json::object json() const;

    mxc_uri uri;
    secret key;          // 32 bytes
    std::string iv;      // 16 bytes
    std::string sha256;  // of what lies there, as 64 hexadecimal digits
};

}  // namespace chatrixcd::matrix
