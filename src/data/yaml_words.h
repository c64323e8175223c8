// What libyaml says is wrong with a text, for people of both languages. Inside of the module.
#pragma once

#include "base/error.h"

namespace windlass::data {

/// A problem or its context in libyaml's words; words that are not known stay as they are.
SentencePart yaml_words(std::string_view english);

}  // namespace windlass::data
