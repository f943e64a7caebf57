// SPDX-License-Identifier: Apache-2.0
// Keys in JSON: an object that goes gives its memory back as it is. Pure.
#pragma once

#include <boost/json/fwd.hpp>

namespace chatrixcd::matrix::crypto {

// Overwrites every string that is in it, at any depth; names of members stay.
void wipe_strings(boost::json::value& in) noexcept;
void wipe_strings(boost::json::object& in) noexcept;

// Does so for an object that it is declared after, on every way out of the block.
class wiping {
public:
    explicit wiping(boost::json::object& in) noexcept : in_(in) {}
    wiping(wiping const&) = delete;
    wiping& operator=(wiping const&) = delete;
    ~wiping() { wipe_strings(in_); }

private:
    boost::json::object& in_;
};

}  // namespace chatrixcd::matrix::crypto
