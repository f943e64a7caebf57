// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <variant>

#include <chatrixcd/chatops/view_json.hpp>

#include "view/json_words.hpp"

namespace chatrixcd::chatops {

namespace {

namespace json = boost::json;

json::array written(line const& spans) {
    json::array out;
    for (auto const& one : spans) {
        json::object item;
        item["text"] = one.text;
        if (one.style != span_style::plain) item["style"] = word_of(one.style);
        out.emplace_back(std::move(item));
    }
    return out;
}

json::array written(std::vector<std::string> const& words) {
    json::array out;
    for (auto const& word : words) out.emplace_back(word);
    return out;
}

json::object block_of(std::string_view kind) {
    json::object out;
    out["kind"] = kind;
    return out;
}

struct writer {
    json::object operator()(heading const& b) const {
        auto out = block_of("heading");
        out["text"] = b.text;
        return out;
    }
    json::object operator()(paragraph const& b) const {
        auto out = block_of("paragraph");
        out["content"] = written(b.content);
        return out;
    }
    json::object operator()(bullet_list const& b) const {
        auto out = block_of("bullets");
        json::array items;
        for (auto const& item : b.items) items.emplace_back(written(item));
        out["items"] = std::move(items);
        return out;
    }
    json::object operator()(code_block const& b) const {
        auto out = block_of("code");
        out["text"] = b.text;
        return out;
    }
    json::object operator()(table const& b) const {
        auto out = block_of("table");
        out["header"] = written(b.header);
        json::array rows;
        for (auto const& row : b.rows) rows.emplace_back(written(row));
        out["rows"] = std::move(rows);
        return out;
    }
    json::object operator()(card const& b) const {
        auto out = block_of("card");
        out["state"] = form_word_of(b.state);
        out["title"] = b.title;
        out["summary"] = b.summary;
        json::array facts;
        for (auto const& [name, value] : b.facts) {
            json::array pair;
            pair.emplace_back(name);
            pair.emplace_back(value);
            facts.emplace_back(std::move(pair));
        }
        out["facts"] = std::move(facts);
        out["excerpt"] = b.excerpt;
        out["next"] = written(b.next_commands);
        return out;
    }
};

}  // namespace

json::object to_json(view const& document) {
    json::object out;
    out["v"] = view_form_version;
    json::array blocks;
    for (auto const& one : document.blocks()) blocks.emplace_back(std::visit(writer{}, one));
    out["blocks"] = std::move(blocks);
    return out;
}

}  // namespace chatrixcd::chatops
