// Parts of sentences that have parts themselves. Inside of the module.
#pragma once

#include "base/error.h"

namespace windlass::journal {

inline SentencePart worded(Sentence words, SentenceParts parts) {
  const Error whole(ErrorKind::internal, words, parts);
  SentencePart out(whole.message);
  out.zh = whole.chinese;
  return out;
}
/// {"entry {}", "第 {} 条"}
inline SentencePart numbered(Sentence words, std::uint64_t number) { return worded(words, {number}); }

}  // namespace windlass::journal
