// SPDX-License-Identifier: Apache-2.0
#include "media/content_store.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

namespace {

// What was let in may be handed out, whatever the limit is now.
constexpr std::size_t most_bytes = std::size_t{1} << 32U;

class memory_store final : public content_store {
public:
    void put(std::string const& digest, std::string const& content) override {
        std::lock_guard const lock(mutex_);
        kept_.emplace(digest, content);
    }
    std::optional<std::string> get(std::string const& digest) override {
        std::lock_guard const lock(mutex_);
        auto const place = kept_.find(digest);
        if (place == kept_.end()) return std::nullopt;
        return place->second;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::string> kept_;
};

class file_store final : public content_store {
public:
    explicit file_store(std::string folder) : folder_(std::move(folder)) {}

    void put(std::string const& digest, std::string const& content) override {
        // A file that is there is whole: it was renamed into its place. Looked at all the same, for disks forget.
        if (get(digest)) return;
        auto made = base::make_private_folder(folder_of(digest));
        if (!made) throw base::store_error(made.error().message());
        auto written = base::write_file(path_of(digest), content);
        if (!written) throw base::store_error(written.error().message());
    }

    std::optional<std::string> get(std::string const& digest) override {
        auto content = base::read_file(path_of(digest), most_bytes);
        if (!content || digest_of(content.value()) != digest) return std::nullopt;
        return std::move(content.value());
    }

private:
    std::string folder_of(std::string const& digest) const { return folder_ + "/" + digest.substr(0, 2); }
    std::string path_of(std::string const& digest) const { return folder_of(digest) + "/" + digest; }

    std::string folder_;
};

}  // namespace

std::unique_ptr<content_store> make_content_store(std::string folder) {
    if (folder.empty()) return std::make_unique<memory_store>();
    return std::make_unique<file_store>(std::move(folder));
}

std::string digest_of(std::string const& content) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
    std::string text;
    for (auto const byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace chatrixcd::homeserver
