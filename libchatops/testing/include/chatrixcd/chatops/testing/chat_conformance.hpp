// SPDX-License-Identifier: Apache-2.0
// Does a `chat::service` keep the contract of service.hpp? For the tests of every adapter; knows no test framework.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/chat/service.hpp>

namespace chatrixcd::chatops::testing {

// The world around the service under test. The callables outlive the check.
class chat_subject {
public:
    chat_subject(base::clock& clock, std::string in_room, std::string by_person)
        : time(&clock), room(std::move(in_room)), person(std::move(by_person)) {}
    base::clock* time;
    std::string room;    // our account and the person are members
    std::string person;  // user id
    // The person says something in the room; returns the event's id.
    std::function<boost::asio::awaitable<std::string>(std::string text)> says;
    // The plain bodies of our account's messages in the room, oldest first, as a member sees them now: edits applied, redacted ones absent.
    std::function<boost::asio::awaitable<std::vector<std::string>>()> sees;
    // Ends the service as a crash would and makes another on the same store. Empty: what concerns restarts is not checked.
    std::function<boost::asio::awaitable<chat::service*>()> restart;
    base::duration patience = std::chrono::seconds(30);
};

// Runs the checks and returns what was wrong, one sentence each; empty: it conforms. Nobody else may write in the room meanwhile.
boost::asio::awaitable<std::vector<std::string>> check_chat_service(chat::service& service, chat_subject subject);

}  // namespace chatrixcd::chatops::testing
