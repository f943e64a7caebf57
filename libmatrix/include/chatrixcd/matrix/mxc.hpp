// SPDX-License-Identifier: Apache-2.0
// Where content lies (client-server API, "Matrix Content (mxc://) URIs"): mxc://server/media-id.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// A server's name without empty parts and an id of A-Z a-z 0-9 _ - alone, at most 255 of them: nothing that parses can lead a path
// elsewhere.
class mxc_uri {
public:
    // None.
    mxc_uri() = default;
    // Throws error_exception (invalid): for literals.
    explicit mxc_uri(std::string_view text);
    // For what comes from outside. Error `invalid`.
    static result<mxc_uri> parse(std::string_view text);

    server_name const& server() const noexcept { return server_; }
    std::string const& media_id() const noexcept { return media_id_; }
    bool empty() const noexcept { return media_id_.empty(); }
    // Empty if it is none.
    std::string str() const;

    friend bool operator==(mxc_uri const&, mxc_uri const&) = default;
    friend std::strong_ordering operator<=>(mxc_uri const& a, mxc_uri const& b) noexcept {
        auto const servers = a.server_ <=> b.server_;
        return servers != 0 ? servers : a.media_id_.compare(b.media_id_) <=> 0;
    }

private:
    server_name server_;
    std::string media_id_;
};

}  // namespace chatrixcd::matrix
