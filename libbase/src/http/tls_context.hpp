// SPDX-License-Identifier: Apache-2.0
// What TLS connections have in common: whom to trust, and who we are.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "http/byte_stream.hpp"

namespace chatrixcd::base::http {

// TLS 1.2 or newer, HTTP/1.1, certificates checked. Throws as make_tls_trust().
boost::asio::ssl::context make_tls_context(tls_files const& files);

}  // namespace chatrixcd::base::http
