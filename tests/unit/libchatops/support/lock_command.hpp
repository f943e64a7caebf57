// SPDX-License-Identifier: Apache-2.0
// A command with every kind of parameter, and somebody who asks.
#pragma once

#include <chatrixcd/chatops/command.hpp>
#include <optional>
#include <string>
#include <vector>

namespace chatrixcd::test {

class asking final : public chatops::context {
public:
    explicit asking(std::string prefix = "!cd") : prefix_(std::move(prefix)) {
        chat_user_.user = "@ann:example.org";
        asked_by_ = chat_user_;
    }
    chatops::actor const& asked_by() const noexcept override { return asked_by_; }
    std::optional<std::string> room() const override { return "!room"; }
    chatops::chat::origin const& origin() const noexcept override { return origin_; }
    std::string const& trace() const noexcept override { return trace_; }
    std::string const& prefix() const noexcept override { return prefix_; }

private:
    chatops::chat::sender chat_user_;
    chatops::actor asked_by_;
    chatops::chat::origin origin_;
    std::string trace_ = "t";
    std::string prefix_;
};

struct lock_args {
    std::string target;
    std::optional<std::string> reason;
    std::vector<std::string> others;
    std::optional<std::chrono::seconds> expires;
    int level = 1;
    bool steal = false;
    chatops::parameter_list parameters;
};

// `into` gets the arguments of each call.
inline chatops::command lock_command(lock_args& into) {
    auto const keep = [&into](chatops::context&, lock_args args) -> chatops::awaitable<chatops::result<chatops::view>> {
        into = std::move(args);
        co_return chatops::view::of_text("locked " + into.target);
    };
    return chatops::declare<lock_args>("lock", "Keep others from running anything on a target")
        .arg("target", &lock_args::target, "environment or job")
        .arg("reason", &lock_args::reason, "why, for those who are refused")
        .rest("others", &lock_args::others, "more targets")
        .option("for", &lock_args::expires, "when it opens by itself")
        .option("level", &lock_args::level, "how firmly")
        .flag("steal", &lock_args::steal, "take over somebody else's lock")
        .parameters(&lock_args::parameters, "anything to note")
        .effect(chatops::effect::high)
        .group("Gate")
        .alias("hold")
        .example("lock prod \"db migration\" --for 2h")
        .example("lock prod --steal ticket=42")
        .does(keep);
}

}  // namespace chatrixcd::test
