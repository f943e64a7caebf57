// SPDX-License-Identifier: Apache-2.0
#include "semaphore_server.hpp"

#include <chatrixcd/base/http_client.hpp>

namespace chatrixcd::bot {

// How requests get there, and how the server's news come back.
class semaphore_server::way {
public:
    std::unique_ptr<base::http::transport> network;
    std::unique_ptr<base::http::websocket_dialer> live;
};

semaphore_server::semaphore_server(surroundings const& around, way there, semaphore::client client, ci_config const& wanted)
    : network_(std::move(there.network)), live_(std::move(there.live)), client_(std::move(client)), entropy_(around.entropy) {
    chatops::semaphore_ci_options how;
    how.projects = wanted.semaphore.projects;
    how.log = around.log.named("semaphore");
    // Whoever is told need not ask.
    if (wanted.semaphore.push) how.news.while_running = how.news.else_every;
    face_ = chatops::make_semaphore_ci(client_, *around.time, std::move(how));
}

base::result<std::unique_ptr<semaphore_server>> semaphore_server::make(surroundings const& around, ci_config const& wanted) {
    auto const& settings = wanted.semaphore;
    auto how = around.http;
    how.ca_file = settings.ca_file;
    how.certificate_file = settings.client_certificate;
    how.key_file = settings.client_key;
    way there;
    try {
        there.network = base::http::make_client(around.executor, how, around.log.named("http"));
        there.live = base::http::make_websocket_dialer(around.executor, *around.time, std::move(how));
    } catch (base::error_exception const& e) {
        return e.why();
    }
    semaphore::client_options options(settings.url, semaphore::credentials::token(settings.token.text));
    options.max_requests = static_cast<std::size_t>(settings.requests_at_once);
    auto client = semaphore::client::make(*there.network, *around.time, *around.entropy, std::move(options));
    if (!client) return client.error();
    return std::unique_ptr<semaphore_server>(new semaphore_server(around, std::move(there), std::move(*client), wanted));
}

}  // namespace chatrixcd::bot
