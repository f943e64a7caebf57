// SPDX-License-Identifier: Apache-2.0
#include "store_key.hpp"

#include <utility>

#include "config/secrets.hpp"

namespace chatrixcd::bot {

boost::asio::awaitable<base::result<base::store_key_source>> read_store_key(boost::asio::any_io_executor executor, matrix_config settings,
                                                                            environment variables) {
    base::store_key_source source = base::store_key_file{settings.store_path + "/store.key"};
    if (settings.store_key.from == secret_source::kind::none) co_return source;
    auto const text = co_await read_secret(executor, settings.store_key, "matrix.store_key", std::move(variables));
    if (!text) co_return text.error();
    auto key = base::store_key::parse(*text);
    if (!key) co_return base::error(base::error_kind::invalid, "matrix.store_key: " + key.error().message()).with_hint(key.error().hint());
    source = std::move(*key);
    co_return source;
}

}  // namespace chatrixcd::bot
