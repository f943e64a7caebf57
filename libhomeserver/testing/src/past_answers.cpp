// SPDX-License-Identifier: Apache-2.0
#include "past_answers.hpp"

#include "users.hpp"

namespace chatrixcd::homeserver::testing::detail {

namespace {

constexpr std::size_t most_entries = 1024;
constexpr std::size_t most_bytes = 8U << 20U;

}  // namespace

std::string past_answers::key_of(base::http::request const& r) {
    return token_of(r) + " " + std::string(to_string(r.verb)) + " " + std::string(r.path());
}

void past_answers::keep(std::string key, base::http::response const& said) {
    if (said.status != 200 || said.body.size() > most_bytes / 8) return;
    bytes_ += said.body.size();
    entries_.push_back(entry{std::move(key), said});
    while (entries_.size() > most_entries || bytes_ > most_bytes) {
        bytes_ -= entries_.front().said.body.size();
        entries_.pop_front();
    }
}

base::http::response const* past_answers::find(std::string const& key, std::size_t back) const {
    for (auto e = entries_.rbegin(); e != entries_.rend(); ++e) {
        if (e->key == key && back-- <= 1) return &e->said;
    }
    return nullptr;
}

}  // namespace chatrixcd::homeserver::testing::detail
