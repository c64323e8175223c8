// Text for the inside of an HTML element or of a quoted attribute.
#pragma once

#include <string>
#include <string_view>

namespace windlass::text {

[[nodiscard]] std::string in_html(std::string_view text);

}  // namespace windlass::text
