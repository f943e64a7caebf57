// SPDX-License-Identifier: Apache-2.0
// Two people verify each other, and somebody stands between them who changes, repeats, drops and makes up what they say: it ends, and
// nobody is proved whose MACs did not come as they were sent.
//
// An input is lines; the first letter says whose turn it is: "a+" accepts, "a!" begins, "a=" confirms, "a/" sees other codes, "a-"
// cancels, "a~" lets a minute pass, "a<" hears the next that the other one has said, "a<{…}" the same with these members in place of
// its own, "a.": that is lost; "a{…}" hears an event that nobody said. "?{…}": a request, and
// the same content as a beginning for which nobody has asked.
#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <cstdlib>
#include <deque>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/verification/verification.hpp"

namespace {

using namespace chatrixcd;
using crypto_side = matrix::crypto::verification;
namespace crypto = matrix::crypto;

base::time_point const begin{std::chrono::hours(24 * 365 * 50)};

struct side {
    crypto_side talk;
    std::deque<crypto::verification_event> said;  // and not heard by the other one
    bool heard_macs = false;                      // as the other one sent them
};

boost::json::object parsed(std::string_view text) {
    auto read = base::parse_json_object(text);
    return read ? std::move(*read) : boost::json::object();
}

void hear_next(side& who, side& other, boost::json::object const& changes, base::time_point now) {
    if (other.said.empty()) return;
    auto event = std::move(other.said.front());
    other.said.pop_front();
    auto const before = event.content;
    for (auto const& each : changes) event.content[each.key()] = each.value();
    auto const is_kept = [&](char const* member) {
        auto const* now_there = event.content.if_contains(member);
        auto const* then = before.if_contains(member);
        return now_there != nullptr && then != nullptr && *now_there == *then;
    };
    // What else stands beside them is not looked at.
    if (event.type == "m.key.verification.mac" && is_kept("mac") && is_kept("keys")) who.heard_macs = true;
    who.talk.take(event.type, event.content, now);
}

void act(side& who, side& other, char what, std::string_view rest, base::time_point& now) {
    if (what == '+') who.talk.accept();
    if (what == '!') who.talk.begin();
    if (what == '=') who.talk.confirm();
    if (what == '/') who.talk.mismatch();
    if (what == '-') who.talk.cancel("m.user", std::string(rest));
    if (what == '~') who.talk.pass(now += std::chrono::minutes(1));
    if (what == '<') hear_next(who, other, parsed(rest), now);
    if (what == '.' && !other.said.empty()) other.said.pop_front();
    if (what == '{') {
        auto const event = parsed("{" + std::string(rest));
        auto const* content = base::find_object(event, "content");
        auto const type = "m.key.verification." + base::find_string(event, "type").value_or("done");
        who.talk.take(type, content == nullptr ? event : *content, now);
    }
    for (auto& event : who.talk.take_events()) who.said.push_back(std::move(event));
}

void check(side const& who) {
    bool const has_proved = who.talk.proves_device() || who.talk.proves_master();
    if (has_proved && !who.heard_macs) std::abort();
    if (who.talk.step() == crypto::verification_step::done && !who.talk.proves_device()) std::abort();
    if (who.talk.step() == crypto::verification_step::cancelled && who.talk.reason().size() > 65536) std::abort();
    (void)who.talk.codes();
}

void ask(std::string_view text, base::random& random) {
    auto const content = parsed(text);
    bool const is_fresh = crypto::is_fresh_request(content, begin);
    if (is_fresh && !base::find_integer(content, "timestamp")) std::abort();
    auto asked = crypto_side::answer(random, {matrix::user_id("@bot:test"), matrix::device_id("BOTS"), "key", ""},
                                     matrix::user_id("@ann:test"), crypto_side::place::room, "$1", content, begin);
    if (asked.is_over() == matrix::device_id::parse(base::find_string(content, "from_device").value_or("")).has_value()) std::abort();
    auto begun = crypto_side::answer_start(random, {matrix::user_id("@bot:test"), matrix::device_id("BOTS"), "key", ""},
                                           matrix::user_id("@ann:test"), "id", content, begin);
    begun.know("ed25519 of ann", "");
    if (!begun.is_over() && begun.has_events()) std::abort();
    begun.accept();
    for (auto const& event : begun.take_events()) {
        bool const is_old = base::find_string(event.content, "message_authentication_code") == "hkdf-hmac-sha256";
        auto const* offered = base::find_array(content, "message_authentication_codes");
        auto const is_new = [](boost::json::value const& v) { return v == "hkdf-hmac-sha256.v2"; };
        if (is_old && (offered == nullptr || std::ranges::any_of(*offered, is_new))) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const random = base::make_seeded_random(1);
    crypto::verified_party const ann{matrix::user_id("@ann:test"), matrix::device_id("ANNS"), "ed25519 of ann", "master of ann"};
    crypto::verified_party const bot{matrix::user_id("@bot:test"), matrix::device_id("BOTS"), "ed25519 of bot", "master of bot"};
    auto const request = parsed(R"({"from_device":"ANNS","methods":["m.sas.v1"]})");
    auto const place = crypto_side::place::devices;
    std::array<side, 2> sides{side{crypto_side::ask(*random, ann, bot.user, {}, place, "id", begin), {}, false},
                              side{crypto_side::answer(*random, bot, ann.user, place, "id", request, begin), {}, false}};
    sides[0].talk.know(bot.ed25519, bot.master);
    sides[1].talk.know(ann.ed25519, ann.master);
    auto now = begin;
    std::string_view text(reinterpret_cast<char const*>(data), size);
    while (text.size() > 1) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.size() < 2) continue;
        if (line[0] == '?') {
            ask(line.substr(1), *random);
            continue;
        }
        std::size_t const which = line[0] == 'a' ? 0 : 1;
        act(sides[which], sides[1 - which], line[1], line.substr(2), now);
        for (auto const& each : sides) check(each);
    }
    return 0;
}
