// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/encrypted_file.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <span>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "media/hex.hpp"

namespace chatrixcd::matrix {

namespace json = boost::json;
using protocol::base64_alphabet;

namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t iv_size = 16;
constexpr std::size_t digest_size = 32;

std::string encoded(std::string_view bytes, base64_alphabet alphabet = base64_alphabet::standard) {
    return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes.data(), bytes.size())), alphabet);
}

// Nothing: it is missing, no Base64, or of another size.
std::optional<std::string> decoded(json::object const& from, std::string_view member, std::size_t size,
                                   base64_alphabet alphabet = base64_alphabet::standard) {
    auto const bytes = protocol::decode_base64(base::find_string(from, member).value_or(std::string()), alphabet);
    if (!bytes || bytes->size() != size) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

error unusable(char const* what) {
    return error(error_kind::invalid, std::string("encrypted content of which ") + what + " cannot be used");
}

}  // namespace

encrypted_file encrypted_file::make(base::random& randomness) {
    encrypted_file made;
    std::string bytes(key_size, '\0');
    randomness.fill(std::as_writable_bytes(std::span<char>(bytes)));
    made.key = secret(bytes);
    base::wipe(bytes);
    // The second half counts blocks, from 0: no content is long enough to come to another's.
    made.iv.resize(iv_size);
    randomness.fill(std::as_writable_bytes(std::span<char>(made.iv)).first(iv_size / 2));
    return made;
}

result<encrypted_file> encrypted_file::parse(json::object const& from) {
    auto uri = mxc_uri::parse(base::find_string(from, "url").value_or(std::string()));
    if (!uri) return unusable("the address");
    if (base::find_string(from, "v") != "v2") return unusable("the version");
    auto const* jwk = base::find_object(from, "key");
    bool const is_known = jwk != nullptr && base::find_string(*jwk, "kty") == "oct" && base::find_string(*jwk, "alg") == "A256CTR";
    auto key = is_known ? decoded(*jwk, "k", key_size, base64_alphabet::url_safe) : std::nullopt;
    if (!key) return unusable("the key");
    auto iv = decoded(from, "iv", iv_size);
    if (!iv) return unusable("the counter");
    auto const* hashes = base::find_object(from, "hashes");
    auto const digest = hashes == nullptr ? std::nullopt : decoded(*hashes, "sha256", digest_size);
    if (!digest) return unusable("the hash");
    encrypted_file found;
    found.uri = std::move(*uri);
    found.key = secret(*key);
    base::wipe(*key);
    found.iv = std::move(*iv);
    found.sha256 = detail::to_hex(*digest);
    return found;
}

bool encrypted_file::is_usable() const {
    return key.reveal().size() == key_size && iv.size() == iv_size && detail::from_hex(sha256).size() == digest_size;
}

json::object encrypted_file::json() const {
    json::object jwk;
    jwk["kty"] = "oct";
    jwk["key_ops"] = json::array{"encrypt", "decrypt"};
    jwk["alg"] = "A256CTR";
    jwk["k"] = encoded(key.reveal(), base64_alphabet::url_safe);
    jwk["ext"] = true;
    json::object made;
    made["url"] = uri.str();
    made["v"] = "v2";
    made["key"] = std::move(jwk);
    made["iv"] = encoded(iv);
    made["hashes"].emplace_object()["sha256"] = encoded(detail::from_hex(sha256));
    return made;
}

}  // namespace chatrixcd::matrix
