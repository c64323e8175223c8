// An `input` step asked on the terminal. The dialogue is apart from the terminal, so that tests can hold it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/language.h"
#include "data/value.h"
#include "engine/local_run.h"

namespace windlass::cli {

/// A line that was typed, or why there is none.
struct Typed {
  enum class Kind : std::uint8_t { line, end, interrupted };
  Kind kind = Kind::line;
  std::string text;
};

struct Dialogue {
  std::function<bool(std::string_view)> write;
  /// Writes the prompt and reads a line; hidden: what is typed is a password and must not be seen.
  std::function<Typed(std::string_view prompt, bool hidden)> read;
};

/// Shows the message, asks for each parameter (empty: its default) and for the decision. nullopt at end of input;
/// Ctrl-C answers with abort.
std::optional<data::Value> ask(const engine::Question& question, Language language, const Dialogue& dialogue);

/// The same on standard input and output, with the echo of the terminal off for passwords.
std::optional<data::Value> ask_on_terminal(const engine::Question& question, Language language);

}  // namespace windlass::cli
