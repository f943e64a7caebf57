// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_handshake.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include <chatrixcd/base/text.hpp>

#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

constexpr std::string_view version = "13";
constexpr std::string_view blanks = " \t";  // RFC 9110, section 5.6.3
constexpr std::size_t key_bytes = 16;
constexpr std::size_t key_length = 24;  // in base64
// RFC 6455, section 1.3.
constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string base64(unsigned char const* bytes, std::size_t count) {
    std::string text((count + 2) / 3 * 4 + 1, '\0');
    auto const length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(count));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

// Whether a list like "keep-alive, Upgrade" names a word.
bool lists(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        auto const end = list.find(',');
        if (equal_names(text::trimmed(list.substr(0, end), blanks), word)) return true;
        list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    }
    return false;
}

fields fields_of(std::string_view head) {
    fields found;
    auto line_end = head.find("\r\n");
    while (line_end != std::string_view::npos) {
        auto const begin = line_end + 2;
        line_end = head.find("\r\n", begin);
        auto const line = head.substr(begin, line_end == std::string_view::npos ? line_end : line_end - begin);
        auto const colon = line.find(':');
        if (colon != std::string_view::npos) found.add(line.substr(0, colon), std::string(text::trimmed(line.substr(colon + 1), blanks)));
    }
    return found;
}

error not_agreed(std::string const& why) { return error(error_kind::protocol, "the server does not open a WebSocket properly: " + why); }

}  // namespace

std::string new_websocket_key(random& dice) {
    std::array<std::byte, key_bytes> bytes{};
    dice.fill(bytes);
    return base64(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
}

std::string websocket_accept(std::string_view key) {
    auto const text = std::string(key) + std::string(magic);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    ::EVP_Digest(text.data(), text.size(), digest.data(), &length, ::EVP_sha1(), nullptr);
    return base64(digest.data(), length);
}

std::string with_websocket_fields(std::string head, std::string_view key) {
    head.resize(head.size() - 2);
    head.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ").append(version);
    head.append("\r\nSec-WebSocket-Key: ").append(key).append("\r\n\r\n");
    return head;
}

bool is_switching(std::string_view head) { return head.starts_with("HTTP/1.1 101 ") || head.starts_with("HTTP/1.1 101\r\n"); }

result<void> check_switching(std::string_view head, std::string_view key) {
    auto const said = fields_of(head);
    if (!lists(said.get("Upgrade").value_or(""), "websocket")) return not_agreed("it switches to something else");
    if (!lists(said.get("Connection").value_or(""), "upgrade")) return not_agreed("its Connection field says no upgrade");
    if (said.get("Sec-WebSocket-Accept") != websocket_accept(key)) return not_agreed("it answers to another key");
    if (said.get("Sec-WebSocket-Extensions") || said.get("Sec-WebSocket-Protocol")) {
        return not_agreed("it uses an extension or a subprotocol that nobody asked for");
    }
    return {};
}

bool wants_websocket(request const& r) {
    return lists(r.headers.get("Upgrade").value_or(""), "websocket") && lists(r.headers.get("Connection").value_or(""), "upgrade");
}

unsigned bad_websocket_request(request const& r) {
    constexpr unsigned bad_request = 400;
    constexpr unsigned upgrade_required = 426;
    if (r.headers.get("Sec-WebSocket-Version") != version) return upgrade_required;
    auto const key = r.headers.get("Sec-WebSocket-Key").value_or("");
    bool const has_key = key.size() == key_length && key.ends_with("==");
    return r.verb == method::get && r.body.empty() && has_key ? 0 : bad_request;
}

std::string switching_head(request const& r) {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " +
           websocket_accept(r.headers.get("Sec-WebSocket-Key").value_or("")) + "\r\n\r\n";
}

}  // namespace chatrixcd::base::http
