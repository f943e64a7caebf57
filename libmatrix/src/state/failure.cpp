// SPDX-License-Identifier: Apache-2.0
#include "state/failure.hpp"

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::matrix::detail {

std::string words_of(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (base::error_exception const& e) {
        return e.why().describe();
    } catch (std::exception const& e) {
        return e.what();
    } catch (...) {
        return "something that is no std::exception was thrown";
    }
}

}  // namespace chatrixcd::matrix::detail
