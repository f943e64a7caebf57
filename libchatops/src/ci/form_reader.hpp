// SPDX-License-Identifier: Apache-2.0
// Reads the versioned JSON forms: base::json_reader with the version check and the shapes that several values share.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

class form_reader {
public:
    // `what` names the object in errors: "run". The object must outlive the reader.
    form_reader(boost::json::object const& object, std::string what);

    // Checks "v". Error kinds: `protocol` if it is missing, `unsupported` if it is newer than `newest`.
    form_reader& version(std::int64_t newest);
    form_reader& text(std::string_view key, std::string& out);
    form_reader& text(std::string_view key, std::optional<std::string>& out);
    form_reader& flag(std::string_view key, bool& out);
    template <class Tag>
    form_reader& id(std::string_view key, identifier<Tag>& out) {
        std::string value;
        text(key, value);
        out = identifier<Tag>(std::move(value));
        return *this;
    }
    form_reader& job(std::string_view key, job_id& out);
    form_reader& words(std::string_view key, std::vector<std::string>& out);
    form_reader& pairs(std::string_view key, parameter_values& out);
    form_reader& time(std::string_view key, std::optional<time_point>& out);
    template <class E>
    form_reader& word(std::string_view key, E& out, std::optional<E> (*from)(std::string_view) noexcept) {
        std::string value;
        text(key, value);
        if (auto const known = from(value)) {
            out = *known;
        } else {
            complain(key, "is a word that nobody knows");
        }
        return *this;
    }
    // The elements of an array of objects.
    std::vector<boost::json::object const*> objects(std::string_view key);

    void complain(std::string_view key, std::string_view what);
    result<void> finish() const;

private:
    boost::json::array const* array(std::string_view key);

    boost::json::object const* object_;
    std::string what_;
    base::json_reader fields_;
    std::optional<base::error> problem_;
};

}  // namespace chatrixcd::chatops::ci
