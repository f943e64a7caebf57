// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/mxc.hpp>

#include <algorithm>

namespace chatrixcd::matrix {

namespace {

constexpr std::string_view scheme = "mxc://";
constexpr std::size_t longest_id = 255;

bool may_stand_in_id(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// ".." is a server's name by its grammar, and a step upwards in a path.
bool is_step(std::string_view host) noexcept { return host.starts_with('.') || host.find("..") != std::string_view::npos; }

error no_uri() { return error(error_kind::invalid, "this is no mxc:// URI"); }

}  // namespace

result<mxc_uri> mxc_uri::parse(std::string_view text) {
    if (!text.starts_with(scheme)) return no_uri();
    text.remove_prefix(scheme.size());
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return no_uri();
    auto server = server_name::parse(std::string(text.substr(0, slash)));
    auto const id = text.substr(slash + 1);
    bool const id_is_good = !id.empty() && id.size() <= longest_id && std::all_of(id.begin(), id.end(), may_stand_in_id);
    if (!server || is_step(server->host()) || !id_is_good) return no_uri();
    mxc_uri found;
    found.server_ = std::move(*server);
    found.media_id_ = id;
    return found;
}

mxc_uri::mxc_uri(std::string_view text) : mxc_uri(parse(text).value()) {}

std::string mxc_uri::str() const { return empty() ? std::string() : std::string(scheme) + server_.str() + "/" + media_id_; }

}  // namespace chatrixcd::matrix
