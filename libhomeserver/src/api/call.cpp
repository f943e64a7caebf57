// SPDX-License-Identifier: Apache-2.0
#include "api/call.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

result<std::int64_t> call::count(std::string_view name, std::int64_t otherwise) const {
    auto const text = query(name);
    if (!text) return otherwise;
    std::int64_t number = 0;
    auto const [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (problem != std::errc() || end != text->data() + text->size() || number < 0) {
        return invalid_param(std::string(name) + " is no positive integer");
    }
    return number;
}

void answer::write() {
    if (text.empty()) text = boost::json::serialize(std::exchange(body, {}));
}

}  // namespace chatrixcd::homeserver
