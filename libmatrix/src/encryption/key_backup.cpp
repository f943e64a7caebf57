// SPDX-License-Identifier: Apache-2.0
#include "encryption/key_backup.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/backup/key_transfer.hpp"
#include "crypto/backup/uploading.hpp"
#include "http/retry.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Keys that come together are put there together, and a key that is a little later than its message need not be fetched.
constexpr base::duration quiet = std::chrono::seconds(3);
constexpr std::size_t most_bytes = 1U << 20U;
// What is not used may have become another: it is looked at again after so long, when there is something to do.
constexpr base::duration look_again = std::chrono::hours(6);

// The backup is not there any more, or no longer the latest.
bool is_gone(error const& e) { return e.errcode() == "M_WRONG_ROOM_KEYS_VERSION" || e.errcode() == "M_NOT_FOUND"; }

struct taken_key {
    std::string complaint;
    bool has_rows = false;
};

// What waited for a key is read with it.
taken_key read_with(crypto::context const& with, crypto::session_name const& which, crypto::restored key, receiving& how) {
    taken_key done;
    done.complaint = std::move(key.complaint);
    if (!key.has_key) return done;
    decryption opening(with.t, with.olm, with.account, with.me, with.device, with.now);
    for (auto const& each : opening.reopen({which})) {
        if (store_opened(with.t, each.opened, each.where, how)) done.has_rows = true;
    }
    return done;
}

}  // namespace

key_backup::key_backup(services& with, api& homeserver, session const& who, crypto::driver& olm, policy how)
    : with_(&with),
      api_(&homeserver),
      how_(std::move(how)),
      machine_(with, who, olm),
      choice_(with, homeserver, who, olm, how_.recovery),
      changed_(with.executor),
      log_(with.log.named("backup")) {}

void key_backup::wake() {
    wanted_ = true;
    changed_.notify_all();
}

void key_backup::renew(std::optional<recovery_key> const& key) {
    if (key) choice_.use(*key);
    is_renewing_ = true;
    refused_ = false;
    wake();
}

std::optional<key_backup_state> key_backup::known() const { return chosen_ ? std::optional(chosen_->state) : std::nullopt; }

asio::awaitable<void> key_backup::run() {
    backoff wait(with_->random, std::chrono::seconds(1));
    for (;;) {
        while (!wanted_) co_await changed_.wait();
        // What comes meanwhile may come too late for this round.
        wanted_ = false;
        co_await with_->time.sleep(quiet);
        auto const done = co_await keep_up();
        if (done) {
            wait.reset();
            continue;
        }
        log_.warning("the key backup cannot be kept up, trying again", {{"why", done.error().describe()}});
        auto const delay = wait.next(done.error().retry_after());
        co_await with_->time.sleep(delay);
        wanted_ = true;
    }
}

asio::awaitable<result<void>> key_backup::keep_up() {
    co_await take_imported();
    auto const found = co_await find();
    if (!found || !chosen_ || chosen_->state.vouched_by == backup_voucher::nobody) co_return found;
    // What waits is waited for.
    if (chosen_->state.vouched_by == backup_voucher::private_key) {
        auto const restored = co_await restore();
        if (!restored) co_return restored;
    }
    if (refused_) co_return result<void>();
    co_return co_await upload();
}

// Once a start, when the homeserver says that the backup is another one, and from time to time while there is none that is used.
asio::awaitable<result<void>> key_backup::find() {
    bool const is_used = chosen_ && chosen_->state.vouched_by != backup_voucher::nobody;
    auto const now = with_->time.uptime();
    bool const renews = is_renewing_;
    if (!renews && (is_used || (chosen_ && now - looked_ < look_again))) co_return result<void>();
    auto us = how_.identity();
    // Whoever learns it wakes us.
    if (!us) co_return result<void>();
    result<chosen_backup> chosen;
    if (renews) {
        chosen = co_await choice_.renew();
    } else {
        chosen = co_await choice_.choose(std::move(*us));
    }
    if (!chosen && !is_refusal(chosen.error())) co_return chosen.error();
    looked_ = now;
    if (renews) is_renewing_ = false;
    if (chosen) {
        chosen_ = std::move(*chosen);
    } else {
        chosen_.emplace();
        chosen_->state.problem = "the homeserver keeps no key backup: " + chosen.error().describe();
    }
    if (!chosen_->state.problem.empty()) log_.warning(chosen_->state.problem);
    how_.state();
    co_return result<void>();
}

// What a request was refused with. The backup is looked for anew if it is another one now.
result<void> key_backup::settle(error why) {
    if (is_gone(why)) {
        chosen_.reset();
        return error(error_kind::unavailable, "the account has another key backup by now");
    }
    if (!is_refusal(why)) return why;
    refused_ = true;
    chosen_->state.problem = "the homeserver takes no keys into the backup: " + why.describe();
    log_.warning(chosen_->state.problem);
    how_.state();
    return {};
}

asio::awaitable<result<void>> key_backup::upload() {
    for (;;) {
        auto pick = [random = &with_->random, key = chosen_->public_key](crypto::context const& with) {
            return crypto::next_to_back_up(with, *random, key);
        };
        auto batch = co_await machine_.run(std::move(pick));
        if (batch.keys.empty()) co_return result<void>();
        auto request = call::put(client_path({"room_keys", "keys"})).query("version", chosen_->state.version).body(batch.body);
        auto const answer = co_await api_->request(std::move(request).named("backing keys up"));
        if (!answer) co_return settle(answer.error());
        auto note = [keys = std::move(batch.keys)](crypto::context const& with) { crypto::note_backed_up(with, keys); };
        co_await machine_.run(std::move(note));
        chosen_->state.count = base::find_integer(*answer, "count").value_or(chosen_->state.count);
    }
}

asio::awaitable<result<void>> key_backup::restore() {
    for (;;) {
        auto pick = [](crypto::context const& with) { return crypto::next_to_look_up(with); };
        auto const wanted = co_await machine_.run(pick);
        if (wanted.empty()) co_return result<void>();
        for (auto const& each : wanted) {
            auto const done = co_await look_up(each);
            if (!done) co_return done;
        }
    }
}

asio::awaitable<result<void>> key_backup::look_up(crypto::session_name which) {
    auto request = call::get(client_path({"room_keys", "keys", which.first.str(), which.second}))
                       .query("version", chosen_->state.version)
                       .max_response(most_bytes);
    auto answer = co_await api_->request(std::move(request).named("looking for a key in the backup"));
    if (!answer && (!is_refusal(answer.error()) || answer.error().errcode() == "M_WRONG_ROOM_KEYS_VERSION"))
        co_return settle(answer.error());
    // One that is refused is not there.
    if (answer) {
        co_await take(which, std::move(*answer));
    } else {
        auto note = [which](crypto::context const& with) { crypto::note_looked_up(with, which); };
        co_await machine_.run(std::move(note));
    }
    co_return result<void>();
}

// What waited for it is read in the transaction that has it.
asio::awaitable<void> key_backup::take(crypto::session_name which, json::object answer) {
    auto work = [which, answer = std::move(answer), how = how_.next()](crypto::context const& with) mutable {
        auto done = read_with(with, which, crypto::take_backed_up(with, which, answer), how);
        // What still waits is not looked up again at once.
        crypto::note_looked_up(with, which);
        return done;
    };
    auto const done = co_await machine_.run(std::move(work));
    if (!done.complaint.empty()) log_.warning(done.complaint);
    if (done.has_rows) how_.rows();
}

// What came in a file is a backup that needs no homeserver.
asio::awaitable<void> key_backup::take_imported() {
    auto pick = [](crypto::context const& with) { return crypto::imported_and_awaited(with); };
    auto const wanted = co_await machine_.run(pick);
    for (auto const& which : wanted) {
        auto work = [which, how = how_.next()](crypto::context const& with) mutable {
            return read_with(with, which, crypto::take_imported(with, which), how);
        };
        auto const done = co_await machine_.run(std::move(work));
        if (!done.complaint.empty()) log_.warning(done.complaint);
        if (done.has_rows) how_.rows();
    }
}

asio::awaitable<key_backup_state> key_backup::state() {
    auto known = chosen_->state;
    auto count = [](crypto::context const& with) { return crypto::count_to_back_up(with); };
    known.missing = co_await machine_.run(count);
    co_return known;
}

}  // namespace chatrixcd::matrix::detail
