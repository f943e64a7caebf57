// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/client.hpp>

#include <chatrixcd/base/url.hpp>
#include <chatrixcd/base/websocket.hpp>

#include "http/connection.hpp"

namespace chatrixcd::semaphore {

namespace {

// Somebody may copy it from the API's documentation, or with a slash at the end.
std::string without_ending(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    if (url.ends_with("/api")) url.resize(url.size() - 4);
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

credentials credentials::token(base::secret value) { return credentials(std::string(), std::move(value)); }
credentials credentials::password(std::string login, base::secret value) { return credentials(std::move(login), std::move(value)); }

result<client> client::make(base::http::transport& transport, base::clock& time, base::random& random, client_options how) {
    auto server = without_ending(how.url);
    auto const parsed = base::parse_url(server);
    if (!parsed) return parsed.error();
    if (parsed->target.find('?') != std::string::npos) {
        return base::error(base::error_kind::invalid, "\"" + how.url + "\" has a query, which the address of a server has not");
    }
    return client(std::make_unique<detail::connection>(transport, time, random, std::move(server), std::move(how)));
}

client::client(std::unique_ptr<detail::connection> to) : to_(std::move(to)) {}
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;
client::~client() = default;

std::string const& client::url() const noexcept { return to_->server(); }

boost::asio::awaitable<result<std::unique_ptr<base::http::websocket>>> client::open_websocket(base::http::websocket_dialer& by) {
    return to_->open_websocket(by);
}

std::string client::task_url(project_id in, template_id of, task_id which) const {
    return url() + "/project/" + in.str() + "/templates/" + of.str() + "?t=" + which.str();
}

}  // namespace chatrixcd::semaphore
