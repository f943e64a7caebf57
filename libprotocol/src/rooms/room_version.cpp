// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::protocol {

base::result<room_version const*> find_room_version(std::string_view id) {
    namespace v = room_versions;
    static constexpr std::array known{&v::v1, &v::v2, &v::v3, &v::v4, &v::v5, &v::v6, &v::v7, &v::v8, &v::v9, &v::v10, &v::v11, &v::v12};
    auto const found = std::ranges::find(known, id, [](room_version const* version) { return version->id; });
    if (found == known.end()) return base::error(base::error_kind::unsupported, "this room version is not known");
    return *found;
}

}  // namespace chatrixcd::protocol
