// SPDX-License-Identifier: Apache-2.0
// declare<Args>(): the one way to make a command. Args is any default-constructible struct; members that no word names keep their
// initial value. Members of type std::optional<T> are optional positional arguments with .arg().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/chatops/command/command.hpp>
#include <chatrixcd/chatops/command/presentation.hpp>

namespace chatrixcd::chatops {

// name=value words in the order given, names unique; the same type as ci::parameter_values.
using parameter_list = std::vector<std::pair<std::string, std::string>>;

template <class Args>
class declaration {
public:
    using handler = std::function<awaitable<result<view>>(context&, Args)>;

    declaration(std::string name, std::string summary) {
        data_.name = std::move(name);
        data_.summary = std::move(summary);
    }

    // The next positional word. Optional if the member is a std::optional; those come last.
    template <class T>
    declaration&& arg(std::string name, T Args::*member, std::string help) && {
        auto const kind = is_optional<T> ? parameter_kind::optional : parameter_kind::required;
        return std::move(*this).typed(kind, std::move(name), member, std::move(help));
    }
    // --name VALUE or --name=VALUE.
    template <class T>
    declaration&& option(std::string name, T Args::*member, std::string help) && {
        return std::move(*this).typed(parameter_kind::option, std::move(name), member, std::move(help));
    }
    // --name, without a value.
    declaration&& flag(std::string name, bool Args::*member, std::string help) && {
        return std::move(*this).add({parameter_kind::flag, std::move(name), "", std::move(help)}, nothing_to_complete,
                                    [member](Args& into, std::string_view, std::string_view) -> result<void> {
                                        into.*member = true;
                                        return {};
                                    });
    }
    // All positional words that are left, any number.
    declaration&& rest(std::string name, std::vector<std::string> Args::*member, std::string help) && {
        return std::move(*this).add({parameter_kind::rest, std::move(name), "text", std::move(help)}, nothing_to_complete,
                                    [member](Args& into, std::string_view, std::string_view text) -> result<void> {
                                        (into.*member).emplace_back(text);
                                        return {};
                                    });
    }
    // Words of the form name=value, any number, anywhere. Without this, '=' means nothing in a word.
    declaration&& parameters(parameter_list Args::*member, std::string help) && {
        return std::move(*this).add({parameter_kind::assignments, "name=value", "text", std::move(help)}, nothing_to_complete,
                                    [member](Args& into, std::string_view name, std::string_view text) -> result<void> {
                                        (into.*member).emplace_back(std::string(name), std::string(text));
                                        return {};
                                    });
    }

    declaration&& effect(chatops::effect e) && {
        data_.effect = e;
        return std::move(*this);
    }
    declaration&& group(std::string heading) && {
        data_.group = std::move(heading);
        return std::move(*this);
    }
    declaration&& alias(std::string word) && {
        data_.aliases.push_back(std::move(word));
        return std::move(*this);
    }
    // A whole line without the prefix, beginning with the command's name. A test parses each.
    declaration&& example(std::string whole) && {
        data_.examples.push_back(std::move(whole));
        return std::move(*this);
    }

    // What it does: awaitable<result<view>>(context&, Args). What the callable captures must outlive every command made of it.
    command does(handler run) && {
        auto all = std::make_shared<recipe const>(recipe{std::move(setters_), std::move(run)});
        data_.make_call = [all] { return std::make_unique<typed_call>(all); };
        return command(std::make_shared<detail::command_data const>(std::move(data_)));
    }

private:
    using setter = std::function<result<void>(Args&, std::string_view name, std::string_view text)>;
    struct recipe {
        std::vector<setter> setters;
        handler run;
    };
    class typed_call final : public detail::call {
    public:
        explicit typed_call(std::shared_ptr<recipe const> how) : how_(std::move(how)) {}
        result<void> assign(std::size_t parameter, std::string_view name, std::string_view text) override {
            return how_->setters[parameter](values_, name, text);
        }
        awaitable<result<view>> run(context& asked) override { return how_->run(asked, std::move(values_)); }

    private:
        std::shared_ptr<recipe const> how_;
        Args values_{};
    };

    static std::vector<std::string> nothing_to_complete(std::string_view) { return {}; }

    template <class T>
    declaration&& typed(parameter_kind kind, std::string name, T Args::*member, std::string help) && {
        return std::move(*this).add({kind, std::move(name), presentation<T>::name(), std::move(help)}, presentation<T>::complete,
                                    [member](Args& into, std::string_view, std::string_view text) -> result<void> {
                                        auto value = presentation<T>::parse(text);
                                        if (!value) return value.error();
                                        into.*member = std::move(*value);
                                        return {};
                                    });
    }
    declaration&& add(parameter_doc doc, std::function<std::vector<std::string>(std::string_view)> complete, setter set) && {
        data_.parameters.push_back(std::move(doc));
        data_.completions.push_back(std::move(complete));
        setters_.push_back(std::move(set));
        return std::move(*this);
    }

    detail::command_data data_;
    std::vector<setter> setters_;
};

template <class Args>
declaration<Args> declare(std::string name, std::string summary) {
    return declaration<Args>(std::move(name), std::move(summary));
}

}  // namespace chatrixcd::chatops
