// SPDX-License-Identifier: Apache-2.0
// What end-to-end encryption needs of a cryptographic library: accounts, Olm and Megolm. Everything above (who gets which key, what is
// trusted, what is kept) is the machine's, which knows no library.
//
// Keys, ids, signatures and message bodies are texts in unpadded Base64. What comes from others may be anything: it is refused with an
// error `invalid` and changes nothing. Objects belong to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

using base::result;

// m.olm.v1.curve25519-aes-sha2.
struct olm_message {
    // 0: a pre-key message, which begins a session; 1: any other.
    std::int64_t type = 0;
    std::string body;
};

class olm_session {
public:
    virtual ~olm_session() = default;

    // The same on both sides.
    virtual std::string id() const = 0;
    virtual olm_message encrypt(std::string_view plaintext) = 0;
    virtual result<std::string> decrypt(olm_message const& message) = 0;
    // Whether the pre-key message belongs to this session. What is no such message belongs to none.
    virtual bool began_with(std::string_view their_identity_key, olm_message const& first) = 0;
    // To be kept in a sealed column.
    virtual base::secret pickle() = 0;
};

// A session that a pre-key message began, with what that said.
struct begun_session {
    std::unique_ptr<olm_session> session;
    std::string plaintext;
};

struct one_time_key {
    std::string id;
    std::string key;
};

// The long-lived keys of a device, and the keys with which others begin sessions.
class account {
public:
    virtual ~account() = default;

    virtual std::string curve25519() const = 0;
    virtual std::string ed25519() const = 0;
    virtual std::string sign(std::string_view message) = 0;

    // How many private keys are kept: when more are made, the oldest are lost.
    virtual std::size_t most_one_time_keys() const = 0;
    virtual void make_one_time_keys(std::size_t number) = 0;
    // Those that are not yet marked as published.
    virtual std::vector<one_time_key> unpublished_keys() const = 0;
    // Replaces the fallback key; messages that use the one before it are still understood until that is forgotten.
    virtual void make_fallback_key() = 0;
    // At most one.
    virtual std::vector<one_time_key> unpublished_fallback_key() const = 0;
    virtual void mark_as_published() = 0;
    virtual void forget_old_fallback_key() = 0;

    virtual result<std::unique_ptr<olm_session>> begin_session(std::string_view their_identity_key,
                                                               std::string_view their_one_time_key) = 0;
    // The one-time key that the message uses stays, for others might have sent the message: forget it when what was said is found true.
    virtual result<begun_session> accept_session(std::string_view their_identity_key, olm_message const& first) = 0;
    virtual void forget_one_time_key(olm_session& used_by) = 0;
    virtual base::secret pickle() = 0;
};

// Megolm (m.megolm.v1.aes-sha2), sending.
class outbound_group {
public:
    virtual ~outbound_group() = default;

    virtual std::string id() const = 0;
    // Of the next message.
    virtual std::uint32_t index() const = 0;
    // What lets others read from index() on; signed.
    virtual base::secret session_key() const = 0;
    virtual std::string encrypt(std::string_view plaintext) = 0;
    virtual base::secret pickle() = 0;
};

struct group_plaintext {
    std::string text;
    std::uint32_t index = 0;
};

// Megolm, receiving.
class inbound_group {
public:
    virtual ~inbound_group() = default;

    virtual std::string id() const = 0;
    // Messages before it cannot be read.
    virtual std::uint32_t first_index() const = 0;
    // Reads any message from first_index() on, in any order and as often as it is asked to. Errors: not_found (one before it),
    // conflict (it is signed by the session, and was not encrypted with this ratchet), invalid.
    virtual result<group_plaintext> decrypt(std::string_view ciphertext) = 0;
    // For a backup or a file: unsigned. Error `not_found`: before first_index().
    virtual result<base::secret> export_at(std::uint32_t index) = 0;
    virtual base::secret pickle() = 0;
};

class driver {
public:
    virtual ~driver() = default;

    virtual std::unique_ptr<account> make_account() = 0;
    virtual std::unique_ptr<outbound_group> make_outbound_group() = 0;
    // From what outbound_group::session_key() gave; its signature must be right.
    virtual result<std::unique_ptr<inbound_group>> make_inbound_group(base::secret const& session_key) = 0;
    // From what inbound_group::export_at() gave: whoever gave it could have made it up.
    virtual result<std::unique_ptr<inbound_group>> import_inbound_group(base::secret const& exported) = 0;

    // From what was kept. Error `environment`: it was not made by this driver, or is damaged.
    virtual result<std::unique_ptr<account>> load_account(base::secret const& pickle) = 0;
    virtual result<std::unique_ptr<olm_session>> load_session(base::secret const& pickle) = 0;
    virtual result<std::unique_ptr<outbound_group>> load_outbound_group(base::secret const& pickle) = 0;
    virtual result<std::unique_ptr<inbound_group>> load_inbound_group(base::secret const& pickle) = 0;
};

// On libolm. The source of randomness must outlive it.
std::unique_ptr<driver> make_libolm_driver(base::random& randomness);

}  // namespace chatrixcd::matrix::crypto
