// SPDX-License-Identifier: Apache-2.0
// Whatever a homeserver answers to GET /sync or /messages is refused, or is committed with the position that it names.
#include <boost/json/object.hpp>

#include "bare_store.hpp"
#include "http/answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::matrix::detail;
    static chatrixcd::fuzz::bare_store store;
    chatrixcd::base::http::response const said(200, std::string(reinterpret_cast<char const*>(data), size));
    auto const answer = read_answer(said, "the answer");
    if (!answer) return answer.error().message().empty() ? (std::abort(), 0) : 0;
    if (auto const page = parse_page(*answer)) store.undone([&](auto& t) { store.take(t, *page); });
    if (auto const batch = parse_sync(*answer)) store.undone([&](auto& t) { store.take(t, *batch); });
    return 0;
}
