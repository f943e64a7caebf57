// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

view view::heading(std::string words) && {
    blocks_.push_back(chatops::heading{std::move(words)});
    return std::move(*this);
}

view view::text(line content) && {
    blocks_.push_back(paragraph{std::move(content)});
    return std::move(*this);
}

view view::bullets(std::vector<line> items) && {
    blocks_.push_back(bullet_list{std::move(items)});
    return std::move(*this);
}

view view::preformatted(std::string words) && {
    blocks_.push_back(code_block{std::move(words)});
    return std::move(*this);
}

view view::rows(std::vector<std::string> header, std::vector<std::vector<std::string>> cells) && {
    blocks_.push_back(table{std::move(header), std::move(cells)});
    return std::move(*this);
}

view view::with(block b) && {
    blocks_.push_back(std::move(b));
    return std::move(*this);
}

}  // namespace chatrixcd::chatops
