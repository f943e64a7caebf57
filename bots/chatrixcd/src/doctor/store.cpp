// SPDX-License-Identifier: Apache-2.0
#include "doctor/store.hpp"

#include <unistd.h>

#include <chatrixcd/base/store.hpp>
#include <utility>
#include <variant>

#include "config/secrets.hpp"
#include "store_key.hpp"

namespace chatrixcd::bot {

boost::asio::awaitable<void> examine_store(boost::asio::any_io_executor executor, config settings, environment variables, findings& into) {
    auto const key = co_await read_store_key(executor, settings.matrix, std::move(variables));
    if (!key) {
        into.bad("the store's key", key.error(), exit_code::usage);
        co_return;
    }
    auto const& folder = settings.matrix.store_path;
    for (auto const* name : {"/matrix.db", "/chatops.db"}) {
        auto const fits = base::store::examine_key(folder + name, *key);
        if (fits) continue;
        into.bad("the store", fits.error(), exit_code_of(fits.error()));
        co_return;
    }
    auto const* const file = std::get_if<base::store_key_file>(&*key);
    if (file == nullptr) {
        into.good("the store's key is matrix.store_key: a copy of the store needs it, too");
    } else if (::access(file->path.c_str(), F_OK) == 0) {
        into.good("the store's key is in " + file->path + ": a copy of the store needs it, too");
    } else {
        into.note("the bot's first start makes the store's key, " + file->path + ": a copy of the store needs it, too");
    }
}

}  // namespace chatrixcd::bot
