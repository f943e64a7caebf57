// SPDX-License-Identifier: Apache-2.0
// Whatever a homeserver answers to GET /sync or /messages is refused, or is committed with the position that it names.
#include "bare_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::matrix::detail;
    static chatrixcd::fuzz::bare_store store;
    std::string_view const answer(reinterpret_cast<char const*>(data), size);
    if (auto const page = parse_page(answer)) store.undone([&](auto& t) { store.take(t, *page); });
    auto const batch = parse_sync(answer);
    if (!batch) return batch.error().message().empty() ? (std::abort(), 0) : 0;
    store.undone([&](auto& t) { store.take(t, *batch); });
    return 0;
}
