// Names of languages and countries in English, as java.util.Locale gives them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace windlass::vm {

struct LocaleName {
  std::string_view code;     ///< "de", "DE"
  std::string_view letters;  ///< of three letters: "deu", "DEU"
  std::string_view name;     ///< "German", "Germany"
};

/// Nothing for a code that ISO 639 or ISO 3166 does not have.
const LocaleName* find_language(std::string_view code);
const LocaleName* find_country(std::string_view code);
/// All of them, by code as Java lists them.
const std::vector<LocaleName>& languages();
const std::vector<LocaleName>& countries();

}  // namespace windlass::vm
