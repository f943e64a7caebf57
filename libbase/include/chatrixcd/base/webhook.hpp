// SPDX-License-Identifier: Apache-2.0
// Signed webhooks as the Standard Webhooks specification has them (standardwebhooks.com, version 1): the field webhook-signature holds
// HMAC-SHA256 over "ID.TIMESTAMP.BODY", with the id and the time stamp in webhook-id and webhook-timestamp. Pure: the time is handed in.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::base {

// What both sides know.
class webhook_key {
public:
    // "whsec_" and base64 of the key, or any other text, which is the key as it is: 16 to 256 bytes. Error kind `invalid`.
    static result<webhook_key> parse(secret const& text);

    // The value of webhook-signature: "v1," and base64. `sent_at` counts in whole seconds.
    std::string sign(std::string_view id, time_point sent_at, std::string_view body) const;

private:
    explicit webhook_key(secret bytes) : bytes_(std::move(bytes)) {}
    secret bytes_;
};

// Sets the three fields that say who sent the body and when.
void set_webhook_fields(http::fields& into, webhook_key const& key, std::string_view id, time_point sent_at, std::string_view body);

// Says whether what arrives was signed with the key, lately, and not before: each id is taken once.
class webhook_verifier {
public:
    // `window`: how far the time stamp may lie before and behind the clock here.
    explicit webhook_verifier(webhook_key key, duration window = std::chrono::minutes(5)) : key_(std::move(key)), window_(window) {}

    // Error kinds: invalid (a field is missing or no time stamp), unauthorized (another key or another body, or too old or too new),
    // conflict (this id came before), rate_limited (more ids within the window than are kept, which are 10,000). A field may hold several
    // signatures with blanks between them, as while keys change; those of other versions are passed over. Signatures are compared in
    // constant time.
    result<void> verify(http::fields const& headers, std::string_view body, time_point now);

private:
    result<void> take_once(std::string id, time_point now);

    webhook_key key_;
    duration window_;
    std::map<std::string, time_point> taken_;  // until when each is kept
};

}  // namespace chatrixcd::base
