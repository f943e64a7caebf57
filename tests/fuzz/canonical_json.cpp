// SPDX-License-Identifier: Apache-2.0
// Whatever parses is refused, or has a canonical form that is its own canonical form.
#include <boost/json/value.hpp>
#include <cstdlib>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd;
    auto const value = base::parse_json(std::string_view(reinterpret_cast<char const*>(data), size), 2 * protocol::max_json_depth);
    if (!value) return 0;
    auto const text = protocol::canonical_json(*value);
    if (!text) return 0;
    auto const again = base::parse_json(*text, protocol::max_json_depth);
    if (!again || *again != *value || *protocol::canonical_json(*again) != *text) std::abort();
    return 0;
}
