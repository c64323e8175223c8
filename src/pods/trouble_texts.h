// What is said of a pod that is in trouble: a code and its evidence become one sentence, in English and Chinese.
//
// Not here: how a trouble is found out (clouds/). A code never changes its meaning; what keeps a trouble keeps code and
// evidence, and asks for words when somebody reads them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/value.h"

namespace windlass::pods {

/// "{image}" in a text stands for that evidence; "[ since {since}]" is left out where the evidence is missing.
struct TroubleText {
  std::string_view code, en, zh;
};
/// One for each code that is given.
std::span<const TroubleText> trouble_texts();
bool is_trouble(std::string_view code);
/// One sentence without a full stop; of an unknown code: the code.
std::string trouble_sentence(std::string_view code, const data::Value& evidence, bool chinese = false);

}  // namespace windlass::pods
