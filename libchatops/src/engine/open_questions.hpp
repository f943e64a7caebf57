// SPDX-License-Identifier: Apache-2.0
// The open questions in memory: whether a message is an answer is known without asking the store, and the chats know what they must let
// through.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <chatrixcd/chatops/chat/service.hpp>

#include "engine/call_context.hpp"
#include "journal/questions.hpp"

namespace chatrixcd::chatops {

class open_questions {
public:
    explicit open_questions(std::vector<chat::service*> chats) : chats_(std::move(chats)) {}

    // What another process left open in a chat; to be called once for each, even if that is nothing.
    void load(std::string const& service, std::vector<journal::question> open);
    void add(journal::question open);
    void remove(std::int64_t number);

    // The question that its author was asked in its thread. Null if there is none; valid until the next change.
    journal::question const* find(chat::message const& said) const;
    // What a chat is like: one more can be asked there, or not.
    surroundings at(std::string const& service) const;

private:
    static constexpr std::size_t most = 256;

    chat::service* chat_of(std::string const& service) const;
    void tell(std::string const& service) const;

    std::vector<chat::service*> chats_;
    std::map<std::int64_t, journal::question> open_;
};

}  // namespace chatrixcd::chatops
