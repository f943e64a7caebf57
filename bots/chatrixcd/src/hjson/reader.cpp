// SPDX-License-Identifier: Apache-2.0
#include "hjson/reader.hpp"

#include <map>
#include <optional>
#include <utility>

#include "hjson/cursor.hpp"
#include "hjson/texts.hpp"

namespace chatrixcd::hjson {

namespace {

using base::error;
using base::error_kind;
using base::result;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string quoted(std::string const& key) { return '"' + key + '"'; }

class parser {
public:
    parser(std::string_view text, limits most) : at_(text), most_(most) {}
    result<node> root();

private:
    // The bracket that a list or an object was opened with; nothing for a root without braces.
    struct opening {
        char close = '\0';
        position where;
    };
    result<node> value(std::string const& of, std::size_t line);
    result<node> container();
    result<node> object(opening const& in);
    result<node> list(opening const& in);
    result<member> read_member();
    result<std::string> key();
    result<std::string> unquoted_key();
    // After an element: whether another may follow. Skips the comma.
    result<bool> goes_on(opening const& in, std::size_t line);
    error not_closed(opening const& in) const;
    // A mistake about brackets, which an earlier text without quotation marks may have caused.
    error bracket_mistake(position where, std::string const& message, std::string hint) const;

    cursor at_;
    limits most_;
    std::size_t depth_ = 0;
    // The last text without quotation marks that swallowed a bracket: what is not closed may have been meant to end there.
    struct greedy_text {
        position where;
        bool beside_its_opening = false;  // on the line of the bracket that it is inside of: then it surely was
    };
    std::optional<greedy_text> greedy_;
    std::size_t opened_in_line_ = 0;  // where the innermost list or object begins
};

result<node> parser::root() {
    if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
    if (at_.peek() != '{' && at_.peek() != '[') {
        opening nothing;
        nothing.where = at_.where();
        return object(nothing);
    }
    auto all = container();
    if (!all) return all;
    if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
    if (!at_.at_end()) return mistake(at_.where(), "found " + at_.found() + " after the end of the file's content", "remove what follows");
    return all;
}

result<node> parser::container() {
    if (depth_ == most_.depth) {
        return error(error_kind::too_large,
                     to_string(at_.where()) + ": more than " + std::to_string(most_.depth) + " lists and objects are inside one another");
    }
    ++depth_;
    bool const is_object = at_.peek() == '{';
    opening in;
    in.close = is_object ? '}' : ']';
    in.where = at_.where();
    auto const around = std::exchange(opened_in_line_, in.where.line);
    at_.skip();
    auto out = is_object ? object(in) : list(in);
    opened_in_line_ = around;
    --depth_;
    return out;
}

result<node> parser::object(opening const& in) {
    node::object members;
    std::map<std::string, position> taken;
    for (;;) {
        if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
        if (at_.at_end() && in.close == '\0') break;
        if (at_.at_end()) return not_closed(in);
        if (at_.peek() == '}' && in.close == '}') {
            at_.skip();
            break;
        }
        auto next = read_member();
        if (!next) return next.error();
        auto const [earlier, is_new] = taken.emplace(next->key, next->where);
        if (!is_new) {
            return mistake(next->where, "the key " + quoted(next->key) + " is here again; it stands at " + to_string(earlier->second),
                           "keep one of them");
        }
        members.push_back(std::move(*next));
        auto const more = goes_on(in, at_.where().line);
        if (!more) return more.error();
        if (!*more) break;
    }
    return node(std::move(members), in.where);
}

result<node> parser::list(opening const& in) {
    node::list items;
    for (;;) {
        if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
        if (at_.at_end()) return not_closed(in);
        if (at_.peek() == ']') {
            at_.skip();
            break;
        }
        auto item = value("", at_.where().line);
        if (!item) return item;
        items.push_back(std::move(*item));
        auto const more = goes_on(in, at_.where().line);
        if (!more) return more.error();
        if (!*more) break;
    }
    return node(std::move(items), in.where);
}

result<bool> parser::goes_on(opening const& in, std::size_t line) {
    if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
    if (at_.peek() == ',' && !at_.at_end()) {
        at_.skip();
        return true;
    }
    if (in.close != '\0' && at_.peek() == in.close) {
        at_.skip();
        return false;
    }
    if (at_.at_end() || at_.where().line != line) return true;
    auto const end = in.close == '\0' ? std::string() : std::string(", '") + in.close + "'";
    return mistake(at_.where(), "found " + at_.found() + " after a value", "a comma" + end + " or a new line belongs here");
}

result<member> parser::read_member() {
    member out;
    out.where = at_.where();
    auto name = key();
    if (!name) return name.error();
    out.key = std::move(*name);
    if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
    if (at_.peek() != ':') {
        // On another line, what stands there has nothing to do with it.
        auto const where = at_.where().line == out.where.line ? at_.where() : out.where;
        return mistake(where, "the key " + quoted(out.key) + " is not followed by ':'", "write it like " + out.key + ": value");
    }
    auto const line = at_.where().line;
    at_.skip();
    if (auto skipped = at_.skip_space(); !skipped) return skipped.error();
    auto content = value(out.key, line);
    if (!content) return content.error();
    out.value = std::move(*content);
    return out;
}

result<std::string> parser::key() {
    if (at_.peek() == '"' || at_.peek() == '\'') return read_quoted(at_);
    return unquoted_key();
}

result<std::string> parser::unquoted_key() {
    std::string name;
    while (!at_.at_line_end() && std::string_view(",:[]{} \t\r").find(at_.peek()) == std::string_view::npos) {
        name += at_.peek();
        at_.skip();
    }
    if (name.empty()) return bracket_mistake(at_.where(), "found " + at_.found() + " where a key belongs", "write it like name: value");
    if (auto const next = at_.next_in_line(); next != '\0' && next != ':') {
        at_.skip(at_.rest().find(next));
        // A comment before the colon is odd, but it is white space.
        if (at_.peek() == '#' || at_.starts_with("//") || at_.starts_with("/*")) return name;
        return mistake(at_.where(), "found " + at_.found() + " after the key " + quoted(name),
                       "a ':' belongs here; a key with spaces or any of {}[],: is written in quotation marks");
    }
    return name;
}

// `of`: its key, empty in a list. `line`: where a text without quotation marks has to begin.
result<node> parser::value(std::string const& of, std::size_t line) {
    auto const start = at_.where();
    auto const what = of.empty() ? std::string("a value belongs") : "the value of " + quoted(of) + " belongs";
    if (at_.at_end() || std::string_view("}],:").find(at_.peek()) != std::string_view::npos) {
        return bracket_mistake(start, "found " + at_.found() + " where " + what, "an empty text is written \"\"");
    }
    if (at_.peek() == '{' || at_.peek() == '[') return container();
    if (at_.starts_with("'''") || at_.peek() == '"' || at_.peek() == '\'') {
        auto text = at_.starts_with("'''") ? read_multiline(at_) : read_quoted(at_);
        if (!text) return text.error();
        return node(std::move(*text), start);
    }
    auto out = read_unquoted(at_);
    if (out.what() != kind::text) return out;
    // The format allows it; what it does is to make a value of the next member when somebody leaves one out.
    if (start.line != line) {
        return mistake(start, "found " + quoted(*out.as_text()) + " on a line of its own where " + what,
                       "begin the value on the line of its key; an empty text is written \"\"");
    }
    if (out.as_text()->find_first_of("]}") != std::string::npos) greedy_ = greedy_text{start, start.line == opened_in_line_};
    return out;
}

error parser::not_closed(opening const& in) const {
    auto const open = in.close == '}' ? '{' : '[';
    return bracket_mistake(in.where, std::string("found no end of what begins here with '") + open + "'",
                           std::string("close it with '") + in.close + "'");
}

error parser::bracket_mistake(position where, std::string const& message, std::string hint) const {
    if (!greedy_) return mistake(where, message, std::move(hint));
    if (greedy_->beside_its_opening) {
        return mistake(greedy_->where,
                       "found a text without quotation marks, which goes to the end of its line, brackets and commas included; so what "
                       "follows is wrong at " +
                           to_string(where) + ": " + message,
                       "put the text into quotation marks, or begin a new line behind it");
    }
    hint += "; perhaps the text at " + to_string(greedy_->where) +
            " was meant to end earlier: without quotation marks it goes to the end of its line, brackets and commas included";
    return mistake(where, message, std::move(hint));
}

}  // namespace

result<node> read(std::string_view text, limits most) {
    if (text.size() > most.bytes) {
        return error(error_kind::too_large, to_string(position()) + ": the text has more than " + std::to_string(most.bytes) + " bytes");
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (auto sound = check_text(text); !sound) return sound.error();
    return parser(text, most).root();
}

}  // namespace chatrixcd::hjson
