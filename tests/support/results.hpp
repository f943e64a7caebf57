// SPDX-License-Identifier: Apache-2.0
// Lets a test write CHECK(result) for any result<T>: a refusal that was not expected is shown in its own words.
#pragma once

#include <doctest/doctest.h>

#include <chatrixcd/base/error.hpp>

namespace doctest {

template <class T>
struct StringMaker<chatrixcd::base::result<T>> {
    static String convert(chatrixcd::base::result<T> const& outcome) {
        return outcome.has_value() ? String("a value") : String(outcome.error().describe().c_str());
    }
};

}  // namespace doctest
