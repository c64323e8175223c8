// links: windlass::groovy
// Any text as Groovy: the tokens tile it, the parser ends with a tree or with sentences that point into the text, and
// the tree can be dumped. An input is the text of a script; the dictionary is seeds/groovy.dict.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "groovy/dump.h"
#include "groovy/lexer.h"
#include "groovy/parser.h"

using namespace windlass::groovy;

namespace {

void check_tokens(std::string_view text) {
  const auto lexed = lex(text);
  if (lexed.tokens.empty() || lexed.tokens.back().kind != T::eof) std::abort();
  std::uint32_t end = 0;
  for (const auto& token : lexed.tokens) {
    if (token.begin < end || token.end < token.begin || token.end > text.size()) std::abort();
    end = token.end;
    if (token.kind == T::error && lexed.error.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto source =
      std::make_shared<const Source>("WorkflowScript", std::string(reinterpret_cast<const char*>(data), size));
  check_tokens(source->text());
  // The second depth is one that small inputs reach, so that the refusal is tried too.
  for (const std::uint32_t depth : {2500U, 20U}) {
    const auto parsed = parse(source, {.max_depth = depth});
    for (const auto& diagnostic : parsed.diagnostics) {
      if (diagnostic.message.empty() || diagnostic.position.line == 0 || diagnostic.position.column == 0) std::abort();
    }
    if (!parsed.diagnostics.empty()) (void)format_diagnostics(*source, parsed.diagnostics);
    (void)dump(*parsed.tree);
  }
  return 0;
}
