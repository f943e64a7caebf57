// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/webhook.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace chatrixcd::base {
namespace {

constexpr std::string_view id_field = "webhook-id";
constexpr std::string_view time_field = "webhook-timestamp";
constexpr std::string_view signature_field = "webhook-signature";
constexpr std::string_view version_prefix = "v1,";
constexpr std::string_view key_prefix = "whsec_";
constexpr std::size_t key_least = 16;
constexpr std::size_t key_most = 256;
constexpr std::size_t id_most = 256;
constexpr std::size_t kept_most = 10'000;

// Nothing if it is no base64 with its padding.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    int const length = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                         reinterpret_cast<unsigned char const*>(text.data()), static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    // What the padding stands for was written as zero bytes.
    auto const padding = text.size() - (text.find_last_not_of('=') + 1);
    if (padding > 2) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

std::string to_base64(std::array<unsigned char, 32> const& bytes) {
    std::array<char, 45> text{};
    int const length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
    return std::string(text.data(), static_cast<std::size_t>(length));
}

std::string seconds_text(time_point when) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count());
}

std::optional<time_point> time_from(std::string_view seconds) {
    std::int64_t count = 0;
    auto const [end, problem] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), count);
    // Up to the year 9999, so that milliseconds fit.
    constexpr std::int64_t most = 253'402'300'799;
    if (problem != std::errc() || end != seconds.data() + seconds.size() || count < 0 || count > most) return std::nullopt;
    return time_point(std::chrono::seconds(count));
}

// Looks at each of them, so that the time does not say which one fits.
bool holds(std::string_view signatures, std::string_view expected) {
    bool found = false;
    while (!signatures.empty()) {
        auto const end = signatures.find(' ');
        if (equal_constant_time(signatures.substr(0, end), expected)) found = true;
        signatures = end == std::string_view::npos ? std::string_view() : signatures.substr(end + 1);
    }
    return found;
}

error missing(std::string_view field) {
    return error(error_kind::invalid, "the webhook has no field " + std::string(field)).with_hint("sign it as standardwebhooks.com says");
}

}  // namespace

result<webhook_key> webhook_key::parse(secret const& text) {
    std::string const& given = text.reveal();
    std::string bytes = given;
    if (given.starts_with(key_prefix)) {
        auto decoded = from_base64(std::string_view(given).substr(key_prefix.size()));
        if (!decoded) return error(error_kind::invalid, "the key of the webhooks begins with whsec_, and what follows is no base64");
        wipe(bytes);
        bytes = std::move(*decoded);
    }
    bool const fits = bytes.size() >= key_least && bytes.size() <= key_most;
    secret kept(bytes);
    wipe(bytes);
    if (!fits) {
        return error(error_kind::invalid, "the key of the webhooks must have 16 to 256 bytes")
            .with_hint("make one with: openssl rand -hex 32");
    }
    return webhook_key(std::move(kept));
}

std::string webhook_key::sign(std::string_view id, time_point sent_at, std::string_view body) const {
    std::string content;
    content.append(id).append(".").append(seconds_text(sent_at)).append(".").append(body);
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    auto const& key = bytes_.reveal();
    if (::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<unsigned char const*>(content.data()),
               content.size(), digest.data(), &length) == nullptr ||
        length != digest.size()) {
        throw std::runtime_error("HMAC-SHA256 is not available");
    }
    return std::string(version_prefix) + to_base64(digest);
}

void set_webhook_fields(http::fields& into, webhook_key const& key, std::string_view id, time_point sent_at, std::string_view body) {
    into.set(id_field, std::string(id));
    into.set(time_field, seconds_text(sent_at));
    into.set(signature_field, key.sign(id, sent_at, body));
}

result<void> webhook_verifier::verify(http::fields const& headers, std::string_view body, time_point now) {
    auto const id = headers.get(id_field);
    if (!id || id->empty()) return missing(id_field);
    if (id->size() > id_most) return error(error_kind::invalid, "the webhook's id is over 256 bytes long");
    auto const stamp = headers.get(time_field);
    if (!stamp) return missing(time_field);
    auto const sent_at = time_from(*stamp);
    if (!sent_at) return error(error_kind::invalid, "the webhook's time stamp is no number of seconds since 1970");
    auto const signatures = headers.get(signature_field);
    if (!signatures) return missing(signature_field);
    // The signature first: whoever has no key learns nothing about our clock or about ids.
    if (!holds(*signatures, key_.sign(*id, *sent_at, body))) {
        return error(error_kind::unauthorized, "the webhook was not signed with the key that is configured here");
    }
    if (*sent_at < now - window_ || *sent_at > now + window_) {
        return error(error_kind::unauthorized, "the webhook's time stamp is too far from the time here")
            .with_hint("set both clocks by the network");
    }
    return take_once(*id, now);
}

result<void> webhook_verifier::take_once(std::string id, time_point now) {
    std::erase_if(taken_, [now](auto const& one) { return one.second < now; });
    if (taken_.contains(id)) return error(error_kind::conflict, "this webhook came before");
    if (taken_.size() >= kept_most) return error(error_kind::rate_limited, "too many webhooks within a few minutes");
    // A time stamp from the future stays good for twice the window.
    taken_.emplace(std::move(id), now + 2 * window_);
    return {};
}

}  // namespace chatrixcd::base
