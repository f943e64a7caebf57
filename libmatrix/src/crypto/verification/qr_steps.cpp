// SPDX-License-Identifier: Apache-2.0
// The steps of a verification that goes by a QR code.
#include <span>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/verification/verification.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr std::size_t secret_bytes = 16;

base::secret fresh_secret(base::random& random) {
    std::string bytes(secret_bytes, '\0');
    random.fill(std::as_writable_bytes(std::span<char>(bytes)));
    base::secret made(bytes);
    base::wipe(bytes);
    return made;
}

std::string_view text_of(std::vector<std::byte> const& bytes) { return {reinterpret_cast<char const*>(bytes.data()), bytes.size()}; }

}  // namespace

std::optional<qr_keys> verification::shown_keys() const {
    bool const can_be_shown = abilities_.shows && theirs_.scans && knows_them_;
    return can_be_shown ? qr_keys_of(us_, them_) : std::nullopt;
}

std::optional<base::secret> verification::qr_data() {
    auto keys = step_ == verification_step::ready ? shown_keys() : std::nullopt;
    if (!keys) return std::nullopt;
    if (!shown_) {
        qr_code code;
        code.keys = std::move(*keys);
        code.id = id_;
        code.secret = fresh_secret(*random_);
        shown_ = std::move(code);
    }
    auto made = encode_qr_code(*shown_);
    if (!made) return std::nullopt;
    return std::move(*made);
}

base::result<void> verification::scan(std::string_view code) {
    if (step_ != verification_step::ready || !may_scan() || !knows_them_) {
        return base::error(base::error_kind::invalid, "there is no QR code to scan now");
    }
    auto const read = decode_qr_code(code);
    if (!read) return read.error();
    if (read->id != id_) return base::error(base::error_kind::invalid, "a QR code of another verification");
    auto const proof = proof_of_scanned(read->keys, us_, them_);
    if (!proof) {
        cancel("m.key_mismatch", "the QR code has other keys than are known here");
        return base::error(base::error_kind::conflict, reason_);
    }
    qr_proof_ = *proof;
    goes_by_qr_code_ = true;
    json::object content;
    content["from_device"] = us_.device.str();
    content["method"] = reciprocate_method;
    content["secret"] = protocol::encode_base64(std::as_bytes(std::span<char const>(read->secret.reveal())));
    say("m.key.verification.start", std::move(content));
    step_ = verification_step::confirmed;
    return {};
}

// They know the secret of our code, so they have seen it; who they are, our person sees.
void verification::take_scanned(json::object const& content) {
    auto const said = protocol::decode_base64(base::find_string(content, "secret").value_or(std::string()));
    // What they have compared is what was shown: nothing else is believed for it.
    bool const is_shown = shown_ && shown_keys() == shown_->keys;
    bool const is_ours = is_shown && said && base::equal_constant_time(text_of(*said), shown_->secret.reveal());
    if (!is_ours) return cancel("m.key_mismatch", "our QR code was not scanned by whoever says so");
    // Each has scanned the other's, and found the right keys there: there is nothing more for anybody to see.
    if (goes_by_qr_code_) return finish_scan();
    qr_proof_ = proof_of_shown(shown_->keys.mode);
    goes_by_qr_code_ = true;
    step_ = verification_step::scanned;
}

// Whoever has shown the code has seen that it was scanned, or both have scanned.
void verification::finish_scan() {
    proves_device_ = qr_proof_.device;
    proves_master_ = qr_proof_.identity;
    say("m.key.verification.done", json::object());
    step_ = verification_step::done;
}

}  // namespace chatrixcd::matrix::crypto
