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

answer answer::file(std::string content, base::http::fields with) {
    answer said;
    said.body = nullptr;
    said.is_written = true;
    said.text = std::move(content);
    said.headers = std::move(with);
    return said;
}

void answer::write() {
    if (std::exchange(is_written, true)) return;
    text = boost::json::serialize(std::exchange(body, {}));
}

}  // namespace chatrixcd::homeserver
