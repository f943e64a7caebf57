// SPDX-License-Identifier: Apache-2.0
#include "encryption/key_files.hpp"

#include <boost/json/array.hpp>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/backup/key_file.hpp"
#include "crypto/backup/key_transfer.hpp"
#include "crypto/wiping.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Keys of one transaction.
constexpr std::size_t slice = 200;
// Base64 and the lines around it.
constexpr std::size_t most_text = crypto::most_key_file_bytes / 4 * 3 - 4096;

using slice_maker = crypto::exported_slice (*)(crypto::context const&, std::int64_t);

// Appends all that `next` gives.
asio::awaitable<result<void>> collect(machine store, slice_maker next, std::vector<secret>& into, std::size_t& bytes) {
    std::int64_t after = 0;
    for (;;) {
        auto work = [next, after](crypto::context const& with) { return next(with, after); };
        auto some = co_await store.run(work);
        for (auto& each : some.sessions) {
            bytes += each.reveal().size() + 1;
            into.push_back(std::move(each));
        }
        if (bytes > most_text) co_return error(error_kind::too_large, "there are more room keys than one file takes");
        if (some.last == 0) co_return result<void>();
        after = some.last;
    }
}

secret joined(std::vector<secret> const& sessions, std::size_t bytes) {
    std::string text = "[";
    text.reserve(bytes + 2);
    for (auto const& each : sessions) {
        if (text.size() > 1) text += ',';
        text += each.reveal();
    }
    text += ']';
    secret kept(text);
    base::wipe(text);
    return kept;
}

// The keys of a file. Wiped by whoever lets go of them last.
class read_keys {
public:
    explicit read_keys(json::value list) : list_(std::move(list)) {}
    read_keys(read_keys const&) = delete;
    read_keys& operator=(read_keys const&) = delete;
    ~read_keys() { crypto::wipe_strings(list_); }
    json::array const& list() const { return list_.get_array(); }

private:
    json::value list_;
};

result<std::shared_ptr<read_keys const>> read_file(secret const& passphrase, std::string const& file) {
    auto const opened = crypto::open_key_file(passphrase, file);
    if (!opened) return opened.error();
    auto parsed = base::parse_json(opened->reveal());
    if (!parsed || !parsed->is_array()) return error(error_kind::invalid, "what is in the file is no list of room keys");
    return std::make_shared<read_keys const>(std::move(*parsed));
}

}  // namespace

asio::awaitable<result<std::string>> export_keys(machine store, base::worker_pool& workers, base::random& randomness, secret passphrase) {
    if (passphrase.empty()) co_return error(error_kind::invalid, "a file of room keys needs a passphrase");
    std::vector<secret> sessions;
    std::size_t bytes = 0;
    auto const own = co_await collect(store, crypto::export_room_keys, sessions, bytes);
    if (!own) co_return own.error();
    auto const imported = co_await collect(store, crypto::export_imported_keys, sessions, bytes);
    if (!imported) co_return imported.error();
    std::string fresh(crypto::key_file_random_bytes, '\0');
    randomness.fill(std::as_writable_bytes(std::span<char>(fresh)));
    auto seal = [fresh, passphrase = std::move(passphrase), all = joined(sessions, bytes)] {
        return crypto::seal_key_file(fresh, passphrase, all);
    };
    co_return co_await base::offload(workers, std::move(seal));
}

asio::awaitable<result<imported_keys>> import_keys(machine store, base::worker_pool& workers, std::string file, secret passphrase) {
    auto open = [file = std::move(file), passphrase = std::move(passphrase)] { return read_file(passphrase, file); };
    auto const read = co_await base::offload(workers, std::move(open));
    if (!read) co_return read.error();
    auto const& all = (*read)->list();
    imported_keys count;
    for (std::size_t first = 0; first < all.size(); first += slice) {
        auto work = [all = *read, first](crypto::context const& with) {
            std::span<json::value const> const rest(all->list().data() + first, all->list().size() - first);
            return crypto::import_keys(with, rest.first(std::min(slice, rest.size())));
        };
        auto const some = co_await store.run(std::move(work));
        count.taken += some.taken;
        count.known += some.known;
        count.refused += some.refused;
    }
    co_return count;
}

}  // namespace chatrixcd::matrix::detail
