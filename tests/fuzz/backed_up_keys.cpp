// SPDX-License-Identifier: Apache-2.0
// Whatever a homeserver gives as a key from the backup, and whatever is encrypted in it: it is taken or refused.
#include <chatrixcd/base/json_reader.hpp>

#include "bare_store.hpp"
#include "crypto/backup/adopting.hpp"
#include "crypto/backup/backup_table.hpp"
#include "crypto/rooms/waiting.hpp"

namespace {

namespace crypto = chatrixcd::matrix::crypto;

crypto::session_name const which(chatrixcd::matrix::room_id("!a:test"), "ipdI6Zs/7DzFTEhiA2iGaMDfHkIYCleqXT6L+5e1/co");

void wait_for_it(crypto::context const& with, crypto::backup_key const& key) {
    crypto::waiting_event event;
    event.room = which.first;
    event.session = which.second;
    event.id = "$1";
    event.sender = chatrixcd::matrix::user_id("@alice:test");
    crypto::keep_waiting(with, event);
    crypto::save_backup_key(with, key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static chatrixcd::fuzz::bare_store store;
    static auto const random = chatrixcd::base::make_seeded_random(1);
    static auto const key = crypto::backup_key::make(*random);
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    boost::json::object wrapped;
    wrapped["session_data"] = crypto::seal_for_backup(*random, key.public_key(), text).value();
    auto const answer = chatrixcd::base::parse_json_object(text);
    store.undone([&](chatrixcd::base::transaction& t) {
        auto const with = store.context(t);
        wait_for_it(with, key);
        (void)crypto::take_backed_up(with, which, wrapped);
        if (answer) (void)crypto::take_backed_up(with, which, *answer);
    });
    return 0;
}
