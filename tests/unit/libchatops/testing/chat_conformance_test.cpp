// SPDX-License-Identifier: Apache-2.0
// The conformance check finds nothing wrong with the scripted chat, and each fault that is put into it.
#include <doctest/doctest.h>

#include <chatrixcd/chatops/testing/chat_conformance.hpp>
#include <chatrixcd/chatops/testing/scripted_chat.hpp>
#include <set>

#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using boost::asio::awaitable;
using testing::scripted_chat;

namespace {

template <class Chat>
std::vector<std::string> findings_of() {
    boost::asio::io_context loop;
    base::virtual_clock time;
    Chat chat(loop.get_executor(), time);
    chat.join("!room", "@ann:example.org");
    testing::chat_subject subject(time, "!room", "@ann:example.org");
    subject.says = [&](std::string text) -> awaitable<std::string> { co_return chat.says("@ann:example.org", "!room", std::move(text)); };
    subject.sees = [&]() -> awaitable<std::vector<std::string>> {
        std::vector<std::string> out;
        for (auto const& message : chat.bot_messages()) {
            if (!message.redacted) out.push_back(message.text);
        }
        co_return out;
    };
    subject.restart = [&]() -> awaitable<chat::service*> {
        chat.restart();
        co_return &chat;
    };
    subject.patience = std::chrono::seconds(5);
    return test::run_virtual(loop, time, testing::check_chat_service(chat, subject));
}

void expect_finding(std::vector<std::string> const& found, std::string const& words) {
    std::string all;
    bool hit = false;
    for (auto const& each : found) {
        all += each + "\n";
        hit = hit || each.find(words) != std::string::npos;
    }
    INFO("expected \"", words, "\" among:\n", all);
    CHECK(hit);
}

struct ignores_keys : scripted_chat {
    using scripted_chat::scripted_chat;
    awaitable<chat::result<chat::message_id>> send(chat::outgoing what) override {
        what.key += std::to_string(++calls);
        return scripted_chat::send(std::move(what));
    }
    int calls = 0;
};
struct acknowledges_at_once : scripted_chat {
    using scripted_chat::scripted_chat;
    awaitable<chat::result<std::unique_ptr<chat::delivery>>> next() override {
        auto one = co_await scripted_chat::next();
        if (one) co_await (*one)->acknowledge();
        co_return one;
    }
};
struct edits_nothing : scripted_chat {
    using scripted_chat::scripted_chat;
    awaitable<chat::result<chat::message_id>> edit(chat::message_id target, chat::outgoing) override { co_return target; }
};
struct forgets_members : scripted_chat {
    using scripted_chat::scripted_chat;
    awaitable<chat::result<std::vector<std::string>>> members(std::string) override { co_return std::vector<std::string>(); }
};
struct delivers_twice : scripted_chat {
    using scripted_chat::scripted_chat;
    awaitable<chat::result<std::unique_ptr<chat::delivery>>> next() override {
        auto one = co_await scripted_chat::next();
        if (one && seen.insert((*one)->content().from.event).second) deliver_again((*one)->content().from.event);
        co_return one;
    }
    std::set<std::string> seen;
};

}  // namespace

TEST_SUITE("chatops::testing chat conformance") {
    TEST_CASE("the scripted chat conforms") { CHECK(findings_of<scripted_chat>() == std::vector<std::string>()); }
    TEST_CASE("each broken chat is found out") {
        expect_finding(findings_of<ignores_keys>(), "the same key gave another id");
        expect_finding(findings_of<acknowledges_at_once>(), "was not delivered in time");
        expect_finding(findings_of<edits_nothing>(), "does not show the new content");
        expect_finding(findings_of<forgets_members>(), "our own account is missing");
        expect_finding(findings_of<delivers_twice>(), "something was delivered that nobody said, or that was acknowledged");
    }
}
