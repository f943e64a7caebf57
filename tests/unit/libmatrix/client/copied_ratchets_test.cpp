// SPDX-License-Identifier: Apache-2.0
// A store that is put back from a copy: no key is used twice for what is not the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/protocol/base64.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace fs = std::filesystem;

namespace {

using bytes = std::vector<std::byte>;

// The fields of an Olm or Megolm message (the Olm specification, "Message Format"), by their tag; the last is the ciphertext.
std::map<unsigned, bytes> fields_of(bytes const& message, unsigned last) {
    std::map<unsigned, bytes> found;
    std::size_t at = 1;
    while (at < message.size() && !found.contains(last)) {
        auto const tag = std::to_integer<unsigned>(message.at(at++));
        auto const begin = at;
        std::size_t length = 0;
        for (unsigned shift = 0;; shift += 7) {
            auto const byte = std::to_integer<std::size_t>(message.at(at++));
            length |= (byte & 0x7FU) << shift;
            if (byte < 0x80U) break;
        }
        bool const is_number = (tag & 7U) == 0;
        auto const first = is_number ? begin : at;
        if (!is_number) at += length;
        found[tag] = bytes(message.begin() + static_cast<std::ptrdiff_t>(first), message.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return found;
}

bytes decoded(boost::json::object const& of, char const* member) {
    auto const text = base::find_string(of, member).value();
    auto const read = protocol::decode_base64(text).value();
    return bytes(read.begin(), read.end());
}

std::string text_of(bytes const& from) { return protocol::encode_base64(from); }

// What was encrypted with which key; remembers what was not the same.
class ratchet_watch {
public:
    void take_room_event(boost::json::object const& content) {
        constexpr unsigned index = 0x08;
        constexpr unsigned ciphertext = 0x12;
        auto const fields = fields_of(decoded(content, "ciphertext"), ciphertext);
        note("megolm " + base::find_string(content, "session_id").value() + " " + text_of(fields.at(index)), fields.at(ciphertext));
    }
    void take_device_message(boost::json::object const& content) {
        constexpr unsigned ratchet_key = 0x0A;
        constexpr unsigned index = 0x10;
        constexpr unsigned ciphertext = 0x22;
        auto const* all = base::find_object(content, "ciphertext");
        if (all == nullptr) return;
        for (auto const& each : *all) {
            auto const& one = each.value().as_object();
            auto message = decoded(one, "body");
            if (base::find_integer(one, "type") == 0) message = fields_of(message, ciphertext).at(ciphertext);
            auto const fields = fields_of(message, ciphertext);
            note("olm " + text_of(fields.at(ratchet_key)) + " " + text_of(fields.at(index)), fields.at(ciphertext));
        }
    }

    std::size_t keys() const { return known_.size(); }
    std::size_t reused = 0;

private:
    void note(std::string const& key, bytes const& ciphertext) {
        auto const [place, is_new] = known_.emplace(key, ciphertext);
        if (!is_new && place->second != ciphertext) ++reused;
    }

    std::map<std::string, bytes> known_;
};

// The bot's store is copied, used, and put back.
enum class copy : std::uint8_t { of_folder, of_database, of_database_without_file };

class copied_bot {
public:
    explicit copied_bot(bool keeps_account_data)
        : ann(w.add("ann")), account(w.add("bot")), carol(w.add("carol")), room(secret_room(w, ann, account)) {
        ann.invite(room, carol.id());
        carol.join(room);
        w.network->faults = [this, keeps_account_data](base::http::request const& r) {
            watch(r);
            bool const is_mark = contains(r.path(), "/account_data/org.chatrixcd.store");
            return is_mark && !keeps_account_data ? fault::answer(json_answer(R"({"errcode":"M_FORBIDDEN","error":"no"})", 403))
                                                  : fault::none();
        };
        bot = std::make_unique<speaker>(w, "bot", /*answers=*/true);
        anns = std::make_unique<speaker>(w, "ann");
        carols = std::make_unique<speaker>(w, "carol");
        w.pass(std::chrono::seconds(5));
    }

    void talk(std::string const& text) {
        anns->say(room, text);
        anns->wait_for("got " + text);
        w.pass(std::chrono::seconds(5));
    }
    void keep_copy() { fs::copy(w.path("store-bot"), w.path("copy"), fs::copy_options::recursive | fs::copy_options::overwrite_existing); }
    void put_back(copy what) {
        if (what == copy::of_folder) fs::remove_all(w.path("store-bot"));
        fs::create_directory(w.path("store-bot"));
        for (auto const& each : fs::directory_iterator(w.path("store-bot"))) {
            bool const is_database = each.path().filename().string().starts_with("matrix.db");
            bool const is_mark = each.path().filename() == "matrix.generation";
            if (is_database || (is_mark && what == copy::of_database_without_file)) fs::remove(each.path());
        }
        for (auto const& each : fs::directory_iterator(w.path("copy"))) {
            auto const name = each.path().filename().string();
            if (what == copy::of_folder || name.starts_with("matrix.db")) fs::copy(each.path(), w.path("store-bot") + "/" + name);
        }
    }
    void stop() {
        w.stop(*bot->client);
        bot->client.reset();
    }
    std::size_t logged(std::string const& words) const {
        return static_cast<std::size_t>(std::ranges::count_if(w.log_lines, [&](auto const& line) { return contains(line, words); }));
    }

    world w;
    person ann;
    person account;
    person carol;
    std::string room;
    ratchet_watch ratchets;
    std::unique_ptr<speaker> bot;
    std::unique_ptr<speaker> anns;
    std::unique_ptr<speaker> carols;

private:
    void watch(base::http::request const& r) {
        auto const body = base::parse_json_object(r.body);
        if (contains(r.path(), "/send/m.room.encrypted/")) ratchets.take_room_event(body.value());
        if (!contains(r.path(), "/sendToDevice/m.room.encrypted/")) return;
        for (auto const& user : body.value().at("messages").as_object()) {
            for (auto const& device : user.value().as_object()) ratchets.take_device_message(device.value().as_object());
        }
    }
};

}  // namespace

TEST_SUITE("matrix::client::copied_ratchets") {
    TEST_CASE("after a copy was put back no key is used for two messages, and everybody reads what is said") {
        for (auto const what : {copy::of_folder, copy::of_database, copy::of_database_without_file}) {
            CAPTURE(static_cast<int>(what));
            // The file beside the store is enough where the homeserver keeps nothing for us.
            copied_bot b(/*keeps_account_data=*/what == copy::of_folder);
            b.talk("one");
            b.stop();
            b.keep_copy();
            b.bot->open();
            b.talk("two");
            // The room gets a new key, over the sessions with devices that there are.
            b.ann.kick(b.room, b.carol.id());
            b.w.pass(std::chrono::seconds(5));
            b.talk("three");
            b.stop();
            b.put_back(what);
            b.bot->open();
            b.w.pass(std::chrono::seconds(5));
            b.talk("four");
            b.talk("five");
            CHECK(b.logged("the store was put back from a copy") == 1);
            CHECK(b.ratchets.keys() > 10);
            CHECK(b.ratchets.reused == 0);
            CHECK(b.anns->heard == strings{"got one", "got two", "got three", "got four", "got five"});
            b.bot->reopen();
            b.talk("six");
            CHECK(b.logged("the store was put back from a copy") == 1);
        }
    }

    TEST_CASE("a copy of the database that was made in the middle of a run is recognised after an end in good order") {
        copied_bot b(/*keeps_account_data=*/false);
        b.talk("one");
        b.keep_copy();
        b.talk("two");
        b.stop();
        b.put_back(copy::of_database);
        b.bot->open();
        b.talk("three");
        CHECK(b.logged("the store was put back from a copy") == 1);
        CHECK(b.ratchets.reused == 0);
    }

    TEST_CASE("devices are told of the new sessions at once, not with the next message") {
        copied_bot b(/*keeps_account_data=*/true);
        b.talk("one");
        b.stop();
        b.keep_copy();
        b.bot->open();
        b.w.pass(std::chrono::seconds(5));
        b.stop();
        b.put_back(copy::of_folder);
        auto const before = b.ratchets.keys();
        b.bot->open();
        b.w.pass(std::chrono::seconds(5));
        CHECK(b.ratchets.keys() == before + 2);
    }

    TEST_CASE("a store that was never put back keeps its sessions, over starts") {
        copied_bot b(/*keeps_account_data=*/false);
        b.talk("one");
        b.bot->reopen();
        b.talk("two");
        auto const before = b.ratchets.keys();
        b.bot->reopen();
        b.talk("three");
        CHECK(b.logged("the store was put back from a copy") == 0);
        // A question and an answer.
        CHECK(b.ratchets.keys() == before + 2);
    }
}

}  // namespace chatrixcd::test
