// SPDX-License-Identifier: Apache-2.0
// The parts of the chat conformance check.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/chatops/testing/chat_conformance.hpp>

#include "findings.hpp"

namespace chatrixcd::chatops::testing {

class chat_check {
public:
    chat_check(chat::service& service, chat_subject subject) : service_(&service), subject_(std::move(subject)) {}

    boost::asio::awaitable<std::vector<std::string>> all();

private:
    using nothing = boost::asio::awaitable<void>;
    using delivered = std::unique_ptr<chat::delivery>;

    nothing identity();
    nothing inbound();
    nothing failing();
    nothing outbound();
    nothing editing();
    nothing marking();
    nothing restarting();

    // The next delivery, which should say `text`; null (and a finding) if none comes in time.
    boost::asio::awaitable<delivered> expect_next(std::string text);
    // Whether nothing at all is delivered for a while.
    boost::asio::awaitable<bool> silent();
    boost::asio::awaitable<std::size_t> shown_times(std::string words);
    chat::outgoing message(std::string const& key, std::string text) const;

    chat::service* service_;
    chat_subject subject_;
    findings found_;
    std::string run_;  // makes keys and texts of one check differ from those of another
};

}  // namespace chatrixcd::chatops::testing
