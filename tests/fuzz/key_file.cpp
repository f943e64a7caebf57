// SPDX-License-Identifier: Apache-2.0
// Whatever comes as a file of room keys: it is opened or refused, and what it holds is taken in or refused.
#include <chatrixcd/base/json_reader.hpp>

#include "bare_store.hpp"
#include "crypto/backup/key_file.hpp"
#include "crypto/backup/key_transfer.hpp"

namespace {

namespace crypto = chatrixcd::matrix::crypto;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static chatrixcd::fuzz::bare_store store;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    // The cost of many rounds is known, and bounded.
    if (auto const opened = crypto::open_key_file(chatrixcd::base::secret("passphrase"), text, 1000)) (void)opened->reveal();
    auto const parsed = chatrixcd::base::parse_json(text);
    if (!parsed || !parsed->is_array()) return 0;
    store.undone([&](chatrixcd::base::transaction& t) { crypto::import_keys(store.context(t), parsed->get_array()); });
    return 0;
}
