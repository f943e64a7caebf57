// SPDX-License-Identifier: Apache-2.0
// A body for Beast's parser that never holds more than has come: Beast's own makes room for whatever Content-Length promises.
#pragma once

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chatrixcd::base::http {

struct growing_body {
    using value_type = std::string;

    class reader {
    public:
        template <bool IsRequest, class Fields>
        reader(boost::beast::http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}

        void init(boost::optional<std::uint64_t> const&, boost::beast::error_code& failure) { failure = {}; }
        template <class Buffers>
        std::size_t put(Buffers const& buffers, boost::beast::error_code& failure) {
            auto const before = body_.size();
            for (auto const piece : boost::beast::buffers_range_ref(buffers))
                body_.append(static_cast<char const*>(piece.data()), piece.size());
            failure = {};
            return body_.size() - before;
        }
        void finish(boost::beast::error_code& failure) { failure = {}; }

    private:
        value_type& body_;
    };
};

}  // namespace chatrixcd::base::http
