// SPDX-License-Identifier: Apache-2.0
// Somebody who is in a room of pinned members (options::pinned_members()) without having been there when it was pinned.
#pragma once

#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

class newcomer {
public:
    newcomer() = default;
    user_id user;
    // Their master key as we know it, in unpadded Base64; empty: they have none, or none is known yet.
    std::string identity;
    // They were a member, with another identity than this.
    bool identity_changed = false;

    friend bool operator==(newcomer const&, newcomer const&) = default;
};

}  // namespace chatrixcd::matrix
