// The manual page windlass(1) as roff, made from the commands' rows: what --help says, in the form that man reads.
#pragma once

#include <string>

#include "cli/language.h"

namespace windlass::cli {

std::string man_page(Language language);

/// Text for roff: escapes what begins a request or an escape sequence; `-` becomes the sign that can be copied.
std::string roff_text(std::string_view text);

}  // namespace windlass::cli
