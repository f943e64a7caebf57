// SPDX-License-Identifier: Apache-2.0
// Room keys of the store on their way into a file, and from one into the store. Called inside store closures.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include <chatrixcd/matrix/key_backup.hpp>

#include "crypto/backup/adopting.hpp"
#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Some keys behind `after`, as JSON objects. Of a session one key, as in a backup.
struct exported_slice {
    std::vector<base::secret> sessions;
    std::int64_t last = 0;  // where the next slice begins; 0: that was all
};
exported_slice export_room_keys(context const& with, std::int64_t after);
// Likewise those that were imported and that nobody has asked for yet.
exported_slice export_imported_keys(context const& with, std::int64_t after);

// Whose they are is not known until an event asks for them. Of a session that is here already the key that reads further back stays; one
// that contradicts it is refused.
imported_keys import_keys(context const& with, std::span<boost::json::value const> exported);
// Sessions that something waits for, and that were imported.
std::vector<session_name> imported_and_awaited(context const& with);
restored take_imported(context const& with, session_name const& which);

}  // namespace chatrixcd::matrix::crypto
