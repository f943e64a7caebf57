// SPDX-License-Identifier: Apache-2.0
// Messages as the bytes that open them on the wire (RFC 9112). The bodies follow as they are.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_proxy.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::base::http {

// Field names, and the words of Connection and Expect, compare without case.
bool equal_names(std::string_view a, std::string_view b) noexcept;

// The request line and the fields, with a wish for gzip unless `r` says what codings it wants. Host, Content-Length and Connection are
// ours, whatever `r` says. Error kind `invalid` if a name or value cannot be sent: a line break in one would let its author write fields,
// or a second request, of his own.
// With a proxy, which is not for TLS, the whole URL goes on the request line (RFC 9112, 3.2.2), and our credentials for it along.
result<std::string> request_head(request const& r, url const& target, std::string_view user_agent, proxy_server const* proxy = nullptr);

// The status line and the fields. `content_length` of the body that follows, or would follow an answer to HEAD.
result<std::string> response_head(response const& r, std::size_t content_length, bool keep_alive, time_point now);

// 1xx, 204 and 304 never have a body (RFC 9112, 6.3).
bool has_no_body(unsigned status) noexcept;

}  // namespace chatrixcd::base::http
