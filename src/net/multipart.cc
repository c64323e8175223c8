#include "net/multipart.h"

#include <algorithm>

namespace windlass::net {

namespace {

constexpr std::size_t kMostBoundary = 70;  // RFC 2046
constexpr std::size_t kMostHead = 16 * 1024;
constexpr std::size_t kMostPreamble = 16 * 1024;
constexpr std::size_t kMostPadding = 1024;  // blanks behind a boundary
constexpr std::size_t kMostParts = 100;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

/// The parameter behind `;`: NAME=TOKEN or NAME="TEXT". `text` goes behind it. Nothing: there is none any more.
struct Parameter {
  std::string name, value;
};
Result<std::optional<Parameter>> next_parameter(std::string_view& text) {
  skip_blanks(text);
  if (text.empty()) return std::nullopt;
  if (text.front() != ';') return fail(ErrorKind::invalid, "a parameter does not begin with ';'");
  text.remove_prefix(1);
  skip_blanks(text);
  if (text.empty()) return std::nullopt;
  Parameter out;
  const auto sign = text.find_first_of("=;");
  if (sign == std::string_view::npos || text[sign] == ';') {
    return fail(ErrorKind::invalid, "a parameter has no value");
  }
  for (const char c : text.substr(0, sign)) out.name += lower(c);
  while (out.name.ends_with(' ')) out.name.pop_back();
  text.remove_prefix(sign + 1);
  skip_blanks(text);
  if (!text.starts_with('"')) {
    out.value = text.substr(0, text.find_first_of("; \t"));
    text.remove_prefix(out.value.size());
    return out;
  }
  // Browsers write a quote in a file's name as %22 and a backslash as it is; only \" and \\ are escapes.
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    const bool is_escape = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (is_escape) ++i;
    out.value += text[i];
  }
  return fail(ErrorKind::invalid, "a quoted value has no end");
}

}  // namespace

MultipartReader::MultipartReader(std::string boundary) : delimiter_("\r\n--" + std::move(boundary)) {
  buffer_ = "\r\n";  // the first boundary stands at the beginning of a line too
}

Result<MultipartReader> MultipartReader::make(std::string_view content_type) {
  constexpr std::string_view kType = "multipart/form-data";
  skip_blanks(content_type);
  if (!starts_with_word(content_type, kType)) {
    return fail(ErrorKind::invalid, "the body must be a form with a file in it (multipart/form-data)");
  }
  content_type.remove_prefix(kType.size());
  while (auto one = WL_TRY(next_parameter(content_type))) {
    if (one->name != "boundary") continue;
    if (one->value.empty() || one->value.size() > kMostBoundary ||
        one->value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      break;
    }
    return MultipartReader(std::move(one->value));
  }
  return fail(ErrorKind::invalid, "the form's Content-Type names no boundary of 1 to 70 characters");
}

Result<> MultipartReader::feed(std::string_view bytes) {
  if (state_ == State::over) return {};
  buffer_.erase(0, std::exchange(at_, 0));
  buffer_.append(bytes);
  return {};
}

Result<std::optional<MultipartReader::Event>> MultipartReader::next() {
  for (bool is_stuck = false;;) {
    auto event = WL_TRY(step(is_stuck));
    if (event || is_stuck) return event;
  }
}

Result<std::optional<MultipartReader::Event>> MultipartReader::step(bool& is_stuck) {
  const auto rest = std::string_view(buffer_).substr(at_);
  switch (state_) {
    case State::preamble: {
      const auto found = rest.find(delimiter_);
      if (found == std::string_view::npos) {
        if (rest.size() > kMostPreamble) return fail(ErrorKind::invalid, "the form does not begin with its boundary");
        is_stuck = true;
        return std::nullopt;
      }
      at_ += found + delimiter_.size();
      state_ = State::boundary;
      return std::nullopt;
    }
    case State::boundary: {
      auto behind = rest;
      skip_blanks(behind);
      if (rest.size() - behind.size() > kMostPadding) return fail(ErrorKind::invalid, "a boundary has no end");
      if (behind.size() < 2) {
        is_stuck = true;
        return std::nullopt;
      }
      if (rest.starts_with("--")) {
        state_ = State::over;
        buffer_.clear();
        at_ = 0;
        is_stuck = true;
        return std::nullopt;
      }
      if (!behind.starts_with("\r\n")) return fail(ErrorKind::invalid, "something stands behind a boundary");
      at_ += rest.size() - behind.size();  // the line break is the one in front of the head's first line
      state_ = State::head;
      return std::nullopt;
    }
    case State::head: {
      const auto end = rest.find("\r\n\r\n");
      if (end == std::string_view::npos || end > kMostHead) {
        if (rest.size() > kMostHead) return fail(ErrorKind::invalid, "the head of a part is too long");
        is_stuck = true;
        return std::nullopt;
      }
      if (++parts_ > kMostParts) {
        return fail(ErrorKind::invalid, "the form has more than " + std::to_string(kMostParts) + " parts");
      }
      WL_CHECK_OK(read_head(rest.substr(0, end)));
      at_ += end + 4;
      state_ = State::body;
      return Event{Event::Kind::part, &part_};
    }
    case State::body: {
      const auto found = rest.find(delimiter_);
      if (found == 0) {
        at_ += delimiter_.size();
        state_ = State::boundary;
        return Event{Event::Kind::part_end};
      }
      // The end of what is there may be the beginning of a boundary.
      const auto sure = found != std::string_view::npos        ? found
                        : rest.size() >= delimiter_.size() - 1 ? rest.size() - (delimiter_.size() - 1)
                                                               : 0;
      if (sure == 0) {
        is_stuck = true;
        return std::nullopt;
      }
      at_ += sure;
      return Event{Event::Kind::bytes, nullptr, rest.substr(0, sure)};
    }
    case State::over:
      break;
  }
  is_stuck = true;
  return std::nullopt;
}

Result<> MultipartReader::read_head(std::string_view head) {
  constexpr std::string_view kDisposition = "content-disposition:";
  part_ = {};
  bool is_there = false;
  while (!head.empty()) {
    if (head.starts_with("\r\n")) head.remove_prefix(2);
    const auto end = std::min(head.find("\r\n"), head.size());
    auto line = head.substr(0, end);
    head.remove_prefix(end);
    if (!starts_with_word(line, kDisposition)) continue;
    line.remove_prefix(kDisposition.size());
    skip_blanks(line);
    const auto kind = line.substr(0, line.find_first_of("; \t"));
    if (is_there || kind.size() != 9 || !starts_with_word(kind, "form-data")) {
      return fail(ErrorKind::invalid, "a part of the form is no form-data");
    }
    line.remove_prefix(kind.size());
    is_there = true;
    while (auto one = WL_TRY(next_parameter(line))) {
      if (one->name == "name") {
        part_.name = std::move(one->value);
      } else if (one->name == "filename") {
        part_.file_name = std::move(one->value);
      }
    }
  }
  if (part_.name.empty()) return fail(ErrorKind::invalid, "a part of the form has no name");
  return {};
}

}  // namespace windlass::net
