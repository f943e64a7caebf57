// SPDX-License-Identifier: Apache-2.0
// Whose store this is: the server's name and the key that its events are signed with. They belong together for good.
#pragma once

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/signing.hpp>

namespace chatrixcd::homeserver {

// The key of the store. A new store takes this name and this key. Error `environment`: the store belongs to another name.
base::result<protocol::signing_key> establish_identity(base::transaction& db, protocol::server_name const& name,
                                                       protocol::signing_key const& fresh);

}  // namespace chatrixcd::homeserver
