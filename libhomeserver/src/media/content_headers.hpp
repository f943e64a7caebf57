// SPDX-License-Identifier: Apache-2.0
// With which headers somebody's upload is handed out (client-server API, "Content repository"): whatever it is, a browser must not run it
// as if it were ours.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver {

// content_type: as the uploader gave it. Shown in place ("inline") only for the types that the specification calls safe.
base::http::fields content_headers(std::optional<std::string> const& content_type, std::optional<std::string> const& file_name);

}  // namespace chatrixcd::homeserver
