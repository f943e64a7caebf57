// SPDX-License-Identifier: Apache-2.0
#include "engine/failures.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::chatops {

std::string words_of(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        return e.what();
    } catch (...) {
        return "an exception of no known type";
    }
}

bool is_cancellation(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& e) {
        return e.code() == boost::asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

bool is_store_failure(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (base::constraint_violation const&) {
        return false;
    } catch (base::store_error const&) {
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace chatrixcd::chatops
