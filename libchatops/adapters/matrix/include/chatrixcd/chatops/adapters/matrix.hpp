// SPDX-License-Identifier: Apache-2.0
// A Matrix account as a chat::service: the rooms' text messages of others come in, views go out as m.notice (or m.text where they shall
// notify) with a plain and an HTML body. Keys are passed on, so a message sent twice with one key appears once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/matrix/client.hpp>

namespace chatrixcd::chatops {

class matrix_service_options {
public:
    matrix_service_options() = default;
    // The service's name in every origin.
    std::string name = "matrix";
    // Which texts are for us; all by default. Others are not even stored, but for answers that are waited for in threads. Pure: called on
    // the store's thread.
    std::function<bool(std::string const& room, std::string const& text)> accept;
};

// Make it before client.start(): it sets what the client delivers, and takes it by pulling. The client must outlive the service.
std::unique_ptr<chat::service> make_matrix_service(matrix::client& client, matrix_service_options how = {});

}  // namespace chatrixcd::chatops
