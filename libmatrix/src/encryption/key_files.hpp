// SPDX-License-Identifier: Apache-2.0
// Writes the store's room keys into the text of a file, and takes those of one in (client-server API, "Key exports"): the store a slice at
// a time, the passphrase on a thread of its own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/base/worker_pool.hpp>
#include <chatrixcd/matrix/key_backup.hpp>

#include "encryption/machine.hpp"

namespace chatrixcd::matrix::detail {

// `workers` and `randomness` outlive it. Errors: too_large (such a file would not be read), and those of crypto::open_key_file().
boost::asio::awaitable<result<std::string>> export_keys(machine store, base::worker_pool& workers, base::random& randomness,
                                                        secret passphrase);
boost::asio::awaitable<result<imported_keys>> import_keys(machine store, base::worker_pool& workers, std::string file, secret passphrase);

}  // namespace chatrixcd::matrix::detail
