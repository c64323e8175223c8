// Compiling and matching with PCRE2; see the header.
#define PCRE2_CODE_UNIT_WIDTH 0
#include "text/regex.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <pcre2.h>

#include "text/detail/regex_translate.h"
#include "text/utf.h"

namespace windlass::text {

namespace {

using detail::Unit;

// Steps allowed from one starting place. Work that is linear in the text (kPerUnit steps a unit) is always allowed;
// beyond it the starting places share kTotalSteps, but one alone gets no more than kMostSteps.
constexpr std::uint64_t kMostSteps = 10'000'000;
constexpr std::uint64_t kTotalSteps = 400'000'000;
constexpr std::uint64_t kPerUnit = 20;
constexpr std::uint64_t kLeastSteps = 100'000;
constexpr std::uint32_t kHeapKibibytes = 128 * 1024;

bool is_high(char16_t c) { return (c & 0xFC00) == 0xD800; }
bool is_low(char16_t c) { return (c & 0xFC00) == 0xDC00; }

std::uint32_t step_limit(std::size_t subject_size) {
  std::uint64_t linear = kLeastSteps + kPerUnit * subject_size;
  std::uint64_t shared = std::min(kTotalSteps / (subject_size + 1), kMostSteps);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::max(linear, shared), 0xffffffff));
}

/// PCRE2's refusal of something that the translator let through: a limit of the library.
std::unexpected<Error> refused(int code, std::u16string_view pattern) {
  std::array<unsigned char, 200> text{};
  pcre2_get_error_message_8(code, text.data(), text.size());
  return fail(ErrorKind::unsupported, "the regular expression cannot be run (" +
                                          std::string(reinterpret_cast<const char*>(text.data())) +
                                          "): " + utf16_to_utf8(pattern.substr(0, 200)));
}

std::unexpected<Error> too_long(int code) {
  if (code == PCRE2_ERROR_NOMEMORY || code == PCRE2_ERROR_HEAPLIMIT || code == PCRE2_ERROR_JIT_STACKLIMIT) {
    return fail(ErrorKind::exhausted, "the regular expression needs too much memory on this text");
  }
  if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT || code == PCRE2_ERROR_RECURSELOOP) {
    return fail(ErrorKind::exhausted,
                "the regular expression tries too many ways to match this text; make its repetitions less ambiguous");
  }
  return fail(ErrorKind::internal, "matching a regular expression failed with code " + std::to_string(code));
}

std::uint32_t options_of(const detail::Translation& translation) {
  std::uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL;  // a dot is written for "any" only
  if (translation.caseless) options |= PCRE2_CASELESS;
  if (translation.unicode_properties) options |= PCRE2_UCP;
  return options;
}

struct Code8 {
  pcre2_code_8* code = nullptr;
  Code8() = default;
  Code8(const Code8&) = delete;
  Code8& operator=(const Code8&) = delete;
  ~Code8() { pcre2_code_free_8(code); }
};
struct Code16 {
  pcre2_code_16* code = nullptr;
  Code16() = default;
  Code16(const Code16&) = delete;
  Code16& operator=(const Code16&) = delete;
  ~Code16() { pcre2_code_free_16(code); }
};

template <class Data>
Groups groups_from(const Data* ovector, std::int32_t count, std::size_t offset) {
  Groups groups(static_cast<std::size_t>(count) + 1);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (ovector[2 * i] == PCRE2_UNSET) continue;
    groups[i].start = static_cast<std::int32_t>(ovector[2 * i] + offset);
    groups[i].end = static_cast<std::int32_t>(ovector[2 * i + 1] + offset);
  }
  return groups;
}

/// For bounds that are not the default: the beginning, the end and where a match ends are places that a callout
/// compares.
constexpr std::uint32_t kCalloutBegin = 1;
constexpr std::uint32_t kCalloutEnd = 2;
constexpr std::uint32_t kCalloutLast = 3;

std::u16string with_callouts(std::string_view translated) {
  std::u16string out = u"(?:";
  for (std::size_t i = 0; i < translated.size(); ++i) {
    const char c = translated[i];
    const char next = c == '\\' && i + 1 < translated.size() ? translated[i + 1] : '\0';
    if (next == 'A' || next == 'z') {
      out += next == 'A' ? u"(?C1)" : u"(?C2)";
      ++i;
      continue;
    }
    out += static_cast<unsigned char>(c);
    if (next != '\0') {
      out += static_cast<unsigned char>(next);
      ++i;
    }
  }
  return out + u")(?C3)";
}

/// In units of the text that is matched.
struct Places {
  std::size_t begin, end;  ///< where ^ and $ match
  std::size_t last;        ///< no match goes beyond this
  bool whole;              ///< … and each goes so far
};
int compare_place(pcre2_callout_block_16* at, void* data) {
  const auto& places = *static_cast<const Places*>(data);
  const std::size_t here = at->current_position;
  if (at->callout_number == kCalloutBegin) return here == places.begin ? 0 : 1;
  if (at->callout_number == kCalloutEnd) return here == places.end ? 0 : 1;
  static_assert(kCalloutLast == 3);
  return (places.whole ? here == places.last : here <= places.last) ? 0 : 1;
}

/// Where the text that is looked at for its end has its end, and what needed it there.
constexpr std::uint32_t kCalloutWhole = 6;
struct EndWatch {
  std::u16string_view text;
  bool whole = false;  ///< a match goes to the end; the library knows that, but not of partial ones
  bool required = false;
};
bool is_line_end(char16_t c) { return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }
int watch_end(pcre2_callout_block_16* at, void* data) {
  auto& watch = *static_cast<EndWatch*>(data);
  const std::u16string_view rest = watch.text.substr(std::min(at->current_position, watch.text.size()));
  if (at->callout_number == kCalloutWhole) return watch.whole && !rest.empty() ? 1 : 0;
  const bool dollar = at->callout_number == detail::kCalloutDollar;
  const bool inside_pair = at->current_position > 0 && watch.text[at->current_position - 1] == '\r' && rest == u"\n";
  if (rest.empty() || (dollar && (rest == u"\r\n" || (rest.size() == 1 && is_line_end(rest[0]) && !inside_pair))))
    watch.required = true;
  return 0;
}

}  // namespace

Subject::Subject(std::u16string_view utf16) : utf16_(utf16), shape_(Shape::plain) {
  bool pair = false;
  bool lone = false;
  for (std::size_t i = 0; i < utf16.size(); ++i) {
    if ((utf16[i] & 0xF800) != 0xD800) continue;
    if (is_high(utf16[i]) && i + 1 < utf16.size() && is_low(utf16[i + 1])) {
      pair = true;
      ++i;
    } else {
      lone = true;
    }
  }
  if (pair) shape_ = lone ? Shape::broken : Shape::pairs;
}

/// The shared state behind a Regex. Every program is made once, under its flag, when first needed: one for searching
/// and one for matching as a whole, as PCRE2's compiler of machine code must know that beforehand.
struct Regex::Compiled {
  std::u16string pattern;
  unsigned flags = 0;
  std::int32_t group_count = 0;
  std::vector<std::pair<std::string, std::int32_t>> names;
  std::string latin1_pattern;
  std::uint32_t latin1_options = 0;

  template <class Code>
  struct Program {
    std::once_flag once;
    Code code;
    std::optional<Error> error;
  };
  mutable Program<Code8> latin1[2];  // index: whole
  mutable Program<Code16> plain[2];
  mutable Program<Code16> pairs[2];
  mutable Program<Code16> bounded[2];   // index: pairs
  mutable Program<Code16> watching[2];  // index: pairs

  static std::uint32_t whole_options(bool whole) { return whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0; }

  const Program<Code8>& latin1_program(bool whole) const {
    Program<Code8>& program = latin1[whole ? 1 : 0];
    std::call_once(program.once, [&] {
      int error = 0;
      PCRE2_SIZE offset = 0;
      program.code.code = pcre2_compile_8(reinterpret_cast<PCRE2_SPTR8>(latin1_pattern.data()), latin1_pattern.size(),
                                          latin1_options | whole_options(whole), &error, &offset, nullptr);
      if (program.code.code == nullptr)
        program.error = refused(error, pattern).error();
      else
        pcre2_jit_compile_8(program.code.code, PCRE2_JIT_COMPLETE);  // refused by the system: the interpreter serves
    });
    return program;
  }

  const Program<Code16>& wide_program(Unit unit, bool whole) const {
    Program<Code16>& program = (unit == Unit::plain ? plain : pairs)[whole ? 1 : 0];
    std::call_once(program.once, [&] {
      auto translation = detail::translate_regex(pattern, flags, unit);
      if (!translation) {
        program.error = translation.error();
        return;
      }
      std::u16string wide(translation->pattern.begin(), translation->pattern.end());
      std::uint32_t options = options_of(*translation) | whole_options(whole);
      if (unit == Unit::pairs) options |= PCRE2_UTF;
      int error = 0;
      PCRE2_SIZE offset = 0;
      program.code.code =
          pcre2_compile_16(reinterpret_cast<PCRE2_SPTR16>(wide.data()), wide.size(), options, &error, &offset, nullptr);
      if (program.code.code == nullptr)
        program.error = refused(error, pattern).error();
      else
        pcre2_jit_compile_16(program.code.code, PCRE2_JIT_COMPLETE);
    });
    return program;
  }

  /// Nothing is left out that a callout would have been told.
  void compile_as_written(Program<Code16>& program, const std::u16string& wide, std::uint32_t options) const {
    int error = 0;
    PCRE2_SIZE offset = 0;
    program.code.code = pcre2_compile_16(
        reinterpret_cast<PCRE2_SPTR16>(wide.data()), wide.size(),
        options | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_AUTO_POSSESS | PCRE2_NO_DOTSTAR_ANCHOR, &error, &offset, nullptr);
    if (program.code.code == nullptr) program.error = refused(error, pattern).error();
  }

  const Program<Code16>& bounded_program(bool in_pairs) const {
    Program<Code16>& program = bounded[in_pairs ? 1 : 0];
    std::call_once(program.once, [&] {
      auto translation = detail::translate_regex(pattern, flags, in_pairs ? Unit::pairs : Unit::plain);
      if (!translation) {
        program.error = translation.error();
        return;
      }
      const std::u16string wide = with_callouts(translation->pattern);
      compile_as_written(program, wide, options_of(*translation) | (in_pairs ? PCRE2_UTF : 0));
    });
    return program;
  }

  const Program<Code16>& watching_program(bool in_pairs) const {
    Program<Code16>& program = watching[in_pairs ? 1 : 0];
    std::call_once(program.once, [&] {
      auto translation = detail::translate_regex(pattern, flags, in_pairs ? Unit::pairs : Unit::plain, true);
      if (!translation) {
        program.error = translation.error();
        return;
      }
      // With a look behind in it the library tells of an end too where nothing has been read before it.
      const std::u16string wide =
          u"(?=|(?<=.))(?:" + std::u16string(translation->pattern.begin(), translation->pattern.end()) + u")(?C6)";
      compile_as_written(program, wide, options_of(*translation) | (in_pairs ? PCRE2_UTF : 0));
    });
    return program;
  }

  Result<Reach> reach(std::u16string_view text, std::size_t start, MatchMode mode, bool in_pairs) const {
    const auto& program = watching_program(in_pairs);
    if (program.error) return fail(*program.error);
    auto* data = pcre2_match_data_create_16(1, nullptr);
    auto* context = pcre2_match_context_create_16(nullptr);
    Reach out;
    int code = PCRE2_ERROR_NOMEMORY;
    if (data != nullptr && context != nullptr) {
      pcre2_set_match_limit_16(context, step_limit(text.size()));
      pcre2_set_heap_limit_16(context, kHeapKibibytes);
      EndWatch watch{.text = text, .whole = mode == MatchMode::matches};
      pcre2_set_callout_16(context, watch_end, &watch);
      const auto* units = reinterpret_cast<PCRE2_SPTR16>(text.data());
      const std::uint32_t options =
          (in_pairs ? PCRE2_NO_UTF_CHECK : 0) | (mode == MatchMode::find ? 0 : PCRE2_ANCHORED);
      code = pcre2_match_16(program.code.code, units, text.size(), start, options, data, context);
      const bool matched = code >= 0;
      out.require_end = matched && watch.required;
      // A search that finds nothing has come to the end.
      out.hit_end = !matched && mode == MatchMode::find;
      if ((matched || code == PCRE2_ERROR_NOMATCH) && !out.hit_end) {
        code =
            pcre2_match_16(program.code.code, units, text.size(), start, options | PCRE2_PARTIAL_HARD, data, context);
        out.hit_end = code == PCRE2_ERROR_PARTIAL;
      }
    }
    pcre2_match_data_free_16(data);
    pcre2_match_context_free_16(context);
    if (code < 0 && code != PCRE2_ERROR_NOMATCH && code != PCRE2_ERROR_PARTIAL) return too_long(code);
    return out;
  }

  Result<std::optional<Groups>> match_8(const Program<Code8>& program, std::string_view text, std::size_t start,
                                        std::uint32_t options, std::size_t offset) const {
    if (program.error) return fail(*program.error);
    auto* data = pcre2_match_data_create_8(static_cast<std::uint32_t>(group_count) + 1, nullptr);
    auto* context = pcre2_match_context_create_8(nullptr);
    if (data == nullptr || context == nullptr) {
      pcre2_match_data_free_8(data);
      pcre2_match_context_free_8(context);
      return too_long(PCRE2_ERROR_NOMEMORY);
    }
    pcre2_set_match_limit_8(context, step_limit(text.size()));
    pcre2_set_heap_limit_8(context, kHeapKibibytes);
    const auto* bytes = reinterpret_cast<PCRE2_SPTR8>(text.data());
    int code = pcre2_match_8(program.code.code, bytes, text.size(), start, options, data, context);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT) {
      // Compiled code has little stack by default; deep backtracking gets more, and as much as the interpreter would.
      auto* stack = pcre2_jit_stack_create_8(64 * 1024, kHeapKibibytes * 1024, nullptr);
      pcre2_jit_stack_assign_8(context, nullptr, stack);
      if (stack != nullptr) code = pcre2_match_8(program.code.code, bytes, text.size(), start, options, data, context);
      pcre2_jit_stack_free_8(stack);
    }
    std::optional<Groups> groups;
    if (code > 0) groups = groups_from(pcre2_get_ovector_pointer_8(data), group_count, offset);
    pcre2_match_data_free_8(data);
    pcre2_match_context_free_8(context);
    if (code <= 0 && code != PCRE2_ERROR_NOMATCH) return too_long(code);
    return groups;
  }

  Result<std::optional<Groups>> match_16(const Program<Code16>& program, std::u16string_view text, std::size_t start,
                                         std::uint32_t options, std::size_t offset,
                                         const Places* places = nullptr) const {
    if (program.error) return fail(*program.error);
    auto* data = pcre2_match_data_create_16(static_cast<std::uint32_t>(group_count) + 1, nullptr);
    auto* context = pcre2_match_context_create_16(nullptr);
    if (data == nullptr || context == nullptr) {
      pcre2_match_data_free_16(data);
      pcre2_match_context_free_16(context);
      return too_long(PCRE2_ERROR_NOMEMORY);
    }
    pcre2_set_match_limit_16(context, step_limit(text.size()));
    pcre2_set_heap_limit_16(context, kHeapKibibytes);
    if (places != nullptr) pcre2_set_callout_16(context, compare_place, const_cast<Places*>(places));
    const auto* units = reinterpret_cast<PCRE2_SPTR16>(text.data());
    int code = pcre2_match_16(program.code.code, units, text.size(), start, options, data, context);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT) {
      // Compiled code has little stack by default; deep backtracking gets more, and as much as the interpreter would.
      auto* stack = pcre2_jit_stack_create_16(64 * 1024, kHeapKibibytes * 1024, nullptr);
      pcre2_jit_stack_assign_16(context, nullptr, stack);
      if (stack != nullptr) code = pcre2_match_16(program.code.code, units, text.size(), start, options, data, context);
      pcre2_jit_stack_free_16(stack);
    }
    std::optional<Groups> groups;
    if (code > 0) groups = groups_from(pcre2_get_ovector_pointer_16(data), group_count, offset);
    pcre2_match_data_free_16(data);
    pcre2_match_context_free_16(context);
    if (code <= 0 && code != PCRE2_ERROR_NOMATCH) return too_long(code);
    return groups;
  }

  [[nodiscard]] Result<std::optional<Groups>> match_bounded(const Subject& subject, std::size_t start, std::size_t end,
                                                            std::uint32_t options, bool whole,
                                                            const Region& region) const;
};

Result<std::optional<Groups>> Regex::Compiled::match_bounded(const Subject& subject, std::size_t start, std::size_t end,
                                                             std::uint32_t options, bool whole,
                                                             const Region& region) const {
  const std::size_t size = subject.size();
  std::u16string widened;
  if (subject.shape_ == Subject::Shape::latin1) {
    for (const char c : subject.latin1_) widened += static_cast<unsigned char>(c);
  }
  std::u16string_view text = subject.shape_ == Subject::Shape::latin1 ? widened : subject.utf16_;
  const std::size_t shift = region.transparent ? 0 : region.start;
  text = text.substr(shift, region.transparent ? size : end - region.start);
  // Places before or behind the text that is looked at are none of its places.
  Places places{.begin = region.anchoring ? region.start - shift : 0 - shift,
                .end = (region.anchoring ? end : size) - shift,
                .last = end - shift,
                .whole = whole};
  const bool in_pairs =
      subject.shape_ == Subject::Shape::pairs && (text.empty() || (!is_low(text.front()) && !is_high(text.back())));
  std::size_t from = start - shift;
  if (in_pairs && from > 0 && from < text.size() && is_low(text[from])) ++from;
  if (whole) options |= PCRE2_ANCHORED;
  return match_16(bounded_program(in_pairs), text, from, options | (in_pairs ? PCRE2_NO_UTF_CHECK : 0), shift, &places);
}

Result<Regex> Regex::compile(std::u16string_view pattern, unsigned flags) {
  auto translation = WL_TRY(detail::translate_regex(pattern, flags, Unit::latin1));
  auto compiled = std::make_shared<Compiled>();
  compiled->pattern = pattern;
  compiled->flags = flags;
  compiled->group_count = translation.group_count;
  compiled->latin1_options = options_of(translation);
  compiled->names = std::move(translation.names);
  compiled->latin1_pattern = std::move(translation.pattern);
  return Regex(std::move(compiled));
}

Result<Regex> Regex::compile(std::string_view utf8_pattern, unsigned flags) {
  return compile(utf8_to_utf16(utf8_pattern), flags);
}

Result<std::optional<Groups>> Regex::match(const Subject& subject, std::size_t start, MatchMode mode,
                                           Region region) const {
  std::size_t end = std::min(region.end, subject.size());
  if (region.start > end || start > end) return std::optional<Groups>();
  if (subject.size() > 0x7ffffff0) return fail(ErrorKind::exhausted, "the text to match is longer than 2 GiB");
  bool whole = mode == MatchMode::matches;
  std::uint32_t options = mode == MatchMode::looking_at ? PCRE2_ANCHORED : 0;
  if (mode != MatchMode::find) start = region.start;
  start = std::max(start, region.start);
  if (!region.anchoring || region.transparent)
    return compiled_->match_bounded(subject, start, end, options, whole, region);
  std::size_t length = end - region.start;
  std::size_t from = start - region.start;
  if (subject.shape_ == Subject::Shape::latin1) {
    return compiled_->match_8(compiled_->latin1_program(whole), subject.latin1_.substr(region.start, length), from,
                              options, region.start);
  }
  std::u16string_view text = subject.utf16_.substr(region.start, length);
  // A region that cuts a pair leaves a lone surrogate, as in a broken text.
  bool well_formed =
      subject.shape_ == Subject::Shape::pairs && (text.empty() || (!is_low(text.front()) && !is_high(text.back())));
  if (!well_formed) {
    return compiled_->match_16(compiled_->wide_program(Unit::plain, whole), text, from, options, region.start);
  }
  // A search cannot begin inside a pair.
  if (from > 0 && from < text.size() && is_low(text[from])) ++from;
  return compiled_->match_16(compiled_->wide_program(Unit::pairs, whole), text, from, options | PCRE2_NO_UTF_CHECK,
                             region.start);
}

Result<Reach> Regex::reach(const Subject& subject, std::size_t start, MatchMode mode, Region region) const {
  const std::size_t end = std::min(region.end, subject.size());
  if (region.start > end || start > end) return Reach{};
  std::u16string widened;
  if (subject.shape_ == Subject::Shape::latin1) {
    for (const char c : subject.latin1_) widened += static_cast<unsigned char>(c);
  }
  std::u16string_view text = subject.shape_ == Subject::Shape::latin1 ? widened : subject.utf16_;
  text = text.substr(region.start, end - region.start);
  std::size_t from = mode == MatchMode::find ? std::max(start, region.start) - region.start : 0;
  const bool in_pairs =
      subject.shape_ == Subject::Shape::pairs && (text.empty() || (!is_low(text.front()) && !is_high(text.back())));
  if (in_pairs && from > 0 && from < text.size() && is_low(text[from])) ++from;
  return compiled_->reach(text, from, mode, in_pairs);
}

std::size_t Regex::group_count() const { return static_cast<std::size_t>(compiled_->group_count); }
const std::vector<std::pair<std::string, std::int32_t>>& Regex::named_groups() const { return compiled_->names; }
const std::u16string& Regex::pattern() const { return compiled_->pattern; }
unsigned Regex::flags() const { return compiled_->flags; }

std::optional<std::int32_t> Regex::find_group(std::string_view name) const {
  for (const auto& [known, number] : compiled_->names) {
    if (known == name) return number;
  }
  return std::nullopt;
}

}  // namespace windlass::text
