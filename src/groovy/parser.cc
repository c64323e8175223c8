// parse(): text to tokens to tree, then the checks that need the whole tree. Token steps and errors of the parser.
#include "groovy/parser.h"

#include <algorithm>

#include "groovy/check.h"
#include "groovy/parser_impl.h"

namespace windlass::groovy {
namespace {

/// What one parse may use of its thread's stack. The usual stack is 8 MiB; nesting that needs more is refused like any
/// that is deeper than ParseLimits::max_depth, since a debug or sanitizer build needs several times the stack per
/// level.
constexpr std::uintptr_t kStackBudget = 6U * 1024 * 1024;

std::uintptr_t stack_address() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

}  // namespace

Parser::Parser(Tree& tree, const ParseLimits& limits, LexResult lexed)
    : tree_(tree),
      limits_(limits),
      text_(tree.source().text()),
      tokens_(std::move(lexed.tokens)),
      lex_error_(std::move(lexed.error)),
      lex_error_offset_(lexed.error_offset),
      lex_error_at_previous_(lexed.error_at_previous_token),
      stack_base_(stack_address()) {
  if (is(T::error)) fail_unexpected();
}

void Parser::advance() {
  if (pos_ + 1 >= tokens_.size()) return;
  if (tokens_[pos_].kind != T::nls) end_of_previous_ = tokens_[pos_].end;  // a node never ends in a newline
  ++pos_;
  if (tokens_[pos_].kind == T::error) fail_unexpected();
}

bool Parser::accept(T kind) {
  if (!is(kind)) return false;
  advance();
  return true;
}

bool Parser::expect(T kind) {
  if (accept(kind)) return true;
  fail_expecting(describe(kind));
  return false;
}

std::string Parser::token_text(const Token& t) const {
  switch (t.kind) {
    case T::eof:
      return "";
    case T::nls:
      return "<newline>";
    case T::string:
    case T::gstring_start:
    case T::gstring_middle:
    case T::gstring_end: {
      std::string text;
      decode_string(string_body(text_, t), static_cast<Quote>(t.extra), text);
      return text;
    }
    default:
      return std::string(word(t));
  }
}

bool Parser::stack_exhausted() const {
  const auto here = stack_address();
  return (here < stack_base_ ? stack_base_ - here : here - stack_base_) > kStackBudget;
}

void Parser::fail(std::uint32_t index, std::string message) {
  if (failed_) return;
  const auto& t = token(index);
  // The compiler reads three tokens ahead: what the lexer cannot read is reported before what the parser cannot.
  for (auto i = std::min(index, pos_); i <= index + 2; ++i) {
    if (token(i).kind != T::error) continue;
    auto offset = lex_error_offset_;
    if (lex_error_at_previous_ && i > 0) offset = token(i - 1).begin;
    errors_.push_back({tree_.source().position(offset), lex_error_});
    failed_ = true;
    break;
  }
  if (!failed_) errors_.push_back({tree_.source().position(t.begin), std::move(message)});
  failed_ = true;
  end_of_previous_ = std::max(end_of_previous_, cur().begin);
  pos_ = static_cast<std::uint32_t>(tokens_.size()) - 1;
}

void Parser::fail_unexpected(std::uint32_t index) { fail(index, "unexpected token: " + token_text(token(index))); }

void Parser::fail_expecting(std::string_view what) {
  fail(pos_, "expecting " + std::string(what) + ", found '" + token_text(cur()) + "'");
}

void Parser::fail_too_deep() {
  fail(pos_, "nested too deeply (more than " + std::to_string(std::min(limits_.max_depth, depth_ - 1)) + " levels)");
}

void Parser::refuse(std::uint32_t offset, std::string message, bool with_position) {
  if (failed_ || !refusals_.empty()) return;
  const auto at = tree_.source().position(offset);
  if (with_position) {
    message += " at line: " + std::to_string(at.line) + " column: " + std::to_string(at.column) +
               ". File: " + tree_.source().name();
  }
  refusals_.push_back({at, std::move(message)});
}

std::vector<Diagnostic> Parser::take_diagnostics() { return std::move(errors_.empty() ? refusals_ : errors_); }

void Parser::parse_unit() {
  auto& unit = tree_.unit;
  nls();
  auto package_at = pos_;
  while (token(package_at).kind == T::at) {
    const auto after = scan_annotation(package_at);
    if (after == 0) break;
    package_at = after;
  }
  bool first = true;
  if (token(package_at).kind == T::kw_package && token(package_at + 1).kind == T::ident) {
    List<Annotation> annotations;
    modifiers(annotations);
    advance();
    unit.package = qualified_name();
    first = false;
  }
  auto before = Separator::none;
  while (!failed_) {
    if (first && starts_statement(pos_)) {
      auto* one = statement(before);
      if (one != nullptr) stmts_.push_back(one);
    } else if (!is(T::semi) && !is(T::nls) && !is(T::eof)) {
      if (first) {
        fail_unexpected();
      } else {
        fail_expecting(describe(T::eof));
      }
    }
    if (failed_) break;
    before = separator();
    first = true;
    if (before != Separator::none) continue;
    if (!is(T::eof)) missing_separator(T::eof);
    break;
  }
  unit.statements = take(stmts_, 0);
  unit.imports = take(imports_, 0);
  unit.methods = take(methods_, 0);
  unit.classes = take(classes_, 0);
}

ParseResult parse(std::shared_ptr<const Source> source, const ParseLimits& limits) {
  ParseResult result;
  result.tree = std::make_unique<Tree>(std::move(source));
  const auto text = result.tree->source().text();
  if (text.size() > limits.max_bytes) {
    result.diagnostics.push_back({{1, 1}, "source is longer than " + std::to_string(limits.max_bytes) + " bytes"});
    return result;
  }
  Parser parser(*result.tree, limits, lex(text));
  parser.parse_unit();
  result.diagnostics = parser.take_diagnostics();
  if (result.diagnostics.empty()) result.diagnostics = check(*result.tree);
  if (result.diagnostics.size() > limits.max_diagnostics) result.diagnostics.resize(limits.max_diagnostics);
  return result;
}

}  // namespace windlass::groovy
