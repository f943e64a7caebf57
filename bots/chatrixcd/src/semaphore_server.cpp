// SPDX-License-Identifier: Apache-2.0
#include "semaphore_server.hpp"

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/chatops/adapters/semaphore.hpp>

namespace chatrixcd::bot {

semaphore_server::semaphore_server(surroundings const& around, std::unique_ptr<base::http::transport> network, semaphore::client client,
                                   ci_config const& wanted)
    : network_(std::move(network)), client_(std::move(client)) {
    chatops::semaphore_ci_options how;
    how.projects = wanted.semaphore.projects;
    how.log = around.log.named("semaphore");
    face_ = chatops::make_semaphore_ci(client_, *around.time, std::move(how));
}

base::result<std::unique_ptr<semaphore_server>> semaphore_server::make(surroundings const& around, ci_config const& wanted) {
    auto const& settings = wanted.semaphore;
    auto how = around.http;
    how.ca_file = settings.ca_file;
    how.certificate_file = settings.client_certificate;
    how.key_file = settings.client_key;
    std::unique_ptr<base::http::transport> network;
    try {
        network = base::http::make_client(around.executor, std::move(how), around.log.named("http"));
    } catch (base::error_exception const& e) {
        return e.why();
    }
    semaphore::client_options options(settings.url, semaphore::credentials::token(settings.token.text));
    auto client = semaphore::client::make(*network, *around.time, *around.entropy, std::move(options));
    if (!client) return client.error();
    return std::unique_ptr<semaphore_server>(new semaphore_server(around, std::move(network), std::move(*client), wanted));
}

}  // namespace chatrixcd::bot
