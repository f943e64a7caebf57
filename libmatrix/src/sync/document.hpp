// SPDX-License-Identifier: Apache-2.0
// A homeserver's JSON answer, parsed into memory of its own that is given back in one piece. Immutable, so that threads may share it.
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::matrix::detail {

class document {
public:
    // Error `protocol`: no JSON object, or nested deeper than 64 levels.
    static base::result<std::shared_ptr<document const>> parse(std::string_view text);
    document(document const&) = delete;
    document& operator=(document const&) = delete;

    boost::json::object const& root() const noexcept { return value_.get_object(); }

private:
    explicit document(std::size_t expected) : memory_(expected), value_(&memory_) {}

    boost::json::monotonic_resource memory_;
    boost::json::value value_;
};

}  // namespace chatrixcd::matrix::detail
