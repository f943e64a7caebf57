// SPDX-License-Identifier: Apache-2.0
#include "demo/script.hpp"

#include <array>
#include <span>
#include <string_view>

namespace chatrixcd::bot {
namespace {

using boost::asio::awaitable;

struct step {
    std::string_view line;
    // What an entry of the bot made after the line must contain in the end. No number of a run: a folder that is kept counts on.
    std::string_view expected;
};

constexpr std::string_view kill_line = ":kill";

constexpr std::array<step, 8> local_steps = {{
    {"!cd help", "run"},
    {"!cd projects", "demo"},
    {"!cd templates demo", "deploy"},
    {"!cd run demo hello", "· success"},
    {"!cd logs", ", the last lines:"},
    {"!cd run demo broken", "· failure"},
    {"!cd status", "· failure"},
    // The log comes into the thread after the card has said how it ended.
    {"!cd run demo deploy env=staging version=1.4.2", "release 1.4.2 for staging"},
}};

constexpr std::array<step, 9> semaphore_steps = {{
    {"!cd projects", "web"},
    {"!cd templates web", "deploy"},
    {"!cd run web deploy version=1.4.2", "answer in this thread with"},
    {"staging", "release 1.4.2 for staging"},
    {"!cd run web broken", "error: no space left"},
    {"!cd run web plan", "waits for a decision"},
    {"!cd approve", "Apply complete!"},
    {"!cd run web slow", "· running"},
    {kill_line, "all of it, whoever watched"},
}};

std::span<step const> steps_of(sample_ci with) {
    if (with == sample_ci::semaphore) return semaphore_steps;
    return local_steps;
}

constexpr std::chrono::seconds patience{60};

bool answered(transcript const& seen, std::size_t from, std::string const& own, std::string_view expected) {
    auto const& entries = seen.entries();
    for (std::size_t i = from; i < entries.size(); ++i) {
        if (entries[i].sender != own && entries[i].body.find(expected) != std::string::npos) return true;
    }
    return false;
}

// The bot's newest card: its first line has the state behind a dot.
bool last_card_says_success(transcript const& seen) {
    auto const& entries = seen.entries();
    for (std::size_t i = entries.size(); i > 0; --i) {
        std::string const& body = entries[i - 1].body;
        std::string const first = body.substr(0, body.find('\n'));
        if (first.find(" #") == std::string::npos || first.find(" · ") == std::string::npos || !entries[i - 1].thread.empty()) continue;
        return first.find("· success") != std::string::npos;
    }
    return false;
}

// Says the line, or does it.
awaitable<base::result<void>> perform(step const& s, visitor& person, std::function<void()> const& kill) {
    if (s.line != kill_line) co_return co_await person.say(std::string(s.line));
    kill();
    co_return base::result<void>();
}

}  // namespace

awaitable<bool> play_script(sample_ci with, visitor& person, std::function<void()> kill, std::function<void(std::string)> complain) {
    for (step const& s : steps_of(with)) {
        std::size_t const from = person.seen().entries().size();
        auto said = co_await perform(s, person, kill);
        if (!said) {
            complain("could not send `" + std::string(s.line) + "`: " + said.error().describe());
            co_return false;
        }
        std::string const own = person.user();
        std::function<bool(transcript const&)> met = [from, own, &s](transcript const& seen) {
            return answered(seen, from, own, s.expected);
        };
        bool const in_time = co_await person.wait_until(std::move(met), patience);
        if (!in_time) {
            complain("no answer with `" + std::string(s.expected) + "` to `" + std::string(s.line) + "` within 60 s");
            co_return false;
        }
    }
    if (last_card_says_success(person.seen())) co_return true;
    complain("the last card does not say success");
    co_return false;
}

}  // namespace chatrixcd::bot
