// SPDX-License-Identifier: Apache-2.0
// What a program does with one verification, and waits for.
#include <utility>

#include "crypto/verification/emoji.hpp"
#include "encryption/verifications.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using crypto::verification_step;
using detail::verification_entry;

namespace {

error why_over(verification_entry const& of) {
    if (of.talk.step() != verification_step::cancelled) return error(error_kind::unavailable, "the Matrix client has stopped");
    auto const words = of.talk.reason().empty() ? of.talk.code() : of.talk.reason() + " (" + of.talk.code() + ")";
    return error(error_kind::conflict, "the verification was cancelled: " + words);
}

bool is_going_on(verification_entry const& of) { return !of.talk.is_over() && !of.is_closed; }

// Why what was waited for does not come. `other_way`: what to say if it goes on, or was done, without.
error why_not(verification_entry const& of, char const* other_way) {
    bool const has_failed = of.talk.step() == verification_step::cancelled || of.is_closed;
    return has_failed ? why_over(of) : error(error_kind::invalid, other_way);
}

verification_codes shown(crypto::verification_codes const& codes) {
    verification_codes made;
    for (std::size_t i = 0; i < made.emoji.size(); ++i) {
        auto const& one = crypto::sas_emojis().at(codes.emoji.at(i));
        made.emoji.at(i) = {one.symbol, one.name};
    }
    made.numbers = codes.decimals;
    return made;
}

asio::awaitable<result<verification_codes>> wait_for_codes(std::shared_ptr<verification_entry> of) {
    of->talk.accept();
    of->wake();
    while (!of->talk.codes() && !of->talk.goes_by_qr_code() && is_going_on(*of)) {
        // One method is known to both, so that nobody has to choose.
        if (of->talk.step() == verification_step::ready) {
            of->talk.begin();
            of->wake();
        }
        co_await of->changed.wait();
    }
    if (auto const codes = of->talk.codes()) co_return shown(*codes);
    co_return why_not(*of, "a QR code was scanned, so that there are no codes to compare");
}

asio::awaitable<result<secret>> wait_for_qr_data(std::shared_ptr<verification_entry> of) {
    of->talk.accept();
    of->wake();
    auto const waits = [&] {
        return of->talk.step() == verification_step::requested || (of->talk.step() == verification_step::ready && !of->talk.knows_them());
    };
    while (waits() && is_going_on(*of)) co_await of->changed.wait();
    auto data = of->talk.qr_data();
    if (!data) co_return why_not(*of, "there is no QR code for the other device to scan");
    co_return std::move(*data);
}

asio::awaitable<result<void>> wait_for_scan(std::shared_ptr<verification_entry> of) {
    auto const waits = [&] { return of->talk.step() == verification_step::requested || of->talk.step() == verification_step::ready; };
    while (waits() && is_going_on(*of)) co_await of->changed.wait();
    bool const is_scanned = of->talk.step() == verification_step::scanned;
    if (!is_scanned) co_return why_not(*of, "nobody is to confirm that our QR code was scanned");
    co_return result<void>();
}

asio::awaitable<result<void>> wait_for_end(std::shared_ptr<verification_entry> of) {
    while (!of->proof && of->talk.step() != verification_step::cancelled && !of->is_closed) co_await of->changed.wait();
    if (!of->proof) co_return why_over(*of);
    co_return result<void>();
}

asio::awaitable<result<verified>> wait_for_proof(std::shared_ptr<verification_entry> of, bool is_kept) {
    bool const can_confirm = of->talk.is_over() || of->talk.codes() || of->talk.step() == verification_step::scanned;
    if (!can_confirm) co_return error(error_kind::invalid, "there are no codes yet that could be the same, nor was ours scanned");
    of->keeps_proof = is_kept;
    of->talk.confirm();
    of->wake();
    auto const end = co_await wait_for_end(of);
    if (!end) co_return end.error();
    co_return *of->proof;
}

asio::awaitable<result<verified>> take_scan(std::shared_ptr<verification_entry> of, secret code) {
    auto const taken = of->talk.scan(code.reveal());
    of->changed.notify_all();
    of->wake();
    if (!taken) co_return taken.error();
    auto const end = co_await wait_for_end(of);
    if (!end) co_return end.error();
    co_return *of->proof;
}

}  // namespace

user_id const& verification::user() const noexcept { return entry_->talk.user(); }
device_id const& verification::device() const noexcept { return entry_->talk.device(); }
std::optional<room_id> const& verification::room() const noexcept { return entry_->room; }
bool verification::was_asked_by_us() const noexcept { return entry_->talk.was_asked_by_us(); }

asio::awaitable<result<verification_codes>> verification::codes() const { return wait_for_codes(entry_); }
asio::awaitable<result<verified>> verification::confirm() const { return wait_for_proof(entry_, /*is_kept=*/true); }
asio::awaitable<result<verified>> verification::agree() const { return wait_for_proof(entry_, /*is_kept=*/false); }

asio::awaitable<result<secret>> verification::qr_data() const { return wait_for_qr_data(entry_); }
asio::awaitable<result<void>> verification::scanned() const { return wait_for_scan(entry_); }
asio::awaitable<result<verified>> verification::scan(secret code) const { return take_scan(entry_, std::move(code)); }

asio::awaitable<result<void>> verification::ended() const { return wait_for_end(entry_); }

void verification::mismatch() const {
    entry_->talk.mismatch();
    entry_->changed.notify_all();
    entry_->wake();
}

void verification::cancel(std::string reason) const {
    entry_->talk.cancel("m.user", std::move(reason));
    entry_->changed.notify_all();
    entry_->wake();
}

}  // namespace chatrixcd::matrix
