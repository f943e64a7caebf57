// SPDX-License-Identifier: Apache-2.0
// The client's only unit on Beast, of which it uses the parser.
#include "http/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <string>
#include <utility>

#include "http/growing_body.hpp"
#include "http/pieces.hpp"

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
    std::optional<parser> reading;
    std::string pending;  // received, but not yet taken by the parser
    unsigned interim = 0;

    // The parser asserts that an empty chunked body does not come in pieces of less than its five bytes.
    bool can_parse() const { return !pending.empty() && (!reading->is_header_done() || !reading->chunked() || pending.size() >= 5); }

    void begin() {
        reading.emplace();
        reading->eager(true);
        reading->skip(asked == method::head);
        reading->header_limit(max_header);
        reading->body_limit(max_body);
    }
};

response_reader::response_reader(method asked, std::size_t max_body, bool in_pieces) : state_(std::make_unique<state>()) {
    state_->asked = asked;
    state_->max_body = max_body;
    state_->in_pieces = in_pieces;
    state_->begin();
}

response_reader::~response_reader() = default;

result<bool> response_reader::feed(std::string_view bytes) {
    auto& self = *state_;
    self.pending.append(bytes);
    while (self.can_parse()) {
        boost::system::error_code failure;
        auto const taken = self.reading->put(boost::asio::buffer(self.pending), failure);
        self.pending.erase(0, taken);
        // The parser bounds the header, but neither the extensions of a chunk nor the trailer.
        bool const endless = failure == beast_http::error::need_more && self.pending.size() > max_header;
        if (endless) return error(error_kind::too_large, "the answer has a chunk header or a trailer of more than 64 KiB");
        if (failure == beast_http::error::need_more) return false;
        if (failure) return refusal(failure, self.max_body);
        if (!self.reading->is_done()) {
            if (taken == 0) return false;
            continue;
        }
        auto const status = self.reading->get().result_int();
        if (status >= 200) return true;
        // We asked for no upgrade, so 101 would make the rest of the connection something else.
        if (status == 101 || ++self.interim > max_interim)
            return error(error_kind::protocol, "the server answered with interim answers only");
        self.begin();
    }
    return false;
}

bool response_reader::finish() {
    if (!state_->reading->is_header_done()) return false;
    boost::system::error_code failure;
    state_->reading->put_eof(failure);
    return !failure && state_->reading->is_done();
}

bool response_reader::in_pieces() const {
    auto const& reading = *state_->reading;
    if (!state_->in_pieces || !reading.is_header_done()) return false;
    auto const status = reading.get().result_int();
    return status >= 200 && status <= 299;
}

result<std::string> response_reader::take_piece() {
    auto& body = state_->reading->get().body();
    if (body.size() <= max_piece) return std::exchange(body, std::string());
    auto piece = body.substr(0, max_piece);
    body.erase(0, max_piece);
    return piece;
}

bool response_reader::keep_alive() const {
    // Bytes behind the answer belong to no request: whoever sent them is confused, or wants us to be.
    return state_->reading->keep_alive() && state_->pending.empty();
}

response response_reader::take() {
    auto message = state_->reading->release();
    response answer(message.result_int());
    for (auto const& field : message) {
        auto const name = field.name_string();
        auto const value = field.value();
        answer.headers.add({name.data(), name.size()}, std::string(value.data(), value.size()));
    }
    answer.body = std::move(message.body());
    return answer;
}

}  // namespace chatrixcd::base::http
