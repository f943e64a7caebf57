// SPDX-License-Identifier: Apache-2.0
// The client's only unit on Beast, of which it uses the parser.
#include "http/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <string>
#include <utility>

#include "http/growing_body.hpp"
#include "http/inflater.hpp"
#include "http/pieces.hpp"
#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::uint32_t max_header = 64U << 10U;
// A server that sends nothing but interim answers would never end.
constexpr unsigned max_interim = 16;

error refusal(boost::system::error_code const& failure, std::size_t max_body) {
    if (failure == beast_http::error::body_limit) return too_long(max_body);
    if (failure == beast_http::error::header_limit) return error(error_kind::too_large, "the answer's header is longer than 64 KiB");
    return error(error_kind::protocol, "the answer is not HTTP: " + failure.message());
}

}  // namespace

struct response_reader::state {
    using parser = beast_http::response_parser<growing_body>;

    method asked;
    std::size_t max_body;
    bool in_pieces;
    bool decode;
    std::optional<parser> reading;
    std::string pending;  // received, but not yet taken by the parser
    unsigned interim = 0;
    bool coding_known = false;
    std::unique_ptr<inflater> inflating;
    std::size_t inflated = 0;
    std::string body;  // inflated

    unsigned status() const { return reading->get().result_int(); }
    bool succeeded() const { return status() >= 200 && status() <= 299; }
    bool passes_on() const { return in_pieces && reading->is_header_done() && succeeded(); }
    // The parser asserts that an empty chunked body does not come in pieces of less than its five bytes.
    // A TLS record, an alert most of all: 21 to 23, then version 3.x (RFC 8446, 5.1).
    bool is_tls() const {
        return !reading->is_header_done() && pending.size() >= 2 && pending[0] >= 0x14 && pending[0] <= 0x17 && pending[1] == 0x03;
    }
    bool can_parse() const { return !pending.empty() && (!reading->is_header_done() || !reading->chunked() || pending.size() >= 5); }

    void begin() {
        reading.emplace();
        reading->eager(true);
        reading->skip(asked == method::head);
        reading->header_limit(max_header);
        reading->body_limit(max_body);
    }
    result<void> know_coding();
    result<std::string> next_inflated();
    result<void> absorb();
};

// We ask for gzip alone; a server that answers an error in another coding has still answered.
result<void> response_reader::state::know_coding() {
    if (coding_known || !reading->is_header_done() || status() < 200) return {};
    coding_known = true;
    auto const field = reading->get()[beast_http::field::content_encoding];
    std::string_view const coding(field.data(), field.size());
    if (!decode || asked == method::head || coding.empty() || equal_names(coding, "identity")) return {};
    if (equal_names(coding, "gzip") || equal_names(coding, "x-gzip")) {
        inflating = std::make_unique<inflater>(inflater::coding::gzip);
    } else if (equal_names(coding, "deflate")) {
        inflating = std::make_unique<inflater>(inflater::coding::deflate);
    } else if (succeeded()) {
        return error(error_kind::protocol, "the answer has a content coding that was not asked for");
    }
    return {};
}

result<std::string> response_reader::state::next_inflated() {
    auto piece = inflating->next(reading->get().body(), max_piece);
    if (!piece) return piece;
    inflated += piece->size();
    if (inflated > max_body) return too_long(max_body);
    bool const cut = piece->empty() && reading->is_done() && !inflating->may_end();
    if (cut) return error(error_kind::protocol, "the compressed answer ends too early");
    return piece;
}

// Inflates what has come, unless it is taken in pieces.
result<void> response_reader::state::absorb() {
    auto const known = know_coding();
    if (!known || !inflating || passes_on()) return known;
    while (true) {
        auto const piece = next_inflated();
        if (!piece) return piece.error();
        if (piece->empty()) return {};
        body += *piece;
    }
}

response_reader::response_reader(method asked, std::size_t max_body, bool in_pieces, bool decode) : state_(std::make_unique<state>()) {
    state_->asked = asked;
    state_->max_body = max_body;
    state_->in_pieces = in_pieces;
    state_->decode = decode;
    state_->begin();
}

response_reader::~response_reader() = default;

result<bool> response_reader::feed(std::string_view bytes) {
    auto& self = *state_;
    self.pending.append(bytes);
    if (self.is_tls()) {
        return error(error_kind::protocol, "the answer is not HTTP but TLS").with_hint("Write https:// instead of http://.");
    }
    while (self.can_parse()) {
        boost::system::error_code failure;
        auto const taken = self.reading->put(boost::asio::buffer(self.pending), failure);
        self.pending.erase(0, taken);
        // The parser bounds the header, but neither the extensions of a chunk nor the trailer.
        bool const endless = failure == beast_http::error::need_more && self.pending.size() > max_header;
        if (endless) return error(error_kind::too_large, "the answer has a chunk header or a trailer of more than 64 KiB");
        if (failure && failure != beast_http::error::need_more) return refusal(failure, self.max_body);
        auto const absorbed = self.absorb();
        if (!absorbed) return absorbed.error();
        if (failure) return false;
        if (!self.reading->is_done()) {
            if (taken == 0) return false;
            continue;
        }
        auto const status = self.status();
        if (status >= 200) return true;
        // We asked for no upgrade, so 101 would make the rest of the connection something else.
        if (status == 101 || ++self.interim > max_interim)
            return error(error_kind::protocol, "the server answered with interim answers only");
        self.begin();
    }
    return false;
}

result<bool> response_reader::finish() {
    auto& self = *state_;
    if (!self.reading->is_header_done()) return false;
    boost::system::error_code failure;
    self.reading->put_eof(failure);
    if (failure || !self.reading->is_done()) return false;
    auto const absorbed = self.absorb();
    if (!absorbed) return absorbed.error();
    return true;
}

bool response_reader::in_pieces() const { return state_->passes_on(); }

result<std::string> response_reader::take_piece() {
    if (state_->inflating) return state_->next_inflated();
    auto& body = state_->reading->get().body();
    if (body.size() <= max_piece) return std::exchange(body, std::string());
    auto piece = body.substr(0, max_piece);
    body.erase(0, max_piece);
    return piece;
}

bool response_reader::keep_alive() const {
    // Bytes behind the answer belong to no request: whoever sent them is confused, or wants us to be.
    return state_->reading->keep_alive() && !has_bytes_left();
}

bool response_reader::has_bytes_left() const { return !state_->pending.empty(); }

response response_reader::take() {
    auto message = state_->reading->release();
    response answer(message.result_int());
    for (auto const& field : message) {
        auto const name = field.name_string();
        auto const value = field.value();
        bool const undone = field.name() == beast_http::field::content_encoding || field.name() == beast_http::field::content_length;
        if (state_->inflating && undone) continue;
        answer.headers.add({name.data(), name.size()}, std::string(value.data(), value.size()));
    }
    answer.body = std::move(state_->inflating ? state_->body : message.body());
    return answer;
}

}  // namespace chatrixcd::base::http
