// SPDX-License-Identifier: Apache-2.0
#include "support/disk/fragile_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace chatrixcd::test {

namespace fs = std::filesystem;

namespace {

std::string content_of(std::string const& path) {
    std::string content(fs::file_size(path), '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    return content;
}

void replace_content(std::string const& path, std::string const& content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace

bool fragile_disk::goes_on(std::string_view what, std::string const& path) {
    if (failed_) return false;
    ++steps_;
    auto const told = on_step && on_step(std::string(what) + " of " + fs::path(path).filename().string());
    if (told || steps_ == fail_at_) failed_ = true;
    return !failed_;
}

// What is there already when a file is opened is there for good, unless we know better.
bool fragile_disk::opens(std::string const& path, bool syncs_folder) {
    if (failed_) return false;
    bool const is_there = fs::exists(path);
    auto const known = files_.find(path);
    bool const has_image = known != files_.end();
    if (has_image && is_there && known->second.exists && (!known->second.since.empty() || !known->second.name_synced)) return true;
    image fresh;
    if (is_there) {
        fresh.synced = content_of(path);
    } else {
        fresh.name_synced = false;
        fresh.syncs_folder = syncs_folder;
        if (has_image && !known->second.name_synced) fresh.before = std::move(known->second.synced);
    }
    files_[path] = std::move(fresh);
    return true;
}

disk_watcher::verdict fragile_disk::writes(std::string const& path, std::size_t offset, std::string_view bytes) {
    if (!goes_on("write", path)) return verdict::none;
    files_[path].since.push_back(change{offset, std::string(bytes)});
    return verdict::all;
}

bool fragile_disk::truncates(std::string const& path, std::size_t size) {
    if (!goes_on("truncation", path)) return false;
    files_[path].since.push_back(change{size, {}, /*is_size=*/true});
    return true;
}

bool fragile_disk::syncs(std::string const& path) {
    if (!goes_on("sync", path)) return false;
    auto& file = files_[path];
    for (auto const& one : file.since) apply(file.synced, one, 0, one.bytes.size());
    file.since.clear();
    if (file.syncs_folder) sync_folder_of(path);
    file.syncs_folder = false;
    return true;
}

bool fragile_disk::removes(std::string const& path, bool sync_folder) {
    if (!goes_on("removal", path)) return false;
    auto const known = files_.find(path);
    if (known != files_.end() && known->second.exists) {
        // A file whose name was never synced leaves no trace but that of its forerunner.
        if (!known->second.name_synced) known->second.synced = known->second.before.value_or(std::string());
        bool const was_ever = known->second.name_synced || known->second.before.has_value();
        known->second.exists = false;
        known->second.name_synced = !was_ever;
        known->second.since.clear();
        known->second.before.reset();
    }
    if (sync_folder) sync_folder_of(path);
    return true;
}

void fragile_disk::sync_folder_of(std::string const& path) {
    auto const folder = fs::path(path).parent_path();
    for (auto& [name, file] : files_) {
        if (fs::path(name).parent_path() != folder) continue;
        file.name_synced = true;
        file.before.reset();
    }
}

void fragile_disk::apply(std::string& content, change const& one, std::size_t first, std::size_t last) {
    if (one.is_size) {
        content.resize(one.offset, '\0');
        return;
    }
    if (content.size() < one.offset + last) content.resize(one.offset + last, '\0');
    std::copy(one.bytes.begin() + static_cast<std::ptrdiff_t>(first), one.bytes.begin() + static_cast<std::ptrdiff_t>(last),
              content.begin() + static_cast<std::ptrdiff_t>(one.offset + first));
}

void fragile_disk::come_back(base::random& coin, rest of) {
    auto const kept = [&] { return of == rest::torn && coin.below(2) == 0; };
    for (auto& [path, file] : files_) {
        for (auto const& one : file.since) {
            if (one.is_size) {
                if (kept()) apply(file.synced, one, 0, 0);
                continue;
            }
            for (std::size_t first = 0; first < one.bytes.size();) {
                auto const next = std::min((one.offset + first) / sector * sector + sector - one.offset, one.bytes.size());
                if (kept()) apply(file.synced, one, first, next);
                first = next;
            }
        }
        bool const keeps_name = file.name_synced || kept();
        fs::remove(path + "-shm");
        if (file.exists == keeps_name) {
            replace_content(path, file.synced);
        } else if (file.exists && file.before) {
            replace_content(path, *file.before);
        } else {
            fs::remove(path);
        }
    }
    files_.clear();
    failed_ = false;
    fail_at_ = 0;
    steps_ = 0;
}

}  // namespace chatrixcd::test
