// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_requests.hpp"

#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::test {

boost::asio::awaitable<boost::json::object> ask(base::http::handler& server, base::http::method verb, std::string path, std::string token,
                                                boost::json::object body) {
    base::http::request r(verb, "/_matrix/client/v3" + path);
    if (!token.empty()) std::move(r).with_bearer(token);
    if (verb != base::http::method::get) std::move(r).with_body(boost::json::serialize(body));
    auto const said = co_await server.handle(std::move(r));
    if (said.status != 200) throw std::runtime_error(path + " answered " + said.body);
    co_return base::parse_json_object(said.body).value();
}

}  // namespace chatrixcd::test
